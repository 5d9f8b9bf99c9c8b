"""Measure what compiled harnesses do on inputs that they were not compiled from.

    python -m benchmarks.workbench [--corpus DIR] [--family wb-calendar-00 ...] [--no-model] [--jobs 2]

For each workload and each of its tasks: compile from the runs of all other tasks, run on the task that was
left out, in the corpus's sandbox, and compare the end state with the truth. The verdicts and the oracle that
answers questions are those of the corpus's own score.py:

    success   the true end state           dirty     deviated, and left neither start nor true state
    deviated  said so, wherever it ended   crashed   an exception came out
    wrong     done in another state        declined  no harness could be compiled from the other tasks
    silent    wrong without a question: must be 0
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from benchmarks.corpus import Corpus
from benchmarks.measure import VERDICTS, FamilyResult, measure_family
from benchmarks.table import print_details, print_table

DEFAULT_CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpora" / "workbench"
ALARMING = ("wrong", "silent", "dirty", "crashed")


def main() -> int:
    """Run the benchmark; the exit code is 1 if any harness was silently wrong, or crashed."""
    options = _arguments()
    corpus = Corpus(options.corpus)
    unknown = sorted(set(options.family) - set(corpus.families))
    if unknown:
        sys.exit(f"no such family: {', '.join(unknown)}")
    families = sorted(options.family or corpus.families)
    started = time.perf_counter()
    results = []
    for result in _measure(options, families):
        results.append(result)
        if sys.stderr.isatty():
            print(f"\r{len(results)}/{len(families)} {result.family:40}", end="", file=sys.stderr)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    total = time.perf_counter() - started
    print_details(results, (*ALARMING, *options.show))
    print_table(results)
    compiled = sum(result.compile_seconds for result in results)
    print(f"\ncompiling took {compiled:.1f} s of processor time, everything {total:.1f} s on the clock")
    if options.json is not None:
        document: dict[str, Any] = {"seconds": total, "families": [asdict(result) for result in results]}
        options.json.write_text(json.dumps(document, indent=1, default=str) + "\n", encoding="utf-8")
    alarming = ("silent", "crashed")
    return int(any(task.verdict in alarming for result in results for task in result.tasks))


def _measure(options: argparse.Namespace, families: list[str]) -> Iterator[FamilyResult]:
    work = partial(measure_family, options.corpus, no_model=options.no_model, budget=options.budget)
    if options.jobs == 1:
        yield from map(work, families)
        return
    with get_context("spawn").Pool(options.jobs) as pool:
        yield from pool.imap(work, families)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.workbench",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--corpus", type=Path, default=DEFAULT_CORPUS, metavar="DIR")
    parser.add_argument("--family", nargs="*", default=[], metavar="NAME", help="only these workloads")
    parser.add_argument("--no-model", action="store_true", help="run without a model: any question deviates")
    parser.add_argument("--budget", type=int, default=60, help="answers that the oracle tries (default: 60)")
    parser.add_argument("--jobs", type=int, default=2, help="processes (default: 2)")
    parser.add_argument("--show", nargs="*", default=[], choices=VERDICTS, help="also show these tasks")
    parser.add_argument("--json", type=Path, metavar="OUT", help="write everything to this file")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
