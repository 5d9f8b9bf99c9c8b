"""clean: runs as recorded -> episodes, without what a program should not learn.

A failed call that was tried again, a read made twice, and a look at what a write has done are how an agent
gropes, not what the job is.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import takewhile
from typing import final

from compiler.ir.run import JSON, Call, Effect, Run, ToolSchema, Workload
from compiler.mine.sources import Leaves, index

# What tools say when they refuse. No program ever depends on the words: they decide what is dropped as a
# failed attempt, not what is done. A write that succeeds in such words is lost, and its workload declined.
REFUSAL = re.compile(
    r"\b(error|exception|traceback|invalid|fail(ed|ure|s)?|denied|forbidden|unauthori[sz]ed|not found|"
    r"not (a )?valid|not provided|not allowed|not permitted|missing|unknown|unable|cannot|could not|"
    r"must (be|have)|please (choose|provide))\b",
    re.IGNORECASE,
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One call of an episode, with the effect that its schema states."""

    tool: str
    family: str
    """The tool, or all tools that take the same arguments: a tool's name may be a choice like any other."""
    arguments: dict[str, JSON]
    result: JSON
    effect: Effect
    leaves: Leaves = field(compare=False, repr=False)
    """The scalars of the result, indexed once: every argument that comes later is looked up here."""
    made: int = 1
    """How many calls the step stands for: all pages of a list are one step."""
    key: tuple[str, tuple[str, ...]] = field(init=False, compare=False, repr=False)
    """The tool's family and the names of the arguments: two calls with one key may play one role."""

    def __post_init__(self) -> None:
        # Once, for every stage groups calls by it.
        object.__setattr__(self, "key", (self.family, tuple(sorted(self.arguments))))


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """A cleaned successful run."""

    run: Run
    steps: tuple[Step, ...]

    @property
    def writes(self) -> tuple[Step, ...]:
        """The calls that change something."""
        return tuple(step for step in self.steps if step.effect == "write")


_encode = json.JSONEncoder(sort_keys=True, ensure_ascii=True).encode
"""Made once: this is called for every value of every call."""


def canonical(value: JSON) -> str:
    """JSON text that is equal for equal values: the key of every comparison."""
    return _encode(value)


def is_refusal(result: JSON) -> bool:
    """Whether a result is a text in which a tool refuses."""
    return isinstance(result, str) and REFUSAL.search(result) is not None


def mark_refusals(workload: Workload) -> Workload:
    """Give calls that their tool refused the status of an error; traces often show that in words only.

    A text that sounds like a refusal counts as one for a write, and for a read that the run then made again:
    a read that finds nothing has answered.
    """
    effects = {tool.name: tool.effect for tool in workload.tools}
    return replace(workload, runs=tuple(_mark(run, effects) for run in workload.runs))


def _mark(run: Run, effects: dict[str, Effect]) -> Run:
    calls = []
    for position, call in enumerate(run.calls):
        again = any(later.tool == call.tool for later in run.calls[position + 1 :])
        counts = effects.get(call.tool, "write") == "write" or again
        refused = call.status == "ok" and is_refusal(call.result) and counts
        calls.append(replace(call, status="error") if refused else call)
    return replace(run, calls=tuple(calls))


def clean_runs(runs: Iterable[Run], tools: tuple[ToolSchema, ...]) -> tuple[Episode, ...]:
    """Keep of each successful run the calls that did something.

        search; delete -> "not found"; delete -> "deleted"; search  ->  search; delete

    Runs whose outcome nobody recorded count as successful only where no run has one.
    """
    known = sorted(runs, key=lambda run: (run.task, run.run_id))
    judged = any(run.success is not None for run in known)
    effects = {tool.name: tool.effect for tool in tools}
    families = tool_families(tools)
    return tuple(_clean(run, effects, families) for run in known if run.success or not judged)


def unsolved_reads(runs: Iterable[Run], tools: tuple[ToolSchema, ...]) -> tuple[Episode, ...]:
    """Keep of each unsuccessful run what it read before its first write.

    What it changed was wrong, or for a wrong reason; how it looked things up changes nothing.
    """
    known = sorted(runs, key=lambda run: (run.task, run.run_id))
    effects = {tool.name: tool.effect for tool in tools}
    families = tool_families(tools)
    failed = (_clean(run, effects, families) for run in known if run.success is False)
    return tuple(replace(one, steps=tuple(takewhile(_is_read, one.steps))) for one in failed)


def _is_read(step: Step) -> bool:
    return step.effect == "read"


def read_attempts(episodes: Iterable[Episode]) -> tuple[int, int]:
    """The most attempts that a read took until it answered, and in how many tasks one took several."""
    most, tasks = 1, set()
    for episode in episodes:
        reads = {step.tool for step in episode.steps if step.effect == "read"}
        failed: Counter[str] = Counter()
        for call in episode.run.calls:
            mark = call.tool + canonical(call.arguments)
            if call.tool in reads and call.status == "ok" and failed[mark]:
                most = max(most, failed[mark] + 1)
                tasks.add(episode.run.task)
            failed[mark] = failed[mark] + 1 if call.status == "error" else 0
    return most, len(tasks)


def tool_families(tools: Iterable[ToolSchema]) -> dict[str, str]:
    """Name the reads that take just the same two or more arguments by all their names."""
    groups: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for tool in tools:
        properties = tool.parameters.get("properties")
        if tool.effect == "read" and isinstance(properties, dict) and len(properties) > 1:
            groups[tuple(sorted(properties))].append(tool.name)
    return {name: "|".join(sorted(names)) for names in groups.values() for name in names}


def _clean(run: Run, effects: dict[str, Effect], families: dict[str, str]) -> Episode:
    steps: list[Step] = []
    since_write: dict[str, str] = {}
    for call in run.calls:
        if call.status != "ok":
            continue
        effect = effects.get(call.tool, "write")
        mark = call.tool + canonical(call.arguments)
        said = canonical(call.result) if effect == "read" else ""
        # A read that was made twice; one that answers otherwise the second time was waited for.
        if effect == "read" and since_write.get(mark) == said:
            continue
        if effect == "write":
            since_write.clear()
        since_write[mark] = said
        steps.append(_step(call, effect, families.get(call.tool, call.tool)))
    return Episode(run=run, steps=tuple(steps))


def without_last_looks(episode: Episode) -> Episode:
    """Leave out the reads after the last write: a look at what it has done, or at what else there is."""
    last = max((n for n, step in enumerate(episode.steps, 1) if step.effect == "write"), default=None)
    return episode if last is None else replace(episode, steps=episode.steps[:last])


def _step(call: Call, effect: Effect, family: str) -> Step:
    # An argument given as null or as an empty text says no more than one that is left out.
    arguments: dict[str, JSON] = {
        name: value for name, value in call.arguments.items() if value is not None and value != ""
    }
    return Step(
        tool=call.tool,
        family=family,
        arguments=arguments,
        result=call.result,
        effect=effect,
        leaves=index(call.result),
    )
