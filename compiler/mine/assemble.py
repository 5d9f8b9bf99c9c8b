"""assemble: bound roles -> the nodes of a program, with a question where no rule explains what varied."""

from __future__ import annotations

from compiler.ir.program import Block, Node
from compiler.mine.arguments import called
from compiler.mine.decide import check_only, guard, guard_place
from compiler.mine.draft import Assembly, arrivals, support
from compiler.mine.forks import fork
from compiler.mine.loops import lone_row_loop, lone_rows, loop
from compiler.mine.pages import paged
from compiler.mine.repairs import repair
from compiler.mine.results import after_read, check_results
from compiler.mine.unfound import after_searches


def assemble(state: Assembly) -> Block:
    """Put the roles of the route in order, with what has to be settled before each."""
    nodes: list[Node] = []
    parting = guard_place(state) if state.route.writing else None
    for place in range(len(state.route.roles)):
        if place == parting:
            nodes.extend(guard(state, place))
        nodes.extend(_role(state, place))
    if not state.route.writing:
        nodes.extend(check_only(state))
    return check_results(state, after_searches(tuple(nodes)))


def _inside(state: Assembly) -> Block:
    """The body of a loop, or an arm: what is in there is decided by what leads to it."""
    nodes = [node for place in range(len(state.route.roles)) for node in _role(state, place)]
    return check_results(state, after_searches(tuple(nodes)))


def _role(state: Assembly, place: int) -> list[Node]:
    """The nodes of one role: a loop, a fork, a repeated call, a write to a lone row, or a plain call."""
    role = state.route.roles[place]
    if role.walk is not None:
        return loop(state, place, _inside)
    if role.arms:
        return fork(state, place, _inside)
    if role.repeats:
        return repair(state, place, _inside)
    rows = lone_rows(state, place)
    if rows is not None:
        return lone_row_loop(state, place, rows)
    before: list[Node] = []
    made = [trail for trail in arrivals(state, place) if len(trail.visits) > place]
    call = called(state, place, support(made, made), before)
    after = after_read(state, place) if role.effect == "read" else []
    paging = state.evidence.pagings.get(call.tool)
    return [*before, call if paging is None else paged(call, paging), *after]
