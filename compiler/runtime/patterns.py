"""Wordings of a request, with typed slots: what reads a templated request without asking a model.

    "Cancel my first meeting on {day:date}"

A text fits only if there is exactly one way to read it. Matching starts from the places where the literals of
a pattern stand, and looks from the end of the text to its start, so that no text can make it backtrack.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias, final

from compiler.runtime.conditions import Condition
from compiler.runtime.slots import KINDS, Reader, Slot, TooMuch, Value, folded, reader_of
from compiler.runtime.unseen import Manner, Unseen, Wording

ANY = "_"
"""The name of slots whose value nobody takes."""

CONDITION = "condition"
"""The kind of slots that hold the condition which the request states; they are called ``_``."""

CONDITION_HELD = ""
"""Under this name, which no slot can have, a reading holds its condition."""

LONGEST = 20_000
"""A longer text, in characters, fits no pattern."""

MOST_READINGS = 64
"""A text with more ways to read it, before slots that stand twice are compared, is ambiguous."""

Values: TypeAlias = dict[str, Value]
_Places: TypeAlias = list[tuple[int, int]]
"""Where a literal stands: starts and ends, in order."""

_TOKEN = re.compile(r"\{\{|\}\}|\{(?P<name>[^{}:]*):(?P<kind>[^{}]*)\}|(?P<stray>[{}])")
_PIECE = re.compile(
    r"\s+|['\u2018\u2019]|[\"\u201c\u201d]|(?P<ends>[.?!]+(?=\s))|(?:(?![.?!]+\s)[^\s'\u2018\u2019\"\u201c\u201d])+"
)
_QUOTES = ("'\u2018\u2019", '"\u201c\u201d')
_ENDING = " \t\r\n\f\v\xa0.?!"

_MAY_YOU = r"(?:can|could|would|will)\s+you"
_OPENING = re.compile(
    rf"(?:{_MAY_YOU}(?:\s+please)?|please|kindly|i\s+need(?:\s+you)?\s+to|i\s+want\s+you\s+to),?\s+(?=\S)",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    rf"(?<=[.?!])\s+{_MAY_YOU}\s+(?:please\s+)?do\s+(?:that|this|it)(?:\s+for\s+me)?(?:,?\s+please)?$",
    re.IGNORECASE,
)
_FOR_ME = re.compile(r"\A(\w+)\s+for\s+me\s+(?=(?:the|an?)\s)", re.IGNORECASE)
_COURTEOUS = 80
"""No courtesy is longer, in characters."""


class Patterns:
    """The known wordings of a request.

    A slot is ``{name:kind}``; a literal brace is doubled. Kinds: ``word`` (no white space), ``quoted`` (no
    quote character but an apostrophe inside a word; the quotes around it are literals), ``phrase`` (within
    one sentence), ``text`` (anything), ``number``, ``date``, ``past_date`` and ``coming_date`` (a
    weekday alone is read too, as the last or the next one), ``time``, ``minutes``, ``choice``, whose wordings
    and values ``vocabulary`` gives, and ``condition`` ("more than 30", "not"; only as ``{_:condition}``,
    for the run has it, and no field). A slot that stands twice must hold the same text; ``{_:kind}`` may hold
    a different one each time, and gives no value. ``{a&b:kind}`` reads the same words for both.

    Literals match in any case and with any white space; which of ``.``, ``?`` and ``!`` ends a sentence does
    not matter, and neither do courtesies around the request ("Please ...", "... Can you do that for me?").
    A ``word`` or ``phrase`` is never one that only points ("them", "everyone"): a model can say at what.

    ``unseen`` says how to read a text that fits none: ``"pieces"``, if all of it stands in the patterns, in
    pieces between the same fields; ``"judged"``, if every field stands out from what is around it, whatever
    that is. The latter is for harnesses that ask, before they write anything, a question that sees the text.

    Raises:
        ValueError: A pattern is malformed.
    """

    def __init__(
        self,
        *patterns: str,
        vocabulary: Mapping[str, Mapping[str, str]] | None = None,
        unseen: Manner | None = None,
    ) -> None:
        self.texts = patterns
        wordings = tuple(_cut(pattern, vocabulary or {}) for pattern in patterns)
        self._patterns = tuple(map(_compile, wordings))
        self._unseen = None if unseen is None else Unseen(wordings, unseen, ANY)

    def match(self, text: str, now: datetime) -> Values | None:
        """Read a text as the one thing that the patterns make of it.

        None where no pattern fits, and where two patterns, or two readings of one, differ in a value.
        """
        found = self.read(text, now)
        return None if found is None else found[0]

    def read(
        self, text: str, now: datetime, deed: frozenset[str] = frozenset()
    ) -> tuple[Values, Condition | None] | None:
        """Read a text as ``match`` does, and the condition that it states.

        The condition is None where no pattern that fits has a place for one, and where two differ in it. In
        a wording that no pattern has, ``deed`` are words for what is done anyway.
        """
        if len(text) > LONGEST:
            return None
        body = bare(text)
        found: Values | None = None
        stated: set[Value] = set()
        try:
            for pattern in self._patterns:
                for values in pattern.readings(body, now):
                    stated |= {values.pop(CONDITION_HELD)} if CONDITION_HELD in values else set()
                    if found is not None and found != values:
                        return None
                    found = values
            if found is None:
                return None if self._unseen is None else self._unseen.read(body, now, deed)
        except TooMuch:
            return None
        condition = stated.pop() if len(stated) == 1 else None
        return found, condition if isinstance(condition, Condition) else None

    def nearest(self, text: str) -> str | None:
        """Name the pattern that is most like a text; None where none is much like it."""
        from difflib import get_close_matches

        by_folded = {folded(pattern): pattern for pattern in self.texts}
        close = get_close_matches(folded(text[:500]), by_folded, n=1)
        return by_folded[close[0]] if close else None


@final
@dataclass(frozen=True, slots=True)
class _Pattern:
    """One pattern: its first literal, then each slot with the literal after it.

    The first literal stands at the start of the text and the last one at its end; both may be empty.
    """

    head: re.Pattern[str]
    rest: tuple[tuple[Slot, re.Pattern[str]], ...]

    def readings(self, text: str, now: datetime) -> Iterator[Values]:
        """Give every way to read the text.

        Raises:
            TooMuch: There are too many.
        """
        head = self.head.match(text)
        if head is None:
            return
        readers = [reader_of(slot, text, now) for slot, _ in self.rest]
        steps = list(zip(readers, self._places(text, readers), strict=True))
        for count, spans in enumerate(_walk(head.end(1), steps)):
            if count >= MOST_READINGS:
                raise TooMuch
            values = self._values(text, now, spans, readers)
            if values is not None:
                yield values

    def _places(self, text: str, readers: list[Reader]) -> list[_Places]:
        """Find where each literal may stand, given that all after it must fit as well."""
        found: list[_Places] = []
        for i in reversed(range(len(self.rest))):
            literal = self.rest[i][1]
            places = [match.span(1) for match in literal.finditer(text)]
            if found:
                later, reader = found[-1], readers[i + 1]
                places = [p for p in places if any(True for _ in _next(p[1], reader, later))]
            found.append(places)
        return found[::-1]

    def _values(
        self, text: str, now: datetime, spans: tuple[tuple[int, int], ...], readers: list[Reader]
    ) -> Values | None:
        """Read the slots; None where one that stands twice holds two texts."""
        values: Values = {}
        said: dict[str, str] = {}
        for (slot, _), (start, end), reader in zip(self.rest, spans, readers, strict=True):
            words = folded(text[start:end])
            for one in (slot, *slot.also):
                value = (reader if one is slot else reader_of(one, text, now)).read(start, end)
                if value is None or said.setdefault(one.name, words) != words:
                    return None
                values.setdefault(CONDITION_HELD if one.kind == CONDITION else one.name, value)
            said.pop(ANY, None)
        values.pop(ANY, None)
        return values


def _next(start: int, reader: Reader, places: _Places) -> Iterator[tuple[int, int]]:
    """Give the places of a literal that a slot which starts here may reach."""
    reach = reader.reach(start)
    for i in range(bisect_left(places, (start + 1,)), len(places)):
        place = places[i]
        if place[0] > reach:
            return
        if reader.read(start, place[0]) is not None:
            yield place


def _walk(start: int, steps: list[tuple[Reader, _Places]]) -> Iterator[tuple[tuple[int, int], ...]]:
    """Give the spans of the slots in every reading; every place on the way leads to one."""
    if not steps:
        yield ()
        return
    reader, places = steps[0]
    for end, after in _next(start, reader, places):
        for spans in _walk(after, steps[1:]):
            yield ((start, end), *spans)


# ----------------------------------------------------------------------------------------------- compiling


def _cut(pattern: str, vocabulary: Mapping[str, Mapping[str, str]]) -> Wording:
    literals, slots = _split(bare(pattern))
    kinds: dict[str, str] = {}
    for name, kind in slots:
        if name != ANY and kinds.setdefault(name, kind) != kind:
            message = f"slot {name} has two kinds in {pattern!r}"
            raise ValueError(message)
    if [name for name, kind in slots if kind == CONDITION] not in ([], [ANY]):
        message = f"a pattern has at most one condition, which is called {ANY}, in {pattern!r}"
        raise ValueError(message)
    for literal in literals[1:-1]:
        if not literal:
            message = f"two slots stand side by side in {pattern!r}: which ends where?"
            raise ValueError(message)
    return Wording(tuple(literals), tuple(_slot(name.split("&"), kind, vocabulary) for name, kind in slots))


def _compile(wording: Wording) -> _Pattern:
    last = len(wording.literals) - 1
    compiled = [_literal(text, at_end=i == last) for i, text in enumerate(wording.literals)]
    return _Pattern(compiled[0], tuple(zip(wording.slots, compiled[1:], strict=True)))


def bare(text: str) -> str:
    """Give a request without its closing mark and the courtesies around it, which say only that it is one.

    Please cancel it. Can you do that for me?  ->  cancel it
    """
    text = text.strip().rstrip(_ENDING)
    ends = _CLOSING.search(text, max(0, len(text) - _COURTEOUS))
    if ends is not None:
        text = text[: ends.start()].rstrip(_ENDING)
    begins = _OPENING.match(text)
    text = text if begins is None else text[begins.end() :]
    # "Plot for me the visits" asks no more than "Plot the visits"; "Plot the visits for me" may say for whom.
    return _FOR_ME.sub(r"\1 ", text)


def _slot(names: list[str], kind: str, vocabulary: Mapping[str, Mapping[str, str]]) -> Slot:
    also = tuple(Slot(name, kind, _choices(name, kind, vocabulary)) for name in names[1:])
    return Slot(names[0], kind, _choices(names[0], kind, vocabulary), also)


def _split(pattern: str) -> tuple[list[str], list[tuple[str, str]]]:
    """Split "a {b:word} c" into its literals, ["a ", " c"], and its slots, [("b", "word")]."""
    literals, slots, end = [""], [], 0
    for token in _TOKEN.finditer(pattern):
        literals[-1] += pattern[end : token.start()]
        end = token.end()
        name, kind = token["name"], token["kind"]
        if token["stray"] or (
            name is not None and not (all(map(str.isidentifier, name.split("&"))) and kind in KINDS)
        ):
            message = f"{token[0]!r} is no slot, in {pattern!r}: one is {{name:kind}}"
            raise ValueError(message)
        if name is None:
            literals[-1] += token[0][0]
        else:
            slots.append((name, kind))
            literals.append("")
    literals[-1] += pattern[end:]
    return literals, slots


def _choices(name: str, kind: str, vocabulary: Mapping[str, Mapping[str, str]]) -> Mapping[str, str]:
    if kind != "choice":
        return {}
    choices: dict[str, str] = {}
    for wording, value in vocabulary.get(name, {}).items():
        if choices.setdefault(folded(wording), value) != value:
            message = f"{wording!r} stands for two values of {name}"
            raise ValueError(message)
    if not choices:
        message = f"choice {name} has no vocabulary"
        raise ValueError(message)
    return choices


def _literal(text: str, *, at_end: bool) -> re.Pattern[str]:
    """Compile a literal, as group 1 of a lookahead: it is found wherever it stands, overlapping or not."""
    # A slot never begins or ends with white space, so a literal takes all there is around it.
    before = r"(?<!\s)" if text[:1].isspace() else ""
    body = _PIECE.sub(_loosely, text)
    after = r"\Z" if at_end else ""
    return re.compile(rf"{before}(?=({body}{after}))", re.IGNORECASE)


def _loosely(piece: re.Match[str]) -> str:
    text = piece[0]
    if text.isspace():
        return r"\s+"
    if piece["ends"]:
        return "[.?!]+"
    # Typographic quotes are quotes; a piece that is one stands alone.
    same = next((marks for marks in _QUOTES if text in marks), None)
    return re.escape(text) if same is None else f"[{same}]"
