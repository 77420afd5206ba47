from sonde.v1 import options_pb2 as _options_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class FileIo(_message.Message):
    __slots__ = ("operation", "syscall", "fd", "name", "name_raw", "inode", "device", "offset", "requested_bytes", "ret", "latency_ns", "requested_unreadable")
    class Operation(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        OPERATION_UNSPECIFIED: _ClassVar[FileIo.Operation]
        OPERATION_READ: _ClassVar[FileIo.Operation]
        OPERATION_WRITE: _ClassVar[FileIo.Operation]
        OPERATION_SYNC: _ClassVar[FileIo.Operation]
    OPERATION_UNSPECIFIED: FileIo.Operation
    OPERATION_READ: FileIo.Operation
    OPERATION_WRITE: FileIo.Operation
    OPERATION_SYNC: FileIo.Operation
    class Syscall(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        SYSCALL_UNSPECIFIED: _ClassVar[FileIo.Syscall]
        SYSCALL_READ: _ClassVar[FileIo.Syscall]
        SYSCALL_WRITE: _ClassVar[FileIo.Syscall]
        SYSCALL_PREAD64: _ClassVar[FileIo.Syscall]
        SYSCALL_PWRITE64: _ClassVar[FileIo.Syscall]
        SYSCALL_READV: _ClassVar[FileIo.Syscall]
        SYSCALL_WRITEV: _ClassVar[FileIo.Syscall]
        SYSCALL_PREADV: _ClassVar[FileIo.Syscall]
        SYSCALL_PWRITEV: _ClassVar[FileIo.Syscall]
        SYSCALL_PREADV2: _ClassVar[FileIo.Syscall]
        SYSCALL_PWRITEV2: _ClassVar[FileIo.Syscall]
        SYSCALL_FSYNC: _ClassVar[FileIo.Syscall]
        SYSCALL_FDATASYNC: _ClassVar[FileIo.Syscall]
    SYSCALL_UNSPECIFIED: FileIo.Syscall
    SYSCALL_READ: FileIo.Syscall
    SYSCALL_WRITE: FileIo.Syscall
    SYSCALL_PREAD64: FileIo.Syscall
    SYSCALL_PWRITE64: FileIo.Syscall
    SYSCALL_READV: FileIo.Syscall
    SYSCALL_WRITEV: FileIo.Syscall
    SYSCALL_PREADV: FileIo.Syscall
    SYSCALL_PWRITEV: FileIo.Syscall
    SYSCALL_PREADV2: FileIo.Syscall
    SYSCALL_PWRITEV2: FileIo.Syscall
    SYSCALL_FSYNC: FileIo.Syscall
    SYSCALL_FDATASYNC: FileIo.Syscall
    OPERATION_FIELD_NUMBER: _ClassVar[int]
    SYSCALL_FIELD_NUMBER: _ClassVar[int]
    FD_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    NAME_RAW_FIELD_NUMBER: _ClassVar[int]
    INODE_FIELD_NUMBER: _ClassVar[int]
    DEVICE_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    REQUESTED_BYTES_FIELD_NUMBER: _ClassVar[int]
    RET_FIELD_NUMBER: _ClassVar[int]
    LATENCY_NS_FIELD_NUMBER: _ClassVar[int]
    REQUESTED_UNREADABLE_FIELD_NUMBER: _ClassVar[int]
    operation: FileIo.Operation
    syscall: FileIo.Syscall
    fd: int
    name: str
    name_raw: bytes
    inode: int
    device: int
    offset: int
    requested_bytes: int
    ret: int
    latency_ns: int
    requested_unreadable: bool
    def __init__(self, operation: _Optional[_Union[FileIo.Operation, str]] = ..., syscall: _Optional[_Union[FileIo.Syscall, str]] = ..., fd: _Optional[int] = ..., name: _Optional[str] = ..., name_raw: _Optional[bytes] = ..., inode: _Optional[int] = ..., device: _Optional[int] = ..., offset: _Optional[int] = ..., requested_bytes: _Optional[int] = ..., ret: _Optional[int] = ..., latency_ns: _Optional[int] = ..., requested_unreadable: bool = ...) -> None: ...
