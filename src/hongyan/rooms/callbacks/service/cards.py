"""Shortchain receipts: a card that a phone has drawn is told after the sms receipt of its message, never before.

Cards of resolve tasks (the customer sent the SMS) have nothing to wait for. Not for: who drew what (``handsets``).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import unquote

import structlog

from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.errors import NotFound
from hongyan.kernel.ids import TaskId, TenantId
from hongyan.kernel.keys.numbers import TenantKeys
from hongyan.rooms.callbacks.contracts import Document, PostId
from hongyan.rooms.callbacks.rules import bodies
from hongyan.rooms.callbacks.service.writer import Writer
from hongyan.rooms.callbacks.store import cards
from hongyan.rooms.callbacks.store.cards import NewCard, RipeCard
from hongyan.rooms.campaigns.contracts import LinkFilter
from hongyan.rooms.campaigns.service.resolve_views import ResolveViews
from hongyan.rooms.campaigns.service.views import CampaignViews
from hongyan.rooms.delivery.contracts import day_number
from hongyan.rooms.short_links.contracts import RangeId
from hongyan.rooms.short_links.service import ShortLinksService

log = structlog.get_logger(__name__)

RECEIPT_DAYS: Final = 12
"""A personal link lives 7 days from its release, and its message may be final 72 hours later."""
_TAKE: Final = 2_000
_FIRST_LOOK: Final = timedelta(minutes=1)
_Told = tuple[dict[str, Any], TaskId]


class CardReceipts:
    """Brings cards and sms receipts together."""

    def __init__(
        self,
        *,
        db: Database,
        clock: Clock,
        keys: TenantKeys,
        writer: Writer,
        campaigns: CampaignViews,
        resolves: ResolveViews,
        links: ShortLinksService,
    ) -> None:
        """Open own transactions on ``db``: see :meth:`match`."""
        self._db = db
        self._clock = clock
        self._keys = keys
        self._writer = writer
        self._campaigns = campaigns
        self._resolves = resolves
        self._links = links

    async def take(self, told: Sequence[Mapping[str, Any]]) -> None:
        """Note cards that phones have drawn, as the job ``callbacks.cards_resolved`` tells them.

        Keyed by (range, offset, vendor, time, number among equals), so a repeated job makes no second receipt: each
        tenant has a transaction of its own, and one whose cards cannot be noted fails the job after the others' are.

        Raises:
            ExceptionGroup: cards of some tenants could not be noted.
        """
        by_tenant: dict[TenantId, list[NewCard]] = defaultdict(list)
        seen: dict[str, int] = defaultdict(int)
        for card in told:
            if card.get("task_id") is None:
                continue
            drawing = f"{card['vendor']} {card['at']}"
            place = f"{card['range_id']} {card['offset']} {drawing}"
            seen[place] += 1
            new = NewCard(
                tenant_id=TenantId(card["tenant_id"]),
                task_id=TaskId(card["task_id"]),
                range_id=int(card["range_id"]),
                offset=int(card["offset"]),
                drawing=f"{drawing} {seen[place]}",
                code=str(card["code"]),
                result_code=str(card.get("result_code") or "0"),
                at=datetime.fromisoformat(card["at"]),
            )
            by_tenant[new.tenant_id].append(new)
        waiting: list[tuple[TaskId, str]] = []
        failures: list[Exception] = []
        for tenant_id, some in by_tenant.items():
            try:
                async with self._db.begin() as uow:
                    found = await self._take(uow, tenant_id, some)
            except Exception as error:  # the edge: whatever is wrong with one tenant must not stop the others
                log.warning("cards of a tenant cannot be noted", tenant_id=tenant_id, exc_info=True)
                failures.append(error)
            else:
                waiting += found
        if waiting:
            await self.match(waiting)
        if failures:
            raise ExceptionGroup("cards of some tenants cannot be noted", failures)

    async def _take(self, uow: Uow, tenant_id: TenantId, told: Sequence[NewCard]) -> list[tuple[TaskId, str]]:
        """Write those of resolve tasks, note the others; returns (task, code) of these."""
        aim = await self._writer.find_aim(uow, tenant_id)
        if aim is None:
            return []
        now = self._clock.now()
        tasks = await self._campaigns.names(uow, tenant_id, tuple({card.task_id for card in told}))
        waiting: list[tuple[TaskId, str]] = []
        ready: list[_Told] = []
        for card in told:
            is_send = card.task_id in tasks
            is_new = await cards.insert_card(uow, card, look_at=now + _FIRST_LOOK if is_send else None, now=now)
            if is_new and is_send:
                waiting.append((card.task_id, card.code))
            elif is_new:
                try:
                    ready.append((await self._receipt_of_link(uow, tenant_id, card), card.task_id))
                except NotFound as gone:
                    log.warning("a card's link is gone", tenant_id=tenant_id, range_id=card.range_id, error=str(gone))
        await self._writer.write_receipts(uow, aim, Document.SHORTCHAIN, ready)
        return waiting

    async def _receipt_of_link(self, uow: Uow, tenant_id: TenantId, card: NewCard) -> dict[str, Any]:
        """Return the receipt of a resolve task's card.

        Raises:
            NotFound: its links are gone.
        """
        link_range = await self._links.get_range(uow, tenant_id, RangeId(card.range_id))
        wanted = LinkFilter(task_id=card.task_id, aim_url=f"{link_range.domain}/{card.code}")
        found, _ = await self._resolves.list_tasks(uow, tenant_id, wanted, offset=0, limit=1)
        return bodies.shortchain_receipt(
            task_id=card.task_id,
            customer=found.items[0].row.cust_flag if found.items else "",
            tpl_id=link_range.card_template_id or "",
            domain=link_range.domain,
            code=card.code,
            result_code=card.result_code,
        )

    async def match(self, codes: Sequence[tuple[TaskId, str]]) -> None:
        """Tell cards which post they wait for: whoever of card and receipt commits last finds the other.

        That is why this is a transaction of its own, and the release is another: a card that finds its post still under
        way is released by the sender when it has settled the post. What a crash forgets between them,
        :meth:`look_again` does.
        """
        async with self._db.begin() as uow:
            linked = await cards.link_cards(uow, codes, self._first_day())
        if linked:
            await self.release(sorted(linked))

    async def release(self, post_ids: Sequence[PostId]) -> int:
        """Write shortchain receipts of cards whose sms receipt is delivered or given up; returns how many."""
        count = 0
        while post_ids:
            async with self._db.begin() as uow:
                ripe = await cards.take_ripe(uow, post_ids, self._first_day(), limit=_TAKE)
                by_tenant: dict[TenantId, list[RipeCard]] = defaultdict(list)
                for card in ripe:
                    by_tenant[card.tenant_id].append(card)
                for tenant_id, some in by_tenant.items():
                    await self._release(uow, tenant_id, some)
                if ripe:
                    await cards.mark_posted(uow, ripe)
            count += len(ripe)
            if len(ripe) < _TAKE:
                break
        return count

    async def _release(self, uow: Uow, tenant_id: TenantId, ripe: Sequence[RipeCard]) -> None:
        aim = await self._writer.find_aim(uow, tenant_id)
        if aim is None:
            return
        tasks = await self._campaigns.names(uow, tenant_id, tuple({card.task_id for card in ripe}))
        sealer = await self._keys.sealer(uow, tenant_id)
        ready: list[_Told] = []
        for card in ripe:
            task = tasks.get(card.task_id)
            receipt = bodies.shortchain_receipt(
                task_id=card.task_id,
                customer=unquote(sealer.open(card.customer)),
                tpl_id=(task.content.card_template_id if task else None) or "",
                domain=task.domain if task else "",
                code=card.code,
                result_code=card.result_code,
            )
            ready.append((receipt, card.task_id))
        await self._writer.write_receipts(uow, aim, Document.SHORTCHAIN, ready)

    async def look_again(self, *, limit: int = 1_000) -> int:
        """Look at cards that wait for long, whatever was missed; returns how many. Repeatable."""
        async with self._db.begin() as uow:
            due = await cards.take_due(uow, self._clock.now(), limit=limit)
        if due:
            await self.match([(task_id, code) for task_id, code, _ in due])
            await self.release(sorted({post_id for _, _, post_id in due if post_id is not None}))
        return len(due)

    def _first_day(self) -> int:
        return day_number(self._clock.now()) - RECEIPT_DAYS
