"""Look at new runs: does a harness still fit what happens?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from compiler.commands.console import track
from compiler.commands.files import replace_file
from compiler.commands.options import Sources
from compiler.commands.report import read_part
from compiler.commands.sources import read_sources
from compiler.commands.verify import open_harness
from compiler.emit.folder import run_digest
from compiler.evolve.drift import QUIET_RUNS, State, Usual, Watch
from compiler.evolve.findings import Finding, findings
from compiler.evolve.memory import FORMAT, Memory, read_memory
from compiler.ir.observed import DEVIATION, Observation
from compiler.ir.run import JSON, Run
from compiler.ir.words import ordinal
from compiler.mine.clean import mark_refusals
from compiler.operate.durable import harness_digest
from compiler.present.drift import DriftView, FindingRow, SignRow
from compiler.present.evidence import Evidence, Lock
from compiler.present.render import render
from compiler.prove.observe import Observer
from compiler.prove.replay import reads_of
from compiler.runtime import Harness

KEPT = 16
"""Characters of a digest that tell a run: enough for more runs than anyone has."""
MOST_RUNS = 8


def drift(folder: str, sources: Sources, state: str | None) -> tuple[str, dict[str, JSON], bool]:
    """Count new runs against what is usual for the harness in a folder, going on from a state file.

    Returns:
        The text for a person, the value for a machine, and whether something changed that is more than noise.

    Raises:
        InputError: The folder holds no harness, or the file no state.
    """
    harness = open_harness(folder).rehearsal()
    evidence = read_part(Path(folder) / "evidence.json", Evidence)
    base = _base(evidence)
    watched = sha256(f"{harness_digest(folder)} {sorted(base.items())}".encode()).hexdigest()
    memory = _recall(state, watched)
    new = tuple(_new_runs(folder, sources, memory))
    seen = tuple(_observe(folder, harness, new))
    watch = Watch(base, evidence.usual_ways)
    after = watch.look(memory.state, seen)
    if state is not None:
        counted = (*memory.seen, *(digest for _, digest, _ in new))
        kept = Memory(format=FORMAT, harness=watched, seen=counted, state=after)
        replace_file(Path(state), lambda file: file.write(kept.to_text()))
    found = findings(after, watch, _callers(evidence))
    view = DriftView(
        name=harness.name,
        quiet=QUIET_RUNS,
        new=len(seen),
        runs=after.runs,
        failed=len(new) - len(seen),
        findings=tuple(map(_told, found)),
        signs=tuple(_rows(watch, after)),
    )
    return render("drift.txt", view), _value(view, found), bool(found)


def _value(view: DriftView, found: tuple[Finding, ...]) -> dict[str, JSON]:
    return {
        "harness": view.name,
        "drift": bool(found),
        "usual_runs_to_a_false_alarm": view.quiet,
        "new_runs": view.new,
        "failed_runs": view.failed,
        "runs": view.runs,
        "findings": [one.to_json() for one in found],
        "signs": [row.to_json() for row in view.signs],
    }


_NUMBERED = re.compile(r" \(\d+\w\w call\)$")


def _callers(evidence: Evidence) -> dict[str, set[str]]:
    """Give the runs that called each tool, in whatever place."""
    found: dict[str, set[str]] = {}
    for place in evidence.places:
        if place.kind == "call":
            found.setdefault(_NUMBERED.sub("", place.what), set()).update(place.runs)
    return found


def _base(evidence: Evidence) -> dict[str, Usual]:
    """What is usual; of a folder of an older compiler, what its proof says of deviations."""
    if evidence.usual:
        return {sign: Usual(hits=hits, total=total) for sign, (hits, total) in evidence.usual.items()}
    proof = evidence.held_out or evidence.replay
    counts = Counter(proof.counts if proof is not None else {})
    hits = sum(counts[verdict] for verdict in ("deviated", "missed", "wrong"))
    return {DEVIATION: Usual(hits=hits, total=counts.total() - counts["declined"])}


def _recall(state: str | None, watched: str) -> Memory:
    """Go on from a state file; of another harness only which runs it has counted is of use."""
    path = Path(state or "")
    if state is None or not path.exists():
        return Memory(format=FORMAT, harness=watched)
    memory = read_memory(path.read_text(encoding="utf-8", errors="replace"), state)
    return memory if memory.harness == watched else Memory(format=FORMAT, harness=watched, seen=memory.seen)


def _new_runs(folder: str, sources: Sources, memory: Memory) -> Iterator[tuple[Run, str, frozenset[str]]]:
    """Yield the runs that were neither compiled from nor seen, in order, with the reads among their tools."""
    lock = read_part(Path(folder) / "harness.lock", Lock)
    learnt = {(one.run, one.sha256) for one in lock.runs}
    seen = set(memory.seen)
    for workload in map(mark_refusals, read_sources(sources)):
        reads = frozenset(tool.name for tool in workload.tools if tool.effect == "read")
        for run in workload.runs:
            # An outcome may be told later, of the same run.
            digest = run_digest(replace(run, success=None, reward=None))[1][:KEPT]
            if run_digest(run) not in learnt and digest not in seen:
                seen.add(digest)
                yield run, digest, reads


def _observe(
    folder: str, harness: Harness, runs: tuple[tuple[Run, str, frozenset[str]], ...]
) -> Iterator[Observation]:
    code, own = harness_digest(folder), frozenset(tool.name for tool in harness.tools)
    for run, _, reads in track(runs, total=len(runs), verb="replaying"):
        # A harness knows its own tools; of others, the schemas beside the traces tell.
        known = reads_of(harness, ()) | (reads - own)
        found = Observer(harness, code, known).observe(run)
        if found is not None:
            yield found


def _told(one: Finding) -> FindingRow:
    return FindingRow(
        kind=one.kind,
        what=one.what,
        shown=f"{len(one.runs)} of {one.of}",
        since=one.since,
        onset=ordinal(one.onset),
        runs=one.runs[:MOST_RUNS],
        more=max(0, len(one.runs) - MOST_RUNS),
    )


def _rows(watch: Watch, state: State) -> Iterator[SignRow]:
    hits, alarmed = dict(state.hits), {alarm.sign for alarm in state.alarms}
    watched = {sign for sign, _ in watch.charts.values()}
    for sign, usual in watch.base.items():
        yield SignRow(
            sign=sign,
            hits=hits.get(sign, 0),
            runs=state.runs,
            usual_hits=usual.hits,
            usual_runs=usual.total,
            at_most=usual.at_most,
            status="more than noise" if sign in alarmed else "quiet" if sign in watched else "not watched",
        )
