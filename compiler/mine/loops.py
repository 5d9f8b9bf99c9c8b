"""loops: walk a list that an earlier call gave: all of it, or the rows that the model selects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from compiler.ir.expr import Attr, Expr, Pick, Ref, Where
from compiler.ir.program import (
    Ask,
    Block,
    CallTool,
    Deviate,
    ForEach,
    Let,
    Node,
    OnEmpty,
    OnLength,
    Only,
    Pages,
    Question,
    Support,
    Switch,
    Unfound,
    Until,
)
from compiler.ir.run import JSON
from compiler.mine.arguments import called, is_lone, longest, which_of
from compiler.mine.binding import Wired
from compiler.mine.draft import Assembly, arrivals, list_in, row_noun, support
from compiler.mine.exprs import walk_expr
from compiler.mine.sighting import Leaf
from compiler.mine.trail import (
    Role,
    Route,
    Trail,
    Visit,
    inner_trails,
    may_leave,
    row_id,
    row_value,
    rows_expr,
    rows_in,
    was_left,
)
from compiler.mine.words import phrase, plural, question_name

MIN_ROWS = 3
"""Rows that must fit a filter, and lists that must have one length, before either says anything."""


def loop(state: Assembly, place: int, inside: Callable[[Assembly], Block]) -> list[Node]:
    """Walk the list: all of it, or the rows that the model selects. ``inside`` puts the body together."""
    state = replace(state, route=_without_skips(state, place))
    role = state.route.roles[place]
    assert role.walk is not None
    came = arrivals(state, place)
    looped = [trail for trail in came if len(trail.visits) > place]
    counts = [len(trail.visits[place].inner) if len(trail.visits) > place else 0 for trail in came]
    before: list[Node] = []
    walked, otherwise = _to_walk(state, place, counts, before)
    within = state.inside(role.body, inner_trails(looped, place))
    body = inside(replace(within, about=row_id(role)))
    # What does not depend on the row is settled once, before the loop.
    settled = _independent(body, row_id(role))
    before.extend(settled)
    counted = ForEach(
        id=row_id(role),
        rows=walked,
        body=tuple(node for node in body if node not in settled),
        otherwise=otherwise,
        support=support(looped, came),
        least=min(counts, default=0),
        most=max(counts, default=0),
    )
    return [*before, counted]


def _to_walk(
    state: Assembly, place: int, counts: list[int], before: list[Node]
) -> tuple[Expr, Unfound | None]:
    """The rows to walk, and what is done where none of them ends the walk."""
    role = state.route.roles[place]
    assert role.walk is not None
    came, rows = arrivals(state, place), rows_expr(role.walk)
    looped = [trail for trail in came if len(trail.visits) > place]
    lengths = [len(rows_in(trail, state.route.roles, role.walk)) for trail in came]
    seen = support(looped, came)
    if may_leave(role.body):
        # An empty list, or one that is cut off, is of no matter to a search that finds what it looks for.
        checks = _whole_list(state, place, rows)
        unfound = _unfound(state, place, looped)
        before.extend(node for node in checks if not unfound and isinstance(node, OnEmpty))
        walked = _agreeing_rows(state, place, rows, seen, before)
        cut_off = tuple(node for node in checks if isinstance(node, OnLength))
        if not unfound and cut_off:
            return walked, Unfound(body=cut_off, support=cut_off[0].support)
        return walked, Unfound(body=unfound, support=unfound[0].support) if unfound else None
    if counts == lengths:
        before.extend(_whole_list(state, place, rows))
        return _agreeing_rows(state, place, rows, seen, before), None
    return Ref(_select(state, rows, role, seen, before)), None


def _unfound(state: Assembly, place: int, looped: list[Trail]) -> tuple[Deviate, ...]:
    """What is done where a walk came to the end of its list: the run goes on, if any did."""
    role = state.route.roles[place]
    ended = [trail for trail in looped if not was_left(role, trail.visits[place])]
    if ended:
        return ()
    assert role.walk is not None
    thing = row_noun(state, rows_expr(role.walk))
    seen = support(ended, looped)
    return (Deviate(message=f"no {thing} is the one to look for", support=seen),)


def _without_skips(state: Assembly, place: int) -> Route:
    """The route without the rows that a loop leaves alone, where no rule says which: they are selected.

    One question that sees all rows serves better than one for each.
    """
    route, role = state.route, state.route.roles[place]
    fork = role.body[0]
    if len(role.body) != 1 or fork.arms[1:] != ((),) or fork.leaves or fork.id in state.rules:
        return route

    def taken(trail: Trail) -> Trail:
        visits = list(trail.visits)
        if place < len(visits):
            rows = ((at, once.visits[0].inner[0]) for at, once in visits[place].inner)
            visits[place] = Visit(inner=tuple((at, inner) for at, (arm, inner) in rows if arm == 0))
        return replace(trail, visits=tuple(visits))

    roles = list(route.roles)
    roles[place] = replace(role, body=role.body[0].arms[0])
    return replace(
        route,
        roles=tuple(roles),
        writing=tuple(map(taken, route.writing)),
        stopping=tuple(map(taken, route.stopping)),
    )


def _independent(nodes: Iterable[Node], row: str) -> list[Node]:
    """Those of the nodes in a loop that settle a value by nothing that the loop binds."""
    found: list[Node] = []
    bound = {row}
    for node in nodes:
        used = {part.id for expr in _used(node) for part in walk_expr(expr) if isinstance(part, Ref)}
        if isinstance(node, Let | Only | Ask) and not used & bound:
            found.append(node)
        elif isinstance(node, Let | Only | Ask | CallTool | Pages | Switch):
            bound.add(node.id)
        elif isinstance(node, Until):
            bound.add(node.call.id)
    return found


def _used(node: Node) -> tuple[Expr, ...]:
    """The expressions that a node which settles a value takes it from."""
    match node:
        case Let():
            return node.rivals
        case Only():
            return (node.rows,)
        case Ask():
            seen = tuple(Ref(fact) for fact in node.facts)
            return seen if node.options is None else (*seen, node.options)
        case _:
            return ()


def lone_rows(state: Assembly, place: int) -> Expr | None:
    """The list of records of which a write, and nothing else, takes a row, and that never had two.

    Or of which any row may be meant.
    """
    if state.route.roles[place].effect != "write":
        return None
    users: dict[Expr, set[str]] = {}
    hows: dict[Expr, set[str]] = {}
    for (user, _), rivals in state.rivals.items():
        for part in (part for rival in rivals for part in walk_expr(rival)):
            if isinstance(part, Pick):
                users.setdefault(part.rows, set()).add(user)
                hows.setdefault(part.rows, set()).add(part.how)
    for rows, places in users.items():
        held = [row for trail in state.route.writing for row in list_in(state, trail, rows)]
        if (
            places == {state.route.roles[place].id}
            and is_lone(state, rows, hows[rows])
            and all(isinstance(row, dict) for row in held)
        ):
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
    most = longest(state, rows)
    none = " Select none if it means none of them." if state.unsure else ""
    question = state.ask(
        Question(
            name=question_name("WHICH", thing),
            kind="select",
            text=f"Which of these {thing} does the request mean, for {phrase(role.tool)}?{none}",
            why=state.unsure
            or (f"{which_of(most)}; with more, what is meant is open" if most <= 1 else which_of(most)),
            support=seen,
        )
    )
    results = _results_of(state, rows)
    state.rows_meant += max((*_lengths(*results), most, 1)) - 1
    id_, row = state.new_id("q"), row_id(role)
    state.rows[rows, ()] = row
    ask = Ask(id=id_, question=question, options=rows, if_many=not state.unsure, support=seen)
    cap = length_cap(*results)
    # A run that was judged right, and chose from so long a list, found there what was meant.
    cut = (
        [OnLength(rows=rows, cap=cap, support=support((), came))]
        if cap is not None and 1 < most < cap
        else []
    )
    settled: list[Node] = []
    call = called(state, place, seen, settled)
    before = _independent(settled, row)
    inside = tuple(node for node in settled if node not in before)
    each = ForEach(id=row, rows=Ref(id_), body=(*inside, call), support=seen, least=1, most=1)
    return [*cut, ask, *before, each]


def _results_of(state: Assembly, rows: Expr) -> tuple[tuple[JSON, ...], tuple[str, ...]]:
    """Every result of the call that gave a list, good run or bad, and the keys to the list in it."""
    keys: list[str] = []
    base = rows
    while isinstance(base, Attr):
        keys.insert(0, base.key)
        base = base.base
    source = state.role(base.id) if isinstance(base, Ref) else None
    results = state.evidence.results.get(source.tool, ()) if source is not None and source.is_call else ()
    return results, tuple(keys)


def _whole_list(state: Assembly, place: int, rows: Expr) -> list[Node]:
    """Before acting on all of a list: is it empty, and may it be cut off?"""
    role = state.route.roles[place]
    assert role.walk is not None
    came = arrivals(state, place)
    nodes: list[Node] = []
    # A run that stopped at an empty list, or went on after it, shows what no rows mean.
    empty = [t for t in came if not _rows(state, t, role)]
    if not empty:
        nodes.append(OnEmpty(rows=rows, body=(), support=support((), came)))
    source = state.role(role.walk.source)
    results = state.evidence.results.get(source.tool, ()) if source is not None and source.is_call else ()
    cap = length_cap(results, role.walk.keys)
    # A run that was judged right, and acted on all of so long a list, shows that nothing was cut off it;
    # but where lists pile up at that length, such runs may just have met the ones that had no more rows.
    whole = any(t.episode.run.success and len(_rows(state, t, role)) == cap for t in came)
    if cap is not None and (not whole or _piles_up(results, role.walk.keys, cap)):
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

    So they are where a tool cuts longer ones off, for those count there too. Lists that never have another
    length are no such sign: that is how many there are.
    """
    lengths = _lengths(results, keys)
    if set(lengths) <= {0, cap}:
        return False
    return not lengths[cap - 1] or lengths[cap] > 3 * lengths[cap - 1] + 5


def _agreeing_rows(state: Assembly, place: int, rows: Expr, seen: Support, before: list[Node]) -> Expr:
    """All rows; or, where every row seen also fits what was searched for, a question if one does not."""
    role = state.route.roles[place]
    assert role.walk is not None
    source = state.role(role.walk.source)
    filters: list[Expr] = []
    for name in source.key[1] if source is not None and source.is_call else ():
        binding = state.bindings[role.walk.source, name]
        if not isinstance(binding, Wired) or len(binding.examples) <= 1:
            continue
        # What answers with the argument beside the list was asked for one thing: its parts are no matches.
        if not _is_echoed(state, place, name):
            filters.extend(_fitting(state, place, rows, (role.walk.source, name)))
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


def _is_echoed(state: Assembly, place: int, name: str) -> bool:
    """Whether the call that gave the list always says again, beside it, what it was given."""
    walk_ = state.route.roles[place].walk
    assert walk_ is not None
    made = [
        visit.calls[-1]
        for trail in state.route.writing
        for role, visit in zip(state.route.roles, trail.visits, strict=False)
        if role.id == walk_.source and visit.calls
    ]
    return bool(made) and all(
        isinstance(step.result, dict) and step.arguments[name] in step.result.values() for step in made
    )


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
        made = [v for r, v in zip(state.route.roles, trail.visits, strict=False) if r.id == leaf[0]]
        value = made[0].calls[0].arguments[leaf[1]] if made and made[0].calls else None
        for row in _rows(state, trail, state.route.roles[place]):
            if not isinstance(row, dict) or not isinstance(value, str):
                return []
            pairs.append((row, value))
    return pairs


def _rows(state: Assembly, trail: Trail, role: Role) -> list[JSON]:
    assert role.walk is not None
    return rows_in(trail, state.route.roles, role.walk)


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
