"""listed: the elements of lists that calls take, of what was in scope before them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import final

from compiler.ir.run import JSON
from compiler.mine.clean import Episode, Step
from compiler.mine.drawn import Drawable, How, drawable, drawn
from compiler.mine.sources import Leaves, Path, ScalarKey, index, scalar_key, walk
from compiler.mine.trail import StepKey

Keys = tuple[str, ...]
Place = tuple[str, Keys]
"""A list: the label of what gave it, and the keys to it."""


@final
@dataclass(frozen=True, slots=True)
class Driver:
    """An argument that takes an element of a list: the call, the argument, the keys inside the element."""

    key: StepKey
    argument: str
    tail: Keys
    how: How = None


@final
@dataclass(frozen=True, kw_only=True)
class Source:
    """A value that calls take elements of: the request, a result, a row of a loop around."""

    label: str
    value: JSON
    elements: Mapping[ScalarKey, tuple[tuple[Keys, int, Keys], ...]]
    """For each scalar: the lists of which it is in one element only, the element, the keys inside."""
    shared: Mapping[ScalarKey, tuple[tuple[Keys, int, Keys], ...]]
    """The same for those that are in several elements, with each of them."""

    @cached_property
    def drawable(self) -> Drawable:
        """What other values can be made from; few calls need it."""
        return drawable(self.elements)

    @cached_property
    def drawable_shared(self) -> Drawable:
        """What other values can be made from, of what is in several elements."""
        return drawable(self.shared)


def source_of(label: str, value: JSON, leaves: Leaves) -> Source:
    """Index the lists in a value by what their elements hold."""
    elements: dict[ScalarKey, tuple[tuple[Keys, int, Keys], ...]] = {}
    shared: dict[ScalarKey, tuple[tuple[Keys, int, Keys], ...]] = {}
    for key, paths in leaves.items():
        found: dict[Keys, set[int]] = defaultdict(set)
        inside: dict[Keys, Keys] = {}
        for path in paths:
            cut = _cut(path)
            if cut is not None:
                found[cut[0]].add(cut[1])
                inside.setdefault(cut[0], cut[2])
        alone = tuple((keys, min(at), inside[keys]) for keys, at in found.items() if len(at) == 1)
        if alone:
            elements[key] = alone
        if len(alone) < len(found):
            several = (
                (keys, at, inside[keys]) for keys, held in found.items() if len(held) > 1 for at in held
            )
            shared[key] = tuple(sorted(several))
    return Source(label=label, value=value, elements=elements, shared=shared)


def _cut(path: Path) -> tuple[Keys, int, Keys] | None:
    """Cut a path at its first position in a list; positions further inside stand for any."""
    for place, part in enumerate(path):
        if isinstance(part, int):
            tail = tuple("*" if isinstance(step, int) else step for step in path[place + 1 :])
            return tuple(map(str, path[:place])), part, tail
    return None


def call_label(step: Step) -> str:
    """What is equal for calls that may play one role."""
    family, names = step.key
    return f"{family}({', '.join(names)})"


REQUEST_LABEL, ROW_LABEL = "request", "row of "


@final
class Folder:
    """Indexes what episodes are folded by, once. ``repeats`` are the kinds of calls that are repeated.

    With ``searches``, one element that is taken may be what a walk was looking for.
    """

    def __init__(self, repeats: frozenset[StepKey] = frozenset(), *, searches: bool = False) -> None:
        self.repeats = repeats
        self.searches = searches
        self._known: dict[int, Source] = {}
        self._taking: dict[int, tuple[tuple[str, JSON, ScalarKey], ...]] = {}
        self._kept: list[JSON | Step] = []

    def request(self, episode: Episode) -> tuple[Source, ...]:
        """The request as a source, where it is structured."""
        request = episode.run.request
        return () if isinstance(request, str) else (source_of(REQUEST_LABEL, request, index(request)),)

    def result(self, step: Step) -> Source:
        """The result of a call as a source."""
        return self._source(call_label(step), step.result, step.leaves)

    def row(self, item_label: str, value: JSON) -> Source:
        """A row as a source of the lists in it."""
        flat = isinstance(value, dict) and not any(isinstance(held, dict | list) for held in value.values())
        return self._source(ROW_LABEL + item_label, value, {} if flat else None)

    def taken(
        self, step: Step, scope: Sequence[Source], *, shared: bool = False
    ) -> Iterator[tuple[Source, Keys, int, Driver]]:
        """The elements of lists in scope that a call takes, each with the argument that takes it.

        With ``shared``, they are those of which the list does not say which one is meant, in its order.
        """
        for argument, leaf, key in self._scalars(step):
            for source in scope:
                for keys, at, tail in (source.shared if shared else source.elements).get(key, ()):
                    yield source, keys, at, Driver(step.key, argument, tail)
            if any(key in source.elements or key in source.shared for source in scope):
                continue
            for source in scope:
                parts = source.drawable_shared if shared else source.drawable
                for (keys, at, tail), how in drawn(leaf, parts):
                    yield source, keys, at, Driver(step.key, argument, tail, how)

    def _scalars(self, step: Step) -> tuple[tuple[str, JSON, ScalarKey], ...]:
        """What a call was given, under the names of its arguments."""
        found = self._taking.get(id(step))
        if found is None:
            found = tuple(
                (name, leaf, scalar_key(leaf))
                for name in step.arguments
                for _, leaf in walk(step.arguments[name])
            )
            self._taking[id(step)] = found
            self._kept.append(step)
        return found

    def _source(self, label: str, value: JSON, leaves: Leaves | None) -> Source:
        known = self._known.get(id(value))
        if known is None or known.label != label:
            known = source_of(label, value, index(value) if leaves is None else leaves)
            self._known[id(value)] = known
            self._kept.append(value)  # An id is only good as long as its value lives.
        return known
