"""OpenTelemetry spans of runs, by its semantic conventions for generative AI.

    invoke_workflow <harness>    one run: its outcome, and why it deviated
    ├── execute_tool <tool>      one tool call, by the tool's original name
    └── chat <model>             one answer of a model: the question, and the tokens that it took

What is said in a run may be secret: arguments, results, facts and answers are recorded only where
``OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT`` is ``true``, as the conventions have it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any, Final, final

from compiler.runtime import Answer, Ask, Harness, Model, RunResult
from compiler.runtime.jsons import JSON
from compiler.runtime.prompt import render
from compiler.runtime.tools import Call

ENDPOINTS: Final = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
CAPTURE: Final = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"


def exporter_wanted() -> bool:
    """Whether the environment names a place that spans go to."""
    return any(os.environ.get(name) for name in ENDPOINTS)


def export_spans() -> Callable[[], None]:
    """Send the spans of this process where the environment says; give what sends the last of them.

    Raises:
        ImportError: The packages of the extra ``otel`` are not installed.
    """
    sdk: Any = import_module("opentelemetry.sdk.trace")
    batch: Any = import_module("opentelemetry.sdk.trace.export")
    otlp: Any = import_module("opentelemetry.exporter.otlp.proto.http.trace_exporter")
    resources: Any = import_module("opentelemetry.sdk.resources")
    named = resources.Resource.create({"service.name": os.environ.get("OTEL_SERVICE_NAME", "tracec")})
    provider = sdk.TracerProvider(resource=named)
    provider.add_span_processor(batch.BatchSpanProcessor(otlp.OTLPSpanExporter()))
    trace: Any = import_module("opentelemetry.trace")
    trace.set_tracer_provider(provider)
    shutdown: Callable[[], None] = provider.shutdown
    return shutdown


@final
class Spans:
    """Makes the spans of runs with a tracer; by itself, with that of the provider that the process set up."""

    def __init__(self, tracer: Any = None) -> None:
        self._trace: Any = import_module("opentelemetry.trace")
        self._tracer = tracer or self._trace.get_tracer("tracec")
        self._capture = os.environ.get(CAPTURE, "").lower() == "true"

    @contextmanager
    def workflow(self, harness: Harness) -> Iterator[Callable[[RunResult], None]]:
        """Open the span of a run; what it yields takes the result."""
        about = {"gen_ai.operation.name": "invoke_workflow", "gen_ai.workflow.name": harness.name}
        with self._tracer.start_as_current_span(f"invoke_workflow {harness.name}", attributes=about) as span:

            def ended(result: RunResult) -> None:
                span.set_attribute("tracec.outcome", result.outcome)
                span.set_attribute("tracec.tool_calls", len(result.calls))
                span.set_attribute("tracec.questions", len(result.asks))
                if result.deviation is not None:
                    span.set_attribute("tracec.deviation.where", list(result.deviation.where))
                    self._failed(span, result.deviation)

            yield ended

    def call(self, call: Call) -> Call:
        """Make a span of every tool call."""

        def traced(name: str, arguments: dict[str, JSON]) -> object:
            about = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": name}
            with self._span(f"execute_tool {name}", about) as span:
                self._say(span, "gen_ai.tool.call.arguments", arguments)
                result = call(name, arguments)
                self._say(span, "gen_ai.tool.call.result", result)
                return result

        return traced

    def model(self, model: Model, name: str) -> Model:
        """Make a span of every answer of a model that goes by a name."""
        return _Traced(self, model, name)

    def answer(self, model: Model, name: str, ask: Ask) -> Answer:
        """Make the span of one answer."""
        about = {
            "gen_ai.operation.name": "chat",
            "gen_ai.request.model": name,
            "tracec.question": ask.question,
            "tracec.question.kind": ask.kind,
        }
        with self._span(f"chat {name}", about) as span:
            self._say(span, "gen_ai.input.messages", render(ask))
            answer = model.answer(ask)
            if answer.usage is not None:
                span.set_attribute("gen_ai.usage.input_tokens", answer.usage.prompt_tokens)
                span.set_attribute("gen_ai.usage.output_tokens", answer.usage.completion_tokens)
            self._say(span, "gen_ai.output.messages", answer.value)
            return answer

    @contextmanager
    def _span(self, name: str, about: dict[str, Any]) -> Iterator[Any]:
        """Open a span that keeps an exception's type; its words may be secret, as what a tool says may be."""
        opened = self._tracer.start_as_current_span(
            name, attributes=about, record_exception=False, set_status_on_exception=False
        )
        with opened as span:
            try:
                yield span
            except BaseException as error:
                self._failed(span, error)
                raise

    def _failed(self, span: Any, error: BaseException) -> None:
        span.set_attribute("error.type", type(error).__name__)
        said = str(error) if self._capture else None
        span.set_status(self._trace.Status(self._trace.StatusCode.ERROR, said))

    def _say(self, span: Any, key: str, value: object) -> None:
        if self._capture:
            text = value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
            span.set_attribute(key, text)


@final
class _Traced:
    def __init__(self, spans: Spans, model: Model, name: str) -> None:
        self._spans, self._model, self._name = spans, model, name

    def answer(self, ask: Ask) -> Answer:
        return self._spans.answer(self._model, self._name, ask)
