"""draft: a program under construction, and the counting that all of its parts share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import final

from compiler.ir.expr import Attr, Expr, Ref
from compiler.ir.program import Question, Support
from compiler.ir.run import JSON
from compiler.mine.binding import Binding
from compiler.mine.exprs import walk_expr
from compiler.mine.request import Leaf
from compiler.mine.route import Route, Trail
from compiler.mine.stated import Statement
from compiler.mine.words import noun


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What assembling needs to know besides the route: every result of every tool, good run or bad."""

    results: dict[str, tuple[JSON, ...]]


@final
@dataclass(slots=True, kw_only=True)
class Assembly:
    """The program under construction: one route, its bindings, and the questions asked so far."""

    route: Route
    bindings: dict[Leaf, Binding]
    rivals: dict[Leaf, tuple[Expr, ...]]
    evidence: Evidence
    stated: dict[str, Statement] = field(default_factory=dict)
    """The condition that the request of a run states, where its words leave no doubt."""
    questions: list[Question] = field(default_factory=list)
    rows: dict[tuple[Expr, tuple[tuple[str, str | None], ...]], str] = field(default_factory=dict)
    chosen: dict[Expr, str] = field(default_factory=dict)
    opened: dict[Leaf, Expr] = field(default_factory=dict)
    """The answers that stand for arguments which nothing explains."""
    counter: int = 0

    def new_id(self, prefix: str) -> str:
        """An id that no other node has."""
        self.counter += 1
        return f"{prefix}{self.counter}"

    def ask(self, question: Question) -> str:
        """Register a question under a name that no other has."""
        taken = {other.name for other in self.questions}
        name, number = question.name, 2
        while name in taken:
            name, number = f"{question.name}_{number}", number + 1
        self.questions.append(replace(question, name=name))
        return name


def support(trails: Iterable[Trail], reached: Iterable[Trail]) -> Support:
    """Count the tasks of some trails among the tasks of all that came so far."""
    some, all_ = list(trails), list(reached)
    return Support(
        tasks=len({trail.episode.run.task for trail in some}),
        reached=len({trail.episode.run.task for trail in all_}),
        runs=tuple(sorted({trail.episode.run.run_id for trail in some})),
    )


def arrivals(state: Assembly, place: int) -> list[Trail]:
    """Trails that came to the role at a place."""
    return [t for t in (*state.route.writing, *state.route.stopping) if len(t.visits) >= place]


def list_in(state: Assembly, trail: Trail, rows: Expr) -> list[JSON]:
    """The list that an expression (keys below a result) had in a trail; empty where it was none."""
    keys: list[str] = []
    while isinstance(rows, Attr):
        keys.append(rows.key)
        rows = rows.base
    if not isinstance(rows, Ref):
        return []
    place = next((n for n, role in enumerate(state.route.roles) if role.id == rows.id), len(trail.visits))
    value: JSON = trail.visits[place].calls[0].result if place < len(trail.visits) else None
    for key in reversed(keys):
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, list) else []


def row_noun(state: Assembly, rows: Expr) -> str:
    """What one element of a list is called."""
    for part in walk_expr(rows):
        if isinstance(part, Attr):
            return noun(part.key)
        if isinstance(part, Ref):
            role = next((role for role in state.route.roles if role.id == part.id), None)
            return noun(role.tool) if role else "row"
    return "row"
