import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ProbeCost(_message.Message):
    __slots__ = ("run_count", "run_time_ns", "timed_runs", "average_ns", "map_bytes", "budget_one_in", "kernel_run_count", "kernel_run_time_ns")
    RUN_COUNT_FIELD_NUMBER: _ClassVar[int]
    RUN_TIME_NS_FIELD_NUMBER: _ClassVar[int]
    TIMED_RUNS_FIELD_NUMBER: _ClassVar[int]
    AVERAGE_NS_FIELD_NUMBER: _ClassVar[int]
    MAP_BYTES_FIELD_NUMBER: _ClassVar[int]
    BUDGET_ONE_IN_FIELD_NUMBER: _ClassVar[int]
    KERNEL_RUN_COUNT_FIELD_NUMBER: _ClassVar[int]
    KERNEL_RUN_TIME_NS_FIELD_NUMBER: _ClassVar[int]
    run_count: int
    run_time_ns: int
    timed_runs: int
    average_ns: int
    map_bytes: int
    budget_one_in: int
    kernel_run_count: int
    kernel_run_time_ns: int
    def __init__(self, run_count: _Optional[int] = ..., run_time_ns: _Optional[int] = ..., timed_runs: _Optional[int] = ..., average_ns: _Optional[int] = ..., map_bytes: _Optional[int] = ..., budget_one_in: _Optional[int] = ..., kernel_run_count: _Optional[int] = ..., kernel_run_time_ns: _Optional[int] = ...) -> None: ...

class Cost(_message.Message):
    __slots__ = ("elapsed", "run_count", "run_time_ns", "average_ns", "core_share_ppm", "map_bytes", "node_cpu_ns", "retained_bytes", "budget_steps", "probes")
    ELAPSED_FIELD_NUMBER: _ClassVar[int]
    RUN_COUNT_FIELD_NUMBER: _ClassVar[int]
    RUN_TIME_NS_FIELD_NUMBER: _ClassVar[int]
    AVERAGE_NS_FIELD_NUMBER: _ClassVar[int]
    CORE_SHARE_PPM_FIELD_NUMBER: _ClassVar[int]
    MAP_BYTES_FIELD_NUMBER: _ClassVar[int]
    NODE_CPU_NS_FIELD_NUMBER: _ClassVar[int]
    RETAINED_BYTES_FIELD_NUMBER: _ClassVar[int]
    BUDGET_STEPS_FIELD_NUMBER: _ClassVar[int]
    PROBES_FIELD_NUMBER: _ClassVar[int]
    elapsed: _duration_pb2.Duration
    run_count: int
    run_time_ns: int
    average_ns: int
    core_share_ppm: int
    map_bytes: int
    node_cpu_ns: int
    retained_bytes: int
    budget_steps: int
    probes: _containers.RepeatedCompositeFieldContainer[ProbeCost]
    def __init__(self, elapsed: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., run_count: _Optional[int] = ..., run_time_ns: _Optional[int] = ..., average_ns: _Optional[int] = ..., core_share_ppm: _Optional[int] = ..., map_bytes: _Optional[int] = ..., node_cpu_ns: _Optional[int] = ..., retained_bytes: _Optional[int] = ..., budget_steps: _Optional[int] = ..., probes: _Optional[_Iterable[_Union[ProbeCost, _Mapping]]] = ...) -> None: ...
