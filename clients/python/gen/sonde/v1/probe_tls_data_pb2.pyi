from sonde.v1 import options_pb2 as _options_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class TlsData(_message.Message):
    __slots__ = ("direction", "library", "symbol", "session", "requested_bytes", "transferred_bytes", "ret", "latency_ns", "content", "content_truncated", "content_unreadable")
    class Direction(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        DIRECTION_UNSPECIFIED: _ClassVar[TlsData.Direction]
        DIRECTION_RECEIVED: _ClassVar[TlsData.Direction]
        DIRECTION_SENT: _ClassVar[TlsData.Direction]
    DIRECTION_UNSPECIFIED: TlsData.Direction
    DIRECTION_RECEIVED: TlsData.Direction
    DIRECTION_SENT: TlsData.Direction
    class Library(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        LIBRARY_UNSPECIFIED: _ClassVar[TlsData.Library]
        LIBRARY_OPENSSL: _ClassVar[TlsData.Library]
        LIBRARY_GNUTLS: _ClassVar[TlsData.Library]
    LIBRARY_UNSPECIFIED: TlsData.Library
    LIBRARY_OPENSSL: TlsData.Library
    LIBRARY_GNUTLS: TlsData.Library
    class Symbol(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        SYMBOL_UNSPECIFIED: _ClassVar[TlsData.Symbol]
        SYMBOL_SSL_READ: _ClassVar[TlsData.Symbol]
        SYMBOL_SSL_WRITE: _ClassVar[TlsData.Symbol]
        SYMBOL_SSL_READ_EX: _ClassVar[TlsData.Symbol]
        SYMBOL_SSL_WRITE_EX: _ClassVar[TlsData.Symbol]
        SYMBOL_GNUTLS_RECORD_RECV: _ClassVar[TlsData.Symbol]
        SYMBOL_GNUTLS_RECORD_SEND: _ClassVar[TlsData.Symbol]
    SYMBOL_UNSPECIFIED: TlsData.Symbol
    SYMBOL_SSL_READ: TlsData.Symbol
    SYMBOL_SSL_WRITE: TlsData.Symbol
    SYMBOL_SSL_READ_EX: TlsData.Symbol
    SYMBOL_SSL_WRITE_EX: TlsData.Symbol
    SYMBOL_GNUTLS_RECORD_RECV: TlsData.Symbol
    SYMBOL_GNUTLS_RECORD_SEND: TlsData.Symbol
    DIRECTION_FIELD_NUMBER: _ClassVar[int]
    LIBRARY_FIELD_NUMBER: _ClassVar[int]
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    SESSION_FIELD_NUMBER: _ClassVar[int]
    REQUESTED_BYTES_FIELD_NUMBER: _ClassVar[int]
    TRANSFERRED_BYTES_FIELD_NUMBER: _ClassVar[int]
    RET_FIELD_NUMBER: _ClassVar[int]
    LATENCY_NS_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    CONTENT_TRUNCATED_FIELD_NUMBER: _ClassVar[int]
    CONTENT_UNREADABLE_FIELD_NUMBER: _ClassVar[int]
    direction: TlsData.Direction
    library: TlsData.Library
    symbol: TlsData.Symbol
    session: int
    requested_bytes: int
    transferred_bytes: int
    ret: int
    latency_ns: int
    content: bytes
    content_truncated: bool
    content_unreadable: bool
    def __init__(self, direction: _Optional[_Union[TlsData.Direction, str]] = ..., library: _Optional[_Union[TlsData.Library, str]] = ..., symbol: _Optional[_Union[TlsData.Symbol, str]] = ..., session: _Optional[int] = ..., requested_bytes: _Optional[int] = ..., transferred_bytes: _Optional[int] = ..., ret: _Optional[int] = ..., latency_ns: _Optional[int] = ..., content: _Optional[bytes] = ..., content_truncated: bool = ..., content_unreadable: bool = ...) -> None: ...

class TlsDataOptions(_message.Message):
    __slots__ = ("content_bytes",)
    CONTENT_BYTES_FIELD_NUMBER: _ClassVar[int]
    content_bytes: int
    def __init__(self, content_bytes: _Optional[int] = ...) -> None: ...
