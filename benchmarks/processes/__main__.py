"""Measure mining against random processes whose truth is known.

    python -m benchmarks.processes [--levels 1 2 3 4] [--runs 30 1000] [--damage 0 .05 .2] [--jobs 2]

For each level and seed: grow a process (calls with data flow, stops, loops, branches, nesting), record runs
of it, compile them, and run the harness without a model on unseen requests, in the process's own world.

    compiled  workloads that were not declined   f      mean of the harmonic means of fits and rejected
    fits      did the true calls, and ended      reject would not have made a run that is not true
    asked     came to a question                 wrong  wrote what the truth does not write: must be 0
    deviated  left the known paths, saying so    other  the right writes after other reads
    exact     of the calls issued, the true ones  ceiling  see there: fits of who knows the process
    helped    with right answers (--answers): right, and misled: wrong all the same; questions of a run

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
from itertools import product
from multiprocessing import get_context
from pathlib import Path
from statistics import mean

from benchmarks.processes.computed import COMPUTED, computed
from benchmarks.processes.grow import LEVELS
from benchmarks.processes.measure import Measured, Setting, measure_pair, measure_process
from benchmarks.processes.minimal import CASES, minimal
from benchmarks.processes.runs import Noise

SHARES = ("fits", "rejected", "asked", "deviated", "wrong", "other", "exact")
HELPED = ("right", "wrong", "questions")
MOST_SAID = 110
WHOLE = 0.95
HEADINGS = ("level", "compiled", "f", "f/c", *SHARES, "helped", "misled", "questions", "ceiling", "seconds")


def main() -> int:
    """Run the benchmark."""
    options = _arguments()
    pairs = [(level, options.seed + n) for level in options.levels for n in range(options.workloads)]
    alarming, document = False, []
    for runs, damaged in product(options.runs, options.damage):
        noise = Noise(damaged=damaged, untidy=options.untidy)
        setting = Setting(
            runs=runs,
            noise=noise,
            unseen=options.unseen,
            prove=options.prove,
            plain=options.plain,
            steady=options.steady,
            answers=options.answers,
        )
        print(f"{runs} runs, {damaged:.0%} damaged, {options.untidy:.0%} untidy")
        if options.minimal:
            alarming |= _measure_minimal(setting, text=options.text)
            continue
        results = list(_watched(_measured(pairs, setting, options.jobs), len(pairs), show=options.show))
        _print_table(results)
        alarming |= any(map(_is_alarming, results))
        document.append({"runs": runs, "damaged": damaged, "workloads": [asdict(one) for one in results]})
    if options.json is not None:
        options.json.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    return int(alarming)


def _watched(results: Iterator[Measured], total: int, *, show: bool) -> Iterator[Measured]:
    """Say how far the benchmark is, or show each workload that falls short."""
    for number, result in enumerate(results, 1):
        if show:
            _print_one(result)
        elif sys.stderr.isatty():
            print(f"\r{number}/{total}", end="\r", file=sys.stderr)
        yield result


def _is_alarming(one: Measured) -> bool:
    return one.crashed or (one.score is not None and one.score.wrong > 0)


def _measure_minimal(setting: Setting, *, text: bool) -> bool:
    """Print a row for each process of one idea, with the first reason why it falls short."""
    print(f"{'process':26}" + "".join(f"{share[:8]:>9}" for share in ("f", *SHARES)))
    results = []
    for name in (*CASES, *COMPUTED):
        process = computed(name, text=text) if name in COMPUTED else minimal(name, text=text)
        # A request in words holds no list.
        if not (text and process.lists):
            results.append(measure_process(process, setting))
            print(f"{name:26}{_minimal_row(results[-1])}", flush=True)
    whole = sum(one.score is not None and one.score.f >= WHOLE for one in results)
    print(f"{whole} of {len(results)} are learnt, with f at least {WHOLE}")
    return any(map(_is_alarming, results))


def _minimal_row(found: Measured) -> str:
    if found.score is None:
        return f"  declined: {' '.join(found.reasons[0].split())[:MOST_SAID]}"
    shares = "".join(f"{getattr(found.score, share):9.2f}" for share in ("f", *SHARES))
    said = found.score.examples[-1][:MOST_SAID] if found.score.examples else ""
    return f"{shares}  {said}".rstrip()


def _measured(pairs: Sequence[tuple[int, int]], setting: Setting, jobs: int) -> Iterator[Measured]:
    work = partial(measure_pair, setting)
    if jobs == 1:
        yield from map(work, pairs)
        return
    with get_context("spawn").Pool(jobs) as pool:
        yield from pool.imap(work, pairs)


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
    helped = [one.helped for one in results if one.helped is not None]
    cells += [
        f"{_mean([getattr(one, column) for one in helped]):.3f}" if helped else "-" for column in HELPED
    ]
    cells.append(f"{_mean([one.ceiling for one in results]):.3f}")
    cells.append(f"{sum(one.seconds for one in results):.1f}")
    print("".join(f"{cell:>10}" for cell in cells))


def _mean(values: list[float]) -> float:
    return mean(values) if values else 0.0


def _print_one(result: Measured) -> None:
    """Print a workload that did not come out whole: the truth, and why."""
    found = result.score
    if found is not None and found.f == 1:
        return
    print(result.truth)
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
    parser.add_argument(
        "--runs", type=int, nargs="*", default=[30], metavar="N", help="recorded (default: 30)"
    )
    parser.add_argument(
        "--damage", type=float, nargs="*", default=[0.0], metavar="SHARE", help="of damaged runs (default: 0)"
    )
    parser.add_argument("--untidy", type=float, default=0.0, help="share with needless calls (default: 0)")
    parser.add_argument("--unseen", type=int, default=100, help="unseen requests of each (default: 100)")
    parser.add_argument("--prove", action="store_true", help="leave out each task in turn before scoring")
    parser.add_argument("--plain", action="store_true", help="no texts put together, no dates moved")
    parser.add_argument("--steady", action="store_true", help="no tool ever fails for a moment")
    parser.add_argument("--answers", action="store_true", help="also run the harness with right answers")
    parser.add_argument("--minimal", action="store_true", help="measure the processes of one idea each")
    parser.add_argument("--text", action="store_true", help="with --minimal: requests in words")
    parser.add_argument("--jobs", type=int, default=2, help="processes (default: 2)")
    parser.add_argument("--show", action="store_true", help="show every workload that falls short, and why")
    parser.add_argument("--json", type=Path, metavar="OUT", help="write everything to this file")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
