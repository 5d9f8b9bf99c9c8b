"""Files as JSON values, one at a time: JSON Lines, arrays, documents in a row.

Memory stays bounded by the largest single value, not by the file: lines are read one by one, and a top-level
array is decoded element by element. Whatever cannot be read comes out as a ``Broken`` with its line, so
that the caller decides whether the rest still counts.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, final

from compiler.errors import InputError
from compiler.ir.run import JSON
from compiler.read.jsontext import DECODER, RECORD_DEPTH, TOO_DEEP, loads, too_deep
from compiler.read.source import DamagedError, Source, opened

MAX_VALUE: Final = 256 * 1024 * 1024
"""Bytes of one line, and characters of one array element or document; more is refused."""

_PROBE: Final = 1024 * 1024
_SPACE: Final = re.compile(r"[ \t\r\n]*")
_LINE_SUFFIXES: Final = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")
_NEAR_END: Final = 16
"""A fault this close to the end of the buffer may be a token that is cut in two."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """A JSON value and its place. The elements of one top-level array share ``array``, the array's number."""

    value: JSON
    line: int
    array: int | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A part that cannot be read. ``array`` is set where it lies inside a top-level array."""

    what: str
    line: int
    array: int | None = None


def read_elements(path: Path) -> Iterator[Element | Broken]:
    """Read the values of a file; an array, on a line or over many, gives its elements.

    Raises:
        InputError: The file cannot be opened, or is no JSON text.
    """
    with opened(path) as source:
        try:
            first = source.next_line(_PROBE)
            while first is not None and source.at_line_end and not first.strip():
                first = source.next_line(_PROBE)
            if first is None:
                return
            first = first.removeprefix(codecs.BOM_UTF8)
            if _by_line(first, path.name, whole=source.at_line_end):
                yield from _lines(first, source)
            else:
                yield from _Documents(first, source).elements()
        except DamagedError as damage:
            yield Broken(what=str(damage), line=source.line)


def read_document(path: Path) -> JSON:
    """Read a file that holds one JSON value.

    Raises:
        InputError: It cannot be read, or does not hold one value.
    """
    values: list[Element] = []
    for element in read_elements(path):
        if isinstance(element, Broken):
            raise InputError(element.what, path=str(path), line=element.line)
        values.append(element)
    if len(values) == 1 and values[0].array is None:
        return values[0].value
    if values and all(value.array == values[0].array is not None for value in values):
        return [value.value for value in values]
    raise InputError("one JSON value is expected" if values else "the file is empty", path=str(path))


def _by_line(first: bytes, name: str, *, whole: bool) -> bool:
    """Whether to read line by line, which can go on after a bad line, or the text as a whole.

    A long array is better taken apart as it comes, whatever the file is called.
    """
    start = first.strip()
    if not whole and start.startswith(b"["):
        return False
    if name.lower().endswith(_LINE_SUFFIXES):
        return start not in (b"[", b"{")
    try:
        return whole and isinstance(loads(first.decode(), depth=RECORD_DEPTH), (dict, list))
    except ValueError:
        return False


def _lines(first: bytes, source: Source) -> Iterator[Element | Broken]:
    """Each line as a value of its own; ``first`` is the line, or the start of it, that was read already."""
    line: bytes | None = first
    while line is not None:
        if not source.at_line_end and len(line) <= _PROBE:
            line += source.next_line(MAX_VALUE + 1 - len(line)) or b""
        if len(line) > MAX_VALUE:
            yield Broken(what=f"the line is longer than {MAX_VALUE >> 20} MB; split it", line=source.line)
            while not source.at_line_end and source.next_line(_PROBE):
                pass
        elif line.strip():
            yield from _line(line, source.line)
        line = source.next_line(MAX_VALUE + 1)


def _line(line: bytes, number: int) -> Iterator[Element | Broken]:
    try:
        value = loads(line.rstrip().decode(), depth=RECORD_DEPTH)
    except UnicodeDecodeError as error:
        yield Broken(what=f"not UTF-8 (byte {error.start + 1} of the line); convert it", line=number)
    except json.JSONDecodeError as error:
        yield Broken(
            what=f"not JSON: {error.msg} at column {error.colno}; repair the line or take it out", line=number
        )
    except ValueError as error:
        yield Broken(what=f"not readable: {error}", line=number)
    else:
        if isinstance(value, list):
            for element in value:
                yield Element(value=element, line=number, array=number)
        else:
            yield Element(value=value, line=number)


_CUT_OFF: Final = "the file ends inside an array; it is cut off"


class _CutError(Exception):
    """A value cannot be decoded; nothing after it can be found either."""


@final
class _Documents:
    """Values one after another, over many lines; arrays are opened and given element by element."""

    def __init__(self, first: bytes, source: Source) -> None:
        self._source = source
        self._decode = codecs.getincrementaldecoder("utf-8")().decode
        self._buffer, self._at = "", 0
        self._line, self._counted = source.line, 0
        self._ended = False
        self._pending = first

    def elements(self) -> Iterator[Element | Broken]:
        array = None
        arrays = 0
        try:
            while start := self._peek():
                if start != "[":
                    line = self._place()
                    yield Element(value=self._value(), line=line)
                    continue
                arrays += 1
                array = arrays
                self._at += 1
                yield from self._array(array)
                array = None
        except _CutError as cut:
            yield Broken(what=str(cut), line=self._place(), array=array)
        except DamagedError as damage:
            yield Broken(what=str(damage), line=self._place(), array=array)

    def _array(self, number: int) -> Iterator[Element]:
        begun = False
        while (start := self._peek()) != "]" or begun:
            if not start:
                raise _CutError(_CUT_OFF)
            begun = True
            line = self._place()
            yield Element(value=self._value(), line=line, array=number)
            separator = self._peek()
            self._at += 1
            if separator == "]":
                return
            if separator != ",":
                self._at -= 1
                raise _CutError("not JSON: expected ',' or ']'" if separator else _CUT_OFF)
        self._at += 1

    def _peek(self) -> str:
        """The next character that is no white space; empty at the end."""
        while True:
            match = _SPACE.match(self._buffer, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._buffer):
                return self._buffer[self._at]
            if not self._more():
                return ""

    def _value(self) -> JSON:
        """Decode the value at hand, reading on, twice as much each time, until it is whole."""
        while True:
            try:
                value, end = DECODER.raw_decode(self._buffer, self._at)
            except json.JSONDecodeError as error:
                self._extend(error)
                continue
            except RecursionError:
                raise _CutError(f"not readable: {TOO_DEEP}") from None
            except ValueError as error:
                raise _CutError(f"not readable: {error}") from None
            if end > len(self._buffer) - _NEAR_END and self._more():
                # A number that goes on, as 1.5 of 1.5e-7, decodes too.
                continue
            self._at = end
            if too_deep(value, RECORD_DEPTH):
                raise _CutError(f"not readable: {TOO_DEEP}")
            result: JSON = value
            return result

    def _extend(self, error: json.JSONDecodeError) -> None:
        """Read on if the fault may only be that the value is not whole yet.

        Raises:
            _CutError: The fault is there to stay, the file has ended, or the value is too long.
        """
        unfinished = error.msg.startswith("Unterminated") or error.pos >= len(self._buffer) - _NEAR_END
        size = len(self._buffer) - self._at
        if not unfinished:
            self._at = error.pos
            raise _CutError(f"not JSON: {error.msg}; give JSON, or JSON Lines in a file that ends in .jsonl")
        if size > MAX_VALUE:
            raise _CutError(f"a value is longer than {MAX_VALUE >> 20} MB; split it")
        if not self._more(size):
            raise _CutError(f"not JSON: {error.msg}; the file ends inside a value, or is broken there")

    def _more(self, least: int = 1) -> bool:
        """Append at least so many characters to the buffer, dropping what was used up; False at the end."""
        if self._ended:
            return False
        self._place()
        pieces = [self._buffer[self._at :]]
        wanted = len(pieces[0]) + least
        self._at = self._counted = 0
        while not self._ended and sum(map(len, pieces)) < wanted:
            chunk = self._pending or self._source.next_chunk()
            self._pending, self._ended = b"", not chunk
            try:
                pieces.append(self._decode(chunk, self._ended))
            except UnicodeDecodeError:
                self._ended = True
                raise _CutError("not UTF-8 from about here on; convert it") from None
        self._buffer = "".join(pieces)
        return True

    def _place(self) -> int:
        """The line of the place reached, from one on."""
        self._line += self._buffer.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._line
