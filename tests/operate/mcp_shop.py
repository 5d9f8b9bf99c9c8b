"""A shop as an MCP server, in this process or, run as a script, on stdio."""

from __future__ import annotations

from typing import Any

from mcp.server.mcpserver import MCPServer
from mcp.types import ToolAnnotations

PRICES = {"pen": 2, "car": 9000, "lamp": 60}


def shop() -> MCPServer[Any]:
    server: MCPServer[Any] = MCPServer("shop")

    @server.tool("shop.price", annotations=ToolAnnotations(read_only_hint=True))
    def price(name: str) -> int:
        """Say what something costs."""
        return PRICES[name]

    @server.tool("shop.buy", structured_output=False)
    def buy(name: str) -> str:
        """Buy something."""
        return f"receipt for {name}"

    @server.tool("shop.stock")
    def stock() -> dict[str, int]:
        """Say what there is."""
        return PRICES

    return server


if __name__ == "__main__":
    shop().run("stdio")
