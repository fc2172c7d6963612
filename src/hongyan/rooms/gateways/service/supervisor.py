"""All accounts of a gateway process: a worker per enabled account, which waits for its lease and then works.

Accounts that are added, changed, disabled or removed are noticed within two seconds.
"""

import asyncio
import secrets
from typing import Final

import structlog

from hongyan.rooms.carriers.contracts import Account
from hongyan.rooms.carriers.service import CarriersService
from hongyan.rooms.gateways.errors import LeaseLost
from hongyan.rooms.gateways.rules import LeaseClock
from hongyan.rooms.gateways.service import leases
from hongyan.rooms.gateways.service.tenure import Line, Tenure

log = structlog.get_logger(__name__)

_LOOK_S: Final = 2.0
_LEASE_WAIT_S: Final = 0.5
_AFTER_FAILURE_S: Final = 1.0


class AccountWorker:
    """One account in this process: wait for the lease, work, and again."""

    def __init__(self, line: Line, account: Account, secret: str, holder: str) -> None:
        """Work as ``holder``."""
        self._line = line
        self.account = account
        self._secret = secret
        self._holder = holder
        self._stop = asyncio.Event()
        self._tenure: Tenure | None = None

    @property
    def is_at_work(self) -> bool:
        """Whether it holds the lease."""
        return self._tenure is not None

    def wake(self) -> None:
        """Pass a hint on."""
        if self._tenure is not None:
            self._tenure.wake()

    def stop(self) -> None:
        """Ask it to hand over and end."""
        self._stop.set()

    async def run(self) -> None:
        """Work until stopped. A tenure that fails or is lost is followed by the next."""
        while not self._stop.is_set():
            clock = LeaseClock()
            asked_at_s = self._line.clock.monotonic()
            try:
                lease = await leases.acquire(self._line.db, self.account.account_id, self._holder)
                if lease is None:
                    await _pause(self._stop, _LEASE_WAIT_S)
                    continue
                clock.renewed(asked_at_s)
                self._tenure = Tenure(self._line, self.account, self._secret, lease, clock)
                await self._tenure.run(self._stop)
            except* LeaseLost:
                log.warning("another gateway took the account", account=self.account.name)
            except* Exception:  # the edge of one account: its failure must not end the others
                log.exception("account worker failed, starting again", account=self.account.name)
                await _pause(self._stop, _AFTER_FAILURE_S)
            finally:
                self._tenure = None


class GatewaySupervisor:
    """The workers of a process."""

    def __init__(self, line: Line, carriers: CarriersService, gateway_id: str) -> None:
        """Name the holder after the gateway and this very start: a restarted gateway is another holder."""
        self._line = line
        self._carriers = carriers
        self._holder = f"{gateway_id}/{secrets.token_hex(4)}"
        self._workers: dict[int, tuple[AccountWorker, asyncio.Task[None]]] = {}

    def wake(self) -> None:
        """Let all accounts look for work now."""
        for worker, _ in self._workers.values():
            worker.wake()

    def states(self) -> dict[str, bool]:
        """Return account name → holds its lease here."""
        return {worker.account.name: worker.is_at_work for worker, _ in self._workers.values()}

    async def run(self, stop: asyncio.Event) -> None:
        """Serve all enabled accounts until ``stop``, then hand over within a few seconds."""
        try:
            while not stop.is_set():
                try:
                    await self._look()
                except Exception as error:  # noqa: BLE001 - the process's edge: a database that is away comes back
                    log.warning("cannot read the accounts, trying again", error=f"{type(error).__name__}: {error}")
                await _pause(stop, _LOOK_S)
        finally:
            await self._end(list(self._workers))

    async def _look(self) -> None:
        """Start, restart and end workers so that they fit the accounts."""
        async with self._line.db.begin() as uow:
            accounts = {a.account_id: a for a in await self._carriers.list_accounts(uow) if a.is_enabled}
            stale = [
                account_id
                for account_id, (worker, _) in self._workers.items()
                if accounts.get(worker.account.account_id) != worker.account
            ]
            secrets_of = {
                account_id: await self._carriers.open_secret(uow, account_id)
                for account_id in accounts
                if account_id not in self._workers or account_id in stale
            }
        await self._end(stale)
        for account_id, secret in secrets_of.items():
            worker = AccountWorker(self._line, accounts[account_id], secret, self._holder)
            self._workers[account_id] = (worker, asyncio.create_task(worker.run()))

    async def _end(self, account_ids: list[int]) -> None:
        ending = [self._workers.pop(account_id) for account_id in account_ids]
        for worker, _ in ending:
            worker.stop()
        if ending:
            _, late = await asyncio.wait([task for _, task in ending], timeout=6)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)


async def _pause(stop: asyncio.Event, delay_s: float) -> None:
    """Wait, but not longer than until the stop."""
    try:
        async with asyncio.timeout(delay_s):
            await stop.wait()
    except TimeoutError:
        pass
