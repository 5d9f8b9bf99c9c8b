"""What a new program asks, and reads from the request, that the old one did not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from compiler.evolve.align import align
from compiler.evolve.of_steps import takes
from compiler.evolve.outline import Outline
from compiler.evolve.sentence import Change, Code, change


def of_names(names: Mapping[str, str]) -> Iterator[Change]:
    """Tell the questions that only have another name."""
    for was, now in names.items():
        yield change("questions", Code(was), " is called ", Code(now), " now")


def of_questions(old: Outline, new: Outline) -> Iterator[Change]:
    """Tell the questions that are new, put otherwise, or no longer asked."""
    rules = {step.what for step in old.steps if step.kind == "ask"}
    for name, asked in new.questions.items():
        was = old.questions.get(name)
        if was is None:
            why = (f" ({asked.why.rstrip('.')})",) if asked.why else ()
            said = (Code(name), ", asked in ", f"{asked.runs} of {new.runs} runs: ", Code(asked.text), *why)
            yield change("questions", "a new question: ", *said)
        elif replace(was, why="", runs=0) != replace(asked, why="", runs=0):
            now = Code(asked.text) if was.text != asked.text else Code(", ".join(asked.labels) or asked.kind)
            yield change("questions", Code(name), " is put otherwise: ", now)
    for name in old.questions:
        if name not in new.questions and not _explained(name, old, new, rules):
            yield change("questions", Code(name), " is no longer asked")


def _explained(name: str, old: Outline, new: Outline, asked: set[str]) -> bool:
    """Whether a call that took the answer of a question takes another value now, which was said there."""
    if name not in asked:
        return False
    pairs = align(old.steps, new.steps).pairs
    return any(
        takes(before, name) and key in dict(now.with_) and dict(now.with_)[key] != before
        for was, now in pairs
        if was.kind in ("read", "write")
        for key, before in was.with_
    )


def of_request(old: Outline, new: Outline) -> Iterator[Change]:
    """Tell what the request may hold, and which of its wordings need no model."""
    for name, kind in new.fields.items():
        if name not in old.fields:
            yield change("request", "the request has a new field: ", Code(name), f" ({kind})")
        elif old.fields[name] != kind:
            yield change("request", "the field ", Code(name), f" is read as {kind}, was {old.fields[name]}")
    for name in old.fields:
        if name not in new.fields:
            yield change("request", "the request no longer has the field ", Code(name))
    yield from _of_wordings(old, new)


def _of_wordings(old: Outline, new: Outline) -> Iterator[Change]:
    for more, these, those in (("more", new, old), ("less", old, new)):
        for wording in these.wordings:
            if wording not in those.wordings:
                yield change("request", f"one wording {more} is read without the model: ", Code(wording))
