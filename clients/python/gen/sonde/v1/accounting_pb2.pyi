from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class StageCounts(_message.Message):
    __slots__ = ("fired", "paused", "sampled_out", "start_lost", "filter_error", "rejected", "in_flight", "matched", "rate_limited", "ring_full", "aggregated", "delivered", "in_ring", "encoded", "missed", "over_limit")
    FIRED_FIELD_NUMBER: _ClassVar[int]
    PAUSED_FIELD_NUMBER: _ClassVar[int]
    SAMPLED_OUT_FIELD_NUMBER: _ClassVar[int]
    START_LOST_FIELD_NUMBER: _ClassVar[int]
    FILTER_ERROR_FIELD_NUMBER: _ClassVar[int]
    REJECTED_FIELD_NUMBER: _ClassVar[int]
    IN_FLIGHT_FIELD_NUMBER: _ClassVar[int]
    MATCHED_FIELD_NUMBER: _ClassVar[int]
    RATE_LIMITED_FIELD_NUMBER: _ClassVar[int]
    RING_FULL_FIELD_NUMBER: _ClassVar[int]
    AGGREGATED_FIELD_NUMBER: _ClassVar[int]
    DELIVERED_FIELD_NUMBER: _ClassVar[int]
    IN_RING_FIELD_NUMBER: _ClassVar[int]
    ENCODED_FIELD_NUMBER: _ClassVar[int]
    MISSED_FIELD_NUMBER: _ClassVar[int]
    OVER_LIMIT_FIELD_NUMBER: _ClassVar[int]
    fired: int
    paused: int
    sampled_out: int
    start_lost: int
    filter_error: int
    rejected: int
    in_flight: int
    matched: int
    rate_limited: int
    ring_full: int
    aggregated: int
    delivered: int
    in_ring: int
    encoded: int
    missed: int
    over_limit: int
    def __init__(self, fired: _Optional[int] = ..., paused: _Optional[int] = ..., sampled_out: _Optional[int] = ..., start_lost: _Optional[int] = ..., filter_error: _Optional[int] = ..., rejected: _Optional[int] = ..., in_flight: _Optional[int] = ..., matched: _Optional[int] = ..., rate_limited: _Optional[int] = ..., ring_full: _Optional[int] = ..., aggregated: _Optional[int] = ..., delivered: _Optional[int] = ..., in_ring: _Optional[int] = ..., encoded: _Optional[int] = ..., missed: _Optional[int] = ..., over_limit: _Optional[int] = ...) -> None: ...

class SubscriptionCounts(_message.Message):
    __slots__ = ("before_start", "sent", "evicted", "pending")
    BEFORE_START_FIELD_NUMBER: _ClassVar[int]
    SENT_FIELD_NUMBER: _ClassVar[int]
    EVICTED_FIELD_NUMBER: _ClassVar[int]
    PENDING_FIELD_NUMBER: _ClassVar[int]
    before_start: int
    sent: int
    evicted: int
    pending: int
    def __init__(self, before_start: _Optional[int] = ..., sent: _Optional[int] = ..., evicted: _Optional[int] = ..., pending: _Optional[int] = ...) -> None: ...

class Accounting(_message.Message):
    __slots__ = ("total", "probes", "subscription")
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    PROBES_FIELD_NUMBER: _ClassVar[int]
    SUBSCRIPTION_FIELD_NUMBER: _ClassVar[int]
    total: StageCounts
    probes: _containers.RepeatedCompositeFieldContainer[StageCounts]
    subscription: SubscriptionCounts
    def __init__(self, total: _Optional[_Union[StageCounts, _Mapping]] = ..., probes: _Optional[_Iterable[_Union[StageCounts, _Mapping]]] = ..., subscription: _Optional[_Union[SubscriptionCounts, _Mapping]] = ...) -> None: ...
