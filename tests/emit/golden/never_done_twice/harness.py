# Compiled from the 6 runs in traces/never_done_twice; evidence.json names them.
# Edit freely: `compile` never overwrites a harness that was edited.

"""Never done twice: start job, then send report."""

from compiler.runtime import Limits, Patterns, Run, harness, present

from .tools import Request, Tools

# The request as the traces put it.
PATTERNS = Patterns("Run {name:word}")


@harness(
    # 6/6 tasks; at most 4 tool calls and 2 questions
    limits=Limits(tool_calls=6, questions=4),
)
def never_done_twice(run: Run[Tools], text: str) -> None:
    """Start job, then get job, then send report, as the request says.

    Raises:
        Deviation: The run leaves every path that the traces show.
    """
    request = run.parse(text, PATTERNS, Request)
    job = run.tools.jobs_start_job(name=request.name)
    job_details = run.tools.jobs_get_job(job_id=job.job_id)
    if job_details.state != "ready":
        # 4/6 tasks
        return

    run.tools.jobs_send_report(url=present(job_details.url))
