"""Draw a program as a graph: what calls what, where it parts, where it asks, where it ends."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, assert_never, final

from compiler.ir.program import (
    Answered,
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
    Request,
    Stop,
    Switch,
    Until,
)
from compiler.ir.run import JSON
from compiler.ir.words import called, describe, describe_guard, quoted, value_names

Shape = Literal["start", "read", "write", "ask", "decide", "loop", "done", "deviate", "hand over"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class FlowNode:
    """A box of the graph. ``label`` may hold text from traces; whoever draws it escapes it."""

    id: str
    shape: Shape
    label: str
    tools: tuple[str, ...] = ()
    """Of a call: the tool, or those that the request's words select from."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class FlowEdge:
    """An arrow between two boxes, by their ids; ``label`` says when it is taken, or is empty."""

    source: str
    target: str
    label: str = ""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """The graph of one program, in the order in which the program reads."""

    nodes: tuple[FlowNode, ...]
    edges: tuple[FlowEdge, ...]

    def to_json(self) -> dict[str, JSON]:
        """The graph as evidence.json keeps it."""
        return {
            "nodes": [
                {"id": node.id, "shape": node.shape, "label": node.label, "tools": list(node.tools)}
                for node in self.nodes
            ],
            "edges": [
                {"source": edge.source, "target": edge.target, "label": edge.label} for edge in self.edges
            ],
        }


def flow_graph(program: Program) -> Flow:
    """Draw the program.

        search; for each row: delete  ->  start -> search -> for each row -> delete -> (back) ; -> done

    Values that are only computed have no box: they change what is called with, not what is called.
    """
    drawing = _Drawing(program)
    ends = drawing.block(program.body, drawing.request(program.request))
    if ends or drawing.stops:
        drawing.join((*ends, *drawing.stops), drawing.box("done", "done"))
    return Flow(nodes=tuple(drawing.nodes), edges=tuple(drawing.edges))


_Ends = tuple[tuple[str, str], ...]
"""Open arrows: the box each comes from, and the label it will have."""


class _Drawing:
    """The graph while it grows, in the order of the program: boxes have numbers, bound values have names."""

    def __init__(self, program: Program) -> None:
        self.names = value_names(program)
        self.labels = {question.name: set(question.labels) for question in program.questions}
        self.asked: dict[str, tuple[str, str]] = {}
        """By the node of a classification: its box, and its question."""
        self.nodes: list[FlowNode] = []
        self.edges: list[FlowEdge] = []
        self.stops: list[tuple[str, str]] = []
        self.left: list[_Ends] = []
        """For each loop around a place: the arrows that leave it early."""

    def box(self, shape: Shape, label: str, tools: tuple[str, ...] = ()) -> str:
        id = f"n{len(self.nodes)}"
        self.nodes.append(FlowNode(id=id, shape=shape, label=label, tools=tools))
        return id

    def join(self, ends: _Ends, target: str) -> None:
        self.edges += [FlowEdge(source=source, target=target, label=label) for source, label in ends]

    def step(self, shape: Shape, label: str, ends: _Ends) -> _Ends:
        """Draw a box that all open arrows lead to; one arrow leaves it."""
        id = self.box(shape, label)
        self.join(ends, id)
        return ((id, ""),)

    def request(self, request: Request) -> _Ends:
        """Draw the request, and the question that reads it where no wording fits."""
        start = self.box("start", "request")
        if request.question is None:
            return ((start, ""),)
        asked = self.step("ask", request.question, ((start, "another wording" if request.patterns else ""),))
        return (*(((start, "a known wording"),) if request.patterns else ()), *asked)

    def block(self, block: Block, ends: _Ends) -> _Ends:
        """Draw the nodes one after the other; what is left open leads to what follows the block."""
        for node in block:
            ends = self.node(node, ends)
        return ends

    def node(self, node: Node, ends: _Ends) -> _Ends:
        match node:
            case CallTool() | CallEither() | Pages():
                return self.call(node, ends)
            case Ask() | Only() | Let() | Switch():
                return self.value(node, ends)
            case OnText() | OnEmpty() | OnLength():
                return self.check(node, ends)
            case Branch():
                return self.branch(node, ends)
            case ForEach() | Until():
                return self.loop(node, ends)
            case Stop() | Deviate() | HandOver() | Leave():
                return self.end(node, ends)
            case _:
                assert_never(node)

    def end(self, node: Stop | Deviate | HandOver | Leave, ends: _Ends) -> _Ends:
        """Close all open arrows; those of a stop meet in the one box that says done."""
        match node:
            case Leave():
                self.left[-1] += ends
            case Stop():
                self.stops += ends
            case Deviate(message=message):
                self.step("deviate", message, ends)
            case HandOver(reason=reason):
                self.step("hand over", f"the agent goes on: {reason}", ends)
            case _:
                assert_never(node)
        return ()

    def call(self, node: CallTool | CallEither | Pages, ends: _Ends) -> _Ends:
        if isinstance(node, Pages):
            ((page, _),) = self.call(node.call, ends)
            self.join(((page, "the next page"),), page)
            return ((page, ""),)
        if isinstance(node, CallEither):
            known = tuple(option.call.tool for option in node.options)
            ((id, _),) = self.step("read", f"one of {', '.join(known)}, by what the request gives", ends)
            self.nodes[-1] = replace(self.nodes[-1], tools=known)
            return ((id, ""),)
        tools = node.alternatives if node.selector is not None else (node.tool,)
        id = self.box("read" if node.effect == "read" else "write", called(node), tools)
        self.join(ends, id)
        return ((id, ""),)

    def value(self, node: Ask | Only | Let | Switch, ends: _Ends) -> _Ends:
        """Draw a question; a value that is only computed has no box."""
        match node:
            case Ask(if_many=True, question=question) | Only(question=question):
                return self.step("ask", f"{question}, only if there are several", ends)
            case Ask(id=id, question=question):
                asked = self.step("ask", question, ends)
                self.asked[id] = (asked[0][0], question)
                return asked
            case Let(question=None):
                return ends
            case Switch():
                return self.switch(node, ends)
            case Let(rivals=rivals, question=question):
                return self.step("ask", f"{question}, only if the {len(rivals)} ways to pick differ", ends)
            case _:
                assert_never(node)

    def check(self, node: OnText | OnEmpty | OnLength, ends: _Ends) -> _Ends:
        """Draw a look at a result: as it should be, and what is done where it is not."""
        match node:
            case OnText(ref=ref, cases=cases):
                ((id, _),) = self.step("decide", f"{self.names.get(ref, ref)} answers with a text?", ends)
                left = tuple(
                    end for case in cases for end in self.block(case.body, ((id, quoted(case.text)),))
                )
                self.join(((id, "another text"),), self.box("deviate", "a text that no run shows"))
                return (*left, (id, "no"))
            case OnEmpty(rows=rows, body=body):
                ((id, _),) = self.step("decide", f"{describe(rows, self.names)} empty?", ends)
                unseen = Deviate(message="no run shows this empty", support=node.support)
                return (*self.block(body or (unseen,), ((id, "yes"),)), (id, "no"))
            case OnLength(rows=rows, cap=cap):
                label = f"{describe(rows, self.names)}: {cap} or more?"
                ((id, _),) = self.step("decide", label, ends)
                self.join(((id, "yes"),), self.box("deviate", "the list may be cut off"))
                return ((id, "no"),)
            case _:
                assert_never(node)

    def branch(self, node: Branch, ends: _Ends) -> _Ends:
        """Draw the ways: from the question, where it was just asked, else from a box of their own."""
        asked = self.asked_by(node)
        if asked is not None and ends == ((asked[0], ""),):
            box = asked[0]
        else:
            ((box, _),) = self.step("decide", "which way?" if asked is None else f"{asked[1]}?", ends)
        left = tuple(end for arm in node.arms for end in self.arm(arm, box, alone=asked is not None))
        seen = {arm.guard.label for arm in node.arms if isinstance(arm.guard, Answered)}
        offered = self.labels.get(asked[1], set()) if asked is not None else set()
        if not offered or offered - seen:
            self.join(((box, "none of these"),), self.box("deviate", node.unseen))
        return left

    def asked_by(self, node: Branch) -> tuple[str, str] | None:
        """Find the one classification whose answer all ways test: its box, and its question."""
        tested = {arm.guard.id if isinstance(arm.guard, Answered) else "" for arm in node.arms}
        return self.asked.get(tested.pop()) if len(tested) == 1 else None

    def arm(self, arm: Arm, source: str, *, alone: bool) -> _Ends:
        """Draw one way; where its box says which question is meant, the answer alone is enough."""
        said = describe_guard(arm.guard, self.names)
        if alone and isinstance(arm.guard, Answered):
            said = arm.guard.label
        return self.block(arm.body, ((source, said),))

    def switch(self, node: Switch, ends: _Ends) -> _Ends:
        """Draw the questions of a table, and that it may have no entry; what it only looks up has no box."""
        known = node.cases if node.otherwise is None else (*node.cases, node.otherwise)
        asked = [case for case in known if case.ask is not None]
        if not asked and node.otherwise is not None:
            return ends
        ((id, _),) = self.step("decide", f"{describe(node.on, self.names)}?", ends)
        left: _Ends = ()
        if len(asked) < len(known):
            left = ((id, "a value with an entry"),)
        for case in asked:
            said = ", ".join(quoted(value) for value in case.values[:3]) or "another value"
            left = (*left, *self.step("ask", case.ask.question if case.ask else "", ((id, said),)))
        if node.otherwise is None:
            self.join(((id, "another value"),), self.box("deviate", "a value that no run shows"))
        return left

    def loop(self, node: ForEach | Until, ends: _Ends) -> _Ends:
        """Draw the walk of a list; or a call, what is wanted of its result, and the way back to it."""
        if isinstance(node, Until):
            ((call, _),) = self.call(node.call, ends)
            ((id, _),) = self.step("decide", f"{describe_guard(node.done, self.names)}?", ((call, ""),))
            self.join(self.block(node.repair, ((id, f"no, at most {node.most} times"),)), call)
            return ((id, "yes"),)
        ((id, _),) = self.step("loop", f"for each of {describe(node.rows, self.names)}", ends)
        self.left.append(())
        self.join(self.block(node.body, ((id, "each"),)), id)
        rest = () if node.otherwise is None else node.otherwise.body
        return (*self.left.pop(), *self.block(rest, ((id, "then"),)))
