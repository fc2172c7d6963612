"""Lanes: kept connections for the short transactions of the hot path, with as few exchanges with the server as can be.

A transaction on a lane speaks libpq's pipeline itself: BEGIN travels with the first statements, statements that nobody
waits for travel with the next that somebody does, COMMIT with the last. Measured on the sending line (2026-11,
2 cores): the driver's cursors, its pipeline and SQLAlchemy's connection were half of the gateway's processor time.

What the lane cannot say itself (SQLAlchemy's statements, COPY, jobs) goes over the same connection in the same
transaction, after the pipeline has been emptied. Source: ADR 0021.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, LiteralString

import psycopg
from psycopg.adapt import Transformer
from psycopg.pq import ConnStatus, ExecStatus, PipelineStatus
from psycopg.pq.abc import PGconn, PGresult
from sqlalchemy.ext.asyncio import AsyncConnection

_GOOD: Final = frozenset({ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK})
_OIDS: Final = {int: 20, datetime: 1184, bytes: 17, bool: 16, float: 701}
_UNKNOWN: Final = 0


class _Reply:
    """What one queued command brings; ``None`` until then."""

    __slots__ = ("is_sync", "result")

    def __init__(self, *, is_sync: bool = False) -> None:
        self.is_sync = is_sync
        self.result: PGresult | None = None


class Lane:
    """One connection; used by one transaction at a time."""

    def __init__(self, conn: AsyncConnection, raw: psycopg.AsyncConnection[Any]) -> None:
        """Take over a connection that commits by itself (autocommit): transactions are spoken here."""
        self.conn = conn
        self.raw = raw
        self._pgconn: PGconn = raw.pgconn
        self._transformer = Transformer(raw)
        self._names: dict[str, bytes] = {}
        self._prepared = 0
        self._waiting: deque[_Reply] = deque()
        self._loop = asyncio.get_running_loop()

    # --- commands -----------------------------------------------------------------------------------------------------

    def queue(self, query: LiteralString, params: Sequence[object]) -> _Reply:
        """Queue one statement; an error of it shows when somebody waits."""
        pgconn = self._pgconn
        if pgconn.pipeline_status == PipelineStatus.OFF:
            pgconn.enter_pipeline_mode()
        name = self._names.get(query)
        if name is None:
            self._prepared += 1
            name = b"lane_%d" % self._prepared
            pgconn.send_prepare(name, _numbered(query), [_OIDS.get(type(value), _UNKNOWN) for value in params])
            self._waiting.append(_Reply())
            self._names[query] = name
        pgconn.send_query_prepared(name, [_written(value) for value in params])
        reply = _Reply()
        self._waiting.append(reply)
        return reply

    async def rows(self, reply: _Reply) -> list[tuple[Any, ...]]:
        """Wait for a reply and return its rows.

        Raises:
            psycopg.Error: this statement or one queued before it failed.
        """
        if reply.result is None:
            self._pgconn.send_flush_request()
            await self._read_until(reply)
        result = reply.result
        if result is None or not result.ntuples:
            return []
        self._transformer.set_pgresult(result)
        return self._transformer.load_rows(0, result.ntuples, tuple)

    async def settle(self) -> None:
        """Wait for everything and leave the pipeline, so that the driver itself may use the connection.

        Raises:
            psycopg.Error: a queued statement failed.
        """
        if self._pgconn.pipeline_status == PipelineStatus.OFF:
            return
        self._pgconn.pipeline_sync()
        sync = _Reply(is_sync=True)
        self._waiting.append(sync)
        failure: psycopg.Error | None = None
        while sync.result is None:
            try:
                await self._read_until(sync)
            except psycopg.Error as error:
                if self._pgconn.status != ConnStatus.OK:
                    raise
                failure = failure or error  # the rest is skipped by the server up to the sync: read on
        self._pgconn.exit_pipeline_mode()
        if failure is not None:
            raise failure

    async def lend(self) -> None:
        """Settle, and expect no prepared statement to be there afterwards: the driver drops all after some commands.

        Raises:
            psycopg.Error: a queued statement failed.
        """
        await self.settle()
        self._names.clear()

    async def commit(self) -> None:
        """Commit, with what is still queued.

        Raises:
            psycopg.Error: a queued statement or the commit failed; whether it is durable may be unknown.
        """
        reply = self.queue("COMMIT", ())
        await self.settle()
        if reply.result is None or reply.result.command_status != b"COMMIT":  # an error that somebody has caught
            msg = "the transaction had failed and was rolled back"
            raise psycopg.errors.InFailedSqlTransaction(msg)

    @property
    def is_settled(self) -> bool:
        """Whether nothing is on its way."""
        return self._pgconn.pipeline_status == PipelineStatus.OFF

    # --- the wire -----------------------------------------------------------------------------------------------------

    async def _read_until(self, wanted: _Reply) -> None:
        """Write what is queued and read replies in order up to the one wanted; raises on the first that is an error."""
        pgconn = self._pgconn
        is_flushed = not pgconn.flush()
        while wanted.result is None:
            if not pgconn.is_busy():
                self._take(pgconn.get_result())
                continue
            await self._ready(to_write=not is_flushed)
            if not is_flushed:
                is_flushed = not pgconn.flush()
            pgconn.consume_input()

    def _take(self, result: PGresult | None) -> None:
        """Note one result for the oldest command that waits; ``None`` ends a command's results and says nothing."""
        if result is None:
            return
        reply = self._waiting.popleft()
        reply.result = result
        if reply.is_sync or result.status in _GOOD:
            return
        if result.status == ExecStatus.PIPELINE_ABORTED:
            msg = "an earlier statement of the transaction failed"
            raise psycopg.errors.PipelineAborted(msg)
        raise psycopg.errors.error_from_result(result)

    async def _ready(self, *, to_write: bool) -> None:
        """Wait until the socket can be read, or also written."""
        loop, socket = self._loop, self._pgconn.socket
        future = loop.create_future()
        loop.add_reader(socket, _wake, future)
        if to_write:
            loop.add_writer(socket, _wake, future)
        try:
            await future
        finally:
            loop.remove_reader(socket)
            if to_write:
                loop.remove_writer(socket)


def _wake(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_result(None)


def _numbered(query: str) -> bytes:
    """Return the query with ``$1`` for the first ``%s``."""
    pieces = query.replace("%%", "%").split("%s")
    return "".join([pieces[0], *(f"${no}{piece}" for no, piece in enumerate(pieces[1:], 1))]).encode()


def _written(value: object) -> bytes | None:
    """Write a parameter as the server's text."""
    if isinstance(value, str):
        if "\0" in value:  # libpq would cut it there without a word
            msg = "a text holds NUL"
            raise psycopg.DataError(msg)
        return value.encode()
    if value is None:
        return None
    if isinstance(value, bytes):
        return b"\\x" + value.hex().encode()
    if isinstance(value, bool):
        return b"t" if value else b"f"
    if isinstance(value, int | float):
        return b"%d" % value if isinstance(value, int) else repr(value).encode()
    if isinstance(value, datetime):
        return value.isoformat().encode()
    if isinstance(value, list | tuple):
        return b"{" + b",".join([_quoted(_written(one)) for one in value]) + b"}"
    msg = f"a lane cannot write {type(value).__name__}"
    raise TypeError(msg)


def _quoted(value: bytes | None) -> bytes:
    """Write one value of an array."""
    if value is None:
        return b"NULL"
    return b'"' + value.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'
