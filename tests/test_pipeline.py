"""What becomes of a workload whose program fails its proof."""

from __future__ import annotations

import pytest

from compiler import pipeline
from compiler.errors import Declined
from compiler.ir.run import Run
from compiler.ir.words import hand_over_of
from compiler.pipeline import DRAFTS_KEPT, Drafts, build
from compiler.prove import replay
from compiler.prove.report import ReplayReport
from tests.mine.build import call, run, workload


def closed(number: int, *, looked: bool = True) -> Run:
    """Look a ticket up by what the request says, and close it."""
    ticket = f"T-{number}77"
    found = (call("tickets.get", {"state": "open", "key": f"K{number}"}, ticket_id=ticket),) if looked else ()
    return run(f"Close {ticket}", *found, call("tickets.close", ticket_id=ticket), task=str(number))


def refuse_whole(train: ReplayReport) -> None:
    """Refuse what does a whole job; an opening does none."""
    if train.right:
        raise Declined(("it fails as a whole",))


def test_a_program_that_fails_its_proof_gives_way_to_its_opening(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = workload(*(closed(number) for number in range(4)))
    assert hand_over_of(build(runs).program) is None
    monkeypatch.setattr(pipeline, "_refuse_failed", refuse_whole)
    built = build(runs)
    assert hand_over_of(built.program) is not None
    assert built.train.counts["handed_over"] == 4
    assert built.held_out is not None
    assert built.held_out.counts["handed_over"] == 4


def test_where_there_is_no_opening_the_first_reasons_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = workload(*(closed(number, looked=False) for number in range(4)))
    monkeypatch.setattr(pipeline, "_refuse_failed", refuse_whole)
    with pytest.raises(Declined) as refused:
        build(runs)
    assert refused.value.reasons == ("it fails as a whole",)


def test_an_opening_that_fails_its_proof_is_declined(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: ReplayReport) -> None:
        raise Declined(("it fails",))

    monkeypatch.setattr(pipeline, "_refuse_failed", refuse)
    with pytest.raises(Declined) as refused:
        build(workload(*(closed(number) for number in range(4))))
    assert refused.value.reasons == ("it fails",)


def test_drafts_that_would_behave_alike_are_one() -> None:
    drafts = Drafts()
    one = drafts.harness(workload(*(closed(number) for number in range(6))))
    assert drafts.harness(workload(*(closed(number) for number in range(7)))) is one
    assert drafts.harness(workload(*(closed(number, looked=False) for number in range(4)))) is not one


def test_few_drafts_are_kept() -> None:
    def closed_as(reason: str) -> list[Run]:
        calls = {n: call("tickets.close", ticket_id=f"T-{n}77", reason=reason) for n in "234"}
        return [run(f"Close T-{n}77", one, task=n) for n, one in calls.items()]

    drafts = Drafts()
    made = [drafts.harness(workload(*closed_as(f"r{kind}"))) for kind in range(DRAFTS_KEPT + 1)]
    assert drafts.harness(workload(*closed_as("r2"))) is made[2]
    assert drafts.harness(workload(*closed_as("r0"))) is not made[0]


def test_several_processes_prove_what_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = workload(*(closed(number) for number in range(5)))
    alone = build(runs)
    monkeypatch.setattr(replay, "WORTH_SHARING", 0)
    assert build(runs, jobs=2) == alone
    assert alone.held_out is not None
    assert len(alone.held_out.tasks) == 5


def test_a_small_workload_starts_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a process was started")

    monkeypatch.setattr(replay, "ProcessPoolExecutor", refuse)
    assert build(workload(*(closed(number) for number in range(5))), jobs=2).held_out is not None
