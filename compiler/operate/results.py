"""Results of runs as JSON and back: what a durable run leaves in its database."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, cast

from compiler.runtime import Answer, Ask, Called, Deviation, Fact, RunResult, Usage
from compiler.runtime.ask import Asked
from compiler.runtime.jsons import JSON, as_json


def dump_result(result: RunResult) -> dict[str, JSON]:
    """Give a result as JSON."""
    deviation = result.deviation
    return {
        "outcome": result.outcome,
        "value": jsonable(result.value),
        "calls": [dump_call(name, arguments, got) for name, arguments, got in result.calls],
        "asks": [{"ask": _plain(asked.ask), "answer": dump_answer(asked.answer)} for asked in result.asks],
        "deviation": None if deviation is None else _dump_deviation(deviation),
        "reason": result.reason,
        "tokens": result.tokens,
        "dollars": result.dollars,
    }


def load_result(stored: dict[str, Any]) -> RunResult:
    """Give the result that was stored. What was raised is of the same type, where that is still known."""
    deviation = stored["deviation"]
    return RunResult(
        outcome=stored["outcome"],
        value=stored["value"],
        calls=tuple(_load_call(call) for call in stored["calls"]),
        asks=tuple(Asked(_load_ask(one["ask"]), load_answer(one["answer"])) for one in stored["asks"]),
        deviation=None if deviation is None else _load_deviation(deviation),
        reason=stored["reason"],
        tokens=stored["tokens"],
        dollars=stored["dollars"],
    )


def dump_call(name: str, arguments: dict[str, JSON], got: object) -> dict[str, JSON]:
    """Give a call as JSON: with what it gave, or with what it raised."""
    said = {"error": dump_error(got)} if isinstance(got, BaseException) else {"result": jsonable(got)}
    return {"tool": name, "arguments": arguments, **said}


def outcome_of(function: Callable[[], object]) -> dict[str, JSON]:
    """Call a function and give what came of it as JSON: whatever it raised, but for Ctrl-C."""
    try:
        result = function()
        # Through text, as that is how it is stored: the first time must not differ from the next.
        return {"result": json.loads(json.dumps(result, allow_nan=False))}
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return {"error": dump_error(error)}


def result_of(outcome: dict[str, Any]) -> object:
    """Give or raise what came of a function."""
    if "error" in outcome:
        raise load_error(outcome["error"])
    return outcome["result"]


def dump_error(error: BaseException) -> dict[str, JSON]:
    """Give an exception as JSON: its type by name, and its text."""
    kind = type(error)
    known = getattr(kind, "stands_for", None) or f"{kind.__module__}:{kind.__qualname__}"
    return {"type": known, "message": str(error)}


def load_error(stored: dict[str, Any]) -> Exception:
    """Make an exception with the type and the text of the one that was stored.

    It is of a subclass of its type, where that has been imported, as constructors may want anything. Retries
    ask for the type, messages for its name and the text.
    """
    base = _known_type(stored["type"])
    if issubclass(base, Deviation):
        return base(stored["message"])
    name = stored["type"].rpartition(":")[2].rpartition(".")[2]
    said = {
        "stands_for": stored["type"],
        "__init__": lambda _self, *_: None,
        "__str__": lambda _self: stored["message"],
    }
    try:
        return cast(Exception, type(name, (base,), said)())
    except TypeError:
        # A type that no other may derive from, or whose instances cannot be made without arguments.
        return cast(Exception, type(name, (Exception,), said)())


def dump_answer(answer: Answer) -> dict[str, JSON]:
    """Give an answer as JSON."""
    return {"value": answer.value, "usage": None if answer.usage is None else asdict(answer.usage)}


def load_answer(stored: dict[str, Any]) -> Answer:
    """Give the answer that was stored."""
    usage = stored["usage"]
    return Answer(stored["value"], None if usage is None else Usage(**usage))


def jsonable(value: object) -> JSON:
    """Give a value as JSON; what has no JSON form as the text that Python shows."""
    try:
        return as_json(value)
    except TypeError:
        shown: JSON = json.loads(json.dumps(value, default=str, skipkeys=True))
        return shown


def _known_type(path: str) -> type[Exception]:
    module, _, name = path.partition(":")
    found: object = sys.modules.get(module)
    for part in name.split("."):
        found = getattr(found, part, None)
    return found if isinstance(found, type) and issubclass(found, Exception) else Exception


def _plain(ask: Ask) -> dict[str, JSON]:
    return cast(dict[str, JSON], asdict(ask))


def _load_call(stored: dict[str, Any]) -> Called:
    got = load_error(stored["error"]) if "error" in stored else stored["result"]
    return Called(stored["tool"], stored["arguments"], got)


def _load_ask(stored: dict[str, Any]) -> Ask:
    facts = tuple(Fact(*fact) for fact in stored["facts"])
    options = None if stored["options"] is None else tuple(stored["options"])
    return Ask(**{**stored, "facts": facts, "options": options})


def _dump_deviation(deviation: Deviation) -> dict[str, JSON]:
    return {
        "type": type(deviation).__name__,
        "message": deviation.message,
        "nearest": deviation.nearest,
        "where": list(deviation.where),
    }


def _load_deviation(stored: dict[str, Any]) -> Deviation:
    kinds: dict[str, type[Deviation]] = {kind.__name__: kind for kind in Deviation.__subclasses__()}
    deviation = kinds.get(stored["type"], Deviation)(stored["message"], nearest=stored["nearest"])
    deviation.where = tuple(stored["where"])
    return deviation
