"""One account under one lease: from taking over what the last holder left to handing over what is open.

Loops side by side: renewal of the lease; one login per connection (``links``); sender (outcomes in, spans out, one
transaction); receiver (reports, answered after the commit); chores (held batches, early reports, settled tasks);
tending (health, stand-ins, draining); questions about silent parts where the carrier answers them. A database that is
away stops the sending and everything stays in memory: the carrier's reports are not answered and come again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Final, TypeVar

import structlog

from hongyan.kernel.db.database import UNSTORABLE
from hongyan.kernel.ids import TaskId, TenantId
from hongyan.rooms.carriers.contracts import Account, Flow
from hongyan.rooms.delivery.contracts import OpenSpan, SpanResult, Tally
from hongyan.rooms.gateways.contracts import (
    Answerable,
    Lease,
    LinkEvent,
    Reported,
    Unreadable,
    Uplinked,
)
from hongyan.rooms.gateways.drivers.choice import driver_of
from hongyan.rooms.gateways.errors import LeaseLost
from hongyan.rooms.gateways.rules import LEASE_S, LeaseClock, share_span
from hongyan.rooms.gateways.service import leases, sparing
from hongyan.rooms.gateways.service.asking import Asking
from hongyan.rooms.gateways.service.health import HealthBook
from hongyan.rooms.gateways.service.links import Links
from hongyan.rooms.gateways.service.pump import Pump
from hongyan.rooms.gateways.service.tending import Line, Tending
from telcowire.errors import Breach

log = structlog.get_logger(__name__)
T = TypeVar("T")

_SETTLE_TASKS: Final = 200
"""Tasks that one transaction looks at; calls of the API are a task each."""
POLL_S: Final = 0.5
_CHORES_S: Final = 0.3
_TEND_S: Final = 2.0
_TEND_FIRST_S: Final = 0.5
_COLLECT_S: Final = 0.04
"""How long reports gather at most before they are written together."""
_COLLECT_STEP_S: Final = 0.008
"""When no more came in this time, those that are there are written."""
_REPORTS: Final = 1_000
_RETRY_S: Final = 0.5
STOP_S: Final = 3.0
"""How long the end of a process waits for answers."""


class _Undone(Exception):
    """A trial has succeeded."""


class Tenure:
    """The work on one account under one lease; ``run`` once."""

    def __init__(self, line: Line, account: Account, secret: str, lease: Lease, lease_clock: LeaseClock) -> None:
        """Use a lease that was just taken."""
        self._line = line
        self._account = account
        self._lease = lease
        self._lease_clock = lease_clock
        self._log = log.bind(account=account.name, epoch=lease.epoch)
        self._results: list[SpanResult] = []
        self._inbox: list[tuple[Answerable, LinkEvent]] = []
        self._touched: set[tuple[TenantId, TaskId]] = set()
        self._kick = asyncio.Event()
        self._got = asyncio.Event()
        self._over = asyncio.Event()
        self._drain_until_s = float("inf")
        self._is_unsure = False
        self._is_woken = False
        self._health = HealthBook(line.clock, lease, line.limits)
        self._driver = driver_of(
            account,
            secret,
            clock=line.clock,
            load_content=line.load_content,
            may_send=self._may_send,
            on_breach=partial(line.meter.breach, account.name),
        )
        self._links = Links(
            account=account,
            clock=line.clock,
            driver=self._driver,
            health=self._health,
            meter=line.meter,
            may_send=self._may_send,
            on_result=self._on_result,
            on_delivery=self._on_delivery,
            on_login=self.wake,
        )
        self._asking = Asking(
            line,
            account,
            self._links,
            may_ask=lambda: self._may_send() and not self._over.is_set(),
            on_report=self._on_delivery,
        )
        self._tending = Tending(line, lease, self._links, self._health)
        self._span_messages = self._tending.span_messages(account)

    def wake(self) -> None:
        """Look for work now (a hint; the poll comes anyway)."""
        self._is_woken = True
        self._kick.set()

    @property
    def is_able(self) -> bool | None:
        """Whether it could log in; ``None``: it is too early to tell."""
        return True if self._health.has_logged_in else False if self._health.is_unable else None

    def update(self, account: Account) -> None:
        """Go on with another rate, window, flow or number of connections, without a new login."""
        self._account = account
        self._links.follow(account)
        self._span_messages = self._tending.span_messages(account)
        self._kick.set()

    def end(self, patience_s: float, *, is_handing_over: bool = False) -> None:
        """Claim nothing more, wait so long for the answers of what is open, and let the lease go. Repeatable."""
        self._drain_until_s = min(self._drain_until_s, self._line.clock.monotonic() + patience_s)
        self._health.is_handing_over = is_handing_over
        self._over.set()

    async def run(self) -> None:
        """Work until :meth:`end`, then hand over.

        Raises:
            LeaseLost: another gateway took the account (inside an exception group).
        """
        adopted = await self._retried(self._adopt)
        if adopted:
            self._log.warning("messages of a lost gateway are unknown", messages=adopted)
            self._line.meter.adopted(self._account.name, adopted)
        try:
            async with asyncio.TaskGroup() as group:
                loops = [
                    group.create_task(loop)
                    for loop in (
                        self._renew_loop(),
                        self._sender_loop(),
                        self._receiver_loop(),
                        self._chores_loop(),
                        self._tend_loop(),
                        *([self._asking.run(self._retried)] if self._account.options.has_query else []),
                    )
                ]
                self._links.start(group)
                await self._over.wait()
                await self._drain()
                self._links.stop()
                for task in loops:
                    task.cancel()
        finally:
            self._lease_clock.end()
            self._links.break_off()
            self._line.meter.forget(self._account.name)
        await self._transact_results()
        await leases.release(self._line.lease_db, self._lease)

    # --- what pumps ask and tell --------------------------------------------------------------------------------------

    def _may_send(self) -> bool:
        return self._lease_clock.is_valid(self._line.clock.monotonic())

    def _may_claim(self) -> bool:
        if self._over.is_set() or self._account.flow is Flow.PAUSED or not self._may_send():
            return False
        refusals = self._health.refusals
        if refusals.is_on_trial and self._links.open_span_ids:
            return False
        return not refusals.is_paused(self._line.clock.monotonic())

    def _on_result(self, result: SpanResult) -> None:
        self._results.append(result)
        self._tending.settled(self._account, result)
        self._links.let_go()
        self._kick.set()

    def _on_delivery(self, link: Answerable, event: LinkEvent) -> None:
        if isinstance(event, Unreadable):
            self._line.meter.breach(self._account.name, Breach.BAD_STRUCTURE.value)
            link.answer(event.seq, event.deliver_id)
            return
        self._inbox.append((link, event))
        self._got.set()

    # --- loops --------------------------------------------------------------------------------------------------------

    async def _renew_loop(self) -> None:
        while True:
            await asyncio.sleep(LEASE_S / 4)
            asked_at_s = self._line.clock.monotonic()
            await self._retried(lambda: leases.renew(self._line.lease_db, self._lease))
            self._lease_clock.renewed(asked_at_s)

    async def _sender_loop(self) -> None:
        while True:
            is_busy = await self._retried(self._transact)
            if not is_busy and not self._results:
                self._kick.clear()
                await _wait(self._kick, POLL_S)
                self._is_woken = True

    async def _receiver_loop(self) -> None:
        while True:
            await self._got.wait()
            await self._collect()
            self._got.clear()
            while self._inbox:
                batch = self._inbox[:_REPORTS]
                await self._retried(lambda batch=batch: self._take_deliveries(batch))  # type: ignore[misc]
                del self._inbox[: len(batch)]
                for link, event in batch:
                    if isinstance(event, Reported | Uplinked):
                        link.answer(event.seq, event.deliver_id)

    async def _collect(self) -> None:
        """Let reports gather while they keep coming; a carrier whose window is full sends no more, and waits little."""
        before, until_s = 0, self._line.clock.monotonic() + _COLLECT_S
        while len(self._inbox) > before and self._line.clock.monotonic() < until_s:
            before = len(self._inbox)
            await asyncio.sleep(_COLLECT_STEP_S)

    async def _chores_loop(self) -> None:
        while True:
            await asyncio.sleep(_CHORES_S)
            await self._retried(self._chores)

    async def _tend_loop(self) -> None:
        await asyncio.sleep(_TEND_FIRST_S)
        while True:
            is_at_rest = not self._links.open_span_ids and not self._results
            inbox = len(self._inbox)
            await self._tending.look(self._account, inbox=inbox, is_at_rest=is_at_rest, retried=self._retried)
            self._span_messages = self._tending.span_messages(self._account)
            await asyncio.sleep(_TEND_S)

    # --- transactions -------------------------------------------------------------------------------------------------

    async def _adopt(self) -> int:
        async with self._line.db.begin() as uow:
            await leases.fence(uow, self._lease)
            return await self._line.delivery.adopt(uow, self._account.account_id, self._lease.epoch)

    async def _transact(self) -> bool:
        """Write outcomes and open spans in one transaction, then send; tells whether there was anything to do."""
        results = list(self._results)
        try:
            return await self._transact_with(results)
        except UNSTORABLE:
            if not results:
                raise
        await sparing.take_spared(results, self._settle_results, self._settle_spared)
        return True

    async def _transact_with(self, results: Sequence[SpanResult]) -> bool:
        pumps = self._links.with_room if self._may_claim() else []
        is_urgent = not pumps and self._is_woken and self._may_claim()
        if is_urgent:
            pumps = self._links.with_urgent_room
        if pumps:  # else it is still to be looked for, when an urgent span makes room
            self._is_woken = False
        # All of one moment, with nothing awaited between: the books change while the transaction is on its way.
        spans = len(pumps) if is_urgent else sum(pump.room for pump in pumps)
        known = [*self._links.open_span_ids, *(result.span.span_id for result in results)]
        if not pumps and not results and not self._is_unsure:
            return False
        account_id, delivery = self._account.account_id, self._line.delivery
        tally = Tally()
        opened: list[OpenSpan] = []
        was_unsure, self._is_unsure = self._is_unsure, True
        begun_s = self._line.clock.monotonic()
        async with self._line.db.begin_fast() as uow:
            await leases.fence(uow, self._lease)
            if was_unsure:
                await delivery.give_back_lost(uow, account_id, self._lease.epoch, known)
            if results:
                await delivery.take_span_results(uow, account_id, results, tally, is_repeated=was_unsure)
            if pumps:
                is_on_trial = self._health.refusals.is_on_trial
                opened = await delivery.claim(
                    uow,
                    account_id,
                    self._lease.epoch,
                    tally,
                    spans=1 if is_on_trial else spans,
                    span_messages=1 if is_on_trial else share_span(self._span_messages, is_urgent=is_urgent),
                    is_urgent=is_urgent,
                )
            await delivery.fold_sender(uow, account_id, tally)
        self._is_unsure = False
        self._line.meter.took(self._account.name, "claim", self._line.clock.monotonic() - begun_s)
        del self._results[: len(results)]
        self._touched |= tally.owners()
        self._hand_out(opened, pumps)
        return bool(opened or results)

    def _hand_out(self, spans: Sequence[OpenSpan], pumps: Sequence[Pump]) -> None:
        """Give spans to the pumps with the most room; a pump that lost its link meanwhile returns them unsent."""
        for span in spans:
            max(pumps, key=lambda pump: pump.room).take(span)

    async def _transact_results(self) -> None:
        """Write what is left at the end, and give back a claim of which we do not know whether it was committed.

        When that fails, the next holder lists it as unknown.
        """
        while self._results or self._is_unsure:
            await self._transact()

    async def _settle_results(self, results: Sequence[SpanResult]) -> None:
        """Write outcomes only. Repeatable: a span that is closed already is left as it is."""
        account_id, delivery, tally = self._account.account_id, self._line.delivery, Tally()
        async with self._line.db.begin_fast() as uow:
            await leases.fence(uow, self._lease)
            await delivery.take_span_results(uow, account_id, results, tally, is_repeated=True)
            await delivery.fold_sender(uow, account_id, tally)
        self._touched |= tally.owners()
        done = {result.span.span_id for result in results}
        self._results = [result for result in self._results if result.span.span_id not in done]

    async def _settle_spared(self, result: SpanResult, _: Exception) -> None:
        """Write a span of which some answers cannot be stored: their messages are unknown, and never sent again."""
        bad = set()
        for message_id, *_rest in result.verdicts:
            try:
                await self._try_result(sparing.alone(result, message_id))
            except UNSTORABLE as error:
                bad.add(message_id)
                self._line.meter.breach(self._account.name, Breach.BAD_STRUCTURE.value)
                self._log.error(
                    "an answer cannot be stored, its message is unknown",
                    message_id=message_id,
                    error=type(error).__name__,
                )
        await self._settle_results([sparing.without_answers(result, bad)])

    async def _try_result(self, result: SpanResult) -> None:
        """Write a result and undo it."""
        try:
            async with self._line.db.begin() as uow:
                await leases.fence(uow, self._lease)
                account_id = self._account.account_id
                await self._line.delivery.take_span_results(uow, account_id, [result], Tally(), is_repeated=True)
                raise _Undone
        except _Undone:
            pass

    async def _take_deliveries(self, batch: Sequence[tuple[Answerable, LinkEvent]]) -> None:
        """Store deliveries; one that cannot be is answered with the others, so that it does not come for ever."""
        await sparing.take_spared(batch, self._take_together, self._leave_delivery)

    async def _leave_delivery(self, delivery: tuple[Answerable, LinkEvent], error: Exception) -> None:
        self._line.meter.breach(self._account.name, Breach.BAD_STRUCTURE.value)
        what = type(delivery[1]).__name__
        self._log.error("a delivery cannot be stored", what=what, error=type(error).__name__)

    async def _take_together(self, batch: Sequence[tuple[Answerable, LinkEvent]]) -> None:
        """Store reports in one transaction, and uplinks, which are few and tell other rooms by jobs, in another."""
        reports = [event.report for _, event in batch if isinstance(event, Reported)]
        uplinks = [event.uplink for _, event in batch if isinstance(event, Uplinked)]
        owners: set[tuple[TenantId, TaskId]] = set()
        begun_s = self._line.clock.monotonic()
        if reports:
            async with self._line.db.begin_fast() as uow:
                await leases.fence(uow, self._lease)
                owners = await self._line.receipts.take_reports(uow, self._account, reports)
            self._touched |= owners
        if uplinks:
            async with self._line.db.begin() as uow:
                await leases.fence(uow, self._lease)
                await self._line.receipts.take_uplinks(uow, self._account, uplinks)
        # What it says only when asked is no sign that its reports come.
        if any(isinstance(event, Reported) and link is not self._asking for link, event in batch):
            self._health.reported()
        meter, name = self._line.meter, self._account.name
        meter.took(name, "reports", self._line.clock.monotonic() - begun_s)
        meter.reported(name, (report.stat for report in reports), len(uplinks))

    async def _chores(self) -> None:
        async with self._line.db.begin() as uow:
            await leases.fence(uow, self._lease)
            await self._line.delivery.unpark_due(uow, self._account.account_id)
            tried, owners = await self._line.receipts.retry_unmatched(uow, self._account)
        self._line.meter.tried_again(self._account.name, tried)
        self._touched |= owners
        touched, self._touched = self._touched, set()
        tasks = sorted(task_id for _, task_id in touched)
        for start in range(0, len(tasks), _SETTLE_TASKS):
            async with self._line.db.begin() as uow:
                await self._line.delivery.settle(uow, tasks[start : start + _SETTLE_TASKS])

    # --- ends ---------------------------------------------------------------------------------------------------------

    async def _drain(self) -> None:
        """Stop claiming and wait for answers of what is open, a little; the rest is settled by ``break_off``."""
        while self._links.open_span_ids or self._results or self._inbox:
            if self._line.clock.monotonic() > self._drain_until_s:
                self._log.warning("stopped with messages in flight")
                return
            await asyncio.sleep(_COLLECT_STEP_S)

    async def _retried(self, work: Callable[[], Awaitable[T]]) -> T:
        """Do database work until it succeeds; what it needs stays in memory.

        Policy: retry every half second for ever. While it lasts the lease runs out, so nothing is sent; a lost lease
        ends the tenure.
        """
        while True:
            try:
                done = await work()
            except LeaseLost:
                raise
            except Exception as error:  # noqa: BLE001 - the edge of the account's work: any failure of the database
                self._health.database_away()
                self._log.warning("database trouble, trying again", error=f"{type(error).__name__}: {error}")
                await asyncio.sleep(_RETRY_S)
            else:
                self._health.database_back()
                return done


async def _wait(event: asyncio.Event, timeout_s: float) -> None:
    try:
        async with asyncio.timeout(timeout_s):
            await event.wait()
    except TimeoutError:
        pass
