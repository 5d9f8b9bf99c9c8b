# Compiled from the 6 runs in traces/repair_or_stop; evidence.json names them.
# Edit freely: `compile` never overwrites a harness that was edited.

"""Repair or stop: start job, then send report."""

from compiler.runtime import (
    Answer3,
    Deviation,
    Limits,
    Patterns,
    Question,
    Run,
    harness,
    present,
)

from .tools import Request, Tools

# The request as the traces put it.
PATTERNS = Patterns("Run {name:word}")

GO_ON = Question("Is the job to be started again?")


@harness(
    # 6/6 tasks; at most 4 tool calls and 2 questions
    limits=Limits(tool_calls=6, questions=4),
)
def repair_or_stop(run: Run[Tools], text: str) -> None:
    """Start job, then get job, then send report, as the request says.

    Raises:
        Deviation: The run leaves every path that the traces show.
    """
    request = run.parse(text, PATTERNS, Request)
    job = run.tools.jobs_start_job(name=request.name)
    job_details = run.tools.jobs_get_job(job_id=job.job_id)
    if job_details.state != "ready":
        # 4/6 tasks
        with run.scope("job_details", job_details) as here:
            go_on = here.classify(GO_ON, Answer3)

        if go_on is Answer3.NEITHER:
            # 0/6 tasks
            raise Deviation("the model finds that neither answer fits")
        if go_on is Answer3.NO:
            # 1/6 tasks
            return

        run.tools.jobs_start_job(name=job.job_id)
        job_details = run.tools.jobs_get_job(job_id=job.job_id)
        if job_details.state != "ready":
            # 0/6 tasks
            raise Deviation("jobs.get_job is still not done after 1 repair")

    run.tools.jobs_send_report(url=present(job_details.url))
