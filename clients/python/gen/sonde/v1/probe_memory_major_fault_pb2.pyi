from sonde.v1 import options_pb2 as _options_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class MemoryMajorFault(_message.Message):
    __slots__ = ("address", "instruction_address", "latency_ns", "write", "execute", "user_mode")
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    INSTRUCTION_ADDRESS_FIELD_NUMBER: _ClassVar[int]
    LATENCY_NS_FIELD_NUMBER: _ClassVar[int]
    WRITE_FIELD_NUMBER: _ClassVar[int]
    EXECUTE_FIELD_NUMBER: _ClassVar[int]
    USER_MODE_FIELD_NUMBER: _ClassVar[int]
    address: int
    instruction_address: int
    latency_ns: int
    write: bool
    execute: bool
    user_mode: bool
    def __init__(self, address: _Optional[int] = ..., instruction_address: _Optional[int] = ..., latency_ns: _Optional[int] = ..., write: bool = ..., execute: bool = ..., user_mode: bool = ...) -> None: ...
