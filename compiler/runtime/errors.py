"""How a run of a harness may end early, and why a harness may not load.

Stopped                an early end that the traces show
Deviation              the run left every path that the traces show
├── LimitReached       it was about to do more than any recorded run did
├── ToolFailed         a tool raised, or gave what does not fit its record
├── Unanswered         a question has no answer within its bounds
├── NotApproved        it was about to make a write that no reviewer has approved
└── WriteInDoubt       a process died while it made a write, and nobody knows whether it was made
HandedOver             the harness gives the rest of the work to the agent
Replayed               a tool that fails as it was recorded to
AlreadyIssued          an agent was about to repeat a write of the run that it took over
LoadError              a folder or a text that is no harness

A harness raises the first two. The runtime turns these and the third into the outcome of the run; the
fourth is for the agent, the last for whoever loads.
"""

from __future__ import annotations


class Stopped(Exception):  # noqa: N818 - an end, not an error
    """An early end that the traces show."""


class Deviation(Exception):  # noqa: N818 - the project's word for it
    """The run left every path that the traces show.

    ``where`` is filled in by the harness that catches it: the scopes around the place, outermost first,
    then the source line. ``nearest`` is the nearest known path, where there is one to name.
    """

    def __init__(self, message: str, *, nearest: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.nearest = nearest
        self.where: tuple[str, ...] = ()


class LimitReached(Deviation):
    """The run was about to do more than its declaration allows."""


class ToolFailed(Deviation):
    """A tool raised, or its result does not fit the type that tools.py declares."""


class Unanswered(Deviation):
    """A question was not answered within its bounds, or there is no model to ask."""


class NotApproved(Deviation):
    """A write is not among those that the lock of the harness says are approved: it was not issued.

    No agent takes over: it could only look for a way around.
    """


class WriteInDoubt(Deviation):
    """A write was issued by a process that died before its result was recorded: a person has to look.

    It is never issued again, and no agent takes over.
    """


class HandedOver(Exception):  # noqa: N818 - an end, not an error
    """The harness gives the rest of the work to the agent."""


class Replayed(Exception):  # noqa: N818 - what kind of failure it is
    """A tool fails as it was recorded to: it is tried again as any other, with nothing to wait for."""


class AlreadyIssued(Exception):  # noqa: N818 - a refusal, for the agent to read
    """An agent was about to repeat a write of the run that it took over."""


class LoadError(Exception):
    """A folder or a text is no harness; one line says why."""


def in_short(error: BaseException, limit: int = 200) -> str:
    """Put an exception on one bounded line, as the text may come from a tool."""
    text = " ".join(str(error).split())
    name = type(error).__name__
    return f"{name}: {text[:limit]}" if text else name
