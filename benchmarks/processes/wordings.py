"""Requests: random values, and how they are put, as a mapping or in words."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date

from benchmarks.processes.tools import Field, rows, value
from benchmarks.processes.tree import Process, Wording
from benchmarks.processes.vocabulary import JOINTS, OPENINGS
from compiler.ir.run import JSON

DATE_FORMS = ("%Y-%m-%d", "%Y-%m-%d", "%B %d, %Y", "%d %B %Y")


def wordings(fields: tuple[Field, ...], chance: random.Random) -> tuple[Wording, ...]:
    """Invent three or four ways to say the same: other words around the values, in another order."""
    openings = chance.sample(OPENINGS, chance.randint(3, 4))
    return tuple(_wording(opening, fields, chance) for opening in openings)


def _wording(opening: str, fields: tuple[Field, ...], chance: random.Random) -> Wording:
    joint, ordered = chance.choice(JOINTS), chance.sample(fields, len(fields))
    parts: list[str] = []
    for one in ordered:
        label = one.name.replace("_", " ")
        said = chance.choice((label, label, f"the {label}"))
        parts += [f"{joint if parts else f'{opening} '}{said} ", one.name]
    return Wording(parts=(*parts, chance.choice((".", "", " please."))), date_form=chance.choice(DATE_FORMS))


def random_values(process: Process, chance: random.Random) -> dict[str, JSON]:
    """Draw the values of one request."""
    drawn: dict[str, JSON] = {one.name: value(one, chance) for one in process.fields}
    return drawn | {name: rows(wanted, chance) for name, wanted in process.lists}


def put(process: Process, values: Mapping[str, JSON], chance: random.Random) -> str | dict[str, JSON]:
    """Put a request's values as the process's requests are put."""
    if not process.wordings:
        return _structured(process, values)
    wording = chance.choice(process.wordings)
    kinds = {one.name: one.kind for one in process.fields}
    said = []
    for place, part in enumerate(wording.parts):
        text = str(values[part]) if place % 2 else part
        dated = place % 2 and kinds[part] in ("date", "spring")
        said.append(date.fromisoformat(text).strftime(wording.date_form) if dated else text)
    return "".join(said)


def _structured(process: Process, values: Mapping[str, JSON]) -> dict[str, JSON]:
    groups = dict(process.groups)
    request: dict[str, JSON] = {}
    for name, held in values.items():
        inside = request
        if name in groups:
            group = request.setdefault(groups[name], {})
            assert isinstance(group, dict)
            inside = group
        inside[name] = held
    return request
