import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from sonde.v1 import accounting_pb2 as _accounting_pb2
from sonde.v1 import options_pb2 as _options_pb2
from sonde.v1 import trace_pb2 as _trace_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class GetNodeRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetNodeResponse(_message.Message):
    __slots__ = ("node",)
    NODE_FIELD_NUMBER: _ClassVar[int]
    node: Node
    def __init__(self, node: _Optional[_Union[Node, _Mapping]] = ...) -> None: ...

class Feature(_message.Message):
    __slots__ = ("name", "available", "required", "detail", "remedy")
    NAME_FIELD_NUMBER: _ClassVar[int]
    AVAILABLE_FIELD_NUMBER: _ClassVar[int]
    REQUIRED_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    REMEDY_FIELD_NUMBER: _ClassVar[int]
    name: str
    available: bool
    required: bool
    detail: str
    remedy: str
    def __init__(self, name: _Optional[str] = ..., available: bool = ..., required: bool = ..., detail: _Optional[str] = ..., remedy: _Optional[str] = ...) -> None: ...

class Kernel(_message.Message):
    __slots__ = ("release", "version", "machine")
    RELEASE_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    MACHINE_FIELD_NUMBER: _ClassVar[int]
    release: str
    version: str
    machine: str
    def __init__(self, release: _Optional[str] = ..., version: _Optional[str] = ..., machine: _Optional[str] = ...) -> None: ...

class NodeLimits(_message.Message):
    __slots__ = ("max_traces", "max_probes_per_trace", "max_subscribers_per_trace", "default_limits", "default_batch", "max_traces_per_owner", "max_subscribers", "max_subscribers_per_owner", "max_retention_bytes", "max_retention_bytes_per_owner", "max_ring_bytes", "max_ring_bytes_per_owner", "default_lease", "max_lease", "default_max_duration", "longest_max_duration")
    MAX_TRACES_FIELD_NUMBER: _ClassVar[int]
    MAX_PROBES_PER_TRACE_FIELD_NUMBER: _ClassVar[int]
    MAX_SUBSCRIBERS_PER_TRACE_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_LIMITS_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_BATCH_FIELD_NUMBER: _ClassVar[int]
    MAX_TRACES_PER_OWNER_FIELD_NUMBER: _ClassVar[int]
    MAX_SUBSCRIBERS_FIELD_NUMBER: _ClassVar[int]
    MAX_SUBSCRIBERS_PER_OWNER_FIELD_NUMBER: _ClassVar[int]
    MAX_RETENTION_BYTES_FIELD_NUMBER: _ClassVar[int]
    MAX_RETENTION_BYTES_PER_OWNER_FIELD_NUMBER: _ClassVar[int]
    MAX_RING_BYTES_FIELD_NUMBER: _ClassVar[int]
    MAX_RING_BYTES_PER_OWNER_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_LEASE_FIELD_NUMBER: _ClassVar[int]
    MAX_LEASE_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_MAX_DURATION_FIELD_NUMBER: _ClassVar[int]
    LONGEST_MAX_DURATION_FIELD_NUMBER: _ClassVar[int]
    max_traces: int
    max_probes_per_trace: int
    max_subscribers_per_trace: int
    default_limits: _trace_pb2.TraceLimits
    default_batch: _trace_pb2.BatchOptions
    max_traces_per_owner: int
    max_subscribers: int
    max_subscribers_per_owner: int
    max_retention_bytes: int
    max_retention_bytes_per_owner: int
    max_ring_bytes: int
    max_ring_bytes_per_owner: int
    default_lease: _duration_pb2.Duration
    max_lease: _duration_pb2.Duration
    default_max_duration: _duration_pb2.Duration
    longest_max_duration: _duration_pb2.Duration
    def __init__(self, max_traces: _Optional[int] = ..., max_probes_per_trace: _Optional[int] = ..., max_subscribers_per_trace: _Optional[int] = ..., default_limits: _Optional[_Union[_trace_pb2.TraceLimits, _Mapping]] = ..., default_batch: _Optional[_Union[_trace_pb2.BatchOptions, _Mapping]] = ..., max_traces_per_owner: _Optional[int] = ..., max_subscribers: _Optional[int] = ..., max_subscribers_per_owner: _Optional[int] = ..., max_retention_bytes: _Optional[int] = ..., max_retention_bytes_per_owner: _Optional[int] = ..., max_ring_bytes: _Optional[int] = ..., max_ring_bytes_per_owner: _Optional[int] = ..., default_lease: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., max_lease: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., default_max_duration: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., longest_max_duration: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class NodeLoad(_message.Message):
    __slots__ = ("traces", "subscribers", "resident_bytes", "cpu_time_ns", "events", "sent_events", "evicted_events", "sent_bytes", "retained_bytes", "reserved_retention_bytes", "ring_bytes", "map_bytes", "run_count", "run_time_ns", "reader_cpu_ns", "traces_started")
    TRACES_FIELD_NUMBER: _ClassVar[int]
    SUBSCRIBERS_FIELD_NUMBER: _ClassVar[int]
    RESIDENT_BYTES_FIELD_NUMBER: _ClassVar[int]
    CPU_TIME_NS_FIELD_NUMBER: _ClassVar[int]
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    SENT_EVENTS_FIELD_NUMBER: _ClassVar[int]
    EVICTED_EVENTS_FIELD_NUMBER: _ClassVar[int]
    SENT_BYTES_FIELD_NUMBER: _ClassVar[int]
    RETAINED_BYTES_FIELD_NUMBER: _ClassVar[int]
    RESERVED_RETENTION_BYTES_FIELD_NUMBER: _ClassVar[int]
    RING_BYTES_FIELD_NUMBER: _ClassVar[int]
    MAP_BYTES_FIELD_NUMBER: _ClassVar[int]
    RUN_COUNT_FIELD_NUMBER: _ClassVar[int]
    RUN_TIME_NS_FIELD_NUMBER: _ClassVar[int]
    READER_CPU_NS_FIELD_NUMBER: _ClassVar[int]
    TRACES_STARTED_FIELD_NUMBER: _ClassVar[int]
    traces: int
    subscribers: int
    resident_bytes: int
    cpu_time_ns: int
    events: _accounting_pb2.StageCounts
    sent_events: int
    evicted_events: int
    sent_bytes: int
    retained_bytes: int
    reserved_retention_bytes: int
    ring_bytes: int
    map_bytes: int
    run_count: int
    run_time_ns: int
    reader_cpu_ns: int
    traces_started: int
    def __init__(self, traces: _Optional[int] = ..., subscribers: _Optional[int] = ..., resident_bytes: _Optional[int] = ..., cpu_time_ns: _Optional[int] = ..., events: _Optional[_Union[_accounting_pb2.StageCounts, _Mapping]] = ..., sent_events: _Optional[int] = ..., evicted_events: _Optional[int] = ..., sent_bytes: _Optional[int] = ..., retained_bytes: _Optional[int] = ..., reserved_retention_bytes: _Optional[int] = ..., ring_bytes: _Optional[int] = ..., map_bytes: _Optional[int] = ..., run_count: _Optional[int] = ..., run_time_ns: _Optional[int] = ..., reader_cpu_ns: _Optional[int] = ..., traces_started: _Optional[int] = ...) -> None: ...

class Node(_message.Message):
    __slots__ = ("node_id", "hostname", "boot_id", "service_version", "start_unix_nano", "kernel", "possible_cpus", "features", "limits", "load")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    HOSTNAME_FIELD_NUMBER: _ClassVar[int]
    BOOT_ID_FIELD_NUMBER: _ClassVar[int]
    SERVICE_VERSION_FIELD_NUMBER: _ClassVar[int]
    START_UNIX_NANO_FIELD_NUMBER: _ClassVar[int]
    KERNEL_FIELD_NUMBER: _ClassVar[int]
    POSSIBLE_CPUS_FIELD_NUMBER: _ClassVar[int]
    FEATURES_FIELD_NUMBER: _ClassVar[int]
    LIMITS_FIELD_NUMBER: _ClassVar[int]
    LOAD_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    hostname: str
    boot_id: str
    service_version: str
    start_unix_nano: int
    kernel: Kernel
    possible_cpus: int
    features: _containers.RepeatedCompositeFieldContainer[Feature]
    limits: NodeLimits
    load: NodeLoad
    def __init__(self, node_id: _Optional[str] = ..., hostname: _Optional[str] = ..., boot_id: _Optional[str] = ..., service_version: _Optional[str] = ..., start_unix_nano: _Optional[int] = ..., kernel: _Optional[_Union[Kernel, _Mapping]] = ..., possible_cpus: _Optional[int] = ..., features: _Optional[_Iterable[_Union[Feature, _Mapping]]] = ..., limits: _Optional[_Union[NodeLimits, _Mapping]] = ..., load: _Optional[_Union[NodeLoad, _Mapping]] = ...) -> None: ...

class ListProbesRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListProbesResponse(_message.Message):
    __slots__ = ("probes", "next_page_token")
    PROBES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    probes: _containers.RepeatedCompositeFieldContainer[Probe]
    next_page_token: str
    def __init__(self, probes: _Optional[_Iterable[_Union[Probe, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class ProbeField(_message.Message):
    __slots__ = ("name", "type", "unit", "description", "enum_values", "sensitivity")
    NAME_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    ENUM_VALUES_FIELD_NUMBER: _ClassVar[int]
    SENSITIVITY_FIELD_NUMBER: _ClassVar[int]
    name: str
    type: str
    unit: str
    description: str
    enum_values: _containers.RepeatedScalarFieldContainer[str]
    sensitivity: _containers.RepeatedScalarFieldContainer[_options_pb2.Sensitivity]
    def __init__(self, name: _Optional[str] = ..., type: _Optional[str] = ..., unit: _Optional[str] = ..., description: _Optional[str] = ..., enum_values: _Optional[_Iterable[str]] = ..., sensitivity: _Optional[_Iterable[_Union[_options_pb2.Sensitivity, str]]] = ...) -> None: ...

class Probe(_message.Message):
    __slots__ = ("id", "summary", "description", "cost", "cost_note", "available", "unavailable_reason", "attach_points", "fields", "payload", "options", "limitations")
    ID_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    COST_FIELD_NUMBER: _ClassVar[int]
    COST_NOTE_FIELD_NUMBER: _ClassVar[int]
    AVAILABLE_FIELD_NUMBER: _ClassVar[int]
    UNAVAILABLE_REASON_FIELD_NUMBER: _ClassVar[int]
    ATTACH_POINTS_FIELD_NUMBER: _ClassVar[int]
    FIELDS_FIELD_NUMBER: _ClassVar[int]
    PAYLOAD_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    LIMITATIONS_FIELD_NUMBER: _ClassVar[int]
    id: str
    summary: str
    description: str
    cost: _options_pb2.CostClass
    cost_note: str
    available: bool
    unavailable_reason: str
    attach_points: _containers.RepeatedScalarFieldContainer[str]
    fields: _containers.RepeatedCompositeFieldContainer[ProbeField]
    payload: str
    options: _containers.RepeatedCompositeFieldContainer[ProbeField]
    limitations: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, id: _Optional[str] = ..., summary: _Optional[str] = ..., description: _Optional[str] = ..., cost: _Optional[_Union[_options_pb2.CostClass, str]] = ..., cost_note: _Optional[str] = ..., available: bool = ..., unavailable_reason: _Optional[str] = ..., attach_points: _Optional[_Iterable[str]] = ..., fields: _Optional[_Iterable[_Union[ProbeField, _Mapping]]] = ..., payload: _Optional[str] = ..., options: _Optional[_Iterable[_Union[ProbeField, _Mapping]]] = ..., limitations: _Optional[_Iterable[str]] = ...) -> None: ...

class CheckFilterRequest(_message.Message):
    __slots__ = ("probe", "filter")
    PROBE_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    probe: str
    filter: str
    def __init__(self, probe: _Optional[str] = ..., filter: _Optional[str] = ...) -> None: ...

class CheckFilterResponse(_message.Message):
    __slots__ = ("early_expression", "early_instructions", "late_expression", "late_instructions", "verified_instructions", "listing")
    EARLY_EXPRESSION_FIELD_NUMBER: _ClassVar[int]
    EARLY_INSTRUCTIONS_FIELD_NUMBER: _ClassVar[int]
    LATE_EXPRESSION_FIELD_NUMBER: _ClassVar[int]
    LATE_INSTRUCTIONS_FIELD_NUMBER: _ClassVar[int]
    VERIFIED_INSTRUCTIONS_FIELD_NUMBER: _ClassVar[int]
    LISTING_FIELD_NUMBER: _ClassVar[int]
    early_expression: str
    early_instructions: int
    late_expression: str
    late_instructions: int
    verified_instructions: int
    listing: str
    def __init__(self, early_expression: _Optional[str] = ..., early_instructions: _Optional[int] = ..., late_expression: _Optional[str] = ..., late_instructions: _Optional[int] = ..., verified_instructions: _Optional[int] = ..., listing: _Optional[str] = ...) -> None: ...
