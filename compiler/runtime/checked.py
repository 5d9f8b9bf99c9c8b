"""Checked uses of a value whose static type allows more than the program saw: what does not fit deviates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar, overload

from compiler.runtime.errors import Deviation
from compiler.runtime.jsons import as_json

T = TypeVar("T")


def present(value: T | None) -> T:
    """Give a value that must be there."""
    if value is None:
        message = "a value is missing that every run had"
        raise Deviation(message)
    return value


def expect(value: object, kind: type[T]) -> T:
    """Give a value that must be of one type; a bool is no int, and a moment no date."""
    if type(value) is not kind:
        message = f"a value is a {type(value).__name__}, not a {kind.__name__}"
        raise Deviation(message)
    return value


@overload
def rows(value: tuple[T, ...] | str | None) -> tuple[T, ...]: ...
@overload
def rows(value: object) -> tuple[object, ...]: ...
def rows(value: object) -> tuple[object, ...]:
    """Give a value that must be a list."""
    if not isinstance(value, tuple | list):
        message = f"a {type(value).__name__} stands where rows are expected"
        raise Deviation(message)
    return tuple(value)


def item(value: object, key: str) -> object:
    """Give what an object, or a record, holds under an original key."""
    known = value if isinstance(value, Mapping) else as_json(value) if hasattr(value, "model_dump") else None
    if not isinstance(known, Mapping) or key not in known:
        message = f"a value has no {key!r}"
        raise Deviation(message)
    return known[key]
