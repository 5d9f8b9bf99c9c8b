"""Processes of one idea each, written by hand: what mining has to know, one thing at a time.

    python -m benchmarks.processes --minimal

Each has as few calls as its idea needs, so that a score below one names the idea that is missing.
"""

from __future__ import annotations

from zlib import crc32

from benchmarks.processes.tools import Field, Rows, Tool
from benchmarks.processes.tree import (
    Among,
    AtLeast,
    Block,
    Do,
    Each,
    Empty,
    Fixed,
    Fork,
    Gather,
    Guard,
    Halt,
    Held,
    Joined,
    Leave,
    Moved,
    Picked,
    Process,
    Said,
    Term,
    Wording,
)

STATUS = ("open", "held", "closed", "done")
ORDER_ID = Field(name="order_id", kind="id", prefix="OR")
ITEM_ID = Field(name="item_id", kind="id", prefix="IT")
DUE = Field(name="due", kind="date")
MODE = Field(name="mode", kind="word", words=("air", "sea", "road"))
OWNER = Field(name="owner", kind="name")
SINCE = Field(name="since", kind="spring")
LIMIT = Field(name="limit", kind="limit")
PLACE = Field(name="place", kind="place")
ORDER = (
    *(OWNER, DUE, Field(name="status", kind="word", words=STATUS), Field(name="paid", kind="flag")),
    *(
        Field(name="units", kind="count"),
        Field(name="total", kind="amount"),
        Field(name="email", kind="email"),
    ),
    Field(name="vendor_id", kind="id", prefix="VE"),
)
ITEM = (
    *(ITEM_ID, Field(name="price", kind="amount"), Field(name="state", kind="word", words=STATUS)),
    *(Field(name="shared", kind="flag"), Field(name="holder", kind="name"), DUE),
)
DETAIL = (
    *(Field(name="part_id", kind="id", prefix="PA"), Field(name="fee", kind="amount")),
    *(
        Field(name="stage", kind="word", words=("draft", "review", "final")),
        Field(name="locked", kind="flag"),
    ),
)
SAID = (ORDER_ID, DUE, MODE, ITEM_ID, SINCE, LIMIT, PLACE)
"""The fields that a request may have."""

TEXT = Field(name="text", kind="name")
TOOLS = (
    Tool(name="get_order", effect="read", takes=(ORDER_ID,), gives=ORDER),
    Tool(name="get_slow_order", effect="read", takes=(ORDER_ID,), gives=ORDER, flaky=True),
    Tool(name="list_items", effect="read", takes=(ORDER_ID,), rows=Rows(fields=ITEM)),
    Tool(name="list_some", effect="read", takes=(ORDER_ID,), rows=Rows(fields=ITEM, least=1)),
    Tool(name="page", effect="read", takes=(ORDER_ID,), gives=(OWNER,), rows=Rows(fields=ITEM), key="items"),
    Tool(
        name="leaf",
        effect="read",
        takes=(ORDER_ID,),
        gives=(OWNER,),
        rows=Rows(fields=ITEM),
        key="items",
        pages=True,
    ),
    Tool(name="get_item", effect="read", takes=(ITEM_ID,), gives=DETAIL),
    Tool(name="list_parts", effect="read", takes=(ITEM_ID,), rows=Rows(fields=DETAIL)),
    Tool(name="get_day", effect="read", takes=(DUE,), gives=ORDER),
    Tool(
        name="close",
        effect="write",
        takes=(ITEM_ID,),
        gives=(Field(name="ticket_id", kind="id", prefix="TI"),),
    ),
    Tool(name="note", effect="write", takes=(TEXT,)),
    Tool(name="move", effect="write", takes=(ORDER_ID, DUE)),
    Tool(name="ship", effect="write", takes=(ORDER_ID, MODE)),
    Tool(name="look", effect="read", takes=(TEXT,), gives=DETAIL),
)

# ------------------------------------------------------------------------------ a few calls, by short names

ORDER_SAID: Term = Said("order_id")
GET = Do("order", "get_order", (("order_id", ORDER_SAID),))
LIST = Do("rows", "list_items", (("order_id", ORDER_SAID),))
ROWS: Term = Held("rows")
GATHER = Gather("rows", "leaf", (("order_id", ORDER_SAID),), "items")


def held(path: str) -> Term:
    """Take a value from a result or an element: ``order.email``."""
    var, *keys = path.split(".")
    return Held(var, tuple(keys))


def note(term: Term, var: str = "w1") -> Do:
    """Write a text."""
    return Do(var, "note", (("text", term),))


def close(term: Term, var: str = "w2") -> Do:
    """Write to an item."""
    return Do(var, "close", (("item_id", term),))


def move(day: Term) -> Do:
    """Write a date."""
    return Do("w3", "move", (("order_id", ORDER_SAID), ("due", day)))


def each(*body: Do | Each | Fork) -> Each:
    """Walk the rows."""
    return Each("row", ROWS, body)


def when(guard: Guard, *body: Do | Leave) -> Fork:
    """Do something or not."""
    return Fork(((guard, body),))


CLOSED: Guard = Among(held("order.status"), ("closed",))
SHARED: Guard = Among(held("row.shared"), (True,))
DEAR: Guard = AtLeast(held("row.price"), 500.0)
LOCKED: Guard = Among(held("detail.locked"), (True,))
LOCKED_PART: Guard = Among(held("part.locked"), (True,))
ALWAYS: Guard = Among(Fixed(True), (True,))  # noqa: FBT003 - a value, not a switch
LOOK = Do("detail", "get_item", (("item_id", held("row.item_id")),))
CLOSE_ROW = close(held("row.item_id"))
NOTE_EMAIL = note(held("order.email"))
CASES: dict[str, Block] = {
    # ------------------------------------------------------------------------------------------ data flow
    "plain": (GET, NOTE_EMAIL),
    "constant_flag_and_word": (
        GET,
        Do("w", "ship", (("order_id", held("order.vendor_id")), ("mode", Fixed("sea")))),
    ),
    "join_said": (note(Joined((Fixed("Re: "), ORDER_SAID))),),
    "join_held": (GET, note(Joined((Fixed("Re: "), held("order.vendor_id"))))),
    "join_two": (GET, note(Joined((Fixed("Re: "), held("order.owner"), Fixed(" / "), ORDER_SAID)))),
    "date_form_said": (move(Moved(Said("due"), 0, "%d.%m.%Y")),),
    "date_shift_said": (move(Moved(Said("due"), 7, "%Y-%m-%d")),),
    "date_form_held": (GET, move(Moved(held("order.due"), 0, "%d.%m.%Y"))),
    "date_shift_held": (GET, move(Moved(held("order.due"), 7, "%Y-%m-%d"))),
    "date_shift_form_held": (GET, move(Moved(held("order.due"), 7, "%m/%d/%Y"))),
    "first_row": (
        Do("rows", "list_some", (("order_id", ORDER_SAID),)),
        close(Picked(ROWS, "first", None, "item_id")),
    ),
    "lowest_row": (
        Do("rows", "list_some", (("order_id", ORDER_SAID),)),
        close(Picked(ROWS, "lowest", "price", "item_id")),
    ),
    "two_rows": (
        Do("rows", "list_some", (("order_id", ORDER_SAID),)),
        close(Picked(ROWS, "lowest", "price", "item_id")),
        note(Picked(ROWS, "highest", "due", "holder")),
    ),
    "write_feeds_write": (close(Said("item_id")), note(held("w2.ticket_id"))),
    "read_retried": (Do("order", "get_slow_order", (("order_id", ORDER_SAID),)), NOTE_EMAIL),
    # ------------------------------------------------------------------------------------------ early stops
    "stop_on_word": (GET, Halt(CLOSED), NOTE_EMAIL),
    "stop_on_words": (GET, Halt(Among(held("order.status"), ("closed", "done"))), NOTE_EMAIL),
    "stop_on_count": (GET, Halt(AtLeast(held("order.units"), 5)), NOTE_EMAIL),
    "stop_on_amount": (GET, Halt(AtLeast(held("order.total"), 500.0)), NOTE_EMAIL),
    "stop_on_said": (GET, Halt(Among(Said("mode"), ("sea",))), NOTE_EMAIL),
    "stop_on_none": (LIST, Halt(Empty(ROWS)), close(Picked(ROWS, "first", None, "item_id"))),
    "stop_on_none_inside": (
        Do("page", "page", (("order_id", ORDER_SAID),)),
        Halt(Empty(held("page.items"))),
        close(Picked(held("page.items"), "first", None, "item_id")),
    ),
    "stop_after_write": (GET, NOTE_EMAIL, Halt(CLOSED), move(held("order.due"))),
    "stop_twice": (
        *(GET, Halt(CLOSED), Do("rows", "list_some", (("order_id", held("order.vendor_id")),))),
        Halt(AtLeast(Picked(ROWS, "first", None, "price"), 500.0)),
        close(Picked(ROWS, "first", None, "item_id")),
    ),
    # ------------------------------------------------------------------------------------------ loops
    "loop": (LIST, each(CLOSE_ROW)),
    "loop_inside": (
        Do("page", "page", (("order_id", ORDER_SAID),)),
        Each("row", held("page.items"), (CLOSE_ROW,)),
    ),
    "loop_of_said": (Each("row", Said("lines"), (CLOSE_ROW,)),),
    "loop_with_outer_value": (
        *(GET, LIST),
        each(Do("w", "move", (("order_id", held("row.item_id")), ("due", held("order.due"))))),
    ),
    "loop_then_write": (LIST, each(CLOSE_ROW), note(ORDER_SAID)),
    "loop_then_same_tool": (GET, LIST, each(note(held("row.holder"))), note(held("order.email"), "w9")),
    "loop_then_read_and_write": (LIST, each(CLOSE_ROW), GET, NOTE_EMAIL),
    "loop_of_two": (LIST, each(LOOK, close(held("detail.part_id")))),
    "loop_nested": (
        LIST,
        each(
            Do("parts", "list_parts", (("item_id", held("row.item_id")),)),
            Each("part", held("parts"), (close(held("part.part_id")),)),
        ),
    ),
    "loop_if": (LIST, each(when(SHARED, CLOSE_ROW))),
    "loop_if_amount": (LIST, each(when(DEAR, CLOSE_ROW))),
    "loop_if_looked_up": (LIST, each(LOOK, when(Among(held("detail.locked"), (True,)), CLOSE_ROW))),
    "loop_either": (LIST, each(Fork(((SHARED, (CLOSE_ROW,)),), (note(held("row.holder")),)))),
    "loop_until": (LIST, each(when(SHARED, CLOSE_ROW, Leave()))),
    "loop_until_looked_up": (
        LIST,
        each(LOOK, when(Among(held("detail.locked"), (True,)), CLOSE_ROW, Leave())),
    ),
    "loop_until_amount": (LIST, each(when(DEAR, CLOSE_ROW, Leave()))),
    "loop_until_two_acts": (LIST, each(when(SHARED, CLOSE_ROW, note(held("row.holder")), Leave()))),
    "loop_until_then_write": (LIST, each(when(SHARED, CLOSE_ROW, Leave())), note(ORDER_SAID)),
    "loop_until_inside": (
        Do("page", "page", (("order_id", ORDER_SAID),)),
        Each("row", held("page.items"), (when(SHARED, CLOSE_ROW, Leave()),)),
    ),
    "loop_until_of_said": (Each("row", Said("lines"), (when(SHARED, CLOSE_ROW, Leave()),)),),
    "loop_until_nested": (
        LIST,
        each(
            Do("parts", "list_parts", (("item_id", held("row.item_id")),)),
            Each("part", held("parts"), (when(LOCKED_PART, close(held("part.part_id")), Leave()),)),
        ),
    ),
    "loop_until_else_write": (
        LIST,
        Each("row", ROWS, (when(SHARED, CLOSE_ROW, Leave()),), (note(ORDER_SAID),)),
    ),
    "loop_until_else_stop": (
        LIST,
        Each("row", ROWS, (LOOK, when(LOCKED, CLOSE_ROW, Leave())), (Halt(ALWAYS),)),
        note(ORDER_SAID),
    ),
    "loop_until_found": (
        *(LIST, Each("row", ROWS, (LOOK, when(LOCKED, Leave())), (Halt(ALWAYS),))),
        *(GET, NOTE_EMAIL, close(held("detail.part_id"))),
    ),
    "loop_acts_until": (LIST, each(CLOSE_ROW, when(SHARED, Leave()))),
    # The next two were once done wrongly without a question: most runs took another way than was learnt.
    "loop_looks_then_stop": (
        *(GET, LIST, each(LOOK, when(Among(held("detail.locked"), (True,)), note(held("row.holder"))))),
        *(Halt(CLOSED), close(held("order.vendor_id"))),
    ),
    "loop_looks_then_loop": (
        *(GET, LIST, each(LOOK, when(Among(held("detail.locked"), (True,)), note(held("row.holder"))))),
        Do("others", "list_items", (("order_id", held("order.vendor_id")),)),
        Each("other", held("others"), (close(held("other.item_id")),)),
    ),
    # ------------------------------------------------------------------------------------------ pages
    "pages_walked": (GATHER, each(CLOSE_ROW)),
    "pages_walked_if": (GATHER, each(when(SHARED, CLOSE_ROW))),
    "pages_searched": (GATHER, each(when(SHARED, CLOSE_ROW, Leave()))),
    "pages_looked_up": (GATHER, each(LOOK, when(LOCKED, CLOSE_ROW))),
    "pages_lowest": (GATHER, Halt(Empty(ROWS)), close(Picked(ROWS, "lowest", "price", "item_id"))),
    "pages_then_read": (GATHER, each(CLOSE_ROW), GET, NOTE_EMAIL),
    # ------------------------------------------------------------------------------------------ branches
    "option": (GET, when(CLOSED, NOTE_EMAIL), move(held("order.due"))),
    "option_alone": (GET, when(CLOSED, NOTE_EMAIL)),
    "option_of_same_tool": (GET, when(CLOSED, NOTE_EMAIL), note(held("order.owner"), "w9")),
    "option_last": (GET, move(held("order.due")), when(CLOSED, NOTE_EMAIL)),
    "option_of_read": (
        GET,
        when(CLOSED, Do("detail", "look", (("text", held("order.owner")),)), note(held("detail.part_id"))),
    ),
    "either": (GET, Fork(((CLOSED, (NOTE_EMAIL,)),), (move(held("order.due")),))),
    "either_then_join": (
        GET,
        Fork(((CLOSED, (NOTE_EMAIL,)),), (move(held("order.due")),)),
        close(held("order.vendor_id")),
    ),
    "either_of_one_tool": (GET, Fork(((CLOSED, (NOTE_EMAIL,)),), (note(held("order.owner"), "w9"),))),
    "either_on_said": (
        GET,
        Fork(((Among(Said("mode"), ("sea",)), (NOTE_EMAIL,)),), (move(held("order.due")),)),
    ),
    "three_ways": (
        GET,
        Fork(
            (
                (CLOSED, (NOTE_EMAIL,)),
                (Among(held("order.status"), ("held",)), (close(held("order.vendor_id")),)),
            ),
            (move(held("order.due")),),
        ),
    ),
    # ------------------------------------------------------------------------------------------ roles
    "tool_twice": (
        GET,
        Do("other", "get_order", (("order_id", held("order.vendor_id")),)),
        note(held("other.email")),
    ),
    "tool_twice_apart": (
        *(GET, LIST, Do("other", "get_order", (("order_id", held("order.vendor_id")),))),
        *(note(held("other.email")), each(CLOSE_ROW)),
    ),
    "write_twice": (GET, NOTE_EMAIL, note(held("order.owner"), "w9")),
}


def minimal(name: str, *, text: bool) -> Process:
    """Make a process of a case; its requests in words if ``text``, for which nothing may be said in lists."""
    return process_of(name, CASES[name], TOOLS, text=text)


def process_of(name: str, body: Block, tools: tuple[Tool, ...], *, text: bool) -> Process:
    """Make a process of a body that says what fields of the request there are."""
    said = _said(body)
    fields = tuple(one for one in SAID if one.name in said)
    lists = (("lines", Rows(fields=ITEM)),) if "lines" in said else ()
    wordings = (_wording("Please handle", fields), _wording("Take care of", fields[::-1])) if text else ()
    return Process(
        name=name,
        level=0,
        seed=crc32(name.encode()),
        tools=tools,
        spare=("look", "get_day"),
        fields=fields,
        lists=lists,
        unused=(),
        groups=(),
        wordings=wordings,
        body=body,
    )


def _wording(opening: str, fields: tuple[Field, ...]) -> Wording:
    parts: list[str] = []
    for one in fields:
        parts += [f"{', ' if parts else f'{opening} '}{one.name.replace('_', ' ')} ", one.name]
    return Wording(parts=(*parts, "."), date_form="%Y-%m-%d")


def _said(body: Block) -> set[str]:
    """The values of the request that a block names, read off its text: ``Said('due')``."""
    shown = repr(body)
    names = (*(one.name for one in SAID), "lines")
    return {name for name in names if f"Said(name={name!r})" in shown}
