"""assemble: bound roles -> the nodes of a program, with a question where no rule explains what varied."""

from __future__ import annotations

from compiler.ir.program import Block, CallTool, Node
from compiler.mine.arguments import bound_arguments
from compiler.mine.bind import TOOL
from compiler.mine.decide import guard, guard_place
from compiler.mine.draft import Assembly, arrivals, support
from compiler.mine.loops import loop
from compiler.mine.results import after_read, check_results


def assemble(state: Assembly) -> Block:
    """Put the roles of the route in order, with what has to be settled before each."""
    nodes: list[Node] = []
    parting = guard_place(state)
    for place, role in enumerate(state.route.roles):
        if place == parting:
            nodes.extend(guard(state, place))
        nodes.extend(loop(state, place) if role.walk is not None else _call(state, place))
        if role.effect == "read" and role.walk is None:
            nodes.extend(after_read(state, place))
    return check_results(state, tuple(nodes))


def _call(state: Assembly, place: int) -> list[Node]:
    role = state.route.roles[place]
    before: list[Node] = []
    arguments = bound_arguments(state, place, before)
    made = [trail for trail in arrivals(state, place) if len(trail.visits) > place]
    call = CallTool(
        id=role.id,
        tool=role.tool,
        arguments=arguments,
        effect="read" if role.effect == "read" else "write",
        selector=state.rivals[place, TOOL][0] if (place, TOOL) in state.rivals else None,
        alternatives=_alternatives(state, place),
        support=support(made, made),
    )
    return [*before, call]


def _alternatives(state: Assembly, place: int) -> tuple[str, ...]:
    """The tools that the request's words select from; empty where one tool serves every task."""
    if (place, TOOL) not in state.rivals:
        return ()
    trails = (*state.route.writing, *state.route.stopping)
    return tuple(sorted({t.visits[place].calls[0].tool for t in trails if len(t.visits) > place}))
