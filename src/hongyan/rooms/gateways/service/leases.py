"""Leases: take, renew, fence, release. One short transaction each, but for the fence, which stands in others'."""

import asyncio
from typing import Final

from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.ids import AccountId
from hongyan.rooms.gateways.contracts import Lease
from hongyan.rooms.gateways.errors import LeaseLost
from hongyan.rooms.gateways.rules import LEASE_S
from hongyan.rooms.gateways.store import leases as store

_SLOW_S: Final = 1.0


async def acquire(db: Database, account_id: AccountId, holder: str, *, free_for_s: float = 0.0) -> Lease | None:
    """Take the account's lease under a new epoch; ``None`` while another gateway holds it, or did until lately.

    A database that was away is not asked for it at once: then every lease has run out, and its holder shall have the
    time to renew it. Taking it would make unknown what the holder has in flight.

    Raises:
        TimeoutError: the database had to be waited for.
    """
    loop = asyncio.get_running_loop()
    asked_at_s = loop.time()
    async with db.begin() as uow:
        if loop.time() - asked_at_s > _SLOW_S:
            raise TimeoutError("the database was away")
        epoch = await store.acquire(uow, account_id, holder, LEASE_S, free_for_s=free_for_s)
    return None if epoch is None else Lease(account_id, holder, epoch)


async def renew(db: Database, lease: Lease) -> None:
    """Prolong a lease.

    Raises:
        LeaseLost: another holder raised the epoch.
    """
    async with db.begin() as uow:
        if not await store.renew(uow, lease.account_id, lease.holder, lease.epoch, LEASE_S):
            raise LeaseLost


async def fence(uow: Uow, lease: Lease) -> None:
    """Stand in front of every transaction of the account: it can only commit under our epoch.

    Raises:
        LeaseLost: another holder raised the epoch.
    """
    async with uow.pipelined():  # one round trip with the BEGIN
        is_ours = await store.fence(uow, lease.account_id, lease.holder, lease.epoch)
    if not is_ours:
        raise LeaseLost


async def release(db: Database, lease: Lease) -> None:
    """End a lease, so that the next holder need not wait."""
    async with db.begin() as uow:
        await store.release(uow, lease.account_id, lease.holder, lease.epoch)


async def jump_epochs(uow: Uow, by: int = 1_000) -> int:
    """Raise all epochs (after a restore: holders of before must not write); returns how many accounts have one."""
    return await store.jump_epochs(uow, by)
