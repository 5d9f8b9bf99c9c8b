"""opening: the reads with which most runs of a workload begin, before they go their own ways.

Only the reads before a run's first write are looked at. Reads commute, so their order in a run does not
count; what decides the order here is the data flow: a read comes when all that its arguments need is known.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import final

from compiler.mine.bind import best_supported, bind
from compiler.mine.binding import Wired
from compiler.mine.clean import Episode, Step, canonical
from compiler.mine.route import lists_holding
from compiler.mine.samples import shape
from compiler.mine.sighting import Sighting, sighted
from compiler.mine.sources import scalar_key
from compiler.mine.spans import occurrences
from compiler.mine.trail import (
    Role,
    StepKey,
    Trail,
    Visit,
    Walk,
    inside_loop,
    role_id,
    row_value,
    rows_in,
)
from compiler.mine.trail import occurrences as calls_of

MIN_TASKS = 3
"""Tasks that must open alike: what two share may be chance, and what is cut off here cannot be checked."""

MIN_OPTION = 2
"""Tasks that must show another call in the place of the usual one."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One call in a stage: its role, the trails that made it, and where its arguments come from."""

    role: Role
    trails: tuple[Trail, ...]
    wired: tuple[tuple[str, Wired], ...]

    @property
    def tasks(self) -> frozenset[str]:
        """The tasks of its trails."""
        return tasks_of(self.trails)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One step of the opening: a call, a walk over a list, or one of several calls for one thing."""

    ways: tuple[Way, ...]

    @property
    def trails(self) -> tuple[Trail, ...]:
        """The trails that made the step, in whichever way."""
        return tuple(trail for way in self.ways for trail in way.trails)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """The stages in order, and how many calls of each run they stand for, by run id."""

    stages: tuple[Stage, ...]
    shared: tuple[tuple[str, int], ...]


def tasks_of(trails: Iterable[Trail]) -> frozenset[str]:
    """The tasks of some trails."""
    return frozenset(trail.episode.run.task for trail in trails)


def find_opening(episodes: tuple[Episode, ...]) -> Opening:
    """Find the longest opening in which every step was made by at least half of the runs.

    A step that half of the runs make saves at least as many calls as it adds. Where a call in another's
    place does not lead on to the same steps, it is no other way to one thing: then the usual call stands
    alone.
    """
    found = _grow(episodes, options=True)
    if _lead_on(found.stages):
        return found
    return _grow(episodes, options=False)


def _grow(episodes: tuple[Episode, ...], *, options: bool) -> Opening:
    """Add the best supported step that can be wired, until there is none."""
    trails = tuple(Trail(episode=episode, visits=()) for episode in episodes)
    shared: Counter[str] = Counter()
    stages: list[Stage] = []
    while True:
        stage = _next_stage(tuple(stages), trails, len(episodes), options=options)
        if stage is None:
            return Opening(stages=tuple(stages), shared=tuple(sorted(shared.items())))
        whole = {trail.episode.run.run_id: len(trail.visits[-1].steps) for trail in stage.trails}
        for trail in trails:
            run = trail.episode.run.run_id
            shared[run] += whole[run] if run in whole else _made_in_part(tuple(stages), stage, trail)
        stages.append(stage)
        trails = stage.trails


def _lead_on(stages: tuple[Stage, ...]) -> bool:
    """Whether all ways of every stage are seen to lead to the stage after it."""
    for stage, after in zip_longest(stages, stages[1:]):
        if len(stage.ways) == 1:
            continue
        on = after.trails if after is not None else ()
        runs = {trail.episode.run.run_id for trail in on}
        for way in stage.ways:
            going = [trail for trail in way.trails if trail.episode.run.run_id in runs]
            if len(tasks_of(going)) < MIN_OPTION:
                return False
    return True


def _next_stage(
    stages: tuple[Stage, ...], trails: tuple[Trail, ...], runs: int, *, options: bool
) -> Stage | None:
    """The step that most runs make next, of those whose arguments are known by now."""
    makers: dict[StepKey, list[Trail]] = defaultdict(list)
    for trail in trails:
        for key in dict.fromkeys(step.key for step in _left(trail)):
            makers[key].append(trail)
    ranked = sorted(makers, key=lambda key: (-len(makers[key]), key))
    ways: list[Way] = []
    for key in ranked:
        if len(tasks_of(makers[key])) < MIN_OPTION or (ways and not options):
            break
        taken = {trail.episode.run.run_id for way in ways for trail in way.trails}
        free = tuple(trail for trail in makers[key] if trail.episode.run.run_id not in taken)
        way = _way(stages, free, key)
        if way is None or (ways and not (options and _is_option(ways[0], way))):
            continue
        ways.append(way)
    # What needs the least of the request comes first, then what most tasks do: the harness tries them so.
    ways.sort(key=lambda way: (len(way.wired), -len(way.tasks), way.role.tool))
    stage = Stage(ways=tuple(ways))
    enough = 2 * len(stage.trails) >= runs and len(tasks_of(stage.trails)) >= MIN_TASKS
    return stage if enough else None


def _left(trail: Trail) -> Iterator[Step]:
    """The reads before the first write that no stage stands for yet."""
    made = {canonical([call.tool, call.arguments]) for call in trail.steps}
    for step in trail.episode.steps:
        if step.effect == "write":
            return
        if canonical([step.tool, step.arguments]) not in made:
            yield step


def _is_option(usual: Way, other: Way) -> bool:
    """Whether a call may stand in the place of the usual one: as it reads the request, and gives the like."""
    if usual.role.walk is not None or other.role.walk is not None or len(other.tasks) < MIN_OPTION:
        return False
    read = all(way.wired and all(_is_read(wired) for _, wired in way.wired) for way in (usual, other))
    given = [{shape(trail.visits[-1].result) for trail in way.trails} for way in (usual, other)]
    return read and other.role.tool != usual.role.tool and given[1] <= given[0]


def _is_read(wired: Wired) -> bool:
    """Whether the words of the requests give an argument."""
    return any(spans for _, spans in wired.spans)


def _way(stages: tuple[Stage, ...], trails: tuple[Trail, ...], key: StepKey) -> Way | None:
    """The call or the walk that trails make by one key; None where its arguments are not known by now."""
    calls = tuple(step for trail in trails for step in _left(trail) if step.key == key)
    if not calls:
        return None
    tools = Counter(step.tool for step in calls)
    role = Role(
        id=role_id(len(stages)),
        key=key,
        tool=min(tools, key=lambda tool: (-tools[tool], tool)),
        effect="read",
    )
    walk = _best_walk(stages, trails, role)
    if walk is not None:
        looping = replace(role, walk=walk, body=(role,))
        walked = _walked((*_roles(stages), looping), trails)
        return _bound(stages, looping, tuple(t for t in walked if t is not None))
    first = (next((s for s in _left(t) if s.key == key and s.tool == role.tool), None) for t in trails)
    made = tuple(
        replace(trail, visits=(*trail.visits, Visit(calls=(step,))))
        for trail, step in zip(trails, first, strict=True)
        if step is not None
    )
    return _bound(stages, role, made)


def _best_walk(stages: tuple[Stage, ...], trails: tuple[Trail, ...], role: Role) -> Walk | None:
    """The list that at least half of the trails walk to its end, and some over several rows."""
    support: Counter[Walk] = Counter()
    several: set[Walk] = set()
    for trail in trails:
        steps = [step for step in _left(trail) if step.key == role.key]
        for walk in {walk for step in steps for walk in _walks_through(trail, stages, step)}:
            rows = _rows(trail, _roles(stages), walk)
            called = {canonical(step.arguments[walk.argument]) for step in steps}
            if rows and set(rows) <= called:
                support[walk] += 1
                several |= {walk} if len(rows) > 1 else set()
    known = [walk for walk in support if walk in several and 2 * support[walk] >= len(trails)]
    return min(
        known, key=lambda w: (-support[w], len(w.source), w.source, w.keys, w.tail, w.argument), default=None
    )


def _walks_through(trail: Trail, stages: tuple[Stage, ...], step: Step) -> Iterator[Walk]:
    """The lists in earlier results that hold an argument of a call."""
    for argument, value in step.arguments.items():
        if isinstance(value, dict | list):
            continue
        for number, stage in enumerate(stages):
            if stage.ways[0].role.walk is None:
                given, wanted = trail.visits[number].calls[0], {scalar_key(value)}
                for keys, tail in lists_holding(given, wanted) if wanted <= given.leaves.keys() else ():
                    yield Walk(source=role_id(number), keys=keys, tail=tail, argument=argument)


def _roles(stages: tuple[Stage, ...]) -> tuple[Role, ...]:
    return tuple(stage.ways[0].role for stage in stages)


def _rows(trail: Trail, roles: tuple[Role, ...], walk: Walk) -> list[str]:
    """The values of a list's rows that a walk passes on, as canonical text."""
    return [canonical(row_value(row, walk.tail)) for row in rows_in(trail, roles, walk)]


def _walked(roles: tuple[Role, ...], trails: tuple[Trail, ...]) -> Iterator[Trail | None]:
    """Each trail with the walk of the last role, in the order of the list; None where it left out a row."""
    *_, role = roles
    assert role.walk is not None
    for trail in trails:
        calls = {
            canonical(step.arguments[role.walk.argument]): step
            for step in _left(trail)
            if step.key == role.key
        }
        rows = _rows(trail, roles, role.walk)
        inner = []
        for at, row in enumerate(rows_in(trail, roles, role.walk)):
            if rows[at] in calls and rows[at] not in rows[:at]:
                outer = inside_loop(trail, roles, len(trail.visits), row)
                visit = Visit(calls=(calls[rows[at]],))
                inner.append((at, Trail(episode=trail.episode, visits=(visit,), outer=outer)))
        if rows and all(row in calls for row in rows):
            yield replace(trail, visits=(*trail.visits, Visit(inner=tuple(inner))))
        else:
            yield None


def _made_in_part(before: tuple[Stage, ...], stage: Stage, trail: Trail) -> int:
    """How many rows of a walk a run read that left others out: the harness reads those in its place, too."""
    role = stage.ways[0].role
    if role.walk is None:
        return 0
    rows = set(_rows(trail, _roles(before), role.walk))
    steps = [step for step in _left(trail) if step.key == role.key]
    return len({canonical(step.arguments[role.walk.argument]) for step in steps} & rows)


def _bound(stages: tuple[Stage, ...], role: Role, trails: tuple[Trail, ...]) -> Way | None:
    """Wire every argument, on the trails of the tasks that most agree with; None where one stays open."""
    roles = (*_roles(stages), role)
    seen = {name: _seen(trails, roles, name) for name in role.key[1]}
    kept = tasks_of(trails)
    for sightings in seen.values():
        kept &= _agreeing(tuple(one for one in sightings if one.run.task in kept))
    trails = tuple(trail for trail in trails if trail.episode.run.task in kept)
    if not trails:
        return None
    wired: list[tuple[str, Wired]] = []
    # In the order of the first run's arguments: readers know them so.
    for name in trails[0].visits[-1].steps[0].arguments:
        binding = bind(tuple(one for one in seen[name] if one.run.task in kept))
        if not isinstance(binding, Wired):
            return None
        wired.append((name, binding))
    return Way(role=role, trails=trails, wired=tuple(wired))


def _seen(trails: tuple[Trail, ...], roles: tuple[Role, ...], name: str) -> tuple[Sighting, ...]:
    return tuple(
        sighted(made, name) for t in trails for id_, made in calls_of(t, roles) if id_ == roles[-1].id
    )


def _agreeing(seen: tuple[Sighting, ...]) -> frozenset[str]:
    """The tasks that one explanation of an argument holds for, if that is most of them; else none."""
    everyone = frozenset(sighting.run.task for sighting in seen)
    explained = tuple(sighting for sighting in seen if sighting.explained or _is_said(sighting))
    for kept in (everyone, frozenset(one.run.task for one in explained), best_supported(seen)):
        some = tuple(one for one in seen if one.run.task in kept)
        if some and 2 * len(kept) >= len(everyone) and isinstance(bind(some), Wired):
            return kept
    return frozenset()


def _is_said(sighting: Sighting) -> bool:
    """Whether the request holds a value, whatever its capitals."""
    text, value = sighting.run.request, sighting.value
    return isinstance(text, str) and isinstance(value, str) and any(occurrences(text, value))
