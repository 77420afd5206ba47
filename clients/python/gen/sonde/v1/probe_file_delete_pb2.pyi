from sonde.v1 import options_pb2 as _options_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class FileDelete(_message.Message):
    __slots__ = ("syscall", "dirfd", "path", "path_raw", "flags", "ret", "path_unreadable", "path_truncated", "lifetime_ns", "lifetime_known")
    class Syscall(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        SYSCALL_UNSPECIFIED: _ClassVar[FileDelete.Syscall]
        SYSCALL_UNLINK: _ClassVar[FileDelete.Syscall]
        SYSCALL_UNLINKAT: _ClassVar[FileDelete.Syscall]
        SYSCALL_RMDIR: _ClassVar[FileDelete.Syscall]
    SYSCALL_UNSPECIFIED: FileDelete.Syscall
    SYSCALL_UNLINK: FileDelete.Syscall
    SYSCALL_UNLINKAT: FileDelete.Syscall
    SYSCALL_RMDIR: FileDelete.Syscall
    SYSCALL_FIELD_NUMBER: _ClassVar[int]
    DIRFD_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    PATH_RAW_FIELD_NUMBER: _ClassVar[int]
    FLAGS_FIELD_NUMBER: _ClassVar[int]
    RET_FIELD_NUMBER: _ClassVar[int]
    PATH_UNREADABLE_FIELD_NUMBER: _ClassVar[int]
    PATH_TRUNCATED_FIELD_NUMBER: _ClassVar[int]
    LIFETIME_NS_FIELD_NUMBER: _ClassVar[int]
    LIFETIME_KNOWN_FIELD_NUMBER: _ClassVar[int]
    syscall: FileDelete.Syscall
    dirfd: int
    path: str
    path_raw: bytes
    flags: int
    ret: int
    path_unreadable: bool
    path_truncated: bool
    lifetime_ns: int
    lifetime_known: bool
    def __init__(self, syscall: _Optional[_Union[FileDelete.Syscall, str]] = ..., dirfd: _Optional[int] = ..., path: _Optional[str] = ..., path_raw: _Optional[bytes] = ..., flags: _Optional[int] = ..., ret: _Optional[int] = ..., path_unreadable: bool = ..., path_truncated: bool = ..., lifetime_ns: _Optional[int] = ..., lifetime_known: bool = ...) -> None: ...
