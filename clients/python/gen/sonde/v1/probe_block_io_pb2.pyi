from sonde.v1 import options_pb2 as _options_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class BlockIo(_message.Message):
    __slots__ = ("device", "operation", "sector", "size_bytes", "error", "sync", "readahead", "metadata", "queue_latency_ns", "device_latency_ns")
    class Operation(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        OPERATION_UNSPECIFIED: _ClassVar[BlockIo.Operation]
        OPERATION_READ: _ClassVar[BlockIo.Operation]
        OPERATION_WRITE: _ClassVar[BlockIo.Operation]
        OPERATION_FLUSH: _ClassVar[BlockIo.Operation]
        OPERATION_DISCARD: _ClassVar[BlockIo.Operation]
        OPERATION_OTHER: _ClassVar[BlockIo.Operation]
    OPERATION_UNSPECIFIED: BlockIo.Operation
    OPERATION_READ: BlockIo.Operation
    OPERATION_WRITE: BlockIo.Operation
    OPERATION_FLUSH: BlockIo.Operation
    OPERATION_DISCARD: BlockIo.Operation
    OPERATION_OTHER: BlockIo.Operation
    DEVICE_FIELD_NUMBER: _ClassVar[int]
    OPERATION_FIELD_NUMBER: _ClassVar[int]
    SECTOR_FIELD_NUMBER: _ClassVar[int]
    SIZE_BYTES_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    SYNC_FIELD_NUMBER: _ClassVar[int]
    READAHEAD_FIELD_NUMBER: _ClassVar[int]
    METADATA_FIELD_NUMBER: _ClassVar[int]
    QUEUE_LATENCY_NS_FIELD_NUMBER: _ClassVar[int]
    DEVICE_LATENCY_NS_FIELD_NUMBER: _ClassVar[int]
    device: int
    operation: BlockIo.Operation
    sector: int
    size_bytes: int
    error: int
    sync: bool
    readahead: bool
    metadata: bool
    queue_latency_ns: int
    device_latency_ns: int
    def __init__(self, device: _Optional[int] = ..., operation: _Optional[_Union[BlockIo.Operation, str]] = ..., sector: _Optional[int] = ..., size_bytes: _Optional[int] = ..., error: _Optional[int] = ..., sync: bool = ..., readahead: bool = ..., metadata: bool = ..., queue_latency_ns: _Optional[int] = ..., device_latency_ns: _Optional[int] = ...) -> None: ...
