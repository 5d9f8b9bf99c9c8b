"""What of a program is left in its folder: enough to say what another one does differently."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import final

from compiler.ir.steps import Step


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question: its bounds, its words, why it is one, and in how many runs it was answered."""

    kind: str
    text: str
    labels: tuple[str, ...] = ()
    why: str = ""
    runs: int = 0


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A program, by the words that harness.lock and evidence.json have for it."""

    name: str
    tasks: int
    runs: int
    steps: tuple[Step, ...]
    questions: Mapping[str, Asked]
    fields: Mapping[str, str]
    """The kind of each field of the request, by its name."""
    wordings: tuple[str, ...] = ()
    limits: tuple[tuple[str, int], ...] = ()
    detailed: bool = True
    """Whether the steps say on which conditions and with what, as older locks do not."""

    def coarse(self) -> Outline:
        """Leave of each step what it is, to be compared with an outline that tells no more."""
        plain = tuple(replace(step, under=(), with_=()) for step in self.steps)
        return replace(self, steps=tuple(step for step in plain if step.what), detailed=False)


def renamed(old: Outline, new: Outline) -> dict[str, str]:
    """Find the questions that only have another name: those of the same kind, words and labels."""
    gone = [name for name in old.questions if name not in new.questions]
    come = [name for name in new.questions if name not in old.questions]
    found: dict[str, str] = {}
    for name in gone:
        was = old.questions[name]
        same = [other for other in come if _says(new.questions[other]) == _says(was)]
        if len(same) == 1 and same[0] not in found.values():
            found[name] = same[0]
    return found


def with_names(outline: Outline, names: Mapping[str, str]) -> Outline:
    """Give questions other names, wherever they stand."""
    if not names:
        return outline
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b")

    def put(text: str) -> str:
        return pattern.sub(lambda match: names[match[0]], text)

    return replace(
        outline,
        steps=tuple(
            replace(
                step,
                what=put(step.what) if step.kind == "ask" else step.what,
                under=tuple(map(put, step.under)),
                with_=tuple((key, put(value)) for key, value in step.with_),
            )
            for step in outline.steps
        ),
        questions={names.get(name, name): asked for name, asked in outline.questions.items()},
    )


def _says(asked: Asked) -> tuple[str, str, tuple[str, ...]]:
    return asked.kind, asked.text, asked.labels
