from __future__ import annotations

from compiler.ir.program import CallTool
from compiler.ir.run import JSON, Run
from tests.mine.build import call, mined, routes, run, shape, walk


def direct(number: int) -> Run:
    """Close the ticket that a search finds."""
    found: JSON = [{"ticket_id": f"T-{number}"}]
    return run(
        f"Close the ticket about case-{number}",
        call("tickets.find", found, query=f"case-{number}"),
        call("tickets.close", ticket_id=f"T-{number}"),
    )


def roundabout(number: int) -> Run:
    """Close the ticket that a person's record names."""
    return run(
        f"Close the ticket about case-{number}",
        call("people.find", {"ticket_id": f"T-{number}"}, name=f"case-{number}"),
        call("tickets.close", ticket_id=f"T-{number}"),
    )


def test_the_route_that_most_tasks_take_comes_first() -> None:
    found = routes(direct(1), roundabout(2), direct(3))
    assert [role.tool for role in found[0].roles] == ["tickets.find", "tickets.close"]


def test_tasks_that_take_another_route_are_named() -> None:
    program = mined(direct(1), roundabout(2), direct(3))
    assert shape(program)[0] == "tickets.find"
    assert program.tasks == 2
    assert "another route" in program.notes[0]


def test_runs_of_one_task_count_once() -> None:
    again = [
        run(
            "Close the ticket about case-1",
            call("people.find", {"ticket_id": "T-1"}, name="case-1"),
            call("tickets.close", ticket_id="T-1"),
            task="one",
            name=f"run {number}",
        )
        for number in range(5)
    ]
    assert routes(direct(2), direct(3), *again)[0].roles[0].tool == "tickets.find"


def test_a_task_that_stops_early_is_a_prefix() -> None:
    stopped = run("Close the ticket about case-9", call("tickets.find", [], query="case-9"))
    (trail,) = routes(direct(1), direct(2), stopped)[0].stopping
    assert [visit.calls[0].tool for visit in trail.visits] == ["tickets.find"]


def test_a_task_that_did_nothing_at_all_lies_aside() -> None:
    route = routes(direct(1), direct(2), run("Close the ticket about case-9"))[0]
    assert route.stopping == ()
    assert [episode.run.request for episode in route.aside] == ["Close the ticket about case-9"]


def test_a_stop_in_a_loop_counts_only_if_it_walks_the_same_list() -> None:
    def looked(number: int, *looked_at: str, write: bool) -> Run:
        rows: JSON = [{"ticket_id": f"T-{number}{letter}"} for letter in "ab"]
        calls = [
            call("tickets.find", rows, query=f"case-{number}"),
            *(call("tickets.get", {"text": "free"}, ticket_id=ticket) for ticket in looked_at),
            *([call("tickets.add", title=f"case-{number}")] if write else []),
        ]
        return run(f"Look into case-{number}", *calls)

    both = [looked(n, f"T-{n}a", f"T-{n}b", write=True) for n in (1, 2)]
    ends = (looked(3, "T-3a", "T-3b", write=False), looked(4, "T-9", write=False))
    along, astray = routes(*both, *ends)[0].stopping
    assert [len(visit.steps) for visit in along.visits] == [1, 2]
    assert [len(visit.calls) for visit in astray.visits] == [1]


def test_a_read_that_feeds_nothing_in_few_tasks_is_dropped() -> None:
    def aside(number: int) -> Run:
        one = direct(number)
        glance = call("orders.find", [{"order_id": "O-77"}], customer="Ann")
        return run(str(one.request), one.calls[0], glance, one.calls[1])

    program = mined(direct(1), direct(2), aside(3))
    assert program.tasks == 3
    assert "orders.find" not in shape(program)


def test_roles_are_calls_in_order() -> None:
    calls = [node for node in walk(mined(direct(1), direct(2)).body) if isinstance(node, CallTool)]
    assert [(node.id, node.effect) for node in calls] == [("s1", "read"), ("s2", "write")]
