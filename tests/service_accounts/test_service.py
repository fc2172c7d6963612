import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from hongyan.kernel import sandbox
from hongyan.kernel.db.database import Uow
from hongyan.kernel.errors import Forbidden
from hongyan.rooms.enterprises.contracts import Scene
from hongyan.rooms.enterprises.errors import FilingMissing
from hongyan.rooms.identity.contracts import TenantState, system_actor
from hongyan.rooms.reviews.errors import UrgedTooSoon
from hongyan.rooms.service_accounts.contracts.accounts import Approval, PartKind, PictureUse, PubChange, State
from hongyan.rooms.service_accounts.contracts.lists import PartFilter, PortFilter, PubFilter, Window
from hongyan.rooms.service_accounts.errors import PictureNotFound, PubNameTaken
from support.accounts import image
from support.office import REVIEWER

NUMBER = "10690000"
SIGN = "鸿雁演示"


async def shown(goose: Any, uow: Uow, sign: str = SIGN, number: str = NUMBER) -> str | None:
    found = await goose.service.find_for_message(uow, signature=sign, channel_number=number)
    return found.pub.name if found else None


async def test_a_phone_shows_what_is_approved(goose: Any) -> None:
    async with goose.db.begin() as uow:
        pub = await goose.create(uow, "鸿雁会员", signs=(SIGN,))
        assert (await goose.service.accounts.find(uow, pub.tenant_id, pub.pub_id)).shown.industry == 9
        assert await shown(goose, uow) is None
        assert await goose.decide_all(uow, times=2) == 3
        await goose.port(uow, NUMBER, SIGN)
        found = await goose.service.find_for_message(uow, signature=f"【{SIGN}】", channel_number=NUMBER)
    assert found is not None
    assert (found.pub_id, found.pub.name) == (pub.pub_id, "鸿雁会员")
    assert found.menu is not None
    assert found.portal is not None
    assert (found.menu.items[0].name, found.portal.summary) == ("客服", "介绍")


async def test_parts_that_were_rejected_are_not_shown(goose: Any) -> None:
    async with goose.db.begin() as uow:
        pub = await goose.create(uow, "鸿雁会员", signs=(SIGN,))
        await goose.decide_all(uow, is_approved=False, times=2)
        await goose.service.accounts.update_pub(uow, goose.actor, pub.pub_id, PubChange(abstract="新"), "再来")
        assert await goose.decide_all(uow) == 1
        await goose.port(uow, NUMBER, SIGN)
        found = await goose.service.find_for_message(uow, signature=SIGN, channel_number=NUMBER)
    assert found is not None
    assert (found.pub.abstract, found.menu, found.portal) == ("新", None, None)


@pytest.mark.parametrize("number", ["", "1069x", "1" * 33, "١٢٣", "10691111"])
async def test_a_number_that_nobody_registered_shows_nothing(goose: Any, number: str) -> None:
    async with goose.db.begin() as uow:
        await goose.live(uow, "鸿雁会员", signs=(SIGN,))
        await goose.port(uow, NUMBER, SIGN)
        assert await shown(goose, uow, number=number) is None
        assert await shown(goose, uow, sign="别的签名") is None


async def test_without_the_filing_accounts_are_expired(goose: Any) -> None:
    accounts, actor = goose.service.accounts, goose.actor
    async with goose.db.begin() as uow:
        await goose.live(uow, "鸿雁会员", signs=(SIGN,))
        await goose.port(uow, NUMBER, SIGN)
        assert await shown(goose, uow) == "鸿雁会员"
        await goose.office.enterprises.revoke_filing(uow, REVIEWER, actor.tenant(), Scene.SERVICE_ACCOUNT, "证照过期")
        assert await shown(goose, uow) is None
        for wanted, states in ((None, [3]), (State.EXPIRED, [3]), (State.EFFECTIVE, [])):
            _, page = await accounts.list_pubs(uow, actor, PubFilter(state=wanted), Window())
            assert ([state for _, state in page.items], page.total) == (states, len(states))
            for kind in PartKind:
                rows = await goose.service.parts.list_parts(uow, actor, kind, PartFilter(state=wanted), Window())
                assert [row.state for row in rows[1].items] == states
        with pytest.raises(FilingMissing):
            await goose.create(uow, "另一个")


async def test_a_suspended_company_shows_nothing(goose: Any) -> None:
    async with goose.db.begin() as uow:
        await goose.live(uow, "鸿雁会员", signs=(SIGN,))
        await goose.port(uow, NUMBER, SIGN)
        await goose.office.identity.tenants.set_state(uow, system_actor(), goose.actor.tenant(), TenantState.SUSPENDED)
        assert await shown(goose, uow) is None


async def test_a_binding_that_is_there_stays_when_another_account_collects(goose: Any) -> None:
    ports = goose.service.ports
    async with goose.db.begin() as uow:
        first = await goose.live(uow, "第一个")
        port = await goose.port(uow, NUMBER, SIGN, "另一签名")
        await ports.bind(
            uow, goose.actor, pub_id=first.pub_id, port_id=port.port_id, number=NUMBER, signs=(SIGN,), areas=("全国",)
        )
        await goose.live(uow, "第二个", signs=(SIGN, "另一签名"))
        assert await shown(goose, uow) == "第一个"
        assert await shown(goose, uow, sign="另一签名") == "第二个"
        page = await ports.list_bindings(uow, goose.actor, PortFilter(), Window())
        assert sorted((row.binding.signs, row.binding.is_auto) for row in page.items) == [
            (("另一签名",), True),
            ((SIGN,), False),
        ]


async def test_two_companies_that_ask_for_one_name_at_once(goose: Any) -> None:
    async def ask(actor: Any) -> str:
        async with goose.db.begin() as uow:
            return str((await goose.create(uow, "同一名称", actor)).pub_id)

    answers = await asyncio.gather(ask(goose.actor), ask(goose.rival), return_exceptions=True)
    assert sorted(type(one).__name__ for one in answers) == ["PubNameTaken", "str"]
    assert any(isinstance(one, PubNameTaken) for one in answers)


async def test_one_company_registers_a_number_once_at_once(goose: Any) -> None:
    async with goose.db.begin() as uow:
        await goose.live(uow, "鸿雁会员")

    async def ask() -> str:
        async with goose.db.begin() as uow:
            return str((await goose.port(uow, NUMBER, SIGN)).port_id)

    answers = await asyncio.gather(ask(), ask(), return_exceptions=True)
    assert sorted(type(one).__name__ for one in answers) == ["PortTaken", "str"]


async def test_an_urging_is_repeated_after_four_hours(goose: Any) -> None:
    parts = goose.service.parts
    async with goose.db.begin() as uow:
        await goose.live(uow, "鸿雁会员")
        _, page = await parts.list_parts(uow, goose.actor, PartKind.MENU, PartFilter(), Window())
        part = page.items[0].part
        await parts.update_part(uow, goose.actor, PartKind.MENU, part.part_id, part.shown, "换一换")
        await parts.push_part(uow, goose.actor, PartKind.MENU, part.part_id)
        with pytest.raises(UrgedTooSoon):
            await parts.push_part(uow, goose.actor, PartKind.MENU, part.part_id)
        goose.clock.advance(timedelta(hours=4))
        assert (await parts.push_part(uow, goose.actor, PartKind.MENU, part.part_id)).approval is Approval.REVIEWING


async def test_a_link_to_a_picture_expires(goose: Any) -> None:
    pictures = goose.service.pictures
    async with goose.db.begin() as uow:
        picture = await goose.picture(uow, goose.actor, PictureUse.OTHER)
    link = pictures.link(picture)
    token = link.removeprefix("https://km.example/sa/media/")
    assert await pictures.open_link(token) == ("image/png", b"pixels", 24 * 3600)
    for broken in ("", "x", token[:-4], "A" * len(token), "é" * 8):
        assert await pictures.open_link(broken) is None
    goose.clock.advance(timedelta(hours=24))
    assert await pictures.open_link(token) is None


async def test_pictures_are_their_companys_and_the_reviewers(goose: Any) -> None:
    pictures, tenant_id = goose.service.pictures, goose.actor.tenant()
    async with goose.db.begin() as uow:
        picture = await goose.picture(uow, goose.actor, PictureUse.OTHER)
        for actor in (goose.actor, REVIEWER):
            assert await pictures.read(uow, actor, tenant_id, picture.picture_id) == (picture, b"pixels")
        with pytest.raises(Forbidden):
            await pictures.read(uow, goose.rival, tenant_id, picture.picture_id)
        with pytest.raises(PictureNotFound):
            await pictures.read(uow, goose.rival, goose.rival.tenant(), picture.picture_id)


async def test_pictures_are_drawn_two_at_a_time(goose: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    at_once = most = 0
    run = sandbox.run

    @asynccontextmanager
    async def watched(*args: Any, **options: Any) -> AsyncIterator[Any]:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        try:
            async with run(*args, **options) as child:
                yield child
        finally:
            at_once -= 1

    monkeypatch.setattr(sandbox, "run", watched)
    draw = goose.service.pictures.draw
    data = image(512, 512)
    await asyncio.gather(*(draw(goose.actor, PictureUse.OTHER, "a.png", data) for _ in range(5)))
    assert most == 2
