"""trail: what the runs of a workload have in common, as values: a route of roles, and the trails along it.

Roles nest: the body of a loop and the arms of a fork are roles again. A trail is one episode along such a
sequence, so that every stage treats what happens inside a loop like what happens outside.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import final

from compiler.ir.expr import Attr, Expr, Ref, RequestField
from compiler.ir.run import JSON, Effect
from compiler.mine.clean import Episode, Step
from compiler.mine.sources import Bound
from compiler.mine.spans import is_telling

StepKey = tuple[str, tuple[str, ...]]

REQUEST = "request"
"""Stands for the request where a role could be named: as what gives a list."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """A list that a loop may walk: what gave it, the keys to the list, the keys inside a row."""

    source: str
    """Id of the role that gave the list, or of a loop whose row holds it; or REQUEST."""
    keys: tuple[str, ...]
    tail: tuple[str, ...]
    argument: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What one episode did in one role.

    A call has one step; one that is repeated has every attempt, the last of them the one that was done.
    ``inner`` holds the iterations of a loop, each with the position of its row; of a fork the one way that
    was taken, with the number of its arm; of a repeated call what was done after each failed attempt.
    """

    calls: tuple[Step, ...] = ()
    walks: frozenset[Walk] = frozenset()
    inner: tuple[tuple[int, Trail], ...] = ()

    @property
    def key(self) -> StepKey:
        """The role's tool and argument names."""
        return self.calls[0].key

    @property
    def result(self) -> JSON:
        """What the call answered, in the end; None where this is no call."""
        return self.calls[-1].result if self.calls else None

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every call, also those inside."""
        within = (step for _, trail in self.inner for visit in trail.visits for step in visit.steps)
        return (*self.calls, *within)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """One episode along roles: its visits, one for each role; fewer where the episode stopped early.

    ``outer`` is what was in scope before the first role, where this is a stretch inside a loop or a fork.
    """

    episode: Episode
    visits: tuple[Visit, ...]
    outer: tuple[Bound, ...] = ()

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every call of the trail."""
        return tuple(step for visit in self.visits for step in visit.steps)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """One step of a route: a call; a loop, with the list that it walks and its body; or a fork with its arms.

    A call that is repeated until it is done has for a body what is done after each failed attempt.
    Of a loop and a fork, ``key`` and ``tool`` are those of the first call inside.
    """

    id: str
    key: StepKey
    tool: str
    """The tool that most trails call here; the others of its family may be alternatives."""
    effect: Effect
    walk: Walk | None = None
    body: tuple[Role, ...] = ()
    arms: tuple[tuple[Role, ...], ...] = ()
    ends: bool = False
    """Of a fork: whether its last arm, an empty one, is the end of the run."""
    leaves: tuple[int, ...] = ()
    """Of a fork: the arms that end the walk of the loop around it."""
    repeats: bool = False

    @property
    def is_call(self) -> bool:
        """Whether this is one call, made once."""
        return not self.body and not self.arms and not self.repeats


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """The roles in order, the trails of tasks that write, and those of tasks that stop without a write.

    Without a writing trail the route only checks whether there is something to do.
    """

    roles: tuple[Role, ...]
    writing: tuple[Trail, ...]
    stopping: tuple[Trail, ...]
    elsewhere: tuple[str, ...] = ()
    """Tasks that write by another route: nothing was learnt from them."""
    other_writes: tuple[str, ...] = ()
    """Those of them whose writes are by other tools than this route's."""
    idle: tuple[str, ...] = ()
    """Tasks whose runs read something before the first write that this route leaves out."""
    aside: tuple[Episode, ...] = ()
    """Episodes of tasks that were solved without a write, and not along this route."""
    reading: tuple[Trail, ...] = ()
    """How unsuccessful runs came along, up to their first write: evidence of how reads are wired."""

    @property
    def sighted(self) -> tuple[Trail, ...]:
        """The trails that show what calls are given."""
        return (*self.writing, *self.stopping, *self.reading)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """One call of a role by one trail, with what was in scope; a loop gives several."""

    trail: Trail
    step: Step
    scope: tuple[Bound, ...]


def role_id(number: int) -> str:
    """The id of the n-th call of a route, from 0."""
    return f"s{number + 1}"


def row_id(role: Role) -> str:
    """The id under which the row of a loop is in scope."""
    return f"{role.id}_row"


def calls_in(roles: Iterable[Role]) -> Iterator[Role]:
    """Every call, in order, also those in loops and forks."""
    for role in roles:
        if role.is_call or role.repeats:
            yield role
        yield from calls_in(role.body)
        for arm in role.arms:
            yield from calls_in(arm)


def roles_in(roles: Iterable[Role]) -> Iterator[Role]:
    """Every role, outermost first."""
    for role in roles:
        yield role
        yield from roles_in(role.body)
        for arm in role.arms:
            yield from roles_in(arm)


def occurrences(trail: Trail, roles: tuple[Role, ...]) -> Iterator[tuple[str, Occurrence]]:
    """Every call that a trail made, in order, with the id of its role."""
    scope = trail.outer
    for role, visit in zip(roles, trail.visits, strict=False):
        yield from ((role.id, Occurrence(trail=trail, step=step, scope=scope)) for step in visit.calls)
        for number, inner in visit.inner:
            yield from occurrences(inner, role.arms[number] if role.arms else role.body)
        scope = (*scope, *results_of(role, visit))


def scope_before(trail: Trail, roles: tuple[Role, ...], place: int) -> tuple[Bound, ...]:
    """What a trail had in scope before the role at ``place``: what came before, and what calls gave."""
    made = zip(roles[:place], trail.visits[:place], strict=False)
    return (*trail.outer, *(result for role, visit in made for result in results_of(role, visit)))


def results_of(role: Role, visit: Visit) -> Iterator[Bound]:
    """What a role gives to those after it."""
    for step in visit.calls[-1:] if role.repeats else visit.calls:
        if role.effect == "read" or _tells(step.result):
            yield Bound(id=role.id, value=step.result, known=step.leaves)


def _tells(result: JSON) -> bool:
    """Whether a write's result says something: a record, rows or an id, but no acknowledgement in words."""
    if isinstance(result, str):
        return result.split() == [result] and is_telling(result)
    return isinstance(result, dict | list) and bool(result)


def may_leave(roles: Iterable[Role]) -> bool:
    """Whether something in the body of a loop ends its walk."""
    return any(role.leaves or any(map(may_leave, role.arms)) for role in roles)


def was_left(role: Role, visit: Visit) -> bool:
    """Whether a walk of a loop ended before the list did, or at its last element for the same reason."""
    return any(_leaves(role.body, inner) for _, inner in visit.inner[-1:])


def _leaves(roles: tuple[Role, ...], trail: Trail) -> bool:
    return any(
        number in role.leaves or _leaves(role.arms[number], inner)
        for role, visit in zip(roles, trail.visits, strict=False)
        if role.arms
        for number, inner in visit.inner
    )


def left_id(role: Role) -> str:
    """The id that stands, in the rule of a fork right after a loop, for whether an element ended its walk."""
    return f"{role.id}_left"


def rows_in(trail: Trail, roles: tuple[Role, ...], walk: Walk) -> list[JSON]:
    """The list that a loop walks in one trail; empty where it is no list."""
    request = trail.episode.run.request
    return _rows(walk, request if walk.source == REQUEST else value_in(trail, roles, walk.source))


def value_in(trail: Trail, roles: tuple[Role, ...], id_: str) -> JSON:
    """What a trail has in scope at its end under an id; None where that is nothing.

    What ``scope_before`` gives, without putting all the rest together.
    """
    for role, visit in reversed([*zip(roles, trail.visits, strict=False)]):
        if role.id == id_ and (found := [*results_of(role, visit)]):
            return found[-1].value
    return next((source.value for source in reversed(trail.outer) if source.id == id_), None)


def rows_of(walk: Walk, scope: tuple[Bound, ...], episode: Episode) -> list[JSON]:
    """The list that a loop walks, in a scope; empty where it is no list."""
    known = {source.id: source.value for source in scope}
    return _rows(walk, episode.run.request if walk.source == REQUEST else known.get(walk.source))


def _rows(walk: Walk, value: JSON) -> list[JSON]:
    for key in walk.keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, list) else []


def rows_expr(walk: Walk) -> Expr:
    """The list that a loop walks, as an expression."""
    if walk.source == REQUEST:
        return RequestField(json.dumps(walk.keys))
    expr: Expr = Ref(walk.source)
    for key in walk.keys:
        expr = Attr(expr, key)
    return expr


def row_value(row: JSON, tail: tuple[str, ...]) -> JSON:
    """The value under a chain of keys in a row; None where it has none."""
    for key in tail:
        row = row.get(key) if isinstance(row, dict) else None
    return row


def inside_loop(trail: Trail, roles: tuple[Role, ...], place: int, row: JSON) -> tuple[Bound, ...]:
    """What is in scope inside the loop at ``place``, at one of its rows."""
    return (*scope_before(trail, roles, place), Bound(id=row_id(roles[place]), value=row))


def inner_trails(trails: Iterable[Trail], place: int, arm: int | None = None) -> tuple[Trail, ...]:
    """What trails did inside the loop, or in an arm of the fork, at a place."""
    return tuple(
        inner
        for trail in trails
        for visit in trail.visits[place : place + 1]
        for number, inner in visit.inner
        if arm is None or number == arm
    )


def keep_tasks(route: Route, place: int, tasks: frozenset[str]) -> Route:
    """Leave out the trails of other tasks that came to a place; they stay known as tasks solved elsewhere."""

    def stays(trail: Trail) -> bool:
        return len(trail.visits) <= place or trail.episode.run.task in tasks

    left = {trail.episode.run.task for trail in route.writing if not stays(trail)}
    return replace(
        route,
        writing=tuple(filter(stays, route.writing)),
        stopping=tuple(filter(stays, route.stopping)),
        reading=tuple(filter(stays, route.reading)),
        elsewhere=tuple(sorted({*route.elsewhere, *left})),
        aside=(*route.aside, *(trail.episode for trail in route.stopping if not stays(trail))),
    )


def are_alike(one: Route, other: Route) -> bool:
    """Whether two routes are the same but for the ids of their loops and forks: so are their programs."""
    return _form(one) == _form(other)


def _form(route: Route) -> tuple[object, ...]:
    told = (route.elsewhere, route.other_writes, route.idle, tuple(one.run.run_id for one in route.aside))
    made = (tuple(map(_made, route.writing)), tuple(map(_made, route.stopping)))
    return (_unnamed(route.roles), made, told)


def _unnamed(roles: tuple[Role, ...]) -> tuple[Role, ...]:
    return tuple(
        replace(
            role,
            id=role.id if role.is_call or role.repeats else "",
            body=_unnamed(role.body),
            arms=tuple(map(_unnamed, role.arms)),
        )
        for role in roles
    )


def _made(trail: Trail) -> tuple[object, ...]:
    inner = (tuple((at, _made(once)) for at, once in visit.inner) for visit in trail.visits)
    calls = tuple(visit.calls for visit in trail.visits)
    return trail.episode.run.run_id, len(trail.episode.steps), calls, tuple(inner)


def argument_order(route: Route, role: Role) -> tuple[str, ...]:
    """Argument names of a role as the first run gives them: readers know them in that order."""
    trails = (*route.writing, *route.stopping)
    made = (found for trail in trails for id_, found in occurrences(trail, route.roles) if id_ == role.id)
    first = next(made, None)
    return role.key[1] if first is None else tuple(first.step.arguments)


def tasks_of(trails: Iterable[Trail]) -> int:
    """How many tasks some trails are of."""
    return len({trail.episode.run.task for trail in trails})
