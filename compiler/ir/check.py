"""check_program: the invariants of a program, each with the name under which it is reported.

A program that passes can be emitted: later stages rely on this and do not check again. A violation is a bug
of the compiler, never of a trace.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from typing import assert_never, final

from compiler.ir.expr import (
    Const,
    Expr,
    Pick,
    Ref,
    RequestField,
    inner_exprs,
)
from compiler.ir.invariants import (
    broken,
    check_hand_over,
    check_question,
    check_request,
    check_support,
    unique,
)
from compiler.ir.program import (
    Answered,
    Arm,
    Ask,
    Block,
    Both,
    Branch,
    CallEither,
    CallTool,
    Compare,
    Deviate,
    Either,
    ForEach,
    Guard,
    HandOver,
    Leave,
    Let,
    Node,
    OnEmpty,
    OnLength,
    Only,
    OnText,
    Option,
    Pages,
    Program,
    Question,
    QuestionKind,
    Stop,
    Switch,
    Until,
)
from compiler.ir.words import leaves


def check_program(program: Program) -> None:
    """Check every invariant of a program.

    Raises:
        InternalError: One does not hold; the message starts with its name.
    """
    unique("question names", (question.name for question in program.questions))
    unique("request fields", (one.name for one in program.request.fields))
    unique("tool schemas", (schema.name for schema in program.tools))
    for question in program.questions:
        check_question(question)
    check_request(program.request)
    checker = _Checker(program)
    checker.block(program.body, _Scope())
    unasked = [question.name for question in program.questions if question.name not in checker.asked]
    if unasked:
        broken("every question is asked", f"{unasked[0]} is not")


@final
@dataclass(frozen=True, slots=True)
class _Scope:
    """What is bound at one place, and the labels of the answers among it."""

    bound: frozenset[str] = frozenset()
    labels: dict[str, tuple[str, ...]] = dataclass_field(default_factory=dict)
    given: frozenset[str] = frozenset()
    """The optional fields that the request is known to give here."""
    loops: bool = False
    """Whether this is inside a loop."""

    def bind(self, node: str) -> _Scope:
        return replace(self, bound=self.bound | {node})


class _Checker:
    """Checks blocks; remembers the ids and the questions met on the way."""

    def __init__(self, program: Program) -> None:
        self._questions = {question.name: question for question in program.questions}
        self._tools = {schema.name for schema in program.tools}
        self._fields = {one.name for one in program.request.fields}
        self._optional = {one.name for one in program.request.fields if one.optional}
        self._ids: set[str] = set()
        self.asked: set[str] = set()
        if program.request.question is not None:
            self._ask(program.request.question, "extract")

    def block(self, block: Block, scope: _Scope) -> None:
        """Check a block in a scope; what it binds is unknown after it."""
        for place, node in enumerate(block):
            if isinstance(node, Stop | Deviate | HandOver | Leave) and place + 1 < len(block):
                broken("nothing follows an end in a block", type(block[place + 1]).__name__)
            scope = self._node(node, scope)

    def _node(self, node: Node, scope: _Scope) -> _Scope:
        if isinstance(node, Branch):
            return self._branch(node, scope)
        check_support(node.support, _place(node))
        match node:
            case CallTool() | CallEither() | Pages() | Let() | Only() | Ask() | Switch() | Until():
                return self._binding(node, scope)
            case OnText() | OnEmpty() | ForEach():
                self._nesting(node, scope)
            case OnLength(rows=rows):
                self._expr(rows, scope)
            case Stop() | Deviate() | HandOver() | Leave():
                self._end(node, scope)
            case _:
                assert_never(node)
        return scope

    def _end(self, node: Stop | Deviate | HandOver | Leave, scope: _Scope) -> None:
        if isinstance(node, HandOver):
            check_hand_over(node)
        if isinstance(node, Leave) and not scope.loops:
            broken("a loop is left inside of it", "there is none")

    def _binding(
        self, node: CallTool | CallEither | Pages | Let | Only | Ask | Switch | Until, scope: _Scope
    ) -> _Scope:
        match node:
            case CallTool():
                return self._call(node, scope)
            case CallEither() | Pages():
                return self._either(node, scope) if isinstance(node, CallEither) else self._pages(node, scope)
            case Let():
                return self._let(node, scope)
            case Only(id=id_, rows=rows, question=question):
                self._expr(rows, scope)
                self._ask(question, "choose")
                return self._bind(id_, scope)
            case Ask():
                return self._asking(node, scope)
            case Switch() | Until():
                return self._switch(node, scope) if isinstance(node, Switch) else self._until(node, scope)
            case _:
                assert_never(node)

    def _switch(self, node: Switch, scope: _Scope) -> _Scope:
        if isinstance(node.on, Const):
            broken("a switch is on a value that varies", node.id)
        self._expr(node.on, scope)
        if not node.cases or not all(case.values for case in node.cases):
            broken("a switch has cases, and each has values", node.id)
        values = [value for case in node.cases for value in case.values]
        if any(isinstance(value, dict | list) for value in values):
            broken("the values of a switch are scalars", node.id)
        # JSON keeps 1, 1.0 and true apart, where Python does not.
        unique(f"values of {node.id}", map(json.dumps, values))
        if node.otherwise is not None and node.otherwise.values:
            broken("what else a switch gives has no values", node.id)
        for case in (*node.cases, *(() if node.otherwise is None else (node.otherwise,))):
            check_support(case.support, f"a case of {node.id}")
            self._expr(case.value, scope if case.ask is None else self._node(case.ask, scope))
        return self._bind(node.id, scope)

    def _until(self, node: Until, scope: _Scope) -> _Scope:
        if node.most < 1:
            broken("a repair is made at least once", node.call.id)
        if node.call.selector is not None:
            broken("a call that is repeated is of one tool", node.call.id)
        inside = self._node(node.call, scope)
        self._guard(node.done, inside)
        if not any(ref == node.call.id for ref in _guard_refs(node.done)):
            broken("what is done shows in the result of the call", node.call.id)
        self.block(node.repair, inside)
        return inside

    def _nesting(self, node: OnText | OnEmpty | ForEach, scope: _Scope) -> None:
        match node:
            case OnText(ref=ref, cases=cases):
                self._ref(ref, scope)
                unique("texts of one OnText", (case.text for case in cases))
                for case in cases:
                    check_support(case.support, f"a text of {ref}")
                    self.block(case.body, scope)
            case OnEmpty(rows=rows, body=body):
                self._expr(rows, scope)
                self.block(body, scope)
            case ForEach():
                self._each(node, scope)
            case _:
                assert_never(node)

    def _each(self, node: ForEach, scope: _Scope) -> None:
        self._expr(node.rows, scope)
        if not 0 <= node.least <= node.most:
            broken("a loop's bounds are in order", f"{node.least} to {node.most} at {node.id}")
        self.block(node.body, replace(self._bind(node.id, scope), loops=True))
        if node.otherwise is not None:
            if not leaves(node.body):
                broken("only a loop that may be left does something where it is not", node.id)
            check_support(node.otherwise.support, f"what is done where {node.id} finds none")
            self.block(node.otherwise.body, scope)

    def _call(self, node: CallTool, scope: _Scope) -> _Scope:
        if node.tool not in self._tools:
            broken("a tool that is called has a schema", repr(node.tool))
        unique(f"arguments of {node.id}", (name for name, _ in node.arguments))
        for _, value in node.arguments:
            self._expr(value, scope)
        if (node.selector is None) != (not node.alternatives):
            broken("a selected tool has alternatives", node.id)
        if node.selector is not None:
            self._expr(node.selector, scope)
            self._alternatives(node)
        return self._bind(node.id, scope)

    def _pages(self, node: Pages, scope: _Scope) -> _Scope:
        if node.call.effect == "write" or node.call.selector is not None:
            broken("pages are read by one tool", node.id)
        if node.argument in dict(node.call.arguments):
            broken("the first page is asked for without a cursor", node.id)
        if node.most < 1:
            broken("a list has a page at least", node.id)
        inside = self._node(node.call, scope)
        self._expr(node.cursor, inside)
        self._expr(node.rows, inside)
        return self._bind(node.id, scope)

    def _either(self, node: CallEither, scope: _Scope) -> _Scope:
        unique(f"tools of {node.id}", (option.call.tool for option in node.options))
        if len(node.options) < 2:  # noqa: PLR2004
            broken("a choice of calls has two at least", node.id)
        for option in node.options:
            self._option(option, scope)
        return self._bind(node.id, scope)

    def _option(self, option: Option, scope: _Scope) -> None:
        strange = [name for name in option.needs if name not in self._optional]
        if strange or not option.needs:
            broken("a call is chosen by optional fields", repr(strange[0] if strange else option.call.id))
        if option.call.effect == "write":
            broken("only reads are chosen by what a request leaves out", option.call.id)
        check_support(option.call.support, option.call.id)
        self._call(option.call, replace(scope, given=scope.given | frozenset(option.needs)))

    def _alternatives(self, node: CallTool) -> None:
        unique(f"alternatives of {node.id}", node.alternatives)
        if node.tool not in node.alternatives:
            broken("a selected tool is one of its alternatives", repr(node.tool))
        for tool in node.alternatives:
            if tool not in self._tools:
                broken("a tool that is called has a schema", repr(tool))

    def _let(self, node: Let, scope: _Scope) -> _Scope:
        if not node.rivals:
            broken("a Let has a value", node.id)
        for rival in node.rivals:
            self._expr(rival, scope)
        if (len(node.rivals) > 1) != (node.question is not None):
            broken("a Let has a question if it has rivals", node.id)
        if node.question is not None:
            self._ask(node.question, "choose")
        return self._bind(node.id, scope)

    def _asking(self, node: Ask, scope: _Scope) -> _Scope:
        question = self._ask(node.question, None)
        offers = question.kind in ("select", "choose")
        if node.if_many and question.kind != "select":
            broken("only a select is asked if there are many", node.question)
        if offers != (node.options is not None):
            broken("a question has options if it selects or chooses", node.question)
        if node.options is not None:
            self._expr(node.options, scope)
        for fact in node.facts:
            self._ref(fact, scope)
        if node.tests and question.labels != ("yes", "no", "neither"):
            broken("only a yes or no is tested for", node.question)
        for test in node.tests:
            self._expr(test.value, scope)
        bound = self._bind(node.id, scope)
        return replace(bound, labels={**bound.labels, node.id: question.labels}) if question.labels else bound

    def _branch(self, node: Branch, scope: _Scope) -> _Scope:
        if not node.arms:
            broken("a branch has an arm", node.unseen)
        for arm in node.arms:
            self._arm(arm, scope)
        for value, _, _ in node.gaps:
            self._expr(value, scope)
        return scope

    def _arm(self, arm: Arm, scope: _Scope) -> None:
        check_support(arm.support, "an arm")
        self._guard(arm.guard, scope)
        self.block(arm.body, scope)

    def _guard(self, guard: Guard, scope: _Scope) -> None:
        match guard:
            case Compare(left=left, right=right):
                if isinstance(left, Const) and isinstance(right, Const):
                    broken("a comparison has a value that varies", repr(guard))
                self._expr(left, scope)
                self._expr(right, scope)
            case Both(left=left_guard, right=right_guard) | Either(left=left_guard, right=right_guard):
                self._guard(left_guard, scope)
                self._guard(right_guard, scope)
            case Answered(id=id_, label=label):
                if label not in scope.labels.get(id_, ()):
                    broken("a guard names an answer that was asked for", f"{id_!r} answered {label!r}")
            case _:
                assert_never(guard)

    def _bind(self, node: str, scope: _Scope) -> _Scope:
        if node in self._ids:
            broken("ids are unique", f"{node!r} is bound twice")
        self._ids.add(node)
        return scope.bind(node)

    def _ref(self, node: str, scope: _Scope) -> None:
        if node not in scope.bound:
            broken("a reference is bound before it is used", repr(node))

    def _ask(self, name: str, kind: QuestionKind | None) -> Question:
        if name not in self._questions:
            broken("a question that is asked exists", repr(name))
        question = self._questions[name]
        if kind is not None and question.kind != kind:
            broken("a question is of the kind that its place needs", f"{name} is no {kind}")
        self.asked.add(name)
        return question

    def _expr(self, expr: Expr, scope: _Scope) -> None:
        if isinstance(expr, Ref):
            self._ref(expr.id, scope)
        if isinstance(expr, RequestField) and expr.name not in self._fields:
            broken("a request field that is used exists", repr(expr.name))
        if isinstance(expr, RequestField) and expr.name in self._optional - scope.given:
            broken("an optional field is used by a call that needs it", repr(expr.name))
        if isinstance(expr, Pick) and (expr.by is None) != (expr.how in ("first", "last", "only")):
            broken("a pick names a key if it ranks", expr.how)
        for inner in inner_exprs(expr):
            self._expr(inner, scope)


def _guard_refs(guard: Guard) -> Iterator[str]:
    """Yield the ids of the nodes whose values a guard tests."""
    match guard:
        case Compare(left=left, right=right):
            todo = [left, right]
            while todo:
                expr = todo.pop()
                if isinstance(expr, Ref):
                    yield expr.id
                todo.extend(inner_exprs(expr))
        case Both(left=left_guard, right=right_guard) | Either(left=left_guard, right=right_guard):
            yield from _guard_refs(left_guard)
            yield from _guard_refs(right_guard)
        case Answered(id=id_):
            yield id_
        case _:
            assert_never(guard)


def _place(node: Node) -> str:
    return f"{type(node).__name__} {getattr(node, 'id', '')}".strip()
