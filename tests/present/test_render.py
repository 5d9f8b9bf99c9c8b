"""Templates print views, and cannot forget to escape."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from compiler.present import render as module


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    text: str


@pytest.fixture
def templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give a folder of templates that are used in place of the project's."""
    monkeypatch.setattr(module, "FOLDERS", (tmp_path,))
    module._environment.cache_clear()
    yield tmp_path
    module._environment.cache_clear()


def test_markdown_is_escaped_by_default(templates: Path) -> None:
    (templates / "t.md.jinja").write_text("{{ view.text }} {{ view.text | code }}\n")
    assert module.render("t.md", View(text="*a* <b>")) == "\\*a\\* &lt;b&gt; `*a* <b>`\n"


def test_text_for_a_terminal_is_escaped_by_default(templates: Path) -> None:
    (templates / "t.txt.jinja").write_text("{{ view.text }}\n")
    assert module.render("t.txt", View(text="\x1b[1m*a*")) == "\\x1b[1m*a*\n"


def test_a_name_that_the_view_has_not_is_an_error(templates: Path) -> None:
    (templates / "t.txt.jinja").write_text("{{ view.other }}\n")
    with pytest.raises(UndefinedError, match="other"):
        module.render("t.txt", View(text=""))
