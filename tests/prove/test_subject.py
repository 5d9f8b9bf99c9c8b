"""Questions in loops: what was written to the element they are about, and answers in the order asked."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from compiler.emit import emit_harness
from compiler.emit.folder import harness_folder
from compiler.ir.run import JSON, Call, Run
from compiler.prove.oracle import Hints, candidates
from compiler.prove.replay import replay
from compiler.prove.subject import written_about
from compiler.runtime import Ask, Fact, load_source
from tests.emit.forms import GOOD, application_form, tools

READS = frozenset(("look",))
NOW = datetime(2031, 1, 1)


def write(row_id: JSON, value: JSON, tool: str = "put", status: str = "ok") -> Call:
    return Call(tool=tool, arguments={"row_id": row_id, "value": value}, status=status)  # type: ignore[arg-type]


def ask(subject: JSON, kind: str = "compose", **more: object) -> Ask:
    facts = (Fact("request", "do it"), Fact("now", "2031-01-01"), Fact("row", subject))
    return Ask(question="Q", kind=kind, text="?", facts=facts, **more)  # type: ignore[arg-type]


RUN = Run(
    run_id="r",
    request="do it",
    calls=(
        write("a", "one"),
        write("b", "a much longer text"),
        write("a", "lost", status="error"),
        write("a", "seen", tool="look"),
        write("a", "two"),
        write("a", "three"),
    ),
    success=True,
)


def about(subject: JSON) -> list[JSON]:
    return [value for _, value in written_about(ask(subject), (RUN,), READS)]


def test_only_writes_that_name_the_subject_count_in_their_order() -> None:
    assert about({"row_id": "a", "label": "x"}) == ["one", "two", "three"]
    assert about("b") == ["a much longer text"]


def test_what_was_refused_was_not_the_answer() -> None:
    assert about({"row_id": "a", "value": "one", "message": "no"}) == ["two", "three"]
    assert about({"row_id": "a", "value": "two", "message": "no"}) == ["three", "one"]
    assert about({"row_id": "a", "value": "three", "message": "no"}) == ["one", "two"]


@pytest.mark.parametrize(
    "subject", [None, 3, [], {}, {"label": "a"}, {"part": {"row_id": "a"}}, {"row_id": True}]
)
def test_what_has_no_id_of_its_own_tells_nothing(subject: JSON) -> None:
    assert about(subject) == []


def test_a_question_without_a_place_of_its_own_has_no_subject() -> None:
    root = Ask(
        question="Q", kind="compose", text="?", facts=(Fact("request", {"row_id": "a"}), Fact("now", "x"))
    )
    assert written_about(root, (RUN,), READS) == ()


def test_the_subject_decides_before_all_else() -> None:
    hints = Hints((RUN,), READS, NOW)
    assert candidates(ask({"row_id": "a"}), hints)[0] == "one"
    options: tuple[JSON, ...] = ("a much longer text", "two", "none")
    assert candidates(ask({"row_id": "a"}, "choose", options=options), hints)[0] == 1
    assert candidates(ask({"row_id": "b"}, "choose", options=options), hints)[0] == 0
    assert candidates(ask({"row_id": "b"}, "select", options=options), hints)[0] == [0]
    schema: JSON = {"type": "object", "properties": {"value": {"type": "string"}}}
    assert candidates(ask({"row_id": "a"}, "extract", schema=schema), hints)[0] == {"value": "one"}


def test_a_date_may_have_been_answered_in_another_form() -> None:
    run = Run(run_id="r", request="do it", calls=(write("a", "03.04.2031"),), success=True)
    found = candidates(ask({"row_id": "a"}), Hints((run,), READS, NOW))
    assert found[:3] == ("03.04.2031", "2031-04-03", "2031-03-04")


def test_answers_in_loops_are_found_at_once_and_kept_in_order() -> None:
    program = application_form()
    files = emit_harness(program, source_label="traces")
    runs = GOOD[:12]
    report = replay(load_source("application_form", files), runs, tools=tools(), every_run=True)
    assert [task.verdict for task in report.tasks] == ["asked"] * len(runs)
    assert max(task.tried for task in report.tasks) <= 2, "the first guess, or one date in another form"
    answers = report.answers()
    folder = harness_folder(program, files, answers=answers, sources=runs)
    kept = json.loads(folder["evidence.json"])["questions"]["ANSWER"]["answers"]
    assert kept.keys() == {run.run_id for run in runs}
    many = next(given for given in kept.values() if len(given) > 2)
    run_id = next(key for key, given in kept.items() if given == many)
    (run,) = (run for run in runs if run.run_id == run_id)
    written = [call.arguments["value"] for call in run.calls if call.tool == "fill_field"]
    places = [written.index(value) for value in many if value in written]
    assert places == sorted(places)
    assert len(places) >= 2
