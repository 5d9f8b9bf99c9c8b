"""Write a GitHub workflow that looks after harnesses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from compiler import __version__
from compiler.commands.files import replace_file
from compiler.commands.options import WorkflowOptions
from compiler.errors import InputError, UsageError
from compiler.ir.run import JSON
from compiler.present.render import render
from compiler.present.workflow import Option, Tended, WorkflowView

FILE: Final = ".github/workflows/tracec.yml"
PATH: Final = re.compile(r"(?!-)[\w ./@+,-]+")
"""What a path may be: nothing that a workflow, a shell or an option parser would read as more than a name."""
NAME: Final = re.compile(r"\w[\w-]*(?:\.[\w-]+)*", re.ASCII)
"""What the folder of a harness may be called: it becomes the name of a branch."""
REQUIREMENT: Final = re.compile(r"(?!-)[\w .,@:/+<>=!~\[\]-]+", re.ASCII)


def write_workflow(options: WorkflowOptions) -> tuple[str, dict[str, JSON]]:
    """Write the workflow into the current repository; another file that is there stays, but for a force.

    Returns:
        The text for a person, and the value for a machine.

    Raises:
        UsageError: A harness, or a path, is none that a workflow can have.
        InputError: There is another file already, or this is no repository.
    """
    root = _repository()
    target = root / FILE if options.output is None else Path(options.output)
    text = render("tracec.yml", _view(options, root, target.name))
    there = _read(target)
    if there is not None and there != text and not options.force:
        raise InputError("is there and differs: --force writes over it", path=str(target))
    if there != text:
        target.parent.mkdir(parents=True, exist_ok=True)
        replace_file(target, lambda file: file.write(text))
    status = "unchanged" if there == text else "written"
    return f"{status} {target}", {"file": str(target), "status": status}


def _view(options: WorkflowOptions, root: Path, file: str) -> WorkflowView:
    harnesses = tuple(_tended(one, root) for one in options.harnesses)
    names = [one.name for one in harnesses]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise UsageError(f"two harnesses are called {twice[0]}: their proposals would share a branch")
    requirement = f"tracec=={__version__}" if options.requirement is None else options.requirement
    if REQUIREMENT.fullmatch(requirement) is None:
        raise UsageError(f"--requirement {requirement}: is nothing that pip installs")
    return WorkflowView(
        file=file, requirement=requirement, harnesses=harnesses, options=tuple(_options(options, root))
    )


def _options(options: WorkflowOptions, root: Path) -> Iterator[Option]:
    for flag, variable, path in (
        ("--outcomes", "OUTCOMES", options.outcomes),
        ("--tools", "TOOLS", options.tools),
    ):
        if path is not None:
            yield Option(flag=flag, variable=variable, path=_inside(path, root))


def _tended(given: str, root: Path) -> Tended:
    """Read HARNESS=TRACES."""
    harness, equals, traces = given.partition("=")
    if not (harness and equals and traces):
        raise UsageError(f"{given}: say HARNESS=TRACES, the folder of a harness and where its runs are")
    for name in ("harness.py", "harness.lock"):
        if not (Path(harness) / name).is_file():
            raise InputError(f"is no harness: it has no {name}", path=harness)
    place = _inside(harness, root)
    name = Path(place).name
    if NAME.fullmatch(name) is None:
        raise UsageError(f"{harness}: {name!r} cannot be part of the name of a branch: rename the folder")
    return Tended(name=name, harness=place, traces=_inside(traces, root))


def _inside(path: str, root: Path) -> str:
    """Give a path as it reads from the root of the repository."""
    try:
        found = Path(path).resolve().relative_to(root).as_posix()
    except ValueError:
        raise UsageError(f"{path} is not in the repository {root}: the workflow would not find it") from None
    if PATH.fullmatch(found) is None:
        raise UsageError(f"{path}: a path in a workflow is of letters, digits, spaces and ./@+,-")
    return found


def _repository() -> Path:
    here = Path.cwd().resolve()
    for folder in (here, *here.parents):
        if (folder / ".git").exists():
            return folder
    raise InputError("is in no git repository: call this where the workflow is to be", path=str(here))


def _read(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8", "replace")
    except FileNotFoundError:
        return None
