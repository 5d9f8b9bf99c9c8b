"""The base of all records in a tools.py. Imports pydantic: ``compiler.runtime`` does so on first use only."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """A frozen value with typed fields, read strictly: nothing is coerced into fitting.

    Keys that the record does not declare are ignored, as tools grow fields that no harness looks at.
    A field whose key is no identifier has the key as its alias.
    """

    model_config = ConfigDict(
        frozen=True,
        strict=True,
        extra="ignore",
        populate_by_name=True,
        # Fields are named after keys in the traces, and one may well be called model_...
        protected_namespaces=(),
    )


class ClosedRecord(Record):
    """A record of which every key is known: one that it does not declare may hide a decision and deviates."""

    model_config = ConfigDict(extra="forbid")
