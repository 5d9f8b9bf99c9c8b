"""The invented tools of a process: what they take, and the typed random results that they give.

A result depends on the seed, the tool and its arguments alone, so that whoever makes the same call gets the
same answer: the recorded run, the truth on an unseen request, and the harness.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal, final

from benchmarks.processes.odds import happens
from compiler.ir.run import JSON, Effect, ToolSchema

Kind = Literal[
    "id",
    "name",
    "email",
    "word",
    "flag",
    "count",
    "amount",
    "date",
    "table",
    "notice",
    "spring",
    "limit",
    "place",
    "weight",
    "time",
    "cost",
    "share",
]
"""``spring`` is a date of that season, ``limit`` an amount that many are above, ``place`` one of few rows; a
``weight``, ``time``, ``cost`` and ``share`` are amounts that are written with a unit."""

MOST_ROWS = 6
PAGE = 2
MOST_COUNTED = 9
FIRST_DAY, DAYS = date(2031, 1, 1), 365
FLAKY_SHARE = 0.2
FIRST_NAMES = (
    *("Ada", "Ben", "Carla", "Dmitri", "Elif", "Farid", "Greta", "Hugo", "Ines", "Jonas", "Kira", "Liam"),
    *("Mona", "Nils", "Olga", "Pavel", "Rosa", "Sven", "Tara", "Umar", "Vera", "Wanda", "Yusuf", "Zoe"),
)
LAST_NAMES = (
    *("Abel", "Brandt", "Costa", "Duval", "Eriksen", "Fischer", "Garcia", "Haddad", "Ivanov", "Jensen"),
    *("Kowal", "Lindt", "Moreau", "Novak", "Okafor", "Petrov", "Quint", "Rossi", "Sato", "Torres"),
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A named value of a kind; ``words`` are all that a word may be, ``prefix`` begins an id."""

    name: str
    kind: Kind
    words: tuple[str, ...] = ()
    prefix: str = ""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """A list of records, ``least`` to MOST_ROWS of them, or one for each word of a field."""

    fields: tuple[Field, ...]
    least: int = 0
    each: str = ""
    """The field that has each of its words once, if there is one."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A tool: what it takes; and gives: a record, a list, or a record that holds a list under ``key``."""

    name: str
    effect: Effect
    takes: tuple[Field, ...]
    gives: tuple[Field, ...] = ()
    rows: Rows | None = None
    key: str | None = None
    echoes: bool = False
    """Whether the record repeats the arguments."""
    pages: bool = False
    """Whether it gives its list PAGE rows at a time, and with each page the cursor of the next."""
    flaky: bool = False
    """Whether some calls fail the first time."""

    def schema(self) -> ToolSchema:
        """Describe the tool as its owner would."""
        types = {
            "flag": "boolean",
            "count": "integer",
            "place": "integer",
            "amount": "number",
            "limit": "number",
        }
        properties: dict[str, JSON] = {
            one.name: {"type": types.get(one.kind, "string")} for one in self.takes
        }
        required: list[JSON] = [one.name for one in self.takes]
        if self.pages:
            properties["cursor"] = {"type": "string"}
        parameters: dict[str, JSON] = {"type": "object", "properties": properties, "required": required}
        return ToolSchema(
            name=self.name, description=f"{self.name}.", parameters=parameters, effect=self.effect
        )


class ToolError(Exception):
    """A tool failed."""


@final
@dataclass(slots=True)
class World:
    """The tools as one run meets them; it remembers which calls have failed before."""

    seed: int
    tools: tuple[Tool, ...]
    failed: set[str] = field(default_factory=set)

    def call(self, name: str, arguments: dict[str, JSON]) -> JSON:
        """Answer a call.

        Raises:
            ToolError: No such tool, or one that fails the first time.
        """
        tool = next((one for one in self.tools if one.name == name), None)
        if tool is None:
            raise ToolError(name)
        cursor = arguments.get("cursor") if tool.pages else None
        arguments = {name: value for name, value in arguments.items() if not tool.pages or name != "cursor"}
        key = f"{self.seed}|{name}|{json.dumps(arguments, sort_keys=True)}"
        chance = random.Random(key)
        fails = chance.random() < FLAKY_SHARE
        if tool.flaky and fails and key not in self.failed:
            self.failed.add(key)
            raise ToolError("timed out, try again")
        answer = _answer(tool, arguments, chance)
        return _page(answer, tool, key, cursor) if tool.pages else answer


def _answer(tool: Tool, arguments: dict[str, JSON], chance: random.Random) -> JSON:
    listed = None if tool.rows is None else rows(tool.rows, chance)
    if listed is not None and tool.key is None:
        return listed
    record: dict[str, JSON] = dict(arguments) if tool.echoes else {}
    record |= {one.name: value(one, chance) for one in tool.gives}
    if listed is not None and tool.key is not None:
        record[tool.key] = listed
    return record


def _page(answer: JSON, tool: Tool, key: str, cursor: JSON) -> JSON:
    """Cut the page that a cursor stands for out of a record; the first one without a cursor."""
    assert isinstance(answer, dict)
    assert tool.key is not None
    listed = answer[tool.key]
    assert isinstance(listed, list)
    cursors: list[JSON] = [
        f"pg-{random.Random(f'{key} {at}').getrandbits(32):08x}" for at in range(MOST_ROWS)
    ]
    at = 0 if cursor is None else cursors.index(cursor) * PAGE
    more = at + PAGE < len(listed)
    return {**answer, tool.key: listed[at : at + PAGE], "next": cursors[at // PAGE + 1] if more else None}


def rows(wanted: Rows, chance: random.Random) -> list[JSON]:
    """Make a list; no two of its rows share an id, an amount or a date, so that "the lowest" is one row."""
    words = next((one.words for one in wanted.fields if one.name == wanted.each), ())
    count = len(words) or chance.randint(wanted.least, MOST_ROWS)
    columns: dict[str, list[JSON]] = {}
    for one in wanted.fields:
        if one.name == wanted.each:
            columns[one.name] = list(chance.sample(words, count))
            continue
        made: dict[JSON | str, JSON] = {}
        while len(made) < count:
            drawn = value(one, chance)
            unique = one.kind in ("id", "amount", "date")
            made[str(drawn) if unique else len(made)] = drawn
        columns[one.name] = list(made.values())
    return [{name: column[place] for name, column in columns.items()} for place in range(count)]


def value(one: Field, chance: random.Random) -> JSON:
    """Make a value of a kind."""
    return _MAKERS[one.kind](one, chance)


def _notice(one: Field, chance: random.Random) -> JSON:
    opened, due = _MAKERS["date"](one, chance), _MAKERS["date"](one, chance)
    return f"Ticket {one.prefix}-{chance.randrange(10_000, 100_000)} was opened on {opened}, due {due}."


def _email(_one: Field, chance: random.Random) -> JSON:
    name = f"{chance.choice(FIRST_NAMES)}.{chance.choice(LAST_NAMES)}"
    return f"{name.lower()}{chance.randrange(100)}@mail.example"


def _weight(_one: Field, chance: random.Random) -> JSON:
    grams = 50 * chance.randint(2, 60)
    return f"{grams / 1000:g} kg" if grams >= 1000 else f"{grams} g"  # noqa: PLR2004 - a kilo


def _time(_one: Field, chance: random.Random) -> JSON:
    quarters = chance.randint(1, 12)
    return f"{15 * quarters} minutes" if quarters % 2 else f"{quarters / 4:g} hours"


_MAKERS: dict[Kind, Callable[[Field, random.Random], JSON]] = {
    "id": lambda one, chance: f"{one.prefix}-{chance.randrange(10_000, 100_000)}",
    "name": lambda _, chance: f"{chance.choice(FIRST_NAMES)} {chance.choice(LAST_NAMES)}",
    "email": _email,
    "word": lambda one, chance: chance.choice(one.words),
    "flag": lambda _, chance: happens(chance, 1 / 2),
    "count": lambda _, chance: chance.randint(0, MOST_COUNTED),
    "amount": lambda _, chance: round(chance.uniform(1, 1000), 2),
    "table": lambda one, chance: {
        word: f"{one.prefix}-{chance.randrange(10_000, 100_000)}" for word in one.words
    },
    "notice": _notice,
    "spring": lambda _, chance: (FIRST_DAY + timedelta(days=chance.randrange(60, 120))).isoformat(),
    "limit": lambda _, chance: round(chance.uniform(200, 400), 2),
    "place": lambda _, chance: chance.randint(1, 4),
    "weight": _weight,
    "time": _time,
    "cost": lambda _, chance: f"${chance.uniform(1, 5000):,.2f}",
    "share": lambda _, chance: f"{chance.randint(1, 99)}%",
    "date": lambda _, chance: (FIRST_DAY + timedelta(days=chance.randrange(DAYS))).isoformat(),
}
