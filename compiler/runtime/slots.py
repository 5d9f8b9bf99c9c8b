"""The slots of a pattern: what each kind may hold, and how its text becomes a value.

A reader answers, for one slot in one text, which spans the slot may hold. Kinds of free text may hold any
span that crosses no barrier (white space, a quote, a sentence end); the others hold what reads as a value.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import TypeAlias, final

from compiler.runtime.conditions import Condition, parse_condition
from compiler.runtime.dates import LONGEST, parse_date, parse_day, parse_minutes, parse_time
from compiler.runtime.function_words import names_something

Value: TypeAlias = str | int | float | date | time | Condition

MOST_READS = 2_000
"""Spans of one text that one slot tries to read as a value, at most."""

APOSTROPHE = r"['\u2019]"
LETTER = r"[^\W\d_]"
BARRIERS = {
    "word": re.compile(r"\s"),
    # An apostrophe inside a word is no quote.
    "quoted": re.compile(rf"[\"\u201c\u201d\u2018]|(?<!{LETTER}){APOSTROPHE}|{APOSTROPHE}(?!{LETTER})"),
    "phrase": re.compile(r"[\n\r]|[.?!](?=\s)"),
    "text": re.compile(r"(?!)"),
}
"""What the kinds of free text may not cross."""

VALUED = ("number", "date", "past_date", "coming_date", "time", "minutes", "condition", "choice")
KINDS = (*BARRIERS, *VALUED)

NUMBER = re.compile(r"-?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,15})(?:\.[0-9]{1,15})?")


class TooMuch(Exception):  # noqa: N818 - caught by the matcher, seen by nobody
    """There are more ways to read the text than are worth trying."""


@final
@dataclass(frozen=True, slots=True)
class Slot:
    """A typed place in a pattern; ``choices`` maps the known wordings of a ``choice`` to values.

    ``also`` are slots of other names that read the same words.
    """

    name: str
    kind: str
    choices: Mapping[str, str] = field(default_factory=dict)
    also: tuple[Slot, ...] = ()


class Reader(ABC):
    """Which spans of one text a slot may hold."""

    @abstractmethod
    def reach(self, start: int) -> int:
        """Give the furthest end of a span that starts here."""

    @abstractmethod
    def read(self, start: int, end: int) -> Value | None:
        """Read a span within reach; None where the slot may not hold it."""


@final
class FreeReader(Reader):
    """Reads kinds of free text."""

    def __init__(self, kind: str, text: str) -> None:
        self._kind, self._text = kind, text
        self._barriers = [found.start() for found in BARRIERS[kind].finditer(text)]

    def reach(self, start: int) -> int:
        """Give the place of the next barrier."""
        i = bisect_left(self._barriers, start)
        return self._barriers[i] if i < len(self._barriers) else len(self._text)

    def read(self, start: int, end: int) -> str | None:
        """Take the span as it stands; a word does not end in a comma or colon, and says what it names."""
        text = self._text
        if text[start].isspace() or text[end - 1].isspace():
            return None
        if self._kind == "word" and text[end - 1] in ",;:":
            return None
        free = self._kind in ("word", "phrase")
        return text[start:end] if not free or _is_name(text[start:end]) else None


@final
class ValueReader(Reader):
    """Reads kinds whose text must parse."""

    def __init__(self, parse: Callable[[str], Value | None], text: str, longest: int) -> None:
        self._parse, self._text, self._longest = parse, text, longest
        self._known: dict[str, Value | None] = {}

    def reach(self, start: int) -> int:
        """Give the place beyond which no value of the kind ends."""
        return min(start + self._longest, len(self._text))

    def read(self, start: int, end: int) -> Value | None:
        """Parse the span.

        Raises:
            TooMuch: Too many spans were tried.
        """
        span = self._text[start:end]
        if span[0].isspace() or span[-1].isspace():
            return None
        if span not in self._known:
            if len(self._known) >= MOST_READS:
                raise TooMuch
            self._known[span] = self._parse(span)
        return self._known[span]


def reader_of(slot: Slot, text: str, now: datetime) -> Reader:
    """Make the reader of a slot for a text."""
    parsers: dict[str, Callable[[str], Value | None]] = {
        "number": parse_number,
        "date": lambda span: parse_date(span, now),
        "past_date": lambda span: parse_day(span, now, "past"),
        "coming_date": lambda span: parse_day(span, now, "coming"),
        "time": parse_time,
        "minutes": parse_minutes,
        "condition": parse_condition,
    }
    if slot.kind in parsers:
        return ValueReader(parsers[slot.kind], text, LONGEST)
    if slot.kind == "choice":
        longest = 2 * max(map(len, slot.choices), default=0)
        return ValueReader(lambda span: slot.choices.get(folded(span)), text, longest)
    return FreeReader(slot.kind, text)


def parse_number(text: str) -> int | float | None:
    """Read "12", "1,200" or "-1.5"; None for anything else."""
    if NUMBER.fullmatch(text) is None:
        return None
    plain = text.replace(",", "")
    return float(plain) if "." in plain else int(plain)


def _is_name(text: str) -> bool:
    words = folded(text).replace("\u2019", "'").replace("no one", "nobody").split()
    return len(text) > LONGEST or names_something(words)


def folded(text: str) -> str:
    """Bring wordings that differ only in case and white space to one form."""
    return " ".join(text.split()).casefold()
