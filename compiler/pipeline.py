"""The passes, one line each: a workload in, a proven harness out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

from compiler.emit import behaviour, emit_harness, emit_plans, lower_program
from compiler.emit.emit import formatted
from compiler.emit.folder import harness_folder
from compiler.errors import Declined, InternalError
from compiler.evolve.questions import keep_questions
from compiler.evolve.steady import steady
from compiler.ir.check import check_program
from compiler.ir.program import Program
from compiler.ir.run import JSON, Run, Workload
from compiler.ir.words import hand_over_of, repeated_questions
from compiler.mine import mine, mine_opening
from compiler.mine.clean import mark_refusals
from compiler.present.flow import flow_graph
from compiler.prove.replay import leave_one_out, replay
from compiler.prove.report import SOUND, ReplayReport
from compiler.prove.scoring import score
from compiler.prove.usual import usual
from compiler.runtime import UNEXPECTED, Harness, load_source


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """One compiled workload: the program, its files, and what replaying them showed.

    ``train`` replays the runs that the program was learnt from; ``held_out`` leaves each task out in turn
    (None where that was not asked for).
    """

    workload: Workload
    program: Program
    files: dict[str, str]
    train: ReplayReport
    held_out: ReplayReport | None


MIN_PROVED = 2
"""Tasks that a harness must be seen to redo; others may need calls that its own runs never recorded."""


def build(
    workload: Workload, *, prove: bool = True, prior: Mapping[str, str] | None = None, jobs: int = 1
) -> Build:
    """Compile one workload, and prove the harness on the workload's own runs.

    ``prior`` are the sources that were generated before: names and order stay as they are there. With
    ``jobs`` up to that many processes prove a large one, started anew: not for a script without a guard
    around what it does.

    Raises:
        Declined: The runs do not carry a program, or the program failed its proof; nothing is written then.
    """
    # A call that the tool refused changed nothing, whatever the trace's format says about it.
    workload = mark_refusals(workload)
    # What the tasks have in common: calls, loops, branches, and where every value comes from.
    program = mine(workload)
    try:
        return _proved(workload, program, prior, Drafts() if prove else None, jobs)
    except Declined as declined:
        # What fails as a whole may still begin in a way that holds: that part only reads.
        try:
            opening = None if hand_over_of(program) is not None else mine_opening(workload)
            if opening is not None:
                return _proved(workload, opening, prior, Drafts(opening=True) if prove else None, jobs)
        except Declined:
            pass
        raise declined


def _proved(
    workload: Workload, program: Program, prior: Mapping[str, str] | None, drafts: Drafts | None, jobs: int
) -> Build:
    """Emit a program and prove it; ``drafts`` makes a harness for each task left out.

    Raises:
        Declined: It failed its proof.
    """
    if prior is not None:
        program = keep_questions(program, prior["harness.py"])
    check_program(program)
    # From here on: Python.
    files = emit_harness(program, source_label=workload.name)
    if prior is not None:
        files["harness.py"] = formatted(steady(prior["harness.py"], files["harness.py"]))
    # A harness that fails its own runs is not written.
    learnt = tuple(run for run in workload.runs if run.run_id in frozenset(program.runs))
    harness = load_source(program.name, files)
    train = replay(harness, learnt, tools=workload.tools, every_run=True)
    _refuse_failed(train)
    _refuse_unproved(train, workload, learnt)
    # What it does on tasks that it was not learnt from.
    damaged = frozenset(program.damaged)
    held_out = (
        leave_one_out(workload, drafts.harness, damaged=damaged, jobs=jobs) if drafts is not None else None
    )
    if held_out is not None:
        _refuse_silent(held_out)
    answers, measured = _recorded_answers(program, train), _measured(program, workload, train, held_out)
    # What later runs are watched against.
    questions = (question.name for question in program.questions)
    measured |= usual(harness, workload.runs, train, held_out, questions)
    files = harness_folder(program, files, answers=answers, sources=workload.runs, measured=measured)
    return Build(workload=workload, program=program, files=files, train=train, held_out=held_out)


def draft(workload: Workload) -> Harness:
    """Compile one workload for a trial: unproved, unformatted, never written."""
    return Drafts().harness(mark_refusals(workload))


DRAFTS_KEPT = 8
"""Harnesses that are kept for the folds to come, those that were used last: all of them would fill memory."""


@final
class Drafts:
    """Harnesses for trials: unproved, unformatted, never written. Those that would behave alike are one."""

    def __init__(self, *, opening: bool = False) -> None:
        """Compile how the runs begin, where that is asked for, else the whole job."""
        self._opening = opening
        self._known: dict[str, Harness] = {}

    def __getstate__(self) -> dict[str, object]:
        # Harnesses stay in the process that loaded them.
        return {"_opening": self._opening, "_known": {}}

    def harness(self, workload: Workload) -> Harness:
        """Compile one workload, unproved and unformatted.

        Raises:
            Declined: The runs do not carry a program.
        """
        program = mine_opening(workload) if self._opening else mine(workload)
        plans = lower_program(program, workload.name)
        key = behaviour(plans)
        found = self._known.pop(key, None)
        if found is None:
            found = load_source(program.name, emit_plans(plans, format=False))
        self._known[key] = found
        if len(self._known) > DRAFTS_KEPT:
            del self._known[next(iter(self._known))]
        return found


def _refuse_failed(train: ReplayReport) -> None:
    """Decline where a harness does not do what the runs did that it was learnt from."""
    failed = [task for task in train.tasks if task.verdict in ("wrong", "deviated")]
    broken = [task for task in failed if task.why.startswith(UNEXPECTED)]
    if broken:
        raise InternalError(f"the harness breaks on task {broken[0].task}: {broken[0].why}")
    if failed:
        raise Declined(
            tuple(
                f"the harness fails task {task.task}, which it was learnt from: {task.why}"
                for task in failed[:3]
            )
        )


def _refuse_unproved(train: ReplayReport, workload: Workload, learnt: tuple[Run, ...]) -> None:
    """Decline where a harness is not seen to redo enough of the tasks that it was learnt from."""
    right = sum(task.verdict in SOUND for task in train.tasks)
    changes = {tool.name for tool in workload.tools if tool.effect == "write"}
    wrote = {run.task for run in learnt if any(call.tool in changes for call in run.calls)}
    # Where one task alone shows what there is to show, no other can be redone.
    alone = len(wrote) == 1 or len({run.task for run in learnt}) == 1
    if right < (1 if alone else MIN_PROVED):
        raise Declined((f"the harness redoes {right} of the {len(train.tasks)} tasks it was learnt from",))


def _refuse_silent(held_out: ReplayReport) -> None:
    """Decline where a harness did something wrong without asking, on a task left out of its own making."""
    silent = [task for task in held_out.tasks if task.silent]
    if silent:
        raise Declined(
            tuple(
                f"compiled without task {task.task}, the harness acts wrongly on it unasked: {task.why}"
                for task in silent[:3]
            )
        )


def _measured(
    program: Program, workload: Workload, train: ReplayReport, held_out: ReplayReport | None
) -> dict[str, JSON]:
    """What a report says beyond the program: its picture, the proof, and the cost before and after."""
    return {
        "flow": flow_graph(program).to_json(),
        "replay": train.to_json(),
        "prompts": dict(train.prompts()),
        "held_out": None if held_out is None else held_out.to_json(),
        "score": score(held_out or train, workload.runs).to_json(),
    }


def _recorded_answers(program: Program, train: ReplayReport) -> dict[str, dict[str, JSON]]:
    """Question -> run -> the answer with which the harness does what that run did; in a loop, all answers."""
    repeated = repeated_questions(program.body)
    return {
        question: {run: [*given] if question in repeated else given[-1] for run, given in runs.items()}
        for question, runs in train.answers().items()
    }
