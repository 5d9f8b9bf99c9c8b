"""Harnesses: a function with its declaration, and what it takes to run it."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any, Literal, TypeAlias, final, get_args, get_origin, get_type_hints

from compiler.runtime.ask import Asked, Model, Question
from compiler.runtime.asking import Asker
from compiler.runtime.errors import Deviation, HandedOver, LoadError, Stopped, WriteInDoubt, in_short
from compiler.runtime.jsons import JSON, canonical
from compiler.runtime.run import Execution, Run, read_mapping, refuse_unknown, with_plain_unions
from compiler.runtime.tools import Call, Called, Method, Retry, Toolbox, ToolSpec, declared

Outcome = Literal["done", "stopped", "deviated", "handed_over"]


UNEXPECTED = "unexpected:"
"""How the message of a deviation begins that is a fault in the harness, or in what it runs on."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The most that one run may do. Retries and repeated attempts at a question do not count."""

    tool_calls: int
    questions: int


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """What an agent gets that takes over: with the calls already made, so that none is made twice.

    ``deviation`` is None where the harness hands over by itself.
    """

    request: str | Mapping[str, JSON]
    calls: tuple[Called, ...]
    reason: str
    deviation: Deviation | None = None


Agent: TypeAlias = Callable[[Handover], object]
"""What finishes the work that a harness does not; what it returns is the value of the run."""

Policy: TypeAlias = Callable[[Handover, Agent], object]
"""What a run with an agent does about a deviation: raise it, or give the value that the run ends with."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """How a run ended, and everything that it did on the way.

    ``reason`` says why it stopped or was handed over; ``deviation`` is set where it left the known paths.
    """

    outcome: Outcome
    value: object = None
    calls: tuple[Called, ...] = ()
    asks: tuple[Asked, ...] = ()
    deviation: Deviation | None = None
    reason: str | None = None


def reraise(handover: Handover, agent: Agent) -> object:
    """Leave the deviation as the outcome of the run, whether or not there is an agent."""
    if handover.deviation is None:
        return agent(handover)
    raise handover.deviation


def resume_with_agent(handover: Handover, agent: Agent) -> object:
    """Let the agent go on from where the harness left."""
    return agent(handover)


def harness(
    *, limits: Limits, retry: Retry | None = None, on_deviation: Policy = resume_with_agent
) -> Callable[[Callable[..., object]], Harness]:
    """Declare that a function is the harness of its module, and how it may run."""

    def declare(function: Callable[..., object]) -> Harness:
        return Harness(function, limits=limits, retry=retry or Retry(), on_deviation=on_deviation)

    return declare


@final
class Harness:
    """A compiled workload: a function, its declaration, and the modules that it stands in.

    Holds nothing of a run, so that runs may overlap.
    """

    def __init__(
        self, function: Callable[..., object], *, limits: Limits, retry: Retry, on_deviation: Policy
    ) -> None:
        self.function = function
        self.limits = limits
        self.retry = retry
        self.on_deviation = on_deviation

    @property
    def name(self) -> str:
        """The name of the workload."""
        return self.function.__name__

    @cached_property
    def tools(self) -> tuple[ToolSpec, ...]:
        """The tools that tools.py declares, by their original names."""
        return tuple(method.spec() for method in self._methods.values())

    @cached_property
    def request_schema(self) -> dict[str, JSON]:
        """The JSON Schema of the request's fields: of a mapping that stands for it.

        A mapping that stands for a text has these fields alone. Structured requests may hold more, as the
        recorded ones do.
        """
        record = self._request_record
        schema: dict[str, JSON] = {"type": "object", "properties": {}}
        if record is not None:
            schema = with_plain_unions(record.model_json_schema())
        return {**schema, "additionalProperties": False} if self._annotations[1] is str else schema

    def run(
        self,
        request: str | Mapping[str, JSON],
        *,
        call: Call,
        model: Model | str | None = None,
        now: datetime | None = None,
        agent: Agent | None = None,
    ) -> RunResult:
        """Run the harness once.

        Args:
            request: The task text, or a mapping that fits ``request_schema``.
            call: Executes a tool, by its original name; raising means that it failed.
            model: What answers questions, or its "provider/model" name; None deviates at any question.
            now: The moment that "today" means; the clock if left out.
            agent: Takes over on a deviation (as the declaration says) and on a hand-over.

        Returns:
            The outcome: whatever the harness, its tools and its model do, nothing is raised.

        Raises:
            TypeError: An argument is of no use, such as a coroutine function: see ``arun``.
        """
        for given in (call, agent, getattr(model, "answer", None)):
            if inspect.iscoroutinefunction(given):
                message = "a coroutine function needs `await harness.arun(...)`"
                raise TypeError(message)
        anything: object = request
        if not isinstance(anything, str | Mapping):
            message = f"a request is a text or a mapping, not a {type(anything).__name__}"
            raise TypeError(message)
        return self._run(request, self._execution(request, call, _model(model), now), agent)

    async def arun(
        self,
        request: str | Mapping[str, JSON],
        *,
        call: Callable[..., Any],
        model: object = None,
        now: datetime | None = None,
        agent: Callable[[Handover], Any] | None = None,
    ) -> RunResult:
        """Run the harness once, in a thread, with a ``call``, ``model`` or ``agent`` that may be async.

        Coroutine functions run on the loop of the caller, plain functions in the thread. Where the task is
        cancelled, no further tool is called.
        """
        from compiler.runtime.bridge import Bridge

        bridge = Bridge()
        given = _model(model) if isinstance(model, str) else model
        return await bridge.in_thread(
            lambda: self.run(
                request,
                call=bridge.plain(call),
                model=None if given is None else bridge.model(given),
                now=now,
                agent=None if agent is None else bridge.plain(agent),
            )
        )

    def check(self) -> None:
        """Check what can be known before the first run.

        Raises:
            LoadError: The function's annotations are not those of a harness.
        """
        _ = self._methods

    # ------------------------------------------------------------------------------------ one run, inside

    def _execution(
        self,
        request: str | Mapping[str, JSON],
        call: Call,
        model: Model | None,
        now: datetime | None,
    ) -> Execution:
        return Execution(
            toolbox=Toolbox(self._methods, call, self.limits.tool_calls, self.retry),
            asker=Asker(model, self.limits.questions, self._question_names()),
            now=datetime.now() if now is None else now,  # the local clock: "today" is a local date
            request=request,
        )

    def _run(self, request: str | Mapping[str, JSON], execution: Execution, agent: Agent | None) -> RunResult:
        try:
            run: Run[Any] = Run(execution, (("request", request), ("now", execution.now)))
            value = self.function(run, self._argument(request))
        except Stopped as stop:
            return _result(execution, "stopped", reason=str(stop))
        except HandedOver as handed:
            handover = self._handover(execution, str(handed), None)
            return self._resume(execution, handover, agent, resume_with_agent)
        except Exception as error:
            deviation = self._deviation(execution, error)
            handover = self._handover(execution, deviation.message, deviation)
            policy = reraise if isinstance(deviation, WriteInDoubt) else self.on_deviation
            return self._resume(execution, handover, agent, policy)
        return _result(execution, "done", value=value)

    def _argument(self, request: str | Mapping[str, JSON]) -> object:
        """Give the function the request in its own form; ``parse`` reads a mapping in place of a text.

        Raises:
            Deviation: The request has another form, or says what the harness has no field for.
        """
        wanted = self._annotations[1]
        if wanted is str:
            if isinstance(request, str):
                return request
            refuse_unknown(request, self._request_record)
            return canonical(request)
        if isinstance(request, str):
            message = "the request is a text, where a mapping that fits request_schema is needed"
            raise Deviation(message)
        return read_mapping(request, wanted)

    def _resume(
        self, execution: Execution, handover: Handover, agent: Agent | None, policy: Policy
    ) -> RunResult:
        deviation = handover.deviation
        ended: Outcome = "handed_over" if deviation is None else "deviated"
        if agent is None:
            return _result(execution, ended, deviation=deviation, reason=handover.reason)
        try:
            value = policy(handover, agent)
        except Exception as error:
            if error is not deviation:
                deviation = Deviation(f"the agent failed: {in_short(error)}; {handover.reason}")
                deviation.__cause__ = error
            return _result(execution, "deviated", deviation=deviation, reason=handover.reason)
        return _result(execution, "handed_over", value, deviation, handover.reason)

    def _handover(self, execution: Execution, reason: str, deviation: Deviation | None) -> Handover:
        calls = tuple(execution.toolbox.calls)
        return Handover(request=execution.request, calls=calls, reason=reason, deviation=deviation)

    def _deviation(self, execution: Execution, error: Exception) -> Deviation:
        """Make any exception a deviation that says where it comes from."""
        deviation = error
        if not isinstance(deviation, Deviation):
            deviation = Deviation(f"{UNEXPECTED} {in_short(error)}")
            deviation.__cause__ = error
        scopes = execution.left if execution.leaving is error else []
        deviation.where = (*scopes, *self._source_line(error.__traceback__))
        return deviation

    def _source_line(self, traceback: TracebackType | None) -> Iterator[str]:
        """Give the innermost line of the harness's own files that an exception came through."""
        package = self.function.__globals__.get("__package__")
        place = None
        while traceback is not None:
            frame = traceback.tb_frame
            own = frame.f_globals is self.function.__globals__
            if own or (package and frame.f_globals.get("__package__") == package):
                place = f"{Path(frame.f_code.co_filename).name}:{traceback.tb_lineno}"
            traceback = traceback.tb_next
        if place is not None:
            yield place

    # ------------------------------------------------------------------------------- the modules around it

    @cached_property
    def _annotations(self) -> tuple[type, Any]:
        """The Protocol of the tools and the type of the request, as the function's parameters say."""
        try:
            hints = get_type_hints(self.function)
            parameters = list(inspect.signature(self.function).parameters)
            run, request = (hints[name] for name in parameters)
        except (NameError, KeyError, ValueError, TypeError) as error:
            message = f"{self.name} is not annotated as (run: Run[Tools], text: str): {in_short(error)}"
            raise LoadError(message) from error
        if get_origin(run) is not Run or not (request is str or _is_record(request)):
            message = f"{self.name} takes (run: Run[Tools], text: str) or a Record for the text"
            raise LoadError(message)
        return get_args(run)[0], request

    @cached_property
    def _methods(self) -> dict[str, Method]:
        return declared(self._annotations[0])

    @property
    def _request_record(self) -> Any:
        wanted = self._annotations[1]
        if wanted is not str:
            return wanted
        tools = sys.modules.get(self._annotations[0].__module__)
        return self.function.__globals__.get("Request") or getattr(tools, "Request", None)

    def _question_names(self) -> dict[int, str]:
        """Name the questions after the constants that hold them, here or in a module beside."""
        names: dict[int, str] = {}
        for values in (*(vars(module) for module in self._siblings()), self.function.__globals__):
            names |= {id(v): name for name, v in values.items() if isinstance(v, Question)}
        return names

    def _siblings(self) -> list[ModuleType]:
        package = self.function.__globals__.get("__package__")
        modules = list(sys.modules.items()) if package else []
        return [module for name, module in modules if name.startswith(f"{package}.")]


def _is_record(wanted: object) -> bool:
    return isinstance(wanted, type) and hasattr(wanted, "model_validate_json")


def _model(model: Any) -> Model | None:
    if not isinstance(model, str):
        return model  # type: ignore[no-any-return]
    from compiler.runtime.llm import LiteLLMModel

    return LiteLLMModel(model)


def _result(
    execution: Execution,
    outcome: Outcome,
    value: object = None,
    deviation: Deviation | None = None,
    reason: str | None = None,
) -> RunResult:
    return RunResult(
        outcome=outcome,
        value=value,
        calls=tuple(execution.toolbox.calls),
        asks=tuple(execution.asker.asks),
        deviation=deviation,
        reason=reason,
    )
