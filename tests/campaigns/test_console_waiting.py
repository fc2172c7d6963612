"""What the console says before something is deleted: tasks, links and bindings that still need it."""

import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import insert

from hongyan.kernel.clock import FrozenClock
from hongyan.kernel.db.database import Database
from hongyan.kernel.ids import SignatureId, SmsAppId, SmsTemplateId, TaskId, TenantId
from hongyan.rooms.campaigns.console_api.waiting import waiting_router
from hongyan.rooms.campaigns.contracts import Content, Fallback, ParseCounts, Task, TaskState
from hongyan.rooms.campaigns.store.tasks import insert_task
from hongyan.rooms.identity.contracts import Role, system_actor
from hongyan.rooms.identity.service.people import NewUser
from hongyan.rooms.service_accounts.tables import bindings, ports, pubs
from hongyan.rooms.sms.tables import apps, signatures
from support.identity import PASSWORD, cheap_identity, found_household, identity_app, vendor_doors
from support.server import serving
from support.sessions import signed_in

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SIGNATURE = str(uuid.uuid4())
PAGE = "https://shop.example.com/sale"


@dataclass(frozen=True, slots=True)
class House:
    """Two companies, their people, and an operator."""

    db: Database
    goose: TenantId
    heron: TenantId
    reader: httpx.AsyncClient
    developer: httpx.AsyncClient
    operator: httpx.AsyncClient

    async def plan(self, tenant_id: TenantId, name: str, state: TaskState, **changes: Any) -> str:
        task_id = TaskId(str(uuid.uuid4()))
        content = Content(
            SmsAppId("app"), "app", SignatureId(SIGNATURE), "鸿雁", "NOTIFY", "1069", SmsTemplateId("sms-1"), "您好${1}",
            1, (), False, changes.get("card"), "", (), (), basic_template_id=changes.get("video"),
        )  # fmt: skip
        task = Task(
            id=task_id, tenant_id=tenant_id, name=name, state=state, reason=None, source="hongyan", content=content,
            fallback=Fallback.SMS, validity_days=7, jump_url=PAGE, domain="s.example.cn", is_trial=False,
            number_file_id=None, send_at=None, start_when_ready=True, counts=ParseCounts(), next_chunk=0, chunks=None,
            created_by="x", created_at=NOW + changes.get("after", timedelta()), started_at=None, finished_at=None,
        )  # fmt: skip
        async with self.db.begin() as uow:
            await insert_task(uow, task)
        return str(task_id)

    async def ask(self, what: str, *ids: str, by: httpx.AsyncClient | None = None) -> Any:
        answer = await (by or self.reader).get("/waiting", params={"what": what, "id": list(ids)})
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
async def house(db: Database) -> AsyncIterator[House]:
    clock = FrozenClock(NOW)
    identity = cheap_identity(clock, db.url)
    async with db.begin() as uow:
        goose = (await found_household(uow, identity)).tenant.id
        heron = (await found_household(uow, identity, "heron", number=1)).tenant.id
        for name, role in (("goose-reader", Role.READ_ONLY), ("goose-developer", Role.DEVELOPER)):
            new = NewUser(name, PASSWORD, frozenset({role}))
            await identity.people.create_user(uow, system_actor(goose), goose, new)
        operator = NewUser("operator", PASSWORD, frozenset({Role.PLATFORM_OPERATOR}))
        await identity.people.create_user(uow, system_actor(), None, operator)
        reviewer = NewUser("reviewer", PASSWORD, frozenset({Role.REVIEWER}))
        await identity.people.create_user(uow, system_actor(), None, reviewer)
    router = waiting_router(db=db, auth=vendor_doors(db, identity, clock), clock=clock)
    async with serving(identity_app(db, identity, clock, console_routers=[router])) as url:
        browsers = [await signed_in(url, name) for name in ("goose-reader", "goose-developer", "operator")]
        yield House(db, goose, heron, *browsers)
        for browser in browsers:
            await browser.aclose()


async def test_only_what_is_not_sent_waits_and_only_one_s_own(house: House) -> None:
    later = await house.plan(house.goose, "周末", TaskState.SCHEDULED, card="card-1", after=timedelta(hours=1))
    now = await house.plan(house.goose, "今天", TaskState.RUNNING, card="card-1", video="800000001")
    for state in (TaskState.FINISHING, TaskState.FINISHED, TaskState.CANCELLED, TaskState.REFUSED):
        await house.plan(house.goose, "过去", state, card="card-1", video="800000001")
    await house.plan(house.heron, "别家", TaskState.RUNNING, card="card-1", video="800000001")
    both = [
        {"task_id": later, "name": "周末", "kind": "send", "state": "scheduled"},
        {"task_id": now, "name": "今天", "kind": "send", "state": "running"},
    ]
    for what, item in (
        ("sms_template", "sms-1"),
        ("signature", SIGNATURE),
        ("card_template", "card-1"),
        ("link_domain", "s.example.cn"),
        ("jump_link", PAGE),
    ):
        found = await house.ask(what, "nobody's", item)
        assert (found["task_count"], found["tasks"]) == (2, both), what
        assert (await house.ask(what, "nobody's"))["task_count"] == 0, what
    assert [one["name"] for one in (await house.ask("video_template", "800000001"))["tasks"]] == ["今天"]
    # and those who run the platform learn numbers, but no names
    found = await house.ask("card_template", "card-1", by=house.operator)
    assert (found["task_count"], found["tenant_count"], found["tasks"]) == (3, 2, [])


async def test_sends_of_video_sms_wait_as_well_and_the_newest_are_named(house: House) -> None:
    async with house.db.begin() as uow:
        for no, (tenant_id, state) in enumerate(
            [(house.goose, "scheduled"), *[(house.goose, "processing")] * 6, (house.goose, "sending_complete")]
        ):
            await uow.fetch(
                "INSERT INTO campaigns_video_tasks (tenant_id, task_id, name, state, tpl_id, tpl_name, hours, exdata,"
                " total, created_by, created_at, send_at) VALUES (%s, %s, %s, %s, '800000009', '', 24, '', 1, 'x',"
                " %s, %s) RETURNING task_id",
                (tenant_id, str(uuid.uuid4()), f"视频{no}", state, NOW + timedelta(minutes=no), NOW),
            )
    found = await house.ask("video_template", "800000009")
    assert (found["task_count"], [one["name"] for one in found["tasks"]]) == (
        7,
        [f"视频{no}" for no in (6, 5, 4, 3, 2)],
    )
    assert {(one["kind"], one["state"]) for one in found["tasks"]} == {("video", "processing")}


async def test_links_that_still_work_count(house: House) -> None:
    async with house.db.begin() as uow:
        for days, results in ((1, ["KM.90016803", "0"]), (-1, ["0"]), (1, ["KM.90016803"])):
            task_id = str(uuid.uuid4())
            await uow.fetch(
                "INSERT INTO campaigns_resolve_tasks (tenant_id, task_id, kind, resolving_times, domain, validity_days,"
                " card_template_id, created_at, expires_at) VALUES (%s, %s, 'group', 1, 's.example.cn', 1, 'card-1',"
                " %s, %s) RETURNING task_id",
                (house.goose, task_id, NOW, NOW + timedelta(days=days)),
            )
            for position, result in enumerate(results):
                await uow.fetch(
                    "INSERT INTO campaigns_links (tenant_id, task_id, position, is_send, task_name, card_template_id,"
                    " card_template_name, signatures, created_by, created_at, code, result_code, error_message,"
                    " cust_key, personal) VALUES (%s, %s, %s, false, '', 'card-1', '', '{}', 'x', %s, %s, %s, '', '',"
                    " '') RETURNING task_id",
                    (house.goose, task_id, position, NOW, "code" if result == "0" else None, result),
                )
    assert (await house.ask("card_template", "card-1"))["link_task_count"] == 1
    assert (await house.ask("link_domain", "s.example.cn"))["link_task_count"] == 2
    assert (await house.ask("sms_template", "card-1"))["link_task_count"] == 0
    # of all tenants for those who run the platform, and not to the last one where there are very many
    assert (await house.ask("link_domain", "s.example.cn", by=house.operator))["link_task_count"] == 2
    async with house.db.begin() as uow:
        await uow.fetch(
            "INSERT INTO campaigns_resolve_tasks (tenant_id, task_id, kind, resolving_times, domain, validity_days,"
            " card_template_id, created_at, expires_at) SELECT %s, gen_random_uuid(), 'group', 1, 's.example.cn', 1,"
            " 'card-1', %s, %s FROM generate_series(1, 1100) RETURNING task_id",
            (house.heron, NOW, NOW + timedelta(days=1)),
        )
    assert (await house.ask("link_domain", "s.example.cn"))["link_task_count"] == 2
    assert (await house.ask("link_domain", "s.example.cn", by=house.operator))["link_task_count"] == 1_000


async def test_bindings_of_a_signature_are_named(house: House) -> None:
    async with house.db.begin() as uow:
        for tenant_id, name in ((house.goose, "会员中心"), (house.heron, "别家")):
            signature = SIGNATURE if tenant_id == house.goose else str(uuid.uuid4())
            own = {"tenant_id": tenant_id, "created_at": NOW}
            app, pub, port = str(uuid.uuid4()), uuid.uuid4().hex, uuid.uuid4().hex
            for table, values in (
                (apps, {"app_id": app, "name": "a", "name_key": "a", "uplink_url": "", "status": "LAUNCHED"}),
                (
                    signatures,
                    {
                        "signature_id": signature,
                        "app_id": app,
                        "name": "鸿雁",
                        "name_key": "鸿雁",
                        "type": "NOTIFY_TYPE",
                    }
                    | {"licence_file_id": app, "source": "COMPANY", "involves_third_party": False, "source_title": ""}
                    | {"apply_desc": "", "status": "REVIEW_PASSED"},
                ),
                (
                    pubs,
                    {"pub_id": pub, "state": 1, "approval": 1, "name": name, "industry": 9, "change": "create"}
                    | {"change_reason": "", "review_desc": "", "log_id": 0, "oper_at": NOW},
                ),
                (
                    ports,
                    {"port_id": port, "port": "1069000099", "type": 1, "signs": ["鸿雁"], "is_checked": True}
                    | {"proofs": []},
                ),
                (
                    bindings,
                    {"binding_id": uuid.uuid4().hex, "port_id": port, "pub_id": pub, "signs": ["鸿雁"], "areas": []}
                    | {"is_auto": False},
                ),
            ):
                await uow.execute(insert(table).values(**own, **values))
    assert (await house.ask("signature", SIGNATURE))["bindings"] == ["1069000099 · 会员中心"]
    assert (await house.ask("signature", "x"))["bindings"] == []


@pytest.mark.parametrize(
    ("query", "status"),
    [({"what": "moon", "id": "x"}, 400), ({"what": "signature"}, 400), ({"what": "signature", "id": ["x"] * 101}, 400)],
)
async def test_nonsense_is_refused(house: House, query: dict[str, Any], status: int) -> None:
    assert (await house.reader.get("/waiting", params=query)).status_code == status


async def test_who_may_delete_may_ask(house: House) -> None:
    answer = await house.developer.get("/waiting", params={"what": "sms_template", "id": "x"})
    assert (answer.status_code, answer.json()["task_count"]) == (200, 0)


async def test_nobody_asks_without_a_session(house: House) -> None:
    stranger = httpx.AsyncClient(base_url=house.reader.base_url)
    assert (await stranger.get("/waiting", params={"what": "signature", "id": "x"})).status_code == 401
    await stranger.aclose()
