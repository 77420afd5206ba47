from sonde.v1 import options_pb2 as _options_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class ProcessFork(_message.Message):
    __slots__ = ("child_tgid", "child_tid", "is_thread", "child_start_boottime_ns")
    CHILD_TGID_FIELD_NUMBER: _ClassVar[int]
    CHILD_TID_FIELD_NUMBER: _ClassVar[int]
    IS_THREAD_FIELD_NUMBER: _ClassVar[int]
    CHILD_START_BOOTTIME_NS_FIELD_NUMBER: _ClassVar[int]
    child_tgid: int
    child_tid: int
    is_thread: bool
    child_start_boottime_ns: int
    def __init__(self, child_tgid: _Optional[int] = ..., child_tid: _Optional[int] = ..., is_thread: bool = ..., child_start_boottime_ns: _Optional[int] = ...) -> None: ...
