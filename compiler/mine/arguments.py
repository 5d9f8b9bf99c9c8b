"""arguments: the expression of every argument of a call, and what has to be settled before it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from compiler.ir.expr import Attr, Expr, Pick, Ref, Where
from compiler.ir.program import Ask, CallTool, Field, Let, Node, Only, Question, Support
from compiler.mine.binding import TOOL, Chosen, Open, Same, Tabled, Wired
from compiler.mine.clean import canonical
from compiler.mine.draft import Assembly, arrivals, list_in, row_noun, support
from compiler.mine.exprs import rewrite, walk_expr
from compiler.mine.lookups import switched
from compiler.mine.sighting import Leaf
from compiler.mine.trail import Role, argument_order
from compiler.mine.words import phrase, plural, question_name

MAX_ROW_RIVALS = 3


def called(state: Assembly, place: int, seen: Support, before: list[Node]) -> CallTool:
    """The call of a role; what its arguments need first goes to ``before``."""
    role = state.route.roles[place]
    return CallTool(
        id=role.id,
        tool=role.tool,
        arguments=_arguments(state, place, before),
        effect=role.effect,
        selector=state.rivals[role.id, TOOL][0] if (role.id, TOOL) in state.rivals else None,
        alternatives=_alternatives(state, place),
        support=seen,
    )


def _alternatives(state: Assembly, place: int) -> tuple[str, ...]:
    """The tools that the request's words select from; empty where one tool serves every task."""
    if (state.route.roles[place].id, TOOL) not in state.rivals:
        return ()
    trails = (*state.route.writing, *state.route.stopping)
    named = state.bindings[state.route.roles[place].id, TOOL]
    words = named.wordings if isinstance(named, Wired) else ()
    called_ = {t.visits[place].calls[0].tool for t in trails if len(t.visits) > place}
    return tuple(sorted(called_ | {tool for _, tool in words}))


def _arguments(state: Assembly, place: int, before: list[Node]) -> tuple[tuple[str, Expr], ...]:
    """The arguments of a role as expressions; what they need first goes to ``before``."""
    role = state.route.roles[place]
    made = arrivals(state, place + 1)
    seen = support(made, made)
    open_: list[tuple[str, Open]] = []
    found: dict[str, Expr] = {}
    for name in role.key[1]:
        binding = state.bindings[role.id, name]
        match binding:
            case Wired():
                found[name] = _wired(state, (role.id, name), seen, before)
            case Tabled():
                found[name] = switched(state, place, name, binding, before)
            case Chosen(rows=rows, tail=tail):
                found[name] = _tail(Ref(_choose(state, rows, seen, before)), tail)
            case Open():
                open_.append((name, binding))
            case Same(role=earlier, name=other):
                found[name] = state.opened[earlier, other]
    found.update(_asked(state, role, open_, seen, before) if open_ else {})
    return tuple((name, found[name]) for name in argument_order(state.route, role))


def _tail(expr: Expr, tail: tuple[str, ...]) -> Expr:
    for key in tail:
        expr = Attr(expr, key)
    return expr


def _wired(state: Assembly, leaf: Leaf, seen: Support, before: list[Node]) -> Expr:
    """One expression for the rivals of an argument; rivals that differ in the row only share that row."""
    # By repr: a constant may be a list, which has no hash.
    groups: dict[str, tuple[Expr, Expr, list[tuple[str, str | None]]]] = {}
    for rival in state.rivals[leaf]:
        pick = next((part for part in walk_expr(rival) if isinstance(part, Pick)), None)
        if pick is None:
            groups[repr(rival)] = (rival, rival, [])
            continue
        hole = _put(rival, pick, Ref("row"))
        groups.setdefault(repr((hole, pick.rows)), (pick.rows, hole, []))[2].append((pick.how, pick.by))
    settled: list[Expr] = []
    for rows, expr, hows in groups.values():
        row = _row(state, rows, hows, seen, before) if hows else ""
        settled.append(_put(expr, Ref("row"), Ref(row)) if hows else expr)
    if len(settled) == 1:
        return settled[0]
    name = leaf[1]
    question = state.ask(
        Question(
            name=question_name("WHICH", name),
            kind="choose",
            text=f"Which of these values is meant for {phrase(name)}?",
            why=f"{len(settled)} explanations fit every task, and differ here",
            support=seen,
        )
    )
    id_ = state.new_id("v")
    before.append(Let(id=id_, rivals=tuple(settled), support=seen, question=question))
    return Ref(id_)


def _put(expr: Expr, old: Expr, new: Expr) -> Expr:
    """The expression with one sub-expression replaced by another."""
    return rewrite(expr, lambda part: new if part == old else None)


def longest(state: Assembly, rows: Expr) -> int:
    """The most rows that a list had in any trail that came to use it."""
    lengths = [len(held) for trail in state.route.writing for held in [list_in(state, trail, rows)]]
    return max(lengths, default=0)


def is_lone(state: Assembly, rows: Expr, hows: Iterable[str]) -> bool:
    """Whether there never was a choice of rows: one alone, or, of rows that pass a test, as it is taken.

    Where the one row is meant of a list that had several, which one that is has to be asked.
    """
    taken = tuple(hows)
    if isinstance(rows, Where):
        return "only" in taken
    return longest(state, rows) <= 1 or all(how == "only" for how in taken)


def which_of(most: int) -> str:
    """Why the row of a list is asked for where there are several."""
    return "every task found exactly one" if most <= 1 else "one task cannot tell which of several is meant"


def _row(
    state: Assembly, rows: Expr, hows: list[tuple[str, str | None]], seen: Support, before: list[Node]
) -> str:
    """The row that an argument is a field of: the only one, or the rivals' pick."""
    alone = is_lone(state, rows, (how for how, _ in hows))
    key = (rows, () if alone else tuple(sorted(hows, key=repr)))
    if key in state.rows:
        return state.rows[key]
    thing = row_noun(state, rows)
    kept = hows[:MAX_ROW_RIVALS]
    question = None
    if alone or len(kept) > 1:
        why = (
            which_of(longest(state, rows))
            if alone
            else f"{len(kept)} ways to pick it fit every task, and may differ"
        )
        question = state.ask(
            Question(
                name=question_name("WHICH", thing),
                kind="choose",
                text=f"Which of these {plural(thing)} does the request mean?",
                why=why,
                support=seen,
            )
        )
    id_ = state.new_id("r")
    if alone:
        assert question is not None
        before.append(Only(id=id_, rows=rows, question=question, support=seen))
    else:
        picks = tuple(Pick(rows, how, by) for how, by in kept)  # type: ignore[arg-type]
        before.append(Let(id=id_, rivals=picks, support=seen, question=question))
    state.rows[key] = id_
    return id_


def _choose(state: Assembly, rows: Expr, seen: Support, before: list[Node]) -> str:
    if rows in state.chosen:
        return state.chosen[rows]
    thing = row_noun(state, rows)
    question = state.ask(
        Question(
            name=question_name("WHICH", thing),
            kind="choose",
            text=f"Which of these {plural(thing)} does the request mean?",
            why="the row varied, and no rule explains it in every task",
            support=seen,
        )
    )
    id_ = state.new_id("q")
    before.append(Ask(id=id_, question=question, options=rows, support=seen))
    state.chosen[rows] = id_
    return id_


def _asked(
    state: Assembly, role: Role, open_: list[tuple[str, Open]], seen: Support, before: list[Node]
) -> dict[str, Expr]:
    """The arguments that nothing explains: one question for all of them, or for the text of each row."""
    found: dict[str, Expr]
    if len(open_) == 1 and _varies(state, role, open_[0][0]):
        found = {open_[0][0]: Ref(_compose(state, role, open_[0][0], seen, before))}
    else:
        asked = _extract(state, role, open_, seen, before)
        found = {name: Attr(Ref(asked), name) for name, _ in open_}
    state.opened.update({(role.id, name): expr for name, expr in found.items()})
    return found


def _varies(state: Assembly, role: Role, name: str) -> bool:
    """Whether an argument is a text for each row of a loop, or each repair, and not one for all."""
    place = state.route.roles.index(role)
    values: dict[str, set[str]] = defaultdict(set)
    for trail in arrivals(state, place + 1) if state.about else ():
        for step in trail.visits[place].calls:
            if not isinstance(step.arguments[name], str):
                return False
            values[trail.episode.run.run_id].add(canonical(step.arguments[name]))
    return any(len(held) > 1 for held in values.values())


def _compose(state: Assembly, role: Role, name: str, seen: Support, before: list[Node]) -> str:
    """One question for each row: a text that nothing explains, with the row as its fact."""
    thing, subject = phrase(name), state.thing(state.about)
    question = state.ask(
        Question(
            name=question_name("CORRECTED" if state.repairs else "RIGHT", name),
            kind="compose",
            text=(
                f"How is the {thing} corrected that this {subject} is about, given the request?"
                if state.repairs
                else f"What is the right {thing} for this {subject}, given the request?"
            ),
            why=f"the {thing} that the runs gave stands nowhere in scope",
            support=seen,
        )
    )
    state.count_asked(question, arrivals(state, state.route.roles.index(role) + 1))
    id_ = state.new_id("q")
    before.append(Ask(id=id_, question=question, facts=(state.about,), support=seen))
    return id_


def _extract(
    state: Assembly, role: Role, open_: list[tuple[str, Open]], seen: Support, before: list[Node]
) -> str:
    """One question for all arguments of a call that nothing explains."""
    names = ", ".join(phrase(name) for name, _ in open_)
    question = state.ask(
        Question(
            name=question_name("VALUES_FOR", role.tool),
            kind="extract",
            text=f"Work out from the request and the facts, for {phrase(role.tool)}: {names}.",
            fields=tuple(
                Field(name=name, kind="text", fills=(f"{role.tool}.{name}",), examples=binding.examples)
                for name, binding in open_
            ),
            why="no value in scope explains it in every task",
            support=seen,
        )
    )
    id_ = state.new_id("q")
    earlier = state.route.roles[: state.route.roles.index(role)]
    facts = tuple(r.id for r in earlier if r.effect == "read" and r.is_call)
    before.append(Ask(id=id_, question=question, facts=facts, support=seen))
    return id_
