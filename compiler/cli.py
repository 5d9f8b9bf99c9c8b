"""The command line: parse, call, print, exit code. What the commands do stands in ``compiler.commands``.

Nothing but click is imported before a command runs, so that ``tracec --help`` answers at once.
"""

from __future__ import annotations

import dataclasses
import errno
import functools
import json
import traceback
from collections.abc import Callable
from typing import Any

import click

from compiler import __version__
from compiler.commands.exits import BUG, OK, UNLIKE
from compiler.commands.options import CompileOptions, RunOptions, ServeOptions, Sources, UpdateOptions
from compiler.errors import InternalError, TracecError, UsageError

Command = Callable[..., int]


class WithTables(click.Command):
    r"""A command whose help keeps the lines after ``\b``: docstrings are raw, and click's mark is not."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.help = (self.help or "").replace("\\b\n", "\b\n")


class Tracec(click.Group):
    """The group of all commands. A command returns its exit code; an error becomes one line on stderr."""

    command_class = WithTables

    def invoke(self, ctx: click.Context) -> None:
        """Run the command that was named, and leave with its exit code."""
        try:
            code = super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except InternalError as error:
            code = _report_bug(ctx, error)
        except TracecError as error:
            code = _report(ctx, str(error), error.exit_code)
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise
            place = f"{error.filename}: " if error.filename else ""
            code = _report(ctx, f"{place}{error.strerror or error}", UsageError.exit_code)
        except Exception as error:
            code = _report_bug(ctx, error)
        ctx.exit(code)


def _report(ctx: click.Context, message: str, code: int) -> int:
    from compiler.present.escape import plain

    if ctx.params["debug"]:
        click.echo(traceback.format_exc(), err=True, nl=False)
    click.echo(f"tracec: {plain(message)}", err=True)
    return code


def _report_bug(ctx: click.Context, error: Exception) -> int:
    hint = "" if ctx.params["debug"] else "; please report it with what `tracec --debug` shows"
    return _report(ctx, f"this is a bug in tracec: {type(error).__name__}: {error}{hint}", BUG)


def _packed(name: str, record: type[Any]) -> Callable[[Command], Command]:
    """Hand a command the options that the fields of ``record`` are named after as one value."""
    fields = [field.name for field in dataclasses.fields(record)]

    def decorate(command: Command) -> Command:
        @functools.wraps(command)
        def packed(**given: Any) -> int:
            return command(**{name: record(**{field: given.pop(field) for field in fields})}, **given)

        return packed

    return decorate


def _sources(command: Command) -> Command:
    """Add TRACES and what says more about them."""
    for decorate in (
        _packed("sources", Sources),
        click.option("--allow-no-tools", is_flag=True, help="Accept traces that call no tool at all."),
        click.option("--format", metavar="NAME", help="Format of the traces; detected if left out."),
        click.option("--tools", metavar="FILE", help="Tool schemas: OpenAI tools or MCP tools/list."),
        click.option("--outcomes", metavar="FILE", help="JSONL that says which runs succeeded."),
        click.option("--workload", metavar="NAME", multiple=True, help="Only this workload (repeatable)."),
        click.argument("traces", nargs=-1, required=True, metavar="TRACES..."),
    ):
        command = decorate(command)
    return command


_tools = click.option(
    "--tools",
    required=True,
    metavar="TOOLS",
    help="The tools: pkg.mod:obj, file.py:obj, mcp:COMMAND or a URL.",
)
_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")


def _surroundings(command: Command) -> Command:
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


def _print_json(value: object) -> None:
    # ASCII: what a trace says must not move the cursor either, and reads the same in every locale.
    click.echo(json.dumps(value, indent=2))


def _print(text: str, value: object, *, as_json: bool) -> None:
    if as_json:
        _print_json(value)
    else:
        click.echo(text, nl=not text.endswith("\n"))


@click.group(cls=Tracec, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="tracec")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def main(*, debug: bool) -> None:
    """Compile logged runs of an LLM agent into a program that a person reviews.

    Each file or folder of TRACES is one workload: runs that do the same job on different inputs.
    """
    del debug  # Read from the context, where an error is reported.


@main.command()
@_sources
@_json
def inspect(sources: Sources, *, as_json: bool) -> int:
    """Say what traces hold and what would compile.

    Nothing is written. Each workload is compiled in memory: it says whether that works, why not, and what
    a harness would save.
    """
    from compiler.commands.inspect import inspect_workloads

    text, value = inspect_workloads(sources)
    _print(text, value, as_json=as_json)
    return OK


@main.command("compile")
@_sources
@click.option("-o", "--output", required=True, metavar="DIR", help="Where the harness folders go.")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if anything would change.")
@click.option("--diff", is_flag=True, help="Write nothing; print what would change.")
@_packed("options", CompileOptions)
@_json
def compile_command(sources: Sources, options: CompileOptions, *, as_json: bool) -> int:
    r"""Compile each workload into a harness folder.

    The folder lies in DIR and has the workload's name as an identifier. A workload that cannot be compiled
    without guessing is declined, with the reasons; the others are written all the same.

    \b
    Exit code:
      0  every workload has a harness
      1  --check: a harness would change; or one was edited by hand, so that it was not written
      3  a workload was declined
    """
    from compiler.commands.compile import compile_workloads, exit_code, summarise

    results = []
    for result in compile_workloads(sources, options):
        results.append(result)
        if not as_json:
            click.echo(summarise(result))
            click.echo(result.diff, nl=False)
        if click.get_current_context().find_root().params["debug"]:
            click.echo(result.built.trace, err=True, nl=False)
    if as_json:
        _print_json({"workloads": [result.to_json() for result in results]})
    return exit_code(results, options)


@main.command()
@click.argument("harness", metavar="HARNESS")
@_sources
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if anything would change.")
@click.option("--diff", is_flag=True, help="Write nothing; print what would change, each hunk labelled.")
@click.option("--force", is_flag=True, help="Write it even if it is worse; the lock says so.")
@_packed("options", UpdateOptions)
@_json
def update(harness: str, sources: Sources, options: UpdateOptions, *, as_json: bool) -> int:
    r"""Recompile a harness, and keep what a person edited.

    TRACES are all runs that the harness is to stand for, old and new. What changed is merged into the
    folder, unless the new harness is worse on runs that were left out.

    \b
    Exit code:
      0  up to date, or written
      1  --check: it would change; a conflict, now marked in the file; or the new one is worse
      3  the traces are declined
    """
    from compiler.commands.update import exit_code, summarise, update_harness

    result = update_harness(harness, sources, options)
    text = summarise(result) + "\n"
    if result.diff:
        text += result.diff
    if click.get_current_context().find_root().params["debug"]:
        click.echo(result.built.trace, err=True, nl=False)
    _print(text, result.to_json(), as_json=as_json)
    return exit_code(result, options)


@main.command()
@click.argument("harness", metavar="HARNESS")
@_sources
@_json
def verify(harness: str, sources: Sources, *, as_json: bool) -> int:
    r"""Replay a harness on recorded runs.

    HARNESS is the folder that `tracec compile` wrote. What the runs recorded stands in for the tools, and
    their arguments for the model's answers.

    \b
    Exit code:
      0  no wrong action
      1  a wrong action: a write that no successful run made, or one left out
    """
    from compiler.commands.verify import verify_harness

    text, value, wrong = verify_harness(harness, sources)
    _print(text, value, as_json=as_json)
    return UNLIKE if wrong else OK


@main.command()
@click.argument("harness", metavar="HARNESS")
@click.option("-o", "--output", metavar="FILE", help="Write the Markdown here instead of to stdout.")
@click.option("--prompts", is_flag=True, help="Show what the model reads, as first asked in the replay.")
@_json
def report(harness: str, output: str | None, *, prompts: bool, as_json: bool) -> int:
    """Describe a harness in Markdown.

    HARNESS is the folder that `tracec compile` wrote. The report is meant for a pull request.
    """
    from compiler.commands.report import write_report

    text, value = write_report(harness, output, prompts=prompts)
    if as_json or output is None:
        _print(text, value, as_json=as_json)
    return OK


@main.command()
@click.argument("harness", metavar="HARNESS")
@_tools
@click.option("--request", metavar="TEXT", help="The request, or a JSON object of its fields.")
@click.option("--inputs", metavar="FILE", help="JSONL: one request a line, a text or an object; - for stdin.")
@_surroundings
@click.option("--trace", metavar="FILE", help="Append the runs to this file, as traces.")
@click.option("-o", "--output", metavar="FILE", help="Write the results here, JSONL: one run a line.")
@click.option("--concurrency", metavar="N", type=click.IntRange(min=1), default=1, help="Runs at a time.")
@click.option(
    "--durable",
    metavar="[DATABASE]",
    is_flag=False,
    flag_value="tracec.sqlite",
    help="Record each step: after a crash, the same command goes on. A file, or postgresql://...",
)
@click.option("--batch", metavar="NAME", help="Name of a durable batch; after its inputs if left out.")
@click.option("--worker", is_flag=True, help="Do runs of a batch that others queue, until interrupted.")
@click.option(
    "--idempotency-key",
    metavar="[TOOL=]ARG",
    multiple=True,
    help="The argument of TOOL, or of all writes, that takes a key: such a write may be made again.",
)
@_packed("options", RunOptions)
@_json
def run(harness: str, options: RunOptions, *, as_json: bool) -> int:
    r"""Run a harness for real.

    TOOLS names an MCP server (mcp:COMMAND or a URL), recorded runs (traces:FILE), or an object in Python
    (pkg.mod:obj, file.py:obj): a callable that takes a tool's name and its arguments; a mapping from names
    to callables; an object or a module with a callable for each tool (with _ for what no identifier holds);
    or a class or a function without arguments that makes one of these.

    \b
    Exit code:
      0  every run came to an end that the traces show
      1  a run deviated, or was handed over with nobody to take it
    """
    from compiler.commands.run import printed, run_harness

    ended = True
    for text, done in printed(run_harness(harness, options), options, as_json=as_json):
        click.echo(text, nl=False)
        ended = ended and done
    return OK if ended else UNLIKE


@main.command("check-tools")
@click.argument("harness", metavar="HARNESS")
@_tools
@_json
def check_tools_command(harness: str, tools: str, *, as_json: bool) -> int:
    r"""Compare live tools with those that a harness was compiled against.

    \b
    Exit code:
      0  the harness can call them as before
      1  a tool is gone, takes other arguments, or is no read any more
    """
    from compiler.commands.check import check_tools

    text, value, differ = check_tools(harness, tools)
    _print(text, value, as_json=as_json)
    return UNLIKE if differ else OK


@main.command()
@click.argument("harnesses", metavar="HARNESS...", nargs=-1, required=True)
@_tools
@_surroundings
@click.option("--http", metavar="[HOST:]PORT", help="Serve over HTTP at /mcp, instead of on stdio.")
@_packed("options", ServeOptions)
def serve(harnesses: tuple[str, ...], options: ServeOptions) -> int:
    """Offer harnesses as MCP tools.

    An agent calls a compiled workload as one tool: it gives the request, hears of each call as progress, and
    gets how the run ended. A run that deviated is an error of the tool.
    """
    from compiler.commands.serve import serve_harnesses

    serve_harnesses(harnesses, options)
    return OK


@main.command("import")
@_sources
@click.option("-o", "--output", required=True, metavar="FILE", help="The JSONL file to write.")
@_json
def import_command(sources: Sources, output: str, *, as_json: bool) -> int:
    """Convert traces to the project's own format.

    That is ATIF 1.7, one run a line.
    """
    from compiler.commands.convert import convert

    text, value = convert(sources, output)
    _print(text, value, as_json=as_json)
    return OK
