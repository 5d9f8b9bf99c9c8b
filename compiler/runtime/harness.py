"""Harnesses: a function with its declaration, and what it takes to run it."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any, Literal, final, get_args, get_origin, get_type_hints

from compiler.runtime.ask import Asked, Model, Question
from compiler.runtime.asking import Asker
from compiler.runtime.errors import (
    Deviation,
    HandedOver,
    LoadError,
    NotApproved,
    Stopped,
    WriteInDoubt,
    in_short,
)
from compiler.runtime.jsons import JSON, canonical
from compiler.runtime.limits import Limits, Meter
from compiler.runtime.named import agent_of, model_of
from compiler.runtime.run import Execution, Run, read_mapping, refuse_unknown, with_plain_unions
from compiler.runtime.takeover import Agent, Continuation, Handover, Policy, reraise, resume_with_agent
from compiler.runtime.tools import Call, Called, Method, Retry, Toolbox, ToolSpec, declared

Outcome = Literal["done", "stopped", "deviated", "handed_over"]


UNEXPECTED = "unexpected:"
"""How the message of a deviation begins that is a fault in the harness, or in what it runs on."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """How a run ended, and everything that it did on the way.

    ``reason`` says why it stopped or was handed over; ``deviation`` is set where it left the known paths.
    Where an agent took over, ``agent_from`` is how many of the ``calls`` the harness had made: the others are
    the agent's. ``tokens`` and ``dollars`` are what all model calls took, the agent's among them; None where
    one does not tell.
    """

    outcome: Outcome
    value: object = None
    calls: tuple[Called, ...] = ()
    asks: tuple[Asked, ...] = ()
    deviation: Deviation | None = None
    reason: str | None = None
    agent_from: int | None = None
    tokens: int | None = 0
    dollars: float | None = 0.0


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
        self.withheld: Mapping[str, str] = {}
        """Writes that are not issued, and why: not approved in the folder that this was loaded from."""
        self._loaded: Harness | None = None

    def within(
        self,
        *,
        tokens: int | None = None,
        dollars: float | None = None,
        seconds: float | None = None,
        call_seconds: float | None = None,
    ) -> Harness:
        """Give the same harness with these limits in place of the declared ones; None leaves one as it is."""
        bounds = {"tokens": tokens, "dollars": dollars, "seconds": seconds, "call_seconds": call_seconds}
        given: dict[str, Any] = {name: most for name, most in bounds.items() if most is not None}
        bounded = self._twin(replace(self.limits, **given))
        bounded.withheld = self.withheld
        return bounded

    def rehearsal(self) -> Harness:
        """Give the same harness with every write approved: for a replay, whose tools do nothing real."""
        return self._twin(self.limits)

    def _twin(self, limits: Limits) -> Harness:
        twin = Harness(self.function, limits=limits, retry=self.retry, on_deviation=self.on_deviation)
        # The modules of a harness are there as long as what was loaded is.
        twin._loaded = self
        return twin

    @property
    def name(self) -> str:
        """The name of the workload."""
        return self.function.__name__

    @property
    def takes_text(self) -> bool:
        """Whether its request is a text; else it is a mapping that fits ``request_schema``."""
        return self._annotations[1] is str

    @property
    def writes(self) -> tuple[str, ...]:
        """The original names of the tools that are declared to write."""
        return tuple(dict.fromkeys(one.name for one in self._methods.values() if one.effect == "write"))

    @cached_property
    def tools(self) -> tuple[ToolSpec, ...]:
        """The tools that tools.py declares, by their original names."""
        return tuple(method.spec() for method in self._methods.values())

    @property
    def methods(self) -> dict[str, Method]:
        """The declarations behind ``tools``, by original name: they read what a tool gave."""
        return {method.name: method for method in self._methods.values()}

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
        return {**schema, "additionalProperties": False} if self.takes_text else schema

    def run(
        self,
        request: str | Mapping[str, JSON],
        *,
        call: Call,
        model: Model | str | None = None,
        now: datetime | None = None,
        agent: Agent | str | None = None,
    ) -> RunResult:
        """Run the harness once.

        Args:
            request: The task text, or a mapping that fits ``request_schema``.
            call: Executes a tool, by its original name; raising means that it failed.
            model: What answers questions, or its "provider/model" name; None deviates at any question.
            now: The moment that "today" means; the clock if left out.
            agent: Takes over on a deviation (as the declaration says) and on a hand-over; the
                "provider/model" name of a model stands for a ``LiteLLMAgent``.

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
        execution = self._execution(request, call, model_of(model), now)
        return self._run(request, execution, agent_of(agent))

    async def arun(
        self,
        request: str | Mapping[str, JSON],
        *,
        call: Callable[..., Any],
        model: object = None,
        now: datetime | None = None,
        agent: Callable[[Handover], Any] | str | None = None,
    ) -> RunResult:
        """Run the harness once, in a thread, with a ``call``, ``model`` or ``agent`` that may be async.

        Coroutine functions run on the loop of the caller, plain functions in the thread. An agent that is a
        coroutine function calls by ``await handover.acall(...)``. Where the task is cancelled, no further
        tool is called.
        """
        from compiler.runtime.bridge import Bridge

        bridge = Bridge()
        given = model_of(model) if isinstance(model, str) else model
        return await bridge.in_thread(
            lambda: self.run(
                request,
                call=bridge.plain(call),
                model=None if given is None else bridge.model(given),
                now=now,
                agent=bridge.plain(agent) if callable(agent) else agent,
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
        meter = Meter(self.limits)
        toolbox = Toolbox(self._methods, call, self.limits, self.retry, meter)
        toolbox.withheld = self.withheld
        return Execution(
            toolbox=toolbox,
            asker=Asker(model, self.limits, self._question_names(), meter),
            meter=meter,
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
            return self._leave(execution, str(handed), None, agent)
        except Exception as error:
            deviation = self._deviation(execution, error)
            return self._leave(execution, deviation.message, deviation, agent)
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

    def _leave(
        self, execution: Execution, reason: str, deviation: Deviation | None, agent: Agent | None
    ) -> RunResult:
        """End the run where the harness leaves it, or let the agent go on from there."""
        if agent is None:
            ended: Outcome = "handed_over" if deviation is None else "deviated"
            return _result(execution, ended, deviation=deviation, reason=reason)
        policy = self._policy(deviation)
        made: int | None = len(execution.toolbox.calls)
        try:
            value = policy(self._handover(execution, reason, deviation), agent)
        except Exception as error:
            if error is deviation:
                made = None
            else:
                deviation = Deviation(f"the agent failed: {in_short(error)}; {reason}")
                deviation.__cause__ = error
            return _result(execution, "deviated", deviation=deviation, reason=reason, agent_from=made)
        return _result(
            execution, "handed_over", value=value, deviation=deviation, reason=reason, agent_from=made
        )

    def _policy(self, deviation: Deviation | None) -> Policy:
        if deviation is None:
            return resume_with_agent
        # Nobody but a person can find out what became of such a write, or approve one.
        return reraise if isinstance(deviation, NotApproved | WriteInDoubt) else self.on_deviation

    def _handover(self, execution: Execution, reason: str, deviation: Deviation | None) -> Handover:
        reads = frozenset(one.name for one in self._methods.values() if one.effect == "read")
        return Handover(
            request=execution.request,
            now=execution.now,
            calls=tuple(execution.toolbox.calls),
            tools=self.tools,
            call=Continuation(execution.toolbox, reads),
            meter=execution.meter,
            reason=reason,
            deviation=deviation,
        )

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


def _result(execution: Execution, outcome: Outcome, **ended: Any) -> RunResult:
    return RunResult(
        outcome=outcome,
        calls=tuple(execution.toolbox.calls),
        asks=tuple(execution.asker.asks),
        tokens=execution.meter.tokens,
        dollars=execution.meter.dollars,
        **ended,
    )
