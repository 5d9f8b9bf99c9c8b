"""Toss a coin where a rule could stand: no choice that nothing in scope explains may be explained.

    python -m benchmarks.coin [--workloads 2000] [--rules 100] [--jobs 2]

A workload has a choice (to stop, which of two writes to make, whether to make one, which rows of a list to
write to, which word to write) that falls by a coin, 50/50 or 80/20, while forty fields in scope say nothing
about it. Its runs are compiled, and the harness meets unseen requests without a model: one that gets past
the choice without a question or a deviation holds a rule where a question should be.

    explained  workloads in which a run came past the choice: must be 0
    asked      a run came to a question     deviated  or left the known paths first
    declined   nothing was compiled

Then the same with a rule: one threshold on one of the forty fields, from 30 runs. It is ``found`` where at
least half of the unseen runs are decided (the others fall into the gap that no run shows), and none wrongly.
The exit code is 1 if a coin was explained, a rule decided wrongly, or under 95 % of the rules were found.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count, product
from multiprocessing import get_context
from typing import final

from benchmarks.processes.perform import true_calls
from benchmarks.processes.runs import NOW
from benchmarks.processes.score import Runnable, verdict
from benchmarks.processes.tools import Field, Kind, Rows, Tool, World
from benchmarks.processes.tree import (
    AtLeast,
    Block,
    Do,
    Each,
    Fixed,
    Fork,
    Guard,
    Halt,
    Held,
    Process,
    Said,
)
from benchmarks.processes.vocabulary import WORDS
from benchmarks.processes.wordings import random_values
from compiler.errors import Declined
from compiler.ir.run import JSON, Run, Workload
from compiler.pipeline import draft

FORMS = ("stop", "either", "option", "rows", "word")
COUNTS = (5, 8, 12, 16, 20, 30, 50, 100)
SHARES = {50: 5, 80: 2}
"""Of a hundred: from which digit on the coin falls on one side."""
RULE_RUNS = 30
UNSEEN = 20
WANTED = 0.95
COIN = "coin"
"""The name under which the coin lies in requests and rows; whoever records or runs does not see it."""
KINDS: tuple[Kind, ...] = ("flag", "word", "count", "amount")
FIELDS = 40


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One workload: where the choice stands, what decides, and how many runs show it."""

    form: str
    seed: int
    runs: int
    share: int | None
    """Of a coin; None for a rule."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a trial: the verdicts on its unseen runs; none where it was ``declined``."""

    trial: Trial
    verdicts: tuple[tuple[str, int], ...]
    declined: bool


def main() -> int:
    """Run the benchmark."""
    options = _arguments()
    cells = list(product(options.forms, SHARES, COUNTS))
    tosses = [
        Trial(form=form, seed=number, runs=runs, share=share)
        for number in range(options.workloads)
        for form, share, runs in (cells[number % len(cells)],)
    ]
    rules = [
        Trial(form=form, seed=number, runs=RULE_RUNS, share=None)
        for form in options.forms
        for number in range(options.rules)
    ]
    coins = list(_tried(tosses, options.jobs))
    explained = _print_coins(coins)
    found = _print_rules(list(_tried(rules, options.jobs)))
    return int(explained or not found)


def _tried(trials: Sequence[Trial], jobs: int) -> Iterator[Outcome]:
    if jobs == 1:
        yield from map(attempt, trials)
        return
    with get_context("spawn").Pool(jobs) as pool:
        yield from pool.imap(attempt, trials, chunksize=4)


# -------------------------------------------------------------------------------------------- one workload


def attempt(trial: Trial, compile_: Callable[[Workload], Runnable] = draft) -> Outcome:
    """Record runs of a trial's process, compile them, and run the harness on unseen requests."""
    process = choosing(trial)
    runs = _recorded(process, trial)
    tools = tuple(tool.schema() for tool in process.tools)
    try:
        harness = compile_(Workload(name="coin", runs=runs, tools=tools))
    except Declined:
        return Outcome(trial=trial, verdicts=(), declined=True)
    seen = Counter(_verdicts(process, harness, trial))
    return Outcome(trial=trial, verdicts=tuple(sorted(seen.items())), declined=False)


def choosing(trial: Trial) -> Process:
    """Make the process of a trial."""
    chance = random.Random(f"coin {trial.seed}")
    walks = trial.form == "rows"
    forty = tuple(_field(number, walks=walks) for number in range(FIELDS))
    coin = Field(name=COIN, kind="count")
    order_id = Field(name="order_id", kind="id", prefix="OR")
    record = (Field(name="email", kind="email"), Field(name="due", kind="date"), *forty)
    item = (Field(name="item_id", kind="id", prefix="IT"), *forty, coin)
    tools = (
        Tool(name="get_order", effect="read", takes=(order_id,), gives=record),
        Tool(name="list_items", effect="read", takes=(order_id,), rows=Rows(fields=item, least=1)),
        Tool(name="note", effect="write", takes=(Field(name="text", kind="email"),)),
        Tool(name="move", effect="write", takes=(order_id, Field(name="due", kind="date"))),
        Tool(name="close", effect="write", takes=(order_id,)),
        Tool(name="ship", effect="write", takes=(order_id, Field(name="mode", kind="word"))),
    )
    return Process(
        name="coin",
        level=0,
        seed=trial.seed,
        tools=tools,
        spare=(),
        fields=(order_id, coin),
        lists=(),
        unused=(),
        groups=(),
        wordings=(),
        body=_body(trial.form, _guard(trial, forty, chance)),
    )


def _field(number: int, *, walks: bool) -> Field:
    kind = KINDS[number % len(KINDS)]
    # No two rows of a list share an amount, so that these are drawn from enough of them in either case.
    words = WORDS[sorted(WORDS)[number % len(WORDS)]] if kind == "word" else ()
    return Field(name=f"{'row_' if walks else ''}{kind}_{number}", kind=kind, words=words)


def _guard(trial: Trial, forty: tuple[Field, ...], chance: random.Random) -> Guard:
    """The coin; or one threshold that halves the values of one of the forty fields."""
    walks = trial.form == "rows"
    if trial.share is not None:
        return AtLeast(Held("row", (COIN,)) if walks else Said(COIN), SHARES[trial.share])
    chosen = chance.choice([one for one in forty if one.kind in ("count", "amount")])
    term = Held("row" if walks else "order", (chosen.name,))
    return AtLeast(term, 5 if chosen.kind == "count" else 50.0 * chance.randint(8, 12))


def _body(form: str, guard: Guard) -> Block:
    """One choice, and what follows from it."""
    order_id = ("order_id", Said("order_id"))
    get = Do("order", "get_order", (order_id,))
    note = Do("noted", "note", (("text", Held("order", ("email",))),))
    move = Do("moved", "move", (order_id, ("due", Held("order", ("due",)))))
    close = Do("closed", "close", (("order_id", Held("row", ("item_id",))),))
    sea, air = (Do(mode, "ship", (order_id, ("mode", Fixed(mode)))) for mode in ("sea", "air"))
    bodies: dict[str, Block] = {
        "stop": (get, Halt(guard), note),
        "either": (get, Fork(((guard, (note,)),), (move,))),
        "option": (get, Fork(((guard, (note,)),)), move),
        "rows": (
            Do("rows", "list_items", (order_id,)),
            Each("row", Held("rows"), (Fork(((guard, (close,)),)),)),
        ),
        "word": (get, note, Fork(((guard, (sea,)),), (air,))),
    }
    return bodies[form]


def _recorded(process: Process, trial: Trial) -> tuple[Run, ...]:
    """Record the runs; drawn again until the choice fell both ways, for else there is none to be seen."""
    for number in count():
        runs = tuple(_run(process, f"{number} {place}") for place in range(trial.runs))
        if _falls_both_ways(runs, trial.form):
            return runs
    raise AssertionError


def _falls_both_ways(runs: Sequence[Run], form: str) -> bool:
    calls = [call for run in runs for call in run.calls]
    if form == "rows":
        rows = sum(len(call.result) for call in calls if isinstance(call.result, list))
        return 0 < sum(call.tool == "close" for call in calls) < rows
    if form == "word":
        return len({str(call.arguments["mode"]) for call in calls if call.tool == "ship"}) > 1
    return len({tuple(call.tool for call in run.calls) for run in runs}) > 1


def _run(process: Process, label: str) -> Run:
    chance = random.Random(f"coin {process.seed} {label}")
    values = random_values(process, chance)
    calls = tuple(replace(call, result=_unseen(call.result)) for call in true_calls(process, values))
    request: dict[str, JSON] = {"order_id": values["order_id"]}
    return Run(run_id=label, request=request, calls=calls, task_id=label, now=NOW, success=True)


def _unseen(result: JSON) -> JSON:
    """A result without the coin."""
    if isinstance(result, list):
        return [_unseen(row) for row in result]
    if isinstance(result, dict):
        return {name: held for name, held in result.items() if name != COIN}
    return result


def _verdicts(process: Process, harness: Runnable, trial: Trial) -> Iterator[str]:
    reads = frozenset(tool.name for tool in process.tools if tool.effect == "read")
    for number in range(UNSEEN):
        run = _run(process, f"unseen {trial.seed} {number}")
        world = World(process.seed, process.tools)
        result = harness.run(run.request, call=_blind(world), now=NOW)
        ended = result.outcome in ("done", "stopped")
        found = verdict(run, result, reads)
        # Past a coin there is no right and wrong: to have come so far is the fault.
        yield "past" if ended and trial.share is not None else found


def _blind(world: World) -> Callable[[str, dict[str, JSON]], JSON]:
    return lambda name, arguments: _unseen(world.call(name, arguments))


# ------------------------------------------------------------------------------------------------ the tables


def _print_coins(outcomes: Sequence[Outcome]) -> bool:
    """Print what became of the coins; whether one was explained."""
    print(f"{'coin':14}" + "".join(f"{runs:>12}" for runs in COUNTS))
    for form in dict.fromkeys(one.trial.form for one in outcomes):
        for share in SHARES:
            cells = [
                [o for o in outcomes if (o.trial.form, o.trial.share, o.trial.runs) == (form, share, runs)]
                for runs in COUNTS
            ]
            print(f"{form:8}{share:>3}%  " + "".join(f"{_cell(cell):>12}" for cell in cells))
    kinds = Counter(map(worst, outcomes))
    print(
        "explained/asked/deviated/declined of each; all: " + ", ".join(f"{n} {k}" for k, n in kinds.items())
    )
    return kinds["explained"] > 0


def _cell(outcomes: Iterable[Outcome]) -> str:
    kinds = Counter(map(worst, outcomes))
    return "/".join(str(kinds[kind]) for kind in ("explained", "asked", "deviated", "declined"))


def worst(one: Outcome) -> str:
    """The worst that became of a coin."""
    verdicts = dict(one.verdicts)
    if one.declined:
        return "declined"
    return next(
        kind
        for kind, names in (
            ("explained", ("past", "wrong")),
            ("asked", ("asked",)),
            ("deviated", ("deviated",)),
        )
        if any(name in verdicts for name in names)
    )


def _print_rules(outcomes: Sequence[Outcome]) -> bool:
    """Print how many rules were found; whether they were enough, and none wrong."""
    print(f"\n{f'rule, {RULE_RUNS} runs':14}{'found':>12}{'wrong':>12}{'asked':>12}{'declined':>12}")
    good = True
    for form in dict.fromkeys(one.trial.form for one in outcomes):
        here = [one for one in outcomes if one.trial.form == form]
        verdicts = [dict(one.verdicts) for one in here]
        wrong = sum("wrong" in seen for seen in verdicts)
        found = sum(seen.get("fits", 0) * 2 >= UNSEEN and "wrong" not in seen for seen in verdicts)
        asked = sum(seen.get("asked", 0) * 2 >= UNSEEN for seen in verdicts)
        declined = sum(one.declined for one in here)
        cells = (f"{found}/{len(here)}", wrong, asked, declined)
        print(f"{form:14}" + "".join(f"{cell:>12}" for cell in cells))
        good &= not wrong and found >= WANTED * len(here)
    return good


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.coin",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--workloads", type=int, default=2000, help="with a coin (default: 2000)")
    parser.add_argument("--rules", type=int, default=100, help="workloads of each form (default: 100)")
    parser.add_argument("--forms", nargs="*", default=FORMS, choices=FORMS, metavar="FORM")
    parser.add_argument("--jobs", type=int, default=2, help="processes (default: 2)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
