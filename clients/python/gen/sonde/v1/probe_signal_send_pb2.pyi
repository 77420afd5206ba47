from sonde.v1 import options_pb2 as _options_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class SignalSend(_message.Message):
    __slots__ = ("signal", "code", "target_tgid", "target_tid", "target_comm", "target_comm_raw", "to_process", "result")
    class Result(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        RESULT_UNSPECIFIED: _ClassVar[SignalSend.Result]
        RESULT_DELIVERED: _ClassVar[SignalSend.Result]
        RESULT_IGNORED: _ClassVar[SignalSend.Result]
        RESULT_ALREADY_PENDING: _ClassVar[SignalSend.Result]
        RESULT_QUEUE_FULL: _ClassVar[SignalSend.Result]
        RESULT_INFO_LOST: _ClassVar[SignalSend.Result]
    RESULT_UNSPECIFIED: SignalSend.Result
    RESULT_DELIVERED: SignalSend.Result
    RESULT_IGNORED: SignalSend.Result
    RESULT_ALREADY_PENDING: SignalSend.Result
    RESULT_QUEUE_FULL: SignalSend.Result
    RESULT_INFO_LOST: SignalSend.Result
    SIGNAL_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    TARGET_TGID_FIELD_NUMBER: _ClassVar[int]
    TARGET_TID_FIELD_NUMBER: _ClassVar[int]
    TARGET_COMM_FIELD_NUMBER: _ClassVar[int]
    TARGET_COMM_RAW_FIELD_NUMBER: _ClassVar[int]
    TO_PROCESS_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    signal: int
    code: int
    target_tgid: int
    target_tid: int
    target_comm: str
    target_comm_raw: bytes
    to_process: bool
    result: SignalSend.Result
    def __init__(self, signal: _Optional[int] = ..., code: _Optional[int] = ..., target_tgid: _Optional[int] = ..., target_tid: _Optional[int] = ..., target_comm: _Optional[str] = ..., target_comm_raw: _Optional[bytes] = ..., to_process: bool = ..., result: _Optional[_Union[SignalSend.Result, str]] = ...) -> None: ...
