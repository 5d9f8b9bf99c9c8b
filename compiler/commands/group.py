"""The group of all commands: a command's exit code, and what is said of an error."""

from __future__ import annotations

import errno
import traceback
from typing import Any

import click

from compiler.commands.exits import BUG
from compiler.errors import InternalError, TracecError, UsageError


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
