from datetime import UTC, datetime, timedelta
from typing import Any

from hongyan.kernel.db.database import Database
from hongyan.kernel.ids import CardTemplateId, TaskId, TenantId
from hongyan.kernel.jobs.queue import Jobs
from hongyan.kernel.keys.numbers import TenantKeys
from hongyan.kernel.keys.ring import create_key_ring
from hongyan.rooms.campaigns.contracts import Link, LinkFilter, LinkTask, NewLink, ResolvedStatus, ResolveTask
from hongyan.rooms.campaigns.service.rendered import RESOLVED_JOB, RenderedCards
from hongyan.rooms.campaigns.store import links as store
from hongyan.rooms.short_links.contracts import LinkKind

TENANT = TenantId("00000000-0000-4000-8000-00000000000a")
OTHER = TenantId("00000000-0000-4000-8000-00000000000b")
TASK = TaskId("00000000-0000-4000-8000-0000000000aa")
AT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
KEYS = TenantKeys(create_key_ring())


def link(offset: int, /, **more: Any) -> Link:
    task = LinkTask(
        TASK, TENANT, "spring", False, CardTemplateId("600000001"), "服务开通", ("鸿雁", "百灵"), "admin", AT
    )
    fields: dict[str, Any] = {
        "task": task,
        "row": NewLink(f"客户 {offset}", {"param1": "张女士"}, "https://shop.example.com/张", None),
        "aim_url": f"s.example.cn/code{offset}",
        "code": f"code{offset}",
        "range_id": 7,
        "offset": offset,
        "expires_at": AT + timedelta(days=7),
    }
    return Link(**(fields | more))


def card(offset: int, device: int = 1, *, at: datetime = AT, range_id: int = 7) -> dict[str, Any]:
    return {
        "tenant_id": TENANT,
        "task_id": TASK,
        "range_id": range_id,
        "offset": offset,
        "code": f"code{offset}",
        "vendor": "OPPO",
        "device_hash": f"{device:064x}",
        "at": at.isoformat(),
    }


async def fill(db: Database, *links: Link) -> None:
    async with db.begin() as uow:
        task = ResolveTask(TASK, TENANT, LinkKind.GROUP, 10, "s.example.cn", 7, AT)
        await store.insert_resolve_task(uow, task, CardTemplateId("600000001"))
        await store.insert_links(uow, await KEYS.sealer(uow, TENANT), links)


async def find(db: Database, tenant_id: TenantId = TENANT, **wanted: Any) -> list[Link]:
    async with db.begin() as uow:
        sealer = await KEYS.sealer(uow, tenant_id)
        page = await store.list_links(uow, tenant_id, sealer, LinkFilter(**wanted), offset=0, limit=100)
        assert page.total == len(page.items)
        return list(page.items)


async def told(db: Database) -> list[dict[str, Any]]:
    async with db.begin() as uow:
        rows = await uow.fetch("SELECT args FROM procrastinate_jobs WHERE task_name = %s ORDER BY id", (RESOLVED_JOB,))
    return [one for (args,) in rows for one in args["cards"]]


async def test_a_row_comes_back_as_it_was_written_and_says_nothing_in_the_clear(db: Database) -> None:
    refused = link(1, code=None, aim_url=None, range_id=None, offset=None, expires_at=None, result_code="KM.1")
    await fill(db, link(0), refused)
    first, second = await find(db)
    assert (first.row, first.task) == (link(0).row, link(0).task)
    assert (second.code, second.status, second.result_code) == (None, ResolvedStatus.FAIL, "KM.1")
    async with db.begin() as uow:
        rows = await uow.fetch("SELECT l::text FROM campaigns_links l")
    for (text,) in rows:
        hidden = [word.encode().hex() for word in ("客户", "张女士", "shop.example.com")]
        assert not any(word in text for word in ["客户", "张女士", "shop", *hidden])


async def test_rows_are_found_by_what_lists_ask_and_by_their_tenant_alone(db: Database) -> None:
    await fill(db, link(0), link(1, row=NewLink("+86 138 0013 8000")))
    for wanted in (
        {"cust_flag": "客户 0"},
        {"aim_url": "s.example.cn/code0"},
        {"cust_flag": "客户 0", "task_name": "PRI", "card_template_name": "开通", "sms_sign": "百灵", "is_send": False},
    ):
        assert [one.offset for one in await find(db, **wanted)] == [0]
        assert await find(db, OTHER, **wanted) == []
    assert [one.offset for one in await find(db, cust_flag="13800138000")] == [1]
    assert await find(db, sms_sign="百") == []
    assert await find(db, is_send=True) == []
    assert await find(db, begin=AT + timedelta(seconds=1)) == []
    assert len(await find(db, begin=AT, end=AT, status=ResolvedStatus.UNRESOLVED)) == 2


async def test_a_repeated_job_counts_and_tells_nothing_again(db: Database) -> None:
    await fill(db, link(0), link(1))
    rendered = RenderedCards(db=db, jobs=Jobs(db.url))
    cards = [card(0), card(0), card(1, at=AT + timedelta(hours=1))]
    assert await rendered.take(cards) == 2
    assert await rendered.take(cards) == 0
    assert await rendered.take([]) == 0
    assert [(one.offset, one.resolved_times, one.resolved_at) for one in await find(db)] == [
        (0, 1, AT),
        (1, 1, AT + timedelta(hours=1)),
    ]
    async with db.begin() as uow:
        assert (await store.find_resolve_tasks(uow, TENANT, [TASK]))[TASK].resolved == 2
        assert await store.find_resolve_tasks(uow, OTHER, [TASK]) == {}
        assert await store.list_drawn(uow, TENANT, TASK) == {"code0": AT, "code1": AT + timedelta(hours=1)}
        assert await store.list_drawn(uow, OTHER, TASK) == {}
    news = {key: card(0)[key] for key in ("tenant_id", "task_id", "range_id", "offset", "code", "vendor", "at")}
    assert min(await told(db), key=lambda one: one["offset"]) == {**news, "result_code": "0"}
    assert len(await told(db)) == 2


async def test_a_shared_link_counts_every_device_and_keeps_the_first_time(db: Database) -> None:
    await fill(db, link(0))
    rendered = RenderedCards(db=db, jobs=Jobs(db.url))
    assert await rendered.take([card(0, 1, at=AT + timedelta(hours=2)), card(0, 2, at=AT + timedelta(hours=1))]) == 2
    assert await rendered.take([card(0, 3, at=AT + timedelta(hours=3))]) == 1
    (one,) = await find(db, status=ResolvedStatus.SUCCESS)
    assert (one.resolved_times, one.resolved_at) == (3, AT + timedelta(hours=1))


async def test_links_without_a_row_are_told_too(db: Database) -> None:
    rendered = RenderedCards(db=db, jobs=Jobs(db.url))
    assert await rendered.take([card(5, range_id=9), {**card(6, range_id=9), "task_id": None}]) == 2
    assert {(one["code"], one["task_id"]) for one in await told(db)} == {("code5", TASK), ("code6", None)}
