"""Measure what a question costs as a run grows: by its call tree, and by a transcript of all that happened.

    python -m benchmarks.context [--steps 10 30 100 300 1000] [--depths 1 2 3 4] [--plot docs/context]

The workload is invented: a desk looks at each of its tickets, in folders inside folders, and escalates those
that somebody finds urgent, which no rule explains. It is compiled from forty small runs. The harness is then
run on requests with many more tickets (its limits are lifted for that), and each prompt is counted as the
runtime writes it, with the tokens of o200k. Beside it stands an agent that reads the transcript, as agents
do: before each decision it has read the request, and every call with its result so far. No model is asked.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

from benchmarks.tokens import counter, prompt_of
from compiler.ir.run import JSON, Call, Run, ToolSchema, Workload
from compiler.pipeline import build
from compiler.runtime import Answer, Ask, Harness, Limits, load_source

RUNS = 40
LETTERS = (
    "The lamp that came on Monday does not work, and the shop says that it was fine when it left.",
    "I would like to know when my order arrives; the page has shown the same place for days.",
    "Somebody took money from my card twice for one chair. Please look into it before the weekend.",
    "Thank you for the quick help last week. The table is very good, and so is the paint.",
)
WIDTH = 2
"""Entries of every folder that holds folders."""


@final
class Desk:
    """A tree of folders with tickets at its leaves; its tools, and what was called so far."""

    def __init__(self, seed: int, depth: int, tickets: int) -> None:
        self.chance = random.Random(f"desk {seed} {depth} {tickets}")
        self.depth = depth
        self.calls: list[Call] = []
        self.rows: dict[str, list[JSON]] = {}
        self.letters: dict[str, JSON] = {}
        self.root = self._grow(0, tickets)

    def _grow(self, level: int, tickets: int) -> str:
        name = f"F{level}-{self.chance.randrange(16**6):06x}"
        if level + 1 < self.depth:
            shares = [tickets // WIDTH + (i < tickets % WIDTH) for i in range(WIDTH)]
            held = [self._grow(level + 1, share) for share in shares]
            self.rows[name] = [{"folder_id": one, "title": f"part {one}"} for one in held]
            return name
        ids = [f"T-{self.chance.randrange(16**6):06x}" for _ in range(tickets)]
        self.rows[name] = [{"ticket_id": one, "customer": f"C-{one[2:]}"} for one in ids]
        self.letters |= {one: {"ticket_id": one, "letter": self.chance.choice(LETTERS)} for one in ids}
        return name

    def call(self, name: str, arguments: dict[str, JSON]) -> JSON:
        """Answer one call of a tool, and keep it."""
        if name.startswith("list_level_"):
            result: JSON = list(self.rows[str(arguments["folder_id"])])
        else:
            result = self.letters[str(arguments["ticket_id"])] if name == "get_ticket" else "escalated"
        self.calls.append(Call(tool=name, arguments=arguments, result=result, decode="json"))
        return result

    def work(self) -> None:
        """Do what the recorded agent did: look at everything, and escalate by a coin."""
        self._walk(0, self.root)

    def _walk(self, level: int, folder: str) -> None:
        for row in self.call(f"list_level_{level}", {"folder_id": folder}):  # type: ignore[union-attr]
            assert isinstance(row, dict)
            if level + 1 < self.depth:
                self._walk(level + 1, str(row["folder_id"]))
                continue
            self.call("get_ticket", {"ticket_id": row["ticket_id"]})
            if self.chance.random() < 1 / 2:
                self.call("escalate", {"ticket_id": row["ticket_id"]})


@final
class Counted:
    """Answers yes or no by a coin, and counts what either reader would have read for it."""

    def __init__(self, desk: Desk, count: Callable[[str], int]) -> None:
        self.desk, self.count = desk, count
        self.coin = random.Random(desk.root)
        self.harness: list[int] = []
        self.transcript: list[int] = []
        self._read = 0
        self._told = count(desk.root)

    def answer(self, ask: Ask) -> Answer:
        """Answer one question."""
        for call in self.desk.calls[self._read :]:
            self._told += self.count(json.dumps([call.tool, call.arguments, call.result]))
        self._read = len(self.desk.calls)
        self.harness.append(self.count(prompt_of(ask)))
        self.transcript.append(self._told + self.count(ask.text))
        return Answer(self.coin.randrange(2))


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """What the last question of a run cost, and the mean of all."""

    depth: int
    steps: int
    questions: int
    last: int
    mean: float
    transcript_last: int
    transcript_mean: float


def compiled(depth: int) -> Harness:
    """Compile the desk of one depth from small runs, and lift the limits of the harness."""
    runs = []
    for seed in range(RUNS):
        desk = Desk(seed, depth, 2 + seed % 4 + 2**depth)
        desk.work()
        runs.append(
            Run(run_id=f"run-{seed}", request={"folder_id": desk.root}, calls=tuple(desk.calls), success=True)
        )
    reads = [f"list_level_{level}" for level in range(depth)] + ["get_ticket"]
    tools = (*(ToolSchema(name=name, effect="read") for name in reads), ToolSchema(name="escalate"))
    built = build(Workload(name=f"desk-{depth}", runs=tuple(runs), tools=tools), prove=False)
    harness = load_source(built.program.name, built.files)
    harness.limits = Limits(tool_calls=10**6, questions=10**6)
    return harness


def measure(depth: int, steps: int, harness: Harness, count: Callable[[str], int]) -> Point:
    """Run a harness on a desk that takes about so many steps."""
    # A ticket takes its look, and half of them a change.
    desk = Desk(-1, depth, max(2**depth, steps * 2 // 3))
    model = Counted(desk, count)
    result = harness.run({"folder_id": desk.root}, call=desk.call, model=model)
    if result.outcome != "done":
        message = f"the harness of depth {depth} {result.outcome}: {result.deviation}"
        raise RuntimeError(message)
    return Point(
        depth=depth,
        steps=len(result.calls),
        questions=len(model.harness),
        last=model.harness[-1],
        mean=sum(model.harness) / len(model.harness),
        transcript_last=model.transcript[-1],
        transcript_mean=sum(model.transcript) / len(model.transcript),
    )


def plot(path: Path, growing: Sequence[Point], deepening: Sequence[Point]) -> None:
    """Draw both as PNG and SVG; needs matplotlib."""
    import matplotlib as mpl

    mpl.use("Agg")
    # Without a date, and with ids that do not change, so that an equal picture is an equal file.
    mpl.rcParams["svg.hashsalt"] = "tracec"
    from matplotlib import pyplot

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(10, 4), layout="constrained")
    _curves(left, [p.steps for p in growing], growing, f"steps of a run, at depth {growing[0].depth}")
    left.set(xscale="log", yscale="log")
    _curves(right, [p.depth for p in deepening], deepening, f"depth, at about {deepening[0].steps} steps")
    right.set(yscale="log", xticks=[p.depth for p in deepening])
    figure.suptitle("Prompt tokens of the last question of a run")
    figure.savefig(path.with_suffix(".png"), dpi=150, metadata={"Software": None})
    figure.savefig(path.with_suffix(".svg"), metadata={"Date": None})


def _curves(axes: Any, places: list[int], points: Sequence[Point], label: str) -> None:
    axes.plot(places, [p.transcript_last for p in points], marker="o", label="reads the transcript")
    axes.plot(places, [p.last for p in points], marker="s", label="harness: reads its branch")
    axes.set(xlabel=label, ylabel="tokens", ylim=(50, 2 * max(p.transcript_last for p in points)))
    axes.grid(visible=True, alpha=0.3)
    axes.legend()


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--steps", type=int, nargs="+", default=[10, 30, 100, 300, 1000])
    parser.add_argument("--depths", type=int, nargs="+", default=[1, 2, 3, 4])
    parser.add_argument("--plot", type=Path, help="write PATH.png and PATH.svg")
    given = parser.parse_args()
    count = counter()
    harnesses = {depth: compiled(depth) for depth in sorted({2, *given.depths})}
    growing = [measure(2, steps, harnesses[2], count) for steps in given.steps]
    deepening = [measure(depth, 100, harnesses[depth], count) for depth in given.depths]
    print("depth  steps  questions   harness: mean   last   transcript: mean     last")
    for p in (*growing, *deepening):
        print(
            f"{p.depth:5} {p.steps:6} {p.questions:10} {p.mean:15.0f} {p.last:6} {p.transcript_mean:18.0f} "
            f"{p.transcript_last:8}"
        )
    if given.plot:
        plot(given.plot, growing, deepening)


if __name__ == "__main__":
    main()
