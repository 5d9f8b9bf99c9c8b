"""Spans say what a run did, and what was said in it only where that is asked for."""

from __future__ import annotations

from typing import Any

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from compiler.operate.spans import CAPTURE, Spans
from compiler.runtime import Answer, Ask, RunResult, Usage, load_harness
from tests.runtime.fakes import NOW, SAMPLE, Office, event

SECRET = "2023-12-13 09:00:01"


class Careful:
    def answer(self, ask: Ask) -> Answer:
        return Answer([0] if ask.kind == "select" else 2, Usage(prompt_tokens=7, completion_tokens=3))


def spans_of(office: Office, call_seconds: float | None = None) -> tuple[RunResult, list[Any]]:
    """Run the sample with spans; give them in the order in which they began."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    spans = Spans(provider.get_tracer("test"))
    harness = load_harness(SAMPLE).within(call_seconds=call_seconds)
    with spans.workflow(harness) as ended:
        result = harness.run(
            "Cancel my first meeting on December 13",
            call=spans.call(office.call),
            model=spans.model(Careful(), "provider/careful"),
            now=NOW,
        )
        ended(result)
    return result, sorted(exporter.get_finished_spans(), key=lambda span: span.start_time or 0)


@pytest.fixture
def office() -> Office:
    return Office([event(1, SECRET), event(2, "2023-12-13 11:00", "bob@example.com")])


@pytest.mark.parametrize("call_seconds", [None, 5.0])
def test_a_run_is_a_tree_of_spans(office: Office, call_seconds: float | None) -> None:
    result, (workflow, *inner) = spans_of(office, call_seconds)
    assert result.outcome == "deviated"
    assert [span.name for span in inner] == [
        "execute_tool calendar.search_events",
        "execute_tool calendar.delete_event",
        "chat provider/careful",
        "chat provider/careful",
    ]
    assert workflow.parent is None
    assert {span.parent.span_id for span in inner} == {workflow.context.span_id}
    assert workflow.attributes["gen_ai.workflow.name"] == "cancel_meeting"
    assert workflow.attributes["tracec.outcome"] == "deviated"
    assert workflow.attributes["error.type"] == "Deviation"
    asked = inner[-1].attributes
    assert (asked["tracec.question"], asked["gen_ai.usage.input_tokens"]) == ("STILL_DUE", 7)


def test_what_is_said_is_kept_out_unless_it_is_asked_for(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, spans = spans_of(office)
    assert SECRET not in "".join(span.to_json() for span in spans)
    monkeypatch.setenv(CAPTURE, "true")
    _, spans = spans_of(office)
    assert SECRET in spans[1].attributes["gen_ai.tool.call.result"]


def test_the_words_of_a_failing_tool_are_kept_out(office: Office) -> None:
    office.failures["calendar.delete_event"] = [ValueError(f"no {SECRET}")]
    result, spans = spans_of(office)
    assert SECRET in str(result.deviation)
    failed = next(span for span in spans if "delete" in span.name)
    assert (failed.attributes["error.type"], failed.status.is_ok) == ("ValueError", False)
    assert SECRET not in "".join(span.to_json() for span in spans)
