"""The sending line on a real database, with carriers from the simulator: for journeys, chaos and benches.

``SendingLine`` builds the services as a gateway process does; ``chunk_of`` makes a planned chunk; ``until`` polls with
a deadline.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from hongyan.kernel.bus.contracts import Bus
from hongyan.kernel.clock import Clock, SystemClock
from hongyan.kernel.db.database import Database
from hongyan.kernel.ids import CountingIds, SignatureId, SmsAppId, SmsTemplateId, TaskId, TenantId
from hongyan.kernel.jobs.queue import Jobs
from hongyan.kernel.keys.numbers import TenantKeys
from hongyan.kernel.keys.ring import KeyRing, create_key_ring
from hongyan.kernel.metrics import Metrics
from hongyan.rooms.carriers.contracts import NO_OPTIONS, Account, Carrier, NewAccount, Protocol, Route, WireOptions
from hongyan.rooms.carriers.service import CarriersService
from hongyan.rooms.delivery.contracts import (
    MessageClass,
    MessageState,
    PlannedChunk,
    PlannedMessage,
    SendingWindow,
)
from hongyan.rooms.delivery.service import DeliveryService
from hongyan.rooms.gateways.contracts import LoadContent, no_content
from hongyan.rooms.gateways.service.door import GatewaysService
from hongyan.rooms.gateways.service.health import Limits
from hongyan.rooms.receipts.service import ReceiptsService
from telcowire.smstext.segments import count_segments

TENANT = TenantId("11111111-1111-4111-8111-111111111111")
OTHER_TENANT = TenantId("22222222-2222-4222-8222-222222222222")
TASK = TaskId("33333333-3333-4333-8333-333333333333")
SIGNATURE = SignatureId("44444444-4444-4444-8444-444444444444")
SECRET = "shared"
T = TypeVar("T")


class SendingLine:
    """All services of the line over one database."""

    def __init__(
        self,
        db: Database,
        *,
        clock: Clock | None = None,
        ring: KeyRing | None = None,
        load_content: LoadContent = no_content,
        bus: Bus | None = None,
        limits: Limits | None = None,
        metrics: Metrics | None = None,
    ) -> None:
        self.db = db
        self.clock = clock or SystemClock()
        self.ring = ring or create_key_ring()
        self.keys = TenantKeys(self.ring)
        self.jobs = Jobs(db.url)
        self.carriers = CarriersService(clock=self.clock, ring=self.ring, keys=self.keys, jobs=self.jobs, bus=bus)
        self.delivery = DeliveryService(clock=self.clock, keys=self.keys, jobs=self.jobs, bus=bus)
        self.receipts = ReceiptsService(
            clock=self.clock,
            ids=CountingIds(),
            keys=self.keys,
            jobs=self.jobs,
            carriers=self.carriers,
            delivery=self.delivery,
        )
        self.gateways = GatewaysService(
            db=db,
            clock=self.clock,
            carriers=self.carriers,
            delivery=self.delivery,
            receipts=self.receipts,
            load_content=load_content,
            metrics=metrics,
            limits=limits or Limits(),
        )

    async def prepare(self) -> None:
        """Make today's partitions and the signature's channel."""
        async with self.db.begin() as uow:
            await self.delivery.ensure_partitions(uow)
            await self.receipts.ensure_partitions(uow)
            await self.carriers.provision_signature(uow, TENANT, SIGNATURE)

    async def add_account(
        self,
        port: int,
        *,
        name: str = "carrier-1",
        protocol: Protocol = Protocol.CMPP30,
        carrier: Carrier = Carrier.ANY,
        rate_per_s: int | None = None,
        window_pdus: int = 32,
        connections: int = 1,
        response_timeout_s: int = 30,
        priority: int = 0,
        group: str | None = None,
        options: WireOptions = NO_OPTIONS,
        listen_port: int | None = None,
    ) -> Account:
        """Add an account that leads to a simulator on this machine."""
        async with self.db.begin() as uow:
            return await self.carriers.add_account(
                uow,
                NewAccount(
                    name=name,
                    protocol=protocol,
                    host="127.0.0.1",
                    port=port,
                    login="901234",
                    secret=SECRET,
                    src_number="10690001",
                    carrier=carrier,
                    rate_per_s=rate_per_s,
                    window_pdus=window_pdus,
                    connections=connections,
                    response_timeout_s=response_timeout_s,
                    priority=priority,
                    group=group,
                    options=options,
                    listen_port=listen_port,
                ),
            )

    async def plan(self, chunk: PlannedChunk) -> dict[MessageState, int]:
        """Plan a chunk over the routes as they are."""
        async with self.db.begin() as uow:
            phones = [message.phone for message in chunk.messages]
            router = await self.carriers.router(uow, TENANT, SIGNATURE, phones)
            route: Callable[[str], Route | None] = router or (lambda _: None)
            return dict((await self.delivery.plan_chunk(uow, chunk, route)).counts)

    async def counts(self, task_id: TaskId = TASK, tenant_id: TenantId = TENANT) -> dict[MessageState, int]:
        """Return the counts that are not zero."""
        async with self.db.begin() as uow:
            counts = await self.delivery.task_counts(uow, tenant_id, task_id)
        return {state: count for state, count in counts.items() if count}

    async def violations(self) -> list[str]:
        """Return broken invariants as text."""
        async with self.db.begin() as uow:
            return [violation.what for violation in await self.delivery.check_invariants(uow)]

    async def jobs_named(self, name: str) -> list[dict[str, object]]:
        """Return the arguments of jobs that were deferred under a name."""
        async with self.db.begin() as uow:
            rows = await uow.fetch("SELECT args FROM procrastinate_jobs WHERE task_name = %s ORDER BY id", (name,))
        return [row[0] for row in rows]

    @asynccontextmanager
    async def running(self, gateway_id: str = "gateway-1") -> AsyncIterator[None]:
        """Run a gateway while the block runs, then let it hand over."""
        stop = asyncio.Event()
        task = asyncio.create_task(self.gateways.run(gateway_id, stop))
        try:
            yield
        finally:
            stop.set()
            async with asyncio.timeout(10):
                await task


def phone(number: int) -> str:
    """Return an invented mainland number (canonical digits); all of China Mobile."""
    return f"86138{number:08d}"


def chunk_of(
    phones: Sequence[str],
    *,
    task_id: TaskId = TASK,
    tenant_id: TenantId = TENANT,
    chunk_no: int = 0,
    klass: MessageClass = MessageClass.NOTICE,
    text: str = "【鸿雁】您的包裹已到 {n} 号柜，请及时领取。",
    expires_in: timedelta = timedelta(hours=24),
    window: SendingWindow | None = None,
    now: datetime | None = None,
) -> PlannedChunk:
    """Return a chunk with one message per number."""
    messages = []
    for index, number in enumerate(phones):
        body = text.replace("{n}", str(index))
        messages.append(PlannedMessage(index, number, body, count_segments(body)))
    return PlannedChunk(
        tenant_id=tenant_id,
        task_id=task_id,
        chunk_no=chunk_no,
        klass=klass,
        app_id=SmsAppId("app-1"),
        signature_id=SIGNATURE,
        template_id=SmsTemplateId("15010661"),
        card_template_id=None,
        expires_at=(now or datetime.now(UTC)) + expires_in,
        messages=messages,
        window=window,
    )


async def until(ask: Callable[[], Awaitable[T]], is_good: Callable[[T], bool], *, timeout_s: float = 20.0) -> T:
    """Ask again and again until the answer is good; fail with the last answer when time is over."""
    deadline = time.monotonic() + timeout_s
    while True:
        answer = await ask()
        if is_good(answer):
            return answer
        assert time.monotonic() < deadline, f"still not so after {timeout_s} s: {answer!r}"
        await asyncio.sleep(0.05)
