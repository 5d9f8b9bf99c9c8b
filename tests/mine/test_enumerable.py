"""The three measures of whether a workload can be a program."""

from __future__ import annotations

from compiler.ir.run import JSON, Run
from compiler.mine.enumerable import Measures, Share, measure
from tests.mine.build import call, failed, run, unsolved, workload


def close(number: int, *more: str) -> Run:
    """Close a ticket that the request names, after some lookups of other things."""
    looked = tuple(call("people.find", "Ann", name=name) for name in more)
    return run(
        f"Close T-{number}", *looked, call("tickets.close", ticket_id=f"T-{number}"), task=f"c{number}"
    )


def measured(*runs: Run) -> Measures:
    return measure(workload(*runs))


def test_one_route_that_the_data_explain_is_whole() -> None:
    found = measured(close(1), close(2), close(3))
    assert found.enumerability == Share(part=3, whole=3)
    assert found.containment == Share(part=1, whole=1)
    assert found.repetition == Share(part=3, whole=3)
    assert found.routes == 1


def test_what_runs_do_besides_is_not_enumerable() -> None:
    other = run(
        "Move it", call("orders.cancel", order_id="O-1"), call("orders.refund", order_id="O-1"), task="o"
    )
    found = measured(close(1), close(2), other)
    assert found.enumerability == Share(part=2, whole=4)
    assert found.repetition == Share(part=2, whole=3)
    assert found.routes == 2


def test_an_argument_that_nothing_explains_is_not_contained() -> None:
    runs = [
        run(f"Tidy {what}", call("tickets.assign", ticket_id=f"T-{n}", owner="Ann"), task=what)
        for n, what in enumerate("abc")
    ]
    assert measured(*runs).containment == Share(part=1, whole=2)


def test_rows_that_are_chosen_by_no_rule_are_not_contained() -> None:
    def some(number: int, *chosen: int) -> Run:
        rows: list[JSON] = [{"ticket_id": f"T-{number}{place}"} for place in range(3)]
        calls = (call("tickets.close", ticket_id=f"T-{number}{place}") for place in chosen)
        return run(f"Close some of q{number}", call("tickets.find", rows, query=f"q{number}"), *calls)

    assert measured(some(1, 0, 1), some(2, 1, 2)).containment == Share(part=2, whole=3)
    assert measured(some(1, 0, 1, 2), some(2, 0, 1, 2)).containment == Share(part=3, whole=3)


def test_the_shared_opening_of_other_runs_counts() -> None:
    def looked(number: int, tool: str) -> Run:
        name = f"Name{number}"
        return run(
            f"Ask {name}", call("people.find", "P-1", name=name), call(tool, day=f"x{number}"), task=name
        )

    scattered = [looked(n, t) for n, t in enumerate(("orders.cancel", "orders.refund", "parcels.send"))]
    assert measured(*scattered).enumerability.part >= 4


def test_failed_attempts_and_failed_runs_do_not_count() -> None:
    groping = run("Close T-4", failed("tickets.close", "boom", ticket_id="x"), *close(4).calls, task="c4")
    assert measured(close(1), groping, unsolved(close(9))) == measured(close(1), close(4))


def test_nothing_solved_is_nothing_of_nothing() -> None:
    found = measured(unsolved(close(1)))
    assert found.words() == (
        "enumerability 0 of 0 of calls, containment 0 of 0 of arguments and choices, "
        "repetition 0 of 0 of tasks over 0 routes"
    )
    assert found.to_json()["repetition"] == {"part": 0, "whole": 0, "share": None}


def test_the_measures_in_words() -> None:
    assert measured(close(1), close(2)).words() == (
        "enumerability 2 of 2 (100%) of calls, containment 1 of 1 (100%) of arguments and choices, "
        "repetition 2 of 2 (100%) of tasks over 1 route"
    )
