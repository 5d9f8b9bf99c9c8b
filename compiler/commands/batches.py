"""What the options of ``run`` say of batches and of durable runs."""

from __future__ import annotations

from pathlib import Path

from compiler.commands.options import RunOptions
from compiler.errors import UsageError
from compiler.operate.batch import Batch
from compiler.operate.durable import batch_name, harness_digest


def check_options(options: RunOptions) -> None:
    """Check that the options of a run go together.

    Raises:
        UsageError: They contradict each other.
    """
    given = [name for name in ("request", "inputs") if getattr(options, name) is not None]
    if options.worker and given:
        raise UsageError("a --worker takes runs that others queue: give no requests")
    if not options.worker and len(given) != 1:
        raise UsageError("give either --request or --inputs")
    if options.durable is None and (options.batch or options.worker or options.idempotency_key):
        raise UsageError("--batch, --worker and --idempotency-key are for --durable runs")
    if options.durable is not None and options.agent is not None:
        raise UsageError("--agent and --durable do not go together: an agent's own steps are not recorded")
    if options.batch is None and (options.worker or (options.durable and options.inputs == "-")):
        what = "a --worker" if options.worker else "a durable batch from stdin"
        raise UsageError(f"{what} needs --batch NAME")
    if options.worker and "postgres" not in str(options.durable).partition("://")[0]:
        raise UsageError("a --worker needs a database that several processes use: --durable postgresql://...")


def find_batch(folder: str, harness: str, options: RunOptions) -> Batch:
    """Say which batch the runs belong to: the same command names the same one."""
    source = f"request {options.request}"
    if options.inputs is not None:
        source = f"inputs {Path(options.inputs).resolve()}"
    return Batch(
        name=batch_name(harness, options.batch, source),
        digest=harness_digest(folder),
        concurrency=options.concurrency,
    )


def key_arguments(options: RunOptions, tools: tuple[str, ...]) -> dict[str, str]:
    """Read ``--idempotency-key`` as the argument that takes the key, by tool; "" stands for all writes.

    Raises:
        UsageError: A tool is none of the harness's.
    """
    found: dict[str, str] = {}
    for given in options.idempotency_key:
        tool, _, argument = given.rpartition("=")
        if tool and tool not in tools:
            raise UsageError(f"--idempotency-key {given}: the harness has no tool {tool!r}")
        found[tool] = argument
    return found
