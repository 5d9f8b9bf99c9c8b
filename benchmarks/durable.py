"""Kill durable batches again and again, and count what is lost or repeated; measure what durability costs.

    python -m benchmarks.durable [--database sqlite postgres] [--kills N] [--runs N] [--seed N] [--key]
    python -m benchmarks.durable --speed [--runs N] [--concurrency N]

The harness is that of tests/operate: a read, a question, two writes. A process is killed (SIGKILL) either at
a seeded moment within a call, before or after its effect, or at a random time while it works, which is
mostly between two steps, or while it starts. What it did stands in a log that it appends to with fsync.
With PostgreSQL, three processes take the runs of a batch off one queue, and whichever is killed is started
again.

The exit code is 1 if a write was made twice, a run lost or in the results twice, or one reported as done that
was not.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from multiprocessing import get_context
from multiprocessing.context import ForkProcess
from pathlib import Path
from typing import final

from compiler.operate.batch import Batch, Stop, in_order
from compiler.operate.durable import Durable
from compiler.operate.world import World
from compiler.runtime import RunResult
from compiler.runtime.jsons import JSON
from tests.operate.postgres import cluster, programs
from tests.operate.shop import Shop, log_of, shop_harness, variables, write_shop
from tests.operate.shop import options as shop_options

MOMENTS_OF_A_RUN = 7
WORKERS = 3
CONCURRENCY = 4


@final
@dataclass(slots=True)
class Campaign:
    """What a number of batches came to."""

    kills: int = 0
    runs: int = 0
    done: int = 0
    in_doubt: int = 0
    other: int = 0
    asked_again: int = 0
    faults: list[str] = field(default_factory=list)

    def count(self, folder: Path, runs: int) -> None:
        """Hold the results of a batch against what was done."""
        results = [json.loads(line) for line in (folder / "out.jsonl").read_text().splitlines()]
        if [result["index"] for result in results] != list(range(runs)):
            self.faults.append(f"{folder}: {len(results)} results for {runs} runs, or not in order")
        log = log_of(folder / "log.jsonl")
        writes = Counter((entry["what"], entry["item"]) for entry in log if "shop." in entry["what"])
        self.faults += [f"{write} was made {times} times" for write, times in writes.items() if times > 1]
        asked = Counter(entry["item"] for entry in log if entry["what"] == "ask")
        self.asked_again += asked.total() - len(asked)
        self.runs += runs
        for result in results:
            self._count_run(result, writes)

    def _count_run(self, result: dict[str, object], writes: Counter[tuple[str, str]]) -> None:
        item = str(result["request"]).removeprefix("Buy ")
        made = (writes["shop.buy", item], writes["shop.tell", f"receipt for {item}"])
        if result["outcome"] == "done":
            self.done += 1
            if made != (1, 1):
                self.faults.append(f"{item} is reported as done, and made were {made}")
        elif "write in doubt" in str(result["deviation"]):
            self.in_doubt += 1
        else:
            self.other += 1
            self.faults.append(f"{item}: {result['deviation']}")


def prepare(folder: Path, runs: int) -> None:
    """Write the harness and the inputs of a batch."""
    write_shop(folder)
    (folder / "in.jsonl").write_text("".join(f'"Buy item{number}"\n' for number in range(runs)))


def start(folder: Path, options: list[object], die_at: int) -> ForkProcess:
    """Start a process that works on a batch. A fork, for importing takes longer than what is to be killed."""
    environment = variables(SHOP_LOG=folder / "log.jsonl", SHOP_DIE=die_at, SHOP_SLOW=0.002)
    process = get_context("fork").Process(target=work, args=(folder, options, environment))
    process.start()
    return process


def work(folder: Path, options: list[object], environment: dict[str, str]) -> None:
    """Be the process that works on a batch."""
    os.chdir(folder)
    os.environ.update(environment)
    with (folder / "said").open("ab") as said:
        for stream in (sys.stdout, sys.stderr):
            os.dup2(said.fileno(), stream.fileno())
    import_module("tests.operate.shop_process").tracec(*shop_options("--concurrency", CONCURRENCY, *options))


def kill_one_by_one(folder: Path, chance: random.Random, campaign: Campaign, options: list[object]) -> None:
    """Do a batch in SQLite with one process after the other, each of which is killed."""
    arguments = ["--inputs", "in.jsonl", "--durable", "--output", "out.jsonl", *options]
    while True:
        when = chance.choice(("in a call", "at work", "at work", "at its start"))
        before = len(log_of(folder / "log.jsonl"))
        die_at = chance.randint(1, 20 * MOMENTS_OF_A_RUN) if when == "in a call" else 0
        process = start(folder, arguments, die_at)
        if when == "at its start":
            process.join(chance.uniform(0, 1))
            process.kill()
        elif when == "at work":
            while process.is_alive() and len(log_of(folder / "log.jsonl")) == before:
                time.sleep(0.02)
            process.join(chance.uniform(0, 2))
            process.kill()
        process.join()
        if process.exitcode != -signal.SIGKILL:
            return
        campaign.kills += 1


def kill_among_others(folder: Path, chance: random.Random, campaign: Campaign, options: list[object]) -> None:
    """Do a batch in PostgreSQL with several processes, of which one or the other is killed."""
    feeding = ["--inputs", "in.jsonl", "--output", "out.jsonl", *options]
    helping = ["--worker", *options]

    def begin(number: int) -> ForkProcess:
        return start(folder, feeding if number == 0 else helping, 0)

    processes = [begin(number) for number in range(WORKERS)]
    try:
        while processes[0].is_alive():
            number = chance.randrange(WORKERS)
            processes[0].join(chance.uniform(0.5, 2))
            if processes[0].is_alive():
                processes[number].kill()
                processes[number].join()
                campaign.kills += 1
                processes[number] = begin(number)
    finally:
        for process in processes:
            process.kill()
            process.join()


@contextmanager
def database(kind: str) -> Iterator[str | None]:
    """Give the URL of a database of a kind; None for SQLite, where each batch has its own."""
    folder = programs()
    if kind == "sqlite":
        yield None
    elif folder is None:
        sys.exit("PostgreSQL is not installed")
    else:
        with cluster(folder) as url:
            yield url


def kill(kind: str, options: argparse.Namespace) -> bool:
    """Kill until that was done often enough; whether there was no fault."""
    for module in ("compiler.commands.run", "compiler.operate.engine", "compiler.runtime.records"):
        import_module(module)
    chance, campaign, batches = random.Random(options.seed), Campaign(), 0
    key: list[object] = ["--idempotency-key", "key"] if options.key else []
    began = time.monotonic()
    with database(kind) as url:
        while campaign.kills < options.kills:
            batches += 1
            with tempfile.TemporaryDirectory() as name:
                folder = Path(name)
                prepare(folder, options.runs)
                if url is None:
                    kill_one_by_one(folder, chance, campaign, key)
                else:
                    shared: list[object] = ["--durable", url, "--batch", f"b{batches}", *key]
                    kill_among_others(folder, chance, campaign, shared)
                campaign.count(folder, options.runs)
            print(
                f"{kind}{' with keys' if options.key else ''}: {campaign.kills} kills in {batches} batches "
                f"of {options.runs} runs ({time.monotonic() - began:.0f} s): {campaign.done} done, "
                f"{campaign.in_doubt} in doubt, {campaign.other} other; {campaign.asked_again} questions "
                f"were asked again, as the answer went with the process; {len(campaign.faults)} faults",
                flush=True,
            )
    for fault in campaign.faults[:20]:
        print(f"  {fault}")
    return not campaign.faults


class Forgetful(Shop):
    """A shop that keeps nothing of what was done."""

    def call(self, name: str, arguments: dict[str, JSON]) -> object:
        """Do it."""
        for kept in (self.writes, self.reads, self.asked):
            kept.clear()
        return super().call(name, arguments)


def speed(runs: int, concurrency: int) -> None:
    """Measure runs a second, and memory, without durability and with it."""
    shop = Forgetful()
    world = World(call=shop.call, model=shop, now=datetime(2026, 3, 31))
    harness = shop_harness()

    def execute(number: int) -> RunResult:
        return harness.run(f"Buy item{number}", call=shop.call, model=shop, now=world.now)

    timed("not durable", runs, in_order(execute, range(runs), concurrency))
    for kind in ("sqlite", "postgres"):
        with database(kind) as url, tempfile.TemporaryDirectory() as folder:
            batch = Batch(name="speed", digest="0" * 16, concurrency=concurrency)
            for verb in ("run", "read again"):
                with Durable(harness, world, batch, url or f"{folder}/runs.sqlite") as durable:
                    requests = ((number, f"Buy item{number}") for number in range(runs))
                    timed(f"{kind}, {verb}", runs, durable.runs(requests, Stop()))


def timed(what: str, runs: int, results: Iterator[object]) -> None:
    """Go through results, and print what that took."""
    began, least = time.monotonic(), 0
    for number, _ in enumerate(results):
        if number == runs // 10:
            least = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seconds = time.monotonic() - began
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - least) / 1024
    print(
        f"{what}: {runs} runs in {seconds:.1f} s, {1000 * seconds / runs:.2f} ms each; "
        f"peak memory grew by {grown:.1f} MB after the first tenth"
    )


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description="Kill durable batches, or measure what durability costs.")
    parser.add_argument("--database", nargs="+", choices=("sqlite", "postgres"), default=["sqlite"])
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--runs", type=int, default=100, help="of a batch")
    parser.add_argument("--concurrency", type=int, default=4, help="with --speed")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--key", action="store_true", help="the tools take idempotency keys")
    parser.add_argument("--speed", action="store_true")
    options = parser.parse_args()
    if options.speed:
        speed(options.runs, options.concurrency)
        return 0
    clean = [kill(kind, options) for kind in options.database]
    return 0 if all(clean) else 1


if __name__ == "__main__":
    sys.exit(main())
