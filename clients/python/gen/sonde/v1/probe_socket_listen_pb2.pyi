from sonde.v1 import options_pb2 as _options_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class SocketListen(_message.Message):
    __slots__ = ("fd", "address", "port", "family", "socket_type", "protocol", "backlog", "ret")
    FD_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    PORT_FIELD_NUMBER: _ClassVar[int]
    FAMILY_FIELD_NUMBER: _ClassVar[int]
    SOCKET_TYPE_FIELD_NUMBER: _ClassVar[int]
    PROTOCOL_FIELD_NUMBER: _ClassVar[int]
    BACKLOG_FIELD_NUMBER: _ClassVar[int]
    RET_FIELD_NUMBER: _ClassVar[int]
    fd: int
    address: bytes
    port: int
    family: int
    socket_type: int
    protocol: int
    backlog: int
    ret: int
    def __init__(self, fd: _Optional[int] = ..., address: _Optional[bytes] = ..., port: _Optional[int] = ..., family: _Optional[int] = ..., socket_type: _Optional[int] = ..., protocol: _Optional[int] = ..., backlog: _Optional[int] = ..., ret: _Optional[int] = ...) -> None: ...
