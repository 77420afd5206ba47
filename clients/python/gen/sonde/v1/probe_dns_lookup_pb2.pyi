from sonde.v1 import options_pb2 as _options_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class DnsLookup(_message.Message):
    __slots__ = ("symbol", "host", "host_raw", "service", "service_raw", "family", "flags", "found", "error", "address", "latency_ns", "host_truncated", "host_unreadable", "service_truncated", "service_unreadable")
    class Symbol(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        SYMBOL_UNSPECIFIED: _ClassVar[DnsLookup.Symbol]
        SYMBOL_GETADDRINFO: _ClassVar[DnsLookup.Symbol]
        SYMBOL_GETHOSTBYNAME: _ClassVar[DnsLookup.Symbol]
        SYMBOL_GETHOSTBYNAME2: _ClassVar[DnsLookup.Symbol]
        SYMBOL_GETHOSTBYNAME_R: _ClassVar[DnsLookup.Symbol]
        SYMBOL_GETHOSTBYNAME2_R: _ClassVar[DnsLookup.Symbol]
    SYMBOL_UNSPECIFIED: DnsLookup.Symbol
    SYMBOL_GETADDRINFO: DnsLookup.Symbol
    SYMBOL_GETHOSTBYNAME: DnsLookup.Symbol
    SYMBOL_GETHOSTBYNAME2: DnsLookup.Symbol
    SYMBOL_GETHOSTBYNAME_R: DnsLookup.Symbol
    SYMBOL_GETHOSTBYNAME2_R: DnsLookup.Symbol
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    HOST_FIELD_NUMBER: _ClassVar[int]
    HOST_RAW_FIELD_NUMBER: _ClassVar[int]
    SERVICE_FIELD_NUMBER: _ClassVar[int]
    SERVICE_RAW_FIELD_NUMBER: _ClassVar[int]
    FAMILY_FIELD_NUMBER: _ClassVar[int]
    FLAGS_FIELD_NUMBER: _ClassVar[int]
    FOUND_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    LATENCY_NS_FIELD_NUMBER: _ClassVar[int]
    HOST_TRUNCATED_FIELD_NUMBER: _ClassVar[int]
    HOST_UNREADABLE_FIELD_NUMBER: _ClassVar[int]
    SERVICE_TRUNCATED_FIELD_NUMBER: _ClassVar[int]
    SERVICE_UNREADABLE_FIELD_NUMBER: _ClassVar[int]
    symbol: DnsLookup.Symbol
    host: str
    host_raw: bytes
    service: str
    service_raw: bytes
    family: int
    flags: int
    found: bool
    error: int
    address: bytes
    latency_ns: int
    host_truncated: bool
    host_unreadable: bool
    service_truncated: bool
    service_unreadable: bool
    def __init__(self, symbol: _Optional[_Union[DnsLookup.Symbol, str]] = ..., host: _Optional[str] = ..., host_raw: _Optional[bytes] = ..., service: _Optional[str] = ..., service_raw: _Optional[bytes] = ..., family: _Optional[int] = ..., flags: _Optional[int] = ..., found: bool = ..., error: _Optional[int] = ..., address: _Optional[bytes] = ..., latency_ns: _Optional[int] = ..., host_truncated: bool = ..., host_unreadable: bool = ..., service_truncated: bool = ..., service_unreadable: bool = ...) -> None: ...
