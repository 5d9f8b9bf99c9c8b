"""Tiny harnesses with the contract of ``compiler.runtime.Harness``, and recorded runs for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from compiler.ir.run import JSON, Call, Run
from compiler.runtime import Ask, Fact, Model, ToolSpec
from compiler.runtime.ask import Kind

CallFunction = Callable[[str, dict[str, JSON]], JSON]
NOW = datetime(2024, 3, 14, 9, 30)
READS = ("find", "get")
WRITES = ("send", "remove")


class FakeHandOver(Exception):  # noqa: N818 - an end, not an error
    """What a harness raises that leaves the rest to the agent."""


@dataclass(frozen=True)
class FakeDeviation:
    message: str
    where: tuple[str, ...] = ()


@dataclass(frozen=True)
class FakeResult:
    outcome: str
    calls: tuple[tuple[str, dict[str, JSON], object], ...]
    deviation: FakeDeviation | None


@dataclass
class FakeRun:
    """What the body of a fake harness gets: tools, a model, the request, the date."""

    request: str | Mapping[str, JSON]
    call_tool: CallFunction
    model: Model | None
    now: datetime | None
    calls: list[tuple[str, dict[str, JSON], object]] = field(default_factory=list)

    def call(self, name: str, /, **arguments: JSON) -> JSON:
        try:
            result = self.call_tool(name, arguments)
        except Exception as error:
            self.calls.append((name, arguments, error))
            raise
        self.calls.append((name, arguments, result))
        return result

    def choose(self, question: str, options: list[JSON]) -> JSON:
        value = self.ask(question, "choose", options=tuple(options))
        assert isinstance(value, int)
        return options[value]

    def select(self, question: str, options: list[JSON]) -> list[JSON]:
        value = self.ask(question, "select", options=tuple(options))
        assert isinstance(value, list)
        return [options[i] for i in value if isinstance(i, int)]

    def ask(self, question: str, kind: Kind, *, subject: JSON = None, **bounds: Any) -> JSON:
        """Ask about a subject; ``bounds`` are those of Ask."""
        assert self.model is not None
        asked = replace(ask(question, kind), **bounds)
        facts = (Fact("request", ""), Fact("now", ""), Fact("subject", subject))
        answer = self.model.answer(asked if subject is None else replace(asked, facts=facts))
        return answer.value


def ask(
    question: str,
    kind: Kind,
    *,
    options: tuple[JSON, ...] | None = None,
    schema: dict[str, JSON] | None = None,
) -> Ask:
    return Ask(question=question, kind=kind, text="Which one?", options=options, schema=schema)


class FakeHarness:
    """Runs a function; like the real one, it turns every exception but a hand-over into a deviation."""

    def __init__(self, body: Callable[[FakeRun], None]) -> None:
        self._body = body
        self.runs = 0

    @property
    def tools(self) -> tuple[ToolSpec, ...]:
        reads = [ToolSpec(name=name, method=name, effect="read") for name in READS]
        return (*reads, *(ToolSpec(name=name, method=name, effect="write") for name in WRITES))

    def run(
        self,
        request: str | Mapping[str, JSON],
        *,
        call: CallFunction,
        model: Model | None = None,
        now: datetime | None = None,
    ) -> FakeResult:
        self.runs += 1
        run = FakeRun(request, call, model, now)
        try:
            self._body(run)
        except FakeHandOver:
            return FakeResult("handed_over", tuple(run.calls), None)
        except Exception as error:
            return FakeResult("deviated", tuple(run.calls), FakeDeviation(str(error)))
        return FakeResult("done", tuple(run.calls), None)


def ok(tool: str, result: JSON, **arguments: JSON) -> Call:
    return Call(tool=tool, arguments=arguments, result=result)


def failed(tool: str, message: str, **arguments: JSON) -> Call:
    return Call(tool=tool, arguments=arguments, result=message, status="error")


def run(
    *calls: Call,
    run_id: str = "r1",
    task: str = "t1",
    request: str | dict[str, JSON] = "Remove the first row",
    success: bool | None = True,
    now: datetime | None = NOW,
) -> Run:
    return Run(run_id=run_id, task_id=task, request=request, calls=calls, success=success, now=now)
