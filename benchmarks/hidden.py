"""Measure how often a decision that nothing explains is taken for damage, and dropped in silence.

    python -m benchmarks.hidden [--runs 30 100 1000] [--shares .03 .05 .1 .2] [--damage 0 .2] [--workloads 6]

Each workload is a generated process (see benchmarks.processes) in which a coin decides whether its last write
is made. A program that asks nothing, and has no fork more than that of the workload without the coin, has
dropped the decision: it makes the write whatever the coin would say.

    dropped  of the workloads, those whose program does not ask    declined  those without a program
"""

from __future__ import annotations

import argparse
import random
import sys
from dataclasses import replace
from itertools import product

from benchmarks.processes.grow import grow
from benchmarks.processes.runs import Noise, recorded
from benchmarks.processes.tree import Do, Process
from compiler.errors import Declined
from compiler.ir.run import Run, Workload
from compiler.mine import mine
from compiler.mine.clean import mark_refusals


def main() -> int:
    """Run the benchmark."""
    options = _arguments()
    print(f"{'runs':>6}{'damaged':>9}{'share':>7}{'dropped':>10}{'declined':>10}")
    for count, damaged, share in product(options.runs, options.damage, options.shares):
        found = [_outcome(seed, count, damaged, share, options.level) for seed in range(options.workloads)]
        dropped, declined = (f"{found.count(what)}/{len(found)}" for what in ("dropped", "declined"))
        print(f"{count:6}{damaged:9.0%}{share:7.0%}{dropped:>10}{declined:>10}", flush=True)
    return 0


def _outcome(seed: int, count: int, damaged: float, share: float, level: int) -> str:
    process = grow(seed, level)
    workload = recorded(process, count, Noise(damaged=damaged))
    tossed = tuple(_tossed(process, run, share) for run in workload.runs)
    try:
        program = mine(mark_refusals(Workload(name=workload.name, runs=tossed, tools=workload.tools)))
    except Declined:
        return "declined"
    asked = any(question.name != "REQUEST" for question in program.questions)
    return "asked" if asked else "dropped"


def _tossed(process: Process, run: Run, share: float) -> Run:
    """A run without the last write of the process, if the coin says so."""
    effects = {tool.name: tool.effect for tool in process.tools}
    steps = [step for step in process.body if isinstance(step, Do) and effects[step.tool] == "write"]
    if not steps or random.Random(f"coin {process.seed} {run.run_id}").random() >= share:
        return run
    return replace(run, calls=tuple(call for call in run.calls if call.tool != steps[-1].tool))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.hidden",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--runs", type=int, nargs="*", default=[30, 100], metavar="N", help="recorded")
    parser.add_argument("--shares", type=float, nargs="*", default=[0.03, 0.05, 0.1, 0.2], metavar="SHARE")
    parser.add_argument("--damage", type=float, nargs="*", default=[0.0, 0.2], metavar="SHARE")
    parser.add_argument("--workloads", type=int, default=6, help="processes (default: 6)")
    parser.add_argument("--level", type=int, default=1, help="of the processes (default: 1)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
