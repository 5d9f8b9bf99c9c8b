# Compiled from the 6 runs in traces/hostile; evidence.json names them.
# Edit freely: `compile` never overwrites a harness that was edited.
# ruff: noqa: E501

"""Class: b c, then enorme."""

from compiler.runtime import Deviation, Limits, Run, harness

from .tools import Tools


@harness(
    # 6/6 tasks; at most 3 tool calls and 1 question
    limits=Limits(tool_calls=5, questions=3),
)
def class_(run: Run[Tools], _text: str) -> None:
    """Get class, then b c, then enorme, as the request says.

    Raises:
        Deviation: The run leaves every path that the traces show.
    """
    classes = run.tools.class_(
        from_='x"""\nimport os  # type: ignore\u202e\ud800 {run} \\',
        x_import_os_type_ignore_run="aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaa",
        self_2=(1.5, float("nan"), None),
    )
    if isinstance(classes, str):
        if classes == ('x"""\nimport os  # type: ' "ignore\u202e\ud800 {run} \\"):
            # 1/6 tasks
            return

        # 0/6 tasks
        raise Deviation(f"class answers {classes!r}")

    for class_2 in classes:
        # 5/6 tasks; 0 to 2 times
        run.tools.a_b_c(import_=class_2.x_import_os_type_ignore_run)
        run.tools.enorme(
            run=f'x"""\nimport os  # type: ignore\u202e\ud800 {{run}} \\{class_2.json_}}}'
        )
        run.tools.a_b_c_2(events=class_2.dict_)
