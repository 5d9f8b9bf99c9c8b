"""Perform a process: the one thing that knows what a step means."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, assert_never, final

from benchmarks.processes.reckon import reckon
from benchmarks.processes.tools import ToolError, World
from benchmarks.processes.tree import (
    Among,
    AtLeast,
    Block,
    Do,
    Each,
    Empty,
    Fixed,
    Fork,
    Gather,
    Guard,
    Halt,
    Held,
    Joined,
    Leave,
    Made,
    Moved,
    Picked,
    Process,
    Said,
    Step,
    Term,
)
from compiler.ir.run import JSON, Call

Issue = Callable[[str, dict[str, JSON]], JSON]


@final
@dataclass(frozen=True, slots=True)
class Decided:
    """A guard as a run met it: what it looked at, and whether it held."""

    guard: Guard
    value: JSON
    holds: bool


class _Halted(Exception):  # noqa: N818 - an end, not an error
    pass


class _Left(Exception):  # noqa: N818 - an end of a loop, not an error
    pass


def true_calls(process: Process, values: Mapping[str, JSON]) -> tuple[Call, ...]:
    """Give the calls of the true run on a request, with what the tools answered."""
    world, calls = World(process.seed, process.tools), list[Call]()

    def issue(name: str, arguments: dict[str, JSON]) -> JSON:
        try:
            result = world.call(name, arguments)
        except ToolError as error:
            calls.append(Call(tool=name, arguments=arguments, result=str(error), status="error"))
            raise
        calls.append(Call(tool=name, arguments=arguments, result=result, decode="json"))
        return result

    perform(process, values, issue)
    return tuple(calls)


def perform(process: Process, values: Mapping[str, JSON], issue: Issue) -> None:
    """Do what the process says about a request's values.

    Raises:
        ToolError: A call failed twice.
    """
    _perform(process, values, issue)


def decisions(process: Process, values: Mapping[str, JSON]) -> tuple[Decided, ...]:
    """Give what the true run on a request had to decide, in order."""
    return tuple(_perform(process, values, World(process.seed, process.tools).call).decided)


def _perform(process: Process, values: Mapping[str, JSON], issue: Issue) -> _Performer:
    performer = _Performer(values, issue)
    with suppress(_Halted):
        performer.block(process.body)
    return performer


@final
@dataclass(slots=True)
class _Performer:
    said: Mapping[str, JSON]
    issue: Issue
    held: dict[str, JSON] = field(default_factory=dict)
    decided: list[Decided] = field(default_factory=list)

    def block(self, block: Block) -> None:
        for step in block:
            self.step(step)

    def step(self, step: Step) -> None:
        match step:
            case Do():
                self.held[step.var] = self._call(step)
            case Gather():
                self.held[step.var] = self._gathered(step)
            case Each():
                self._walk(step)
            case Fork():
                chosen = next((body for guard, body in step.arms if self.holds(guard)), step.rest)
                self.block(chosen)
            case Halt():
                if self.holds(step.guard):
                    raise _Halted
            case Leave():
                raise _Left
            case _:
                assert_never(step)

    def _call(self, step: Do) -> JSON:
        arguments = {name: self.value(term) for name, term in step.arguments}
        try:
            return self.issue(step.tool, arguments)
        except ToolError:
            return self.issue(step.tool, arguments)

    def _gathered(self, step: Gather) -> JSON:
        arguments = {name: self.value(term) for name, term in step.arguments}
        page: Any = self.issue(step.tool, arguments)
        found = [*page[step.key]]
        while page["next"] is not None:
            page = self.issue(step.tool, {**arguments, "cursor": page["next"]})
            found += page[step.key]
        return found

    def _walk(self, step: Each) -> None:
        for element in self._rows(step.rows):
            self.held[step.var] = element
            try:
                self.block(step.body)
            except _Left:
                return
        self.block(step.rest)

    def holds(self, guard: Guard) -> bool:
        value, holds = self._tested(guard)
        self.decided.append(Decided(guard, value, holds))
        return holds

    def _tested(self, guard: Guard) -> tuple[JSON, bool]:
        match guard:
            case Among():
                value = self.value(guard.term)
                return value, value in guard.values
            case AtLeast():
                number: Any = self.value(guard.term)
                return number, bool(number >= guard.bound)
            case Empty():
                empty = not self._rows(guard.rows)
                return empty, empty
            case _:
                assert_never(guard)

    def value(self, term: Term) -> JSON:
        match term:
            case Said():
                return self.said[term.name]
            case Held():
                found: Any = self.held[term.var]
                for key in term.path:
                    found = found[key]
                return found  # type: ignore[no-any-return]
            case Fixed():
                return term.value
            case Joined() | Moved() | Picked() | Made():
                return self._computed(term)
            case _:
                assert_never(term)

    def _computed(self, term: Joined | Moved | Picked | Made) -> JSON:
        match term:
            case Joined():
                return "".join(str(self.value(part)) for part in term.parts)
            case Moved():
                day = date.fromisoformat(str(self.value(term.base))) + timedelta(days=term.days)
                return day.strftime(term.form)
            case Picked():
                return self._picked(term)
            case Made():
                return reckon(term.how, [self.value(part) for part in term.parts], term.settings)
            case _:
                assert_never(term)

    def _picked(self, term: Picked) -> JSON:
        rows = self._rows(term.rows)
        match term.how:
            case "first":
                row = rows[0]
            case "last":
                row = rows[-1]
            case "lowest":
                row = min(rows, key=lambda one: one[term.by])
            case "highest":
                row = max(rows, key=lambda one: one[term.by])
        return row[term.key]  # type: ignore[no-any-return]

    def _rows(self, term: Term) -> list[Any]:
        rows = self.value(term)
        assert isinstance(rows, list)
        return rows
