from sonde.v1 import options_pb2 as _options_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class FileRename(_message.Message):
    __slots__ = ("syscall", "old_dirfd", "old_path", "old_path_raw", "new_dirfd", "new_path", "new_path_raw", "flags", "ret", "old_path_unreadable", "old_path_truncated", "new_path_unreadable", "new_path_truncated")
    class Syscall(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        SYSCALL_UNSPECIFIED: _ClassVar[FileRename.Syscall]
        SYSCALL_RENAME: _ClassVar[FileRename.Syscall]
        SYSCALL_RENAMEAT: _ClassVar[FileRename.Syscall]
        SYSCALL_RENAMEAT2: _ClassVar[FileRename.Syscall]
    SYSCALL_UNSPECIFIED: FileRename.Syscall
    SYSCALL_RENAME: FileRename.Syscall
    SYSCALL_RENAMEAT: FileRename.Syscall
    SYSCALL_RENAMEAT2: FileRename.Syscall
    SYSCALL_FIELD_NUMBER: _ClassVar[int]
    OLD_DIRFD_FIELD_NUMBER: _ClassVar[int]
    OLD_PATH_FIELD_NUMBER: _ClassVar[int]
    OLD_PATH_RAW_FIELD_NUMBER: _ClassVar[int]
    NEW_DIRFD_FIELD_NUMBER: _ClassVar[int]
    NEW_PATH_FIELD_NUMBER: _ClassVar[int]
    NEW_PATH_RAW_FIELD_NUMBER: _ClassVar[int]
    FLAGS_FIELD_NUMBER: _ClassVar[int]
    RET_FIELD_NUMBER: _ClassVar[int]
    OLD_PATH_UNREADABLE_FIELD_NUMBER: _ClassVar[int]
    OLD_PATH_TRUNCATED_FIELD_NUMBER: _ClassVar[int]
    NEW_PATH_UNREADABLE_FIELD_NUMBER: _ClassVar[int]
    NEW_PATH_TRUNCATED_FIELD_NUMBER: _ClassVar[int]
    syscall: FileRename.Syscall
    old_dirfd: int
    old_path: str
    old_path_raw: bytes
    new_dirfd: int
    new_path: str
    new_path_raw: bytes
    flags: int
    ret: int
    old_path_unreadable: bool
    old_path_truncated: bool
    new_path_unreadable: bool
    new_path_truncated: bool
    def __init__(self, syscall: _Optional[_Union[FileRename.Syscall, str]] = ..., old_dirfd: _Optional[int] = ..., old_path: _Optional[str] = ..., old_path_raw: _Optional[bytes] = ..., new_dirfd: _Optional[int] = ..., new_path: _Optional[str] = ..., new_path_raw: _Optional[bytes] = ..., flags: _Optional[int] = ..., ret: _Optional[int] = ..., old_path_unreadable: bool = ..., old_path_truncated: bool = ..., new_path_unreadable: bool = ..., new_path_truncated: bool = ...) -> None: ...
