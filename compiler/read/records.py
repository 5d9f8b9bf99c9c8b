"""Cuts a file into records: the parts of it that are one run each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import final

from compiler.ir.run import JSON
from compiler.read.atif import is_atif
from compiler.read.containers import is_record, nested_records
from compiler.read.detect import is_item
from compiler.read.stream import Broken, Element


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What should be one run, and the line where it begins."""

    value: JSON
    line: int


def cut_records(elements: Iterable[Element | Broken]) -> Iterator[Record | Broken]:
    """Put items that stand alone together, and take documents of many records apart.

        {"role": ...} on each line, or an array of them  ->  one record
        {"messages": ...} on each line, or an array of them  ->  one record each

    A list of items with an unreadable part is no run: what the part held is not known.
    """
    gathered: list[Element] = []
    for element in elements:
        if gathered and element.array != gathered[0].array:
            yield _together(gathered)
            gathered = []
        if isinstance(element, Broken):
            if gathered:
                gathered = []
                yield Broken(what=f"{element.what}; so the run around it is not whole", line=element.line)
            else:
                yield element
        elif _stands_alone(element.value) or (gathered and not is_record(element.value)):
            gathered.append(element)
        else:
            yield from _records(element)
    if gathered:
        yield _together(gathered)


def _stands_alone(value: JSON) -> bool:
    return is_item(value) and not is_record(value) and not is_atif(value)


def _together(gathered: list[Element]) -> Record:
    return Record(value=[element.value for element in gathered], line=gathered[0].line)


def _records(element: Element) -> Iterator[Record]:
    inner = nested_records(element.value)
    for value in (element.value,) if inner is None else inner:
        yield Record(value=value, line=element.line)
