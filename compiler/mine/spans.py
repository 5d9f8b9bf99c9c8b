"""spans: which words of a request a value may come from.

A value is not searched for in general: it is looked for as it stands, as a date, time or duration in the
forms that people write, as a number, and last as a wording of the same words.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from typing import final

from compiler.ir.expr import AsText, Case, Combine, Const, Expr, FormatTime, Now, RequestField, Shift
from compiler.ir.program import FieldKind
from compiler.ir.run import JSON
from compiler.runtime.date_forms import Side
from compiler.runtime.dates import Mention, mentions, weekdays

Scalar = None | bool | int | float | str

HOLE = RequestField("")
HOLE_TIME = RequestField("time")
"""Stand-ins for fields that have no name yet."""

DATE_FORMS = (
    (re.compile(r"(\d{4})-(\d\d)-(\d\d)(.*)", re.DOTALL), "%Y-%m-%d", (1, 2, 3)),
    (re.compile(r"(\d\d)/(\d\d)/(\d{4})(.*)", re.DOTALL), "%m/%d/%Y", (3, 1, 2)),
    (re.compile(r"(\d\d)\.(\d\d)\.(\d{4})(.*)", re.DOTALL), "%d.%m.%Y", (3, 2, 1)),
    (re.compile(r"(\d{4})/(\d\d)/(\d\d)(.*)", re.DOTALL), "%Y/%m/%d", (1, 2, 3)),
)
CLOCK = re.compile(r"([T ]?)(\d\d):(\d\d)(?::(\d\d)(?:\.0+)?)?(Z|[+-]\d\d:?\d\d)?")


@final
@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A piece of a request: characters ``start`` to ``end``."""

    start: int
    end: int

    def covers(self, other: Span) -> bool:
        """Whether the other lies in this one."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Span) -> bool:
        """Whether the two share a character."""
        return self.start < other.end and other.start < self.end


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """One way in which a value comes from the request.

    ``expr`` has HOLE (and HOLE_TIME) where the field goes; ``kind`` is the field's kind; ``spans`` are the
    places that hold it, ``time_spans`` those of the time of day where the value needs both.
    """

    expr: Expr
    kind: FieldKind
    spans: frozenset[Span]
    time_spans: frozenset[Span] = frozenset()


@lru_cache(maxsize=4096)
def cached_mentions(text: str, now: datetime | None) -> tuple[Mention, ...]:
    """The dates, times and durations that a request names."""
    return mentions(text, now or datetime(2000, 1, 1))


DATE_KINDS: dict[Side, FieldKind] = {"past": "past_date", "coming": "coming_date"}


@lru_cache(maxsize=4096)
def days_said(text: str, now: datetime | None) -> tuple[tuple[FieldKind, date, frozenset[Span]], ...]:
    """The days that a request names, with their places, by the kind of field that reads them so."""
    said: dict[tuple[FieldKind, date], frozenset[Span]] = {}
    named: list[tuple[FieldKind, date, Span]] = [
        ("date", mention.value, Span(mention.start, mention.end))
        for mention in cached_mentions(text, now)
        if mention.kind == "date" and isinstance(mention.value, date)
    ]
    for start, end, days in weekdays(text, now) if now is not None else ():
        named += [(DATE_KINDS[side], day, Span(start, end)) for side, day in days.items()]
    for kind, day, span in named:
        said[kind, day] = said.get((kind, day), frozenset()) | {span}
    return tuple((kind, day, spans) for (kind, day), spans in said.items())


def common_kind(kinds: Iterable[FieldKind]) -> FieldKind | None:
    """The kind of field that reads what fields of some kinds do; None where they read a word in two ways."""
    found = dict.fromkeys(kinds)
    if "past_date" in found or "coming_date" in found:
        found.pop("date", None)
        return next(iter(found)) if len(found) == 1 else None
    return next(iter(found))


@final
@dataclass(frozen=True, slots=True)
class Stamp:
    """A value read as a date: the day, the clock time if it has one, and a strftime format for each part."""

    day: date
    day_format: str
    rest: str
    clock: time | None
    clock_format: str


@lru_cache(maxsize=65536)
def read_stamp(value: str) -> Stamp | None:
    """Read a machine-written date or date and time; None where a text is neither."""
    for form, day_format, (year, month, day) in DATE_FORMS:
        found = form.fullmatch(value)
        if not found:
            continue
        try:
            on = date(int(found[year]), int(found[month]), int(found[day]))
            rest = found[4]
            clock = CLOCK.fullmatch(rest) if rest else None
            if rest and not clock:
                return None
            at = time(int(clock[2]), int(clock[3]), int(clock[4] or 0)) if clock else None
        except ValueError:
            return None
        clock_format = ""
        if clock:
            seconds = ":%S" if clock[4] is not None else ""
            clock_format = f"{clock[1]}%H:%M{seconds}{clock[5] or ''}"
        return Stamp(on, day_format, rest, at, clock_format)
    return None


def occurrences(text: str, value: str) -> Iterator[Span]:
    """Places where a text holds a value between word boundaries, whatever its case."""
    if not value.strip() or value.casefold() not in text.casefold():
        return
    if text.isascii() and value.isascii():
        yield from _ascii_occurrences(text, value)
        return
    head = r"(?<!\w)" if value[0].isalnum() else ""
    tail = r"(?!\w)" if value[-1].isalnum() else ""
    for found in re.finditer(head + re.escape(value) + tail, text, re.IGNORECASE):
        yield Span(found.start(), found.end())


def _ascii_occurrences(text: str, value: str) -> Iterator[Span]:
    """The same without a pattern, which takes longer to compile than to use."""
    low, wanted = text.lower(), value.lower()
    start = low.find(wanted)
    while start >= 0:
        end = start + len(wanted)
        inside_head = value[0].isalnum() and start > 0 and _is_word(low[start - 1])
        inside_tail = value[-1].isalnum() and end < len(low) and _is_word(low[end])
        if not inside_head and not inside_tail:
            yield Span(start, end)
        start = low.find(wanted, start + 1 if inside_head or inside_tail else end)


def _is_word(letter: str) -> bool:
    return letter.isalnum() or letter == "_"


YEAR = 366
SHORT, LONG = 3, 60
"""Words of up to SHORT letters say little; a value of more than LONG is no wording of anything."""

CASES = ("lower", "upper", "capitalize", "title")


def apply_case(text: str, how: str) -> str:
    """The text in another case, as the generated code computes it."""
    if how == "slug":
        return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
    return str(getattr(text, how)())


def text_origins(text: str, value: str) -> Iterator[Origin]:
    """The value stands in the request, as it is or in another case."""
    by_case: dict[str | None, set[Span]] = {}
    for span in occurrences(text, value):
        word = text[span.start : span.end]
        for how in (None, *CASES):
            if (word if how is None else apply_case(word, how)) == value:
                by_case.setdefault(how, set()).add(span)
    for how, spans in by_case.items():
        yield Origin(expr=HOLE if how is None else Case(HOLE, how), kind="text", spans=frozenset(spans))  # type: ignore[arg-type]


NUMBER = re.compile(r"(?<![\w.-])-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?![\w]|\.\d)")
"""A number in a text, its thousands perhaps set off by commas."""


def numbers_said(text: str, now: datetime | None) -> dict[float, frozenset[Span]]:
    """The numbers that a request names, with their places; what is part of a date or a duration is none."""
    taken = [Span(m.start, m.end) for m in cached_mentions(text, now) if m.kind in ("date", "minutes")]
    said: dict[float, frozenset[Span]] = {}
    for found in NUMBER.finditer(text):
        span, value = Span(found.start(), found.end()), float(found[0].replace(",", ""))
        if not any(span.overlaps(other) for other in taken):
            said[value] = said.get(value, frozenset()) | {span}
    return said


def number_origins(text: str, value: JSON, now: datetime | None) -> Iterator[Origin]:
    """The value is a number that the request names."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return
    if spans := numbers_said(text, now).get(float(value)):
        yield Origin(expr=HOLE, kind="number", spans=spans)


def time_origins(text: str, value: JSON, now: datetime | None) -> Iterator[Origin]:
    """The value is a date, a moment or a duration that the request names in words."""
    found = cached_mentions(text, now)
    if isinstance(value, int | str) and not isinstance(value, bool):
        spans = frozenset(
            Span(m.start, m.end) for m in found if m.kind == "minutes" and str(m.value) == str(value)
        )
        if spans:
            yield Origin(expr=HOLE if isinstance(value, int) else AsText(HOLE), kind="minutes", spans=spans)
    stamp = read_stamp(value) if isinstance(value, str) else None
    if stamp is None:
        return
    form = stamp.day_format + stamp.clock_format
    clocks = frozenset(Span(m.start, m.end) for m in found if m.kind == "time" and m.value == stamp.clock)
    for kind, day, days in days_said(text, now):
        if day != stamp.day:
            continue
        # A clock time that is the same for every task is part of the format.
        yield Origin(expr=FormatTime(HOLE, stamp.day_format + stamp.rest), kind=kind, spans=days)
        if clocks and stamp.clock is not None:
            moment = FormatTime(Combine(HOLE, HOLE_TIME), form)
            yield Origin(expr=moment, kind=kind, spans=days, time_spans=clocks)


def now_origins(value: JSON, now: datetime | None) -> Iterator[Expr]:
    """The value is a date some days from now, at most a year."""
    stamp = read_stamp(value) if isinstance(value, str) else None
    if stamp is None or now is None:
        return
    days = (stamp.day - now.date()).days
    if abs(days) > YEAR:
        return
    base: Expr = Shift(Now(), "days", Const(days)) if days else Now()
    yield FormatTime(base, stamp.day_format + stamp.rest)


@lru_cache(maxsize=16384, typed=True)
def origins(text: str, value: Scalar, now: datetime | None) -> tuple[Origin, ...]:
    """Every way in which a scalar may come from a request text.

    Remembered, because a loop gives one value many times.
    """
    said = text_origins(text, value) if isinstance(value, str) else ()
    return (*said, *number_origins(text, value, now), *time_origins(text, value, now))


def mapping_origins(request: dict[str, JSON], value: JSON) -> Iterator[Origin]:
    """The value stands under some keys of a structured request."""
    todo: list[tuple[tuple[str, ...], JSON]] = [((), request)]
    while todo:
        path, here = todo.pop()
        if isinstance(here, dict):
            todo.extend(((*path, key), here[key]) for key in here)
        elif type(here) is type(value) and repr(here) == repr(value) and not isinstance(here, list):
            yield Origin(expr=RequestField(json.dumps(path)), kind="json", spans=frozenset())


def _stem(word: str) -> str:
    word = word.lower()
    return word[:-1] if len(word) > SHORT and word.endswith("s") else word


def stems(text: str) -> frozenset[str]:
    """The words of a text or a name, whatever their number and order."""
    return frozenset(_stem(word) for word in re.findall(r"[A-Za-z0-9]+", text))


def wording(text: str, value: str) -> Span | None:
    """The words of a request that say what a value says: ``engaged users`` for ``user_engaged``.

    The shortest stretch that holds most of the value's words, at least half of them and one that is not
    short; None where two stretches are as good.
    """
    wanted = {_stem(word) for word in re.findall(r"[A-Za-z0-9]+", value)}
    if len(value) > LONG or all(len(word) <= SHORT for word in wanted):
        return None
    words = [(m.start(), m.end(), _stem(m[0])) for m in re.finditer(r"[A-Za-z0-9]+", text)]
    found: list[tuple[int, int, Span]] = []
    for first, (start, _, word) in enumerate(words):
        for last in range(first, min(first + len(wanted) + 1, len(words)) if word in wanted else first):
            hits = {said for _, _, said in words[first : last + 1]} & wanted
            if words[last][2] in wanted and any(len(hit) > SHORT for hit in hits):
                found.append((-len(hits), last - first, Span(start, words[last][1])))
    if not found or -2 * min(found)[0] < len(wanted):
        return None
    best = [span for hits, width, span in found if (hits, width) == min(found)[:2]]
    return best[0] if len({text[span.start : span.end].lower() for span in best}) == 1 else None


SMALL = 12
"""Whole numbers up to this one are met everywhere, and so are texts of one or two characters."""

COMMON = frozenset(("yes", "no", "true", "false", "none", "null", "on", "off"))


def is_common(value: JSON) -> bool:
    """Whether a value is met everywhere, so that two of it say little about each other."""
    if isinstance(value, bool) or value is None:
        return True
    if isinstance(value, int | float):
        return abs(value) <= SMALL
    return isinstance(value, str) and (len(value) < len("yes") or value.lower() in COMMON)


CODED, PROSE = 5, 24
"""From how many characters a text with a digit in it, and any text, is told from a word of the trade."""


LONGEST_WORD = 12


def is_telling(value: JSON) -> bool:
    """Whether a value is unlikely to be met by chance: an address, an id, a long text."""
    if not isinstance(value, str):
        return False
    coded = len(value) >= CODED and any(letter.isdigit() for letter in value)
    return "@" in value or coded or len(value) > PROSE


def is_word(value: JSON) -> bool:
    """Whether a value is a plain word, as states and kinds of things are called; a name has a capital."""
    plain = isinstance(value, str) and value.isalpha() and (value.islower() or value.isupper())
    return plain and not is_common(value) and len(str(value)) <= LONGEST_WORD
