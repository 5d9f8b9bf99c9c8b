"""Reads in one order: what may change places, and what may not."""

from __future__ import annotations

from compiler.ir.run import Call, Run
from compiler.mine.clean import Episode, clean_runs
from compiler.mine.order import in_one_order
from tests.mine.build import TOOLS, call, run

PERSON = call("people.find", [{"mail": "kim@shop.example"}], name="kim")
ORDER = call("orders.get", {"order_id": "O-7919", "by": "bo"}, order_id="O-7919")
ASSIGN = call("tickets.assign", ticket_id="O-7919", owner="kim@shop.example")
BUYER = call("people.find", [{"mail": "bo@shop.example"}], name="bo")


def ordered(*runs: Run) -> list[list[str]]:
    """The tools that each run calls, in one order."""
    episodes: tuple[Episode, ...] = in_one_order(clean_runs(runs, TOOLS))
    return [[step.tool for step in episode.steps] for episode in episodes]


def ask(number: int, *calls: Call, who: str = "kim") -> Run:
    return run(f"Hand order O-7919 over to {who}, for the {number}th time", *calls)


def test_reads_that_do_not_depend_on_each_other_stand_as_in_most_tasks() -> None:
    found = ordered(
        ask(1, ORDER, PERSON, ASSIGN), ask(2, PERSON, ORDER, ASSIGN), ask(3, PERSON, ORDER, ASSIGN)
    )
    assert found == [["people.find", "orders.get", "tickets.assign"]] * 3


def test_a_read_that_takes_what_another_answered_stays_behind_it() -> None:
    found = ordered(
        run("Hand O-7919 over to its buyer", ORDER, BUYER, ASSIGN),
        ask(2, BUYER, ORDER, ASSIGN, who="bo"),
        ask(3, BUYER, ORDER, ASSIGN, who="bo"),
    )
    assert sorted(found)[0] == ["orders.get", "people.find", "tickets.assign"]


def test_a_read_after_a_write_stays_there() -> None:
    found = ordered(
        ask(1, ORDER, ASSIGN, PERSON), ask(2, PERSON, ORDER, ASSIGN), ask(3, PERSON, ORDER, ASSIGN)
    )
    assert found[0] == ["orders.get", "tickets.assign", "people.find"]
