from sonde.v1 import options_pb2 as _options_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ModuleLoad(_message.Message):
    __slots__ = ("syscall", "ret", "fd", "flags", "image_bytes", "parameters", "parameters_raw", "parameters_truncated", "parameters_unreadable")
    class Syscall(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        SYSCALL_UNSPECIFIED: _ClassVar[ModuleLoad.Syscall]
        SYSCALL_INIT_MODULE: _ClassVar[ModuleLoad.Syscall]
        SYSCALL_FINIT_MODULE: _ClassVar[ModuleLoad.Syscall]
    SYSCALL_UNSPECIFIED: ModuleLoad.Syscall
    SYSCALL_INIT_MODULE: ModuleLoad.Syscall
    SYSCALL_FINIT_MODULE: ModuleLoad.Syscall
    SYSCALL_FIELD_NUMBER: _ClassVar[int]
    RET_FIELD_NUMBER: _ClassVar[int]
    FD_FIELD_NUMBER: _ClassVar[int]
    FLAGS_FIELD_NUMBER: _ClassVar[int]
    IMAGE_BYTES_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_RAW_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_TRUNCATED_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_UNREADABLE_FIELD_NUMBER: _ClassVar[int]
    syscall: ModuleLoad.Syscall
    ret: int
    fd: int
    flags: int
    image_bytes: int
    parameters: str
    parameters_raw: bytes
    parameters_truncated: bool
    parameters_unreadable: bool
    def __init__(self, syscall: _Optional[_Union[ModuleLoad.Syscall, str]] = ..., ret: _Optional[int] = ..., fd: _Optional[int] = ..., flags: _Optional[int] = ..., image_bytes: _Optional[int] = ..., parameters: _Optional[str] = ..., parameters_raw: _Optional[bytes] = ..., parameters_truncated: bool = ..., parameters_unreadable: bool = ...) -> None: ...
