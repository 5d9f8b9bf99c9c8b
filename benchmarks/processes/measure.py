"""Compile a generated workload and score the harness: one row of the benchmark."""

from __future__ import annotations

import time
import traceback
from dataclasses import dataclass, replace
from statistics import mean
from typing import final

from benchmarks.processes.ceiling import ceiling
from benchmarks.processes.grow import grow
from benchmarks.processes.runs import Noise, recorded, unseen, values_of
from benchmarks.processes.score import Score, score
from benchmarks.processes.show import show
from benchmarks.processes.tree import Process
from compiler.errors import Declined
from compiler.ir.run import Run, Workload
from compiler.pipeline import build
from compiler.prove.replay import replay
from compiler.prove.report import RIGHT
from compiler.runtime import Harness, load_source


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a workload is measured with: recorded runs and their noise, unseen runs, and the proof."""

    runs: int
    noise: Noise
    unseen: int
    prove: bool = False
    plain: bool = False
    """Whether no text is put together and no date moved, to see the control flow."""
    steady: bool = False
    """Whether no tool ever fails for a moment, to see past that."""
    answers: bool = False
    """Whether to run the harness with right answers too."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Helped:
    """The harness on the unseen runs, given the answers that lead it right, where some do.

    ``right`` and ``wrong`` are shares of the runs; ``questions`` is the mean number that a run asked.
    """

    right: float
    wrong: float
    questions: float


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What became of one workload; without a ``score`` it was declined, or the compiler ``crashed``."""

    name: str
    level: int
    seed: int
    truth: str
    """The process, shown as text."""
    score: Score | None
    helped: Helped | None
    reasons: tuple[str, ...]
    crashed: bool
    ceiling: float
    """Of the unseen runs, the share that meets nothing but what the recorded runs have shown."""
    seconds: float
    """Processor time that compiling took."""


def measure(level: int, seed: int, setting: Setting) -> Measured:
    """Grow a workload, and measure it."""
    return measure_process(grow(seed, level, plain=setting.plain), setting)


def measure_pair(setting: Setting, pair: tuple[int, int]) -> Measured:
    """Grow and measure the workload of a level and a seed."""
    return measure(*pair, setting)


def measure_process(process: Process, setting: Setting) -> Measured:
    """Compile recorded runs of a process, and score the harness on unseen ones."""
    if setting.steady:
        process = replace(process, tools=tuple(replace(tool, flaky=False) for tool in process.tools))
    workload = recorded(process, setting.runs, setting.noise)
    started = time.process_time()
    harness, reasons, crashed = _compiled(workload, prove=setting.prove)
    seconds = time.process_time() - started
    runs = unseen(process, setting.unseen)
    return Measured(
        name=process.name,
        level=process.level,
        seed=process.seed,
        truth=show(process),
        score=None if harness is None else score(process, harness, runs),
        helped=_helped(harness, runs, workload) if harness is not None and setting.answers else None,
        reasons=reasons,
        crashed=crashed,
        ceiling=ceiling(
            process,
            values_of(process, setting.runs, unseen=False),
            values_of(process, setting.unseen, unseen=True),
        ),
        seconds=seconds,
    )


def _helped(harness: Harness, runs: tuple[Run, ...], workload: Workload) -> Helped:
    tasks = replay(harness, runs, tools=workload.tools).tasks
    return Helped(
        right=mean(one.verdict in RIGHT for one in tasks),
        wrong=mean(one.verdict == "wrong" for one in tasks),
        questions=mean(one.asks for one in tasks),
    )


def _compiled(workload: Workload, *, prove: bool) -> tuple[Harness | None, tuple[str, ...], bool]:
    try:
        return load_source(workload.name, build(workload, prove=prove).files), (), False
    except Declined as declined:
        return None, declined.reasons, False
    except Exception:  # a fault of the compiler, which must not take the other workloads along
        return None, (traceback.format_exc(limit=-3),), True
