from sonde.v1 import options_pb2 as _options_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class MemoryReclaim(_message.Message):
    __slots__ = ("scope", "latency_ns", "reclaimed_bytes")
    class Scope(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        SCOPE_UNSPECIFIED: _ClassVar[MemoryReclaim.Scope]
        SCOPE_NODE: _ClassVar[MemoryReclaim.Scope]
        SCOPE_CGROUP: _ClassVar[MemoryReclaim.Scope]
    SCOPE_UNSPECIFIED: MemoryReclaim.Scope
    SCOPE_NODE: MemoryReclaim.Scope
    SCOPE_CGROUP: MemoryReclaim.Scope
    SCOPE_FIELD_NUMBER: _ClassVar[int]
    LATENCY_NS_FIELD_NUMBER: _ClassVar[int]
    RECLAIMED_BYTES_FIELD_NUMBER: _ClassVar[int]
    scope: MemoryReclaim.Scope
    latency_ns: int
    reclaimed_bytes: int
    def __init__(self, scope: _Optional[_Union[MemoryReclaim.Scope, str]] = ..., latency_ns: _Optional[int] = ..., reclaimed_bytes: _Optional[int] = ...) -> None: ...
