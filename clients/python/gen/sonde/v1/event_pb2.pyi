from sonde.v1 import options_pb2 as _options_pb2
from sonde.v1 import probe_file_open_pb2 as _probe_file_open_pb2
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
    __slots__ = ("time_unix_nano", "probe_index", "node_index", "cpu", "process", "file_open")
    TIME_UNIX_NANO_FIELD_NUMBER: _ClassVar[int]
    PROBE_INDEX_FIELD_NUMBER: _ClassVar[int]
    NODE_INDEX_FIELD_NUMBER: _ClassVar[int]
    CPU_FIELD_NUMBER: _ClassVar[int]
    PROCESS_FIELD_NUMBER: _ClassVar[int]
    FILE_OPEN_FIELD_NUMBER: _ClassVar[int]
    time_unix_nano: int
    probe_index: int
    node_index: int
    cpu: int
    process: Process
    file_open: _probe_file_open_pb2.FileOpen
    def __init__(self, time_unix_nano: _Optional[int] = ..., probe_index: _Optional[int] = ..., node_index: _Optional[int] = ..., cpu: _Optional[int] = ..., process: _Optional[_Union[Process, _Mapping]] = ..., file_open: _Optional[_Union[_probe_file_open_pb2.FileOpen, _Mapping]] = ...) -> None: ...
