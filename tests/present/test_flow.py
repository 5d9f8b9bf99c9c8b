"""A program as a graph."""

from __future__ import annotations

from dataclasses import replace

from compiler.ir.expr import Attr, Const, Now, Pick, Ref, RequestField
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
    ForEach,
    HandOver,
    Let,
    Limits,
    OnEmpty,
    OnLength,
    Only,
    OnText,
    Option,
    Pattern,
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
from compiler.present.flow import flow_graph

SUPPORT = Support(tasks=3, reached=3)
SEARCH = CallTool(id="c1", tool="cal.search", arguments=(), effect="read", support=SUPPORT)
DELETE = CallTool(id="c2", tool="cal.delete", arguments=(), effect="write", support=SUPPORT)


DUE = Question(
    name="DUE", kind="classify", text="?", labels=("yes", "no", "neither"), why="no rule", support=SUPPORT
)


def drawn(*body: object, request: Request | None = None) -> list[str]:
    """Draw a block; one line for each arrow, in their order."""
    block: Block = tuple(body)  # type: ignore[arg-type]  # the tests give nodes
    program = Program(
        name="p",
        request=request or Request(form="text"),
        tools=(),
        body=block,
        questions=(DUE,),
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
    known = Pattern(parts=("Cancel it",), support=SUPPORT)
    edges = drawn(SEARCH, request=Request(form="text", patterns=(known,), question="REQUEST"))
    assert edges == [
        "start request - another wording -> ask REQUEST",
        "start request - a known wording -> read cal.search",
        "ask REQUEST -> read cal.search",
        "read cal.search -> done done",
    ]


def test_a_request_without_a_known_wording_is_always_asked_about() -> None:
    assert drawn(SEARCH, request=Request(form="text", question="REQUEST"))[:2] == [
        "start request -> ask REQUEST",
        "ask REQUEST -> read cal.search",
    ]


def test_a_choice_of_tools_shows_every_one() -> None:
    picked = replace(SEARCH, selector=RequestField("tool"), alternatives=("cal.search", "mail.search"))
    check = OnEmpty(rows=Ref("c1"), body=(), support=SUPPORT)
    edges = drawn(picked, check, replace(picked, id="c3"), OnEmpty(rows=Ref("c3"), body=(), support=SUPPORT))
    call = "read one of cal.search, mail.search, by the request's words"
    assert edges[0] == f"start request -> {call}"
    assert edges[1] == f"{call} -> decide the selected tool empty?"
    assert edges[-1] == "decide the selected tool (2nd call) empty? - no -> done done"


def test_a_loop_leads_back_and_on() -> None:
    loop = ForEach(id="e", rows=Ref("c1"), body=(DELETE,), support=SUPPORT)
    assert drawn(SEARCH, loop)[1:] == [
        "read cal.search -> loop for each of cal.search",
        "loop for each of cal.search - each -> write cal.delete",
        "write cal.delete -> loop for each of cal.search",
        "loop for each of cal.search - then -> done done",
    ]


ASK = Ask(id="a", question="DUE", support=SUPPORT)
YES = Arm(guard=Answered("a", "yes"), body=(DELETE,), support=SUPPORT)
NO = Arm(guard=Answered("a", "no"), body=(Stop(support=SUPPORT),), support=SUPPORT)


def test_the_ways_leave_the_question_that_was_just_asked_and_the_unseen_deviates() -> None:
    branch = Branch(arms=(YES, NO), unseen="neither fits")
    assert drawn(ASK, branch)[1:] == [
        "ask DUE - yes -> write cal.delete",
        "ask DUE - none of these -> deviate neither fits",
        "write cal.delete -> done done",
        "ask DUE - no -> done done",
    ]


def test_a_branch_with_a_way_for_every_answer_has_no_other() -> None:
    neither = Arm(
        guard=Answered("a", "neither"), body=(Deviate(message="untold", support=SUPPORT),), support=SUPPORT
    )
    edges = drawn(ASK, Branch(arms=(neither, YES, NO), unseen="never"))
    assert not any("never" in edge for edge in edges)
    assert "ask DUE - neither -> deviate untold" in edges


def test_a_branch_further_on_says_what_it_tests() -> None:
    later = Branch(arms=(YES,), unseen="x")
    assert drawn(ASK, SEARCH, later)[2:4] == [
        "read cal.search -> decide DUE?",
        "decide DUE? - yes -> write cal.delete",
    ]
    mixed = Arm(guard=Both(Compare(Now(), "<", Now()), Answered("a", "no")), body=(), support=SUPPORT)
    assert drawn(ASK, Branch(arms=(YES, mixed), unseen="x"))[1:] == [
        "ask DUE -> decide which way?",
        'decide which way? - DUE is answered "yes" -> write cal.delete',
        "decide which way? - none of these -> deviate x",
        "write cal.delete -> done done",
        'decide which way? - now < now and DUE is answered "no" -> done done',
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
        "decide cal.search answers with a text? - another text -> deviate a text that no run shows",
        "decide cal.search answers with a text? - no -> decide cal.search empty?",
        "decide cal.search empty? - yes -> deviate no run shows this empty",
        "decide cal.search empty? - no -> decide cal.search: 5 or more?",
        "decide cal.search: 5 or more? - yes -> deviate the list may be cut off",
        "decide cal.search: 5 or more? - no -> write cal.delete",
        "write cal.delete -> done done",
        'decide cal.search answers with a text? - "No events." -> done done',
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
        "read cal.search -> ask WHICH, only if the 2 ways to pick differ",
        "ask WHICH, only if the 2 ways to pick differ -> ask ONE, only if there are several",
        "ask ONE, only if there are several -> loop for each of people of first of cal.search",
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
            {"id": "n0", "shape": "start", "label": "request", "tools": []},
            {"id": "n1", "shape": "read", "label": "cal.search", "tools": ["cal.search"]},
            {"id": "n2", "shape": "done", "label": "done", "tools": []},
        ],
        "edges": [
            {"source": "n0", "target": "n1", "label": ""},
            {"source": "n1", "target": "n2", "label": ""},
        ],
    }


def case(*values: str | None, ask: Ask | None = None) -> SwitchCase:
    value = RequestField("day") if ask is None else Ref(ask.id)
    return SwitchCase(values=values, value=value, ask=ask, support=SUPPORT)


def switched(*cases: SwitchCase, otherwise: SwitchCase | None = None) -> list[str]:
    switch = Switch(id="s", on=Attr(Ref("c1"), "kind"), cases=cases, otherwise=otherwise, support=SUPPORT)
    return drawn(SEARCH, switch)[1:]


def test_a_table_asks_where_it_has_no_entry_or_deviates() -> None:
    ask = Ask(id="a", question="DUE", support=SUPPORT)
    decide = "decide kind of cal.search?"
    assert switched(case("a"), case("b", None, ask=ask)) == [
        f"read cal.search -> {decide}",
        f'{decide} - "b", null -> ask DUE',
        f"{decide} - another value -> deviate a value that no run shows",
        f"{decide} - a value with an entry -> done done",
        "ask DUE -> done done",
    ]
    assert switched(case("a"), otherwise=case(ask=ask)) == [
        f"read cal.search -> {decide}",
        f"{decide} - another value -> ask DUE",
        f"{decide} - a value with an entry -> done done",
        "ask DUE -> done done",
    ]


def test_a_table_that_has_an_entry_for_everything_has_no_box() -> None:
    assert switched(case("a"), otherwise=case()) == ["read cal.search -> done done"]


def test_a_repair_leads_back_to_the_call() -> None:
    done = Compare(Attr(Ref("c1"), "state"), "==", Const("ok"))
    until = Until(call=SEARCH, done=done, repair=(DELETE,), most=2, support=SUPPORT)
    assert drawn(until) == [
        "start request -> read cal.search",
        'read cal.search -> decide state of cal.search == "ok"?',
        'decide state of cal.search == "ok"? - no, at most 2 times -> write cal.delete',
        "write cal.delete -> read cal.search",
        'decide state of cal.search == "ok"? - yes -> done done',
    ]


def test_a_choice_of_calls_is_one_box_and_a_hand_over_an_end() -> None:
    options = (
        Option(needs=("mail",), call=SEARCH),
        Option(needs=("name",), call=replace(SEARCH, tool="cal.find")),
    )
    either = CallEither(id="e", options=options, support=SUPPORT)
    end = HandOver(reason="so it is", support=SUPPORT, made=1, calls=2, runs=3)
    assert drawn(either, end) == [
        "start request -> read one of cal.search, cal.find, by what the request gives",
        "read one of cal.search, cal.find, by what the request gives"
        " -> hand over the agent goes on: so it is",
    ]
