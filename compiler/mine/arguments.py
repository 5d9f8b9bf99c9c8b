"""arguments: the expression of every argument of a call, and what has to be settled before it."""

from __future__ import annotations

from compiler.ir.expr import Attr, Expr, Pick, Ref
from compiler.ir.program import Ask, CallTool, Field, Let, Node, Only, Question, Support
from compiler.mine.binding import TOOL, Chosen, Open, Same, Wired
from compiler.mine.draft import Assembly, arrivals, list_in, row_noun, support
from compiler.mine.exprs import rewrite, walk_expr
from compiler.mine.request import Leaf
from compiler.mine.route import Role, argument_order
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
        selector=state.rivals[place, TOOL][0] if (place, TOOL) in state.rivals else None,
        alternatives=_alternatives(state, place),
        support=seen,
    )


def _alternatives(state: Assembly, place: int) -> tuple[str, ...]:
    """The tools that the request's words select from; empty where one tool serves every task."""
    if (place, TOOL) not in state.rivals:
        return ()
    trails = (*state.route.writing, *state.route.stopping)
    named = state.bindings[place, TOOL]
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
        binding = state.bindings[place, name]
        match binding:
            case Wired():
                found[name] = _wired(state, (place, name), seen, before)
            case Chosen(rows=rows, tail=tail):
                found[name] = _tail(Ref(_choose(state, rows, seen, before)), tail)
            case Open():
                open_.append((name, binding))
            case Same(place=earlier, name=other):
                found[name] = state.opened[earlier, other]
    if open_:
        asked = _extract(state, role, open_, seen, before)
        found.update({name: Attr(Ref(asked), name) for name, _ in open_})
        state.opened.update({(place, name): Attr(Ref(asked), name) for name, _ in open_})
    return tuple((name, found[name]) for name in argument_order(state.route, place))


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


def _row(
    state: Assembly, rows: Expr, hows: list[tuple[str, str | None]], seen: Support, before: list[Node]
) -> str:
    """The row that an argument is a field of: the only one, or the rivals' pick."""
    alone = longest(state, rows) <= 1
    key = (rows, () if alone else tuple(sorted(hows, key=repr)))
    if key in state.rows:
        return state.rows[key]
    thing = row_noun(state, rows)
    kept = hows[:MAX_ROW_RIVALS]
    question = None
    if alone or len(kept) > 1:
        why = (
            "every task found exactly one"
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
    facts = tuple(r.id for r in earlier if r.effect == "read" and r.walk is None)
    before.append(Ask(id=id_, question=question, facts=facts, support=seen))
    return id_
