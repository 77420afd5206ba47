from sonde.v1 import options_pb2 as _options_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class FileOpen(_message.Message):
    __slots__ = ("syscall", "dirfd", "path", "path_raw", "flags", "mode", "resolve", "ret", "path_unreadable", "path_truncated", "how_unreadable")
    class Syscall(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        SYSCALL_UNSPECIFIED: _ClassVar[FileOpen.Syscall]
        SYSCALL_OPEN: _ClassVar[FileOpen.Syscall]
        SYSCALL_OPENAT: _ClassVar[FileOpen.Syscall]
        SYSCALL_OPENAT2: _ClassVar[FileOpen.Syscall]
        SYSCALL_CREAT: _ClassVar[FileOpen.Syscall]
    SYSCALL_UNSPECIFIED: FileOpen.Syscall
    SYSCALL_OPEN: FileOpen.Syscall
    SYSCALL_OPENAT: FileOpen.Syscall
    SYSCALL_OPENAT2: FileOpen.Syscall
    SYSCALL_CREAT: FileOpen.Syscall
    SYSCALL_FIELD_NUMBER: _ClassVar[int]
    DIRFD_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    PATH_RAW_FIELD_NUMBER: _ClassVar[int]
    FLAGS_FIELD_NUMBER: _ClassVar[int]
    MODE_FIELD_NUMBER: _ClassVar[int]
    RESOLVE_FIELD_NUMBER: _ClassVar[int]
    RET_FIELD_NUMBER: _ClassVar[int]
    PATH_UNREADABLE_FIELD_NUMBER: _ClassVar[int]
    PATH_TRUNCATED_FIELD_NUMBER: _ClassVar[int]
    HOW_UNREADABLE_FIELD_NUMBER: _ClassVar[int]
    syscall: FileOpen.Syscall
    dirfd: int
    path: str
    path_raw: bytes
    flags: int
    mode: int
    resolve: int
    ret: int
    path_unreadable: bool
    path_truncated: bool
    how_unreadable: bool
    def __init__(self, syscall: _Optional[_Union[FileOpen.Syscall, str]] = ..., dirfd: _Optional[int] = ..., path: _Optional[str] = ..., path_raw: _Optional[bytes] = ..., flags: _Optional[int] = ..., mode: _Optional[int] = ..., resolve: _Optional[int] = ..., ret: _Optional[int] = ..., path_unreadable: bool = ..., path_truncated: bool = ..., how_unreadable: bool = ...) -> None: ...
