"""Where evidence belongs: patterns, calls, constants, branches and loops, with the runs behind each of them.

Each place is named in words that lead to its line in harness.py: by the tools and questions that stand there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import final

from compiler.emit.names import singular, tool_noun
from compiler.ir.expr import Attr, Const, Each, Expr, Nth, Pick, Ranked, Ref, Where, inner_exprs
from compiler.ir.program import (
    Arm,
    Ask,
    Block,
    Branch,
    CallEither,
    CallTool,
    ForEach,
    HandOver,
    Let,
    Node,
    OnEmpty,
    Only,
    OnText,
    Pages,
    Program,
    Slot,
    Support,
    Switch,
    TextCase,
    Until,
)
from compiler.ir.run import JSON
from compiler.ir.words import (
    SELECTED,
    called,
    describe,
    describe_guard,
    nodes_of,
    ordinal,
    quoted,
    value_names,
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A counted place of a program."""

    kind: str
    what: str
    support: Support

    def to_json(self) -> JSON:
        """The place as evidence.json keeps it."""
        return {
            "kind": self.kind,
            "what": self.what,
            "tasks": self.support.tasks,
            "reached": self.support.reached,
            "runs": [*sorted(set(self.support.runs))],
        }


def places(program: Program) -> list[JSON]:
    """Return one entry for each counted place, in the order of the program. No two have the same name."""
    patterns = (
        Place(kind="pattern", what=_pattern_text(pattern.parts), support=pattern.support)
        for pattern in program.request.patterns
    )
    return [place.to_json() for place in _told_apart((*patterns, *_Walk(program).block(program.body)))]


def _told_apart(found: tuple[Place, ...]) -> Iterator[Place]:
    """Number the places whose names repeat: the second of them is the second in the harness, too."""
    times: Counter[tuple[str, str]] = Counter()
    for place in found:
        key = place.kind, place.what
        times[key] += 1
        again = times[key]
        yield place if again == 1 else replace(place, what=f"{place.what} ({ordinal(again)} place)")


def _pattern_text(parts: tuple[str | Slot, ...]) -> str:
    return "".join(f"{{{part.field or part.gap}}}" if isinstance(part, Slot) else part for part in parts)


@final
class _Walk:
    """The way through one program: what its values are called, and what one element of a list is."""

    def __init__(self, program: Program) -> None:
        self._names = value_names(program)
        self._calls = {node.id for node in nodes_of(program.body) if isinstance(node, CallTool)}
        self._nouns: dict[str, str] = {}
        for node in nodes_of(program.body):
            self._note_noun(node)

    def block(self, block: Block) -> Iterator[Place]:
        for node in block:
            yield from self._node(node)

    def _node(self, node: Node) -> Iterator[Place]:
        match node:
            case CallTool() | Pages():
                yield from self._call(node.call if isinstance(node, Pages) else node)
            case CallEither(options=options):
                calls = (option.call for option in options)
                yield from (Place(kind="call", what=call.tool, support=call.support) for call in calls)
            case HandOver(reason=reason, support=support):
                yield Place(kind="hand-over", what=reason, support=support)
            case OnEmpty(rows=rows, body=body, support=support):
                yield Place(kind="branch", what=self._empty(rows), support=support)
                yield from self.block(body)
            case OnText() | Branch():
                yield from self._ways(node)
            case Switch():
                yield from self._switch(node)
            case ForEach() | Until():
                yield from self._repeated(node)
            case _:
                return

    def _repeated(self, node: ForEach | Until) -> Iterator[Place]:
        if isinstance(node, ForEach):
            what = f"for each {self._noun(node.rows)} of {describe(node.rows, self._names)}"
            body = node.body
        else:
            yield from self._call(node.call)
            what = f"{describe_guard(node.done, self._names)} after a repair"
            body = node.repair
        yield Place(kind="loop", what=what, support=node.support)
        yield from self.block(body)
        if isinstance(node, ForEach) and node.otherwise is not None:
            unfound = f"none of {describe(node.rows, self._names)} ends the walk"
            yield Place(kind="branch", what=unfound, support=node.otherwise.support)
            yield from self.block(node.otherwise.body)

    def _call(self, node: CallTool) -> Iterator[Place]:
        # The number of a later call of the tool, as its result is called wherever it is used.
        tool = node.tool if node.selector is None else SELECTED
        number = self._names[node.id].removeprefix(tool)
        yield Place(kind="call", what=called(node) + number, support=node.support)
        for key, value in node.arguments:
            if _constant(value):
                what = f"{tool}.{key} = {describe(value, self._names)}{number}"
                yield Place(kind="constant", what=what, support=node.support)

    def _ways(self, node: OnText | Branch) -> Iterator[Place]:
        ways: list[tuple[str, TextCase | Arm]]
        if isinstance(node, OnText):
            asked = describe(Ref(node.ref), self._names)
            ways = [(f"{asked} answers {quoted(case.text)}", case) for case in node.cases]
        else:
            ways = [(describe_guard(arm.guard, self._names), arm) for arm in node.arms]
        for what, way in ways:
            yield Place(kind="branch", what=what, support=way.support)
            yield from self.block(way.body)

    def _switch(self, node: Switch) -> Iterator[Place]:
        on = describe(node.on, self._names)
        for case in node.cases:
            yield from (
                Place(kind="branch", what=f"{on} is {quoted(value)}", support=case.support)
                for value in case.values
            )
        if node.otherwise is not None:
            yield Place(kind="branch", what=f"{on} is anything else", support=node.otherwise.support)

    def _empty(self, rows: Expr) -> str:
        found = describe(rows, self._names)
        is_call = isinstance(rows, Ref) and rows.id in self._calls
        return f"{found} finds nothing" if is_call else f"nothing is left of {found}"

    def _note_noun(self, node: Node) -> None:
        match node:
            case CallTool(id=id_, tool=tool):
                self._nouns[id_] = singular(tool_noun(tool))
            case CallEither(id=id_, options=options):
                self._nouns[id_] = singular(tool_noun(options[0].call.tool))
            case Let(id=id_, rivals=(rows, *_)) | Only(id=id_, rows=rows) | ForEach(id=id_, rows=rows):
                self._nouns[id_] = self._noun(rows)
            case Ask(id=id_, options=rows) if rows is not None:
                self._nouns[id_] = self._noun(rows)
            case _:
                pass

    def _noun(self, rows: Expr) -> str:
        """Say what one element of a list is."""
        match rows:
            case Ref(id=id_):
                return self._nouns.get(id_, "element")
            case Pick(rows=inner) | Nth(rows=inner) | Where(rows=inner) | Ranked(rows=inner):
                return self._noun(inner)
            case Attr(key=key) | Each(key=key):
                return singular(key)
            case _:
                return "element"


def _constant(expr: Expr) -> bool:
    """Return whether nothing in an expression varies."""
    inner = inner_exprs(expr)
    return isinstance(expr, Const) or (bool(inner) and all(_constant(part) for part in inner))
