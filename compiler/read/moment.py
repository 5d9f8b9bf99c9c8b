"""What "now" was in a run: from its system message, else from its first time stamp."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from compiler.ir.run import JSON

_MONTHS: Final = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_MONTH: Final = "|".join(f"{name}|{name[:3]}" for name in _MONTHS)
_DATE: Final = re.compile(
    r"\b(?P<iso>\d{4}-\d{2}-\d{2})(?:[T ](?P<time>\d{2}:\d{2}(?::\d{2})?))?(?![\d-])"
    rf"|\b(?P<month>{_MONTH})\.? (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year>\d{{4}})\b"
    rf"|\b(?P<day2>\d{{1,2}})(?:st|nd|rd|th)? (?P<month2>{_MONTH})\.?,? (?P<year2>\d{{4}})\b",
    re.IGNORECASE,
)
_TIME: Final = re.compile(r"\b(\d{2}:\d{2}(?::\d{2})?)\b")
_CUE: Final = re.compile(r"\b(?:today|now|current|currently|present)\b", re.IGNORECASE)
_CUE_REACH: Final = 48
_TIME_REACH: Final = 64
_SEARCHED: Final = 200_000
"""Characters of a system message that are searched; longer ones are no place for a date."""


def now_of(system: str | None, started: JSON) -> datetime | None:
    """The moment that a run takes for now, without a time zone: as the run's own words put it.

        "Today's date is Thursday, 2023-11-30 and the current time is 00:00:00."  ->  2023-11-30 00:00:00

    Of several dates in the system message, the one that "today", "now" or "current" introduces counts; if
    that does not settle it, none does.
    """
    if system is not None:
        found = list(_moments(system[:_SEARCHED]))
        cued = {moment for moment, has_cue in found if has_cue}
        for candidates in (cued, {moment for moment, _ in found}):
            if len(candidates) == 1:
                return candidates.pop()
            if candidates:
                break
    return timestamp(started)


def timestamp(value: JSON) -> datetime | None:
    """A time stamp as a moment without a zone: ISO text, or seconds since 1970 (taken as UTC)."""
    try:
        if isinstance(value, str):
            return datetime.fromisoformat(value.strip()).replace(tzinfo=None)
        if isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0:
            return datetime.fromtimestamp(value, tz=UTC).replace(tzinfo=None)
    except (ValueError, OverflowError, OSError):
        return None
    return None


def _moments(text: str) -> Iterator[tuple[datetime, bool]]:
    """Every date of the text, with the time that follows it, and whether a cue stands before it."""
    last_end = 0
    for match in _DATE.finditer(text):
        before = text[max(last_end, match.start() - _CUE_REACH) : match.start()]
        last_end = match.end()
        time = match["time"] or _time_after(text[match.end() : match.end() + _TIME_REACH])
        moment = _moment(_day(match), time) or _moment(_day(match), None)
        if moment is not None:
            yield moment, _CUE.search(before) is not None


def _moment(day: str, time: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(f"{day}T{time or '00:00:00'}")
    except ValueError:
        return None


def _day(match: re.Match[str]) -> str:
    if match["iso"]:
        return str(match["iso"])
    month = (match["month"] or match["month2"]).lower()[:3]
    number = next(i for i, name in enumerate(_MONTHS, 1) if name.startswith(month))
    day = int(match["day"] or match["day2"])
    return f"{match['year'] or match['year2']}-{number:02}-{day:02}"


def _time_after(text: str) -> str | None:
    """A time in the same sentence or the next words, before any other date."""
    other = _DATE.search(text)
    match = _TIME.search(text[: other.start()] if other else text)
    return match[1] if match else None
