"""draft: a program under construction, and the counting that all of its parts share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from typing import final

from compiler.ir.expr import Attr, Const, Expr, Ref, RequestField, Where
from compiler.ir.program import Question, Support
from compiler.ir.run import JSON
from compiler.mine.binding import Binding
from compiler.mine.evaluate import NoValue, World, evaluate
from compiler.mine.exprs import replace_fields, walk_expr
from compiler.mine.pages import Paging
from compiler.mine.rules import Rules
from compiler.mine.sighting import Leaf
from compiler.mine.stated import Statement
from compiler.mine.trail import Role, Route, Trail, roles_in, row_id, rows_expr, value_in
from compiler.mine.words import noun, phrase


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What assembling needs to know besides the route: every result of every tool, good run or bad."""

    results: dict[str, tuple[JSON, ...]]
    pagings: dict[str, Paging] = field(default_factory=dict)
    """The tools that give their rows page by page."""


@final
@dataclass(slots=True, kw_only=True)
class Assembly:
    """The program under construction: one route, its bindings, and the questions asked so far.

    Inside a loop or an arm, ``route`` is the stretch in there, and ``whole`` the roles of all of it.
    """

    route: Route
    whole: tuple[Role, ...]
    bindings: dict[Leaf, Binding]
    rivals: dict[Leaf, tuple[Expr, ...]]
    evidence: Evidence
    rules: dict[str, Rules] = field(default_factory=dict)
    """What decides the forks, where a rule does."""
    spoken: dict[str, dict[str, str]] = field(default_factory=dict)
    """What each run's request says in the place of a field, where it says one thing; by field, by run."""
    stated: dict[str, Statement] = field(default_factory=dict)
    """The condition that the request of a run states, where its words leave no doubt."""
    said: Mapping[str, Mapping[Expr, JSON]] = field(default_factory=dict)
    """What the words of each run's request say, by the field that reads them."""
    questions: list[Question] = field(default_factory=list)
    rows: dict[tuple[Expr, tuple[tuple[str, str | None], ...]], str] = field(default_factory=dict)
    chosen: dict[Expr, str] = field(default_factory=dict)
    opened: dict[Leaf, Expr] = field(default_factory=dict)
    """The answers that stand for arguments which nothing explains."""
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    about: str = ""
    """Inside a loop or a repair: the id of the row, or of the result, that all in there is about."""
    alone: bool = False
    """Whether one task alone shows the change."""
    unsure: str = ""
    """Why the change is asked for even where nothing hints at a decision."""
    rows_meant: int = 0
    """How many more calls it takes if all rows are meant of lists of which one row was."""
    repairs: bool = False
    """Whether this is what is done after a failed attempt."""
    asked: dict[str, Counter[str]] = field(default_factory=dict)
    """Questions that a run may be asked more than once: how often each run would have been."""

    def new_id(self, prefix: str) -> str:
        """An id that no other node has."""
        return f"{prefix}{next(self.numbers)}"

    def role(self, id_: str) -> Role | None:
        """The call or loop of the program that has an id, or whose row has it."""
        return next((role for role in roles_in(self.whole) if id_ in (role.id, row_id(role))), None)

    def inside(self, roles: tuple[Role, ...], trails: tuple[Trail, ...]) -> Assembly:
        """What is under construction inside a loop or an arm: what is named there is not known outside."""
        return replace(
            self,
            route=Route(roles=roles, writing=trails, stopping=()),
            rows=dict(self.rows),
            chosen=dict(self.chosen),
            opened=dict(self.opened),
        )

    def thing(self, id_: str) -> str:
        """What the row of a loop, or the result of a call, is called."""
        role = self.role(id_)
        if role is None:
            return "row"
        if role.walk is None or id_ != row_id(role):
            return f"result of {phrase(role.tool)}"
        return row_noun(self, rows_expr(role.walk))

    def count_asked(self, question: str, trails: Iterable[Trail]) -> None:
        """Note that a question is asked once for each of some trails, of which a run may have several."""
        self.asked.setdefault(question, Counter()).update(t.episode.run.run_id for t in trails)

    def most_asked(self) -> int:
        """The most questions that a run would have been asked."""
        often: Counter[str] = Counter()
        for counts in self.asked.values():
            often.update(counts)
        once = sum(question.name not in self.asked for question in self.questions)
        return once + max(often.values(), default=0)

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
    """The list that an expression (keys below a result) had in a trail; empty where it was none.

    Where it is not known which rows of a list were kept, it is all of them.
    """
    if isinstance(rows, Where):
        held, run = list_in(state, trail, rows.rows), trail.episode.run
        # The texts of fields, in place of the fields.
        texts: dict[Expr, Expr] = {
            RequestField(name): Const(said[run.run_id])
            for name, said in state.spoken.items()
            if run.run_id in said
        }
        found = replace_fields(replace(rows, rows=Const(held)), texts)
        try:
            kept = evaluate(found, World(known={}, request=run.request, now=run.now))
        except NoValue:
            return held
        return kept if isinstance(kept, list) else held
    keys: list[str] = []
    while isinstance(rows, Attr):
        keys.append(rows.key)
        rows = rows.base
    if not isinstance(rows, Ref):
        return []
    value = value_in(trail, state.route.roles, rows.id)
    for key in reversed(keys):
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, list) else []


def row_noun(state: Assembly, rows: Expr) -> str:
    """What one element of a list is called."""
    for part in walk_expr(rows):
        if isinstance(part, Attr):
            return noun(part.key)
        if isinstance(part, Ref):
            role = state.role(part.id)
            return noun(role.tool) if role else "row"
    return "row"
