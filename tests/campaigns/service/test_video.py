import base64
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from hongyan.kernel.db.database import Database
from hongyan.kernel.errors import HongyanError
from hongyan.kernel.ids import AccountId
from hongyan.rooms.campaigns.contracts import VideoTaskState
from hongyan.rooms.campaigns.errors import VideoPhonesInvalid, VideoTaskStateConflict
from hongyan.rooms.campaigns.service.video import hold_restored
from hongyan.rooms.carriers.service import LINE_TENANT
from hongyan.rooms.delivery.contracts import EVERY_TENANT, GateKind, MessageFilter, MessageKind, MessageState, Verdict
from hongyan.rooms.enterprises.errors import FilingMissing
from hongyan.rooms.video_sms.contracts import VideoTemplate
from hongyan.rooms.video_sms.errors import TemplateNotUsable, ValuesDiffer
from support.office import take_jobs
from support.video_house import VideoHouse, open_video_house

NUMBERS = ("13800138000", "13800138001", "13800138002")
_S = VideoTaskState


@pytest.fixture
async def house(db: Database, tmp_path: Path) -> AsyncIterator[VideoHouse]:
    house = await open_video_house(db, tmp_path)
    yield house
    await house.out.close()


@pytest.fixture
async def template(house: VideoHouse) -> VideoTemplate:
    return await house.decide(await house.make())


async def messages(house: VideoHouse, task_id: str, **where: object) -> list[tuple[str, str, MessageKind]]:
    wanted = replace(MessageFilter(task_id=task_id), **where)
    async with house.db.begin() as uow:
        page = await house.line.delivery.list_messages(uow, house.tenant, wanted, offset=0, limit=100)
    return [(message.phone, message.text, message.kind) for message in page.items]


async def test_a_task_goes_from_the_ledger_to_its_end(house: VideoHouse, template: VideoTemplate) -> None:
    task = await house.send(template, [*NUMBERS, "+8613800138000"], "王女士", exdata="order-17")
    assert (task.state, task.total) == (_S.SUBMIT_SUCCESS, 3)
    text = json.dumps(
        {"content": template.content_id, "params": {"p_1": "王女士"}}, ensure_ascii=False, separators=(",", ":")
    )
    assert await messages(house, task.id) == [(f"86{number}", text, MessageKind.VIDEO) for number in NUMBERS]
    assert await house.files.exists("video_sms_content", template.content_id)

    spans = await house.claim()
    assert [len(span.messages) for span in spans] == [3]
    assert (await house.settle(task)).task.state is _S.PROCESSING
    await house.close(spans)
    assert (await house.settle(task)).task.state is _S.PROCESSING
    await house.report([spans[0]], MessageState.DELIVERED, "DELIVRD")
    done = await house.settle(task)
    assert done.task.state is _S.SENDING_COMPLETE
    assert (done.delivered, done.failed, done.timed_out) == (3, 0, 0)
    assert (done.task.exdata, done.task.resent) == ("order-17", 0)


async def test_failures_are_sent_once_more(house: VideoHouse, template: VideoTemplate) -> None:
    task = await house.send(template, NUMBERS, "甲")
    async with house.db.begin() as uow:
        with pytest.raises(VideoTaskStateConflict):
            await house.tasks.resend(uow, house.actor, task.id)
    await house.close(await house.claim(), Verdict.REFUSED)
    failed = await house.settle(task)
    assert (failed.task.state, failed.failed) == (_S.SENDING_FAILED, 3)

    async with house.db.begin() as uow:
        again = await house.tasks.resend(uow, house.actor, task.id)
    assert (again.state, again.resent) == (_S.RE_SUBMIT_SUCCESS, 3)
    assert (await house.show(task.id)).failed == 0
    spans = await house.claim()
    assert (await house.settle(task)).task.state is _S.RE_PROCESSING
    await house.close(spans)
    await house.report(spans, MessageState.DELIVERED, "DELIVRD")
    done = await house.settle(task)
    assert (done.task.state, done.delivered, done.failed) == (_S.RE_SENDING_COMPLETE, 3, 0)
    async with house.db.begin() as uow:
        with pytest.raises(VideoTaskStateConflict):
            await house.tasks.resend(uow, house.actor, task.id)


async def test_what_was_silent_timed_out_and_is_not_sent_again(house: VideoHouse, template: VideoTemplate) -> None:
    task = await house.send(template, NUMBERS, "甲")
    await house.close(await house.claim())
    house.clock.advance(timedelta(hours=73))
    async with house.db.begin() as uow:
        assert await house.line.delivery.end_silent(uow, house.tenant, task.id) == 3
    done = await house.settle(task)
    assert (done.task.state, done.failed, done.timed_out) == (_S.SENDING_FAILED, 0, 3)
    async with house.db.begin() as uow:
        with pytest.raises(VideoTaskStateConflict):
            await house.tasks.resend(uow, house.actor, task.id)


async def test_who_opted_out_gets_nothing(house: VideoHouse, template: VideoTemplate) -> None:
    async with house.db.begin() as uow:
        await house.audience.opt_out(uow, house.tenant, ["8613800138000"], source="console")
    task = await house.send(template, NUMBERS[:2], "甲")
    assert [len(span.messages) for span in await house.claim()] == [1]
    assert (await house.show(task.id)).failed == 1
    alone = await house.send(template, NUMBERS[:1], "甲")
    assert alone.state is _S.SUBMIT_FAILED


async def test_the_second_time_moves_whatever_the_first_left_unsent(house: VideoHouse, template: VideoTemplate) -> None:
    # given a first time of which one number had opted out, and the other was refused
    async with house.db.begin() as uow:
        await house.audience.opt_out(uow, house.tenant, ["8613800138000"], source="console")
    task = await house.send(template, NUMBERS[:2], "甲")
    assert (await house.settle(task)).task.state is _S.SUBMIT_SUCCESS
    await house.close(await house.claim(), Verdict.REFUSED)
    assert (await house.settle(task)).task.state is _S.SENDING_FAILED
    async with house.db.begin() as uow:
        await house.tasks.resend(uow, house.actor, task.id)
    # then it moves a second time when something leaves, not before
    assert (await house.settle(task)).task.state is _S.RE_SUBMIT_SUCCESS
    await house.claim()
    assert (await house.settle(task)).task.state is _S.RE_PROCESSING


async def test_without_a_channel_nothing_is_submitted(house: VideoHouse, template: VideoTemplate) -> None:
    async with house.db.begin() as uow:
        await house.line.carriers.set_enabled(uow, "video", is_enabled=False)
    task = await house.send(template, NUMBERS, "甲")
    shown = await house.show(task.id)
    assert (task.state, shown.failed) == (_S.SUBMIT_FAILED, 3)
    async with house.db.begin() as uow:
        await house.line.carriers.set_enabled(uow, "video", is_enabled=True)
    async with house.db.begin() as uow:
        assert (await house.tasks.resend(uow, house.actor, task.id)).state is _S.RE_SUBMIT_SUCCESS


async def test_a_disabled_template_stops_what_waits(house: VideoHouse, template: VideoTemplate) -> None:
    await house.send(template, NUMBERS, "甲")
    async with house.db.begin() as uow:
        await house.templates.set_usable(uow, house.actor, template.tpl_id, is_usable=False, reason="停用")
        (job,) = await take_jobs(uow, "delivery.close_gate")
        assert job.args["kind"] == "template"
        owner = job.args["tenant_id"] or EVERY_TENANT
        await house.line.delivery.close_gate(uow, owner, GateKind.TEMPLATE, str(job.args["subject_id"]), "停用")
    assert await house.claim() == []
    with pytest.raises(TemplateNotUsable):
        await house.send(template, NUMBERS, "甲")


async def test_a_scheduled_task_waits_for_its_time(house: VideoHouse, template: VideoTemplate) -> None:
    at = house.clock.now() + timedelta(hours=2)
    task = await house.send(template, NUMBERS, "甲", send_at=at)
    assert (task.state, task.send_at) == (_S.SCHEDULED, at)
    assert await house.claim() == []
    house.clock.advance(timedelta(hours=2, seconds=1))
    async with house.db.begin() as uow:
        await house.line.delivery.unpark_due(uow, house.account)
    assert await house.claim()
    assert (await house.settle(task)).task.state is _S.PROCESSING


async def test_a_cancelled_task_ends(house: VideoHouse, template: VideoTemplate) -> None:
    task = await house.send(template, NUMBERS, "甲")
    async with house.db.begin() as uow:
        gone = await house.tasks.cancel(uow, house.actor, task.id)
    assert gone.state is _S.SENDING_FAILED
    assert await house.claim() == []
    for act in (house.tasks.cancel, house.tasks.resend, house.tasks.resume):
        async with house.db.begin() as uow:
            with pytest.raises(VideoTaskStateConflict):
                await act(uow, house.actor, task.id)


async def test_a_cancel_after_the_last_message_left_holds_as_well(house: VideoHouse, template: VideoTemplate) -> None:
    task = await house.send(template, NUMBERS, "甲")
    spans = await house.claim()
    async with house.db.begin() as uow:
        await house.tasks.cancel(uow, house.actor, task.id)
    async with house.db.begin() as uow:
        with pytest.raises(VideoTaskStateConflict, match="is cancelled; it cannot resume"):
            await house.tasks.resume(uow, house.actor, task.id)
    await house.close(spans, Verdict.REFUSED)
    assert (await house.settle(task)).task.state is _S.SENDING_FAILED
    async with house.db.begin() as uow:
        with pytest.raises(VideoTaskStateConflict, match="is cancelled; it cannot resend"):
            await house.tasks.resend(uow, house.actor, task.id)


async def test_what_ended_while_a_restore_held_it_can_be_sent_again(house: VideoHouse, template: VideoTemplate) -> None:
    task = await house.send(template, NUMBERS, "甲")
    spans = await house.claim()
    async with house.db.begin() as uow:
        await hold_restored(uow, house.line.delivery)
    await house.close(spans, Verdict.REFUSED)
    assert (await house.settle(task)).task.state is _S.SENDING_FAILED
    async with house.db.begin() as uow:
        await house.tasks.resend(uow, house.actor, task.id)
    assert [len(span.messages) for span in await house.claim()] == [3]


async def test_a_restore_stops_tasks_until_somebody_resumes_them(house: VideoHouse, template: VideoTemplate) -> None:
    task = await house.send(template, NUMBERS, "甲")
    async with house.db.begin() as uow:
        assert await hold_restored(uow, house.line.delivery) == 1
    assert await house.claim() == []
    async with house.db.begin() as uow:
        await house.tasks.resume(uow, house.actor, task.id)
    assert [len(span.messages) for span in await house.claim()] == [3]


async def test_refusals_leave_nothing_behind(house: VideoHouse, template: VideoTemplate) -> None:
    cases: list[tuple[type[HongyanError], tuple[str, ...], tuple[str, ...]]] = [
        (ValuesDiffer, NUMBERS, ()),
        (ValuesDiffer, NUMBERS, ("a", "b")),
        (VideoPhonesInvalid, (*NUMBERS, "12"), ("a",)),
    ]
    for error, numbers, values in cases:
        with pytest.raises(error):
            await house.send(template, numbers, *values)
    waiting = await house.make()
    with pytest.raises(TemplateNotUsable):
        await house.send(waiting, NUMBERS, "a")
    assert await house.claim() == []


async def reply(house: VideoHouse, uplink_id: str, phone: str, text: str, account: AccountId | None = None) -> bool:
    async with house.db.begin() as uow:
        sealed = (await house.line.keys.sealer(uow, LINE_TENANT)).seal(phone)
        return await house.views.take_reply(
            uow,
            uplink_id=uplink_id,
            account_id=account or house.account,
            sealed=sealed,
            text=text,
            at=house.clock.now(),
        )


async def test_a_reply_belongs_to_the_latest_message(house: VideoHouse, template: VideoTemplate) -> None:
    one, two = "00000000-0000-4000-8000-00000000000e", "00000000-0000-4000-8000-00000000000f"
    assert not await reply(house, one, "8613800138000", "你好")
    await house.send(template, NUMBERS, "甲")
    house.clock.advance(timedelta(minutes=1))
    latest = await house.send(template, NUMBERS[:1], "乙")
    house.clock.advance(timedelta(minutes=1))
    assert not await reply(house, one, "8613800138000", "你好", AccountId(99))
    assert await reply(house, one, "8613800138000", "你好")
    assert await reply(house, one, "8613800138000", "你好")
    async with house.db.begin() as uow:
        page = await house.views.list_replies(uow, house.tenant, latest.id, offset=0, limit=10)
        (job,) = await take_jobs(uow, "callbacks.video_reply")
        number = (await house.line.keys.sealer(uow, house.tenant)).open(base64.b64decode(str(job.args["number"])))
    assert [(row.phone, row.text) for row in page.items] == [("8613800138000", "你好")]
    assert (job.args["task_id"], job.args["text"], number) == (latest.id, "你好", "8613800138000")
    assert await reply(house, two, "8613800138000", "R")
    async with house.db.begin() as uow:
        assert await house.audience.find_opted_out(uow, house.tenant, ["8613800138000"]) == {"8613800138000"}


async def test_the_filing_is_asked(house: VideoHouse, template: VideoTemplate) -> None:
    async with house.db.begin() as uow:
        await uow.fetch("UPDATE enterprises_filings SET state = 'rejected' WHERE scene = 'basic'")
    with pytest.raises(FilingMissing):
        await house.send(template, NUMBERS, "甲")
    with pytest.raises(FilingMissing):
        await house.make()
