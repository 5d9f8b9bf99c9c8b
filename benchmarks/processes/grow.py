"""Grow a random process of a level of difficulty, from a seed.

1  calls in a row, with data flow          3  and branches, optional steps, roles of one tool
2  and early stops, loops of one call      4  and longer and nested loops, guards in loops, first matches
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import final

from benchmarks.processes.calls import Caller
from benchmarks.processes.odds import happens
from benchmarks.processes.scope import KnownRows, Scope
from benchmarks.processes.tools import Rows
from benchmarks.processes.tree import (
    Among,
    AtLeast,
    Block,
    Do,
    Each,
    Empty,
    Fork,
    Guard,
    Halt,
    Leave,
    Process,
    Said,
    Step,
)
from benchmarks.processes.vocabulary import WORDS
from benchmarks.processes.wordings import wordings

LEVELS = (1, 2, 3, 4)
FEATURES: dict[int, tuple[str, ...]] = {
    1: (),
    2: ("halt", "walk", "walk", "halt_on_none"),
    3: ("fork", "fork", "option", "again"),
    4: ("long_walk", "nest", "filter", "check", "seek", "fork_in_walk"),
}
FLAKY = {1: 0.0, 2: 0.1, 3: 0.1, 4: 0.1}


def grow(seed: int, level: int, *, plain: bool = False) -> Process:
    """Grow a process; every second one has its requests in words.

    A ``plain`` one has no texts put together and no dates moved, so that only its control flow is hard.
    """
    return _Grower(seed, level, plain=plain).process()


@final
class _Grower:
    def __init__(self, seed: int, level: int, *, plain: bool) -> None:
        chance = random.Random(f"process {level} {seed}")
        self.chance = chance
        self.seed = seed
        self.level = level
        self.structured = seed % 2 == 0
        self.caller = Caller(chance, flaky=FLAKY[level], plain=plain)
        self.loops = 0
        self.features: dict[str, Callable[[Scope], Block]] = {
            "halt": self._halt,
            "halt_on_none": self._halt_on_none,
            "walk": lambda scope: self._walk(scope, self._write_about),
            "fork": self._fork,
            "option": self._option,
            "again": self._again,
            "long_walk": lambda scope: self._walk(scope, self._look_and_write),
            "nest": lambda scope: self._walk(scope, self._inner_walk),
            "filter": lambda scope: self._walk(scope, self._write_if),
            "check": lambda scope: self._walk(scope, self._look_and_write_if),
            "seek": lambda scope: self._walk(scope, self._write_once),
            "fork_in_walk": lambda scope: self._walk(scope, self._either_write),
        }

    def process(self) -> Process:
        """Grow the process."""
        scope = Scope()
        body: list[Step] = [*self._read(scope)]
        for name in self._plan():
            body.extend(self._read(scope) if name == "read" else self.features[name](scope))
        # Whatever was read serves something: a read that feeds nothing is noise, which is added elsewhere.
        while scope.unused or not _writes(body, self.caller):
            body.append(self.caller.write(scope, about=tuple(scope.unused)[:3]))
        return self._finished(tuple(body))

    def _plan(self) -> list[str]:
        """What comes after the first read: features of the level, some of the levels below, and reads."""
        plan = ["read"] * self.chance.randint(0, 2 if self.level == 1 else 1)
        for level in range(2, self.level + 1):
            own = level == self.level
            for _ in range(self.chance.randint(1, 2) if own else self.chance.randint(0, 1)):
                # One early stop is enough: a second on the same value would be met by no run.
                left = [name for name in FEATURES[level] if name != "halt" or name not in plan]
                plan.append(self.chance.choice(left))
        self.chance.shuffle(plan)
        return plan

    # ------------------------------------------------------------------------------------- steps at the top

    def _read(self, scope: Scope) -> Block:
        """A read that refers to what was read before, if that serves nothing yet."""
        about = next(reversed(scope.unused), None) if happens(self.chance, 0.6) else None
        lists = happens(self.chance, 0.3)
        return (self.caller.read(scope, about=about, lists=lists, least=int(lists)),)

    def _halt(self, scope: Scope) -> Block:
        return Halt(self.caller.guard(scope, self._decider(scope))), *self._sometimes_write(scope)

    def _halt_on_none(self, scope: Scope) -> Block:
        """Search, end where nothing is found, and go on with a row."""
        made = self.caller.read(scope, lists=True)
        listed = scope.lists.pop()
        scope.lists.append(KnownRows(listed.term, listed.rows, listed.var, filled=True))
        return made, Halt(Empty(listed.term)), self.caller.write(scope, about=(made.var,))

    def _fork(self, scope: Scope) -> Block:
        """Two or three ways that join again; the last may be to do nothing."""
        guards = self._guards(self.caller.guard(scope, self._decider(scope)))
        arms = tuple((guard, self._arm(scope)) for guard in guards)
        rest = self._arm(scope) if happens(self.chance, 0.75) else ()
        return (Fork(arms, rest),)

    def _option(self, scope: Scope) -> Block:
        return (Fork(((self.caller.guard(scope, self._decider(scope)), self._arm(scope)),)),)

    def _again(self, scope: Scope) -> Block:
        """A tool that was called before, in another role."""
        made = self.caller.again(scope, self.chance.choice(("read", "write")))
        return () if made is None else (made,)

    def _guards(self, guard: Guard) -> tuple[Guard, ...]:
        """Sometimes two tests of one value in place of one, so that there are three ways."""
        if happens(self.chance, 0.6):
            return (guard,)
        match guard:
            case Among(term, values) if len(values) == 1 and isinstance(values[0], str):
                words = next((words for words in sorted(WORDS.values()) if values[0] in words), ())
                left = [word for word in words if word not in values]
                return guard, Among(term, (self.chance.choice(left),))
            case AtLeast(term, bound):
                return AtLeast(term, bound * 1.5), AtLeast(term, bound / 2)
            case _:
                return (guard,)

    def _arm(self, scope: Scope) -> Block:
        """One or two calls, of which the last writes, sometimes by a tool that another way calls too."""
        inner = scope.inner()
        if happens(self.chance, 0.35):
            made = self.caller.read(inner)
            return made, self.caller.write(inner, about=(made.var,))
        if happens(self.chance, 0.4):
            again = self.caller.again(inner, "write")
            if again is not None:
                return (again,)
        return (self.caller.write(inner),)

    def _decider(self, scope: Scope) -> str | None:
        """Which variable decides: one that serves nothing yet, any, or the request."""
        known = [one.var for one in scope.values() if one.var is not None]
        decided = [var for var in known if var in scope.unused] or known
        return self.chance.choice(decided) if decided and happens(self.chance, 0.85) else None

    def _sometimes_write(self, scope: Scope) -> Block:
        return (self.caller.write(scope),) if happens(self.chance, 1 / 2) else ()

    # ------------------------------------------------------------------------------------------------ loops

    def _walk(self, scope: Scope, body: Callable[[Scope, str], Block]) -> Block:
        """Walk a list: of the request, or one that is read now."""
        before: Block = ()
        if self.structured and not self.caller.lists and happens(self.chance, 0.25):
            name, rows = self.chance.choice(("lines", "parts")), Rows(fields=self.caller.record())
            self.caller.lists[name] = rows
            listed = KnownRows(Said(name), rows, None, filled=False)
        else:
            made = self.caller.read(scope, about=next(reversed(scope.unused), None), lists=True)
            before, listed = (made,), scope.lists[-1]
        scope.use(listed.var)
        self.loops += 1
        var, inner = f"e{self.loops}", scope.inner()
        inner.bind_element(var, listed.rows)
        return *before, Each(var, listed.term, body(inner, var))

    def _write_about(self, scope: Scope, var: str) -> Block:
        return (self.caller.write(scope, about=(var,)),)

    def _look(self, scope: Scope, var: str) -> Do:
        """Read more about the element."""
        return self.caller.read(scope, about=var)

    def _look_and_write(self, scope: Scope, var: str) -> Block:
        made = self._look(scope, var)
        return made, self.caller.write(scope, about=(made.var,))

    def _inner_walk(self, scope: Scope, var: str) -> Block:
        made = self.caller.read(scope, about=var, lists=True)
        listed = scope.lists[-1]
        self.loops += 1
        inner, element = scope.inner(), f"e{self.loops}"
        scope.use(listed.var)
        inner.bind_element(element, listed.rows)
        return made, Each(element, listed.term, self._write_about(inner, element))

    def _write_if(self, scope: Scope, var: str) -> Block:
        guard = self.caller.guard(scope, var)
        return (Fork(((guard, self._write_about(scope.inner(), var)),)),)

    def _look_and_write_if(self, scope: Scope, var: str) -> Block:
        made = self._look(scope, var)
        guard = self.caller.guard(scope, made.var)
        return made, Fork(((guard, self._write_about(scope.inner(), var)),))

    def _write_once(self, scope: Scope, var: str) -> Block:
        """The first element that passes a test, of its own or of what is read about it."""
        look: Block = (self._look(scope, var),) if happens(self.chance, 1 / 2) else ()
        about = look[0].var if look and isinstance(look[0], Do) else var
        guard = self.caller.guard(scope, about)
        return *look, Fork(((guard, (*self._write_about(scope.inner(), var), Leave())),))

    def _either_write(self, scope: Scope, var: str) -> Block:
        guard = self.caller.guard(scope, var)
        one, other = (self._write_about(scope.inner(), var) for _ in range(2))
        return (Fork(((guard, one),), other),)

    # ----------------------------------------------------------------------------------------- the rest of it

    def _finished(self, body: Block) -> Process:
        """Add what the process does not need: distracting fields of the request, and spare tools."""
        caller = self.caller
        if not caller.fields and not self.structured:
            caller.said("id")
        needed = set(caller.fields)
        for _ in range(self.chance.randint(1, 3) if self.structured else 0):
            caller.said(self.chance.choice(("id", "name", "word", "amount", "date", "flag")))
        spare = tuple(caller.spare() for _ in range(2))
        for name in (name for name in list(caller.fields) if name not in needed):
            if not self.structured:
                del caller.fields[name]
        fields = tuple(caller.fields.values())
        grouped = self.structured and happens(self.chance, 0.3)
        return Process(
            name=f"level_{self.level}_{self.seed}",
            level=self.level,
            seed=self.seed,
            tools=tuple(caller.tools.values()),
            spare=spare,
            fields=fields,
            lists=tuple(caller.lists.items()),
            unused=tuple(one.name for one in fields if one.name not in needed),
            groups=tuple((one.name, "details") for one in fields[::2]) if grouped else (),
            wordings=() if self.structured else wordings(fields, self.chance),
            body=body,
        )


def _writes(body: list[Step], caller: Caller) -> bool:
    """Whether some call at the top or below writes."""
    for step in body:
        match step:
            case Do():
                if caller.tools[step.tool].effect == "write":
                    return True
            case Each():
                if _writes(list(step.body), caller):
                    return True
            case Fork():
                if any(_writes(list(block), caller) for block in (*(b for _, b in step.arms), step.rest)):
                    return True
            case _:
                pass
    return False
