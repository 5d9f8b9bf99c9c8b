"""wordings: the patterns of the requests, with a slot where a field stands."""

from __future__ import annotations

import re
from collections import defaultdict

from compiler.ir.program import FieldKind, Pattern, Slot, Support
from compiler.mine.request import Fields
from compiler.mine.spans import Span
from compiler.mine.stated import Parts, Statement, statement
from compiler.mine.trail import Route
from compiler.mine.unite import unite


def statements(route: Route, fields: Fields) -> dict[str, Statement]:
    """The conditions that requests surely state, outside the words that arguments use, by run.

    A run that stopped gave no argument to the calls it did not make: what would fill them stays in its words.
    A run that came by a value in its own way leaves its words unread; another of its task may read them.
    """
    found: dict[str, Statement] = {}
    runs = [trail.episode.run for trail in (*route.writing, *route.stopping)]
    for run in runs:
        parts = _parts(run.request, fields, run.run_id, some=True) if isinstance(run.request, str) else None
        stated = None if parts is None else statement(parts)
        if stated is not None:
            found[run.run_id] = stated
    said = {(run.task, str(run.request)): found[run.run_id] for run in runs if run.run_id in found}
    told = {run.run_id: said.get((run.task, str(run.request))) for run in runs}
    return {run_id: found.get(run_id, stated) for run_id, stated in told.items() if stated is not None}


def find_patterns(
    route: Route, fields: Fields, *, decides: bool, stated: dict[str, Statement]
) -> tuple[Pattern, ...]:
    """The wordings of the requests in which every field has a place, the best supported first.

        Cancel my first meeting on December 13  ->  Cancel my first meeting on {time_min}

    Where the program ``decides``, by a question that sees the whole request before anything is written, a
    number that no field takes may be any number, and a word that compares, or in which two wordings differ,
    any word: what that means is the question's to judge. Elsewhere all of it stays literal, and so it does
    where a request states a condition that the program itself tests (``stated``, by run).
    """
    exact: dict[Parts, set[str]] = defaultdict(set)
    tested: set[Parts] = set()
    found: dict[Parts, set[str]] = defaultdict(set)
    runs: dict[str, list[str]] = defaultdict(list)
    for trail in (*route.writing, *route.stopping):
        run = trail.episode.run
        runs[run.task].append(run.run_id)
        parts = _parts(str(run.request), fields, run.run_id)
        if parts is None:
            continue
        wording = _with_gaps(parts) if decides else parts
        found[wording].add(run.task)
        if run.run_id in stated and decides:
            exact[stated[run.run_id].wording].add(run.task)
            tested.add(wording)
    if decides:
        found = unite(found)
    # A wording with the condition in its place says more than the same one with gaps there.
    found = {**{parts: tasks for parts, tasks in found.items() if parts not in tested}, **exact}
    patterns = [
        Pattern(
            parts=parts,
            support=Support(
                tasks=len(tasks),
                reached=len(runs),
                runs=tuple(sorted({run for task in tasks for run in runs[task]})),
            ),
        )
        for parts, tasks in found.items()
    ]
    return tuple(sorted(patterns, key=lambda p: (-p.support.tasks, repr(p.parts))))


def _parts(text: str, fields: Fields, run_id: str, *, some: bool = False) -> Parts | None:
    """Cut a request at its fields, the longest first; None where a field has no place of its own.

    With ``some``, fields that have no place at all in this request are left out.
    """
    slots = {slot: spans for slot, spans in _slots(fields, run_id).items() if spans or not some}
    wanted = [(span, slot) for slot, spans in slots.items() for span in spans]
    wanted.sort(key=lambda item: (item[0].start - item[0].end, item[0].start, item[1].field))
    taken: list[tuple[Span, Slot]] = []
    for span, slot in wanted:
        if not any(span.overlaps(other) for other, _ in taken):
            taken.append((span, slot))
    if {slot for _, slot in taken} != set(slots):
        return None
    parts: list[str | Slot] = []
    at = 0
    for span, slot in sorted(taken, key=lambda item: item[0]):
        if parts and span.start == at:
            return None  # two fields without a word between them cannot be told apart
        if text[at : span.start]:
            parts.append(text[at : span.start])
        parts.append(slot)
        at = span.end
    if text[at:]:
        parts.append(text[at:])
    return tuple(parts)


def _slots(fields: Fields, run_id: str) -> dict[Slot, frozenset[Span]]:
    """The slots of one request and their places; choices that read the same words share one."""
    closed = {one.name for one in fields.fields if one.kind == "choice"}
    homes: dict[tuple[bool, frozenset[Span]] | str, list[str]] = defaultdict(list)
    for name, places in fields.spans.items():
        spans = places.get(run_id, frozenset())
        homes[(True, spans) if name in closed else name].append(name)
    return {
        Slot(names[0], tuple(names[1:])): fields.spans[names[0]].get(run_id, frozenset())
        for names in homes.values()
    }


OPEN_TO_JUDGEMENT = re.compile(
    r"(?<![\w.,-])(?P<number>\d+(?:\.\d+)?)(?![\w]|[.,]\d)"
    r"|\b(?:more|less|fewer|higher|lower|greater|smaller|larger|longer|shorter|older|newer|earlier|later"
    r"|above|below|over|under)\b",
    re.IGNORECASE,
)
"""Numbers, and words that compare: what a condition turns on."""


def _with_gaps(parts: Parts) -> Parts:
    """Let every number between words be any number, and every comparison any word."""
    made: list[str | Slot] = []
    for part in parts:
        if isinstance(part, Slot):
            made.append(part)
            continue
        at = 0
        for found in OPEN_TO_JUDGEMENT.finditer(part):
            if part[at : found.start()].strip() and part[found.end() :].strip():
                kind: FieldKind = "number" if found["number"] else "word"
                made.extend((part[at : found.start()], Slot("", gap=kind)))
                at = found.end()
        made.append(part[at:])
    return tuple(made)
