"""Merge a person's edits with what shifted traces make of a harness, and see what the result does.

    python -m benchmarks.merges [--show] [--unseen 24]

For each of 20 edits (ten kinds, two of each) and ten shifts: merge, and where there is no conflict run the
merged harness on requests that no run shows, in the shifted shop, beside what the shop's agent does there
with the edit's effect.

    conflicts  merges that a person must finish; git: those of plain `git merge-file`
    lost       an edit is neither in the merged text nor in a conflict; must be 0
    flagged    no conflict, but the gate says that it does what neither side accounts for
    silent     no conflict and not flagged, but it writes something else; must be 0
    distant    conflicts where the two did not change the same statement; must be 0
    lines      of logic that the shift alone takes out of harness.py and puts in

The exit code is 1 if one of those that must be 0 is not.
"""

from __future__ import annotations

import argparse
import ast
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias, final

from benchmarks.merges.edits import EDITS, Edit, Write
from benchmarks.merges.shop import SHIFTS, Shop, World, workload
from compiler.commands.trial import try_on
from compiler.evolve import Merge, merge_source
from compiler.evolve.gate import Sides, untrue
from compiler.evolve.hunks import hunks
from compiler.ir.run import JSON
from compiler.pipeline import Build, build
from compiler.runtime import Answer, Ask, Harness, load_source

Files: TypeAlias = Mapping[str, str]
Ending: TypeAlias = Literal["merged", "conflict", "flagged", "silent", "lost"]
SOURCES = ("harness.py", "tools.py")
UNSEEN = 10_000


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One edit and one shift, with what came of merging them."""

    edit: Edit
    shift: str
    ending: Ending
    git: bool
    lines: tuple[int, int]
    distant: bool = False
    said: str = ""


@final
class Yes:
    """A model that takes the first of what it is offered."""

    def answer(self, ask: Ask) -> Answer:
        """Take the first option."""
        return Answer([0] if ask.kind == "select" else 0)


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--show", action="store_true", help="show every merge that did not simply work")
    parser.add_argument("--unseen", type=int, default=24, help="requests that each merged harness is run on")
    options = parser.parse_args()
    found = list(_scenarios(options.unseen))
    if options.show:
        for one in found:
            if one.ending != "merged":
                print(f"{one.ending:9}{one.edit.kind:28}{one.shift:18}{one.said}")
    return _report(found)


def _report(found: list[Scenario]) -> int:
    endings = Counter(one.ending for one in found)
    print(
        f"{'shift':20}{'merged':>8}{'conflict':>10}{'flagged':>9}{'silent':>8}{'lost':>6}{'git':>6}"
        f"{'lines':>10}"
    )
    for shift in SHIFTS:
        rows = [one for one in found if one.shift == shift]
        _row(shift, rows)
    _row("all", found)
    distant = sum(one.distant for one in found)
    print(f"conflicts where the two sides did not change the same statement: {distant}")
    return int(bool(endings["silent"] or endings["lost"] or distant))


def _row(name: str, rows: list[Scenario]) -> None:
    count = Counter(one.ending for one in rows)
    git = sum(one.git for one in rows)
    most = tuple(max(one.lines[side] for one in rows) for side in (0, 1))
    lines = f"-{most[0]} +{most[1]}"
    print(
        f"{name:20}{count['merged']:8}{count['conflict']:10}{count['flagged']:9}{count['silent']:8}"
        f"{count['lost']:6}{git:6}{lines:>10}"
    )


def _scenarios(unseen: int) -> Iterator[Scenario]:
    for restocks in (False, True):
        shop = Shop(restocks=restocks, seed=int(restocks))
        base = build(workload(shop), prove=False)
        for name, shift in SHIFTS.items():
            shifted = shift(shop)
            new = build(workload(shifted), prove=False, prior=base.files)
            # Of the two edits of a kind, one meets the shop that restocks, and one the other.
            for edit in EDITS[int(restocks) :: 2]:
                yield _scenario(edit, name, (base, new), shifted, unseen)


def _scenario(edit: Edit, name: str, builds: tuple[Build, Build], shop: Shop, unseen: int) -> Scenario:
    base, new = builds
    ours = {**{one: base.files[one] for one in SOURCES}, **edit.beside}
    ours["harness.py"] = edit.make(ours["harness.py"])
    merges = {one: merge_source(base.files[one], ours[one], new.files[one]) for one in SOURCES}
    merged = {**edit.beside, **{one: merge.text for one, merge in merges.items()}}
    git = any(_git_conflicts(base.files[one], ours[one], new.files[one]) for one in SOURCES)
    ending, said = _ending(edit, (base.files, ours, new.files, merged), merges, (new, shop, unseen))
    distant = ending == "conflict" and not _same_statement(
        base.files["harness.py"], ours["harness.py"], new.files["harness.py"]
    )
    lines = _logic(base.files["harness.py"], new.files["harness.py"])
    return Scenario(edit=edit, shift=name, ending=ending, git=git, lines=lines, distant=distant, said=said)


def _logic(old: str, new: str) -> tuple[int, int]:
    """Count the lines of logic that went and that came."""
    found = [hunk for hunk in hunks(old, new) if hunk.label == "logic"]
    return sum(len(hunk.old) for hunk in found), sum(len(hunk.new) for hunk in found)


def _ending(
    edit: Edit,
    files: tuple[Files, Files, Files, Files],
    merges: Mapping[str, Merge],
    target: tuple[Build, Shop, int],
) -> tuple[Ending, str]:
    new, shop, unseen = target
    merged = files[-1]
    if any(merge.conflicts for merge in merges.values()):
        # What the person had stands in the text, in the conflict or around it.
        mine = _mine(merged["harness.py"])
        return ("conflict", "") if edit.kept(mine) else ("lost", mine)
    if not edit.kept(merged["harness.py"]):
        return "lost", merged["harness.py"]
    loaded = [load_source("take_back", one) for one in files]
    wrong = _wrong(loaded[-1], edit, shop, unseen)
    runs = [run for run in new.workload.runs if run.run_id in frozenset(new.program.runs)]
    base, ours, theirs, both = (try_on(one, runs, new.workload.tools) for one in loaded)
    lost = untrue(Sides(base=base, ours=ours, theirs=theirs, merged=both))
    if lost:
        return "flagged", f"{lost[0].what}{'; rightly: ' + wrong if wrong else ''}"
    return ("silent", wrong) if wrong else ("merged", "")


def _mine(text: str) -> str:
    """Take the person's side of every conflict."""
    kept, side = [], ""
    marks = {"<<<<<<<": "", "|||||||": "base", "=======": "theirs", ">>>>>>>": ""}
    for line in text.split("\n"):
        if line[:7] in marks:
            side = marks[line[:7]]
        elif not side:
            kept.append(line)
    return "\n".join(kept)


def _wrong(harness: Harness, edit: Edit, shop: Shop, unseen: int) -> str:
    """Return what a harness writes that it should not, or leaves out, on requests that no run shows."""
    reads = ("get_order", "get_user")
    for number in range(UNSEEN, UNSEEN + unseen):
        world = World(shop, number)
        made: list[Write] = []

        def call(
            name: str, arguments: dict[str, JSON], world: World = world, made: list[Write] = made
        ) -> JSON:
            if name not in reads:
                made.append((name, arguments))
            return world.call(name, arguments)

        result = harness.run(world.request, call=call, model=Yes())
        wanted = [
            write for one in world.truth() if one[0] not in reads and (write := edit.effect(one)) is not None
        ]
        if made != wanted and result.outcome != "deviated":
            return f"{made} for {wanted}"
        if result.outcome == "deviated":
            return f"deviates: {result.deviation}"
    return ""


def _git_conflicts(base: str, ours: str, theirs: str) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / name for name in ("ours", "base", "theirs")]
        for path, text in zip(paths, (ours, base, theirs), strict=True):
            path.write_text(text, encoding="utf-8")
        done = subprocess.run(["git", "merge-file", "-p", *map(str, paths)], capture_output=True, check=False)
    return done.returncode != 0


def _same_statement(base: str, ours: str, theirs: str) -> bool:
    """Return whether both sides changed one statement, or put something in at one place."""
    return not _touched(base, ours).isdisjoint(_touched(base, theirs))


def _touched(base: str, side: str) -> set[float]:
    """Return the lines of the base that a side changed, by whole statements; halves are between lines."""
    spans = [
        (node.lineno - 1, (node.end_lineno or node.lineno) - 1)
        for node in ast.walk(ast.parse(base))
        if isinstance(node, ast.stmt) and not hasattr(node, "body")
    ]
    found: set[float] = set()
    for hunk in hunks(base, side):
        if hunk.label != "logic":
            continue
        if not hunk.old:
            found.add(hunk.start - 0.5)
        for line in range(hunk.start, hunk.start + len(hunk.old)):
            found |= {line, line - 0.5, line + 0.5}
            found |= {
                float(one) for first, last in spans if first <= line <= last for one in range(first, last + 1)
            }
    return found


if __name__ == "__main__":
    raise SystemExit(main())
