"""Recorded results as an environment: what a harness calls while it is replayed.

All runs of one task started from the same state, so what one run read is what any other would have read at
the same point. A point is named by the writes made before it. That gives the rules:

- a read is answered by a recording made after the same writes, or else after some of them (the most);
- a run that failed is believed until its first write, and no further;
- a write is answered only if a successful run made it too, beside the writes made so far;
- the n-th call with the same arguments at one point gets the n-th recorded result there; the last repeats;
- a recorded failure fails again.

Everything else raises ``Miss``. A harness turns whatever its tools raise into a deviation, so the playback
remembers what it missed, and replay reads it there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import final

from compiler.ir.run import JSON, Call, Run
from compiler.prove.canonical import CallKey, call_key, key_of
from compiler.runtime.errors import Replayed

NEAREST_CONSIDERED = 200


class Miss(Exception):  # noqa: N818  (a miss is a gap in the recording, not an error)
    """A call that no recording can answer."""


class RecordedFailure(Replayed):
    """A call that failed when it was recorded, failing again."""


@final
@dataclass(frozen=True, slots=True)
class _Take:
    """One recorded call: which run made it, and after which writes."""

    run: int
    after: tuple[CallKey, ...]
    call: Call


def accepted(run: Run) -> bool:
    """Whether a run may be taken for right: it was not recorded as a failure."""
    return run.success is not False


@final
class Cassette:
    """What the runs of one task recorded. ``reads`` names the tools that change nothing."""

    def __init__(self, runs: tuple[Run, ...], reads: frozenset[str]) -> None:
        self.reads = reads
        # The run to believe first: successful, then with few failed calls, then by name.
        self.runs = tuple(sorted(runs, key=lambda r: (not accepted(r), _failures(r), r.run_id)))
        self.good = tuple(r for r in self.runs if accepted(r))
        self._keys = {id(run): tuple(map(key_of, run.calls)) for run in self.runs}
        self.write_sets = tuple(Counter(self.issued_writes(r)) for r in self.good)
        self._takes: dict[CallKey, list[_Take]] = {}
        for index, run in enumerate(self.runs):
            self._record(index, run)

    def issued(self, run: Run) -> tuple[CallKey, ...]:
        """Give all calls of one of the runs, in order."""
        return self._keys[id(run)]

    def issued_writes(self, run: Run) -> tuple[CallKey, ...]:
        """Give the writes of one of the runs that went through, in order."""
        made = zip(self.issued(run), run.calls, strict=True)
        return tuple(key for key, call in made if call.tool not in self.reads and call.status != "error")

    def play(self) -> Playback:
        """Start from the state that every run started from."""
        return Playback(self)

    def _record(self, index: int, run: Run) -> None:
        after: tuple[CallKey, ...] = ()
        for key, call in zip(self.issued(run), run.calls, strict=True):
            read = call.tool in self.reads
            if not read and not accepted(run):
                return
            # A read that nothing answers tells nothing; a write that nothing answers was still made.
            if not read or call.status != "missing":
                self._takes.setdefault(key, []).append(_Take(index, after, call))
            if not read and call.status != "error":
                after = tuple(sorted((*after, key)))

    def find(self, key: CallKey, after: tuple[CallKey, ...], nth: int) -> Call | None:
        """Find the recording of the ``nth`` such call after the given writes (sorted)."""
        takes = self._takes.get(key, ())
        here = [t for t in takes if t.after == after]
        if not here:
            held = Counter(after)
            earlier = [t for t in takes if Counter(t.after) <= held]
            most = max((len(t.after) for t in earlier), default=0)
            here = [t for t in earlier if len(t.after) == most]
        if not here and key[0] not in self.reads:
            here = list(takes)
        if not here:
            return None
        # Where one run failed and another did not, the failure was an accident.
        best = next((t for t in here if t.call.status != "error"), here[0])
        queue = [t.call for t in here if t.run == best.run and t.after == best.after]
        return queue[min(nth, len(queue) - 1)]

    def nearest(self, key: CallKey) -> str | None:
        """Give the recorded call that is most like the given one, for a message."""
        same = [k for k in self._takes if k[0] == key[0]] or list(self._takes)
        best = max(same[:NEAREST_CONSIDERED], key=lambda k: _likeness(k, key), default=None)
        return None if best is None else show(best)


@final
class Playback:
    """One harness run against a cassette: pass ``call`` as its tools, then read what happened."""

    def __init__(self, cassette: Cassette) -> None:
        self.cassette = cassette
        self._asked: Counter[tuple[CallKey, tuple[CallKey, ...]]] = Counter()
        self._after: tuple[CallKey, ...] = ()
        self._possible = cassette.write_sets
        """The writes of the successful runs that made all those made so far."""
        self.writes: list[CallKey] = []
        self.missed: list[CallKey] = []
        self.foreign: list[CallKey] = []
        """Writes that no successful run made beside the ones made so far."""

    def call(self, name: str, arguments: Mapping[str, object]) -> JSON:
        """Answer one call as it was recorded.

        Raises:
            Miss: Nothing recorded answers it.
            RecordedFailure: It failed when it was recorded.
        """
        key = call_key(name, arguments)
        write = name not in self.cassette.reads
        found = self.cassette.find(key, self._after, self._asked[key, self._after])
        if write and not self._allowed(key, found):
            self.foreign.append(key)
            raise Miss(f"no successful run of the task makes the write {show(key)}")
        if found is None:
            self.missed.append(key)
            raise Miss(f"no run of the task recorded {show(key)}")
        self._asked[key, self._after] += 1
        if found.status == "error":
            raise RecordedFailure(str(found.result))
        if write:
            self.writes.append(key)
            made = self.writes.count(key)
            self._possible = tuple(one for one in self._possible if one[key] >= made)
            self._after = tuple(sorted(self.writes))
        return found.result

    def _allowed(self, key: CallKey, found: Call | None) -> bool:
        """Whether one successful run made this write and all those made before."""
        if found is not None and found.status == "error":
            return True
        made = self.writes.count(key) + 1
        return found is not None and any(one[key] >= made for one in self._possible)


def show(key: CallKey, limit: int = 300) -> str:
    """Write a call as ``tool({...})``, cut to a length that fits a message."""
    text = f"{key[0]}({key[1]})"
    return text if len(text) <= limit else text[: limit - 3] + "..."


def _failures(run: Run) -> int:
    return sum(call.status == "error" for call in run.calls)


def _likeness(one: CallKey, other: CallKey) -> float:
    return SequenceMatcher(None, one[1][:400], other[1][:400], autojunk=False).ratio()
