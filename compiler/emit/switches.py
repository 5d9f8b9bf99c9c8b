"""Values that another value stands for: a table where the request holds them, else a chain of tests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, final

from compiler.emit.adapt import as_json
from compiler.emit.branches import guard_term
from compiler.emit.evidence import counted, deviation, never
from compiler.emit.expressions import REQUEST, lower_expr, noun_of
from compiler.emit.names import Names, identifier, plural
from compiler.emit.prose import plain
from compiler.emit.scope import Scope, Typed
from compiler.emit.types import NONE, STR, Table, Type, annotation, either, members
from compiler.errors import InternalError
from compiler.ir import plan
from compiler.ir.expr import Const, Expr, FormatTime, Ref, RequestField
from compiler.ir.program import Ask, Compare, Switch, SwitchCase

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
    before: Statements = ()
    value: plan.Term | None
    type: Type
    remark: plan.Remark

    def block(self, name: str, kind: plan.Term | None) -> plan.Block:
        """Return the statements that give ``name`` the value, with its type if that has to be said."""
        assign = () if self.value is None else (plan.Assign(name, self.value, kind),)
        return plan.Block(body=(self.remark, *self.before, *assign), function="")


@final
class Switches:
    """Lowers switches; keeps the tables that they look into, which are functions of the module."""

    def __init__(self, names: Names, ask: AskInto) -> None:
        self._names, self._ask = names, ask
        self.tables: list[plan.Function] = []

    def lower(self, node: Switch, scope: Scope) -> tuple[Statements, Scope]:
        """Return the statements that bind the value of a switch, and the scope after them."""
        name = self._names.take(_noun(node))
        on = lower_expr(node.on, scope)
        rows = _rows(node, on, scope)
        ways = [self._way(node, case, name, scope) for case in node.cases if case not in rows]
        last = None if node.otherwise is None else self._way(node, node.otherwise, name, scope)
        before: Statements = ()
        if rows:
            table = self._table(node, rows, scope)
            seen = _count(rows, noun_of(node.on, scope))
            if not ways and NONE not in members(table.type) and (last is None or last.type == table.type):
                got = plan.Invoke(plan.Member(table.term, "get"), (on.term,))
                test = plan.Test(plan.Name(name), "is", plan.Scalar(None))
                missing = _unseen(node, on, scope) if last is None else last.block(name, None)
                statements = (seen, plan.Assign(name, got), plan.If(((test, missing),)))
                return statements, scope.bind(node.id, name, table.type)
            known = self._names.take("known")
            before = (plan.Assign(known, table.term),)
            value = plan.Index(plan.Name(known), (on.term,))
            inside = plan.Test(on.term, "in", plan.Name(known))
            ways.insert(0, _Way(test=inside, value=value, type=table.type, remark=seen))
        chain, kind = _chain(ways, last, name, _unseen(node, on, scope))
        return (*before, chain), scope.bind(node.id, name, kind)

    def _way(self, node: Switch, case: SwitchCase, name: str, scope: Scope) -> _Way:
        test = guard_term(_guard(node.on, case), scope) if case.values else plan.Scalar(value=True)
        remark = counted(case.support)
        if case.ask is None:
            value = as_json(lower_expr(case.value, scope))
            return _Way(test=test, value=value.term, type=value.type, remark=remark)
        if case.value == Ref(case.ask.id):
            before, inside = self._ask(case.ask, scope, name)
            answer = inside.local(case.ask.id)
            if as_json(answer) == answer:
                return _Way(test=test, before=before, value=None, type=answer.type, remark=remark)
        before, inside = self._ask(case.ask, scope, None)
        value = as_json(lower_expr(case.value, inside))
        return _Way(test=test, before=before, value=value.term, type=value.type, remark=remark)

    def _table(self, node: Switch, rows: Sequence[SwitchCase], scope: Scope) -> Typed:
        """Make the function that gives the values of the request by what stands for them; return its call."""
        if scope.request is None:
            raise InternalError("a table of request fields without a request")
        values = [(value, lower_expr(case.value, scope)) for case in rows for value in case.values]
        held = either(*(value.type for _, value in values))
        key = noun_of(node.on, scope).replace("_", " ")
        name = self._names.take(identifier(f"values_by_{noun_of(node.on, scope)}"))
        self.tables.append(
            plan.Function(
                name=name,
                parameters=(plan.Parameter(name="request", annotation=annotation(scope.request.type)),),
                returns=annotation(Table(held)),
                doc=(plain(f"Return what the request holds for each known {key}.", 78),),
                body=(
                    plan.Return(
                        plan.Pairs(tuple((constant(value), given.term) for value, given in values)),
                    ),
                ),
            )
        )
        return Typed(plan.Invoke(plan.Name(name), (REQUEST,)), held)


def constant(value: object) -> plan.Scalar:
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


def _chain(
    ways: Sequence[_Way], last: _Way | None, name: str, unseen: plan.Block
) -> tuple[plan.Statement, Type]:
    """Return ``if``, ``elif`` and ``else``, and the type of the value that they assign."""
    every = (*ways, *(() if last is None else (last,)))
    kind = either(*(way.type for way in every))
    alike = all(way.type == kind for way in every)
    arms = tuple(
        (way.test, way.block(name, annotation(kind) if not (alike or place) else None))
        for place, way in enumerate(ways)
    )
    return plan.If(arms, unseen if last is None else last.block(name, None)), kind


def _guard(on: Expr, case: SwitchCase) -> Compare:
    if len(case.values) == 1:
        return Compare(on, "==", Const(case.values[0]))
    return Compare(on, "in", Const([*case.values]))


def _unseen(node: Switch, on: Typed, scope: Scope) -> plan.Block:
    noun = plain(noun_of(node.on, scope).replace("_", " "), 40)
    raised = deviation(f"no run shows the {noun} ", plan.Fill(as_json(on).term, quoted=True))
    return plan.Block(body=(never(node.support), raised), function="")


def _count(rows: Sequence[SwitchCase], noun: str) -> plan.Remark:
    """Return the remark above a look into a table: the support of the row that most tasks took."""
    most = max((case.support for case in rows), key=lambda support: (support.tasks, support.reached))
    amount = sum(len(case.values) for case in rows)
    return counted(most, f"{amount} known {plural(noun).replace('_', ' ')}")


def _noun(node: Switch) -> str:
    formats = any(isinstance(case.value, FormatTime) for case in node.cases)
    return "formatted" if formats else "value"
