"""Names for what is invented: of tools, fields and values."""

from __future__ import annotations

import random
from collections.abc import Container, Sequence
from typing import final

from benchmarks.processes.odds import happens
from benchmarks.processes.tools import Field, Kind

NOUNS = (
    *("parcel", "ticket", "invoice", "booking", "member", "device", "course", "permit", "claim", "vendor"),
    *("lease", "batch", "shift", "asset", "survey", "grant", "route", "sample", "policy", "trial"),
)
READING = ("get", "fetch", "show", "lookup", "read")
LISTING = ("list", "search", "find_all")
WRITING = ("create", "update", "send", "assign", "archive", "notify", "register", "close", "move", "approve")
WORDS: dict[str, tuple[str, ...]] = {
    "status": ("open", "held", "closed", "done"),
    "tier": ("basic", "silver", "gold"),
    "region": ("north", "south", "east", "west"),
    "mode": ("air", "sea", "road"),
    "stage": ("draft", "review", "final"),
    "size": ("small", "medium", "large"),
    "priority": ("low", "normal", "high", "urgent"),
    "channel": ("post", "phone", "web"),
}
FIELD_NAMES: dict[Kind, tuple[str, ...]] = {
    "id": tuple(f"{noun}_id" for noun in NOUNS),
    "name": ("owner", "contact", "holder", "agent", "manager", "author", "reviewer"),
    "email": ("email", "reply_to", "owner_email", "billing_email"),
    "word": tuple(WORDS),
    "flag": ("active", "verified", "archived", "shared", "paid", "locked"),
    "count": ("visits", "seats", "copies", "attempts", "level", "units"),
    "amount": ("total", "balance", "price", "weight", "budget", "fee"),
    "date": ("due", "opened", "expires", "updated", "starts"),
}
PARAMETER_NAMES: dict[Kind, tuple[str, ...]] = {
    "id": ("target", "ref", "key", "parent", "subject_id"),
    "name": ("who", "title", "note", "label", "person"),
    "email": ("recipient", "address", "to", "copy_to"),
    "word": ("kind", "state", "category", "level_name"),
    "flag": ("force", "silent", "public"),
    "count": ("limit", "number", "quantity"),
    "amount": ("value", "sum", "charge"),
    "date": ("day", "when", "since", "deadline"),
}
LITERALS = ("Re:", "Follow-up", "Notice for", "Attn.", "Summary of")
OPENINGS = (
    *("Please take care of", "We need the usual for", "Can you process", "Go ahead with", "Handle"),
    *("Kindly do the standard steps for", "Next one up is", "Run the routine on"),
)
JOINTS = (", ", "; ", " and ")


@final
class Names:
    """Draws names, none twice where that would confuse two things."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._tools: set[str] = set()

    def tool(self, verbs: Sequence[str]) -> str:
        """Name a new tool."""
        while True:
            name = f"{self._chance.choice(verbs)}_{self._chance.choice(NOUNS)}"
            if name not in self._tools:
                self._tools.add(name)
                return name

    def field(self, kind: Kind, taken: Container[str]) -> Field:
        """Make a field of a kind, called like none of those taken."""
        free = [name for name in FIELD_NAMES[kind] if name not in taken]
        return self.called(self._chance.choice(free), kind)

    def parameter(self, kind: Kind, source: str | None, taken: Container[str]) -> Field:
        """Make a parameter: often called after the field that fills it, as a person would."""
        if source is not None and source not in taken and happens(self._chance, 0.6):
            return self.called(source, kind)
        names = (*PARAMETER_NAMES[kind], *FIELD_NAMES[kind])
        return self.called(self._chance.choice([name for name in names if name not in taken]), kind)

    def called(self, name: str, kind: Kind) -> Field:
        """Make a field of a kind with a name."""
        words = WORDS.get(name) or self._chance.choice(sorted(WORDS.values()))
        prefix = name.removesuffix("_id")[:2].upper()
        return Field(name=name, kind=kind, words=words if kind == "word" else (), prefix=prefix)
