from sonde.v1 import options_pb2 as _options_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class FileOpen(_message.Message):
    __slots__ = ("syscall", "dirfd", "path", "path_raw", "flags", "mode", "resolve", "ret", "path_unreadable", "path_truncated", "how_unreadable", "io_uring", "fixed_file", "full_path", "full_path_raw", "full_path_truncated", "full_path_deleted")
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
    IO_URING_FIELD_NUMBER: _ClassVar[int]
    FIXED_FILE_FIELD_NUMBER: _ClassVar[int]
    FULL_PATH_FIELD_NUMBER: _ClassVar[int]
    FULL_PATH_RAW_FIELD_NUMBER: _ClassVar[int]
    FULL_PATH_TRUNCATED_FIELD_NUMBER: _ClassVar[int]
    FULL_PATH_DELETED_FIELD_NUMBER: _ClassVar[int]
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
    io_uring: bool
    fixed_file: bool
    full_path: str
    full_path_raw: bytes
    full_path_truncated: bool
    full_path_deleted: bool
    def __init__(self, syscall: _Optional[_Union[FileOpen.Syscall, str]] = ..., dirfd: _Optional[int] = ..., path: _Optional[str] = ..., path_raw: _Optional[bytes] = ..., flags: _Optional[int] = ..., mode: _Optional[int] = ..., resolve: _Optional[int] = ..., ret: _Optional[int] = ..., path_unreadable: bool = ..., path_truncated: bool = ..., how_unreadable: bool = ..., io_uring: bool = ..., fixed_file: bool = ..., full_path: _Optional[str] = ..., full_path_raw: _Optional[bytes] = ..., full_path_truncated: bool = ..., full_path_deleted: bool = ...) -> None: ...

class FileOpenOptions(_message.Message):
    __slots__ = ("full_path",)
    FULL_PATH_FIELD_NUMBER: _ClassVar[int]
    full_path: bool
    def __init__(self, full_path: bool = ...) -> None: ...
