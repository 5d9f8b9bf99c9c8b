"""The gate of an update, on a shop whose job shifts."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.merges.shop import SHIFTS, Shop, workload
from compiler.commands.folder import Folder, read_folder
from compiler.commands.promotion import Verdict, judge
from compiler.emit.folder import write_folder
from compiler.evolve import merge_package
from compiler.pipeline import Build, build

EMAIL = '    run.tools.send_email(to=user.email, template="order_changed")\n'


@pytest.fixture(scope="module")
def base() -> Build:
    return build(workload(Shop(runs=24)), prove=False)


def judged(base: Build, folder: Path, shift: str, *edits: tuple[str, str]) -> tuple[Verdict, Folder]:
    """Judge the update of an edited harness to a shifted shop."""
    files = dict(base.files)
    for before, after in edits:
        assert before in files["harness.py"]
        files["harness.py"] = files["harness.py"].replace(before, after)
    write_folder(folder, files)
    there = read_folder(folder)
    new = build(workload(SHIFTS[shift](Shop(runs=24))), prove=False, prior=there.base)
    return judge(there, new, merge_package(there.base, there.files, new.files)), there


def losses(verdict: Verdict) -> list[tuple[str, str]]:
    return [(loss.aspect, loss.what) for loss in verdict.losses]


def test_more_runs_of_the_same_lose_nothing(base: Build, tmp_path: Path) -> None:
    verdict, _ = judged(base, tmp_path / "h", "more runs")
    assert verdict == Verdict()


def test_a_write_that_the_old_harness_could_not_reach_is_a_loss(base: Build, tmp_path: Path) -> None:
    verdict, _ = judged(base, tmp_path / "h", "a step at the end")
    assert losses(verdict) == [("writes", "may call log_case, which writes")]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (EMAIL, f"    SEEN = [user.email]\n{EMAIL}"),
        ('reason="withdrawn"', 'reason="taken back"'),
        (EMAIL, ""),
        ("    user = ", '    if not order.items:\n        raise Deviation("nothing is in it")\n    user = '),
    ],
)
def test_an_edit_that_goes_with_the_shift_is_no_loss(base: Build, tmp_path: Path, old: str, new: str) -> None:
    verdict, _ = judged(base, tmp_path / "h", "another source", (old, new))
    assert losses(verdict) == []


def test_an_edit_that_has_no_effect_any_more_is_a_loss(base: Build, tmp_path: Path) -> None:
    # The edit reads a field that the tool has no more, so that nothing comes to its end.
    edit = ("    user = ", '    if order.status == "delivered":\n        print(order)\n    user = ')
    verdict, _ = judged(base, tmp_path / "h", "a field renamed", edit)
    assert [aspect for aspect, _ in losses(verdict)] == ["edits"]


def test_an_edit_that_does_not_load_is_a_loss(base: Build, tmp_path: Path) -> None:
    edit = ("from .tools import", "from .gone import remember\nfrom .tools import")
    verdict, _ = judged(base, tmp_path / "h", "another constant", edit)
    ((aspect, what),) = losses(verdict)
    assert aspect == "edits"
    assert what.startswith("does not load with your edits: ")


def test_an_edit_that_changes_what_is_written_is_told(base: Build, tmp_path: Path) -> None:
    verdict, _ = judged(base, tmp_path / "h", "a guard wider", (EMAIL, ""))
    assert losses(verdict) == []
    assert verdict.remarks == ("your edits change what is done on 24 of 24 tasks",)


def test_files_beside_the_harness_are_loaded_with_it(base: Build, tmp_path: Path) -> None:
    (tmp_path / "h").mkdir()
    (tmp_path / "h" / "seen.py").write_text("SEEN: list[str] = []\n")
    edit = ("from .tools import", "from .seen import SEEN as SEEN\nfrom .tools import")
    verdict, there = judged(base, tmp_path / "h", "another constant", edit)
    assert losses(verdict) == []
    assert there.beside == {"seen.py": "SEEN: list[str] = []\n"}
