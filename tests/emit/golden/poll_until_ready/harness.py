# Compiled from the 6 runs in traces/poll_until_ready; evidence.json names them.
# Edit freely: `compile` never overwrites a harness that was edited.

"""Poll until ready: start job, then send report."""

from compiler.runtime import Deviation, Limits, Patterns, Run, harness, present

from .tools import Request, Tools

# The request as the traces put it.
PATTERNS = Patterns("Run {name:word}")


@harness(
    # 6/6 tasks; at most 4 tool calls and 2 questions
    limits=Limits(tool_calls=6, questions=4),
)
def poll_until_ready(run: Run[Tools], text: str) -> None:
    """Start job, then get job, then send report, as the request says.

    Raises:
        Deviation: The run leaves every path that the traces show.
    """
    request = run.parse(text, PATTERNS, Request)
    job = run.tools.jobs_start_job(name=request.name)
    job_details = run.tools.jobs_get_job(job_id=job.job_id)
    for _ in range(3):
        # 4/6 tasks; 3 times at most
        if job_details.state == "ready":
            break

        job_details = run.tools.jobs_get_job(job_id=job.job_id)

    if job_details.state != "ready":
        # 0/6 tasks
        raise Deviation("jobs.get_job is still not done after 4 calls")

    run.tools.jobs_send_report(url=present(job_details.url))
