import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from sonde.v1 import accounting_pb2 as _accounting_pb2
from sonde.v1 import cost_pb2 as _cost_pb2
from sonde.v1 import options_pb2 as _options_pb2
from sonde.v1 import trace_pb2 as _trace_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class GapRecord(_message.Message):
    __slots__ = ("first_sequence", "last_sequence")
    FIRST_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    LAST_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    first_sequence: int
    last_sequence: int
    def __init__(self, first_sequence: _Optional[int] = ..., last_sequence: _Optional[int] = ...) -> None: ...

class BudgetStepRecord(_message.Message):
    __slots__ = ("probe_index", "sample_one_in", "measured_permille")
    PROBE_INDEX_FIELD_NUMBER: _ClassVar[int]
    SAMPLE_ONE_IN_FIELD_NUMBER: _ClassVar[int]
    MEASURED_PERMILLE_FIELD_NUMBER: _ClassVar[int]
    probe_index: int
    sample_one_in: int
    measured_permille: int
    def __init__(self, probe_index: _Optional[int] = ..., sample_one_in: _Optional[int] = ..., measured_permille: _Optional[int] = ...) -> None: ...

class UpdatedRecord(_message.Message):
    __slots__ = ("generation",)
    GENERATION_FIELD_NUMBER: _ClassVar[int]
    generation: int
    def __init__(self, generation: _Optional[int] = ...) -> None: ...

class SchemaField(_message.Message):
    __slots__ = ("name", "type")
    NAME_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    name: str
    type: str
    def __init__(self, name: _Optional[str] = ..., type: _Optional[str] = ...) -> None: ...

class SchemaRecord(_message.Message):
    __slots__ = ("probe_index", "fields")
    PROBE_INDEX_FIELD_NUMBER: _ClassVar[int]
    FIELDS_FIELD_NUMBER: _ClassVar[int]
    probe_index: int
    fields: _containers.RepeatedCompositeFieldContainer[SchemaField]
    def __init__(self, probe_index: _Optional[int] = ..., fields: _Optional[_Iterable[_Union[SchemaField, _Mapping]]] = ...) -> None: ...

class Ancestor(_message.Message):
    __slots__ = ("tgid", "start_boottime_ns", "executable")
    TGID_FIELD_NUMBER: _ClassVar[int]
    START_BOOTTIME_NS_FIELD_NUMBER: _ClassVar[int]
    EXECUTABLE_FIELD_NUMBER: _ClassVar[int]
    tgid: int
    start_boottime_ns: int
    executable: str
    def __init__(self, tgid: _Optional[int] = ..., start_boottime_ns: _Optional[int] = ..., executable: _Optional[str] = ...) -> None: ...

class MetadataRecord(_message.Message):
    __slots__ = ("tgid", "start_boottime_ns", "values", "executable", "arguments", "arguments_truncated", "ancestors")
    class ValuesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    TGID_FIELD_NUMBER: _ClassVar[int]
    START_BOOTTIME_NS_FIELD_NUMBER: _ClassVar[int]
    VALUES_FIELD_NUMBER: _ClassVar[int]
    EXECUTABLE_FIELD_NUMBER: _ClassVar[int]
    ARGUMENTS_FIELD_NUMBER: _ClassVar[int]
    ARGUMENTS_TRUNCATED_FIELD_NUMBER: _ClassVar[int]
    ANCESTORS_FIELD_NUMBER: _ClassVar[int]
    tgid: int
    start_boottime_ns: int
    values: _containers.ScalarMap[str, str]
    executable: str
    arguments: _containers.RepeatedScalarFieldContainer[str]
    arguments_truncated: bool
    ancestors: _containers.RepeatedCompositeFieldContainer[Ancestor]
    def __init__(self, tgid: _Optional[int] = ..., start_boottime_ns: _Optional[int] = ..., values: _Optional[_Mapping[str, str]] = ..., executable: _Optional[str] = ..., arguments: _Optional[_Iterable[str]] = ..., arguments_truncated: bool = ..., ancestors: _Optional[_Iterable[_Union[Ancestor, _Mapping]]] = ...) -> None: ...

class CgroupRecord(_message.Message):
    __slots__ = ("cgroup_id", "path", "systemd_unit", "container_id", "pod_uid")
    CGROUP_ID_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    SYSTEMD_UNIT_FIELD_NUMBER: _ClassVar[int]
    CONTAINER_ID_FIELD_NUMBER: _ClassVar[int]
    POD_UID_FIELD_NUMBER: _ClassVar[int]
    cgroup_id: int
    path: str
    systemd_unit: str
    container_id: str
    pod_uid: str
    def __init__(self, cgroup_id: _Optional[int] = ..., path: _Optional[str] = ..., systemd_unit: _Optional[str] = ..., container_id: _Optional[str] = ..., pod_uid: _Optional[str] = ...) -> None: ...

class UserRecord(_message.Message):
    __slots__ = ("uid", "name")
    UID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    uid: int
    name: str
    def __init__(self, uid: _Optional[int] = ..., name: _Optional[str] = ...) -> None: ...

class StacksRecord(_message.Message):
    __slots__ = ("stack_id", "addresses", "symbols", "is_user", "symbol_offsets", "modules", "file_offsets")
    STACK_ID_FIELD_NUMBER: _ClassVar[int]
    ADDRESSES_FIELD_NUMBER: _ClassVar[int]
    SYMBOLS_FIELD_NUMBER: _ClassVar[int]
    IS_USER_FIELD_NUMBER: _ClassVar[int]
    SYMBOL_OFFSETS_FIELD_NUMBER: _ClassVar[int]
    MODULES_FIELD_NUMBER: _ClassVar[int]
    FILE_OFFSETS_FIELD_NUMBER: _ClassVar[int]
    stack_id: int
    addresses: _containers.RepeatedScalarFieldContainer[int]
    symbols: _containers.RepeatedScalarFieldContainer[str]
    is_user: bool
    symbol_offsets: _containers.RepeatedScalarFieldContainer[int]
    modules: _containers.RepeatedScalarFieldContainer[str]
    file_offsets: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, stack_id: _Optional[int] = ..., addresses: _Optional[_Iterable[int]] = ..., symbols: _Optional[_Iterable[str]] = ..., is_user: bool = ..., symbol_offsets: _Optional[_Iterable[int]] = ..., modules: _Optional[_Iterable[str]] = ..., file_offsets: _Optional[_Iterable[int]] = ...) -> None: ...

class CostRecord(_message.Message):
    __slots__ = ("interval", "run_count", "run_time_ns", "node_cpu_ns", "total")
    INTERVAL_FIELD_NUMBER: _ClassVar[int]
    RUN_COUNT_FIELD_NUMBER: _ClassVar[int]
    RUN_TIME_NS_FIELD_NUMBER: _ClassVar[int]
    NODE_CPU_NS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    interval: _duration_pb2.Duration
    run_count: int
    run_time_ns: int
    node_cpu_ns: int
    total: _cost_pb2.Cost
    def __init__(self, interval: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., run_count: _Optional[int] = ..., run_time_ns: _Optional[int] = ..., node_cpu_ns: _Optional[int] = ..., total: _Optional[_Union[_cost_pb2.Cost, _Mapping]] = ...) -> None: ...

class AggregateRecord(_message.Message):
    __slots__ = ("probe_index", "key", "count")
    PROBE_INDEX_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    probe_index: int
    key: _containers.RepeatedScalarFieldContainer[str]
    count: int
    def __init__(self, probe_index: _Optional[int] = ..., key: _Optional[_Iterable[str]] = ..., count: _Optional[int] = ...) -> None: ...

class EndedRecord(_message.Message):
    __slots__ = ("reason", "detail", "accounting")
    REASON_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    ACCOUNTING_FIELD_NUMBER: _ClassVar[int]
    reason: _trace_pb2.EndReason
    detail: str
    accounting: _accounting_pb2.Accounting
    def __init__(self, reason: _Optional[_Union[_trace_pb2.EndReason, str]] = ..., detail: _Optional[str] = ..., accounting: _Optional[_Union[_accounting_pb2.Accounting, _Mapping]] = ...) -> None: ...

class Record(_message.Message):
    __slots__ = ("gap", "budget_step", "updated", "schema", "metadata", "stacks", "cost", "aggregate", "ended", "cgroup", "user")
    GAP_FIELD_NUMBER: _ClassVar[int]
    BUDGET_STEP_FIELD_NUMBER: _ClassVar[int]
    UPDATED_FIELD_NUMBER: _ClassVar[int]
    SCHEMA_FIELD_NUMBER: _ClassVar[int]
    METADATA_FIELD_NUMBER: _ClassVar[int]
    STACKS_FIELD_NUMBER: _ClassVar[int]
    COST_FIELD_NUMBER: _ClassVar[int]
    AGGREGATE_FIELD_NUMBER: _ClassVar[int]
    ENDED_FIELD_NUMBER: _ClassVar[int]
    CGROUP_FIELD_NUMBER: _ClassVar[int]
    USER_FIELD_NUMBER: _ClassVar[int]
    gap: GapRecord
    budget_step: BudgetStepRecord
    updated: UpdatedRecord
    schema: SchemaRecord
    metadata: MetadataRecord
    stacks: StacksRecord
    cost: CostRecord
    aggregate: AggregateRecord
    ended: EndedRecord
    cgroup: CgroupRecord
    user: UserRecord
    def __init__(self, gap: _Optional[_Union[GapRecord, _Mapping]] = ..., budget_step: _Optional[_Union[BudgetStepRecord, _Mapping]] = ..., updated: _Optional[_Union[UpdatedRecord, _Mapping]] = ..., schema: _Optional[_Union[SchemaRecord, _Mapping]] = ..., metadata: _Optional[_Union[MetadataRecord, _Mapping]] = ..., stacks: _Optional[_Union[StacksRecord, _Mapping]] = ..., cost: _Optional[_Union[CostRecord, _Mapping]] = ..., aggregate: _Optional[_Union[AggregateRecord, _Mapping]] = ..., ended: _Optional[_Union[EndedRecord, _Mapping]] = ..., cgroup: _Optional[_Union[CgroupRecord, _Mapping]] = ..., user: _Optional[_Union[UserRecord, _Mapping]] = ...) -> None: ...
