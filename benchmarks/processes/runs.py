"""Recorded runs of a process: true ones, untidy ones, and damaged ones that still count as successful."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import final

from benchmarks.processes.odds import happens
from benchmarks.processes.perform import true_calls
from benchmarks.processes.tools import Field, Tool, World, value
from benchmarks.processes.tree import Process
from benchmarks.processes.wordings import put, random_values
from compiler.ir.run import JSON, Call, Run, Workload

NOW = datetime(2031, 3, 12, 9, 0)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """Shares of the runs that are damaged, and that hold needless or failed calls."""

    damaged: float = 0.0
    untidy: float = 0.0


def recorded(process: Process, count: int, noise: Noise) -> Workload:
    """Record runs to learn from, one a task."""
    runs = (_run(process, number, noise) for number in range(count))
    return Workload(name=process.name, runs=tuple(runs), tools=tuple(tool.schema() for tool in process.tools))


def unseen(process: Process, count: int) -> tuple[Run, ...]:
    """Give true runs on requests that no recorded run has."""
    return tuple(_run(process, -1 - number, Noise()) for number in range(count))


def values_of(process: Process, count: int, *, unseen: bool) -> tuple[dict[str, JSON], ...]:
    """Give the values of the requests that ``recorded``, or ``unseen``, makes."""
    numbers = range(-1, -1 - count, -1) if unseen else range(count)
    return tuple(_drawn(process, number)[1] for number in numbers)


def _drawn(process: Process, number: int) -> tuple[random.Random, dict[str, JSON]]:
    """The values of one request, and the chance from which the rest of its run is drawn."""
    chance = random.Random(f"run {process.level} {process.seed} {number}")
    return chance, random_values(process, chance)


def _run(process: Process, number: int, noise: Noise) -> Run:
    chance, values = _drawn(process, number)
    request = put(process, values, chance)
    calls = list(true_calls(process, values))
    # The kinds of noise are drawn apart, so that a run with more noise is else the same run.
    if random.Random(f"untidy {process.seed} {number}").random() < noise.untidy:
        calls = untidy(process, calls, chance)
    if random.Random(f"damaged {process.seed} {number}").random() < noise.damaged:
        calls = damaged(calls, chance)
    return Run(
        run_id=f"run {number:05}",
        request=request,
        calls=tuple(calls),
        task_id=f"task {number:05}",
        now=NOW,
        success=True,
    )


def untidy(process: Process, calls: list[Call], chance: random.Random) -> list[Call]:
    """Add what an agent does needlessly: a read made again, one that feeds nothing, an attempt that fails."""
    roll = chance.random()
    place = chance.randrange(len(calls) + 1)
    tools = {tool.name: tool for tool in process.tools}
    reads = [call for call in calls[:place] if tools[call.tool].effect == "read" and call.status == "ok"]
    if roll < 1 / 3 and reads:
        return [*calls[:place], chance.choice(reads), *calls[place:]]
    if roll < 2 / 3 or not calls:
        return [
            *calls[:place],
            _needless(process, tools[chance.choice(process.spare)], chance),
            *calls[place:],
        ]
    place = min(place, len(calls) - 1)
    return [*calls[:place], _attempt(calls[place], tools[calls[place].tool], chance), *calls[place:]]


def _needless(process: Process, tool: Tool, chance: random.Random) -> Call:
    arguments = {one.name: value(one, chance) for one in tool.takes}
    result = World(process.seed, process.tools).call(tool.name, arguments)
    return Call(tool=tool.name, arguments=arguments, result=result, decode="json")


def _attempt(call: Call, tool: Tool, chance: random.Random) -> Call:
    """The same call with one argument wrong, which the tool refuses."""
    wrong = chance.choice(tool.takes)
    mistaken = next(drawn for drawn in _values(wrong, chance) if drawn != call.arguments[wrong.name])
    arguments = call.arguments | {wrong.name: mistaken}
    return Call(tool=call.tool, arguments=arguments, result=f"no such {wrong.name}", status="error")


def _values(one: Field, chance: random.Random) -> Iterator[JSON]:
    while True:
        yield value(one, chance)


def damaged(calls: Sequence[Call], chance: random.Random) -> list[Call]:
    """Remove (40 %), copy (40 %) or move (20 %) one call: the noise of the Process Discovery Contest."""
    left = list(calls)
    if not left:
        return left
    how = chance.choices(("remove", "copy", "move"), (40, 40, 20))[0]
    chosen = chance.randrange(len(left))
    taken = left.pop(chosen)
    if how == "copy":
        left.insert(chosen, taken)
    if how != "remove":
        left.insert(chance.randrange(len(left) + 1), taken)
    return left


def perturbed(run: Run, chance: random.Random) -> tuple[Call, ...]:
    """A run gone wrong: with a call too few, too many or elsewhere, or with a wrong argument.

    May come out the same; a run without a call always does.
    """
    calls = [call for call in run.calls if call.status == "ok"]
    if not calls:
        return ()
    if happens(chance, 2 / 3):
        return tuple(damaged(calls, chance))
    place = chance.randrange(len(calls))
    name = chance.choice(sorted(calls[place].arguments))
    arguments: dict[str, JSON] = {**calls[place].arguments, name: _other(calls, name, chance)}
    calls[place] = Call(tool=calls[place].tool, arguments=arguments, result=calls[place].result)
    return tuple(calls)


def _other(calls: Sequence[Call], name: str, chance: random.Random) -> JSON:
    """A value of the run that stands elsewhere."""
    values = [held for call in calls for held in call.arguments.values()]
    results = [call.result for call in calls if isinstance(call.result, dict)]
    values += [held for record in results for held in record.values() if not isinstance(held, list | dict)]
    return chance.choice(values) if values else name
