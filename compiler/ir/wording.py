"""The text of a pattern, as harness.py has it and the runtime reads it."""

from __future__ import annotations

from collections.abc import Mapping

from compiler.ir.program import Pattern, Slot


def pattern_text(pattern: Pattern, kinds: Mapping[str, str], names: Mapping[str, str]) -> str:
    """Write a pattern with ``{name:kind}`` for its slots; both mappings are by field."""
    parts: list[str] = []
    for part in pattern.parts:
        match part:
            case Slot(gap=kind) if kind is not None:
                parts.append(f"{{_:{kind}}}")
            case Slot(field=name, also=also):
                held = "&".join(names[one] for one in (name, *also))
                parts.append(f"{{{held}:{kinds[name]}}}")
            case str():
                parts.append(part.replace("{", "{{").replace("}", "}}"))
    return "".join(parts)
