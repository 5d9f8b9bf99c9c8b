"""The pages say what is so: the code that they show is emitted, names exist, tables come from the code."""

from __future__ import annotations

import inspect
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, get_args

import pytest

import compiler.runtime
from compiler.emit import emit_harness, harness_folder, write_folder
from compiler.emit.emit import emit_module
from compiler.emit.lower import lower_program
from compiler.ir.check import check_program
from compiler.ir.dump import dump_program
from compiler.ir.program import Program
from compiler.mine import mine
from compiler.mine.assemble import assemble
from compiler.mine.bind import bind
from compiler.mine.clean import clean_runs, mark_refusals
from compiler.mine.forks import learn_forks
from compiler.mine.nest import nested_route
from compiler.mine.request import name_fields
from compiler.mine.route import candidate_routes
from compiler.mine.settle import settle
from compiler.mine.wordings import find_patterns
from compiler.pipeline import build
from compiler.prove.replay import leave_one_out, replay
from compiler.prove.scoring import score
from compiler.read import FORMATS, read_workloads
from compiler.runtime import Run, load_source
from compiler.runtime.ask import Kind

PASSES: tuple[Callable[..., Any], ...] = (
    read_workloads,
    mark_refusals,
    clean_runs,
    nested_route,
    bind,
    candidate_routes,
    settle,
    name_fields,
    learn_forks,
    assemble,
    find_patterns,
    check_program,
    lower_program,
    emit_module,
    load_source,
    replay,
    leave_one_out,
    score,
    harness_folder,
    write_folder,
)
PAGES = (
    "README.md",
    "CHANGELOG.md",
    "traces/README.md",
    "docs/architecture.md",
    "docs/formats.md",
    "docs/harnesses.md",
    "docs/ir.md",
    "docs/regenerating.md",
    "docs/running.md",
    "docs/security.md",
)
SHOWN = (
    "cancel_first_meeting",
    "cancel_meetings_with_colleague",
    "schedule_meeting_with_sender",
    "email_if_metric_crossed",
    "reply_to_last_email",
)
"""The workloads whose programs are on docs/ir.md."""
BEGINS = "# The request as the traces put it"
"""Where the part of a harness begins that README.md shows."""


def between(text: str, start: str, end: str) -> tuple[int, int]:
    """Find what stands between two marks, each of which stands once."""
    assert text.count(start) == 1, start
    first = text.index(start) + len(start)
    return first, text.index(end, first)


def compare(page: Path, place: tuple[int, int], wanted: str, *, update: bool) -> None:
    """Compare a part of a page, or write it anew."""
    text = page.read_text(encoding="utf-8")
    if update:
        page.write_text(text[: place[0]] + wanted + text[place[1] :], encoding="utf-8")
    else:
        assert text[slice(*place)] == wanted


# ------------------------------------------------------------------------------------------ shown code


def program_of(folder: Path) -> Program:
    (workload,) = read_workloads((str(folder),), tools=str(folder.parent / "tools.json"))
    return mine(mark_refusals(workload))


def test_the_harness_in_the_readme_is_emitted(root: Path, traces: Path, *, update_golden: bool) -> None:
    page = root / "README.md"
    program = program_of(traces / "cancel_first_meeting")
    emitted = emit_harness(program, source_label=program.name)["harness.py"]
    text = page.read_text(encoding="utf-8")
    place = between(
        text,
        "<!-- harness.py of traces/cancel_first_meeting; tests/test_docs.py keeps it true -->\n",
        "```\n\n",
    )
    compare(page, place, "```python\n" + emitted[emitted.index(BEGINS) :], update=update_golden)
    assert f"the {len(program.runs)} successful runs" in text


@pytest.mark.parametrize("name", SHOWN)
def test_the_programs_on_the_page_are_those_of_the_runs(
    root: Path, traces: Path, name: str, *, update_golden: bool
) -> None:
    page = root / "docs" / "ir.md"
    place = between(page.read_text(encoding="utf-8"), f"<!-- {name} -->\n", f"<!-- end of {name} -->")
    compare(page, place, f"```text\n{dump_program(program_of(traces / name))}```\n", update=update_golden)


@pytest.mark.slow
def test_the_commands_in_the_readme_work(root: Path, traces: Path, tmp_path: Path) -> None:
    text = (root / "README.md").read_text(encoding="utf-8")
    script = text[slice(*between(text, "```sh\n", "```"))]
    assert script.startswith("pip install .\n")
    shutil.copytree(traces, tmp_path / "traces")
    tracec = f"PYTHONPATH={shlex.quote(str(root))} {shlex.quote(sys.executable)} -m compiler"
    commands = [command for command in script.replace("\\\n", " ").splitlines()[1:] if command]
    assert [command.split()[1] for command in commands] == ["inspect", "compile", "report", "verify", "run"]
    for command in commands:
        done = subprocess.run(
            ["sh", "-c", command.replace("tracec", tracec, 1)],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, command + done.stdout + done.stderr
        assert done.stdout.strip()
    assert done.stdout.rstrip().endswith("done")


# ----------------------------------------------------------------------------------------- the passes


def shown(function: Callable[..., Any]) -> str:
    """Describe a pass in a row of the table: its name, what it takes and gives, what it says of itself."""
    signature = inspect.signature(function)
    takes = [
        str(p.annotation).replace("|", r"\|")
        for p in signature.parameters.values()
        if p.kind is not p.KEYWORD_ONLY
    ]
    gives = "files on disk" if function is write_folder else f"`{signature.return_annotation}`"
    if signature.return_annotation == "None" and function is not write_folder:
        gives = "or an error"
    first = (inspect.getdoc(function) or "").splitlines()[0].replace("``", "`")
    module = function.__module__.removeprefix("compiler.")
    return f"| `{module}.{function.__name__}` | {', '.join(f'`{t}`' for t in takes)} -> {gives} | {first} |\n"


def test_the_table_of_passes_is_made_from_the_code(root: Path, *, update_golden: bool) -> None:
    page = root / "docs" / "architecture.md"
    place = between(page.read_text(encoding="utf-8"), "<!-- passes -->\n", "<!-- end of passes -->")
    head = "| pass | from -> to | what it does |\n|---|---|---|\n"
    compare(page, place, head + "".join(map(shown, PASSES)), update=update_golden)


def test_the_passes_run_in_the_order_of_the_table(traces: Path, tmp_path: Path) -> None:
    codes = {function.__code__: function.__name__ for function in PASSES}
    order: dict[str, None] = {}

    def note(frame: FrameType, event: str, _: object) -> None:
        code: CodeType = frame.f_code
        if event == "call" and code in codes:
            order.setdefault(codes[code])

    sys.setprofile(note)
    try:
        (workload,) = read_workloads(
            (str(traces / "cancel_first_meeting"),), tools=str(traces / "tools.json")
        )
        write_folder(tmp_path / "harness", build(workload).files)
    finally:
        sys.setprofile(None)
    assert list(order) == [function.__name__ for function in PASSES]


# ------------------------------------------------------------------------------------ names and files


@pytest.mark.parametrize("name", PAGES)
def test_what_a_page_points_to_exists(root: Path, name: str) -> None:
    page = root / name
    text = page.read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#\s]+)", text) if "://" not in link]
    assert [link for link in links if not (page.parent / link).exists()] == []
    files = re.findall(r"`((?:compiler|tests|traces|templates|benchmarks|docs)/[\w./-]*)`", text)
    assert [file for file in files if not (root / file).exists()] == []


def test_every_package_is_on_the_map(root: Path) -> None:
    text = (root / "docs" / "architecture.md").read_text(encoding="utf-8")
    packages = {path.parent.name for path in (root / "compiler").glob("*/*.py")}
    assert {f"| `compiler/{name}/` |" for name in packages} <= set(re.findall(r"\| `[\w/]+` \|", text))


def runtime_names() -> set[str]:
    """Name all that harnesses, and those who run them, can use."""
    methods = {f"run.{name}" for name, _ in inspect.getmembers(Run) if not name.startswith("_")}
    return {*compiler.runtime.__all__, *methods}


def test_every_name_of_the_runtime_is_explained(root: Path) -> None:
    text = (root / "docs" / "harnesses.md").read_text(encoding="utf-8")
    explained = set(re.findall(r"`@?((?:run\.)?\w+)", text))
    assert sorted(runtime_names() - explained) == []


def test_no_name_is_explained_that_the_runtime_lacks(root: Path) -> None:
    text = (root / "docs" / "harnesses.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `((?:run\.)?\w+)(?:\([^`]*\))?` \|", text, re.MULTILINE)
    assert len(rows) > len(runtime_names())
    assert set(rows) - runtime_names() == set(get_args(Kind)), "the kinds of questions have a table too"


def test_every_format_is_on_its_page(root: Path) -> None:
    text = (root / "docs" / "formats.md").read_text(encoding="utf-8")
    table = re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)
    assert sorted(table) == sorted(FORMATS)
