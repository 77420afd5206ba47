from sonde.v1 import options_pb2 as _options_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class UdpReceive(_message.Message):
    __slots__ = ("local_address", "local_port", "remote_address", "remote_port", "datagrams", "payload_bytes", "error", "fd")
    LOCAL_ADDRESS_FIELD_NUMBER: _ClassVar[int]
    LOCAL_PORT_FIELD_NUMBER: _ClassVar[int]
    REMOTE_ADDRESS_FIELD_NUMBER: _ClassVar[int]
    REMOTE_PORT_FIELD_NUMBER: _ClassVar[int]
    DATAGRAMS_FIELD_NUMBER: _ClassVar[int]
    PAYLOAD_BYTES_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    FD_FIELD_NUMBER: _ClassVar[int]
    local_address: bytes
    local_port: int
    remote_address: bytes
    remote_port: int
    datagrams: int
    payload_bytes: int
    error: int
    fd: int
    def __init__(self, local_address: _Optional[bytes] = ..., local_port: _Optional[int] = ..., remote_address: _Optional[bytes] = ..., remote_port: _Optional[int] = ..., datagrams: _Optional[int] = ..., payload_bytes: _Optional[int] = ..., error: _Optional[int] = ..., fd: _Optional[int] = ...) -> None: ...
