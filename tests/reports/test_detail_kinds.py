"""Exports of single links and of one video send's messages: every row, in pieces, masked unless asked otherwise."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hongyan.kernel.db.database import Database
from hongyan.kernel.exports import Cell, ExportKind, ExportOrder
from hongyan.kernel.ids import AccountId, CardTemplateId, SignatureId, SmsAppId, SmsTemplateId, TaskId, TenantId
from hongyan.rooms.campaigns.contracts import Content, Fallback, Link, LinkTask, NewLink, ParseCounts, Task, TaskState
from hongyan.rooms.campaigns.errors import VideoTaskNotFound
from hongyan.rooms.campaigns.service.resolve_views import ResolveViews
from hongyan.rooms.campaigns.store import links as link_store
from hongyan.rooms.campaigns.store.tasks import insert_task
from hongyan.rooms.carriers.contracts import Route
from hongyan.rooms.delivery.contracts import MessageState
from hongyan.rooms.reports.service.detail_kinds import video_message_kind
from hongyan.rooms.reports.service.link_kinds import link_kind
from support.line import SendingLine, chunk_of
from support.video_house import open_video_house

TENANT = TenantId("00000000-0000-4000-8000-00000000000a")
OTHER = TenantId("00000000-0000-4000-8000-00000000000b")
NUMBERS = ("13800138000", "13800138001", "13800138002")


async def rows_of(db: Database, kind: ExportKind, tenant_id: TenantId, **more: Any) -> list[tuple[Cell, ...]]:
    full = more.pop("full", False)
    order = ExportOrder(tenant_id, more, "Asia/Shanghai", "zh-CN", full, datetime.now(UTC))
    async with db.begin() as uow:
        total = await kind.find_total(uow, order)
        rows = [tuple(row) async for row in kind.rows(uow, order)]
    assert total in {None, len(rows)}
    assert all(len(row) == len(kind.columns) for row in rows)
    return rows


async def call(db: Database, line: SendingLine, name: str, minutes_ago: int, marks: list[str]) -> str:
    at = datetime.now(UTC) - timedelta(minutes=minutes_ago)
    task_id = TaskId(str(uuid.uuid4()))
    shared = LinkTask(task_id, TENANT, name, False, CardTemplateId("600000001"), "开通", ("鸿雁",), "admin", at)
    made = [
        Link(
            task=shared,
            row=NewLink(mark),
            aim_url=f"s.example.cn/{name}{no}",
            code=f"{name}{no}",
            range_id=minutes_ago,
            offset=no,
        )
        for no, mark in enumerate(marks)
    ]
    async with db.begin() as uow:
        await link_store.insert_links(uow, await line.keys.sealer(uow, TENANT), made)
    return task_id


async def test_links_are_exported_to_the_last_one_the_oldest_first(db: Database) -> None:
    line = SendingLine(db)
    kind = link_kind(ResolveViews(delivery=line.delivery, keys=line.keys))
    task_id = await call(db, line, "many", 9, [f"客户 {no}" for no in range(2_003)])
    await call(db, line, "few", 5, [NUMBERS[0], "会员"])
    await call(db, line, "old", 60 * 25, ["昨天"])
    rows = await rows_of(db, kind, TENANT)
    assert [row[5] for row in rows] == [*(f"客户 {no}" for no in range(2_003)), "138****8000", "会员"]
    assert rows[-1][1:5] == ("few", "600000001", "开通", "鸿雁")
    assert rows[-1][6:8] == ("https://s.example.cn/few1", "未解析")
    assert [row[5] for row in await rows_of(db, kind, TENANT, task_name="few", full=True)] == [NUMBERS[0], "会员"]
    assert len(await rows_of(db, kind, TENANT, task_id=task_id)) == 2_003
    assert len(await rows_of(db, kind, TENANT, aim_url="https://s.example.cn/few0")) == 1
    assert await rows_of(db, kind, TENANT, status="success") == []
    assert await rows_of(db, kind, OTHER) == []


async def test_links_of_a_number_file_are_exported_with_what_became_of_them(db: Database) -> None:
    line = SendingLine(db)
    kind = link_kind(ResolveViews(delivery=line.delivery, keys=line.keys))
    task_id, now = TaskId(str(uuid.uuid4())), datetime.now(UTC)
    content = Content(
        SmsAppId("app-1"), "app", SignatureId("sig"), "鸿雁", "NOTIFY", "1069", SmsTemplateId("15010661"), "您好${1}",
        1, (), False, CardTemplateId("600000001"), "开通", (), (),
    )  # fmt: skip
    task = Task(
        id=task_id, tenant_id=TENANT, name="file", state=TaskState.RUNNING, reason=None, source="hongyan",
        content=content, fallback=Fallback.SMS, validity_days=7, jump_url=None, domain="s.example.cn",
        is_trial=False, number_file_id=None, send_at=None, start_when_ready=True, counts=ParseCounts(), next_chunk=1,
        chunks=1, created_by="x", created_at=now, started_at=now, finished_at=None,
    )  # fmt: skip
    chunk = chunk_of([f"86{number}" for number in NUMBERS], task_id=task_id, tenant_id=TENANT)
    linked = [replace(one, link_code=f"code{no}") for no, one in enumerate(chunk.messages[:2])]
    async with db.begin() as uow:
        await line.delivery.ensure_partitions(uow)
        await insert_task(uow, task)
        messages = [*linked, *chunk.messages[2:]]
        route = Route(AccountId(7), "1069000110001", None)
        await line.delivery.plan_chunk(uow, replace(chunk, messages=messages), lambda _: route)
        await link_store.insert_cards(uow, [(7, 1, b"device", TENANT, task_id, "code1", "OPPO", now)])
    rows = await rows_of(db, kind, TENANT, task_id=task_id)
    assert [(row[5], row[6], row[7]) for row in rows] == [
        ("138****8000", "https://s.example.cn/code0", "未解析"),
        ("138****8001", "https://s.example.cn/code1", "解析成功"),
    ]
    assert [row[5] for row in await rows_of(db, kind, TENANT, task_id=task_id, status="success")] == ["138****8001"]
    assert await rows_of(db, kind, OTHER, task_id=task_id) == []


async def test_messages_of_a_video_send_are_exported_by_result(db: Database, tmp_path: Path) -> None:
    house = await open_video_house(db, tmp_path)
    kind = video_message_kind(house.views)
    task = await house.send(await house.decide(await house.make()), NUMBERS, "王女士")
    spans = await house.claim()
    await house.close(spans)
    await house.report([replace(spans[0], messages=spans[0].messages[:1])], MessageState.FAILED, "4446")
    rows = await rows_of(db, kind, house.tenant, task_id=task.id)
    assert [row[:5] for row in rows] == [
        (1, "138****8000", "", "发送失败", "4446"),
        (2, "138****8001", "", "已提交", None),
        (3, "138****8002", "", "已提交", None),
    ]
    (failed,) = await rows_of(db, kind, house.tenant, task_id=task.id, result=["failed"], full=True)
    assert failed[1] == NUMBERS[0]
    # a second attempt is of the same number in the send
    await house.report([replace(spans[0], messages=spans[0].messages[1:])], MessageState.DELIVERED, "DELIVRD")
    await house.settle(task)
    async with db.begin() as uow:
        await house.tasks.resend(uow, house.actor, task.id)
    rows = await rows_of(db, kind, house.tenant, task_id=task.id)
    assert [row[:4] for row in rows[2:]] == [(3, "138****8002", "", "发送成功"), (1, "138****8000", "是", "排队中")]
    with pytest.raises(VideoTaskNotFound):
        await rows_of(db, kind, OTHER, task_id=task.id)
    await house.out.close()
