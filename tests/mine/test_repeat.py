"""Calls that are made again until they are done: repairs, polls and retries; and what only looks like one."""

from __future__ import annotations

from itertools import permutations

from compiler.ir.expr import Attr, Const, Ref
from compiler.ir.program import Ask, Branch, CallTool, Compare, ForEach, Program, Until
from compiler.ir.run import JSON, Call, Run
from tests.mine.build import call, mined, question, run, shape, the_call, tool, walk

TOOLS = (
    tool("orders.get", "read", "order_id"),
    tool("orders.set", "write", "order_id", "key", "value"),
    tool("orders.check", "write", "order_id"),
    tool("orders.send", "write", "order_id"),
    tool("jobs.state", "read", "job"),
    tool("jobs.fetch", "write", "file"),
    tool("teams.tell", "write", "team"),
)


def program_of(*runs: Run) -> Program:
    return mined(*runs, tools=TOOLS)


def until_in(program: Program) -> Until:
    (found,) = (node for node in walk(program.body) if isinstance(node, Until))
    return found


def refused(number: int, *wrong: int) -> list[Call]:
    """A check that refuses as many keys at each attempt; a key is set anew for each."""
    id_, calls = f"order-{number}", []
    for attempt, count in enumerate(wrong):
        errors: list[JSON] = [
            {"key": f"key-{number}-{attempt}-{n}", "text": f"too long by {n + number}"} for n in range(count)
        ]
        calls.append(call("orders.check", {"state": "refused", "errors": errors}, order_id=id_))
        calls += [
            call(
                "orders.set",
                order_id=id_,
                key=f"key-{number}-{attempt}-{n}",
                value=f"short {number * 7 + attempt} {n}",
            )
            for n in range(count)
        ]
    return [*calls, call("orders.check", {"state": "fine"}, order_id=id_)]


def checked(number: int, *wrong: int) -> Run:
    id_ = f"order-{number}"
    sent = call("orders.send", order_id=id_)
    return run({"order_id": id_}, *refused(number, *wrong), sent, task=f"task {number:02}")


CHECKED = [checked(1), checked(2, 1), checked(3), checked(4, 2), checked(5, 1, 1), checked(6, 2), checked(7)]
CHECKED += [checked(8, 1), checked(9), checked(10), checked(11, 2), checked(12, 1)]


def test_a_refused_call_is_repaired_until_it_is_not_refused() -> None:
    program = program_of(*CHECKED)
    until = until_in(program)
    assert until.call.tool == "orders.check"
    assert until.most == 2
    assert (until.support.tasks, until.support.reached) == (7, 12)
    state = Attr(Ref(until.call.id), "state")
    assert until.done == Compare(state, "==", Const("fine"))
    (branch,) = until.repair
    assert isinstance(branch, Branch), "a result that no run shows is not repaired"
    assert [arm.guard for arm in branch.arms] == [Compare(state, "==", Const("refused"))]
    (loop,) = (node for node in branch.arms[0].body if isinstance(node, ForEach))
    assert loop.rows == Attr(Ref(until.call.id), "errors")
    assert shape(program)[-1] == "orders.send"


def test_what_is_written_instead_is_asked_for_each_error() -> None:
    program = program_of(*CHECKED)
    (branch,) = until_in(program).repair
    assert isinstance(branch, Branch)
    (loop,) = (node for node in branch.arms[0].body if isinstance(node, ForEach))
    ask, repaired = loop.body
    assert isinstance(ask, Ask)
    assert isinstance(repaired, CallTool)
    assert (ask.question, ask.facts) == ("CORRECTED_VALUE", (loop.id,))
    assert question(program, ask.question).kind == "compose"
    assert dict(repaired.arguments)["key"] == Attr(Ref(loop.id), "key")
    assert dict(repaired.arguments)["value"] == Ref(ask.id)
    assert program.limits.questions == 2, "one run had two errors, at once or one after the other"


def test_the_order_of_the_runs_does_not_matter() -> None:
    few = [CHECKED[place] for place in (0, 1, 3, 4)]
    rest = [one for one in CHECKED if one not in few]
    assert len({repr(program_of(*order, *rest)) for order in list(permutations(few))[::5]}) == 1


def polled(number: int, waits: int) -> Run:
    """A job whose state is looked at until it has a file."""
    job = f"job-{number}"
    states: list[JSON] = [{"state": "busy", "left": waits - n} for n in range(waits)]
    states.append({"state": "ready", "file": f"file-{number}"})
    looks = [call("jobs.state", state, job=job) for state in states]
    return run({"job": job}, *looks, call("jobs.fetch", file=f"file-{number}"), task=f"task {number:02}")


def test_a_read_is_polled_until_it_has_what_comes_next() -> None:
    program = program_of(*(polled(n, n % 4) for n in range(1, 13)))
    until = until_in(program)
    assert (until.call.tool, until.call.effect, until.most) == ("jobs.state", "read", 3)
    (branch,) = until.repair
    assert isinstance(branch, Branch)
    assert branch.arms[0].body == (), "nothing is done but to look again"
    assert dict(the_call(program, "jobs.fetch").arguments)["file"] == Attr(Ref(until.call.id), "file")


def test_a_read_that_says_the_same_is_one_read() -> None:
    def twice(number: int) -> Run:
        seen = call("orders.get", {"order_id": f"order-{number}"}, order_id=f"order-{number}")
        sent = call("orders.send", order_id=f"order-{number}")
        return run({"order_id": f"order-{number}"}, seen, *([seen] if number % 2 else []), sent)

    assert "Until" not in shape(program_of(*(twice(n) for n in range(1, 9))))


def test_a_call_that_is_made_for_each_row_is_no_retry() -> None:
    """The same team is told of each order: the same call, the same answer."""

    def told(number: int) -> Run:
        rows: list[JSON] = [{"order_id": f"order-{number}-{n}"} for n in range(2 + number % 3)]
        calls = [
            one
            for n in range(len(rows))
            for one in (
                call("orders.send", order_id=f"order-{number}-{n}"),
                call("teams.tell", team="north"),
            )
        ]
        return run({"list": f"list-{number}"}, call("orders.get", rows, order_id=f"list-{number}"), *calls)

    program = program_of(*(told(n) for n in range(1, 10)))
    assert "Until" not in shape(program)
    (loop,) = (node for node in walk(program.body) if isinstance(node, ForEach))
    assert [node.tool for node in loop.body if isinstance(node, CallTool)] == ["orders.send", "teams.tell"]


def test_results_that_do_not_tell_the_last_attempt_are_no_repetition() -> None:
    """Sent again for a reason that no result shows: what the runs did twice is not done until anything."""

    def sent(number: int, times: int) -> Run:
        id_ = f"order-{number}"
        return run({"order_id": id_}, *[call("orders.send", {"state": "sent"}, order_id=id_)] * times)

    program = program_of(*(sent(n, 1 if n < 6 else 2) for n in range(1, 9)))
    assert "Until" not in shape(program)
