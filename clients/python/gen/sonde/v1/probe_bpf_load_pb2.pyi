from sonde.v1 import options_pb2 as _options_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class BpfLoad(_message.Message):
    __slots__ = ("name", "name_raw", "program_type", "expected_attach_type", "instructions", "ret", "attributes_unreadable")
    NAME_FIELD_NUMBER: _ClassVar[int]
    NAME_RAW_FIELD_NUMBER: _ClassVar[int]
    PROGRAM_TYPE_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_ATTACH_TYPE_FIELD_NUMBER: _ClassVar[int]
    INSTRUCTIONS_FIELD_NUMBER: _ClassVar[int]
    RET_FIELD_NUMBER: _ClassVar[int]
    ATTRIBUTES_UNREADABLE_FIELD_NUMBER: _ClassVar[int]
    name: str
    name_raw: bytes
    program_type: int
    expected_attach_type: int
    instructions: int
    ret: int
    attributes_unreadable: bool
    def __init__(self, name: _Optional[str] = ..., name_raw: _Optional[bytes] = ..., program_type: _Optional[int] = ..., expected_attach_type: _Optional[int] = ..., instructions: _Optional[int] = ..., ret: _Optional[int] = ..., attributes_unreadable: bool = ...) -> None: ...
