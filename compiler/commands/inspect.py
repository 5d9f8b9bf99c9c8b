"""Say what traces hold, and what compiling them would give."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from itertools import groupby
from typing import cast

from compiler.commands.build import Built, build_all, said_of_damage
from compiler.commands.options import Sources
from compiler.commands.sources import read_sources
from compiler.ir.run import JSON, Run, Workload
from compiler.ir.words import hand_over_of
from compiler.present.inspection import InspectView, ToolRow, WorkloadRow
from compiler.present.render import render
from compiler.present.verdicts import CostRow, cost_rows, verdict_words
from compiler.prove.report import ReplayReport
from compiler.prove.scoring import score


def inspect_workloads(sources: Sources) -> tuple[str, dict[str, JSON]]:
    """Describe every workload; the text for a person, and the value for a machine."""
    workloads = read_sources(sources)
    view = InspectView(workloads=tuple(_row(built) for built in build_all(workloads, verb="inspecting")))
    return render("inspect.txt", view), cast(dict[str, JSON], asdict(view))


def _row(built: Built) -> WorkloadRow:
    workload = built.workload
    good = tuple(run for run in workload.runs if run.success is not False)
    variants = Counter(_sequence(run) for run in good if run.calls)
    # The first of the most frequent, in order of the words: the same line for runs in any order.
    usual = min(variants, key=lambda words: (-variants[words], words), default="")
    build = built.build
    return WorkloadRow(
        name=workload.name,
        files=tuple(sorted({run.path for run in workload.runs})),
        formats=tuple(sorted(Counter(run.format for run in workload.runs if run.format).items())),
        runs=len(workload.runs),
        succeeded=sum(run.success is True for run in workload.runs),
        unjudged=sum(run.success is None for run in workload.runs),
        tasks=len({run.task for run in workload.runs}),
        tools=_tools(workload),
        usual=usual,
        usual_runs=variants[usual],
        ways=len(variants),
        good_runs=len(good),
        status=built.status,
        reasons=built.reasons or ((built.fault,) if built.fault else ()),
        questions=tuple(question.name for question in build.program.questions) if build is not None else (),
        replayed=_verdicts(build.train if build is not None else None),
        held_out=_verdicts(build.held_out if build is not None else None),
        costs=_costs(built),
        costs_on="held out" if build is not None and build.held_out is not None else "on its own runs",
        hands_over=_hands_over(built),
        measures=None if built.measures is None else built.measures.to_json(),
        measured="" if built.measures is None else built.measures.words(),
        notes=(*map(str, workload.notes), *said_of_damage(built)),
    )


def _hands_over(built: Built) -> str:
    """Say where the agent takes over, if what compiles is an opening only."""
    end = None if built.build is None else hand_over_of(built.build.program)
    if end is None:
        return ""
    share = f"{end.made} of the {end.calls} calls of {end.runs} runs ({end.made / end.calls:.0%})"
    return f"reads ahead and hands over to the agent, after {share}"


def _verdicts(report: ReplayReport | None) -> str:
    return "" if report is None else verdict_words(report.counts.items())


def _sequence(run: Run) -> str:
    """The tools that a run calls, in order, a tool that is called again and again only once."""
    return ", ".join(tool for tool, _ in groupby(call.tool for call in run.calls))


def _tools(workload: Workload) -> tuple[ToolRow, ...]:
    """The tools that the runs call, by name."""
    calls = Counter(call.tool for run in workload.runs for call in run.calls)
    effects = {tool.name: tool.effect for tool in workload.tools}
    return tuple(
        ToolRow(name=name, effect=effects.get(name, "write"), calls=calls[name]) for name in sorted(calls)
    )


def _costs(built: Built) -> tuple[CostRow, ...]:
    """What the recorded runs cost, and what a harness would: on tasks left out, where there are any."""
    if built.build is None:
        return ()
    report = built.build.held_out or built.build.train
    return cost_rows(score(report, built.workload.runs).to_json())
