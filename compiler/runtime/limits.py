"""What one run may do and spend, and what it has spent so far."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic
from typing import final

from compiler.runtime.ask import Usage
from compiler.runtime.errors import LimitReached


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The most that one run may do. Retries and repeated attempts at a question do not count.

    The others are bounds where they are given. ``tokens`` counts prompts and completions, ``dollars`` is what
    litellm says that they cost, an agent that takes over included. These two and ``seconds`` hold between
    calls and questions: the one that passes a bound is the last. ``call_seconds`` is for each call of a tool.
    """

    tool_calls: int
    questions: int
    tokens: int | None = None
    dollars: float | None = None
    seconds: float | None = None
    call_seconds: float | None = None


@final
class Meter:
    """Adds up what one run spends."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._bounded = any(most is not None for most in (limits.tokens, limits.dollars, limits.seconds))
        self._started = monotonic()
        self.tokens: int | None = 0
        self.dollars: float | None = 0.0

    def spend(self, usage: Usage | None) -> None:
        """Count one model call. What a model does not tell once is not known from then on."""
        if usage is None:
            self.tokens = self.dollars = None
            return
        if self.tokens is not None:
            self.tokens += usage.prompt_tokens + usage.completion_tokens
        if self.dollars is not None:
            self.dollars = None if usage.dollars is None else self.dollars + usage.dollars

    def check(self) -> None:
        """See whether there is something left.

        Raises:
            LimitReached: There is not, or nobody can tell: a bound that cannot be checked is none.
        """
        if not self._bounded:
            return
        for unit, spent, most in (
            ("tokens", self.tokens, self._limits.tokens),
            ("dollars", self.dollars, self._limits.dollars),
            ("seconds", monotonic() - self._started, self._limits.seconds),
        ):
            if most is None or (spent is not None and spent < most):
                continue
            message = f"nobody tells the {unit} spent" if spent is None else f"{spent:g} {unit} are spent"
            raise LimitReached(message, nearest=f"at most {most:g} {unit}")
