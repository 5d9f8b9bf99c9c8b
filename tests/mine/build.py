"""Small workloads of an invented shop: its tickets, orders and parcels, and the tools that move them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from compiler.ir.check import check_program
from compiler.ir.expr import Expr
from compiler.ir.program import Block, CallTool, Node, Program, Question
from compiler.ir.program import Field as RequestField
from compiler.ir.run import JSON, Call, Effect, Run, ToolSchema, Workload
from compiler.ir.words import nodes_of
from compiler.mine import mine
from compiler.mine.bind import bind
from compiler.mine.binding import Binding
from compiler.mine.clean import Episode, clean_runs, mark_refusals, without_last_looks
from compiler.mine.route import candidate_routes
from compiler.mine.sighting import sightings
from compiler.mine.trail import Route

NOW = datetime(2031, 3, 12, 9, 0)
"""A Wednesday: what the runs take for now."""


def tool(name: str, effect: Effect, *arguments: str) -> ToolSchema:
    """Describe a tool by the names of its arguments."""
    parameters: dict[str, JSON] = {
        "type": "object",
        "properties": {argument: {"type": "string"} for argument in arguments},
    }
    return ToolSchema(name=name, description=f"{name}.", parameters=parameters, effect=effect)


TOOLS = (
    tool("tickets.find", "read", "query"),
    tool("tickets.get", "read", "ticket_id"),
    tool("tickets.close", "write", "ticket_id"),
    tool("tickets.assign", "write", "ticket_id", "owner"),
    tool("tickets.add", "write", "title", "text", "team", "day"),
    tool("orders.find", "read", "customer"),
    tool("orders.get", "read", "order_id"),
    tool("orders.cancel", "write", "order_id"),
    tool("orders.refund", "write", "order_id", "amount"),
    tool("parcels.find", "read", "order_id"),
    tool("parcels.send", "write", "order_id", "when"),
    tool("people.find", "read", "name"),
    tool("stats.opened_tickets", "read", "since", "until"),
    tool("stats.closed_tickets", "read", "since", "until"),
)
DONE = "Done."


def call(name: str, result: JSON = DONE, /, **arguments: JSON) -> Call:
    """Make a call that was answered; what it was given goes by name."""
    return Call(tool=name, arguments=arguments, result=result, decode="json")


def failed(name: str, message: str = "boom", /, **arguments: JSON) -> Call:
    """Make a call that raised."""
    return Call(tool=name, arguments=arguments, result=message, status="error")


def run(request: str | dict[str, JSON], *calls: Call, task: str | None = None, name: str = "") -> Run:
    """Make a successful run; a task of its own unless it is given one."""
    label = name or (task if task is not None else f"run of {request}")
    return Run(run_id=label, request=request, calls=calls, task_id=task, now=NOW, success=True)


def workload(*runs: Run, tools: tuple[ToolSchema, ...] = TOOLS) -> Workload:
    """Put runs together as one workload."""
    return Workload(name="shop", runs=runs, tools=tools)


def mined(*runs: Run, tools: tuple[ToolSchema, ...] = TOOLS) -> Program:
    """Infer a program as the pipeline does, and see that it keeps the invariants of programs."""
    program = mine(mark_refusals(workload(*runs, tools=tools)))
    check_program(program)
    return program


def cleaned(*runs: Run, tools: tuple[ToolSchema, ...] = TOOLS) -> tuple[Episode, ...]:
    """Clean runs as the pipeline does."""
    marked = mark_refusals(workload(*runs, tools=tools))
    return tuple(map(without_last_looks, clean_runs(marked.runs, marked.tools)))


def steps(*calls: Call) -> list[str]:
    """Name the calls that cleaning keeps of one run."""
    (episode,) = cleaned(run("Do it", *calls))
    return [step.tool for step in episode.steps]


def routes(*runs: Run) -> list[Route]:
    """Find the routes of some runs, the best supported first."""
    return candidate_routes(cleaned(*runs))


def binding(argument: str, *runs: Run, place: int = -1) -> Binding:
    """Bind one argument of the call at a place of the best supported route, by itself."""
    route = routes(*runs)[0]
    return bind(sightings(route, (route.roles[place].id, argument)))


def walk(block: Block) -> Iterator[Node]:
    """Every node of a program, in order, with those inside others."""
    return nodes_of(block)


def shape(program: Program) -> list[str]:
    """Name the kinds of the nodes, in order, a call by its tool."""
    return [node.tool if isinstance(node, CallTool) else type(node).__name__ for node in walk(program.body)]


def the_call(program: Program, tool_name: str) -> CallTool:
    """Give the only call of a tool."""
    (found,) = (node for node in walk(program.body) if isinstance(node, CallTool) and node.tool == tool_name)
    return found


def argument(program: Program, tool_name: str, name: str) -> Expr:
    """Give the expression of an argument."""
    return dict(the_call(program, tool_name).arguments)[name]


def question(program: Program, name: str) -> Question:
    """Give a question by its name."""
    (found,) = (one for one in program.questions if one.name == name)
    return found


def field(program: Program, name: str) -> RequestField:
    """Give a field of the request by its name."""
    (found,) = (one for one in program.request.fields if one.name == name)
    return found


def patterns(program: Program) -> list[str]:
    """Show the wordings of the request, slots in braces."""
    return [
        "".join(part if isinstance(part, str) else f"{{{part.field}}}" for part in pattern.parts)
        for pattern in program.request.patterns
    ]


def unsolved(one: Run) -> Run:
    """The same run, judged a failure."""
    return replace(one, success=False)
