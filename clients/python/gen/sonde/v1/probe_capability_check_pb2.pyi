from sonde.v1 import options_pb2 as _options_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class CapabilityCheck(_message.Message):
    __slots__ = ("capability", "ret", "in_initial_namespace")
    CAPABILITY_FIELD_NUMBER: _ClassVar[int]
    RET_FIELD_NUMBER: _ClassVar[int]
    IN_INITIAL_NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    capability: int
    ret: int
    in_initial_namespace: bool
    def __init__(self, capability: _Optional[int] = ..., ret: _Optional[int] = ..., in_initial_namespace: bool = ...) -> None: ...
