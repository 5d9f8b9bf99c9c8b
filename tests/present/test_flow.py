"""A program as a graph."""

from __future__ import annotations

import pytest

from compiler.ir.program import (
    Answered,
    Arm,
    Ask,
    Attr,
    Block,
    Both,
    Branch,
    CallTool,
    Case,
    Compare,
    Const,
    Deviate,
    Each,
    Expr,
    ForEach,
    FormatTime,
    Let,
    Limits,
    ListOf,
    Now,
    OnEmpty,
    OnLength,
    Only,
    OnText,
    Pick,
    Program,
    Record,
    Ref,
    Request,
    RequestField,
    Shift,
    Stop,
    Support,
    Template,
    TextCase,
    Where,
)
from compiler.present.flow import flow_graph
from compiler.present.words import describe, describe_guard

SUPPORT = Support(tasks=3, reached=3)
SEARCH = CallTool(id="c1", tool="cal.search", arguments=(), effect="read", support=SUPPORT)
DELETE = CallTool(id="c2", tool="cal.delete", arguments=(), effect="write", support=SUPPORT)


def drawn(*body: object, question: str | None = None) -> list[str]:
    """Draw a block; one line for each arrow, in their order."""
    block: Block = tuple(body)  # type: ignore[arg-type]  # the tests give nodes
    program = Program(
        name="p",
        request=Request(form="text", question=question),
        tools=(),
        body=block,
        questions=(),
        limits=Limits(tool_calls=1, questions=0),
        tasks=3,
        runs=(),
    )
    flow = flow_graph(program)
    labels = {node.id: f"{node.shape} {node.label}" for node in flow.nodes}
    assert len(labels) == len(flow.nodes)
    return [
        f"{labels[edge.source]} -{f' {edge.label} -' if edge.label else ''}> {labels[edge.target]}"
        for edge in flow.edges
    ]


def test_a_line() -> None:
    assert drawn(SEARCH, DELETE) == [
        "start request -> read cal.search",
        "read cal.search -> write cal.delete",
        "write cal.delete -> done done",
    ]


def test_a_request_that_may_need_the_model() -> None:
    assert drawn(SEARCH, question="REQUEST") == [
        "start request -> ask REQUEST, where no wording fits",
        "ask REQUEST, where no wording fits -> read cal.search",
        "read cal.search -> done done",
    ]


def test_a_loop_leads_back_and_on() -> None:
    loop = ForEach(id="e", rows=Ref("c1"), body=(DELETE,), support=SUPPORT)
    assert drawn(SEARCH, loop)[1:] == [
        "read cal.search -> loop for each of search",
        "loop for each of search - each -> write cal.delete",
        "write cal.delete -> loop for each of search",
        "loop for each of search - then -> done done",
    ]


def test_an_arm_that_stops_leads_to_the_end_and_the_unseen_deviates() -> None:
    ask = Ask(id="a", question="DUE", support=SUPPORT)
    branch = Branch(
        arms=(
            Arm(guard=Answered("a", "yes"), body=(DELETE,), support=SUPPORT),
            Arm(guard=Answered("a", "no"), body=(Stop(support=SUPPORT),), support=SUPPORT),
        ),
        unseen="neither fits",
    )
    assert drawn(ask, branch)[1:] == [
        "ask DUE -> decide which way?",
        "decide which way? - yes -> write cal.delete",
        "decide which way? - none of these -> deviate neither fits",
        "write cal.delete -> done done",
        "decide which way? - no -> done done",
    ]


def test_checks_of_a_result() -> None:
    stop = TextCase(text="No events.", body=(Stop(support=SUPPORT),), support=SUPPORT)
    edges = drawn(
        SEARCH,
        OnText(ref="c1", cases=(stop,), support=SUPPORT),
        OnEmpty(rows=Ref("c1"), body=(), support=SUPPORT),
        OnLength(rows=Ref("c1"), cap=5, support=SUPPORT),
        DELETE,
    )
    assert edges[2:] == [
        "decide search gave a text? - another text -> deviate a text that no run shows",
        "decide search gave a text? - no -> decide search empty?",
        "decide search empty? - yes -> deviate no run shows this empty",
        "decide search empty? - no -> decide search: 5 or more?",
        "decide search: 5 or more? - yes -> deviate the list may be cut off",
        "decide search: 5 or more? - no -> write cal.delete",
        "write cal.delete -> done done",
        'decide search gave a text? - "No events." -> done done',
    ]


def test_values_have_a_box_only_where_they_ask() -> None:
    first = Let(id="l", rivals=(Pick(Ref("c1"), "first"),), support=SUPPORT)
    rivals = Let(
        id="m",
        rivals=(Pick(Ref("c1"), "first"), Pick(Ref("c1"), "lowest", "start")),
        support=SUPPORT,
        question="WHICH",
    )
    one = Only(id="o", rows=Ref("c1"), question="ONE", support=SUPPORT)
    loop = ForEach(id="e", rows=Attr(Ref("l"), "people"), body=(DELETE,), support=SUPPORT)
    assert drawn(SEARCH, first, rivals, one, loop)[1:4] == [
        "read cal.search -> ask WHICH, where rivals differ",
        "ask WHICH, where rivals differ -> ask ONE, where there are several",
        "ask ONE, where there are several -> loop for each of first of search.people",
    ]


def test_a_program_that_only_deviates_has_no_end() -> None:
    assert drawn(Deviate(message="nothing is known", support=SUPPORT)) == [
        "start request -> deviate nothing is known"
    ]


def test_the_graph_as_json_names_its_boxes() -> None:
    program = Program(
        name="p", request=Request(form="text"), tools=(), body=(SEARCH,), questions=(),
        limits=Limits(tool_calls=1, questions=0), tasks=3, runs=(),
    )  # fmt: skip
    assert flow_graph(program).to_json() == {
        "nodes": [
            {"id": "n0", "shape": "start", "label": "request"},
            {"id": "n1", "shape": "read", "label": "cal.search"},
            {"id": "n2", "shape": "done", "label": "done"},
        ],
        "edges": [
            {"source": "n0", "target": "n1", "label": ""},
            {"source": "n1", "target": "n2", "label": ""},
        ],
    }


@pytest.mark.parametrize(
    ("expr", "said"),
    [
        (Const("Back\nlog"), '"Back\\nlog"'),
        (Ref("unknown"), "unknown"),
        (Attr(Ref("c1"), "id"), "search.id"),
        (Pick(Ref("c1"), "lowest", "start"), "lowest of search by start"),
        (Where(Ref("c1"), None, "contains", RequestField("who")), "search whose value contains request.who"),
        (Each(Ref("c1"), "id"), "every id of search"),
        (FormatTime(Shift(Now(), "days", Const(-1)), "%Y"), "now + -1 days"),
        (Template((Const("Re: "), Attr(Ref("c1"), "subject"))), "Re: {search.subject}"),
        (ListOf((Const(1), Now())), "[1, now]"),
        (Record((("a", Case(RequestField("b"), "lower")),)), "{a: lower request.b}"),
    ],
)
def test_words_for_values(expr: Expr, said: str) -> None:
    assert describe(expr, {"c1": "search"}) == said


def test_words_for_guards() -> None:
    guard = Both(Compare(Ref("c1"), ">", Const(3)), Answered("a", "yes"))
    assert describe_guard(guard, {"c1": "visits"}) == "visits > 3 and yes"
