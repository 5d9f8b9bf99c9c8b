"""enumerable: the three measures of whether a workload can be a program at all.

enumerability  of the calls of the solved runs, those that the shared steps stand for: in a run on the best
               supported route its steps, in any other run the steps of the opening that most runs share
containment    of the arguments of the best supported route, and of the choices of rows in its loops, those
               that the data explain in every task, so that nothing is left to ask
repetition     of the solved tasks, those on the best supported route; beside it, how many routes there are

Runs are counted as they are after cleaning: a failed attempt and a second look are no control flow. Where
no task writes, the routes are those of reads. Nothing solved: nothing of nothing, three times.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from compiler.ir.run import JSON, Workload
from compiler.mine.binding import Binding, Wired
from compiler.mine.clean import Episode, clean_runs, mark_refusals, without_last_looks
from compiler.mine.opening import find_opening
from compiler.mine.route import candidate_routes, checking_routes
from compiler.mine.settle import settle
from compiler.mine.sighting import Leaf
from compiler.mine.trail import Route, Trail, rows_in


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A part of a whole, counted."""

    part: int
    whole: int

    def to_json(self) -> dict[str, JSON]:
        """Give the counts, and their ratio (None of nothing)."""
        share = round(self.part / self.whole, 4) if self.whole else None
        return {"part": self.part, "whole": self.whole, "share": share}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """How far the control flow repeats, how much of it the data explain, and how often it comes."""

    enumerability: Share
    """Calls."""
    containment: Share
    """Arguments, and choices of rows."""
    repetition: Share
    """Tasks."""
    routes: int
    """How many different sequences of steps the solved tasks took."""

    def to_json(self) -> dict[str, JSON]:
        """Give what ``--json`` prints of them."""
        return {
            "enumerability": self.enumerability.to_json(),
            "containment": self.containment.to_json(),
            "repetition": self.repetition.to_json(),
            "routes": self.routes,
        }

    def words(self) -> str:
        """Put them into one line."""
        routes = f"{self.routes} route" if self.routes == 1 else f"{self.routes} routes"
        return (
            f"enumerability {_percent(self.enumerability)} of calls, "
            f"containment {_percent(self.containment)} of arguments and choices, "
            f"repetition {_percent(self.repetition)} of tasks over {routes}"
        )


def _percent(share: Share) -> str:
    ratio = f" ({share.part / share.whole:.0%})" if share.whole else ""
    return f"{share.part} of {share.whole}{ratio}"


def measure(workload: Workload) -> Measures:
    """Measure a workload as it was read."""
    workload = mark_refusals(workload)
    episodes = tuple(map(without_last_looks, clean_runs(workload.runs, workload.tools)))
    routes = candidate_routes(episodes) or checking_routes(episodes)
    calls = sum(len(episode.steps) for episode in episodes)
    solved = len({episode.run.task for episode in episodes})
    if not routes:
        nothing = Share(part=0, whole=0)
        return Measures(
            enumerability=Share(part=0, whole=calls),
            containment=nothing,
            repetition=Share(part=0, whole=solved),
            routes=0,
        )
    best = routes[0]
    settled, bindings = settle(best)
    on_route = (*best.writing, *best.stopping)
    return Measures(
        enumerability=Share(part=_shared_calls(on_route, episodes), whole=calls),
        containment=_containment(settled, bindings),
        repetition=Share(part=len({trail.episode.run.task for trail in on_route}), whole=solved),
        routes=len(routes),
    )


def _shared_calls(on_route: tuple[Trail, ...], episodes: tuple[Episode, ...]) -> int:
    """Count the calls that the shared steps stand for."""
    stood_for = dict(find_opening(episodes).shared)
    for trail in on_route:
        run = trail.episode.run.run_id
        stood_for[run] = max(stood_for.get(run, 0), len(trail.steps))
    return sum(stood_for.values())


def _containment(route: Route, bindings: dict[Leaf, Binding]) -> Share:
    """Count the arguments that are wired, and the loops that walk all of their list."""
    loops = [place for place, role in enumerate(route.roles) if role.walk is not None]
    whole_lists = sum(_walks_all(route, place) for place in loops)
    wired = sum(isinstance(binding, Wired) for binding in bindings.values())
    return Share(part=wired + whole_lists, whole=len(bindings) + len(loops))


def _walks_all(route: Route, place: int) -> bool:
    walk = route.roles[place].walk
    assert walk is not None
    trails = [trail for trail in (*route.writing, *route.stopping) if len(trail.visits) > place]
    walked = [sum(bool(inner.steps) for _, inner in trail.visits[place].inner) for trail in trails]
    return walked == [len(rows_in(trail, route.roles, walk)) for trail in trails]
