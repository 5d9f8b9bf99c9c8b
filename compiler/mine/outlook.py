"""outlook: what to say of a decision that no rule explains yet, and how many runs would settle it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from math import log2

from compiler.ir.words import Names, describe_guard
from compiler.mine.columns import columns
from compiler.mine.rules import ALPHA, MIN_SIDE, Sample, Split, bits_told, fitting_rules, one_a_task

MOST_RUNS = 200
"""More runs than this are no plan."""

LONGEST = 120
"""A rule that takes more characters is not shown."""


def outlook(samples: Sequence[Sample], names: Names, decisions: int = 1) -> str:
    """Why no rule decides, in plain words: the best one so far, and "about 7 more would settle it".

    Args:
        samples: The decision as each run took it; an arm is called as people would say it of a task: "stop".
        names: What to call the values that nodes bind.
        decisions: How many decisions the program has.
    """
    kept = one_a_task(samples)
    if kept is None:
        return "equal values in scope were decided differently, so no rule can explain which"
    arms = Counter(sample.arm for sample in kept)
    rare = min(sorted(arms), key=lambda arm: arms[arm])
    known = columns([sample.values for sample in kept])
    rules = fitting_rules(kept, known)
    if not rules:
        return "no rule of at most two tests on values in scope explains which"
    said = describe_guard(rules[0].arm, names)
    if len(rules) > 1:
        best = f"{len(rules)} rules fit every task so far"
    elif len(said) > LONGEST:
        best = "one rule fits every task so far"
    else:
        best = f"the best rule so far, for those that {rules[0].name}, is: {said}"
    more = _more(arms, rules[0], log2(decisions / ALPHA))
    if arms[rare] < MIN_SIDE:
        lacking = MIN_SIDE - arms[rare]
        return f"{best}; {lacking} more that {rare}, of about {max(more, lacking)} more, would settle it"
    if more:
        return f"{best}; about {more} more would settle it"
    return f"{best}, but it hangs on single tasks"


def _more(arms: Mapping[str, int], rule: Split, needed: float) -> int:
    """How many more tasks it takes until a rule passes the gate, if they part as those so far do."""
    total = sum(arms.values())
    for more in range(MOST_RUNS):
        growth = (total + more) / total
        grown = {arm: round(count * growth) for arm, count in arms.items()}
        # With every new value there are more tests to choose among.
        cost = rule.bits + log2(len(arms)) + len(rule.literals) * log2(growth)
        if bits_told(grown) - cost >= needed and min(grown.values()) >= MIN_SIDE:
            return more
    return MOST_RUNS
