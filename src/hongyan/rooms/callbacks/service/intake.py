"""The ledger's feed into posts: an sms receipt for every message that has become final, video SMS alike.

What is taken and the posts are one transaction, so nothing is lost or made twice when a process dies.
"""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote
from zoneinfo import ZoneInfo

import structlog

from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.ids import TaskId, TenantId
from hongyan.kernel.keys.numbers import TenantKeys
from hongyan.rooms.callbacks.contracts import AddressKind, Document
from hongyan.rooms.callbacks.rules import bodies
from hongyan.rooms.callbacks.rules.bodies import TaskFacts
from hongyan.rooms.callbacks.service.cards import CardReceipts
from hongyan.rooms.callbacks.service.writer import Writer
from hongyan.rooms.callbacks.store import addresses, cards
from hongyan.rooms.campaigns.service.views import CampaignViews
from hongyan.rooms.delivery.contracts import MessageKind, MessageView, day_number
from hongyan.rooms.delivery.service import DeliveryService
from hongyan.rooms.identity.service.door import IdentityService

log = structlog.get_logger(__name__)

TAKE_ENTRIES: Final = 16
"""Entries of the feed in one transaction; each holds at most 500 messages."""
_PARTITION_DAYS: Final = 4
_REST_S: Final = 60.0
"""How long a tenant is left alone whose receipts cannot be made."""
_NO_FACTS: Final = TaskFacts("", "", "")


@dataclass(frozen=True, slots=True)
class Sources:
    """Where final messages come from and what completes them."""

    identity: IdentityService
    delivery: DeliveryService
    campaigns: CampaignViews
    keys: TenantKeys


class Intake:
    """Takes from the feed."""

    def __init__(
        self, *, db: Database, clock: Clock, sources: Sources, writer: Writer, card_receipts: CardReceipts
    ) -> None:
        """``card_receipts`` hears of every message with a link: its card may be waiting."""
        self._db = db
        self._clock = clock
        self._from = sources
        self._writer = writer
        self._cards = card_receipts
        self._ready_day = -1
        self._resting: dict[TenantId, float] = {}

    async def run(self, stop: asyncio.Event, *, poll_s: float = 0.25) -> None:
        """Take from the feed until told to stop."""
        while not stop.is_set():
            if await self.take_finals():
                continue
            try:
                await asyncio.wait_for(stop.wait(), poll_s)
            except TimeoutError:
                continue

    async def take_finals(self) -> int:
        """Turn what has become final into posts; returns how many messages it was (0: nothing waits).

        A tenant whose messages cannot be told is left alone for a minute: everybody else goes on.
        """
        now_s = self._clock.monotonic()
        self._resting = {tenant: until for tenant, until in self._resting.items() if until > now_s}
        try:
            return await self._take_some(without=tuple(self._resting))
        except Exception:  # the edge: whatever is wrong with one tenant must not stop the others
            log.warning("receipts are made tenant by tenant", exc_info=True)
        async with self._db.begin() as uow:
            waiting = await self._from.delivery.list_fed_tenants(uow)
        count = 0
        for tenant_id in waiting:
            if tenant_id in self._resting:
                continue
            try:
                count += await self._take_some(only=tenant_id)
            except Exception:  # as above; its messages stay in the feed
                log.exception("receipts of a tenant cannot be made", tenant_id=tenant_id)
                self._resting[tenant_id] = now_s + _REST_S
        return count

    async def _take_some(self, *, only: TenantId | None = None, without: Sequence[TenantId] = ()) -> int:
        async with self._db.begin() as uow:
            await self.ensure_partitions(uow)
            by_tenant: dict[TenantId, list[MessageView]] = defaultdict(list)
            feed = self._from.delivery.take_finals(uow, limit=TAKE_ENTRIES, only=only, without=without)
            for batch in await feed:
                by_tenant[batch.tenant_id].extend(batch.messages)
            linked: list[tuple[TaskId, str]] = []
            for tenant_id, messages in by_tenant.items():
                linked += await self._take(uow, tenant_id, messages)
        if linked:
            await self._cards.match(linked)
        return sum(map(len, by_tenant.values()))

    async def _take(self, uow: Uow, tenant_id: TenantId, messages: Sequence[MessageView]) -> list[tuple[TaskId, str]]:
        """Write the receipts of one tenant; returns (task, code) of messages with a link."""
        zone = ZoneInfo((await self._from.identity.get_tenant(uow, tenant_id)).zone)
        of_video = [message for message in messages if message.kind is MessageKind.VIDEO]
        video = await addresses.find_of_kind(uow, tenant_id, AddressKind.VIDEO_STATUS) if of_video else None
        if video is not None:
            reports = [(bodies.video_report(message, zone), message.task_id) for message in of_video]
            await self._writer.write_receipts(uow, video, Document.VIDEO_STATUS, reports)
        of_sms = [message for message in messages if message.kind is MessageKind.SMS]
        aim = await self._writer.find_aim(uow, tenant_id) if of_sms else None
        if aim is None:
            return []
        facts = await self._facts(uow, tenant_id, {message.task_id for message in of_sms})
        receipts = [
            (bodies.sms_receipt(message, facts.get(message.task_id, _NO_FACTS), zone), message.task_id)
            for message in of_sms
        ]
        post_ids = await self._writer.write_receipts(uow, aim, Document.SMS, receipts)
        sealer = await self._from.keys.sealer(uow, tenant_id)
        today = day_number(self._clock.now())
        rows = [
            # The sealer takes ASCII; digits and the plus of a number stay what they are.
            (today, m.task_id, m.link_code, post_id, sealer.seal(quote(bodies.customer_of(m), safe="+")))
            for m, post_id in zip(of_sms, post_ids, strict=True)
            if m.link_code is not None
        ]
        await cards.insert_receipts(uow, rows)
        return [(row[1], row[2]) for row in rows]

    async def _facts(self, uow: Uow, tenant_id: TenantId, task_ids: set[TaskId]) -> Mapping[TaskId, TaskFacts]:
        tasks = await self._from.campaigns.names(uow, tenant_id, tuple(task_ids))
        return {
            task_id: TaskFacts(task.content.signature_name, task.domain, task.extend or "")
            for task_id, task in tasks.items()
        }

    async def ensure_partitions(self, uow: Uow) -> list[str]:
        """Make the partitions of today and the next days; returns the names of new ones."""
        today = day_number(self._clock.now())
        if today == self._ready_day:
            return []
        made = await cards.ensure_partitions(uow, today, _PARTITION_DAYS)
        if not made:
            self._ready_day = today  # remembered only when others had made and committed them
        return made
