from sonde.v1 import options_pb2 as _options_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class SchedOffCpu(_message.Message):
    __slots__ = ("off_ns", "reason", "kernel_stack_id", "user_stack_id")
    class Reason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        REASON_UNSPECIFIED: _ClassVar[SchedOffCpu.Reason]
        REASON_PREEMPTED: _ClassVar[SchedOffCpu.Reason]
        REASON_SLEEP: _ClassVar[SchedOffCpu.Reason]
        REASON_UNINTERRUPTIBLE: _ClassVar[SchedOffCpu.Reason]
        REASON_STOPPED: _ClassVar[SchedOffCpu.Reason]
        REASON_OTHER: _ClassVar[SchedOffCpu.Reason]
    REASON_UNSPECIFIED: SchedOffCpu.Reason
    REASON_PREEMPTED: SchedOffCpu.Reason
    REASON_SLEEP: SchedOffCpu.Reason
    REASON_UNINTERRUPTIBLE: SchedOffCpu.Reason
    REASON_STOPPED: SchedOffCpu.Reason
    REASON_OTHER: SchedOffCpu.Reason
    OFF_NS_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    KERNEL_STACK_ID_FIELD_NUMBER: _ClassVar[int]
    USER_STACK_ID_FIELD_NUMBER: _ClassVar[int]
    off_ns: int
    reason: SchedOffCpu.Reason
    kernel_stack_id: int
    user_stack_id: int
    def __init__(self, off_ns: _Optional[int] = ..., reason: _Optional[_Union[SchedOffCpu.Reason, str]] = ..., kernel_stack_id: _Optional[int] = ..., user_stack_id: _Optional[int] = ...) -> None: ...

class SchedOffCpuOptions(_message.Message):
    __slots__ = ("kernel_stack", "user_stack")
    KERNEL_STACK_FIELD_NUMBER: _ClassVar[int]
    USER_STACK_FIELD_NUMBER: _ClassVar[int]
    kernel_stack: bool
    user_stack: bool
    def __init__(self, kernel_stack: bool = ..., user_stack: bool = ...) -> None: ...
