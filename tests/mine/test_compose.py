"""Texts that are put together from values in scope and constant text."""

from __future__ import annotations

from collections.abc import Sequence

from compiler.ir.expr import AsText, Attr, Const, Expr, FormatTime, ParseTime, Ref, RequestField, Template
from compiler.ir.run import JSON, Run
from compiler.mine.binding import Open, Wired
from compiler.mine.spans import HOLE
from tests.mine.build import binding, call, run

GOT = Ref("s1")
ORDER_ID = RequestField('["order_id"]')
IDS = ("O-481", "O-77", "O-9045")


def titled(held: Sequence[JSON], titles: Sequence[str]) -> tuple[Expr, ...]:
    """Bind a title, given what was read before."""
    runs = (
        run({"order_id": id_}, call("orders.get", one, order_id=id_), call("tickets.add", title=title))
        for id_, one, title in zip(IDS, held, titles, strict=False)
    )
    found = binding("title", *runs)
    return found.rivals if isinstance(found, Wired) else ()


OWNERS: list[JSON] = [{"owner": "Ada Poe"}, {"owner": "Bo Lind"}, {"owner": "Cy van Marsh"}]


def test_values_between_constant_text() -> None:
    titles = ("Re: Ada Poe / O-481", "Re: Bo Lind / O-77", "Re: Cy van Marsh / O-9045")
    parts = (Const("Re: "), Attr(GOT, "owner"), Const(" / "), ORDER_ID)
    assert titled(OWNERS, titles) == (Template(parts),)


def test_a_value_in_another_form_inside_a_text() -> None:
    held: list[JSON] = [
        {"due": "2031-01-30", "total": 12.5},
        {"due": "2031-03-04", "total": 9.0},
        {"due": "2031-11-17", "total": 100.25},
    ]
    titles = ("12.50 due 30.01.2031", "9.00 due 04.03.2031", "100.25 due 17.11.2031")
    due = FormatTime(ParseTime(Attr(GOT, "due")), "%d.%m.%Y")
    assert titled(held, titles) == (Template((AsText(Attr(GOT, "total"), ".2f"), Const(" due "), due)),)


def test_words_of_the_request_between_constant_text() -> None:
    def add(name: str) -> Run:
        return run(f"Add a ticket for {name}", call("tickets.add", title=f"Repair: {name}"))

    found = binding("title", add("printer"), add("heating"), add("door bell"))
    assert isinstance(found, Wired)
    assert found.rivals == (Template((Const("Repair: "), HOLE)),)
    assert found.kind == "text"


def test_a_value_that_stands_in_one_text_by_chance_is_constant_text() -> None:
    held: list[JSON] = [{"owner": "Ada Poe", "word": "Re"}, {"owner": "Bo Lind", "word": "No"}]
    held.append({"owner": "Cy van Marsh", "word": "So"})
    titles = ("Re Ada Poe", "Re Bo Lind", "Re Cy van Marsh")
    assert titled(held, titles) == (Template((Const("Re "), Attr(GOT, "owner"))),)


def test_a_word_that_never_varied_may_be_constant_or_not() -> None:
    held: list[JSON] = [{**one, "state": "open"} for one in OWNERS if isinstance(one, dict)]
    titles = ("Ada Poe: open", "Bo Lind: open", "Cy van Marsh: open")
    owner = Attr(GOT, "owner")
    constant, held_there = Template((owner, Const(": open"))), Template(
        (owner, Const(": "), Attr(GOT, "state"))
    )
    assert set(titled(held, titles)) == {constant, held_there}


def test_two_tasks_do_not_make_a_template() -> None:
    assert titled(OWNERS[:2], ("Re: Ada Poe / O-481", "Re: Bo Lind / O-77")) == ()


def test_texts_that_differ_otherwise_are_no_template() -> None:
    titles = ("Re: Ada Poe, soon", "Re: Bo Lind, later", "Re: Cy van Marsh, never")
    runs = (
        run({"order_id": id_}, call("orders.get", one, order_id=id_), call("tickets.add", title=title))
        for id_, one, title in zip(IDS, OWNERS, titles, strict=True)
    )
    assert isinstance(binding("title", *runs), Open)
