# Compiled from the 6 runs in traces/reassign_tasks; evidence.json names them.
# Edit freely: `compile` never overwrites a harness that was edited.

"""Reassign tasks: update task."""

from compiler.runtime import Limits, Question, Run, harness

from .tools import Request, Tools

OPEN_TASKS = Question("Which of these tasks are still open?")


@harness(
    # 6/6 tasks; at most 3 tool calls and 1 question
    limits=Limits(tool_calls=5, questions=3),
)
def reassign_tasks(run: Run[Tools], request: Request) -> None:
    """Search tasks, then update task, as the request says.

    Raises:
        Deviation: The run leaves every path that the traces show.
    """
    tasks = run.tools.project_search_tasks(
        assignee=request.people.from_, board=request.board
    )
    for task in run.select(OPEN_TASKS, tasks):
        # 5/6 tasks; 0 to 4 times
        run.tools.project_update_task(
            task_id=task.task_id, field="assignee", new_value=request.people.to
        )
