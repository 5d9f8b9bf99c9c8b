"""Judge one attempt: a harness run against a playback."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, final

from compiler.ir.run import JSON
from compiler.prove.canonical import CallKey, call_key, key_of
from compiler.prove.cassette import Cassette, Playback, show
from compiler.prove.compare import same_writes
from compiler.prove.report import SOUND, Verdict

DONE = ("done", "stopped")
HANDED_OVER = "handed_over"


class Leaving(Protocol):
    """Where a run left the known paths."""

    @property
    def message(self) -> str:
        """What was met there."""
        ...

    @property
    def where(self) -> tuple[str, ...]:
        """The scopes around the place, then its source line."""
        ...


class Result(Protocol):
    """What judging needs of ``compiler.runtime.RunResult``."""

    @property
    def outcome(self) -> str:
        """How the run ended."""
        ...

    @property
    def calls(self) -> Sequence[tuple[str, Mapping[str, JSON], object]]:
        """Every call with its arguments, and its result or the exception."""
        ...

    @property
    def deviation(self) -> Leaving | None:
        """None, or where the run left the known paths."""
        ...


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What one attempt came to; ``like`` are the successful runs that it reproduces."""

    verdict: Verdict
    calls: int
    like: tuple[str, ...] = ()
    why: str = ""
    spared: int = 0
    """Where it was handed over: the calls of the run ``beside`` it that the harness made in its place."""
    beside: str = ""
    missed: CallKey | None = None
    """The call that no recording could answer; put into words only where it is reported."""
    made: tuple[str, ...] = ()
    """Where it did not come out right: the tools that answered, in order."""
    at: str = ""
    """The tool that it called where no run of the task goes on so; empty where it did not come to that."""
    place: str = ""
    """Where it deviated of its own accord: the source line."""


def judge(result: Result, playback: Playback, *, asked: bool) -> Attempt:
    """Judge what a harness did, the gravest first: a foreign write outweighs how the run ended."""
    made, calls = tuple(playback.writes), len(result.calls)
    if playback.foreign:
        why = f"writes what no successful run of the task writes: {show(playback.foreign[0])}"
        return Attempt(verdict="wrong", calls=calls, why=why)
    if playback.missed:
        return Attempt(verdict="missed", calls=calls, missed=playback.missed[0])
    if result.outcome not in DONE:
        return _undone(result, playback.cassette, made)
    cassette = playback.cassette
    like = [run for run in cassette.good if same_writes(made, cassette.issued_writes(run))]
    if not like:
        why = f"ends as done, but no successful run writes just this: {_listed(made)}"
        return Attempt(verdict="wrong", calls=calls, why=why)
    names = tuple(run.run_id for run in like)
    if asked:
        return Attempt(verdict="asked", calls=calls, like=names)
    issued = tuple(call_key(name, arguments) for name, arguments, _ in result.calls)
    exact = any(issued == cassette.issued(run) for run in like)
    return Attempt(verdict="exact" if exact else "equivalent", calls=calls, like=names)


def parted(attempt: Attempt, result: Result, playback: Playback) -> Attempt:
    """Add to an attempt that did not come out right where it and the runs part."""
    if attempt.verdict in SOUND:
        return attempt
    answered = (name for name, _, got in result.calls if not isinstance(got, BaseException))
    at = next((name for name, _ in (*playback.foreign, *playback.missed)), "")
    place = result.deviation.where[-1:] if result.deviation is not None and not at else ()
    return replace(attempt, made=tuple(answered), at=at, place="".join(place))


def _undone(result: Result, cassette: Cassette, made: tuple[CallKey, ...]) -> Attempt:
    """Judge a run that was not ended: it deviated, or was handed over where the program says so.

    The run beside a hand-over is the one that made the most of the same calls; alike is one that made them
    all, in any order.
    """
    if result.outcome != HANDED_OVER or made:
        return Attempt(verdict="deviated", calls=len(result.calls), why=_why_deviated(result, made))
    issued = Counter(call_key(name, arguments) for name, arguments, _ in result.calls)
    shared = {run.run_id: (issued & Counter(map(key_of, run.calls))).total() for run in cassette.good}
    beside = min(shared, key=lambda run: (-shared[run], run))
    return Attempt(
        verdict="handed_over",
        calls=len(result.calls),
        like=tuple(run for run, count in shared.items() if count == len(result.calls)),
        spared=shared[beside],
        beside=beside,
    )


def explain(attempt: Attempt, cassette: Cassette) -> str:
    """Say why an attempt did not come out right. Looking for the nearest call takes long: once a task."""
    if attempt.missed is None:
        return attempt.why
    nearest = cassette.nearest(attempt.missed)
    return f"no run recorded {show(attempt.missed)}" + (f"; the nearest is {nearest}" if nearest else "")


def _why_deviated(result: Result, made: tuple[CallKey, ...]) -> str:
    message = "" if result.deviation is None else result.deviation.message
    after = f" after the writes {_listed(made)}" if made else ""
    return (message or result.outcome) + after


def _listed(writes: tuple[CallKey, ...]) -> str:
    return "; ".join(show(key) for key in writes[:5]) or "nothing"
