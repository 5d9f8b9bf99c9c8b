"""example: what may be learnt of a change that one task alone shows.

One task cannot tell a rule from its example. So all that leads to the change must be shown by other tasks
too, solved or not, for a read does no harm. Of the change itself only that stands which the request says, or
which was looked up; the model reads every request, and says which rows are meant where there are several.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from compiler.errors import Declined
from compiler.ir.expr import Attr, Const, Expr, FormatTime, Pick, Ref, RequestField, Shift
from compiler.ir.program import Pattern
from compiler.ir.run import JSON, Workload
from compiler.mine.binding import TOOL, Binding, Chosen, Open, Wired, is_verbatim
from compiler.mine.clean import Episode, canonical
from compiler.mine.exprs import rewrite, walk_expr
from compiler.mine.request import Fields
from compiler.mine.route import candidate_routes, checking_routes
from compiler.mine.sighting import Leaf
from compiler.mine.space import MIN_FITTED, is_fitted
from compiler.mine.spans import read_stamp
from compiler.mine.trail import Role, Route, calls_in, row_value, scope_before
from compiler.mine.unseen import SOME_DAY, reader_of

MOST_ELSEWHERE: Final = 1
"""Tasks that another change, or another way to it, solved."""

MOST_OPEN: Final = 1
"""Arguments of the change that nothing explains: with more, the model would make it all up."""

ALONE: Final = "one task alone shows this change"

WHY: Final = "one task alone shows the change, and cannot tell a rule from its example"


def example_routes(episodes: tuple[Episode, ...], unsolved: tuple[Episode, ...]) -> list[Route]:
    """Routes on which one task alone makes a change, and what other tasks show of the reads before it.

    None where several were solved by other steps: these are different jobs, and not one that was seen once.
    """
    routes = candidate_routes(episodes, unsolved)
    return [
        route
        for route in routes
        if is_example(route)
        and len(route.elsewhere) <= MOST_ELSEWHERE
        and isinstance(route.writing[0].episode.run.request, str)
        and any(role.effect == "read" for role in calls_in(route.roles))
    ]


def example_checks(episodes: tuple[Episode, ...], unsolved: tuple[Episode, ...]) -> list[Route]:
    """Routes of reads on which one task alone shows that there is nothing to change.

    Only what was found can show that: a run that found nothing may have looked in the wrong place.
    """
    routes = checking_routes(episodes, unsolved)
    return [
        route
        for route in routes
        if is_example(route)
        and isinstance(route.stopping[0].episode.run.request, str)
        and all(_found(visit.result) for trail in route.stopping for visit in trail.visits)
    ]


def _found(result: JSON) -> bool:
    return isinstance(result, dict | list) and bool(result)


def is_example(route: Route) -> bool:
    """Whether one task alone shows the change that a route makes, or that there is none to make."""
    return len(_tasks(route)) == 1


def _tasks(route: Route) -> set[str]:
    return {trail.episode.run.task for trail in route.writing or route.stopping}


def shared_wordings(patterns: tuple[Pattern, ...], fields: Fields, workload: Workload) -> tuple[Pattern, ...]:
    """Keep the wordings in which a request of another task is put, solved or not."""
    kept = []
    for pattern in patterns:
        reader = reader_of((pattern,), fields.fields, None)
        own = {run.task for run in workload.runs if run.run_id in pattern.support.runs}
        others = {(str(run.request), run.now) for run in workload.runs if run.task not in own}
        if any(reader.match(text, now or SOME_DAY) is not None for text, now in others):
            kept.append(pattern)
    return tuple(kept)


def restrained(route: Route, bindings: dict[Leaf, Binding]) -> dict[Leaf, Binding]:
    """Leave of the bindings what one task can show; a row of several is one that is meant.

    Raises:
        Declined: Some of it would be no more than what that one task had.
    """
    calls = {role.id: role for role in calls_in(route.roles)}
    reads = [role for role in calls.values() if role.effect == "read"]
    writes = Counter(role.tool for role in calls.values() if role.effect == "write")
    if max(writes.values(), default=0) > 1:
        raise Declined((f"{WHY}: it makes the same change more than once",))
    for role in reads:
        _refuse_alone(route, role, [bindings[role.id, name] for name in role.key[1]])
    known = frozenset(
        repr(rival) for (id_, _), one in bindings.items() if calls[id_] in reads for rival in _rivals(one)
    )
    found = {
        leaf: one if leaf[1] == TOOL else _restrained(route, calls[leaf[0]], leaf, one, known)
        for leaf, one in bindings.items()
    }
    if not any(isinstance(one, Wired) and any(spans for _, spans in one.spans) for one in found.values()):
        raise Declined((f"{WHY}: it uses nothing of what the request says",))
    if sum(isinstance(one, Open) for one in found.values()) > MOST_OPEN:
        raise Declined((f"{WHY}: nothing explains several of its values",))
    return found


def chooses(route: Route, bindings: dict[Leaf, Binding]) -> bool:
    """Whether the change takes a row of a list that had several: a search that finds the one says more."""
    exprs = [rival for one in bindings.values() for rival in _rivals(one)]
    return any(isinstance(one, Chosen) for one in bindings.values()) or any(
        _of_several(route, e) for e in exprs
    )


def _refuse_alone(route: Route, role: Role, given: list[Binding]) -> None:
    """Decline where a read is given a constant, and no other task makes it in the same way."""
    if all(
        any(spans for _, spans in one.spans) or not _constants(one) for one in given if isinstance(one, Wired)
    ):
        return
    place = next(n for n, top in enumerate(route.roles) if role in calls_in((top,)))
    tasks = {t.episode.run.task for t in route.sighted if len(t.visits) > place}
    if len(tasks) == 1:
        raise Declined((f"{WHY}: no other task shows how it calls {role.tool}",))
    fitted = any(_is_memorised(rival) for one in given for rival in _rivals(one))
    if fitted and len(tasks) < MIN_FITTED:
        raise Declined((f"{WHY}: {len(tasks)} tasks show with what it calls {role.tool}",))


def _constants(binding: Wired) -> bool:
    return any(isinstance(part, Const) for rival in binding.rivals for part in walk_expr(rival))


def _rivals(binding: Binding) -> tuple[Expr, ...]:
    return binding.rivals if isinstance(binding, Wired) else ()


def _restrained(route: Route, role: Role, leaf: Leaf, binding: Binding, known: frozenset[str]) -> Binding:
    """What one task can show of an argument.

    Raises:
        Declined: It is no more than what that one task had.
    """
    alone = Declined((f"{WHY}: {role.tool}.{leaf[1]}",))
    if isinstance(binding, Chosen):
        binding = Wired(rivals=(_below(Pick(binding.rows, "only"), binding.tail),))
    if not isinstance(binding, Wired):
        if role.effect == "read":
            raise alone
        return binding
    ranked = [rival for rival in binding.rivals if _of_several(route, rival)]
    # A search may not hang on a choice, and a change is made to the row that is chosen, not to what is in it.
    if ranked and (role.effect == "read" or not all(_names_its_row(route, rival) for rival in ranked)):
        raise alone
    memorised = role.effect == "write" and any(map(_is_memorised, binding.rivals))
    if memorised and not {repr(rival) for rival in binding.rivals} <= known:
        raise alone
    # Which of several rows is meant is the model's to say: that it was the first is no rule.
    meant = {repr(rival): rival for rival in map(_meant, binding.rivals)} if ranked else {}
    return _as_it_stands(route, replace(binding, rivals=tuple(meant.values()) or binding.rivals))


def _as_it_stands(route: Route, binding: Wired) -> Wired:
    """Take what a request says for a text, where one value of it is no choice among values."""
    texts = {trail.episode.run.run_id: str(trail.episode.run.request) for trail in route.sighted}
    if binding.kind == "choice" and is_verbatim(binding, texts):
        return replace(binding, kind="text", wordings=())
    return binding


def _of_several(route: Route, expr: Expr) -> bool:
    """Whether an expression takes one of the rows of a list that had several."""
    lists = (part.rows for part in walk_expr(expr) if isinstance(part, Pick))
    return any(len(held) > 1 for rows in lists for held in _lists(route, rows))


def _names_its_row(route: Route, expr: Expr) -> bool:
    """Whether a field of a row is another one in every row, as an id is, and not what several have."""
    tail: list[str] = []
    while isinstance(expr, Attr):
        tail.insert(0, expr.key)
        expr = expr.base
    if not isinstance(expr, Pick):
        return False
    lists = [[canonical(row_value(row, tuple(tail))) for row in held] for held in _lists(route, expr.rows)]
    return all(len(set(values)) == len(values) for values in lists)


def _lists(route: Route, rows: Expr) -> Iterator[list[JSON]]:
    """The list that an expression (keys below a result) had in each trail that has it."""
    keys: list[str] = []
    while isinstance(rows, Attr):
        keys.insert(0, rows.key)
        rows = rows.base
    if not isinstance(rows, Ref):
        return
    for trail in route.sighted:
        for source in scope_before(trail, route.roles, len(trail.visits)):
            held = row_value(source.value, tuple(keys)) if source.id == rows.id else None
            if isinstance(held, list):
                yield held


def _is_memorised(expr: Expr) -> bool:
    """Whether an expression holds a date that nobody said, or a constant that was made to fit."""
    dates = (part for part in walk_expr(expr) if isinstance(part, Const))
    said = any(isinstance(part, RequestField) for part in walk_expr(expr))
    dated = any(isinstance(one.value, str) and read_stamp(one.value) is not None for one in dates)
    return dated or is_fitted(expr) or (isinstance(expr, FormatTime) and not said and _moves(expr))


def _moves(expr: Expr) -> bool:
    return any(isinstance(part, Shift) for part in walk_expr(expr))


def _meant(expr: Expr) -> Expr:
    """The expression with the row that is meant in the place of one that has a rank."""
    return rewrite(expr, lambda part: Pick(part.rows, "only") if isinstance(part, Pick) else None)


def _below(expr: Expr, tail: tuple[str, ...]) -> Expr:
    for key in tail:
        expr = Attr(expr, key)
    return expr
