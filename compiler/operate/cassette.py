"""Recorded runs as tools: what a call gave then, it gives again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import final

from compiler.ir.run import Call, Run
from compiler.prove.canonical import CallKey, call_key, key_of
from compiler.prove.cassette import Miss, RecordedFailure, show
from compiler.runtime.jsons import JSON


@final
class Recorded:
    """Answers a call as the first run did that made it with the same arguments, and believes good runs first.

    It keeps no state, so that runs may overlap: what a write would have changed is as it was. To judge a
    harness by recorded runs, ``tracec verify`` plays them in order.
    """

    def __init__(self, runs: Iterable[Run]) -> None:
        self._calls: dict[CallKey, Call] = {}
        for run in sorted(runs, key=lambda one: (one.success is False, one.run_id)):
            for call in run.calls:
                if call.status != "missing":
                    self._calls.setdefault(key_of(call), call)

    def __call__(self, name: str, arguments: dict[str, JSON]) -> JSON:
        """Answer one call.

        Raises:
            Miss: No run made it.
            RecordedFailure: It failed when it was recorded.
        """
        key = call_key(name, arguments)
        call = self._calls.get(key)
        if call is None:
            message = f"no run recorded {show(key)}"
            raise Miss(message)
        if call.status == "error":
            raise RecordedFailure(str(call.result))
        return call.result
