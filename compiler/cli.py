"""The command line: parse, call, print, exit code. What the commands do stands in ``compiler.commands``.

Nothing but click is imported before a command runs, so that ``tracec --help`` answers at once.
"""

from __future__ import annotations

import json

import click

from compiler import __version__
from compiler.commands import arguments
from compiler.commands.exits import OK, UNLIKE
from compiler.commands.group import Tracec
from compiler.commands.options import (
    CompileOptions,
    RunOptions,
    ServeOptions,
    Sources,
    UpdateOptions,
    WorkflowOptions,
)


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
@arguments.sources
@arguments.as_json
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
@arguments.sources
@click.option("-o", "--output", required=True, metavar="DIR", help="Where the harness folders go.")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if anything would change.")
@click.option("--diff", is_flag=True, help="Write nothing; print what would change.")
@arguments.packed("options", CompileOptions)
@arguments.as_json
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
@arguments.sources
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if anything would change.")
@click.option("--diff", is_flag=True, help="Write nothing; print what would change, each hunk labelled.")
@click.option("--force", is_flag=True, help="Write it even if it is worse; the lock says so.")
@arguments.packed("options", UpdateOptions)
@arguments.as_json
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
@arguments.sources
@click.option("--check", is_flag=True, help="Also fail on a task lost, and on a write that is not approved.")
@arguments.as_json
def verify(harness: str, sources: Sources, *, check: bool, as_json: bool) -> int:
    r"""Replay a harness on recorded runs.

    HARNESS is the folder that `tracec compile` wrote. What the runs recorded stands in for the tools, and
    their arguments for the model's answers.

    \b
    Exit code:
      0  no wrong action
      1  a wrong action: a write that no successful run made, or one left out; --check: a task that the
         harness did when it was compiled, and does no more, or a write that is not approved
    """
    from compiler.commands.verify import verify_harness

    text, value, wrong = verify_harness(harness, sources, check=check)
    _print(text, value, as_json=as_json)
    return UNLIKE if wrong else OK


@main.command()
@click.argument("old", metavar="OLD_HARNESS")
@click.argument("new", metavar="NEW_HARNESS")
@arguments.as_json
def diff(old: str, new: str, *, as_json: bool) -> int:
    r"""Say in Markdown what a new harness does differently from an old one.

    Both are folders that `tracec compile` wrote. What is compared is what was compiled; edits by hand are not
    seen. New and wider side effects come first.

    \b
    Exit code:
      0  the same program; the evidence may differ
      1  another program
    """
    from compiler.commands.diff import diff_harnesses

    text, value, differ = diff_harnesses(old, new)
    _print(text, value, as_json=as_json)
    return UNLIKE if differ else OK


@main.command()
@click.argument("harness", metavar="HARNESS")
@arguments.sources
@click.option("--state", metavar="FILE", help="Go on from here, and keep here what was counted.")
@arguments.as_json
def drift(harness: str, sources: Sources, state: str | None, *, as_json: bool) -> int:
    r"""Say whether new runs have shifted from what a harness was compiled from.

    HARNESS is the folder that `tracec compile` wrote; TRACES are runs of the agent, or of the harness, in the
    order of time. Those that it was compiled from, and those that the state file has, are not counted again.

    \b
    Exit code:
      0  no change that is more than noise
      1  a change: which, since when, and the runs that show it
    """
    from compiler.commands.drift import drift as look

    text, value, changed = look(harness, sources, state)
    _print(text, value, as_json=as_json)
    return UNLIKE if changed else OK


@main.command()
@click.argument("harness", metavar="HARNESS")
@click.option("-o", "--output", metavar="FILE", help="Write the Markdown here instead of to stdout.")
@click.option("--prompts", is_flag=True, help="Show what the model reads, as first asked in the replay.")
@arguments.as_json
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
@arguments.tools
@click.option("--request", metavar="TEXT", help="The request, or a JSON object of its fields.")
@click.option("--inputs", metavar="FILE", help="JSONL: one request a line, a text or an object; - for stdin.")
@arguments.surroundings
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
@arguments.packed("options", RunOptions)
@arguments.as_json
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


@main.command()
@click.argument("harness", metavar="HARNESS")
@click.argument("tools", metavar="[TOOL...]", nargs=-1)
@click.option("--words", metavar="TEXT", default="", help="Why, for those who ask later; kept in the lock.")
@click.option("--list", "only_list", is_flag=True, help="Say what is approved and what is not.")
@arguments.as_json
def approve(harness: str, tools: tuple[str, ...], words: str, *, only_list: bool, as_json: bool) -> int:
    r"""Approve writes of a harness.

    TOOL is a tool that the harness declares to write; without any, all that are not approved yet. The first
    compile of a harness approves what it writes, as all of it is new to its reviewer. A write that comes
    later is withheld: a run deviates before it.

    \b
    Exit code:
      0  recorded, or --list: every write is approved
      1  --list: a write is not approved
    """
    from compiler.commands.approve import approve_writes, listing, review

    found = review(harness) if only_list else approve_writes(harness, tools, words)
    _print(listing(found), found.to_json(), as_json=as_json)
    return UNLIKE if only_list and found.pending else OK


@main.command("check-tools")
@click.argument("harness", metavar="HARNESS")
@arguments.tools
@arguments.as_json
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
@arguments.tools
@arguments.surroundings
@click.option("--http", metavar="[HOST:]PORT", help="Serve over HTTP at /mcp, instead of on stdio.")
@arguments.packed("options", ServeOptions)
def serve(harnesses: tuple[str, ...], options: ServeOptions) -> int:
    """Offer harnesses as MCP tools.

    An agent calls a compiled workload as one tool: it gives the request, hears of each call as progress, and
    gets how the run ended. A run that deviated is an error of the tool.
    """
    from compiler.commands.serve import serve_harnesses

    serve_harnesses(harnesses, options)
    return OK


@main.command("init-ci")
@click.argument("harnesses", metavar="HARNESS=TRACES...", nargs=-1, required=True)
@click.option("--outcomes", metavar="FILE", help="JSONL that says which runs succeeded.")
@click.option("--tools", metavar="FILE", help="Tool schemas: OpenAI tools or MCP tools/list.")
@click.option("--requirement", metavar="TEXT", help="What pip installs; this version of tracec if left out.")
@click.option(
    "-o", "--output", metavar="FILE", help="Default: .github/workflows/tracec.yml of the repository."
)
@click.option("--force", is_flag=True, help="Write over a file that differs.")
@arguments.packed("options", WorkflowOptions)
@arguments.as_json
def init_ci(options: WorkflowOptions, *, as_json: bool) -> int:
    """Write a GitHub workflow that looks after harnesses.

    For each HARNESS and the place of its TRACES, both in the current repository: a check of pull requests,
    and every night a look at new runs, which proposes an update where they have shifted.
    """
    from compiler.commands.workflow import write_workflow

    text, value = write_workflow(options)
    _print(text, value, as_json=as_json)
    return OK


@main.command("import")
@arguments.sources
@click.option("-o", "--output", required=True, metavar="FILE", help="The JSONL file to write.")
@arguments.as_json
def import_command(sources: Sources, output: str, *, as_json: bool) -> int:
    """Convert traces to the project's own format.

    That is ATIF 1.7, one run a line.
    """
    from compiler.commands.convert import convert

    text, value = convert(sources, output)
    _print(text, value, as_json=as_json)
    return OK
