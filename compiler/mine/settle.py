"""settle: bind every argument of a route, and leave out what contradicts the runs that did the work."""

from __future__ import annotations

from dataclasses import replace
from typing import final

from compiler.mine.bind import best_supported, bind, bind_tool, is_absence
from compiler.mine.binding import TOOL, Binding, Open, Same, Wired
from compiler.mine.clean import Episode
from compiler.mine.request import Leaf
from compiler.mine.route import Route, Trail, argument_order, keep_tasks
from compiler.mine.sighting import Sighting, scopes, sighted
from compiler.mine.sources import Bound

MIN_TASKS = 2
"""Tasks that must show a thing before it is taken for what the workload does."""


@final
class Seen:
    """What every trail of a route gave to every argument; each is looked at once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, Leaf], tuple[Sighting, ...]] = {}
        self._scopes: dict[str, tuple[tuple[Bound, ...], ...]] = {}
        self._bound: dict[tuple[Leaf, tuple[str, ...]], Binding] = {}

    def of(self, route: Route, leaf: Leaf) -> tuple[Sighting, ...]:
        """Give the sightings of an argument by the trails that a route has now."""
        found: list[Sighting] = []
        for trail in (*route.writing, *route.stopping):
            if len(trail.visits) <= leaf[0]:
                continue
            run, place = trail.episode.run.run_id, leaf[0]
            if len(self._scopes.get(run, ())) <= place:
                self._scopes[run] = tuple(scopes(trail, route.roles))
            key = run, leaf
            if key not in self._known:
                self._known[key] = sighted(trail, route.roles, leaf, self._scopes[run][place])
            found.extend(self._known[key])
        return tuple(found)

    def bind(self, route: Route, leaf: Leaf) -> Binding:
        """Bind an argument on the trails that a route has now; once, as long as they stay the same."""
        seen = self.of(route, leaf)
        key = leaf, tuple(sighting.run_id for sighting in seen)
        if key not in self._bound:
            self._bound[key] = bind(seen)
        return self._bound[key]


def settle(route: Route) -> tuple[Route, dict[Leaf, Binding]]:
    """Bind every argument of the route, on the trails that are left after the contradictions are out."""
    seen = Seen()
    route = _agree_on_reads(_cut_stops(route, seen) if route.writing else route, seen)
    bindings: dict[Leaf, Binding] = {}
    for place, role in enumerate(route.roles):
        # In the order of the first run's arguments: a field is named after the first that it fills.
        for name in argument_order(route, place):
            bindings[place, name] = seen.bind(route, (place, name))
        tool = bind_tool(route, place) if "|" in role.key[0] else None
        if tool is not None:
            bindings[place, TOOL] = tool
    return route, {leaf: _repeats(leaf, binding, bindings) for leaf, binding in bindings.items()}


def _repeats(leaf: Leaf, binding: Binding, bindings: dict[Leaf, Binding]) -> Binding:
    """The first open argument that has the same value in every run, should there be one before this."""
    if not isinstance(binding, Open) or not binding.values:
        return binding
    for (place, name), earlier in bindings.items():
        # Runs that stopped short may have given the earlier one only.
        if place >= leaf[0] or not isinstance(earlier, Open):
            continue
        if set(binding.values) <= set(earlier.values):
            return Same(place=place, name=name)
    return binding


def _cut_stops(route: Route, seen: Seen) -> Route:
    """Cut trails that stop short before the first call that they make otherwise than those that go on.

    A run that stopped may have done so for a wrong reason (an invented address finds nothing); its calls
    are evidence only as far as they are explained like those of the runs that did the work.
    """
    for place, role in enumerate(route.roles):
        for name in role.key[1] if route.stopping else ():
            route = _cut_at(route, seen, (place, name))
    along = {trail.episode.run.task for trail in route.stopping}
    aside = (e for e in route.aside if e.run.task not in along and not _found_nothing(route, e))
    return replace(route, aside=tuple(aside))


def _found_nothing(route: Route, episode: Episode) -> bool:
    """Whether a run that stopped had just looked for what the others act on, in its own way, in vain."""
    last = episode.steps[-1] if episode.steps else None
    answers = [
        visit.calls[0].result
        for trail in route.writing
        for visit in trail.visits
        if last is not None and visit.key[0] == last.family
    ]
    return last is not None and bool(answers) and is_absence(last.result, answers)


def _cut_at(route: Route, seen: Seen, leaf: Leaf) -> Route:
    """Cut the trails that keep one argument from being explained like that of the writing trails."""
    place = leaf[0]
    alone = seen.bind(replace(route, stopping=()), leaf)
    if not isinstance(alone, Wired) or isinstance(seen.bind(route, leaf), Wired):
        return route
    kept: list[Trail] = []
    aside = list(route.aside)
    for trail in route.stopping:
        grown = replace(route, stopping=(*kept, trail))
        if len(trail.visits) <= place or isinstance(bind(seen.of(grown, leaf)), Wired):
            kept.append(trail)
        elif place:
            kept.append(replace(trail, visits=trail.visits[:place]))
        else:
            aside.append(trail.episode)
    return replace(route, stopping=tuple(kept), aside=tuple(aside))


def _agree_on_reads(route: Route, seen: Seen) -> Route:
    """Where tasks read by arguments that no one expression explains, keep the tasks that most agree with.

    Only for reads: a run may look things up in its own way, and be right all the same. What a task writes is
    never set aside.
    """
    for place, role in enumerate(route.roles):
        for name in role.key[1] if role.effect == "read" else ():
            open_ = isinstance(seen.bind(route, (place, name)), Open)
            agreeing = best_supported(seen.of(route, (place, name))) if open_ else frozenset()
            leading = {trail.episode.run.task for trail in route.writing or route.stopping}
            if len(agreeing & leading) >= max(MIN_TASKS, len(leading) / 2):
                route = keep_tasks(route, place, agreeing)
    return route
