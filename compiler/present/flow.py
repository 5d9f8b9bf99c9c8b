"""Draw a program as a graph: what calls what, where it parts, where it asks, where it ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, assert_never, final

from compiler.ir.program import (
    Arm,
    Ask,
    Block,
    Branch,
    CallTool,
    Deviate,
    ForEach,
    Let,
    Node,
    OnEmpty,
    OnLength,
    Only,
    OnText,
    Program,
    Stop,
)
from compiler.ir.run import JSON
from compiler.present.words import describe, describe_guard

Shape = Literal["start", "read", "write", "ask", "decide", "loop", "done", "deviate"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class FlowNode:
    """A box of the graph. ``label`` may hold text from traces; whoever draws it escapes it."""

    id: str
    shape: Shape
    label: str


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
            "nodes": [{"id": node.id, "shape": node.shape, "label": node.label} for node in self.nodes],
            "edges": [
                {"source": edge.source, "target": edge.target, "label": edge.label} for edge in self.edges
            ],
        }


def flow_graph(program: Program) -> Flow:
    """Draw the program.

        search; for each row: delete  ->  start -> search -> for each row -> delete -> (back) ; -> done

    Values that are only computed have no box: they change what is called with, not what is called.
    """
    drawing = _Drawing()
    ends: _Ends = ((drawing.box("start", "request"), ""),)
    if program.request.question is not None:
        ends = drawing.step("ask", f"{program.request.question}, where no wording fits", ends)
    ends = drawing.block(program.body, ends)
    if ends or drawing.stops:
        drawing.join((*ends, *drawing.stops), drawing.box("done", "done"))
    return Flow(nodes=tuple(drawing.nodes), edges=tuple(drawing.edges))


_Ends = tuple[tuple[str, str], ...]
"""Open arrows: the box each comes from, and the label it will have."""


class _Drawing:
    """The graph while it grows, in the order of the program: boxes have numbers, bound values have names."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.nodes: list[FlowNode] = []
        self.edges: list[FlowEdge] = []
        self.stops: list[tuple[str, str]] = []

    def box(self, shape: Shape, label: str) -> str:
        id = f"n{len(self.nodes)}"
        self.nodes.append(FlowNode(id=id, shape=shape, label=label))
        return id

    def join(self, ends: _Ends, target: str) -> None:
        self.edges += [FlowEdge(source=source, target=target, label=label) for source, label in ends]

    def step(self, shape: Shape, label: str, ends: _Ends) -> _Ends:
        """Draw a box that all open arrows lead to; one arrow leaves it."""
        id = self.box(shape, label)
        self.join(ends, id)
        return ((id, ""),)

    def block(self, block: Block, ends: _Ends) -> _Ends:
        """Draw the nodes one after the other; what is left open leads to what follows the block."""
        for node in block:
            ends = self.node(node, ends)
        return ends

    def node(self, node: Node, ends: _Ends) -> _Ends:
        match node:
            case CallTool(id=id, tool=tool, effect=effect):
                self.names[id] = tool.rpartition(".")[2]
                return self.step("read" if effect == "read" else "write", tool, ends)
            case Ask() | Only() | Let():
                return self.value(node, ends)
            case OnText() | OnEmpty() | OnLength():
                return self.check(node, ends)
            case Branch():
                return self.branch(node, ends)
            case ForEach():
                return self.loop(node, ends)
            case Stop() | Deviate():
                return self.end(node, ends)
            case _:
                assert_never(node)

    def end(self, node: Stop | Deviate, ends: _Ends) -> _Ends:
        """Close all open arrows; those of a stop meet in the one box that says done."""
        if isinstance(node, Stop):
            self.stops += ends
        else:
            self.step("deviate", node.message, ends)
        return ()

    def value(self, node: Ask | Only | Let, ends: _Ends) -> _Ends:
        """Draw a question; a value that is only computed gets a name, and no box."""
        match node:
            case Ask(id=id, question=question):
                self.names[id] = question
                return self.step("ask", question, ends)
            case Only(id=id, rows=rows, question=question):
                self.names[id] = f"the one of {describe(rows, self.names)}"
                return self.step("ask", f"{question}, where there are several", ends)
            case Let(id=id, rivals=rivals, question=question):
                self.names[id] = describe(rivals[0], self.names)
                if question is None:
                    return ends
                return self.step("ask", f"{question}, where rivals differ", ends)
            case _:
                assert_never(node)

    def check(self, node: OnText | OnEmpty | OnLength, ends: _Ends) -> _Ends:
        """Draw a look at a result: as it should be, and what is done where it is not."""
        match node:
            case OnText(ref=ref, cases=cases):
                ((id, _),) = self.step("decide", f"{self.names.get(ref, ref)} gave a text?", ends)
                left = tuple(
                    end for case in cases for end in self.block(case.body, ((id, f'"{case.text}"'),))
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
        ((id, _),) = self.step("decide", "which way?", ends)
        left = tuple(end for arm in node.arms for end in self.arm(arm, id))
        self.join(((id, "none of these"),), self.box("deviate", node.unseen))
        return left

    def arm(self, arm: Arm, source: str) -> _Ends:
        return self.block(arm.body, ((source, describe_guard(arm.guard, self.names)),))

    def loop(self, node: ForEach, ends: _Ends) -> _Ends:
        rows = describe(node.rows, self.names)
        self.names[node.id] = f"each of {rows}"
        ((id, _),) = self.step("loop", f"for each of {rows}", ends)
        self.join(self.block(node.body, ((id, "each"),)), id)
        return ((id, "then"),)
