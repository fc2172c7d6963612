"""Video send tasks: accept and plan in one go, send failed ones once more, cancel, end.

Not for: lists and replies (``video_views``), templates (``video_sms``), MM7 (``gateways``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.ids import Ids, SignatureId, SmsAppId, SmsTemplateId, TaskId, TenantId
from hongyan.kernel.jobs.queue import Jobs, JsonValue
from hongyan.kernel.phones import Phone, normalise_phone
from hongyan.rooms.audience.service import AudienceService
from hongyan.rooms.campaigns import rules
from hongyan.rooms.campaigns.contracts import (
    NewVideoTask,
    VideoGroup,
    VideoTask,
    VideoTaskState,
)
from hongyan.rooms.campaigns.errors import VideoPhonesInvalid, VideoTaskInvalid, VideoTaskStateConflict
from hongyan.rooms.campaigns.store import video as store
from hongyan.rooms.carriers.service import CarriersService
from hongyan.rooms.delivery.contracts import (
    OPEN_STATES,
    GateKind,
    MessageClass,
    MessageFilter,
    MessageKind,
    MessageState,
    PlannedChunk,
    PlannedMessage,
)
from hongyan.rooms.delivery.service import DeliveryService
from hongyan.rooms.enterprises.contracts import Scene
from hongyan.rooms.identity.contracts import Actor, Permission
from hongyan.rooms.identity.service.door import IdentityService
from hongyan.rooms.video_sms.contracts import VideoTemplate
from hongyan.rooms.video_sms.service.door import VideoSmsService

log = structlog.get_logger(__name__)

MAX_NUMBERS = 5000
"""Of one call together. Source: api.md of the requirements §5.14."""
MAX_NAME = 32
MAX_HOURS = 72
DEFAULT_HOURS = 24
_MAX_EXDATA = 256
AGAIN_CHUNKS = 1_000_000
"""Added to the number of a chunk that is sent once more."""
AGAIN_NUMBERS = 10_000_000
"""Added to the number of a recipient who is tried once more. Never to be changed: rows are told apart by it, not by
what a task's total is now. Above all first attempts' numbers (``MAX_FILE_NUMBERS``)."""
_S = VideoTaskState
_SENT = (
    MessageState.ATTEMPTED,
    MessageState.SUBMITTED,
    MessageState.UNKNOWN,
    MessageState.DELIVERED,
    MessageState.FAILED,
    MessageState.EXPIRED,
    MessageState.UNKNOWN_FINAL,
)
"""Neither waiting nor ended without having been tried; nothing leads back from here but to the queue."""
AGAIN = frozenset({MessageState.FAILED, MessageState.REFUSED})
"""What a re-send takes: certain failures. What timed out may have arrived and is not sent twice."""
_MOVING = {
    _S.SCHEDULED: _S.PROCESSING,
    _S.SUBMIT_SUCCESS: _S.PROCESSING,
    _S.RE_SUBMIT_SUCCESS: _S.RE_PROCESSING,
}
FIRST = frozenset({_S.SCHEDULED, _S.SUBMIT_SUCCESS, _S.PROCESSING})
"""Under way for the first time."""
SECOND = frozenset({_S.RE_SUBMIT_SUCCESS, _S.RE_PROCESSING})
"""Under way once more."""
_OVER = frozenset({_S.SENDING_COMPLETE, _S.SENDING_FAILED, _S.SUBMIT_FAILED})


@dataclass(frozen=True, slots=True)
class VideoRooms:
    """The rooms below that video tasks stand on; built once in ``run``."""

    clock: Clock
    ids: Ids
    jobs: Jobs
    templates: VideoSmsService
    audience: AudienceService
    carriers: CarriersService
    delivery: DeliveryService
    identity: IdentityService


class VideoTasks:
    """Use cases of video send tasks."""

    def __init__(self, rooms: VideoRooms) -> None:
        """Stand on the rooms below."""
        self._r = rooms

    async def create(self, uow: Uow, actor: Actor, new: NewVideoTask) -> VideoTask:
        """Accept a task whole or not at all, and plan its messages.

        Raises:
            HongyanError: names the field (``individual_params[1].mobiles[3]``) and says what is wrong.
        """
        _check_numbers(new)
        template = await self.admit(uow, actor, new)
        texts = self._texts(template, new)
        task = await self.accept(uow, actor, new, template, total=len(texts))
        messages = [PlannedMessage(no, phone, text, parts=1) for no, (phone, text) in enumerate(texts.items())]
        is_any = await self.plan_messages(uow, task, 0, messages, template.valid_until)
        return task if is_any else await self._set_state(uow, task, _S.SUBMIT_FAILED)

    async def admit(self, uow: Uow, actor: Actor, new: NewVideoTask) -> VideoTemplate:
        """Return the template of a request that may be sent, whoever it goes to.

        Raises:
            HongyanError: names the field and says what is wrong.
        """
        tenant_id = actor.tenant(Permission.BASIC_SEND_CREATE)
        _check(new)
        rules.check_schedule(new.send_at, self._r.clock.now())
        await self._r.templates.require_open(uow, tenant_id)
        return await self._r.templates.get_usable(uow, tenant_id, new.tpl_id)

    async def accept(
        self, uow: Uow, actor: Actor, new: NewVideoTask, template: VideoTemplate, *, total: int
    ) -> VideoTask:
        """Write a task that was admitted; its messages are to be planned."""
        tenant_id, now = actor.tenant(Permission.BASIC_SEND_CREATE), self._r.clock.now()
        send_at = rules.check_schedule(new.send_at, now)
        task = VideoTask(
            id=TaskId(self._r.ids.uuid()),
            tenant_id=tenant_id,
            name=new.name.strip(),
            state=_S.SCHEDULED if send_at else _S.SUBMIT_SUCCESS,
            tpl_id=template.tpl_id,
            tpl_name=template.name,
            hours=new.hours,
            exdata=new.exdata,
            total=total,
            resent=0,
            created_by=actor.user_name,
            created_at=now,
            send_at=send_at or now,
        )
        await store.insert_task(uow, task)
        await self._note(uow, actor, "campaigns.video_create", task)
        return task

    async def resend(self, uow: Uow, actor: Actor, task_id: TaskId) -> VideoTask:
        """Send what certainly failed once more; possible once, when the task is over.

        Raises:
            VideoTaskNotFound: none of this tenant.
            VideoTaskStateConflict: it is not over, was cancelled or sent again before, or nothing failed.
            HongyanError: the template cannot be sent any more.
        """
        tenant_id = actor.tenant(Permission.BASIC_SEND_CREATE)
        task = await store.get_task(uow, tenant_id, task_id, lock=True)
        if task.state not in _OVER or task.resent:
            raise VideoTaskStateConflict("task_id", what="task", state=task.state.value, action="resend")
        if task.is_cancelled:
            raise VideoTaskStateConflict("task_id", what="task", state="cancelled", action="resend")
        counts = await self._r.delivery.task_counts(uow, tenant_id, task_id)
        failed = sum(counts[state] for state in AGAIN)
        if not failed:
            raise VideoTaskStateConflict("task_id", what="task", state="without failures", action="resend")
        await self._r.templates.require_open(uow, tenant_id)
        template = await self._r.templates.get_usable(uow, tenant_id, task.tpl_id)
        # What a restore had stopped has ended all the same: this order lets it go on, as `resume` would have.
        await self._r.delivery.open_gate(uow, tenant_id, GateKind.TASK, task_id)
        now, state = self._r.clock.now(), _S.RE_SUBMIT_SUCCESS
        if failed > MAX_NUMBERS:
            args: dict[str, JsonValue] = {"tenant_id": tenant_id, "task_id": task_id, "send_at": now.isoformat()}
            await self._r.jobs.defer(uow, "campaigns.plan_video_again", args, lock=f"campaigns.plan_video:{task_id}")
        else:
            where = MessageFilter(task_id=task_id, states=AGAIN)
            messages = [
                PlannedMessage(AGAIN_NUMBERS + one.recipient_no, one.phone, one.text, parts=1)
                async for one in self._r.delivery.iter_messages(uow, tenant_id, where)
            ]
            failed, again = len(messages), replace(task, resent=len(messages), send_at=now)
            if not await self.plan_messages(uow, again, AGAIN_CHUNKS, messages, template.valid_until):
                state = _S.RE_SUBMIT_FAILED
        sent = _count_sent(counts)
        await store.update_task(uow, tenant_id, task_id, state=state, resent=failed, sent_before=sent)
        await self._note(uow, actor, "campaigns.video_resend", task)
        return replace(task, resent=failed, state=state, sent_before=sent)

    async def cancel(self, uow: Uow, actor: Actor, task_id: TaskId) -> VideoTask:
        """Send nothing more; what is on the wire goes on and is accounted for.

        Raises:
            VideoTaskNotFound: none of this tenant.
            VideoTaskStateConflict: it is over.
        """
        tenant_id = actor.tenant(Permission.BASIC_SEND_CREATE)
        task = await store.get_task(uow, tenant_id, task_id, lock=True)
        if task.state not in FIRST | SECOND:
            raise VideoTaskStateConflict("task_id", what="task", state=task.state.value, action="cancel")
        await self._r.delivery.cancel_task(uow, tenant_id, task_id)
        task = replace(task, is_cancelled=True)
        await store.update_task(uow, tenant_id, task_id, is_cancelled=True)
        await self._note(uow, actor, "campaigns.video_cancel", task)
        return await self._look(uow, await self.cut_short(uow, task))

    async def resume(self, uow: Uow, actor: Actor, task_id: TaskId) -> VideoTask:
        """Let a task go on that a restore has stopped (:func:`hold_restored`); repeating changes nothing.

        Raises:
            VideoTaskNotFound: none of this tenant.
            VideoTaskStateConflict: it is over, or was cancelled.
        """
        tenant_id = actor.tenant(Permission.BASIC_SEND_CREATE)
        task = await store.get_task(uow, tenant_id, task_id, lock=True)
        if task.state not in FIRST | SECOND or task.is_cancelled:
            state = "cancelled" if task.is_cancelled else task.state.value
            raise VideoTaskStateConflict("task_id", what="task", state=state, action="resume")
        await self._r.delivery.open_gate(uow, tenant_id, GateKind.TASK, task_id)
        await self._note(uow, actor, "campaigns.video_resume", task)
        return task

    async def cut_short(self, uow: Uow, task: VideoTask) -> VideoTask:
        """Let a task be of the numbers whose messages are planned by now; ``task`` is locked. Repeatable.

        One that was stopped remains of as many as it was asked for; of a second sending only what was planned counts.
        """
        planned = sum((await self._r.delivery.task_counts(uow, task.tenant_id, task.id)).values())
        if planned >= task.total + task.resent or (task.is_cancelled and not task.resent):
            return task
        total, resent = min(planned, task.total), max(0, planned - task.total)
        log.info("video task cut short", task_id=task.id, total=total, resent=resent)
        await store.update_task(uow, task.tenant_id, task.id, total=total, resent=resent)
        return replace(task, total=total, resent=resent)

    # --- what happens by itself ---------------------------------------------------------------------------------------

    async def settle(self, uow: Uow, tenant_id: TenantId, task_id: TaskId) -> bool:
        """End a task whose last message has ended; false when it is none of video SMS. Repeatable."""
        task = await store.find_task(uow, tenant_id, task_id, lock=True)
        if task is None:
            return False
        await self._look(uow, task)
        return True

    async def settle_all(self, db: Database, owned: Sequence[tuple[TenantId, TaskId]]) -> list[tuple[TenantId, TaskId]]:
        """Do so for those that are video SMS; returns the others. Repeatable."""
        async with db.begin() as uow:
            ours = await store.find_video(uow, [task_id for _, task_id in owned])
        for tenant_id, task_id in owned:
            if task_id in ours:
                async with db.begin() as uow:
                    await self.settle(uow, tenant_id, task_id)
        return [(tenant_id, task_id) for tenant_id, task_id in owned if task_id not in ours]

    async def tick(self, db: Database) -> None:
        """Look at every task under way, once a minute; repeatable."""
        async with db.begin() as uow:
            live = await store.list_live(uow)
        for tenant_id, task_id in live:
            async with db.begin() as uow:
                await self.settle(uow, tenant_id, task_id)

    async def _look(self, uow: Uow, task: VideoTask) -> VideoTask:
        """Move a task to where its messages are."""
        if task.state not in FIRST | SECOND:
            return task
        counts = await self._r.delivery.task_counts(uow, task.tenant_id, task.id)
        is_planned = task.is_cancelled or sum(counts.values()) >= task.total + task.resent
        if is_planned and not any(counts[state] for state in OPEN_STATES):
            if task.state in SECOND:
                return await self._set_state(uow, task, _S.RE_SENDING_COMPLETE)
            is_done = counts[MessageState.DELIVERED] > 0
            return await self._set_state(uow, task, _S.SENDING_COMPLETE if is_done else _S.SENDING_FAILED)
        is_moving = _count_sent(counts) > task.sent_before
        is_due = task.state is not _S.SCHEDULED or task.send_at <= self._r.clock.now()
        if is_moving and is_due and task.state in _MOVING:
            return await self._set_state(uow, task, _MOVING[task.state])
        return task

    # --- inside -------------------------------------------------------------------------------------------------------

    def _texts(self, template: VideoTemplate, new: NewVideoTask) -> dict[Phone, str]:
        """Return number → what the ledger keeps for it, each number once.

        Raises:
            VideoPhonesInvalid: one that is no number, or stands in two groups.
            ValuesDiffer: values do not fit the placeholders.
        """
        texts: dict[Phone, str] = {}
        for at, group in enumerate(new.groups):
            where = f"individual_params[{at}]." if new.is_individual else ""
            values = self._r.templates.bind_values(template, group.values, f"{where}dync_params")
            text = self._r.templates.message_text(template, values)
            fresh = dict.fromkeys(_phones(group, f"{where}mobiles"), text)
            twice = next((phone for phone in fresh if phone in texts), None)
            if twice is not None:
                raise VideoPhonesInvalid(
                    f"{where}mobiles", reason="a number stands in two groups", reason_zh="同一号码不能出现在两组参数中"
                )
            texts |= fresh
        return texts

    async def plan_messages(
        self,
        uow: Uow,
        task: VideoTask,
        chunk_no: int,
        messages: Sequence[PlannedMessage],
        valid_until: datetime | None,
    ) -> bool:
        """Write messages into the ledger; false when not one of them can be sent. Key: (task, chunk)."""
        phones = [Phone(message.phone) for message in messages if message.ended is None]
        opted_out = await self._r.audience.find_opted_out(uow, task.tenant_id, phones)
        shared = [
            replace(message, ended=MessageState.SUPPRESSED, reason="opted_out")
            if message.ended is None and message.phone in opted_out
            else message
            for message in messages
        ]
        now = self._r.clock.now()
        ends = task.send_at + timedelta(hours=task.hours)
        chunk = PlannedChunk(
            tenant_id=task.tenant_id,
            task_id=task.id,
            chunk_no=chunk_no,
            klass=MessageClass.NOTICE,
            app_id=SmsAppId(""),
            signature_id=SignatureId(""),
            template_id=SmsTemplateId(task.tpl_id),
            card_template_id=None,
            expires_at=min(ends, valid_until) if valid_until else ends,
            messages=shared,
            not_before=task.send_at if task.send_at > now else None,
            filing_scene=Scene.BASIC.value,
            kind=MessageKind.VIDEO,
        )
        route = await self._r.carriers.media_router(uow, task.tenant_id, [message.phone for message in shared])
        result = await self._r.delivery.plan_chunk(uow, chunk, route)
        return any(count for state, count in result.counts.items() if state in OPEN_STATES)

    async def _set_state(self, uow: Uow, task: VideoTask, state: VideoTaskState) -> VideoTask:
        await store.update_task(uow, task.tenant_id, task.id, state=state)
        log.info("video task moved", task_id=task.id, state=state.value)
        return replace(task, state=state)

    async def _note(self, uow: Uow, actor: Actor, action: str, task: VideoTask) -> None:
        await self._r.identity.note(
            uow,
            actor,
            action,
            subject_kind="video_task",
            subject_id=task.id,
            tenant_id=task.tenant_id,
            after={"name": task.name},
        )


def split_no(recipient_no: int) -> tuple[int, bool]:
    """Return which recipient of the task a message is to, from 0, and whether it is the second attempt."""
    return recipient_no % AGAIN_NUMBERS, recipient_no >= AGAIN_NUMBERS


async def hold_restored(uow: Uow, delivery: DeliveryService) -> int:
    """Stop what was under way when the backup was made: it may have been sent since. Returns how many tasks."""
    live = await store.list_live(uow)
    for tenant_id, task_id in live:
        await delivery.close_gate(uow, tenant_id, GateKind.TASK, task_id, "restored")
    return len(live)


def _count_sent(counts: Mapping[MessageState, int]) -> int:
    return sum(counts[state] for state in _SENT)


def _check(new: NewVideoTask) -> None:
    """Check what concerns the request alone.

    Raises:
        VideoTaskInvalid: names the field.
    """
    name = new.name.strip()
    if not name or len(name) > MAX_NAME or not name.isprintable():
        raise VideoTaskInvalid("task_name", reason="1 to 32 characters", reason_zh="须为 1–32 个可见字符")
    if not 1 <= new.hours <= MAX_HOURS:
        raise VideoTaskInvalid("expiration_time", reason="1 to 72 hours", reason_zh="须为 1–72 小时")
    if len(new.exdata) > _MAX_EXDATA or "\x00" in new.exdata:
        raise VideoTaskInvalid("exdata", reason="at most 256 characters", reason_zh="最多 256 个字符")


def _check_numbers(new: NewVideoTask) -> None:
    if not any(group.mobiles for group in new.groups):
        raise VideoPhonesInvalid(
            "mobiles",
            reason="give either mobiles or individual_params",
            reason_zh="mobiles 与 individual_params 必须且只能填写一个",
        )
    count = sum(len(group.mobiles) for group in new.groups)
    if count > MAX_NUMBERS:
        raise VideoPhonesInvalid(
            "individual_params" if new.is_individual else "mobiles",
            reason=f"{count} numbers, at most {MAX_NUMBERS}",
            reason_zh=f"共 {count} 个号码，最多 {MAX_NUMBERS} 个",
        )


def _phones(group: VideoGroup, field: str) -> list[Phone]:
    """Return the canonical numbers of a group; doubles are dropped by the caller.

    Raises:
        VideoPhonesInvalid: the group is empty, or one is no number.
    """
    if not group.mobiles:
        raise VideoPhonesInvalid(field, reason="is empty", reason_zh="不能为空")
    phones = []
    for at, mobile in enumerate(group.mobiles):
        phone = normalise_phone(mobile)
        if phone is None:
            raise VideoPhonesInvalid(f"{field}[{at}]", reason="is no mobile number", reason_zh="不是有效的手机号码")
        phones.append(phone)
    return phones
