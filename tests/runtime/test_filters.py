"""Rows by a test, by place and in order, and amounts with a unit: one result, or a deviation."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from compiler.runtime import (
    Deviation,
    Record,
    amount,
    median,
    nth,
    nth_highest,
    nth_last,
    nth_lowest,
    ranked,
    where,
)


class Visit(Record):
    on: str | None
    fee: float | str = 0


VISITS = tuple(
    Visit(on=on, fee=fee) for on, fee in (("2031-03-09", 30), ("2031-03-12 14:00", 10), ("2031-03-20", 20))
)


def kept(**tests: object) -> tuple[int, ...]:
    """The places of the visits that pass."""
    return tuple(VISITS.index(row) for row in where(VISITS, "on", **tests))  # type: ignore[arg-type]


def test_a_day_and_a_moment_compare_as_days_and_two_moments_by_the_clock() -> None:
    assert kept(after=date(2031, 3, 12)) == (2,)
    assert kept(since="2031-03-12") == (1, 2)
    assert kept(before=datetime(2031, 3, 12, 15)) == (0, 1)
    assert kept(until=datetime(2031, 3, 12, 13)) == (0,)


def test_numbers_compare_by_size() -> None:
    assert [row.fee for row in where(VISITS, "fee", at_least=20)] == [30, 20]
    assert [row.fee for row in where(VISITS, "fee", above=10, below=30)] == [20]
    assert [row.fee for row in where(VISITS, "fee", at_most=10)] == [10]


def test_rows_among_the_values_of_a_list() -> None:
    assert where(("Ann", "bo", "Cy"), None, among=("BO", "cy")) == ("bo", "Cy")


@pytest.mark.parametrize(
    "tests", [{"after": "soon"}, {"above": 3}, {"before": datetime.fromisoformat("2031-03-01T00:00+00:00")}]
)
def test_what_has_no_order_deviates(tests: dict[str, object]) -> None:
    with pytest.raises(Deviation):
        where((Visit(on="2031-03-09 08:00"),), "on", **tests)  # type: ignore[arg-type]


def test_a_row_without_the_value_deviates() -> None:
    with pytest.raises(Deviation):
        where((Visit(on=None),), "on", after="2031-03-01")


def test_rows_by_place() -> None:
    assert nth(["abc", "d"], 2) == "d"
    assert nth_last((1, 2, 3), 3) == 1
    assert nth_lowest(VISITS, 2, by="fee").fee == 20
    assert nth_highest(VISITS, 3, by="fee").fee == 10
    assert [row.fee for row in ranked(VISITS, by="fee", descending=True)] == [30, 20, 10]


@pytest.mark.parametrize("place", [0, 4, True, "2", 1.0])
def test_a_place_that_no_row_has_deviates(place: object) -> None:
    with pytest.raises(Deviation):
        nth(VISITS, place)


def test_a_tie_at_the_place_deviates() -> None:
    rows = (*VISITS, Visit(on="2031-03-21", fee=20))
    assert nth_lowest(rows, 1, by="fee").fee == 10
    with pytest.raises(Deviation):
        nth_lowest(rows, 2, by="fee")


def test_the_number_in_the_middle() -> None:
    assert median([3, 1, 2]) == 2
    assert median([0.1, 0.2]) == 0.15
    with pytest.raises(Deviation):
        median([])


@pytest.mark.parametrize(
    ("text", "unit", "number"),
    [
        ("2 hours", "minute", 120),
        ("90-minute", "hour", 1.5),
        ("1.5 kg", "g", 1500),
        ("$1,234.50", "$", 1234.5),
        ("EUR 12", "EUR", 12),
        ("30%", "%", 30),
        ("12", "", 12),
    ],
)
def test_an_amount_in_a_unit(text: str, unit: str, number: float) -> None:
    assert amount(text, unit) == number


@pytest.mark.parametrize(
    ("text", "unit"),
    [("2 hours", "kg"), ("EUR 12", "USD"), ("12", "kg"), ("2031-03-09", ""), ("OR-77", "OR"), ("a lot", "")],
)
def test_another_unit_or_no_amount_deviates(text: str, unit: str) -> None:
    with pytest.raises(Deviation):
        amount(text, unit)
