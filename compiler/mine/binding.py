"""binding: how an argument is explained: wired, a row that is chosen, open, or the same as an earlier one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

from compiler.ir.expr import Expr
from compiler.ir.run import JSON
from compiler.mine.spans import (
    Span,
)
from compiler.mine.tables import Entry

RunSpans = tuple[tuple[str, frozenset[Span]], ...]
"""Places in the request, by run: the runs of one task may word it differently."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Wired:
    """An argument that these rivals of equal cost explain in every task.

    ``spans`` and ``time_spans`` say, run by run, where the request holds the field of the expression;
    ``wordings`` pairs words of the request with the value, where the field is a choice.
    """

    rivals: tuple[Expr, ...]
    kind: str = "json"
    spans: RunSpans = ()
    time_spans: RunSpans = ()
    wordings: tuple[tuple[str, str], ...] = ()
    examples: tuple[JSON, ...] = ()


def is_verbatim(binding: Wired, texts: Mapping[str, str]) -> bool:
    """Whether words of the request are the value as they stand, in every run; ``texts`` are the requests."""
    values = dict(binding.wordings)
    said = [texts[run][span.start : span.end] for run, spans in binding.spans for span in spans]
    return bool(said) and all(values.get(words.lower(), words) == words for words in said)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """An argument that is a field of some row of a list, by no rule that all tasks share."""

    rows: Expr
    tail: tuple[str, ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """An argument that nothing in scope explains; ``values`` are those that each run gave it, in order."""

    examples: tuple[JSON, ...]
    values: tuple[tuple[str, str], ...] = ()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Same:
    """An argument that is always what an earlier argument was, which itself is an open decision."""

    role: str
    """The id of the earlier call."""
    name: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The form in which a date is written, by the value of ``on``; without one a value stands as it is."""

    on: Expr
    cases: tuple[tuple[JSON, str | None, tuple[str, ...]], ...]
    """A value, the strftime format that it stands for, and the tasks that show it."""

    def of(self, value: JSON) -> str | None:
        """The format that a value stands for."""
        return next(form for key, form, _ in self.cases if type(key) is type(value) and key == value)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Unsettled:
    """Keys of a table for which the argument is asked, or chosen among ``options``."""

    keys: tuple[JSON, ...]
    options: Expr | None
    tasks: tuple[str, ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Tabled:
    """An argument whose source one value in scope, ``on``, decides; a date among them may have a form."""

    on: Expr
    cases: tuple[Entry, ...]
    open: tuple[Unsettled, ...]
    form: Form | None
    examples: tuple[JSON, ...]

    @property
    def exprs(self) -> tuple[Expr, ...]:
        """What is looked at: by what it is decided, and where the values are."""
        options = (group.options for group in self.open if group.options is not None)
        form = () if self.form is None else (self.form.on,)
        return (self.on, *(entry.value for entry in self.cases), *options, *form)


Binding = Wired | Tabled | Chosen | Open | Same

TOOL = "tool"
"""Stands for the tool's own name among the arguments of a role."""
