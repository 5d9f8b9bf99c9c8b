"""branch: a rule for a decision, or none.

Sources: decision mining (Rozinat & van der Aalst 2006) for the setting; the gate is a two-part code after
Rissanen: a rule must save more bits than naming it costs, with the chance of a false rule held below ALPHA.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import log2
from typing import final

from compiler.ir.expr import Const, Expr
from compiler.ir.program import Compare
from compiler.ir.run import JSON
from compiler.mine.bind import is_telling
from compiler.mine.trail import Route

CONDITION = re.compile(r"\b(if|unless|otherwise|whether|in case|only when|provided that)\b", re.IGNORECASE)
"""Words by which a request states a condition. They never decide what is done: they make a program ask."""

ALPHA = 0.01
MIN_SIDE = 3
MAX_WORDS = 8
Z2 = 3.84


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A decision as one run took it: the scalars in scope, and whether it stopped."""

    task: str
    values: dict[Expr, JSON]
    stopped: bool


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Guards for going on and for stopping; both name what was seen, so that the rest deviates."""

    go: Compare
    stop: Compare
    confidence: float


def is_conditional(request: str | dict[str, JSON]) -> bool:
    """Whether a request says in words that what it asks for depends on something."""
    return isinstance(request, str) and CONDITION.search(request) is not None


def hidden_decision(route: Route, unused: tuple[str, ...]) -> str | None:
    """Why a route that always writes must be taken to hide a decision; None where nothing says so.

    A read that feeds nothing is the fingerprint of a guard. So is a task that was solved by doing nothing,
    or by other writes; and a condition that the request states while no step depends on it.
    """
    tasks = {trail.episode.run.task for trail in route.writing}
    idle = set(route.idle) & tasks
    conditional = {t.episode.run.task for t in route.writing if is_conditional(t.episode.run.request)}
    if unused:
        return "most tasks read something here that only a decision can use"
    if 2 * len(idle) >= len(tasks):
        return f"{len(idle)} of {len(tasks)} tasks read something else first, which only a decision can use"
    if route.aside:
        solved = _were_solved(len({episode.run.task for episode in route.aside}))
        return f"{solved} by doing nothing, for no reason that the steps show"
    if route.other_writes:
        return f"{_were_solved(len(route.other_writes))} by other changes"
    if conditional:
        return f"{len(conditional)} of {len(tasks)} requests state a condition"
    return None


def _were_solved(tasks: int) -> str:
    return "1 task was solved" if tasks == 1 else f"{tasks} tasks were solved"


def learn_rule(samples: tuple[Sample, ...]) -> Rule | None:
    """The one test on a value in scope that explains the decision, if it passes the gate.

    The gate: equal values never decided differently; no error; MIN_SIDE tasks on each side; a gain of
    log2(1/ALPHA) bits over chance after paying for the choice of the test; and the same test, learnt
    without any one task, does not decide that task otherwise.
    """
    by_task = {(sample.task, sample.stopped): sample for sample in samples}
    kept = tuple(by_task[key] for key in sorted(by_task))
    if len({sample.task for sample in kept}) != len(kept):
        return None
    sides = [sum(sample.stopped == side for sample in kept) for side in (False, True)]
    if min(sides) < MIN_SIDE:
        return None
    found = _best(kept)
    if found is None:
        return None
    rule, tests = found
    share = sides[1] / len(kept)
    entropy = -sum(p * log2(p) for p in (share, 1 - share))
    if len(kept) * entropy - log2(max(tests, 1)) < log2(1 / ALPHA):
        return None
    for left_out in kept:
        other = _best(tuple(sample for sample in kept if sample is not left_out))
        if other is None or not _decides(other[0], left_out):
            return None
    return rule


def _decides(rule: Rule, sample: Sample) -> bool:
    """Whether a rule decides a sample rightly; in the gap of a threshold neither way is right.

    Without the sample beside it every gap is wider, so that it lies in the gap itself.
    """
    right, wrong = (rule.stop, rule.go) if sample.stopped else (rule.go, rule.stop)
    threshold = right.op in ("<=", ">=")
    return not holds(wrong, sample.values) and (threshold or holds(right, sample.values))


def holds(test: Compare, values: dict[Expr, JSON]) -> bool:
    """Whether a test of a value against a constant holds in a scope."""
    left = values.get(test.left)
    right = test.right.value if isinstance(test.right, Const) else None
    match test.op:
        case "==":
            return left == right and type(left) is type(right)
        case "in":
            return isinstance(right, list) and any(left == r and type(left) is type(r) for r in right)
        case "<=" | ">=":
            if not isinstance(left, int | float) or not isinstance(right, int | float):
                return False
            return left <= right if test.op == "<=" else left >= right
        case _:
            return False


def _best(samples: tuple[Sample, ...]) -> tuple[Rule, int] | None:
    """The cheapest test without an error, and how many tests were tried."""
    shared = set.intersection(*(set(sample.values) for sample in samples)) if samples else set()
    tests, rules = 0, []
    for expr in sorted(shared, key=repr):
        values = [(sample.values[expr], sample.stopped) for sample in samples]
        tried, rule = _by_word(expr, values) if not _numeric(values) else _by_threshold(expr, values)
        tests += tried
        if rule is not None:
            rules.append(rule)
    return (rules[0], tests) if rules else None


def _numeric(values: list[tuple[JSON, bool]]) -> bool:
    return all(isinstance(v, int | float) and not isinstance(v, bool) for v, _ in values)


def _wilson(n: int) -> float:
    """95 % lower bound of an accuracy of one over n."""
    return n / (n + Z2)


def _by_word(expr: Expr, values: list[tuple[JSON, bool]]) -> tuple[int, Rule | None]:
    words = [v for v, _ in values]
    if any(isinstance(v, list | dict | float) or is_telling(v) for v in words):
        return 0, None
    distinct = {repr(v): v for v in words}
    if len(distinct) == 1 or len(distinct) > MAX_WORDS:
        return 0, None
    stop = {repr(v) for v, stopped in values if stopped}
    go = {repr(v) for v, stopped in values if not stopped}
    tried = 2 ** (len(distinct) - 1) - 1
    if stop & go:
        return tried, None

    def test(side: set[str]) -> Compare:
        chosen: list[JSON] = [distinct[key] for key in sorted(side)]
        return (
            Compare(expr, "==", Const(chosen[0])) if len(chosen) == 1 else Compare(expr, "in", Const(chosen))
        )

    return tried, Rule(go=test(go), stop=test(stop), confidence=_wilson(len(values)))


def _by_threshold(expr: Expr, values: list[tuple[JSON, bool]]) -> tuple[int, Rule | None]:
    stop = [float(v) for v, stopped in values if stopped]  # type: ignore[arg-type]
    go = [float(v) for v, stopped in values if not stopped]  # type: ignore[arg-type]
    tried = 2 * (len(set(stop + go)) - 1)
    if not stop or not go:
        return tried, None
    confidence = _wilson(len(values))
    # Between the two sides lies a gap that no run shows: a value in it decides neither way.
    if max(stop) < min(go):
        return tried, Rule(
            go=Compare(expr, ">=", Const(_plain(min(go)))),
            stop=Compare(expr, "<=", Const(_plain(max(stop)))),
            confidence=confidence,
        )
    if max(go) < min(stop):
        return tried, Rule(
            go=Compare(expr, "<=", Const(_plain(max(go)))),
            stop=Compare(expr, ">=", Const(_plain(min(stop)))),
            confidence=confidence,
        )
    return tried, None


def _plain(number: float) -> JSON:
    return int(number) if number == int(number) else number
