"""How soon a shift in the runs is told, and how often one is told that is none.

    python -m benchmarks.drift [--streams 100] [--quiet 100000] [--harness-streams 20] [--harness-quiet 10000]

First on bits: a stream of runs of which 5 % deviate, and from run 501 on 15 %. What is usual was counted on
so many runs before, which are drawn like the others: nobody tells the charts the true rate. river's ADWIN, if
it is there (`pip install river`), sees the same bits, those before included, with its default settings.

Then on a harness, compiled from 200 runs of an agent that closes orders, of which some 3 % do it otherwise,
in four ways. Each new run is replayed, and from run 101 on there is

    new arm         one order in six is lost, and only audited
    new write       whoever is notified is audited before
    schema change   a field of a result has another name
    dropped step    nobody is notified any more
    changed guard   delivered orders are cancelled, not returned

ADWIN gets the bit that a run shows any sign. ``named`` are the streams whose first finding is of the right
kind; ``onset`` is how far that of the first alarm is from the true one, in the median. The exit code is 1 if
usual runs alarm more than once in 10,000.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from importlib import import_module
from math import inf
from statistics import median
from typing import Any

from benchmarks.orders import close_order, renamed_field, with_call, without, workload
from compiler.evolve.drift import QUIET_RUNS, State, Usual, Watch
from compiler.evolve.findings import findings
from compiler.ir.observed import DEVIATION, NEW_TOOL, NEW_WAY, SCHEMA, VANISHED, Left, Observation
from compiler.ir.run import Call, Run
from compiler.pipeline import build
from compiler.prove.observe import Observer
from compiler.runtime import load_source

BEFORE, AFTER = 0.05, 0.15
ONSET, HARNESS_ONSET, COMPILED = 500, 100, 200
KNOWN = (100, 300, 1000, 10_000)
"""On how many runs what is usual was counted."""
GIVE_UP = 3000
LEFT = Left(verdict="deviated", at="", why="as usual", path=())
FITS, LEAVES = Observation(run="", tools=()), Observation(run="", tools=(), left=LEFT)
Detector = Callable[[bool], bool]
"""Takes one bit, and says whether there is an alarm now."""


def adwin() -> Detector | None:
    """Give river's ADWIN with its default settings; None where river is not there."""
    try:
        drift: Any = import_module("river.drift")
    except ImportError:
        return None
    detector = drift.ADWIN()

    def step(bit: bool) -> bool:  # noqa: FBT001
        detector.update(int(bit))
        return bool(detector.drift_detected)

    return step


def charts(known: Sequence[bool]) -> Detector:
    """Give the charts of ``tracec drift``, for which these runs are what is usual."""
    usual = {
        DEVIATION: Usual(hits=sum(known), total=len(known)),
        **{sign: Usual(hits=0, total=len(known)) for sign in (VANISHED, NEW_WAY, SCHEMA, NEW_TOOL)},
    }
    watch, state = Watch(usual, [LEFT.way]), State()

    def step(bit: bool) -> bool:  # noqa: FBT001
        nonlocal state
        state = replace(watch.look(state, (LEAVES if bit else FITS,)), recent=())
        if not state.alarms:
            return False
        state = State()
        return True

    return step


def primed(detector: Detector | None, known: Sequence[bool]) -> Detector | None:
    """Let ADWIN see the runs on which what is usual was counted."""
    for bit in known if detector is not None else ():
        detector(bit)  # type: ignore[misc]
    return detector


def delay(detector: Detector, bits: Iterator[bool], onset: int) -> float | None:
    """Count the runs from the onset to the first alarm, infinity for none; None for one before the onset."""
    for number, bit in enumerate(bits, 1):
        if detector(bit):
            return number - onset if number > onset else None
        if number > onset + GIVE_UP:
            break
    return inf


def draws(draw: random.Random, share: float, number: int) -> list[bool]:
    """Draw bits."""
    return [draw.random() < share for _ in range(number)]


def shifting(draw: random.Random) -> Iterator[bool]:
    """Draw the bits of a stream that shifts."""
    number = 0
    while True:
        number += 1
        yield draw.random() < (BEFORE if number <= ONSET else AFTER)


def told(delays: Sequence[float | None]) -> str:
    """Say what delays were, without the alarms before the onset; ``inf`` is no alarm at all."""
    late = [one for one in delays if one is not None]
    early = len(delays) - len(late)
    return f"median {median(late):4.0f}, most {max(late):4.0f}; {early:3d} of {len(delays)} alarmed before"


def on_bits(streams: int, quiet: int) -> float:
    """Print delays and false alarms on bits; give the most false alarms in 10,000 runs of the charts."""
    worst = 0.0
    print(f"deviations {BEFORE:.0%} -> {AFTER:.0%} at run {ONSET + 1}, {streams} streams; {quiet} quiet runs")
    for known in KNOWN:
        makers: list[tuple[str, Callable[[Sequence[bool]], Detector | None]]] = [
            ("charts", charts),
            ("ADWIN", lambda bits: primed(adwin(), bits)),
        ]
        for name, make in makers:
            delays = []
            for seed in range(streams):
                draw = random.Random(f"{known} {seed}")
                detector = make(draws(draw, BEFORE, known))
                if detector is None:
                    break
                delays.append(delay(detector, shifting(draw), ONSET))
            if not delays:
                print(f"  {name}: river is not installed")
                continue
            alarms = false_alarms(make, known, quiet)
            print(
                f"  {name:6} usual of {known:5} runs: {told(delays)}; {alarms:.2f} false in 10,000 quiet runs"
            )
            worst = max(worst, alarms) if name == "charts" else worst
    return worst


def false_alarms(make: Callable[[Sequence[bool]], Detector | None], known: int, quiet: int) -> float:
    """Count the alarms in streams of 10,000 quiet runs, each with what is usual drawn anew: their mean."""
    streams = max(1, quiet // QUIET_RUNS)
    alarms = 0
    for seed in range(streams):
        draw = random.Random(f"quiet {known} {seed}")
        detector = make(draws(draw, BEFORE, known))
        if detector is not None:
            alarms += sum(map(detector, draws(draw, BEFORE, QUIET_RUNS)))
    return alarms / streams


# --------------------------------------------------------------------------------------------- on a harness


def lost(run: Run) -> Run:
    """Make one order in six lost: it is audited, and nobody is notified."""
    number = int(run.run_id[-5:])
    if number % 6:
        return run
    get, *_ = close_order(number, "lost").calls
    audited = Call(tool="audit", arguments=dict(get.arguments), result={"ok": True})
    return replace(run, calls=(get, audited))


def cancels(run: Run) -> Run:
    """Make a run cancel an order that it would have returned."""
    return replace(
        run,
        calls=tuple(
            replace(call, tool="cancel_order") if call.tool == "return_order" else call for call in run.calls
        ),
    )


NOISE = (
    without("notify"),
    without("return_order"),
    with_call("audit", before="notify"),
    with_call("audit", before="cancel_order"),
)
"""What the agent does otherwise in some runs; some of them it does not change."""
EACH = 0.016
SHIFTS: tuple[tuple[str, Callable[[Run], Run], tuple[str, ...]], ...] = (
    ("new arm", lost, ("new variant",)),
    ("new write", with_call("audit", before="notify"), ("new variant",)),
    ("schema change", renamed_field("customer_id", "customer"), ("schema change",)),
    ("dropped step", without("notify"), ("vanished step",)),
    ("changed guard", cancels, ("changed guard",)),
)


def runs_of(draw: random.Random, first: int) -> Iterator[Run]:
    """Draw runs of the agent, with its noise."""
    number = first
    while True:
        run = close_order(number, draw.choice(("pending", "delivered", "cancelled")))
        noise = draw.random()
        yield NOISE[int(noise / EACH)](run) if noise < EACH * len(NOISE) else run
        number += 1


def on_harness(streams: int, quiet: int) -> float:
    """Print the same for runs that are replayed on a harness; give its false alarms in 10,000 quiet runs."""
    source = runs_of(random.Random("compiled"), 0)
    built = build(workload(next(source) for _ in range(COMPILED)), prove=False)
    harness = load_source("close_order", {name: built.files[name] for name in ("harness.py", "tools.py")})
    observer = Observer(harness, "", frozenset({"get_order"}))
    usual = _usual(built.files["evidence.json"])
    print(f"\na harness of {built.program.tasks} of {COMPILED} runs; usual deviations {usual[DEVIATION]}")
    watch = Watch(usual, json.loads(built.files["evidence.json"])["usual_ways"])
    for name, shift, kinds in SHIFTS:
        _one_shift(name, [_stream(observer, shift, seed) for seed in range(streams)], watch, kinds)
    draw = random.Random("quiet")
    bits = (observer.observe(run) for run in _some(runs_of(draw, COMPILED), quiet))
    alarms, state = 0, State()
    for seen in bits:
        state = watch.look(state, (seen,) if seen is not None else ())
        if state.alarms:
            alarms, state = alarms + len(state.alarms), State()
    rate = alarms * QUIET_RUNS / quiet
    print(f"  quiet         {alarms} alarms in {quiet} runs: {rate:.2f} in 10,000")
    return rate


def _usual(evidence: str) -> dict[str, Usual]:
    return {sign: Usual(hits=h, total=t) for sign, (h, t) in json.loads(evidence)["usual"].items()}


def _some(runs: Iterator[Run], number: int) -> Iterator[Run]:
    for _ in range(number):
        yield next(runs)


def _stream(observer: Observer, shift: Callable[[Run], Run], seed: int) -> list[Observation]:
    runs = runs_of(random.Random(seed), COMPILED)
    shifted = (
        run if n < HARNESS_ONSET else shift(run) for n, run in enumerate(_some(runs, 2 * HARNESS_ONSET))
    )
    return [seen for run in shifted if (seen := observer.observe(run)) is not None]


def _one_shift(name: str, streams: Iterable[list[Observation]], watch: Watch, kinds: tuple[str, ...]) -> None:
    delays, theirs, onsets, named = [], [], [], 0
    for stream in streams:
        state = State()
        for seen in stream:
            state = watch.look(state, (seen,))
            if state.alarms:
                break
        late = state.runs - HARNESS_ONSET
        delays.append(None if late <= 0 else late if state.alarms else inf)
        if state.alarms:
            onsets.append(abs(state.alarms[0].onset - 1 - HARNESS_ONSET))
        whole = watch.look(State(), stream)
        found = findings(whole, watch, {})
        named += bool(found) and found[0].kind in kinds
        detector = adwin()
        if detector is not None:
            theirs.append(delay(detector, (bool(seen.signs()) for seen in stream), HARNESS_ONSET))
    off = median(onsets or [0])
    print(f"  {name:13} {told(delays)}; named {named} of {len(delays)}; onset off by {off:.0f}")
    if theirs:
        print(f"  {'':13} {told(theirs)} (ADWIN)")


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, and say whether quiet runs are quiet."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--streams", type=int, default=100)
    parser.add_argument("--quiet", type=int, default=100_000)
    parser.add_argument("--harness-streams", type=int, default=20)
    parser.add_argument("--harness-quiet", type=int, default=10_000)
    given = parser.parse_args(arguments)
    bits = on_bits(given.streams, given.quiet)
    replayed = on_harness(given.harness_streams, given.harness_quiet)
    return 0 if max(bits, replayed) <= 1 else 1


if __name__ == "__main__":
    sys.exit(main())
