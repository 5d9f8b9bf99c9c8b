"""Write traces of any format in the project's own."""

from __future__ import annotations

from pathlib import Path

from compiler.commands.files import replace_file
from compiler.commands.options import Sources
from compiler.commands.sources import read_sources
from compiler.ir.run import JSON
from compiler.present.escape import plain
from compiler.read import write_native


def convert(sources: Sources, output: str) -> tuple[str, dict[str, JSON]]:
    """Read all runs and write them to one file, which is there whole or not at all."""
    workloads = read_sources(sources)
    runs = tuple(run for workload in workloads for run in workload.runs)
    notes = [str(note) for workload in workloads for note in workload.notes]
    target = Path(output)
    replace_file(target, lambda file: write_native(runs, file))
    lines = [f"{len(runs)} runs written to {output}", *(f"  {note}" for note in notes)]
    text = "\n".join(map(plain, lines))
    return text, {"runs": len(runs), "output": output, "notes": list(notes)}
