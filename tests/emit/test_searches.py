"""Loops that end at the element that they look for: what they do when they run."""

from __future__ import annotations

from pathlib import Path

from compiler.ir.run import JSON
from compiler.runtime import RunResult, ScriptedModel
from tests.emit.test_run import load


def sent(
    golden: Path, case: str, *parcels: tuple[bool, int], answers: tuple[JSON, ...] = ()
) -> tuple[RunResult, list[str]]:
    """Run one of the depots, with parcels that are ready or not and have a weight; give what it did."""
    rows: list[JSON] = [{"parcel_id": str(place), "ready": ready} for place, (ready, _) in enumerate(parcels)]

    def tools(name: str, arguments: dict[str, JSON]) -> JSON:
        if name == "depot.find_parcels":
            return rows
        return {"grams": parcels[int(str(arguments["parcel_id"]))][1]} if name == "depot.weigh" else "ok"

    result = load(golden, case).run({"depot": "x"}, call=tools, model=ScriptedModel(answers))
    done = [f"{one.name[6:]} {one.arguments.get('parcel_id', '')}".strip() for one in result.calls[1:]]
    return result, done


def test_the_walk_ends_at_the_first_that_fits(golden: Path) -> None:
    result, done = sent(golden, "send_first_ready", (False, 1), (True, 1), (True, 1))
    assert (result.outcome, done) == ("done", ["send 1", "report"])


def test_what_no_run_shows_at_the_end_of_the_list_deviates(golden: Path) -> None:
    for parcels in ((), ((False, 1),)):
        result, done = sent(golden, "send_first_ready", *parcels)
        assert (result.outcome, done) == ("deviated", [])
        assert "no parcel is the one to look for" in str(result.deviation)


def test_nothing_is_looked_up_after_the_walk_ended(golden: Path) -> None:
    result, done = sent(golden, "send_first_light", (True, 700), (True, 90), (True, 90))
    assert (result.outcome, done) == ("done", ["weigh 0", "weigh 1", "send 1", "report"])
    result, done = sent(golden, "send_first_light", (True, 700))
    assert (result.outcome, done) == ("done", ["weigh 0"]), "as runs ended that found none"


def test_the_model_is_asked_of_each_until_it_says_yes(golden: Path) -> None:
    yes, no = 0, 1
    result, done = sent(golden, "send_first_meant", *[(True, 1)] * 3, answers=(no, yes))
    assert (done, len(result.asks)) == (["send 1"], 2)
    assert [ask.facts[-1].value for ask, _ in result.asks] == [
        {"parcel_id": str(place), "ready": True} for place in range(2)
    ]
    result, done = sent(golden, "send_first_meant", *[(True, 1)] * 2, answers=(no, no))
    assert done == ["report"]


def paged(golden: Path, *pages: int) -> tuple[RunResult, list[str]]:
    """Send what is on some pages, of which each has so many parcels; give the calls."""

    def tools(name: str, arguments: dict[str, JSON]) -> JSON:
        if name == "depot.send":
            return "ok"
        at = int(str(arguments.get("cursor", "0")))
        parcels: list[JSON] = [{"parcel_id": f"{at}.{n}", "ready": True} for n in range(pages[at])]
        return {"parcels": parcels, "next": str(at + 1) if at + 1 < len(pages) else None}

    result = load(golden, "send_all_pages").run({"depot": "x"}, call=tools)
    return result, [str(one.arguments.get("parcel_id", one.arguments.get("cursor"))) for one in result.calls]


def test_all_pages_are_read_before_their_rows_are_walked(golden: Path) -> None:
    assert paged(golden, 2, 0, 1)[1] == ["None", "1", "2", "0.0", "0.1", "2.0"]
    assert paged(golden, 1)[1] == ["None", "0.0"]
    assert paged(golden, 0)[1] == ["None"]


def test_many_more_pages_than_any_run_read_deviate_before_a_write(golden: Path) -> None:
    result, calls = paged(golden, *[1] * 5)
    assert (result.outcome, len(calls)) == ("deviated", 6), "by the limit of calls, after the first write"
    result, calls = paged(golden, *[1] * 6)
    assert (result.outcome, len(calls)) == ("deviated", 6)
    assert "more pages than any run read" in str(result.deviation)
