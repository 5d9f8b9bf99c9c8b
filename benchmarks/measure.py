"""Compile a workload without one task, and run the result on that task."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, final

from benchmarks.corpus import AgentRun, Corpus, Task, agent_tokens
from benchmarks.renaming import Names, OldNames
from benchmarks.tokens import counter, prompt_of
from compiler.errors import Declined
from compiler.ir.run import Workload
from compiler.pipeline import build
from compiler.runtime import Harness, RunResult, load_source

VERDICTS = ("success", "deviated", "wrong", "silent", "dirty", "crashed", "declined")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class TaskResult:
    """What a harness did on one task, and what that cost."""

    task: str
    verdict: str
    needs_write: bool
    request: str
    outcome: str = ""
    asks: int = 0
    calls: int = 0
    prompt_tokens: int = 0
    answers: tuple[tuple[str, str, str], ...] = ()
    """Question, its text, and the answer that it got."""
    writes: tuple[str, ...] = ()
    truth: tuple[str, ...] = ()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyResult:
    """What the harnesses of one workload did, beside the recorded agents."""

    family: str
    tasks: tuple[TaskResult, ...]
    agents: dict[str, tuple[int, int]]
    """Of each recorded agent: on how many tasks it succeeded, of how many."""
    solved: int
    """Tasks that at least one recorded run solved."""
    agent_calls: float
    agent_tokens: float
    """Means over the recorded runs."""
    compile_seconds: float


@final
class Recorder:
    """A harness that keeps what each of its runs gave, for the scorer shows only a summary."""

    def __init__(self, harness: Harness | OldNames) -> None:
        self._harness = harness
        self.results: list[RunResult | None] = []

    def run(self, request: Any, **options: Any) -> RunResult:
        """Run the harness; a crash is kept as None."""
        self.results.append(None)
        result = self._harness.run(request, **options)
        self.results[-1] = result
        return result


def measure_family(
    folder: Path, family: str, *, no_model: bool, budget: int, seed: int | None = None
) -> FamilyResult:
    """Measure every task of one workload; with a seed, under names that nobody knows."""
    corpus, count = _corpus(folder), _counter()
    names = None if seed is None else corpus_names(folder, seed)
    workload, agents = corpus.workload(family), corpus.agent_runs(family)
    results, seconds = [], 0.0
    for task in corpus.families[family]:
        started = time.process_time()
        harness, verdict, reasons = _compile_without(workload, task["task_id"], names)
        seconds += time.process_time() - started
        if harness is None:
            results.append(replace(_blank(task), verdict=verdict, outcome=reasons))
            continue
        good = [run.calls for run in agents if run.task == task["task_id"] and run.success]
        recorder = Recorder(harness if names is None else OldNames(harness=harness, names=names))
        scored = corpus.scorer.score(recorder, task, good, no_model, budget)
        # The run that the verdict is about: the last if it came out right, else the first.
        result = recorder.results[-1 if scored["verdict"] == "success" else 0]
        results.append(_task_result(task, scored, result, corpus.writes))
    tasks = {task["task_id"] for task in corpus.families[family]}
    runs = [run for run in agents if run.task in tasks]
    return FamilyResult(
        family=family,
        tasks=tuple(results),
        agents=_by_agent(runs),
        solved=len({run.task for run in runs if run.success}),
        agent_calls=_mean([len(run.calls) for run in runs]),
        agent_tokens=_mean([agent_tokens(run, count) for run in runs]),
        compile_seconds=seconds,
    )


def _compile_without(
    workload: Workload, task_id: str, names: Names | None
) -> tuple[Harness | None, str, str]:
    """Compile from the other tasks; without a harness, give the verdict and the reasons."""
    rest = replace(workload, runs=tuple(run for run in workload.runs if run.task_id != task_id))
    rest = rest if names is None else names.workload(rest)
    try:
        return load_source(workload.name, build(rest, prove=False).files), "", ""
    except Declined as declined:
        return None, "declined", "; ".join(declined.reasons)
    except Exception:  # a fault of the compiler, which must not take the other tasks along
        return None, "crashed", f"compiling: {traceback.format_exc(limit=-3)}"


def _task_result(
    task: Task, scored: dict[str, Any], result: RunResult | None, writes: frozenset[str]
) -> TaskResult:
    blank = replace(
        _blank(task),
        verdict=scored["verdict"],
        outcome=scored.get("outcome", "done"),
        asks=scored["asks"],
        calls=scored["calls"],
    )
    if result is None:
        return blank
    count = _counter()
    reason = "" if result.deviation is None else f": {result.deviation.message}"
    return replace(
        blank,
        outcome=result.outcome + reason,
        prompt_tokens=sum(count(prompt_of(ask)) for ask, _ in result.asks),
        answers=tuple((ask.question, ask.text, _meaning(ask, answer.value)) for ask, answer in result.asks),
        writes=tuple(f"{name}({arguments})" for name, arguments, _ in result.calls if name in writes),
    )


def _blank(task: Task) -> TaskResult:
    truth = [f"{call['tool']}({call['args']})" for call in task["ground_truth_calls"]]
    return TaskResult(
        task=task["task_id"],
        verdict="declined",
        needs_write=bool(truth),
        request=task["query"],
        truth=tuple(truth),
    )


def _meaning(ask: Any, value: Any) -> str:
    """Show positions as what they stand for."""
    if ask.options is None:
        return repr(value)
    positions = value if isinstance(value, list) else [value]
    return "; ".join(repr(ask.options[i]) for i in positions) or "none"


def _by_agent(runs: list[AgentRun]) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for run in runs:
        right, total = found.get(run.agent, (0, 0))
        found[run.agent] = (right + run.success, total + 1)
    return dict(sorted(found.items()))


def _mean(values: list[int]) -> float:
    return sum(values) / len(values) if values else 0.0


@cache
def _corpus(folder: Path) -> Corpus:
    return Corpus(folder)


@cache
def corpus_names(folder: Path, seed: int) -> Names:
    """Make new names for all tools, arguments and fields of a corpus."""
    corpus = _corpus(folder)
    return Names.of([corpus.workload(family) for family in sorted(corpus.families)], seed)


@cache
def _counter() -> Callable[[str], int]:
    return counter()
