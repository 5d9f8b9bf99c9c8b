"""Rename what a program may not lean on: the ids of things, or all names of tools, arguments and fields.

What is renamed, so that the renaming is fair:

- **Ids**: the values of fields called like an id, wherever they stand, one to one. Length and classes of
  characters stay, order does not. A short id is not looked for in texts, where it may be a year or an amount.
- **Names**: every tool, every argument and every field of a result gets a word that nobody knows, and one
  string the same word everywhere: an argument still has the name of the field that fills it, where it had.
  Arguments that name a field (``field="status"``) get the new name; other values, words of an enum among
  them, are what people say in requests, and stay. So do keys that are data, such as days, and texts.

A model that answers questions knows the old words: it sees questions with the old names, and its answers are
given in new ones. Nothing but the program is put to the test.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final, final

from compiler.ir.run import JSON, Call, Run, ToolSchema, Workload
from compiler.runtime import Answer, Ask, Harness, Model, RunResult

ID_FIELD: Final = re.compile(r"(?:^|_)id$")
LONG_ENOUGH: Final = 6
"""Characters of an id before it is looked for inside of texts."""
MOSTLY: Final = 0.8
"""The share of an argument's values that must be fields for it to be one that names a field."""
SYLLABLES: Final = tuple(first + vowel for first in "bdfgklmnprstvz" for vowel in "aeiou")


# ---------------------------------------------------------------------------------------------------- ids


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Ids:
    """Another id for every id, one to one."""

    new: dict[str, str]

    @classmethod
    def of(cls, workload: Workload, seed: int) -> Ids:
        """Make new ids for those in a workload."""
        chance = random.Random(seed)
        new: dict[str, str] = {}
        taken = set(_ids(workload.runs))
        for old in sorted(taken):
            made = old
            while made in taken:
                made = "".join(_like(letter, chance) for letter in old)
            new[old] = made
            taken.add(made)
        return cls(new=new)

    def text(self, text: str) -> str:
        """Rename the long ids inside of a text."""
        return re.sub(
            r"\w+",
            lambda word: self.new.get(word[0], word[0]) if len(word[0]) >= LONG_ENOUGH else word[0],
            text,
        )

    def value(self, value: JSON, key: str = "") -> JSON:
        """Rename the ids in a JSON value that stands under a key."""
        if isinstance(value, dict):
            return self._object(value)
        if isinstance(value, list):
            return [self.value(held, key) for held in value]
        if isinstance(value, str):
            return self.new.get(value, value) if ID_FIELD.search(key) else self.text(value)
        return value

    def run(self, run: Run) -> Run:
        """Rename the ids of a run in all that it says and was told."""
        calls = tuple(
            replace(call, arguments=self._object(call.arguments), result=self.value(call.result))
            for call in run.calls
        )
        request = self.text(run.request) if isinstance(run.request, str) else self._object(run.request)
        answer = None if run.answer is None else self.text(run.answer)
        return replace(run, request=request, calls=calls, answer=answer)

    def _object(self, held: dict[str, JSON]) -> dict[str, JSON]:
        return {name: self.value(value, name) for name, value in held.items()}

    def workload(self, workload: Workload) -> Workload:
        """Rename the ids of a workload."""
        return replace(workload, runs=tuple(map(self.run, workload.runs)))


def _ids(runs: Iterable[Run]) -> Iterator[str]:
    for run in runs:
        for call in run.calls:
            for value in (call.arguments, call.result):
                yield from (held for key, held in _texts(value) if ID_FIELD.search(key))


def _texts(value: JSON, key: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text in a JSON value with the key that it stands under."""
    if isinstance(value, dict):
        for name, held in value.items():
            yield from _texts(held, name)
    elif isinstance(value, list):
        for held in value:
            yield from _texts(held, key)
    elif isinstance(value, str):
        yield key, value


def _like(letter: str, chance: random.Random) -> str:
    """Give a letter of the same class; what is neither letter nor digit stays."""
    if not letter.isascii() or not letter.isalnum():
        return letter
    if letter.isdigit():
        return chance.choice("0123456789")
    made = chance.choice("abcdefghijklmnopqrstuvwxyz")
    return made.upper() if letter.isupper() else made


# -------------------------------------------------------------------------------------------------- names


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Another name for every tool, argument and field."""

    tools: dict[str, str]
    keys: dict[str, str]
    naming: frozenset[tuple[str, str]]
    """Tool and argument, by their old names, where the values are names of fields."""
    old: dict[str, str]
    """The old name by the new one: of tools, arguments and fields alike."""

    @classmethod
    def of(cls, workloads: Iterable[Workload], seed: int) -> Names:
        """Make new names for all in some workloads; the same for the same workloads and seed."""
        known = tuple(workloads)
        runs = [run for workload in known for run in workload.runs]
        schemas = {tool.name: tool for workload in known for tool in workload.tools}
        calls = [call for run in runs for call in run.calls]
        fields = {key for call in calls for key in _keys(call.result)}
        arguments = {key for call in calls for key in call.arguments}
        arguments |= {key for schema in schemas.values() for key in _properties(schema)}
        words = _words(random.Random(seed))
        servers: dict[str, str] = {}
        tools = {}
        for name in sorted({*schemas, *(call.tool for call in calls)}):
            *front, _ = name.split(".")
            made = [servers.setdefault(part, next(words)) for part in front]
            tools[name] = ".".join([*made, f"{next(words)}_{next(words)}"])
        keys = {key: f"{next(words)}_{next(words)}" for key in sorted(fields | arguments)}
        return cls(
            tools=tools,
            keys=keys,
            naming=frozenset(_naming(calls, fields)),
            old={new: old for old, new in {**tools, **keys}.items()},
        )

    def arguments(self, tool: str, given: dict[str, JSON]) -> dict[str, JSON]:
        """Give arguments new names, those of fields among their values too."""
        return {
            self.keys.get(key, key): self._field(value) if (tool, key) in self.naming else value
            for key, value in given.items()
        }

    def result(self, value: JSON) -> JSON:
        """Give the fields of a result new names."""
        if isinstance(value, dict):
            return {self.keys.get(key, key): self.result(held) for key, held in value.items()}
        return [self.result(held) for held in value] if isinstance(value, list) else value

    def back(self, value: JSON) -> JSON:
        """Give the old names in a JSON value, keys and whole texts; no other text has a new name."""
        if isinstance(value, dict):
            return {self._old(key): self.back(held) for key, held in value.items()}
        if isinstance(value, list):
            return [self.back(held) for held in value]
        return self.old.get(value, value) if isinstance(value, str) else value

    def workload(self, workload: Workload) -> Workload:
        """Give a workload new names."""
        return replace(
            workload,
            runs=tuple(map(self._run, workload.runs)),
            tools=tuple(map(self._schema, workload.tools)),
        )

    def _run(self, run: Run) -> Run:
        return replace(run, calls=tuple(map(self._call, run.calls)))

    def _call(self, call: Call) -> Call:
        return replace(
            call,
            tool=self.tools[call.tool],
            arguments=self.arguments(call.tool, call.arguments),
            result=self.result(call.result),
        )

    def _schema(self, tool: ToolSchema) -> ToolSchema:
        parameters = dict(tool.parameters)
        properties = {
            self.keys[name]: (
                {**held, "description": self._described(held)} if isinstance(held, dict) else held
            )
            for name, held in _properties(tool).items()
        }
        if properties:
            parameters["properties"] = properties
        required = parameters.get("required")
        if isinstance(required, list):
            parameters["required"] = [self.keys[str(name)] for name in required]
        return replace(tool, name=self.tools[tool.name], parameters=parameters)

    def _described(self, schema: dict[str, JSON]) -> str:
        """The description of an argument, where it quotes fields by their new names."""
        said = str(schema.get("description", ""))
        return re.sub(r'"([^"]*)"', lambda quoted: f'"{self.keys.get(quoted[1], quoted[1])}"', said)

    def _field(self, value: JSON) -> JSON:
        return self.keys.get(value, value) if isinstance(value, str) else value

    def _old(self, key: str) -> str:
        """The old name of a key; a field of a request may be called ``<name>_2`` or ``<name>_time``."""
        found = re.fullmatch(r"([a-z]+_[a-z]+)(_\w+)?", key)
        known = self.old.get(found[1]) if found else None
        return key if found is None or known is None else known + (found[2] or "")

    def answer(self, ask: Ask, value: JSON) -> JSON:
        """Give an answer to the old question as one to the new."""
        if ask.kind != "extract" or not isinstance(value, dict):
            return value
        properties = (ask.schema or {}).get("properties")
        assert isinstance(properties, dict)
        names = {self._old(name): name for name in properties}
        return {
            names.get(key, key): self._known(held, properties.get(names.get(key, key)))
            for key, held in value.items()
        }

    def _known(self, value: JSON, schema: JSON) -> JSON:
        """A value as the field of a question may hold it: a name in its new form."""
        allowed = schema.get("enum") if isinstance(schema, dict) else None
        if not isinstance(value, str) or (isinstance(allowed, list) and value in allowed):
            return value
        new = {**self.keys, **self.tools}.get(value, value)
        return new if allowed is None or (isinstance(allowed, list) and new in allowed) else value


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class OldNames:
    """A harness with new names, run by those who know the old ones."""

    harness: Harness
    names: Names

    def run(
        self, request: Any, *, call: Callable[..., Any], model: Model | None = None, **options: Any
    ) -> RunResult:
        """Run the harness; its calls arrive under the old names, and results go back under new ones."""

        def made(name: str, arguments: dict[str, JSON]) -> JSON:
            given = self.names.back(arguments)
            return self.names.result(call(self.names.old[name], given))

        asked = None if model is None else _Translated(model=model, names=self.names)
        return self.harness.run(request, call=made, model=asked, **options)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Translated:
    """A model that is asked in old names, and answers in new ones."""

    model: Model
    names: Names

    def answer(self, ask: Ask) -> Answer:
        """Answer one question."""
        back = self.names.back
        options = None if ask.options is None else tuple(map(back, ask.options))
        facts = tuple(fact._replace(value=back(fact.value)) for fact in ask.facts)
        schema: Any = back(ask.schema)
        old = replace(ask, options=options, facts=facts, schema=schema)
        given = self.model.answer(old)
        return replace(given, value=self.names.answer(ask, given.value))


def _words(chance: random.Random) -> Iterator[str]:
    """Yield words that can be spoken, and none twice."""
    taken: set[str] = set()
    while True:
        word = "".join(chance.choice(SYLLABLES) for _ in range(chance.choice((2, 3))))
        if word not in taken:
            taken.add(word)
            yield word


def _keys(value: JSON) -> Iterator[str]:
    """Yield the names of fields in a result; a key with a digit in it is data."""
    if isinstance(value, dict):
        for key, held in value.items():
            if not any(letter.isdigit() for letter in key):
                yield key
            yield from _keys(held)
    elif isinstance(value, list):
        for held in value:
            yield from _keys(held)


def _properties(tool: ToolSchema) -> dict[str, JSON]:
    properties = tool.parameters.get("properties")
    return properties if isinstance(properties, dict) else {}


def _naming(calls: Iterable[Call], fields: set[str]) -> Iterator[tuple[str, str]]:
    """Yield the arguments whose values are mostly names of fields."""
    given: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for call in calls:
        for key, value in call.arguments.items():
            given[call.tool, key].append(isinstance(value, str) and value in fields)
    for place, known in given.items():
        if sum(known) >= MOSTLY * len(known):
            yield place
