from sonde.v1 import options_pb2 as _options_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class FileChown(_message.Message):
    __slots__ = ("syscall", "fd", "dirfd", "path", "path_raw", "owner_uid", "owner_gid", "flags", "ret", "path_unreadable", "path_truncated")
    class Syscall(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        SYSCALL_UNSPECIFIED: _ClassVar[FileChown.Syscall]
        SYSCALL_CHOWN: _ClassVar[FileChown.Syscall]
        SYSCALL_LCHOWN: _ClassVar[FileChown.Syscall]
        SYSCALL_FCHOWN: _ClassVar[FileChown.Syscall]
        SYSCALL_FCHOWNAT: _ClassVar[FileChown.Syscall]
    SYSCALL_UNSPECIFIED: FileChown.Syscall
    SYSCALL_CHOWN: FileChown.Syscall
    SYSCALL_LCHOWN: FileChown.Syscall
    SYSCALL_FCHOWN: FileChown.Syscall
    SYSCALL_FCHOWNAT: FileChown.Syscall
    SYSCALL_FIELD_NUMBER: _ClassVar[int]
    FD_FIELD_NUMBER: _ClassVar[int]
    DIRFD_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    PATH_RAW_FIELD_NUMBER: _ClassVar[int]
    OWNER_UID_FIELD_NUMBER: _ClassVar[int]
    OWNER_GID_FIELD_NUMBER: _ClassVar[int]
    FLAGS_FIELD_NUMBER: _ClassVar[int]
    RET_FIELD_NUMBER: _ClassVar[int]
    PATH_UNREADABLE_FIELD_NUMBER: _ClassVar[int]
    PATH_TRUNCATED_FIELD_NUMBER: _ClassVar[int]
    syscall: FileChown.Syscall
    fd: int
    dirfd: int
    path: str
    path_raw: bytes
    owner_uid: int
    owner_gid: int
    flags: int
    ret: int
    path_unreadable: bool
    path_truncated: bool
    def __init__(self, syscall: _Optional[_Union[FileChown.Syscall, str]] = ..., fd: _Optional[int] = ..., dirfd: _Optional[int] = ..., path: _Optional[str] = ..., path_raw: _Optional[bytes] = ..., owner_uid: _Optional[int] = ..., owner_gid: _Optional[int] = ..., flags: _Optional[int] = ..., ret: _Optional[int] = ..., path_unreadable: bool = ..., path_truncated: bool = ...) -> None: ...
