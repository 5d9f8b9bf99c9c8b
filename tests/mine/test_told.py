from __future__ import annotations

from compiler.ir.expr import Const, RequestField
from compiler.ir.program import Branch, Compare
from compiler.ir.run import Run
from compiler.mine.aligned import align, completed
from compiler.mine.spans import occurrences
from tests.mine.build import NOW, call, field, mined, patterns, run, walk

NAMES = ("Ada Rossi", "Ben Novak", "Cleo Haddad", "Dan Lindt", "Eva Jensen")
WAYS = ("air", "rail", "road", "sea")


def said(number: int) -> str:
    """One of two wordings, with a word in it that fills no argument."""
    name, way = NAMES[number % 5], WAYS[number % 4]
    if number % 3:
        return f"Please process order O-{number:03} for {name} by {way}."
    return f"Handle the order O-{number:03}, by {way}, for {name}"


def placed(*texts: str) -> list[list[str]]:
    """What stands at the places of the first wording that is found, text by text."""
    wording, *_ = align({f"{number}": (text, NOW) for number, text in enumerate(texts)})
    cut = {f"{number}": text for number, text in enumerate(texts)}
    return [[cut[run][p.start : p.end] for p in places] for run, places in wording.runs.items()]


def test_requests_of_one_wording_show_the_same_places() -> None:
    assert placed(
        "Please close A-1 for Ada Rossi, going by air", "Please close A-2 for Ben Novak, going by sea"
    ) == [
        ["A-1", "Ada Rossi", "air"],
        ["A-2", "Ben Novak", "sea"],
    ]


def test_a_date_is_one_place() -> None:
    assert placed("Move it all to May 5, 2031 please", "Move it all to June 7, 2031 please") == [
        ["May 5, 2031"],
        ["June 7, 2031"],
    ]


def test_requests_that_begin_otherwise_are_other_wordings() -> None:
    assert align({"1": ("Close it for Ada at once", NOW), "2": ("Open it for Ben at once", NOW)}) == ()


def test_a_mark_is_no_value() -> None:
    assert align({"1": ("Close A, then go home now", NOW), "2": ("Close A; then go home now", NOW)}) == ()


def shipping(number: int) -> Run:
    """Look up an order, and send it, unless it goes by sea: by a word that is no argument."""
    order = f"O-{number:03}"
    found = call("orders.get", {"order_id": order, "parcel": f"P-{number:03}"}, order_id=order)
    sent = call("parcels.send", order_id=f"P-{number:03}", when=NAMES[number % 5])
    return run(said(number), found, *([] if WAYS[number % 4] in ("sea", "air") else [sent]))


def test_a_word_that_fills_no_argument_may_decide() -> None:
    program = mined(*map(shipping, range(32)))
    (branch,) = (node for node in walk(program.body) if isinstance(node, Branch))
    by = field(program, "by")
    assert by.kind == "word"
    assert by.fills == ()
    assert [arm.guard for arm in branch.arms] == [
        Compare(RequestField("by"), "in", Const(["air", "sea"])),
        Compare(RequestField("by"), "in", Const(["rail", "road"])),
    ]
    assert not [one for one in program.questions if one.kind == "classify"]


def test_a_field_that_only_one_way_uses_has_a_place_in_every_wording() -> None:
    program = mined(*map(shipping, range(32)))
    assert patterns(program) == [
        "Please process order {order_id} for {when} by {by}.",
        "Handle the order {order_id}, by {by}, for {when}",
    ]


def test_a_place_that_decides_nothing_stays_as_the_runs_have_it() -> None:
    always = [
        run(
            said(number),
            call("orders.get", {"parcel": f"P-{number:03}"}, order_id=f"O-{number:03}"),
            call("parcels.send", order_id=f"P-{number:03}", when=NAMES[number % 5]),
        )
        for number in range(12)
    ]
    assert "Please process order {order_id} for {when} by rail." in patterns(mined(*always))


def test_a_wording_that_never_uses_a_field_has_it_after_the_same_words() -> None:
    texts = {
        "1": ("Handle the order id A-1 and the name Ada at once", NOW),
        "2": ("Handle the order id A-2 and the name Ben at once", NOW),
        "3": ("Please take care of name Cleo, of order id A-3 too", NOW),
        "4": ("Please take care of name Dan, of order id A-4 too", NOW),
        "5": ("Kindly process for me the name Eva with order id A-5", NOW),
        "6": ("Kindly process for me the name Fay with order id A-6", NOW),
    }
    ids = {run: frozenset(occurrences(text, f"A-{run}")) for run, (text, _) in texts.items()}
    used = tuple((run, ids[run]) for run in ("1", "4"))
    assert dict(completed(used, align(texts))) == ids
    assert set(dict(completed(used[:1], align(texts)))) == {"1", "2"}
