"""branch: what shows that a route takes a decision, also where no run shows the other side of it."""

from __future__ import annotations

from compiler.ir.run import JSON
from compiler.mine.trail import Route
from compiler.runtime.stated import CONDITION


def is_conditional(request: str | dict[str, JSON]) -> bool:
    """Whether a request says in words that what it asks for depends on something."""
    return isinstance(request, str) and CONDITION.search(request) is not None


def hidden_decision(route: Route, unused: tuple[str, ...]) -> str | None:
    """Why a route that always writes must be taken to hide a decision; None where nothing says so.

    A read that feeds nothing is the fingerprint of a guard. So is a task that was solved by doing nothing,
    or by other writes; and a condition that the request states while no step depends on it.
    """
    tasks = {trail.episode.run.task for trail in route.writing}
    idle = set(route.idle) & tasks
    conditional = {t.episode.run.task for t in route.writing if is_conditional(t.episode.run.request)}
    if unused:
        return "most tasks read something here that only a decision can use"
    if 2 * len(idle) >= len(tasks):
        return f"{len(idle)} of {len(tasks)} tasks read something else first, which only a decision can use"
    if route.aside:
        solved = _were_solved(len({episode.run.task for episode in route.aside}))
        return f"{solved} by doing nothing, for no reason that the steps show"
    if route.other_writes:
        return f"{_were_solved(len(route.other_writes))} by other changes"
    if conditional:
        return f"{len(conditional)} of {len(tasks)} requests state a condition"
    return None


def _were_solved(tasks: int) -> str:
    return "1 task was solved" if tasks == 1 else f"{tasks} tasks were solved"
