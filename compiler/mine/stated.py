"""stated: a condition that a request states in words, where they leave no doubt of what is meant.

Anything that might turn the meaning (a second comparison, a negation, a unit, "by more than") makes the
request one that states nothing for sure. It is then asked about, as it would be without this.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias, final

from compiler.ir.program import Slot
from compiler.mine.branch import CONDITION
from compiler.runtime.conditions import COMPARISON, Condition, condition_of

Parts: TypeAlias = tuple[str | Slot, ...]
Over: TypeAlias = Literal["any", "all", "total", "average"]

SLOT = Slot("", gap="condition")

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
class Statement:
    """A condition in a request, of which numbers it is said (None: not said), and the wording around it."""

    condition: Condition
    over: Over | None
    wording: Parts
    """The request with a slot in the place of the condition."""


def statement(parts: Parts) -> Statement | None:
    """The one condition that the words around the fields of a request state; None if that is not sure."""
    literals = {n: QUOTED.sub(_blank, part) for n, part in enumerate(parts) if isinstance(part, str)}
    found = [(n, match) for n, text in literals.items() for match in COMPARISON.finditer(text)]
    said = " ".join(literals.values())
    if len(found) != 1 or CONDITION.search(said) is None:
        return None
    ((place, match),) = found
    before, after = literals[place][: match.start()], literals[place][match.end() :]
    around = "\n".join((*(literals[n] for n in literals if n != place), before, after))
    # A field right behind the number may be its unit.
    bare = not after.strip() and place + 1 < len(parts)
    if bare or TURNS.search(around) or NUMERAL.search(around) or UNIT.match(after):
        return None
    over = [how for how, words in OVER.items() if words.search(around)]
    text = parts[place]
    if len(over) > 1 or not isinstance(text, str):
        return None
    pieces: Parts = (text[: match.start()], SLOT, text[match.end() :])
    wording = (*parts[:place], *(piece for piece in pieces if piece), *parts[place + 1 :])
    beside = [n for n, part in enumerate(wording) if isinstance(part, Slot)]
    if any(n + 1 in beside for n in beside):
        return None
    return Statement(condition=condition_of(match), over=over[0] if over else None, wording=wording)


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])
