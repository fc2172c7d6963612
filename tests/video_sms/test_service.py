from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from hongyan.kernel.db.database import Database
from hongyan.rooms.identity.contracts import Actor
from hongyan.rooms.video_sms.contracts import StatusDocument, TemplateFilter, TemplateState, VideoTemplate
from hongyan.rooms.video_sms.errors import TemplateNotFound, TemplateNotUsable, WrongState
from hongyan.rooms.video_sms.rules.documents import unpack
from support.identity import found_household
from support.office import OPERATOR, take_jobs
from support.video_house import TEXT, VideoHouse, open_video_house

PRESET = "800000001"
_S = TemplateState


@pytest.fixture
async def house(db: Database, tmp_path: Path) -> AsyncIterator[VideoHouse]:
    house = await open_video_house(db, tmp_path)
    yield house
    await house.out.close()


async def shown(house: VideoHouse, template: VideoTemplate) -> StatusDocument:
    async with house.db.begin() as uow:
        found = await house.templates.get_template(uow, house.tenant, template.tpl_id)
        return (await house.templates.describe(uow, (found,)))[0]


async def use(house: VideoHouse, actor: Actor, tpl_id: str, *, is_usable: bool) -> VideoTemplate:
    async with house.db.begin() as uow:
        return await house.templates.set_usable(uow, actor, tpl_id, is_usable=is_usable, reason="停用")


async def test_a_template_lives_from_its_approval_to_the_end_of_its_last_day(house: VideoHouse) -> None:
    template = await house.make(valid_days=1, callback_url="https://example.com/cb")
    assert template.state is _S.IN_REVIEW
    house.clock.advance(timedelta(days=2))
    approved = await house.decide(template)
    assert approved.state is _S.USABLE
    assert approved.valid_until is not None
    # 2026-11-24 10:00 in Shanghai, and one day more.
    assert approved.valid_until.isoformat() == "2026-11-25T15:59:59+00:00"
    status = await shown(house, approved)
    assert (status["audit_state"], status["valid_time"]) == (0, "2026-11-25T15:59:59Z")
    assert [(row["carrier"], row["status"]) for row in status["status_detail"]] == [
        ("cmcc", 0),
        ("cucc", 0),
        ("ctcc", 0),
    ]
    assert (status["restags"], status["tpl_size"]) == ("三网一般", len(TEXT.encode()))
    assert status["var_info"] == [{"name": "#p_1#", "type": "txt"}]

    house.clock.advance(timedelta(days=2))
    async with house.db.begin() as uow:
        with pytest.raises(TemplateNotUsable):
            await house.templates.get_usable(uow, house.tenant, template.tpl_id)
        await take_jobs(uow)
        assert await house.templates.expire(uow) == 1
        assert await house.templates.expire(uow) == 0
        jobs = await take_jobs(uow)
    assert [job.name for job in jobs] == ["delivery.close_gate", "callbacks.video_template_decided"]
    assert jobs[1].args == {"tenant_id": house.tenant, "tpl_id": template.tpl_id}
    assert (await shown(house, template))["audit_state"] == 5
    with pytest.raises(WrongState):
        await use(house, house.actor, template.tpl_id, is_usable=True)


async def test_a_decision_is_told_to_who_asked_for_it(house: VideoHouse) -> None:
    quiet, loud = await house.make(), await house.make(callback_url="https://example.com/cb")
    await house.decide(quiet)
    rejected = await house.decide(loud, is_approved=False, reason="图片不清晰")
    assert (rejected.state, rejected.state_desc) == (_S.REJECTED, "图片不清晰")
    async with house.db.begin() as uow:
        assert [job.args["tpl_id"] for job in await take_jobs(uow, "callbacks.")] == [loud.tpl_id]
        again = await house.templates.submit(uow, house.actor, loud.tpl_id)
        with pytest.raises(WrongState):
            await house.templates.submit(uow, house.actor, loud.tpl_id)
    assert (again.state, again.state_desc) == (_S.IN_REVIEW, "")
    assert (await house.decide(again)).state is _S.USABLE


async def test_a_network_without_a_channel_does_not_have_it(house: VideoHouse) -> None:
    template = await house.decide(await house.make())
    async with house.db.begin() as uow:
        await house.line.carriers.set_enabled(uow, "video", is_enabled=False)
    status = await shown(house, template)
    assert {row["status"] for row in status["status_detail"]} == {4}
    assert status["restags"] == ""


async def test_public_templates_are_everybodys_and_the_operators(house: VideoHouse) -> None:
    async with house.db.begin() as uow:
        assert await house.templates.seed_public_templates(uow) == 1
        assert await house.templates.seed_public_templates(uow) == 0
        preset = await house.templates.get_usable(uow, house.tenant, PRESET)
        page = await house.templates.list_templates(uow, house.tenant, TemplateFilter(is_public=True))
    assert (preset.valid_until, preset.params, page.total) == (None, (), 1)
    document = unpack(await house.files.get("video_sms_content", preset.content_id))
    assert [[part.content_type for part in frame] for frame in document.frames] == [
        ["image/jpeg", "text/plain"],
        ["text/plain"],
    ]
    with pytest.raises(TemplateNotFound):
        await use(house, house.actor, PRESET, is_usable=False)
    assert (await use(house, OPERATOR, PRESET, is_usable=False)).state is _S.DISABLED
    async with house.db.begin() as uow:
        (gate,) = await take_jobs(uow, "delivery.close_gate")
    assert gate.args["tenant_id"] is None


async def test_what_is_anothers_is_not_there(house: VideoHouse) -> None:
    template = await house.decide(await house.make())
    async with house.db.begin() as uow:
        other = await found_household(uow, house.office.identity, "duck", number=1)
        for tpl_id in (template.tpl_id, "800000009", "x"):
            with pytest.raises(TemplateNotFound):
                await house.templates.get_template(uow, other.tenant.id, tpl_id)
        assert (await house.templates.list_templates(uow, other.tenant.id, TemplateFilter())).total == 0
    with pytest.raises(TemplateNotFound):
        await use(house, other.actor, template.tpl_id, is_usable=False)


async def test_a_preview_is_for_those_who_have_its_address(house: VideoHouse) -> None:
    template = await house.make()
    async with house.db.begin() as uow:
        found = await house.templates.find_preview(uow, template.tpl_id, template.preview_token)
        assert found is not None
        assert found[1].frames[0][0].data.decode() == TEXT
        assert await house.templates.find_preview(uow, template.tpl_id, "A" * 22) is None
        assert await house.templates.find_preview(uow, template.tpl_id, "\0") is None
        assert await house.templates.find_preview(uow, "\0", template.preview_token) is None


async def test_a_decision_about_an_older_review_changes_nothing(house: VideoHouse) -> None:
    template = await house.make()
    async with house.db.begin() as uow:
        await house.templates.review_decided(
            uow, house.tenant, template.tpl_id, review_id="old", is_approved=True, reason=""
        )
    assert (await shown(house, template))["audit_state"] == 1
