"""Conditions that a request states in words: what is read, and what they hold for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import pytest

from compiler.runtime import Deviation, Patterns, total
from compiler.runtime.conditions import Condition, Stated, parse_condition

NOW = datetime(2031, 3, 12, 9, 0)


@pytest.mark.parametrize(
    ("text", "op", "number"),
    [
        ("more than 30", ">", 30),
        ("More  than 1,200.5", ">", 1200.5),
        ("over 5", ">", 5),
        ("at least 3", ">=", 3),
        ("no fewer than 3", ">=", 3),
        ("fewer than 5", "<", 5),
        ("below -2", "<", -2),
        ("no more than 7", "<=", 7),
        ("12 or fewer", "<=", 12),
        ("12 or more", ">=", 12),
        ("exactly 4", "==", 4),
    ],
)
def test_a_comparison_is_read(text: str, op: str, number: float) -> None:
    found = parse_condition(text)
    assert found is not None
    assert (found.op, found.number) == (op, number)


@pytest.mark.parametrize(
    "text",
    [
        "30",
        "more than",
        "more than five",
        "not more than 5",
        "more than 5%",
        "5 or so",
        "more than 1.2.3",
        "up to 5",
    ],
)
def test_what_is_not_surely_one_is_none(text: str) -> None:
    assert parse_condition(text) is None


@pytest.mark.parametrize(
    ("op", "told"),
    [
        ("<", [True, False, False]),
        ("<=", [True, True, False]),
        ("==", [False, True, False]),
        (">=", [False, True, True]),
        (">", [False, False, True]),
    ],
)
def test_a_condition_holds_on_its_side(op: str, told: list[bool]) -> None:
    condition = Condition(op, 5)  # type: ignore[arg-type]
    assert [condition.holds(value) for value in (4.9, 5, 5.1)] == told


def test_any_all_and_one() -> None:
    stated = Stated(Condition(">", 5))
    assert stated.holds_for_any({"mon": 2, "tue": 9}) is True
    assert stated.holds_for_all((2, 9)) is False
    assert stated.holds_for_all([6, 9]) is True
    assert stated.holds_for(5) is False
    assert stated.holds_for((2, 4), of=total) is True
    assert stated.holds_for("No rows.", of=total) is None


@pytest.mark.parametrize(
    "held", ["No rows.", None, (), {}, (1, None), (1, True), {"a": "9"}, (float("nan"),)]
)
def test_what_holds_no_numbers_cannot_be_told(held: object) -> None:
    stated = Stated(Condition(">", 5))
    assert (stated.holds_for_any(held), stated.holds_for_all(held)) == (None, None)


def test_no_condition_cannot_be_told() -> None:
    assert (Stated().holds_for(9), Stated().holds_for_any((9,)), Stated().holds_for_all((9,))) == (None,) * 3


WORDED = Patterns(
    "Close {ticket:word} if it waited {_:condition} days", "Close {ticket:word} if it waited {_:text}"
)


def test_a_pattern_gives_the_condition_beside_the_values() -> None:
    values = {"ticket": "T1"}
    assert WORDED.read("Close T1 if it waited more than 3 days", NOW) == (values, Condition(">", 3))
    assert WORDED.match("Close T1 if it waited more than 3 days", NOW) == values


def test_a_wording_without_a_place_for_it_gives_none() -> None:
    assert WORDED.read("Close T1 if it waited more than 3 weeks", NOW) == ({"ticket": "T1"}, None)


def test_two_readings_that_differ_give_none() -> None:
    patterns = Patterns("{a:text} {_:condition} {b:text}")
    assert patterns.read("x more than 3 more than 4 y", NOW) is None
    same_values = Patterns("If {_:condition} or {_:word} than 5", "If {_:word} than 4 or {_:condition}")
    assert same_values.read("If more than 4 or less than 5", NOW) == ({}, None)


@dataclass(frozen=True)
class Meeting:
    """A row of a search."""

    guest: str


ROWS = (Meeting("raj@shop.example"), Meeting("kim@shop.example"))


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ((), True),
        ("Nothing.", True),
        (ROWS, False),
        (ROWS[1:], None),
        ({"rows": ()}, None),
    ],
)
def test_that_there_is_nothing_is_told_by_rows_that_hold_what_was_looked_for(
    rows: object, told: object
) -> None:
    stated = Stated(parse_condition("haven't"))
    assert stated.holds_for_rows(rows, none="Nothing.", by="guest", contains="Raj") is told


@pytest.mark.parametrize("condition", ["haven't", "more than 3", ""])
def test_no_model_judges_by_a_text_that_is_not_the_known_one(condition: str) -> None:
    with pytest.raises(Deviation, match="'upstream connect error'"):
        Stated(parse_condition(condition)).holds_for_rows("upstream connect error", none="Nothing.")


def test_that_there_is_nothing_is_said_of_no_number_and_a_number_of_no_rows() -> None:
    nothing, more = Stated(parse_condition("not")), Stated(parse_condition("more than 3"))
    assert (nothing.holds_for(0), nothing.holds_for_any((0,)), nothing.holds_for_all((0,))) == (None,) * 3
    assert (more.holds_for_rows(()), Stated().holds_for_rows(())) == (None, None)


CHARTS = Patterns(
    "Make a chart of {what:choice} since {day:date} if it was {_:condition} at any time since {day:date}",
    "If {what:choice} was {_:condition} at any time since {day:date}, plot it as a chart and write to Kim",
    vocabulary={"what": {"total visits": "visits", "engaged users": "users"}},
    unseen="judged",
)


def test_a_wording_that_no_run_had_states_its_condition_where_every_word_of_it_is_known() -> None:
    text = "Was total visits more than 7 at any time since January 3? If so, could you plot it as a chart?"
    values = {"what": "visits", "day": date(2031, 1, 3)}
    assert CHARTS.read(text, NOW) == (values, Condition(">", 7))


@pytest.mark.parametrize(
    "text",
    [
        # Other words: what they mean, nobody knows.
        "Was total visits more than 7 at any time since January 3? If so, delete the chart",
        "Was total visits more than 7 at any time since January 3? If so, plot it as a weekly chart",
        "I doubt it, but was total visits more than 7 at any time since January 3? If so, plot it as a chart",
        # Another condition, or none.
        "Was total visits more than 7 at any time since January 3? If not, plot it as a chart",
        "Was total visits more than 7 at any time since January 3? If so, don't plot it as a chart",
        "Was total visits more than 7 at all times since January 3? If so, plot it as a chart",
        "Was total visits more than 7 since January 3? If so, plot it as a chart",
        "Was total visits more than 7 in total since January 3? If so, plot it as a chart at any time",
        "Plot total visits as a chart since January 3. Was it more than 7 at any time?",
        "Was total visits more than 7% at any time since January 3? If so, plot it as a chart",
        "Was total visits more than 7 at any time since January 3? If so, or if it was 5, plot it as a chart",
        "Was total visits more than 7 at any time since January 3 and less than 9? If so, plot it as a chart",
        # Less than is always said.
        "Was total visits more than 7 at any time since January 3? If so, plot it",
    ],
)
def test_what_a_known_condition_may_not_be_all_of_is_left_open(text: str) -> None:
    found = CHARTS.read(text, NOW)
    assert found is None or found[1] is None


@pytest.mark.parametrize(
    "text",
    [
        "Was total visits more than 7 at any time before January 3? If so, plot it as a chart",
        "Was total visits more than 7 at any time since January 3 or January 5? If so, plot it as a chart",
        "Was total visits more than engaged users at any time since January 3? If so, plot it as a chart",
    ],
)
def test_what_is_not_read_at_all_states_nothing(text: str) -> None:
    assert CHARTS.read(text, NOW) is None


def test_a_word_for_what_is_done_anyway_may_be_said_in_place_of_another() -> None:
    text = "Was total visits more than 7 at any time since January 3? If so, draw a chart"
    found, deed = CHARTS.read(text, NOW), CHARTS.read(text, NOW, frozenset(("draw", "chart")))
    assert found is not None
    assert deed is not None
    assert (found[1], deed[1]) == (None, Condition(">", 7))
    denied = CHARTS.read(text.replace("draw", "don't draw"), NOW, frozenset(("draw", "chart")))
    assert denied is None or denied[1] is None


MEETS = Patterns(
    "Did I schedule any meeting with {who:word} in the {by:date}? If {_:condition}, mail them to ask for one",
    "If I {_:condition} have any meetings scheduled with {who:word} in the {by:date}, mail them to ask for "
    "one",
    unseen="judged",
)


@pytest.mark.parametrize(
    "text",
    [
        "If I don't have any meeting with raj in the next 3 days, mail them to ask for one",
        "I need to check if I have any meetings scheduled with raj in the next 3 days. If not, could you "
        "mail them to ask for one?",
    ],
)
def test_an_unseen_wording_may_say_that_nothing_is_there(text: str) -> None:
    assert MEETS.read(text, NOW) == ({"who": "raj", "by": date(2031, 3, 15)}, Condition("none"))


@pytest.mark.parametrize(
    "text",
    [
        "If I have any meetings scheduled with raj in the next 3 days, mail them to ask for one",
        "If I don't have any meetings scheduled with raj in the next 3 days, don't mail them to ask for one",
        "If I don't have any meetings scheduled with raj in the next 3 days, mail me to ask for one",
        "If I don't have any urgent meetings scheduled with raj in the next 3 days, mail them to ask for one",
        "Check if I have any meetings scheduled with raj in the next 3 days. If so, mail them to ask for one",
        "Unless I have any meetings scheduled with raj in the next 3 days, mail them to ask for one",
        "Did I schedule all meetings with raj in the next 3 days? If not, mail them to ask for one",
        "Did I schedule any meeting with raj in the next 3 days? If not sure, mail them to ask for one",
        "If I don't have any meetings scheduled with raj in the next 3 days if it is late, mail them to ask "
        "for one",
    ],
)
def test_what_may_not_be_all_that_a_denial_says_is_left_open(text: str) -> None:
    found = MEETS.read(text, NOW)
    assert found is None or found[1] is None


@pytest.mark.parametrize("pattern", ["{limit:condition} or so", "{_:condition} and {_:condition}"])
def test_a_condition_is_no_field_and_stands_once(pattern: str) -> None:
    with pytest.raises(ValueError, match="condition"):
        Patterns(pattern)
