"""Write files that are there whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TextIO


def replace_file(target: Path, write: Callable[[TextIO], object]) -> None:
    """Write a file beside its place and move it there when it is whole; what was there stays until then."""
    beside = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        with beside.open("x", encoding="utf-8", newline="\n") as file:
            write(file)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
