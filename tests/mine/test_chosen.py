"""Rows that are chosen by a comparison, by their place or in an order, and amounts with a unit."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from compiler.ir.expr import (
    Amount,
    AsText,
    Attr,
    Const,
    Each,
    Expr,
    Measure,
    Now,
    Nth,
    Pick,
    Ranked,
    Ref,
    RequestField,
    Scaled,
    Where,
)
from compiler.ir.run import JSON, Run
from compiler.mine.binding import Wired
from compiler.mine.spans import HOLE
from tests.mine.build import NOW, binding, call, run

GOT = Ref("s1")
SINCE, LIMIT, PLACE = (RequestField(f'["{name}"]') for name in ("since", "limit", "place"))


def visits(*days: int) -> list[JSON]:
    """Visits on days of March, dear ones first: no two cost the same."""
    return [{"id": f"V-{day * 7919 % 9973}", "on": f"2031-03-{day:02}", "fee": 900 - day * 7} for day in days]


HELD = [
    visits(3, 28, 9, 17, 22),
    visits(14, 25, 6, 11, 4),
    visits(8, 30, 19, 13, 2, 24),
    visits(16, 5, 20, 13),
] * 3
SAID = tuple(f"2031-03-{day:02}" for day in (2, 7, 5, 10, 10, 18, 20, 17, 15, 3, 12, 4))


def later(rows: Sequence[JSON], day: str) -> list[dict[str, JSON]]:
    return [row for row in rows if isinstance(row, dict) and str(row["on"]) > day]


def rivals(values: Sequence[JSON], *, text: bool = False, **said: Sequence[JSON]) -> tuple[Expr, ...]:
    """Bind an argument of a call that follows the visits, each task with a request of its own."""
    runs: list[Run] = []
    for number, (rows, value) in enumerate(zip(HELD, values, strict=True)):
        told = {name: given[number] for name, given in said.items()}
        request = {"customer": f"C-{number}", **told}
        words = f"For C-{number}: " + ", ".join(f"{name} {given}" for name, given in told.items())
        read = call("orders.find", rows, customer=f"C-{number}")
        runs.append(run(words if text else request, read, call("tickets.add", title=value)))
    found = binding("title", *runs)
    return found.rivals if isinstance(found, Wired) else ()


@pytest.mark.parametrize(("text", "day"), [(False, SINCE), (True, HOLE)])
def test_the_first_row_after_a_day_that_the_request_says(text: bool, day: Expr) -> None:  # noqa: FBT001
    values = [later(rows, said)[0]["id"] for rows, said in zip(HELD, SAID, strict=True)]
    found = rivals(values, text=text, since=SAID)
    assert Attr(Pick(Where(GOT, "on", "after", day), "first"), "id") in found
    assert all(isinstance(expr, Attr) and isinstance(expr.base, Pick) for expr in found)


def test_no_visit_on_the_day_itself_leaves_open_whether_it_counts() -> None:
    values = [later(rows, said)[0]["id"] for rows, said in zip(HELD, SAID, strict=True)]
    found = rivals(values, text=True, since=SAID)
    # No place in the words can differ from itself, but the rows that it tells can.
    since = Attr(Pick(Where(GOT, "on", "since", HOLE), "first"), "id")
    assert since in found


def test_rows_before_now_are_counted() -> None:
    today = NOW.date().isoformat()
    counts: list[JSON] = [len(rows) - len(later(rows, today)) for rows in HELD]
    assert Measure(Where(GOT, "on", "before", Now()), "count") in rivals(counts)


def test_what_the_rows_above_a_number_come_to() -> None:
    limits: list[JSON] = [750, 800, 760, 820] * 3
    totals: list[JSON] = [
        sum(row["fee"] for row in rows if row["fee"] > limit)  # type: ignore[call-overload, misc, operator, index]
        for rows, limit in zip(HELD, limits, strict=True)
    ]
    dear = [Where(GOT, "fee", test, LIMIT) for test in ("above", "at_least")]
    assert set(rivals(totals, limit=limits)) == {Measure(Each(one, "fee"), "total") for one in dear}


def test_a_tie_tells_whether_the_bound_itself_counts() -> None:
    days = [str(rows[1]["on"]) for rows in HELD]  # type: ignore[index, call-overload]
    values: list[JSON] = [
        [row["id"] for row in later(rows, day)] for rows, day in zip(HELD, days, strict=True)
    ]
    assert rivals(values, since=days) == (Each(Where(GOT, "on", "after", SINCE), "id"),)


@pytest.mark.parametrize(
    ("place", "expr"),
    [
        (lambda rows: rows[1], Nth(GOT, Const(2), "first")),
        (lambda rows: sorted(rows, key=lambda row: row["on"])[1], Nth(GOT, Const(2), "lowest", "on")),
    ],
)
def test_a_row_by_its_place(place, expr: Expr) -> None:  # type: ignore[no-untyped-def]
    assert Attr(expr, "id") in rivals([place(rows)["id"] for rows in HELD])


def test_a_row_at_a_place_that_the_request_says() -> None:
    places: list[JSON] = [1, 2, 4, 3, 2, 1, 3, 4, 4, 1, 2, 3]
    values: list[JSON] = [rows[place - 1]["id"] for rows, place in zip(HELD, places, strict=True)]  # type: ignore[operator, index, call-overload]
    assert rivals(values, place=places) == (Attr(Nth(GOT, PLACE, "first"), "id"),)


def test_the_rows_in_the_order_of_a_field() -> None:
    values: list[JSON] = [
        [row["id"] for row in sorted(rows, key=lambda row: row["on"])] for rows in HELD  # type: ignore[index, call-overload, arg-type, return-value]
    ]
    # The dearer a visit, the earlier it was: no run tells the two orders apart.
    ranked = {Ranked(GOT, "on", descending=False), Ranked(GOT, "fee", descending=True)}
    assert set(rivals(values)) == {Each(one, "id") for one in ranked}


def test_a_place_that_few_tasks_share_is_not_believed() -> None:
    thirds = [str(rows[2]["id"]) for rows in HELD[:3]]  # type: ignore[index, call-overload]
    runs = (
        run(
            {"customer": f"C-{number}"},
            call("orders.find", HELD[number], customer=f"C-{number}"),
            call("tickets.add", title=third),
        )
        for number, third in enumerate(thirds)
    )
    assert not isinstance(binding("title", *runs), Wired)


@pytest.mark.parametrize(
    ("texts", "values", "expr"),
    [
        (("2 hours", "45 min", "1.5 hours"), (120, 45, 90), Amount(GOT, "minute")),
        (("1.5 kg", "800 g", "2.25 kg"), (1500, 800, 2250), Amount(GOT, "g")),
        (("$1,234.50", "$99.90", "$7.25"), (1234.5, 99.9, 7.25), Amount(GOT, "$")),
        (("$1,234.51", "$99.92", "$7.25"), ("1234.51", "99.92", "7.25"), AsText(Amount(GOT, "$"))),
        (("30%", "45%", "7%"), (0.3, 0.45, 0.07), Scaled(Amount(GOT, "%"), 0.01, None)),
    ],
)
def test_an_amount_is_read_in_its_unit(texts: Sequence[str], values: Sequence[JSON], expr: Expr) -> None:
    runs = (
        run(
            {"order_id": f"O-{n}"},
            call("orders.get", text, order_id=f"O-{n}"),
            call("tickets.add", title=value),
        )
        for n, (text, value) in enumerate(zip(texts, values, strict=True))
    )
    found = binding("title", *runs)
    assert isinstance(found, Wired)
    assert expr in found.rivals
