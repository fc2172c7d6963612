"""The platform's own card templates over a real socket: states at vendors, use, handing in again, who may."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from hongyan.kernel.clock import SystemClock
from hongyan.kernel.db.database import Database
from hongyan.rooms.handsets.contracts import RegistrationState, Vendor, VendorState
from hongyan.rooms.handsets.jobs import register_jobs as register_handset_jobs
from hongyan.rooms.identity.contracts import Role, system_actor
from hongyan.rooms.identity.service.people import NewUser
from hongyan.rooms.smart.console_api.public import public_cards_console
from hongyan.rooms.smart.jobs import register_jobs as register_smart_jobs
from hongyan.rooms.smart.public_web.pages import framed_card
from hongyan.run.web import channel_notes
from support.cards import CardWorld, card_world, working
from support.identity import PASSWORD, cheap_identity, found_household, identity_app, vendor_doors
from support.server import serving
from support.sessions import refused, signed_in
from support.waiting import POLL_S

PUBLIC = "/public-card-templates"
PLAIN = "600000001"
BOTH = frozenset({Vendor.HUAWEI, Vendor.XIAOMI})


@dataclass(frozen=True, slots=True)
class Desk:
    """The platform's operator and reviewer and a company's administrator, before cards at two vendors."""

    world: CardWorld
    operator: httpx.AsyncClient
    reviewer: httpx.AsyncClient
    admin: httpx.AsyncClient

    async def row(self) -> dict[str, Any]:
        """Return the plain template of the list."""
        [row] = (await self.operator.get(f"{PUBLIC}?tpl_id={PLAIN}")).json()["items"]
        return dict(row)

    async def verdicts(self) -> dict[str, str]:
        """Return what vendors made of the plain template."""
        return {one["vendor"]: one["verdict"] for one in (await self.row())["at_vendors"]}


@pytest.fixture
async def desk(db: Database) -> AsyncIterator[Desk]:
    clock = SystemClock()
    identity = cheap_identity(clock, db.url)
    async with card_world(db, vendors=BOTH, enable=False) as world, AsyncExitStack() as stack:
        register_handset_jobs(world.jobs, db, world.handsets)
        register_smart_jobs(world.jobs, db, world.smart)
        async with db.begin() as uow:
            await found_household(uow, identity)
            for name, role in (("operator", Role.PLATFORM_OPERATOR), ("desk", Role.REVIEWER)):
                await identity.people.create_user(uow, system_actor(), None, NewUser(name, PASSWORD, frozenset({role})))
        router = public_cards_console(
            db=db,
            service=world.smart,
            auth=vendor_doors(db, identity, clock),
            note=channel_notes(identity),
            frame_card=framed_card,
        )
        url = await stack.enter_async_context(serving(identity_app(db, identity, clock, console_routers=[router])))
        people = [await signed_in(url, name) for name in ("operator", "desk", "goose-admin")]
        for browser in people:
            stack.push_async_callback(browser.aclose)
        yield Desk(world, *people)


async def test_what_no_vendor_has_yet_is_handed_in_and_enabled(desk: Desk) -> None:
    row = await desk.row()
    assert (row["missing"], row["template"]["is_enabled"]) == (2, True)
    at = {one["vendor"]: (one["verdict"], one["is_connected"]) for one in row["at_vendors"]}
    assert (at["HUAWEI"], at["OPPO"]) == (("absent", True), ("absent", False))
    assert (await desk.operator.post(f"{PUBLIC}/{PLAIN}/submit")).json() == {"vendors": 2}

    async with working(desk.world.jobs), asyncio.timeout(30):
        while (await desk.row())["missing"]:  # noqa: ASYNC110 - a worker of its own writes it
            await asyncio.sleep(POLL_S)
    found = await desk.verdicts()
    assert (found["HUAWEI"], found["XIAOMI"], found["OPPO"]) == ("enabled", "enabled", "absent")
    # what is enabled in this version needs nothing
    assert (await desk.operator.post(f"{PUBLIC}/{PLAIN}/submit")).json() == {"vendors": 0}


async def test_refusals_are_shown_and_vendors_that_left_are_not_asked(desk: Desk) -> None:
    world = desk.world
    async with world.db.begin() as uow:
        life = world.smart.life
        await life.note_vendor_state(uow, PLAIN, 1, Vendor.XIAOMI, RegistrationState.REJECTED, "图片含二维码")
        await world.handsets.set_vendor_state(uow, Vendor.HUAWEI, VendorState.DISABLED)
    row = await desk.row()
    said = {one["vendor"]: (one["verdict"], one["reason"], one["version"]) for one in row["at_vendors"]}
    assert (said["XIAOMI"], row["missing"]) == (("rejected", "图片含二维码", 1), 1)
    assert (await desk.operator.post(f"{PUBLIC}/{PLAIN}/submit")).json() == {"vendors": 1}


async def test_a_public_template_is_taken_out_of_use_for_all_and_that_is_written_down(desk: Desk) -> None:
    path = f"{PUBLIC}/{PLAIN}"
    off = (await desk.operator.put(f"{path}/use", json={"is_enabled": False, "reason": "样式调整"})).json()["template"]
    assert (off["is_enabled"], off["disable_desc"]) == (False, "样式调整")
    assert [
        one["template"]["tpl_id"] for one in (await desk.operator.get(f"{PUBLIC}?is_enabled=false")).json()["items"]
    ] == [PLAIN]
    assert refused(await desk.operator.post(f"{path}/submit"))[:2] == (409, "smart.template_not_switched")
    assert (await desk.operator.put(f"{path}/use", json={"is_enabled": True})).json()["template"]["is_enabled"]
    async with desk.world.db.begin() as uow:
        rows = await uow.fetch(
            "SELECT action, subject_kind, subject_id FROM identity_audit WHERE subject_kind = 'public_template' ORDER BY id"
        )
    assert [tuple(row) for row in rows] == [("public_template.use", "public_template", PLAIN)] * 2
    detail = (await desk.operator.get(path)).json()["detail"]
    assert (detail["template"]["tpl_id"], detail["stories"]) == (PLAIN, [])
    card = await desk.operator.get(f"{path}/card?vendor=HUAWEI")
    assert card.headers["content-type"].startswith("text/html")


async def test_presets_are_written_where_they_are_missing_and_handed_in(desk: Desk) -> None:
    async with desk.world.db.begin() as uow:
        await uow.fetch("DELETE FROM smart_templates WHERE tpl_id = %s RETURNING tpl_id", (PLAIN,))
        await uow.fetch("DELETE FROM smart_template_versions WHERE tpl_id = %s RETURNING tpl_id", (PLAIN,))
        await uow.fetch("DELETE FROM smart_template_factories WHERE tpl_id = %s RETURNING tpl_id", (PLAIN,))
    assert (await desk.operator.get(f"{PUBLIC}?tpl_id={PLAIN}")).json()["total"] == 0
    made = (await desk.operator.post(PUBLIC)).json()
    assert (made["written"], made["submissions"] > 1) == (1, True)
    assert (await desk.row())["template"]["is_enabled"]
    assert (await desk.operator.post(PUBLIC)).json()["written"] == 0
    assert refused(await desk.admin.post(PUBLIC))[0] == 403


async def test_only_the_platforms_operators_come_in(desk: Desk) -> None:
    async with desk.world.db.begin() as uow:
        rows = await uow.fetch("SELECT count(*) FROM smart_templates WHERE tenant_id IS NULL")
    listed = (await desk.operator.get(f"{PUBLIC}?limit=1&offset=1&sort=-name")).json()
    assert (listed["total"], len(listed["items"])) == (rows[0][0], 1)
    assert refused(await desk.operator.get(f"{PUBLIC}/999999999"))[:2] == (404, "smart.template_not_found")
    for browser in (desk.reviewer, desk.admin):
        for method, path in (
            ("GET", ""),
            ("GET", f"/{PLAIN}"),
            ("GET", f"/{PLAIN}/card"),
            ("POST", f"/{PLAIN}/submit"),
        ):
            assert refused(await browser.request(method, f"{PUBLIC}{path}"))[0] == 403
        assert refused(await browser.put(f"{PUBLIC}/{PLAIN}/use", json={"is_enabled": False}))[0] == 403
