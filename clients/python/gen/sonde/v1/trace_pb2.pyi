import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from sonde.v1 import accounting_pb2 as _accounting_pb2
from sonde.v1 import cost_pb2 as _cost_pb2
from sonde.v1 import probe_file_open_pb2 as _probe_file_open_pb2
from sonde.v1 import probe_memory_allocation_pb2 as _probe_memory_allocation_pb2
from sonde.v1 import probe_sched_off_cpu_pb2 as _probe_sched_off_cpu_pb2
from sonde.v1 import probe_syscall_pb2 as _probe_syscall_pb2
from sonde.v1 import probe_syscall_error_pb2 as _probe_syscall_error_pb2
from sonde.v1 import probe_tls_data_pb2 as _probe_tls_data_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class SamplingMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SAMPLING_MODE_UNSPECIFIED: _ClassVar[SamplingMode]
    SAMPLING_MODE_EVENT: _ClassVar[SamplingMode]
    SAMPLING_MODE_PROCESS: _ClassVar[SamplingMode]

class Backpressure(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    BACKPRESSURE_UNSPECIFIED: _ClassVar[Backpressure]
    BACKPRESSURE_DROP_OLDEST: _ClassVar[Backpressure]
    BACKPRESSURE_DROP_NEWEST: _ClassVar[Backpressure]
    BACKPRESSURE_PAUSE: _ClassVar[Backpressure]

class TraceState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TRACE_STATE_UNSPECIFIED: _ClassVar[TraceState]
    TRACE_STATE_STARTING: _ClassVar[TraceState]
    TRACE_STATE_RUNNING: _ClassVar[TraceState]
    TRACE_STATE_STOPPING: _ClassVar[TraceState]
    TRACE_STATE_ENDED: _ClassVar[TraceState]

class EndReason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    END_REASON_UNSPECIFIED: _ClassVar[EndReason]
    END_REASON_STOPPED: _ClassVar[EndReason]
    END_REASON_LEASE_EXPIRED: _ClassVar[EndReason]
    END_REASON_DURATION_REACHED: _ClassVar[EndReason]
    END_REASON_EVENT_LIMIT_REACHED: _ClassVar[EndReason]
    END_REASON_BUDGET_EXCEEDED: _ClassVar[EndReason]
    END_REASON_NODE_SHUTTING_DOWN: _ClassVar[EndReason]
    END_REASON_FAILED: _ClassVar[EndReason]
    END_REASON_ACCESS_ENDED: _ClassVar[EndReason]
SAMPLING_MODE_UNSPECIFIED: SamplingMode
SAMPLING_MODE_EVENT: SamplingMode
SAMPLING_MODE_PROCESS: SamplingMode
BACKPRESSURE_UNSPECIFIED: Backpressure
BACKPRESSURE_DROP_OLDEST: Backpressure
BACKPRESSURE_DROP_NEWEST: Backpressure
BACKPRESSURE_PAUSE: Backpressure
TRACE_STATE_UNSPECIFIED: TraceState
TRACE_STATE_STARTING: TraceState
TRACE_STATE_RUNNING: TraceState
TRACE_STATE_STOPPING: TraceState
TRACE_STATE_ENDED: TraceState
END_REASON_UNSPECIFIED: EndReason
END_REASON_STOPPED: EndReason
END_REASON_LEASE_EXPIRED: EndReason
END_REASON_DURATION_REACHED: EndReason
END_REASON_EVENT_LIMIT_REACHED: EndReason
END_REASON_BUDGET_EXCEEDED: EndReason
END_REASON_NODE_SHUTTING_DOWN: EndReason
END_REASON_FAILED: EndReason
END_REASON_ACCESS_ENDED: EndReason

class Sampling(_message.Message):
    __slots__ = ("sample_one_in", "mode")
    SAMPLE_ONE_IN_FIELD_NUMBER: _ClassVar[int]
    MODE_FIELD_NUMBER: _ClassVar[int]
    sample_one_in: int
    mode: SamplingMode
    def __init__(self, sample_one_in: _Optional[int] = ..., mode: _Optional[_Union[SamplingMode, str]] = ...) -> None: ...

class ProbeSpec(_message.Message):
    __slots__ = ("probe", "filter", "sampling", "file_open", "sched_off_cpu", "tls_data", "memory_allocation", "syscall", "syscall_error")
    PROBE_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    SAMPLING_FIELD_NUMBER: _ClassVar[int]
    FILE_OPEN_FIELD_NUMBER: _ClassVar[int]
    SCHED_OFF_CPU_FIELD_NUMBER: _ClassVar[int]
    TLS_DATA_FIELD_NUMBER: _ClassVar[int]
    MEMORY_ALLOCATION_FIELD_NUMBER: _ClassVar[int]
    SYSCALL_FIELD_NUMBER: _ClassVar[int]
    SYSCALL_ERROR_FIELD_NUMBER: _ClassVar[int]
    probe: str
    filter: str
    sampling: Sampling
    file_open: _probe_file_open_pb2.FileOpenOptions
    sched_off_cpu: _probe_sched_off_cpu_pb2.SchedOffCpuOptions
    tls_data: _probe_tls_data_pb2.TlsDataOptions
    memory_allocation: _probe_memory_allocation_pb2.MemoryAllocationOptions
    syscall: _probe_syscall_pb2.SyscallOptions
    syscall_error: _probe_syscall_error_pb2.SyscallErrorOptions
    def __init__(self, probe: _Optional[str] = ..., filter: _Optional[str] = ..., sampling: _Optional[_Union[Sampling, _Mapping]] = ..., file_open: _Optional[_Union[_probe_file_open_pb2.FileOpenOptions, _Mapping]] = ..., sched_off_cpu: _Optional[_Union[_probe_sched_off_cpu_pb2.SchedOffCpuOptions, _Mapping]] = ..., tls_data: _Optional[_Union[_probe_tls_data_pb2.TlsDataOptions, _Mapping]] = ..., memory_allocation: _Optional[_Union[_probe_memory_allocation_pb2.MemoryAllocationOptions, _Mapping]] = ..., syscall: _Optional[_Union[_probe_syscall_pb2.SyscallOptions, _Mapping]] = ..., syscall_error: _Optional[_Union[_probe_syscall_error_pb2.SyscallErrorOptions, _Mapping]] = ...) -> None: ...

class TraceLimits(_message.Message):
    __slots__ = ("events_per_second", "max_events", "cpu_budget_permille", "ring_bytes", "retention_bytes", "retention_age")
    EVENTS_PER_SECOND_FIELD_NUMBER: _ClassVar[int]
    MAX_EVENTS_FIELD_NUMBER: _ClassVar[int]
    CPU_BUDGET_PERMILLE_FIELD_NUMBER: _ClassVar[int]
    RING_BYTES_FIELD_NUMBER: _ClassVar[int]
    RETENTION_BYTES_FIELD_NUMBER: _ClassVar[int]
    RETENTION_AGE_FIELD_NUMBER: _ClassVar[int]
    events_per_second: int
    max_events: int
    cpu_budget_permille: int
    ring_bytes: int
    retention_bytes: int
    retention_age: _duration_pb2.Duration
    def __init__(self, events_per_second: _Optional[int] = ..., max_events: _Optional[int] = ..., cpu_budget_permille: _Optional[int] = ..., ring_bytes: _Optional[int] = ..., retention_bytes: _Optional[int] = ..., retention_age: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class BatchOptions(_message.Message):
    __slots__ = ("max_events", "max_bytes", "max_delay")
    MAX_EVENTS_FIELD_NUMBER: _ClassVar[int]
    MAX_BYTES_FIELD_NUMBER: _ClassVar[int]
    MAX_DELAY_FIELD_NUMBER: _ClassVar[int]
    max_events: int
    max_bytes: int
    max_delay: _duration_pb2.Duration
    def __init__(self, max_events: _Optional[int] = ..., max_bytes: _Optional[int] = ..., max_delay: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class ProbeAttachment(_message.Message):
    __slots__ = ("attach_points", "programs", "program_ids", "verified_instructions")
    ATTACH_POINTS_FIELD_NUMBER: _ClassVar[int]
    PROGRAMS_FIELD_NUMBER: _ClassVar[int]
    PROGRAM_IDS_FIELD_NUMBER: _ClassVar[int]
    VERIFIED_INSTRUCTIONS_FIELD_NUMBER: _ClassVar[int]
    attach_points: _containers.RepeatedScalarFieldContainer[str]
    programs: _containers.RepeatedScalarFieldContainer[str]
    program_ids: _containers.RepeatedScalarFieldContainer[int]
    verified_instructions: int
    def __init__(self, attach_points: _Optional[_Iterable[str]] = ..., programs: _Optional[_Iterable[str]] = ..., program_ids: _Optional[_Iterable[int]] = ..., verified_instructions: _Optional[int] = ...) -> None: ...

class ProbeFilter(_message.Message):
    __slots__ = ("early_expression", "early_instructions", "late_expression", "late_instructions")
    EARLY_EXPRESSION_FIELD_NUMBER: _ClassVar[int]
    EARLY_INSTRUCTIONS_FIELD_NUMBER: _ClassVar[int]
    LATE_EXPRESSION_FIELD_NUMBER: _ClassVar[int]
    LATE_INSTRUCTIONS_FIELD_NUMBER: _ClassVar[int]
    early_expression: str
    early_instructions: int
    late_expression: str
    late_instructions: int
    def __init__(self, early_expression: _Optional[str] = ..., early_instructions: _Optional[int] = ..., late_expression: _Optional[str] = ..., late_instructions: _Optional[int] = ...) -> None: ...

class TraceProbe(_message.Message):
    __slots__ = ("spec", "attachment", "filter")
    SPEC_FIELD_NUMBER: _ClassVar[int]
    ATTACHMENT_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    spec: ProbeSpec
    attachment: ProbeAttachment
    filter: ProbeFilter
    def __init__(self, spec: _Optional[_Union[ProbeSpec, _Mapping]] = ..., attachment: _Optional[_Union[ProbeAttachment, _Mapping]] = ..., filter: _Optional[_Union[ProbeFilter, _Mapping]] = ...) -> None: ...

class Trace(_message.Message):
    __slots__ = ("trace_id", "owner", "state", "end_reason", "end_detail", "generation", "probes", "filter", "limits", "batch", "backpressure", "lease", "lease_expires_unix_nano", "max_duration", "start_unix_nano", "end_unix_nano", "subscribers", "accounting", "cost", "request_id", "subscriptions", "metadata", "role", "mandatory_filter", "redactions")
    TRACE_ID_FIELD_NUMBER: _ClassVar[int]
    OWNER_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    END_REASON_FIELD_NUMBER: _ClassVar[int]
    END_DETAIL_FIELD_NUMBER: _ClassVar[int]
    GENERATION_FIELD_NUMBER: _ClassVar[int]
    PROBES_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    LIMITS_FIELD_NUMBER: _ClassVar[int]
    BATCH_FIELD_NUMBER: _ClassVar[int]
    BACKPRESSURE_FIELD_NUMBER: _ClassVar[int]
    LEASE_FIELD_NUMBER: _ClassVar[int]
    LEASE_EXPIRES_UNIX_NANO_FIELD_NUMBER: _ClassVar[int]
    MAX_DURATION_FIELD_NUMBER: _ClassVar[int]
    START_UNIX_NANO_FIELD_NUMBER: _ClassVar[int]
    END_UNIX_NANO_FIELD_NUMBER: _ClassVar[int]
    SUBSCRIBERS_FIELD_NUMBER: _ClassVar[int]
    ACCOUNTING_FIELD_NUMBER: _ClassVar[int]
    COST_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    SUBSCRIPTIONS_FIELD_NUMBER: _ClassVar[int]
    METADATA_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    MANDATORY_FILTER_FIELD_NUMBER: _ClassVar[int]
    REDACTIONS_FIELD_NUMBER: _ClassVar[int]
    trace_id: str
    owner: str
    state: TraceState
    end_reason: EndReason
    end_detail: str
    generation: int
    probes: _containers.RepeatedCompositeFieldContainer[TraceProbe]
    filter: str
    limits: TraceLimits
    batch: BatchOptions
    backpressure: Backpressure
    lease: _duration_pb2.Duration
    lease_expires_unix_nano: int
    max_duration: _duration_pb2.Duration
    start_unix_nano: int
    end_unix_nano: int
    subscribers: int
    accounting: _accounting_pb2.Accounting
    cost: _cost_pb2.Cost
    request_id: str
    subscriptions: _containers.RepeatedCompositeFieldContainer[_accounting_pb2.SubscriptionCounts]
    metadata: bool
    role: str
    mandatory_filter: str
    redactions: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, trace_id: _Optional[str] = ..., owner: _Optional[str] = ..., state: _Optional[_Union[TraceState, str]] = ..., end_reason: _Optional[_Union[EndReason, str]] = ..., end_detail: _Optional[str] = ..., generation: _Optional[int] = ..., probes: _Optional[_Iterable[_Union[TraceProbe, _Mapping]]] = ..., filter: _Optional[str] = ..., limits: _Optional[_Union[TraceLimits, _Mapping]] = ..., batch: _Optional[_Union[BatchOptions, _Mapping]] = ..., backpressure: _Optional[_Union[Backpressure, str]] = ..., lease: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., lease_expires_unix_nano: _Optional[int] = ..., max_duration: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., start_unix_nano: _Optional[int] = ..., end_unix_nano: _Optional[int] = ..., subscribers: _Optional[int] = ..., accounting: _Optional[_Union[_accounting_pb2.Accounting, _Mapping]] = ..., cost: _Optional[_Union[_cost_pb2.Cost, _Mapping]] = ..., request_id: _Optional[str] = ..., subscriptions: _Optional[_Iterable[_Union[_accounting_pb2.SubscriptionCounts, _Mapping]]] = ..., metadata: bool = ..., role: _Optional[str] = ..., mandatory_filter: _Optional[str] = ..., redactions: _Optional[_Iterable[str]] = ...) -> None: ...
