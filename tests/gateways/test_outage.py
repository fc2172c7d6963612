"""PostgreSQL goes away under two gateways: each keeps its accounts and what it has in flight, and nothing is unknown."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine

from hongyan.kernel.db.database import Database, sqlalchemy_url
from hongyan.kernel.db.metadata import metadata
from hongyan.kernel.embedded.postgres import FOR_TESTS, EmbeddedPostgres
from hongyan.kernel.jobs.queue import schema_sql
from hongyan.rooms.delivery.contracts import MessageState
from simulators.carriers.simulator import CarrierSimulator
from support.line import SendingLine, chunk_of, phone, until
from support.postgres import import_all_tables

S = MessageState
AWAY_S = 6.0
"""Longer than a lease."""


@pytest.fixture
async def server() -> AsyncIterator[EmbeddedPostgres]:
    """A server of this test's own, which it may stop."""
    folder = Path(tempfile.mkdtemp(prefix="hy-out-", dir="/tmp"))
    server = EmbeddedPostgres(folder / "data", folder, settings=FOR_TESTS)
    with (folder / "log").open("wb") as log:
        await asyncio.to_thread(server.start, log=log)
        try:
            import_all_tables()
            engine = create_engine(sqlalchemy_url(server.url("postgres")))
            metadata.create_all(engine)
            engine.dispose()
            with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
                connection.execute(schema_sql().encode())
            yield server
        finally:
            await asyncio.to_thread(server.stop, timeout_s=5)
            shutil.rmtree(folder, ignore_errors=True)


async def _leases(line: SendingLine) -> dict[int, tuple[str, int]]:
    async with line.db.begin() as uow:
        rows = await uow.fetch("SELECT account_id, split_part(holder, '/', 1), epoch FROM gateways_leases")
    return {account_id: (holder, epoch) for account_id, holder, epoch in rows}


async def test_everybody_keeps_what_was_theirs(server: EmbeddedPostgres, tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        carriers = [
            await stack.enter_async_context(
                CarrierSimulator("happy", latency_s=0.3, report_after_s=0.5, fail_percent=0)
            )
            for _ in range(2)
        ]
        lines = [SendingLine(Database(server.url("postgres")))]
        lines.append(SendingLine(Database(server.url("postgres")), ring=lines[0].ring))
        line = lines[0]
        await line.prepare()
        for n, carrier in enumerate(carriers):
            await line.add_account(carrier.port, name=f"carrier-{n}", rate_per_s=100)
        # given two gateways at work, one account each
        await stack.enter_async_context(line.running("a"))
        await stack.enter_async_context(lines[1].running("b"))
        before = await until(
            lambda: _leases(line), lambda held: {holder for holder, _ in held.values()} == {"a", "b"}, timeout_s=20
        )
        await line.plan(chunk_of([phone(n) for n in range(1_000)]))
        await until(line.counts, lambda counts: counts.get(S.SUBMITTED, 0) >= 50)
        # when the database is away for longer than a lease
        with (tmp_path / "log").open("wb") as log:
            await asyncio.to_thread(server.stop, timeout_s=5)
            await asyncio.sleep(AWAY_S)
            await asyncio.to_thread(server.start, log=log)
            # then both go on with what they had
            await until(line.counts, lambda counts: counts == {S.DELIVERED: 1_000}, timeout_s=40)
        assert await _leases(line) == before
        assert await line.violations() == []
        assert sum(len(carrier.received) for carrier in carriers) == 1_000
    for one in lines:
        await one.db.close()
