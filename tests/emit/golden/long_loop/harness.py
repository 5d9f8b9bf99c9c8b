# Compiled from the 6 runs in traces/long_loop; evidence.json names them.
# Edit freely: `compile` never overwrites a harness that was edited.

"""Long loop: update task."""

from enum import Enum

from compiler.runtime import Deviation, Limits, Patterns, Question, Run, harness

from .tools import ProjectTask, Request, Tools

# The request as the traces put it.
PATTERNS = Patterns("Update {who:phrase}")

DUE = Question("What about due?")


class Due(Enum):
    """The answers to DUE."""

    LATE = "late"
    IN_TIME = "in time"
    DONE = "done"
    NEITHER = "neither"


@harness(
    # 6/6 tasks; at most 31 tool calls and 3 questions
    limits=Limits(tool_calls=47, questions=5),
)
def long_loop(run: Run[Tools], text: str) -> None:
    """Search tasks, then update task, as the request says.

    Raises:
        Deviation: The run leaves every path that the traces show.
    """
    request = run.parse(text, PATTERNS, Request)
    for task in run.tools.project_search_tasks(assignee=request.who):
        # 6/6 tasks; 1 to 3 times
        done = handle_task(run, task)
        if done:
            return


def handle_task(run: Run[Tools], task: ProjectTask) -> bool:
    """Do for one task what the traces show: update task.

    Returns whether the run is done.
    """
    with run.scope("task", task) as here:
        due = here.classify(DUE, Due)

    if due is Due.NEITHER:
        # 0/6 tasks
        raise Deviation("the model finds that no answer fits")
    if due is Due.IN_TIME:
        # 1/6 tasks
        run.tools.project_update_task(
            task_id=task.task_id, field="field_5", new_value=task.name
        )
        return True
    if due is Due.LATE:
        # 3/6 tasks
        done = update_task(run, task)
        if done:
            return True
    elif due is Due.DONE:
        # 2/6 tasks
        run.tools.project_update_task(
            task_id=task.task_id, field="field_6", new_value=task.name
        )
        run.tools.project_update_task(
            task_id=task.task_id, field="field_7", new_value=task.name
        )

    return False


def update_task(run: Run[Tools], task: ProjectTask) -> bool:
    """Update task.

    Returns whether the run is done.
    """
    run.tools.project_update_task(
        task_id=task.task_id, field="field_0", new_value=task.name
    )
    run.tools.project_update_task(
        task_id=task.task_id, field="field_1", new_value=task.name
    )
    run.tools.project_update_task(
        task_id=task.task_id, field="field_2", new_value=task.name
    )
    run.tools.project_update_task(
        task_id=task.task_id, field="field_3", new_value=task.name
    )
    for tag in task.tags:
        # 3/6 tasks; 0 to 2 times
        done = handle_tag(run, task, tag)
        if done:
            return True

    return False


def handle_tag(run: Run[Tools], task: ProjectTask, tag: str) -> bool:
    """Do for one tag what the traces show: update task.

    Returns whether the run is done.
    """
    if tag == "c":
        # 1/6 tasks
        return True
    if tag == "a":
        # 2/6 tasks
        run.tools.project_update_task(
            task_id=task.task_id, field="field_8", new_value=task.name
        )
    elif tag == "b":
        # 1/6 tasks
        run.tools.project_update_task(
            task_id=task.task_id, field="field_9", new_value=task.name
        )
    else:
        # 0/6 tasks
        raise Deviation("a tag that no run shows")

    return False
