"""results: what to do where a call answers otherwise than with the rows that later nodes take apart."""

from __future__ import annotations

from compiler.ir.expr import (
    Attr,
    Each,
    Expr,
    JoinRows,
    Lookup,
    Measure,
    Nth,
    Pick,
    Ranked,
    Ref,
    Where,
    Without,
)
from compiler.ir.program import (
    Ask,
    Block,
    CallTool,
    ForEach,
    Let,
    Node,
    OnEmpty,
    OnLength,
    Only,
    OnText,
    Stop,
    Switch,
    TextCase,
)
from compiler.mine.decide import lacks
from compiler.mine.draft import Assembly, arrivals, support
from compiler.mine.exprs import walk_expr
from compiler.mine.trail import Trail


def after_read(state: Assembly, place: int) -> list[Node]:
    """Stop where a read finds no rows, if runs show that."""
    role = state.route.roles[place]
    came = arrivals(state, place + 1)
    empty: dict[tuple[str, ...], list[Trail]] = {}
    for trail in state.route.stopping:
        if len(trail.visits) == place + 1 and not isinstance(trail.visits[place].result, str):
            keys = lacks(state, trail)
            if keys is not None:
                empty.setdefault(keys, []).append(trail)
    nodes: list[Node] = []
    for keys, trails in sorted(empty.items()):
        rows: Expr = Ref(role.id)
        for key in keys:
            rows = Attr(rows, key)
        seen = support(trails, came)
        nodes.append(OnEmpty(rows=rows, body=(Stop(support=seen),), support=seen))
    return nodes


def check_results(state: Assembly, nodes: Block) -> Block:
    """After each call whose result is used as rows or a record: what if the tool answers with a text?"""
    structural = _structural(nodes)
    done: list[Node] = []
    for node in nodes:
        done.append(node)
        if not isinstance(node, CallTool) or node.id not in structural:
            continue
        results = state.evidence.results.get(node.tool, ())
        if not any(isinstance(result, str) for result in results):
            continue
        place = next(n for n, role in enumerate(state.route.roles) if role.id == node.id)
        came = arrivals(state, place + 1)
        cases: dict[str, list[Trail]] = {}
        for trail in state.route.stopping:
            result = trail.visits[-1].result
            if len(trail.visits) == place + 1 and isinstance(result, str):
                cases.setdefault(result, []).append(trail)
        done.append(
            OnText(
                ref=node.id,
                cases=tuple(
                    TextCase(
                        text=text,
                        body=(Stop(support=support(trails, came)),),
                        support=support(trails, came),
                    )
                    for text, trails in sorted(cases.items())
                ),
                support=support([t for trails in cases.values() for t in trails], came),
            )
        )
    return tuple(done)


def _structural(nodes: Block) -> set[str]:
    """Ids of values that some node takes apart."""
    found: set[str] = set()
    for node in nodes:
        whole, exprs = _operands(node)
        found |= {expr.id for expr in whole if isinstance(expr, Ref)}
        for expr in (*whole, *exprs):
            found |= {base.id for part in walk_expr(expr) if isinstance(base := _taken_apart(part), Ref)}
        if isinstance(node, ForEach):
            found |= _structural(node.body)
    return found


def _operands(node: Node) -> tuple[tuple[Expr, ...], tuple[Expr, ...]]:
    """The expressions of a node: those that it takes apart itself, and those that it passes on."""
    match node:
        case CallTool():
            return (), tuple(expr for _, expr in node.arguments)
        case Let():
            return node.rivals, ()
        case Only() | OnEmpty() | OnLength() | ForEach():
            return (node.rows,), ()
        case Switch():
            return (), (node.on, *(case.value for case in node.cases))
        case Ask(options=options) if options is not None:
            return (options,), ()
        case _:
            return (), ()


def _taken_apart(expr: Expr) -> Expr | None:
    match expr:
        case Attr() | Lookup() | Measure():
            return expr.base
        case Pick() | Nth() | Where() | Each() | Ranked() | Without() | JoinRows():
            return expr.rows
        case _:
            return None
