"""Say what an alarm is about: what kind of change it is, since which run, and which runs show it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, final

from compiler.evolve.drift import Alarm, Base, State, Watch
from compiler.ir.observed import DEVIATION, NEW_TOOL, NEW_WAY, QUESTION, SCHEMA, VANISHED, Left, Observation
from compiler.ir.run import JSON

Kind = Literal[
    "schema change", "vanished step", "changed guard", "new variant", "new step", "more questions",
    "more deviations",
]  # fmt: skip
Together = Mapping[str, Collection[str]]
"""By tool: the runs that called it, of those that the harness was compiled from."""

SAME = 0.2
"""The share of an alarm's runs that show one thing for it to be told by itself; two of them at least."""
ORDER = (SCHEMA, NEW_TOOL, VANISHED, NEW_WAY, DEVIATION)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A change: ``runs`` of the ``of`` runs since the run ``since``, which is the ``onset``-th, show it."""

    kind: Kind
    what: str
    onset: int
    since: str
    runs: tuple[str, ...]
    of: int

    def to_json(self) -> dict[str, JSON]:
        """The finding as ``--json`` prints it."""
        return {
            "kind": self.kind,
            "what": self.what,
            "onset": self.onset,
            "since": self.since,
            "runs": list(self.runs),
            "of": self.of,
        }


def findings(state: State, watch: Watch, together: Together) -> tuple[Finding, ...]:
    """Explain the alarms; a run whose deviation one explains is not told again."""
    told: set[str] = set()
    found: list[Finding] = []
    ranked = sorted(state.alarms, key=lambda alarm: ORDER.index(alarm.sign) if alarm.sign in ORDER else 9)
    for alarm in ranked:
        for one in _explain(_Window(alarm, watch), watch.base, together, told):
            found.append(one)
            told |= set(one.runs)
    return tuple(found)


@final
class _Window:
    """The runs since the onset of an alarm, as many as were kept."""

    def __init__(self, alarm: Alarm, watch: Watch) -> None:
        self.alarm = alarm
        self.runs = alarm.window
        self.showing = tuple(run for run in self.runs if alarm.sign in watch.signs(run))

    def finding(self, kind: Kind, what: str, runs: Iterable[Observation]) -> Finding:
        names = tuple(run.run for run in runs)
        return Finding(
            kind=kind,
            what=what,
            onset=self.alarm.onset,
            since=self.alarm.first,
            runs=names,
            of=len(self.runs),
        )

    def calls(self, tool: str) -> bool:
        """Whether more than a few of the runs still call a tool."""
        return _is_same(sum(tool in run.tools for run in self.runs), self)


def _explain(window: _Window, base: Base, together: Together, told: Collection[str]) -> Iterator[Finding]:
    sign = window.alarm.sign
    if sign == SCHEMA:
        yield from _by_word(window, "schema change", lambda run: run.misfits)
    elif sign == NEW_TOOL:
        yield from _new_tools(window)
    elif sign in (VANISHED, NEW_WAY, DEVIATION):
        yield from _parted(window, together, told)
    else:
        usual = base[sign]
        what = f"{sign.removeprefix(QUESTION)} is asked; usual are {usual.hits} of {usual.total} runs"
        yield window.finding("more questions", what, window.showing)


def _by_word(
    window: _Window, kind: Kind, words: Callable[[Observation], tuple[str, ...]]
) -> Iterator[Finding]:
    """Tell what many runs share, the most frequent first; that one in any case."""
    counts = Counter(word for run in window.showing for word in words(run))
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    for place, (word, times) in enumerate(ranked):
        if place == 0 or _is_same(times, window):
            yield window.finding(kind, word, (run for run in window.showing if word in words(run)))


def _new_tools(window: _Window) -> Iterator[Finding]:
    """A tool that the harness does not have is a step more, or, where the harness gets lost, another way."""
    for found in _by_word(window, "new step", lambda run: run.unknown):
        named = frozenset(found.runs)
        lost = sum(run.left is not None for run in window.showing if run.run in named)
        kind: Kind = "new variant" if 2 * lost > len(named) else "new step"
        what = f"{found.what} is called, which the harness does not have"
        yield window.finding(kind, what, (run for run in window.showing if run.run in named))


def _parted(window: _Window, together: Together, told: Collection[str]) -> Iterator[Finding]:
    """Tell the places at which many runs leave the harness in one way, then how many others do."""
    groups: dict[tuple[str, str, str, tuple[str, ...]], list[Observation]] = {}
    for run in window.showing:
        if run.left is not None and run.run not in told:
            left = run.left
            groups.setdefault((left.at, left.why, left.place, left.path), []).append(run)
    rest: list[Observation] = []
    for _, runs in sorted(groups.items(), key=lambda pair: (-len(pair[1]), pair[0])):
        first = runs[0].left
        if first is not None and _is_same(len(runs), window):
            yield window.finding(*_kind(first, runs[0], window, together), runs)
        else:
            rest += runs
    if _is_same(len(rest), window):
        yield window.finding("more deviations", "in several places, each in few runs", rest)


def _is_same(times: int, window: _Window) -> bool:
    return times >= max(2, SAME * len(window.showing))


def _kind(left: Left, run: Observation, window: _Window, together: Together) -> tuple[Kind, str]:
    """Say what the runs do at one place that the harness does not."""
    instead = f"goes on with {', '.join(left.path)}" if left.path else "ends there"
    if not left.at:
        done = left.verdict == "wrong"
        known = not set(left.path) & set(run.unknown)
        place = f" ({left.place})" if left.place else ""
        where = "where the harness is done" if done else f"{left.why}{place}"
        return "changed guard" if done and known else "new variant", f"{where}: the run {instead}"
    if left.at in run.tools:
        return "new variant", f"{left.at} is called otherwise than the harness calls it"
    if window.calls(left.at) or _apart(left, together):
        return "changed guard", f"where the harness calls {left.at}, the run {instead}"
    return "vanished step", f"{left.at} is no longer called"


def _apart(left: Left, together: Together) -> bool:
    """Whether a run now calls what no run called that also made the call which it leaves out."""
    ours = frozenset(together.get(left.at, ()))
    others = (frozenset(together.get(tool, ())) for tool in left.path)
    return any(ours and theirs and ours.isdisjoint(theirs) for theirs in others)
