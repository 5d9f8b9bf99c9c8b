"""Build many workloads, two or more at a time, and keep of each what the commands report."""

from __future__ import annotations

import gc
import os
import traceback
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from typing import Literal, final

from compiler.commands.console import track
from compiler.errors import Declined, InternalError, TracecError
from compiler.ir.run import Workload
from compiler.mine.enumerable import Measures, measure
from compiler.pipeline import Build, build


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What came of one workload: a build, the reasons why it was declined, or what went wrong."""

    workload: Workload
    measures: Measures | None = None
    """How far its control flow repeats; None where measuring it failed."""
    build: Build | None = None
    reasons: tuple[str, ...] = ()
    fault: str = ""
    """One line, where the compiler failed on this workload: a bug, which must not take the others along."""
    trace: str = ""

    @property
    def status(self) -> Literal["built", "declined", "failed"]:
        """Which of the three it is."""
        return "built" if self.build is not None else "failed" if self.fault else "declined"


def said_of_damage(built: Built) -> tuple[str, ...]:
    """The note on the runs that were set aside as damaged, should there be any."""
    program = None if built.build is None else built.build.program
    return program.notes[-1:] if program is not None and program.damaged else ()


def build_all(
    workloads: tuple[Workload, ...], *, verb: str, priors: Mapping[str, Mapping[str, str]] | None = None
) -> Iterator[Built]:
    """Build every workload; the results come in the order of the workloads.

    ``priors`` are, by workload, the sources that were generated before.
    """
    cores = os.cpu_count() or 1
    jobs = min(len(workloads), cores)
    known = [(priors or {}).get(workload.name) for workload in workloads]
    if jobs <= 1:
        # One workload has all cores for itself.
        alone = partial(build_one, jobs=cores)
        yield from track(map(alone, workloads, known), total=len(workloads), verb=verb)
        return
    # Spawned, not forked: the same on every system, and nothing of this process is copied half-way.
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        yield from track(pool.map(build_one, workloads, known), total=len(workloads), verb=verb)


def build_one(workload: Workload, prior: Mapping[str, str] | None = None, *, jobs: int = 1) -> Built:
    """Build one workload, which ``jobs`` processes may prove.

    What it raises becomes part of the result: one must not take the others along. ``prior`` are the sources
    that were generated before, whose names and order stay.
    """
    measures = None
    try:
        with _seldom_collected():
            measures = measure(workload)
            built = build(workload, prior=prior, jobs=jobs)
            return Built(workload=workload, measures=measures, build=built)
    except Declined as declined:
        return Built(workload=workload, measures=measures, reasons=declined.reasons)
    except InternalError as error:
        return _failed(workload, error)
    except TracecError as error:
        return Built(workload=workload, measures=measures, reasons=(str(error),))
    except Exception as error:
        return _failed(workload, error)


SELDOM = 100_000
"""New containers before the garbage collector looks at them; Python's own is 700."""


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Let the garbage collector run seldom: a workload is a million values, and hardly any makes a cycle."""
    before = gc.get_threshold()
    gc.set_threshold(SELDOM, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _failed(workload: Workload, error: Exception) -> Built:
    trace = "".join(traceback.format_exception(error))
    return Built(workload=workload, fault=f"{type(error).__name__}: {error}", trace=trace)
