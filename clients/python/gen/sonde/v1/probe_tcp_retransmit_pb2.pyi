from sonde.v1 import options_pb2 as _options_pb2
from sonde.v1 import probe_tcp_state_pb2 as _probe_tcp_state_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class TcpRetransmit(_message.Message):
    __slots__ = ("local_address", "local_port", "remote_address", "remote_port", "state", "sequence", "size_bytes", "retransmits")
    LOCAL_ADDRESS_FIELD_NUMBER: _ClassVar[int]
    LOCAL_PORT_FIELD_NUMBER: _ClassVar[int]
    REMOTE_ADDRESS_FIELD_NUMBER: _ClassVar[int]
    REMOTE_PORT_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    SIZE_BYTES_FIELD_NUMBER: _ClassVar[int]
    RETRANSMITS_FIELD_NUMBER: _ClassVar[int]
    local_address: bytes
    local_port: int
    remote_address: bytes
    remote_port: int
    state: _probe_tcp_state_pb2.TcpState.State
    sequence: int
    size_bytes: int
    retransmits: int
    def __init__(self, local_address: _Optional[bytes] = ..., local_port: _Optional[int] = ..., remote_address: _Optional[bytes] = ..., remote_port: _Optional[int] = ..., state: _Optional[_Union[_probe_tcp_state_pb2.TcpState.State, str]] = ..., sequence: _Optional[int] = ..., size_bytes: _Optional[int] = ..., retransmits: _Optional[int] = ...) -> None: ...
