"""An invented shop whose agent takes orders back, in the ways in which such a job may shift."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final, final

from compiler.ir.run import JSON, Call, Run, ToolSchema, Workload

TEXT: Final[dict[str, JSON]] = {"type": "string"}
NUMBER: Final[dict[str, JSON]] = {"type": "integer"}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """How the job is done; what is left out of the defaults is a shift."""

    seed: int = 0
    runs: int = 40
    restocks: bool = False
    statuses: tuple[str, ...] = ("delivered", "pending")
    lost: bool = False
    refused: bool = False
    notifies: bool = True
    logs: bool = False
    reason: str = "returned"
    wallet: bool = False
    status: str = "status"
    withdraws: frozenset[str] = frozenset(("pending",))
    audit: bool = False


SHIFTS: Final[Mapping[str, Callable[[Shop], Shop]]] = {
    "more runs": lambda shop: replace(shop, runs=shop.runs * 11 // 10),
    "fewer runs": lambda shop: replace(shop, runs=shop.runs * 3 // 4),
    "a new arm": lambda shop: replace(shop, statuses=(*shop.statuses, "lost"), lost=True),
    "a guard wider": lambda shop: replace(
        shop, statuses=(*shop.statuses, "packed"), withdraws=shop.withdraws | {"packed"}
    ),
    "a step at the end": lambda shop: replace(shop, logs=True),
    "a step gone": lambda shop: replace(shop, notifies=False),
    "another constant": lambda shop: replace(shop, reason="sent_back"),
    "another source": lambda shop: replace(shop, wallet=True),
    "a field renamed": lambda shop: replace(shop, status="state"),
    "a step between": lambda shop: replace(shop, audit=True),
}


def tools(shop: Shop) -> tuple[ToolSchema, ...]:
    """Return the tools of the shop."""
    reads = {"get_order": ("order_id",), "get_user": ("user_id",)}
    writes = {
        "refund_order": ("order_id", "payment_id", "reason"),
        "cancel_order": ("order_id", "reason"),
        "send_email": ("to", "template"),
        "restock_item": ("sku", "quantity"),
        "reship_order": ("order_id",),
        "log_case": ("order_id", "agent"),
        "open_audit": ("user_id",),
    }
    del shop
    return tuple(
        ToolSchema(
            name=name,
            effect="read" if name in reads else "write",
            parameters={
                "type": "object",
                "properties": {one: NUMBER if one == "quantity" else TEXT for one in given},
                "required": list(given),
            },
        )
        for name, given in (reads | writes).items()
    )


@final
class World:
    """The shop's data for one request."""

    def __init__(self, shop: Shop, number: int) -> None:
        chance = random.Random(f"shop {shop.seed} {number}")
        self.shop = shop
        self.status = shop.statuses[number % len(shop.statuses)]
        word = f"{chance.randrange(16**6):06x}"
        self.order_id = f"O-{word}"
        self.user: dict[str, JSON] = {
            "user_id": f"u_{chance.randrange(16**6):06x}",
            "email": f"{chance.choice('abcdefgh')}{word}@mail.example",
            "wallet_id": f"w-{chance.randrange(16**6):06x}",
        }
        self.items: list[JSON] = [
            {"sku": f"S{chance.randrange(10**5):05}", "quantity": chance.randrange(1, 9)}
            for _ in range(number % 3 + 1)
        ]
        self.payment = f"p-{chance.randrange(16**6):06x}"

    @property
    def request(self) -> dict[str, JSON]:
        """What is asked for."""
        return {"order_id": self.order_id}

    def call(self, name: str, arguments: Mapping[str, JSON]) -> JSON:
        """Answer a call."""
        if name == "get_order":
            if arguments != self.request:
                raise LookupError("no such order")
            order: dict[str, JSON] = {"order_id": self.order_id, self.shop.status: self.status}
            order |= {"user_id": self.user["user_id"], "payment_id": self.payment}
            return order | {"items": self.items}
        if name == "get_user":
            if arguments != {"user_id": self.user["user_id"]}:
                raise LookupError("no such user")
            return self.user
        return "ok"

    def truth(self) -> list[tuple[str, dict[str, JSON]]]:
        """Return the calls that the agent makes."""
        shop, order = self.shop, {"order_id": self.order_id}
        found: list[tuple[str, dict[str, JSON]]] = [("get_order", {**order})]
        found.append(("get_user", {"user_id": self.user["user_id"]}))
        if shop.audit:
            found.append(("open_audit", {"user_id": self.user["user_id"]}))
        payment = self.user["wallet_id"] if shop.wallet else self.payment
        if self.status == "delivered":
            found.append(("refund_order", {**order, "payment_id": payment, "reason": shop.reason}))
        elif self.status in shop.withdraws:
            found.append(("cancel_order", {**order, "reason": "withdrawn"}))
        else:
            found.append(("reship_order", {**order}))
        if shop.restocks:
            found += [("restock_item", dict(item)) for item in self.items if isinstance(item, dict)]
        if shop.notifies:
            found.append(("send_email", {"to": self.user["email"], "template": "order_changed"}))
        if shop.logs:
            found.append(("log_case", {**order, "agent": "desk"}))
        return found


def workload(shop: Shop) -> Workload:
    """Record runs of the shop's agent."""
    return Workload(
        name="take_back", runs=tuple(run(shop, number) for number in range(shop.runs)), tools=tools(shop)
    )


def run(shop: Shop, number: int) -> Run:
    """Record one run."""
    world = World(shop, number)
    calls = tuple(
        Call(tool=name, arguments=arguments, result=world.call(name, arguments), decode="json")
        for name, arguments in world.truth()
    )
    return Run(
        run_id=f"run {number:04}",
        request=world.request,
        calls=calls,
        task_id=f"task {number:04}",
        success=True,
    )
