"""Walks that end at the element they look for: what shows them, and what must not be taken for one."""

from __future__ import annotations

import random

import pytest

from compiler.ir.expr import Attr, Const, Ref
from compiler.ir.program import (
    Branch,
    Compare,
    Deviate,
    ForEach,
    Leave,
    OnEmpty,
    OnLength,
    Program,
    Stop,
)
from compiler.ir.run import JSON, Call, Run
from compiler.mine.lone import Lone
from tests.mine.build import argument, call, mined, run, shape, walk

Row = dict[str, JSON]


def rows_of(number: int, *, state: str = "open") -> list[Row]:
    """The tickets of a task, of which any number is open."""
    chance = random.Random(number)
    return [
        {"ticket_id": f"T-{number}{place}", "state": chance.choice((state, "done")), "size": chance.random()}
        for place in range(number % 6)
    ]


def listed(number: int, rows: list[Row]) -> Call:
    return call("tickets.find", [*rows], query=f"case-{number}")


def closing(number: int, rows: list[Row], *after: Call) -> Run:
    """Close the first ticket that is open."""
    found = next((row for row in rows if row["state"] == "open"), None)
    closed = [] if found is None else [call("tickets.close", ticket_id=found["ticket_id"])]
    return run({"case": f"case-{number}"}, listed(number, rows), *closed, *after, task=f"task {number:02}")


def looking(number: int, *, found: tuple[Call, ...] = (), unfound: tuple[Call, ...] = ()) -> Run:
    """Look at the tickets until one is open, and close that."""
    rows = rows_of(number)
    calls = [listed(number, [{"ticket_id": row["ticket_id"]} for row in rows])]
    for row in rows:
        told: JSON = {"state": row["state"], "text": f"text of {row['ticket_id']}"}
        calls.append(call("tickets.get", told, ticket_id=row["ticket_id"]))
        if row["state"] == "open":
            calls.append(call("tickets.close", ticket_id=row["ticket_id"]))
            break
    more = found if calls[-1].tool == "tickets.close" else unfound
    return run({"case": f"case-{number}"}, *calls, *more, task=f"task {number:02}")


def the_loop(program: Program) -> ForEach:
    (loop,) = (node for node in walk(program.body) if isinstance(node, ForEach))
    return loop


def leaving(loop: ForEach) -> Branch:
    (branch,) = (node for node in loop.body if isinstance(node, Branch))
    return branch


def test_the_first_row_that_fits_ends_the_walk() -> None:
    program = mined(*(closing(n, rows_of(n)) for n in range(30)))
    loop = the_loop(program)
    ends, goes = leaving(loop).arms
    assert ends.guard == Compare(Attr(Ref(loop.id), "state"), "==", Const("open"))
    assert isinstance(ends.body[-1], Leave)
    assert (goes.body, loop.otherwise) == ((), None), "runs without an open ticket did nothing"
    assert argument(program, "tickets.close", "ticket_id") == Attr(Ref(loop.id), "ticket_id")
    assert program.questions == ()


def test_what_is_looked_up_about_a_row_may_end_the_walk() -> None:
    loop = the_loop(mined(*(looking(n) for n in range(30))))
    assert leaving(loop).arms[0].guard == Compare(Attr(Ref("s2"), "state"), "==", Const("open"))
    assert isinstance(leaving(loop).arms[0].body[-1], Leave)


def test_the_only_rows_that_fit_may_all_be_meant() -> None:
    """One ticket is open in each list: whether it is the first that is meant, no run shows."""

    def lone(number: int) -> list[Row]:
        place = random.Random(number).randrange(4)
        states = ("open" if other == place else "done" for other in range(4))
        return [{"ticket_id": f"T-{number}{n}", "state": state} for n, state in enumerate(states)]

    program = mined(*(closing(n, lone(n)) for n in range(30)))
    assert not any(isinstance(node, Leave) for node in walk(program.body))


def test_where_every_walk_found_one_a_list_without_deviates() -> None:
    program = mined(*(looking(n) for n in range(60) if any(row["state"] == "open" for row in rows_of(n))))
    unfound = the_loop(program).otherwise
    assert unfound is not None
    assert isinstance(unfound.body[0], Deviate)
    assert unfound.support.tasks == 0
    assert not any(isinstance(node, OnEmpty | OnLength) for node in walk(program.body)), "that says it all"


def test_what_is_done_where_nothing_is_found_stands_beside_the_walk() -> None:
    added = call("tickets.add", title="nothing open")
    closed = call("tickets.add", title="closed")
    program = mined(*(looking(n, unfound=(added,), found=(closed,)) for n in range(30)))
    loop = the_loop(program)
    assert loop.otherwise is not None
    assert [type(node).__name__ for node in loop.otherwise.body] == ["CallTool"]
    assert [type(node).__name__ for node in leaving(loop).arms[0].body] == ["CallTool", "CallTool", "Leave"]


def test_a_run_may_end_where_nothing_is_found() -> None:
    program = mined(*(looking(n, found=(call("tickets.add", title="closed"),)) for n in range(30)))
    loop = the_loop(program)
    assert loop.otherwise is not None
    assert isinstance(loop.otherwise.body[-1], Stop)
    assert shape(program)[-1] == "tickets.add", "what follows is done where one was found"


def test_a_run_may_end_where_one_is_found() -> None:
    program = mined(*(looking(n, unfound=(call("tickets.add", title="nothing open"),)) for n in range(30)))
    loop = the_loop(program)
    assert isinstance(leaving(loop).arms[0].body[-1], Stop)
    assert (loop.otherwise, shape(program)[-1]) == (None, "tickets.add")


def test_the_order_of_the_runs_does_not_matter() -> None:
    runs = [looking(n) for n in range(20)]
    assert repr(mined(*runs)) == repr(mined(*reversed(runs)))


@pytest.mark.parametrize("lowest", [True, False])
def test_an_element_that_always_has_one_rank_is_not_searched_for(*, lowest: bool) -> None:
    alone = Lone()
    for number in range(12):
        rows: list[JSON] = [{"size": random.Random(f"{number} {n}").random()} for n in range(4)]
        sizes = [row["size"] for row in rows if isinstance(row, dict)]
        alone.take(f"task {number}", rows, sizes.index(min(sizes)) if lowest else number % 4)  # type: ignore[type-var]
    assert alone.is_search is not lowest
