"""What a program looks at in the results of its tools, and in its request."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from compiler.ir.expr import Attr, Each, Nth, Pick, Ranked, RequestField, Where
from compiler.ir.program import Program


def used_fields(program: Program) -> frozenset[str]:
    """Return the fields of the request that some expression of the program reads."""
    return frozenset(part.name for part in _parts(program.body) if isinstance(part, RequestField))


def used_keys(program: Program) -> frozenset[str]:
    """Return the keys of JSON objects that some expression of the program reads."""
    return frozenset(_keys(program.body))


def _keys(value: object) -> Iterator[str]:
    for part in _parts(value):
        match part:
            case Attr(key=key) | Each(key=key):
                yield key
            case Pick(by=str(key)) | Nth(by=str(key)) | Where(key=str(key)) | Ranked(by=key):
                yield key
            case _:
                pass


def _parts(value: object) -> Iterator[object]:
    """Yield a value of the program and everything in it."""
    yield value
    if isinstance(value, tuple):
        for item in value:
            yield from _parts(item)
    elif is_dataclass(value):
        for one in fields(value):
            yield from _parts(getattr(value, one.name))
