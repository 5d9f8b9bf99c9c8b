"""route: which calls the runs of a workload have in common, in which order, and where they repeat.

A route is the sequence of roles that most tasks show in at least one of their runs. Calls of one tool in a
row, whose argument walks a list that an earlier call gave, are one role: a loop.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from compiler.ir.run import JSON
from compiler.mine.clean import Episode, Step, canonical
from compiler.mine.sources import Bound, ScalarKey, scalar_key, walk
from compiler.mine.spans import read_stamp
from compiler.mine.trail import (
    Role,
    Route,
    StepKey,
    Trail,
    Visit,
    Walk,
    role_id,
    row_id,
    row_value,
    rows_in,
    scope_before,
)

Signature = tuple[StepKey, ...]
LONG_ENOUGH = 3


def by_task(episodes: Iterable[Episode]) -> dict[str, list[Episode]]:
    """Episodes of each task, in the order given."""
    groups: dict[str, list[Episode]] = defaultdict(list)
    for episode in episodes:
        groups[episode.run.task].append(episode)
    return dict(groups)


def fold(steps: tuple[Step, ...]) -> tuple[Visit, ...]:
    """Group calls of one tool in a row that walk a list of an earlier result.

    search; delete(row 1); delete(row 2)  ->  search; delete for each row
    """
    visits: list[Visit] = []
    position = 0
    while position < len(steps):
        end = position + 1
        while end < len(steps) and _alike(steps[end], steps[position]):
            end += 1
        # The longest stretch that one list explains; a lone call keeps every list that holds it.
        for stop in range(end, position, -1):
            group = steps[position:stop]
            walks = frozenset(_walks(group, visits))
            if walks or stop == position + 1:
                visits.append(Visit(calls=group, walks=walks))
                position = stop
                break
    return tuple(visits)


def _alike(one: Step, other: Step) -> bool:
    return (one.tool, one.key) == (other.tool, other.key)


def _walks(group: tuple[Step, ...], visits: list[Visit]) -> Iterator[Walk]:
    for argument in group[0].arguments:
        values = [call.arguments[argument] for call in group]
        keys = {canonical(value) for value in values}
        if len(keys) != len(values) or any(isinstance(value, dict | list) for value in values):
            continue
        wanted = {scalar_key(value) for value in values}
        for number, visit in enumerate(visits):
            if len(visit.calls) > 1 or not wanted <= visit.calls[0].leaves.keys():
                continue
            for path, tail in lists_holding(visit.calls[0], wanted):
                yield Walk(source=role_id(number), keys=path, tail=tail, argument=argument)


def lists_holding(step: Step, wanted: set[ScalarKey]) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Lists in a result (keys to it, keys inside its rows) whose rows hold each value, one row a value."""
    found: dict[tuple[tuple[str, ...], tuple[str, ...]], set[ScalarKey]] = defaultdict(set)
    for key in wanted:
        for path in step.leaves.get(key, ()):
            places = [place for place, part in enumerate(path) if isinstance(part, int)]
            if len(places) == 1:
                head = tuple(str(part) for part in path[: places[0]])
                tail = tuple(str(part) for part in path[places[0] + 1 :])
                found[head, tail].add(key)
    for place, held in found.items():
        if held == wanted:
            yield place


def signature(visits: Iterable[Visit]) -> Signature:
    """The keys of the visits: what makes two episodes take one route."""
    return tuple(visit.key for visit in visits)


def feeds_nothing(episode: Episode) -> frozenset[int]:
    """Positions of reads whose result no later argument repeats.

    A value that the request names is not credited to a result, and any other to its earliest source only:
    else every later search that shows it again would look alive.
    """
    steps = episode.steps
    said = episode.run.request if isinstance(episode.run.request, str) else canonical(episode.run.request)
    feeding: set[int] = set()
    for later, step in enumerate(steps):
        for _, leaf in walk(step.arguments):
            if leaf is None or isinstance(leaf, bool) or len(str(leaf)) < LONG_ENOUGH or str(leaf) in said:
                continue
            earlier = _first_holding(steps[:later], leaf)
            if earlier is not None:
                feeding.add(earlier)
    return frozenset(
        place for place, step in enumerate(steps) if step.effect == "read" and place not in feeding
    )


def _first_holding(steps: tuple[Step, ...], leaf: JSON) -> int | None:
    """The first result that holds an argument, or a moment of the same day, of which it is a shifted copy."""
    key = scalar_key(leaf)
    stamp = read_stamp(leaf) if isinstance(leaf, str) else None
    moves = stamp is not None and stamp.clock is not None
    for place, step in enumerate(steps):
        if key in step.leaves:
            return place
        held = (read_stamp(value) for _, value in step.leaves if isinstance(value, str)) if moves else ()
        if stamp and any(other is not None and other.clock and other.day == stamp.day for other in held):
            return place
    return None


def drop_dead(episodes: tuple[Episode, ...]) -> tuple[tuple[Episode, tuple[Step, ...]], ...]:
    """Drop reads that feed nothing, but keep those that most writing tasks make.

    They hide a guard, or what they feed is computed and shows in some tasks only.
    """
    dead = [feeds_nothing(episode) for episode in episodes]
    tasks = {episode.run.task for episode in episodes}
    made: dict[StepKey, set[str]] = defaultdict(set)
    for episode in episodes:
        for step in episode.steps:
            made[step.key].add(episode.run.task)
    checks = {key for key, who in made.items() if 2 * len(who) >= len(tasks)}
    return tuple(
        (
            episode,
            tuple(
                step for place, step in enumerate(episode.steps) if place not in places or step.key in checks
            ),
        )
        for episode, places in zip(episodes, dead, strict=True)
    )


def candidate_routes(episodes: tuple[Episode, ...], unsolved: tuple[Episode, ...] = ()) -> list[Route]:
    """Routes that writing tasks take, the best supported first; ``unsolved`` runs show how these read."""
    writing = tuple(episode for episode in episodes if episode.writes)
    stopping = tuple(episode for episode in episodes if not episode.writes)
    wrote = {episode.run.task for episode in writing}
    trails: dict[Signature, list[Trail]] = defaultdict(list)
    for episode, steps in drop_dead(writing):
        visits = fold(steps)
        trails[signature(visits)].append(Trail(episode=episode, visits=visits))
    ranked = sorted(trails, key=lambda key: (-_tasks(trails[key]), len(key), key))
    routes = []
    for key in ranked:
        walking = _walking_one_list(trails[key])
        taken = {trail.episode.run.task for trail in walking}
        roles = _roles(key, walking)
        partial = {role.id for role in roles if any(_skips(trail, roles, role) for trail in walking)}
        idle = [e for e in stopping if e.run.task not in wrote]
        stops = tuple(trail for e in idle if (trail := _prefix(e, roles)) is not None)
        along = {trail.episode.run.task for trail in stops}
        # Of a task that was solved, what an unsuccessful run did otherwise is known to be worse.
        failed = [e for e in unsolved if e.run.task not in taken | along]
        reading = tuple(trail for e in failed if (trail := _prefix(e, roles)) is not None)
        routes.append(
            Route(
                roles=tuple(_with_body(role, partial) for role in roles),
                writing=tuple(_iterated(trail, roles, partial) for trail in walking),
                stopping=tuple(_iterated(trail, roles, partial) for trail in stops),
                elsewhere=tuple(sorted(wrote - taken)),
                other_writes=tuple(
                    sorted({*_other_writes(writing, taken, roles), *(_task_set(trails[key]) - taken)})
                ),
                idle=_idle(walking),
                aside=tuple(episode for episode in idle if episode.run.task not in along),
                reading=tuple(_iterated(trail, roles, partial) for trail in reading),
            )
        )
    return routes


def checking_routes(episodes: tuple[Episode, ...], unsolved: tuple[Episode, ...] = ()) -> list[Route]:
    """Routes of reads that tasks were solved by, where nothing had to be changed, the best supported first.

    ``unsolved`` are runs of tasks that nobody solved, which show how these read.
    """
    trails: dict[Signature, list[Trail]] = defaultdict(list)
    for episode in episodes:
        if episode.steps and not episode.writes:
            visits = tuple(Visit(calls=(step,)) for step in episode.steps)
            trails[signature(visits)].append(Trail(episode=episode, visits=visits))
    ranked = sorted(trails, key=lambda key: (-_tasks(trails[key]), len(key), key))
    solved = {episode.run.task for episode in episodes}
    failed = [episode for episode in unsolved if episode.run.task not in solved]
    routes = []
    for key in ranked:
        roles = _roles(key, trails[key])
        routes.append(
            Route(
                roles=roles,
                writing=(),
                stopping=tuple(trails[key]),
                elsewhere=tuple(sorted(solved - {trail.episode.run.task for trail in trails[key]})),
                reading=tuple(trail for e in failed if (trail := _prefix(e, roles)) is not None),
            )
        )
    return routes


def _other_writes(writing: tuple[Episode, ...], taken: set[str], roles: tuple[Role, ...]) -> tuple[str, ...]:
    """Tasks off the route that no run of theirs solved with the route's own writing tools."""
    ours = {role.tool for role in roles if role.effect == "write"}
    same = {e.run.task for e in writing if {step.tool for step in e.writes} == ours}
    return tuple(sorted({e.run.task for e in writing} - taken - same))


def _idle(trails: list[Trail]) -> tuple[str, ...]:
    """Tasks whose every run on the route read something before its first write that the route leaves out."""
    made: dict[str, set[bool]] = defaultdict(set)
    for trail in trails:
        kept = {canonical([call.tool, call.arguments]) for visit in trail.visits for call in visit.calls}
        steps = trail.episode.steps
        first = next(n for n, step in enumerate(steps) if step.effect == "write")
        left = [step for step in steps[:first] if canonical([step.tool, step.arguments]) not in kept]
        made[trail.episode.run.task].add(bool(left))
    return tuple(sorted(task for task, kinds in made.items() if kinds == {True}))


def _walking_one_list(trails: list[Trail]) -> list[Trail]:
    """Keep the trails that walk, in each of their loops, the list that most tasks walk there."""
    for place in range(len(trails[0].visits)):
        if all(len(trail.visits[place].calls) == 1 for trail in trails):
            continue
        walks: dict[Walk, set[str]] = defaultdict(set)
        for trail in trails:
            for one in trail.visits[place].walks:
                walks[one].add(trail.episode.run.task)
        best = min(walks, key=lambda w: (-len(walks[w]), *_nearest_start(w)))
        trails = [trail for trail in trails if best in trail.visits[place].walks]
    return trails


def _nearest_start(walk_: Walk) -> tuple[int, str, tuple[str, ...], tuple[str, ...], str]:
    """Order walks by where their list was given, the earliest first."""
    return len(walk_.source), walk_.source, walk_.keys, walk_.tail, walk_.argument


def _task_set(trails: list[Trail]) -> set[str]:
    return {trail.episode.run.task for trail in trails}


def _tasks(trails: list[Trail]) -> int:
    return len(_task_set(trails))


def _roles(key: Signature, trails: list[Trail]) -> tuple[Role, ...]:
    roles = []
    for place, step_key in enumerate(key):
        visits = [trail.visits[place] for trail in trails]
        common = frozenset.intersection(*(visit.walks for visit in visits))
        loops = any(len(visit.calls) > 1 for visit in visits)
        chosen = min(common, key=_nearest_start, default=None) if loops else None
        tools = Counter(visit.calls[0].tool for visit in visits)
        roles.append(
            Role(
                id=f"s{place + 1}",
                key=step_key,
                tool=min(tools, key=lambda tool: (-tools[tool], tool)),
                effect=visits[0].calls[0].effect,
                walk=chosen,
            )
        )
    return tuple(roles)


def _skips(trail: Trail, roles: tuple[Role, ...], role: Role) -> bool:
    """Whether a loop leaves rows of its list alone in one trail."""
    if role.walk is None:
        return False
    made = trail.visits[roles.index(role)].calls
    return len(made) < len(rows_in(trail, roles, role.walk))


def _with_body(role: Role, partial: set[str]) -> Role:
    """A loop with the one call that it makes for each row as its body; for some rows, as a way to take."""
    if role.walk is None:
        return role
    call = replace(role, walk=None)
    body = replace(role, id=f"fork_{role.id}", walk=None, arms=((call,), ())) if role.id in partial else call
    return replace(role, body=(body,))


def _iterated(trail: Trail, roles: tuple[Role, ...], partial: set[str]) -> Trail:
    """The trail with the calls of each loop as iterations, each with the row that its argument names."""
    visits: list[Visit] = []
    for place, visit in enumerate(trail.visits):
        so_far = replace(trail, visits=tuple(visits))
        if roles[place].walk is not None:
            inner = _iterations(so_far, visit, roles, place, forks=roles[place].id in partial)
            visits.append(Visit(walks=visit.walks, inner=tuple(inner)))
        else:
            visits.append(visit)
    return replace(trail, visits=tuple(visits))


def _iterations(
    trail: Trail, visit: Visit, roles: tuple[Role, ...], place: int, *, forks: bool
) -> Iterator[tuple[int, Trail]]:
    walk_ = roles[place].walk
    assert walk_ is not None
    made = {canonical(step.arguments[walk_.argument]): step for step in visit.calls}
    before = scope_before(trail, roles, place)
    for at, row in enumerate(rows_in(trail, roles, walk_)):
        outer = (*before, Bound(id=row_id(roles[place]), value=row))
        step = made.pop(canonical(row_value(row, walk_.tail)), None)
        once = Trail(
            episode=trail.episode, visits=(Visit(calls=(step,)),) if step is not None else (), outer=outer
        )
        if forks:
            taken = Visit(inner=((0 if step is not None else 1, once),))
            yield at, Trail(episode=trail.episode, visits=(taken,), outer=outer)
        elif step is not None:
            yield at, once


def _prefix(episode: Episode, roles: tuple[Role, ...]) -> Trail | None:
    """How far an episode that wrote nothing came along a route; None where it made no call of it."""
    visits: list[Visit] = []
    steps, at = episode.steps, 0
    for role in roles:
        at = next((place for place in range(at, len(steps)) if steps[place].key == role.key), len(steps))
        end = at + 1
        while role.walk is not None and end < len(steps) and _alike(steps[end], steps[at]):
            end += 1
        group = steps[at:end]
        # Calls that do not walk the list of the loop are no part of it.
        if not group or (role.walk is not None and role.walk not in _walks(group, visits)):
            break
        visits.append(Visit(calls=group))
        at = end
    return Trail(episode=episode, visits=tuple(visits)) if visits else None
