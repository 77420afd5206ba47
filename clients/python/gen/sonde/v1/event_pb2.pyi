from sonde.v1 import options_pb2 as _options_pb2
from sonde.v1 import probe_block_io_pb2 as _probe_block_io_pb2
from sonde.v1 import probe_bpf_load_pb2 as _probe_bpf_load_pb2
from sonde.v1 import probe_capability_check_pb2 as _probe_capability_check_pb2
from sonde.v1 import probe_credential_change_pb2 as _probe_credential_change_pb2
from sonde.v1 import probe_file_chmod_pb2 as _probe_file_chmod_pb2
from sonde.v1 import probe_file_chown_pb2 as _probe_file_chown_pb2
from sonde.v1 import probe_file_delete_pb2 as _probe_file_delete_pb2
from sonde.v1 import probe_file_io_pb2 as _probe_file_io_pb2
from sonde.v1 import probe_file_mount_pb2 as _probe_file_mount_pb2
from sonde.v1 import probe_file_open_pb2 as _probe_file_open_pb2
from sonde.v1 import probe_file_rename_pb2 as _probe_file_rename_pb2
from sonde.v1 import probe_file_stat_pb2 as _probe_file_stat_pb2
from sonde.v1 import probe_file_unmount_pb2 as _probe_file_unmount_pb2
from sonde.v1 import probe_memory_major_fault_pb2 as _probe_memory_major_fault_pb2
from sonde.v1 import probe_memory_oom_kill_pb2 as _probe_memory_oom_kill_pb2
from sonde.v1 import probe_memory_reclaim_pb2 as _probe_memory_reclaim_pb2
from sonde.v1 import probe_module_load_pb2 as _probe_module_load_pb2
from sonde.v1 import probe_packet_drop_pb2 as _probe_packet_drop_pb2
from sonde.v1 import probe_process_exec_pb2 as _probe_process_exec_pb2
from sonde.v1 import probe_process_exit_pb2 as _probe_process_exit_pb2
from sonde.v1 import probe_process_fork_pb2 as _probe_process_fork_pb2
from sonde.v1 import probe_ptrace_attach_pb2 as _probe_ptrace_attach_pb2
from sonde.v1 import probe_sched_run_queue_pb2 as _probe_sched_run_queue_pb2
from sonde.v1 import probe_signal_send_pb2 as _probe_signal_send_pb2
from sonde.v1 import probe_socket_bind_pb2 as _probe_socket_bind_pb2
from sonde.v1 import probe_socket_listen_pb2 as _probe_socket_listen_pb2
from sonde.v1 import probe_syscall_pb2 as _probe_syscall_pb2
from sonde.v1 import probe_syscall_error_pb2 as _probe_syscall_error_pb2
from sonde.v1 import probe_tcp_accept_pb2 as _probe_tcp_accept_pb2
from sonde.v1 import probe_tcp_close_pb2 as _probe_tcp_close_pb2
from sonde.v1 import probe_tcp_connect_pb2 as _probe_tcp_connect_pb2
from sonde.v1 import probe_tcp_reset_pb2 as _probe_tcp_reset_pb2
from sonde.v1 import probe_tcp_retransmit_pb2 as _probe_tcp_retransmit_pb2
from sonde.v1 import probe_tcp_state_pb2 as _probe_tcp_state_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Process(_message.Message):
    __slots__ = ("tgid", "tid", "ppid", "uid", "gid", "comm", "comm_raw", "cgroup_id", "start_boottime_ns")
    TGID_FIELD_NUMBER: _ClassVar[int]
    TID_FIELD_NUMBER: _ClassVar[int]
    PPID_FIELD_NUMBER: _ClassVar[int]
    UID_FIELD_NUMBER: _ClassVar[int]
    GID_FIELD_NUMBER: _ClassVar[int]
    COMM_FIELD_NUMBER: _ClassVar[int]
    COMM_RAW_FIELD_NUMBER: _ClassVar[int]
    CGROUP_ID_FIELD_NUMBER: _ClassVar[int]
    START_BOOTTIME_NS_FIELD_NUMBER: _ClassVar[int]
    tgid: int
    tid: int
    ppid: int
    uid: int
    gid: int
    comm: str
    comm_raw: bytes
    cgroup_id: int
    start_boottime_ns: int
    def __init__(self, tgid: _Optional[int] = ..., tid: _Optional[int] = ..., ppid: _Optional[int] = ..., uid: _Optional[int] = ..., gid: _Optional[int] = ..., comm: _Optional[str] = ..., comm_raw: _Optional[bytes] = ..., cgroup_id: _Optional[int] = ..., start_boottime_ns: _Optional[int] = ...) -> None: ...

class Event(_message.Message):
    __slots__ = ("time_unix_nano", "probe_index", "node_index", "cpu", "process", "file_open", "process_exec", "process_exit", "process_fork", "signal_send", "file_io", "file_delete", "file_rename", "file_stat", "file_mount", "file_unmount", "file_chmod", "file_chown", "tcp_connect", "tcp_accept", "tcp_close", "tcp_state", "tcp_retransmit", "tcp_reset", "packet_drop", "socket_bind", "socket_listen", "block_io", "sched_run_queue", "memory_oom_kill", "memory_reclaim", "memory_major_fault", "capability_check", "credential_change", "module_load", "bpf_load", "ptrace_attach", "syscall", "syscall_error")
    TIME_UNIX_NANO_FIELD_NUMBER: _ClassVar[int]
    PROBE_INDEX_FIELD_NUMBER: _ClassVar[int]
    NODE_INDEX_FIELD_NUMBER: _ClassVar[int]
    CPU_FIELD_NUMBER: _ClassVar[int]
    PROCESS_FIELD_NUMBER: _ClassVar[int]
    FILE_OPEN_FIELD_NUMBER: _ClassVar[int]
    PROCESS_EXEC_FIELD_NUMBER: _ClassVar[int]
    PROCESS_EXIT_FIELD_NUMBER: _ClassVar[int]
    PROCESS_FORK_FIELD_NUMBER: _ClassVar[int]
    SIGNAL_SEND_FIELD_NUMBER: _ClassVar[int]
    FILE_IO_FIELD_NUMBER: _ClassVar[int]
    FILE_DELETE_FIELD_NUMBER: _ClassVar[int]
    FILE_RENAME_FIELD_NUMBER: _ClassVar[int]
    FILE_STAT_FIELD_NUMBER: _ClassVar[int]
    FILE_MOUNT_FIELD_NUMBER: _ClassVar[int]
    FILE_UNMOUNT_FIELD_NUMBER: _ClassVar[int]
    FILE_CHMOD_FIELD_NUMBER: _ClassVar[int]
    FILE_CHOWN_FIELD_NUMBER: _ClassVar[int]
    TCP_CONNECT_FIELD_NUMBER: _ClassVar[int]
    TCP_ACCEPT_FIELD_NUMBER: _ClassVar[int]
    TCP_CLOSE_FIELD_NUMBER: _ClassVar[int]
    TCP_STATE_FIELD_NUMBER: _ClassVar[int]
    TCP_RETRANSMIT_FIELD_NUMBER: _ClassVar[int]
    TCP_RESET_FIELD_NUMBER: _ClassVar[int]
    PACKET_DROP_FIELD_NUMBER: _ClassVar[int]
    SOCKET_BIND_FIELD_NUMBER: _ClassVar[int]
    SOCKET_LISTEN_FIELD_NUMBER: _ClassVar[int]
    BLOCK_IO_FIELD_NUMBER: _ClassVar[int]
    SCHED_RUN_QUEUE_FIELD_NUMBER: _ClassVar[int]
    MEMORY_OOM_KILL_FIELD_NUMBER: _ClassVar[int]
    MEMORY_RECLAIM_FIELD_NUMBER: _ClassVar[int]
    MEMORY_MAJOR_FAULT_FIELD_NUMBER: _ClassVar[int]
    CAPABILITY_CHECK_FIELD_NUMBER: _ClassVar[int]
    CREDENTIAL_CHANGE_FIELD_NUMBER: _ClassVar[int]
    MODULE_LOAD_FIELD_NUMBER: _ClassVar[int]
    BPF_LOAD_FIELD_NUMBER: _ClassVar[int]
    PTRACE_ATTACH_FIELD_NUMBER: _ClassVar[int]
    SYSCALL_FIELD_NUMBER: _ClassVar[int]
    SYSCALL_ERROR_FIELD_NUMBER: _ClassVar[int]
    time_unix_nano: int
    probe_index: int
    node_index: int
    cpu: int
    process: Process
    file_open: _probe_file_open_pb2.FileOpen
    process_exec: _probe_process_exec_pb2.ProcessExec
    process_exit: _probe_process_exit_pb2.ProcessExit
    process_fork: _probe_process_fork_pb2.ProcessFork
    signal_send: _probe_signal_send_pb2.SignalSend
    file_io: _probe_file_io_pb2.FileIo
    file_delete: _probe_file_delete_pb2.FileDelete
    file_rename: _probe_file_rename_pb2.FileRename
    file_stat: _probe_file_stat_pb2.FileStat
    file_mount: _probe_file_mount_pb2.FileMount
    file_unmount: _probe_file_unmount_pb2.FileUnmount
    file_chmod: _probe_file_chmod_pb2.FileChmod
    file_chown: _probe_file_chown_pb2.FileChown
    tcp_connect: _probe_tcp_connect_pb2.TcpConnect
    tcp_accept: _probe_tcp_accept_pb2.TcpAccept
    tcp_close: _probe_tcp_close_pb2.TcpClose
    tcp_state: _probe_tcp_state_pb2.TcpState
    tcp_retransmit: _probe_tcp_retransmit_pb2.TcpRetransmit
    tcp_reset: _probe_tcp_reset_pb2.TcpReset
    packet_drop: _probe_packet_drop_pb2.PacketDrop
    socket_bind: _probe_socket_bind_pb2.SocketBind
    socket_listen: _probe_socket_listen_pb2.SocketListen
    block_io: _probe_block_io_pb2.BlockIo
    sched_run_queue: _probe_sched_run_queue_pb2.SchedRunQueue
    memory_oom_kill: _probe_memory_oom_kill_pb2.MemoryOomKill
    memory_reclaim: _probe_memory_reclaim_pb2.MemoryReclaim
    memory_major_fault: _probe_memory_major_fault_pb2.MemoryMajorFault
    capability_check: _probe_capability_check_pb2.CapabilityCheck
    credential_change: _probe_credential_change_pb2.CredentialChange
    module_load: _probe_module_load_pb2.ModuleLoad
    bpf_load: _probe_bpf_load_pb2.BpfLoad
    ptrace_attach: _probe_ptrace_attach_pb2.PtraceAttach
    syscall: _probe_syscall_pb2.Syscall
    syscall_error: _probe_syscall_error_pb2.SyscallError
    def __init__(self, time_unix_nano: _Optional[int] = ..., probe_index: _Optional[int] = ..., node_index: _Optional[int] = ..., cpu: _Optional[int] = ..., process: _Optional[_Union[Process, _Mapping]] = ..., file_open: _Optional[_Union[_probe_file_open_pb2.FileOpen, _Mapping]] = ..., process_exec: _Optional[_Union[_probe_process_exec_pb2.ProcessExec, _Mapping]] = ..., process_exit: _Optional[_Union[_probe_process_exit_pb2.ProcessExit, _Mapping]] = ..., process_fork: _Optional[_Union[_probe_process_fork_pb2.ProcessFork, _Mapping]] = ..., signal_send: _Optional[_Union[_probe_signal_send_pb2.SignalSend, _Mapping]] = ..., file_io: _Optional[_Union[_probe_file_io_pb2.FileIo, _Mapping]] = ..., file_delete: _Optional[_Union[_probe_file_delete_pb2.FileDelete, _Mapping]] = ..., file_rename: _Optional[_Union[_probe_file_rename_pb2.FileRename, _Mapping]] = ..., file_stat: _Optional[_Union[_probe_file_stat_pb2.FileStat, _Mapping]] = ..., file_mount: _Optional[_Union[_probe_file_mount_pb2.FileMount, _Mapping]] = ..., file_unmount: _Optional[_Union[_probe_file_unmount_pb2.FileUnmount, _Mapping]] = ..., file_chmod: _Optional[_Union[_probe_file_chmod_pb2.FileChmod, _Mapping]] = ..., file_chown: _Optional[_Union[_probe_file_chown_pb2.FileChown, _Mapping]] = ..., tcp_connect: _Optional[_Union[_probe_tcp_connect_pb2.TcpConnect, _Mapping]] = ..., tcp_accept: _Optional[_Union[_probe_tcp_accept_pb2.TcpAccept, _Mapping]] = ..., tcp_close: _Optional[_Union[_probe_tcp_close_pb2.TcpClose, _Mapping]] = ..., tcp_state: _Optional[_Union[_probe_tcp_state_pb2.TcpState, _Mapping]] = ..., tcp_retransmit: _Optional[_Union[_probe_tcp_retransmit_pb2.TcpRetransmit, _Mapping]] = ..., tcp_reset: _Optional[_Union[_probe_tcp_reset_pb2.TcpReset, _Mapping]] = ..., packet_drop: _Optional[_Union[_probe_packet_drop_pb2.PacketDrop, _Mapping]] = ..., socket_bind: _Optional[_Union[_probe_socket_bind_pb2.SocketBind, _Mapping]] = ..., socket_listen: _Optional[_Union[_probe_socket_listen_pb2.SocketListen, _Mapping]] = ..., block_io: _Optional[_Union[_probe_block_io_pb2.BlockIo, _Mapping]] = ..., sched_run_queue: _Optional[_Union[_probe_sched_run_queue_pb2.SchedRunQueue, _Mapping]] = ..., memory_oom_kill: _Optional[_Union[_probe_memory_oom_kill_pb2.MemoryOomKill, _Mapping]] = ..., memory_reclaim: _Optional[_Union[_probe_memory_reclaim_pb2.MemoryReclaim, _Mapping]] = ..., memory_major_fault: _Optional[_Union[_probe_memory_major_fault_pb2.MemoryMajorFault, _Mapping]] = ..., capability_check: _Optional[_Union[_probe_capability_check_pb2.CapabilityCheck, _Mapping]] = ..., credential_change: _Optional[_Union[_probe_credential_change_pb2.CredentialChange, _Mapping]] = ..., module_load: _Optional[_Union[_probe_module_load_pb2.ModuleLoad, _Mapping]] = ..., bpf_load: _Optional[_Union[_probe_bpf_load_pb2.BpfLoad, _Mapping]] = ..., ptrace_attach: _Optional[_Union[_probe_ptrace_attach_pb2.PtraceAttach, _Mapping]] = ..., syscall: _Optional[_Union[_probe_syscall_pb2.Syscall, _Mapping]] = ..., syscall_error: _Optional[_Union[_probe_syscall_error_pb2.SyscallError, _Mapping]] = ...) -> None: ...
