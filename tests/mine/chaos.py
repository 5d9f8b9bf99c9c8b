"""Random workloads: orderly ones that mostly compile, and hostile ones where anything may stand anywhere."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import final

from compiler.ir.run import JSON, Call, Run, ToolSchema, Workload
from tests.mine.build import NOW, call, tool

READS = ("shelf.find", "shelf.get", "shelf.count")
WRITES = ("shelf.move", "shelf.drop")
ARGUMENTS = ("q", "until", "id")
WORDS = (
    "move",
    "S-{}",
    "on March 14",
    "tomorrow",
    "ann@shop.example",
    "for 30 minutes",
    "at 10",
    "'a b'",
    "if",
)
ODD: tuple[JSON, ...] = (
    *(
        None,
        True,
        False,
        0,
        1,
        -3,
        2.5,
        1e308,
        10**40,
        "",
        " ",
        "no",
        "not found",
        "[]",
        "{",
        "}",
        "[x",
        "{}",
    ),
    *(
        "2031-03-14",
        "2031-02-30",
        "2031-03-14T25:00:00",
        "é漢字😀",
        "İß",
        "\x00",
        "a\nb",
        "'\"\\",
        "1" * 400,
        "S-1",
    ),
)


@final
@dataclass(slots=True)
class Plan:
    """What all runs of a workload have in common; ``disorder`` is how often a run does something else."""

    chance: random.Random
    disorder: float
    tools: tuple[str, ...]
    repeats: dict[str, str]
    habits: dict[tuple[str, str], str] = field(default_factory=dict)


def any_json(chance: random.Random, depth: int = 0) -> JSON:
    """Make any JSON value."""
    kind = chance.random()
    if depth > 2 or kind < 0.6:
        return chance.choice(ODD)
    if kind < 0.8:
        return [any_json(chance, depth + 1) for _ in range(chance.randrange(4))]
    return {chance.choice(["id", "name", "a b", "", "[x"]): any_json(chance, depth + 1) for _ in range(3)}


def rows(chance: random.Random) -> list[JSON]:
    """Make the rows of a search."""
    days = ("2031-03-14", "2031-03-14 10:00:00", "2031-03-15 10:00:00")
    return [
        {"id": f"S-{chance.randrange(6)}", "when": chance.choice(days), "size": chance.randrange(4)}
        for _ in range(chance.randrange(5))
    ]


def workload(seed: int) -> Workload:
    """Make one workload: two of five are hostile."""
    chance = random.Random(seed)
    names = [chance.choice(READS) for _ in range(chance.randrange(1, 4))]
    names += [chance.choice(WRITES) for _ in range(chance.randrange(3))]
    plan = Plan(
        chance=chance,
        disorder=chance.random() if chance.random() < 0.4 else 0.0,
        tools=tuple(names),
        repeats={name: chance.choice(["once", "once", "twice", "rows"]) for name in names},
    )
    runs = tuple(_run(plan, number) for number in range(chance.randrange(2, 14)))
    return Workload(name="shelf", runs=runs, tools=_tools(chance))


def _tools(chance: random.Random) -> tuple[ToolSchema, ...]:
    taken = [chance.choice([("q", "until"), ("q",), ()]) for _ in READS]
    reads = [tool(name, "read", *arguments) for name, arguments in zip(READS, taken, strict=True)]
    return (*reads, *(tool(name, "write", *ARGUMENTS) for name in WRITES))


def _run(plan: Plan, number: int) -> Run:
    chance = plan.chance
    words = [chance.choice(WORDS).format(chance.randrange(6)) for _ in range(chance.randrange(5))]
    seen: list[JSON] = []
    calls = [made for name in plan.tools for made in _calls(plan, name, words, seen)]
    request: str | dict[str, JSON] = " ".join(words)
    if chance.random() < plan.disorder / 10:
        odd: tuple[str | dict[str, JSON], ...] = ("", " ", "\x00", {}, {"a": {"id": "S-1"}, "": None})
        request = chance.choice(odd)
    return Run(
        run_id=f"run {number}",
        request=request,
        calls=tuple(calls),
        task_id=chance.choice([None, f"task {number}", f"task {number // 2}"]),
        now=chance.choice([NOW, NOW, None]),
        success=chance.choice([*[True] * 8, False, None]),
    )


def _calls(plan: Plan, name: str, words: list[str], seen: list[JSON]) -> list[Call]:
    chance, walked = plan.chance, next((held for held in reversed(seen) if isinstance(held, list)), [])
    count = {"once": 1, "twice": 2, "rows": len(walked)}[plan.repeats[name]]
    if chance.random() < plan.disorder / 5:
        count = chance.randrange(4)
    made = []
    for place in range(count):
        arguments = {argument: _value(plan, (name, argument), words, seen) for argument in ARGUMENTS}
        if plan.repeats[name] == "rows" and place < len(walked):
            row = walked[place]
            arguments["id"] = row.get("id") if isinstance(row, dict) else row
        result = _result(plan, name)
        if name in READS:
            seen.append(result)
        status = chance.choice(["error", "missing"]) if chance.random() < plan.disorder / 10 else "ok"
        made.append(Call(tool=name, arguments=arguments, result=result, status=status))  # type: ignore[arg-type]
    return made


def _result(plan: Plan, name: str) -> JSON:
    chance = plan.chance
    if chance.random() < plan.disorder / 3:
        return any_json(chance)
    if name in WRITES:
        answers: tuple[JSON, ...] = ("Moved.", None, {"ok": True})
        return chance.choice(answers)
    held = rows(chance)
    found: tuple[JSON, ...] = (held, held, held, held, {"rows": held, "size": 3}, "Nothing here.")
    return chance.choice(found)


def _value(plan: Plan, leaf: tuple[str, str], words: list[str], seen: list[JSON]) -> JSON:
    chance = plan.chance
    if chance.random() < plan.disorder / 10:
        return any_json(chance)
    habit = plan.habits.setdefault(leaf, chance.choice(["seen", "word", "fixed", "left out"]))
    if habit == "seen" and seen:
        return _inside(seen[-1])
    if habit == "word" and words:
        return words[0]
    return None if habit == "left out" else "fixed"


def _inside(value: JSON) -> JSON:
    if isinstance(value, list) and value:
        value = value[0]
    return value.get("id", "none") if isinstance(value, dict) else value


def long_request(number: int) -> Run:
    """Refund an order that a request of twenty thousand characters names."""
    filler = "Lorem ipsum dolor sit amet 12 at 5 on May 3, for 30 minutes. " * 330
    order, amount = f"O-{number}", number + 0.5
    return Run(
        run_id=f"long {number}",
        request=f"Refund order {order} please. {filler}",
        calls=(
            call("orders.get", {"order_id": order, "total": amount}, order_id=order),
            call("orders.refund", order_id=order, amount=amount),
        ),
        now=NOW,
        success=True,
    )
