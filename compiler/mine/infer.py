"""infer: the mining passes, one after the other: a workload in, a program out, or the reasons why not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from operator import itemgetter

from compiler.errors import Declined
from compiler.ir.program import (
    Branch,
    Program,
)
from compiler.ir.run import Workload
from compiler.ir.words import hand_over_of
from compiler.mine.binding import Binding, Chosen, Open, Tabled
from compiler.mine.clean import Episode, clean_runs, unsolved_reads, without_last_looks
from compiler.mine.draft import Evidence
from compiler.mine.example import (
    chooses,
    example_checks,
    example_routes,
    is_example,
)
from compiler.mine.nest import nested_route, searching_route
from compiler.mine.order import in_one_order
from compiler.mine.pages import find_pagings, gathered
from compiler.mine.prefix import mine_prefix
from compiler.mine.programs import program_of
from compiler.mine.route import candidate_routes, checking_routes
from compiler.mine.samples import results_by_tool
from compiler.mine.settle import MIN_TASKS, settle
from compiler.mine.sighting import Leaf
from compiler.mine.trail import Route, are_alike, calls_in, roles_in, tasks_of

Ranked = tuple[tuple[int, ...], Program | Declined]
"""A program, or why there is none, and how good that is: lower is better."""

ROUTES_TRIED = 4
MANY = 10**6
"""More rules than a program has."""


def mine(workload: Workload) -> Program:
    """Infer the program of a workload: the whole job, else how it begins.

    Raises:
        Declined: The workload has too few solved tasks, or too much of it is an open decision, and its runs
            have no opening in common that would be worth a program.
    """
    # What an agent did on purpose, without its failed attempts and second looks.
    episodes = clean_runs(workload.runs, workload.tools)
    try:
        whole = _mine_whole(workload, episodes)
    except Declined as declined:
        # What cannot be compiled to its end may still begin the same way in most runs.
        try:
            return mine_prefix(workload, episodes)
        except Declined as short:
            raise Declined((*declined.reasons, *short.reasons)) from None
    return whole if _stands_for_most(whole, episodes) else _longer(whole, workload, episodes)


def _stands_for_most(whole: Program, episodes: tuple[Episode, ...]) -> bool:
    """Whether a program of the whole job was learnt from runs that made at least half of all calls."""
    return 2 * _calls_of(whole, episodes) >= sum(len(episode.run.calls) for episode in episodes)


def _calls_of(whole: Program, episodes: tuple[Episode, ...]) -> int:
    learnt = frozenset(whole.runs)
    return sum(len(episode.run.calls) for episode in episodes if episode.run.run_id in learnt)


def _longer(whole: Program, workload: Workload, episodes: tuple[Episode, ...]) -> Program:
    """Give the opening in the place of a program of few runs, if it stands for more of the calls.

    Where 8 of 73 tasks are done by the same steps and 56 begin alike, a program of those steps is of no use
    to nine requests in ten: it asks, and then deviates.
    """
    try:
        opening = mine_prefix(workload, episodes)
    except Declined:
        return whole
    end = hand_over_of(opening)
    return opening if end is not None and end.made > _calls_of(whole, episodes) else whole


def mine_opening(workload: Workload) -> Program:
    """Infer the program of how the runs begin, whether or not the whole job could be compiled.

    Raises:
        Declined: The runs have no opening in common that would be worth a program.
    """
    return mine_prefix(workload, clean_runs(workload.runs, workload.tools))


def _mine_whole(workload: Workload, episodes: tuple[Episode, ...]) -> Program:
    pagings = find_pagings(episodes)
    episodes = gathered(episodes, pagings)
    evidence = Evidence(results=results_by_tool(workload), pagings=pagings)
    nested, damaged = nested_route(episodes)
    episodes = tuple(episode for episode in episodes if episode.run.run_id not in damaged)
    best = _best(workload, evidence, _routes(episodes, nested))
    if best is None or _leaves_open(best[1], episodes):
        # Where loops end at the element that they look for, less may be open.
        searching = searching_route(episodes)
        if searching is not None and tasks_of(searching.writing) >= MIN_TASKS:
            found = _best(workload, evidence, [searching])
            best = min((one for one in (best, found) if one is not None), key=itemgetter(0), default=None)
    # Where no two tasks show one change.
    for routes in () if best is not None else _lesser_ways(workload, episodes):
        found = _best(workload, evidence, routes)
        if found is not None and (best is None or not isinstance(found[1], Declined)):
            best = found
        if best is not None and not isinstance(best[1], Declined):
            break
    if best is None:
        raise Declined((_why_no_route(workload, episodes),))
    if isinstance(best[1], Declined):
        raise best[1]
    return _with_damage(best[1], damaged, len(damaged) + len(episodes)) if damaged else best[1]


def _best(workload: Workload, evidence: Evidence, routes: list[Route]) -> Ranked | None:
    """Give the program that leaves least open and asks least, of two alike that of the earlier route.

    Where no route carries one: why the best does not; None without routes. Routes that cannot come out better
    than one that did are not looked at: the order in which they are tried decides the time only.
    """
    best: tuple[tuple[int, ...], int, Program] | None = None
    refused: list[tuple[tuple[int, ...], int, Declined]] = []
    for number, route in sorted(enumerate(routes), key=lambda pair: (_at_best(pair[1]), pair[0])):
        if best is not None and (_at_best(route), number) > best[:2]:
            continue
        settled = settle(route)
        rank = _rank(*settled)
        if best is not None and (_ranked(rank, (0, 0), MANY), number) > best[:2]:
            continue
        try:
            program = program_of(workload, evidence, *settled)
        except Declined as declined:
            refused.append((rank, number, declined))
            continue
        asked = (int(is_example(settled[0]) and chooses(*settled)), len(program.questions))
        found = (_ranked(rank, asked, _rules(program)), number, program)
        best = found if best is None or found[:2] < best[:2] else best
    if best is not None:
        return (0, *best[0]), best[2]
    least = min(refused, key=lambda one: one[:2], default=None)
    return None if least is None else ((1, *least[0]), least[2])


def _leaves_open(program: Program | Declined, episodes: tuple[Episode, ...]) -> bool:
    """Whether a program asks what the request does not say, or does not do what every task did."""
    if isinstance(program, Declined):
        return True
    asks = any(question.name != program.request.question for question in program.questions)
    return asks or program.tasks < len({episode.run.task for episode in episodes})


def _routes(episodes: tuple[Episode, ...], nested: Route | None) -> list[Route]:
    """The calls that several tasks have in common, in several ways; the best supported are tried in turn."""
    acting = in_one_order(tuple(map(without_last_looks, episodes)))
    routes = [route for route in candidate_routes(acting) if tasks_of(route.writing) >= MIN_TASKS]
    routes = routes[:ROUTES_TRIED]
    # Where the tasks are regular enough, with the loops and forks that they have in common.
    if nested is not None and tasks_of(nested.writing) >= MIN_TASKS and not _is_known(nested, routes):
        routes.append(nested)
    return routes


def _lesser_ways(workload: Workload, episodes: tuple[Episode, ...]) -> Iterator[list[Route]]:
    """What can be made of tasks of which no two show one change; the first that holds is taken."""
    unsolved = unsolved_reads(workload.runs, workload.tools)
    # What one task shows, as far as it goes.
    acting = in_one_order(tuple(map(without_last_looks, episodes)))
    yield example_routes(acting, unsolved)[:ROUTES_TRIED]
    # Nothing to learn a change from, but whether there is one to make can still be checked.
    yield [route for route in checking_routes(episodes, ()) if not is_example(route)][:ROUTES_TRIED]
    yield example_checks(episodes, unsolved)[:ROUTES_TRIED]


def _with_damage(program: Program, damaged: frozenset[str], runs: int) -> Program:
    """Say in a program which runs were set aside for what happened to them."""
    said = (
        f"{len(damaged)} of {runs} runs lack, repeat or move a call at places where the others agree, about "
        "as often at one as at another: set aside as damaged"
    )
    return replace(program, damaged=tuple(sorted(damaged)), notes=(*program.notes, said))


def _why_no_route(workload: Workload, episodes: tuple[Episode, ...]) -> str:
    """Say why the runs cannot carry a program."""
    tasks = len({run.task for run in workload.runs})
    solved = len({episode.run.task for episode in episodes})
    wrote = len({episode.run.task for episode in episodes if episode.writes})
    if not solved:
        return f"no successful run: none of {len(workload.runs)} runs solved any of {tasks} tasks"
    if wrote == 1:
        return f"1 of {tasks} tasks was solved by a change, and one task cannot tell a rule from its example"
    if wrote:
        return f"{wrote} of {tasks} tasks were solved by a change, no two by the same steps: nothing repeats"
    were = "was" if solved == 1 else "were"
    return (
        f"{solved} of {tasks} tasks {were} solved by doing nothing, no two by the same steps: nothing repeats"
    )


def _rank(route: Route, bindings: dict[Leaf, Binding]) -> tuple[int, ...]:
    """Lower is better: few arguments that nothing explains first, then few tasks left aside."""
    # What is written in place of what was refused is asked by its nature: no route without it is better.
    mended = {call.id for role in roles_in(route.roles) if role.repeats for call in calls_in(role.body)}
    open_ = [role for (role, _), binding in bindings.items() if isinstance(binding, Open)]
    unexplained = sum(role not in mended for role in open_)
    asked = len(open_) - unexplained + sum(isinstance(b, Chosen | Tabled) for b in bindings.values())
    return (unexplained, *_left_aside(route), asked, len(route.roles))


def _left_aside(route: Route) -> tuple[int, int]:
    """Lower is better: how few tasks are along the route, those that write first."""
    trails = (*route.writing, *route.stopping)
    wrote = tuple(trail for trail in trails if trail.episode.writes)
    return -tasks_of(wrote), -tasks_of(trails)


def _ranked(rank: tuple[int, ...], asked: tuple[int, int], rules: int) -> tuple[int, ...]:
    """The rank of a program: what it asks, then what it has rules for, counts after what is left aside."""
    return (*rank[:3], *asked, -rules, *rank[3:])


def _rules(program: Program) -> int:
    return sum(isinstance(node, Branch) and node.confidence is not None for node in program.body)


def _at_best(route: Route) -> tuple[int, ...]:
    """What the rank of the route's program is at best: to settle it only ever leaves trails out."""
    return _ranked((0, *_left_aside(route), 0, len(route.roles)), (0, 0), MANY)


def _is_known(nested: Route, routes: list[Route]) -> bool:
    """Whether a route is the same as one that was found before; a plain one only has to go no further."""
    if not routes or not all(role.is_call for role in nested.roles):
        return bool(routes) and are_alike(nested, routes[0])
    same = [role.key for role in nested.roles] == [role.key for role in routes[0].roles]
    return same and len(nested.writing) <= len(routes[0].writing)
