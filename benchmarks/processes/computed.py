"""Processes of one computation each: arguments that are made of what is in scope, and are nowhere in it."""

from __future__ import annotations

from benchmarks.processes.minimal import (
    GET,
    ITEM,
    MODE,
    ORDER_ID,
    ORDER_SAID,
    OWNER,
    TOOLS,
    close,
    held,
    note,
    process_of,
)
from benchmarks.processes.tools import Field, Rows, Tool
from benchmarks.processes.tree import Block, Do, Fixed, Held, Joined, Made, Picked, Process, Said, Term

RATE = (MODE, Field(name="rate_id", kind="id", prefix="RA"), Field(name="days", kind="count"))
SHELVES = ("north", "south", "east", "west", "attic", "cellar")
SHELF = Field(name="shelf", kind="word", words=SHELVES)
LIST = Field(name="texts", kind="name")
MORE_TOOLS = (
    Tool(name="list_rates", effect="read", takes=(ORDER_ID,), rows=Rows(fields=RATE, each="mode")),
    Tool(
        name="get_desk",
        effect="read",
        takes=(ORDER_ID,),
        gives=(
            *(OWNER, MODE, Field(name="notice", kind="notice", prefix="TI")),
            Field(name="desks", kind="table", words=MODE.words, prefix="DE"),
        ),
    ),
    Tool(name="list_shelves", effect="read", takes=(ORDER_ID,), rows=Rows(fields=(SHELF,), each="shelf")),
    Tool(name="list_full", effect="read", takes=(ORDER_ID,), rows=Rows(fields=(SHELF,))),
    Tool(name="list_many", effect="read", takes=(ORDER_ID,), rows=Rows(fields=ITEM, least=6)),
    Tool(
        name="get_parcel",
        effect="read",
        takes=(ORDER_ID,),
        gives=(
            *(Field(name="weight", kind="weight"), Field(name="takes", kind="time")),
            *(Field(name="cost", kind="cost"), Field(name="discount", kind="share")),
        ),
    ),
    Tool(name="pay", effect="write", takes=(Field(name="amount", kind="amount"),)),
    Tool(name="tell", effect="write", takes=(Field(name="count", kind="count"),)),
    Tool(name="note_all", effect="write", takes=(LIST,)),
)


def read(var: str, tool: str) -> Do:
    """Read what a tool gives for the order."""
    return Do(var, tool, (("order_id", ORDER_SAID),))


def pay(term: Term) -> Do:
    """Write a number with a fraction."""
    return Do("w", "pay", (("amount", term),))


def tell(term: Term) -> Do:
    """Write a whole number."""
    return Do("w", "tell", (("count", term),))


def note_all(term: Term) -> Do:
    """Write a list of texts."""
    return Do("w", "note_all", (("texts", term),))


ITEMS, SOME = read("rows", "list_items"), read("rows", "list_some")
RATES, DESK = read("rates", "list_rates"), read("desk", "get_desk")
MANY, PARCEL = read("rows", "list_many"), read("parcel", "get_parcel")
ROWS: Term = Held("rows")
LATER: Term = Made("passing", (ROWS, Said("since")), ("due", "above"))
DEAR: Term = Made("passing", (ROWS, Said("limit")), ("price", "from"))
TODAY: Term = Fixed("2031-03-12")
COMPUTED: dict[str, Block] = {
    "count_of_rows": (ITEMS, tell(Made("count", (ROWS,)))),
    "total_of_rows": (SOME, pay(Made("total", (ROWS,), ("price",)))),
    "mean_of_rows": (RATES, pay(Made("mean", (Held("rates"),), ("days",)))),
    "least_of_rows": (SOME, pay(Made("least", (ROWS,), ("price",)))),
    "row_of_said": (RATES, note(Made("row", (Held("rates"), Said("mode")), ("mode", "rate_id")))),
    "row_of_held": (DESK, RATES, note(Made("row", (Held("rates"), held("desk.mode")), ("mode", "rate_id")))),
    "row_of_fixed": (RATES, note(Made("row", (Held("rates"), Fixed("sea")), ("mode", "rate_id")))),
    "entry_of_said": (DESK, note(Made("entry", (held("desk.desks"), Said("mode"))))),
    "entry_of_held": (DESK, note(Made("entry", (held("desk.desks"), held("desk.mode"))))),
    "piece_of_mail": (GET, note(Made("piece", (held("order.email"),), ("@", 0)))),
    "piece_of_name": (GET, note(Made("piece", (held("order.owner"),), (" ", 0)))),
    "piece_of_notice": (DESK, note(Made("match", (held("desk.notice"),), (r"Ticket (\S+) was",)))),
    "end_of_notice": (DESK, note(Made("match", (held("desk.notice"),), (r"due (\S+)\.",)))),
    "upper_held": (GET, note(Made("upper", (held("order.owner"),)))),
    "slug_held": (GET, note(Made("slug", (held("order.owner"),)))),
    "cents": (GET, tell(Made("scaled", (held("order.total"),), (100,)))),
    "number_written": (GET, note(Made("written", (held("order.total"),), (",.2f",)))),
    "number_in_text": (
        GET,
        note(Joined((Fixed("Pay EUR "), Made("written", (held("order.total"),), (".2f",)), Fixed(" now")))),
    ),
    "count_in_text": (ITEMS, note(Joined((Made("count", (ROWS,)), Fixed(" items of "), ORDER_SAID)))),
    "piece_in_text": (
        GET,
        note(Joined((Fixed("Dear "), Made("piece", (held("order.owner"),), (" ", 0)), Fixed(",")))),
    ),
    "field_of_rows": (ITEMS, note_all(Made("texts", (ROWS,), ("item_id",)))),
    "field_of_some_rows": (ITEMS, note_all(Made("kept", (ROWS,), ("state", "open", "item_id")))),
    "rows_without": (
        *(read("all", "list_shelves"), read("full", "list_full")),
        note_all(Made("without", (Held("all"), Held("full")), ("shelf",))),
    ),
    # ------------------------------------------------------------ rows by a comparison, a place, an order
    "first_row_after_said": (MANY, close(Picked(LATER, "first", None, "item_id"))),
    "next_row_after_said": (MANY, close(Picked(LATER, "lowest", "due", "item_id"))),
    "last_row_from_said": (MANY, close(Picked(DEAR, "last", None, "item_id"))),
    "least_row_from_held": (
        *(Do("order", "get_order", (("order_id", ORDER_SAID),)), MANY),
        tell(Made("count", (Made("passing", (ROWS, held("order.total")), ("price", "below")),))),
    ),
    "count_before_now": (MANY, tell(Made("count", (Made("passing", (ROWS, TODAY), ("due", "below")),)))),
    "count_of_kind": (
        MANY,
        tell(Made("count", (Made("passing", (ROWS, Fixed(["open"])), ("state", "among")),))),
    ),
    "total_from_said": (MANY, pay(Made("total", (DEAR,), ("price",)))),
    "field_of_rows_after_said": (MANY, note_all(Made("texts", (LATER,), ("item_id",)))),
    "rows_among": (
        *(read("all", "list_shelves"), read("full", "list_full")),
        note_all(
            Made(
                "texts",
                (
                    Made(
                        "passing",
                        (Held("all"), Made("texts", (Held("full"),), ("shelf",))),
                        ("shelf", "among"),
                    ),
                ),
                ("shelf",),
            )
        ),
    ),
    "second_row": (MANY, close(Made("nth", (ROWS, Fixed(2)), ("item_id",)))),
    "second_lowest_row": (MANY, close(Made("place", (ROWS, Fixed(2)), ("price", "item_id")))),
    "row_at_said": (MANY, close(Made("nth", (ROWS, Said("place")), ("item_id",)))),
    "field_of_rows_by_field": (MANY, note_all(Made("texts_by", (ROWS,), ("price", "item_id")))),
    "median_of_rows": (MANY, pay(Made("middle", (ROWS,), ("price",)))),
    # ------------------------------------------------------------------------------------------- units
    "weight_in_grams": (PARCEL, tell(Made("amount", (held("parcel.weight"),), ({"kg": 1000, "g": 1},)))),
    "time_in_minutes": (
        PARCEL,
        tell(Made("amount", (held("parcel.takes"),), ({"hours": 60, "minutes": 1},))),
    ),
    "cost_as_number": (PARCEL, pay(Made("cost", (held("parcel.cost"),)))),
    "share_as_number": (PARCEL, pay(Made("share", (held("parcel.discount"),)))),
    "rows_joined": (SOME, note(Made("joined", (ROWS,), ("item_id", ", ")))),
}


def computed(name: str, *, text: bool) -> Process:
    """Make a process of a computation; its requests in words if ``text``."""
    return process_of(name, COMPUTED[name], (*TOOLS, *MORE_TOOLS), text=text)
