from sonde.v1 import options_pb2 as _options_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class SchedRunQueue(_message.Message):
    __slots__ = ("wait_ns", "preempted")
    WAIT_NS_FIELD_NUMBER: _ClassVar[int]
    PREEMPTED_FIELD_NUMBER: _ClassVar[int]
    wait_ns: int
    preempted: bool
    def __init__(self, wait_ns: _Optional[int] = ..., preempted: bool = ...) -> None: ...
