from sonde.v1 import options_pb2 as _options_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class MemoryOomKill(_message.Message):
    __slots__ = ("victim_tgid", "victim_comm", "victim_comm_raw", "victim_virtual_bytes")
    VICTIM_TGID_FIELD_NUMBER: _ClassVar[int]
    VICTIM_COMM_FIELD_NUMBER: _ClassVar[int]
    VICTIM_COMM_RAW_FIELD_NUMBER: _ClassVar[int]
    VICTIM_VIRTUAL_BYTES_FIELD_NUMBER: _ClassVar[int]
    victim_tgid: int
    victim_comm: str
    victim_comm_raw: bytes
    victim_virtual_bytes: int
    def __init__(self, victim_tgid: _Optional[int] = ..., victim_comm: _Optional[str] = ..., victim_comm_raw: _Optional[bytes] = ..., victim_virtual_bytes: _Optional[int] = ...) -> None: ...
