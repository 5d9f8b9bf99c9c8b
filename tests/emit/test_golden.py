"""Each case is a folder: the program as text, and the two modules made from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from compiler.emit import emit_harness
from compiler.ir.check import check_program
from compiler.ir.dump import dump_program
from tests.emit.cases import CASES


@pytest.mark.parametrize("case", CASES)
def test_a_case_gives_its_golden_files(case: str, golden: Path, *, update_golden: bool) -> None:
    program = CASES[case]()
    check_program(program)
    files = {"program.txt": dump_program(program), **emit_harness(program, source_label=f"traces/{case}")}
    folder = golden / case
    if update_golden:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
    kept = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir() if path.is_file()}
    assert files == kept


def test_no_golden_is_stale(golden: Path) -> None:
    assert sorted(path.name for path in golden.iterdir()) == sorted(CASES)
