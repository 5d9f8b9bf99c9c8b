"""Guards and branches: early ends first, and the one way that goes on not nested."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, assert_never, final

from compiler.emit.adapt import as_atom, comparable
from compiler.emit.evidence import counted, deviation
from compiler.emit.expressions import lower_expr, noun_of
from compiler.emit.scope import Scope, Typed
from compiler.emit.types import BOOL, STR, Choice, Rows, Table, annotation
from compiler.emit.walk import ends
from compiler.errors import InternalError
from compiler.ir import plan
from compiler.ir.expr import Const
from compiler.ir.program import (
    Answered,
    Arm,
    Block,
    Both,
    Branch,
    Compare,
    Deviate,
    Either,
    Guard,
    HandOver,
    Leave,
    Stop,
    Support,
)

CompareOp: TypeAlias = Literal["==", "!=", "<", "<=", ">", ">=", "in"]
TestOp: TypeAlias = Literal["==", "!=", "<", "<=", ">", ">=", "in", "not in", "is", "is not"]

_NEGATED: Final[dict[TestOp, TestOp]] = {
    "==": "!=",
    "!=": "==",
    "<": ">=",
    ">=": "<",
    ">": "<=",
    "<=": ">",
    "in": "not in",
    "not in": "in",
    "is": "is not",
    "is not": "is",
}
_MIRRORED: Final[dict[CompareOp, TestOp]] = {
    "==": "==",
    "!=": "!=",
    "<": ">",
    ">": "<",
    "<=": ">=",
    ">=": "<=",
}

Nest: TypeAlias = Callable[[Block, Scope], plan.Block]
"""Lowers a nested block."""


@final
@dataclass(frozen=True, slots=True)
class Way:
    """One way to go on: its test, the test's opposite, and what follows."""

    test: plan.Term
    opposite: plan.Term
    block: plan.Block
    support: Support

    @property
    def marked(self) -> plan.Block:
        """The block with its evidence as the first line."""
        return _led(self.block, counted(self.support))


def _led(block: plan.Block, remark: plan.Remark) -> plan.Block:
    body = (remark, *(block.body or (plan.Pass(),)))
    return plan.Block(body=body, scope=block.scope, function=block.function, doc=block.doc)


def choose_way(ways: Sequence[Way], unseen: tuple[plan.Statement, ...]) -> tuple[plan.Statement, ...]:
    """Return statements that take the first way whose test holds, else ``unseen``.

    Ways that end come as guards of their own; the only one that goes on is not nested.
    """
    statements: list[plan.Statement] = []
    rest = list(ways)
    while rest and ends(rest[0].block.body):
        statements.append(plan.If(((rest[0].test, rest[0].marked),)))
        rest.pop(0)
    if not rest:
        return (*statements, *unseen)
    if len(rest) == 1:
        # Where what was tested leaves only this way, there is nothing unseen: of true and false, for one.
        sure = any(rest[0].opposite == way.test for way in ways)
        guard = plan.If(((rest[0].opposite, plan.Block(body=unseen)),))
        return (*statements, *(() if sure else (guard,)), *tail(rest[0].block))
    if len(rest) == 2 and rest[0].test == rest[1].opposite:  # noqa: PLR2004
        return (*statements, _one_or_other(rest[0], rest[1]))
    arms = tuple((way.test, way.marked) for way in rest)
    return (*statements, plan.If(arms, plan.Block(body=unseen)))


def _one_or_other(one: Way, other: Way) -> plan.If:
    """Return two ways of which one holds where the other does not."""
    if not one.block.body:
        one, other = other, one
    otherwise = plan.Block(body=other.marked.body, function="") if other.block.body else None
    return plan.If(((one.test, one.marked),), otherwise)


def tail(block: plan.Block) -> tuple[plan.Statement, ...]:
    """Return a block that goes on without nesting; nothing where it is empty."""
    return (plan.Tail(block),) if block.body else ()


def lower_branch(branch: Branch, scope: Scope, nest: Nest) -> tuple[tuple[plan.Statement, ...], Scope]:
    """Return a branch as statements, and the scope after it."""
    arms = [arm for arm in branch.arms if _possible(arm.guard, scope)]
    reached = max((arm.support.reached for arm in arms), default=0)
    unseen = (plan.Remark(f"0/{reached} tasks"), deviation(branch.unseen))
    remarks = () if branch.confidence is None else (_confidence(branch.confidence), *_gaps(branch, scope))
    answer = _one_answer(arms)
    if branch.confidence is not None or _exclusive(arms):
        arms.sort(key=lambda arm: may_go_on(arm.body))
    if answer is not None and answer in scope.labels:
        return _lower_answered(answer, arms, scope, nest, unseen)
    ways = [
        Way(
            guard_term(arm.guard, scope),
            opposite_term(arm.guard, scope),
            nest(arm.body, _inside(arm, scope)),
            arm.support,
        )
        for arm in arms
    ]
    return (*remarks, *choose_way(ways, unseen)), scope


def _confidence(bound: float) -> plan.Remark:
    return plan.Remark(f"Learnt from the traces; right in at least {bound:.0%} of cases (95 % bound).")


def _gaps(branch: Branch, scope: Scope) -> tuple[plan.Remark, ...]:
    """Return what was seen around each round bound: the bound itself is an inference."""
    said = ((noun_of(value, scope).replace("_", " "), low, high) for value, low, high in branch.gaps)
    return tuple(plan.Remark(f"No run shows {noun} between {low} and {high}.") for noun, low, high in said)


def _lower_answered(
    node: str, arms: list[Arm], scope: Scope, nest: Nest, unseen: tuple[plan.Statement, ...]
) -> tuple[tuple[plan.Statement, ...], Scope]:
    """Return a branch over the answers to one question.

    The labels are closed: those without an arm deviate first.
    """
    covered = {arm.guard.label for arm in arms if isinstance(arm.guard, Answered)}
    left = tuple(label for label in scope.labels[node] if label not in covered)
    statements: list[plan.Statement] = []
    if left:
        statements.append(
            plan.If(((_answer_test(node, left, scope, negate=False), plan.Block(body=unseen)),))
        )
    blocks = [(arm, nest(arm.body, _inside(arm, scope))) for arm in arms]
    while len(blocks) > 1 and ends(blocks[0][1].body):
        arm, block = blocks.pop(0)
        statements.append(plan.If(((guard_term(arm.guard, scope), _led(block, counted(arm.support))),)))
    if len(blocks) == 1:
        statements.extend(tail(blocks[0][1]))
    else:
        statements.append(
            plan.If(
                tuple(
                    (guard_term(arm.guard, scope), _led(block, counted(arm.support))) for arm, block in blocks
                )
            )
        )
    still = tuple(arm.guard.label for arm, block in blocks if isinstance(arm.guard, Answered))
    return tuple(statements), scope.narrow(node, still)


def _inside(arm: Arm, scope: Scope) -> Scope:
    """Return the scope inside an arm: an answer that its guard names is settled."""
    for guard in _conjuncts(arm.guard):
        if isinstance(guard, Answered):
            scope = scope.narrow(guard.id, (guard.label,))
    return scope


def _conjuncts(guard: Guard) -> tuple[Compare | Either | Answered, ...]:
    if isinstance(guard, Both):
        return (*_conjuncts(guard.left), *_conjuncts(guard.right))
    return (guard,)


def _possible(guard: Guard, scope: Scope) -> bool:
    """Return whether no earlier branch has ruled the guard out."""
    return all(
        not isinstance(part, Answered) or part.label in scope.labels.get(part.id, (part.label,))
        for part in _conjuncts(guard)
    )


def _one_answer(arms: Sequence[Arm]) -> str | None:
    """Return the node whose answer all the arms test, each another label."""
    guards = [arm.guard for arm in arms if isinstance(arm.guard, Answered)]
    labels = {guard.label for guard in guards}
    alone = len(guards) == len(arms) == len(labels) and len({guard.id for guard in guards}) == 1
    return guards[0].id if alone and guards else None


def _exclusive(arms: Sequence[Arm]) -> bool:
    """Return whether at most one arm can hold, so that their order does not matter."""
    if _one_answer(arms) is not None:
        return True
    tests = [arm.guard for arm in arms if isinstance(arm.guard, Compare) and arm.guard.op == "=="]
    if len(tests) != len(arms) or any(not isinstance(test.right, Const) for test in tests):
        return False
    texts = [
        test.right.value
        for test in tests
        if isinstance(test.right, Const) and isinstance(test.right.value, str)
    ]
    return len({repr(test.left) for test in tests}) == 1 and len(set(texts)) == len(tests)


def may_go_on(block: Block) -> bool:
    """Return whether control may come out of the end of a block of the program."""
    for node in block:
        if isinstance(node, Stop | Deviate | HandOver | Leave):
            return False
        if isinstance(node, Branch) and not any(may_go_on(arm.body) for arm in node.arms):
            return False
    return True


def guard_term(guard: Guard, scope: Scope) -> plan.Term:
    """Return a guard as a test."""
    match guard:
        case Answered(id=node, label=label):
            return _answer_test(node, (label,), scope, negate=False)
        case Both(left=left, right=right):
            return plan.Every((guard_term(left, scope), guard_term(right, scope)))
        case Either(left=left, right=right):
            return plan.Some((guard_term(left, scope), guard_term(right, scope)))
        case Compare():
            return _compare(guard, scope, negate=False)
        case _:
            assert_never(guard)


def opposite_term(guard: Guard, scope: Scope) -> plan.Term:
    """Return the opposite of a guard as a test."""
    match guard:
        case Answered(id=node, label=label):
            return _answer_test(node, (label,), scope, negate=True)
        case Both(left=left, right=right):
            return plan.Some((opposite_term(left, scope), opposite_term(right, scope)))
        case Either(left=left, right=right):
            return plan.Every((opposite_term(left, scope), opposite_term(right, scope)))
        case Compare():
            return _compare(guard, scope, negate=True)
        case _:
            assert_never(guard)


def _answer_test(node: str, labels: tuple[str, ...], scope: Scope, *, negate: bool) -> plan.Term:
    answer = scope.local(node)
    if not isinstance(answer.type, Choice):
        raise InternalError(f"a guard tests the answer {node!r}, which is no classification")
    known = dict(answer.type.members)
    kind = annotation(answer.type)
    terms = tuple(plan.Member(kind, known[label]) for label in labels)
    if len(terms) == 1:
        return plan.Test(answer.term, "is not" if negate else "is", terms[0])
    return plan.Test(answer.term, "not in" if negate else "in", plan.Items(terms))


def _compare(guard: Compare, scope: Scope, *, negate: bool) -> plan.Term:
    left, right, op = lower_expr(guard.left, scope), lower_expr(guard.right, scope), guard.op
    if op == "in":
        return _contains(left, right, negate=negate)
    known: TestOp = op
    if isinstance(left.term, plan.Scalar) and not isinstance(right.term, plan.Scalar):
        left, right, known = right, left, _MIRRORED[op]
    if (
        op in ("==", "!=")
        and isinstance(right.term, plan.Scalar)
        and not isinstance(right.term.value, str | int | float)
    ):
        return _identity(left, right, negate=negate != (op == "!="))
    if op in ("==", "!=") and right.type == BOOL and isinstance(right.term, plan.Scalar):
        return _identity(left, right, negate=negate != (op == "!="))
    one, other = comparable(left, right, ordered=op not in ("==", "!="))
    return plan.Test(one.term, _NEGATED[known] if negate else known, other.term)


def _identity(left: Typed, right: Typed, *, negate: bool) -> plan.Term:
    """Compare with None, True or False: as a plain condition where the value is surely a bool."""
    if left.type == BOOL and isinstance(right.term, plan.Scalar):
        return left.term if bool(right.term.value) != negate else plan.Not(left.term)
    return plan.Test(left.term, "is not" if negate else "is", right.term)


def _contains(left: Typed, right: Typed, *, negate: bool) -> plan.Term:
    op: TestOp = "not in" if negate else "in"
    match right.type:
        case Rows(item=item):
            one, _ = comparable(left, Typed(plan.Dots(), item), ordered=False)
            return plan.Test(one.term, op, right.term)
        case Table():
            return plan.Test(as_atom(left, STR).term, op, right.term)
        case _:
            return plan.Test(as_atom(left, STR).term, op, as_atom(right, STR).term)
