"""Tables, repeated calls and structured requests: what they do when they run, and with hostile text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compiler.emit import emit_harness
from compiler.ir.check import check_program
from compiler.ir.expr import Attr, Const, Ref, RequestField
from compiler.ir.program import Compare, Field, ForEach, Program, Request, Switch, SwitchCase, Until
from compiler.ir.run import JSON, ToolSchema
from compiler.runtime import RunResult, ScriptedModel, load_source
from tests.emit.cases import call, program, seen
from tests.emit.test_properties import TEXT, check_tree
from tests.emit.test_run import load

REQUEST: dict[str, JSON] = {
    "survey": "north",
    "home": {"city": "Ulm", "street": "Mill Lane"},
    "phone": None,
    "seen_at": 3,
}


def gap(topic: str, size: str | None = None) -> JSON:
    return {"gap_id": "1", "topic": topic, "size": size}


def said(golden: Path, case: str, rows: list[JSON], *answers: JSON) -> tuple[RunResult, list[JSON]]:
    """Run one of the surveys; give what it said."""

    def tools(name: str, _arguments: dict[str, JSON]) -> JSON:
        return rows if name == "survey.list_gaps" else "ok"

    result = load(golden, case).run(REQUEST, call=tools, model=ScriptedModel(answers))
    return result, [call.arguments["text"] for call in result.calls if call.name == "survey.say"]


def test_a_table_gives_what_the_request_holds_and_asks_for_the_rest(golden: Path) -> None:
    result, texts = said(golden, "table_or_question", [gap("town"), gap("pet"), gap("street")], "Rex")
    assert texts == ["Ulm", "Rex", "Mill Lane"]
    assert [ask.facts[-1].value for ask, _ in result.asks] == [gap("pet")]


def test_a_value_that_is_missing_deviates_and_so_does_an_unknown_topic(golden: Path) -> None:
    result, texts = said(golden, "table_with_gaps", [gap("city"), gap("phone")])
    assert (result.outcome, texts) == ("deviated", ["Ulm"])
    result, texts = said(golden, "table_with_gaps", [gap("pet")])
    assert (result.outcome, texts) == ("deviated", [])
    assert "'pet'" in str(result.deviation)


def test_a_chain_tells_a_null_from_a_text(golden: Path) -> None:
    rows = [gap("a", "s"), gap("b"), gap("c", "l"), gap("d", "xl")]
    result, texts = said(golden, "chain_of_values", rows, {"name": "Rex"}, 1)
    assert texts == ["small", "Rex", "sad"]
    assert "no run shows the size 'xl'" in str(result.deviation)


def jobs(golden: Path, case: str, states: list[str], *answers: JSON) -> tuple[RunResult, list[str]]:
    """Run one of the jobs, which has the given states in turn; the last stays."""
    left = list(states)

    def tools(name: str, _arguments: dict[str, JSON]) -> JSON:
        if name == "jobs.get_job":
            return {"job_id": "7", "state": left.pop(0) if len(left) > 1 else left[0], "url": "u"}
        return {"job_id": "7"} if name == "jobs.start_job" else "sent"

    result = load(golden, case).run("Run x", call=tools, model=ScriptedModel(answers))
    return result, [call.name.removeprefix("jobs.") for call in result.calls]


def test_a_poll_ends_with_what_it_waits_for_or_deviates(golden: Path) -> None:
    _, names = jobs(golden, "poll_until_ready", ["ready"])
    assert names == ["start_job", "get_job", "send_report"]
    _, names = jobs(golden, "poll_until_ready", ["busy", "busy", "busy", "ready"])
    assert names == ["start_job", *["get_job"] * 4, "send_report"]
    result, names = jobs(golden, "poll_until_ready", ["busy"])
    assert names == ["start_job", *["get_job"] * 4]
    assert "still not done after 4 calls" in str(result.deviation)


def test_a_repair_is_made_once_and_may_end_the_run(golden: Path) -> None:
    yes, no = 0, 1
    result, names = jobs(golden, "repair_or_stop", ["busy", "ready"], yes)
    assert (result.outcome, names[-1]) == ("done", "send_report")
    result, names = jobs(golden, "repair_or_stop", ["busy", "busy"], yes)
    assert (result.outcome, names) == ("deviated", ["start_job", "get_job", "start_job", "get_job"])
    result, names = jobs(golden, "repair_or_stop", ["busy"], no)
    assert (result.outcome, names) == ("done", ["start_job", "get_job"])
    result, names = jobs(golden, "repair_or_stop", ["ready"])
    assert (result.outcome, result.asks) == ("done", ())


def test_a_repair_that_always_ends_makes_no_second_call(golden: Path) -> None:
    result, names = jobs(golden, "never_done_twice", ["busy"])
    assert (result.outcome, names) == ("done", ["start_job", "get_job"])


def test_lists_of_a_request_are_walked_in_order(golden: Path) -> None:
    items: list[JSON] = [{"article": "nut", "marks": ["a", "b"]}, {"article": "bolt", "marks": ["c"]}]
    request: dict[str, JSON] = {"order": {"cart": "k", "items": items}, "rush": False}
    harness = load(golden, "request_items")
    result = harness.run(request, call=lambda _name, _arguments: {"size": 1})
    added = [(call.arguments["article"], call.arguments["note"]) for call in result.calls]
    assert added == [("nut", "a"), ("nut", "b"), ("bolt", "c")]
    odd: dict[str, JSON] = {
        "order": {"cart": "k", "items": [{"article": "nut", "marks": [], "n": 2}]},
        "rush": True,
    }
    assert harness.run(odd, call=lambda _name, _arguments: {"size": 1}).outcome == "deviated"


@st.composite
def hostile_programs(draw: st.DrawFn) -> Program:
    """Programs in which every label, key and tool that a trace could choose is chosen to do harm."""
    tool, other = draw(st.lists(TEXT.filter(bool), min_size=2, max_size=2, unique=True))
    keys = draw(st.lists(TEXT, min_size=1, max_size=4, unique=True))
    labels = draw(st.lists(TEXT, min_size=4, max_size=6, unique=True))
    on, state, row = draw(TEXT), draw(TEXT), draw(TEXT)
    switch = Switch(
        id="s",
        on=Attr(Ref("r"), on),
        cases=tuple(
            SwitchCase(
                values=(label,),
                value=RequestField(f"field {place % len(keys)}") if place else Const(label),
                support=seen(1),
            )
            for place, label in enumerate(labels)
        ),
        support=seen(1),
    )
    again = Until(
        call=call("c2", other, "write", **{key: Ref("s") for key in keys}),
        done=Compare(Attr(Ref("c2"), state), "==", Const(labels[0])),
        repair=(call("c3", tool, "read"),) if draw(st.booleans()) else (),
        most=draw(st.integers(1, 3)),
        support=seen(1),
    )
    rows: JSON = [{on: label} for label in labels]
    return program(
        draw(TEXT),
        (
            call("c1", tool, "read"),
            ForEach(id="r", rows=Attr(Ref("c1"), row), body=(switch, again), support=seen(1), most=9),
        ),
        request=Request(
            form="json",
            closed=True,
            fields=tuple(
                Field(
                    name=f"field {place}", kind="json", fills=(), examples=(key,), path=(key, *keys[:place])
                )
                for place, key in enumerate(keys)
            ),
        ),
        tools=tuple(ToolSchema(name=name, description=draw(TEXT)) for name in (tool, other)),
        samples=((tool, ({row: rows},)), (other, ({state: labels[0]}, {state: labels[1]}))),
    )


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(hostile_programs())
def test_hostile_labels_and_keys_stay_text(built: Program) -> None:
    check_program(built)
    files = emit_harness(built, source_label="x")
    for text in files.values():
        check_tree(text)
        assert all(char.isprintable() or char == "\n" for char in text)
    load_source("hostile", files).check()


@pytest.mark.parametrize("case", ["table_or_question", "poll_until_ready"])
def test_a_golden_loads(golden: Path, case: str) -> None:
    load(golden, case).check()
