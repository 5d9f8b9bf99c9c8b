"""The sample harness, end to end, with fake tools and a scripted model."""

from __future__ import annotations

from datetime import datetime

import pytest

from compiler.runtime import (
    Answer,
    Ask,
    Deviation,
    Handover,
    Harness,
    LimitReached,
    ScriptedModel,
    ToolFailed,
    Unanswered,
)
from compiler.runtime.ask import Scripted
from compiler.runtime.jsons import JSON
from tests.runtime.fakes import NOW, Office, event

DELETE_1: tuple[str, dict[str, JSON]] = ("calendar.delete_event", {"event_id": "1"})
NONE_TOLD: dict[str, Scripted] = {"ALSO_TOLD": []}


def test_a_run_that_the_traces_know_is_done(sample: Harness, office: Office) -> None:
    model = ScriptedModel({"ALSO_TOLD": [1], "STILL_DUE": 0})
    result = office.run(sample, model)
    assert (result.outcome, result.deviation, result.value) == ("done", None, None)
    assert office.sent == [
        ("calendar.search_events", {"query": "", "time_min": "2023-12-13"}),
        DELETE_1,
        ("email.send", {"recipient": "cat@example.com", "body": "About meeting 3"}),
    ]
    assert [(call.name, call.arguments) for call in result.calls] == office.sent
    assert result.calls[0].result is office.events
    assert [asked.ask.question for asked in result.asks] == ["ALSO_TOLD", "STILL_DUE"]
    assert [asked.answer.value for asked in result.asks] == [[1], 0]


def test_a_question_sees_its_own_branch_and_nothing_else(sample: Harness, office: Office) -> None:
    model = ScriptedModel({"ALSO_TOLD": [0, 1], "STILL_DUE": 1})
    office.run(sample, model)
    root: list[tuple[str, JSON]] = [
        ("request", "Cancel my first meeting on December 13"),
        ("now", "2023-11-30T00:00:00"),
    ]
    seen = [[tuple(fact) for fact in ask.facts] for ask in model.asks]
    rows = [
        event(i, start, who)
        for i, start, who in (
            (2, "2023-12-13 11:00:00", "bob@example.com"),
            (3, "2023-12-13 15:00:00", "cat@example.com"),
        )
    ]
    for row in rows:
        del row["colour"]
    assert seen == [root, [*root, ("event", rows[0])], [*root, ("event", rows[1])]]
    assert model.asks[0].options == tuple(rows)
    assert model.asks[1].options == ("yes", "no", "neither")


def test_rivals_that_agree_are_not_asked_about_and_those_that_differ_are(sample: Harness) -> None:
    late_first = Office([event(1, "2023-12-13 11:00"), event(2, "2023-12-13 09:00")])
    model = ScriptedModel({"FIRST_EVENT": 1, "ALSO_TOLD": []})
    assert late_first.run(sample, model).outcome == "done"
    assert late_first.writes == [("calendar.delete_event", {"event_id": "2"})]
    options = model.asks[0].options
    assert options is not None
    assert [row["event_id"] for row in options if isinstance(row, dict)] == ["1", "2"]


def test_rivals_that_differ_deviate_without_a_model_and_are_named(sample: Harness) -> None:
    office = Office([event(1, "2023-12-13 11:00"), event(2, "2023-12-13 09:00")])
    result = office.run(sample)
    assert isinstance(result.deviation, Unanswered)
    assert "FIRST_EVENT" in result.deviation.message
    assert '"event_id": "1"' in str(result.deviation)
    assert '"event_id": "2"' in str(result.deviation)
    assert office.writes == []


def test_an_end_that_the_traces_show_is_no_deviation(sample: Harness) -> None:
    result = Office("No events found.").run(sample)
    assert (result.outcome, result.deviation) == ("stopped", None)
    assert result.reason == "there is no meeting on that day"


def test_an_unknown_text_deviates_at_a_named_place(sample: Harness) -> None:
    result = Office("Try later.").run(sample)
    assert result.outcome == "deviated"
    assert result.deviation is not None
    assert result.deviation.message == "calendar.search_events answers with an unknown text"
    (place,) = result.deviation.where
    assert place.startswith("harness.py:")


def test_a_deviation_names_the_scopes_around_it(sample: Harness, office: Office) -> None:
    result = office.run(sample, ScriptedModel({"ALSO_TOLD": [0], "STILL_DUE": 2}))
    assert result.deviation is not None
    assert result.deviation.where[0] == "event"
    assert result.deviation.where[1].startswith("harness.py:")
    assert office.writes == [DELETE_1]


def test_a_request_that_no_pattern_fits_is_extracted(sample: Harness, office: Office) -> None:
    model = ScriptedModel({"REQUEST": {"day": "2023-12-01", "name": "Bob"}, "ALSO_TOLD": []})
    assert office.run(sample, model, day="Friday").outcome == "done"
    assert office.sent[0][1] == {"query": "Bob", "time_min": "2023-12-01"}
    assert model.asks[0].kind == "extract"
    assert {**(model.asks[0].schema or {}), "additionalProperties": False} == sample.request_schema


def test_without_a_model_such_a_request_deviates_and_names_the_nearest(
    sample: Harness, office: Office
) -> None:
    result = office.run(sample, day="Friday")
    assert isinstance(result.deviation, Unanswered)
    assert result.deviation.nearest == "Cancel my first meeting on {day:date}"
    assert office.sent == []


def test_a_mapping_in_place_of_the_text_is_not_parsed(sample: Harness, office: Office) -> None:
    request: dict[str, JSON] = {"day": "2023-12-13", "name": "ann"}
    model = ScriptedModel(NONE_TOLD)
    result = sample.run(request, call=office.call, model=model, now=NOW)
    assert result.outcome == "done"
    assert office.sent[0][1] == {"query": "ann", "time_min": "2023-12-13"}
    assert model.asks[0].facts[0] == ("request", request)


@pytest.mark.parametrize("request_", [{}, {"day": "soon"}, {"day": 7}, {"day": None}])
def test_a_mapping_that_does_not_fit_deviates(
    sample: Harness, office: Office, request_: dict[str, JSON]
) -> None:
    result = sample.run(request_, call=office.call, now=NOW)
    assert result.outcome == "deviated"
    assert "the request does not fit Request: day" in str(result.deviation)
    assert office.sent == []


@pytest.mark.parametrize("wrong", [[3], [-1], [0, 0], [True], ["0"], 0, "0", None, {"positions": [0]}])
def test_an_answer_out_of_bounds_is_asked_again_then_deviates(
    sample: Harness, office: Office, wrong: JSON
) -> None:
    model = ScriptedModel([wrong, wrong])
    result = office.run(sample, model)
    assert isinstance(result.deviation, Unanswered)
    assert len(model.asks) == len(result.asks) == 2
    assert model.asks[0].problem is None
    assert model.asks[1].problem
    assert office.writes == [DELETE_1]


def test_an_answer_within_bounds_at_the_second_attempt_counts(sample: Harness, office: Office) -> None:
    model = ScriptedModel({"ALSO_TOLD": iter([[9], [1, 0]]), "STILL_DUE": iter([3, 0, 1])})
    result = office.run(sample, model)
    assert result.outcome == "done"
    assert [asked.answer.value for asked in result.asks] == [[9], [1, 0], 3, 0, 1]
    # In the order of the options, whatever the order of the answer.
    assert office.writes[1:] == [("email.send", {"recipient": "bob@example.com", "body": "About meeting 2"})]


@pytest.mark.parametrize("wrong", [{"day": "Friday"}, {}, {"day": "2023-12-13", "name": 1}, [], "2023-12-13"])
def test_extracted_fields_must_fit(sample: Harness, office: Office, wrong: JSON) -> None:
    result = office.run(sample, ScriptedModel({"REQUEST": wrong}), day="Friday")
    assert isinstance(result.deviation, Unanswered)
    assert office.sent == []


class Broken:
    """A model that fails, or answers in its own way."""

    def __init__(self, error: Exception | None) -> None:
        self.error, self.asked = error, 0

    def answer(self, _ask: Ask) -> Answer:
        self.asked += 1
        if self.error is not None:
            raise self.error
        return [0]  # type: ignore[return-value]


@pytest.mark.parametrize("error", [ConnectionError("down\nfor now"), None])
def test_a_model_that_fails_is_asked_again_then_deviates(
    sample: Harness, office: Office, error: Exception | None
) -> None:
    model = Broken(error)
    result = office.run(sample, model)
    assert isinstance(result.deviation, Unanswered)
    assert model.asked == 2
    assert "\n" not in result.deviation.message


def test_reads_are_retried_and_every_attempt_is_recorded(sample: Harness, office: Office) -> None:
    failures: list[Exception] = [TimeoutError("one"), TimeoutError("two")]
    office.failures["calendar.search_events"] = list(failures)
    result = office.run(sample, ScriptedModel(NONE_TOLD))
    assert result.outcome == "done"
    assert [call.result for call in result.calls[:2]] == failures
    assert [call.name for call in result.calls] == ["calendar.search_events"] * 3 + ["calendar.delete_event"]


def test_a_read_that_keeps_failing_deviates(sample: Harness, office: Office) -> None:
    office.failures["calendar.search_events"] = [TimeoutError("no answer")] * 3
    result = office.run(sample)
    assert isinstance(result.deviation, ToolFailed)
    assert str(result.deviation) == "calendar.search_events failed: TimeoutError: no answer"
    assert len(office.sent) == 3


def test_only_the_declared_exceptions_are_retried(sample: Harness, office: Office) -> None:
    office.failures["calendar.search_events"] = [ValueError("bad query")]
    assert isinstance(office.run(sample).deviation, ToolFailed)
    assert len(office.sent) == 1


def test_writes_are_never_retried(sample: Harness, office: Office) -> None:
    office.failures["calendar.delete_event"] = [TimeoutError("perhaps done, perhaps not")]
    result = office.run(sample, ScriptedModel(NONE_TOLD))
    assert isinstance(result.deviation, ToolFailed)
    assert office.writes == [DELETE_1]


@pytest.mark.parametrize(
    ("events", "problem"),
    [
        ([{"event_id": "1", "event_name": "a"}], "event_start: Field required"),
        (
            [{"event_id": 1, "event_name": "a", "event_start": "b"}],
            "event_id: Input should be a valid string",
        ),
        (None, "tuple"),
        ([event(1, "a", "b"), "x"], "1: Input should be an object"),
        ({1, 2}, "no JSON"),
        (float("nan"), "no JSON"),
    ],
)
def test_a_result_that_does_not_fit_its_record_deviates(
    sample: Harness, events: object, problem: str
) -> None:
    office = Office(events)
    result = office.run(sample, ScriptedModel(NONE_TOLD))
    assert isinstance(result.deviation, ToolFailed)
    assert result.deviation.message.startswith("calendar.search_events gave what")
    assert problem in result.deviation.message
    assert len(result.calls) == 1
    assert office.writes == []


def test_the_tool_limit_holds_before_the_call(sample: Harness) -> None:
    office = Office([event(i, f"2023-12-13 0{i}:00", "ann@example.com") for i in range(8)])
    result = office.run(sample, ScriptedModel({"ALSO_TOLD": [0, 1, 2, 3], "STILL_DUE": 0}))
    assert isinstance(result.deviation, LimitReached)
    assert result.deviation.nearest == "at most 5 tool calls"
    assert len(office.sent) == len(result.calls) == 5


def test_the_question_limit_holds_before_the_question(sample: Harness) -> None:
    office = Office([event(i, f"2023-12-13 0{i}:00", "ann@example.com") for i in range(8)])
    model = ScriptedModel({"ALSO_TOLD": list(range(6)), "STILL_DUE": 1})
    result = office.run(sample, model)
    assert isinstance(result.deviation, LimitReached)
    assert len(model.asks) == 5


def test_an_agent_takes_over_with_the_calls_already_made(sample: Harness, office: Office) -> None:
    got: list[Handover] = []

    def agent(handover: Handover) -> str:
        got.append(handover)
        return "sorted out"

    model = ScriptedModel({"ALSO_TOLD": [0], "STILL_DUE": 2})
    result = sample.run(
        "Cancel my first meeting on December 13", call=office.call, model=model, now=NOW, agent=agent
    )
    assert (result.outcome, result.value) == ("handed_over", "sorted out")
    (handover,) = got
    assert handover.calls == result.calls
    assert [call.name for call in handover.calls] == ["calendar.search_events", "calendar.delete_event"]
    assert handover.request == "Cancel my first meeting on December 13"
    assert handover.deviation is result.deviation
    assert handover.reason == "the model finds that neither answer fits"


def test_an_agent_is_not_called_without_need(sample: Harness, office: Office) -> None:
    def agent(_: Handover) -> object:
        raise AssertionError

    result = sample.run(
        "Cancel my first meeting on December 13",
        call=office.call,
        model=ScriptedModel(NONE_TOLD),
        now=NOW,
        agent=agent,
    )
    assert result.outcome == "done"


@pytest.mark.parametrize(("more", "named"), [({"dya": "x"}, "'dya'"), ({"b": 1, "a\n": 2}, "'a\\n', 'b'")])
def test_a_mapping_with_a_key_that_is_no_field_is_refused(
    sample: Harness, office: Office, more: dict[str, JSON], named: str
) -> None:
    """Ignoring it would do less than was asked for, or something else."""
    result = sample.run({"day": "2023-12-13", **more}, call=office.call, now=NOW)
    assert str(result.deviation) == f"the request has no field {named}; it has day, name"
    assert (result.outcome, office.sent) == ("deviated", [])


def test_an_agent_that_fails_is_a_deviation_that_keeps_the_first_reason(sample: Harness) -> None:
    def agent(_: Handover) -> object:
        message = "tired"
        raise RuntimeError(message)

    result = sample.run(
        "Cancel my first meeting on December 13", call=Office("Try later.").call, now=NOW, agent=agent
    )
    assert result.outcome == "deviated"
    assert "RuntimeError: tired" in str(result.deviation)
    assert "unknown text" in str(result.deviation)


def test_now_is_the_clock_if_left_out(sample: Harness, office: Office) -> None:
    sample.run("Cancel my first meeting on today", call=office.call)
    assert office.sent[0][1]["time_min"] == datetime.now().date().isoformat()


def test_the_harness_describes_itself(sample: Harness) -> None:
    assert sample.name == "cancel_meeting"
    assert sample.request_schema["required"] == ["day"]
    assert sample.request_schema["additionalProperties"] is False
    search, delete, send = sample.tools
    assert (search.name, search.method, search.effect) == (
        "calendar.search_events",
        "calendar_search_events",
        "read",
    )
    assert (delete.effect, delete.description) == ("write", "Delete an event.")
    assert send.parameters == {
        "type": "object",
        "properties": {"recipient": {"type": "string"}, "body": {"type": "string"}},
        "required": ["recipient"],
    }


def test_what_cannot_be_run_is_refused(sample: Harness, office: Office) -> None:
    async def call(name: str, arguments: dict[str, JSON]) -> JSON:
        return [name, arguments]

    with pytest.raises(TypeError, match="arun"):
        sample.run("x", call=call, now=NOW)
    with pytest.raises(TypeError, match="not a int"):
        sample.run(7, call=office.call)  # type: ignore[arg-type]


def test_a_deviation_prints_as_its_message() -> None:
    assert str(Deviation("left", nearest="right")) == "left"
