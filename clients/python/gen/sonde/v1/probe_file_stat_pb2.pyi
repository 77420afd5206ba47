from sonde.v1 import options_pb2 as _options_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class FileStat(_message.Message):
    __slots__ = ("syscall", "fd", "dirfd", "path", "path_raw", "flags", "mask", "ret", "path_unreadable", "path_truncated")
    class Syscall(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        SYSCALL_UNSPECIFIED: _ClassVar[FileStat.Syscall]
        SYSCALL_STAT: _ClassVar[FileStat.Syscall]
        SYSCALL_LSTAT: _ClassVar[FileStat.Syscall]
        SYSCALL_FSTAT: _ClassVar[FileStat.Syscall]
        SYSCALL_FSTATAT: _ClassVar[FileStat.Syscall]
        SYSCALL_STATX: _ClassVar[FileStat.Syscall]
    SYSCALL_UNSPECIFIED: FileStat.Syscall
    SYSCALL_STAT: FileStat.Syscall
    SYSCALL_LSTAT: FileStat.Syscall
    SYSCALL_FSTAT: FileStat.Syscall
    SYSCALL_FSTATAT: FileStat.Syscall
    SYSCALL_STATX: FileStat.Syscall
    SYSCALL_FIELD_NUMBER: _ClassVar[int]
    FD_FIELD_NUMBER: _ClassVar[int]
    DIRFD_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    PATH_RAW_FIELD_NUMBER: _ClassVar[int]
    FLAGS_FIELD_NUMBER: _ClassVar[int]
    MASK_FIELD_NUMBER: _ClassVar[int]
    RET_FIELD_NUMBER: _ClassVar[int]
    PATH_UNREADABLE_FIELD_NUMBER: _ClassVar[int]
    PATH_TRUNCATED_FIELD_NUMBER: _ClassVar[int]
    syscall: FileStat.Syscall
    fd: int
    dirfd: int
    path: str
    path_raw: bytes
    flags: int
    mask: int
    ret: int
    path_unreadable: bool
    path_truncated: bool
    def __init__(self, syscall: _Optional[_Union[FileStat.Syscall, str]] = ..., fd: _Optional[int] = ..., dirfd: _Optional[int] = ..., path: _Optional[str] = ..., path_raw: _Optional[bytes] = ..., flags: _Optional[int] = ..., mask: _Optional[int] = ..., ret: _Optional[int] = ..., path_unreadable: bool = ..., path_truncated: bool = ...) -> None: ...
