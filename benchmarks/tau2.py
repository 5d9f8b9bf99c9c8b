"""Measure how far a compiled opening goes on conversations that it was not compiled from.

    python -m benchmarks.tau2 [--corpus DIR] [--runs FILE] [--no-model] [--show] [--json OUT]

The runs are of one customer service; each does something else in the end. Each task is left out in turn:
compile from the runs of all others, and replay on every successful run of the task. A read is answered as
any run of the corpus was answered before its first write, for all start from the same tables; the model
answers with the arguments of the run's own call. Counted are

    before    calls of the runs that the harness made in their place, before it handed over
    exact     runs that made every call of the harness before their first write, in whatever order
    extra     calls of the harness that the run never made
    unknown   runs in which the harness read what no run recorded: what came after is not known
    wrong     runs in which it wrote what the run did not write: must be 0
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, final

from compiler.errors import Declined
from compiler.ir.run import JSON, Call, Run, Workload
from compiler.mine.clean import mark_refusals
from compiler.pipeline import draft
from compiler.prove.canonical import CallKey, call_key, key_of
from compiler.read import read_workloads
from compiler.runtime import Answer, Ask, Harness

DEFAULT_CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpora" / "tau2_retail"
TOOLS = Path(__file__).with_name("tau2_tools.json")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """What a harness did on one run that it was not compiled from."""

    run: str
    task: str
    agent: str
    outcome: str
    calls: int
    """The calls of the recorded run; below, how many of them the harness made, and how many others."""
    before: int
    extra: int
    asks: int
    exact: bool
    wrong: bool
    unknown: bool
    why: str = ""


class Unrecorded(Exception):  # noqa: N818 - a gap in the recordings, not an error
    """A read that no run made before it wrote."""


@final
class Tables:
    """What any run was answered before it first wrote; and all that one run was answered."""

    def __init__(self, runs: Iterable[Run], reads: frozenset[str]) -> None:
        self.reads = reads
        self._known: dict[CallKey, Call] = {}
        for run in runs:
            for call in opening(run, reads):
                self._known.setdefault(key_of(call), call)

    def answer(self, name: str, arguments: Mapping[str, object]) -> JSON:
        """Answer a call as it was recorded; a failure fails again."""
        found = self._known.get(call_key(name, arguments)) if name in self.reads else None
        if found is None:
            raise Unrecorded(f"{name}({json.dumps(arguments)})")
        if found.status == "error":
            raise RuntimeError(str(found.result))
        return found.result


def opening(run: Run, reads: frozenset[str]) -> tuple[Call, ...]:
    """The reads of a run before its first write."""
    place = next((n for n, call in enumerate(run.calls) if call.tool not in reads), len(run.calls))
    return tuple(call for call in run.calls[:place] if call.status != "missing")


@final
class Witness:
    """A model that reads in the request what the run itself read there: the arguments of one of its calls."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def answer(self, ask: Ask) -> Answer:
        """Give the fields as the first call that has any of them had them; null for what nobody said."""
        fields = ask.schema.get("properties") if isinstance(ask.schema, dict) else None
        names = list(fields) if isinstance(fields, dict) else []
        calls = [call for call in self._run.calls if call.status == "ok" and set(names) & set(call.arguments)]
        given = calls[0].arguments if calls else {}
        said = str(self._run.request).casefold()
        return Answer(
            value={
                name: given[name] if name in given and str(given[name]).casefold() in said else None
                for name in names
            }
        )


def main() -> int:
    """Run the benchmark; the exit code is 1 if a harness wrote what the run did not."""
    options = _arguments()
    (workload,) = read_workloads((str(options.corpus / options.runs),), tools=str(options.tools))
    started = time.perf_counter()
    results, declined = measure(workload, model=not options.no_model)
    seconds = time.perf_counter() - started
    print_table(results)
    for task, why in sorted(declined.items()):
        print(f"declined without task {task}: {why}")
    if options.show:
        for one in results:
            if not one.exact or one.extra:
                print(f"  {one.run:40} {one.outcome:12} before {one.before} extra {one.extra} {one.why}")
    print(f"\n{seconds:.1f} s on the clock")
    if options.json is not None:
        document: dict[str, Any] = {
            "seconds": seconds,
            "declined": declined,
            "runs": [asdict(one) for one in results],
        }
        options.json.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    return int(any(one.wrong for one in results))


def measure(workload: Workload, *, model: bool) -> tuple[list[RunResult], dict[str, str]]:
    """Leave each task out in turn; give a result for each of its successful runs, and why tasks declined."""
    reads = frozenset(tool.name for tool in workload.tools if tool.effect == "read")
    tables = Tables(workload.runs, reads)
    results: list[RunResult] = []
    declined: dict[str, str] = {}
    for task in sorted({run.task for run in workload.runs if run.success}):
        rest = replace(workload, runs=tuple(run for run in workload.runs if run.task != task))
        good = [run for run in workload.runs if run.task == task and run.success]
        try:
            harness = draft(mark_refusals(rest))
        except Declined as reasons:
            declined[task] = str(reasons)
            results += [_undone(run) for run in good]
            continue
        results += [_measured(harness, run, tables, model=model) for run in good]
        if sys.stderr.isatty():
            print(f"\r{len(results)} runs", end="", file=sys.stderr)
    return results, declined


def _measured(harness: Harness, run: Run, tables: Tables, *, model: bool) -> RunResult:
    """Run a harness on the request of one run, and set its calls beside the run's."""
    result = harness.run(run.request, call=tables.answer, model=Witness(run) if model else None, now=run.now)
    issued = Counter(call_key(name, arguments) for name, arguments, _ in result.calls)
    made = Counter(key_of(call) for call in run.calls)
    opened = Counter(key_of(call) for call in opening(run, tables.reads))
    return RunResult(
        run=run.run_id,
        task=run.task,
        agent=run.agent or "",
        outcome=result.outcome,
        calls=len(run.calls),
        before=(issued & made).total(),
        extra=(issued - made).total(),
        asks=len(result.asks),
        exact=result.outcome == "handed_over" and not issued - opened,
        wrong=any(key[0] not in tables.reads for key in issued - made),
        unknown=any(isinstance(answer, Unrecorded) for _, _, answer in result.calls),
        why="" if result.deviation is None else result.deviation.message,
    )


def _undone(run: Run) -> RunResult:
    return RunResult(
        run=run.run_id, task=run.task, agent=run.agent or "", outcome="declined", calls=len(run.calls),
        before=0, extra=0, asks=0, exact=False, wrong=False, unknown=False,
    )  # fmt: skip


COLUMNS = (
    "runs", "done", "handed_over", "deviated", "declined", "exact", "wrong", "unknown", "asks", "calls",
    "before", "extra",
)  # fmt: skip


def print_table(results: list[RunResult]) -> None:
    """Print a row for each agent that made the runs, and for all."""
    print(f"{'agent':24}" + "".join(f"{name:>12}" for name in COLUMNS) + f"{'share':>8}")
    for agent in (*sorted({one.agent for one in results}), None):
        some = [one for one in results if agent in (None, one.agent)]
        row = Counter(one.outcome for one in some)
        for name in ("exact", "wrong", "unknown", "asks", "calls", "before", "extra"):
            row[name] = sum(getattr(one, name) for one in some)
        row["runs"] = len(some)
        share = f"{row['before'] / max(row['calls'], 1):8.0%}"
        print(f"{agent or 'total':24}" + "".join(f"{row[name]:12}" for name in COLUMNS) + share)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.tau2",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--corpus", type=Path, default=DEFAULT_CORPUS, metavar="DIR")
    parser.add_argument("--runs", default="runs.jsonl", metavar="FILE", help="the runs, inside the corpus")
    parser.add_argument(
        "--tools", type=Path, default=TOOLS, metavar="FILE", help="the tools and their effects"
    )
    parser.add_argument("--no-model", action="store_true", help="run without a model: any question deviates")
    parser.add_argument(
        "--show", action="store_true", help="also show the runs that the harness did not match"
    )
    parser.add_argument("--json", type=Path, metavar="OUT", help="write everything to this file")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
