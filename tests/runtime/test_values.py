"""The small steps between calls: each gives the one result there is, or deviates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

import pytest

from compiler.runtime import (
    Deviation,
    Record,
    combine,
    each,
    first,
    highest,
    last,
    lowest,
    moment,
    slug,
    where,
)
from compiler.runtime.jsons import JSON, as_json, canonical


class Task(Record):
    task_id: str
    due: str | int | None = None
    board: str = "Front end"


def tasks(*dues: str | int | None) -> tuple[Task, ...]:
    return tuple(Task(task_id=str(i), due=due) for i, due in enumerate(dues))


def test_first_and_last_are_by_place() -> None:
    rows = tasks("b", "a", "c")
    assert (first(rows).task_id, last(rows).task_id) == ("0", "2")


@pytest.mark.parametrize(
    ("dues", "low", "high"),
    [
        (("2023-12-04", "2023-11-30", "2024-01-01"), "1", "2"),
        (("120", "30", "9"), "2", "0"),
        ((120, 30, 9), "2", "0"),
        (("-1.5", "2", "0"), "0", "1"),
    ],
)
def test_lowest_and_highest_order_dates_as_texts_and_numbers_as_numbers(
    dues: tuple[str | int, ...], low: str, high: str
) -> None:
    rows = tasks(*dues)
    assert (lowest(rows, by="due").task_id, highest(rows, by="due").task_id) == (low, high)


@pytest.mark.parametrize("dues", [("a", "a", "b"), ("a", None), ("a", 1), (None, None)])
def test_a_tie_and_values_without_an_order_deviate(dues: tuple[str | int | None, ...]) -> None:
    with pytest.raises(Deviation, match="due"):
        lowest(tasks(*dues), by="due")


def test_equal_rows_that_share_the_lowest_value_are_no_tie() -> None:
    row = Task(task_id="1", due="a")
    assert lowest((row, Task(task_id="1", due="a")), by="due") == row


@pytest.mark.parametrize("rows", [(), [], "No tasks found."])
def test_no_rows_and_a_text_in_their_place_deviate(rows: tuple[Task, ...]) -> None:
    for pick in (first, last):
        with pytest.raises(Deviation, match="rows"):
            pick(rows)
    with pytest.raises(Deviation, match="rows"):
        lowest(rows, by="due")


def test_a_text_is_never_walked_by_letters() -> None:
    with pytest.raises(Deviation, match="No tasks"):
        where("No tasks", None, equals="N")
    with pytest.raises(Deviation, match="No tasks"):
        each("No tasks", "task_id")


def test_where_compares_texts_in_any_case() -> None:
    rows = (Task(task_id="1", board="Front end"), Task(task_id="2", board="BACK END"))
    assert each(where(rows, "board", equals="back end"), "task_id") == ("2",)
    assert each(where(rows, "board", contains="END"), "task_id") == ("1", "2")
    assert where(("Ann", "Bob"), None, contains="an") == ("Ann",)
    assert where(rows, "due", equals=None) == rows


PEOPLE = ("raj.patel@shop.example", "suraj.das@shop.example", "Raj Mehta", "raj.patel@shop.example")


def test_a_row_is_named_by_whole_words_one_after_the_other() -> None:
    assert where(PEOPLE[:2], None, names="Raj") == PEOPLE[:1]
    assert where(PEOPLE[:2], None, names="raj patel") == PEOPLE[:1]
    assert where(PEOPLE, None, names="patel raj") == ()
    assert where((*PEOPLE[:1], *PEOPLE[3:]), None, names="raj") == (PEOPLE[0], PEOPLE[0])


@pytest.mark.parametrize("said", ["raj", "shop", " ", "'"])
def test_a_word_that_names_two_values_or_none_at_all_deviates(said: str) -> None:
    with pytest.raises(Deviation):
        where(PEOPLE, None, names=said)


def test_where_keeps_types_apart() -> None:
    assert where((1, True, "1", 1.0), None, equals=1) == (1, 1.0)
    assert where((1, None, "10"), None, contains="1") == ("10",)


@pytest.mark.parametrize("text", ["", "  "])
def test_looking_for_nothing_deviates_as_everything_would_be_found(text: str) -> None:
    with pytest.raises(Deviation, match="nothing to look for in board"):
        where(tasks("a"), "board", contains=text)


def test_moments() -> None:
    assert moment("2023-12-04 13:30:00") == datetime(2023, 12, 4, 13, 30)
    assert combine(date(2023, 12, 4), time(13, 30)) == moment("2023-12-04T13:30")
    with pytest.raises(Deviation, match="soon"):
        moment("soon")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Total Visits", "total_visits"),
        ("  a - b__c! ", "a_b_c"),
        ("\u00c9t\u00e9", "\u00e9t\u00e9"),
        ("", ""),
    ],
)
def test_slug(text: str, expected: str) -> None:
    assert slug(text) == expected


def test_json_keeps_original_keys_and_what_is_missing() -> None:
    assert as_json(Task(task_id="1", due=None)) == {"task_id": "1", "due": None}
    value: JSON = {"at": "2023-12-04T13:30:00", "rows": [{"task_id": "1"}]}
    assert as_json({"at": datetime(2023, 12, 4, 13, 30), "rows": (Task(task_id="1"),)}) == value
    assert len({canonical(1), canonical(1.0), canonical(value=True), canonical("1")}) == 4


def test_what_has_no_json_form_is_refused() -> None:
    @dataclass
    class Odd:
        key: int = 1

    for value in (Odd(), {1: 2}, {"a": {1, 2}}):
        with pytest.raises(TypeError, match=r"JSON|key"):
            as_json(value)
