"""A program as a flat list of steps in words: what two programs are compared by.

harness.lock keeps it, as no program is kept. A step is what happens, on which conditions, and with what; its
words are those of the flow graph and of the evidence.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, assert_never, final

from compiler.ir.program import (
    Arm,
    Ask,
    Block,
    Branch,
    CallEither,
    CallTool,
    Deviate,
    ForEach,
    HandOver,
    Leave,
    Let,
    Node,
    OnEmpty,
    OnLength,
    Only,
    OnText,
    Pages,
    Program,
    Stop,
    Support,
    Switch,
    SwitchCase,
    TextCase,
    Until,
)
from compiler.ir.run import JSON
from compiler.ir.words import Names, describe, describe_guard, quoted, value_names

StepKind = Literal["read", "write", "ask", "table", "way", "leave", "stop", "deviate", "hand over"]
"""``way``: an arm of a branch, whose condition is the last that it stands under; ``leave``: a walk ends."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step. ``under`` are the conditions and loops around it, outermost first.

    ``with_`` says what it is given: arguments, options, entries of a table, and where each comes from.
    """

    kind: StepKind
    what: str
    under: tuple[str, ...] = ()
    with_: tuple[tuple[str, str], ...] = ()
    tasks: int = 0
    reached: int = 0

    def to_json(self) -> dict[str, JSON]:
        """The step as harness.lock keeps it."""
        return {
            "kind": self.kind,
            "what": self.what,
            "under": list(self.under),
            "with": [list(pair) for pair in self.with_],
            "tasks": self.tasks,
            "reached": self.reached,
        }


def steps_of(program: Program) -> tuple[Step, ...]:
    """Put a program into steps, in its order."""
    return tuple(_Walk(value_names(program)).block(program.body, ()))


_Under = tuple[str, ...]


@final
class _Walk:
    def __init__(self, names: Names) -> None:
        self.names = names

    def block(self, block: Block, under: _Under) -> Iterator[Step]:
        for node in block:
            yield from self.node(node, under)

    def node(self, node: Node, under: _Under) -> Iterator[Step]:
        match node:
            case CallTool() | CallEither():
                yield from self.call(node, under)
            case Let() | Only() | Ask():
                yield from self.question(node, under)
            case Switch():
                yield from self.table(node, under)
            case OnText() | OnEmpty() | OnLength() | Branch():
                yield from self.ways(node, under)
            case ForEach() | Until() | Pages():
                yield from self.repeated(node, under)
            case Leave() | Stop() | Deviate() | HandOver():
                yield self.end(node, under)
            case _:
                assert_never(node)

    def repeated(self, node: ForEach | Until | Pages, under: _Under) -> Iterator[Step]:
        match node:
            case ForEach(rows=rows, body=body, otherwise=otherwise):
                walked = describe(rows, self.names)
                yield from self.block(body, (*under, f"for each of {walked}"))
                if otherwise is not None:
                    yield from self.block(otherwise.body, (*under, f"none of {walked} ended the walk"))
            case Until(call=call, done=done, repair=repair, most=most):
                yield from self.call(call, under)
                again = f"until {describe_guard(done, self.names)}, at most {most} times"
                yield from self.block(repair, (*under, again))
            case Pages(call=call, argument=argument, cursor=cursor):
                pages = (f"{argument} of the next page", describe(cursor, self.names))
                yield from (replace(step, with_=(*step.with_, pages)) for step in self.call(call, under))
            case _:
                assert_never(node)

    def call(self, node: CallTool | CallEither, under: _Under) -> Iterator[Step]:
        if isinstance(node, CallEither):
            for option in node.options:
                given = " and ".join(f"request.{name}" for name in option.needs)
                yield from self.call(option.call, (*under, f"{given} is given"))
            return
        selected = () if node.selector is None else (("the tool", describe(node.selector, self.names)),)
        given_with = ((key, describe(value, self.names)) for key, value in node.arguments)
        for tool in node.alternatives if node.selector is not None else (node.tool,):
            yield _step(node.effect, tool, under, (*selected, *given_with), node.support)

    def question(self, node: Let | Only | Ask, under: _Under) -> Iterator[Step]:
        match node:
            case Let(question=None):
                return
            case Let(question=str(question), rivals=rivals):
                asked = tuple(("if these differ", describe(rival, self.names)) for rival in rivals)
            case Only(question=question, rows=rows):
                asked = (("if several", describe(rows, self.names)),)
            case Ask(question=question, options=rows, if_many=if_many):
                options = "if several" if if_many else "of"
                asked = () if rows is None else ((options, describe(rows, self.names)),)
            case _:
                return
        yield _step("ask", question, under, asked, node.support)

    def table(self, node: Switch, under: _Under) -> Iterator[Step]:
        cases = node.cases if node.otherwise is None else (*node.cases, node.otherwise)
        entries = tuple(
            self.entry(case, value) for case in cases for value in case.values or ("anything else",)
        )
        yield _step("table", describe(node.on, self.names), under, entries, node.support)

    def entry(self, case: SwitchCase, value: JSON) -> tuple[str, str]:
        asked = f"{case.ask.question} asks" if case.ask is not None else describe(case.value, self.names)
        return quoted(value) if case.values else str(value), asked

    def ways(self, node: OnText | OnEmpty | OnLength | Branch, under: _Under) -> Iterator[Step]:
        match node:
            case OnText(ref=ref, cases=cases):
                name = self.names.get(ref, ref)
                for case in cases:
                    yield from self.way(case, (*under, f"{name} answers {quoted(case.text)}"))
            case OnEmpty(rows=rows, body=body, support=support):
                empty = (*under, f"{describe(rows, self.names)} is empty")
                yield from self.block(body or (Deviate(message="no run shows this", support=support),), empty)
            case OnLength(rows=rows, cap=cap, support=support):
                long = (*under, f"{describe(rows, self.names)} has {cap} or more")
                yield _step("deviate", "the list may be cut off", long, (), support)
            case Branch(arms=arms):
                for arm in arms:
                    yield from self.way(arm, (*under, describe_guard(arm.guard, self.names)))
            case _:
                assert_never(node)

    def way(self, way: Arm | TextCase, under: _Under) -> Iterator[Step]:
        yield _step("way", "", under, (), way.support)
        yield from self.block(way.body, under)

    def end(self, node: Leave | Stop | Deviate | HandOver, under: _Under) -> Step:
        match node:
            case Leave():
                return _step("leave", "", under, (), node.support)
            case Stop():
                return _step("stop", "", under, (), node.support)
            case Deviate(message=message):
                return _step("deviate", message, under, (), node.support)
            case HandOver(reason=reason):
                return _step("hand over", reason, under, (), node.support)
            case _:
                assert_never(node)


def _step(
    kind: StepKind, what: str, under: _Under, given: tuple[tuple[str, str], ...], support: Support
) -> Step:
    return Step(kind=kind, what=what, under=under, with_=given, tasks=support.tasks, reached=support.reached)
