"""What holds for every emitted harness, whatever the program says."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import black
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compiler.emit import emit_harness
from compiler.ir.check import check_program
from compiler.ir.expr import Attr, Const, Ref
from compiler.ir.program import (
    Arm,
    Branch,
    Compare,
    Field,
    ForEach,
    OnText,
    Pattern,
    Program,
    Request,
    Slot,
    Stop,
    TextCase,
)
from compiler.ir.run import ToolSchema
from tests.emit.cases import CASES, call, program, question, seen

MODULES = {"collections.abc", "compiler.runtime", "datetime", "enum", "pydantic", "tools", "typing"}
FORBIDDEN = {
    "eval",
    "exec",
    "compile",
    "__import__",
    "open",
    "getattr",
    "setattr",
    "globals",
    "vars",
    "input",
}
ALL = [(case, name) for case in CASES for name in ("harness.py", "tools.py")]


def check_tree(text: str) -> None:
    """Nothing but known imports, and no call that could run text as code."""
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Import(names=names):
                assert [alias.name for alias in names] == ["datetime"]
            case ast.ImportFrom(module=module, level=level):
                assert (module, level) in {(known, int(known == "tools")) for known in MODULES}
            case ast.Name(id=name, ctx=ast.Load()):
                # A field may well be called "open": to declare it is not to use the builtin.
                assert name not in FORBIDDEN, text
            case ast.Attribute(attr=name):
                assert not name.startswith("__")
            case ast.Lambda() | ast.Global() | ast.Try() | ast.While() | ast.Await() | ast.Delete():
                pytest.fail(f"{type(node).__name__} is nothing that a harness holds")
            case _:
                pass


def run(*command: str, cwd: Path, **environment: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=cwd,
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("case", "name"), ALL)
def test_a_golden_holds_only_what_a_harness_may(case: str, name: str, golden: Path) -> None:
    text = (golden / case / name).read_text(encoding="utf-8")
    check_tree(text)
    assert black.format_str(text, mode=black.Mode(line_length=88)) == text


def test_the_goldens_pass_ruff(golden: Path) -> None:
    """A harness lives outside this project, where the runtime is a third party."""
    rules = "E,F,W,I,N,UP,B,SIM,RET,ARG"
    ours = 'lint.isort.known-third-party=["compiler"]'
    command = ("ruff", "check", "--isolated", "--no-cache", "--target-version", "py311")
    run(*command, "--select", rules, "--config", ours, str(golden), cwd=golden)


@pytest.mark.slow
def test_the_goldens_pass_mypy_strict(golden: Path, root: Path, tmp_path: Path) -> None:
    files = [str(golden / case / name) for case, name in ALL]
    command = ("mypy", "--config-file=", "--strict", "--explicit-package-bases", f"--cache-dir={tmp_path}")
    run(*command, *files, cwd=root, MYPYPATH=str(root))


@pytest.mark.slow
def test_another_hash_seed_gives_the_same_bytes(root: Path) -> None:
    script = (
        "import hashlib; from compiler.emit import emit_harness; from tests.emit.cases import CASES;"
        "texts = [emit_harness(build(), source_label=case) for case, build in CASES.items()];"
        "print(hashlib.sha256(repr(texts).encode()).hexdigest())"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", script],
            cwd=root,
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1


@pytest.mark.parametrize("case", CASES)
def test_unformatted_code_means_the_same(case: str) -> None:
    built = CASES[case]()
    plain, pretty = (emit_harness(built, source_label="x", format=way) for way in (False, True))
    assert [ast.dump(ast.parse(text)) for text in plain.values()] == [
        ast.dump(ast.parse(text)) for text in pretty.values()
    ]


TEXT = st.one_of(
    st.text(max_size=40),
    st.text(max_size=120, alphabet="ab \"'\\\n{}#\r\t\x00\u202e\u2028\ud800é漢"),
    st.sampled_from(
        (
            *(
                '"""',
                "'''",
                "# type: ignore",
                "\n# coding: utf-7\n",
                "{run.tools}",
                "__import__('os')",
                "x" * 300,
            ),
            *(
                "class",
                "self",
                "run",
                "Request",
                "Deviation",
                "None",
                "dict",
                "first",
                "model_dump_json",
                "tool",
            ),
        )
    ),
)


@st.composite
def hostile_programs(draw: st.DrawFn) -> Program:
    """Programs in which every text that a trace could choose is chosen to do harm."""
    tool, other = draw(st.lists(TEXT.filter(bool), min_size=2, max_size=2, unique=True))
    keys = draw(st.lists(TEXT, min_size=1, max_size=4, unique=True))
    fields = draw(st.lists(TEXT, min_size=1, max_size=3, unique=True))
    texts = draw(st.lists(TEXT, min_size=1, max_size=3, unique=True))
    rows = ForEach(
        id="r",
        rows=Ref("c1"),
        body=(call("c2", other, "write", **{key: Attr(Ref("r"), key) for key in keys}),),
        support=seen(1),
        most=1,
    )
    arms = tuple(
        Arm(
            guard=Compare(Attr(Ref("c3"), key), "==", Const(text)),
            body=(Stop(support=seen(1)),),
            support=seen(1),
        )
        for key, text in zip(keys, texts, strict=False)
    )
    return program(
        draw(TEXT),
        (
            call("c1", tool, "read", **{key: Const(draw(TEXT)) for key in keys}),
            OnText(
                ref="c1",
                cases=tuple(
                    TextCase(text=text, body=(Stop(support=seen(1)),), support=seen(1)) for text in texts
                ),
                support=seen(0),
            ),
            rows,
            call("c3", tool, "read"),
            Branch(arms=arms, unseen=draw(TEXT)),
        ),
        request=Request(
            form="text",
            fields=tuple(Field(name=name, kind="phrase", fills=(name,), examples=(name,)) for name in fields),
            patterns=(Pattern(parts=(draw(TEXT), Slot(fields[0]), draw(TEXT)), support=seen(1)),),
            question="READ",
        ),
        tools=tuple(ToolSchema(name=name, description=draw(TEXT)) for name in (tool, other)),
        questions=(question("READ", "extract", text=draw(TEXT), why=draw(TEXT)),),
        samples=((tool, ([{key: draw(TEXT) for key in keys}], draw(TEXT))),),
    )


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(hostile_programs(), TEXT)
def test_hostile_text_stays_text(built: Program, label: str) -> None:
    check_program(built)
    files = emit_harness(built, source_label=label)
    for text in files.values():
        check_tree(text)
        head = text.splitlines()[:2]
        assert all(line.startswith("# ") and line.isprintable() and "coding:" not in line for line in head)
        assert all(char.isprintable() or char == "\n" for char in text)
