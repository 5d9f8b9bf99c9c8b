"""Compare live tools with those that a harness was compiled against."""

from __future__ import annotations

from compiler.commands.toolbox import open_tools
from compiler.commands.verify import open_harness
from compiler.errors import UsageError
from compiler.ir.run import JSON
from compiler.operate.check_tools import compare
from compiler.present.escape import count, plain


def check_tools(folder: str, tools: str) -> tuple[str, dict[str, JSON], bool]:
    """Compare the tools that ``tools`` names with those of the harness in a folder.

    Returns:
        The text for a person, the value for a machine, and whether there is a difference.

    Raises:
        UsageError: The tools cannot be opened, or do not say what they take.
        InputError: The folder holds no harness.
    """
    harness = open_harness(folder)
    names = tuple(tool.name for tool in harness.tools)
    with open_tools(tools, names, missing=True) as opened:
        if opened.live is None:
            raise UsageError(
                f"--tools {tools}: one thing stands for all tools, and does not say what they take"
            )
        found = compare(harness.tools, opened.live)
    lines = [f"{one.weight}: {plain(one.tool)} {plain(one.what)}" for one in found]
    lines.append(f"{plain(harness.name)}: {count(len(found), 'difference')} in {count(len(names), 'tool')}")
    value: dict[str, JSON] = {
        "harness": harness.name,
        "tools": list(names),
        "differences": [{"tool": one.tool, "weight": one.weight, "what": one.what} for one in found],
    }
    return "\n".join(lines) + "\n", value, bool(found)
