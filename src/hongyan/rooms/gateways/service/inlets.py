"""Where carriers call us: one listener per enabled account with a listen port, in every gateway process.

Listeners need no lease. What they take is stored in a transaction without a fence and answered after its commit:
reports and uplinks are the same whoever stores them, and a carrier that got no answer brings them again. Processes of
one machine share the port (SO_REUSEPORT); between machines the carrier, or what balances in front, chooses.
Not for: the wire (``drivers``), nor reports over our own logins (``tenure``).
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import structlog

from hongyan.kernel.ids import AccountId, TaskId, TenantId
from hongyan.rooms.carriers.contracts import Account, Protocol
from hongyan.rooms.gateways.contracts import Answerable, Inlet, LinkEvent, Reported, Unreadable, Uplinked
from hongyan.rooms.gateways.drivers.choice import inlet_of
from hongyan.rooms.gateways.service import sparing
from hongyan.rooms.gateways.service.tending import Line
from hongyan.rooms.gateways.store import inlets as store
from telcowire.errors import Breach

log = structlog.get_logger(__name__)

Owners = set[tuple[TenantId, TaskId]]

_LOOK_S: Final = 1.0
_COLLECT_S: Final = 0.04
"""How long deliveries gather at most before they are written together."""
_COLLECT_STEP_S: Final = 0.008
"""When no more came in this time, those that are there are written."""
_BATCH: Final = 1_000
_RETRY_S: Final = 0.5
_SETTLE_S: Final = 0.3
_SETTLE_TASKS: Final = 200
_DRAIN_S: Final = 2.0
_NOTE_S: Final = 5.0
"""How often it is written down that reports come, for who judges silence."""


class Post(NamedTuple):
    """What a listener depends on; when any of it changes, another one is opened."""

    protocol: Protocol
    host: str
    login: str
    secret: str
    listen_port: int | None
    node: int | None


def post_of(account: Account, secret: str) -> Post:
    """Return what a listener of the account depends on."""
    return Post(account.protocol, account.host, account.login, secret, account.listen_port, account.options.node)


class InletWorker:
    """The listener of one account in this process. ``run`` once."""

    def __init__(self, line: Line, account: Account, secret: str) -> None:
        """Listen as the account says."""
        self.account = account
        self.post: Final = post_of(account, secret)
        self._line: Final = line
        self._secret: Final = secret
        self._log: Final = log.bind(account=account.name, port=account.listen_port)
        self._inbox: list[tuple[Answerable, LinkEvent]] = []
        self._touched: Owners = set()
        self._noted_s = float("-inf")
        self._got = asyncio.Event()
        self._empty = asyncio.Event()
        self._stop = asyncio.Event()

    def stop(self) -> None:
        """Ask it to store what it has and to end."""
        self._stop.set()

    async def run(self) -> None:
        """Listen until stopped; a port that cannot be had is tried again every second."""
        inlet = await self._open()
        if inlet is None:
            return
        receiver = asyncio.create_task(self._receive())
        settler = asyncio.create_task(self._settle())
        try:
            await self._stop.wait()
            await self._drain()
        finally:
            await inlet.close()
            for task in (receiver, settler):
                task.cancel()
            await asyncio.gather(receiver, settler, return_exceptions=True)

    async def _open(self) -> Inlet | None:
        while not self._stop.is_set():
            inlet = inlet_of(self.account, self._secret, self._on_delivery, self._on_breach)
            try:
                await inlet.open()
            except OSError as error:
                self._log.warning("cannot listen for the carrier, trying again", error=str(error))
                await _wait(self._stop, _LOOK_S)
            else:
                self._log.info("listening for the carrier")
                return inlet
        return None

    # --- what the listener tells --------------------------------------------------------------------------------------

    def _on_delivery(self, caller: Answerable, event: LinkEvent) -> None:
        if isinstance(event, Unreadable):
            self._on_breach(Breach.BAD_STRUCTURE.value)
            caller.answer(event.seq, event.deliver_id)
            return
        self._inbox.append((caller, event))
        self._got.set()

    def _on_breach(self, kind: str) -> None:
        self._line.meter.breach(self.account.name, kind)

    # --- loops --------------------------------------------------------------------------------------------------------

    async def _receive(self) -> None:
        while True:
            await self._got.wait()
            await self._collect()
            self._got.clear()
            while self._inbox:
                batch = self._inbox[:_BATCH]
                await self._retried(lambda batch=batch: self._take(batch))  # type: ignore[misc]
                del self._inbox[: len(batch)]
                for caller, event in batch:
                    if isinstance(event, Reported | Uplinked):
                        caller.answer(event.seq, event.deliver_id)
            self._empty.set()

    async def _collect(self) -> None:
        """Let deliveries gather while they keep coming; a carrier whose window is full has to wait little."""
        before, until_s = 0, self._line.clock.monotonic() + _COLLECT_S
        while len(self._inbox) > before and self._line.clock.monotonic() < until_s:
            before = len(self._inbox)
            await asyncio.sleep(_COLLECT_STEP_S)

    async def _settle(self) -> None:
        while True:
            await asyncio.sleep(_SETTLE_S)
            await self._settle_touched()

    async def _settle_touched(self) -> None:
        touched, self._touched = self._touched, set()
        tasks = sorted(task_id for _, task_id in touched)
        for start in range(0, len(tasks), _SETTLE_TASKS):
            some = tasks[start : start + _SETTLE_TASKS]
            await self._retried(lambda some=some: self._settle_some(some))  # type: ignore[misc]

    # --- transactions -------------------------------------------------------------------------------------------------

    async def _take(self, batch: Sequence[tuple[Answerable, LinkEvent]]) -> None:
        """Store deliveries; one that cannot be is answered with the others, so that it does not come for ever."""
        await sparing.take_spared(batch, self._take_together, self._leave)

    async def _leave(self, delivery: tuple[Answerable, LinkEvent], error: Exception) -> None:
        self._on_breach(Breach.BAD_STRUCTURE.value)
        what = type(delivery[1]).__name__
        self._log.error("a delivery cannot be stored", what=what, error=type(error).__name__)

    async def _take_together(self, batch: Sequence[tuple[Answerable, LinkEvent]]) -> None:
        reports = [event.report for _, event in batch if isinstance(event, Reported)]
        uplinks = [event.uplink for _, event in batch if isinstance(event, Uplinked)]
        line = self._line
        begun_s = line.clock.monotonic()
        is_noted = begun_s - self._noted_s <= _NOTE_S
        if reports:
            async with line.db.begin_fast() as uow:
                await store.steady(uow)
                owners = await line.receipts.take_reports(uow, self.account, reports)
                if not is_noted:
                    await store.note_report(uow, self.account.account_id)
            self._noted_s = self._noted_s if is_noted else begun_s
            self._touched |= owners
        if uplinks:
            async with line.db.begin() as uow:
                await store.steady(uow)
                await line.receipts.take_uplinks(uow, self.account, uplinks)
        line.meter.took(self.account.name, "inlet", line.clock.monotonic() - begun_s)
        line.meter.reported(self.account.name, [report.stat for report in reports], len(uplinks))

    async def _settle_some(self, tasks: list[TaskId]) -> None:
        async with self._line.db.begin() as uow:
            await self._line.delivery.settle(uow, tasks)

    async def _drain(self) -> None:
        """Store and answer what has come, and settle its tasks, a little while."""
        self._empty.clear()
        self._got.set()
        try:
            async with asyncio.timeout(_DRAIN_S):
                await self._empty.wait()
                await self._settle_touched()
        except TimeoutError:
            self._log.warning("stopped with deliveries in hand: they come again")

    async def _retried(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do database work until it succeeds; the carrier is not answered before.

        Policy: retry every half second for ever: what waits stays in memory, and is bounded by what carriers may have
        without an answer.
        """
        while True:
            try:
                await work()
            except Exception as error:  # noqa: BLE001 - the edge of the account's work: any failure of the database
                self._log.warning("database trouble, trying again", error=f"{type(error).__name__}: {error}")
                await asyncio.sleep(_RETRY_S)
            else:
                return


@dataclass(frozen=True, slots=True)
class _Running:
    worker: InletWorker
    task: asyncio.Task[None]


class Inlets:
    """The listeners of a process. Accounts that are added, changed, disabled or removed are noticed in two seconds."""

    def __init__(self, line: Line) -> None:
        """Listen for no account yet."""
        self._line: Final = line
        self._running: Final[dict[AccountId, _Running]] = {}
        self._secrets: Final[dict[AccountId, tuple[object, str]]] = {}
        self._ending: Final[set[asyncio.Task[None]]] = set()

    def accounts(self) -> list[str]:
        """Return the names of the accounts that this process listens for."""
        return [running.worker.account.name for running in self._running.values()]

    async def run(self, stop: asyncio.Event) -> None:
        """Listen for all enabled accounts until ``stop``."""
        try:
            while not stop.is_set():
                try:
                    await self._look()
                except Exception as error:  # noqa: BLE001 - the process's edge: a database that is away comes back
                    log.warning("cannot read the accounts, trying again", error=f"{type(error).__name__}: {error}")
                await _wait(stop, _LOOK_S)
        finally:
            for account_id in list(self._running):
                self._end(account_id)
            if self._ending:
                _, late = await asyncio.wait(set(self._ending), timeout=_DRAIN_S + 1)
                for task in late:
                    task.cancel()
                await asyncio.gather(*late, return_exceptions=True)

    async def _look(self) -> None:
        async with self._line.db.begin() as uow:
            accounts = {
                account.account_id: account
                for account in await self._line.carriers.list_accounts(uow)
                if account.is_enabled and account.listen_port is not None
            }
            for account_id, account in accounts.items():
                known = self._secrets.get(account_id)
                if known is None or known[0] != account.changed_at:
                    secret = await self._line.carriers.open_secret(uow, account_id)
                    self._secrets[account_id] = (account.changed_at, secret)
        for account_id, running in list(self._running.items()):
            found = accounts.get(account_id)
            if found is None or running.task.done() or self._post(found) != running.worker.post:
                self._end(account_id)
            else:
                running.worker.account = found
        for account_id, account in accounts.items():
            if account_id not in self._running:
                worker = InletWorker(self._line, account, self._secrets[account_id][1])
                self._running[account_id] = _Running(worker, asyncio.create_task(self._guarded(worker)))

    def _post(self, account: Account) -> Post:
        return post_of(account, self._secrets[account.account_id][1])

    async def _guarded(self, worker: InletWorker) -> None:
        """Run a listener; one that fails is opened again at the next look, and the others go on."""
        try:
            await worker.run()
        except Exception:  # the edge of one account
            log.exception("a listener failed, opening it again", account=worker.account.name)

    def _end(self, account_id: AccountId) -> None:
        running = self._running.pop(account_id)
        running.worker.stop()
        self._ending.add(running.task)
        running.task.add_done_callback(self._ending.discard)


async def _wait(event: asyncio.Event, timeout_s: float) -> None:
    try:
        async with asyncio.timeout(timeout_s):
            await event.wait()
    except TimeoutError:
        pass
