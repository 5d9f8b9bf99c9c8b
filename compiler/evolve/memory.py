"""The file in which a watch keeps its state from one look to the next."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from compiler.errors import InputError
from compiler.evolve.drift import State
from compiler.ir.run import JSON

FORMAT: Final = 1


class Memory(BaseModel):
    """What is known of the runs seen so far: their digests, and where the charts of one harness stand."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)

    format: int
    harness: str = ""
    """What tells the harness, and what is usual for it; with another, the charts start anew."""
    seen: tuple[str, ...] = ()
    state: State = State()

    def to_text(self) -> str:
        """The memory as the text of its file: JSON in ASCII, as it holds words of traces."""
        value: Mapping[str, JSON] = TypeAdapter(Memory).dump_python(self, mode="json", exclude_defaults=True)
        return json.dumps(value, ensure_ascii=True, separators=(",", ":"), sort_keys=True) + "\n"


def read_memory(text: str, path: str) -> Memory:
    """Read the text of a state file.

    Raises:
        InputError: It is none.
    """
    try:
        memory = Memory.model_validate_json(text, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        what = f"no state of `tracec drift`: {first['msg']}; name another file, or remove this one"
        raise InputError(what, path=path) from None
    if memory.format != FORMAT:
        raise InputError("written by another version of `tracec drift`: remove it", path=path)
    return memory
