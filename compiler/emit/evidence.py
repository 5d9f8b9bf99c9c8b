"""Evidence comments and deviations: the two ways in which emitted code speaks of the traces."""

from __future__ import annotations

from compiler.emit.names import VERBS, tool_phrase
from compiler.emit.types import RUNTIME
from compiler.ir import plan
from compiler.ir.program import Block, CallEither, CallTool, HandOver, Node, Support
from compiler.ir.words import nodes_of


def counted(support: Support, note: str = "") -> plan.Remark:
    """Return ``# taken/reached tasks; note``."""
    return plan.Remark(f"{support.tasks}/{support.reached} tasks{f'; {note}' if note else ''}")


def never(support: Support) -> plan.Remark:
    """Return the remark of a way that no task took."""
    return plan.Remark(f"0/{support.reached} tasks")


def with_margin(most: int) -> int:
    """Return a limit half as high again as the most that any run did, and higher by two at least."""
    return max(most + 2, -(-most * 3 // 2))


def deviation(*parts: str | plan.Fill) -> plan.Raise:
    """Return the statement that leaves the known paths, saying why."""
    filled = any(isinstance(part, plan.Fill) for part in parts)
    message = (
        plan.Text(parts)
        if filled
        else plan.Scalar("".join(part for part in parts if isinstance(part, str)), 62)
    )
    return plan.Raise(plan.Invoke(plan.Imported("Deviation", RUNTIME), (message,)))


def hand_over(node: HandOver) -> tuple[plan.Statement, ...]:
    """Return the statement that leaves the rest to the agent, below what the traces say of it."""
    support = node.support
    runs = f"{node.runs} run" if node.runs == 1 else f"{node.runs} runs"
    share = (
        f"{node.made} of the {node.calls} calls of {runs} lie before this line ({node.made / node.calls:.0%})"
    )
    method = plan.Member(plan.Name("run"), "hand_over")
    return (
        plan.Remark(f"{support.tasks}/{support.reached} tasks make all of these calls;"),
        plan.Remark(f"{share}."),
        plan.Do(plan.Invoke(method, (plan.Scalar(node.reason, 62),)), leaves=True),
    )


def calls(block: Block) -> tuple[CallTool, ...]:
    """Return every call of a block and of the blocks in it, in the order of the program."""
    return tuple(call for node in nodes_of(block) for call in _calls_of(node))


def _calls_of(node: Node) -> tuple[CallTool, ...]:
    match node:
        case CallTool():
            return (node,)
        case CallEither(options=options):
            return tuple(option.call for option in options)
        case _:
            return ()


def _deed(call: CallTool) -> str:
    phrase = tool_phrase(call.tool)
    return f"get {phrase}" if call.effect == "read" and phrase.partition(" ")[0] not in VERBS else phrase


def deeds(block: Block) -> tuple[str, ...]:
    """Return what a block does, in words: its writes, or its reads where it writes nothing."""
    writes = [call for call in calls(block) if call.effect == "write"]
    return tuple(dict.fromkeys(map(_deed, writes))) if writes else steps(block)


def steps(block: Block) -> tuple[str, ...]:
    """Return every kind of call that a block makes, in words."""
    return tuple(dict.fromkeys(deed for node in nodes_of(block) if (deed := _deed_of(node))))


def _deed_of(node: Node) -> str:
    """Say what a node calls; of several calls, what they share is said once: find by name or by id."""
    phrases = [_deed(call).split() for call in _calls_of(node)]
    if not phrases:
        return ""
    shared = 0
    while len(phrases) > 1 and len({tuple(words[: shared + 1]) for words in phrases}) == 1:
        shared += 1
    first, *others = phrases
    return " or ".join([" ".join(first), *(" ".join(words[shared:]) for words in others)])


def listed(phrases: tuple[str, ...], limit: int = 3, joint: str = ", then ") -> str:
    """Return phrases as one: ``search events, then delete event``."""
    shown = phrases[:limit] if len(phrases) <= limit else (*phrases[:limit], "more")
    return joint.join(shown)
