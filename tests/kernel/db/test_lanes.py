"""Lanes: the same transactions as the driver's, with fewer exchanges."""

import asyncio
import contextlib
from datetime import UTC, datetime

import psycopg
import pytest
from sqlalchemy import text

from hongyan.kernel.db import hot
from hongyan.kernel.db.database import UNSTORABLE, Database

_WAIT = "SELECT pg_sleep(3)"


@pytest.fixture
async def table(db: Database) -> str:
    async with db.begin() as uow:
        await uow.execute(text("CREATE TABLE lane_rows (n int8 PRIMARY KEY, said text)"))
    return "lane_rows"


async def _rows(db: Database) -> list[tuple[int, str | None]]:
    async with db.begin() as uow:
        return [(row[0], row[1]) for row in await uow.fetch("SELECT n, said FROM lane_rows ORDER BY n")]


@pytest.mark.usefixtures("table")
async def test_statements_that_nobody_waits_for_commit_with_the_rest(db: Database) -> None:
    async with db.begin_fast() as uow:
        await uow.send("INSERT INTO lane_rows VALUES (%s, %s)", (1, "一 \\ \" ' %"))
        await uow.send("INSERT INTO lane_rows VALUES (%s, %s)", (2, None))
        assert await uow.ask("SELECT count(*) FROM lane_rows WHERE n > %s", (0,)) == [(2,)]
        await uow.send("DELETE FROM lane_rows WHERE n = %s", (2,))
    assert await _rows(db) == [(1, "一 \\ \" ' %")]


async def test_values_come_back_as_the_driver_reads_them(db: Database) -> None:
    at = datetime(2026, 11, 23, 4, 5, 6, 789000, tzinfo=UTC)
    query = "SELECT %s::timestamptz, %s::bytea, %s::bool, %s::float8, ARRAY[1,2]::int8[], NULL::text, %s::uuid::text"
    values = (at, b"\x00\xff", True, 1.5, "33333333-3333-4333-8333-333333333333")
    async with db.begin_fast() as uow:
        assert await uow.ask(query, values) == [(at, b"\x00\xff", True, 1.5, [1, 2], None, values[4])]


@pytest.mark.usefixtures("table")
async def test_an_exception_undoes_everything(db: Database) -> None:
    async def change_my_mind() -> None:
        async with db.begin_fast() as uow:
            await uow.ask("INSERT INTO lane_rows VALUES (%s, %s) RETURNING n", (1, "x"))
            raise LookupError

    with pytest.raises(LookupError):
        await change_my_mind()
    assert await _rows(db) == []


@pytest.mark.usefixtures("table")
async def test_an_error_nobody_waited_for_shows_at_the_commit_and_undoes_everything(db: Database) -> None:
    async def put_twice() -> None:
        async with db.begin_fast() as uow:
            await uow.send("INSERT INTO lane_rows VALUES (%s, %s)", (1, "x"))
            await uow.send("INSERT INTO lane_rows VALUES (%s, %s)", (1, "y"))
            await uow.send("INSERT INTO lane_rows VALUES (%s, %s)", (2, "z"))

    with pytest.raises(psycopg.errors.UniqueViolation):
        await put_twice()
    assert await _rows(db) == []
    # and the next transaction works
    async with db.begin_fast() as uow:
        await uow.send("INSERT INTO lane_rows VALUES (%s, %s)", (3, "x"))
    assert await _rows(db) == [(3, "x")]


@pytest.mark.usefixtures("table")
async def test_an_error_shows_where_somebody_waits(db: Database) -> None:
    async def divide() -> None:
        async with db.begin_fast() as uow:
            await uow.send("INSERT INTO lane_rows VALUES (%s, %s)", (1, "x"))
            await uow.ask("SELECT 1 / %s", (0,))

    with pytest.raises(psycopg.errors.DivisionByZero):
        await divide()
    assert await _rows(db) == []


@pytest.mark.usefixtures("table")
async def test_statements_of_others_join_the_transaction(db: Database) -> None:
    async with db.begin_fast() as uow:
        await uow.send("INSERT INTO lane_rows VALUES (%s, %s)", (1, "x"))
        assert (await uow.execute(text("SELECT count(*) FROM lane_rows"))).scalar_one() == 1
        await uow.raw.execute("INSERT INTO lane_rows VALUES (2, 'raw')")
        await uow.send("INSERT INTO lane_rows VALUES (%s, %s)", (3, "again"))
        with pytest.raises(RuntimeError, match="in use"):
            _ = uow.raw
        await uow.settle()
        # also when the driver has dropped every prepared statement of the connection
        await uow.raw.execute("DEALLOCATE ALL")
        await uow.send("INSERT INTO lane_rows VALUES (%s, %s)", (5, "once more"))
        await uow.copy_rows("lane_rows", {"n": "int8", "said": "text"}, [(4, "copied")])
    assert [n for n, _ in await _rows(db)] == [1, 2, 3, 4, 5]


@pytest.mark.usefixtures("table")
async def test_large_statements_do_not_block_each_other(db: Database) -> None:
    long = "话" * 400_000
    async with db.begin_fast() as uow:
        for n in range(8):
            await uow.send("INSERT INTO lane_rows SELECT %s, %s RETURNING said", (n, long))
        assert await uow.ask("SELECT said FROM lane_rows WHERE n = %s", (5,)) == [(long,)]
    assert len(await _rows(db)) == 8


async def test_a_cancelled_transaction_leaves_no_lane_behind(db: Database) -> None:
    async def wait() -> None:
        async with db.begin_fast() as uow:
            await uow.ask(_WAIT, ())

    task = asyncio.create_task(wait())
    await asyncio.sleep(0.2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with db.begin_fast() as uow:
        assert await uow.ask("SELECT %s::int8", (7,)) == [(7,)]


@pytest.mark.usefixtures("table")
async def test_a_connection_that_was_cut_fails_once(db: Database) -> None:
    async with db.begin_fast() as uow:
        ((pid,),) = await uow.ask("SELECT pg_backend_pid()", ())
    async with db.begin() as uow:
        await uow.fetch("SELECT pg_terminate_backend(%s)", (pid,))
    with pytest.raises(psycopg.OperationalError):
        async with db.begin_fast() as uow:
            await uow.send("INSERT INTO lane_rows VALUES (%s, %s)", (1, "x"))
    async with db.begin_fast() as uow:
        await uow.send("INSERT INTO lane_rows VALUES (%s, %s)", (2, "y"))
    assert await _rows(db) == [(2, "y")]


@pytest.mark.usefixtures("table")
async def test_lanes_work_side_by_side(db: Database) -> None:
    async def put(n: int) -> None:
        for k in range(20):
            async with db.begin_fast() as uow:
                await uow.send("INSERT INTO lane_rows VALUES (%s, %s)", (n * 100 + k, "x"))
                await uow.ask("SELECT pg_backend_pid()", ())

    await asyncio.gather(*(put(n) for n in range(40)))
    # more of them than connections, and none is left without one
    assert len(await _rows(db)) == 800


async def test_work_after_the_commit_is_done(db: Database) -> None:
    done = []

    async def note() -> None:
        done.append(True)

    async with db.begin_fast() as uow:
        uow.after_commit(note)
        await uow.ask("SELECT 1", ())
        assert not done
    assert done


async def test_an_array_of_texts_loses_what_the_server_cannot_hold_and_nothing_else(db: Database) -> None:
    said = ["a\0b", 'c"\\,{}', "", "NULL", None, "一"]
    async with db.begin_fast() as uow:
        [(found,)] = await uow.ask("SELECT %s::text[]", (hot.texts(said),))
    assert found == ["ab", *said[1:]]


@pytest.mark.parametrize(
    ("query", "values"),
    [
        ("INSERT INTO lane_rows VALUES (%s, %s)", (1 << 63, None)),
        ("INSERT INTO lane_rows VALUES (%s, %s)", (1, "a\0b")),
        ("INSERT INTO lane_rows VALUES (%s, %s)", (1, "\ud800")),
        ("SELECT %s::int4", (1 << 31,)),
    ],
)
@pytest.mark.usefixtures("table")
async def test_values_out_of_range_have_errors_that_say_so(
    db: Database, query: str, values: tuple[object, ...]
) -> None:
    for begin in (db.begin, db.begin_fast):
        with pytest.raises(UNSTORABLE):
            async with begin() as uow:
                await uow.send(query, values)  # type: ignore[arg-type] # a test's own text


@pytest.mark.parametrize("is_fast", [False, True])
async def test_a_cancellation_in_the_middle_of_a_query_stays_one(db: Database, is_fast: bool) -> None:
    begun = asyncio.Event()

    async def wait_for_ever() -> None:
        while True:
            # as the loops do that outlive troubles of the database
            with contextlib.suppress(Exception):
                async with db.begin_fast() if is_fast else db.begin() as uow:
                    begun.set()
                    await uow.fetch("SELECT pg_sleep(3)")

    task = asyncio.create_task(wait_for_ever())
    await begun.wait()
    # the second one finds the driver asking the server to stop, and makes it close the connection
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait({task}, timeout=2)
    assert task.cancelled()
