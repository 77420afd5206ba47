from sonde.v1 import options_pb2 as _options_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class ProcessExec(_message.Message):
    __slots__ = ("path", "path_raw", "args", "args_raw", "args_bytes", "ret", "path_truncated", "path_unreadable", "args_truncated", "args_unreadable")
    PATH_FIELD_NUMBER: _ClassVar[int]
    PATH_RAW_FIELD_NUMBER: _ClassVar[int]
    ARGS_FIELD_NUMBER: _ClassVar[int]
    ARGS_RAW_FIELD_NUMBER: _ClassVar[int]
    ARGS_BYTES_FIELD_NUMBER: _ClassVar[int]
    RET_FIELD_NUMBER: _ClassVar[int]
    PATH_TRUNCATED_FIELD_NUMBER: _ClassVar[int]
    PATH_UNREADABLE_FIELD_NUMBER: _ClassVar[int]
    ARGS_TRUNCATED_FIELD_NUMBER: _ClassVar[int]
    ARGS_UNREADABLE_FIELD_NUMBER: _ClassVar[int]
    path: str
    path_raw: bytes
    args: _containers.RepeatedScalarFieldContainer[str]
    args_raw: _containers.RepeatedScalarFieldContainer[bytes]
    args_bytes: int
    ret: int
    path_truncated: bool
    path_unreadable: bool
    args_truncated: bool
    args_unreadable: bool
    def __init__(self, path: _Optional[str] = ..., path_raw: _Optional[bytes] = ..., args: _Optional[_Iterable[str]] = ..., args_raw: _Optional[_Iterable[bytes]] = ..., args_bytes: _Optional[int] = ..., ret: _Optional[int] = ..., path_truncated: bool = ..., path_unreadable: bool = ..., args_truncated: bool = ..., args_unreadable: bool = ...) -> None: ...
