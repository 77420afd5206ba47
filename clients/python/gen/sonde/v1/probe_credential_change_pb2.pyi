from sonde.v1 import options_pb2 as _options_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class CredentialChange(_message.Message):
    __slots__ = ("syscall", "ret", "effective_uid", "saved_uid", "effective_gid", "saved_gid", "effective_capabilities", "permitted_capabilities")
    class Syscall(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        SYSCALL_UNSPECIFIED: _ClassVar[CredentialChange.Syscall]
        SYSCALL_SETUID: _ClassVar[CredentialChange.Syscall]
        SYSCALL_SETGID: _ClassVar[CredentialChange.Syscall]
        SYSCALL_SETREUID: _ClassVar[CredentialChange.Syscall]
        SYSCALL_SETREGID: _ClassVar[CredentialChange.Syscall]
        SYSCALL_SETGROUPS: _ClassVar[CredentialChange.Syscall]
        SYSCALL_SETRESUID: _ClassVar[CredentialChange.Syscall]
        SYSCALL_SETRESGID: _ClassVar[CredentialChange.Syscall]
        SYSCALL_SETFSUID: _ClassVar[CredentialChange.Syscall]
        SYSCALL_SETFSGID: _ClassVar[CredentialChange.Syscall]
        SYSCALL_CAPSET: _ClassVar[CredentialChange.Syscall]
    SYSCALL_UNSPECIFIED: CredentialChange.Syscall
    SYSCALL_SETUID: CredentialChange.Syscall
    SYSCALL_SETGID: CredentialChange.Syscall
    SYSCALL_SETREUID: CredentialChange.Syscall
    SYSCALL_SETREGID: CredentialChange.Syscall
    SYSCALL_SETGROUPS: CredentialChange.Syscall
    SYSCALL_SETRESUID: CredentialChange.Syscall
    SYSCALL_SETRESGID: CredentialChange.Syscall
    SYSCALL_SETFSUID: CredentialChange.Syscall
    SYSCALL_SETFSGID: CredentialChange.Syscall
    SYSCALL_CAPSET: CredentialChange.Syscall
    SYSCALL_FIELD_NUMBER: _ClassVar[int]
    RET_FIELD_NUMBER: _ClassVar[int]
    EFFECTIVE_UID_FIELD_NUMBER: _ClassVar[int]
    SAVED_UID_FIELD_NUMBER: _ClassVar[int]
    EFFECTIVE_GID_FIELD_NUMBER: _ClassVar[int]
    SAVED_GID_FIELD_NUMBER: _ClassVar[int]
    EFFECTIVE_CAPABILITIES_FIELD_NUMBER: _ClassVar[int]
    PERMITTED_CAPABILITIES_FIELD_NUMBER: _ClassVar[int]
    syscall: CredentialChange.Syscall
    ret: int
    effective_uid: int
    saved_uid: int
    effective_gid: int
    saved_gid: int
    effective_capabilities: int
    permitted_capabilities: int
    def __init__(self, syscall: _Optional[_Union[CredentialChange.Syscall, str]] = ..., ret: _Optional[int] = ..., effective_uid: _Optional[int] = ..., saved_uid: _Optional[int] = ..., effective_gid: _Optional[int] = ..., saved_gid: _Optional[int] = ..., effective_capabilities: _Optional[int] = ..., permitted_capabilities: _Optional[int] = ...) -> None: ...
