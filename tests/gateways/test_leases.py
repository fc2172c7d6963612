"""Leases: one holder at a time, a raised epoch fences the old one."""

import asyncio

import pytest

from hongyan.kernel.db.database import Database
from hongyan.kernel.ids import AccountId
from hongyan.rooms.gateways.contracts import Lease
from hongyan.rooms.gateways.errors import LeaseLost
from hongyan.rooms.gateways.service import leases
from hongyan.rooms.gateways.store import leases as store

ACCOUNT = AccountId(1)


async def _expire(db: Database) -> None:
    async with db.begin() as uow:
        await uow.fetch("UPDATE gateways_leases SET until = clock_timestamp() - interval '1 second'")


async def test_one_holder_at_a_time(db: Database) -> None:
    first = await leases.acquire(db, ACCOUNT, "a")
    assert first == Lease(ACCOUNT, "a", 1)
    assert await leases.acquire(db, ACCOUNT, "b") is None
    assert await leases.acquire(db, ACCOUNT, "a") is None
    await leases.release(db, first)
    assert await leases.acquire(db, ACCOUNT, "b") == Lease(ACCOUNT, "b", 2)


async def test_a_lost_lease_neither_renews_nor_writes(db: Database) -> None:
    first = await leases.acquire(db, ACCOUNT, "a")
    assert first is not None
    await leases.renew(db, first)
    await _expire(db)
    await leases.renew(db, first)  # nobody else wanted it
    await _expire(db)
    assert await leases.acquire(db, ACCOUNT, "b") is not None
    with pytest.raises(LeaseLost):
        await leases.renew(db, first)
    with pytest.raises(LeaseLost):
        async with db.begin() as uow:
            await leases.fence(uow, first)


async def test_an_epoch_is_not_raised_under_a_running_transaction_but_renewals_pass(db: Database) -> None:
    first = await leases.acquire(db, ACCOUNT, "a")
    assert first is not None
    async with db.begin() as uow:
        await leases.fence(uow, first)
        await asyncio.wait_for(leases.renew(db, first), timeout=5)
        await _expire(db)
        taking = asyncio.create_task(leases.acquire(db, ACCOUNT, "b"))
        done, _ = await asyncio.wait({taking}, timeout=0.3)
        assert not done
    assert await taking == Lease(ACCOUNT, "b", 2)


async def test_a_restore_jumps_all_epochs(db: Database) -> None:
    first = await leases.acquire(db, ACCOUNT, "a")
    assert first is not None
    async with db.begin() as uow:
        assert await leases.jump_epochs(uow) == 1
    async with db.begin() as uow:
        assert not await store.fence(uow, ACCOUNT, "a", 1)
    assert await leases.acquire(db, ACCOUNT, "b") == Lease(ACCOUNT, "b", 1002)
