"""pages: a read that is made again with the cursor of its last result, until there is none, is one read.

list(); list(cursor=c1); list(cursor=c2)  ->  list, for all pages
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import final

from compiler.ir.expr import Attr, Expr, Ref
from compiler.ir.program import CallTool, Pages
from compiler.ir.run import JSON
from compiler.mine.clean import Episode, Step, canonical
from compiler.mine.sources import index, scalar_key

MIN_SIDE = 3
"""Tasks that must read a second page, and tasks that must come to the end of one, before a read has pages."""

Keys = tuple[str, ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """How a tool gives its rows: the argument for the next page, the keys to its value and to the rows."""

    argument: str
    cursor: Keys
    rows: Keys
    most: int
    """The most pages that a run read."""


def find_pagings(episodes: Sequence[Episode]) -> dict[str, Paging]:
    """The reads whose every further page was asked for by what the last page said, and read to the last."""
    asked: dict[str, set[str]] = defaultdict(set)
    for episode in episodes:
        for one, other in pairwise(episode.steps):
            if one.tool == other.tool and one.effect == other.effect == "read":
                asked[one.tool].update(other.arguments.keys() - one.arguments.keys())
    found: dict[str, Paging] = {}
    for tool in sorted(asked):
        ways = (_paging(episodes, tool, argument) for argument in sorted(asked[tool]))
        paging = next(filter(None, ways), None)
        if paging is not None:
            found[tool] = paging
    return found


def _paging(episodes: Sequence[Episode], tool: str, argument: str) -> Paging | None:
    chains = [
        (episode.run.task, chain)
        for episode in episodes
        for chain in _chains(episode.steps, argument)
        if chain[0].tool == tool
    ]
    turned = [pair for _, chain in chains for pair in pairwise(chain)]
    several = {task for task, chain in chains if len(chain) > 1}
    if len(several) < MIN_SIDE or any(argument in chain[0].arguments for _, chain in chains):
        return None
    cursors = _shared(_paths_of(one, other.arguments[argument]) for one, other in turned)
    # To the last page: a run that left the rest unread was looking for something.
    cursors = [keys for keys in cursors if all(_value(chain[-1].result, keys) is None for _, chain in chains)]
    rows = _shared(_lists_in(step.result) for _, chain in chains for step in chain)
    if len(cursors) != 1 or len(rows) != 1:
        return None
    most = max(len(chain) for _, chain in chains)
    return Paging(argument=argument, cursor=cursors[0], rows=rows[0], most=most)


def _chains(steps: Sequence[Step], argument: str) -> Iterator[tuple[Step, ...]]:
    """Calls, each with those that follow at once and differ in one argument only."""
    chain: list[Step] = []
    for step in steps:
        if chain and argument in step.arguments and _same(chain[-1], step, argument):
            chain.append(step)
            continue
        if chain:
            yield tuple(chain)
        chain = [step]
    if chain:
        yield tuple(chain)


def _same(one: Step, other: Step, argument: str) -> bool:
    return one.tool == other.tool and _without(one, argument) == _without(other, argument)


def _without(step: Step, argument: str) -> str:
    return canonical({name: value for name, value in step.arguments.items() if name != argument})


def _paths_of(step: Step, value: JSON) -> list[Keys]:
    """The keys under which a result holds a value; what is in a list is no cursor."""
    paths = step.leaves.get(scalar_key(value), ()) if not isinstance(value, dict | list) else ()
    return [tuple(map(str, path)) for path in paths if not any(isinstance(part, int) for part in path)]


def _lists_in(result: JSON) -> list[Keys]:
    """The keys of a record that hold lists."""
    return (
        [(key,) for key in sorted(result) if isinstance(result[key], list)]
        if isinstance(result, dict)
        else []
    )


def _shared(found: Iterable[list[Keys]]) -> list[Keys]:
    """What is in all of some lists, in the order of the first."""
    first, *others = [*found] or [[]]
    return [keys for keys in first if all(keys in other for other in others)]


def _value(result: JSON, keys: Keys) -> JSON:
    for key in keys:
        result = result.get(key) if isinstance(result, dict) else None
    return result


def gathered(episodes: Iterable[Episode], pagings: Mapping[str, Paging]) -> tuple[Episode, ...]:
    """The episodes with all pages of a read as one step, whose result is the rows of all of them."""
    if not pagings:
        return tuple(episodes)
    return tuple(replace(episode, steps=tuple(_steps(episode, pagings))) for episode in episodes)


def _steps(episode: Episode, pagings: Mapping[str, Paging]) -> Iterator[Step]:
    steps = list(episode.steps)
    while steps:
        paging = pagings.get(steps[0].tool)
        if paging is None:
            yield steps.pop(0)
            continue
        chain = next(_chains(steps, paging.argument))
        del steps[: len(chain)]
        pages = (_value(step.result, paging.rows) for step in chain)
        rows = [row for page in pages if isinstance(page, list) for row in page]
        yield replace(chain[0], result=rows, leaves=index(rows), made=len(chain))


def paged(call: CallTool, paging: Paging) -> Pages:
    """The node that makes a call for one page after the other."""
    page = replace(call, id=f"{call.id}_page")
    return Pages(
        id=call.id,
        call=page,
        argument=paging.argument,
        cursor=_under(page.id, paging.cursor),
        rows=_under(page.id, paging.rows),
        most=paging.most,
        support=call.support,
    )


def _under(id_: str, keys: Keys) -> Expr:
    expr: Expr = Ref(id_)
    for key in keys:
        expr = Attr(expr, key)
    return expr
