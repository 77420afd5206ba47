from sonde.v1 import options_pb2 as _options_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class FileUnmount(_message.Message):
    __slots__ = ("target", "target_raw", "flags", "ret", "target_unreadable", "target_truncated")
    TARGET_FIELD_NUMBER: _ClassVar[int]
    TARGET_RAW_FIELD_NUMBER: _ClassVar[int]
    FLAGS_FIELD_NUMBER: _ClassVar[int]
    RET_FIELD_NUMBER: _ClassVar[int]
    TARGET_UNREADABLE_FIELD_NUMBER: _ClassVar[int]
    TARGET_TRUNCATED_FIELD_NUMBER: _ClassVar[int]
    target: str
    target_raw: bytes
    flags: int
    ret: int
    target_unreadable: bool
    target_truncated: bool
    def __init__(self, target: _Optional[str] = ..., target_raw: _Optional[bytes] = ..., flags: _Optional[int] = ..., ret: _Optional[int] = ..., target_unreadable: bool = ..., target_truncated: bool = ...) -> None: ...
