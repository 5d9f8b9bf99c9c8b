"""Show a process as text, for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from benchmarks.processes.tree import (
    Among,
    AtLeast,
    Block,
    Do,
    Each,
    Empty,
    Fixed,
    Fork,
    Gather,
    Guard,
    Halt,
    Held,
    Joined,
    Leave,
    Made,
    Moved,
    Picked,
    Process,
    Said,
    Step,
    Term,
)

INDENT = "    "


def show(process: Process) -> str:
    """Show what the process does, in the manner of Python."""
    held = ", ".join([*(one.name for one in process.fields), *(name for name, _ in process.lists)])
    lines = [f"{process.name}({held}):"]
    lines += [f"{INDENT}# {_worded(parts)}" for parts in (wording.parts for wording in process.wordings)]
    return "\n".join([*lines, *_block(process.body, INDENT)])


def _worded(parts: tuple[str, ...]) -> str:
    return "".join(f"{{{part}}}" if place % 2 else part for place, part in enumerate(parts))


def _block(block: Block, indent: str) -> Iterator[str]:
    for step in block:
        yield from _step(step, indent)
    if not block:
        yield f"{indent}pass"


def _step(step: Step, indent: str) -> Iterator[str]:
    match step:
        case Do() | Gather():
            given = ", ".join(f"{name}={term_text(term)}" for name, term in step.arguments)
            pages = f", all pages of {step.key}" if isinstance(step, Gather) else ""
            yield f"{indent}{step.var} = {step.tool}({given}){pages}"
        case Each():
            yield from _each(step, indent)
        case Fork():
            for number, (guard, body) in enumerate(step.arms):
                yield f"{indent}{'elif' if number else 'if'} {_guard(guard)}:"
                yield from _block(body, indent + INDENT)
            if step.rest:
                yield f"{indent}else:"
                yield from _block(step.rest, indent + INDENT)
        case Halt():
            yield f"{indent}if {_guard(step.guard)}: return"
        case Leave():
            yield f"{indent}break"
        case _:
            assert_never(step)


def _each(step: Each, indent: str) -> Iterator[str]:
    yield f"{indent}for {step.var} in {term_text(step.rows)}:"
    yield from _block(step.body, indent + INDENT)
    if step.rest:
        yield f"{indent}else:"
        yield from _block(step.rest, indent + INDENT)


def _guard(guard: Guard) -> str:
    match guard:
        case Among():
            return f"{term_text(guard.term)} in {list(guard.values)}"
        case AtLeast():
            return f"{term_text(guard.term)} >= {guard.bound}"
        case Empty():
            return f"not {term_text(guard.rows)}"
        case _:
            assert_never(guard)


def term_text(term: Term) -> str:
    """Show where a value comes from."""
    match term:
        case Said():
            return f"request.{term.name}"
        case Held():
            return ".".join((term.var, *term.path))
        case Fixed():
            return repr(term.value)
        case Joined() | Moved() | Picked() | Made():
            return _computed(term)
        case _:
            assert_never(term)


def _computed(term: Joined | Moved | Picked | Made) -> str:
    match term:
        case Joined():
            return " + ".join(map(term_text, term.parts))
        case Moved():
            return f"date({term_text(term.base)}, {term.days:+}, {term.form!r})"
        case Picked():
            by = f" by {term.by}" if term.by else ""
            return f"{term.how}({term_text(term.rows)}{by}).{term.key}"
        case Made():
            return f"{term.how}({', '.join((*map(term_text, term.parts), *map(repr, term.settings)))})"
        case _:
            assert_never(term)
