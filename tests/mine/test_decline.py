"""Where the runs carry no program, the reason says so."""

from __future__ import annotations

import pytest

from compiler.errors import Declined
from compiler.ir.run import Run
from tests.mine.build import call, mined, run, unsolved


def reason(*runs: Run) -> str:
    """Say why these runs are declined."""
    with pytest.raises(Declined) as declined:
        mined(*runs)
    (why,) = declined.value.reasons
    return why


def close(number: int, request: str = "Close the ticket T-{}") -> Run:
    return run(request.format(number), call("tickets.close", ticket_id=f"T-{number}"))


def test_no_runs() -> None:
    assert reason() == "no successful run: none of 0 runs solved any of 0 tasks"


def test_no_successful_run() -> None:
    good = Run(run_id="x", request="x", calls=(), success=False)
    assert reason(unsolved(close(1)), good) == "no successful run: none of 2 runs solved any of 2 tasks"


def test_one_task_with_a_change() -> None:
    assert reason(close(1), unsolved(close(2))).startswith("1 of 2 tasks was solved by a change")


def test_many_runs_of_one_task() -> None:
    runs = [
        run("Close T-1", call("tickets.close", ticket_id="T-1"), task="one", name=str(n)) for n in range(9)
    ]
    assert reason(*runs).startswith("1 of 1 tasks was solved by a change")


def test_no_two_tasks_by_the_same_steps() -> None:
    other = run("Cancel O-1", call("orders.cancel", order_id="O-1"))
    assert reason(close(1), other) == (
        "2 of 2 tasks were solved by a change, no two by the same steps: nothing repeats"
    )


def test_runs_without_any_call() -> None:
    assert "solved by doing nothing" in reason(run("Hello"), run("Goodbye"))


def test_arguments_that_nothing_explains() -> None:
    runs = [run(f"Tidy up {what}", call("tickets.close", ticket_id=f"T-{n}")) for n, what in enumerate("ab")]
    assert reason(*runs) == "1 of 1 arguments are open decisions (tickets.close.ticket_id)"


def test_a_decision_that_nothing_looks_up() -> None:
    runs = [close(n, "Close the ticket T-{} if it is old") for n in (1, 2)]
    assert reason(*runs) == (
        "2 of 2 requests state a condition, and no step that the tasks share looks up what decides"
    )
