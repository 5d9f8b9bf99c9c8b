"""What runs are made in: the tools, and what answers, takes over and watches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import final

from compiler.operate.spans import Spans
from compiler.runtime import Harness, Model, RunResult
from compiler.runtime.takeover import Agent
from compiler.runtime.tools import Call


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What the runs of a batch, or of a server, are made in.

    ``now`` is the moment of all runs; without one, each is at the moment at which it first started. ``keys``
    maps a tool to its argument that takes an idempotency key; "" stands for all writes.
    """

    call: Call
    model: Model | None = None
    agent: Agent | None = None
    now: datetime | None = None
    keys: Mapping[str, str] = field(default_factory=dict)
    spans: Spans | None = None

    @contextmanager
    def watched(self, harness: Harness) -> Iterator[Callable[[RunResult], None]]:
        """Open the span of a run, where spans are made; what it yields takes the result."""
        if self.spans is None:
            yield lambda _result: None
            return
        with self.spans.workflow(harness) as ended:
            yield ended
