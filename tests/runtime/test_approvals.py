"""A write that no reviewer has approved is not issued, whoever asks for it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from compiler.runtime import (
    Handover,
    Harness,
    LoadError,
    NotApproved,
    RunResult,
    ScriptedModel,
    load_harness,
    load_source,
)
from compiler.runtime.approvals import approved_tools
from tests.runtime.fakes import NOW, SAMPLE, Office, event

DELETE, SEND = "calendar.delete_event", "email.send"
EVENTS = [event(1, "2023-12-13 09:00"), event(2, "2023-12-13 11:00", "bob@example.com")]
TELLS = {"ALSO_TOLD": [0], "STILL_DUE": 0}
LEAVES = {"ALSO_TOLD": [0], "STILL_DUE": 2}


def locked(folder: Path, lock: str | None) -> Path:
    """Copy the sample harness into a folder with a lock."""
    shutil.copytree(SAMPLE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    if lock is not None:
        (folder / "harness.lock").write_text(lock, encoding="utf-8")
    return folder


def approving(*tools: str) -> str:
    return json.dumps({"format": 1, "approved": [{"tool": tool, "by": "compile"} for tool in tools]})


def run(harness: Harness, office: Office, answers: dict[str, Any], agent: Any = None) -> RunResult:
    model = ScriptedModel(answers)
    return harness.run(
        "Cancel my first meeting on December 13", call=office.call, model=model, now=NOW, agent=agent
    )


@pytest.mark.parametrize("lock", [None, json.dumps({"format": 1, "files": {}}), approving(DELETE, SEND)])
def test_what_is_approved_or_older_than_approval_runs(tmp_path: Path, lock: str | None) -> None:
    harness, office = load_harness(locked(tmp_path / "h", lock)), Office(EVENTS)
    assert run(harness, office, TELLS).outcome == "done"
    assert [name for name, _ in office.writes] == [DELETE, SEND]


def test_a_run_deviates_before_a_write_that_is_not_approved(tmp_path: Path) -> None:
    folder, office = locked(tmp_path / "a folder", approving(DELETE)), Office(EVENTS)
    result = run(load_harness(folder), office, TELLS)
    assert result.outcome == "deviated"
    assert isinstance(result.deviation, NotApproved)
    assert result.deviation.message == (
        "email.send is a write that nobody has approved; "
        f"approve it with `tracec approve '{folder}' email.send --words \"...\"`"
    )
    assert [name for name, _ in office.writes] == [DELETE]
    assert [called.name for called in result.calls] == ["calendar.search_events", DELETE]


def test_no_agent_takes_over_from_there(tmp_path: Path) -> None:
    harness, office = load_harness(locked(tmp_path / "h", approving(DELETE))), Office(EVENTS)
    result = run(harness, office, TELLS, agent=lambda handover: handover.call(SEND, {}))
    assert (result.outcome, result.agent_from) == ("deviated", None)
    assert [name for name, _ in office.writes] == [DELETE]


def test_an_agent_that_took_over_elsewhere_is_held_to_it_too(tmp_path: Path) -> None:
    harness, office = load_harness(locked(tmp_path / "h", approving(DELETE))), Office(EVENTS)

    def agent(handover: Handover) -> str:
        with pytest.raises(NotApproved):
            handover.call(SEND, {"recipient": "bob@example.com"})
        return "could not tell Bob"

    assert run(harness, office, LEAVES, agent).value == "could not tell Bob"
    assert [name for name, _ in office.writes] == [DELETE]


def test_a_write_that_somebody_declares_by_hand_is_not_approved(tmp_path: Path) -> None:
    folder, office = locked(tmp_path / "h", approving(DELETE, SEND)), Office(EVENTS)
    tools, harness = folder / "tools.py", folder / "harness.py"
    declared = '    @tool("orders.refund", effect="write")\n    def orders_refund(self) -> str: ...\n'
    tools.write_text(tools.read_text("utf-8") + declared, "utf-8")
    begins = "    request = run.parse("
    harness.write_text(
        harness.read_text("utf-8").replace(begins, f"    run.tools.orders_refund()\n{begins}"), "utf-8"
    )
    assert isinstance(run(load_harness(folder), office, TELLS).deviation, NotApproved)
    assert office.sent == []


def test_bounds_keep_it_and_a_rehearsal_does_not(tmp_path: Path) -> None:
    harness = load_harness(locked(tmp_path / "h", approving(DELETE)))
    assert tuple(harness.within(tokens=10).withheld) == (SEND,)
    assert harness.rehearsal().withheld == {}
    assert run(harness.rehearsal(), Office(EVENTS), TELLS).outcome == "done"


def test_a_harness_from_texts_has_no_lock(tmp_path: Path) -> None:
    folder = locked(tmp_path / "h", approving())
    files = {file.name: file.read_text("utf-8") for file in folder.iterdir()}
    assert load_source("sample", files).withheld == {}


@pytest.mark.parametrize("lock", ["<<<<<<< ours", '{"approved": {}}', '{"approved": ["email.send"]}', "\xff"])
def test_a_lock_that_cannot_be_read_approves_nothing(tmp_path: Path, lock: str) -> None:
    folder = locked(tmp_path / "h", None)
    (folder / "harness.lock").write_bytes(lock.encode("latin-1"))
    with pytest.raises(LoadError, match=r"harness\.lock: cannot be read"):
        load_harness(folder)


def test_a_lock_tells_older_from_empty() -> None:
    assert approved_tools({"files": {}}) is None
    assert approved_tools({"approved": []}) == frozenset()
