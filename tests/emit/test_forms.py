"""The program of the application forms, run against the forms: right, bounded, its prompts short."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from compiler.emit import emit_harness
from compiler.runtime import Answer, Ask, Harness, RunResult, load_source
from compiler.runtime.prompt import render
from tests.emit.forms import LABELS, application_form
from traces.applicants import NOW, Applicant, Reader, applicants
from traces.forms import FIRST, FORMS, PHONE, Desk, Field, Form, strict
from traces.try_forms import Trial, tried

PEOPLE = applicants()
UNSEEN = applicants(30, seed=4)


@dataclass(slots=True)
class Repeating:
    """A model that gives the refused value again."""

    reader: Reader
    asks: list[Ask] = field(default_factory=list)

    def answer(self, ask: Ask) -> Answer:
        self.asks.append(ask)
        value = ask.facts[-1].value
        if isinstance(value, dict) and "message" in value:
            return Answer(value["value"])
        return self.reader.answer(ask)


@pytest.fixture(scope="module")
def harness() -> Harness:
    return load_source("application_form", emit_harness(application_form(), source_label="traces"))


def run(harness: Harness, applicant: Applicant, desk: Desk | None = None) -> RunResult:
    return harness.run(applicant.request, call=desk or Desk(), model=Reader(applicant), now=NOW)


def writes(result: RunResult) -> list[str]:
    return [call.name for call in result.calls if call.name in ("fill_field", "submit_application")]


def test_every_applicant_hands_in_what_is_right(harness: Harness) -> None:
    trials = tried(harness, [*PEOPLE, *UNSEEN])
    assert [trial.verdict for trial in trials] == ["right"] * 90
    assert {trial.result.outcome for trial in trials} == {"done"}


def test_a_trial_tells_wrong_from_deviated(harness: Harness) -> None:
    one, other = PEOPLE[0], PEOPLE[6]
    assert one.form_id == other.form_id
    (right,) = tried(harness, [one])
    assert Trial(applicant=other, result=right.result, desk=right.desk).verdict == "wrong"
    assert (
        Trial(applicant=one, result=right.result, desk=Desk()).verdict == "wrong"
    ), "done, but nothing is there"
    stopped = harness.run(one.request, call=Desk(), model=None, now=NOW)
    assert Trial(applicant=one, result=stopped, desk=Desk()).verdict == "deviated"


def test_prompts_do_not_grow_with_the_fields_done(harness: Harness) -> None:
    for applicant in PEOPLE:
        result = run(harness, applicant)
        assert len(result.asks) > 1
        by_question: dict[str, set[str]] = {}
        for ask, _ in result.asks:
            assert [fact.name for fact in ask.facts][:2] == ["request", "now"]
            assert len(ask.facts) == 3, "the field, or the error, and nothing that was done before"
            around = replace(ask, facts=ask.facts[:2], options=None)
            by_question.setdefault(ask.question, set()).add(render(around))
        assert all(len(texts) == 1 for texts in by_question.values()), "the rest of the prompt is the same"


def test_what_a_label_determines_is_not_asked(harness: Harness) -> None:
    for applicant in PEOPLE:
        result = run(harness, applicant)
        asked = [ask.facts[-1].value for ask, _ in result.asks if ask.question != "CORRECTED"]
        assert not [row for row in asked if isinstance(row, dict) and row["label"] in LABELS]
        filled = sum(call.name == "fill_field" for call in result.calls)
        assert len(result.asks) < filled


def test_a_repair_that_never_helps_is_bounded(harness: Harness) -> None:
    applicant = next(one for one in PEOPLE if one.form_id == "library")
    desk = Desk()
    result = harness.run(applicant.request, call=desk, model=Repeating(Reader(applicant)), now=NOW)
    assert result.deviation is not None
    assert "submit_page is still not done after 2 repairs" in result.deviation.message
    assert sum(call.name == "submit_page" for call in result.calls) == 3
    assert result.calls[-1].name == "submit_page", "nothing is written after the last refusal"
    assert desk.handed_in == {}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (replace(FIRST, label="Middle name"), "no run shows the label 'Middle name'"),
        (replace(FIRST, format="DD/MM/YY"), "no run shows the format 'DD/MM/YY'"),
    ],
)
def test_a_field_that_no_run_shows_deviates_before_it_is_filled(
    harness: Harness, changed: Field, said: str
) -> None:
    applicant = next(one for one in PEOPLE if one.form_id == "bakery")
    desk = Desk({**FORMS, "bakery": Form("Bakery", (("You", (strict(PHONE), changed)),))})
    result = run(harness, applicant, desk)
    assert result.deviation is not None
    assert said in result.deviation.message
    assert writes(result) == ["fill_field"]


def test_an_answer_of_another_kind_deviates(harness: Harness) -> None:
    applicant, desk = PEOPLE[0], Desk()

    def call(name: str, arguments: dict[str, object]) -> object:
        return {"status": "locked"} if name == "submit_page" else desk(name, arguments)  # type: ignore[arg-type]

    result = harness.run(applicant.request, call=call, model=Reader(applicant), now=NOW)  # type: ignore[arg-type]
    assert result.deviation is not None
    assert "neither ok nor invalid" in result.deviation.message
    assert "submit_application" not in writes(result)


@pytest.mark.parametrize("place", [(), ("person",)])
def test_a_request_that_says_more_than_any_run_deviates(harness: Harness, place: tuple[str, ...]) -> None:
    request = {**PEOPLE[0].request}
    if place:
        person = request["person"]
        assert isinstance(person, dict)
        request["person"] = {**person, "guardian": "Ada"}
    else:
        request["withdraw"] = True
    result = harness.run(request, call=Desk(), model=Reader(PEOPLE[0]), now=NOW)
    assert result.deviation is not None
    assert ("guardian" if place else "withdraw") in result.deviation.message
    assert result.calls == ()


def test_without_a_model_the_first_question_deviates(harness: Harness) -> None:
    desk = Desk()
    result = harness.run(PEOPLE[0].request, call=desk, model=None, now=NOW)
    assert result.outcome == "deviated"
    assert desk.handed_in == {}
