"""Measure what a compiled program leans on names for, and on the order of ids.

    python -m benchmarks.renamed [--corpus DIR] [--family wb-calendar-00 ...] [--seeds 1 2 3] [--jobs 2]

The benchmark of ``benchmarks.workbench`` is run as it is, and once for each seed with every tool, argument
and field renamed to a word that nobody knows (``benchmarks.renaming`` says what that takes), with the
oracle's answers and with no model. A renaming may cost 3 % of the successes at most, and no harness may be
silently wrong. All workloads are also compiled with other ids: every line of harness.py and tools.py must be
the same but for the ids. Exit code 1 if any of that does not hold.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from benchmarks.corpus import Corpus
from benchmarks.measure import VERDICTS, FamilyResult, measure_family
from benchmarks.renaming import Ids
from benchmarks.workbench import DEFAULT_CORPUS
from compiler.errors import Declined
from compiler.ir.run import Workload
from compiler.pipeline import build

MOST_LOST: Final = 0.03


def other_ids(workload: Workload, seed: int) -> Iterator[str]:
    """Yield what differs between a harness and the one from the same runs with other ids, beside the ids."""
    ids = Ids.of(workload, seed)
    one, other = _sources(workload), _sources(ids.workload(workload))
    for name in sorted(one.keys() | other.keys()):
        if ids.text(one.get(name, "")) != other.get(name, ""):
            yield f"{workload.name}: {name} differs where only ids were renamed"


def _sources(workload: Workload) -> dict[str, str]:
    try:
        files = build(workload, prove=False).files
    except Declined as declined:
        return {"declined": "; ".join(declined.reasons)}
    return {name: files[name] for name in ("harness.py", "tools.py")}


def _results(
    options: argparse.Namespace, families: list[str], *, no_model: bool, seed: int | None
) -> list[FamilyResult]:
    work = partial(measure_family, options.corpus, no_model=no_model, budget=options.budget, seed=seed)
    if options.jobs == 1:
        return list(map(work, families))
    with get_context("spawn").Pool(options.jobs) as pool:
        return list(pool.imap(work, families))


def _count(results: list[FamilyResult]) -> Counter[str]:
    return Counter(task.verdict for result in results for task in result.tasks)


def _changed(plain: list[FamilyResult], renamed: list[FamilyResult]) -> Iterator[str]:
    """Yield the tasks that came to another verdict, with what was said."""
    for one, other in zip(plain, renamed, strict=True):
        for before, after in zip(one.tasks, other.tasks, strict=True):
            if before.verdict != after.verdict:
                yield f"    {after.task}: {before.verdict} -> {after.verdict}: {after.outcome[:160]}"


def main() -> int:
    """Run both benchmarks; say what was lost."""
    options = _arguments()
    corpus = Corpus(options.corpus)
    families = sorted(options.family or corpus.families)
    failed = False
    for no_model in (False, True):
        plain = _results(options, families, no_model=no_model, seed=None)
        before = _count(plain)
        print(
            f"{'no model' if no_model else 'oracle':10}" + "".join(f"{verdict:>10}" for verdict in VERDICTS)
        )
        print(f"{'as it is':10}" + "".join(f"{before[verdict]:>10}" for verdict in VERDICTS), flush=True)
        for seed in options.seeds:
            renamed = _results(options, families, no_model=no_model, seed=seed)
            after = _count(renamed)
            lost = (before["success"] - after["success"]) / max(before["success"], 1)
            row = "".join(f"{after[verdict]:>10}" for verdict in VERDICTS)
            print(f"{f'seed {seed}':10}{row}  {lost:+.1%} of the successes lost", flush=True)
            if options.show:
                print("\n".join(_changed(plain, renamed)))
            failed |= lost > MOST_LOST or after["silent"] > 0 or after["crashed"] > 0
    different = [line for family in families for line in other_ids(corpus.workload(family), options.seeds[0])]
    print("\n".join(different) or f"other ids: {len(families)} workloads, the same programs")
    return int(failed or bool(different))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.renamed",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--corpus", type=Path, default=DEFAULT_CORPUS, metavar="DIR")
    parser.add_argument("--family", nargs="*", default=[], metavar="NAME", help="only these workloads")
    parser.add_argument("--seeds", nargs="*", type=int, default=[1, 2, 3], help="one dictionary each")
    parser.add_argument("--budget", type=int, default=60, help="answers that the oracle tries (default: 60)")
    parser.add_argument("--jobs", type=int, default=2, help="processes (default: 2)")
    parser.add_argument("--show", action="store_true", help="show the tasks that came to another verdict")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
