"""The application forms, compiled from their log: what a person would write, and right on new applicants."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from compiler.emit import emit_harness
from compiler.ir.check import check_program
from compiler.ir.expr import Attr, Expr, Ref, RequestField
from compiler.ir.program import ForEach, Program, Switch, Until
from compiler.ir.words import nodes_of
from compiler.mine import mine
from compiler.mine.clean import mark_refusals
from compiler.pipeline import build
from compiler.read.workloads import read_workloads
from compiler.runtime import Harness, load_source
from tests.emit.forms import LABELS, application_form
from traces.applicants import LOG, applicants, runs
from traces.forms import RULES
from traces.try_forms import Trial, tried

GOLDEN = Path(__file__).parent / "golden" / "application_form"
UNSEEN = applicants(60, seed=11)


@pytest.fixture(scope="module")
def program() -> Program:
    (workload,) = read_workloads((str(LOG.parent),))
    return mine(mark_refusals(workload))


@pytest.fixture(scope="module")
def files(program: Program) -> dict[str, str]:
    check_program(program)
    return emit_harness(program, source_label="traces/application_form")


@pytest.fixture(scope="module")
def harness(files: dict[str, str]) -> Harness:
    return load_source("application_form", files)


@pytest.fixture(scope="module")
def trials(harness: Harness) -> list[Trial]:
    return tried(harness, UNSEEN)


def test_the_harness_reads_as_it_did(files: dict[str, str], *, update_golden: bool) -> None:
    if update_golden:
        GOLDEN.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (GOLDEN / name).write_text(text, encoding="utf-8")
    assert files == {path.name: path.read_text(encoding="utf-8") for path in GOLDEN.iterdir()}


def test_applicants_that_it_never_saw_hand_in_what_is_right(trials: list[Trial]) -> None:
    assert [trial.verdict for trial in trials] == ["right"] * len(UNSEEN)
    assert {trial.result.outcome for trial in trials} == {"done"}


def test_it_has_the_parts_of_the_program_that_a_person_wrote(program: Program) -> None:
    def parts(one: Program) -> list[str]:
        kinds = (ForEach, Switch, Until)
        return [type(node).__name__ for node in nodes_of(one.body) if isinstance(node, kinds)]

    by_hand = application_form()
    assert parts(program) == parts(by_hand)
    assert program.limits == by_hand.limits
    assert program.runs == by_hand.runs
    assert {question.kind for question in program.questions} == {"choose", "compose"}


def test_what_a_label_determines_is_looked_up(program: Program) -> None:
    table, written = (node for node in nodes_of(program.body) if isinstance(node, Switch))
    known: dict[object, Expr] = {
        value: case.value for case in table.cases for value in case.values if case.ask is None
    }
    assert known == {label: RequestField(name) for label, name in LABELS.items()}
    assert isinstance(written.on, Attr)
    assert written.on.key == "format"
    assert written.cases[0].value == Ref(table.id)


def test_no_question_grows_with_what_was_done(trials: list[Trial]) -> None:
    for trial in trials:
        for ask, _ in trial.result.asks:
            assert [fact.name for fact in ask.facts][:2] == ["request", "now"]
            assert len(ask.facts) == 3, "the field, or the error, and nothing that was done before"
    corrected = [ask for trial in trials for ask, _ in trial.result.asks if ask.question == "CORRECTED_VALUE"]
    said = {str(ask.facts[-1].value["message"]) for ask in corrected if isinstance(ask.facts[-1].value, dict)}
    assert said <= {message for rule in RULES.values() for message in rule.messages}
    assert len(said) > 5


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_half_a_log_of_other_applicants_serves_as_well(seed: int) -> None:
    (workload,) = read_workloads((str(LOG.parent),))
    logged = tuple(runs(applicants(30, seed=100 + seed), seed))
    learnt = mine(mark_refusals(replace(workload, runs=logged)))
    files = emit_harness(learnt, source_label="other traces", format=False)
    trials = tried(load_source("application_form", files), UNSEEN)
    assert [trial.verdict for trial in trials] == ["right"] * len(UNSEEN)


@pytest.mark.slow
def test_it_is_proved_on_every_applicant_left_out() -> None:
    (workload,) = read_workloads((str(LOG.parent),))
    built = build(workload)
    assert built.held_out is not None
    assert built.train.right == 56
    assert (built.held_out.right, built.held_out.silent) == (56, ())
    assert built.train.unjudged == ()
