"""The condition in a wording that no pattern lists: read where all of its words are known.

Nobody judges what is left over when a condition is tested instead of asked about, so nothing may be.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import final

from compiler.runtime.conditions import NOTHING, Condition
from compiler.runtime.function_words import COURTESY, INERT, LIGHT, LINKING, TELLING
from compiler.runtime.stated import ASKING, Comparison, Denial, lone_comparison, lone_denial, overs
from compiler.runtime.tokens import END, Span, tokenize


@final
class Restated:
    """Reads conditions by the wordings that have a place for one, each given as its literals."""

    def __init__(self, wordings: tuple[tuple[str, ...], ...]) -> None:
        self._known = [_words(literals) - Counter(COURTESY) for literals in wordings]
        self._overs = [overs("\n".join(literals)) for literals in wordings]

    def condition(self, text: str, taken: Iterable[Span], deed: frozenset[str]) -> Condition | None:
        """Give what a text states around the places of its fields; None where that is not sure.

        Every word stands in the wordings, or adds nothing, or is one of ``deed``: of what is done in any case
        if the condition holds. Those that all wordings have are there, and those that turn a request are as
        many as in one of them.
        """
        parts = _around(text, sorted(set(taken)))
        found = lone_comparison(parts) or lone_denial(parts) if self._known else None
        if found is None:
            return None
        said = _words(_without(part, found if n == found.part else None) for n, part in enumerate(parts))
        condition, over = (found.condition, found.over) if isinstance(found, Comparison) else (NOTHING, None)
        # That nothing is there is said with one "if" or with two, which were looked at one by one.
        telling = TELLING - {"if"} if condition is NOTHING else TELLING
        # What stands beside the fields was compared already.
        always = set.intersection(*map(set, self._known)) - INERT - LIGHT - LINKING
        sure = (
            said.keys() <= set().union(*self._known) | INERT | deed
            and always <= said.keys()
            and _among(telling, said) in [_among(telling, words) for words in self._known]
            and all(known == ([over] if over else []) for known in self._overs)
        )
        return condition if sure else None


def _words(texts: Iterable[str]) -> Counter[str]:
    return Counter(token.said for text in texts for token in tokenize(text) if token.said not in (END, ","))


def _among(wanted: frozenset[str], words: Mapping[str, int]) -> dict[str, int]:
    return {word: count for word, count in words.items() if word in wanted}


def _around(text: str, spans: list[Span]) -> list[str | None]:
    """Cut a text at its fields, each of which is None."""
    starts, ends = [span.start for span in spans], [span.end for span in spans]
    pieces = [text[start:end] for start, end in zip([0, *ends], [*starts, len(text)], strict=True)]
    parts: list[str | None] = [pieces[0]]
    for piece in pieces[1:]:
        parts += [None, piece]
    return parts


def _without(part: str | None, found: Comparison | Denial | None) -> str:
    """The words beside a field, but for the condition among them, and for what only asks whether it holds."""
    if part is None:
        return ""
    rest = part if found is None else f"{part[: found.start]} {part[found.end :]}"
    return ASKING.sub(" ", rest)
