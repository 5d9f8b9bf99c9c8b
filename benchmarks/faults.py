"""Run the bundled workloads while everything around them fails, and look for what must never happen.

    python -m benchmarks.faults [--runs 10000] [--seed 0] [--rate 0.15] [--workload cancel_first_meeting ...]

Each run is made twice with the same answers to its questions: once with nothing going wrong, which says what
is to be written, and once with seeded faults. Tools fail before or after they did their work, do not answer
in time, answer with texts, with nothing, with no JSON, with fields left out, added or of another type. The
model refuses, fails, answers out of bounds or in another form. In every third run an agent takes over
that does all over again what was done. A fault never changes what a value says: nobody could notice that.

    twice      a write took effect more often than it is due
    foreign    a write took effect that is not due
    pretended  the run ended as done, and not all that is due took effect
    lost       the run ended in no outcome: an exception came out

All four must be 0; else the exit code is 1.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final, final

from compiler.pipeline import build
from compiler.read import read_workloads
from compiler.runtime import AlreadyIssued, Answer, Ask, Handover, Harness, RunResult, load_source
from compiler.runtime.ask import Model
from compiler.runtime.jsons import JSON
from traces.applicants import NOW as FORMS_NOW
from traces.applicants import Reader, applicants
from traces.demo import JOBS, NOW, OPEN, SETTLED
from traces.forms import Desk
from traces.office import Office

TRACES: Final = Path("traces")
FORMS: Final = "application_form"
OUTCOMES: Final = ("done", "stopped", "deviated", "handed_over")
Effect = tuple[str, str]
"""A write that took effect: the tool, and its arguments as text."""


class RateLimited(Exception):  # noqa: N818 - what providers call it
    """The model is asked too often."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A request of a workload, in a world of its own, with what answers its questions."""

    workload: str
    harness: Harness
    request: str | Mapping[str, JSON]
    world: Callable[[], Callable[[str, dict[str, JSON]], object]]
    model: Model
    now: datetime

    @property
    def writes(self) -> frozenset[str]:
        """The tools that change something."""
        return frozenset(tool.name for tool in self.harness.tools if tool.effect == "write")


@final
@dataclass(slots=True)
class Tools:
    """The tools of one run, which fail as ``chance`` says; none without."""

    call: Callable[[str, dict[str, JSON]], object]
    writes: frozenset[str]
    chance: random.Random | None = None
    rate: float = 0.0
    effects: Counter[Effect] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def __call__(self, name: str, arguments: dict[str, JSON]) -> object:
        """Call a tool, unless it fails first."""
        fault = self._fault()
        if fault in ("fails first", "is late first"):
            raise _error(fault)
        key = (name, json.dumps(arguments, sort_keys=True))
        result = self.call(name, arguments)
        if name in self.writes:
            self.effects[key] += 1
        if fault in ("fails after", "is late after"):
            raise _error(fault)
        return result if fault is None else self._spoilt(fault, json.loads(json.dumps(result)))

    def _fault(self) -> str | None:
        if self.chance is None or self.chance.random() >= self.rate:
            return None
        fault = self.chance.choice(FAULTS)
        self.faults.append(fault)
        return fault

    def _spoilt(self, fault: str, result: JSON) -> object:
        """Give a result in a shape that it never had."""
        assert self.chance is not None
        records = [record for record in _records(result) if _is_record(record)]
        match fault:
            case "nothing":
                return None
            case "another text":
                return "upstream connect error or disconnect/reset before headers"
            case "no JSON":
                return self.chance.choice([{1, 2}, float("nan"), object(), "\ud800", b"{}"])
            case "a field less" if records:
                record = self.chance.choice(records)
                del record[self.chance.choice(sorted(record))]
            case "a field more" if records:
                self.chance.choice(records)["x-trace"] = {"shard": 7}
            case "another type" if records:
                record = self.chance.choice(records)
                record[self.chance.choice(sorted(record))] = self.chance.choice(ODD)
            case _:
                return [result, result]
        return result


FAULTS: Final = (
    "fails first",
    "fails after",
    "is late first",
    "is late after",
    "nothing",
    "another text",
    "no JSON",
    "a field less",
    "a field more",
    "another type",
    "in a list",
)
ODD: Final[tuple[JSON, ...]] = ([], {}, [[1]], {"value": 1}, False)
STRAY: Final[Mapping[str, tuple[JSON, ...]]] = {
    "select": (None, 0, [-1], [0, 0], [10**9], ["0"], {"positions": [0]}),
    "choose": (None, -1, 10**9, "0", [0], True, 0.5),
    "classify": (None, -1, 10**9, "yes", [0], True, 0.5),
    "extract": (None, [], "none", 7, [{}]),
    "compose": (None, "", " ", 7, ["text"], "x" * 100_000),
}
"""Answers that no question of a kind allows."""


@final
@dataclass(slots=True)
class Faulty:
    """A model that fails as ``chance`` says, and else answers as another does."""

    model: Model
    chance: random.Random
    rate: float
    faults: list[str] = field(default_factory=list)

    def answer(self, ask: Ask) -> Answer:
        """Answer, or not."""
        if self.chance.random() >= self.rate:
            return self.model.answer(ask)
        if self.chance.random() < 1 / 3:
            self.faults.append("model fails")
            message = "too many requests"
            raise RateLimited(message)
        self.faults.append("model strays")
        return Answer(self.chance.choice(STRAY[ask.kind]))


@final
class Steady:
    """Answers within bounds, the same question always in the same way, whatever that means."""

    def answer(self, ask: Ask) -> Answer:
        """Answer one question."""
        chance = random.Random(f"{ask.question} {ask.facts!r} {ask.options!r}")
        match ask.kind:
            case "select":
                count = len(ask.options or ())
                return Answer([i for i in range(count) if chance.random() < 1 / 2])
            case "choose":
                return Answer(chance.randrange(max(1, len(ask.options or ()) - 1)))
            case "classify":
                return Answer(chance.randrange(min(2, len(ask.options or ()))))
            case "compose":
                return Answer("as agreed")
            case "extract":
                return Answer({})


def _error(fault: str) -> Exception:
    return TimeoutError("no answer") if "late" in fault else RuntimeError("503 service unavailable")


def _records(value: JSON) -> Iterator[dict[str, JSON]]:
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _records(inner)


def _is_record(value: dict[str, JSON]) -> bool:
    """Whether an object has fields, and is no table from days to numbers: an entry of that is data."""
    return len(value) > 1 and not all(isinstance(one, int | float) for one in value.values())


def again(handover: Handover) -> str:
    """An agent that does all over again what was done."""
    for called in handover.calls:
        try:
            handover.call(called.name, called.arguments)
        except AlreadyIssued:
            continue
    return "done again"


def cases(wanted: frozenset[str]) -> Iterator[Case]:
    """Compile the bundled workloads, and take the requests of their runs and of the demo."""
    for name in (*JOBS, FORMS):
        if wanted and name not in wanted:
            continue
        tools = TRACES / FORMS / "tools.json" if name == FORMS else TRACES / "tools.json"
        source = TRACES / name / "applicants.jsonl" if name == FORMS else TRACES / name
        (workload,) = read_workloads((str(source),), tools=str(tools))
        built = build(workload, prove=False)
        harness = load_source(built.program.name, built.files)
        if name == FORMS:
            for applicant in applicants():
                yield Case(
                    workload=name,
                    harness=harness,
                    request=applicant.request,
                    world=Desk,
                    model=Reader(applicant),
                    now=FORMS_NOW,
                )
            continue
        texts = {run.request for run in workload.runs} | {*SETTLED.get(name, ()), *OPEN.get(name, ())}
        for text in sorted(map(str, texts)):
            yield Case(workload=name, harness=harness, request=text, world=Office, model=Steady(), now=NOW)


@final
@dataclass(slots=True)
class Tally:
    """What became of the runs of a workload."""

    runs: int = 0
    faulted: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)


def run(case: Case, tools: Tools, model: Model, *, agent: bool) -> RunResult:
    """Run a case."""
    return case.harness.run(
        case.request, call=tools, model=model, now=case.now, agent=again if agent else None
    )


def try_case(case: Case, chance: random.Random, rate: float, tally: Tally) -> None:
    """Run a case with faults, and count what must not be."""
    clean = Tools(case.world(), case.writes)
    due = run(case, clean, case.model, agent=False)
    # A long run is to get beyond its first steps, too.
    rate *= 4 / max(4, len(due.calls) + len(due.asks))
    tools = Tools(case.world(), case.writes, chance, rate)
    model = Faulty(case.model, chance, rate)
    tally.runs += 1
    try:
        result = run(case, tools, model, agent=chance.random() < 1 / 3)
    except Exception as error:
        tally.found["lost"] += 1
        print(f"{case.workload}: lost: {error!r} on {case.request!r}", file=sys.stderr)
        return
    tally.outcomes[result.outcome] += 1
    tally.faulted += bool(tools.faults or model.faults)
    for what in verdicts(due, clean.effects, result, tools.effects):
        tally.found[what] += 1
        print(
            f"{case.workload}: {what} after {tools.faults + model.faults}: {result.outcome} on "
            f"{case.request!r}: {dict(tools.effects - clean.effects)}",
            file=sys.stderr,
        )


def verdicts(
    due: RunResult, clean: Counter[Effect], result: RunResult, effects: Counter[Effect]
) -> Iterator[str]:
    """Name what must not be in a run, given the same run without faults."""
    for effect, times in sorted((effects - clean).items()):
        yield "twice" if clean[effect] and times else "foreign"
    ended = result.outcome in ("done", "stopped")
    if ended and (due.outcome not in ("done", "stopped") or effects != clean):
        yield "pretended"
    if result.outcome not in OUTCOMES:
        yield "lost"


def main() -> int:
    """Print a row for each workload."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--rate", type=float, default=0.15, help="share of calls and answers that fail in a run of four"
    )
    parser.add_argument("--workload", nargs="*", default=())
    given = parser.parse_args()
    found = list(cases(frozenset(given.workload)))
    chance = random.Random(f"faults {given.seed}")
    tallies: dict[str, Tally] = {}
    for number in range(given.runs):
        case = found[number % len(found)]
        try_case(case, chance, given.rate, tallies.setdefault(case.workload, Tally()))
    return report(tallies)


def report(tallies: Mapping[str, Tally]) -> int:
    """Print what became of the runs; 1 if something must not be."""
    names: tuple[str, ...] = ("twice", "foreign", "pretended", "lost")
    heads = ("runs", "faulted", *OUTCOMES, *names)
    print(f"{'':32}{''.join(f'{head:>12}' for head in heads)}")
    sums: Counter[str] = Counter()
    for workload, tally in tallies.items():
        row: dict[str, Any] = {"runs": tally.runs, "faulted": tally.faulted} | tally.outcomes | tally.found
        sums.update(row)
        print(f"{workload:32}{''.join(f'{row.get(head, 0):12}' for head in heads)}")
    print(f"{'all':32}{''.join(f'{sums[head]:12}' for head in heads)}")
    return int(any(sums[name] for name in names))


if __name__ == "__main__":
    sys.exit(main())
