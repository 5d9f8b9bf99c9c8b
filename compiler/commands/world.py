"""What a harness runs on, as the options of ``run`` and ``serve`` say: tools, model, agent, limits, spans."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime
from typing import Any

from compiler.commands.options import RunOptions, ServeOptions
from compiler.commands.toolbox import open_tools
from compiler.errors import UsageError
from compiler.operate.spans import Spans, export_spans, exporter_wanted
from compiler.operate.world import World
from compiler.present.escape import plain
from compiler.runtime import Harness, LiteLLMAgent, LiteLLMModel, Model

LIMITS = ("tokens", "dollars", "seconds", "call_seconds")


@contextmanager
def open_world(
    options: RunOptions | ServeOptions, names: tuple[str, ...], keys: Mapping[str, str]
) -> Iterator[World]:
    """Open what harnesses run on, with the tools called ``names``.

    Raises:
        UsageError: The tools cannot be opened, an option is none, or spans are wanted and cannot be sent.
    """
    more = _pairs("--model-option", options.model_option)
    model: Model | None = None if options.model is None else LiteLLMModel(options.model, **more)
    agent = None if options.agent is None else LiteLLMAgent(options.agent, **more)
    with ExitStack() as stack:
        call = stack.enter_context(open_tools(options.tools, names)).call
        spans = None
        if exporter_wanted():
            stack.callback(_exporting())
            spans = Spans()
            call = spans.call(call)
            model = None if model is None else spans.model(model, str(options.model))
        yield World(call=call, model=model, agent=agent, now=moment(options.now), keys=keys, spans=spans)


def say_withheld(harness: Harness) -> None:
    """Say on stderr, before the first run, which writes will not be made."""
    for refusal in harness.withheld.values():
        sys.stderr.write(f"tracec: {plain(refusal)}; a run deviates before it\n")


def limited(harness: Harness, limits: tuple[str, ...]) -> Harness:
    """Give a harness the limits that ``--limit NAME=NUMBER`` says, in place of its own.

    Raises:
        UsageError: There is no such limit, or it is no number above zero.
    """
    found = _pairs("--limit", limits)
    for name, most in found.items():
        if name not in LIMITS:
            raise UsageError(f"--limit {name}: there are {', '.join(LIMITS)}")
        if not isinstance(most, int | float) or isinstance(most, bool) or most <= 0:
            raise UsageError(f"--limit {name}={most}: not a number above zero")
    return harness.within(**found) if found else harness


def _exporting() -> Callable[[], None]:
    try:
        return export_spans()
    except ImportError:
        raise UsageError("sending spans needs the extra: pip install 'tracec[otel]'") from None


def _pairs(option: str, given: tuple[str, ...]) -> dict[str, Any]:
    """Read KEY=VALUE: a value is JSON where it can be, else a text."""
    found: dict[str, Any] = {}
    for pair in given:
        key, equals, text = pair.partition("=")
        if not key or not equals:
            raise UsageError(f"{option} {pair}: not KEY=VALUE")
        try:
            found[key] = json.loads(text)
        except (ValueError, RecursionError):
            found[key] = text
    return found


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
