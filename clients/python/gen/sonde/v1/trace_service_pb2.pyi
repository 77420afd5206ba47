import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from sonde.v1 import accounting_pb2 as _accounting_pb2
from sonde.v1 import event_pb2 as _event_pb2
from sonde.v1 import record_pb2 as _record_pb2
from sonde.v1 import trace_pb2 as _trace_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class StartPosition(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    START_POSITION_UNSPECIFIED: _ClassVar[StartPosition]
    START_POSITION_OLDEST: _ClassVar[StartPosition]
    START_POSITION_LATEST: _ClassVar[StartPosition]
START_POSITION_UNSPECIFIED: StartPosition
START_POSITION_OLDEST: StartPosition
START_POSITION_LATEST: StartPosition

class StartTraceRequest(_message.Message):
    __slots__ = ("request_id", "probes", "filter", "limits", "batch", "backpressure", "lease", "max_duration", "metadata")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    PROBES_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    LIMITS_FIELD_NUMBER: _ClassVar[int]
    BATCH_FIELD_NUMBER: _ClassVar[int]
    BACKPRESSURE_FIELD_NUMBER: _ClassVar[int]
    LEASE_FIELD_NUMBER: _ClassVar[int]
    MAX_DURATION_FIELD_NUMBER: _ClassVar[int]
    METADATA_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    probes: _containers.RepeatedCompositeFieldContainer[_trace_pb2.ProbeSpec]
    filter: str
    limits: _trace_pb2.TraceLimits
    batch: _trace_pb2.BatchOptions
    backpressure: _trace_pb2.Backpressure
    lease: _duration_pb2.Duration
    max_duration: _duration_pb2.Duration
    metadata: bool
    def __init__(self, request_id: _Optional[str] = ..., probes: _Optional[_Iterable[_Union[_trace_pb2.ProbeSpec, _Mapping]]] = ..., filter: _Optional[str] = ..., limits: _Optional[_Union[_trace_pb2.TraceLimits, _Mapping]] = ..., batch: _Optional[_Union[_trace_pb2.BatchOptions, _Mapping]] = ..., backpressure: _Optional[_Union[_trace_pb2.Backpressure, str]] = ..., lease: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., max_duration: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., metadata: bool = ...) -> None: ...

class StartTraceResponse(_message.Message):
    __slots__ = ("trace",)
    TRACE_FIELD_NUMBER: _ClassVar[int]
    trace: _trace_pb2.Trace
    def __init__(self, trace: _Optional[_Union[_trace_pb2.Trace, _Mapping]] = ...) -> None: ...

class ProbeUpdate(_message.Message):
    __slots__ = ("probe_index", "filter", "sampling")
    PROBE_INDEX_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    SAMPLING_FIELD_NUMBER: _ClassVar[int]
    probe_index: int
    filter: str
    sampling: _trace_pb2.Sampling
    def __init__(self, probe_index: _Optional[int] = ..., filter: _Optional[str] = ..., sampling: _Optional[_Union[_trace_pb2.Sampling, _Mapping]] = ...) -> None: ...

class UpdateTraceRequest(_message.Message):
    __slots__ = ("trace_id", "expected_generation", "probes", "filter", "limits", "lease")
    TRACE_ID_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_GENERATION_FIELD_NUMBER: _ClassVar[int]
    PROBES_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    LIMITS_FIELD_NUMBER: _ClassVar[int]
    LEASE_FIELD_NUMBER: _ClassVar[int]
    trace_id: str
    expected_generation: int
    probes: _containers.RepeatedCompositeFieldContainer[ProbeUpdate]
    filter: str
    limits: _trace_pb2.TraceLimits
    lease: _duration_pb2.Duration
    def __init__(self, trace_id: _Optional[str] = ..., expected_generation: _Optional[int] = ..., probes: _Optional[_Iterable[_Union[ProbeUpdate, _Mapping]]] = ..., filter: _Optional[str] = ..., limits: _Optional[_Union[_trace_pb2.TraceLimits, _Mapping]] = ..., lease: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class UpdateTraceResponse(_message.Message):
    __slots__ = ("trace",)
    TRACE_FIELD_NUMBER: _ClassVar[int]
    trace: _trace_pb2.Trace
    def __init__(self, trace: _Optional[_Union[_trace_pb2.Trace, _Mapping]] = ...) -> None: ...

class StopTraceRequest(_message.Message):
    __slots__ = ("trace_id",)
    TRACE_ID_FIELD_NUMBER: _ClassVar[int]
    trace_id: str
    def __init__(self, trace_id: _Optional[str] = ...) -> None: ...

class StopTraceResponse(_message.Message):
    __slots__ = ("trace",)
    TRACE_FIELD_NUMBER: _ClassVar[int]
    trace: _trace_pb2.Trace
    def __init__(self, trace: _Optional[_Union[_trace_pb2.Trace, _Mapping]] = ...) -> None: ...

class GetTraceRequest(_message.Message):
    __slots__ = ("trace_id",)
    TRACE_ID_FIELD_NUMBER: _ClassVar[int]
    trace_id: str
    def __init__(self, trace_id: _Optional[str] = ...) -> None: ...

class GetTraceResponse(_message.Message):
    __slots__ = ("trace",)
    TRACE_FIELD_NUMBER: _ClassVar[int]
    trace: _trace_pb2.Trace
    def __init__(self, trace: _Optional[_Union[_trace_pb2.Trace, _Mapping]] = ...) -> None: ...

class ListTracesRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListTracesResponse(_message.Message):
    __slots__ = ("traces", "next_page_token")
    TRACES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    traces: _containers.RepeatedCompositeFieldContainer[_trace_pb2.Trace]
    next_page_token: str
    def __init__(self, traces: _Optional[_Iterable[_Union[_trace_pb2.Trace, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class StreamEventsRequest(_message.Message):
    __slots__ = ("trace_id", "cursor", "after_sequence", "position", "max_events", "backpressure", "buffer_bytes", "cost_interval")
    TRACE_ID_FIELD_NUMBER: _ClassVar[int]
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    AFTER_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    POSITION_FIELD_NUMBER: _ClassVar[int]
    MAX_EVENTS_FIELD_NUMBER: _ClassVar[int]
    BACKPRESSURE_FIELD_NUMBER: _ClassVar[int]
    BUFFER_BYTES_FIELD_NUMBER: _ClassVar[int]
    COST_INTERVAL_FIELD_NUMBER: _ClassVar[int]
    trace_id: str
    cursor: bytes
    after_sequence: int
    position: StartPosition
    max_events: int
    backpressure: _trace_pb2.Backpressure
    buffer_bytes: int
    cost_interval: _duration_pb2.Duration
    def __init__(self, trace_id: _Optional[str] = ..., cursor: _Optional[bytes] = ..., after_sequence: _Optional[int] = ..., position: _Optional[_Union[StartPosition, str]] = ..., max_events: _Optional[int] = ..., backpressure: _Optional[_Union[_trace_pb2.Backpressure, str]] = ..., buffer_bytes: _Optional[int] = ..., cost_interval: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class Origin(_message.Message):
    __slots__ = ("node_id", "boot_id", "trace_id", "epoch")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    BOOT_ID_FIELD_NUMBER: _ClassVar[int]
    TRACE_ID_FIELD_NUMBER: _ClassVar[int]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    boot_id: str
    trace_id: str
    epoch: int
    def __init__(self, node_id: _Optional[str] = ..., boot_id: _Optional[str] = ..., trace_id: _Optional[str] = ..., epoch: _Optional[int] = ...) -> None: ...

class StreamEventsResponse(_message.Message):
    __slots__ = ("origin", "first_sequence", "event_count", "watermark_unix_nano", "accounting", "cursor", "records", "events")
    ORIGIN_FIELD_NUMBER: _ClassVar[int]
    FIRST_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    EVENT_COUNT_FIELD_NUMBER: _ClassVar[int]
    WATERMARK_UNIX_NANO_FIELD_NUMBER: _ClassVar[int]
    ACCOUNTING_FIELD_NUMBER: _ClassVar[int]
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    RECORDS_FIELD_NUMBER: _ClassVar[int]
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    origin: Origin
    first_sequence: int
    event_count: int
    watermark_unix_nano: int
    accounting: _accounting_pb2.Accounting
    cursor: bytes
    records: _containers.RepeatedCompositeFieldContainer[_record_pb2.Record]
    events: _containers.RepeatedCompositeFieldContainer[_event_pb2.Event]
    def __init__(self, origin: _Optional[_Union[Origin, _Mapping]] = ..., first_sequence: _Optional[int] = ..., event_count: _Optional[int] = ..., watermark_unix_nano: _Optional[int] = ..., accounting: _Optional[_Union[_accounting_pb2.Accounting, _Mapping]] = ..., cursor: _Optional[bytes] = ..., records: _Optional[_Iterable[_Union[_record_pb2.Record, _Mapping]]] = ..., events: _Optional[_Iterable[_Union[_event_pb2.Event, _Mapping]]] = ...) -> None: ...
