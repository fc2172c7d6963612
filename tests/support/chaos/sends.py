"""What the harness asks to be sent, through which door, and that it asks until it is told yes: this is its order book."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

import httpx
import psycopg
from sqlalchemy.exc import SQLAlchemyError

from hongyan.kernel.ids import CardTemplateId, SmsAppId, SmsTemplateId, TaskId
from hongyan.rooms.delivery.contracts import MessageClass, PlannedChunk, PlannedMessage
from hongyan.run.client import ApiClient, ApiRefusedError
from support.chaos.house import House
from telcowire.smstext.segments import count_segments

T = TypeVar("T")
_AGAIN_S = 0.2
_CALL_S = 10.0
_CALL_NUMBERS = 200
_CHUNK = 500


class Door(StrEnum):
    """How a send comes in."""

    PLANNER = "planner"
    """Chunks straight into the ledger, as the worker plans them."""
    CALLS = "calls"
    """The vendor's send operation over HTTP, two hundred numbers a call, each with an idempotency key."""
    FILE = "file"
    """A number file and a send task over HTTP: the worker reads, asks the handsets' vendors and plans."""


@dataclass
class Order:
    """What is to be sent in one run."""

    run: str
    door: Door
    phones: list[str]
    """National digits, all different."""
    long_every: int = 0
    """Every so many-th text takes several parts (door PLANNER)."""
    tasks: list[TaskId] = field(default_factory=list)
    """Known as soon as a door has said yes."""
    patience_s: float = 120.0
    trouble: str = ""
    """What it failed of last."""

    @property
    def dests(self) -> list[str]:
        """The numbers as carriers write them."""
        return [f"86{phone}" for phone in self.phones]


async def place(house: House, order: Order) -> None:
    """Hand the order in, whatever dies meanwhile.

    Raises:
        TimeoutError: nobody said yes in time.
    """
    try:
        async with asyncio.timeout(order.patience_s):
            await _hand_in(house, order)
    except TimeoutError as error:
        raise TimeoutError(f"nobody said yes in {order.patience_s:.0f} s: {order.trouble}") from error


async def _hand_in(house: House, order: Order) -> None:
    if order.door is Door.PLANNER:
        await _plan(house, order)
        return
    env = house.sender.env
    url = f"http://127.0.0.1:{house.settings.port}"
    async with ApiClient(url, project_id=env["HONGYAN_PROJECT_ID"], ak=env["HONGYAN_AK"], sk=env["HONGYAN_SK"]) as api:
        await (_call if order.door is Door.CALLS else _upload)(house, order, api)


async def _insist(order: Order, ask: Callable[[], Awaitable[T]]) -> T:
    """Ask until there is an answer: a process that died, a database that is away, a clock that is wrong all pass."""
    while True:
        try:
            async with asyncio.timeout(_CALL_S):
                return await ask()
        except (httpx.TransportError, TimeoutError) as error:
            order.trouble = repr(error)
        except ApiRefusedError as error:
            # What is refused for good stays refused: the clock (401), conflicts with ourselves (409) and 5xx pass.
            if error.status not in {401, 403, 409, 429} and error.status < httpx.codes.INTERNAL_SERVER_ERROR:
                raise
            order.trouble = repr(error)
        await asyncio.sleep(_AGAIN_S)


# --- planner ------------------------------------------------------------------------------------------------------------


async def _plan(house: House, order: Order) -> None:
    sender = house.sender
    task_id = TaskId(str(UUID(int=hash_of(order.run))))
    order.tasks.append(task_id)
    for chunk_no, start in enumerate(range(0, len(order.phones), _CHUNK)):
        messages = []
        for n in range(start, min(start + _CHUNK, len(order.phones))):
            text = f"【{sender.signature}】{order.run}：您的第{n}号包裹已到，请及时领取。"
            if order.long_every and n % order.long_every == 0:
                text += "取件时请出示本短信并告知店员您的手机尾号，" * (3 + n % 4)
            messages.append(PlannedMessage(n, f"86{order.phones[n]}", text, count_segments(text)))
        chunk = PlannedChunk(
            tenant_id=sender.tenant_id,
            task_id=task_id,
            chunk_no=chunk_no,
            klass=MessageClass.NOTICE,
            app_id=SmsAppId("app-1"),
            signature_id=sender.signature_id,
            template_id=SmsTemplateId(sender.template_id),
            card_template_id=None,
            expires_at=datetime.now(UTC) + timedelta(hours=24),
            messages=messages,
        )
        await _plan_chunk(house, order, chunk)


async def _plan_chunk(house: House, order: Order, chunk: PlannedChunk) -> None:
    """Plan a chunk until a commit is certain: its key makes the repetition harmless."""
    graph, sender = house.graph, house.sender
    while True:
        try:
            async with graph.db.begin() as uow:
                phones = [message.phone for message in chunk.messages]
                route = await graph.carriers.router(uow, sender.tenant_id, sender.signature_id, phones)
                assert route is not None
                await graph.delivery.plan_chunk(uow, chunk, route)
        except (psycopg.Error, SQLAlchemyError, OSError) as error:  # a database that is killed fails in many ways
            order.trouble = repr(error)
            await asyncio.sleep(_AGAIN_S)
        else:
            return


def hash_of(text: str) -> int:
    """Return 128 bits that a text always gives, and another moment does not."""
    salt = time.time_ns() & ((1 << 60) - 1)
    return (sum(ord(c) << (8 * i) for i, c in enumerate(text[-7:])) << 64 | salt) & ((1 << 128) - 1)


# --- public doors -------------------------------------------------------------------------------------------------------


async def _call(house: House, order: Order, api: ApiClient) -> None:
    for number, start in enumerate(range(0, len(order.phones), _CALL_NUMBERS)):
        body = {
            "template_id": house.sender.template_id,
            "to": order.phones[start : start + _CALL_NUMBERS],
            "template_params": [f"第{number}批", "https://www.example.com/sale"],
        }

        async def ask(body: dict[str, Any] = body, number: int = number) -> dict[str, Any]:
            key = f"{order.run}-{id(order)}-{number}"
            return await api.call("POST", "/v1/aim/sms/messages", body=body, idempotency_key=key)

        answer = await _insist(order, ask)
        order.tasks.append(TaskId(str(answer["task_id"])))


async def _upload(house: House, order: Order, api: ApiClient) -> None:
    data = ("手机号码,称呼\n" + "".join(f"{phone},客户\n" for phone in order.phones)).encode("utf-8-sig")
    name = "".join(c for c in order.run if c.isalnum()) + ".csv"

    async def chunks() -> AsyncIterator[bytes]:
        yield data

    async def send_file() -> dict[str, Any]:
        return await api.call("POST", "/v1/hongyan/number-files", query={"name": name}, stream=chunks())

    file_id = str((await _insist(order, send_file))["file_id"])

    async def look() -> dict[str, Any]:
        return await api.call("GET", f"/v1/hongyan/number-files/{file_id}")

    while (found := await _insist(order, look))["state"] != "parsed":
        assert found["state"] != "failed", found
        await asyncio.sleep(0.1)
    body = {
        "name": name.removesuffix(".csv"),
        "card_template_id": CardTemplateId(house.sender.card_id),
        "sms_template_id": house.sender.template_id,
        "number_file_id": file_id,
        "fallback": "sms",
    }

    async def send() -> dict[str, Any]:
        return await api.call("POST", "/v1/hongyan/send-tasks", body=body, idempotency_key=f"{order.run}-{file_id}")

    order.tasks.append(TaskId(str((await _insist(order, send))["task_id"])))
