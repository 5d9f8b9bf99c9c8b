"""The words and marks of a text, and the spans in it that say something by themselves."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import final

from compiler.runtime.date_forms import Side
from compiler.runtime.dates import mentions, weekdays
from compiler.runtime.slots import NUMBER, Slot, reader_of

END = ""
"""What stands for the end of a sentence, and of the text, on either side."""

REACH = 3
"""Words beside a field that are compared; nobody needs more to know a place again."""

_TOKEN = re.compile(r"\w+|(?P<end>[.?!]+(?=\s|\Z))|[^\w\s]")
_PLAIN = str.maketrans("\u2018\u2019\u201c\u201d", "''\"\"")
_QUOTED = re.compile(
    r"(?<!\w)(?P<mark>['\"])(?=\S)(?P<said>(?:(?!(?P=mark)).|(?<=\w)'(?=\w))+)(?P=mark)(?!\w)", re.S
)
_QUOTE = re.compile(r"\"|(?<!\w)'|'(?!\w)")


@final
@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A piece of a text: characters ``start`` to ``end``."""

    start: int
    end: int

    def overlaps(self, other: Span) -> bool:
        """Whether the two share a character."""
        return self.start < other.end and other.start < self.end


@final
@dataclass(frozen=True, slots=True)
class Token:
    """A word, a mark, or the end of a sentence, in lower case."""

    start: int
    end: int
    said: str


def tokenize(text: str) -> tuple[Token, ...]:
    """Cut a text into words and marks; quotes and the marks that end sentences are all alike."""
    return tuple(
        Token(found.start(), found.end(), END if found["end"] else found[0].casefold())
        for found in _TOKEN.finditer(text.translate(_PLAIN))
    )


def neighbours(tokens: tuple[Token, ...], span: Span) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What stands before and after a span, nearest first, each side closed by the end of the text."""
    left = bisect_right(tokens, span.start, key=lambda token: token.end)
    right = bisect_left(tokens, span.end, key=lambda token: token.start)
    before = tuple(token.said for token in reversed(tokens[max(0, left - 2 * REACH) : left]))
    return (*before, END), (*(token.said for token in tokens[right : right + 2 * REACH]), END)


def strength(here: tuple[str, ...], known: tuple[str, ...]) -> int | None:
    """How many words beside a span are as they are known to be; None where not even the nearest token is."""
    words = 0
    for place, (one, other) in enumerate(zip(here, known, strict=False)):
        if one != other:
            return words if place else None
        words += one.isalnum()
        if one == END or words == REACH:
            break
    return words if here and known else None


def quoted_spans(text: str) -> tuple[Span, ...] | None:
    """What stands between quotes; None where a quote opens or closes nothing."""
    plain = text.translate(_PLAIN)
    found = [(match.span(), Span(*match.span("said"))) for match in _QUOTED.finditer(plain)]
    inside = [Span(start, end) for (start, end), _ in found]
    for quote in _QUOTE.finditer(plain):
        if not any(span.start <= quote.start() < span.end for span in inside):
            return None
    return tuple(said for _, said in found)


def places(
    slot: Slot, text: str, tokens: tuple[Token, ...], quotes: tuple[Span, ...], now: datetime
) -> Iterator[Span]:
    """Give every span of a text that a slot may hold by its kind; what is quoted is no part of the rest."""
    found = _candidates(slot, text, tokens, quotes, now)
    reader = reader_of(slot, text, now)
    whole = [] if slot.kind == "quoted" else quotes
    for span in found:
        quote = any(span.overlaps(other) and span != other for other in whole)
        if (
            not quote
            and span.end <= reader.reach(span.start)
            and reader.read(span.start, span.end) is not None
        ):
            yield span


def _candidates(
    slot: Slot, text: str, tokens: tuple[Token, ...], quotes: tuple[Span, ...], now: datetime
) -> Iterator[Span]:
    match slot.kind:
        case "quoted":
            yield from quotes
        case "choice":
            yield from _wordings(slot, text)
        case "word":
            yield from _words(text)
        case "phrase":
            yield from _phrases(tokens)
        case "number":
            yield from _numbers(text, now)
        case "past_date" | "coming_date":
            yield from (Span(m.start, m.end) for m in mentions(text, now) if m.kind == "date")
            side: Side = "past" if slot.kind == "past_date" else "coming"
            yield from (Span(start, end) for start, end, days in weekdays(text, now) if side in days)
        case kind:
            # Text of any length stands out nowhere.
            yield from (Span(m.start, m.end) for m in mentions(text, now) if m.kind == kind)


def _numbers(text: str, now: datetime) -> Iterator[Span]:
    """Numbers that are no part of a word, a date or a duration."""
    taken = [Span(mention.start, mention.end) for mention in mentions(text, now)]
    for found in NUMBER.finditer(text):
        span = Span(*found.span())
        if _stands_alone(text, span) and not _within(span, taken):
            yield span


def _within(span: Span, others: list[Span]) -> bool:
    return any(span.overlaps(other) for other in others)


def _stands_alone(text: str, span: Span) -> bool:
    around = text[max(0, span.start - 1) : span.start], text[span.end : span.end + 2]
    return not (around[0].isalnum() or around[0] in (".", ",", "-", "/", ":")) and not re.match(
        r"\w|[.,/:-]\w", around[1]
    )


def _wordings(slot: Slot, text: str) -> Iterator[Span]:
    """The known wordings of a choice, the longest first where one holds another."""
    known = sorted(slot.choices, key=lambda wording: (-len(wording), wording))
    either = "|".join(r"\s+".join(map(re.escape, wording.split())) for wording in known)
    for found in re.finditer(rf"(?<!\w)(?:{either})(?!\w)", text, re.IGNORECASE):
        yield Span(*found.span())


def _words(text: str) -> Iterator[Span]:
    """What stands between white space, without the marks after it, and what stands there before an ``'s``."""
    for chunk in re.finditer(r"\S+", text):
        said = chunk[0].rstrip(".,;:?!")
        owner = re.search(r"['\u2019](?:s)?$", said)
        end = chunk.start() + (len(said) if owner is None else owner.start())
        if chunk.start() < end:
            yield Span(chunk.start(), end)


MOST_WORDS = 12
"""A phrase among other words is no longer, in words and marks."""


def _phrases(tokens: tuple[Token, ...]) -> Iterator[Span]:
    """Every stretch of words and marks within one sentence."""
    for first, start in enumerate(tokens):
        for last in tokens[first : first + MOST_WORDS]:
            if last.said == END:
                break
            yield Span(start.start, last.end)
