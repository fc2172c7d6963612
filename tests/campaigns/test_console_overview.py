"""The overview of a company from nothing to its first template, over a real socket."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from hongyan.kernel.clock import FrozenClock
from hongyan.kernel.db.database import Database
from hongyan.kernel.http.client import OutgoingHttp
from hongyan.kernel.ids import RandomIds
from hongyan.rooms.campaigns.console_api.overview import overview_router
from hongyan.rooms.campaigns.service.overview import Overviews
from hongyan.rooms.campaigns.service.views import CampaignViews
from hongyan.rooms.enterprises.contracts import Scene
from hongyan.rooms.gateways.service.alarms import AlarmsService, Thresholds
from hongyan.rooms.handsets.service import HandsetsService
from hongyan.rooms.identity.contracts import Role, system_actor
from hongyan.rooms.identity.service.people import NewUser
from support.identity import PASSWORD, Household, cheap_identity, found_household, identity_app, vendor_doors
from support.line import SendingLine
from support.office import PDF, Office, open_office, picture, template_form
from support.server import serving
from support.sessions import signed_in


@dataclass(frozen=True, slots=True)
class House:
    db: Database
    office: Office
    goose: Household
    browser: httpx.AsyncClient
    clock: FrozenClock

    async def show(self) -> Any:
        answer = await self.browser.get("/overview")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def steps(self, guide: str = "smart") -> dict[str, str]:
        found = next(one for one in (await self.show())["guides"] if one["key"] == guide)
        return {step["key"]: step["state"] for step in found["steps"]}


@pytest.fixture
async def house(db: Database, tmp_path: Path) -> AsyncIterator[House]:
    clock = FrozenClock(datetime.now(UTC))
    identity = cheap_identity(clock, db.url)
    office = open_office(clock, db.url, identity, tmp_path)
    line = SendingLine(db, clock=clock)
    handsets = HandsetsService(
        clock=clock, ids=RandomIds(), jobs=line.jobs, ring=line.ring, keys=line.keys, out=OutgoingHttp()
    )
    alarms = AlarmsService(
        db=db,
        clock=clock,
        carriers=line.carriers,
        delivery=line.delivery,
        folders=[tmp_path],
        thresholds=Thresholds(look_s=1, down_s=1, backlog_s=1, code_backlog_s=1, unknown=1, disk_percent=85),
    )
    overviews = Overviews(
        clock=clock,
        identity=identity,
        reviews=office.reviews,
        enterprises=office.enterprises,
        delivery=line.delivery,
        views=CampaignViews(delivery=line.delivery, identity=identity, handsets=handsets),
        alarms=alarms,
    )
    async with db.begin() as uow:
        goose = await found_household(uow, identity)
        await identity.people.create_user(
            uow, system_actor(), None, NewUser("desk", PASSWORD, frozenset({Role.REVIEWER}))
        )
    router = overview_router(db=db, auth=vendor_doors(db, identity, clock), overviews=overviews)
    async with serving(identity_app(db, identity, clock, console_routers=[router])) as url:
        browser = await signed_in(url, "goose-admin", "zh-CN")
        yield House(db, office, goose, browser, clock)
        await browser.aclose()


async def test_each_step_is_next_waiting_or_done_in_its_turn(house: House) -> None:
    office, actor = house.office, house.goose.actor
    later = dict.fromkeys(("app", "signature", "template", "send"), "later")
    assert await house.steps() == {"open": "done", "filing": "next", **later}
    assert (await house.steps("basic"))["open"] == "next"
    assert set((await house.steps("service_accounts")).values()) == {"next", "later"}

    async with house.db.begin() as uow:
        scene = Scene.SMART_SEND
        await office.enterprises.save_filing(uow, actor, scene, {"document_type": "business_licence"})
        await office.enterprises.upload_paper(uow, actor, scene, "business_licence", "licence.png", picture())
        for field in ("material_commitment", "signature_authorisation"):
            await office.enterprises.upload_paper(uow, actor, scene, field, f"{field}.pdf", PDF)
        filing = await office.enterprises.submit_filing(uow, actor, scene)
    waiting = next(step for step in (await house.show())["guides"][0]["steps"] if step["key"] == "filing")
    assert waiting["state"] == "waiting"
    assert datetime.fromisoformat(waiting["since"]) == house.clock.now()
    assert waiting["due_at"] > waiting["since"]

    async with house.db.begin() as uow:
        await office.decide(uow, filing.review_id, is_approved=False, reason="看不清")
    shown = await house.show()
    assert await house.steps() == {"open": "done", "filing": "refused", **later}
    (notice,) = shown["notices"]
    assert (notice["kind"], notice["subject_id"], notice["is_good"]) == ("review_decided", "smart_send", False)
    assert notice["reason"] == "看不清"

    async with house.db.begin() as uow:
        filing = await office.enterprises.submit_filing(uow, actor, scene)
        await office.decide(uow, filing.review_id)
    assert (await house.steps())["app"] == "next"
    async with house.db.begin() as uow:
        signature = await office.make_signature(uow, actor, name="goose科技有限公司")
    assert (await house.steps()) | {"send": ""} == {
        "open": "done",
        "filing": "done",
        "app": "done",
        "signature": "waiting",
        "template": "later",
        "send": "",
    }
    async with house.db.begin() as uow:
        await office.decide(uow, signature.review_id)
        await office.sms.set_channel_number(uow, signature.tenant_id, signature.signature_id, "1069012345678")
        usable = await office.sms.signatures.get_signature(uow, actor, signature.signature_id)
        template = await office.sms.templates.create_template(
            uow, actor, template_form(usable, content="尊敬的${1}，您的订单已发货，详情请点击 ${2} 查看。")
        )
    assert (await house.steps())["template"] == "waiting"
    async with house.db.begin() as uow:
        await office.decide(uow, template.review_id)
    assert await house.steps() == dict.fromkeys(("open", "filing", "app", "signature", "template"), "done") | {
        "send": "next"
    }


async def test_decisions_are_news_for_a_week(house: House) -> None:
    async with house.db.begin() as uow:
        await house.office.file_enterprise(uow, house.goose.actor, has_relation_letter=False)
    assert [one["kind"] for one in (await house.show())["notices"]] == ["review_decided"]
    async with house.db.begin() as uow:
        await uow.fetch("UPDATE reviews_submissions SET decided_at = decided_at - %s RETURNING 1", (timedelta(days=8),))
    assert [one["kind"] for one in (await house.show())["notices"]] == []


async def test_the_week_has_seven_days_also_when_nothing_was_sent(house: House) -> None:
    week = (await house.show())["week"]
    assert len(week) == 7
    assert {day["sent"] + day["delivered"] + day["cards"] for day in week} == {0}
    assert [day["day"] for day in week] == sorted(day["day"] for day in week)


async def test_the_platform_has_no_overview_of_a_company(house: House) -> None:
    desk = await signed_in(str(house.browser.base_url).removesuffix("/console/api/"), "desk")
    assert (await desk.get("/overview")).status_code == 403
    await desk.aclose()
