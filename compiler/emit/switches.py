"""Values that another value stands for: a table where the request holds them, else a chain of tests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, final

from compiler.emit.adapt import as_json
from compiler.emit.branches import guard_term, opposite_term
from compiler.emit.evidence import counted, deviation, never
from compiler.emit.expressions import REQUEST, lower_expr, noun_of, unwieldy
from compiler.emit.names import Names, identifier
from compiler.emit.prose import plain
from compiler.emit.scope import Scope, Typed
from compiler.emit.types import NONE, STR, Table, Type, annotation, either, members
from compiler.errors import InternalError
from compiler.ir import plan
from compiler.ir.expr import Const, Expr, FormatTime, Ref, RequestField
from compiler.ir.program import Ask, Compare, Support, Switch, SwitchCase
from compiler.ir.run import JSON

Statements = tuple[plan.Statement, ...]
AskInto = Callable[[Ask, Scope, str | None], tuple[Statements, Scope]]
"""Lowers a question; its answer gets the given name, or one of its own."""

FEWEST_ROWS: Final = 3
"""Fewer values than these read better as tests."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """One way to the value: statements, and then the value, unless the statements assign it themselves."""

    test: plan.Term
    opposite: plan.Term
    before: Statements = ()
    value: plan.Term | None
    type: Type
    support: Support

    def block(self, name: str, kind: plan.Term | None) -> plan.Block:
        """Return the statements that give ``name`` the value, with its type if that has to be said."""
        return plan.Block(body=(counted(self.support), *self.statements(name, kind)), function="")

    def statements(self, name: str, kind: plan.Term | None) -> Statements:
        """Return the statements alone."""
        assign = () if self.value is None else (plan.Assign(name, self.value, kind),)
        return (*self.before, *assign)


@final
class Switches:
    """Lowers switches; keeps the tables that they look into, which are functions of the module."""

    def __init__(self, names: Names, ask: AskInto) -> None:
        self._names, self._ask = names, ask
        self.tables: list[plan.Function] = []

    def lower(self, node: Switch, scope: Scope) -> tuple[Statements, Scope]:
        """Return the statements that bind the value of a switch, and the scope after them."""
        on = lower_expr(node.on, scope)
        if not unwieldy(on.term):
            return self._bound(node, on, scope)
        # Every test and the message name it, and a message cannot hold a text literal.
        local = self._names.take(identifier(noun_of(node.on, scope), limit=24))
        named = replace(node, on=Ref(f"{node.id}.on"))
        inside = scope.bind(f"{node.id}.on", local, on.type)
        statements, after = self._bound(named, inside.local(f"{node.id}.on"), inside)
        return (plan.Assign(local, on.term), *statements), after

    def _bound(self, node: Switch, on: Typed, scope: Scope) -> tuple[Statements, Scope]:
        name = self._names.take(_noun(node))
        rows = _rows(node, on, scope)
        ways = [self._way(node, case, name, scope) for case in node.cases if case not in rows]
        last = None if node.otherwise is None else self._way(node, node.otherwise, name, scope)
        before: Statements = ()
        if rows:
            table = self._table(node, rows, scope)
            if not ways and NONE not in members(table.type) and (last is None or last.type == table.type):
                got = plan.Invoke(plan.Member(table.term, "get"), (on.term,))
                test = plan.Test(plan.Name(name), "is", plan.Scalar(None))
                missing = _unseen(node, on, scope) if last is None else last.block(name, None)
                return (plan.Assign(name, got), plan.If(((test, missing),))), scope.bind(
                    node.id, name, table.type
                )
            known = self._names.take("known")
            before = (plan.Assign(known, table.term),)
            value = plan.Index(plan.Name(known), (on.term,))
            way = _Way(
                test=plan.Test(on.term, "in", plan.Name(known)),
                opposite=plan.Test(on.term, "not in", plan.Name(known)),
                value=value,
                type=table.type,
                support=max((case.support for case in rows), key=_share),
            )
            ways.insert(0, way)
        chain, kind = _chain(ways, last, name, _unseen(node, on, scope))
        return (*before, *chain), scope.bind(node.id, name, kind)

    def _way(self, node: Switch, case: SwitchCase, name: str, scope: Scope) -> _Way:
        always = plan.Scalar(value=True)
        guard = _guard(node.on, case) if case.values else None
        before, value = self._value(case, name, scope)
        solid = as_json(value)
        return _Way(
            test=always if guard is None else guard_term(guard, scope),
            opposite=always if guard is None else opposite_term(guard, scope),
            before=before,
            value=None if solid.term == plan.Name(name) else solid.term,
            type=solid.type,
            support=case.support,
        )

    def _value(self, case: SwitchCase, name: str, scope: Scope) -> tuple[Statements, Typed]:
        """Return the value of a case, and what comes before; an answer that is the value gets its name."""
        if case.ask is None:
            return (), lower_expr(case.value, scope)
        if case.value == Ref(case.ask.id):
            before, inside = self._ask(case.ask, scope, name)
            answer = inside.local(case.ask.id)
            if as_json(answer) == answer:
                return before, answer
        before, inside = self._ask(case.ask, scope, None)
        return before, lower_expr(case.value, inside)

    def _table(self, node: Switch, rows: Sequence[SwitchCase], scope: Scope) -> Typed:
        """Make the function that gives the values of the request by what stands for them; return its call."""
        if scope.request is None:
            raise InternalError("a table of request fields without a request")
        values = [(value, lower_expr(case.value, scope)) for case in rows for value in case.values]
        held = either(*(value.type for _, value in values))
        key = noun_of(node.on, scope).replace("_", " ")
        name = self._names.take(identifier(f"values_by_{noun_of(node.on, scope)}"))
        held_by = plan.Pairs(tuple((_key(value), given.term) for value, given in values))
        least = counted(min((case.support for case in rows), key=_share), f"the least of any {key}")
        self.tables.append(
            plan.Function(
                name=name,
                parameters=(plan.Parameter(name="request", annotation=annotation(scope.request.type)),),
                returns=annotation(Table(held)),
                doc=(plain(f"Return what the request holds for each known {key}.", 78),),
                body=(least, plan.Return(held_by)),
            )
        )
        return Typed(plan.Invoke(plan.Name(name), (REQUEST,)), held)


def _key(value: JSON) -> plan.Scalar:
    """Return a text as a key of a table."""
    if not isinstance(value, str):
        raise InternalError(f"a table has the key {value!r}")
    return plan.Scalar(value)


def _rows(node: Switch, on: Typed, scope: Scope) -> tuple[SwitchCase, ...]:
    """Return the cases that make a table: texts that stand for fields of the request, if they are several."""
    if on.type != STR:
        return ()
    rows = tuple(case for case in node.cases if _is_row(case, scope))
    return rows if sum(len(case.values) for case in rows) >= FEWEST_ROWS else ()


def _is_row(case: SwitchCase, scope: Scope) -> bool:
    if not isinstance(case.value, RequestField) or not all(isinstance(value, str) for value in case.values):
        return False
    # A table holds all its values at once: none of them may be one that is checked where it is used.
    value = lower_expr(case.value, scope)
    return as_json(value) == value


def _chain(ways: Sequence[_Way], last: _Way | None, name: str, unseen: plan.Block) -> tuple[Statements, Type]:
    """Return ``if``, ``elif`` and ``else``, and the type of the value that they assign.

    A lone way is not nested: what no run shows deviates first.
    """
    every = (*ways, *(() if last is None else (last,)))
    kind = either(*(way.type for way in every))
    alike = all(way.type == kind for way in every)
    if len(every) == 1:
        return (plan.If(((ways[0].opposite, unseen),)), *ways[0].statements(name, None)), kind
    arms = tuple(
        (way.test, way.block(name, annotation(kind) if not (alike or place) else None))
        for place, way in enumerate(ways)
    )
    return (plan.If(arms, unseen if last is None else last.block(name, None)),), kind


def _share(support: Support) -> tuple[int, int]:
    return support.tasks, -support.reached


def _guard(on: Expr, case: SwitchCase) -> Compare:
    if len(case.values) == 1:
        return Compare(on, "==", Const(case.values[0]))
    return Compare(on, "in", Const([*case.values]))


def _unseen(node: Switch, on: Typed, scope: Scope) -> plan.Block:
    noun = plain(noun_of(node.on, scope).replace("_", " "), 40)
    raised = deviation(f"no run shows the {noun} ", plan.Fill(as_json(on).term, quoted=True))
    return plan.Block(body=(never(node.support), raised), function="")


def _noun(node: Switch) -> str:
    formats = any(isinstance(case.value, FormatTime) for case in node.cases)
    return "formatted" if formats else "value"
