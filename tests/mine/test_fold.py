from __future__ import annotations

from compiler.ir.run import JSON, Call
from compiler.mine.route import fold
from compiler.mine.trail import Visit, Walk
from tests.mine.build import call, cleaned, run

ROWS: JSON = [
    {"ticket_id": "T-1", "size": 4},
    {"ticket_id": "T-2", "size": 5},
    {"ticket_id": "T-3", "size": 6},
]
FIND = call("tickets.find", ROWS, query="printer")
WALK = Walk(source="s1", keys=(), tail=("ticket_id",), argument="ticket_id")


def folded(*calls: Call) -> tuple[Visit, ...]:
    (episode,) = cleaned(run("Do it", *calls))
    return fold(episode.steps)


def close(ticket: str) -> Call:
    return call("tickets.close", ticket_id=ticket)


def test_calls_that_walk_a_list_are_one_visit() -> None:
    visits = folded(FIND, close("T-1"), close("T-2"), close("T-3"))
    assert [len(visit.calls) for visit in visits] == [1, 3]
    assert visits[1].walks == {WALK}


def test_calls_of_one_name_that_walk_no_list_stay_apart() -> None:
    assert [len(visit.calls) for visit in folded(FIND, close("T-8"), close("T-9"))] == [1, 1, 1]


def test_a_stretch_ends_where_the_list_ends() -> None:
    assert [len(visit.calls) for visit in folded(FIND, close("T-1"), close("T-2"), close("T-9"))] == [1, 2, 1]


def test_a_lone_call_may_be_a_loop_of_one() -> None:
    assert folded(FIND, close("T-2"))[1].walks == {WALK}


def test_the_same_row_twice_is_no_walk() -> None:
    visits = folded(FIND, close("T-1"), close("T-1"))
    assert [len(visit.calls) for visit in visits] == [1, 1, 1]


def test_a_list_below_keys_can_be_walked() -> None:
    held = call("tickets.find", {"found": {"rows": ROWS}}, query="printer")
    (walk,) = folded(held, close("T-1"), close("T-2"))[1].walks
    assert walk.keys == ("found", "rows")


def test_a_list_of_plain_values_can_be_walked() -> None:
    (walk,) = folded(call("tickets.find", ["T-1", "T-2"], query="x"), close("T-1"), close("T-2"))[1].walks
    assert walk.tail == ()


def test_both_lists_that_hold_the_rows_are_kept() -> None:
    other = call("orders.find", ROWS, customer="Ann")
    visits = folded(FIND, other, close("T-1"), close("T-2"))
    assert {walk.source for walk in visits[2].walks} == {"s1", "s2"}


def test_one_number_that_matches_by_its_text_only_is_no_walk() -> None:
    calls = (call("tickets.close", ticket_id="4"), call("tickets.close", ticket_id="5"))
    assert [len(visit.calls) for visit in folded(FIND, *calls)] == [1, 1, 1]


def test_a_list_as_argument_is_no_walk() -> None:
    assert folded(FIND, call("tickets.close", ticket_id=["T-1"]))[1].walks == frozenset()
