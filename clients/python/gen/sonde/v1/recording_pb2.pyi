from sonde.v1 import node_service_pb2 as _node_service_pb2
from sonde.v1 import trace_pb2 as _trace_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class RecordingHeader(_message.Message):
    __slots__ = ("node", "trace", "probes", "start_unix_nano", "writer", "file_descriptor_set")
    NODE_FIELD_NUMBER: _ClassVar[int]
    TRACE_FIELD_NUMBER: _ClassVar[int]
    PROBES_FIELD_NUMBER: _ClassVar[int]
    START_UNIX_NANO_FIELD_NUMBER: _ClassVar[int]
    WRITER_FIELD_NUMBER: _ClassVar[int]
    FILE_DESCRIPTOR_SET_FIELD_NUMBER: _ClassVar[int]
    node: _node_service_pb2.Node
    trace: _trace_pb2.Trace
    probes: _containers.RepeatedCompositeFieldContainer[_node_service_pb2.Probe]
    start_unix_nano: int
    writer: str
    file_descriptor_set: bytes
    def __init__(self, node: _Optional[_Union[_node_service_pb2.Node, _Mapping]] = ..., trace: _Optional[_Union[_trace_pb2.Trace, _Mapping]] = ..., probes: _Optional[_Iterable[_Union[_node_service_pb2.Probe, _Mapping]]] = ..., start_unix_nano: _Optional[int] = ..., writer: _Optional[str] = ..., file_descriptor_set: _Optional[bytes] = ...) -> None: ...
