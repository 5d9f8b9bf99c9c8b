"""Generated processes: the same seed, the same runs; the truth scores one, and the scorer sees faults."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pytest

from benchmarks.processes.ceiling import ceiling
from benchmarks.processes.grow import LEVELS, grow
from benchmarks.processes.measure import Setting, measure
from benchmarks.processes.minimal import CASES, minimal
from benchmarks.processes.perform import perform
from benchmarks.processes.runs import Noise, recorded, unseen, values_of
from benchmarks.processes.score import normal, score
from benchmarks.processes.show import show
from benchmarks.processes.tools import ToolError, World
from benchmarks.processes.tree import Block, Each, Fork, Halt, Leave, Process, Step
from compiler.ir.run import JSON, Call
from compiler.runtime import Deviation, RunResult
from compiler.runtime.harness import Outcome
from compiler.runtime.tools import Called

SEEDS = range(12)
NOISE = Noise(damaged=0.2, untidy=0.5)


def digest() -> str:
    """Put some processes and their runs into one short text."""
    grown = [grow(seed, level) for level in LEVELS for seed in SEEDS]
    shown = "\n".join(f"{show(one)}\n{recorded(one, 4, NOISE).runs}" for one in grown)
    return hashlib.sha256(shown.encode()).hexdigest()


@pytest.mark.parametrize("hash_seed", ["0", "1"])
def test_the_hash_seed_changes_nothing(root: Path, hash_seed: str) -> None:
    code = "from tests.test_processes import digest; print(digest())"
    env = {**os.environ, "PYTHONHASHSEED": hash_seed}
    shown = subprocess.run(
        [sys.executable, "-c", code], cwd=root, env=env, capture_output=True, text=True, check=True
    )
    assert shown.stdout.strip() == digest()


# ----------------------------------------------------------------------------------------------- the grower


def steps(block: Block) -> list[Step]:
    """Every step of a block and of those in it."""
    found: list[Step] = []
    for step in block:
        found.append(step)
        inner = [step.body] if isinstance(step, Each) else []
        inner += [*(body for _, body in step.arms), step.rest] if isinstance(step, Fork) else []
        found += [one for body in inner for one in steps(body)]
    return found


def kinds(level: int) -> set[type]:
    return {type(step) for seed in range(40) for step in steps(grow(seed, level).body)}


def test_each_level_adds_to_the_one_below() -> None:
    assert {Each, Fork, Halt, Leave}.isdisjoint(kinds(1))
    assert {Each, Halt} <= kinds(2)
    assert Fork in kinds(3)
    assert Leave in kinds(4)


def test_a_plain_process_shifts_no_date_and_joins_no_text() -> None:
    dressed, plain = (
        "".join(show(grow(seed, 4, plain=plain)) for seed in range(20)) for plain in (False, True)
    )
    assert "date(" in dressed and " + " in dressed
    assert "date(" not in plain and " + " not in plain


def test_the_levels_are_measured_on_requests_of_both_forms() -> None:
    forms = {type(run.request) for seed in SEEDS for run in unseen(grow(seed, 1), 1)}
    assert forms == {str, dict}


def test_clean_runs_are_true_and_noise_changes_its_share() -> None:
    process = grow(3, 3)
    clean, noisy = recorded(process, 200, Noise()), recorded(process, 200, Noise(damaged=0.2))
    changed = sum(one.calls != other.calls for one, other in zip(clean.runs, noisy.runs, strict=True))
    assert [run.request for run in clean.runs] == [run.request for run in noisy.runs]
    # A call may be moved to where it was.
    assert 25 <= changed <= 50


# ----------------------------------------------------------------------------------------------- the scorer

Issue = Callable[[str, dict[str, JSON]], JSON]
Script = Callable[[Process, dict[str, JSON], Issue], Outcome]
STRUCTURED = [grow(seed, level) for level in LEVELS for seed in range(0, 12, 2)]


@dataclass
class Scripted:
    """A harness that does what a script says, given the values of a structured request."""

    process: Process
    script: Script

    def run(
        self,
        request: str | Mapping[str, JSON],
        *,
        call: Callable[[str, dict[str, JSON]], object],
        now: datetime | None,
    ) -> RunResult:
        calls: list[Called] = []

        def issue(name: str, arguments: dict[str, JSON]) -> JSON:
            try:
                result = call(name, arguments)
            except ToolError as error:
                calls.append(Called(name, arguments, error))
                raise
            calls.append(Called(name, arguments, result))
            return result  # type: ignore[return-value]

        assert now is not None and isinstance(request, Mapping)
        values: dict[str, JSON] = {}
        for name, held in request.items():
            values |= held if isinstance(held, dict) else {name: held}
        try:
            outcome = self.script(self.process, values, issue)
        except (ToolError, Deviation) as error:
            return RunResult(outcome="deviated", calls=tuple(calls), deviation=Deviation(str(error)))
        return RunResult(outcome=outcome, calls=tuple(calls))


def truth(process: Process, values: dict[str, JSON], issue: Issue) -> Outcome:
    perform(process, values, issue)
    return "done"


def careless(process: Process, values: dict[str, JSON], issue: Issue) -> Outcome:
    """Change the first argument of every write."""
    writes = {tool.name for tool in process.tools if tool.effect == "write"}

    def changed(name: str, arguments: dict[str, JSON]) -> JSON:
        first = next(iter(arguments))
        return issue(name, {**arguments, first: "other"} if name in writes else arguments)

    return truth(process, values, changed)


def lazy(process: Process, values: dict[str, JSON], issue: Issue) -> Outcome:
    """Make no write, and say that all is done."""
    writes = {tool.name for tool in process.tools if tool.effect == "write"}
    world = World(process.seed, process.tools)

    def skipping(name: str, arguments: dict[str, JSON]) -> JSON:
        return world.call(name, arguments) if name in writes else issue(name, arguments)

    return truth(process, values, skipping)


def cautious(process: Process, values: dict[str, JSON], issue: Issue) -> Outcome:
    """Deviate after the first call."""

    def once(name: str, arguments: dict[str, JSON]) -> JSON:
        issue(name, arguments)
        raise Deviation("enough")

    return truth(process, values, once)


def curious(process: Process, values: dict[str, JSON], issue: Issue) -> Outcome:
    """Read something else at the end."""
    spare = next(tool for tool in process.tools if tool.name in process.spare)
    ended = truth(process, values, issue)
    issue(spare.name, {one.name: "other" for one in spare.takes})
    return ended


@pytest.mark.parametrize("process", STRUCTURED, ids=lambda process: process.name)
def test_the_truth_fits_and_would_not_have_made_another_run(process: Process) -> None:
    found = score(process, Scripted(process, truth), unseen(process, 20))
    assert (found.fits, found.rejected, found.exact, found.f) == (1, 1, 1, 1)


@pytest.mark.parametrize(
    ("script", "verdict"),
    [(careless, "wrong"), (lazy, "wrong"), (cautious, "deviated"), (curious, "other")],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_fault_is_seen(script: Script, verdict: str) -> None:
    process = grow(0, 1)
    # So that a tool that fails at times is not taken for a fault.
    steady = replace(process, tools=tuple(replace(tool, flaky=False) for tool in process.tools))
    found = score(steady, Scripted(steady, script), unseen(steady, 20))
    assert getattr(found, verdict) == 1
    assert found.f == 0


def test_reads_between_two_writes_may_swap_and_repeat_and_writes_may_not() -> None:
    reads = frozenset(("get", "find"))
    get, find, put = (Call(tool=name, arguments={"a": name}) for name in ("get", "find", "put"))
    failed = Call(tool="put", arguments={"a": "x"}, status="error")
    assert normal((get, find, put), reads) == normal((find, get, find, failed, put), reads)
    assert normal((get, put, find), reads) != normal((get, find, put), reads)
    assert normal((get, put, put), reads) != normal((get, put), reads)


@pytest.mark.parametrize("name", sorted(CASES))
def test_the_processes_of_one_idea_can_be_performed_and_scored(name: str) -> None:
    process = minimal(name, text=False)
    runs = unseen(process, 20)
    assert any(run.calls for run in runs)
    assert score(process, Scripted(process, truth), runs).f == 1


def test_calls_in_a_row_are_learnt_and_never_wrongly() -> None:
    setting = Setting(runs=30, noise=Noise(), unseen=20)
    scores = [measure(1, seed, setting).score for seed in range(4)]
    assert all(one is not None and one.wrong == 0 for one in scores)
    assert any(one is not None and one.f == 1 for one in scores)


def test_more_runs_show_more_of_what_an_unseen_run_meets() -> None:
    process = minimal("stop_on_amount", text=False)
    unseen_values = values_of(process, 200, unseen=True)
    few, many = (ceiling(process, values_of(process, n, unseen=False), unseen_values) for n in (6, 400))
    assert few < many
    assert many > 0.98
    assert ceiling(process, values_of(process, 200, unseen=True), unseen_values) == 1
    assert ceiling(process, (), unseen_values) == 0
