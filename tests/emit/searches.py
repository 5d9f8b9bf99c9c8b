"""Programs whose loops end at the element that they look for, or read page after page."""

from __future__ import annotations

from dataclasses import replace

from compiler.ir.expr import Attr, Const, Ref, RequestField
from compiler.ir.program import (
    Answered,
    Arm,
    Ask,
    Branch,
    Compare,
    Deviate,
    ForEach,
    Leave,
    Node,
    Pages,
    Program,
    Question,
    Request,
    Stop,
    Unfound,
)
from compiler.ir.run import JSON
from tests.emit.repeats import call, field, program, question, seen, tool

TOOLS = (
    tool("depot.find_parcels", "read", "depot"),
    tool("depot.weigh", "read", "parcel_id"),
    tool("depot.send", "write", "parcel_id"),
    tool("depot.report", "write", "depot"),
)
FOUND: list[JSON] = [{"parcel_id": "1", "ready": True}, {"parcel_id": "2", "ready": False}]
SAMPLES: tuple[tuple[str, tuple[JSON, ...]], ...] = (
    (TOOLS[0].name, (FOUND,)),
    (TOOLS[1].name, ({"grams": 90}, {"grams": 700})),
    (TOOLS[2].name, ("ok",)),
    (TOOLS[3].name, ("ok",)),
)
PARCEL = Attr(Ref("row"), "parcel_id")
SEND = call("c2", TOOLS[2].name, "write", 4, parcel_id=PARCEL)


def depot(
    name: str,
    body: tuple[Node, ...],
    *after: Node,
    otherwise: Unfound | None,
    asked: tuple[Question, ...] = (),
) -> Program:
    loop = ForEach(id="row", rows=Ref("c1"), body=body, otherwise=otherwise, support=seen(6), least=1, most=4)
    find = call("c1", TOOLS[0].name, "read", depot=RequestField("depot"))
    return program(
        name,
        (find, loop, *after),
        tools=TOOLS,
        request=Request(form="json", fields=(field("depot", "depot", examples=("north",)),)),
        samples=SAMPLES,
        questions=asked,
    )


def when(test: Attr, value: JSON, *body: Node) -> Branch:
    """One way for a value, and another for what else was seen."""
    return Branch(
        arms=(
            Arm(guard=Compare(test, "==", Const(value)), body=body, support=seen(4)),
            Arm(guard=Compare(test, "!=", Const(value)), body=(), support=seen(5)),
        ),
        unseen="a value that no run shows decides here",
        confidence=0.9,
    )


REPORT = call("c4", TOOLS[3].name, "write", depot=RequestField("depot"))


def send_first_ready() -> Program:
    """The first row that fits, or a deviation; then the run goes on."""
    ends = when(Attr(Ref("row"), "ready"), True, SEND, Leave(support=seen(4)))  # noqa: FBT003 - a value
    none = Deviate(message="no parcel is the one to look for", support=seen(0))
    otherwise = Unfound(body=(none,), support=seen(0))
    return depot("send_first_ready", (ends,), REPORT, otherwise=otherwise)


def send_first_light() -> Program:
    """A row is looked up until one fits; where none does, the run ends."""
    weigh = call("c3", TOOLS[1].name, "read", parcel_id=PARCEL)
    ends = when(Attr(Ref("c3"), "grams"), 90, SEND, Leave(support=seen(4)))
    otherwise = Unfound(body=(Stop(support=seen(2)),), support=seen(2))
    return depot("send_first_light", (weigh, ends), REPORT, otherwise=otherwise)


def send_first_meant() -> Program:
    """No rule says which row ends the walk: the model is asked of each."""
    unclear = Deviate(message="unclear", support=seen(0))
    arms = (
        Arm(guard=Answered("q", "neither"), body=(unclear,), support=seen(0)),
        Arm(guard=Answered("q", "yes"), body=(SEND, Leave(support=seen(4))), support=seen(4)),
        Arm(guard=Answered("q", "no"), body=(), support=seen(5)),
    )
    ask = Ask(id="q", question="DO_SEND", facts=("row",), support=seen(6))
    branch = Branch(arms=arms, unseen="an answer that was not offered")
    asked = question("DO_SEND", "classify", "Is this to be sent?", labels=("yes", "no", "neither"))
    otherwise = Unfound(body=(REPORT,), support=seen(2))
    return depot("send_first_meant", (ask, branch), otherwise=otherwise, asked=(asked,))


def send_all_pages() -> Program:
    """A list that comes in pages, and is walked as one."""
    listed = tool("depot.list_parcels", "read", "depot")
    page = call("p1", listed.name, "read", depot=RequestField("depot"))
    found = Pages(
        id="c1",
        call=page,
        argument="cursor",
        cursor=Attr(Ref("p1"), "next"),
        rows=Attr(Ref("p1"), "parcels"),
        most=3,
        support=seen(6),
    )
    built = depot("send_all_pages", (SEND,), otherwise=None)
    samples: tuple[JSON, ...] = ({"parcels": [*FOUND], "next": "c"}, {"parcels": [], "next": None})
    return replace(
        built,
        body=(found, *built.body[1:]),
        tools=(listed, *TOOLS[1:]),
        samples=((listed.name, samples), *SAMPLES[1:]),
    )


SEARCHES = (send_all_pages, send_first_light, send_first_meant, send_first_ready)
