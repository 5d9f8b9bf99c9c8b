"""A program as steps: every kind of node says what it does, on which conditions and with what."""

from __future__ import annotations

import pytest

from compiler.ir.expr import Attr, Const, Pick, Ref, RequestField
from compiler.ir.program import (
    Arm,
    Ask,
    Branch,
    CallEither,
    CallTool,
    Compare,
    Deviate,
    ForEach,
    HandOver,
    Let,
    Limits,
    Node,
    OnEmpty,
    OnLength,
    Only,
    OnText,
    Option,
    Program,
    Question,
    Request,
    Stop,
    Support,
    Switch,
    SwitchCase,
    TextCase,
    Until,
)
from compiler.ir.steps import Step, steps_of

SUPPORT = Support(tasks=3, reached=5, runs=("r1",))
FIND = CallTool(
    id="rows", tool="find", arguments=(("day", RequestField("day")),), effect="read", support=SUPPORT
)
DROP = CallTool(
    id="d", tool="drop", arguments=(("id", Attr(Ref("row"), "id")),), effect="write", support=SUPPORT
)
OPEN = Compare(Attr(Ref("rows"), "status"), "==", Const("open"))
STATUS = 'status of find == "open"'
WHICH = Question(name="WHICH", kind="choose", text="Which?", support=SUPPORT)


def steps(*nodes: Node) -> list[tuple[str, str, tuple[str, ...], tuple[tuple[str, str], ...]]]:
    program = Program(
        name="p",
        request=Request(form="text"),
        tools=(),
        body=(FIND, *nodes),
        questions=(WHICH,),
        limits=Limits(tool_calls=1, questions=0),
        tasks=5,
        runs=("r1",),
    )
    first, *others = steps_of(program)
    assert first == Step(kind="read", what="find", with_=(("day", "request.day"),), tasks=3, reached=5)
    return [(step.kind, step.what, step.under, step.with_) for step in others]


@pytest.mark.parametrize(
    ("node", "found"),
    [
        (
            ForEach(id="row", rows=Ref("rows"), body=(DROP,), support=SUPPORT),
            [("write", "drop", ("for each of find",), (("id", "id of each of find"),))],
        ),
        (
            Branch(arms=(Arm(guard=OPEN, body=(Stop(support=SUPPORT),), support=SUPPORT),), unseen="unseen"),
            [("way", "", (STATUS,), ()), ("stop", "", (STATUS,), ())],
        ),
        (
            OnEmpty(rows=Ref("rows"), body=(), support=SUPPORT),
            [("deviate", "no run shows this", ("find is empty",), ())],
        ),
        (
            OnLength(rows=Ref("rows"), cap=5, support=SUPPORT),
            [("deviate", "the list may be cut off", ("find has 5 or more",), ())],
        ),
        (
            OnText(ref="rows", cases=(TextCase(text="None.", body=(), support=SUPPORT),), support=SUPPORT),
            [("way", "", ('find answers "None."',), ())],
        ),
        (
            Let(
                id="x",
                rivals=(Pick(Ref("rows"), "first"), Pick(Ref("rows"), "last")),
                question="WHICH",
                support=SUPPORT,
            ),
            [
                (
                    "ask",
                    "WHICH",
                    (),
                    (("if these differ", "first of find"), ("if these differ", "last of find")),
                )
            ],
        ),
        (Let(id="x", rivals=(Pick(Ref("rows"), "first"),), support=SUPPORT), []),
        (
            Only(id="x", rows=Ref("rows"), question="WHICH", support=SUPPORT),
            [("ask", "WHICH", (), (("if several", "find"),))],
        ),
        (
            Ask(id="x", question="WHICH", options=Ref("rows"), support=SUPPORT),
            [("ask", "WHICH", (), (("of", "find"),))],
        ),
        (
            Switch(
                id="x",
                on=Attr(Ref("rows"), "kind"),
                cases=(SwitchCase(values=("a", "b"), value=RequestField("day"), support=SUPPORT),),
                otherwise=SwitchCase(values=(), value=Const("c"), support=SUPPORT),
                support=SUPPORT,
            ),
            [
                (
                    "table",
                    "kind of find",
                    (),
                    (('"a"', "request.day"), ('"b"', "request.day"), ("anything else", '"c"')),
                )
            ],
        ),
        (
            Until(
                call=DROP,
                done=OPEN,
                repair=(Deviate(message="lost", support=SUPPORT),),
                most=2,
                support=SUPPORT,
            ),
            [
                ("write", "drop", (), (("id", "id of row"),)),
                ("deviate", "lost", (f"until {STATUS}, at most 2 times",), ()),
            ],
        ),
        (
            CallEither(
                id="x",
                options=(Option(needs=("name", "zip"), call=DROP),),
                support=SUPPORT,
            ),
            [("write", "drop", ("request.name and request.zip is given",), (("id", "id of row"),))],
        ),
        (
            HandOver(reason="the rest varies", support=SUPPORT, made=1, calls=2, runs=3),
            [("hand over", "the rest varies", (), ())],
        ),
    ],
)
def test_each_node_is_its_steps(
    node: Node, found: list[tuple[str, str, tuple[str, ...], tuple[tuple[str, str], ...]]]
) -> None:
    assert steps(node) == found


def test_a_selected_tool_is_a_step_for_each_that_may_be() -> None:
    call = CallTool(
        id="x",
        tool="a",
        arguments=(),
        effect="write",
        selector=RequestField("kind"),
        alternatives=("a", "b"),
        support=SUPPORT,
    )
    selected = (("the tool", "request.kind"),)
    assert steps(call) == [("write", "a", (), selected), ("write", "b", (), selected)]
