"""Put a view into a template.

What a template prints is escaped unless it went through a filter that did so already: a template cannot
forget to. A name that a view does not have is an error, never an empty text.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, final

from compiler.present import escape

if TYPE_CHECKING:
    from collections.abc import Callable

    from jinja2 import Environment

PACKAGE = Path(__file__).resolve().parent.parent
FOLDERS = (PACKAGE / "templates", PACKAGE.parent / "templates")
"""Where templates lie when installed, and in a checkout."""

Target = Literal["md", "txt"]


@final
@dataclass(frozen=True, slots=True)
class _Escaped:
    """Text that is fit to print; only filters make it."""

    text: str

    def __str__(self) -> str:
        return self.text


def render(template: str, view: object) -> str:
    """Fill ``templates/<template>.jinja`` with a view: a frozen record, called ``view`` there."""
    target: Target = "md" if template.endswith(".md") else "txt"
    return _environment(target).get_template(f"{template}.jinja").render(view=view)


@cache
def _environment(target: Target) -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    default = escape.prose if target == "md" else escape.plain
    environment = Environment(
        loader=FileSystemLoader(FOLDERS),
        undefined=StrictUndefined,
        # Neither Markdown nor a terminal is HTML: ``finalize`` escapes for what the target is.
        autoescape=False,
        finalize=lambda value: value if isinstance(value, _Escaped) else default(str(value)),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    for escaping in (
        escape.code,
        escape.cell,
        escape.fence,
        escape.mermaid,
        escape.prose,
        escape.plain,
        escape.within,
    ):
        environment.filters[escaping.__name__] = _filter(escaping)
    # JSON is YAML, and ASCII reads the same in every locale.
    environment.filters["quoted"] = lambda value: _Escaped(json.dumps(str(value)))
    environment.filters["box"] = lambda lines: _Escaped("<br>".join(map(escape.mermaid, lines)))
    return environment


def _filter(escaping: Callable[[str], str]) -> Callable[[object], _Escaped]:
    return lambda value: _Escaped(escaping(str(value)))
