"""What the tests of the runtime share: an office with a calendar."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from compiler.runtime import Harness, RunResult
from compiler.runtime.ask import Model
from compiler.runtime.jsons import JSON

SAMPLE = Path(__file__).parent / "sample_harness"
NOW = datetime(2023, 11, 30)  # a Thursday


def event(number: int, start: str, organiser: str | None = None) -> dict[str, JSON]:
    """An event as the calendar gives it; it has a key that no record knows."""
    row: dict[str, JSON] = {
        "event_id": str(number),
        "event_name": f"meeting {number}",
        "event_start": start,
        "colour": "red",
    }
    return row if organiser is None else row | {"created/by": organiser}


class Office:
    """Tools that give what they are told to, and fail as often as they are told to."""

    def __init__(self, events: object) -> None:
        self.events = events
        self.failures: dict[str, list[Exception]] = {}
        self.sent: list[tuple[str, dict[str, JSON]]] = []

    def call(self, name: str, arguments: dict[str, JSON]) -> object:
        self.sent.append((name, dict(arguments)))
        if self.failures.get(name):
            raise self.failures[name].pop(0)
        # A tool may do to its arguments what it likes.
        arguments.clear()
        known = {"calendar.search_events": self.events, "calendar.delete_event": {"ok": True}}
        return known.get(name, "sent")

    @property
    def writes(self) -> list[tuple[str, dict[str, JSON]]]:
        return [sent for sent in self.sent if sent[0] != "calendar.search_events"]

    def run(self, harness: Harness, model: Model | None = None, day: str = "December 13") -> RunResult:
        text = f"Cancel my first meeting on {day}"
        return harness.run(text, call=self.call, model=model, now=NOW)
