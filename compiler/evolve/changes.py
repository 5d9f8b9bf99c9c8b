"""What a new program does differently, in a reviewer's words: new and wider side effects first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from compiler.evolve.of_questions import of_names, of_questions, of_request
from compiler.evolve.of_steps import of_steps
from compiler.evolve.outline import Outline, renamed, with_names
from compiler.evolve.sentence import GROUPS, Change, change


def changes(old: Outline, new: Outline) -> tuple[Change, ...]:
    """Say what is different in a new program, the gravest first; nothing where it is the same program."""
    if old.detailed != new.detailed:
        old, new = old.coarse(), new.coarse()
    names = renamed(old, new)
    old = with_names(old, names)
    found = (
        *of_names(names),
        *of_steps(old, new),
        *of_questions(old, new),
        *of_request(old, new),
        *_counts(old, new),
    )
    return tuple(sorted(found, key=lambda one: (GROUPS.index(one.group), not one.approve)))


def only_evidence(found: Iterable[Change]) -> bool:
    """Whether the program is the same, and only more or other runs support it."""
    return all(one.group == "evidence" for one in found)


def _counts(old: Outline, new: Outline) -> Iterator[Change]:
    had = dict(old.limits)
    for name, most in new.limits:
        if most != had.get(name, most):
            yield change("limits", f"at most {most} {name}, were {had[name]}")
    if (old.tasks, old.runs) != (new.tasks, new.runs):
        yield change("evidence", f"{new.tasks} tasks and {new.runs} runs, were {old.tasks} and {old.runs}")
