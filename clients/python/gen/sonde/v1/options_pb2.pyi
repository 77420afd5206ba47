from google.protobuf import descriptor_pb2 as _descriptor_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class CostClass(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    COST_CLASS_UNSPECIFIED: _ClassVar[CostClass]
    COST_CLASS_LOW: _ClassVar[CostClass]
    COST_CLASS_MEDIUM: _ClassVar[CostClass]
    COST_CLASS_HIGH: _ClassVar[CostClass]

class FieldSource(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    FIELD_SOURCE_UNSPECIFIED: _ClassVar[FieldSource]
    FIELD_SOURCE_ENCODER: _ClassVar[FieldSource]
    FIELD_SOURCE_CONTROLLER: _ClassVar[FieldSource]

class Sensitivity(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SENSITIVITY_UNSPECIFIED: _ClassVar[Sensitivity]
    SENSITIVITY_NONE: _ClassVar[Sensitivity]
    SENSITIVITY_ARGUMENTS: _ClassVar[Sensitivity]
    SENSITIVITY_PATHS: _ClassVar[Sensitivity]
    SENSITIVITY_CONTENT: _ClassVar[Sensitivity]
    SENSITIVITY_ADDRESSES: _ClassVar[Sensitivity]
COST_CLASS_UNSPECIFIED: CostClass
COST_CLASS_LOW: CostClass
COST_CLASS_MEDIUM: CostClass
COST_CLASS_HIGH: CostClass
FIELD_SOURCE_UNSPECIFIED: FieldSource
FIELD_SOURCE_ENCODER: FieldSource
FIELD_SOURCE_CONTROLLER: FieldSource
SENSITIVITY_UNSPECIFIED: Sensitivity
SENSITIVITY_NONE: Sensitivity
SENSITIVITY_ARGUMENTS: Sensitivity
SENSITIVITY_PATHS: Sensitivity
SENSITIVITY_CONTENT: Sensitivity
SENSITIVITY_ADDRESSES: Sensitivity
PROBE_FIELD_NUMBER: _ClassVar[int]
probe: _descriptor.FieldDescriptor
EVENT_FIELD_FIELD_NUMBER: _ClassVar[int]
event_field: _descriptor.FieldDescriptor

class OptionalHook(_message.Message):
    __slots__ = ("attach_points", "limitation")
    ATTACH_POINTS_FIELD_NUMBER: _ClassVar[int]
    LIMITATION_FIELD_NUMBER: _ClassVar[int]
    attach_points: _containers.RepeatedScalarFieldContainer[str]
    limitation: str
    def __init__(self, attach_points: _Optional[_Iterable[str]] = ..., limitation: _Optional[str] = ...) -> None: ...

class ProbeOptions(_message.Message):
    __slots__ = ("id", "summary", "cost", "cost_note", "optional_hooks")
    ID_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    COST_FIELD_NUMBER: _ClassVar[int]
    COST_NOTE_FIELD_NUMBER: _ClassVar[int]
    OPTIONAL_HOOKS_FIELD_NUMBER: _ClassVar[int]
    id: str
    summary: str
    cost: CostClass
    cost_note: str
    optional_hooks: _containers.RepeatedCompositeFieldContainer[OptionalHook]
    def __init__(self, id: _Optional[str] = ..., summary: _Optional[str] = ..., cost: _Optional[_Union[CostClass, str]] = ..., cost_note: _Optional[str] = ..., optional_hooks: _Optional[_Iterable[_Union[OptionalHook, _Mapping]]] = ...) -> None: ...

class EventFieldOptions(_message.Message):
    __slots__ = ("unit", "source", "sensitivity")
    UNIT_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    SENSITIVITY_FIELD_NUMBER: _ClassVar[int]
    unit: str
    source: FieldSource
    sensitivity: _containers.RepeatedScalarFieldContainer[Sensitivity]
    def __init__(self, unit: _Optional[str] = ..., source: _Optional[_Union[FieldSource, str]] = ..., sensitivity: _Optional[_Iterable[_Union[Sensitivity, str]]] = ...) -> None: ...
