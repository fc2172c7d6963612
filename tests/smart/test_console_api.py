"""The console's endpoints of card templates over a real socket: lists, details, use, deletion, roles, tenants."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from hongyan.kernel.clock import SystemClock
from hongyan.kernel.db.database import Database
from hongyan.kernel.ids import RandomIds
from hongyan.rooms.handsets.contracts import RegistrationState, Vendor
from hongyan.rooms.reviews.service import ReviewsService
from hongyan.rooms.smart.console_api.router import console_router
from hongyan.rooms.smart.contracts import CardTemplate
from hongyan.rooms.smart.vendor_api.bodies import TemplateBody
from support.card_documents import standard
from support.cards import CardWorld, card_world
from support.identity import cheap_identity, vendor_doors
from support.office import REVIEWER
from support.sessions import Sessions, found_companies, open_sessions, refused

BOTH = frozenset({Vendor.HUAWEI, Vendor.XIAOMI})
CARDS = "/card-templates"
PARCEL = "600000002"


@dataclass(frozen=True, slots=True)
class House:
    """A company among cards."""

    world: CardWorld
    of: Sessions

    async def make(self, name: str = "新品上架") -> CardTemplate:
        """Hand a template in."""
        new = replace(TemplateBody.model_validate(standard(name)).to_new(), vendors=BOTH)
        async with self.world.db.begin() as uow:
            return await self.world.smart.life.create(uow, self.of.company.actor, new)

    async def decide(self, template: CardTemplate, reason: str = "") -> None:
        """Let the desk decide; a reason refuses."""
        tenant_id, life = self.of.company.tenant.id, self.world.smart.life
        async with self.world.db.begin() as uow:
            rows = await uow.fetch("SELECT review_id FROM smart_templates WHERE tpl_id = %s", (template.tpl_id,))
            await life.review_decided(
                uow,
                tenant_id,
                template.tpl_id,
                review_id=str(rows[0][0]),
                is_approved=not reason,
                reason=reason,
            )

    async def ask_back(self, template: CardTemplate, question: str) -> None:
        """Let the desk ask back."""
        async with self.world.db.begin() as uow:
            rows = await uow.fetch("SELECT review_id::text FROM smart_templates WHERE tpl_id = %s", (template.tpl_id,))
            reviews = ReviewsService(clock=self.world.clock, ids=RandomIds(), jobs=self.world.jobs)
            await reviews.reject(uow, REVIEWER, rows[0][0], question, is_asked_back=True)
        await self.decide(template, question)

    async def answer(self, template: CardTemplate, vendor: Vendor, state: RegistrationState, reason: str = "") -> None:
        """Let a vendor speak."""
        async with self.world.db.begin() as uow:
            await self.world.smart.life.note_vendor_state(uow, template.tpl_id, 1, vendor, state, reason)


@pytest.fixture
async def house(db: Database) -> AsyncIterator[House]:
    clock = SystemClock()
    identity = cheap_identity(clock, db.url)
    async with card_world(db) as world:
        company = await found_companies(db, identity)
        router = console_router(db, world.smart, vendor_doors(db, identity, clock))
        async with open_sessions(db, identity, clock, company, [router]) as sessions:
            yield House(world, sessions)


async def test_lists_tell_own_from_public_and_narrow_by_everything(house: House) -> None:
    admin = house.of.admin
    assert (await admin.get(f"{CARDS}?is_public=false")).json() == {"items": [], "total": 0}
    template = await house.make()
    own = (await admin.get(f"{CARDS}?is_public=false")).json()
    assert (own["total"], own["items"][0]["tpl_id"], own["items"][0]["audit_state"]) == (
        1,
        template.tpl_id,
        "in_review",
    )
    public = (await admin.get(f"{CARDS}?is_public=true&limit=100&sort=name")).json()
    names = [one["tpl_name"] for one in public["items"]]
    assert names == sorted(names)
    assert all(one["is_public"] for one in public["items"])
    found = (await admin.get(f"{CARDS}?card_id=Notification1&scene=物流&has_params=true&vendor=HUAWEI")).json()
    assert [one["tpl_id"] for one in found["items"]] == [PARCEL]
    for query in (
        "audit_state=passed&is_public=false",
        "is_enabled=false",
        "card_id=NoSuchLayout",
        "begin=2099-01-01T00:00:00Z",
        "tpl_id=1",
        "name=%25",
    ):
        assert (await admin.get(f"{CARDS}?{query}")).json()["total"] == 0, query
    # the two groups of layouts hold everything, each once
    everything = (await admin.get(CARDS)).json()["total"]
    notices = (await admin.get(f"{CARDS}?kind=notice&limit=100")).json()
    others = (await admin.get(f"{CARDS}?kind=promotion")).json()
    assert PARCEL in {one["tpl_id"] for one in notices["items"]}
    assert (notices["total"] > 0, others["total"] > 0) == (True, True)
    assert notices["total"] + others["total"] == everything
    assert (await admin.get(f"{CARDS}?kind=notice&card_id=Notification1&card_id=RedPacket")).json()["total"] > 0
    assert (await admin.get(f"{CARDS}?kind=notice&card_id=RedPacket")).json()["total"] == 0
    assert (await admin.get(f"{CARDS}?kind=promotion&card_id=Notification1")).json()["total"] == 0
    assert (await admin.get(f"{CARDS}?match=link")).json()["total"] == everything
    assert (await admin.get(f"{CARDS}?match=text")).json()["total"] == 0
    several = (await admin.get(f"{CARDS}?audit_state=in_review&audit_state=passed&offset=1&limit=2")).json()
    assert (several["total"], len(several["items"])) == (public["total"] + 1, 2)


async def test_choices_are_the_layouts_and_what_templates_are_for(house: House) -> None:
    await house.make()
    found = (await house.of.admin.get(f"{CARDS}/choices")).json()
    layouts = {one["card_id"]: one["vendors"] for one in found["layouts"]}
    assert layouts["SimplePoster"] == ["HUAWEI"]
    assert {"物流", "推广"} <= set(found["scenes"])
    assert "推广" not in (await house.of.other.get(f"{CARDS}/choices")).json()["scenes"]


async def test_a_question_is_told_from_a_refusal(house: House) -> None:
    refused_one, asked_one = await house.make("一"), await house.make("二")
    await house.decide(refused_one, "夸大宣传")
    await house.ask_back(asked_one, "哪个品牌？")
    found = (await house.of.reader.get(f"{CARDS}?is_public=false&sort=created_at")).json()["items"]
    assert [(one["audit_state"], one["audit_desc"], one["is_asked_back"]) for one in found] == [
        ("failed", "夸大宣传", False),
        ("failed", "哪个品牌？", True),
    ]
    detail = (await house.of.reader.get(f"{CARDS}/{asked_one.tpl_id}")).json()
    assert detail["template"]["is_asked_back"] is True
    assert (await house.of.reader.get(f"{CARDS}/{refused_one.tpl_id}")).json()["template"]["is_asked_back"] is False


async def test_details_show_what_is_needed_what_taps_do_and_what_each_vendor_said(house: House) -> None:
    template = await house.make()
    path = f"{CARDS}/{template.tpl_id}"
    detail = (await house.of.reader.get(path)).json()
    assert [one["state"] for one in detail["stories"]] == ["pending"]
    assert [one["name"] for one in detail["params"]] == ["param1"]
    assert detail["taps"][-1]["action"] == "OPEN_URL"
    assert {one["vendor"]: one["verdict"] for one in detail["template"]["vendors"]} == {
        "HUAWEI": "waiting",
        "XIAOMI": "waiting",
    }
    await house.decide(template)
    await house.answer(template, Vendor.HUAWEI, RegistrationState.SUBMITTED)
    await house.answer(template, Vendor.HUAWEI, RegistrationState.ACTIVE)
    await house.answer(template, Vendor.XIAOMI, RegistrationState.REJECTED, "图片含二维码")
    after = (await house.of.admin.get(path)).json()["template"]
    assert after["audit_state"] == "passed"
    assert {one["vendor"]: (one["verdict"], one["reason"]) for one in after["vendors"]} == {
        "HUAWEI": ("enabled", ""),
        "XIAOMI": ("rejected", "图片含二维码"),
    }
    public = (await house.of.admin.get(f"{CARDS}/{PARCEL}")).json()
    assert (public["stories"], public["template"]["param_count"]) == ([], 4)
    assert public["preview_url"].endswith(PARCEL)


async def test_an_approved_template_is_switched_off_and_on_and_deleted(house: House) -> None:
    template = await house.make()
    path, admin = f"{CARDS}/{template.tpl_id}", house.of.admin
    # in review it can neither be switched nor deleted
    assert refused(await admin.put(f"{path}/use", json={"is_enabled": False}))[:2] == (
        409,
        "smart.template_not_switched",
    )
    assert refused(await admin.delete(path))[:2] == (409, "smart.template_not_deleted")
    await house.decide(template)
    await house.answer(template, Vendor.HUAWEI, RegistrationState.ACTIVE)
    off = (await admin.put(f"{path}/use", json={"is_enabled": False, "reason": "活动结束"})).json()
    assert (off["is_enabled"], off["disable_desc"]) == (False, "活动结束")
    assert (await admin.get(f"{CARDS}?is_enabled=false")).json()["total"] == 1
    on = (await admin.put(f"{path}/use", json={"is_enabled": True})).json()
    assert (on["is_enabled"], on["disabled_at"]) == (True, None)
    assert (await admin.delete(path)).status_code == 204
    assert refused(await admin.get(path))[:2] == (404, "smart.template_not_found")


async def test_the_desk_is_urged_once_it_is_late(house: House) -> None:
    template = await house.make()
    path, admin = f"{CARDS}/{template.tpl_id}/urge", house.of.admin
    assert refused(await admin.post(path))[0] == 409
    house.world.clock.advance(timedelta(hours=5))
    assert (await admin.post(path)).status_code == 204
    events = (await admin.get(f"{CARDS}/{template.tpl_id}")).json()["stories"][0]["events"]
    assert [one["action"] for one in events] == ["submitted", "urged"]
    assert refused(await admin.post(path))[0] == 409
    assert refused(await admin.post(f"{CARDS}/{PARCEL}/urge"))[0] == 404


async def test_a_refused_template_says_why(house: House) -> None:
    template = await house.make()
    await house.decide(template, "图片与文案不符")
    row = (await house.of.admin.get(f"{CARDS}?audit_state=failed")).json()["items"][0]
    assert (row["tpl_id"], row["audit_desc"]) == (template.tpl_id, "图片与文案不符")


async def test_others_templates_are_not_there_and_readers_change_nothing(house: House) -> None:
    template = await house.make()
    path = f"{CARDS}/{template.tpl_id}"
    other, reader = house.of.other, house.of.reader
    assert refused(await other.get(path))[0] == 404
    assert refused(await other.delete(path))[0] == 404
    assert refused(await other.put(f"{path}/use", json={"is_enabled": False}))[0] == 404
    assert refused(await other.post(f"{path}/urge"))[0] == 404
    assert (await other.get(f"{CARDS}?is_public=false")).json()["total"] == 0
    assert refused(await reader.delete(path))[0] == 403
    assert refused(await reader.put(f"{path}/use", json={"is_enabled": False}))[0] == 403
    assert refused(await reader.post(f"{path}/urge"))[0] == 403
    # and public ones are the platform's
    assert refused(await house.of.admin.delete(f"{CARDS}/{PARCEL}"))[:2] == (409, "smart.template_not_deleted")
    assert refused(await house.of.admin.get(f"{CARDS}/a%00b"))[0] == 400
