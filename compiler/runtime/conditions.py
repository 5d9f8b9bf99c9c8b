"""Conditions that a request states in words: "more than 30", "at least 5", "12 or fewer".

The vocabulary is closed. What it does not know all of is no condition, and is asked about instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Literal, TypeAlias, final

from compiler.runtime.errors import Deviation
from compiler.runtime.filters import where
from compiler.runtime.values import no_text

Operator: TypeAlias = Literal["<", "<=", "==", ">=", ">", "none"]
"""How a number compares; or that there is none of what was looked for."""

WORDS: Mapping[str, Operator] = {
    "more than": ">",
    "greater than": ">",
    "higher than": ">",
    "larger than": ">",
    "bigger than": ">",
    "over": ">",
    "above": ">",
    "exceeding": ">",
    "in excess of": ">",
    "at least": ">=",
    "no less than": ">=",
    "no fewer than": ">=",
    "a minimum of": ">=",
    "less than": "<",
    "fewer than": "<",
    "lower than": "<",
    "smaller than": "<",
    "under": "<",
    "below": "<",
    "at most": "<=",
    "no more than": "<=",
    "a maximum of": "<=",
    "exactly": "==",
}
"""What people write before a number."""

ENDINGS: Mapping[str, Operator] = {"or more": ">=", "or less": "<=", "or fewer": "<="}
"""What they write behind one."""

NUMBER = r"-?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,15})(?:\.[0-9]{1,15})?"


def _spaced(phrases: Mapping[str, Operator]) -> str:
    return "|".join(phrase.replace(" ", r"\s+") for phrase in sorted(phrases, key=len, reverse=True))


COMPARISON = re.compile(
    rf"(?<![\w-])(?:(?P<words>{_spaced(WORDS)})\s+(?P<number>{NUMBER})"
    rf"|(?P<first>{NUMBER})\s+(?P<ending>{_spaced(ENDINGS)}))(?![\w%]|[.,]\d)",
    re.IGNORECASE,
)
"""A number with the words that say on which side of it something lies."""


DENIAL = re.compile(r"not|(?:have|has|had|do|does|did|is|are|was|were)(?:n['\u2019]t|\s+not)", re.IGNORECASE)
"""What says that there is no such thing: "If not, ...", "If I haven't met ..."."""


@final
@dataclass(frozen=True, slots=True)
class Condition:
    """A number, and on which side of it something has to be; or, of a search, that it finds nothing."""

    op: Operator
    number: float = 0

    def holds(self, value: float) -> bool:
        """Tell whether a number meets it."""
        match self.op:
            case "<":
                return value < self.number
            case "<=":
                return value <= self.number
            case "==":
                return value == self.number
            case ">=":
                return value >= self.number
            case ">":
                return value > self.number
            case "none":
                return False


NOTHING = Condition("none")


@final
@dataclass(frozen=True, slots=True)
class Stated:
    """The condition that a request states; None where its wording did not surely give one.

    Every answer may be None: it cannot be told, and the model has to be asked.
    """

    condition: Condition | None = None

    def holds_for(self, value: object, *, of: Callable[[object], float] | None = None) -> bool | None:
        """Tell whether a number, or what ``of`` makes of many (their total, say), meets the condition."""
        try:
            return self.holds_for_all((value if of is None else of(value),))
        except Deviation:
            return None

    def holds_for_any(self, held: object) -> bool | None:
        """Tell whether at least one number of a list, or of an object, meets the condition."""
        numbers = self._comparable(held)
        return None if self.condition is None or not numbers else any(map(self.condition.holds, numbers))

    def holds_for_all(self, held: object) -> bool | None:
        """Tell whether every number of a list, or of an object, meets the condition."""
        numbers = self._comparable(held)
        return None if self.condition is None or not numbers else all(map(self.condition.holds, numbers))

    def holds_for_rows(
        self, rows: object, *, none: str | None = None, by: str | None = None, contains: str | None = None
    ) -> bool | None:
        """Tell whether there is nothing among the rows of a search, where that is the condition.

        ``none`` is the text that comes in place of no rows. Rows that all lack, in the field ``by``, what was
        looked for may be none of what is meant: that cannot be told.

        Raises:
            Deviation: Another text comes in place of the rows, such as what a gateway says of an error. It is
                no fact about the search, so that the model is not to judge by it.
        """
        if none is not None and rows != none:
            no_text(rows)
        if self.condition is None or self.condition.op != "none":
            return None
        if isinstance(rows, str) or not isinstance(rows, list | tuple):
            return True if rows == none and none is not None else None
        if rows and by is not None and contains is not None and not where(rows, by, contains=contains):
            return None
        return not rows

    def _comparable(self, held: object) -> tuple[float, ...]:
        """The numbers that a condition on numbers may be said of."""
        return () if self.condition is None or self.condition.op == "none" else _numbers(held)


def parse_condition(text: str) -> Condition | None:
    """Read "more than 30", "5 or fewer", "not" or "haven't"; None for anything else."""
    found = COMPARISON.fullmatch(text)
    if found is not None:
        return condition_of(found)
    return NOTHING if DENIAL.fullmatch(text) else None


def condition_of(found: re.Match[str]) -> Condition:
    """Give the condition of a match of COMPARISON."""
    said = " ".join((found["words"] or found["ending"]).split()).lower()
    op = WORDS[said] if found["words"] else ENDINGS[said]
    return Condition(op, float((found["number"] or found["first"]).replace(",", "")))


def _numbers(held: object) -> tuple[float, ...]:
    """Give the numbers of a list or an object; none where anything else is among them."""
    items = tuple(held.values()) if isinstance(held, Mapping) else held
    if not isinstance(items, list | tuple):
        return ()
    sure = all(isinstance(one, int | float) and not isinstance(one, bool) and isfinite(one) for one in items)
    return tuple(items) if sure else ()
