"""lookups: the switches that give an argument by what stands beside it, with the questions that are left."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from compiler.ir.expr import Attr, Expr, FormatTime, ParseTime, Ref
from compiler.ir.program import Ask, Node, Question, Support, Switch, SwitchCase
from compiler.ir.run import JSON
from compiler.mine.binding import Form, Tabled, Unsettled
from compiler.mine.draft import Assembly, arrivals, support
from compiler.mine.sources import scalar_key
from compiler.mine.tabled import looked_up
from compiler.mine.trail import Trail
from compiler.mine.words import noun, phrase, question_name


def switched(state: Assembly, place: int, name: str, binding: Tabled, before: list[Node]) -> Expr:
    """The argument as the value of a switch; the switch, and one for its form, go to ``before``."""
    trails = arrivals(state, place + 1)
    seen = support(trails, trails)
    cases = [
        SwitchCase(values=(entry.key,), value=entry.value, support=_support(trails, entry.tasks, seen))
        for entry in binding.cases
    ]
    for group in binding.open:
        ask = _asked(state, name, binding, group, _support(trails, group.tasks, seen))
        _count(state, ask.question, trails, binding, group)
        cases.append(SwitchCase(values=group.keys, value=Ref(ask.id), ask=ask, support=ask.support))
    id_ = state.new_id("t")
    before.append(Switch(id=id_, on=binding.on, cases=tuple(cases), support=seen))
    if binding.form is None:
        return Ref(id_)
    written = state.new_id("t")
    before.append(_written(written, Ref(id_), binding.form, trails, seen))
    return Ref(written)


def _support(trails: Iterable[Trail], tasks: tuple[str, ...], seen: Support) -> Support:
    """Those of the runs that came here which a table's tasks are of."""
    runs = {t.episode.run.run_id for t in trails if t.episode.run.task in tasks}
    return Support(tasks=len(tasks), reached=seen.reached, runs=tuple(sorted(runs)))


def _asked(state: Assembly, name: str, binding: Tabled, group: Unsettled, seen: Support) -> Ask:
    """The question for the keys of a table that have no source."""
    base = binding.on.base if isinstance(binding.on, Attr) else binding.on
    assert isinstance(base, Ref)
    thing, subject = phrase(name), state.thing(base.id)
    if group.options is not None:
        assert isinstance(group.options, Attr)
        option = noun(group.options.key)
        question = Question(
            name=question_name("WHICH", option),
            kind="choose",
            text=f"Which {option} of this {subject} is right, given the request?",
            why=f"no rule explains which {option} the runs took",
            support=seen,
        )
    else:
        iso = " Write dates as YYYY-MM-DD." if binding.form is not None else ""
        question = Question(
            name=question_name("RIGHT", name),
            kind="compose",
            text=f"What is the right {thing} for this {subject}, given the request?{iso}",
            why=f"the {thing} that the runs gave stands nowhere in scope",
            support=seen,
        )
    return Ask(
        id=state.new_id("q"),
        question=state.ask(question),
        options=group.options,
        facts=(base.id,),
        support=seen,
    )


def _count(
    state: Assembly, question: str, trails: Iterable[Trail], binding: Tabled, group: Unsettled
) -> None:
    """Note how often each run would have been asked."""
    wanted = {scalar_key(key) for key in group.keys}
    asked = [t for t in trails if scalar_key(looked_up(binding.on, t.outer)) in wanted]
    state.count_asked(question, asked)


def _written(id_: str, value: Expr, form: Form, trails: list[Trail], seen: Support) -> Switch:
    """The value in the form that something beside it names."""
    cases = []
    by_format = sorted(form.cases, key=lambda case: (case[1] is not None, case[1] or ""))
    for format_, group in groupby(by_format, key=lambda case: case[1]):
        held = list(group)
        values: tuple[JSON, ...] = tuple(key for key, _, _ in held)
        tasks = tuple(sorted({task for _, _, some in held for task in some}))
        given = value if format_ is None else FormatTime(ParseTime(value), format_)
        cases.append(SwitchCase(values=values, value=given, support=_support(trails, tasks, seen)))
    return Switch(id=id_, on=form.on, cases=tuple(cases), support=seen)
