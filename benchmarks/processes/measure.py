"""Compile a generated workload and score the harness: one row of the benchmark."""

from __future__ import annotations

import time
import traceback
from dataclasses import dataclass
from typing import final

from benchmarks.processes.grow import grow
from benchmarks.processes.runs import Noise, recorded, unseen
from benchmarks.processes.score import Score, score
from benchmarks.processes.tree import Process
from compiler.errors import Declined
from compiler.ir.run import Workload
from compiler.pipeline import build
from compiler.runtime import Harness, load_source


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a workload is measured with: recorded runs and their noise, unseen runs, and the proof."""

    runs: int
    noise: Noise
    unseen: int
    prove: bool = False


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What became of one workload; without a ``score`` it was declined, or the compiler ``crashed``."""

    name: str
    level: int
    seed: int
    score: Score | None
    reasons: tuple[str, ...]
    crashed: bool
    seconds: float
    """Processor time that compiling took."""


def measure(level: int, seed: int, setting: Setting) -> Measured:
    """Grow a workload, and measure it."""
    return measure_process(grow(seed, level), setting)


def measure_process(process: Process, setting: Setting) -> Measured:
    """Compile recorded runs of a process, and score the harness on unseen ones."""
    workload = recorded(process, setting.runs, setting.noise)
    started = time.process_time()
    harness, reasons, crashed = _compiled(workload, prove=setting.prove)
    seconds = time.process_time() - started
    return Measured(
        name=process.name,
        level=process.level,
        seed=process.seed,
        score=None if harness is None else _scored(process, harness, setting),
        reasons=reasons,
        crashed=crashed,
        seconds=seconds,
    )


def _scored(process: Process, harness: Harness, setting: Setting) -> Score:
    return score(process, harness, unseen(process, setting.unseen))


def _compiled(workload: Workload, *, prove: bool) -> tuple[Harness | None, tuple[str, ...], bool]:
    try:
        return load_source(workload.name, build(workload, prove=prove).files), (), False
    except Declined as declined:
        return None, declined.reasons, False
    except Exception:  # a fault of the compiler, which must not take the other workloads along
        return None, (traceback.format_exc(limit=-3),), True
