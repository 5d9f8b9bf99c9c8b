"""Replay on a harness of the real runtime: retries, limits and strict records included."""

from __future__ import annotations

import pytest

from compiler.ir.run import JSON, Run
from compiler.prove.replay import replay_task
from compiler.runtime import Harness, load_source
from tests.prove.fakes import failed, ok, run

TOOLS = '''
from typing import Protocol

from compiler.runtime import Record, tool


class Parcel(Record):
    parcel_id: str
    owner: str


class Tools(Protocol):
    @tool("parcels.find", effect="read")
    def parcels_find(self, *, owner: str = ...) -> tuple[Parcel, ...]:
        """Find parcels."""
        ...

    @tool("parcels.return", effect="write")
    def parcels_return(self, *, parcel_id: str = ...) -> str:
        """Return a parcel."""
        ...
'''
HARNESS = '''
from compiler.runtime import Limits, Question, Retry, Run, harness

from .tools import Tools

PARCEL = Question("Which parcel goes back?")


@harness(limits=Limits(tool_calls=2, questions=1), retry=Retry(attempts=3))
def return_parcel(run: Run[Tools], text: str) -> None:
    """Return the parcel that the request means."""
    parcels = run.tools.parcels_find(owner="ann")
    parcel = run.only(PARCEL, parcels)
    run.tools.parcels_return(parcel_id=parcel.parcel_id)
'''
TWO: list[JSON] = [{"parcel_id": "p1", "owner": "ann"}, {"parcel_id": "p2", "owner": "ann"}]


@pytest.fixture(scope="module")
def harness() -> Harness:
    return load_source("return_parcel", {"harness.py": HARNESS, "tools.py": TOOLS})


def returned(rows: JSON, chosen: str) -> Run:
    return run(ok("parcels.find", rows, owner="ann"), ok("parcels.return", "done", parcel_id=chosen))


def test_exact_without_a_question(harness: Harness) -> None:
    found = replay_task(harness, (returned(TWO[:1], "p1"),))
    assert (found.verdict, found.calls, found.asks) == ("exact", 2, 0)


def test_asked_where_the_run_took_the_second(harness: Harness) -> None:
    found = replay_task(harness, (returned(TWO, "p2"),))
    assert (found.verdict, found.tried) == ("asked", 1)
    [(_, [answered])] = found.answers
    assert (answered.question, answered.value, answered.meaning) == ("PARCEL", 1, TWO[1])


def test_a_wrong_write_is_silent(harness: Harness) -> None:
    found = replay_task(harness, (returned(TWO[:1], "p9"),))
    assert (found.verdict, found.silent) == ("wrong", True)


def test_a_miss_is_seen_through_the_retries(harness: Harness) -> None:
    found = replay_task(harness, (run(ok("parcels.find", TWO, owner="bob")),))
    assert found.verdict == "missed"
    assert 'parcels.find({"owner": "bob"})' in found.why


def test_a_recorded_failure_is_retried(harness: Harness) -> None:
    flaky = run(
        failed("parcels.find", "busy", owner="ann"),
        ok("parcels.find", TWO[:1], owner="ann"),
        ok("parcels.return", "done", parcel_id="p1"),
    )
    assert replay_task(harness, (flaky,)).verdict == "exact"


def test_a_result_that_fits_no_record_is_a_deviation(harness: Harness) -> None:
    found = replay_task(harness, (returned([{"parcel_id": 7}], "p1"),))
    assert found.verdict == "deviated"
    assert "parcels.find" in found.why
