"""Say what a new harness does differently from an old one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from compiler.commands.report import read_part
from compiler.evolve.changes import changes, only_evidence
from compiler.evolve.outline import Asked, Outline
from compiler.evolve.sentence import GROUPS, Change, Code
from compiler.ir.run import JSON
from compiler.ir.steps import Step
from compiler.present.changes import ChangesView, GroupRow, PartRow
from compiler.present.escape import shorten
from compiler.present.evidence import Evidence, Lock, LockedStep
from compiler.present.render import render

LONGEST = 160
"""Characters of one value in a sentence."""


def diff_harnesses(old: str, new: str) -> tuple[str, dict[str, JSON], bool]:
    """Compare the programs in two harness folders.

    Returns:
        Markdown for a person, the value for a machine, and whether the programs differ.

    Raises:
        InputError: One of the folders is no harness folder.
    """
    was, now = (read_outline(folder) for folder in (old, new))
    found = changes(was, now)
    return render_changes(now.name, found), changes_json(now.name, found), not only_evidence(found)


def read_outline(folder: str) -> Outline:
    """Read what a harness folder keeps of its program.

    Raises:
        InputError: It is no harness folder.
    """
    path = Path(folder)
    return outline_of(read_part(path / "evidence.json", Evidence), read_part(path / "harness.lock", Lock))


def outline_of(evidence: Evidence, lock: Lock) -> Outline:
    """Put what evidence.json and harness.lock say of a program into an outline."""
    steps = tuple(_step(step) for step in lock.steps)
    limits = evidence.limits
    return Outline(
        name=evidence.program,
        tasks=evidence.tasks,
        runs=len(evidence.runs),
        steps=steps or tuple(_calls(evidence)),
        questions={
            name: Asked(
                kind=asked.kind,
                text=asked.text,
                labels=tuple(asked.labels),
                why=asked.why,
                runs=len(asked.answers),
            )
            for name, asked in evidence.questions.items()
        },
        fields={field.name: field.kind for field in evidence.request},
        wordings=tuple(place.what for place in evidence.places if place.kind == "pattern"),
        limits=() if limits is None else (("tool calls", limits.tool_calls), ("questions", limits.questions)),
        detailed=bool(steps),
    )


def _step(step: LockedStep) -> Step:
    return Step(
        kind=step.kind,
        what=step.what,
        under=tuple(step.under),
        with_=tuple(step.with_),
        tasks=step.tasks,
        reached=step.reached,
    )


def _calls(evidence: Evidence) -> Iterator[Step]:
    """Give the calls alone: what the folder of an older compiler tells of the steps."""
    supports = {place.what: place for place in evidence.places if place.kind == "call"}
    boxes = evidence.flow.nodes if evidence.flow is not None else []
    for box in boxes:
        if box.shape in ("read", "write"):
            for tool in box.tools or [box.label]:
                tasks = supports[tool].tasks if tool in supports else 0
                yield Step(kind="read" if box.shape == "read" else "write", what=tool, tasks=tasks)


def render_changes(name: str, found: tuple[Change, ...]) -> str:
    """Put changes into Markdown, for a pull request."""
    groups = tuple(
        GroupRow(title=group.capitalize(), changes=rows)
        for group in GROUPS
        if (rows := tuple(_parts(one) for one in found if one.group == group))
    )
    view = ChangesView(
        name=name,
        same=only_evidence(found),
        approve=sum(one.approve for one in found),
        groups=groups,
    )
    return render("changes.md", view)


def changes_json(name: str, found: tuple[Change, ...]) -> dict[str, JSON]:
    """Put changes into a value for a machine."""
    return {
        "harness": name,
        "same": only_evidence(found),
        "approve": sum(one.approve for one in found),
        "changes": [one.to_json() for one in found],
    }


def _parts(one: Change) -> tuple[PartRow, ...]:
    return tuple(
        (
            PartRow(text=shorten(part.text, LONGEST), code=True)
            if isinstance(part, Code)
            else PartRow(text=part, code=False)
        )
        for part in one.said
    )
