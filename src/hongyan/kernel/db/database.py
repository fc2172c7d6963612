"""Transactions: a ``Uow`` is one, the edge opens and commits it, rooms only use it.

Not for: statements (each room's ``store.py``) nor jobs (``kernel.jobs``, which defers on the same connection).
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Final, LiteralString, NoReturn

import psycopg
from sqlalchemy import Executable
from sqlalchemy.engine import CursorResult
from sqlalchemy.exc import DataError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from hongyan.kernel.db.lanes import Lane

_FIRST_WITH_LANES: Final = 170_000
_COPIED_AT_ONCE: Final = 1_000
"""Rows of a COPY between two turns of the loop: some 10 ms."""
AfterCommit = Callable[[], Awaitable[None]]

UNSTORABLE: Final = (
    psycopg.DataError,
    psycopg.errors.ProgramLimitExceeded,  # a key longer than an index holds
    DataError,
    ValueError,
    OverflowError,
)
"""Errors that say: not these values, however often it is tried. Troubles of the database itself are others."""


class Uow:
    """One transaction on one connection. Nothing in it lasts until the edge that opened it commits."""

    __slots__ = ("_after", "_conn", "_raw")

    def __init__(self, conn: AsyncConnection, raw: psycopg.AsyncConnection[Any]) -> None:
        """Wrap an open transaction; ``raw`` is the psycopg connection underneath."""
        self._conn = conn
        self._raw = raw
        self._after: list[AfterCommit] = []

    async def execute(
        self, statement: Executable, parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None
    ) -> CursorResult[Any]:
        """Run one SQLAlchemy statement (a list of parameters: executemany, pipelined)."""
        return await self._conn.execute(statement, parameters)

    async def fetch(self, query: LiteralString, params: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run hand-written SQL with ``%s`` parameters on the hot path (no compile step) and return all rows."""
        cursor = await self._raw.execute(query, params, prepare=True)
        return await cursor.fetchall() if cursor.description else []

    async def ask(self, query: LiteralString, params: Sequence[object]) -> list[tuple[Any, ...]]:
        """Run a statement that returns rows, also inside :meth:`pipelined`, and wait for them."""
        cursor = await self._raw.execute(query, params, prepare=True)
        return await cursor.fetchall()

    async def send(self, query: LiteralString, params: Sequence[object]) -> None:
        """Run a statement that returns no rows; inside :meth:`pipelined` it is only queued: an error shows later."""
        await self._raw.execute(query, params, prepare=True)

    async def settle(self) -> None:
        """Wait for what is queued, before the driver's own connection (``raw``) is used: done, outside a lane."""

    @asynccontextmanager
    async def pipelined(self) -> AsyncIterator[None]:
        """Let statements travel together."""
        async with self._raw.pipeline():
            yield

    async def copy_rows(self, table: str, columns: Mapping[str, str], rows: Iterable[Sequence[object]]) -> None:
        """COPY rows into a table in binary form.

        ``columns`` maps column name → PostgreSQL type name (``int8``, ``bytea``, ``text``, ``timestamptz``, ``uuid``
        …); each row holds the values in that order. 100,000 rows and more per second; the same transaction as
        everything else.
        """
        names = ", ".join(f'"{name}"' for name in columns)
        cursor = self._raw.cursor()
        # Names come from code (rooms' stores), never from input.
        async with cursor.copy(f'COPY "{table}" ({names}) FROM STDIN (FORMAT BINARY)') as copy:
            copy.set_types(list(columns.values()))
            for no, row in enumerate(rows, start=1):
                await copy.write_row(row)
                if no % _COPIED_AT_ONCE == 0:
                    await asyncio.sleep(0)  # writing fills a buffer and seldom waits: let others have their turn

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """Run a part that may fail without spoiling the whole; on an exception only the part is undone."""
        async with self._conn.begin_nested():
            yield

    def after_commit(self, action: AfterCommit) -> None:
        """Run ``action`` once the transaction is durable (bus hints).

        It may be lost in a crash: never put work here.
        """
        self._after.append(action)

    @property
    def server_version(self) -> int:
        """The server's version, as 180001 for 18.1."""
        return self._raw.info.server_version

    @property
    def raw(self) -> psycopg.AsyncConnection[Any]:
        """The psycopg connection, for the kernel's own adapters (jobs)."""
        return self._raw

    async def _run_after(self) -> None:
        for action in self._after:
            await action()


class LaneUow(Uow):
    """A transaction on a lane: statements travel together until somebody waits for rows."""

    __slots__ = ("_lane",)

    def __init__(self, lane: Lane) -> None:
        """Begin; nothing travels before the first statement."""
        super().__init__(lane.conn, lane.raw)
        self._lane = lane
        lane.queue("BEGIN", ())

    async def execute(
        self, statement: Executable, parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None
    ) -> CursorResult[Any]:
        """Run one SQLAlchemy statement, after what is queued."""
        await self._lane.lend()
        return await super().execute(statement, parameters)

    async def fetch(self, query: LiteralString, params: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run hand-written SQL and return all rows."""
        return await self.ask(query, params)

    async def ask(self, query: LiteralString, params: Sequence[object]) -> list[tuple[Any, ...]]:
        """Run a statement and wait for its rows."""
        return await self._lane.rows(self._lane.queue(query, params))

    async def send(self, query: LiteralString, params: Sequence[object]) -> None:
        """Queue a statement; an error of it shows with the next that somebody waits for."""
        self._lane.queue(query, params)

    async def settle(self) -> None:
        """Wait for what is queued."""
        await self._lane.lend()

    @asynccontextmanager
    async def pipelined(self) -> AsyncIterator[None]:
        """Do nothing: a lane is a pipeline."""
        yield

    async def copy_rows(self, table: str, columns: Mapping[str, str], rows: Iterable[Sequence[object]]) -> None:
        """COPY rows into a table, after what is queued."""
        await self._lane.lend()
        await super().copy_rows(table, columns, rows)

    def savepoint(self) -> NoReturn:
        """Refuse: what may fail belongs into an ordinary transaction.

        Raises:
            RuntimeError: always.
        """
        msg = "a lane has no savepoints"
        raise RuntimeError(msg)

    @property
    def raw(self) -> psycopg.AsyncConnection[Any]:
        """The driver's connection, once the pipeline is empty.

        Raises:
            RuntimeError: statements are on their way.
        """
        if not self._lane.is_settled:
            msg = "the lane's pipeline is in use"
            raise RuntimeError(msg)
        return self._raw

    async def commit(self) -> None:
        """Commit, with what is still queued.

        Raises:
            psycopg.Error: a queued statement or the commit failed; whether it is durable may be unknown.
        """
        await self._lane.commit()


class Database:
    """The pool of connections of one process."""

    def __init__(self, url: str, *, pool_size: int = 10, fast_limit_s: int = 8) -> None:
        """Prepare a pool for ``url`` (``postgresql://…``); connects on first use.

        ``fast_limit_s``: how long a transaction of :meth:`begin_fast` may last.
        """
        self._fast_limit_s = fast_limit_s
        self.url = url
        self._engine: AsyncEngine = create_async_engine(
            sqlalchemy_url(url),
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_pre_ping=True,
            pool_timeout=30,
            connect_args={
                "options": "-c timezone=UTC -c statement_timeout=60000 -c idle_in_transaction_session_timeout=120000"
            },
        )
        self._has_lanes: bool | None = None
        self._lanes: list[Lane] = []
        # Lanes keep their connections: the others of the pool stay for everybody else.
        self._lane_slots = asyncio.Semaphore(max(1, pool_size - 2))

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Uow]:
        """Open a transaction; commit on leaving, roll back on an exception."""
        with _cancelled_is_cancelled():
            async with self._engine.connect() as conn, conn.begin():
                uow = Uow(conn, await _driver_of(conn))
                yield uow
        await uow._run_after()  # noqa: SLF001 - one class in two halves

    @asynccontextmanager
    async def begin_fast(self) -> AsyncIterator[Uow]:
        """Open a transaction on a lane (see ``lanes``); commit on leaving, roll back on an exception.

        It may last ``fast_limit_s``: a process that froze in it must not keep others waiting. Servers before 17 cannot
        end a transaction inside a pipeline: there this is an ordinary one.
        """
        if self._has_lanes is None:
            async with self.begin() as uow:
                self._has_lanes = uow.server_version >= _FIRST_WITH_LANES
        if not self._has_lanes:
            async with self.begin() as uow:
                yield uow
            return
        with _cancelled_is_cancelled():
            async with self._lane_slots:
                lane = self._lanes.pop() if self._lanes else await self._open_lane()
                is_good = False
                try:
                    fast = LaneUow(lane)
                    yield fast
                    await fast.commit()
                    is_good = True
                finally:
                    if is_good:
                        self._lanes.append(lane)
                    else:  # the server rolls back what its client leaves; a lane that saw an error is not used again
                        await lane.conn.invalidate()
                        await lane.conn.close()
        await fast._run_after()  # noqa: SLF001 - one class in two halves

    async def _open_lane(self) -> Lane:
        conn = await (await self._engine.connect()).execution_options(isolation_level="AUTOCOMMIT")
        raw = await _driver_of(conn)
        await raw.execute(f"SET transaction_timeout = {self._fast_limit_s * 1000:d}")
        return Lane(conn, raw)

    async def ping(self) -> None:
        """Ask the server for a sign of life; raises what the driver raises."""
        async with self.begin() as uow:
            await uow.fetch("SELECT 1")

    async def close(self) -> None:
        """Close all connections."""
        lanes, self._lanes = self._lanes, []
        for lane in lanes:
            await lane.conn.close()
        await self._engine.dispose()


@contextmanager
def _cancelled_is_cancelled() -> Iterator[None]:
    """Let a cancellation stay one: the driver makes an error of its own of one that meets it in the middle of a query.

    Who tries again after such an error would never end.
    """
    try:
        yield
    except Exception as error:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise asyncio.CancelledError from error
        raise


async def _driver_of(conn: AsyncConnection) -> psycopg.AsyncConnection[Any]:
    pooled = await conn.get_raw_connection()
    raw = pooled.driver_connection
    if not isinstance(raw, psycopg.AsyncConnection):
        msg = "the database driver is not psycopg"
        raise TypeError(msg)
    return raw


def sqlalchemy_url(url: str) -> str:
    """Return the URL with the psycopg driver named, as SQLAlchemy wants it."""
    scheme, _, rest = url.partition("://")
    return f"postgresql+psycopg://{rest}" if scheme in {"postgresql", "postgres"} else url
