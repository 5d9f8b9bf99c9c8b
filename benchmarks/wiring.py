"""Measure the share of arguments that programs wire, on runs that they were not learnt from.

    python -m benchmarks.wiring [--corpus DIR] [--family wb-calendar-00 ...] [--causes 12]

For each workload and each of its tasks: compile from the runs of all other tasks, and run the harness on each
successful run of the task, with the run's own calls as the tools: whatever the harness calls with, it gets
the result that the run got there, so that one wrong argument does not spoil the next. Every argument that
the run gave is compared with what the harness gave in its place:

    equal      the same value, and no question behind it
    read       the same value; the request's wording is new, so that a question had to read its fields
    case       the same but for upper and lower case, whatever was asked
    another    of a read: the value that another right run of the task gave there
    different  another value, or none, or an argument that the run left out
    asked      the value hangs on another question that was asked
    deviated   the harness had left the known paths before

Questions are answered from the run. Runs that take another route than the program are counted, and left
aside, as are tasks without a program. What is wired is ``equal`` or ``read``: an expression was learnt, and
it holds. Runs of one task may differ in what they look up, and all be right: see the writes by themselves.

First stands what compiling from all runs settles: of the arguments of the successful runs on the programs'
routes, those that are wired, those of which rivals are compared or the only row is taken, with a question
should they differ or should there be more, and those that a question gives.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, final

from benchmarks.corpus import Corpus
from benchmarks.workbench import DEFAULT_CORPUS
from compiler.emit import emit_harness
from compiler.errors import Declined
from compiler.ir.dump_expr import dump_expr
from compiler.ir.expr import Const, Each, Expr, Now, Pick, Ref, RequestField
from compiler.ir.program import Ask, CallTool, ForEach, Let, Only, Program
from compiler.ir.run import JSON, Workload
from compiler.ir.words import nodes_of
from compiler.mine import mine
from compiler.mine.clean import Episode, Step, canonical, clean_runs, mark_refusals
from compiler.mine.exprs import walk_expr
from compiler.prove.oracle import Hints
from compiler.prove.replay import UNDATED
from compiler.prove.search import Scripted, attempts
from compiler.runtime import Harness, load_source

WIRED: Final = 0.95
VERDICTS: Final = ("equal", "read", "case", "another", "different", "asked", "deviated")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One argument of one call of one run, and what became of it."""

    verdict: str
    kind: str
    effect: str
    place: str
    run: str
    wanted: JSON
    given: JSON = None


@final
@dataclass(slots=True, kw_only=True)
class Tally:
    """What was measured of some workloads."""

    leaves: list[Leaf] = field(default_factory=list)
    runs: Counter[str] = field(default_factory=Counter)
    settled: Counter[str] = field(default_factory=Counter)
    """How the arguments of the runs on compiled routes are settled."""
    open: Counter[str] = field(default_factory=Counter)
    """Those of them that are not wired, by their place."""


RANKS: Final = {verdict: rank for rank, verdict in enumerate(VERDICTS)}
BUDGET: Final = 12
"""Combinations of answers to try."""


class OffRouteError(Exception):
    """The harness makes a call for which the run has none."""


# ---------------------------------------------------------------------------------------- what hangs on what


@final
class Sources:
    """Of what kind each argument of a program is, and on which questions it hangs."""

    def __init__(self, program: Program) -> None:
        binding = (
            node for node in nodes_of(program.body) if isinstance(node, CallTool | Let | Only | Ask | ForEach)
        )
        self._nodes = {node.id: node for node in binding}
        self._fields = {one.name: one.kind for one in program.request.fields}
        self.reader = program.request.question
        """The question for a request whose wording is new."""

    def questions(self, expr: Expr) -> frozenset[str]:
        """Name the questions that may have been asked for a value."""
        found: set[str] = set()
        for part in walk_expr(expr):
            if isinstance(part, RequestField) and self.reader is not None:
                found.add(self.reader)
            node = self._nodes.get(part.id) if isinstance(part, Ref) else None
            match node:
                case Ask(question=question, options=options):
                    found |= {question, *(self.questions(options) if options is not None else ())}
                case Let(question=question, rivals=rivals):
                    found |= {question} if question is not None else set()
                    found.update(*map(self.questions, rivals))
                case Only(question=question, rows=rows):
                    found |= {question, *self.questions(rows)}
                case ForEach(rows=rows):
                    found |= self.questions(rows)
                case _:
                    pass
        return frozenset(found)

    def settled(self, expr: Expr | None) -> str:
        """Say how a value is settled: wired, by comparing, by a question, or not at all."""
        if expr is None:
            return "left out"
        nodes = (self._nodes.get(part.id) for part in walk_expr(expr) if isinstance(part, Ref))
        found = {how for node in nodes for how in self._settled_by(node)}
        return next((how for how in ("question", "compared") if how in found), "wired")

    def _settled_by(self, node: object) -> tuple[str, ...]:
        match node:
            case Ask(options=rows, if_many=True) | Only(rows=rows) if rows is not None:
                return ("compared", self.settled(rows))
            case Ask():
                return ("question",)
            case Let(rivals=rivals):
                return (*map(self.settled, rivals), *(("compared",) if len(rivals) > 1 else ()))
            case ForEach(rows=rows):
                return (self.settled(rows),)
            case _:
                return ()

    def kind(self, expr: Expr) -> str:
        """Say of what kind a value is, by its most telling part."""
        parts = tuple(walk_expr(expr))
        fields = [self._fields.get(part.name, "json") for part in parts if isinstance(part, RequestField)]
        if fields:
            return f"request, {fields[0]}"
        if isinstance(expr, Const):
            return "constant"
        if any(isinstance(part, Now) for part in parts):
            return "date from now"
        nodes = {type(self._nodes.get(part.id)) for part in parts if isinstance(part, Ref)}
        kinds = {Ask: "question", ForEach: "row of a loop", Let: "row of a result", Only: "row of a result"}
        named = next((kind for node, kind in kinds.items() if node in nodes), "result")
        picked = any(isinstance(part, Pick | Each) for part in parts)
        return "row of a result" if named == "result" and picked else named


# ------------------------------------------------------------------------------------------- one run


def aligned(program: Program, steps: tuple[Step, ...]) -> dict[str, tuple[Step, ...]] | None:
    """The calls of a run by the node that stands for them; None where the run takes another route."""
    found: dict[str, tuple[Step, ...]] = {}
    at = 0
    looped = {
        node.id: inner.id
        for node in nodes_of(program.body)
        if isinstance(node, ForEach)
        for inner in node.body
        if isinstance(inner, CallTool)
    }
    for node in nodes_of(program.body):
        if not isinstance(node, CallTool):
            continue
        tools = node.alternatives or (node.tool,)
        start = next((n for n in range(at, len(steps)) if steps[n].tool in tools), None)
        if start is None:
            break
        if any(step.effect == "write" for step in steps[at:start]):
            return None
        end = start + 1
        while node.id in looped.values() and end < len(steps) and steps[end].tool in tools:
            end += 1
        found[node.id] = steps[start:end]
        at = end
    return None if any(step.effect == "write" for step in steps[at:]) or not found else found


@final
class Playback:
    """The calls of one run as the tools of a harness; compares what it is called with."""

    def __init__(self, program: Program, calls: dict[str, tuple[Step, ...]], run: str) -> None:
        self.left = {id_: list(steps) for id_, steps in calls.items()}
        self.nodes = [node for node in nodes_of(program.body) if isinstance(node, CallTool)]
        self.run = run
        self.made: list[tuple[CallTool, Step, dict[str, JSON]]] = []

    def call(self, tool: str, arguments: dict[str, JSON]) -> JSON:
        """Answer a call as the run was answered in its place."""
        given: dict[str, JSON] = {key: value for key, value in arguments.items() if value not in (None, "")}
        for node in self.nodes:
            steps = self.left.get(node.id)
            if not steps or tool not in (node.alternatives or (node.tool,)):
                continue
            same = (n for n, step in enumerate(steps) if canonical(step.arguments) == canonical(given))
            step = steps.pop(next(same, 0))
            self.made.append((node, step, given | ({"(tool)": tool} if node.selector is not None else {})))
            return step.result
        raise OffRouteError(f"{tool} is no call of the run")


def leaves_of(
    program: Program, harness: Harness, episode: Episode, reads: frozenset[str]
) -> tuple[Leaf, ...] | None:
    """Compare every argument of a run; None where it takes another route than the program.

    Of the answers that the run suggests those count that come nearest to it: the program is measured here.
    """
    run = episode.run
    calls = aligned(program, episode.steps)
    if calls is None:
        return None
    now = run.now or UNDATED

    def attempt(model: Scripted) -> tuple[Leaf, ...]:
        playback = Playback(program, calls, run.run_id)
        result = harness.run(run.request, call=playback.call, model=model, now=now)
        return tuple(_compared(program, playback, frozenset(ask.question for ask, _ in result.asks)))

    tried = [one.result for one in attempts(attempt, Hints((run,), reads, now), BUDGET)]
    return min(tried, key=lambda leaves: sum(RANKS[leaf.verdict] for leaf in leaves))


def _compared(program: Program, playback: Playback, asked: frozenset[str]) -> Iterator[Leaf]:
    sources = Sources(program)
    for node, step, given in playback.made:
        exprs = dict(node.arguments) | ({"(tool)": node.selector} if node.selector is not None else {})
        wanted = step.arguments | ({"(tool)": step.tool} if node.selector is not None else {})
        for name in sorted(wanted.keys() | given.keys()):
            expr = exprs.get(name)
            hangs = asked & sources.questions(expr) if expr is not None else frozenset()
            yield Leaf(
                verdict=_verdict(wanted.get(name), given.get(name), hangs, sources.reader),
                kind="left out" if expr is None else sources.kind(expr),
                effect=node.effect,
                place=f"{node.tool}.{name} = {'nothing' if expr is None else dump_expr(expr)}",
                run=playback.run,
                wanted=wanted.get(name),
                given=given.get(name),
            )
    for id_, steps in playback.left.items():
        node = next(one for one in playback.nodes if one.id == id_)
        for step in steps:
            for name, value in step.arguments.items():
                expr = dict(node.arguments).get(name)
                kind = "left out" if expr is None else sources.kind(expr)
                place = f"{node.tool}.{name}"
                yield Leaf(
                    verdict="deviated",
                    kind=kind,
                    effect=node.effect,
                    place=place,
                    run=playback.run,
                    wanted=value,
                )


def _verdict(wanted: JSON, given: JSON, asked: frozenset[str], reader: str | None) -> str:
    if asked - {reader}:
        return "asked"
    if canonical(wanted) == canonical(given):
        return "read" if asked else "equal"
    return "case" if canonical(wanted).casefold() == canonical(given).casefold() else "different"


# ------------------------------------------------------------------------------------- all of a corpus


def count_settled(workload: Workload, episodes: tuple[Episode, ...], tally: Tally) -> None:
    """Compile from all runs, and count how the arguments of those on the program's route are settled."""
    try:
        program = mine(workload)
    except Declined:
        return
    sources = Sources(program)
    nodes = {node.id: node for node in nodes_of(program.body) if isinstance(node, CallTool)}
    for episode in episodes:
        for id_, steps in (aligned(program, episode.steps) or {}).items():
            exprs = dict(nodes[id_].arguments)
            for name in (name for step in steps for name in step.arguments):
                how = sources.settled(exprs.get(name))
                tally.settled[how] += 1
                if how in ("question", "left out"):
                    tally.open[f"{how:10}{nodes[id_].tool}.{name} of {workload.name}"] += 1


def _beside(leaf: Leaf, others: tuple[Episode, ...]) -> Leaf:
    """The leaf, told apart where another right run of the task gave what the harness gave."""
    tool, _, name = leaf.place.partition(" = ")[0].rpartition(".")
    given = {
        canonical(step.arguments.get(name))
        for other in others
        if other.run.run_id != leaf.run
        for step in other.steps
        if step.tool == tool
    }
    known = leaf.verdict == "different" and leaf.effect == "read" and canonical(leaf.given) in given
    return replace(leaf, verdict="another") if known else leaf


def measure(workload: Workload, tally: Tally) -> None:
    """Leave each task of a workload out in turn."""
    workload = mark_refusals(workload)
    episodes = clean_runs(workload.runs, workload.tools)
    count_settled(workload, episodes, tally)
    reads = frozenset(tool.name for tool in workload.tools if tool.effect == "read")
    for task in sorted({episode.run.task for episode in episodes}):
        rest = replace(workload, runs=tuple(run for run in workload.runs if run.task != task))
        own = [episode for episode in episodes if episode.run.task == task]
        try:
            program = mine(rest)
        except Declined:
            tally.runs["no program"] += len(own)
            continue
        files = emit_harness(program, source_label=workload.name, format=False)
        harness = load_source(program.name, files)
        for episode in own:
            found = leaves_of(program, harness, episode, reads)
            tally.runs["another route" if found is None else "compared"] += 1
            tally.leaves.extend(_beside(leaf, tuple(own)) for leaf in found or ())


def _print_settled(tally: Tally, most: int) -> None:
    total = max(tally.settled.total(), 1)
    print(f"{total} arguments of successful runs on compiled routes: ", end="")
    print(", ".join(f"{count} {how} ({count / total:.1%})" for how, count in tally.settled.most_common()))
    for place, count in sorted(tally.open.items(), key=lambda item: (-item[1], item[0]))[:most]:
        print(f"{count:>4} {place}")


def _print(tally: Tally) -> float:
    print("runs: " + ", ".join(f"{count} {what}" for what, count in sorted(tally.runs.items())))
    print(f"{'kind':20}" + "".join(f"{verdict:>10}" for verdict in VERDICTS) + f"{'share':>10}")
    kinds: dict[str, Counter[str]] = {}
    for leaf in tally.leaves:
        kinds.setdefault(leaf.kind, Counter())[leaf.verdict] += 1
    rows = sorted(kinds.items(), key=lambda item: (-item[1].total(), item[0]))
    for effect in ("read", "write"):
        rows.append((f"all of {effect}s", Counter(o.verdict for o in tally.leaves if o.effect == effect)))
    total = Counter(leaf.verdict for leaf in tally.leaves)
    for kind, row in [*rows, ("all", total)]:
        cells = "".join(f"{row[verdict]:>10}" for verdict in VERDICTS)
        print(f"{kind:20}{cells}{_share(row):>10.1%}")
    return _share(total)


def _share(row: Counter[str]) -> float:
    """The share that is wired."""
    return (row["equal"] + row["read"]) / max(row.total(), 1)


def _print_causes(tally: Tally, most: int) -> None:
    """Print what most of the arguments that are not equal have in common."""
    causes = Counter(
        (leaf.verdict, leaf.place) for leaf in tally.leaves if leaf.verdict not in ("equal", "read")
    )
    examples: dict[tuple[str, str], Leaf] = {}
    for leaf in tally.leaves:
        examples.setdefault((leaf.verdict, leaf.place), leaf)
    for cause, count in sorted(causes.items(), key=lambda item: (-item[1], item[0]))[:most]:
        one = examples[cause]
        print(f"{count:>4} {cause[0]:10}{cause[1]}")
        print(f"       {one.run}: {one.given!r:.60}, the run has {one.wanted!r:.60}")


def main() -> int:
    """Measure all workloads, and print by kind of expression."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.wiring",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--corpus", type=Path, default=DEFAULT_CORPUS, metavar="DIR")
    parser.add_argument("--family", nargs="*", default=[], metavar="NAME", help="only these workloads")
    parser.add_argument("--causes", type=int, default=12, help="causes to print (default: 12)")
    options: Any = parser.parse_args()
    corpus, tally = Corpus(options.corpus), Tally()
    for family in sorted(options.family or corpus.families):
        measure(corpus.workload(family), tally)
    _print_settled(tally, options.causes)
    share = _print(tally)
    _print_causes(tally, options.causes)
    return int(share < WIRED)


if __name__ == "__main__":
    sys.exit(main())
