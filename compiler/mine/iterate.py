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
from typing import final

from compiler.ir.run import JSON
from compiler.mine.clean import Episode, Step
from compiler.mine.listed import Driver, Folder, Keys, Place, Source, call_label
from compiler.mine.lone import Lone
from compiler.mine.repeat import Chunk, chunks, uses
from compiler.mine.trail import StepKey

MIN_TASKS = 2
"""Tasks in which calls must walk a list before a loop is believed."""

MIN_DRAWN = 3
"""The same where each argument is made from an element, and not the element itself."""

Drivers = Mapping[Place, frozenset[Driver]]


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


def fold_all(
    episodes: tuple[Episode, ...], repeats: frozenset[StepKey] = frozenset(), *, searches: bool = False
) -> dict[str, tuple[Item, ...]]:
    """Fold every episode, by run, with the loops that enough tasks show; inner loops after outer ones."""
    folder = Folder(repeats, searches=searches)
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
    lone: dict[tuple[Place, Driver], Lone] = defaultdict(Lone)
    for run, items in folded.items():
        task = episodes[run].run.task
        for place, driver, taken_at, rows in _walked(folder, items, folder.request(episodes[run])):
            if len(taken_at) > 1:
                shown[place, driver].add(task)
            elif folder.searches:
                lone[place, driver].take(task, rows, taken_at[0])
    enough = min(MIN_TASKS, len({episode.run.task for episode in episodes.values()}))
    walking = [
        (place, driver)
        for (place, driver), tasks in shown.items()
        if len(tasks) >= (enough if driver.how is None else MIN_DRAWN)
    ]
    walking += [one for one, alone in lone.items() if alone.is_search]
    found: dict[Place, set[Driver]] = defaultdict(set)
    for place, driver in walking:
        found[place].add(driver)
    return {place: frozenset(kinds) for place, kinds in found.items()}


def _walked(
    folder: Folder, items: tuple[Item, ...], scope: tuple[Source, ...]
) -> Iterator[tuple[Place, Driver, list[int], list[JSON]]]:
    """The lists of which calls of one level take elements in order, and those inside its loops.

    Each with the places of the elements, and the list.
    """
    walked: dict[tuple[int, Keys, Driver], list[int]] = defaultdict(list)
    sources: dict[int, Source] = {}
    known = list(scope)
    for item in items:
        if item.step is not None:
            for source, keys, at, driver in folder.taken(item.step, known):
                sources[id(source)] = source
                walked[id(source), keys, driver].append(at)
            known.extend(_holding(folder.result(item.step)))
        for step, inner in item.failed:
            yield from _walked(folder, inner, (folder.result(step), *known))
        for at, inner in item.iterations:
            row = rows_under(item.source, item.keys)[at]
            yield from _walked(folder, inner, (*known, folder.row(item.label, row)))
    for (number, keys, driver), order in walked.items():
        if order == sorted(order):
            source, elements = sources[number], sorted(set(order))
            yield (source.label, keys), driver, elements, rows_under(source.value, keys)


def _holding(source: Source) -> tuple[Source, ...]:
    """The source, if there is any element of a list in it to take."""
    return (source,) if source.elements or source.shared else ()


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
                known.extend(_holding(self._folder.result(made[at].step)))
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
            for one in self._folder.taken(step, scope, shared=shared)
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
        if step.key not in self._walking:
            return None
        for shared in (False, True):
            found = [
                (at, driver.how)
                for _, place, at, driver in self._folder.taken(step, (source,), shared=shared)
                if place == keys and self._drives(source, keys, driver)
            ]
            if found:
                break
        places = sorted({at for at, _ in found})
        if len(places) <= 1 or now is None or not (shared or found[0][1] is not None):
            return found[0][0] if found else None
        own = now[0] in places and all(chunk.step.key != step.key for chunk in now[1])
        return now[0] if own else next((at for at in places if at > now[0]), places[0])

    def _takes(self, step: Step, source: Source, keys: Keys, at: int) -> bool:
        """Whether a call takes something of one element of a list."""
        return any(
            place == keys and number == at for _, place, number, _ in self._folder.taken(step, (source,))
        )

    def _trailing(
        self, pending: list[Chunk], made: list[tuple[int, list[Chunk]]], source: Source, keys: Keys
    ) -> Iterator[Chunk]:
        """The calls after the last element was taken that still belong to its iteration.

        Those that use what the iteration found, and those that earlier iterations made after all else too;
        of a search, those that take something of the element that it came to.
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
            found = self._folder.searches and self._takes(chunk.step, source, keys, made[-1][0])
            if not found and not uses(chunk.step, inside) and chunk.step.key not in usual:
                return
            inside.extend(chunk.steps)
            yield chunk


def _steps(made: Iterable[Chunk]) -> tuple[Step, ...]:
    return tuple(step for chunk in made for step in chunk.steps)
