"""nest: folded episodes -> one route with loops and forks, and every episode's trail along it.

At each level (the route, the body of a loop) the sequences of labels give the block structure; what few
tasks show is left out, with the whole episode, before any cut.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import compress, count
from math import ceil
from typing import Any, final

from compiler.mine.absence import missing
from compiler.mine.accidents import Damage, accidents, known_damage
from compiler.mine.blocks import Chain, Choice, Leaf, Tree, find_blocks, labels_of, without_rare
from compiler.mine.clean import Episode, Step
from compiler.mine.idle import FLOOR_TASKS, without_idle_reads
from compiler.mine.iterate import Item, fold_all
from compiler.mine.lone import MIN_SIDE
from compiler.mine.repeat import repeated_kinds, uses
from compiler.mine.sources import Bound
from compiler.mine.strands import Strand, labelled, needs_of
from compiler.mine.trail import (
    REQUEST,
    Role,
    Route,
    Trail,
    Visit,
    Walk,
    calls_in,
    results_of,
    role_id,
    roles_in,
    rows_of,
)

FLOOR_SHARE = 0.02
"""What a smaller share of the tasks shows, or fewer than FLOOR_TASKS of them, is not generalised."""

MANY_TASKS = 20
"""With fewer, one that was solved in another way is a decision that is not understood, not an accident."""


class _RareError(Exception):
    """Some runs do at some level what few tasks do."""

    def __init__(self, runs: set[str]) -> None:
        self.runs = runs


@final
@dataclass(slots=True)
class _Numbers:
    """What the next call and the next loop are called; and whether a loop may end before its list does."""

    calls: Iterator[int] = field(default_factory=count)
    loops: Iterator[int] = field(default_factory=lambda: count(1))
    damage: Damage = field(default_factory=Damage)
    searches: bool = False


def nested_route(episodes: tuple[Episode, ...]) -> tuple[Route | None, frozenset[str]]:
    """The route with loops and forks that the episodes share; None where they share none.

    Beside it the runs that are set aside because they are damaged.
    """
    return _nested(episodes, searches=False)


def searching_route(episodes: tuple[Episode, ...]) -> Route | None:
    """The route of which loops end at the element that they look for; None where no loop does."""
    route, _ = _nested(episodes, searches=True)
    return route if route is not None and any(role.leaves for role in roles_in(route.roles)) else None


def _nested(episodes: tuple[Episode, ...], *, searches: bool) -> tuple[Route | None, frozenset[str]]:
    repeats = repeated_kinds(episodes)
    damage = known_damage(episodes, repeats)
    whole = tuple(episode for episode in episodes if episode.run.run_id not in damage.runs)
    kept = without_idle_reads(whole, repeats)
    folded = fold_all(kept, repeats, searches=searches)
    while kept:
        strands = [Strand(episode=e, items=folded[e.run.run_id]) for e in kept]
        try:
            roles, trails = _level(strands, _Numbers(damage=damage, searches=searches))
        except _RareError as rare:
            kept = tuple(e for e in kept if e.run.run_id not in rare.runs)
        else:
            known = tuple(episode for episode in episodes if episode.run.run_id not in damage.runs)
            return _route(roles, trails, known) if roles else None, frozenset(damage.runs)
    return None, frozenset(damage.runs)


def _route(roles: tuple[Role, ...], trails: list[Trail], episodes: tuple[Episode, ...]) -> Route:
    """The route, with what comes last and may be left out as the end where some tasks stop."""
    while roles and len(roles[-1].arms) > 1 and roles[-1].arms[1:] == ((),):
        roles, trails = _opened(roles, trails)
    along = {trail.episode.run.task for trail in trails}
    wrote = {episode.run.task for episode in episodes if episode.writes}
    through = [bool(trail.episode.writes) and len(trail.visits) == len(roles) for trail in trails]
    writing = tuple(compress(trails, through))
    idle = [episode for episode in episodes if not episode.writes and episode.run.task not in wrote]
    solved = wrote if writing else {episode.run.task for episode in idle}
    return Route(
        roles=roles,
        writing=writing,
        stopping=tuple(trail for trail, passed in zip(trails, through, strict=True) if not passed),
        elsewhere=tuple(sorted(solved - along)),
        other_writes=_other_writes(trails, [e for e in episodes if e.run.task not in along]),
        aside=tuple(episode for episode in idle if episode.run.task not in along),
    )


def _other_writes(trails: list[Trail], left_out: list[Episode]) -> tuple[str, ...]:
    """Tasks that were left out, and wrote by other tools than any that the route calls in their stead.

    Of many tasks a few may be damaged, each in its own way; a way to go is shown by several. No damage makes
    calls of a tool that nobody else calls: to write, or to find what is written.
    """
    known = {frozenset(step.tool for step in trail.episode.writes) for trail in trails}
    called = {step.tool for trail in trails for step in trail.episode.steps}
    ways: dict[frozenset[str], set[str]] = defaultdict(set)
    for episode in left_out:
        wrote = frozenset(step.tool for step in episode.writes)
        if wrote and wrote not in known:
            ways[wrote].add(episode.run.task)
    tasks = len({trail.episode.run.task for trail in trails})
    enough = 1 if tasks < MANY_TASKS else max(FLOOR_TASKS, ceil(FLOOR_SHARE * tasks))
    shown = {task for who in ways.values() if len(who) >= enough for task in who}
    return tuple(sorted(shown | {e.run.task for e in left_out if _is_own_way(e, called)}))


def _is_own_way(episode: Episode, called: set[str]) -> bool:
    """Whether a run used tools of its own, and for something."""
    return any(
        step.effect == "write" or any(uses(later, (step,)) for later in episode.steps[place:])
        for place, step in enumerate(episode.steps, 1)
        if step.tool not in called
    )


def _after(trail: Trail, place: int) -> tuple[Step, ...]:
    return tuple(step for visit in trail.visits[place:] for step in visit.steps)


def _opened(roles: tuple[Role, ...], trails: list[Trail]) -> tuple[tuple[Role, ...], list[Trail]]:
    """Go on after the last fork with what its one arm holds; it is left as the gate where runs end.

    A run that ends because its last call found nothing does not come to the gate.
    """
    *before, gate = roles
    place, arm = len(before), gate.arms[0]
    going = [trail for trail in trails if len(trail.visits) > place and trail.visits[place].inner[0][0] == 0]
    found = [(trail.visits[place - 1].result, _after(trail, place)) for trail in going]
    looks = bool(place) and before[-1].is_call
    opened: list[Trail] = []
    gated = False
    for trail in trails:
        cut = replace(trail, visits=trail.visits[:place])
        if len(trail.visits) <= place or (
            looks and trail.visits[place].inner[0][0] and missing(cut.visits[-1].result, found) is not None
        ):
            opened.append(cut)
            continue
        number, inner = trail.visits[place].inner[0]
        gated = gated or number == 1
        passed = Visit(inner=((number, replace(inner, visits=())),))
        opened.append(replace(cut, visits=(*cut.visits, passed, *inner.visits)))
    if gated:
        return (*before, replace(gate, arms=((), ()), ends=True), *arm), opened
    ungated = [replace(t, visits=(*t.visits[:place], *t.visits[place + 1 :])) for t in opened]
    return (*before, *arm), ungated


def _level(
    strands: list[Strand], numbers: _Numbers, leaving: frozenset[str] = frozenset()
) -> tuple[tuple[Role, ...], list[Trail]]:
    """The roles of one level, and the trail of every strand; what is labelled ``leaving`` ends a walk.

    Raises:
        _RareError: Some of the strands are not like enough others.
    """
    told = labelled(strands)
    damaged = accidents(told, numbers.damage)
    if damaged:
        raise _RareError(damaged)
    tasks: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for strand in told:
        tasks[strand.labels].add(strand.episode.run.task)
    floor = max(FLOOR_TASKS, ceil(FLOOR_SHARE * len(set().union(*tasks.values()))))
    tree, known = find_blocks(
        without_rare({labels: len(who) for labels, who in tasks.items()}, floor), needs_of(told)
    )
    rare = {strand.episode.run.run_id for strand in told if strand.labels not in known}
    if rare:
        raise _RareError(rare)
    return _follow(tree, told, numbers, leaving)


def _follow(
    tree: Tree, strands: list[Strand], numbers: _Numbers, leaving: frozenset[str]
) -> tuple[tuple[Role, ...], list[Trail]]:
    """Give every part of a tree a role, and every strand its visits."""
    trails = [Trail(episode=strand.episode, visits=(), outer=strand.outer) for strand in strands]
    here = strands
    roles: tuple[Role, ...] = ()
    for part in tree.parts if isinstance(tree, Chain) else (tree,):
        if isinstance(part, Leaf):
            items = [_item(strand, part.label) for strand in here]
            calls = items[0].step is not None
            failed = calls and any(item.failed for item in items)
            if failed:
                role, visits = _repeated(items, here, numbers)
            else:
                role, visits = _call(items, numbers) if calls else _loop(items, here, numbers)
        else:
            role, visits = _fork(part.arms if isinstance(part, Choice) else (), here, numbers, leaving)
        roles = (*roles, role)
        trails = [
            replace(trail, visits=(*trail.visits, visit)) for trail, visit in zip(trails, visits, strict=True)
        ]
        here = [
            replace(strand, outer=(*strand.outer, *results_of(role, visit)))
            for strand, visit in zip(here, visits, strict=True)
        ]
    return roles, trails


def _item(strand: Strand, label: str) -> Item:
    return next(item for item in strand.items if item.label == label)


def _call(items: list[Item], numbers: _Numbers) -> tuple[Role, list[Visit]]:
    steps = [item.step for item in items if item.step is not None]
    tools = Counter(step.tool for step in steps)
    role = Role(
        id=role_id(next(numbers.calls)),
        key=steps[0].key,
        tool=min(tools, key=lambda tool: (-tools[tool], tool)),
        effect=steps[0].effect,
    )
    return role, [Visit(calls=(step,)) for step in steps]


def _repeated(items: list[Item], strands: list[Strand], numbers: _Numbers) -> tuple[Role, list[Visit]]:
    """A call that is repeated: what is done after a failed attempt is a level of its own, with its result."""
    role, visits = _call(items, numbers)
    bodies = [
        Strand(
            episode=strand.episode,
            items=inner,
            outer=(*strand.outer, Bound(id=role.id, value=step.result, known=step.leaves)),
        )
        for item, strand in zip(items, strands, strict=True)
        for step, inner in item.failed
    ]
    body, trails = _level(bodies, numbers)
    left = iter(trails)
    return replace(role, repeats=True, body=body), [
        Visit(
            calls=(*(step for step, _ in item.failed), *visit.calls),
            inner=tuple((number, next(left)) for number, _ in enumerate(item.failed)),
        )
        for item, visit in zip(items, visits, strict=True)
    ]


def _fork(
    arms: tuple[Tree, ...], strands: list[Strand], numbers: _Numbers, leaving: frozenset[str]
) -> tuple[Role, list[Visit]]:
    """A fork: every strand takes the arm of which it has a label, else the empty one."""
    taken = [_arm(arms, strand) for strand in strands]
    visits = [Visit()] * len(strands)
    bodies: list[tuple[Role, ...]] = []
    for number, arm in enumerate(arms):
        places = [place for place, took in enumerate(taken) if took == number]
        body, inner = _follow(arm, [strands[place] for place in places], numbers, leaving)
        bodies.append(body)
        for place, trail in zip(places, inner, strict=True):
            visits[place] = Visit(inner=((number, trail),))
    lead = next(body[0] for body in bodies if body)
    inside = tuple(role for body in bodies for role in body)
    leaves = tuple(number for number, arm in enumerate(arms) if leaving & _own_labels(arm))
    return _around(f"fork_{lead.id}", inside, arms=tuple(bodies), leaves=leaves), visits


def _own_labels(arm: Tree) -> frozenset[str]:
    """The labels in an arm that are no choice in it."""
    parts = arm.parts if isinstance(arm, Chain) else (arm,)
    return frozenset(part.label for part in parts if isinstance(part, Leaf))


def _around(id_: str, roles: tuple[Role, ...], **kind: Any) -> Role:
    """A loop or a fork, which is called after the first call inside, and writes if any does."""
    first = next(calls_in(roles))
    writes = any(role.effect == "write" for role in roles)
    return Role(id=id_, key=first.key, tool=first.tool, effect="write" if writes else "read", **kind)


def _arm(arms: tuple[Tree, ...], strand: Strand) -> int:
    own = [number for number, arm in enumerate(arms) if labels_of(arm).intersection(strand.labels)]
    return own[0] if own else arms.index(Chain())


def _loop(items: list[Item], strands: list[Strand], numbers: _Numbers) -> tuple[Role, list[Visit]]:
    """A loop: its body is a level of its own, with a strand for every row, also those left alone.

    Raises:
        _RareError: Some runs walk a list that few do.
    """
    id_ = f"each{next(numbers.loops)}"
    sources = [_giver(item, strand) for item, strand in zip(items, strands, strict=True)]
    source, _ = Counter(filter(None, sources)).most_common(1)[0]
    rare = {
        s.episode.run.run_id for s, given in zip(strands, sources, strict=True) if given not in ("", source)
    }
    if rare:
        raise _RareError(rare)
    driver = next(item.driver for item in items if item.driver is not None)
    over = Walk(source=source, keys=items[0].keys, tail=driver.tail, argument=driver.argument)
    bodies: list[Strand] = []
    owners: list[tuple[int, int]] = []
    for number, (item, strand) in enumerate(zip(items, strands, strict=True)):
        made = dict(item.iterations)
        for at, row in enumerate(rows_of(over, strand.outer, strand.episode)):
            inside = (*strand.outer, Bound(id=f"{id_}_row", value=row))
            bodies.append(Strand(episode=strand.episode, items=made.get(at, ()), outer=inside))
            owners.append((number, at))
    if not any(strand.items for strand in bodies):
        raise _RareError({strand.episode.run.run_id for strand in strands})
    lengths = Counter(number for number, _ in owners)
    leaving = _leaving(bodies, owners, lengths) if numbers.searches else frozenset[str]()
    if leaving:
        bodies, owners = _up_to(leaving, bodies, owners)
    body, trails = _level(bodies, numbers, leaving)
    inner: list[list[tuple[int, Trail]]] = [[] for _ in items]
    for (number, at), trail in zip(owners, trails, strict=True):
        inner[number].append((at, trail))
    return _around(id_, body, walk=over, body=body), [Visit(inner=tuple(made)) for made in inner]


def _leaving(
    bodies: list[Strand], owners: list[tuple[int, int]], lengths: Mapping[int, int]
) -> frozenset[str]:
    """The labels of what is done last in a walk whenever it is done, with elements left in several tasks."""
    last = {number: at for (number, at), strand in zip(owners, bodies, strict=True) if strand.items}
    ends: dict[str, bool] = {}
    short: dict[str, set[str]] = defaultdict(set)
    for (number, at), strand in zip(owners, labelled(bodies), strict=True):
        for label in strand.labels:
            ends[label] = ends.get(label, True) and at == last.get(number)
            if at + 1 < lengths[number]:
                short[label].add(strand.episode.run.task)
    found = frozenset(label for label, always in ends.items() if always and len(short[label]) >= MIN_SIDE)
    # What is done with every element is no reason to end.
    _, left = _up_to(found, bodies, owners)
    having = sum(bool(found.intersection(strand.labels)) for strand in labelled(bodies))
    return found if having < len(left) else frozenset()


def _up_to(
    leaving: frozenset[str], bodies: list[Strand], owners: list[tuple[int, int]]
) -> tuple[list[Strand], list[tuple[int, int]]]:
    """The iterations up to the one that ends each walk."""
    ended = {
        number: at
        for (number, at), strand in zip(owners, labelled(bodies), strict=True)
        if leaving.intersection(strand.labels)
    }
    kept = [
        (strand, owner)
        for strand, owner in zip(bodies, owners, strict=True)
        if owner[1] <= ended.get(owner[0], owner[1])
    ]
    return [strand for strand, _ in kept], [owner for _, owner in kept]


def _giver(item: Item, strand: Strand) -> str:
    """The id of what gave the list that a loop walks; empty where it walks none."""
    if not item.iterations:
        return ""
    held = [source.id for source in strand.outer if source.value is item.source]
    return held[0] if held else REQUEST
