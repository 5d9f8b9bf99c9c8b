"""Invent calls: a tool, and where each of its arguments comes from."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import final

from benchmarks.processes.odds import happens
from benchmarks.processes.scope import Known, Scope
from benchmarks.processes.tools import Field, Kind, Rows, Tool, value
from benchmarks.processes.tree import Among, AtLeast, Do, Fixed, Guard, Joined, Moved, Said, Term
from benchmarks.processes.vocabulary import LISTING, LITERALS, READING, WRITING, Names
from compiler.ir.run import Effect

TELLING: tuple[Kind, ...] = ("id", "name", "email", "amount", "date")
DECIDING: tuple[Kind, ...] = ("word", "flag", "count", "amount")
WEIGHTS: dict[Kind, int] = {
    **{"id": 6, "name": 3, "email": 2, "word": 2, "amount": 2, "date": 2, "count": 1, "flag": 1},
}
DATE_FORMS = ("%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y")
SHIFTS = (0, 1, 2, 7, 14, 30, -1)


@final
class Caller:
    """Makes the calls of one process, and keeps the tools and the request's fields that they need."""

    def __init__(self, chance: random.Random, *, flaky: float, plain: bool) -> None:
        self.chance = chance
        self.names = Names(chance)
        self.tools: dict[str, Tool] = {}
        self.fields: dict[str, Field] = {}
        self.lists: dict[str, Rows] = {}
        self._made: list[Do] = []
        self._flaky = flaky
        self._plain = plain

    # -------------------------------------------------------------------------------------------- the calls

    def read(self, scope: Scope, *, about: str | None = None, lists: bool = False, least: int = 0) -> Do:
        """Read a record, or a list of ``least`` and more; ``about`` is the variable that it must refer to."""
        arguments, takes = self._arguments(
            scope, () if about is None else (about,), self.chance.randint(1, 2)
        )
        rows = Rows(fields=self.record(), least=least) if lists else None
        bare = lists and happens(self.chance, 1 / 2)
        tool = Tool(
            name=self.names.tool(LISTING if lists else READING),
            effect="read",
            takes=takes,
            gives=() if bare else self.record(besides=takes),
            rows=rows,
            key=None if bare or not lists else self.chance.choice(("items", "results", "entries")),
            echoes=not bare and happens(self.chance, 1 / 2),
            flaky=happens(self.chance, self._flaky),
        )
        return self._call(scope, tool, arguments, filled=least > 0)

    def write(self, scope: Scope, *, about: tuple[str, ...] = ()) -> Do:
        """Write something that refers to all the given variables."""
        count = max(self.chance.randint(1, 3), len(about))
        arguments, takes = self._arguments(scope, about, count)
        gives = (self.names.field("id", {one.name for one in takes}),) if happens(self.chance, 1 / 2) else ()
        tool = Tool(name=self.names.tool(WRITING), effect="write", takes=takes, gives=gives)
        return self._call(scope, tool, arguments, filled=False)

    def spare(self) -> str:
        """Name a new tool that reads, never fails, and is no part of the process."""
        name = self.read(Scope()).tool
        self.tools[name] = replace(self.tools[name], flaky=False)
        return name

    def again(self, scope: Scope, effect: Effect, *, about: str | None = None) -> Do | None:
        """Call a tool in another role: the same parameters from other sources. None where nothing fits."""
        tools = [one for one in self.tools.values() if one.effect == effect and one.rows is None]
        self.chance.shuffle(tools)
        for tool in tools:
            arguments = self._other_sources(scope, tool, about)
            if arguments is not None:
                return self._call(scope, tool, arguments, filled=False)
        return None

    def record(self, besides: tuple[Field, ...] = ()) -> tuple[Field, ...]:
        """Invent the fields of a record: one to know it by, one that may decide, and some that distract."""
        kinds: list[Kind] = [self.chance.choice(TELLING), self.chance.choice(DECIDING)]
        kinds += self.chance.choices(list(WEIGHTS), list(WEIGHTS.values()), k=self.chance.randint(1, 5))
        taken = {one.name for one in besides}
        made: list[Field] = []
        for kind in kinds:
            one = self.names.field(kind, taken)
            taken.add(one.name)
            made.append(one)
        self.chance.shuffle(made)
        return tuple(made)

    def guard(self, scope: Scope, about: str | None) -> Guard:
        """Invent a test that holds for a third to two thirds of the values; of ``about``, if given."""
        known = [one for one in scope.values() if one.field.kind in DECIDING and one.var == about]
        chosen = self.chance.choice(known) if known else self.said("word")
        scope.use(chosen.var)
        match chosen.field.kind:
            case "word":
                words = chosen.field.words
                count = self.chance.choice((1, len(words) // 2))
                return Among(chosen.term, tuple(sorted(self.chance.sample(words, count))))
            case "flag":
                return Among(chosen.term, (happens(self.chance, 1 / 2),))
            case "count":
                return AtLeast(chosen.term, self.chance.randint(4, 6))
            case _:
                return AtLeast(chosen.term, 50.0 * self.chance.randint(7, 13))

    def said(self, kind: Kind) -> Known:
        """Take a value from the request: one that it holds already, or a new one."""
        held = [one for one in self.fields.values() if one.kind == kind]
        if held and happens(self.chance, 1 / 2):
            one = self.chance.choice(held)
        else:
            one = self.names.field(kind, {*self.fields, *self.lists})
            self.fields[one.name] = one
        return Known(Said(one.name), one, None)

    # ---------------------------------------------------------------------------------------- the arguments

    def _call(self, scope: Scope, tool: Tool, arguments: tuple[tuple[str, Term], ...], *, filled: bool) -> Do:
        var = f"v{len(self._made) + 1}"
        made = Do(var, tool.name, arguments)
        self._made.append(made)
        self.tools[tool.name] = tool
        scope.bind_result(var, tool, filled=filled)
        return made

    def _arguments(
        self, scope: Scope, about: tuple[str, ...], count: int
    ) -> tuple[tuple[tuple[str, Term], ...], tuple[Field, ...]]:
        arguments: list[tuple[str, Term]] = []
        takes: dict[str, Field] = {}
        for place in range(count):
            known = self._about(scope, about[place]) if place < len(about) else self._anything(scope, place)
            scope.use(known.var)
            one = self.names.parameter(known.field.kind, known.field.name, takes)
            takes[one.name] = one
            arguments.append((one.name, self._dressed(scope, known)))
        return tuple(arguments), tuple(takes.values())

    def _about(self, scope: Scope, var: str) -> Known:
        """A value of one variable; the first choice is one that tells one record from another."""
        known = [one for one in (*scope.values(), *scope.picks()) if one.var == var]
        telling = [one for one in known if one.field.kind in TELLING]
        return self._weighed(telling or known)

    def _anything(self, scope: Scope, place: int) -> Known:
        """Any value: of the request, of an earlier result, or, but for the first argument, a constant."""
        known, picks = list(scope.values()), list(scope.picks())
        if place and happens(self.chance, 0.15):
            kind: Kind = self.chance.choice(("word", "count", "flag"))
            one = self.names.parameter(kind, None, ())
            return Known(Fixed(value(one, self.chance)), one, None)
        if picks and happens(self.chance, 0.25):
            return self._weighed(picks)
        if known and happens(self.chance, 0.6):
            return self._weighed(known)
        return self.said(self.chance.choice(("id", "id", "name", "email", "word", "amount", "date")))

    def _weighed(self, known: list[Known]) -> Known:
        return self.chance.choices(known, [WEIGHTS[one.field.kind] for one in known])[0]

    def _dressed(self, scope: Scope, known: Known) -> Term:
        """The value as it is; sometimes a date moved or in another form, and a text within another."""
        if self._plain or isinstance(known.term, Fixed):
            return known.term
        if known.field.kind == "date" and happens(self.chance, 0.4):
            days, form = self.chance.choice(SHIFTS), self.chance.choice(DATE_FORMS)
            return known.term if (days, form) == (0, DATE_FORMS[0]) else Moved(known.term, days, form)
        if known.field.kind in ("id", "name", "word") and happens(self.chance, 0.1):
            parts: tuple[Term, ...] = (Fixed(self.chance.choice(LITERALS) + " "), known.term)
            others = [one for one in scope.values() if one.field.kind in ("id", "name") and one != known]
            if others and happens(self.chance, 1 / 2):
                other = self.chance.choice(others)
                scope.use(other.var)
                parts += (Fixed(" / "), other.term)
            return Joined(parts)
        return known.term

    def _other_sources(
        self, scope: Scope, tool: Tool, about: str | None
    ) -> tuple[tuple[str, Term], ...] | None:
        """Fill a tool's parameters from sources of the same kinds, one of which no call of it has."""
        used = {argument for made in self._made if made.tool == tool.name for argument in made.arguments}
        chosen: list[tuple[str, Known]] = []
        for one in tool.takes:
            found = [known for known in scope.values() if known.field.kind == one.kind]
            near = [known for known in found if known.var == about] if about is not None else []
            fresh = [known for known in near or found if (one.name, known.term) not in used]
            if not found and one.kind in ("flag", "count"):
                return None
            chosen.append((one.name, self.chance.choice(fresh or found) if found else self.said(one.kind)))
        arguments = tuple((name, known.term) for name, known in chosen)
        refers = about is None or any(known.var == about for _, known in chosen)
        if not refers or set(arguments) <= used:
            return None
        for _, known in chosen:
            scope.use(known.var)
        return arguments
