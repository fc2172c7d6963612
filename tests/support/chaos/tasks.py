"""Large tasks for scenarios: a task as campaigns writes it when it accepts one, planned chunk by chunk without a file."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from hongyan.kernel.ids import CardTemplateId, SmsAppId, SmsTemplateId, TaskId
from hongyan.rooms.campaigns.contracts import Content, Fallback, ParseCounts, Task, TaskState
from hongyan.rooms.campaigns.store import tasks as task_store
from hongyan.rooms.delivery.contracts import MessageClass, MessageState, PlannedChunk, PlannedMessage
from support.chaos.house import House

_CHUNK = 10_000


async def write_task(house: House, chunks: int) -> TaskId:
    """Write a running task of the sender, all of whose chunks are said to be planned."""
    sender, now = house.sender, datetime.now(UTC)
    content = Content(
        app_id=SmsAppId("app-1"),
        app_name="app",
        signature_id=sender.signature_id,
        signature_name=sender.signature,
        signature_type="NOTIFY_TYPE",
        channel_number="1069000110001",
        sms_template_id=SmsTemplateId(sender.template_id),
        sms_text="${1}",
        link_index=1,
        variable_types=(),
        is_promotion=False,
        card_template_id=CardTemplateId(sender.card_id),
        card_template_name="card",
        card_params=(),
        card_vendors=(),
    )
    task = Task(
        id=TaskId(str(uuid4())),
        tenant_id=sender.tenant_id,
        name="large",
        state=TaskState.RUNNING,
        reason=None,
        source="api",
        content=content,
        fallback=Fallback.NONE,
        validity_days=7,
        jump_url=None,
        domain="s.example.cn",
        is_trial=False,
        number_file_id=None,
        send_at=None,
        start_when_ready=True,
        counts=ParseCounts(),
        next_chunk=chunks,
        chunks=chunks,
        created_by="chaos",
        created_at=now,
        started_at=now,
        finished_at=None,
        extend=None,
    )
    async with house.graph.db.begin() as uow:
        await task_store.insert_task(uow, task)
    return task.id


async def plan_large(house: House, task_id: TaskId, prefix: str, count: int) -> None:
    """Plan so many messages to numbers ``prefix`` 00000000, 00000001, …; about ten thousand a transaction."""
    graph, sender = house.graph, house.sender
    for chunk_no, messages in enumerate(_messages(sender.signature, prefix, count)):
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
        async with graph.db.begin() as uow:
            phones = [message.phone for message in messages]
            route = await graph.carriers.router(uow, sender.tenant_id, sender.signature_id, phones)
            assert route is not None
            await graph.delivery.plan_chunk(uow, chunk, route)


def _messages(signature: str, prefix: str, count: int) -> Iterator[list[PlannedMessage]]:
    for start in range(0, count, _CHUNK):
        yield [
            PlannedMessage(n, f"86{prefix}{n:08d}", f"【{signature}】您的第{n}号包裹已到，请及时领取。", 1)
            for n in range(start, min(start + _CHUNK, count))
        ]


async def counts_of(house: House, task_id: TaskId) -> dict[MessageState, int]:
    """Return how many messages of the task are in each state; nothing while the database is away."""
    with suppress(Exception):
        async with house.graph.db.begin() as uow:
            found = await house.graph.delivery.task_counts(uow, house.sender.tenant_id, task_id)
        return {state: count for state, count in found.items() if count}
    await asyncio.sleep(0.1)
    return {}
