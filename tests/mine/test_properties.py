"""What must not change a program: the order of runs, the hash seed, and how things are called."""

from __future__ import annotations

import hashlib
import os
import random
import re
import subprocess
import sys
from dataclasses import fields, is_dataclass, replace
from pathlib import Path

import pytest

from compiler.errors import Declined
from compiler.ir.program import Program
from compiler.ir.run import JSON, Call, Run, Workload
from compiler.mine import mine
from compiler.mine.clean import mark_refusals
from tests.mine import chaos
from tests.mine.build import call, run, workload

SEEDS = range(250)


def outcome(given: Workload) -> str:
    """Show the program, or why there is none."""
    try:
        return repr(mine(mark_refusals(given)))
    except Declined as declined:
        return str(declined)


def digest() -> str:
    """Put the outcomes of all workloads into one short text."""
    shown = "\n".join(outcome(chaos.workload(seed)) for seed in SEEDS)
    return hashlib.sha256(shown.encode("utf-8", "surrogatepass")).hexdigest()


def test_the_order_of_runs_changes_nothing() -> None:
    for seed in SEEDS:
        given = chaos.workload(seed)
        runs = list(given.runs)
        random.Random(seed).shuffle(runs)
        assert outcome(replace(given, runs=tuple(runs))) == outcome(given), seed


@pytest.mark.parametrize("hash_seed", ["0", "1", "2"])
def test_the_hash_seed_changes_nothing(root: Path, hash_seed: str) -> None:
    code = "from tests.mine.test_properties import digest; print(digest())"
    shown = subprocess.run(
        [sys.executable, "-c", code],
        cwd=root,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout.strip() == digest()


# ----------------------------------------------------------------------------------------- metamorphic: names

ID = re.compile(r"\b([TOP])-(\d\d\d)\b")


def renamed(value: JSON) -> JSON:
    """Give every id another one of the same kind, one to one."""
    if isinstance(value, str):
        return ID.sub(lambda found: f"{found[1]}-{(int(found[2]) * 7 + 389) % 1000:03}", value)
    if isinstance(value, list):
        return [renamed(item) for item in value]
    if isinstance(value, dict):
        return {key: renamed(item) for key, item in value.items()}
    return value


def renamed_run(one: Run) -> Run:
    """Rename the ids of a run, in all that it says and was told."""

    def changed(made: Call) -> Call:
        arguments = {name: renamed(value) for name, value in made.arguments.items()}
        return replace(made, arguments=arguments, result=renamed(made.result))

    return replace(one, request=renamed(one.request), calls=tuple(map(changed, one.calls)))  # type: ignore[arg-type]


def bare(value: object) -> object:
    """Show a value without what quotes the runs: their ids, examples and samples."""
    if is_dataclass(value) and not isinstance(value, type):
        shown = [part.name for part in fields(value) if part.name not in ("runs", "examples", "samples")]
        return (type(value).__name__, *((name, bare(getattr(value, name))) for name in shown))
    return tuple(map(bare, value)) if isinstance(value, tuple) else value


def first_of_several(number: int) -> Run:
    rows: list[JSON] = [{"ticket_id": f"T-{number}{place}", "size": place} for place in range(2 + number % 2)]
    return run(
        f"Close the first ticket about lamps in order O-{number}0",
        call("tickets.find", rows, query=f"O-{number}0"),
        call("tickets.close", ticket_id=f"T-{number}0"),
        task=str(number),
    )


def all_of_several(number: int) -> Run:
    rows: list[JSON] = [{"ticket_id": f"T-{number}{place}"} for place in range(1 + number % 3)]
    return run(
        f"Close all tickets of order O-{number}0",
        call("tickets.find", rows, query=f"O-{number}0"),
        *(call("tickets.close", ticket_id=f"T-{number}{place}") for place in range(1 + number % 3)),
        task=str(number),
    )


def some_that_stop(number: int) -> Run:
    calls = [call("orders.get", {"paid": number % 3 == 0, "parcel": f"P-{number}1"}, order_id=f"O-{number}0")]
    calls += [call("parcels.send", order_id=f"P-{number}1", when="2031-03-12")] if number % 3 else []
    return run(f"Send the parcel of O-{number}0 today", *calls, task=str(number))


@pytest.mark.parametrize("make", [first_of_several, all_of_several, some_that_stop])
def test_what_ids_are_called_changes_nothing(make: object) -> None:
    assert callable(make)
    runs = [make(number) for number in range(10, 40)]
    programs: list[Program] = [mine(workload(*given)) for given in (runs, [renamed_run(one) for one in runs])]
    assert renamed_run(runs[0]) != runs[0]
    assert bare(programs[0]) == bare(programs[1])
