"""forks: where runs part, and what decides: a rule on values in scope, or else a question."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from compiler.ir.expr import Expr, Ref, RequestField
from compiler.ir.program import (
    Answered,
    Arm,
    Ask,
    Block,
    Branch,
    Deviate,
    Guard,
    Leave,
    Node,
    Question,
    Stop,
    Support,
)
from compiler.ir.run import JSON
from compiler.mine.draft import Assembly, support
from compiler.mine.repeat import done_rule, outcomes
from compiler.mine.rules import Rules, Sample, learn_rules
from compiler.mine.scope import values_in_scope
from compiler.mine.trail import (
    Role,
    Route,
    Trail,
    inner_trails,
    left_id,
    may_leave,
    scope_before,
    was_left,
)
from compiler.mine.words import phrase, question_name

NEITHER: Final = "neither"


Said = Mapping[str, Mapping[Expr, JSON]]
"""What the words of each run's request say, by the field that reads them."""


def learn_forks(route: Route, said: Said | None = None) -> dict[str, Rules]:
    """The rule of every fork that has one, and of every call that is repeated until it holds, by its id."""
    trails = (*route.writing, *route.stopping)
    forks = tuple(_forks(route.roles, trails))
    found: dict[str, Rules | None] = {}
    for role, place, here in forks:
        if role.repeats:
            found[role.id] = _learn_repeat(role, place, here, len(forks))
        else:
            found[role.id] = learn_rules(_by_search(here, place), len(forks)) or learn_rules(
                _samples(here, place, said or {}), len(forks)
            )
    return {id_: rules for id_, rules in found.items() if rules is not None}


Place = tuple[tuple[Role, ...], int]


def _learn_repeat(role: Role, place: Place, here: tuple[Trail, ...], decisions: int) -> Rules | None:
    made = ((trail.episode.run.task, trail.visits[place[1]].calls) for trail in here)
    seen = (outcome for task, attempts in made for outcome in outcomes(task, attempts))
    return done_rule(Ref(role.id), seen, decisions)


def _forks(
    roles: tuple[Role, ...], trails: tuple[Trail, ...]
) -> Iterator[tuple[Role, Place, tuple[Trail, ...]]]:
    """Every fork and repeated call, with its place among its roles and the trails that came to it."""
    for place, role in enumerate(roles):
        here = tuple(trail for trail in trails if len(trail.visits) > place)
        if role.arms or role.repeats:
            yield role, (roles, place), here
        for number, arm in enumerate(role.arms):
            yield from _forks(arm, inner_trails(here, place, number))
        yield from _forks(role.body, inner_trails(here, place))


def _by_search(trails: Iterable[Trail], place: Place) -> tuple[Sample, ...]:
    """The way that each trail took right after a search, with whether that found anything; else nothing."""
    roles, at = place
    if not at or not may_leave(roles[at - 1].body):
        return ()
    search = roles[at - 1]
    made: Counter[str] = Counter()
    samples = []
    for trail in trails:
        task = trail.episode.run.task
        made[task] += 1
        left = was_left(search, trail.visits[at - 1])
        arm = str(trail.visits[at].inner[0][0])
        samples.append(Sample(task=f"{task} {made[task]}", values={Ref(left_id(search)): left}, arm=arm))
    return tuple(samples)


def _samples(trails: Iterable[Trail], place: Place, said: Said) -> tuple[Sample, ...]:
    """The way that each trail took, with what was in scope; each row of a loop decides for itself.

    Rows that are equal, and went the same way, are one. What runs of one task did at a row has to agree.
    """
    roles, at = place
    found: dict[tuple[str, str, str], Sample] = {}
    rows: Counter[str] = Counter()
    for trail in trails:
        run, arm = trail.episode.run, str(trail.visits[at].inner[0][0])
        values = values_in_scope(_bound(trail, roles, at, said), run.now)
        key = run.run_id, repr(values), arm
        if key not in found:
            number = rows[run.run_id]
            rows[run.run_id] += 1
            unit = f"{run.task} {number}" if number else run.task
            found[key] = Sample(task=unit, values=values, arm=arm)
    return tuple(found.values())


def _bound(trail: Trail, roles: tuple[Role, ...], at: int, said: Said) -> Iterator[tuple[Expr, JSON]]:
    """What is in scope at a fork, with the expressions that give it."""
    for source in scope_before(trail, roles, at):
        yield Ref(source.id), source.value
    run = trail.episode.run
    yield from said.get(run.run_id, {}).items()
    if isinstance(run.request, dict):
        yield from _said(run.request, ())


def _said(value: dict[str, JSON], path: tuple[str, ...]) -> Iterator[tuple[Expr, JSON]]:
    for key, held in value.items():
        if isinstance(held, dict):
            yield from _said(held, (*path, key))
        else:
            yield RequestField(json.dumps([*path, key])), held


def fork(state: Assembly, place: int, inside: Callable[[Assembly], Block]) -> list[Node]:
    """Go the way whose guard holds, or that the model chooses. ``inside`` puts the arms together."""
    role = state.route.roles[place]
    trails = [t for t in (*state.route.writing, *state.route.stopping) if len(t.visits) > place]
    came = support(trails, trails)
    arms: list[tuple[int, Block, Support]] = []
    for number, roles in enumerate(role.arms):
        inner = inner_trails(trails, place, number)
        body = inside(state.inside(roles, inner))
        seen = support(inner, trails)
        if role.ends and number == len(role.arms) - 1:
            body = (Stop(support=seen),)
        elif number in role.leaves:
            body = (*body, Leave(support=seen))
        arms.append((number, body, seen))
    rules = state.rules.get(role.id)
    if rules is None:
        return _asked(state, place, arms, came)
    guards = dict(rules.arms)
    return [
        Branch(
            arms=tuple(
                Arm(guard=guards[str(n)], body=body, support=seen) for n, body, seen in _short_first(arms)
            ),
            unseen="a value that no run shows decides here",
            confidence=rules.confidence,
            gaps=rules.gaps,
        )
    ]


def _short_first(arms: list[tuple[int, Block, Support]]) -> list[tuple[int, Block, Support]]:
    """Ways that end the run, or the loop, come first: what follows then needs no further indent."""
    return sorted(arms, key=lambda arm: not any(isinstance(node, Stop | Leave) for node in arm[1]))


def _asked(state: Assembly, place: int, arms: list[tuple[int, Block, Support]], came: Support) -> list[Node]:
    """A question for the way to go, with the reads so far as its facts, and an answer for none of them."""
    role = state.route.roles[place]
    labels = _labels(role)
    ways = ", ".join(f"{label} ({seen.tasks})" for (_, _, seen), label in zip(arms, labels, strict=True))
    name = state.ask(
        Question(
            name=(question_name("DO" if labels == ("yes", "no") else "WHICH_WAY", role.tool)),
            kind="classify",
            text=_text(role, labels),
            labels=(*labels, NEITHER),
            why=f"the {came.tasks} tasks differ ({ways}), and no rule on values in scope explains it",
            support=came,
        )
    )
    if state.about:
        trails = (*state.route.writing, *state.route.stopping)
        state.count_asked(name, (trail for trail in trails if len(trail.visits) > place))
    id_ = state.new_id("q")
    facts = tuple(r.id for r in state.route.roles[:place] if r.effect == "read" and r.is_call)
    if role.leaves:
        facts = (state.about, *facts)
    neither = Deviate(
        message="the model finds that no answer fits", support=Support(tasks=0, reached=came.tasks)
    )
    refused = Arm(guard=Answered(id_, NEITHER), body=(neither,), support=neither.support)
    guards: list[Guard] = [Answered(id_, label) for label in labels]
    taken = tuple(
        Arm(guard=guards[number], body=body, support=seen) for number, body, seen in _short_first(arms)
    )
    return [
        Ask(id=id_, question=name, facts=facts, support=came),
        Branch(arms=(refused, *taken), unseen="an answer that was not offered"),
    ]


def _labels(role: Role) -> tuple[str, ...]:
    """A label for each way, after the first call on it."""
    if len(role.arms) == 2 and () in role.arms:  # noqa: PLR2004
        return ("yes", "no")
    named = [phrase(arm[0].tool) if arm else "nothing" for arm in role.arms]
    return tuple(
        label if named.count(label) == 1 else f"{label} ({number})" for number, label in enumerate(named, 1)
    )


def _text(role: Role, labels: tuple[str, ...]) -> str:
    if labels == ("yes", "no"):
        return (
            f"Given the facts, does the request want this done: {phrase(role.tool)}? Answer neither if that "
            "cannot be told."
        )
    return (
        f"Given the facts, which does the request want: {', '.join(labels)}? Answer neither if none of them."
    )
