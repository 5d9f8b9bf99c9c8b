"""iterate: the calls of an episode -> calls and loops, by the lists whose elements the calls take.

    search; get(row 1); close(row 1); get(row 2); close(row 2)  ->  search; for each row: get, close

A loop is speculated where calls of one kind take two elements of one list in its order, in enough tasks.
Then every episode is folded by the loops that were found, so that one that walks a list of one row is seen
as what it is. Source: speculate-and-validate loop synthesis after WebRobot (Dong et al., PLDI 2022).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import final

from compiler.ir.run import JSON
from compiler.mine.clean import Episode, Step
from compiler.mine.drawn import Drawable, How, drawable, drawn
from compiler.mine.repeat import Chunk, chunks, uses
from compiler.mine.sources import Leaves, Path, ScalarKey, index, scalar_key, walk
from compiler.mine.trail import StepKey

MIN_TASKS = 2
"""Tasks in which calls must walk a list before a loop is believed."""

MIN_DRAWN = 3
"""The same where each argument is made from an element, and not the element itself."""

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


Drivers = Mapping[Place, frozenset[Driver]]


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


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A call, or a loop over the rows of ``source`` under ``keys``; ``label`` is equal for equal roles."""

    label: str
    step: Step | None = None
    repeats: bool = False
    """Of a call: whether it is of a kind that is repeated until it is done."""
    failed: tuple[tuple[Step, tuple[Item, ...]], ...] = ()
    """The attempts before ``step``, each with what was done after it."""
    giver: str = ""
    """Of a loop: the label of what gave the list."""
    source: JSON = None
    keys: Keys = ()
    driver: Driver | None = None
    iterations: tuple[tuple[int, tuple[Item, ...]], ...] = ()


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
    """Folds episodes; a result is indexed once. ``repeats`` are the kinds of calls that are repeated."""

    def __init__(self, repeats: frozenset[StepKey] = frozenset()) -> None:
        self.repeats = repeats
        self._known: dict[int, Source] = {}
        self._kept: list[JSON] = []

    def request(self, episode: Episode) -> tuple[Source, ...]:
        """The request as a source, where it is structured."""
        request = episode.run.request
        return () if isinstance(request, str) else (source_of(REQUEST_LABEL, request, index(request)),)

    def result(self, step: Step) -> Source:
        """The result of a call as a source."""
        return self._source(call_label(step), step.result, step.leaves)

    def row(self, item_label: str, value: JSON) -> Source:
        """A row as a source of the lists in it."""
        return self._source(ROW_LABEL + item_label, value, None)

    def _source(self, label: str, value: JSON, leaves: Leaves | None) -> Source:
        known = self._known.get(id(value))
        if known is None or known.label != label:
            known = source_of(label, value, index(value) if leaves is None else leaves)
            self._known[id(value)] = known
            self._kept.append(value)  # An id is only good as long as its value lives.
        return known


def taken(
    step: Step, scope: Iterable[Source], *, shared: bool = False
) -> Iterator[tuple[Source, Keys, int, Driver]]:
    """The elements of lists in scope that a call takes, each with the argument that takes it.

    With ``shared``, they are those of which the list does not say which one is meant, in its order.
    """
    known = tuple(scope)
    for argument in step.arguments:
        for _, leaf in walk(step.arguments[argument]):
            key = scalar_key(leaf)
            for source in known:
                for keys, at, tail in (source.shared if shared else source.elements).get(key, ()):
                    yield source, keys, at, Driver(step.key, argument, tail)
            if any(key in source.elements or key in source.shared for source in known):
                continue
            for source in known:
                parts = source.drawable_shared if shared else source.drawable
                for (keys, at, tail), how in drawn(leaf, parts):
                    yield source, keys, at, Driver(step.key, argument, tail, how)


def fold_all(
    episodes: tuple[Episode, ...], repeats: frozenset[StepKey] = frozenset()
) -> dict[str, tuple[Item, ...]]:
    """Fold every episode, by run, with the loops that enough tasks show; inner loops after outer ones."""
    folder = Folder(repeats)
    drivers: dict[Place, frozenset[Driver]] = {}
    while True:
        folded = {
            episode.run.run_id: Folding(folder, drivers, episode).fold(
                chunks(episode.steps, repeats), folder.request(episode), frozenset()
            )
            for episode in episodes
        }
        found = _drivers(folder, {e.run.run_id: e for e in episodes}, folded)
        new = {place: kinds for place, kinds in found.items() if place not in drivers}
        if not new:
            return folded
        drivers |= new


def _drivers(
    folder: Folder, episodes: dict[str, Episode], folded: dict[str, tuple[Item, ...]]
) -> dict[Place, frozenset[Driver]]:
    """Speculate: lists whose elements calls that stand side by side take in order, in enough tasks."""
    shown: dict[tuple[Place, Driver], set[str]] = defaultdict(set)
    for run, items in folded.items():
        episode = episodes[run]
        for place, driver in _walked(folder, items, folder.request(episode)):
            shown[place, driver].add(episode.run.task)
    enough = min(MIN_TASKS, len({episode.run.task for episode in episodes.values()}))
    found: dict[Place, set[Driver]] = defaultdict(set)
    for (place, driver), tasks in shown.items():
        if len(tasks) >= (enough if driver.how is None else MIN_DRAWN):
            found[place].add(driver)
    return {place: frozenset(kinds) for place, kinds in found.items()}


def _walked(
    folder: Folder, items: tuple[Item, ...], scope: tuple[Source, ...]
) -> Iterator[tuple[Place, Driver]]:
    """The lists that calls of one level walk, and those inside its loops."""
    walked: dict[tuple[int, Keys, Driver], list[int]] = defaultdict(list)
    labels: dict[int, str] = {}
    known = list(scope)
    for item in items:
        if item.step is not None:
            for source, keys, at, driver in taken(item.step, known):
                labels[id(source)] = source.label
                walked[id(source), keys, driver].append(at)
            known.append(folder.result(item.step))
        for step, inner in item.failed:
            yield from _walked(folder, inner, (folder.result(step), *known))
        for at, inner in item.iterations:
            row = rows_under(item.source, item.keys)[at]
            yield from _walked(folder, inner, (*known, folder.row(item.label, row)))
    for (number, keys, driver), order in walked.items():
        if order == sorted(order) and order[0] < order[-1]:
            yield (labels[number], keys), driver


def rows_under(value: JSON, keys: Keys) -> list[JSON]:
    """The list under some keys; empty where there is none."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, list) else []


@final
class Folding:
    """Folds one episode by known loops."""

    def __init__(self, folder: Folder, drivers: Drivers, episode: Episode) -> None:
        self._folder, self._drivers, self._episode = folder, drivers, episode
        self._walking = frozenset(driver.key for kinds in drivers.values() for driver in kinds)

    def fold(
        self, made: Sequence[Chunk], scope: tuple[Source, ...], busy: frozenset[tuple[int, Keys]]
    ) -> tuple[Item, ...]:
        """Fold the calls of one level. ``busy`` are the lists that loops around it walk."""
        items: list[Item] = []
        known, at = list(scope), 0
        while at < len(made):
            element = self._element(made[at].step, known, busy)
            if element is None:
                items.append(self._call(made[at], known, busy))
                known.append(self._folder.result(made[at].step))
                at += 1
                continue
            source, keys, _, driver = element
            stretches = self._stretches(made[at:], source, keys)
            label = f"for {'.'.join((source.label, *keys))}"
            iterations = []
            for number, stretch in stretches:
                row = self._folder.row(label, rows_under(source.value, keys)[number])
                inner = self.fold(stretch, (*known, row), busy | {(id(source.value), keys)})
                iterations.append((number, inner))
            items.append(
                Item(
                    label=label,
                    giver=source.label,
                    source=source.value,
                    keys=keys,
                    driver=driver,
                    iterations=tuple(iterations),
                )
            )
            at += sum(len(stretch) for _, stretch in stretches)
        return tuple(items)

    def _call(self, chunk: Chunk, known: list[Source], busy: frozenset[tuple[int, Keys]]) -> Item:
        """A call, with its failed attempts; after one of those, its own result goes before all else."""
        repeats = self._folder.repeats
        return Item(
            label=call_label(chunk.step),
            step=chunk.step,
            repeats=chunk.step.key in repeats,
            failed=tuple(
                (step, self.fold(chunks(between, repeats), (self._folder.result(step), *known), busy))
                for step, between in chunk.failed
            ),
        )

    def _element(
        self, step: Step, scope: list[Source], busy: frozenset[tuple[int, Keys]]
    ) -> tuple[Source, Keys, int, Driver] | None:
        """The element of a list that a call takes, of the list that was in scope first.

        What takes the row of a loop around it walks no other list that happens to hold the same.
        """
        if step.key not in self._walking:
            return None
        found = [
            one
            for shared in (False, True)
            for one in taken(step, scope, shared=shared)
            if self._drives(one[0], one[1], one[3])
        ]
        given = {driver.argument for source, keys, _, driver in found if (id(source.value), keys) in busy}
        return next((one for one in found if one[3].argument not in given), None)

    def _drives(self, source: Source, keys: Keys, driver: Driver) -> bool:
        return driver in self._drivers.get((source.label, keys), ())

    def _stretches(
        self, todo: Sequence[Chunk], source: Source, keys: Keys
    ) -> list[tuple[int, tuple[Chunk, ...]]]:
        """Cut calls into the iterations of a loop over a list, up to where the loop ends."""
        made: list[tuple[int, list[Chunk]]] = []
        pending: list[Chunk] = []
        for chunk in todo:
            at = self._position(chunk.step, source, keys, made[-1] if made else None)
            if at is None:
                pending.append(chunk)
                continue
            if made and at < made[-1][0]:
                break
            if made:
                made[-1][1].extend(pending)
            pending.clear()
            if not made or at > made[-1][0]:
                made.append((at, []))
            made[-1][1].append(chunk)
        made[-1][1].extend(self._trailing(pending, made, source, keys))
        return [(at, tuple(stretch)) for at, stretch in made]

    def _position(
        self, step: Step, source: Source, keys: Keys, now: tuple[int, list[Chunk]] | None = None
    ) -> int | None:
        """The element that a call takes; ``now`` is the iteration that it may belong to.

        Where it may be one of several, as the same name stands in two rows, it is the next of them.
        """
        for shared in (False, True):
            found = [
                (at, driver.how)
                for _, place, at, driver in taken(step, (source,), shared=shared)
                if place == keys and self._drives(source, keys, driver)
            ]
            if found:
                break
        places = sorted({at for at, _ in found})
        if len(places) <= 1 or now is None or not (shared or found[0][1] is not None):
            return found[0][0] if found else None
        own = now[0] in places and all(chunk.step.key != step.key for chunk in now[1])
        return now[0] if own else next((at for at in places if at > now[0]), places[0])

    def _trailing(
        self, pending: list[Chunk], made: list[tuple[int, list[Chunk]]], source: Source, keys: Keys
    ) -> Iterator[Chunk]:
        """The calls after the last element was taken that still belong to its iteration.

        Those that use what the iteration found, and those that earlier iterations made after all else too.
        """
        inside = list(_steps(made[-1][1]))
        usual = {
            chunk.step.key
            for _, stretch in made[:-1]
            for place, chunk in enumerate(stretch)
            if self._position(chunk.step, source, keys) is None
            and not uses(chunk.step, _steps(stretch[:place]))
        }
        for chunk in pending:
            if not uses(chunk.step, inside) and chunk.step.key not in usual:
                return
            inside.extend(chunk.steps)
            yield chunk


def _steps(made: Iterable[Chunk]) -> tuple[Step, ...]:
    return tuple(step for chunk in made for step in chunk.steps)
