from sonde.v1 import options_pb2 as _options_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class PtraceAttach(_message.Message):
    __slots__ = ("request", "target", "ret")
    class Request(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        REQUEST_UNSPECIFIED: _ClassVar[PtraceAttach.Request]
        REQUEST_ATTACH: _ClassVar[PtraceAttach.Request]
        REQUEST_SEIZE: _ClassVar[PtraceAttach.Request]
        REQUEST_TRACEME: _ClassVar[PtraceAttach.Request]
    REQUEST_UNSPECIFIED: PtraceAttach.Request
    REQUEST_ATTACH: PtraceAttach.Request
    REQUEST_SEIZE: PtraceAttach.Request
    REQUEST_TRACEME: PtraceAttach.Request
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    RET_FIELD_NUMBER: _ClassVar[int]
    request: PtraceAttach.Request
    target: int
    ret: int
    def __init__(self, request: _Optional[_Union[PtraceAttach.Request, str]] = ..., target: _Optional[int] = ..., ret: _Optional[int] = ...) -> None: ...
