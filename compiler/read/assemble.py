"""Makes a ``Run`` of an episode: request, paired calls, answer, now, outcome."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import final

from compiler.ir.run import JSON, Run, Usage
from compiler.read.episode import About, Called, Episode, Event, Said, Unread, UnusableError
from compiler.read.jsontext import loads
from compiler.read.moment import now_of
from compiler.read.outcomes import succeeded
from compiler.read.pair import pair_calls


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Assembled:
    """A run, and what did not fit into it."""

    run: Run
    problems: tuple[str, ...]


def assemble(episode: Episode, *, run_id: str) -> Assembled:
    """Make the run. ``run_id`` counts only where the trace records none.

    The request is what the user said before the first call: the first message, and in a conversation the
    replies that the model waited for. A text that is one JSON object counts as that object. The answer is
    the last text of the model that stands without calls.

    Raises:
        UnusableError: There is no request.
    """
    events, about = episode.events, episode.about
    request = _request(events)
    paired = pair_calls(events)
    system = _system(events)
    run = Run(
        run_id=about.run_id or run_id,
        request=request,
        calls=paired.calls,
        task_id=about.task_id,
        now=now_of(system, about.started),
        success=succeeded(success=about.success, reward=about.reward),
        reward=about.reward,
        system=system,
        answer=_answer(events),
        agent=about.agent,
        usage=_usage(about, events),
    )
    unread = dict.fromkeys(event.what for event in events if isinstance(event, Unread))
    return Assembled(run=run, problems=(*unread, *paired.problems))


def _request(events: tuple[Event, ...]) -> str | dict[str, JSON]:
    """Give what the model acted on when it first called a tool: its own questions are left out."""
    first: str | dict[str, JSON] | None = None
    replies: list[str] = []
    answered = False
    for event in events:
        if isinstance(event, Called) and first is not None:
            break
        if not isinstance(event, Said) or event.role == "system":
            continue
        if event.role == "assistant":
            answered = True
        elif first is None:
            first = _structured(event.content) if isinstance(event.content, str) else event.content
            answered = False
        elif answered and isinstance(first, str) and isinstance(event.content, str):
            replies.append(event.content)
            answered = False
    if first is None:
        raise UnusableError("there is no user message, so the run has no request")
    return "\n\n".join((first, *replies)) if isinstance(first, str) else first


def _structured(text: str) -> str | dict[str, JSON]:
    if not text.lstrip().startswith("{"):
        return text
    try:
        value = loads(text)
    except ValueError:
        return text
    return value if isinstance(value, dict) else text


def _system(events: tuple[Event, ...]) -> str | None:
    """The system messages before the model first spoke, put together."""
    texts: list[str] = []
    for event in events:
        if isinstance(event, Called) or (isinstance(event, Said) and event.role == "assistant"):
            break
        if isinstance(event, Said) and event.role == "system" and isinstance(event.content, str):
            texts.append(event.content)
    return "\n\n".join(texts) if texts else None


def _answer(events: tuple[Event, ...]) -> str | None:
    for event in reversed(events):
        if isinstance(event, Said) and event.role == "assistant" and not event.with_calls and event.content:
            return str(event.content)
    return None


def _usage(about: About, events: tuple[Event, ...]) -> Usage:
    """Model calls as recorded, else the number of the model's turns."""
    if about.usage.model_calls is not None:
        return about.usage
    by_model = {
        event.turn
        for event in events
        if isinstance(event, Called) or (isinstance(event, Said) and event.role == "assistant")
    }
    return replace(about.usage, model_calls=len(by_model))
