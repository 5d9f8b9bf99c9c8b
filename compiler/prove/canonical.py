"""JSON values in one canonical form, and the scalars that they hold."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from compiler.ir.run import JSON, Call

CallKey: TypeAlias = tuple[str, str]
"""A tool's name and its arguments as canonical text: what makes two calls the same call."""


_encode = json.JSONEncoder(sort_keys=True, ensure_ascii=False, default=str).encode
"""Made once: this is called for every argument of every call."""


def canonical(value: object) -> str:
    """Give the text that equal JSON values share: keys in order, and ``1.0`` as ``1``."""
    return _encode(_plain(value))


def call_key(tool: str, arguments: Mapping[str, object]) -> CallKey:
    """Give the key of a call."""
    return tool, canonical(arguments)


def key_of(call: Call) -> CallKey:
    """Give the key of a recorded call."""
    return call_key(call.tool, call.arguments)


def leaves(value: object, name: str = "") -> Iterator[tuple[str, JSON]]:
    """Yield every scalar inside a JSON value with the key that it stands under; null is no scalar."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from leaves(inner, str(key))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from leaves(inner, name)
    elif isinstance(value, str | bool | int | float):
        yield name, value


def _plain(value: object) -> object:
    """Write whole floats as integers: JSON has one kind of number, Python has two."""
    if type(value) is str:
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value
