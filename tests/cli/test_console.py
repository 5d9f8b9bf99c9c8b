"""Progress: on a terminal, and nowhere else."""

from __future__ import annotations

import io
import sys

import pytest

from compiler.commands.console import track


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_progress_is_shown_while_waiting_and_gone_when_an_item_is_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    seen = []
    for item in track(["a", "b"], total=2, verb="compiling"):
        seen.append((item, terminal.getvalue()))
    gone = "\r\x1b[K"
    first = f"compiling 1 of 2 ...{gone}"
    assert seen == [("a", first), ("b", f"{first}compiling 2 of 2 ...{gone}")]
    assert terminal.getvalue().endswith(gone)


def test_there_is_no_progress_where_stderr_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(track(["a", "b"], total=2, verb="compiling")) == ["a", "b"]
    assert capsys.readouterr() == ("", "")


def test_an_error_leaves_no_half_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def items() -> str:
        raise ValueError("no item")

    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with pytest.raises(ValueError, match="no item"):
        list(track((items() for _ in range(1)), total=1, verb="compiling"))
    assert terminal.getvalue().endswith("\x1b[K")


def test_a_bar_shows_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    list(track(range(4), total=4, verb="running", bar=True))
    shown = [line.strip("\r") for line in terminal.getvalue().split("\x1b[K")[:-1]]
    assert shown == [f"running {n + 1} of 4 [{'#' * 5 * n}{'.' * (20 - 5 * n)}] ..." for n in range(4)]
