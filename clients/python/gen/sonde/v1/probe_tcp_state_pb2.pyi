from sonde.v1 import options_pb2 as _options_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class TcpState(_message.Message):
    __slots__ = ("local_address", "local_port", "remote_address", "remote_port", "old_state", "new_state")
    class State(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        STATE_UNSPECIFIED: _ClassVar[TcpState.State]
        STATE_ESTABLISHED: _ClassVar[TcpState.State]
        STATE_SYN_SENT: _ClassVar[TcpState.State]
        STATE_SYN_RECV: _ClassVar[TcpState.State]
        STATE_FIN_WAIT1: _ClassVar[TcpState.State]
        STATE_FIN_WAIT2: _ClassVar[TcpState.State]
        STATE_TIME_WAIT: _ClassVar[TcpState.State]
        STATE_CLOSE: _ClassVar[TcpState.State]
        STATE_CLOSE_WAIT: _ClassVar[TcpState.State]
        STATE_LAST_ACK: _ClassVar[TcpState.State]
        STATE_LISTEN: _ClassVar[TcpState.State]
        STATE_CLOSING: _ClassVar[TcpState.State]
    STATE_UNSPECIFIED: TcpState.State
    STATE_ESTABLISHED: TcpState.State
    STATE_SYN_SENT: TcpState.State
    STATE_SYN_RECV: TcpState.State
    STATE_FIN_WAIT1: TcpState.State
    STATE_FIN_WAIT2: TcpState.State
    STATE_TIME_WAIT: TcpState.State
    STATE_CLOSE: TcpState.State
    STATE_CLOSE_WAIT: TcpState.State
    STATE_LAST_ACK: TcpState.State
    STATE_LISTEN: TcpState.State
    STATE_CLOSING: TcpState.State
    LOCAL_ADDRESS_FIELD_NUMBER: _ClassVar[int]
    LOCAL_PORT_FIELD_NUMBER: _ClassVar[int]
    REMOTE_ADDRESS_FIELD_NUMBER: _ClassVar[int]
    REMOTE_PORT_FIELD_NUMBER: _ClassVar[int]
    OLD_STATE_FIELD_NUMBER: _ClassVar[int]
    NEW_STATE_FIELD_NUMBER: _ClassVar[int]
    local_address: bytes
    local_port: int
    remote_address: bytes
    remote_port: int
    old_state: TcpState.State
    new_state: TcpState.State
    def __init__(self, local_address: _Optional[bytes] = ..., local_port: _Optional[int] = ..., remote_address: _Optional[bytes] = ..., remote_port: _Optional[int] = ..., old_state: _Optional[_Union[TcpState.State, str]] = ..., new_state: _Optional[_Union[TcpState.State, str]] = ...) -> None: ...
