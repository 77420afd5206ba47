from sonde.v1 import options_pb2 as _options_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class FileMount(_message.Message):
    __slots__ = ("syscall", "source", "source_raw", "source_dirfd", "target", "target_raw", "target_dirfd", "fs_type", "fs_type_raw", "flags", "ret", "source_unreadable", "source_truncated", "target_unreadable", "target_truncated")
    class Syscall(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        SYSCALL_UNSPECIFIED: _ClassVar[FileMount.Syscall]
        SYSCALL_MOUNT: _ClassVar[FileMount.Syscall]
        SYSCALL_MOVE_MOUNT: _ClassVar[FileMount.Syscall]
    SYSCALL_UNSPECIFIED: FileMount.Syscall
    SYSCALL_MOUNT: FileMount.Syscall
    SYSCALL_MOVE_MOUNT: FileMount.Syscall
    SYSCALL_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_RAW_FIELD_NUMBER: _ClassVar[int]
    SOURCE_DIRFD_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    TARGET_RAW_FIELD_NUMBER: _ClassVar[int]
    TARGET_DIRFD_FIELD_NUMBER: _ClassVar[int]
    FS_TYPE_FIELD_NUMBER: _ClassVar[int]
    FS_TYPE_RAW_FIELD_NUMBER: _ClassVar[int]
    FLAGS_FIELD_NUMBER: _ClassVar[int]
    RET_FIELD_NUMBER: _ClassVar[int]
    SOURCE_UNREADABLE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_TRUNCATED_FIELD_NUMBER: _ClassVar[int]
    TARGET_UNREADABLE_FIELD_NUMBER: _ClassVar[int]
    TARGET_TRUNCATED_FIELD_NUMBER: _ClassVar[int]
    syscall: FileMount.Syscall
    source: str
    source_raw: bytes
    source_dirfd: int
    target: str
    target_raw: bytes
    target_dirfd: int
    fs_type: str
    fs_type_raw: bytes
    flags: int
    ret: int
    source_unreadable: bool
    source_truncated: bool
    target_unreadable: bool
    target_truncated: bool
    def __init__(self, syscall: _Optional[_Union[FileMount.Syscall, str]] = ..., source: _Optional[str] = ..., source_raw: _Optional[bytes] = ..., source_dirfd: _Optional[int] = ..., target: _Optional[str] = ..., target_raw: _Optional[bytes] = ..., target_dirfd: _Optional[int] = ..., fs_type: _Optional[str] = ..., fs_type_raw: _Optional[bytes] = ..., flags: _Optional[int] = ..., ret: _Optional[int] = ..., source_unreadable: bool = ..., source_truncated: bool = ..., target_unreadable: bool = ..., target_truncated: bool = ...) -> None: ...
