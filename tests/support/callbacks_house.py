"""Callbacks on a real database with a clock that stands still: a company, its tasks and messages, and a customer's server."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from hongyan.kernel.bus.nats import NatsBus
from hongyan.kernel.clock import FrozenClock
from hongyan.kernel.db.database import Database
from hongyan.kernel.http.client import OutgoingHttp
from hongyan.kernel.http.targets import Allowances
from hongyan.kernel.ids import (
    CardTemplateId,
    RandomIds,
    SignatureId,
    SmsAppId,
    SmsTemplateId,
    TaskId,
)
from hongyan.kernel.keys.ring import create_key_ring
from hongyan.kernel.settings import Settings
from hongyan.rooms.callbacks.contracts import Address, AddressKind, PostState
from hongyan.rooms.callbacks.service.door import CallbacksService, Rooms, Tools
from hongyan.rooms.campaigns.contracts import Content, Fallback, ParseCounts, Task, TaskState
from hongyan.rooms.campaigns.store import tasks as task_store
from hongyan.rooms.delivery.contracts import (
    MessageClass,
    MessageKind,
    MessageState,
    PlannedChunk,
    PlannedMessage,
)
from hongyan.run.graph import Graph, build_graph
from support.identity import Household, found_household
from support.line import phone

NO_NATS = "nats://127.0.0.1:9"
"""Nobody listens there: callbacks must not need the bus."""


def bare_graph(db: Database, folder: Path) -> Graph:
    """Return the product's own object graph on a database, without a bus."""
    settings = Settings(data_dir=folder)
    if not settings.key_path.exists():
        create_key_ring().save(settings.key_path)
    return build_graph(settings, db.url, NatsBus(NO_NATS, name="test"))


class CallbacksHouse:
    """The room over a database; ``graph`` has everything below it."""

    def __init__(self, db: Database, folder: Path, *, allow: str = "127.0.0.0/8") -> None:
        self.db = db
        self.graph = bare_graph(db, folder)
        self.clock = FrozenClock(datetime.now(UTC))
        self._outs: list[OutgoingHttp] = []
        self.room = self.open_room(allow)
        self.people: Household

    def open_room(self, allow: str = "127.0.0.0/8") -> CallbacksService:
        """Return the room once more, as another process would."""
        graph = self.graph
        out = OutgoingHttp(allowances=Allowances.parse(allow), connections=200)
        self._outs.append(out)
        return CallbacksService(
            Tools(
                db=self.db,
                clock=self.clock,
                ids=RandomIds(),
                ring=graph.ring,
                keys=graph.keys,
                out=out,
            ),
            Rooms(
                identity=graph.identity,
                delivery=graph.delivery,
                campaigns=graph.campaigns.views,
                resolves=graph.campaigns.resolve_views,
                links=graph.short_links,
                smart=graph.smart,
                sms=graph.sms,
                video=graph.video_sms,
            ),
        )

    async def close(self) -> None:
        """Close connections."""
        for out in self._outs:
            await out.close()
        await self.graph.db.close()

    async def move_in(self) -> None:
        """Make the company and today's partitions."""
        async with self.db.begin() as uow:
            self.people = await found_household(uow, self.graph.identity)
            await self.graph.delivery.ensure_partitions(uow)
            await self.room.intake.ensure_partitions(uow)
            await self.graph.short_links.ensure_partitions(uow)

    async def register(self, kind: AddressKind, url: str) -> Address:
        """Set an address."""
        async with self.db.begin() as uow:
            return await self.room.desk.register(uow, self.people.actor, kind, url)

    async def task(self, *, extend: str | None = None) -> TaskId:
        """Write a send task, as campaigns does when it accepts one."""
        now = self.clock.now()
        content = Content(
            app_id=SmsAppId("app-1"),
            app_name="app",
            signature_id=SignatureId("44444444-4444-4444-8444-444444444444"),
            signature_name="鸿雁",
            signature_type="NOTIFY_TYPE",
            channel_number="1069000110001",
            sms_template_id=SmsTemplateId("15010661"),
            sms_text="${1}",
            link_index=1,
            variable_types=(),
            is_promotion=False,
            card_template_id=CardTemplateId("600000001"),
            card_template_name="card",
            card_params=(),
            card_vendors=(),
        )
        task = Task(
            id=TaskId(str(uuid4())),
            tenant_id=self.people.tenant.id,
            name="task",
            state=TaskState.RUNNING,
            reason=None,
            source="api",
            content=content,
            fallback=Fallback.NONE,
            validity_days=7,
            jump_url=None,
            domain="s.example.cn",
            is_trial=False,
            number_file_id=None,
            send_at=None,
            start_when_ready=True,
            counts=ParseCounts(),
            next_chunk=0,
            chunks=1,
            created_by="tests",
            created_at=now,
            started_at=now,
            finished_at=None,
            extend=extend,
        )
        async with self.db.begin() as uow:
            await task_store.insert_task(uow, task)
        return task.id

    async def end(
        self,
        task_id: TaskId,
        count: int,
        *,
        chunk_no: int = 0,
        codes: Sequence[str] = (),
        kind: MessageKind = MessageKind.SMS,
        reason: str = "no_route",
    ) -> None:
        """Plan messages that end at once: the quickest way into the feed. ``codes``: links of the first ones."""
        messages = [
            PlannedMessage(
                chunk_no * 1_000 + number,
                phone(chunk_no * 1_000 + number),
                "【鸿雁】您好",
                1,
                link_code=codes[number] if number < len(codes) else None,
                ended=MessageState.REFUSED,
                reason=reason,
            )
            for number in range(count)
        ]
        chunk = PlannedChunk(
            tenant_id=self.people.tenant.id,
            task_id=task_id,
            chunk_no=chunk_no,
            klass=MessageClass.NOTICE,
            app_id=SmsAppId("app-1"),
            signature_id=SignatureId("44444444-4444-4444-8444-444444444444"),
            template_id=SmsTemplateId("15010661"),
            card_template_id=CardTemplateId("600000001"),
            expires_at=self.clock.now() + timedelta(hours=24),
            messages=messages,
            kind=kind,
        )
        async with self.db.begin() as uow:
            await self.graph.delivery.plan_chunk(uow, chunk, lambda _: None)

    async def carry(self, *rooms: CallbacksService) -> None:
        """Take what is final and send what is due, until nothing is left to do right now."""
        for room in rooms or (self.room,):
            while await room.intake.take_finals():
                pass
            while await room.sender.step():
                await room.sender.drain()

    async def states(self) -> dict[PostState, int]:
        """Return how many posts stand where."""
        async with self.db.begin() as uow:
            rows = await uow.fetch("SELECT state, count(*) FROM callbacks_posts GROUP BY state")
        return {PostState(state): count for state, count in rows}

    async def show(self, address: Address) -> Address:
        """Return an address as it is now."""
        async with self.db.begin() as uow:
            return (await self.room.desk.get(uow, self.people.actor, address.address_id)).address

    def card(self, task_id: TaskId, code: str, *, range_id: int = 1, offset: int = 0) -> dict[str, object]:
        """Return what campaigns tells of a card that a phone has drawn."""
        return {
            "tenant_id": self.people.tenant.id,
            "task_id": task_id,
            "range_id": range_id,
            "offset": offset,
            "code": code,
            "vendor": "HUAWEI",
            "at": self.clock.now().isoformat(),
            "result_code": "0",
        }
