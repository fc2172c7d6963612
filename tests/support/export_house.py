"""What an export of messages stands on, with the installation's own keys, and tasks of many messages for it."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

from hongyan.kernel.clock import SystemClock
from hongyan.kernel.db.database import Database
from hongyan.kernel.exports import ExportKind
from hongyan.kernel.http.client import OutgoingHttp
from hongyan.kernel.ids import AccountId, RandomIds, SignatureId, SmsAppId, SmsTemplateId, TaskId, TenantId
from hongyan.kernel.jobs.queue import Jobs
from hongyan.kernel.keys.ring import KeyRing
from hongyan.rooms.campaigns.contracts import Content, Fallback, ParseCounts, Task, TaskState
from hongyan.rooms.campaigns.service.views import CampaignViews
from hongyan.rooms.campaigns.store.tasks import insert_task
from hongyan.rooms.carriers.contracts import Route
from hongyan.rooms.handsets.service import HandsetsService
from hongyan.rooms.identity.service.door import IdentityService
from hongyan.rooms.reports.service.kinds import message_kind
from support.line import SendingLine, chunk_of, phone

_CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class ExportHouse:
    """The parts on one database."""

    line: SendingLine
    identity: IdentityService
    kinds: tuple[ExportKind, ...]

    async def send(self, tenant_id: TenantId, count: int) -> TaskId:
        """Plan a task of ``count`` messages, which nobody sends."""
        task_id, now = TaskId(str(uuid.uuid4())), datetime.now(UTC)
        content = Content(
            SmsAppId("app-1"), "app", SignatureId("sig"), "鸿雁", "NOTIFY", "1069", SmsTemplateId("15010661"), "您好${1}",
            1, (), False, None, "", (), (),
        )  # fmt: skip
        task = Task(
            id=task_id, tenant_id=tenant_id, name="many", state=TaskState.RUNNING, reason=None, source="hongyan",
            content=content, fallback=Fallback.SMS, validity_days=7, jump_url=None, domain="s.example.cn",
            is_trial=False, number_file_id=None, send_at=None, start_when_ready=True,
            counts=ParseCounts(rows=count, capable=count), next_chunk=1, chunks=1, created_by="x",
            created_at=now, started_at=now, finished_at=None,
        )  # fmt: skip
        async with self.line.db.begin() as uow:
            await self.line.delivery.ensure_partitions(uow)
            await insert_task(uow, task)
        for chunk_no, first in enumerate(range(0, count, _CHUNK)):
            numbers = [phone(n) for n in range(first, min(count, first + _CHUNK))]
            chunk = chunk_of(numbers, task_id=task_id, tenant_id=tenant_id, chunk_no=chunk_no, now=now)
            async with self.line.db.begin() as uow:
                await self.line.delivery.plan_chunk(uow, chunk, lambda _: Route(AccountId(7), "1069000110001", None))
        return task_id


def house_of(db: Database, ring: KeyRing) -> ExportHouse:
    """Return the parts with the system's clock."""
    line = SendingLine(db, clock=SystemClock(), ring=ring)
    identity = IdentityService(clock=line.clock, ids=RandomIds(), ring=ring, jobs=Jobs(db.url))
    handsets = HandsetsService(
        clock=line.clock, ids=RandomIds(), jobs=line.jobs, ring=ring, keys=line.keys, out=OutgoingHttp()
    )
    views = CampaignViews(delivery=line.delivery, identity=identity, handsets=handsets)
    return ExportHouse(line, identity, (message_kind(views),))
