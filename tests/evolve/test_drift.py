"""Watching runs: when it alarms, since when, and that it can stop anywhere and go on."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from compiler.errors import InputError
from compiler.evolve.drift import RECENT, State, Usual, Watch
from compiler.evolve.findings import Finding, findings
from compiler.evolve.memory import Memory, read_memory
from compiler.ir.observed import DEVIATION, NEW_TOOL, SCHEMA, VANISHED, Left, Observation

FEW = Usual(hits=0, total=200)
BASE = {DEVIATION: Usual(hits=10, total=200), VANISHED: FEW, SCHEMA: FEW, NEW_TOOL: FEW, "question Q": FEW}
TOGETHER = {"get": {"a", "b"}, "send": {"a"}, "file": {"a"}, "drop": {"b"}}


def seen(number: int, left: Left | None = None) -> Observation:
    return Observation(run=f"r{number}", tools=("get", "send"), left=left)


def parted(at: str = "", why: str = "", *path: str, verdict: str = "missed") -> Left:
    return Left(verdict=verdict, at=at, why=why, path=path)


def noisy(number: int) -> Observation:
    """Every twentieth run deviates, each in a place of its own."""
    return seen(number, parted(why=f"place {number}", verdict="deviated") if number % 20 == 3 else None)


def watched(runs: Iterable[Observation]) -> tuple[State, tuple[Finding, ...]]:
    watch = Watch(BASE)
    state = watch.look(State(), runs)
    return state, findings(state, watch, TOGETHER)


def test_noise_is_no_drift() -> None:
    state, found = watched(map(noisy, range(2000)))
    assert (found, dict(state.hits)[DEVIATION]) == ((), 100)


@pytest.mark.parametrize(
    ("shifted", "kind", "words"),
    [
        ({"misfits": ("get answers without id",)}, "schema change", "get answers without id"),
        ({"unknown": ("audit",)}, "new step", "audit is called, which the harness does not have"),
        ({"asked": ("Q",)}, "more questions", "Q is asked; usual are 0 of 200 runs"),
        (
            {"left": parted("send", "", "file"), "tools": ("get", "file")},
            "vanished step",
            "send is no longer called",
        ),
        (
            {"left": parted("send", "", "drop"), "tools": ("get", "drop")},
            "changed guard",
            "where the harness calls send, the run goes on with drop",
        ),
        (
            {"left": parted("send", "", "file", "audit"), "unknown": ("audit",), "tools": ("get", "file")},
            "new variant",
            "audit is called, which the harness does not have",
        ),
    ],
)
def test_what_most_runs_do_from_some_run_on_is_told_soon(
    shifted: dict[str, Any], kind: str, words: str
) -> None:
    before = [noisy(number) for number in range(100)]
    state, (first, *_) = watched([*before, *(replace(seen(100 + n), **shifted) for n in range(6))])
    assert (first.kind, first.what) == (kind, words)
    assert (first.onset, first.since, len(first.runs)) == (101, "r100", 6)
    assert min(alarm.at for alarm in state.alarms) <= 105


def test_a_value_that_no_run_shows_is_a_new_variant() -> None:
    lost = parted("", "no run shows ...", "file", verdict="deviated")
    _, found = watched(seen(n, lost if n >= 60 and n % 3 == 0 else None) for n in range(120))
    assert [(one.kind, one.onset, len(one.runs)) for one in found] == [("new variant", 61, 20)]


def test_runs_that_go_on_where_the_harness_is_done_have_another_guard() -> None:
    more = parted("", "", "send", verdict="wrong")
    _, found = watched(seen(n, more if n >= 60 else None) for n in range(80))
    assert [one.kind for one in found] == ["changed guard"]


def test_deviations_all_over_are_only_more_of_them() -> None:
    draw = random.Random(3)
    runs = [
        seen(
            n, parted(why=f"p{n}", verdict="deviated") if draw.random() < (0.05 if n < 300 else 0.3) else None
        )
        for n in range(500)
    ]
    state, found = watched(runs)
    assert [one.kind for one in found] == ["more deviations"]
    (alarm,) = state.alarms
    assert 270 <= alarm.onset <= 320
    assert alarm.at < 400


@pytest.mark.parametrize("cut", [0, 1, 61, 70, 119])
def test_a_watch_goes_on_from_its_file(cut: int) -> None:
    lost = parted("", "no run shows ...", "file", verdict="deviated")
    runs = [seen(n, lost if n >= 60 and n % 3 == 0 else None) for n in range(120)]
    watch = Watch(BASE)
    half = Memory(format=1, harness="h", seen=("d1",), state=watch.look(State(), runs[:cut]))
    again = read_memory(half.to_text(), "state.json")
    assert again == half
    assert watch.look(again.state, runs[cut:]) == watch.look(State(), runs)


@pytest.mark.parametrize("text", ["", "[]", '{"format": 1, "seen": 3}', '{"format": 2}'])
def test_another_file_is_no_state(text: str) -> None:
    with pytest.raises(InputError, match=r"state\.json"):
        read_memory(text, "state.json")


def test_false_alarms_are_as_rare_as_stated() -> None:
    draw, watch = random.Random(11), Watch({DEVIATION: Usual(hits=50, total=1000)}, quiet_runs=500)
    lost = parted(why="x", verdict="deviated")
    runs, alarms = 0, 0
    while runs < 60_000:
        state = State()
        while not state.alarms:
            state = watch.look(state, [seen(0, lost if draw.random() < 0.06 else None)])
        runs, alarms = runs + state.runs, alarms + 1
    assert runs / alarms > 500 * 0.85


def test_what_an_alarm_is_about_is_still_known_much_later() -> None:
    gone = replace(seen(0, parted("send", "", "file")), tools=("get", "file"))
    runs = [gone if 100 <= n < 110 else seen(n) for n in range(2000)]
    state, found = watched([replace(run, run=f"r{n}") for n, run in enumerate(runs)])
    first, *_ = found
    # The others call it again.
    assert (first.kind, first.onset, first.since) == ("changed guard", 101, "r100")
    assert first.runs == tuple(f"r{n}" for n in range(100, 110))
    assert all(len(alarm.window) <= RECENT for alarm in state.alarms)


def test_a_way_that_usual_runs_take_is_not_new() -> None:
    lost = parted("", "no run shows ...", "file", verdict="deviated")
    base = BASE | {"new way": Usual(hits=2, total=200)}
    runs = [seen(n, lost if n >= 60 and n % 3 == 0 else None) for n in range(120)]
    new = Watch(base).look(State(), runs).alarms
    known = Watch(base, [lost.way]).look(State(), runs).alarms
    assert {alarm.sign for alarm in new} == {"deviation", "new way"}
    assert {alarm.sign for alarm in known} == {"deviation"}
    assert min(alarm.at for alarm in new) < min(alarm.at for alarm in known)


def test_an_alarm_is_never_without_a_finding() -> None:
    runs = [replace(seen(n), misfits=(f"field {n} is new",)) for n in range(30)]
    state, found = watched(runs)
    assert [alarm.sign for alarm in state.alarms] == ["schema"]
    assert [one.kind for one in found] == ["schema change"]
