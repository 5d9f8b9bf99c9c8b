"""Each invariant of a program, broken once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from compiler.errors import InternalError
from compiler.ir.check import check_program
from compiler.ir.expr import Const, Expr, Pick, Ref, RequestField
from compiler.ir.program import (
    Answered,
    Arm,
    Ask,
    Branch,
    CallEither,
    CallTool,
    Compare,
    Deviate,
    ForEach,
    Guard,
    HandOver,
    Leave,
    Let,
    Node,
    Only,
    OnText,
    Option,
    Pages,
    Pattern,
    Program,
    Request,
    Slot,
    Stop,
    Switch,
    SwitchCase,
    TextCase,
    Unfound,
    Until,
)
from compiler.ir.run import JSON, Effect
from tests.emit.cases import CASES, call, cancel_meeting, field, program, question, schema, seen

READ = schema("read", "read")
C1 = call("c1", "read", "read")
STOP = Stop(support=seen(1))
SAME = (Ref("c1"), Ref("c1"))
YES = question("DUE", "classify", labels=("yes", "no"))
TEXT = TextCase(text="a", body=(), support=seen(1))
CHOICE = question("WHICH")


def branch(*arms: Arm) -> Branch:
    return Branch(arms=arms, unseen="never seen")


def arm(guard: Guard, *body: Node) -> Arm:
    return Arm(guard=guard, body=body, support=seen(1))


def asked(name: str) -> Ask:
    return Ask(id="q", question=name, support=seen(1))


FOUND = Ref("c1")
AGAIN = replace(C1, id="t")
DONE = Compare(Ref("t"), "==", Const("ok"))


def case(*values: JSON, value: Expr = FOUND, ask: Ask | None = None) -> SwitchCase:
    return SwitchCase(values=values, value=value, ask=ask, support=seen(1))


def switch(*cases: SwitchCase, on: Expr = FOUND, otherwise: SwitchCase | None = None) -> Switch:
    return Switch(id="s", on=on, cases=cases, otherwise=otherwise, support=seen(1))


def until(done: Guard, call: CallTool = AGAIN, most: int = 1) -> Until:
    inner = Let(id="n", rivals=(Ref("t"),), support=seen(1))
    return Until(call=call, done=done, repair=(inner,), most=most, support=seen(1))


def broken(*body: Node, **more: object) -> Program:
    return program("p", body, tools=(READ,), **more)


C2 = call("c2", "read", "read")
UNFOUND = Unfound(body=(C2,), support=seen(1))
PAGES = Pages(id="g", call=C2, argument="x", cursor=Ref("c2"), rows=Ref("c2"), most=2, support=seen(1))
INNER = Let(id="a", rivals=SAME[:1], support=seen(1))
USING = Unfound(body=(Let(id="b", rivals=(Ref("a"),), support=seen(1)),), support=seen(1))


def each(*body: Node, id_: str = "r", otherwise: Unfound | None = None) -> ForEach:
    return ForEach(id=id_, rows=Ref("c1"), body=body, otherwise=otherwise, support=seen(1))


HAND_OVER = HandOver(reason="the rest varies", support=seen(1), made=3, calls=8, runs=2)
OPTIONAL = Request(form="text", fields=tuple(field(name, "word", optional=True) for name in ("day", "time")))


def either(*needs: tuple[str, ...], effect: Effect = "read") -> CallEither:
    """Choose a call by fields; each is of a tool of its own, as far as there are tools."""
    options = tuple(
        Option(needs=fields, call=call(f"e{n}", ("read", "other")[n], effect))
        for n, fields in enumerate(needs)
    )
    return CallEither(id="e", options=options, support=seen(1))


@pytest.mark.parametrize("case", CASES)
def test_the_cases_are_sound(case: str) -> None:
    check_program(CASES[case]())


@pytest.mark.parametrize(
    ("built", "invariant"),
    [
        (broken(C1, C1), "ids are unique"),
        (broken(Let(id="a", rivals=(Ref("c1"),), support=seen(1)), C1), "bound before it is used"),
        (
            broken(C1, branch(arm(Compare(Ref("c1"), "==", Const(1)), call("c2", "read", "read"))),
                   OnText(ref="c2", cases=(), support=seen(0))),
            "bound before it is used",
        ),
        (
            broken(C1, ForEach(id="r", rows=Ref("c1"), body=(), support=seen(1)),
                   Let(id="a", rivals=(Ref("r"),), support=seen(1))),
            "bound before it is used",
        ),
        (broken(asked("DUE")), "a question that is asked exists"),
        (broken(questions=(YES,)), "every question is asked"),
        (broken(questions=(YES, YES)), "question names are unique"),
        (broken(questions=(question("due"),)), "named like a constant"),
        (broken(questions=(question("DUE", "classify"),)), "labels if it classifies"),
        (broken(questions=(question("DUE", fields=(field("a", "word"),)),)), "only an extract has fields"),
        (broken(C1, Let(id="a", rivals=SAME, support=seen(1))), "question if it has rivals"),
        (broken(C1, Let(id="a", rivals=(), support=seen(1))), "a Let has a value"),
        (
            broken(C1, Let(id="a", rivals=SAME, question="DUE", support=seen(1)), questions=(YES,)),
            "of the kind that its place needs",
        ),
        (broken(asked("WHICH"), questions=(CHOICE,)), "options if it selects"),
        (
            broken(asked("DUE"),
                   branch(arm(Answered("q", "maybe"))), questions=(YES,)),
            "an answer that was asked for",
        ),
        (broken(C1, branch(arm(Answered("c1", "yes")))), "that was asked for"),
        (broken(branch()), "a branch has an arm"),
        (broken(call("c1", "other", "read")), "a tool that is called has a schema"),
        (
            broken(replace(C1, selector=Const("read"), alternatives=("read", "other"))),
            "a tool that is called has a schema",
        ),
        (broken(replace(C1, selector=Const("read"), alternatives=())), "a selected tool has alternatives"),
        (broken(STOP, C1), "nothing follows an end"),
        (broken(Deviate(message="x", support=seen(0)), STOP), "nothing follows an end"),
        (broken(call("c1", "read", "read", x=RequestField("day"))), "a request field that is used exists"),
        (broken(replace(C1, support=seen(7))), "no more than reached it"),
        (broken(C1, call("c2", "read", "read", x=Pick(Ref("c1"), "lowest"))), "names a key if it ranks"),
        (
            broken(C1, branch(arm(Compare(Const(1), "==", Const(1))))),
            "has a value that varies",
        ),
        (
            broken(C1, OnText(ref="c1", cases=(TEXT, TEXT), support=seen(0))),
            "texts of one OnText are unique",
        ),
        (broken(C1, ForEach(id="r", rows=Ref("c1"), body=(), support=seen(1), least=2, most=1)), "in order"),
        (broken(C1, Leave(support=seen(1))), "a loop is left inside of it"),
        (broken(replace(PAGES, most=0)), "a list has a page at least"),
        (broken(replace(PAGES, call=replace(C2, effect="write"))), "read by one tool"),
        (broken(replace(PAGES, call=replace(C2, arguments=(("x", Const(1)),)))), "without a cursor"),
        (broken(PAGES, Let(id="a", rivals=(Ref("c2"),), support=seen(1))), "is bound before it is used"),
        (broken(C1, each(Leave(support=seen(1)), C2)), "nothing follows an end"),
        (broken(C1, each(otherwise=UNFOUND)), "only a loop that may be left"),
        (broken(C1, each(each(Leave(support=seen(1)), id_="i"), otherwise=UNFOUND)), "loop that may be left"),
        (broken(C1, each(INNER, Leave(support=seen(1)), otherwise=USING)), "is bound before it is used"),
        (
            broken(request=Request(form="text", patterns=(Pattern(parts=(Slot("day"),), support=seen(1)),))),
            "every slot names a field",
        ),
        (broken(request=Request(form="text", fields=(field("a", "json", path=("a",)),))), "of kind json"),
        (broken(request=Request(form="json", fields=(field("a", "json"),))), "a path if it is structured"),
        (broken(request=Request(form="text", fields=(field("a", "choice"),))), "choices if it is a choice"),
        (broken(request=Request(form="json", question="REQUEST")), "is not parsed"),
        (broken(request=Request(form="text", closed=True)), "only a structured request is closed"),
        (broken(request=Request(form="text", fields=(field("a", "word", absent=True),))), "may be absent"),
        (broken(C1, switch()), "a switch has cases"),
        (broken(C1, switch(case())), "each has values"),
        (broken(C1, switch(case("a"), case("b", "a"))), "values of s are unique"),
        (broken(C1, switch(case(["a"]))), "are scalars"),
        (broken(C1, switch(case("a"), on=Const("a"))), "a switch is on a value that varies"),
        (broken(C1, switch(case("a"), otherwise=case("b"))), "has no values"),
        (broken(switch(case("a"))), "is bound before it is used"),
        (broken(C1, switch(case("a", value=Ref("q")))), "is bound before it is used"),
        (
            broken(
                C1,
                switch(case("a", ask=asked("DUE"))),
                call("c2", "read", "read", x=Ref("q")),
                questions=(YES,),
            ),
            "is bound before it is used",
        ),
        (broken(until(DONE, most=0)), "a repair is made at least once"),
        (broken(C1, until(Compare(Ref("c1"), "==", Const(1)))), "shows in the result of the call"),
        (
            broken(until(DONE), Only(id="u", rows=Ref("n"), question="WHICH", support=seen(1))),
            "is bound before it is used",
        ),
        (
            broken(until(DONE, call=replace(C1, id="t", selector=Const("read"), alternatives=("read",)))),
            "of one tool",
        ),
        (broken(HAND_OVER, STOP), "nothing follows an end"),
        (broken(C1, replace(HAND_OVER, made=9)), "after calls that runs made"),
        (broken(either(("day",))), "has two at least"),
        (broken(either(("day",), ("time",))), "chosen by optional fields"),
        (broken(either((), ("time",)), request=OPTIONAL), "chosen by optional fields"),
        (broken(either(("day",), ("time",), effect="write"), request=OPTIONAL), "only reads are chosen"),
        (broken(call("c1", "read", "read", x=RequestField("day")), request=OPTIONAL), "call that needs it"),
    ],
)  # fmt: skip
def test_what_breaks_an_invariant_is_named(built: Program, invariant: str) -> None:
    with pytest.raises(InternalError, match=invariant):
        check_program(built)


def test_a_call_keeps_its_arguments_apart() -> None:
    twice = CallTool(
        id="c1", tool="read", arguments=(("a", Const(1)), ("a", Const(2))), effect="read", support=seen(1)
    )
    with pytest.raises(InternalError, match="arguments of c1 are unique"):
        check_program(broken(twice))


def test_what_a_repeated_call_answers_is_known_after_it() -> None:
    once = broken(until(DONE), call("c2", "read", "read", x=Ref("t")))
    check_program(once)


def test_json_keeps_apart_what_python_does_not() -> None:
    check_program(broken(C1, switch(case(1), case(True), case(1.5), case(None))))  # noqa: FBT003


def test_a_sound_program_passes_unchanged() -> None:
    built = cancel_meeting()
    check_program(built)
    assert built == cancel_meeting()
