"""Processes of one computation each: arguments that are made of what is in scope, and are nowhere in it."""

from __future__ import annotations

from benchmarks.processes.minimal import (
    GET,
    MODE,
    ORDER_ID,
    ORDER_SAID,
    OWNER,
    TOOLS,
    held,
    note,
    process_of,
)
from benchmarks.processes.tools import Field, Rows, Tool
from benchmarks.processes.tree import Block, Do, Fixed, Held, Joined, Made, Process, Said, Term

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
ROWS: Term = Held("rows")
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
    "rows_joined": (SOME, note(Made("joined", (ROWS,), ("item_id", ", ")))),
}


def computed(name: str, *, text: bool) -> Process:
    """Make a process of a computation; its requests in words if ``text``."""
    return process_of(name, COMPUTED[name], (*TOOLS, *MORE_TOOLS), text=text)
