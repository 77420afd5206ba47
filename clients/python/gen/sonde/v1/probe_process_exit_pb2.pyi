from sonde.v1 import options_pb2 as _options_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class ProcessExit(_message.Message):
    __slots__ = ("exit_code", "signal", "core_dumped", "lifetime_ns", "peak_resident_bytes")
    EXIT_CODE_FIELD_NUMBER: _ClassVar[int]
    SIGNAL_FIELD_NUMBER: _ClassVar[int]
    CORE_DUMPED_FIELD_NUMBER: _ClassVar[int]
    LIFETIME_NS_FIELD_NUMBER: _ClassVar[int]
    PEAK_RESIDENT_BYTES_FIELD_NUMBER: _ClassVar[int]
    exit_code: int
    signal: int
    core_dumped: bool
    lifetime_ns: int
    peak_resident_bytes: int
    def __init__(self, exit_code: _Optional[int] = ..., signal: _Optional[int] = ..., core_dumped: bool = ..., lifetime_ns: _Optional[int] = ..., peak_resident_bytes: _Optional[int] = ...) -> None: ...
