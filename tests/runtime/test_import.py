"""Importing the runtime is cheap, and gives all that it says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import compiler.runtime

HEAVY = ("pydantic", "litellm", "dateutil", "asyncio", "libcst", "jinja2", "click")


def modules_after(code: str, root: Path) -> set[str]:
    """The top-level modules that a fresh interpreter has after running some code."""
    code += "\nimport sys; print(*{name.split('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_nothing_heavy_is_imported_with_the_runtime(root: Path) -> None:
    assert modules_after("import compiler.runtime", root).isdisjoint(HEAVY)


def test_records_bring_pydantic_and_nothing_brings_litellm_before_a_question(root: Path) -> None:
    found = modules_after("from compiler.runtime import Record, LiteLLMModel\nLiteLLMModel('a/b')", root)
    assert "pydantic" in found
    assert "litellm" not in found


def test_the_runtime_imports_nothing_else_of_the_compiler(root: Path) -> None:
    code = "import compiler.runtime.llm, compiler.runtime.records, compiler.runtime.bridge, sys\n"
    code += "print(*{'.'.join(n.split('.')[:2]) for n in sys.modules if n.startswith('compiler.')})"
    assert {n for n in modules_after(code, root) if n.startswith("compiler.")} == {"compiler.runtime"}


def test_every_export_is_there() -> None:
    assert all(getattr(compiler.runtime, name) is not None for name in compiler.runtime.__all__)
    assert len(set(compiler.runtime.__all__)) == len(compiler.runtime.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = compiler.runtime.nothing  # type: ignore[attr-defined]


@pytest.mark.slow
def test_the_sample_passes_the_checks_that_generated_harnesses_pass(root: Path) -> None:
    sample = "tests/runtime/sample_harness"
    for tool in (["mypy", "--strict"], ["ruff", "check", "--no-cache"], ["black", "--check", "-q"]):
        done = subprocess.run(
            [sys.executable, "-m", *tool, sample], cwd=root, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
