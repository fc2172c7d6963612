"""Video tasks of more numbers than a call may name: planned out of the file, block by block."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from hongyan.kernel.db.database import Database
from hongyan.kernel.ids import FileId, TaskId
from hongyan.rooms.audience.contracts import NumberFile, ParseCounts
from hongyan.rooms.campaigns.contracts import NewVideoTask, VideoTask, VideoTaskState
from hongyan.rooms.campaigns.errors import VideoPhonesInvalid, VideoTaskStateConflict
from hongyan.rooms.campaigns.service.video import split_no
from hongyan.rooms.campaigns.service.video_files import MAX_FILE_NUMBERS
from hongyan.rooms.campaigns.service.video_plan import is_large
from hongyan.rooms.campaigns.service.video_sums import VideoSums
from hongyan.rooms.campaigns.store.video import update_task
from hongyan.rooms.delivery.contracts import MessageFilter, MessageState, Verdict
from hongyan.rooms.video_sms.contracts import VideoTemplate
from hongyan.rooms.video_sms.errors import TemplateNotFound, ValuesDiffer
from support.office import take_jobs
from support.video_house import VideoHouse, open_video_house

COUNT = 10_003
"""Two blocks, the second of three."""
DAY = timedelta(days=1)
_S = VideoTaskState


@pytest.fixture
async def house(db: Database, tmp_path: Path) -> AsyncIterator[VideoHouse]:
    house = await open_video_house(db, tmp_path)
    yield house
    await house.out.close()


@pytest.fixture
async def template(house: VideoHouse) -> VideoTemplate:
    return await house.decide(await house.make())


class Killed(BaseException):
    """Stands for the end of the process."""


async def numbers(house: VideoHouse, *, wrong: int = -1) -> NumberFile:
    """A file of many numbers, each with a name; the one at ``wrong`` has a name that no message may show."""
    rows = [(f"138{no:08d}", "【王】" if no == wrong else f"客户{no}") for no in range(COUNT)]
    async with house.db.begin() as uow:
        return await house.audience.create_from_rows(uow, house.tenant, ["p_1"], rows)


async def accept(
    house: VideoHouse, template: VideoTemplate, file: NumberFile, shared: tuple[str, ...] | None = None
) -> VideoTask:
    async with house.db.begin() as uow:
        new = NewVideoTask("大任务", template.tpl_id, 24, ())
        return await house.planner.create(uow, house.actor, new, file, shared)


async def run_plan(house: VideoHouse) -> None:
    """Do the job that waits."""
    async with house.db.begin() as uow:
        (job,) = await take_jobs(uow, "campaigns.plan_video")
    shared = job.args["shared"]
    assert shared is None or isinstance(shared, list)
    values = None if shared is None else [str(value) for value in shared]
    task_id, file_id = TaskId(str(job.args["task_id"])), FileId(str(job.args["file_id"]))
    await house.planner.plan(house.db, house.tenant, task_id, file_id, values)


async def counts(house: VideoHouse, task: VideoTask) -> dict[MessageState, int]:
    async with house.db.begin() as uow:
        found = await house.line.delivery.task_counts(uow, house.tenant, task.id)
    return {state: count for state, count in found.items() if count}


async def test_every_row_of_a_large_file_becomes_a_message_once(house: VideoHouse, template: VideoTemplate) -> None:
    file = await numbers(house, wrong=10_001)
    assert is_large(file)
    task = await accept(house, template, file)
    # accepted, and not over although nothing is open yet
    before = await house.settle(task)
    assert (before.task.state, before.task.total, before.planned) == (_S.SUBMIT_SUCCESS, COUNT, 0)

    await run_plan(house)
    done = await house.show(task.id)
    assert (done.planned, done.task.total, done.failed) == (COUNT, COUNT, 1)
    # and the one that gets nothing does not make it one that moves
    assert done.task.state is _S.SUBMIT_SUCCESS
    expected = {MessageState.QUEUED: COUNT - 1, MessageState.SKIPPED: 1}
    assert await counts(house, task) == expected
    async with house.db.begin() as uow:
        where = MessageFilter(task_id=task.id)
        rows = [one async for one in house.line.delivery.iter_messages(uow, house.tenant, where)]
    assert {one.recipient_no for one in rows} == set(range(COUNT))
    assert [one.carrier_code for one in rows if one.state is MessageState.SKIPPED] == ["wrong_value"]
    last = next(one for one in rows if one.recipient_no == COUNT - 1)
    assert (last.phone, "客户10002" in last.text) == ("8613800010002", True)

    # a repetition, as after a kill, adds nothing
    await house.planner.plan(house.db, house.tenant, task.id, file.file_id, None)
    assert await counts(house, task) == expected


async def test_a_stopped_task_is_planned_no_further(house: VideoHouse, template: VideoTemplate) -> None:
    task = await accept(house, template, await numbers(house), ("会员",))
    async with house.db.begin() as uow:
        stopped = await house.tasks.cancel(uow, house.actor, task.id)
    assert (stopped.state, stopped.total) == (_S.SENDING_FAILED, COUNT)
    await run_plan(house)
    assert await counts(house, task) == {}
    # it remains of as many numbers as the file has, and says of them that nothing was sent
    shown = await house.show(task.id)
    assert (shown.task.total, shown.planned, shown.failed, shown.unsent) == (COUNT, 0, COUNT, COUNT)


async def test_a_task_that_is_stopped_while_it_is_planned_remains_of_its_whole_file(
    house: VideoHouse, template: VideoTemplate, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = await numbers(house)
    task = await accept(house, template, file, ("会员",))
    # given a planner that has come to its third chunk
    kill_at_chunk(house, monkeypatch, 3)
    with pytest.raises(Killed):
        await run_plan(house)
    monkeypatch.undo()
    planned = (await house.show(task.id)).planned
    assert 0 < planned < COUNT
    # when somebody stops the task, whose planning is tried again
    async with house.db.begin() as uow:
        stopped = await house.tasks.cancel(uow, house.actor, task.id)
    await house.planner.plan(house.db, house.tenant, task.id, file.file_id, ("会员",))
    # then nothing more is planned, and the rest was not sent
    shown = await house.settle(stopped)
    assert (shown.task.state, shown.task.total, shown.planned) == (_S.SENDING_FAILED, COUNT, planned)
    assert (shown.unsent, shown.failed, shown.delivered, shown.timed_out) == (COUNT - planned, COUNT, 0, 0)
    assert await counts(house, task) == {MessageState.CANCELLED: planned}
    async with house.db.begin() as uow:
        sums = VideoSums(delivery=house.line.delivery).sum_videos
        (row,) = await sums(uow, house.tenant, "Asia/Shanghai", task.send_at - DAY, task.send_at + DAY)
    assert (row.total, row.failed, row.delivered, row.timed_out) == (COUNT, COUNT, 0, 0)
    # and it is over: nothing of it is sent once more
    with pytest.raises(VideoTaskStateConflict):
        async with house.db.begin() as uow:
            await house.tasks.resend(uow, house.actor, task.id)


async def test_numbers_that_are_gone_leave_what_was_planned(house: VideoHouse, template: VideoTemplate) -> None:
    file = await numbers(house)
    task = await accept(house, template, file, ("会员",))
    await house.files.delete("audience", f"{file.file_id}/recipients-1")
    await run_plan(house)
    shown = await house.show(task.id)
    assert (shown.task.total, shown.planned, shown.task.state) == (10_000, 10_000, _S.SUBMIT_SUCCESS)


async def test_a_template_that_is_gone_is_no_file_that_is_gone(house: VideoHouse, template: VideoTemplate) -> None:
    task = await accept(house, template, await numbers(house), ("会员",))
    async with house.db.begin() as uow:
        await update_task(uow, house.tenant, task.id, tpl_id="999999999")
    with pytest.raises(TemplateNotFound):
        await run_plan(house)
    shown = await house.show(task.id)
    assert (shown.task.total, shown.planned, shown.task.state) == (COUNT, 0, _S.SUBMIT_SUCCESS)


async def test_many_failures_are_sent_once_more(house: VideoHouse, template: VideoTemplate) -> None:
    async with house.db.begin() as uow:
        await house.line.carriers.set_enabled(uow, "video", is_enabled=False)
    task = await accept(house, template, await numbers(house), ("会员",))
    await run_plan(house)
    failed = await house.show(task.id)
    assert (failed.task.state, failed.failed) == (_S.SENDING_FAILED, COUNT)
    async with house.db.begin() as uow:
        await house.line.carriers.set_enabled(uow, "video", is_enabled=True)
    async with house.db.begin() as uow:
        again = await house.tasks.resend(uow, house.actor, task.id)
    assert (again.state, again.resent) == (_S.RE_SUBMIT_SUCCESS, COUNT)
    assert (await house.settle(task)).task.state is _S.RE_SUBMIT_SUCCESS
    async with house.db.begin() as uow:
        (job,) = await take_jobs(uow, "campaigns.plan_video_again")
    for _ in range(2):
        send_at = datetime.fromisoformat(str(job.args["send_at"]))
        await house.planner.plan_again(house.db, house.tenant, task.id, send_at)
        assert await counts(house, task) == {MessageState.REFUSED: COUNT, MessageState.QUEUED: COUNT}
    async with house.db.begin() as uow:
        with pytest.raises(VideoTaskStateConflict):
            await house.tasks.resend(uow, house.actor, task.id)


def kill_at_chunk(house: VideoHouse, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Let the process end within the transaction of the ``number``-th chunk from now."""
    plan, calls = house.tasks.plan_messages, count(1)

    async def plan_until_killed(*args: Any) -> bool:
        is_any = await plan(*args)
        if next(calls) == number:
            raise Killed
        return is_any

    monkeypatch.setattr(house.tasks, "plan_messages", plan_until_killed)


async def ledger(house: VideoHouse, task: VideoTask) -> Counter[tuple[int, bool]]:
    """Which recipients have messages, and whether these are second attempts."""
    async with house.db.begin() as uow:
        found = house.views.iter_messages(uow, house.tenant, MessageFilter(task_id=task.id))
        return Counter([split_no(one.recipient_no) async for one in found])


async def test_blocks_with_gaps_make_no_second_attempts(
    house: VideoHouse, template: VideoTemplate, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a file whose first block lacks those who opted out, and no channel
    async with house.db.begin() as uow:
        opted_out = [f"86138{no:08d}" for no in (1, 2, 9_000)]
        await house.audience.opt_out(uow, house.tenant, opted_out, source="console")
        await house.line.carriers.set_enabled(uow, "video", is_enabled=False)
    file = await numbers(house)
    task = await accept(house, template, file, ("会员",))
    assert task.total == file.counts.imported == COUNT - 3
    # when the process ends in the middle of the planning, of which the job is repeated
    kill_at_chunk(house, monkeypatch, 3)
    with pytest.raises(Killed):
        await run_plan(house)
    monkeypatch.undo()
    await house.planner.plan(house.db, house.tenant, task.id, file.file_id, ("会员",))
    # then every number has its message, and none counts as tried again
    first = Counter({(no, False): 1 for no in range(COUNT - 3)})
    assert await ledger(house, task) == first
    shown = await house.show(task.id)
    assert (shown.task.total, shown.planned, shown.failed) == (COUNT - 3, COUNT - 3, COUNT - 3)
    # and all of them are tried again, each once, also past such an end
    async with house.db.begin() as uow:
        await house.line.carriers.set_enabled(uow, "video", is_enabled=True)
    async with house.db.begin() as uow:
        assert (await house.tasks.resend(uow, house.actor, task.id)).resent == COUNT - 3
    kill_at_chunk(house, monkeypatch, 2)
    with pytest.raises(Killed):
        await house.planner.plan_again(house.db, house.tenant, task.id, house.clock.now())
    monkeypatch.undo()
    await house.planner.plan_again(house.db, house.tenant, task.id, house.clock.now())
    assert await ledger(house, task) == first + Counter({(no, True): 1 for no in range(COUNT - 3)})
    again = (await house.show(task.id)).task
    assert (again.state, again.total, again.resent) == (_S.RE_SUBMIT_SUCCESS, COUNT - 3, COUNT - 3)


async def test_a_total_that_is_lowered_moves_no_second_attempt(house: VideoHouse, template: VideoTemplate) -> None:
    task = await house.send(template, ["13800138000", "13800138001"], "甲")
    await house.close(await house.claim(), Verdict.REFUSED)
    await house.settle(task)
    async with house.db.begin() as uow:
        await house.tasks.resend(uow, house.actor, task.id)
        await update_task(uow, house.tenant, task.id, total=1)
    assert set(await ledger(house, task)) == {(0, False), (1, False), (0, True), (1, True)}


async def test_what_a_large_file_cannot_be_is_told_at_once(house: VideoHouse, template: VideoTemplate) -> None:
    file = await numbers(house)
    with pytest.raises(ValuesDiffer):
        await accept(house, template, file, ("【会员】",))
    with pytest.raises(ValuesDiffer):
        await accept(house, template, file, ())
    with pytest.raises(VideoPhonesInvalid):
        await accept(house, template, replace(file, columns=()))
    with pytest.raises(VideoPhonesInvalid):
        await accept(house, template, replace(file, counts=ParseCounts(imported=MAX_FILE_NUMBERS + 1)), ("会员",))
    async with house.db.begin() as uow:
        assert await take_jobs(uow, "campaigns.plan_video") == []
