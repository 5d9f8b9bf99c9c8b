"""Dates, times of day and durations as people write them.

Each reader takes a whole text and gives None for what it does not know all of, or what has more than one
sensible meaning: the model is asked then. ``mentions`` finds the same forms inside a longer text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal, final

from compiler.runtime.date_forms import (
    AT_HOUR,
    BARE_HOUR,
    BARE_WEEKDAY,
    DATES,
    DURATIONS,
    TIMES,
    Form,
    Side,
    Value,
    nearest,
)

LONGEST = 80
"""No form is longer, in characters; a longer text is read as none of them."""

Kind = Literal["date", "time", "minutes"]
SIDES: tuple[Side, ...] = ("past", "coming")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A span of a text that is a date, a time of day, or a duration (in whole minutes)."""

    start: int
    end: int
    kind: Kind
    value: Value


def parse_date(text: str, now: datetime) -> date | None:
    """Read a text as a date.

    Known are ISO dates; a month and a day ("December 13", "13th of Dec 2024"), after a weekday if that is the
    right one; today, tomorrow, yesterday and the days next to them; "next Friday" (of the week after this
    one, weeks starting on Monday), "last Friday" (of the week before); "3 weeks ago",
    "3 days from now"; "the last 6 weeks", which gives its first day, and "the next 3 days", which gives its
    last. A weekday alone is ambiguous, and so is a day without a year that lies more than half a year from
    ``now``.
    """
    value = _whole(text, DATES, now)
    return value if isinstance(value, date) else None


def parse_day(text: str, now: datetime, side: Side) -> date | None:
    """Read a text as a date, as ``parse_date`` does; a weekday alone is the last one, or the coming one."""
    found = BARE_WEEKDAY.fullmatch(text.strip()) if len(text) <= LONGEST else None
    return nearest(found, now, side) if found else parse_date(text, now)


def weekdays(text: str, now: datetime) -> tuple[tuple[int, int, dict[Side, date]], ...]:
    """Find every weekday in a text that stands alone, with the day that it means on either side of now."""
    # A part of a longer date is none itself, whether or not that one has a meaning.
    taken = [(span.start, span.end) for span, _ in _spans(text, now, "date", DATES)]
    found = []
    for match in BARE_WEEKDAY.finditer(text):
        days: dict[Side, date] = {
            side: day for side in SIDES if (day := nearest(match, now, side)) is not None
        }
        if not any(start < match.end() and match.start() < end for start, end in taken):
            found.append((match.start(), match.end(), days))
    return tuple(found)


def parse_time(text: str) -> time | None:
    """Read a text as a time of day.

    An hour without am or pm is one of a working day: "8" to "12" are as written, "1" to "7" are in the
    afternoon, and so is "2:30"; "02:30" and "14:30" are as written. Other bare numbers are no times.
    """
    value = _whole(text, (*TIMES, BARE_HOUR), datetime.min)
    return value if isinstance(value, time) else None


def parse_minutes(text: str) -> int | None:
    """Read a text as a duration in whole minutes: "30-minute", "half an hour", "1.5 hours"."""
    value = _whole(text, DURATIONS, datetime.min)
    return value if isinstance(value, int) else None


def mentions(text: str, now: datetime) -> tuple[Mention, ...]:
    """Find every date, time and duration in a text, each in its longest form, without prepositions.

        "Push it back by 2 hours on December 4"  ->  "2 hours" (120 minutes), "December 4"

    A bare number is a time only after "at". What is ambiguous is left out, and so are its parts.
    """
    spans = [
        *_spans(text, now, "date", DATES),
        *_spans(text, now, "time", (*TIMES, AT_HOUR)),
        *_spans(text, now, "minutes", DURATIONS),
    ]
    found, end = [], 0
    # Of the forms that start at one place the longest counts; of equally long ones, the one with a value.
    for span, value in sorted(spans, key=lambda s: (s[0].start, -s[0].end, s[1] is None)):
        if span.start < end:
            continue
        end = span.end
        if value is not None:
            found.append(Mention(start=span.start, end=end, kind=span.kind, value=value))
    return tuple(found)


@final
@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    kind: Kind


def _spans(
    text: str, now: datetime, kind: Kind, forms: tuple[Form, ...]
) -> Iterator[tuple[_Span, Value | None]]:
    for pattern, read in forms:
        for found in pattern.finditer(text):
            yield _Span(found.start(), found.end(), kind), read(found, now)


def _whole(text: str, forms: tuple[Form, ...], now: datetime) -> Value | None:
    """Read a text that is one form from end to end; "the" may stand before it."""
    body = text.strip()
    if len(body) > LONGEST:
        return None
    if body[:4].lower() == "the ":
        body = body[4:].lstrip()
    for pattern, read in forms:
        if found := pattern.fullmatch(body):
            return read(found, now)
    return None
