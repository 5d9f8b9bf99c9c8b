"""The forms that ``dates`` knows: for each a pattern, and how its groups become a value.

A form whose words fit but which means nothing ("February 30", "13pm"), or more than one thing, reads as None.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from re import Match, Pattern
from typing import Literal, TypeAlias

Value: TypeAlias = date | time | int
Read: TypeAlias = Callable[["Match[str]", datetime], Value | None]
Form: TypeAlias = "tuple[Pattern[str], Read]"
Side: TypeAlias = Literal["past", "coming"]
"""On which side of now a weekday lies, where a text names no more than that."""

HALF_A_YEAR = 183
"""A day without a year that lies further from now, in days, could as well be in another year."""

HOURS_OF_HALF_A_DAY = 12

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20,
    "thirty": 30, "forty": 40, "forty-five": 45, "sixty": 60, "ninety": 90,
}  # fmt: skip
RELATIVE = {
    "day before yesterday": -2, "yesterday": -1, "today": 0, "tomorrow": 1, "day after tomorrow": 2,
}  # fmt: skip

AHEAD = {"the": 0, "this": 0, "next": 1, "last": -1}
"""How many months or years on lies the one that is meant."""

# ----------------------------------------------------------------------------------------- words of the forms

MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
WEEKDAY = (
    r"(?P<weekday>mon(?:day)?|tue(?:s|sday)?|wed(?:s|nesday)?|thu(?:r|rs|rsday)?|fri(?:day)?"
    r"|sat(?:urday)?|sun(?:day)?)"
)
DAY = r"(?P<day>[0-3]?[0-9])(?:st|nd|rd|th)?"
YEAR = r"(?P<year>[12][0-9]{3})"
NUMBER = "|".join(sorted(NUMBERS, key=len, reverse=True))
COUNT = rf"(?P<count>[0-9]{{1,4}}|{NUMBER})"
WHICH = r"(?P<which>the|this|next|last)"
UNIT = r"(?P<unit>day|week|fortnight|month|year)"
AMOUNT = rf"(?P<hours>[0-9]{{1,3}}(?:\.[0-9]{{1,2}})?|{NUMBER})"
HOURS = rf"{AMOUNT}[\s-]*(?:hours?|hrs?)"
MINUTES = rf"(?P<minutes>[0-9]{{1,4}}|{NUMBER})[\s-]*(?:minutes?|mins?)"
AND_A_HALF = r"(?P<plus_half>and\s+a\s+half)"
HALF_OF_DAY = r"\s*(?P<half>am|pm|a\.m\.?|p\.m\.?)"


def _form(pattern: str, read: Read) -> Form:
    # Never inside a word, nor a part of a longer number, range or path: 13.5, 12:30:61, 5-10, 5%.
    whole = rf"(?<![\w.:/$#\u2013-])(?:{pattern})(?![\w%]|[.,:/\u2013-][0-9])"
    return re.compile(whole, re.IGNORECASE), read


# -------------------------------------------------------------------------------------------------- dates


def _iso(found: Match[str], _now: datetime) -> date | None:
    return _date(int(found["year"]), int(found["month"]), int(found["day"]))


def _named(found: Match[str], now: datetime) -> date | None:
    """Read a month and a day; without a year, only where no other year is as likely."""
    month = MONTHS.index(found["month"][:3].lower()) + 1
    year = now.year if found["year"] is None else int(found["year"])
    day = _date(year, month, int(found["day"]))
    if day is None:
        return None
    if found["year"] is None and abs((day - now.date()).days) > HALF_A_YEAR:
        return None
    if found["weekday"] is not None and day.weekday() != _weekday(found):
        return None
    return day


def _relative(found: Match[str], now: datetime) -> date | None:
    words = " ".join(found[0].lower().split())
    return _moved(now.date(), "day", RELATIVE[words])


def _weekly(found: Match[str], now: datetime) -> date | None:
    weeks = 1 if found["which"].lower() == "next" else -1
    return _moved(now.date(), "day", 7 * weeks - now.weekday() + _weekday(found))


def _ago(found: Match[str], now: datetime) -> date | None:
    sign = -1 if found["way"].lower() == "ago" else 1
    return _moved(now.date(), found["unit"], sign * _count(found))


def _span_start(found: Match[str], now: datetime) -> date | None:
    count = _count(found)
    return _moved(now.date(), found["unit"], -count) if count else None


def _span_end(found: Match[str], now: datetime) -> date | None:
    count = _count(found)
    return _moved(now.date(), found["unit"], count) if count else None


def _edge(found: Match[str], now: datetime) -> date | None:
    """Give the first or the last day of a month or year."""
    ahead = AHEAD[found["which"].lower()]
    if found["unit"].lower() == "year":
        first = found["edge"].lower() != "end"
        return _date(now.year + ahead, *((1, 1) if first else (12, 31)))
    month = _moved(now.date().replace(day=1), "month", ahead)
    if month is None or found["edge"].lower() != "end":
        return month
    return month.replace(day=monthrange(month.year, month.month)[1])


def _day_of(found: Match[str], now: datetime) -> date | None:
    month = _moved(now.date().replace(day=1), "month", AHEAD[found["which"].lower()])
    return None if month is None else _date(month.year, month.month, int(found["day"]))


def _iso_week(found: Match[str], _now: datetime) -> date | None:
    """Give a day of a week, by its number; Monday without one."""
    try:
        return date.fromisocalendar(int(found["year"]), int(found["week"]), int(found["number"] or 1))
    except ValueError:
        return None


def _count(found: Match[str]) -> int:
    """Give the number before a unit: one, where the form has none ("the past week")."""
    text = found.groupdict().get("count")
    return 1 if text is None else int(_amount(text))


def _amount(text: str) -> float:
    word = NUMBERS.get(text.lower())
    return float(text) if word is None else word


def _weekday(found: Match[str]) -> int:
    return WEEKDAYS.index(found["weekday"][:3].lower())


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _moved(day: date, unit: str, amount: int) -> date | None:
    """Move a day; a month or year later is the same day of that month, or its last one."""
    days = {"day": 1, "week": 7, "fortnight": 14}.get(unit.lower())
    try:
        if days is not None:
            return day + timedelta(days=days * amount)
        months = day.year * 12 + day.month - 1 + amount * (12 if unit.lower() == "year" else 1)
        year, month = divmod(months, 12)
        return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
    except (OverflowError, ValueError):
        return None


DATES: tuple[Form, ...] = (
    _form(r"(?P<year>[12][0-9]{3})-(?P<month>[01][0-9])-(?P<day>[0-3][0-9])", _iso),
    _form(rf"(?:{WEEKDAY}\.?,?\s+)?{MONTH}\.?\s+(?:the\s+)?{DAY}(?:,?\s+{YEAR})?", _named),
    _form(rf"(?:{WEEKDAY}\.?,?\s+(?:the\s+)?)?{DAY}\s+(?:of\s+)?{MONTH}(?:\.?,?\s+{YEAR})?", _named),
    _form(r"day\s+before\s+yesterday|yesterday|today|tomorrow|day\s+after\s+tomorrow", _relative),
    # "The previous Friday" is the one before another day that the text has named.
    _form(rf"(?P<which>next|last)\s+{WEEKDAY}", _weekly),
    _form(rf"{COUNT}\s+{UNIT}s?\s+(?P<way>ago|from\s+(?:now|today))", _ago),
    _form(rf"(?:last|past|previous)\s+{COUNT}\s+{UNIT}s?", _span_start),
    _form(rf"next\s+{COUNT}\s+{UNIT}s?", _span_end),
    # "The past week" is the last seven days; "last week" may as well be the one that ended on Sunday.
    _form(rf"past\s+{UNIT}", _span_start),
    _form(r"last\s+(?P<unit>fortnight)", _span_start),
    _form(rf"(?P<way>in)\s+{COUNT}\s+{UNIT}s?", _ago),
    _form(rf"(?P<edge>end|start|beginning)\s+of\s+{WHICH}\s+(?P<unit>month|year)", _edge),
    _form(rf"{DAY}\s+of\s+{WHICH}\s+month", _day_of),
    _form(r"(?P<year>[12][0-9]{3})-W(?P<week>[0-5][0-9])(?:-(?P<number>[1-7]))?", _iso_week),
)

BARE_WEEKDAY = re.compile(
    rf"(?<![\w.:/$#\u2013-])(?<!next\s)(?<!last\s)(?<!this\s)(?<!every\s)(?<!each\s){WEEKDAY}(?!\w|\.?,?\s+(?:the\s+)?[0-9])",
    re.IGNORECASE,
)
"""A weekday that nothing beside it says the week of; in which direction it lies, only the runs can tell."""


def nearest(found: Match[str], now: datetime, side: Side) -> date | None:
    """Give the last such weekday before a moment, or the first after it; None where it is this very day."""
    ahead = (_weekday(found) - now.weekday()) % 7
    if not ahead:
        return None
    return _moved(now.date(), "day", ahead if side == "coming" else ahead - 7)


# ------------------------------------------------------------------------------------------- times of day


def _clock(found: Match[str], _now: datetime) -> time | None:
    groups = found.groupdict()
    hour, half = int(groups["hour"]), (groups.get("half") or "").lower()
    minute, second = int(groups.get("minute") or 0), int(groups.get("second") or 0)
    if half:
        if not 1 <= hour <= HOURS_OF_HALF_A_DAY:
            return None
        hour = hour % HOURS_OF_HALF_A_DAY + (HOURS_OF_HALF_A_DAY if half.startswith("p") else 0)
    elif len(groups["hour"]) == 1:
        # "2:30" is in the afternoon, as a bare "2" is; "0:30" has no other meaning.
        hour = _working_hour(hour) or hour
    try:
        return time(hour, minute, second)
    except ValueError:
        return None


def _bare_hour(found: Match[str], _now: datetime) -> time | None:
    hour = _working_hour(int(found["hour"]))
    return None if hour is None else time(hour)


def _working_hour(hour: int) -> int | None:
    """Take 8 to 12 as written, and 1 to 7 as afternoon: what people mean in office hours."""
    if 8 <= hour <= HOURS_OF_HALF_A_DAY:  # noqa: PLR2004 - the first hour of a working day
        return hour
    return hour + HOURS_OF_HALF_A_DAY if 1 <= hour < 8 else None  # noqa: PLR2004


TIMES: tuple[Form, ...] = (
    _form(
        r"(?P<hour>[0-2]?[0-9]):(?P<minute>[0-5][0-9])(?::(?P<second>[0-5][0-9]))?" rf"(?:{HALF_OF_DAY})?",
        _clock,
    ),
    _form(rf"(?P<hour>[01]?[0-9]){HALF_OF_DAY}", _clock),
    _form(r"(?P<hour>1?[0-9])\s+o['\u2019]?clock", _bare_hour),
    _form(r"noon|midday", lambda _found, _now: time(12)),
    _form(r"midnight", lambda _found, _now: time(0)),
)
BARE_HOUR: Form = _form(r"(?P<hour>[0-9]{1,2})", _bare_hour)
AT_HOUR: Form = _form(r"(?<=\bat\s)(?P<hour>[0-9]{1,2})", _bare_hour)

# ---------------------------------------------------------------------------------------------- durations


def _duration(found: Match[str], _now: datetime) -> int | None:
    groups = found.groupdict()
    hours, minutes = groups.get("hours"), groups.get("minutes")
    total = 30.0 if groups.get("plus_half") else 0.0
    total += 0 if hours is None else 60 * _amount(hours)
    total += 0 if minutes is None else _amount(minutes)
    # No part of a minute is dropped, and nothing lasts no time at all.
    return int(total) if total > 0 and total.is_integer() else None


DURATIONS: tuple[Form, ...] = (
    _form(rf"{HOURS}(?:\s*,?\s*(?:and\s+)?{MINUTES})?", _duration),
    _form(rf"{HOURS}\s+{AND_A_HALF}", _duration),
    _form(rf"{AMOUNT}\s+{AND_A_HALF}[\s-]*hours?", _duration),
    _form(r"(?P<hours>[0-9]{1,2})h(?:\s?(?P<minutes>[0-5][0-9])m?)?", _duration),
    _form(MINUTES, _duration),
    _form(r"(?:a\s+)?half[\s-]+(?:an?\s+)?hour", lambda _found, _now: 30),
    _form(r"(?:a\s+)?quarter\s+of\s+an\s+hour", lambda _found, _now: 15),
    _form(r"three[\s-]+quarters\s+of\s+an\s+hour", lambda _found, _now: 45),
)
