# Compiled from the 6 runs in traces/repair_or_stop; evidence.json names them.
# Do not edit: the next `compile` writes this file anew from the tools and the traces.

"""The tools that the harness calls, and the records that they answer."""

from typing import Protocol

from compiler.runtime import Record, tool
from pydantic import Field


class JobsJob(Record):
    """Jobs job, as the tools answer it."""

    job_id: str


class JobsJobDetails(Record):
    """Jobs job details, as the tools answer it."""

    job_id: str
    state: str
    url: str | None = None


class Request(Record):
    """What the request names."""

    name: str = Field(description="Fills name of jobs.start_job; for example x")


class Tools(Protocol):
    """The tools that the harness calls."""

    @tool("jobs.start_job", effect="write")
    def jobs_start_job(self, *, name: str) -> JobsJob:
        """Start job."""
        ...

    @tool("jobs.get_job", effect="read")
    def jobs_get_job(self, *, job_id: str) -> JobsJobDetails:
        """Get job."""
        ...

    @tool("jobs.send_report", effect="write")
    def jobs_send_report(self, *, url: str) -> str:
        """Send report."""
        ...
