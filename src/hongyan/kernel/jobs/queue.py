"""Deferring and running jobs. Jobs carry chunks, never messages; every handler is safe to repeat and says by which key.

Names are ``room.verb`` (``campaigns.plan``): a room defers upward or downward by name, without importing the other.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

import procrastinate
import structlog
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException

from hongyan.kernel.db.database import Uow

log = structlog.get_logger(__name__)

JsonValue = str | int | float | bool | None | list[Any] | dict[str, Any]
Handler = Callable[..., Awaitable[None]]
_HEARTBEAT_S = 2.0
_STALLED_AFTER_S = 8.0
"""A worker without a sign of life for so long is dead. A live one whose loop was blocked longer only has its jobs run
twice, which every handler allows."""
_LOOK_S = 2.0
_LONGEST_WAIT_S = 3600


class Patience(procrastinate.BaseRetryStrategy):
    """When a job that failed is tried again: after ``wait_s`` × 2^n seconds, at most an hour apart."""

    def __init__(self, max_attempts: int, wait_s: int) -> None:
        """Give up after ``max_attempts`` retries."""
        self._max_attempts = max_attempts
        self._wait_s = wait_s

    def get_retry_decision(
        self, *, exception: BaseException, job: procrastinate.jobs.Job
    ) -> procrastinate.RetryDecision | None:
        """Return when to try again, or ``None`` to give up."""
        del exception
        if job.attempts >= self._max_attempts:
            return None
        return procrastinate.RetryDecision(retry_in={"seconds": min(self._wait_s * 2**job.attempts, _LONGEST_WAIT_S)})


class Jobs:
    """The queue: any process may defer; the worker registers handlers and runs them."""

    def __init__(self, database_url: str) -> None:
        """Use the database at ``database_url`` (``postgresql://…``)."""
        self._app = procrastinate.App(
            connector=procrastinate.PsycopgConnector(conninfo=database_url, min_size=1, max_size=6)
        )

    async def open(self) -> None:
        """Open the worker's own connections; deferring inside a transaction does not need it."""
        await self._app.open_async()

    async def close(self) -> None:
        """Close them."""
        await self._app.close_async()

    def handler(
        self, name: str, *, max_attempts: int = 20, wait_s: int = 2, queue: str = "default"
    ) -> Callable[[Handler], Handler]:
        """Register a handler under a job name.

        A handler that raises is tried again after ``wait_s`` × 2^n seconds (at most an hour apart), ``max_attempts``
        times; then the job stays in the table as failed, where ``hongyan doctor`` names it.
        """

        def register(function: Handler) -> Handler:
            self._app.task(name=name, queue=queue, retry=Patience(max_attempts, wait_s))(function)
            return function

        return register

    def periodic(self, name: str, cron: str, *, queue: str = "default") -> Callable[[Handler], Handler]:
        """Register a handler that runs on a cron schedule.

        (five fields, or six with seconds last), once over all workers.
        """

        def register(function: Handler) -> Handler:
            async def run(timestamp: int) -> None:
                del timestamp
                await function()

            task = self._app.task(name=name, queue=queue, queueing_lock=name)(run)
            self._app.periodic(cron=cron)(task)
            return function

        return register

    async def defer(
        self,
        uow: Uow,
        name: str,
        args: Mapping[str, JsonValue],
        *,
        at: datetime | None = None,
        lock: str | None = None,
        once_key: str | None = None,
        priority: int = 0,
        queue: str = "default",
    ) -> bool:
        """Put a job into the queue inside the caller's transaction.

        ``at`` delays it; jobs with one ``lock`` run one after another; with ``once_key`` a second job is not queued
        while one waits. Returns whether it was queued.
        """
        await uow.settle()
        deferrer = self._app.configure_task(
            name,
            allow_unknown=True,
            connection=uow.raw,
            schedule_at=at,
            lock=lock,
            queueing_lock=once_key,
            priority=priority,
            queue=queue,
        )
        if once_key is None:
            await deferrer.defer_async(**args)
            return True
        try:
            async with uow.savepoint():
                await deferrer.defer_async(**args)
        except AlreadyEnqueued:
            return False
        return True

    async def run_worker(self, *, concurrency: int, stop: asyncio.Event) -> None:
        """Run jobs until ``stop`` is set, then let the running ones end (10 s at most)."""
        worker = asyncio.create_task(
            self._app.run_worker_async(
                concurrency=concurrency,
                install_signal_handlers=False,
                fetch_job_polling_interval=1.0,
                shutdown_graceful_timeout=8.0,
                update_heartbeat_interval=_HEARTBEAT_S,
                stalled_worker_timeout=_STALLED_AFTER_S,
                delete_jobs="successful",
            )
        )
        stopper = asyncio.create_task(stop.wait())
        heir = asyncio.create_task(self._inherit())
        try:
            done, _ = await asyncio.wait({worker, stopper, heir}, return_when=asyncio.FIRST_COMPLETED)
            if stopper not in done:
                # Without the database this process can do nothing: whoever started it starts it again.
                for task in done:
                    task.result()
        finally:
            for task in (worker, stopper, heir):
                task.cancel()
            await asyncio.wait({worker, stopper, heir}, timeout=10)

    async def _inherit(self) -> None:
        """Look for dead workers from the start on and for ever."""
        while True:
            await self.retry_stalled()
            await asyncio.sleep(_LOOK_S)

    async def retry_stalled(self) -> int:
        """Put the jobs of workers that died back into the queue; returns how many (repeating it changes nothing)."""
        manager = self._app.job_manager
        count = 0
        for job in await manager.get_stalled_jobs(seconds_since_heartbeat=_STALLED_AFTER_S):
            try:
                await manager.retry_job(job)
            except ConnectorException:
                log.info("another worker was faster", job=job.task_name, job_id=str(job.id))
                continue
            count += 1
            log.warning("job of a dead worker is tried again", job=job.task_name, job_id=str(job.id))
        return count


def schema_sql() -> str:
    """Return the DDL of the queue's tables, for the first migration."""
    return procrastinate.schema.SchemaManager.get_schema()
