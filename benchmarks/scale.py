"""Measure what a large workload costs: time and peak memory of every stage, from files to files.

    python -m benchmarks.scale [--case loops chain short] [--runs N] [--limit SECONDS]

Three invented processes, written as OpenAI chat lists and compiled as the command line would:

    loops   1,000 runs of about 50 calls: ten searches, each followed by a change to every row that it found
    chain   1,000 runs of 50 calls in a row, each of which needs something of an earlier result
    short  10,000 runs of about 10 calls: two searches with their changes

One run in ten makes a failed attempt first, one in ten looks twice, one in twenty fails. Every case is
compiled in a process of its own, so that its peak is its own. What other processes do for leave-one-out
shows on the clock only; they hold no more than this one. The exit code is 1 if a case takes longer than the
limit or more than 1 GB, or is declined.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final, final

import compiler.pipeline
from compiler.commands.build import build_one
from compiler.emit.folder import write_folder
from compiler.read import read_workloads

Call = tuple[str, dict[str, Any], Any]
Process = Callable[[random.Random], tuple[str, list[Call]]]

STAGES: Final = (
    "mark_refusals",
    "mine",
    "check_program",
    "emit_harness",
    "load_source",
    "replay",
    "leave_one_out",
    "score",
    "flow_graph",
    "harness_folder",
)
"""The passes as the pipeline names them."""
LIMIT_SECONDS, LIMIT_MEGABYTES = 20, 1000
OWNERS: Final = ("Ada Moor", "Ben Tully", "Cleo Voss", "Dan Okoro", "Eve Lindqvist")
READS_AND_WRITE: Final = 5
"""A chain reads four times, then writes once."""
SHELVES: Final = ("oak", "elm", "ash", "fir", "yew", "box", "bay", "fig", "may", "rue")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A process, and how many of its runs there are."""

    process: Process
    runs: int


@final
@dataclass(slots=True)
class Stopwatch:
    """Seconds on the clock and peak megabytes by stage; a stage inside another counts as part of that one."""

    seconds: dict[str, float] = field(default_factory=dict)
    busy: dict[str, float] = field(default_factory=dict)
    """Seconds of processor time: what other programs do on the machine does not count."""
    peak: dict[str, float] = field(default_factory=dict)
    inside: bool = False

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time what is done inside."""
        if self.inside:
            yield
            return
        self.inside, started, busy = True, time.perf_counter(), time.process_time()
        try:
            yield
        finally:
            self.inside = False
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - started
            self.busy[name] = self.busy.get(name, 0.0) + time.process_time() - busy
            self.peak[name] = megabytes()

    def timed(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Give a function that is a stage by its name."""

        @wraps(function)
        def wrapped(*arguments: Any, **options: Any) -> Any:
            with self.stage(name):
                return function(*arguments, **options)

        return wrapped


def megabytes() -> float:
    """Give the most memory that this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


# ------------------------------------------------------------------------------------------ the processes


def _id(order: random.Random, letter: str) -> str:
    return f"{letter}{order.randrange(10**8):08}"


def _row(order: random.Random, letter: str) -> dict[str, Any]:
    return {
        "id": _id(order, letter),
        "owner": order.choice(OWNERS),
        "size": order.randrange(1, 500),
        "since": f"20{order.randrange(10, 30)}-{order.randrange(1, 13):02}-{order.randrange(1, 29):02}",
        "note": f"kept by {_id(order, 'n')}",
    }


def loops(shelves: int) -> Process:
    """Give a process that walks the rows of some searches, one after the other."""

    def process(order: random.Random) -> tuple[str, list[Call]]:
        customer, target = _id(order, "c"), order.choice(OWNERS)
        calls: list[Call] = []
        for shelf in SHELVES[:shelves]:
            rows = [_row(order, shelf[0]) for _ in range(order.randrange(2, 7))]
            calls.append((f"{shelf}.search", {"customer": customer}, rows))
            calls.extend((f"{shelf}.move", {"id": row["id"], "owner": target}, "Moved.") for row in rows)
        return f"Move everything that {customer} keeps to {target}, please.", calls

    return process


def chain(length: int) -> Process:
    """Give a process in which every call needs what an earlier result holds."""

    def process(order: random.Random) -> tuple[str, list[Call]]:
        customer, target = _id(order, "c"), order.choice(OWNERS)
        calls: list[Call] = []
        row = {"id": customer}
        for place in range(length):
            shelf = f"{SHELVES[place % len(SHELVES)]}{place // len(SHELVES)}"
            if place % READS_AND_WRITE < READS_AND_WRITE - 1:
                found = _row(order, shelf[0])
                calls.append((f"{shelf}.get", {"id": row["id"]}, found))
                row = found
            else:
                calls.append((f"{shelf}.move", {"id": row["id"], "owner": target}, "Moved."))
        return f"Move everything that {customer} keeps to {target}, please.", calls

    return process


CASES: Final = {
    "loops": Case(process=loops(10), runs=1_000),
    "chain": Case(process=chain(50), runs=1_000),
    "short": Case(process=loops(2), runs=10_000),
}


def _recorded(order: random.Random, calls: list[Call]) -> Iterator[Call]:
    """What an agent made of it: now and then a failed attempt or a second look."""
    slip, again = order.random() < 1 / 10, order.random() < 1 / 10
    at = order.randrange(len(calls))
    for place, (tool, arguments, result) in enumerate(calls):
        if slip and place == at:
            yield tool, dict.fromkeys(arguments, "?"), "Error: not found."
        yield tool, arguments, result
        if again and place == at and not tool.endswith(".move"):
            yield tool, arguments, result


def write_traces(case: Case, runs: int, folder: Path) -> tuple[Path, Path, Path]:
    """Write runs, outcomes and tools; return the three paths."""
    order = random.Random(20)
    traces, outcomes, tools = folder / "scale.jsonl", folder / "outcomes.jsonl", folder / "tools.json"
    names: dict[str, tuple[str, ...]] = {}
    with traces.open("w", encoding="utf-8") as lines, outcomes.open("w", encoding="utf-8") as verdicts:
        for number in range(runs):
            request, calls = case.process(order)
            names.update({tool: tuple(arguments) for tool, arguments, _ in calls})
            success = order.random() >= 1 / 20
            messages = [{"role": "user", "content": request}]
            kept = list(_recorded(order, calls)) if success else calls[:1]
            for place, call in enumerate(kept):
                messages.extend(_messages(place, call))
            run = {"run_id": f"run-{number}", "task_id": f"task-{number}", "messages": messages}
            lines.write(json.dumps(run) + "\n")
            verdicts.write(json.dumps({"run_id": run["run_id"], "success": success}) + "\n")
    tools.write_text(json.dumps({"tools": [_schema(name, names[name]) for name in sorted(names)]}))
    return traces, outcomes, tools


def _messages(place: int, call: Call) -> Iterator[dict[str, Any]]:
    tool, arguments, result = call
    made = {"name": tool, "arguments": json.dumps(arguments)}
    yield {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": f"call_{place}", "type": "function", "function": made}],
    }
    content = result if isinstance(result, str) else json.dumps(result)
    yield {"role": "tool", "tool_call_id": f"call_{place}", "content": content}


def _schema(name: str, arguments: tuple[str, ...]) -> dict[str, Any]:
    properties = {argument: {"type": "string"} for argument in arguments}
    return {
        "name": name,
        "description": f"{name}.",
        "inputSchema": {"type": "object", "properties": properties},
        "annotations": {"readOnlyHint": not name.endswith(".move")},
    }


# ------------------------------------------------------------------------------------------ the measuring


def compile_case(name: str, runs: int | None) -> tuple[Stopwatch, str, float]:
    """Write a case and compile it; return what each stage took, what came out, and the base of memory."""
    case, watch = CASES[name], Stopwatch()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        traces, outcomes, tools = write_traces(case, runs or case.runs, folder)
        for stage in STAGES:
            setattr(compiler.pipeline, stage, watch.timed(stage, getattr(compiler.pipeline, stage)))
        base = megabytes()
        with watch.stage("read_workloads"):
            [workload] = read_workloads((str(traces),), outcomes=str(outcomes), tools=str(tools))
        built = build_one(workload, jobs=os.cpu_count() or 1)
        made = built.build
        if made is None:
            return watch, f"{built.status}: {'; '.join(built.reasons) or built.fault}", base
        with watch.stage("write_folder"):
            write_folder(folder / "harness", made.files)
    calls = sum(len(run.calls) for run in workload.runs)
    held_out = made.held_out
    verdicts = "" if held_out is None else f", left out: {_verdicts(held_out.tasks)}"
    return (
        watch,
        f"{len(workload.runs)} runs, {calls} calls; again: {_verdicts(made.train.tasks)}{verdicts}",
        base,
    )


def _verdicts(tasks: Any) -> str:
    counts: dict[str, int] = {}
    for task in tasks:
        counts[task.verdict] = counts.get(task.verdict, 0) + 1
    return ", ".join(f"{count} {verdict}" for verdict, count in sorted(counts.items()))


def _print(name: str, watch: Stopwatch, said: str, base: float) -> None:
    print(f"{name}: {said}")
    print(f"  {'':20}{'clock':>10}{'busy':>10}{'peak':>11}")
    print(f"  {'before':40}{base:8.0f} MB")
    for stage, seconds in watch.seconds.items():
        print(f"  {stage:20}{seconds:>8.2f} s{watch.busy[stage]:>8.2f} s{watch.peak[stage]:8.0f} MB")
    seconds, busy, peak = sum(watch.seconds.values()), sum(watch.busy.values()), max(watch.peak.values())
    print(f"  {'total':20}{seconds:>8.2f} s{busy:>8.2f} s{peak:8.0f} MB", flush=True)


def main() -> int:
    """Compile each case in a process of its own."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.scale",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--case", nargs="*", default=list(CASES), choices=list(CASES))
    parser.add_argument("--runs", type=int, help="other than the case's own number")
    parser.add_argument("--limit", type=float, default=LIMIT_SECONDS, metavar="SECONDS")
    options = parser.parse_args()
    slow = False
    for name in options.case:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            watch, said, base = pool.submit(compile_case, name, options.runs).result()
        _print(name, watch, said, base)
        total, peak = sum(watch.seconds.values()), max(watch.peak.values())
        slow = (
            slow or total > options.limit or peak > LIMIT_MEGABYTES or said.startswith(("declined", "failed"))
        )
    return int(slow)


if __name__ == "__main__":
    sys.exit(main())
