"""What people do with send tasks: create, start, pause, resume, cancel.

Not for: what then happens by itself (``clockwork``, ``plan``).
"""

from dataclasses import dataclass, replace
from datetime import datetime

from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import FileId, Ids, TaskId, TenantId
from hongyan.kernel.jobs.queue import Jobs
from hongyan.rooms.audience.service import AudienceService
from hongyan.rooms.campaigns import rules
from hongyan.rooms.campaigns.contracts import (
    MAX_TRIAL_PHONES,
    MAX_TYPED_PHONES,
    Fallback,
    NewTask,
    ParseCounts,
    Task,
    TaskState,
)
from hongyan.rooms.campaigns.errors import BasicTemplateInvalid, PhonesInvalid
from hongyan.rooms.campaigns.service.admission import Admission, Channel
from hongyan.rooms.campaigns.service.columns import column_names, map_columns
from hongyan.rooms.campaigns.service.link_making import link_domain
from hongyan.rooms.campaigns.store import tasks as store
from hongyan.rooms.delivery.contracts import GateKind
from hongyan.rooms.delivery.service import DeliveryService
from hongyan.rooms.identity.contracts import Actor, Permission
from hongyan.rooms.identity.service.door import IdentityService
from hongyan.rooms.short_links.service import ShortLinksService


@dataclass(frozen=True, slots=True)
class Rooms:
    """The rooms below that send tasks stand on; built once in ``run``."""

    clock: Clock
    ids: Ids
    jobs: Jobs
    admission: Admission
    audience: AudienceService
    delivery: DeliveryService
    links: ShortLinksService
    identity: IdentityService


class CampaignDesk:
    """Use cases of a person or a program that sends."""

    def __init__(self, rooms: Rooms) -> None:
        """Stand on the rooms below."""
        self._r = rooms

    async def create(self, uow: Uow, actor: Actor, new: NewTask) -> Task:
        """Accept a task; its numbers are parsed in the background (job ``campaigns.prepare``).

        Raises:
            HongyanError: a field breaks its rule, something is not approved, or there is no number.
        """
        tenant_id = actor.tenant(Permission.SEND_TASK_CREATE)
        now = self._r.clock.now()
        name = rules.check_name(new.name, "name")
        send_at = rules.check_schedule(new.send_at, now)
        validity = rules.check_validity(new.validity_days)
        _check_phones(new)
        jump_url = self._r.links.check_jump_url(new.jump_url, "jump_url") if new.jump_url else None
        _, content = await self._r.admission.admit(uow, tenant_id, Channel(new.sms_template_id), new.card_template_id)
        if new.basic_template_id:
            if new.fallback is not Fallback.BASIC:
                raise BasicTemplateInvalid(
                    "basic_template_id", reason="needs the fallback basic", reason_zh="仅用于降级方式“发送基础版”"
                )
            content = await self._r.admission.add_basic(uow, tenant_id, content, new.basic_template_id)
        if new.phones and not new.values:
            map_columns(content, ())
        domain = await link_domain(self._r.links, uow, tenant_id, new.domain, "domain")
        file_id = await self._number_file(uow, tenant_id, new, column_names(content))
        task = Task(
            id=TaskId(self._r.ids.uuid()),
            tenant_id=tenant_id,
            name=name,
            state=TaskState.PARSING,
            reason=None,
            source="hongyan",
            content=content,
            fallback=new.fallback,
            validity_days=validity,
            jump_url=jump_url,
            domain=domain,
            is_trial=new.is_trial,
            number_file_id=file_id,
            send_at=send_at,
            start_when_ready=new.start_when_ready,
            counts=ParseCounts(),
            next_chunk=0,
            chunks=None,
            created_by=actor.user_name,
            created_at=now,
            started_at=None,
            finished_at=None,
        )
        await store.insert_task(uow, task)
        await self._r.jobs.defer(uow, "campaigns.prepare", {"tenant_id": tenant_id, "task_id": task.id})
        await self._note(uow, actor, "campaigns.create", task.id, after={"name": name})
        return task

    async def _note(
        self, uow: Uow, actor: Actor, action: str, task_id: TaskId, after: dict[str, str] | None = None
    ) -> None:
        await self._r.identity.note(uow, actor, action, subject_kind="send_task", subject_id=task_id, after=after)

    async def _number_file(self, uow: Uow, tenant_id: TenantId, new: NewTask, columns: tuple[str, ...]) -> FileId:
        if new.number_file_id is not None:
            file = await self._r.audience.get_file(uow, tenant_id, FileId(new.number_file_id))
            if new.is_trial and (file.name or file.counts.imported > MAX_TRIAL_PHONES):
                raise _trial_too_large()
        elif new.values:
            rows = [(phone, *values) for phone, values in zip(new.phones, new.values, strict=True)]
            file = await self._r.audience.create_from_rows(uow, tenant_id, columns, rows)
        else:
            file = await self._r.audience.create_from_text(uow, tenant_id, "\n".join(new.phones))
        return file.file_id

    async def start(self, uow: Uow, actor: Actor, task_id: TaskId) -> Task:
        """Let a task go whose counts somebody has looked at: now, or at its time.

        Raises:
            TaskStateConflict: it is not ready.
        """
        tenant_id = actor.tenant(Permission.SEND_TASK_CONTROL)
        task = await store.get_task(uow, tenant_id, task_id, lock=True)
        rules.check_transition(task.state, TaskState.SCHEDULED, "start")
        await self._r.admission.readmit(uow, tenant_id, task.content)
        await self._note(uow, actor, "campaigns.start", task.id)
        return await self.release(uow, task)

    async def release(self, uow: Uow, task: Task) -> Task:
        """Move a task to its next state: scheduled when its time is to come, else running; defers the plan."""
        now = self._r.clock.now()
        if task.send_at is not None and task.send_at > now:
            return await self._move(uow, task, TaskState.SCHEDULED, at=task.send_at)
        return await self._move(uow, task, TaskState.RUNNING, started_at=task.started_at or now)

    async def _move(
        self, uow: Uow, task: Task, state: TaskState, *, at: datetime | None = None, started_at: datetime | None = None
    ) -> Task:
        started = started_at or task.started_at
        await store.update_task(uow, task.tenant_id, task.id, state=state, reason=None, started_at=started)
        await self._r.jobs.defer(uow, "campaigns.plan", {"tenant_id": task.tenant_id, "task_id": task.id}, at=at)
        return replace(task, state=state, reason=None, started_at=started)

    async def pause(self, uow: Uow, actor: Actor, task_id: TaskId) -> Task:
        """Stop sending; what is on the wire goes on. In force within 2 s.

        Raises:
            TaskStateConflict: it is not running.
        """
        tenant_id = actor.tenant(Permission.SEND_TASK_CONTROL)
        task = await store.get_task(uow, tenant_id, task_id, lock=True)
        rules.check_transition(task.state, TaskState.PAUSED, "pause")
        await store.update_task(uow, tenant_id, task_id, state=TaskState.PAUSED, reason="paused")
        await self._r.delivery.close_gate(uow, tenant_id, GateKind.TASK, task_id, "paused")
        await self._note(uow, actor, "campaigns.pause", task.id)
        return replace(task, state=TaskState.PAUSED, reason="paused")

    async def resume(self, uow: Uow, actor: Actor, task_id: TaskId) -> Task:
        """Go on where it was paused (also after a restore, see ``store.hold_unfinished``).

        Raises:
            TaskStateConflict: it is not paused.
        """
        tenant_id = actor.tenant(Permission.SEND_TASK_CONTROL)
        task = await store.get_task(uow, tenant_id, task_id, lock=True)
        if task.state is not TaskState.PAUSED:
            rules.check_transition(task.state, TaskState.PARSING, "resume")
        await self._r.admission.readmit(uow, tenant_id, task.content)
        await self._r.delivery.open_gate(uow, tenant_id, GateKind.TASK, task_id)
        await self._note(uow, actor, "campaigns.resume", task.id)
        if task.chunks is None:
            # Held by a restore before its numbers were parsed.
            await store.update_task(uow, tenant_id, task_id, state=TaskState.PARSING, reason=None)
            await self._r.jobs.defer(uow, "campaigns.prepare", {"tenant_id": tenant_id, "task_id": task_id})
            return replace(task, state=TaskState.PARSING, reason=None)
        return await self.release(uow, task)

    async def cancel(self, uow: Uow, actor: Actor, task_id: TaskId) -> Task:
        """Send nothing more; what is on the wire goes on and is accounted for. There is no way back.

        Raises:
            TaskStateConflict: it is over.
        """
        tenant_id = actor.tenant(Permission.SEND_TASK_CONTROL)
        task = await store.get_task(uow, tenant_id, task_id, lock=True)
        rules.check_transition(task.state, TaskState.CANCELLED, "cancel")
        now = self._r.clock.now()
        await self._r.delivery.cancel_task(uow, tenant_id, task_id)
        await store.update_task(uow, tenant_id, task_id, state=TaskState.CANCELLED, reason="cancelled", finished_at=now)
        await self._note(uow, actor, "campaigns.cancel", task.id)
        return replace(task, state=TaskState.CANCELLED, reason="cancelled", finished_at=now)


def _check_phones(new: NewTask) -> None:
    """One source of numbers, and no more typed ones than a request may carry."""
    if (new.number_file_id is None) == (not new.phones):
        raise PhonesInvalid(
            "phones",
            reason="give either phones or number_file_id",
            reason_zh="手机号码与号码文件必须且只能选择一种",
        )
    if len(new.phones) > MAX_TYPED_PHONES:
        raise PhonesInvalid(
            "phones",
            reason=f"has {len(new.phones)} numbers, at most {MAX_TYPED_PHONES}: upload a file instead",
            reason_zh=f"共 {len(new.phones)} 个号码，手动输入最多 {MAX_TYPED_PHONES} 个，请改用文件上传",
        )
    if new.values and len(new.values) != len(new.phones):
        raise PhonesInvalid(
            "values",
            reason=f"has {len(new.values)} rows for {len(new.phones)} numbers",
            reason_zh=f"{len(new.phones)} 个号码对应 {len(new.values)} 行参数，数量不一致",
        )
    if new.is_trial and len(new.phones) > MAX_TRIAL_PHONES:
        raise _trial_too_large()


def _trial_too_large() -> PhonesInvalid:
    return PhonesInvalid(
        "phones",
        reason=f"a trial takes at most {MAX_TRIAL_PHONES} typed numbers",
        reason_zh=f"试发测试只能手动输入，最多 {MAX_TRIAL_PHONES} 个号码",
    )
