"""Arguments and options that several commands share. Imported with the command line: nothing heavy."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable
from typing import Any

import click

from compiler.commands.options import Sources

Command = Callable[..., int]


def packed(name: str, record: type[Any]) -> Callable[[Command], Command]:
    """Hand a command the options that the fields of ``record`` are named after as one value."""
    fields = [field.name for field in dataclasses.fields(record)]

    def decorate(command: Command) -> Command:
        @functools.wraps(command)
        def with_record(**given: Any) -> int:
            return command(**{name: record(**{field: given.pop(field) for field in fields})}, **given)

        return with_record

    return decorate


def sources(command: Command) -> Command:
    """Add TRACES and what says more about them."""
    for decorate in (
        packed("sources", Sources),
        click.option("--allow-no-tools", is_flag=True, help="Accept traces that call no tool at all."),
        click.option("--format", metavar="NAME", help="Format of the traces; detected if left out."),
        click.option("--tools", metavar="FILE", help="Tool schemas: OpenAI tools or MCP tools/list."),
        click.option("--outcomes", metavar="FILE", help="JSONL that says which runs succeeded."),
        click.option("--workload", metavar="NAME", multiple=True, help="Only this workload (repeatable)."),
        click.argument("traces", nargs=-1, required=True, metavar="TRACES..."),
    ):
        command = decorate(command)
    return command


tools = click.option(
    "--tools",
    required=True,
    metavar="TOOLS",
    help="The tools: pkg.mod:obj, file.py:obj, mcp:COMMAND or a URL.",
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")


def surroundings(command: Command) -> Command:
    """Add what a harness runs on, besides its tools."""
    for decorate in (
        click.option("--now", metavar="ISO", help="The moment that 'today' means; the clock if left out."),
        click.option(
            "--limit",
            metavar="NAME=NUMBER",
            multiple=True,
            help="The most of a run: tokens, dollars, seconds, call_seconds (repeatable).",
        ),
        click.option(
            "--model-option",
            metavar="KEY=VALUE",
            multiple=True,
            help="What litellm gets with every call of a model: api_base, num_retries ... (repeatable).",
        ),
        click.option(
            "--agent", metavar="PROVIDER/MODEL", help="What goes on where the harness leaves its path."
        ),
        click.option(
            "--model", metavar="PROVIDER/MODEL", help="What answers questions; without it they deviate."
        ),
    ):
        command = decorate(command)
    return command
