"""Run a harness for real, on one request or on many."""

from __future__ import annotations

import json
import sys
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeAlias, final

from compiler.commands.console import track
from compiler.commands.options import RunOptions
from compiler.commands.toolbox import open_tools
from compiler.commands.verify import open_harness
from compiler.errors import InputError, UsageError
from compiler.ir.run import JSON, Call, Run, Usage
from compiler.present.escape import plain, shorten
from compiler.read import write_native
from compiler.runtime import Answer, Ask, Harness, RunResult

Request: TypeAlias = str | dict[str, JSON]
WIDTH = 160
"""How much of an argument or a result is shown."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Executed:
    """One run of a harness."""

    request: Request
    now: datetime
    result: RunResult

    @property
    def ended(self) -> bool:
        """Whether the run came to an end that the traces show."""
        return self.result.outcome in ("done", "stopped")

    def to_json(self) -> dict[str, JSON]:
        """Give what ``--json`` prints of it."""
        result = self.result
        deviation = result.deviation
        return {
            "request": self.request,
            "outcome": result.outcome,
            "value": _json(result.value),
            "reason": result.reason,
            "calls": [_call_json(name, arguments, got) for name, arguments, got in result.calls],
            "asks": [_ask_json(ask, answer) for ask, answer in result.asks],
            "deviation": (
                None
                if deviation is None
                else {
                    "message": deviation.message,
                    "where": list(deviation.where),
                    "nearest": deviation.nearest,
                }
            ),
        }


def run_harness(folder: str, options: RunOptions) -> Iterator[Executed]:
    """Run the harness in a folder on each request; a run is in the trace before the next one starts.

    Raises:
        UsageError: The options contradict each other, or the tools cannot be loaded.
        InputError: The harness or the requests cannot be read.
    """
    harness = open_harness(folder)
    requests = _requests(harness, options)
    now = moment(options.now)
    with ExitStack() as stack:
        names = tuple(tool.name for tool in harness.tools)
        call = stack.enter_context(open_tools(options.tools, names)).call
        trace = None
        if options.trace is not None:
            trace = stack.enter_context(Path(options.trace).open("a", encoding="utf-8", newline="\n"))

        def execute(request: Request) -> Executed:
            at = now or datetime.now()
            result = harness.run(request, call=call, model=options.model, now=at)
            done = Executed(request=request, now=at, result=result)
            if trace is not None:
                write_native([as_run(harness.name, done)], trace)
                trace.flush()
            return done

        yield from track(map(execute, requests), total=len(requests), verb="running")


def describe_run(done: Executed) -> str:
    """Say what a run did: a line for each call and question, then how it ended."""
    result = done.result
    lines = [_shown(done.request)]
    for name, arguments, got in result.calls:
        lines.append(f"  {plain(name)}({_arguments(arguments)}) -> {_outcome(got)}")
    for ask, answer in result.asks:
        lines.append(f"  asked {plain(ask.question)} ({ask.kind}): {_shown(_meaning(ask, answer))}")
    end = ""
    if result.deviation is not None:
        end = f": {plain(result.deviation.message)}"
        lines += [f"  at {plain(place)}" for place in result.deviation.where]
        lines += [f"  nearest known: {plain(path)}" for path in (result.deviation.nearest,) if path]
    elif result.reason is not None:
        end = f": {plain(result.reason)}"
    elif result.value is not None:
        end = f": {_shown(_json(result.value))}"
    return "\n".join([*lines, f"{result.outcome}{end}"])


def _requests(harness: Harness, options: RunOptions) -> tuple[Request, ...]:
    if (options.request is None) == (options.inputs is None):
        raise UsageError("give either --request or --inputs")
    if options.request is not None:
        return (_one_request(harness, options.request),)
    path = str(options.inputs)
    with ExitStack() as stack:
        lines = sys.stdin if path == "-" else stack.enter_context(Path(path).open(encoding="utf-8"))
        try:
            found = tuple(_input(line, path, number) for number, line in enumerate(lines, 1) if line.strip())
        except UnicodeDecodeError as error:
            raise InputError(f"not UTF-8: {error.reason}", path=path) from None
    if not found:
        raise InputError("no requests here: each line must be a JSON text or object", path=path)
    return found


def _one_request(harness: Harness, text: str) -> Request:
    """A text, unless it is a JSON object of nothing but the fields that the harness's request has."""
    properties = harness.request_schema.get("properties")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    known = isinstance(value, dict) and isinstance(properties, dict) and value.keys() <= properties.keys()
    return value if known and value else text


def _input(line: str, path: str, number: int) -> Request:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, str | dict):
        raise InputError('no request: a line must be a JSON text ("...") or object', path=path, line=number)
    return value


def moment(text: str | None) -> datetime | None:
    """Read what ``--now`` says.

    Raises:
        UsageError: It is no ISO date.
    """
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--now {text}: not an ISO date, as in 2026-03-31T09:00") from None


def as_run(name: str, done: Executed) -> Run:
    """Put what a harness did into a trace. Whether it was a success others must say; a deviation is none."""
    result = done.result
    usages = [answer.usage for _, answer in result.asks]
    known = [usage for usage in usages if usage is not None]
    told = len(known) == len(usages)
    return Run(
        run_id=f"{name}-{uuid.uuid4().hex[:12]}",
        request=done.request,
        calls=tuple(_recorded(name, arguments, got) for name, arguments, got in result.calls),
        now=done.now,
        success=None if done.ended else False,
        answer=result.value if isinstance(result.value, str) else None,
        agent=f"harness {name}",
        usage=Usage(
            prompt_tokens=sum(usage.prompt_tokens for usage in known) if told else None,
            completion_tokens=sum(usage.completion_tokens for usage in known) if told else None,
            model_calls=len(result.asks),
        ),
    )


def _recorded(name: str, arguments: dict[str, JSON], got: object) -> Call:
    if isinstance(got, BaseException):
        return Call(tool=name, arguments=arguments, result=str(got), status="error", decode="text")
    return Call(tool=name, arguments=arguments, result=_json(got), decode="json")


def _json(value: object) -> JSON:
    """A value as JSON; what has no JSON form as the text that Python shows."""
    result: JSON = json.loads(json.dumps(value, default=str))
    return result


def _call_json(name: str, arguments: dict[str, JSON], got: object) -> JSON:
    call: dict[str, JSON] = {"tool": name, "arguments": arguments}
    return call | ({"error": str(got)} if isinstance(got, BaseException) else {"result": _json(got)})


def _ask_json(ask: Ask, answer: Answer) -> JSON:
    usage = answer.usage
    return {
        "question": ask.question,
        "kind": ask.kind,
        "answer": _json(answer.value),
        "meaning": _meaning(ask, answer),
        "prompt_tokens": None if usage is None else usage.prompt_tokens,
        "completion_tokens": None if usage is None else usage.completion_tokens,
    }


def _meaning(ask: Ask, answer: Answer) -> JSON:
    """The answer as a person reads it: options in place of their positions."""
    match answer.value, ask.options:
        case int(position), tuple(options) if 0 <= position < len(options):
            meaning: JSON = options[position]
            return meaning
        case list(positions), tuple(options):
            return [options[p] for p in positions if isinstance(p, int) and 0 <= p < len(options)]
        case _:
            return answer.value


def _shown(value: JSON) -> str:
    return plain(shorten(value, WIDTH)) if isinstance(value, str) else _literal(value)


def _literal(value: JSON) -> str:
    return plain(shorten(json.dumps(value, ensure_ascii=False), WIDTH))


def _arguments(arguments: dict[str, JSON]) -> str:
    return ", ".join(f"{plain(name)}={_literal(value)}" for name, value in arguments.items())


def _outcome(got: object) -> str:
    return f"failed: {_shown(str(got))}" if isinstance(got, BaseException) else _literal(_json(got))
