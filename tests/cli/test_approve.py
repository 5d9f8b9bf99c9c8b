"""`tracec approve`, and what `compile` and `verify` say of writes that nobody has approved."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from compiler.commands import build as building
from compiler.ir.run import Workload
from compiler.pipeline import Build
from compiler.runtime import load_harness
from tests.cli.runner import TRACES, WORKLOAD, tracec
from tests.cli.test_compile import fake_build
from tests.runtime.fakes import SAMPLE

DELETE, SEND = "calendar.delete_event", "email.send"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give the sample harness in a folder, with a lock that approves one of its two writes."""
    folder = tmp_path / "h"
    shutil.copytree(SAMPLE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    lock = {"format": 1, "files": {}, "approved": [{"tool": DELETE, "by": "compile"}], "later": True}
    (folder / "harness.lock").write_text(json.dumps(lock))
    return folder


def lock_of(folder: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((folder / "harness.lock").read_text())
    return value


def test_list_says_what_is_approved_and_what_is_not(folder: Path) -> None:
    result = tracec("approve", folder, "--list")
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "cancel_meeting: 1 approved, 1 not",
        "  calendar.delete_event: by compile",
        "! email.send: not approved",
        f'approve with `tracec approve {folder} email.send --words "..."`',
    ]


def test_an_approval_is_kept_with_the_words_and_is_in_force(folder: Path) -> None:
    assert tuple(load_harness(folder).withheld) == (SEND,)
    result = tracec("approve", folder, SEND, "--words", " organisers want to know \x1b[1m")
    assert result.exit_code == 0
    assert r"+ email.send: by review: organisers want to know \x1b[1m" in result.stdout
    lock = lock_of(folder)
    assert lock["approved"] == [
        {"tool": DELETE, "by": "compile"},
        {"tool": SEND, "by": "review", "words": "organisers want to know \x1b[1m"},
    ]
    assert lock["later"], "what a later version keeps there stays"
    assert load_harness(folder).withheld == {}
    assert tracec("approve", folder, "--list").exit_code == 0


def test_without_a_tool_all_are_approved(folder: Path) -> None:
    result = tracec("approve", folder, "--words", "fine", "--json")
    assert json.loads(result.stdout)["added"] == [SEND]
    before = (folder / "harness.lock").read_bytes()
    again = tracec("approve", folder, "--words", "fine", "--json")
    assert (again.exit_code, json.loads(again.stdout)["added"]) == (0, [])
    assert (folder / "harness.lock").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [((SEND,), "--words says why"), (("email.sned", "--words", "x"), "declares no write 'email.sned'")],
)
def test_neither_without_words_nor_for_what_is_no_write(
    folder: Path, arguments: tuple[str, ...], said: str
) -> None:
    before = (folder / "harness.lock").read_bytes()
    result = tracec("approve", folder, *arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert (folder / "harness.lock").read_bytes() == before


@pytest.mark.parametrize("lock", [None, "<<<<<<< ours", '{"approved": 1}'])
def test_a_lock_that_is_none_is_not_written(folder: Path, lock: str | None) -> None:
    (folder / "harness.lock").unlink()
    if lock is not None:
        (folder / "harness.lock").write_text(lock)
    result = tracec("approve", folder, SEND, "--words", "x")
    assert result.exit_code == 2
    assert "harness.lock" in result.stderr
    assert (folder / "harness.lock").exists() == (lock is not None)


def test_approving_in_an_older_lock_keeps_what_ran_so_far(folder: Path) -> None:
    tools = (folder / "tools.py").read_text()
    (folder / "harness.lock").write_text(json.dumps({"format": 1, "files": {"tools.py": tools}}))
    listed = tracec("approve", folder, "--list")
    assert listed.exit_code == 0
    assert "older than approvals" in listed.stdout
    with (folder / "tools.py").open("a") as file:
        file.write('    @tool("refund", effect="write")\n    def refund(self) -> str: ...\n')
    assert tracec("approve", folder, "refund", "--words", "by hand").exit_code == 0
    assert [one["tool"] for one in lock_of(folder)["approved"]] == [DELETE, SEND, "refund"]


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], tuple[int, str]]:
    """Compile into one folder a harness with the given tools.py; give the exit code and what is printed."""
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    traces = TRACES / WORKLOAD / "runs.jsonl"

    def compile_to(tools: str) -> tuple[int, str]:
        sources = {"harness.py": "A = 1\n", "tools.py": tools}

        def build(workload: Workload, *, prior: Mapping[str, str] | None, jobs: int) -> Build:
            del prior
            files = {**sources, "evidence.json": "{}\n", "harness.lock": json.dumps({"files": sources})}
            return replace(fake_build(workload, jobs=jobs), files=files)

        monkeypatch.setattr(building, "build", build)
        result = tracec("compile", traces, "-o", tmp_path)
        return result.exit_code, result.stdout

    return compile_to


def declared(name: str, effect: str) -> str:
    return f'@tool("{name}", effect="{effect}")\ndef {name}(self) -> str: ...\n'


def test_compile_keeps_approvals_and_adds_none(
    compiled: Callable[[str], tuple[int, str]], tmp_path: Path
) -> None:
    cancel = declared("cancel", "write")
    folder = tmp_path / "runs"
    assert "not approved" not in compiled(cancel + declared("note", "read"))[1]
    lock = lock_of(folder)
    assert lock["approved"] == [{"tool": "cancel", "by": "compile"}]

    code, said = compiled(cancel + declared("note", "write") + declared("refund", "write"))
    assert code == 0
    assert (
        "  not approved yet: note (it only read before), refund (a new write); "
        f'approve with `tracec approve {folder} note refund --words "..."`\n'
    ) in said
    assert lock_of(folder)["approved"] == lock["approved"]
    assert "not approved yet: note" in compiled(cancel + declared("note", "write"))[1]


@pytest.mark.parametrize("lock", ["no json", None])
def test_a_lock_that_is_gone_or_damaged_is_no_way_to_approve(
    compiled: Callable[[str], tuple[int, str]], tmp_path: Path, lock: str | None
) -> None:
    refund = declared("refund", "write")
    compiled(refund)
    place = tmp_path / "runs" / "harness.lock"
    place.unlink()
    if lock is not None:
        place.write_text(lock)
    assert "not approved yet: refund" in compiled(refund)[1]
    assert lock_of(place.parent)["approved"] == []


def test_a_real_harness_approves_its_writes_and_verify_checks_them(tmp_path: Path) -> None:
    sources = [TRACES / WORKLOAD / "runs.jsonl", "--outcomes", TRACES / WORKLOAD / "outcomes.jsonl"]
    sources += ["--tools", TRACES / "tools.json"]
    assert tracec("compile", *sources, "-o", tmp_path).exit_code == 0
    folder = tmp_path / "runs"
    assert tracec("compile", *sources, "-o", tmp_path, "--check").exit_code == 0
    assert tracec("approve", folder, "--list").exit_code == 0
    assert tracec("verify", folder, *sources, "--check").exit_code == 0

    lock = lock_of(folder)
    (folder / "harness.lock").write_text(json.dumps(lock | {"approved": []}))
    (write,) = [one["tool"] for one in lock["approved"]]
    # A replay does nothing real: what it says of the program does not depend on approvals.
    assert tracec("verify", folder, *sources).exit_code == 0
    checked = tracec("verify", folder, *sources, "--check")
    assert checked.exit_code == 1
    assert f"note: not approved: {write}: a run deviates before it" in checked.stdout


def test_verify_checks_that_no_task_is_lost(tmp_path: Path) -> None:
    sources = [TRACES / WORKLOAD / "runs.jsonl", "--outcomes", TRACES / WORKLOAD / "outcomes.jsonl"]
    sources += ["--tools", TRACES / "tools.json"]
    assert tracec("compile", *sources, "-o", tmp_path).exit_code == 0
    harness = tmp_path / "runs" / "harness.py"
    begins = "    request = run.parse("
    text = harness.read_text()
    harness.write_text(text.replace(begins, f'    raise Deviation("not today")\n{begins}'))
    assert tracec("verify", tmp_path / "runs", *sources).exit_code == 0
    checked = tracec("verify", tmp_path / "runs", *sources, "--check")
    assert checked.exit_code == 1
    assert "note: right when it was compiled, as evidence.json says, and no more: " in checked.stdout
