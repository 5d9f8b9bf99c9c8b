"""Outcomes: which runs succeeded, as JSONL beside the traces."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final, final

from compiler.errors import InputError
from compiler.ir.run import JSON
from compiler.read.jsontext import shown
from compiler.read.stream import Broken, read_elements

_FULL_REWARD: Final = 1.0
_ROUNDING: Final = 1e-6


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What is known of how a run ended; None where it is not."""

    success: bool | None = None
    reward: float | None = None


def read_outcomes(path: str) -> dict[str, Outcome]:
    """Read ``{"run_id", "success", "reward"}`` objects, one a line, by run id.

    An outcomes file is small and decides what counts as success, so any bad line is an error.

    Raises:
        InputError: The file cannot be read, a line is no outcome, or two lines contradict each other.
    """
    outcomes: dict[str, Outcome] = {}
    for element in read_elements(Path(path)):
        if isinstance(element, Broken):
            raise InputError(element.what, path=path, line=element.line)
        parsed = parse_outcome(element.value)
        if parsed is None:
            what = 'no outcome; each line needs "run_id" and "success" (true or false) or "reward" (a number)'
            raise InputError(what, path=path, line=element.line)
        run_id, outcome = parsed
        if outcomes.setdefault(run_id, outcome) != outcome:
            raise InputError(
                f"a second, different outcome of run {shown(run_id)}; keep one", path=path, line=element.line
            )
    if not outcomes:
        raise InputError("no outcomes here: the file is empty", path=path)
    return outcomes


def parse_outcome(value: JSON) -> tuple[str, Outcome] | None:
    """One outcome; None where the value is none."""
    if not isinstance(value, dict):
        return None
    run_id, success, reward = value.get("run_id"), value.get("success"), as_reward(value.get("reward"))
    if not isinstance(run_id, (str, int)) or isinstance(run_id, bool):
        return None
    if not isinstance(success, bool):
        if success is not None or reward is None:
            return None
        success = None
    return str(run_id), Outcome(success=succeeded(success=success, reward=reward), reward=reward)


def as_reward(value: JSON) -> float | None:
    """A reward as a number; None where it is none."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        return float(value)
    except OverflowError:
        return None


def succeeded(*, success: bool | None, reward: float | None) -> bool | None:
    """Success as recorded; else full reward (1) is success and any other from 0 on below 1 is failure."""
    if success is not None or reward is None:
        return success
    if abs(reward - _FULL_REWARD) <= _ROUNDING:
        return True
    return False if 0 <= reward < _FULL_REWARD else None
