from sonde.v1 import options_pb2 as _options_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class TcpReset(_message.Message):
    __slots__ = ("local_address", "local_port", "remote_address", "remote_port", "direction", "reason")
    class Direction(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        DIRECTION_UNSPECIFIED: _ClassVar[TcpReset.Direction]
        DIRECTION_SENT: _ClassVar[TcpReset.Direction]
        DIRECTION_RECEIVED: _ClassVar[TcpReset.Direction]
    DIRECTION_UNSPECIFIED: TcpReset.Direction
    DIRECTION_SENT: TcpReset.Direction
    DIRECTION_RECEIVED: TcpReset.Direction
    LOCAL_ADDRESS_FIELD_NUMBER: _ClassVar[int]
    LOCAL_PORT_FIELD_NUMBER: _ClassVar[int]
    REMOTE_ADDRESS_FIELD_NUMBER: _ClassVar[int]
    REMOTE_PORT_FIELD_NUMBER: _ClassVar[int]
    DIRECTION_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    local_address: bytes
    local_port: int
    remote_address: bytes
    remote_port: int
    direction: TcpReset.Direction
    reason: str
    def __init__(self, local_address: _Optional[bytes] = ..., local_port: _Optional[int] = ..., remote_address: _Optional[bytes] = ..., remote_port: _Optional[int] = ..., direction: _Optional[_Union[TcpReset.Direction, str]] = ..., reason: _Optional[str] = ...) -> None: ...
