from sonde.v1 import options_pb2 as _options_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class PacketDrop(_message.Message):
    __slots__ = ("source_address", "source_port", "destination_address", "destination_port", "ether_type", "protocol", "length", "reason", "location", "interface", "interface_raw")
    SOURCE_ADDRESS_FIELD_NUMBER: _ClassVar[int]
    SOURCE_PORT_FIELD_NUMBER: _ClassVar[int]
    DESTINATION_ADDRESS_FIELD_NUMBER: _ClassVar[int]
    DESTINATION_PORT_FIELD_NUMBER: _ClassVar[int]
    ETHER_TYPE_FIELD_NUMBER: _ClassVar[int]
    PROTOCOL_FIELD_NUMBER: _ClassVar[int]
    LENGTH_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    LOCATION_FIELD_NUMBER: _ClassVar[int]
    INTERFACE_FIELD_NUMBER: _ClassVar[int]
    INTERFACE_RAW_FIELD_NUMBER: _ClassVar[int]
    source_address: bytes
    source_port: int
    destination_address: bytes
    destination_port: int
    ether_type: int
    protocol: int
    length: int
    reason: str
    location: int
    interface: str
    interface_raw: bytes
    def __init__(self, source_address: _Optional[bytes] = ..., source_port: _Optional[int] = ..., destination_address: _Optional[bytes] = ..., destination_port: _Optional[int] = ..., ether_type: _Optional[int] = ..., protocol: _Optional[int] = ..., length: _Optional[int] = ..., reason: _Optional[str] = ..., location: _Optional[int] = ..., interface: _Optional[str] = ..., interface_raw: _Optional[bytes] = ...) -> None: ...
