from sonde.v1 import options_pb2 as _options_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class ShellReadline(_message.Message):
    __slots__ = ("line", "line_raw", "end_of_input", "latency_ns", "line_truncated", "line_unreadable")
    LINE_FIELD_NUMBER: _ClassVar[int]
    LINE_RAW_FIELD_NUMBER: _ClassVar[int]
    END_OF_INPUT_FIELD_NUMBER: _ClassVar[int]
    LATENCY_NS_FIELD_NUMBER: _ClassVar[int]
    LINE_TRUNCATED_FIELD_NUMBER: _ClassVar[int]
    LINE_UNREADABLE_FIELD_NUMBER: _ClassVar[int]
    line: str
    line_raw: bytes
    end_of_input: bool
    latency_ns: int
    line_truncated: bool
    line_unreadable: bool
    def __init__(self, line: _Optional[str] = ..., line_raw: _Optional[bytes] = ..., end_of_input: bool = ..., latency_ns: _Optional[int] = ..., line_truncated: bool = ..., line_unreadable: bool = ...) -> None: ...
