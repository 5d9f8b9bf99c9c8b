"""The keys of structured requests: those that arguments use, and those that are only known.

A key that no request had may hide a decision, as "urgent" or "cancel" would, so that a harness has to know
which keys the requests of the runs had. So may another value of a key that always had the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace

from compiler.ir.expr import Const, RequestField
from compiler.ir.program import Arm, Branch, Compare, Field, Request, Support
from compiler.ir.run import JSON

Path = tuple[str, ...]
Requests = Sequence[dict[str, JSON]]

_SHARED = 0.5
"""Objects that share less of their keys hold data under them: dates, ids, names."""
_EXAMPLES = 5
_DEPTH = 6
_LONGEST = 200
"""A longer text is no setting that another request would have otherwise."""

_TYPES: dict[type, str] = {str: "string", bool: "boolean", int: "integer", type(None): "null"}


def known_keys(requests: Requests, used: tuple[Field, ...]) -> tuple[Field, ...]:
    """Return the used fields, and after them one for every other key of the requests, which fills nothing.

    Keys below those of a used field belong to it; keys that are data themselves count as one value.
    """
    taken = {field.name for field in used}
    paths = tuple(field.path for field in used)
    fields = [_completed(field, requests) for field in used]
    for path in sorted(_leaves(requests, (), paths)):
        fields.append(_unused(path, requests, taken))
        taken.add(fields[-1].name)
    return tuple(fields)


def steady_keys(request: Request, support: Support) -> tuple[Branch, ...]:
    """Return a guard for every key that fills nothing and had one value in all requests."""
    return tuple(
        Branch(
            arms=(
                Arm(guard=Compare(RequestField(field.name), "==", Const(value)), body=(), support=support),
            ),
            unseen=f"the request has another {field.name} than that of every run",
        )
        for field in request.fields
        if not field.fills and not field.absent and len(field.examples) == 1
        for value in field.examples
        if type(value) in _TYPES and len(str(value)) <= _LONGEST
    )


def _leaves(requests: Requests, path: Path, used: tuple[Path, ...]) -> Iterator[Path]:
    """Yield the paths of what the requests hold under one, but for what a used path leads to."""
    values = _values(requests, path)
    objects = [value for value in values if isinstance(value, dict) and value]
    leads_on = not path or any(other[: len(path)] == path for other in used)
    if len(objects) < len(values) or not (leads_on or _is_record(objects)) or len(path) == _DEPTH:
        if not leads_on:
            yield path
        return
    for key in dict.fromkeys(key for value in objects for key in value):
        inner = (*path, key)
        if inner not in used:
            yield from _leaves(requests, inner, used)


def _is_record(objects: Sequence[dict[str, JSON]]) -> bool:
    """Return whether the objects share their keys."""
    keys = {key for value in objects for key in value}
    return bool(keys) and sum(map(len, objects)) >= _SHARED * len(keys) * len(objects)


def _values(requests: Requests, path: Path) -> list[JSON]:
    """Return what the requests hold at a path; those that have no such key are left out."""
    values: list[JSON] = [*requests]
    for key in path:
        values = [value[key] for value in values if isinstance(value, dict) and key in value]
    return values


def _completed(field: Field, requests: Requests) -> Field:
    """Return a used field that knows whether it may be missing, and what its lists and objects may hold."""
    values = _values(requests, field.path)
    absent = len(values) < len(requests)
    whole = any(isinstance(value, dict | list) for value in values)
    return replace(field, absent=absent, schema=_schema(values) if whole else field.schema)


def _unused(path: Path, requests: Requests, taken: set[str]) -> Field:
    values = _values(requests, path)
    names = (path[-1], "_".join(path), *(f"{path[-1]}_{number}" for number in range(2, 2 + len(taken))))
    return Field(
        name=next(name for name in names if name not in taken),
        kind="json",
        fills=(),
        path=path,
        examples=_distinct(values)[:_EXAMPLES],
        schema=_schema(values),
        absent=len(values) < len(requests),
    )


def _schema(values: Sequence[JSON], depth: int = _DEPTH) -> dict[str, JSON]:
    """Return the JSON Schema of what some values have in common; data as keys make a map."""
    kinds = {type(value) for value in values if value is not None}
    if len(kinds) > 1 or depth == 0:
        return {"type": "number"} if kinds == {int, float} and None not in values else {}
    found: dict[str, JSON] = {"type": _TYPES.get(next(iter(kinds)), "number") if kinds else "null"}
    if kinds == {list}:
        items = [item for value in values if isinstance(value, list) for item in value]
        found = {"type": "array", "items": _schema(items, depth - 1) if items else {}}
    if kinds == {dict}:
        found = _object_schema([value for value in values if isinstance(value, dict)], depth)
    return {"anyOf": [found, {"type": "null"}]} if None in values and kinds else found


def _object_schema(objects: Sequence[dict[str, JSON]], depth: int) -> dict[str, JSON]:
    if not _is_record(objects):
        return {"type": "object"}
    keys = sorted({key for value in objects for key in value})
    return {
        "type": "object",
        "properties": {
            key: _schema([value[key] for value in objects if key in value], depth - 1) for key in keys
        },
        "required": [key for key in keys if all(key in value for value in objects)],
    }


def _distinct(values: Sequence[JSON]) -> tuple[JSON, ...]:
    by_text = {json.dumps(value, sort_keys=True): value for value in values}
    return tuple(by_text[text] for text in sorted(by_text))
