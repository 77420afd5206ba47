from sonde.v1 import options_pb2 as _options_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class MemoryAllocation(_message.Message):
    __slots__ = ("symbol", "requested_bytes", "alignment", "address", "previous_address")
    class Symbol(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        SYMBOL_UNSPECIFIED: _ClassVar[MemoryAllocation.Symbol]
        SYMBOL_MALLOC: _ClassVar[MemoryAllocation.Symbol]
        SYMBOL_CALLOC: _ClassVar[MemoryAllocation.Symbol]
        SYMBOL_REALLOC: _ClassVar[MemoryAllocation.Symbol]
        SYMBOL_POSIX_MEMALIGN: _ClassVar[MemoryAllocation.Symbol]
        SYMBOL_ALIGNED_ALLOC: _ClassVar[MemoryAllocation.Symbol]
    SYMBOL_UNSPECIFIED: MemoryAllocation.Symbol
    SYMBOL_MALLOC: MemoryAllocation.Symbol
    SYMBOL_CALLOC: MemoryAllocation.Symbol
    SYMBOL_REALLOC: MemoryAllocation.Symbol
    SYMBOL_POSIX_MEMALIGN: MemoryAllocation.Symbol
    SYMBOL_ALIGNED_ALLOC: MemoryAllocation.Symbol
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    REQUESTED_BYTES_FIELD_NUMBER: _ClassVar[int]
    ALIGNMENT_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    PREVIOUS_ADDRESS_FIELD_NUMBER: _ClassVar[int]
    symbol: MemoryAllocation.Symbol
    requested_bytes: int
    alignment: int
    address: int
    previous_address: int
    def __init__(self, symbol: _Optional[_Union[MemoryAllocation.Symbol, str]] = ..., requested_bytes: _Optional[int] = ..., alignment: _Optional[int] = ..., address: _Optional[int] = ..., previous_address: _Optional[int] = ...) -> None: ...

class MemoryAllocationOptions(_message.Message):
    __slots__ = ("min_bytes",)
    MIN_BYTES_FIELD_NUMBER: _ClassVar[int]
    min_bytes: int
    def __init__(self, min_bytes: _Optional[int] = ...) -> None: ...
