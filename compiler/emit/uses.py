"""What a program looks at in the results of its tools."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from compiler.ir.expr import Attr, Each, Pick, Where
from compiler.ir.program import Program


def used_keys(program: Program) -> frozenset[str]:
    """Return the keys of JSON objects that some expression of the program reads."""
    return frozenset(_keys(program.body))


def _keys(value: object) -> Iterator[str]:
    match value:
        case Attr(key=key) | Each(key=key):
            yield key
        case Pick(by=str(key)) | Where(key=str(key)):
            yield key
        case _:
            pass
    if isinstance(value, tuple):
        for item in value:
            yield from _keys(item)
    elif is_dataclass(value):
        for one in fields(value):
            yield from _keys(getattr(value, one.name))
