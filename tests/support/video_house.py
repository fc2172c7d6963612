"""A filed company that sends video messages: templates, tasks, and the sending line's ledger on one database."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from hongyan.kernel.clock import FrozenClock
from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.files.store import Files
from hongyan.kernel.http.client import OutgoingHttp
from hongyan.kernel.ids import AccountId, RandomIds, TaskId, TenantId
from hongyan.rooms.audience.service import AudienceService
from hongyan.rooms.campaigns.contracts import NewVideoTask, VideoGroup, VideoProgress, VideoTask
from hongyan.rooms.campaigns.service.video import VideoRooms, VideoTasks
from hongyan.rooms.campaigns.service.video_plan import VideoPlanner
from hongyan.rooms.campaigns.service.video_views import VideoViews
from hongyan.rooms.carriers.contracts import Carrier, NewAccount, Protocol
from hongyan.rooms.delivery.contracts import MessageState, OpenSpan, ReportFact, Tally, Verdict
from hongyan.rooms.enterprises.contracts import Scene
from hongyan.rooms.identity.contracts import Actor, Service, system_actor
from hongyan.rooms.video_sms.contracts import NewTemplate, Resource, VideoTemplate
from hongyan.rooms.video_sms.service.door import VideoSmsService
from support.identity import cheap_identity, found_household
from support.ledger import carrier_id, result_of
from support.line import SendingLine
from support.office import PDF, Office, open_office, picture, take_jobs

TEXT = "【鸿雁】尊敬的#p_1#，您好"


@dataclass(slots=True)
class VideoHouse:
    """Everything there is, and short ways to make things happen."""

    db: Database
    clock: FrozenClock
    line: SendingLine
    office: Office
    out: OutgoingHttp
    files: Files
    templates: VideoSmsService
    tasks: VideoTasks
    planner: VideoPlanner
    views: VideoViews
    audience: AudienceService
    actor: Actor
    account: AccountId

    async def make(self, text: str = TEXT, **changes: object) -> VideoTemplate:
        """Hand in a template of one text; it waits for its review."""
        good = NewTemplate("模板", "主题", 30, (Resource(None, "txt", "1.txt", "txt", text),))
        prepared = await self.templates.prepare(self.db, self.actor, replace(good, **changes))
        async with self.db.begin() as uow:
            return await self.templates.create(uow, self.actor, prepared)

    async def decide(
        self, template: VideoTemplate, *, is_approved: bool = True, reason: str = "", is_asked_back: bool = False
    ) -> VideoTemplate:
        """Let the desk decide, as the job would carry it in."""
        assert template.review_id is not None
        async with self.db.begin() as uow:
            await self.office.decide(
                uow, template.review_id, is_approved=is_approved, reason=reason or "no", is_asked_back=is_asked_back
            )
            for job in await take_jobs(uow, "video_sms.review_decided"):
                assert template.tenant_id is not None
                await self.templates.review_decided(
                    uow,
                    template.tenant_id,
                    str(job.args["subject_id"]),
                    review_id=str(job.args["review_id"]),
                    is_approved=is_approved,
                    reason=reason,
                )
            return await self.templates.get_template(uow, self.tenant, template.tpl_id)

    @property
    def tenant(self) -> TenantId:
        """Return the company's id."""
        return self.actor.tenant()

    async def send(self, template: VideoTemplate, mobiles: Sequence[str], *values: str, **more: object) -> VideoTask:
        """Send a template."""
        pairs = tuple((f"p_{no}", value) for no, value in enumerate(values, 1))
        new = NewVideoTask("任务", template.tpl_id, 24, (VideoGroup(tuple(mobiles), pairs),))
        async with self.db.begin() as uow:
            return await self.tasks.create(uow, self.actor, replace(new, **more))

    async def claim(self) -> list[OpenSpan]:
        """Let the channel's gateway take what is ready."""
        async with self.db.begin() as uow:
            tally = Tally()
            opened = await self.line.delivery.claim(uow, self.account, 1, tally, spans=8, span_messages=64)
            await self.line.delivery.fold_sender(uow, self.account, tally)
            return opened

    async def close(self, spans: Sequence[OpenSpan], verdict: Verdict = Verdict.ACCEPTED) -> None:
        """Let the centre answer."""
        async with self.db.begin() as uow:
            tally = Tally()
            results = [result_of(span, verdict, None if verdict is Verdict.ACCEPTED else "4007") for span in spans]
            await self.line.delivery.take_span_results(uow, self.account, results, tally, is_repeated=False)
            await self.line.delivery.fold_sender(uow, self.account, tally)

    async def report(self, spans: Sequence[OpenSpan], state: MessageState, code: str) -> None:
        """Let the centre report."""
        facts = [
            ReportFact(carrier_id(m.message_id), m.phone, state, code, self.clock.now())
            for span in spans
            for m in span.messages
        ]
        async with self.db.begin() as uow:
            assert (await self.line.delivery.take_reports(uow, self.account, facts, by_number=False))[0] == []

    async def settle(self, task: VideoTask) -> VideoProgress:
        """Look at a task as the job does, and return it."""
        async with self.db.begin() as uow:
            assert await self.tasks.settle(uow, task.tenant_id, task.id)
        return await self.show(task.id)

    async def show(self, task_id: TaskId) -> VideoProgress:
        """Return a task with its counts."""
        async with self.db.begin() as uow:
            return await self.views.get(uow, self.actor.tenant(), task_id)


async def open_video_house(db: Database, folder: Path) -> VideoHouse:
    """Build the services, file for the scene and add one channel for all carriers."""
    clock = FrozenClock(datetime(2026, 11, 22, 2, 0, tzinfo=UTC))
    line = SendingLine(db, clock=clock)
    identity = cheap_identity(clock, db.url)
    office = open_office(clock, db.url, identity, folder)
    files, out, ids = Files(folder.as_uri()), OutgoingHttp(), RandomIds()
    templates = VideoSmsService(
        clock=clock,
        ids=ids,
        jobs=line.jobs,
        files=files,
        out=out,
        identity=identity,
        enterprises=office.enterprises,
        reviews=office.reviews,
        carriers=line.carriers,
        links_url="http://links.example/",
    )
    audience = AudienceService(clock=clock, ids=ids, jobs=line.jobs, files=files, ring=line.ring, keys=line.keys)
    rooms = VideoRooms(
        clock=clock,
        ids=ids,
        jobs=line.jobs,
        templates=templates,
        audience=audience,
        carriers=line.carriers,
        delivery=line.delivery,
        identity=identity,
    )
    async with db.begin() as uow:
        house = await found_household(uow, identity)
        tenant = await identity.tenants.open_service(uow, system_actor(house.tenant.id), Service.BASIC)
        actor = replace(house.actor, tenant_id=tenant.id)
        await _file(uow, office, actor)
        await line.delivery.ensure_partitions(uow)
        account = await line.carriers.add_account(
            uow,
            NewAccount(
                name="video",
                protocol=Protocol.MM7,
                host="127.0.0.1",
                port=1,
                login="901234",
                secret="s",
                src_number="10690001",
                carrier=Carrier.ANY,
                listen_port=2,
            ),
        )
    views = VideoViews(jobs=line.jobs, keys=line.keys, audience=audience, delivery=line.delivery)
    tasks = VideoTasks(rooms)
    planner = VideoPlanner(rooms=rooms, tasks=tasks)
    return VideoHouse(
        db, clock, line, office, out, files, templates, tasks, planner, views, audience, actor, account.account_id
    )


async def _file(uow: Uow, office: Office, actor: Actor) -> None:
    values = {"document_type": "business_licence", "signature_differs": "no"}
    enterprises = office.enterprises
    await enterprises.save_filing(uow, actor, Scene.BASIC, values)
    await enterprises.upload_paper(uow, actor, Scene.BASIC, "business_licence", "licence.png", picture())
    for field in ("material_commitment", "signature_authorisation", "port_registration"):
        await enterprises.upload_paper(uow, actor, Scene.BASIC, field, f"{field}.pdf", PDF)
    filing = await enterprises.submit_filing(uow, actor, Scene.BASIC)
    await office.decide(uow, filing.review_id)
