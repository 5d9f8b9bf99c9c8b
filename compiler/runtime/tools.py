"""The tools of a harness: their declaration in tools.py, and the calls that a run makes through it."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from time import sleep
from types import SimpleNamespace
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, TypeVar, cast, final, get_type_hints

from compiler.runtime.errors import Deviation, LimitReached, NotApproved, Replayed, ToolFailed, in_short
from compiler.runtime.jsons import JSON, as_json, broken_text
from compiler.runtime.limits import Limits, Meter
from compiler.runtime.timeouts import within

if TYPE_CHECKING:
    from pydantic import TypeAdapter

Effect = Literal["read", "write"]
Call = Callable[[str, dict[str, JSON]], object]
"""What executes a tool: its original name and its arguments give a JSON value; raising means it failed."""

F = TypeVar("F", bound=Callable[..., object])

_MARK = "__tracec_tool__"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ToolSpec:
    """A tool that a harness may call.

    ``name`` is the original one, ``method`` the identifier that stands for it in the harness, and
    ``parameters`` a JSON Schema of the arguments. ``idempotent`` says that the same write made twice does no
    more than made once.
    """

    name: str
    method: str
    effect: Effect
    idempotent: bool = False
    description: str = ""
    parameters: dict[str, JSON] = field(default_factory=dict)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """How often a failing read is tried, in all, and after which exceptions; writes only if idempotent.

    ``wait`` is the seconds before the second attempt; the wait doubles from one attempt to the next.
    """

    attempts: int = 1
    on: type[Exception] | tuple[type[Exception], ...] = Exception
    wait: float = 0.0

    def __post_init__(self) -> None:
        if self.attempts < 1:
            message = "attempts counts the first one, so that it is at least 1"
            raise ValueError(message)


class Called(NamedTuple):
    """A call that was issued. ``result`` is what the tool gave, or the exception that it raised."""

    name: str
    arguments: dict[str, JSON]
    result: object


def tool(name: str, *, effect: Effect, idempotent: bool = False) -> Callable[[F], F]:
    """Declare that a method of a Protocol stands for the tool of this (original) name."""

    def mark(method: F) -> F:
        setattr(method, _MARK, (name, effect, idempotent))
        return method

    return mark


@final
@dataclass(frozen=True, eq=False)
class Method:
    """A declared tool: what its Protocol method says about arguments and result.

    Without slots, so that what it takes to find out is found out once.
    """

    name: str
    effect: Effect
    function: Callable[..., object]
    idempotent: bool = False

    @cached_property
    def parameters(self) -> dict[str, inspect.Parameter]:
        """The parameters, without ``self``."""
        return dict(list(inspect.signature(self.function).parameters.items())[1:])

    @cached_property
    def hints(self) -> dict[str, Any]:
        """The resolved annotations of parameters and result."""
        return get_type_hints(self.function, include_extras=True)

    @cached_property
    def adapter(self) -> TypeAdapter[object]:
        """What reads a result. Imports pydantic."""
        from pydantic import TypeAdapter

        return TypeAdapter(self.hints["return"])

    @cached_property
    def parameters_schema(self) -> dict[str, JSON]:
        """The JSON Schema of the arguments. Imports pydantic."""
        return _parameters_schema(self)

    @cached_property
    def result_schema(self) -> dict[str, JSON]:
        """The JSON Schema of a result. Imports pydantic."""
        return self.adapter.json_schema()

    def spec(self) -> ToolSpec:
        """Describe the tool to others. Imports pydantic."""
        return ToolSpec(
            name=self.name,
            method=self.function.__name__,
            effect=self.effect,
            idempotent=self.idempotent,
            description=inspect.getdoc(self.function) or "",
            parameters=self.parameters_schema,
        )


def declared(protocol: type) -> dict[str, Method]:
    """Give the tools that a Protocol declares, by method, in order."""
    found: dict[str, Method] = {}
    for base in reversed(protocol.__mro__):
        for name, function in vars(base).items():
            if mark := getattr(function, _MARK, None):
                original, effect, idempotent = mark
                found[name] = Method(original, effect, function, idempotent)
    return found


@final
class Toolbox:
    """Calls tools for one run: keeps the record, the limit, and the retries."""

    def __init__(
        self, methods: Mapping[str, Method], call: Call, limits: Limits, retry: Retry, meter: Meter
    ) -> None:
        self._methods, self._call, self._limits, self._retry = methods, call, limits, retry
        self._meter = meter
        self._issued = 0
        self.withheld: Mapping[str, str] = {}
        """Tools that are not called, whoever asks, and why."""
        self.calls: list[Called] = []

    @cached_property
    def methods(self) -> object:
        """What stands for the Protocol: nothing but a method for each tool, as tools may have any name."""
        return SimpleNamespace(
            **{name: partial(self._dispatch, method) for name, method in self._methods.items()}
        )

    @cached_property
    def deed(self) -> frozenset[str]:
        """The words of the name of the one tool that writes; none where there are several, or none."""
        writes = [method.name for method in self._methods.values() if method.effect == "write"]
        words = re.findall(r"[A-Z]?[a-z]+|[A-Z]+", writes[0]) if len(writes) == 1 else []
        return frozenset(word.lower() for word in words)

    def _dispatch(self, method: Method, /, **given: object) -> object:
        arguments = _arguments(method, given)
        if self._issued >= self._limits.tool_calls:
            message = f"{method.name} would be tool call {self._issued + 1}"
            raise LimitReached(message, nearest=f"at most {self._limits.tool_calls} tool calls")
        self._meter.check()
        # A retry is no further step of the program, so it does not count.
        self._issued += 1
        return _read_result(method, self._attempt(method, arguments))

    def _attempt(self, method: Method, arguments: str) -> object:
        harmless = method.effect == "read" or method.idempotent
        attempts = self._retry.attempts if harmless else 1
        for attempt in range(1, attempts + 1):
            try:
                return self.issue(method.name, arguments)
            except Deviation:
                # What stands around the tools says more than that the tool failed.
                raise
            except Exception as error:
                if attempt == attempts or not isinstance(error, self._retry.on):
                    message = f"{method.name} failed: {in_short(error)}"
                    raise ToolFailed(message) from error
                if not isinstance(error, Replayed):
                    sleep(self._retry.wait * 2 ** (attempt - 1))
        raise AssertionError

    def issue(self, name: str, arguments: str) -> object:
        """Call the tool once, and record it; the tool gets arguments of its own, which it may change.

        ``arguments`` is the JSON text of an object.

        Raises:
            NotApproved: It is a write that no reviewer has approved; it is not called.
            Exception: The tool failed.
        """
        if name in self.withheld:
            raise NotApproved(self.withheld[name])
        recorded = json.loads(arguments)
        try:
            sent = json.loads(arguments)
            result = within(self._limits.call_seconds, lambda: self._call(name, sent))
        except Exception as error:
            self.calls.append(Called(name, recorded, error))
            raise
        self.calls.append(Called(name, recorded, result))
        return result


def _arguments(method: Method, given: Mapping[str, object]) -> str:
    """Turn the given arguments into the JSON text of those that are sent."""
    parameters, hints = method.parameters, method.hints
    missing = [
        name
        for name, parameter in parameters.items()
        if parameter.default is parameter.empty and name not in given
    ]
    unknown = [name for name in given if name not in parameters]
    if missing or unknown:
        message = f"{method.name} does not take the arguments {', '.join(given) or '(none)'}"
        raise TypeError(message)
    sent = {_sent_name(name, hints.get(name)): as_json(value) for name, value in given.items()}
    return json.dumps(sent, allow_nan=False)


def _read_result(method: Method, result: object) -> object:
    """Read what a tool gave as what its method declares to return."""
    from pydantic import ValidationError

    try:
        text = json.dumps(result, allow_nan=False)
        return method.adapter.validate_json(text, strict=True)
    except ValidationError as error:
        message = f"{method.name} gave what does not fit: {first_problem(error)}"
        raise ToolFailed(message) from error
    except (TypeError, ValueError, RecursionError) as error:
        message = f"{method.name} gave what is no JSON: {in_short(error)}"
        raise ToolFailed(message) from error


def first_problem(error: Exception) -> str:
    """Say where and how a value first fails to fit, given pydantic's ValidationError."""
    problem = cast(Any, error).errors(include_url=False, include_context=False)[0]
    if problem["type"] == "json_invalid":
        # Python wrote this JSON, so that only what other parsers refuse can be wrong with it.
        return broken_text(json.loads(problem["input"])) or "it is nested too deep"
    place = ".".join(str(part) for part in problem["loc"])
    said = str(problem["msg"])
    return f"{place}: {said}" if place else said


def _sent_name(name: str, hint: object) -> str:
    """Give the original name of a parameter: the alias in ``Annotated[str, Field(alias="from")]``, if any."""
    for extra in getattr(hint, "__metadata__", ()):
        if alias := getattr(extra, "alias", None):
            return str(alias)
    return name


def _without_alias(hint: Any) -> Any:
    """Drop what ``_sent_name`` reads: on its own, outside of a record, pydantic warns of it."""
    extras = getattr(hint, "__metadata__", ())
    kept = tuple(extra for extra in extras if not getattr(extra, "alias", None))
    if len(kept) == len(extras):
        return hint
    return Annotated[(hint.__origin__, *kept)] if kept else hint.__origin__


def _parameters_schema(method: Method) -> dict[str, JSON]:
    from pydantic import TypeAdapter

    hints = method.hints
    properties: dict[str, JSON] = {}
    definitions: dict[str, JSON] = {}
    required: list[JSON] = []
    for name, parameter in method.parameters.items():
        schema = TypeAdapter(_without_alias(hints.get(name, object))).json_schema()
        # References count from the root, so that definitions move there.
        definitions.update(schema.pop("$defs", {}))
        sent = _sent_name(name, hints.get(name))
        properties[sent] = schema
        if parameter.default is parameter.empty:
            required.append(sent)
    whole: dict[str, JSON] = {"type": "object", "properties": properties}
    whole |= {"required": required} if required else {}
    return whole | ({"$defs": definitions} if definitions else {})
