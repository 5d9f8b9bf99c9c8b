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


NEGATIONS = re.compile(
    r"\b(?:not|no|never|none|neither|nor|nothing|nobody|without|unless|except|otherwise|else|instead|but"
    r"|cannot|hardly|only|or|whether)\b|n['\u2019]t\b",
    re.IGNORECASE,
)
"""Words of which a request that denies one thing has one."""

QUANTIFIED = re.compile(
    r"\d|\b(?:and|more|less|fewer|least|most|than|enough|all|every|each|both|many|much|several|once|twice|one|two"
    r"|three|four|five|six|seven|eight|nine|ten)\b",
    re.IGNORECASE,
)
"""Words by which it is not that there is none."""

IF = re.compile(r"\bif\b", re.IGNORECASE)
_SUBJECT = r"(?:i|we|you|he|she|they|there)"
IF_NOT = re.compile(r"[.?!]\s+if\s+(?P<denial>not)(?=\s*,)", re.IGNORECASE)
IF_I_HAVE_NOT = re.compile(
    rf"\bif\s+(?:{_SUBJECT}\s+(?P<denial>(?:have|had|do|did)(?:n['\u2019]t|\s+not))"
    r"|there\s+(?P<lack>(?:is|are)(?:n['\u2019]t|\s+not)))\b",
    re.IGNORECASE,
)
ASKED = re.compile(
    rf"(?:\A|[.?!]\s+|\bif\s+)(?:(?:have|had|did|do)\s+{_SUBJECT}|(?:i|we|you|they)(?:['\u2019]ve|\s+have|\s+did)"
    r"|(?:is|are)\s+there|there\s+(?:is|are))\b",
    re.IGNORECASE,
)
"""Whether there is, or was, such a thing."""

ASKING = re.compile(r"\b(?:check|see)\s+(?=if\b)", re.IGNORECASE)
"""Words that only ask for what a condition says anyway: "check if I have any"."""

EXISTS = re.compile(r"\b(?:any|ever|an?)\b|\b(?:in|within|during|for|since)\s+(?:the\s+)?\0", re.IGNORECASE)
"""That a thing is meant of which there may be none: any of its kind, or one within some time."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Denial:
    """Where a request says that what it looks for is not there."""

    part: int
    start: int
    end: int


def lone_denial(parts: Sequence[str | None]) -> Denial | None:
    """Find where a request asks for something if there is none of what it looks for; None if it is not sure.

    "Did I schedule a meeting with {who} in the {time}? If [not], ..."
    "If I [haven't] met with {who} in the {time}, ..."
    """
    # A field is one letter that no text holds.
    text = "".join("\0" if part is None else QUOTED.sub(_blank, part.replace("\0", " ")) for part in parts)
    short, long = list(IF_NOT.finditer(text)), list(IF_I_HAVE_NOT.finditer(text))
    if len(short) + len(long) != 1 or len(NEGATIONS.findall(text)) != 1:
        return None
    found = (short or long)[0]
    name = "denial" if found["denial"] else "lack"
    start, end = found.span(name)
    clause = _sentences_before(text[: found.start() + 1]) if short else re.split(r"[,.?!]", text[end:])[0]
    if QUANTIFIED.search(clause) or not EXISTS.search(clause) or (short and not ASKED.search(clause)):
        return None
    # "Check if I have any" asks, and states nothing yet.
    others = len(IF.findall(text)) - len(IF.findall(clause)) - 1
    return None if others else _placed(parts, start, end)


def _sentences_before(text: str) -> str:
    """The last sentence of a text."""
    return re.split(r"(?<=[.?!])\s+", text)[-1]


def _placed(parts: Sequence[str | None], start: int, end: int) -> Denial | None:
    """Find the part that holds a stretch of all of them together."""
    at = 0
    for n, part in enumerate(parts):
        length = 1 if part is None else len(part)
        if part is not None and at <= start and end <= at + length:
            return Denial(part=n, start=start - at, end=end - at)
        at += length
    return None


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])


def overs(text: str) -> list[Over]:
    """Of how many numbers the words of a text say that a condition is meant."""
    return [how for how, words in OVER.items() if words.search(text)]
