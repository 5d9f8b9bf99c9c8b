"""The journal of a durable run, cut short at every moment that there is."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from compiler.operate.journal import Journal, OtherStep, Record
from compiler.operate.world import World
from compiler.runtime import Harness, LimitReached, RunResult, WriteInDoubt
from tests.operate.shop import Shop, shop_harness

REQUEST = "Buy pen"
NOW = datetime(2026, 3, 31, 9)


class Died(KeyboardInterrupt):
    """A kill -9: nothing that the code may catch."""


class Clock:
    """Counts moments, and kills at one of them."""

    def __init__(self, die_at: int = -1) -> None:
        self.die_at, self.moments = die_at, 0

    def tick(self) -> None:
        self.moments += 1
        if self.moments == self.die_at:
            raise Died


class Tape:
    """What the engine records, without an engine."""

    def __init__(self) -> None:
        self.steps: list[tuple[str, str]] = []

    def attempt(self, clock: Clock) -> Callable[[str, Callable[[], Record]], Record]:
        place = iter(range(1000))

        def step(name: str, function: Callable[[], Record]) -> Record:
            at = next(place)
            if at == len(self.steps):
                clock.tick()
                record = json.dumps(function())
                clock.tick()
                self.steps.append((name, record))
                clock.tick()
            if self.steps[at][0] != name:
                raise OtherStep(name)
            found: Record = json.loads(self.steps[at][1])
            return found

        return step


def run(
    tape: Tape, shop: Shop, clock: Clock, harness: Harness | None = None, **world: Any
) -> RunResult | None:
    """Make one attempt; None where it dies."""
    harness = harness or shop_harness()
    shop.tick = clock.tick
    around = replace(World(call=shop.call, model=shop), **world)
    try:
        result, _ = Journal(tape.attempt(clock), around, harness.tools).run(harness, REQUEST)
    except Died:
        return None
    return result


def moments() -> range:
    clock = Clock()
    run(Tape(), Shop(), clock)
    return range(1, clock.moments + 1)


MOMENTS = moments()


def test_a_run_that_nothing_happens_to_makes_each_step_once() -> None:
    tape, shop = Tape(), Shop()
    result = run(tape, shop, Clock())
    assert result is not None
    assert (result.outcome, result.value) == ("done", "receipt for pen")
    names = [name for name, _ in tape.steps]
    assert names == [
        "now",
        "read shop.price",
        "ask CHEAP",
        "intend shop.buy",
        "write shop.buy",
        "intend shop.tell",
        "write shop.tell",
    ]
    again = run(tape, Shop(lambda: pytest.fail("nothing is left to do")), Clock())
    assert again is not None
    assert (again.outcome, again.value, again.calls) == ("done", result.value, result.calls)
    assert again.asks == result.asks


@pytest.mark.parametrize("first", MOMENTS)
def test_no_write_is_made_twice_whenever_it_dies(first: int) -> None:
    for second in (-1, *MOMENTS):
        tape, shop = Tape(), Shop()
        assert run(tape, shop, Clock(first)) is None
        result = run(tape, shop, Clock(second)) or run(tape, shop, Clock())
        assert result is not None
        made = [name for name, _ in shop.writes]
        assert len(set(made)) == len(made)
        if result.outcome == "done":
            assert made == ["shop.buy", "shop.tell"]
        else:
            assert isinstance(result.deviation, WriteInDoubt)
            assert result.calls[-1].result is not None
        # What is recorded of the end is the same for ever.
        last = run(tape, Shop(lambda: pytest.fail("nothing is left to do")), Clock())
        assert last is not None
        assert (last.outcome, str(last.deviation)) == (result.outcome, str(result.deviation))


def test_it_is_in_doubt_only_between_the_intent_and_the_result() -> None:
    doubts = []
    for first in MOMENTS:
        tape, shop = Tape(), Shop()
        run(tape, shop, Clock(first))
        recorded = [name for name, _ in tape.steps]
        result = run(tape, shop, Clock())
        assert result is not None
        in_doubt = bool(recorded) and recorded[-1].startswith("intend ")
        assert isinstance(result.deviation, WriteInDoubt) == in_doubt
        doubts.append(in_doubt)
    assert 0 < sum(doubts) < len(doubts)


@pytest.mark.parametrize("first", MOMENTS)
def test_a_tool_that_takes_a_key_gets_the_same_one_again(first: int) -> None:
    tape, shop = Tape(), Shop()
    run(tape, shop, Clock(first), keys={"": "key"})
    result = run(tape, shop, Clock(), keys={"": "key"})
    assert result is not None
    assert result.outcome == "done"
    keys = {(name, arguments["key"]) for name, arguments in shop.writes}
    assert [name for name, _ in sorted(keys)] == ["shop.buy", "shop.tell"]
    assert all("key" not in arguments for _, arguments, _ in result.calls)


def test_two_batches_never_share_a_key() -> None:
    shop = Shop()
    for _ in range(2):
        run(Tape(), shop, Clock(), keys={"shop.buy": "key"})
    keys = [arguments.get("key") for _, arguments in shop.writes]
    assert keys[1] is keys[3] is None
    assert keys[0] != keys[2]


def test_a_tool_that_says_that_it_is_idempotent_is_called_again() -> None:
    harness = shop_harness(('effect="write"', 'effect="write", idempotent=True'))
    assert [tool.idempotent for tool in harness.tools] == [False, True, True]
    for first in MOMENTS:
        tape, shop = Tape(), Shop()
        run(tape, shop, Clock(first), harness)
        result = run(tape, shop, Clock(), harness)
        assert result is not None
        assert result.outcome == "done"


@pytest.mark.parametrize("first", MOMENTS)
def test_an_answer_that_is_recorded_is_not_asked_for_again(first: int) -> None:
    tape, shop = Tape(), Shop()
    run(tape, shop, Clock(first))
    recorded = "ask CHEAP" in [name for name, _ in tape.steps]
    asked = len(shop.asked)
    run(tape, shop, Clock())
    assert len(shop.asked) == asked + (not recorded)


def test_today_is_the_day_on_which_the_run_began() -> None:
    tape, shop = Tape(), Shop()
    run(tape, shop, Clock(4))
    began = json.loads(tape.steps[0][1])["result"]
    tape.steps[0] = ("now", tape.steps[0][1].replace(began[:10], "2020-02-29"))
    result = run(tape, shop, Clock())
    assert result is not None
    assert result.calls[1].arguments["day"] == "2020-02-29"
    given = run(Tape(), Shop(), Clock(), now=NOW)
    assert given is not None
    assert given.calls[1].arguments["day"] == "2026-03-31"


def test_what_a_tool_raised_is_raised_again_so_that_retries_are_the_same() -> None:
    tape, shop = Tape(), Shop()
    shop.failures = [TimeoutError("slow")]
    result = run(tape, shop, Clock())
    assert result is not None
    assert [call.name for call in result.calls] == ["shop.price", "shop.price", "shop.buy", "shop.tell"]
    again = run(tape, Shop(lambda: pytest.fail("nothing is left to do")), Clock())
    assert again is not None
    assert again.outcome == "done"
    assert isinstance(again.calls[0].result, TimeoutError)
    assert str(again.calls[0].result) == "slow"

    tape, shop = Tape(), Shop()
    shop.failures = [ValueError("no such item")]
    for clock in (Clock(), Clock()):
        result = run(tape, shop, clock)
        assert result is not None
        assert str(result.deviation) == "shop.price failed: ValueError: no such item"
    assert len(shop.reads) == 1


def test_a_deviation_that_something_around_the_tools_raised_is_still_one() -> None:
    tape, shop = Tape(), Shop()
    shop.failures = [LimitReached("no money is left")]
    for clock in (Clock(), Clock()):
        result = run(tape, shop, clock)
        assert result is not None
        assert (type(result.deviation), str(result.deviation)) == (LimitReached, "no money is left")


def test_a_harness_that_exits_is_a_run_that_deviates() -> None:
    tape, shop = Tape(), Shop()
    exits = shop_harness(("    receipt =", "    raise SystemExit(4)\n    receipt ="))
    result = run(tape, shop, Clock(), exits)
    assert result is not None
    assert (result.outcome, str(result.deviation)) == ("deviated", "unexpected: SystemExit: 4")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("item=request.item, day", "item=request.item + 's', day"),
        ("run.tools.shop_price(item=request.item)", "3"),
        ("Is it cheap?", "Is it dear?"),
    ],
)
def test_a_run_that_goes_another_way_than_recorded_ends(old: str, new: str) -> None:
    tape, shop = Tape(), Shop()
    assert run(tape, shop, Clock(MOMENTS[-1])) is None
    made = list(shop.writes)
    result = run(tape, shop, Clock(), shop_harness((old, new)))
    assert result is not None
    assert result.outcome == "deviated"
    assert "does not go as it went" in str(result.deviation)
    assert shop.writes == made


def test_code_that_catches_everything_does_not_write_on_after_a_doubt() -> None:
    line, tell = "    receipt = run.tools.shop_buy(", "    run.tools.shop_tell(receipt=receipt)\n"
    caught = shop_harness(
        (line, f"    receipt = 'none'\n    with suppress(Exception):\n    {line}"),
        (tell, f"    with suppress(Exception):\n    {tell}"),
        ("from .tools", "from contextlib import suppress\nfrom .tools"),
    )
    for first in MOMENTS:
        tape, shop = Tape(), Shop()
        assert run(tape, shop, Clock(first), caught) is None
        names = [name for name, _ in tape.steps]
        result = run(tape, shop, Clock(), caught)
        assert result is not None
        if names and names[-1].startswith("intend"):
            assert (result.outcome, type(result.deviation)) == ("deviated", WriteInDoubt)
            assert len(shop.writes) <= (1 if names[-1] == "intend shop.buy" else 2)
        else:
            assert result.outcome == "done"


def test_a_doubt_says_what_is_known() -> None:
    shop = Shop()
    for first in MOMENTS:
        tape = Tape()
        run(tape, shop, Clock(first), now=NOW)
        if tape.steps and tape.steps[-1][0] == "intend shop.buy":
            break
    result = run(tape, shop, Clock(), now=NOW)
    assert result is not None
    at = json.loads(tape.steps[-2][1])["at"]
    assert str(result.deviation) == (
        f"write in doubt: the process ended while it made shop.buy, at {at}, and nobody recorded what came "
        'of it; its arguments: {"item": "pen", "day": "2026-03-31"}'
    )
    assert result.deviation is not None
    assert result.deviation.where[-1].startswith("harness.py:")
