"""What a tenure does every two seconds beside sending: health, numbers, stand-ins for what is down, end of draining."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import structlog

from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Database
from hongyan.rooms.carriers.contracts import Account, Flow
from hongyan.rooms.carriers.service import CarriersService
from hongyan.rooms.delivery.contracts import SpanResult
from hongyan.rooms.delivery.service import DeliveryService
from hongyan.rooms.gateways import rules
from hongyan.rooms.gateways.contracts import Lease, LoadContent
from hongyan.rooms.gateways.service import leases
from hongyan.rooms.gateways.service.health import HealthBook, Limits
from hongyan.rooms.gateways.service.links import Links
from hongyan.rooms.gateways.service.metrics import Meter
from hongyan.rooms.gateways.store import inlets
from hongyan.rooms.receipts.service import ReceiptsService

log = structlog.get_logger(__name__)

_MOVE_BATCHES: Final = 100
Retried = Callable[[Callable[[], Awaitable[Any]]], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Line:
    """What every tenure works with."""

    db: Database
    lease_db: Database
    """Connections of their own for leases: they must not wait behind the work of many accounts."""
    clock: Clock
    carriers: CarriersService
    delivery: DeliveryService
    receipts: ReceiptsService
    load_content: LoadContent
    meter: Meter
    limits: Limits


class Tending:
    """The tending of one tenure."""

    def __init__(self, line: Line, lease: Lease, links: Links, health: HealthBook) -> None:
        """Look after ``links``."""
        self._line = line
        self._lease = lease
        self._links = links
        self._health = health
        self._parts = 0
        self._messages = 0
        self._sent = 0
        self._throttles = 0

    def settled(self, account: Account, result: SpanResult) -> None:
        """Note a closed span."""
        self._health.settled(result)
        self._line.meter.settled(account.name, result)
        self._parts += len(result.answers)
        self._messages += len(result.verdicts)

    def span_messages(self, account: Account) -> int:
        """Return how many messages a span may hold now, so that what is open has left about a second later.

        That is how soon a pause is in force on a slow account: long texts and a carrier that slows us down count.
        """
        limit = self._links.pace.limit_per_s
        per_message = max(1.0, self._parts / self._messages) if self._messages else 1.0
        self._parts = self._messages = 0
        rate = None if limit is None else max(1, int(limit / per_message))
        return rules.span_messages(rate, account.connections, account.window_pdus)

    async def look(self, account: Account, *, inbox: int, is_at_rest: bool, retried: Retried) -> None:
        """Say how the account is, and do what follows from it; ``is_at_rest``: no span of it is open."""
        links, pace, meter = self._links, self._links.pace, self._line.meter
        throttles = pace.throttles - self._throttles
        meter.submitted(account.name, pace.sent - self._sent)
        meter.throttled(account.name, throttles)
        self._health.throttled(throttles)
        self._sent, self._throttles = pace.sent, pace.throttles
        if account.listen_port is not None:
            self._health.reported_elsewhere(await retried(lambda: self._last_report(account)))
        health = self._health.look(
            account, links_up=links.up, in_flight=links.in_flight, sent=pace.sent, pace_per_s=pace.limit_per_s
        )
        meter.show(account.name, health, inbox)

        async def note() -> None:
            async with self._line.db.begin() as uow:
                await leases.fence(uow, self._lease)
                await self._line.carriers.note_health(uow, health)

        await retried(note)
        if account.flow is Flow.PAUSED or self._health.is_handing_over:
            return
        if self._health.down_for_s >= self._line.limits.failover_s:
            await retried(lambda: move_waiting(self._line, account, self._lease))
        elif account.flow is Flow.DRAINING and is_at_rest:
            await retried(lambda: self._pause_if_drained(account))

    async def _last_report(self, account: Account) -> datetime | None:
        async with self._line.db.begin() as uow:
            return await inlets.last_report(uow, account.account_id)

    async def _pause_if_drained(self, account: Account) -> None:
        async with self._line.db.begin() as uow:
            await leases.fence(uow, self._lease)
            if await self._line.delivery.has_waiting(uow, account.account_id):
                return
            is_paused = await self._line.carriers.finish_drain(uow, account.account_id)
        if is_paused:
            log.info("drained, now paused", account=account.name)


async def move_waiting(line: Line, account: Account, lease: Lease) -> int:
    """Move what waits on an account to its stand-ins, under its lease, some batches a transaction; returns how many.

    Raises:
        LeaseLost: another gateway took the account.
    """
    total = 0
    while True:
        async with line.db.begin() as uow:
            await leases.fence(uow, lease)
            moved = await line.delivery.move_waiting(uow, account, line.carriers.stand_in_routes, limit=_MOVE_BATCHES)
        total += moved
        if not moved:
            break
    if total:
        log.warning("what waited goes to other channels", account=account.name, messages=total)
    return total
