"""Scenes of shortcut keys: reviewed, changed beside what is in effect, frozen, found for messages, tapped, counted."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from hongyan.kernel.errors import HongyanError
from hongyan.rooms.enterprises.contracts import Scene
from hongyan.rooms.enterprises.errors import FilingMissing
from hongyan.rooms.handsets.contracts import IntakeCounts, Vendor
from hongyan.rooms.identity.contracts import TenantState, system_actor
from hongyan.rooms.service_accounts.contracts.accounts import (
    Action,
    Approval,
    MenuItem,
    PictureUse,
    Place,
    State,
)
from hongyan.rooms.service_accounts.contracts.lists import ShortcutFilter, Window
from hongyan.rooms.service_accounts.contracts.shortcuts import Shortcut, ShortcutForm
from hongyan.rooms.service_accounts.contracts.taps import Tap, TapCounts, TapFilter, TapTarget
from hongyan.rooms.service_accounts.errors import (
    NothingToUrge,
    ShortcutInWrongState,
    ShortcutNotFound,
    ShortcutsOverlap,
    SignIsForeign,
    UnderReview,
)
from support.office import REVIEWER

SIGN = "鸿雁商城"
ORDERS = MenuItem("查订单", Action.OPEN_URL, "https://example.com", {"open_in_browser": "0", "web_title": "订单"})
CALL = MenuItem("打客服", Action.CALLING, "4008008800")


async def form(goose: Any, uow: Any, actor: Any = None, **changes: Any) -> ShortcutForm:
    proof = await goose.picture(uow, actor or goose.actor, PictureUse.OTHER)
    return replace(ShortcutForm(SIGN, (proof.picture_id,), ("全国",), (ORDERS, CALL)), **changes)


async def create(goose: Any, uow: Any, actor: Any = None, **changes: Any) -> Shortcut:
    actor = actor or goose.actor
    made: Shortcut = await goose.service.shortcuts.create(uow, actor, await form(goose, uow, actor, **changes))
    return made


async def live(goose: Any, uow: Any, actor: Any = None, **changes: Any) -> Shortcut:
    made = await create(goose, uow, actor, **changes)
    await goose.decide_all(uow, times=2)
    return await get(goose, uow, made)


async def get(goose: Any, uow: Any, made: Shortcut) -> Shortcut:
    actor = goose.actor if goose.actor.tenant_id == made.tenant_id else goose.rival
    found: Shortcut = (await goose.service.shortcuts.show(uow, actor, made.shortcut_id)).shortcut
    return found


async def shown(goose: Any, uow: Any, sign: str = SIGN, **place: str) -> list[str] | None:
    found = await goose.service.shortcuts.find_for_message(uow, signature=sign, place=Place(**place))
    return None if found is None else [key.name for key in found.live.keys]


async def test_keys_are_shown_once_they_are_approved_and_changed_when_the_change_is(goose: Any) -> None:
    scenes, actor = goose.service.shortcuts, goose.actor
    async with goose.db.begin() as uow:
        made = await create(goose, uow)
        assert (made.state, made.approval) == (State.NOT_EFFECTIVE, Approval.REVIEWING)
        assert await shown(goose, uow) is None
        with pytest.raises(UnderReview):
            await scenes.change(uow, actor, made.shortcut_id, await form(goose, uow), "x")
        await scenes.urge(uow, actor, made.shortcut_id)
        await goose.decide_all(uow, times=2)
        now = await get(goose, uow, made)
        assert (now.state, now.approval, now.draft) == (State.EFFECTIVE, Approval.PASSED, None)
        assert now.online_at == goose.clock.now()
        assert await shown(goose, uow, f"【{SIGN}】") == ["查订单", "打客服"]
        assert await shown(goose, uow, "别的签名") is None
        with pytest.raises(NothingToUrge):
            await scenes.urge(uow, actor, made.shortcut_id)
        # a change waits beside what is in effect, and is refused
        await scenes.change(uow, actor, made.shortcut_id, await form(goose, uow, keys=(CALL,)), "只留客服")
        await goose.decide_all(uow, is_approved=False)
        now = await get(goose, uow, made)
        assert (now.state, now.approval, len(now.live.keys), len(now.draft.keys)) == (
            State.EFFECTIVE,
            Approval.REJECTED,
            2,
            1,
        )
        assert await shown(goose, uow) == ["查订单", "打客服"]
        # handed in again, it takes its place
        await scenes.change(uow, actor, made.shortcut_id, await form(goose, uow, keys=(CALL,)), "再次提交")
        assert await shown(goose, uow) == ["查订单", "打客服"]
        await goose.decide_all(uow)
        assert await shown(goose, uow) == ["打客服"]


async def test_a_frozen_scene_leaves_phones_at_once_and_comes_back_by_a_review(goose: Any) -> None:
    scenes, actor = goose.service.shortcuts, goose.actor
    async with goose.db.begin() as uow:
        made = await live(goose, uow)
        with pytest.raises(ShortcutInWrongState):
            await scenes.unfreeze(uow, actor, made.shortcut_id, "x")
        await scenes.freeze(uow, actor, made.shortcut_id, "活动结束")
        assert await shown(goose, uow) is None
        with pytest.raises(ShortcutInWrongState):
            await scenes.freeze(uow, actor, made.shortcut_id, "x")
        # changed while frozen, it stays frozen
        await scenes.change(uow, actor, made.shortcut_id, await form(goose, uow, keys=(CALL,)), "换按键")
        await goose.decide_all(uow)
        assert (await get(goose, uow, made)).state is State.FROZEN
        await scenes.unfreeze(uow, actor, made.shortcut_id, "活动再开")
        assert await shown(goose, uow) is None
        await goose.decide_all(uow)
        assert await shown(goose, uow) == ["打客服"]
        rows = await uow.fetch(
            "SELECT action FROM identity_audit WHERE subject_kind = 'shortcut' ORDER BY at, action", ()
        )
    assert sorted(row[0] for row in rows) == [f"shortcut.{verb}" for verb in ("create", "freeze", "unfreeze", "update")]


async def test_scenes_of_one_signature_do_not_overlap(goose: Any) -> None:
    scenes, actor = goose.service.shortcuts, goose.actor
    async with goose.db.begin() as uow:
        north = await live(goose, uow, areas=("河北省",))
        waiting = await create(goose, uow, areas=("广东省",))
        # what is in effect holds its regions, and what waits
        for areas in (("全国",), ("唐山市",), ("深圳市",)):
            with pytest.raises(ShortcutsOverlap) as caught:
                await create(goose, uow, areas=areas)
            assert caught.value.field == "areas"
        other = await live(goose, uow, sign="另一签名")
        assert (await get(goose, uow, waiting)).state is State.EFFECTIVE
        south = await live(goose, uow, areas=("福建省",), keys=(CALL,))
        assert await shown(goose, uow, city="唐山市") == ["查订单", "打客服"]
        assert await shown(goose, uow, province="福建省") == ["打客服"]
        assert await shown(goose, uow) is None
        assert await shown(goose, uow, "另一签名") == ["查订单", "打客服"]
        # a scene may keep its own regions, and not take another's
        wider = await form(goose, uow, areas=("河北省", "山西省"))
        await scenes.change(uow, actor, north.shortcut_id, wider, "加地区")
        with pytest.raises(ShortcutsOverlap):
            await scenes.change(uow, actor, south.shortcut_id, await form(goose, uow, areas=("太原市",)), "换地区")
        # a refused change holds nothing; a frozen scene neither, and must find its place free again
        await goose.decide_all(uow, is_approved=False)
        await scenes.freeze(uow, actor, south.shortcut_id, "停用")
        await live(goose, uow, areas=("山西省", "厦门市"))
        with pytest.raises(ShortcutsOverlap):
            await scenes.unfreeze(uow, actor, south.shortcut_id, "恢复")
        assert other.live.sign == "另一签名"


async def test_a_signature_is_one_company_s(goose: Any) -> None:
    async with goose.db.begin() as uow:
        await goose.office.file_enterprise(uow, goose.rival)
        held = await goose.office.make_usable_signature(uow, goose.rival)
        with pytest.raises(SignIsForeign) as caught:
            await create(goose, uow, sign=held.form.name)
        assert caught.value.field == "sign"
        made = await live(goose, uow)
        with pytest.raises(SignIsForeign):
            await create(goose, uow, goose.rival)
        # and another company sees nothing of it
        for act in ("show", "urge"):
            with pytest.raises(ShortcutNotFound):
                await getattr(goose.service.shortcuts, act)(uow, goose.rival, made.shortcut_id)
        page = await goose.service.shortcuts.list_shortcuts(uow, goose.rival, ShortcutFilter(), Window())
        assert page.total == 0


async def test_two_companies_that_ask_for_one_signature_at_once(goose: Any) -> None:
    async def ask(actor: Any) -> str:
        async with goose.db.begin() as uow:
            return (await create(goose, uow, actor)).shortcut_id

    answers = await asyncio.gather(ask(goose.actor), ask(goose.rival), return_exceptions=True)
    assert sorted(type(one).__name__ for one in answers) == ["SignIsForeign", "str"]


async def test_another_company_s_picture_proves_nothing(goose: Any) -> None:
    async with goose.db.begin() as uow:
        foreign = await goose.picture(uow, goose.rival, PictureUse.OTHER)
        with pytest.raises(HongyanError) as caught:
            await create(goose, uow, proofs=(foreign.picture_id,))
        assert caught.value.field == "authorization_files.0"


async def test_without_the_filing_scenes_are_expired(goose: Any) -> None:
    scenes, actor = goose.service.shortcuts, goose.actor
    async with goose.db.begin() as uow:
        await live(goose, uow)
        await goose.office.enterprises.revoke_filing(uow, REVIEWER, actor.tenant(), Scene.SERVICE_ACCOUNT, "证照过期")
        assert await shown(goose, uow) is None
        for wanted, states in ((None, [3]), (State.EXPIRED, [3]), (State.EFFECTIVE, [])):
            page = await scenes.list_shortcuts(uow, actor, ShortcutFilter(state=wanted), Window())
            assert ([state for _, state in page.items], page.total) == (states, len(states))
        with pytest.raises(FilingMissing):
            await create(goose, uow, sign="另一签名")


async def test_a_suspended_company_shows_nothing(goose: Any) -> None:
    async with goose.db.begin() as uow:
        await live(goose, uow)
        await goose.office.identity.tenants.set_state(uow, system_actor(), goose.actor.tenant(), TenantState.SUSPENDED)
        assert await shown(goose, uow) is None


async def test_taps_on_keys_are_counted_by_scene(goose: Any) -> None:
    async with goose.db.begin() as uow:
        made = await live(goose, uow)
        pub = await goose.live(uow, "鸿雁会员")
        waiting = await create(goose, uow, sign="另一签名")
    now = goose.clock.now()

    def tap(number: int, owner: str, target: TapTarget, *item: str) -> Tap:
        return Tap(f"event-{number:04d}", owner, target, item, now)

    said = [
        tap(1, made.shortcut_id, TapTarget.SHORTCUT, "查订单"),
        tap(2, made.shortcut_id, TapTarget.SHORTCUT, "查订单"),
        tap(3, made.shortcut_id, TapTarget.SHORTCUT, "没有的"),
        tap(4, made.shortcut_id, TapTarget.HOME),
        tap(5, pub.pub_id, TapTarget.HOME),
        tap(6, pub.pub_id, TapTarget.SHORTCUT, "查订单"),
        tap(7, waiting.shortcut_id, TapTarget.SHORTCUT, "查订单"),
    ]
    async with goose.db.begin() as uow:
        assert await goose.service.taps.record(uow, Vendor.HUAWEI, said) == IntakeCounts(3, 0, 4)
        assert await goose.service.taps.record(uow, Vendor.HUAWEI, said[:1]) == IntakeCounts(0, 1, 0)
        tenant = goose.actor.tenant()
        wanted = TapFilter(now.replace(minute=0), now.replace(hour=23), "Asia/Shanghai")
        rows = (await goose.service.taps.list_rows(uow, tenant, wanted, offset=0, limit=10)).items
        assert [(row.pub_id, row.pub_name, row.counts) for row in rows] == [
            (made.shortcut_id, f"【{SIGN}】", TapCounts(shortcut=2)),
            (pub.pub_id, "鸿雁会员", TapCounts(home=1)),
        ]
        keys = replace(wanted, target=TapTarget.SHORTCUT, pub_name="商城")
        items = (await goose.service.taps.list_items(uow, tenant, keys, offset=0, limit=10)).items
        assert [(row.pub_name, row.item, row.times) for row in items] == [(f"【{SIGN}】", "查订单", 2)]
