"""unfound: what is done where a search found nothing goes beside the search, and what else, into it.

for each row: if open: end the walk; was none: note  ->  for each row: ...; where none ended the walk: note
"""

from __future__ import annotations

from dataclasses import replace

from compiler.errors import Declined
from compiler.ir.expr import Const, Ref
from compiler.ir.program import Arm, Block, Branch, Compare, ForEach, Leave, Node, Stop, Unfound
from compiler.ir.words import leaves, nodes_of


def after_searches(nodes: Block) -> Block:
    """Take in the forks that a search decides, each of which stands right after it.

    Raises:
        Declined: The search ends in several ways, so that the same would have to stand there twice.
    """
    done: list[Node] = []
    for node in nodes:
        search = done[-1] if done else None
        ways = _ways(search, node) if isinstance(search, ForEach) and isinstance(node, Branch) else None
        if isinstance(search, ForEach) and ways is not None:
            done[-1:] = _merged(search, *ways)
        else:
            done.append(node)
    return tuple(done)


def _ways(search: ForEach, branch: Branch) -> tuple[Arm, Arm] | None:
    """The arms of a branch on whether a search found anything: where it did, and where not."""
    left = Ref(f"{search.id.removesuffix('_row')}_left")
    ways: dict[bool, Arm] = {}
    for arm in branch.arms:
        match arm.guard:
            case Compare(left=tested, right=Const(value=bool(found))) if tested == left:
                ways[found] = arm
            case _:
                return None
    return ways[True], ways[False]


def _merged(search: ForEach, found: Arm, unfound: Arm) -> tuple[Node, ...]:
    checks = () if search.otherwise is None else search.otherwise.body
    if found.body and isinstance(found.body[-1], Stop):
        # What comes after the loop is then done only where nothing was found.
        ending = replace(search, body=_inserted(search.body, found.body), otherwise=None)
        return (ending, *checks, *unfound.body)
    if found.body and sum(isinstance(node, Leave) for node in nodes_of(search.body)) > 1:
        raise Declined(("a loop ends in several ways, and what is done then hangs on whether it does",))
    rest = Unfound(body=(*checks, *unfound.body), support=unfound.support)
    return (replace(search, body=_inserted(search.body, found.body), otherwise=rest),)


def _inserted(body: Block, more: Block) -> Block:
    """Do more where a walk ends; where that ends the run, there is no walk to end."""
    done: list[Node] = []
    for node in body:
        if isinstance(node, Branch) and leaves((node,)):
            arms = tuple(replace(arm, body=_inserted(arm.body, more)) for arm in node.arms)
            done.append(replace(node, arms=arms))
        elif isinstance(node, Leave):
            done.extend(more if more and isinstance(more[-1], Stop) else (*more, node))
        else:
            done.append(node)
    return tuple(done)
