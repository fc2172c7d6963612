"""All accounts of a gateway process: a worker per enabled account, which waits for its lease and then works.

Once a second, or at once after a hint, it looks: which accounts there are and how they are to work, which gateway
processes are alive, and so which accounts are its own. Accounts that are added, changed, disabled or removed are
noticed within two seconds, without any hint.
"""

import asyncio
import secrets
from collections.abc import Collection, Sequence
from typing import Final

import structlog

from hongyan.rooms.carriers.contracts import Account
from hongyan.rooms.gateways.contracts import Node
from hongyan.rooms.gateways.service.balance import ALIVE_S, assign
from hongyan.rooms.gateways.service.tending import Line
from hongyan.rooms.gateways.service.worker import AccountWorker, empty_out, needs_login
from hongyan.rooms.gateways.store import nodes

log = structlog.get_logger(__name__)

_LOOK_S: Final = 1.0
_END_S: Final = 6.0
_DISABLED_S: Final = 10.0
"""How long a disabled account waits for answers of what is open, and how often others look for what waits on it."""
_FORGOTTEN_S: Final = 3600.0


class GatewaySupervisor:
    """The workers of a process."""

    def __init__(self, line: Line, gateway_id: str) -> None:
        """Name the holder after the gateway and this very start: a restarted gateway is another holder."""
        self._line = line
        self._gateway_id = gateway_id
        self._holder = f"{gateway_id}/{secrets.token_hex(4)}"
        self._workers: dict[int, tuple[AccountWorker, asyncio.Task[None]]] = {}
        self._ending: set[asyncio.Task[None]] = set()
        self._emptying: dict[int, asyncio.Task[None]] = {}
        self._now = asyncio.Event()

    def wake(self, account_ids: Collection[int] = ()) -> None:
        """Let accounts look for work now; none named: all."""
        for account_id in account_ids or self._workers:
            if account_id in self._workers:
                self._workers[account_id][0].wake()

    def look_now(self) -> None:
        """Read the accounts now."""
        self._now.set()

    def states(self) -> dict[str, bool]:
        """Return account name → holds its lease here."""
        return {worker.account.name: worker.is_at_work for worker, _ in self._workers.values()}

    async def run(self, stop: asyncio.Event) -> None:
        """Serve all enabled accounts until ``stop``, then hand over within a few seconds."""
        stopping = asyncio.create_task(stop.wait())
        stopping.add_done_callback(lambda _: self._now.set())
        try:
            while not stop.is_set():
                self._now.clear()
                try:
                    await self._look()
                except Exception as error:  # noqa: BLE001 - the process's edge: a database that is away comes back
                    log.warning("cannot read the accounts, trying again", error=f"{type(error).__name__}: {error}")
                    for worker, _ in self._workers.values():
                        worker.hold_off()
                await _wait(self._now, _LOOK_S)
        finally:
            stopping.cancel()
            self._end(list(self._workers))
            await self._leave()

    async def _look(self) -> None:
        """Start, change, restart and end workers so that they fit the accounts and the other processes."""
        async with self._line.lease_db.begin() as uow:
            unable = [account_id for account_id, (worker, _) in self._workers.items() if worker.is_unable]
            await nodes.beat(uow, self._holder, self._gateway_id, unable, dead_after_s=ALIVE_S)
            alive = await nodes.list_alive(uow, within_s=ALIVE_S)
            everything = await self._line.carriers.list_accounts(uow)
            accounts = {account.account_id: account for account in everything if account.is_enabled}
            changed = [account for account in accounts.values() if self._is_news(account)]
            keys = {one.account_id: await self._line.carriers.open_secret(uow, one.account_id) for one in changed}
        self._end([account_id for account_id in self._workers if account_id not in accounts], patience_s=_DISABLED_S)
        for account in changed:
            self._follow(account, keys[account.account_id])
        chosen = assign(accounts, alive)
        for account_id, (worker, _) in self._workers.items():
            worker.assign(is_mine=chosen.get(account_id) == self._holder)
        self._line.meter.holds(sum(worker.is_at_work for worker, _ in self._workers.values()))
        self._empty([account for account in everything if not account.is_enabled], alive)

    def _is_news(self, account: Account) -> bool:
        known = self._workers.get(account.account_id)
        return known is None or known[0].account != account

    def _follow(self, account: Account, secret: str) -> None:
        """Work on an account as it is now: with another login only where that is needed."""
        known = self._workers.get(account.account_id)
        if known is not None:
            worker = known[0]
            if secret == worker.secret and not needs_login(worker.account, account):
                worker.update(account)
                return
            self._end([account.account_id])
        # One that is ending here keeps the lease until it has handed over.
        worker = AccountWorker(self._line, account, secret, self._holder)
        self._workers[account.account_id] = (worker, asyncio.create_task(worker.run()))

    def _empty(self, disabled: Sequence[Account], alive: Sequence[Node]) -> None:
        """See to disabled accounts: what waits on them goes to their stand-ins, from one process."""
        chosen = assign([account.account_id for account in disabled], alive)
        for account in disabled:
            account_id = account.account_id
            if account_id not in self._emptying and chosen.get(account_id) == self._holder:
                self._emptying[account_id] = asyncio.create_task(self._empty_one(account))

    async def _empty_one(self, account: Account) -> None:
        try:
            async with self._line.lease_db.begin() as uow:
                is_needed = await self._line.delivery.has_waiting(uow, account.account_id)
            is_done = is_needed and await empty_out(self._line, account, self._holder)
            await asyncio.sleep(_DISABLED_S if is_done else _LOOK_S)
        except Exception as error:  # noqa: BLE001 - the edge of one account: the next look tries again
            log.warning("cannot empty a channel", account=account.name, error=f"{type(error).__name__}: {error}")
            await asyncio.sleep(_LOOK_S)
        finally:
            del self._emptying[account.account_id]

    def _end(self, account_ids: Sequence[int], *, patience_s: float | None = None) -> None:
        """Let workers end, in the background."""
        for account_id in account_ids:
            worker, task = self._workers.pop(account_id)
            if patience_s is None:
                worker.stop()
            else:
                worker.stop(patience_s)
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)

    async def _leave(self) -> None:
        """End everything, and say that this process is gone."""
        for task in self._emptying.values():
            task.cancel()
        if self._ending:
            _, late = await asyncio.wait(self._ending, timeout=_END_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        try:
            async with self._line.lease_db.begin() as uow:
                await nodes.forget(uow, self._holder)
                await nodes.forget_dead(uow, after_s=_FORGOTTEN_S)
        except Exception as error:  # noqa: BLE001 - the process's edge: others find out in four seconds
            log.warning("cannot say that this process ends", error=f"{type(error).__name__}: {error}")


async def _wait(event: asyncio.Event, timeout_s: float) -> None:
    """Wait for the event, but not longer."""
    try:
        async with asyncio.timeout(timeout_s):
            await event.wait()
    except TimeoutError:
        pass
