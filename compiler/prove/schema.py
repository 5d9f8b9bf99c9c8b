"""The few parts of JSON Schema that an ``extract`` question uses, and the values that fit them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from compiler.ir.run import JSON

Schema: TypeAlias = Mapping[str, JSON]

MOST_NESTED = 8
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TIME = re.compile(r"(?:^|[T ])(\d{2}:\d{2}(?::\d{2})?)$", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,15})?", re.ASCII)


def property_schemas(schema: Schema) -> dict[str, tuple[Schema, ...]]:
    """Give the alternatives of each property of an object schema, references resolved."""
    fields = schema.get("properties")
    if not isinstance(fields, dict):
        return {}
    return {name: tuple(_alternatives(field, schema, MOST_NESTED)) for name, field in fields.items()}


def fitting(raw: JSON, alternatives: tuple[Schema, ...]) -> list[JSON]:
    """Give the forms in which a recorded scalar fits a field: as it is, or its date, or as a number."""
    return [value for one in alternatives for value in _forms(raw, one)]


def fixed_values(alternatives: tuple[Schema, ...]) -> list[JSON]:
    """Give the values that a field may always have: its enum, the booleans, no elements, null."""
    found: list[JSON] = []
    for one in alternatives:
        members = _members(one)
        if members:
            found += members
        elif one.get("type") == "boolean":
            found += [True, False]
        elif one.get("type") == "array":
            found.append([])
    nullable = any(one.get("type") == "null" for one in alternatives)
    return [*found, None] if nullable else found


def undeclared(value: JSON, schema: Schema) -> Iterator[str]:
    """Yield the fields of a value that its schema does not name, as ``rows.*.colour``, once each.

    What the schema leaves open, such as an object without properties, has none.
    """
    yield from dict.fromkeys(_undeclared(value, [dict(schema)], schema, ""))


def _undeclared(value: JSON, known: Iterable[JSON], root: Schema, where: str) -> Iterator[str]:
    shapes = [shape for one in known for shape in _alternatives(one, root, MOST_NESTED)]
    if isinstance(value, list):
        items = [shape["items"] for shape in shapes if "items" in shape]
        for inner in value:
            yield from _undeclared(inner, items, root, f"{where}*.")
    if not isinstance(value, dict):
        return
    objects = [shape for shape in shapes if shape.get("type") == "object"]
    fields = [found for shape in objects if isinstance(found := shape.get("properties"), dict)]
    if not fields or len(fields) < len(objects):
        return
    for name, inner in value.items():
        declared = [one[name] for one in fields if name in one]
        if not declared:
            yield f"{where}{name}"
        yield from _undeclared(inner, declared, root, f"{where}{name}.")


def _alternatives(field: JSON, root: Schema, depth: int) -> Iterator[Schema]:
    """Yield what ``anyOf``, ``oneOf``, ``$ref`` and a list of types allow, one by one."""
    if not isinstance(field, dict) or depth == 0:
        return
    reference = field.get("$ref")
    if isinstance(reference, str):
        definitions = root.get("$defs")
        named = definitions.get(reference.rpartition("/")[2]) if isinstance(definitions, dict) else None
        yield from _alternatives(named, root, depth - 1)
        return
    choices = field.get("anyOf") or field.get("oneOf") or field.get("allOf")
    if isinstance(choices, list):
        for one in choices:
            yield from _alternatives(one, root, depth - 1)
        return
    kinds = field.get("type")
    if isinstance(kinds, list):
        yield from ({**field, "type": kind} for kind in kinds)
        return
    yield field


def _members(one: Schema) -> list[JSON]:
    members = one.get("enum")
    if isinstance(members, list):
        return members
    return [one["const"]] if "const" in one else []


def _forms(raw: JSON, one: Schema) -> list[JSON]:
    members = _members(one)
    if members:
        return [m for m in members if str(m).casefold() == str(raw).casefold()]
    match one.get("type"):
        case "string":
            return _strings(str(raw), one.get("format"))
        case "integer":
            return [int(str(raw))] if re.fullmatch(r"-?\d{1,15}", str(raw)) else []
        case "number" if _NUMBER.fullmatch(str(raw)):
            return [float(str(raw)) if "." in str(raw) else int(str(raw))]
        case "array":
            items = one.get("items")
            return [[value] for value in _forms(raw, items)] if isinstance(items, dict) else []
        case _:
            return []


def _strings(text: str, form: JSON) -> list[JSON]:
    match form:
        case "date":
            return [*_DATE.findall(text[:10])]
        case "time":
            return [*_TIME.findall(text[:40])]
        case "date-time":
            return [text.replace(" ", "T", 1)] if _DATE.match(text) else []
        case _:
            return [text]
