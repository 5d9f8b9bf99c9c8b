"""Find the tools that ``--tools`` names, and call them by their original names."""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import inspect
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, TypeAlias, final

from compiler.errors import UsageError
from compiler.ir.run import JSON
from compiler.operate.cassette import Recorded
from compiler.read import read_runs
from compiler.runtime import ToolSpec

if TYPE_CHECKING:
    from compiler.operate.mcp_tools import McpTools

Caller: TypeAlias = Callable[[str, dict[str, JSON]], object]
"""What a harness calls its tools through: original name and arguments in, JSON value out."""

MCP = ("mcp:", "http://", "https://")
RECORDED = "traces:"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """Tools that can be called, and those of them that say what they take; None where they do not."""

    call: Caller
    live: tuple[ToolSpec, ...] | None


@contextmanager
def open_tools(spec: str, names: tuple[str, ...], *, missing: bool = False) -> Iterator[Tools]:
    """Open what ``spec`` names as the tools called ``names``: an MCP server, traces, or an object in Python.

        mcp:python server.py --verbose, http://127.0.0.1:8000/mcp
        traces:runs.jsonl
        shop.tools:api, shop.tools:Api, shop.tools:Api.call, path/to/tools.py:TOOLS, shop.tools

    The object may be a class or a function without arguments that makes one of the following. It is taken
    for a mapping from original names to callables, else for a callable that takes a name and arguments, else
    for an object or a module with a callable for each tool, named with ``_`` for what no identifier holds.

    With ``missing`` it is no error that one of ``names`` is not there.

    Raises:
        UsageError: They cannot be opened, or a tool is missing.
        InputError: The traces cannot be read.
    """
    if spec.startswith(RECORDED):
        yield Tools(call=Recorded(read_runs(spec.removeprefix(RECORDED)).runs), live=None)
        return
    if not spec.startswith(MCP):
        found = _find(spec, names)
        if callable(found):
            yield Tools(call=_checked(found, spec), live=None)
            return
        there = {name: tool for name, tool in found.items() if callable(tool)}
        call = _by_name(there if missing else found, spec)
        yield Tools(call=call, live=tuple(_described(name, tool) for name, tool in there.items()))
        return
    with _mcp(spec) as tools:
        lacking = sorted(set(names) - {tool.name for tool in tools.tools})
        if lacking and not missing:
            raise UsageError(f"--tools {spec}: the server has no {', '.join(map(repr, lacking))}")
        yield Tools(call=tools.call, live=tools.tools)


@contextmanager
def _mcp(spec: str) -> Iterator[McpTools]:
    """Connect to an MCP server; whatever keeps that from working is one line."""
    try:
        from compiler.operate.mcp_tools import McpTools, server_of
    except ImportError:
        raise UsageError(f"--tools {spec}: MCP needs the extra: pip install 'tracec[mcp]'") from None
    with ExitStack() as stack:
        try:
            tools = stack.enter_context(McpTools(server_of(spec)))
        except Exception as error:
            raise UsageError(f"--tools {spec}: cannot connect: {_said(error)}") from error
        yield tools


def _described(name: str, tool: Callable[..., object]) -> ToolSpec:
    """Describe a Python callable by its signature; annotations may say anything, so that types stay open.

    Nothing says whether it only reads; taking it for a read keeps that from looking like a change.
    """
    parameters = [] if isinstance(tool, type) else _parameters(tool)
    named = [one for one in parameters if one.kind not in (one.VAR_KEYWORD, one.VAR_POSITIONAL)]
    schema: dict[str, JSON] = {
        "type": "object",
        "properties": {one.name: {} for one in named},
        "required": [one.name for one in named if one.default is one.empty],
        "additionalProperties": not parameters or any(one.kind is one.VAR_KEYWORD for one in parameters),
    }
    return ToolSpec(name=name, method=name, effect="read", parameters=schema)


def _parameters(tool: Callable[..., object]) -> list[inspect.Parameter]:
    try:
        return list(inspect.signature(tool).parameters.values())
    except (TypeError, ValueError):
        return []


def _find(spec: str, names: tuple[str, ...]) -> Mapping[str, object] | Callable[..., object]:
    """Find what stands for each tool, or the one callable that stands for all."""
    found = _load(spec)
    if inspect.isclass(found) or (callable(found) and not _takes(found, 2) and _takes(found, 0)):
        found = _made(found, spec)
    if isinstance(found, Mapping):
        return {name: found.get(name) for name in names}
    if callable(found) and not isinstance(found, ModuleType):
        return found
    return {name: _attribute(found, name) for name in names}


def _load(spec: str) -> object:
    """Import the module or file, and follow the attributes after the colon."""
    place, colon, path = spec.rpartition(":")
    if not colon:
        place, path = spec, ""
    found: object = _load_file(Path(place)) if place.endswith(".py") else _load_module(place)
    for attribute in path.split(".") if path else ():
        holder = _made(found, spec) if inspect.isclass(found) else found
        try:
            found = getattr(holder, attribute)
        except AttributeError:
            raise UsageError(f"--tools {spec}: there is no {attribute!r} in {place}") from None
    return found


def _made(maker: Callable[..., object], spec: str) -> object:
    try:
        return maker()
    except Exception as error:
        raise UsageError(f"--tools {spec}: calling {maker.__name__} failed: {_said(error)}") from error


def _load_module(name: str) -> ModuleType:
    # As `python -m` does: what lies in the working directory can be imported.
    if "" not in sys.path and str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    try:
        return importlib.import_module(name)
    except Exception as error:
        raise UsageError(f"--tools: cannot import {name!r}: {_said(error)}") from error


def _load_file(path: Path) -> ModuleType:
    if not path.is_file():
        raise UsageError(f"--tools: there is no file {path}")
    # As `python FILE` does: what lies beside the file can be imported.
    sys.path.insert(0, str(path.resolve().parent))
    # A name of its own: a file called json.py must not stand in for the standard library's.
    spec = importlib.util.spec_from_file_location(f"tracec_tools_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise UsageError(f"--tools: {path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise UsageError(f"--tools: cannot import {path}: {_said(error)}") from error
    return module


def _takes(function: Callable[..., object], count: int) -> bool:
    """Whether a callable can be called with ``count`` arguments by position."""
    try:
        inspect.signature(function).bind(*range(count))
    except (TypeError, ValueError):
        return False
    return True


def _attribute(holder: object, name: str) -> object:
    """The tool as an attribute. A name from a trace never reaches what is private, or special to Python."""
    identifier = re.sub(r"\W", "_", name)
    return None if identifier.startswith("_") else getattr(holder, identifier, None)


def _by_name(tools: Mapping[str, object], spec: str) -> Caller:
    callables = {name: tool for name, tool in tools.items() if callable(tool)}
    missing = sorted(tools.keys() - callables.keys())
    if missing:
        raise UsageError(f"--tools {spec}: no callable for {', '.join(map(repr, missing))}")

    def call(name: str, arguments: dict[str, JSON]) -> object:
        return _settled(callables[name](**arguments))

    return call


def _checked(found: Callable[..., object], spec: str) -> Caller:
    if not _takes(found, 2):
        raise UsageError(f"--tools {spec}: a callable must take a tool's name and its arguments")

    def call(name: str, arguments: dict[str, JSON]) -> object:
        return _settled(found(name, arguments))

    return call


def _settled(result: object) -> object:
    """Wait for the result of a tool that is a coroutine function."""
    if not inspect.iscoroutine(result):
        return result
    return asyncio.run(result)


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
