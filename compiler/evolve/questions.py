"""Keep the names of questions: answers, models and people know them by these."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from itertools import count
from typing import TypeVar, cast

from compiler.ir.program import Program, Question

T = TypeVar("T")


def keep_questions(program: Program, base: str) -> Program:
    """Return a program whose questions are called as in an old harness.py, where they ask the same.

    A question that asks what several do keeps the name that it has.
    """
    names = _exchange(_known(base), {one.name: one.text for one in program.questions})
    return _renamed(program, names) if names else program


def _known(text: str) -> dict[str, str]:
    """Return the questions of a harness.py: name -> what it asks."""
    try:
        body = ast.parse(text).body
    except SyntaxError:
        return {}
    found: dict[str, str] = {}
    for node in body:
        match node:
            case ast.Assign(
                targets=[ast.Name(id=name)],
                value=ast.Call(func=ast.Name(id="Question"), args=[ast.Constant(value=str(asked)), *_]),
            ):
                found[name] = asked
            case _:
                pass
    return found


def _exchange(old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, str]:
    """Return new name -> the name to have, where that is another one."""
    before, after = Counter(old.values()), Counter(new.values())
    named = {asked: name for name, asked in old.items() if before[asked] == 1}
    names = {
        name: named[asked]
        for name, asked in new.items()
        if after[asked] == 1 and named.get(asked, name) != name
    }
    for name in new:
        if name in names.values() and name not in names:
            # What is new makes way.
            variants = (f"{name}_{number}" for number in count(2))
            taken = (new.keys() - names.keys()) | set(names.values()) | old.keys()
            names[name] = next(one for one in variants if one not in taken)
    return names


def _renamed(value: T, names: Mapping[str, str]) -> T:
    """Rename questions wherever a value of the program names one."""
    if isinstance(value, tuple):
        return cast("T", tuple(_renamed(one, names) for one in value))
    if not is_dataclass(value) or isinstance(value, type):
        return value
    key = "name" if isinstance(value, Question) else "question"
    changes = {
        part.name: (
            names.get(inner, inner) if part.name == key and isinstance(inner, str) else _renamed(inner, names)
        )
        for part in fields(value)
        for inner in (getattr(value, part.name),)
    }
    return cast("T", replace(value, **changes))
