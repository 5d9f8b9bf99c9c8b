# Compiled from the 6 runs in traces/checked_forms; evidence.json names them.
# Edit freely: `compile` never overwrites a harness that was edited.

"""Checked forms: write value."""

from compiler.runtime import Limits, Run, expect, first, harness, item, present, rows

from .tools import Tools


@harness(
    # 6/6 tasks; at most 3 tool calls and 1 question
    limits=Limits(tool_calls=5, questions=3),
)
def checked_forms(run: Run[Tools], _text: str) -> None:
    """Search tasks, then read value, then write value, as the request says.

    Raises:
        Deviation: The run leaves every path that the traces show.
    """
    tasks = run.tools.project_search_tasks()
    value = run.tools.store_read_value()
    task = first(tasks)
    run.tools.store_write_value(text=present(task.due), number=present(task.points))
    run.tools.store_write_value(text=expect(item(value, "name"), str), number=3)
    for row in rows(item(value, "rows")):
        # 6/6 tasks; 0 to 1 times
        run.tools.store_write_value(text=expect(row, str), number=1)
