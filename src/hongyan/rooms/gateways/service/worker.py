"""One account in this process: wait until it is ours to work on, work under its lease, and again."""

import asyncio
from dataclasses import replace
from typing import Final

import structlog

from hongyan.rooms.carriers.contracts import Account
from hongyan.rooms.gateways.contracts import Lease
from hongyan.rooms.gateways.errors import LeaseLost
from hongyan.rooms.gateways.rules import LeaseClock
from hongyan.rooms.gateways.service import leases
from hongyan.rooms.gateways.service.tending import Line, move_waiting
from hongyan.rooms.gateways.service.tenure import Tenure

log = structlog.get_logger(__name__)

_LEASE_WAIT_S: Final = 0.5
_AFTER_FAILURE_S: Final = 1.0
_AFTER_OUTAGE_S: Final = 2.0
"""When the database was away all leases have run out: their holders come first."""
_ORPHAN_WAIT_S: Final = 5.0
"""An account that is another process's to work on, and that nobody works on for so long, is taken all the same."""
_ORPHAN_FREE_S: Final = 2.0
_STOP_S: Final = 3.0
"""How long the end of the process, or another login, waits for answers of what is open."""
_LOST_IN_S: Final = 1.0
_UNABLE_FOR_S: Final = 600.0


def needs_login(old: Account, new: Account) -> bool:
    """Tell whether a change needs another login; rate, window, flow, connections and routing do not."""
    return old != replace(
        new,
        carrier=old.carrier,
        rate_per_s=old.rate_per_s,
        window_pdus=old.window_pdus,
        connections=old.connections,
        serves=old.serves,
        changed_at=old.changed_at,
        flow=old.flow,
        priority=old.priority,
        weight=old.weight,
        cost_milli=old.cost_milli,
        group=old.group,
    )


class AccountWorker:
    """One enabled account in this process."""

    def __init__(self, line: Line, account: Account, secret: str, holder: str) -> None:
        """Work as ``holder``."""
        self._line = line
        self.account = account
        self.secret = secret
        self._holder = holder
        self._stop = asyncio.Event()
        self._turn = asyncio.Event()
        self._is_mine = True
        self._looks_elsewhere = 0
        self._asks_from_s = 0.0
        self._unable_until_s = 0.0
        self._waiting_since_s = line.clock.monotonic()
        self._tenure: Tenure | None = None

    @property
    def is_at_work(self) -> bool:
        """Whether it holds the lease."""
        return self._tenure is not None

    @property
    def is_unable(self) -> bool:
        """Whether this process could not log in lately: others shall try, as far as there are any."""
        now_s = self._line.clock.monotonic()
        is_able = None if self._tenure is None else self._tenure.is_able
        if is_able is not None:
            self._unable_until_s = now_s if is_able else now_s + _UNABLE_FOR_S
        return now_s < self._unable_until_s

    def wake(self) -> None:
        """Pass a hint on."""
        if self._tenure is not None:
            self._tenure.wake()

    def update(self, account: Account) -> None:
        """Take over what needs no other login."""
        self.account = account
        if self._tenure is not None:
            self._tenure.update(account)

    def assign(self, *, is_mine: bool) -> None:
        """Hear whether this process should work on the account; another one gets it after two such looks."""
        self._looks_elsewhere = 0 if is_mine else self._looks_elsewhere + 1
        if is_mine and not self._is_mine:
            self._turn.set()
        if not is_mine and self._is_mine:
            self._waiting_since_s = self._line.clock.monotonic()
        self._is_mine = is_mine
        if self._looks_elsewhere >= 2 and self._tenure is not None:  # noqa: PLR2004 - see above
            log.info("another gateway shall have the account", account=self.account.name)
            self._tenure.end(self.account.response_timeout_s + _LOST_IN_S, is_handing_over=True)

    def hold_off(self) -> None:
        """Do not ask for the lease for a while: the database was away."""
        self._asks_from_s = self._line.clock.monotonic() + _AFTER_OUTAGE_S

    def stop(self, patience_s: float = _STOP_S) -> None:
        """Ask it to hand over and end."""
        self._stop.set()
        self._turn.set()
        if self._tenure is not None:
            self._tenure.end(patience_s)

    async def run(self) -> None:
        """Work until stopped. A tenure that fails or is lost is followed by the next."""
        while not self._stop.is_set():
            clock = LeaseClock()
            asked_at_s = self._line.clock.monotonic()
            lease = await self._ask(asked_at_s)
            if lease is None:
                await _wait(self._turn, _LEASE_WAIT_S)
                self._turn.clear()
                continue
            clock.renewed(asked_at_s)
            try:
                self._tenure = Tenure(self._line, self.account, self.secret, lease, clock)
                if self._stop.is_set():
                    self._tenure.end(0)
                await self._tenure.run()
            except* LeaseLost:
                log.warning("another gateway took the account", account=self.account.name)
            except* Exception:  # the edge of one account: its failure must not end the others
                log.exception("account worker failed, starting again", account=self.account.name)
                self.hold_off()
                await _wait(self._stop, _AFTER_FAILURE_S)
            finally:
                self._waiting_since_s = self._line.clock.monotonic()
                self._tenure = None

    async def _ask(self, now_s: float) -> Lease | None:
        free_for_s = self._may_ask(now_s)
        if free_for_s is None:
            return None
        account = self.account
        try:
            return await leases.acquire(self._line.lease_db, account.account_id, self._holder, free_for_s=free_for_s)
        except Exception as error:  # noqa: BLE001 - the edge of one account: a database that is away comes back
            log.warning("cannot ask for the lease", account=account.name, error=f"{type(error).__name__}: {error}")
            self.hold_off()
            return None

    def _may_ask(self, now_s: float) -> float | None:
        """Return how long the lease must have been free for us to take it; ``None``: do not ask."""
        if now_s < self._asks_from_s:
            return None
        if self._is_mine:
            return 0.0
        return _ORPHAN_FREE_S if now_s - self._waiting_since_s >= _ORPHAN_WAIT_S else None


async def empty_out(line: Line, account: Account, holder: str) -> bool:
    """Take a disabled account for a moment and give what waits on it to its stand-ins, as far as there are any.

    False: somebody still works on it. What a lost gateway had left open there becomes unknown.
    """
    lease = await leases.acquire(line.lease_db, account.account_id, holder)
    if lease is None:
        return False
    try:
        async with line.db.begin() as uow:
            await leases.fence(uow, lease)
            await line.delivery.adopt(uow, account.account_id, lease.epoch)
            await line.delivery.unpark_due(uow, account.account_id)
        await move_waiting(line, account, lease)
    finally:
        await leases.release(line.lease_db, lease)
    return True


async def _wait(event: asyncio.Event, timeout_s: float) -> None:
    """Wait for the event, but not longer."""
    try:
        async with asyncio.timeout(timeout_s):
            await event.wait()
    except TimeoutError:
        pass
