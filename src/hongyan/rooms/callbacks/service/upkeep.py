"""What callbacks do by themselves: notices, switching off, giving up, forgetting. Every step is safe to repeat."""

from datetime import timedelta
from typing import Final

import structlog
from prometheus_client import Counter as Metric

from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Database
from hongyan.kernel.metrics import Metrics
from hongyan.rooms.callbacks.contracts import (
    DISABLED_AFTER,
    NOTICE_BEFORE,
    Address,
    Notice,
    NoticeKind,
)
from hongyan.rooms.callbacks.rules import schedule
from hongyan.rooms.callbacks.service.cards import RECEIPT_DAYS, CardReceipts
from hongyan.rooms.callbacks.service.intake import Intake
from hongyan.rooms.callbacks.service.writer import DISABLED
from hongyan.rooms.callbacks.store import addresses, attempts, cards, posts
from hongyan.rooms.delivery.contracts import day_number

log = structlog.get_logger(__name__)

_ROWS: Final = 2_000
_NOTICES_KEPT: Final = timedelta(days=90)


class Upkeep:
    """Jobs ``callbacks.tick`` (each minute) and ``callbacks.forget`` (each hour)."""

    def __init__(
        self,
        *,
        db: Database,
        clock: Clock,
        intake: Intake,
        card_receipts: CardReceipts,
        keep_delivered: timedelta,
        keep_dead: timedelta,
    ) -> None:
        """Keep delivered posts and dead ones for these times."""
        self._db = db
        self._clock = clock
        self._intake = intake
        self._cards = card_receipts
        self._keep_delivered = keep_delivered
        self._keep_dead = keep_dead
        self._metric: Metric | None = None

    def count_with(self, metrics: Metrics) -> None:
        """Show notices as ``hongyan_callbacks_notices_total``."""
        self._metric = metrics.counter("callbacks_notices", "Notices to owners of callback addresses.", ("kind",))

    async def tick(self) -> None:
        """Tell owners, switch off, give up what waits for nobody, look again at cards that wait for long."""
        now = self._clock.now()
        async with self._db.begin() as uow:
            unwell = await addresses.take_unwell(
                uow, now, notice=DISABLED_AFTER - NOTICE_BEFORE, disable=DISABLED_AFTER
            )
            told: list[tuple[Address, Notice]] = []
            for address in unwell:
                since = address.failing_since
                if since is None:
                    continue
                is_over = schedule.is_due_for_disabling(since, now)
                kind = NoticeKind.DISABLED if is_over else NoticeKind.WILL_BE_DISABLED
                if is_over:
                    await addresses.mark_disabled(uow, address, now)
                else:
                    await addresses.mark_noticed(uow, address, now)
                notice = Notice(address.address_id, kind, address.url, since, since + DISABLED_AFTER, now)
                await addresses.insert_notice(uow, address.tenant_id, notice)
                told.append((address, notice))
        for address, notice in told:
            log.warning(
                "callback address fails",
                notice=notice.kind.value,
                tenant_id=address.tenant_id,
                address_id=address.address_id,
                since=notice.failing_since.isoformat(),
            )
            if self._metric is not None:
                self._metric.labels(kind=notice.kind.value).inc()
        await self._give_up()
        await self._cards.look_again()

    async def _give_up(self) -> None:
        async with self._db.begin() as uow:
            stranded = await posts.list_stranded(uow)
        for address_id in stranded:
            count = _ROWS
            while count == _ROWS:
                async with self._db.begin() as uow:
                    count = await posts.kill_posts(uow, address_id, DISABLED, self._clock.now(), limit=_ROWS)

    async def forget(self) -> None:
        """Drop what is old: posts, log lines, cards, notices, days of receipts; make the partitions of next days."""
        now = self._clock.now()
        delivered, dead = now - self._keep_delivered, now - self._keep_dead
        count = _ROWS
        while count == _ROWS:
            async with self._db.begin() as uow:
                count = await posts.forget_posts(uow, delivered_before=delivered, dead_before=dead, limit=_ROWS)
        count = _ROWS
        while count == _ROWS:
            async with self._db.begin() as uow:
                count = await cards.forget_cards(uow, now - timedelta(days=RECEIPT_DAYS), limit=_ROWS)
        async with self._db.begin() as uow:
            await attempts.forget_attempts(uow, min(delivered, dead))
            await addresses.delete_notices(uow, now - _NOTICES_KEPT)
            await self._intake.ensure_partitions(uow)
            await cards.drop_partitions(uow, day_number(now) - RECEIPT_DAYS - 1)
