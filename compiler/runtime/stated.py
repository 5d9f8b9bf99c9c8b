"""The one condition in the words of a request, where they leave no doubt of what is meant.

Anything that might turn the meaning (a second comparison, a negation, a unit, "by more than") makes the
request one that states nothing for sure. It is then asked about, as it would be without this.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, final

from compiler.runtime.conditions import COMPARISON, Condition, condition_of

Over: TypeAlias = Literal["any", "all", "total", "average"]

CONDITION = re.compile(r"\b(if|unless|otherwise|whether|in case|only when|provided that)\b", re.IGNORECASE)
"""Words by which a request states a condition. They never decide what is done: they make a program ask."""

QUOTED = re.compile(r"(?<!\w)(?:'[^'\n]*'(?!\w)|\"[^\"\n]*\")")
TURNS = re.compile(
    r"\b(?:not|no|never|none|neither|nor|nothing|nobody|without|unless|except|otherwise|else|instead|but"
    r"|cannot|than|more|less|fewer|higher|lower|greater|smaller|larger|bigger|longer|shorter|older|newer"
    r"|twice|half|double|percent|percentage|between|grew|growth|rose|fell|dropped|increased|decreased"
    r"|change|changed)\b|n['\u2019]t\b|%|\bby\s*$",
    re.IGNORECASE | re.MULTILINE,
)
"""Words that may turn a condition round, make it another, or compare something else."""

UNIT = re.compile(
    r"\s*(?:%|x\b|per\s*cent|percent|percentage|points?\b|times\b|fold\b|hundred|thousand|million|billion"
    r"|[a-z]*(?:second|minute|hour|day|week|month|quarter|year)s?\b|dozen|and\b|or\b|to\b)",
    re.IGNORECASE,
)
"""What must not follow the number: it would be of another size, or not the only one."""

NUMERAL = re.compile(r"\d")
_OVER: dict[Over, str] = {
    "any": r"(?:at\s+)?any\s+(?:time|point|moment|day)|at\s+some\s+point|ever",
    "all": r"always|at\s+all\s+times|every\s+(?:time|day)|throughout|the\s+whole\s+time",
    "total": r"in\s+total|altogether|in\s+all|in\s+sum|added\s+up",
    "average": r"on\s+average",
}
OVER = {over: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for over, words in _OVER.items()}
"""How many numbers meet one condition."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The condition of a request, of how many numbers it is meant (None: not said), and where it stands."""

    condition: Condition
    over: Over | None
    part: int
    start: int
    end: int


def lone_comparison(parts: Sequence[str | None]) -> Comparison | None:
    """Find the one comparison in the words around fields, which are None; None if it is not sure."""
    blanked = {n: QUOTED.sub(_blank, text) for n, text in enumerate(parts) if text is not None}
    found = [(n, match) for n, text in blanked.items() for match in COMPARISON.finditer(text)]
    if len(found) != 1 or CONDITION.search(" ".join(blanked.values())) is None:
        return None
    ((place, match),) = found
    before, after = blanked[place][: match.start()], blanked[place][match.end() :]
    around = "\n".join((*(blanked[n] for n in blanked if n != place), before, after))
    # A field right behind the number may be its unit.
    bare = not after.strip() and place + 1 < len(parts)
    if bare or TURNS.search(around) or NUMERAL.search(around) or UNIT.match(after):
        return None
    over = overs(around)
    if len(over) > 1:
        return None
    return Comparison(
        condition=condition_of(match),
        over=over[0] if over else None,
        part=place,
        start=match.start(),
        end=match.end(),
    )


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])


def overs(text: str) -> list[Over]:
    """Of how many numbers the words of a text say that a condition is meant."""
    return [how for how, words in OVER.items() if words.search(text)]
