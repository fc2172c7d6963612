"""A holder that freezes in the middle of a transaction does not keep its account."""

import asyncio
import time

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError

from hongyan.kernel.db.database import Database
from hongyan.kernel.ids import AccountId
from hongyan.rooms.gateways.contracts import Lease
from hongyan.rooms.gateways.service import leases


async def _freeze(db: Database, lease: Lease, frozen: asyncio.Event, thawed: asyncio.Event, *, piped: bool) -> None:
    async with db.begin() as uow:
        if not piped:
            await leases.fence(uow, lease)
            frozen.set()
            await thawed.wait()
            return
        async with uow.raw.pipeline():
            await leases.fence(uow, lease)
            frozen.set()
            await thawed.wait()


async def test_the_next_holder_gets_the_account_within_seconds(db: Database) -> None:
    # both at once: each waits until a lease runs out
    await asyncio.gather(
        _take_over(db, AccountId(7), piped=True),
        _take_over(db, AccountId(8), piped=False),
    )


async def _take_over(db: Database, account: AccountId, *, piped: bool) -> None:
    # given a holder that stands still inside a transaction behind its fence
    frozen, thawed = asyncio.Event(), asyncio.Event()
    lease = await leases.acquire(db, account, f"first {piped}")
    assert lease is not None
    stuck = asyncio.create_task(_freeze(db, lease, frozen, thawed, piped=piped))
    await frozen.wait()
    # when its lease runs out
    started = time.monotonic()
    taken = None
    while taken is None:
        assert time.monotonic() - started < 20
        taken = await leases.acquire(db, account, f"second {piped}")
    # then another one takes it under a higher epoch, and the first can write nothing more
    assert taken.epoch == lease.epoch + 1
    thawed.set()
    with pytest.raises((psycopg.OperationalError, psycopg.InternalError, DBAPIError)):
        await stuck
    await leases.release(db, taken)
