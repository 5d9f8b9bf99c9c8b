"""Whatever stands in the traces: a program, or a reason; and in a bounded time."""

from __future__ import annotations

import time

import pytest

from compiler.errors import Declined
from compiler.ir.check import check_program
from compiler.ir.expr import Const
from compiler.ir.run import JSON, Run
from compiler.mine import mine
from compiler.mine.clean import mark_refusals
from tests.mine import chaos
from tests.mine.build import argument, call, mined, patterns, run, tool


@pytest.mark.parametrize("block", range(8))
def test_any_workload_gives_a_program_or_a_reason(block: int) -> None:
    compiled = 0
    for seed in range(block * 100, block * 100 + 100):
        try:
            check_program(mine(mark_refusals(chaos.workload(seed))))
            compiled += 1
        except Declined as declined:
            assert declined.reasons
    assert compiled > 10, "the generator makes nothing that compiles: it tests nothing"


@pytest.mark.parametrize("value", [["a", ["b"]], {"a": {"b": []}}, [], {}])
def test_structured_constants_are_kept(value: JSON) -> None:
    runs = [run(f"Add {what}", call("tickets.add", title=what, text=value)) for what in ("doors", "lamps")]
    assert argument(mined(*runs), "tickets.add", "text") == Const(value)


@pytest.mark.parametrize("name", ["[x", "", "a b", "class", "time", '["a"]', "é", "tool"])
def test_an_argument_may_have_any_name(name: str) -> None:
    runs = [run(f"Add {what} now", call("tickets.add", **{name: what})) for what in ("doors", "lamps")]
    assert patterns(mined(*runs)) == [f"Add {{{name}}} now"]


@pytest.mark.parametrize("request_", ["", " ", "\n", "{}", "\x00", "🦊" * 10])
def test_a_request_may_say_nothing(request_: str) -> None:
    runs = [run(request_, call("tickets.close", ticket_id="all"), task=task) for task in "ab"]
    assert patterns(mined(*runs)) == ([request_] if request_ else [""])


@pytest.mark.parametrize("words", ["{title}", "{{}}", "a{b", "}{", "\\1 (?P<x>.*)", "'''", '"""'])
def test_a_request_may_look_like_a_pattern(words: str) -> None:
    runs = [run(f"Add {what} {words}", call("tickets.add", title=what)) for what in ("doors", "lamps")]
    assert patterns(mined(*runs)) == [f"Add {{title}} {words}"]


def test_letters_that_change_their_number_in_another_case_are_no_trouble() -> None:
    runs = [run(f"Add {what} now", call("tickets.add", title=what.upper())) for what in ("straße", "weiß")]
    with pytest.raises(Declined):
        mined(*runs)


def test_results_may_be_null() -> None:
    runs = [
        run(
            f"Close T-{n}",
            call("tickets.get", None, ticket_id=f"T-{n}"),
            call("tickets.close", None, ticket_id=f"T-{n}"),
        )
        for n in (1, 2, 3)
    ]
    mined(*runs)


def test_requests_may_be_of_two_kinds() -> None:
    runs: list[Run] = [run(f"Close T-{n}", call("tickets.close", ticket_id=f"T-{n}")) for n in (1, 2)]
    runs += [run({"id": f"T-{n}"}, call("tickets.close", ticket_id=f"T-{n}")) for n in (3, 4)]
    with pytest.raises(Declined, match="two workloads"):
        mined(*runs)


def test_a_deep_result_is_no_trouble() -> None:
    deep: JSON = "bottom"
    for _ in range(300):
        deep = [deep]
    runs = [
        run(
            f"Close T-{n}",
            call("tickets.get", deep, ticket_id=f"T-{n}"),
            call("tickets.close", ticket_id=f"T-{n}"),
        )
        for n in (1, 2, 3)
    ]
    mined(*runs)


# ------------------------------------------------------------------------------------------------------- time


def seconds(*runs: Run) -> float:
    """Measure how long mining takes, of processor time: what else the machine does shall not count."""
    start = time.process_time()
    mined(*runs)
    return time.process_time() - start


def test_a_long_request_takes_less_than_a_second() -> None:
    assert len(str(chaos.long_request(1).request)) > 20_000
    assert seconds(*(chaos.long_request(n) for n in range(3))) < 1


def test_many_runs_of_many_calls_take_less_than_seconds() -> None:
    steps_ = range(29)
    tools = (*(tool(f"step{n}.get", "read", "x", "y") for n in steps_), tool("step.end", "write", "x"))

    def chain(number: int) -> Run:
        def rows(step: int) -> JSON:
            return [{"a": f"{number}/{step}/{row}", "n": row} for row in range(10)]

        calls = [
            call(f"step{n}.get", {"next": f"n{number}-{n + 1}", "rows": rows(n)}, x=f"n{number}-{n}", y="y")
            for n in steps_
        ]
        return run(f"Go from n{number}-0", *calls, call("step.end", x=f"n{number}-29"))

    start = time.process_time()
    mined(*(chain(number) for number in range(100)), tools=tools)
    assert time.process_time() - start < 8


def test_a_long_list_takes_less_than_seconds() -> None:
    def pick(number: int) -> Run:
        rows: list[JSON] = [
            {"ticket_id": f"T-{number}-{place}", "state": "open", "size": place, "at": "2031-03-01"}
            for place in range(400)
        ]
        return run(
            f"Close the first ticket of case-{number}",
            call("tickets.find", rows, query=f"case-{number}"),
            call("tickets.assign", ticket_id=f"T-{number}-0", owner="open"),
        )

    assert seconds(*(pick(n) for n in range(5))) < 5
