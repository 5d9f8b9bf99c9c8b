"""repairs: a call that is made again until it is done, with what the runs did after each failed attempt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from compiler.errors import Declined
from compiler.ir.program import Arm, Block, Branch, Node, Until
from compiler.mine.arguments import called
from compiler.mine.draft import Assembly, arrivals, support
from compiler.mine.repeat import AGAIN, DONE
from compiler.mine.trail import inner_trails
from compiler.mine.words import phrase


def repair(state: Assembly, place: int, inside: Callable[[Assembly], Block]) -> list[Node]:
    """Call until the result is one that ended the runs' attempts. ``inside`` puts the repair together.

    A result that is neither of these nor one that the runs tried again after deviates.

    Raises:
        Declined: Nothing in the results tells the last attempt from those before it.
    """
    role = state.route.roles[place]
    made = [trail for trail in arrivals(state, place) if len(trail.visits) > place]
    failed = [trail for trail in made if len(trail.visits[place].calls) > 1]
    rules = state.rules.get(role.id)
    if rules is None:
        raise Declined((f"{phrase(role.tool)} is repeated, and nothing in its results says until when",))
    guards = dict(rules.arms)
    before: list[Node] = []
    call = called(state, place, support(made, made), before)
    within = replace(state.inside(role.body, inner_trails(made, place)), about=role.id, repairs=True)
    seen = support(failed, made)
    again = Arm(guard=guards[AGAIN], body=inside(within), support=seen)
    unseen = f"{phrase(role.tool)} answered what no run shows"
    return [
        *before,
        Until(
            call=call,
            done=guards[DONE],
            repair=(Branch(arms=(again,), unseen=unseen, confidence=rules.confidence),),
            most=max(len(trail.visits[place].calls) for trail in made) - 1,
            support=seen,
        ),
    ]
