"""Lists of send tasks and of resolve tasks in the order that is asked for, on a real database."""

import uuid
from datetime import UTC, datetime, timedelta

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import CardTemplateId, SignatureId, SmsAppId, SmsTemplateId, TaskId, TenantId
from hongyan.kernel.keys.numbers import TenantKeys
from hongyan.kernel.keys.ring import create_key_ring
from hongyan.rooms.campaigns.contracts import (
    Content,
    Fallback,
    Link,
    LinkFilter,
    LinkTask,
    NewLink,
    ParseCounts,
    Task,
    TaskFilter,
    TaskState,
)
from hongyan.rooms.campaigns.store import links, tasks

TENANT = TenantId("00000000-0000-4000-8000-00000000000a")
OTHER = TenantId("00000000-0000-4000-8000-00000000000b")
AT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def task(name: str, minute: int, started: int | None = None, tenant_id: TenantId = TENANT) -> Task:
    content = Content(
        SmsAppId("app-1"), "app", SignatureId("sig"), "鸿雁", "NOTIFY", "1069", SmsTemplateId("15010661"), "您好${1}",
        1, (), False, None, "", (), (),
    )  # fmt: skip
    return Task(
        id=TaskId(str(uuid.uuid4())), tenant_id=tenant_id, name=name, state=TaskState.RUNNING, reason=None,
        source="hongyan", content=content, fallback=Fallback.SMS, validity_days=7, jump_url=None,
        domain="s.example.cn", is_trial=False, number_file_id=None, send_at=None, start_when_ready=True,
        counts=ParseCounts(), next_chunk=1, chunks=1, created_by="x", created_at=AT + timedelta(minutes=minute),
        started_at=None if started is None else AT + timedelta(minutes=started), finished_at=None,
    )  # fmt: skip


async def test_send_tasks_are_listed_by_name_and_by_times(uow: Uow) -> None:
    await tasks.insert_tasks(
        uow, [task("beta", 0, 9), task("gamma", 1), task("alpha", 2, 3), task("beta", 0, 0, OTHER)]
    )
    for sort, expected in (
        ("-created_at", ["alpha", "gamma", "beta"]),
        ("created_at", ["beta", "gamma", "alpha"]),
        ("name", ["alpha", "beta", "gamma"]),
        ("-name", ["gamma", "beta", "alpha"]),
        ("started_at", ["alpha", "beta", "gamma"]),
        ("-started_at", ["gamma", "beta", "alpha"]),
    ):
        for more in ({}, {"name": "a"}):
            wanted = TaskFilter(sort=sort, **more)
            page = await tasks.list_tasks(uow, TENANT, wanted, offset=0, limit=10)
            assert ([one.name for one in page.items], page.total) == (expected, 3), (sort, more)
            second = await tasks.list_tasks(uow, TENANT, wanted, offset=1, limit=1)
            assert [one.name for one in second.items] == expected[1:2], (sort, more)


async def test_links_of_calls_are_listed_oldest_or_newest_first(uow: Uow) -> None:
    sealer = await TenantKeys(create_key_ring()).sealer(uow, TENANT)
    for minute, name in enumerate(("first", "second")):
        call = LinkTask(
            TaskId(str(uuid.uuid4())), TENANT, name, False, CardTemplateId("600000001"), "card", ("鸿雁",), "admin",
            AT + timedelta(minutes=minute),
        )  # fmt: skip
        made = [
            Link(task=call, row=NewLink(f"{name} {no}"), aim_url=None, code=None, expires_at=None) for no in range(2)
        ]
        await links.insert_links(uow, sealer, made)
    for sort, expected in (
        ("-created_at", ["second 0", "second 1", "first 0", "first 1"]),
        ("created_at", ["first 0", "first 1", "second 0", "second 1"]),
    ):
        page = await links.list_links(uow, TENANT, sealer, LinkFilter(sort=sort), offset=0, limit=10)
        assert [one.row.cust_flag for one in page.items] == expected, sort
