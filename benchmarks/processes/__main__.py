"""Measure mining against random processes whose truth is known.

    python -m benchmarks.processes [--levels 1 2 3 4] [--runs 30] [--damage 0] [--workloads 20] [--jobs 2]

For each level and seed: grow a process (calls with data flow, stops, loops, branches, nesting), record runs
of it, compile them, and run the harness without a model on unseen requests, in the process's own world.

    compiled  workloads that were not declined   f      mean of the harmonic means of fits and rejected
    fits      did the true calls, and ended      reject would not have made a run that is not true
    asked     came to a question                 wrong  wrote what the truth does not write: must be 0
    deviated  left the known paths, saying so    other  the right writes after other reads
    exact     of the calls issued, the true ones

A declined workload has f 0 in ``f``, and counts in no other column; ``f/c`` is over those compiled. The
exit code is 1 if anything was wrong, or the compiler crashed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from statistics import mean

from benchmarks.processes.computed import COMPUTED, computed
from benchmarks.processes.grow import LEVELS, grow
from benchmarks.processes.measure import Measured, Setting, measure, measure_process
from benchmarks.processes.minimal import CASES, minimal
from benchmarks.processes.runs import Noise
from benchmarks.processes.show import show

SHARES = ("fits", "rejected", "asked", "deviated", "wrong", "other", "exact")
MOST_SAID = 110
HEADINGS = ("level", "compiled", "f", "f/c", *SHARES, "seconds")


def main() -> int:
    """Run the benchmark."""
    options = _arguments()
    noise = Noise(damaged=options.damage, untidy=options.untidy)
    setting = Setting(runs=options.runs, noise=noise, unseen=options.unseen, prove=options.prove)
    pairs = [(level, options.seed + n) for level in options.levels for n in range(options.workloads)]
    if options.minimal:
        return _measure_minimal(setting, text=options.text)
    results: list[Measured] = []
    for result in _measured(pairs, setting, options.jobs):
        results.append(result)
        if options.show:
            _print_one(result)
        elif sys.stderr.isatty():
            print(f"\r{len(results)}/{len(pairs)}", end="\r", file=sys.stderr)
    _print_table(results)
    if options.json is not None:
        document = [asdict(result) for result in results]
        options.json.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    return int(any(one.crashed or (one.score is not None and one.score.wrong > 0) for one in results))


def _measure_minimal(setting: Setting, *, text: bool) -> int:
    """Print a row for each process of one idea, with the first reason why it falls short."""
    print(f"{'process':26}" + "".join(f"{share[:8]:>9}" for share in ("f", *SHARES)))
    silent = False
    for name in (*CASES, *COMPUTED):
        process = computed(name, text=text) if name in COMPUTED else minimal(name, text=text)
        if text and process.lists:
            continue
        found = measure_process(process, setting)
        cells = [getattr(found.score, share) for share in ("f", *SHARES)] if found.score else []
        why = found.score.examples if found.score else found.reasons
        said = why[-1].replace("\n", " ")[:MOST_SAID] if why else ""
        print(f"{name:26}" + "".join(f"{cell:9.2f}" for cell in cells) + f"  {said}".rstrip())
        silent |= found.crashed or (found.score is not None and found.score.wrong > 0)
    return int(silent)


def _measured(pairs: Sequence[tuple[int, int]], setting: Setting, jobs: int) -> Iterator[Measured]:
    work = partial(_measure_pair, setting)
    if jobs == 1:
        yield from map(work, pairs)
        return
    with get_context("spawn").Pool(jobs) as pool:
        yield from pool.imap(work, pairs)


def _measure_pair(setting: Setting, pair: tuple[int, int]) -> Measured:
    return measure(*pair, setting)


def _print_table(results: Sequence[Measured]) -> None:
    print("".join(f"{heading:>10}" for heading in HEADINGS))
    for level in sorted({one.level for one in results}):
        _print_row(str(level), [one for one in results if one.level == level])
    _print_row("all", results)


def _print_row(name: str, results: Sequence[Measured]) -> None:
    scores = [one.score for one in results if one.score is not None]
    fs = [one.f for one in scores]
    cells = [name, f"{len(scores)}/{len(results)}", f"{sum(fs) / len(results):.3f}", f"{_mean(fs):.3f}"]
    cells += [f"{_mean([getattr(one, share) for one in scores]):.3f}" for share in SHARES]
    cells.append(f"{sum(one.seconds for one in results):.1f}")
    print("".join(f"{cell:>10}" for cell in cells))


def _mean(values: list[float]) -> float:
    return mean(values) if values else 0.0


def _print_one(result: Measured) -> None:
    """Print a workload that did not come out whole: the truth, and why."""
    found = result.score
    if found is not None and found.f == 1:
        return
    print(show(grow(result.seed, result.level)))
    if found is None:
        print(f"  {'CRASHED' if result.crashed else 'DECLINED'}: {'; '.join(result.reasons)}\n")
        return
    shares = ", ".join(f"{share} {getattr(found, share):.2f}" for share in SHARES)
    print("\n".join([f"  {shares}", *(f"  {text}" for text in found.examples), ""]))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.processes",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--levels", type=int, nargs="*", default=LEVELS, choices=LEVELS, metavar="LEVEL")
    parser.add_argument("--workloads", type=int, default=20, help="of each level (default: 20)")
    parser.add_argument("--seed", type=int, default=0, help="of the first workload (default: 0)")
    parser.add_argument("--runs", type=int, default=30, help="recorded runs of each (default: 30)")
    parser.add_argument("--damage", type=float, default=0.0, help="share of damaged runs (default: 0)")
    parser.add_argument("--untidy", type=float, default=0.0, help="share with needless calls (default: 0)")
    parser.add_argument("--unseen", type=int, default=100, help="unseen requests of each (default: 100)")
    parser.add_argument("--prove", action="store_true", help="leave out each task in turn before scoring")
    parser.add_argument("--minimal", action="store_true", help="measure the processes of one idea each")
    parser.add_argument("--text", action="store_true", help="with --minimal: requests in words")
    parser.add_argument("--jobs", type=int, default=2, help="processes (default: 2)")
    parser.add_argument("--show", action="store_true", help="show every workload that falls short, and why")
    parser.add_argument("--json", type=Path, metavar="OUT", help="write everything to this file")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
