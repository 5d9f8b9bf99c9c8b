"""settle: bind every argument of a route, and leave out what contradicts the runs that did the work."""

from __future__ import annotations

from dataclasses import replace
from typing import final

from compiler.ir.expr import Attr, Ref
from compiler.mine.bind import best_supported, bind_tool, is_absence
from compiler.mine.binding import TOOL, Binding, Open, Same, Wired, is_verbatim
from compiler.mine.clean import Episode
from compiler.mine.sighting import Leaf, Sighting, sighted
from compiler.mine.spans import HOLE, HOLE_TIME
from compiler.mine.tabled import explain
from compiler.mine.trail import (
    Occurrence,
    Role,
    Route,
    Trail,
    argument_order,
    calls_in,
    keep_tasks,
    occurrences,
)

MIN_TASKS = 2
"""Tasks that must show a thing before it is taken for what the workload does."""


@final
class Seen:
    """What every trail of a route gave to every argument; each is looked at once."""

    def __init__(self) -> None:
        self._calls: dict[tuple[str, int], dict[str, list[Occurrence]]] = {}
        self._known: dict[tuple[str, Leaf, int], tuple[Sighting, ...]] = {}
        self._bound: dict[tuple[Leaf, tuple[tuple[str, int], ...]], Binding] = {}

    def calls(self, route: Route, role: str) -> tuple[Occurrence, ...]:
        """Give the calls of a role by the trails that a route has now."""
        return tuple(found for trail in _trails(route) for found in self._by(route, trail, role))

    def of(self, route: Route, leaf: Leaf) -> tuple[Sighting, ...]:
        """Give the sightings of an argument by the trails that a route has now."""
        found: list[Sighting] = []
        for trail in _trails(route):
            key = trail.episode.run.run_id, leaf, len(trail.visits)
            if key not in self._known:
                made = self._by(route, trail, leaf[0])
                self._known[key] = tuple(sighted(one, leaf[1]) for one in made)
            found.extend(self._known[key])
        return tuple(found)

    def bind(self, route: Route, leaf: Leaf) -> Binding:
        """Bind an argument on the trails that a route has now; once, as long as they stay the same."""
        key = leaf, tuple((trail.episode.run.run_id, len(trail.visits)) for trail in _trails(route))
        if key not in self._bound:
            self._bound[key] = explain(self.of(route, leaf))
        return self._bound[key]

    def _by(self, route: Route, trail: Trail, role: str) -> list[Occurrence]:
        # A trail that was cut makes fewer calls.
        key = trail.episode.run.run_id, len(trail.visits)
        if key not in self._calls:
            self._calls[key] = {}
            for id_, found in occurrences(trail, route.roles):
                self._calls[key].setdefault(id_, []).append(found)
        return self._calls[key].get(role, [])


def _trails(route: Route) -> tuple[Trail, ...]:
    return route.sighted


def settle(route: Route) -> tuple[Route, dict[Leaf, Binding]]:
    """Bind every argument of the route, on the trails that are left after the contradictions are out."""
    seen = Seen()
    route = _agree_on_reads(_cut_stops(route, seen) if route.writing or route.reading else route, seen)
    bindings: dict[Leaf, Binding] = {}
    for role in calls_in(route.roles):
        # In the order of the first run's arguments: a field is named after the first that it fills.
        for name in argument_order(route, role):
            bindings[role.id, name] = seen.bind(route, (role.id, name))
        tool = bind_tool(seen.calls(route, role.id)) if "|" in role.key[0] else None
        if tool is not None:
            bindings[role.id, TOOL] = tool
    # Only what every run comes by is in scope everywhere.
    shared = {role.id for role in route.roles if role.is_call}
    bindings = {leaf: _without_echoes(binding, bindings) for leaf, binding in bindings.items()}
    return route, {leaf: _repeats(leaf, binding, bindings, shared) for leaf, binding in bindings.items()}


def _without_echoes(binding: Binding, bindings: dict[Leaf, Binding]) -> Binding:
    """Leave out rivals that a call only says again, as the page that was asked for says which page it is.

    The call was given it from where another rival has it, so that the two are one source.
    """
    if not isinstance(binding, Wired) or len(binding.rivals) == 1:
        return binding
    # By repr: a constant may be a list, which has no hash.
    given: dict[str, set[str]] = {}
    for (role, _), other in bindings.items():
        if isinstance(other, Wired):
            given.setdefault(role, set()).update(map(repr, other.rivals))
    # A place in the request has no name yet, so that two of them look alike.
    named = {repr(rival) for rival in binding.rivals} - {repr(HOLE), repr(HOLE_TIME)}
    kept = tuple(
        rival
        for rival in binding.rivals
        if not (isinstance(rival, Attr) and isinstance(rival.base, Ref))
        or not (given.get(rival.base.id, set()) & (named - {repr(rival)}))
    )
    return replace(binding, rivals=kept)


def _repeats(leaf: Leaf, binding: Binding, bindings: dict[Leaf, Binding], shared: set[str]) -> Binding:
    """The first open argument that has the same value in every run, should there be one before this."""
    if not isinstance(binding, Open) or not binding.values:
        return binding
    for (role, name), earlier in bindings.items():
        if role == leaf[0]:
            break
        # Runs that stopped short may have given the earlier one only.
        if role in shared and isinstance(earlier, Open) and set(binding.values) <= set(earlier.values):
            return Same(role=role, name=name)
    return binding


def _cut_stops(route: Route, seen: Seen) -> Route:
    """Cut trails that stop short before the first call that they make otherwise than those that go on.

    A run that stopped may have done so for a wrong reason (an invented address finds nothing); its calls
    are evidence only as far as they are explained like those of the runs that did the work.
    """
    for place, role in enumerate(route.roles):
        for leaf in _leaves(role) if route.stopping or route.reading else ():
            route = _cut_at(route, seen, place, leaf)
    along = {trail.episode.run.task for trail in route.stopping}
    aside = (e for e in route.aside if e.run.task not in along and not _found_nothing(route, e))
    return replace(route, aside=tuple(aside))


def _leaves(role: Role) -> tuple[Leaf, ...]:
    """The arguments of a role, also of the calls inside it."""
    return tuple((call.id, name) for call in calls_in((role,)) for name in call.key[1])


def _found_nothing(route: Route, episode: Episode) -> bool:
    """Whether a run that stopped had just looked for what the others act on, in its own way, in vain."""
    last = episode.steps[-1] if episode.steps else None
    answers = [
        step.result
        for trail in route.writing
        for step in trail.steps
        if last is not None and step.family == last.family
    ]
    return last is not None and bool(answers) and is_absence(last.result, answers)


def _is_like(route: Route, alone: Wired, together: Binding) -> bool:
    """Whether an argument is explained for more trails as it was for those that write.

    What these took from the request as it stands, no unsuccessful run puts in other words.
    """
    texts = {trail.episode.run.run_id: str(trail.episode.run.request) for trail in route.sighted}
    if not isinstance(together, Wired):
        return False
    return not route.reading or not is_verbatim(alone, texts) or is_verbatim(together, texts)


def _cut_at(route: Route, seen: Seen, place: int, leaf: Leaf) -> Route:
    """Cut the trails that keep one argument from being explained like that of the writing trails."""
    bare = replace(route, stopping=() if route.writing else route.stopping, reading=())
    alone = seen.bind(bare, leaf)
    if not isinstance(alone, Wired) or _is_like(route, alone, seen.bind(route, leaf)):
        return route
    kept: list[Trail] = []
    aside = list(route.aside)
    for trail in route.stopping if route.writing else ():
        grown = replace(bare, stopping=(*kept, trail))
        if len(trail.visits) <= place or _is_like(route, alone, seen.bind(grown, leaf)):
            kept.append(trail)
        elif place:
            kept.append(replace(trail, visits=trail.visits[:place]))
        else:
            aside.append(trail.episode)
    grown = replace(bare, stopping=tuple(kept) if route.writing else route.stopping, aside=tuple(aside))
    for trail in route.reading:
        more = replace(grown, reading=(*grown.reading, trail))
        if len(trail.visits) <= place or _is_like(route, alone, seen.bind(more, leaf)):
            grown = more
        elif place:
            grown = replace(grown, reading=(*grown.reading, replace(trail, visits=trail.visits[:place])))
    return grown


def _agree_on_reads(route: Route, seen: Seen) -> Route:
    """Where tasks read by arguments that no one expression explains, keep the tasks that most agree with.

    Only for reads: a run may look things up in its own way, and be right all the same. What a task writes is
    never set aside.
    """
    for place, role in enumerate(route.roles):
        for leaf in _leaves(role) if role.effect == "read" else ():
            open_ = isinstance(seen.bind(route, leaf), Open)
            agreeing = best_supported(seen.of(route, leaf)) if open_ else frozenset()
            leading = {trail.episode.run.task for trail in route.writing or route.stopping}
            if len(agreeing & leading) >= max(MIN_TASKS, len(leading) / 2):
                route = keep_tasks(route, place, agreeing)
    return route
