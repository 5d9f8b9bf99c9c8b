"""The view of new runs beside those that a harness was compiled from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from compiler.ir.run import JSON


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class SignRow:
    """How often the new runs show a sign, and how often is usual."""

    sign: str
    hits: int
    runs: int
    usual_hits: int
    usual_runs: int
    at_most: float
    """The share of runs up to which the sign counts as usual."""
    status: str
    """``quiet``, ``more than noise``, or ``not watched`` where usual runs show the sign too often."""

    def to_json(self) -> dict[str, JSON]:
        """The row as ``--json`` prints it."""
        return {
            "sign": self.sign,
            "hits": self.hits,
            "runs": self.runs,
            "usual_hits": self.usual_hits,
            "usual_runs": self.usual_runs,
            "at_most": round(self.at_most, 4),
            "status": self.status,
        }


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRow:
    """A change that is more than noise, with the first of the runs that show it."""

    kind: str
    what: str
    shown: str
    since: str
    onset: str
    runs: tuple[str, ...]
    more: int


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class DriftView:
    """What ``drift`` prints: ``new`` runs were counted now, ``runs`` in all; ``failed`` were left out."""

    name: str
    quiet: int
    new: int
    runs: int
    failed: int
    findings: tuple[FindingRow, ...]
    signs: tuple[SignRow, ...]
