"""Shapes: what observed JSON values, or a JSON Schema, have in common.

A shape is structural and has no names; ``records`` turns the objects in it into classes. Depth is bounded,
so a hostile value costs a type of ``object``, never a stack.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, assert_never, final

from compiler.ir.run import JSON

PlainKind = Literal["None", "bool", "int", "float", "str"]


@final
@dataclass(frozen=True, slots=True)
class Plain:
    """A scalar of one kind."""

    kind: PlainKind


@final
@dataclass(frozen=True, slots=True)
class ListShape:
    """A list; ``item`` is AnyShape where every list was empty."""

    item: Shape


@final
@dataclass(frozen=True, slots=True)
class ObjectShape:
    """An object whose keys are the names of its fields: (key, shape, may be missing)."""

    fields: tuple[tuple[str, Shape, bool], ...]


@final
@dataclass(frozen=True, slots=True)
class MapShape:
    """An object whose keys are data: dates, ids, names."""

    value: Shape


@final
@dataclass(frozen=True, slots=True)
class OneOf:
    """One of several shapes, none of them a OneOf."""

    members: tuple[Shape, ...]


@final
@dataclass(frozen=True, slots=True)
class AnyShape:
    """Nothing is known."""


Shape: TypeAlias = Plain | ListShape | ObjectShape | MapShape | OneOf | AnyShape

_DEPTH: Final = 10
_KINDS: Final[dict[type, PlainKind]] = {
    type(None): "None",
    bool: "bool",
    int: "int",
    float: "float",
    str: "str",
}
_FIELDS: Final = 60
_FEW: Final = 8
"""More keys than these, if hardly shared, or if they are words with spaces, are no fields."""

_HARDLY: Final = 0.5
_DATA_KEY = re.compile(r"\d{3}|@|^\d+$")


def one_of(shapes: Iterable[Shape]) -> Shape:
    """Return the shape that all of these fit, without repeats; AnyShape absorbs the rest."""
    flat: list[Shape] = []
    for shape in shapes:
        for member in shape.members if isinstance(shape, OneOf) else (shape,):
            if member not in flat:
                flat.append(member)
    if not flat or AnyShape() in flat:
        return AnyShape()
    flat.sort(key=lambda shape: shape == Plain("None"))
    return flat[0] if len(flat) == 1 else OneOf(tuple(flat))


def infer(values: Sequence[JSON], depth: int = _DEPTH) -> Shape:
    """Return the shape that all values have.

    [{"id": 1}, {"id": 2, "tag": None}]  ->  an object: id int, tag None and may be missing
    """
    if depth == 0 or not values:
        return AnyShape()
    objects = [value for value in values if isinstance(value, dict)]
    lists = [value for value in values if isinstance(value, list)]
    found: list[Shape] = []
    if objects:
        found.append(_object(objects, depth))
    if lists:
        found.append(ListShape(infer([item for items in lists for item in items], depth - 1)))
    order: tuple[PlainKind, ...] = ("str", "bool", "int", "float", "None")
    kinds = {_KINDS[type(value)] for value in values if not isinstance(value, dict | list)}
    found.extend(Plain(kind) for kind in order if kind in kinds)
    return one_of(found)


def _object(objects: Sequence[Mapping[str, JSON]], depth: int) -> Shape:
    keys = list(dict.fromkeys(key for item in objects for key in item))
    if not keys:
        return MapShape(AnyShape())
    if _is_map(objects, keys, depth):
        return MapShape(infer([value for item in objects for value in item.values()], depth - 1))
    return ObjectShape(
        tuple(
            (
                key,
                infer([item[key] for item in objects if key in item], depth - 1),
                any(key not in item for item in objects),
            )
            for key in keys
        )
    )


def _is_map(objects: Sequence[Mapping[str, JSON]], keys: list[str], depth: int) -> bool:
    """Return whether the keys are data: they look like it, or hardly two objects share them.

    Data has values of one shape. Keys that are many, or that come and go from object to object, are
    no fields that a person would have written down.
    """
    if len(keys) > _FIELDS or all(_DATA_KEY.search(key) for key in keys):
        return True
    filled = [item for item in objects if item]
    share = sum(len(item) for item in filled) / (len(keys) * len(filled))
    scattered = len(filled) > 1 and share < _HARDLY
    worded = any(" " in key for key in keys)
    if len(keys) <= _FEW or not (scattered or worded):
        return False
    return not isinstance(infer([value for item in filled for value in item.values()], depth - 1), OneOf)


def from_schema(schema: JSON, depth: int = _DEPTH, root: JSON = None) -> Shape:
    """Return the shape that a JSON Schema allows; what it does not say is AnyShape."""
    if depth == 0 or not isinstance(schema, dict):
        return AnyShape()
    top = schema if root is None else root
    if isinstance(reference := schema.get("$ref"), str):
        return from_schema(_resolve(reference, top), depth - 1, top)
    if isinstance(values := schema.get("enum"), list) and values:
        return infer(values, depth - 1)
    if "const" in schema:
        return infer([schema["const"]], depth - 1)
    for key in ("anyOf", "oneOf"):
        if isinstance(choices := schema.get(key), list) and choices:
            return one_of(from_schema(choice, depth - 1, top) for choice in choices)
    kinds = schema.get("type")
    if kinds is None and "properties" in schema:
        kinds = "object"
    listed = kinds if isinstance(kinds, list) else [kinds]
    return one_of(_schema_kind(kind, schema, depth, top) for kind in listed)


_SCHEMA_KINDS: Final[dict[str, Shape]] = {
    "string": Plain("str"),
    "integer": Plain("int"),
    "number": OneOf((Plain("int"), Plain("float"))),
    "boolean": Plain("bool"),
    "null": Plain("None"),
}


def _schema_kind(kind: JSON, schema: dict[str, JSON], depth: int, root: JSON) -> Shape:
    match kind:
        case "array":
            return ListShape(from_schema(schema.get("items"), depth - 1, root))
        case "object":
            return _schema_object(schema, depth, root)
        case str():
            return _SCHEMA_KINDS.get(kind, AnyShape())
        case _:
            return AnyShape()


def _schema_object(schema: dict[str, JSON], depth: int, root: JSON) -> Shape:
    properties, required = schema.get("properties"), schema.get("required")
    if not isinstance(properties, dict) or not properties:
        return MapShape(from_schema(schema.get("additionalProperties"), depth - 1, root))
    needed = required if isinstance(required, list) else []
    return ObjectShape(
        tuple(
            (key, from_schema(value, depth - 1, root), key not in needed) for key, value in properties.items()
        )
    )


def _resolve(reference: str, root: JSON) -> JSON:
    if not reference.startswith("#/"):
        return None
    place = root
    for part in reference[2:].split("/"):
        place = place.get(part.replace("~1", "/").replace("~0", "~")) if isinstance(place, dict) else None
    return place


def overlay(first: Shape, second: Shape) -> Shape:
    """Return what both say about one value: the fields of both objects, else what the first knows."""
    if not isinstance(first, ObjectShape) or not isinstance(second, ObjectShape):
        return second if isinstance(first, AnyShape | MapShape) else first
    theirs = {key: (shape, missing) for key, shape, missing in second.fields}
    fields: list[tuple[str, Shape, bool]] = []
    for key, shape, missing in first.fields:
        if key in theirs:
            other, other_missing = theirs.pop(key)
            fields.append((key, overlay(shape, other), missing and other_missing))
        else:
            fields.append((key, shape, missing))
    fields.extend((key, shape, missing) for key, (shape, missing) in theirs.items())
    return ObjectShape(tuple(fields))


def loosen(shape: Shape, used: frozenset[str]) -> Shape:
    """Let every field that the program does not use be missing or null.

    A harness must not fail over what it does not look at; only the model may, as a fact or an option.
    """
    match shape:
        case ObjectShape(fields=fields):
            return ObjectShape(
                tuple(
                    (
                        key,
                        loosen(value, used) if key in used else one_of((value, Plain("None"))),
                        missing or key not in used,
                    )
                    for key, value, missing in fields
                )
            )
        case ListShape(item=item):
            return ListShape(loosen(item, used))
        case OneOf(members=members):
            return OneOf(tuple(loosen(member, used) for member in members))
        case MapShape(value=value):
            return MapShape(loosen(value, used))
        case Plain() | AnyShape():
            return shape
        case _:
            assert_never(shape)
