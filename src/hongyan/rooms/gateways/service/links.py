"""The logins of one account and their pumps: as many as the account wants, which may change while they work."""

import asyncio
import random
from collections.abc import Callable
from typing import Final

import structlog

from hongyan.kernel.clock import Clock
from hongyan.rooms.carriers.contracts import Account
from hongyan.rooms.delivery.contracts import SpanResult
from hongyan.rooms.gateways.contracts import Answerable, Driver, Link, LinkClosed, LinkEvent
from hongyan.rooms.gateways.rules import Pace
from hongyan.rooms.gateways.service.health import HealthBook
from hongyan.rooms.gateways.service.metrics import Meter
from hongyan.rooms.gateways.service.pump import Pump
from telcowire.errors import RemoteProtocolError, TelcowireError

log = structlog.get_logger(__name__)

_RECONNECT_S: Final = (0.2, 30.0)
_LOGOUT_S: Final = 0.5


class _Slot:
    """One login that there should be."""

    __slots__ = ("leave", "link", "pump")

    def __init__(self, pump: Pump) -> None:
        self.pump = pump
        self.link: Link | None = None
        self.leave = asyncio.Event()


class Links:
    """The logins of one tenure. ``start`` first; more or fewer by ``follow``."""

    def __init__(
        self,
        *,
        account: Account,
        clock: Clock,
        driver: Driver,
        health: HealthBook,
        meter: Meter,
        may_send: Callable[[], bool],
        on_result: Callable[[SpanResult], None],
        on_delivery: Callable[[Answerable, LinkEvent], None],
        on_login: Callable[[], None],
    ) -> None:
        """Log in by ``driver``; ``may_send`` asks the lease."""
        self._account = account
        self._clock = clock
        self._driver = driver
        self._driver_window = account.window_pdus
        self._health = health
        self._meter = meter
        self._may_send = may_send
        self._on_result = on_result
        self._on_delivery = on_delivery
        self._on_login = on_login
        self._log = log.bind(account=account.name)
        self._slots: list[_Slot] = []
        self._group: asyncio.TaskGroup | None = None
        self._loops: set[asyncio.Task[None]] = set()
        self.pace = Pace(account.rate_per_s, clock.monotonic())

    # --- what there is ------------------------------------------------------------------------------------------------

    @property
    def with_room(self) -> list[Pump]:
        """The pumps that may take a span now."""
        return [slot.pump for slot in self._slots if slot.pump.room > 0 and not slot.leave.is_set()]

    @property
    def with_urgent_room(self) -> list[Pump]:
        """The pumps that may take a small span of urgent messages, however busy they are."""
        return [slot.pump for slot in self._slots if slot.pump.urgent_room > 0 and not slot.leave.is_set()]

    @property
    def pumps(self) -> list[Pump]:
        """All of them, in whatever state."""
        return [slot.pump for slot in self._slots]

    @property
    def open_span_ids(self) -> list[int]:
        """The spans in the books of all pumps."""
        return [span_id for slot in self._slots for span_id in slot.pump.open_span_ids]

    @property
    def up(self) -> int:
        """How many logins live."""
        return sum(slot.link is not None for slot in self._slots)

    @property
    def in_flight(self) -> int:
        """How many parts wait for their answer."""
        return sum(slot.pump.in_flight for slot in self._slots)

    # --- what is done -------------------------------------------------------------------------------------------------

    def start(self, group: asyncio.TaskGroup) -> None:
        """Log in, with a task for each connection."""
        self._group = group
        self._grow(self._account.connections)

    def follow(self, account: Account) -> None:
        """Work with another rate, window or number of connections from now on."""
        self._account = account
        self.pace.set_rate(account.rate_per_s, self._clock.monotonic())
        for slot in self._slots:
            if slot.link is not None:
                slot.link.set_window(account.window_pdus)
        staying = [slot for slot in self._slots if not slot.leave.is_set()]
        for slot in staying[account.connections :]:
            slot.leave.set()
        self.let_go()
        self._grow(account.connections - len(staying))
        for slot in self._slots:
            slot.pump.pump()

    def let_go(self) -> None:
        """Log out where no connection is wanted any more, once its spans are settled."""
        for slot in self._slots:
            if slot.leave.is_set() and slot.link is not None and not slot.pump.open_span_ids:
                slot.pump.break_off()

    def break_off(self) -> None:
        """Settle all spans as they stand."""
        for slot in self._slots:
            slot.pump.break_off()

    def stop(self) -> None:
        """End the tasks."""
        for loop in self._loops:
            loop.cancel()

    def _grow(self, count: int) -> None:
        if self._group is None:
            return
        for _ in range(count):
            pump = Pump(
                clock=self._clock,
                pace=self.pace,
                refusals=self._health.refusals,
                encode=self._driver.encode,
                may_send=self._may_send,
                on_result=self._on_result,
                on_delivery=self._on_delivery,
            )
            slot = _Slot(pump)
            self._slots.append(slot)
            loop = self._group.create_task(self._loop(slot))
            self._loops.add(loop)
            loop.add_done_callback(self._loops.discard)

    async def _loop(self, slot: _Slot) -> None:
        delay_s = _RECONNECT_S[0]
        try:
            while not slot.leave.is_set():
                if await self._live(slot):
                    delay_s = _RECONNECT_S[0]
                # Spread out: many accounts of one carrier must not come back in step.
                await _wait(slot.leave, delay_s * random.uniform(0.8, 1.2))  # noqa: S311 - no secret
                delay_s = min(delay_s * 2, _RECONNECT_S[1])
        finally:
            self._slots.remove(slot)
            slot.pump.break_off()

    async def _live(self, slot: _Slot) -> bool:
        """Log in and stay until the link is gone; tells whether it ever was there."""
        account, gone = self._account, asyncio.Event()

        def heard(link: Link, events: list[LinkEvent]) -> None:
            slot.pump.on_events(link, events)
            last = events[-1]
            if isinstance(last, LinkClosed):
                gone.set()
                self._closed(slot, last)

        try:
            link = await self._driver.open_link(heard)
        except (OSError, TelcowireError) as error:
            reason = self._health.not_logged_in(account.protocol, error)
            self._meter.login(account.name, reason.value)
            if isinstance(error, RemoteProtocolError):
                self._meter.breach(account.name, error.kind.value)
            self._log.warning("no login", reason=reason.value, error=str(error))
            return False
        try:
            if gone.is_set():  # before we came to know of it
                return False
            slot.link = link
            slot.pump.attach(link)
            if self._account.window_pdus != self._driver_window:
                link.set_window(self._account.window_pdus)
            self._health.logged_in()
            self._meter.login(account.name, "ok")
            self._log.info("logged in")
            self._on_login()
            if slot.leave.is_set():
                self.let_go()
            await slot.pump.closed.wait()
        finally:
            slot.link = None
            await link.close(_LOGOUT_S)
        return True

    def _closed(self, slot: _Slot, event: LinkClosed) -> None:
        slot.link = None
        self._health.link_closed(event.reason)
        if event.breach is not None:
            self._meter.breach(self._account.name, event.breach)


async def _wait(event: asyncio.Event, timeout_s: float) -> None:
    try:
        async with asyncio.timeout(timeout_s):
            await event.wait()
    except TimeoutError:
        pass
