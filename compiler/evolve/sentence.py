"""One change, as a sentence: words of the compiler, and between them text of programs and of traces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, final

from compiler.ir.run import JSON
from compiler.ir.steps import Step

Group = Literal["side effects", "logic", "questions", "request", "limits", "evidence"]
GROUPS: tuple[Group, ...] = ("side effects", "logic", "questions", "request", "limits", "evidence")


@final
@dataclass(frozen=True, slots=True)
class Code:
    """A part of a sentence that is text of the program, or of a trace."""

    text: str


Sentence = tuple[str | Code, ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change. ``approve`` is set where it lets the harness write what it could not."""

    group: Group
    said: Sentence
    approve: bool = False

    @property
    def text(self) -> str:
        """The sentence as plain text."""
        return "".join(part if isinstance(part, str) else f"`{part.text}`" for part in self.said)

    def to_json(self) -> dict[str, JSON]:
        """The change as ``--json`` prints it."""
        return {"group": self.group, "text": self.text, "approve": self.approve}


def change(group: Group, *said: str | Code, approve: bool = False) -> Change:
    """Put a change into a sentence."""
    return Change(group=group, said=said, approve=approve)


def where(step: Step) -> Sentence:
    """Say on which conditions a step is made: nothing where it always is."""
    said: list[str | Code] = []
    for place, one in enumerate(step.under):
        head, _, rest = (
            one.partition(" ") if one.startswith(("for each of ", "until ")) else ("where", "", one)
        )
        if head == "for":
            head, rest = "for each of", rest.removeprefix("each of ")
        said += [", " if place else " ", f"{head} ", Code(rest)]
    return tuple(said)


def seen(step: Step, total: int) -> str:
    """Say in how many of all tasks a step is made."""
    return f"{step.tasks} of {total} tasks"
