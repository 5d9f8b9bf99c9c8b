"""loops: walk a list that an earlier call gave: all of it, or the rows that the model selects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from compiler.ir.expr import Expr, Pick, Ref, Where
from compiler.ir.program import Ask, ForEach, Let, Node, OnEmpty, OnLength, Only, Question, Support
from compiler.ir.run import JSON
from compiler.mine.arguments import called, longest
from compiler.mine.binding import Wired
from compiler.mine.draft import Assembly, arrivals, list_in, row_noun, support
from compiler.mine.exprs import walk_expr
from compiler.mine.request import Leaf
from compiler.mine.route import Role, rows_expr
from compiler.mine.sighting import loop_rows, row_value
from compiler.mine.words import phrase, plural, question_name

MIN_ROWS = 3
"""Rows that must fit a filter, and lists that must have one length, before either says anything."""

MIN_FOR_SHAPE = 10
"""Lists of one length before their number says anything about the lengths of others."""


def loop(state: Assembly, place: int) -> list[Node]:
    """Walk the list: all of it, or the rows that the model selects."""
    role = state.route.roles[place]
    assert role.walk is not None
    rows = rows_expr(role.walk, state.route.roles)
    came = arrivals(state, place)
    looped = [trail for trail in came if len(trail.visits) > place]
    before: list[Node] = []
    counts = {id(trail): len(trail.visits[place].calls) if len(trail.visits) > place else 0 for trail in came}
    everything = all(counts[id(trail)] == len(loop_rows(trail, role)) for trail in came)
    seen = support(looped, came)
    walked: Expr
    if everything:
        before.extend(_whole_list(state, place, rows))
        walked = _agreeing_rows(state, place, rows, seen, before)
    else:
        walked = Ref(_select(state, rows, role, seen, before))
    row_id = f"{role.id}_row"
    settled: list[Node] = []
    call = called(state, place, seen, settled)
    # What does not depend on the row is settled once, before the loop.
    inside = _depending(settled, row_id)
    before.extend(node for node in settled if node not in inside)
    counted = ForEach(
        id=row_id,
        rows=walked,
        body=(*inside, call),
        support=seen,
        least=min(counts.values(), default=0),
        most=max(counts.values(), default=0),
    )
    return [*before, counted]


def _depending(nodes: list[Node], id_: str) -> list[Node]:
    """Those of the nodes in front of a call that use the node ``id``, or another that does."""
    found: list[Node] = []
    ids = {id_}
    for node in nodes:
        used = node.rivals if isinstance(node, Let) else ()
        used += (node.rows,) if isinstance(node, Only) else ()
        used += (node.options,) if isinstance(node, Ask) and node.options is not None else ()
        if any(isinstance(part, Ref) and part.id in ids for expr in used for part in walk_expr(expr)):
            assert isinstance(node, Let | Only | Ask)
            found.append(node)
            ids.add(node.id)
    return found


def lone_rows(state: Assembly, place: int) -> Expr | None:
    """The list of records of which a write, and nothing else, takes a row, and that never had two."""
    if state.route.roles[place].effect != "write":
        return None
    users: dict[Expr, set[int]] = {}
    for (user, _), rivals in state.rivals.items():
        for part in (part for rival in rivals for part in walk_expr(rival)):
            if isinstance(part, Pick):
                users.setdefault(part.rows, set()).add(user)
    for rows, places in users.items():
        held = [row for trail in state.route.writing for row in list_in(state, trail, rows)]
        if places == {place} and longest(state, rows) <= 1 and all(isinstance(row, dict) for row in held):
            return rows
    return None


def lone_row_loop(state: Assembly, place: int, rows: Expr) -> list[Node]:
    """A write to a row of a list that never had more than one: to that row, or to those that are meant.

    That only one row was ever found says nothing about what the request means by several: one, or all.
    """
    role = state.route.roles[place]
    came = arrivals(state, place + 1)
    seen = support(came, came)
    thing = plural(row_noun(state, rows))
    question = state.ask(
        Question(
            name=question_name("WHICH", thing),
            kind="select",
            text=f"Which of these {thing} does the request mean, for {phrase(role.tool)}?",
            why="every task found exactly one; with more, what is meant is open",
            support=seen,
        )
    )
    id_, row = state.new_id("q"), f"{role.id}_row"
    state.rows[rows, ()] = row
    ask = Ask(id=id_, question=question, options=rows, if_many=True, support=seen)
    settled: list[Node] = []
    call = called(state, place, seen, settled)
    inside = _depending(settled, row)
    before = [node for node in settled if node not in inside]
    each = ForEach(id=row, rows=Ref(id_), body=(*inside, call), support=seen, least=1, most=1)
    return [ask, *before, each]


def _whole_list(state: Assembly, place: int, rows: Expr) -> list[Node]:
    """Before acting on all of a list: is it empty, and may it be cut off?"""
    role = state.route.roles[place]
    assert role.walk is not None
    came = arrivals(state, place)
    nodes: list[Node] = []
    empty = [t for t in came if t in state.route.stopping and not loop_rows(t, role)]
    if not empty:
        nodes.append(OnEmpty(rows=rows, body=(), support=support((), came)))
    tool = state.route.roles[role.walk.visit].tool
    results = state.evidence.results.get(tool, ())
    cap = length_cap(results, role.walk.keys)
    # A run that was judged right, and acted on all of so long a list, shows that nothing was cut off it.
    whole = {t.episode.run.task for t in came if t.episode.run.success and len(loop_rows(t, role)) == cap}
    if cap is not None and (len(whole) < MIN_ROWS or _piles_up(results, role.walk.keys, cap)):
        nodes.append(OnLength(rows=rows, cap=cap, support=support((), came)))
    return nodes


def length_cap(results: Iterable[JSON], keys: tuple[str, ...]) -> int | None:
    """The length at which a tool seems to cut its lists off: the longest seen, by three different results."""
    lengths = _lengths(results, keys)
    longest = max(lengths, default=0)
    return longest if longest > 1 and lengths[longest] >= MIN_ROWS else None


def _lengths(results: Iterable[JSON], keys: tuple[str, ...]) -> Counter[int]:
    """How many results hold, under some keys, a list of each length."""
    lists = (row_value(result, keys) for result in results)
    return Counter(len(rows) for rows in lists if isinstance(rows, list))


def _piles_up(results: Iterable[JSON], keys: tuple[str, ...], cap: int) -> bool:
    """Whether lists are as long as the longest clearly more often than they are one shorter.

    So they are where a tool cuts longer ones off, for those count there too. A few lists cannot tell.
    """
    lengths = _lengths(results, keys)
    return lengths[cap - 1] < MIN_FOR_SHAPE or 2 * lengths[cap] > 3 * lengths[cap - 1]


def _agreeing_rows(state: Assembly, place: int, rows: Expr, seen: Support, before: list[Node]) -> Expr:
    """All rows; or, where every row seen also fits what was searched for, a question if one does not."""
    role = state.route.roles[place]
    assert role.walk is not None
    source = role.walk.visit
    filters: list[Expr] = []
    for name in state.route.roles[source].key[1]:
        binding = state.bindings[source, name]
        if isinstance(binding, Wired) and len(binding.examples) > 1:
            filters.extend(_fitting(state, place, rows, (source, name)))
    if not filters:
        return rows
    thing = row_noun(state, rows)
    question = state.ask(
        Question(
            name=question_name("WHICH", plural(thing)),
            kind="choose",
            text=f"Which of these lists of {plural(thing)} does the request mean?",
            why="every row seen fits what was searched for; here one does not",
            support=seen,
        )
    )
    id_ = state.new_id("v")
    before.append(Let(id=id_, rivals=(rows, *filters[:2]), support=seen, question=question))
    return Ref(id_)


def _fitting(state: Assembly, place: int, rows: Expr, leaf: Leaf) -> Iterator[Expr]:
    """Filters that hold for every row of every trail: a field of it equals, or contains, an argument."""
    pairs = _rows_and_argument(state, place, leaf)
    wanted = state.rivals[leaf][0]
    if len(pairs) < MIN_ROWS or any(isinstance(part, Pick | Ref) for part in walk_expr(wanted)):
        return
    for key in pairs[0][0]:
        held = [(row.get(key), value) for row, value in pairs]
        texts = [(text.lower(), value.lower()) for text, value in held if isinstance(text, str)]
        if len(texts) < len(held):
            continue
        if all(text == value for text, value in texts):
            yield Where(rows, key, "equals", wanted)
        elif all(value in text for text, value in texts):
            yield Where(rows, key, "contains", wanted)


def _rows_and_argument(state: Assembly, place: int, leaf: Leaf) -> list[tuple[dict[str, JSON], str]]:
    """Every row that a loop walked, beside an argument of the call that gave it; none if one is no record."""
    pairs: list[tuple[dict[str, JSON], str]] = []
    for trail in state.route.writing:
        value = trail.visits[leaf[0]].calls[0].arguments[leaf[1]]
        for row in loop_rows(trail, state.route.roles[place]):
            if not isinstance(row, dict) or not isinstance(value, str):
                return []
            pairs.append((row, value))
    return pairs


def _select(state: Assembly, rows: Expr, role: Role, seen: Support, before: list[Node]) -> str:
    thing = row_noun(state, rows)
    question = state.ask(
        Question(
            name=question_name("WHICH", plural(thing)),
            kind="select",
            text=f"Which of these {plural(thing)} does the request mean, for {phrase(role.tool)}? "
            "Select none if it means none of them.",
            why="the rows varied, and no rule explains which",
            support=seen,
        )
    )
    id_ = state.new_id("q")
    before.append(Ask(id=id_, question=question, options=rows, support=seen))
    return id_
