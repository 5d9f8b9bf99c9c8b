"""Dates, times and durations: what is read, what is not, and where a text mentions them."""

from __future__ import annotations

import time as clock
from datetime import date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiler.runtime.dates import mentions, parse_date, parse_day, parse_minutes, parse_time, weekdays

NOW = datetime(2023, 11, 30, 14, 5)  # a Thursday


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2023-12-13", "2023-12-13"),
        ("December 13", "2023-12-13"),
        ("december 13th", "2023-12-13"),
        ("Dec 13", "2023-12-13"),
        ("Dec. 13", "2023-12-13"),
        (" the 13th  of December ", "2023-12-13"),
        ("13 December 2024", "2024-12-13"),
        ("December 13, 2021", "2021-12-13"),
        ("Sept 2", "2023-09-02"),
        ("Monday, December 4", "2023-12-04"),
        ("Mon 4 Dec", "2023-12-04"),
        ("February 29 2024", "2024-02-29"),
        ("TODAY", "2023-11-30"),
        ("tomorrow", "2023-12-01"),
        ("yesterday", "2023-11-29"),
        ("the day after tomorrow", "2023-12-02"),
        ("day before yesterday", "2023-11-28"),
        ("next Friday", "2023-12-08"),
        ("next thursday", "2023-12-07"),
        ("last Friday", "2023-11-24"),
        ("3 days ago", "2023-11-27"),
        ("a week ago", "2023-11-23"),
        ("two months ago", "2023-09-30"),
        ("9 months ago", "2023-02-28"),
        ("a year ago", "2022-11-30"),
        ("10 days from now", "2023-12-10"),
        ("the last 6 weeks", "2023-10-19"),
        ("the next 3 days", "2023-12-03"),
        ("next two weeks", "2023-12-14"),
        ("last 2 weeks", "2023-11-16"),
        ("past four days", "2023-11-26"),
        ("the past fortnight", "2023-11-16"),
        ("the past week", "2023-11-23"),
        ("in 2 weeks", "2023-12-14"),
        ("the end of the month", "2023-11-30"),
        ("end of next month", "2023-12-31"),
        ("the beginning of this year", "2023-01-01"),
        ("the 3rd of next month", "2023-12-03"),
        ("2023-W50-3", "2023-12-13"),
        ("2024-W01", "2024-01-01"),
    ],
)
def test_a_date_in_a_known_form_is_read(text: str, iso: str) -> None:
    assert parse_date(text, NOW) == date.fromisoformat(iso)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "the",
        "may",
        "1",
        "second",
        "Friday",
        "December",
        "December 2023",
        "December 131",
        "December 13-14",
        "December 13 or 14",
        "on December 13",
        "December 32",
        "February 30",
        "February 29",  # 2023 has none
        "May 13",  # 201 days ago: as likely next year's
        "Tuesday, December 4",  # that is a Monday
        "12/13/2023",
        "2023-13-01",
        "2023-12-13 09:00",
        "last week",
        "the end of the week",
        "31st of this month",
        "2023-W53",
        "previous tuesday",  # before which day?
        "next month",
        "0 last weeks",
        "last 0 weeks",
        "9999 years ago",
        "\u0661\u0663 December",
        "December 13 " * 40,
        "x" * 100_000,
    ],
)
def test_what_is_no_date_or_not_only_one_is_none(text: str) -> None:
    assert parse_date(text, NOW) is None


def test_a_day_without_a_year_is_read_up_to_half_a_year_away() -> None:
    assert parse_date("June 10", NOW) == date(2023, 6, 10)
    assert parse_date("January 2", datetime(2023, 1, 1)) == date(2023, 1, 2)
    assert parse_date("January 2", NOW) is None
    assert parse_date("December 30", datetime(2024, 1, 2)) is None


@given(st.dates(date(1900, 1, 1), date(2999, 12, 31)))
def test_every_day_with_its_year_is_read_in_any_wording(day: date) -> None:
    wordings = ("%Y-%m-%d", "%B %d, %Y", "%d %b %Y", "%A, %B %d %Y")
    assert {parse_date(day.strftime(wording), NOW) for wording in wordings} == {day}


@given(st.dates(date(1950, 1, 1), date(2050, 12, 31)), st.sampled_from(["mon", "Wed", "Friday", "sunday"]))
def test_next_and_last_are_in_the_weeks_around(day: date, name: str) -> None:
    now = datetime.combine(day, time(12))
    coming, gone = parse_date(f"next {name}", now), parse_date(f"last {name}", now)
    assert coming is not None
    assert gone is not None
    monday = day - timedelta(days=day.weekday())
    assert timedelta(days=7) <= coming - monday < timedelta(days=14)
    assert coming - gone == timedelta(days=14)
    assert coming.strftime("%A").lower().startswith(name.lower()[:3])


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("8am", "08:00"),
        ("2 pm", "14:00"),
        ("8:30 a.m.", "08:30"),
        ("12am", "00:00"),
        ("12pm", "12:00"),
        ("11:30", "11:30"),
        ("14:00", "14:00"),
        ("10:30:15", "10:30:15"),
        ("02:30", "02:30"),
        ("2:30", "14:30"),
        ("0:30", "00:30"),
        ("noon", "12:00"),
        ("midnight", "00:00"),
        ("3 o'clock", "15:00"),
        ("8", "08:00"),
        ("12", "12:00"),
        ("1", "13:00"),
        ("7", "19:00"),
    ],
)
def test_a_time_in_a_known_form_is_read(text: str, iso: str) -> None:
    assert parse_time(text) == time.fromisoformat(iso)


@pytest.mark.parametrize(
    "text", ["", "0", "13", "13pm", "0am", "24:00", "8:60", "8am tomorrow", "at 8", "-8"]
)
def test_what_is_no_time_is_none(text: str) -> None:
    assert parse_time(text) is None


@given(st.times())
def test_every_minute_of_the_day_is_read_in_24_hours(at: time) -> None:
    assert parse_time(at.strftime("%H:%M")) == at.replace(second=0, microsecond=0)
    assert parse_time(at.strftime("%I:%M %p")) == at.replace(second=0, microsecond=0)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("30 minutes", 30),
        ("30-minute", 30),
        ("90 mins", 90),
        ("half an hour", 30),
        ("half-hour", 30),
        ("a half hour", 30),
        ("an hour", 60),
        ("2 hour", 120),
        ("1.5 hours", 90),
        ("1 hour 30 minutes", 90),
        ("2 hours and 15 minutes", 135),
        ("an hour and a half", 90),
        ("two and a half hours", 150),
        ("1h30", 90),
        ("a quarter of an hour", 15),
        ("forty-five minutes", 45),
    ],
)
def test_a_duration_in_a_known_form_is_read(text: str, minutes: int) -> None:
    assert parse_minutes(text) == minutes


@pytest.mark.parametrize("text", ["", "30", "hour", "0 minutes", "1.33 hours", "5-10 minutes", "30 seconds"])
def test_what_is_no_duration_in_whole_minutes_is_none(text: str) -> None:
    assert parse_minutes(text) is None


@pytest.mark.parametrize(
    ("text", "past", "coming"),
    [
        ("Saturday", "2023-11-25", "2023-12-02"),
        ("wed", "2023-11-29", "2023-12-06"),
        ("December 4", "2023-12-04", "2023-12-04"),
        ("Thursday", None, None),  # today, or a week away
        ("Friday December 13", None, None),
    ],
)
def test_a_weekday_alone_is_read_on_the_side_that_is_known(
    text: str, past: str | None, coming: str | None
) -> None:
    read = [parse_day(text, NOW, "past"), parse_day(text, NOW, "coming")]
    assert [day and day.isoformat() for day in read] == [past, coming]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Plot Monday, and the previous tuesday.", ["Monday", "tuesday"]),
        ("every Friday, next Friday, Friday December 13, Friday 3 May, sunny", []),
    ],
)
def test_weekdays_that_nothing_else_places(text: str, found: list[str]) -> None:
    assert [text[start:end] for start, end, _ in weekdays(text, NOW)] == found


def spans(text: str) -> list[tuple[str, str]]:
    return [(text[found.start : found.end], found.kind) for found in mentions(text, NOW)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Push it back by 2 hours on December 4.", [("2 hours", "minutes"), ("December 4", "date")]),
        ("since the last 6 weeks, at 9", [("last 6 weeks", "date"), ("9", "time")]),
        (
            "a 30-minute meeting at 8am tomorrow",
            [("30-minute", "minutes"), ("8am", "time"), ("tomorrow", "date")],
        ),
        ("the previous tuesday.", []),
        ("the last tuesday.", [("last tuesday", "date")]),
        ("2023-12-13 13:00:00", [("2023-12-13", "date"), ("13:00:00", "time")]),
        ("at 8 December 13 people met", [("8 December", "date")]),
        ("you may second it, 1 of 3 in any order", []),
        ("3% at 5% or 1.5.2 or v2:30", []),
        ("5-10 minutes, December 13-14", []),
        # The ambiguous whole is left out, and so are its parts.
        ("Friday December 13", []),
        ("May 13", []),
    ],
)
def test_mentions_are_the_longest_known_forms(text: str, expected: list[tuple[str, str]]) -> None:
    assert spans(text) == expected


def test_a_mention_holds_what_its_words_mean() -> None:
    found = mentions("Delay it on Dec 4 by 1.5 hours until 14:30", NOW)
    assert [mention.value for mention in found] == [date(2023, 12, 4), 90, time(14, 30)]


@given(st.text(max_size=200))
def test_any_text_has_mentions_in_order_that_read_alone(text: str) -> None:
    found = mentions(text, NOW)
    assert all(a.end <= b.start for a, b in pairwise(found))
    for mention in found:
        words = text[mention.start : mention.end]
        read = {"date": parse_date(words, NOW), "time": parse_time(words), "minutes": parse_minutes(words)}
        assert read[mention.kind] == mention.value


@pytest.mark.parametrize("piece", ["1 ", "1" + " " * 50, "last ", "1 hour ", "at 1-", "december ", "half "])
def test_a_long_hostile_text_takes_little_time(piece: str) -> None:
    text = (piece * 20_000)[:20_000]
    began = clock.process_time()
    mentions(text, NOW)
    assert clock.process_time() - began < 2
