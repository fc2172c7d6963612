"""What moves, for pages that are open: one reader per tenant, however many pages look, and a stream for each of them.

A stream never carries more than the newest state of each task: a page that reads slowly skips steps, it does not fill
memory. Pages that get no stream read again now and then, as they do where the network lets none through.
Not for: one task's progress for programs (``stream``).
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from typing import Final

import msgspec
import structlog

from hongyan.kernel.db.database import Database
from hongyan.kernel.ids import TaskId, TenantId
from hongyan.rooms.campaigns.contracts import Progress, TaskFilter, TaskState
from hongyan.rooms.campaigns.service.views import CampaignViews, describe

log = structlog.get_logger(__name__)

MAX_PAGES: Final = 500
"""Open streams of one process; further pages read again instead."""
MAX_TENANT_PAGES: Final = 50
MAX_TASKS: Final = 50
"""Tasks of each sort that are followed, the newest ones."""
_SORTS: Final = ((TaskState.PARSING, TaskState.RUNNING), (TaskState.FINISHING,))
"""Those that change by themselves; what leaves them is told once more."""
_READ_S: Final = 1.0
_SHARE: Final = 4
"""A reader rests at least four times what a read takes."""
_BEAT_S: Final = 15.0
"""So often a stream says that it is still there, and asks whether its reader still may see it."""
_LOST_BEATS: Final = 4
_STREAM_S: Final = 3600.0
_HELLO: Final = b"retry: 5000\nevent: hello\ndata: {}\n\n"
_BEAT: Final = b": still here\n\n"


class _Page:
    """What one page has not got yet: at most one state for each task."""

    def __init__(self, news: dict[TaskId, bytes], now_s: float) -> None:
        self.news = news
        self.seen_s = now_s
        self.woken = asyncio.Event()
        if news:
            self.woken.set()

    def tell(self, news: dict[TaskId, bytes]) -> None:
        for task_id, data in news.items():
            if task_id in self.news or len(self.news) < 4 * MAX_TASKS:
                self.news[task_id] = data
        self.woken.set()

    def take(self) -> list[bytes]:
        taken, self.news = list(self.news.values()), {}
        self.woken.clear()
        return taken


class _Tenant:
    """The pages of a tenant, what they know, and who reads for them."""

    def __init__(self) -> None:
        self.pages: set[_Page] = set()
        self.known: dict[TaskId, bytes] = {}
        self.reader: asyncio.Task[None] | None = None
        self.is_over = False


class LiveTasks:
    """Streams of the tasks that move; ``close`` ends them all."""

    def __init__(self, db: Database, views: CampaignViews, *, read_s: float = _READ_S, beat_s: float = _BEAT_S) -> None:
        """Read every ``read_s`` seconds while somebody looks."""
        self._db = db
        self._views = views
        self._read_s = read_s
        self._beat_s = beat_s
        self._tenants: dict[TenantId, _Tenant] = {}
        self._is_closed = False

    @property
    def pages(self) -> int:
        """How many streams are open."""
        return sum(len(tenant.pages) for tenant in self._tenants.values())

    def has_room(self, tenant_id: TenantId) -> bool:
        """Tell whether one more page of a tenant may have a stream."""
        tenant = self._tenants.get(tenant_id)
        is_full = tenant is not None and len(tenant.pages) >= MAX_TENANT_PAGES
        return not (self._is_closed or is_full or self.pages >= MAX_PAGES)

    async def events(self, tenant_id: TenantId, is_valid: Callable[[], Awaitable[bool]]) -> AsyncGenerator[bytes]:
        """Yield server-sent events: ``hello``, then ``task`` with a task whenever it changed.

        Ends when ``is_valid`` says that its reader is signed out, when the tasks cannot be read, on ``close``, and
        after an hour; browsers come again by themselves.
        """
        if not self.has_room(tenant_id):
            return
        tenant = self._tenants.setdefault(tenant_id, _Tenant())
        page = _Page(dict(tenant.known), asyncio.get_running_loop().time())
        tenant.pages.add(page)
        if tenant.reader is None:
            tenant.reader = asyncio.create_task(self._read(tenant_id, tenant))
            tenant.reader.add_done_callback(_note)
        try:
            yield _HELLO
            for _ in range(int(_STREAM_S / self._beat_s)):
                async for event in self._until_beat(tenant, page):
                    yield event
                if page not in tenant.pages or tenant.is_over or not await is_valid():
                    return
                yield _BEAT
        finally:
            tenant.pages.discard(page)
            if not tenant.pages:
                self._forget(tenant_id, tenant)

    def close(self) -> None:
        """End all streams and readers; pages that come later get none."""
        self._is_closed = True
        for tenant_id, tenant in list(self._tenants.items()):
            self._forget(tenant_id, tenant)

    async def _until_beat(self, tenant: _Tenant, page: _Page) -> AsyncIterator[bytes]:
        """Yield what arrives until it is time for a beat, or the tenant's reader is gone."""
        loop = asyncio.get_running_loop()
        beat_at = loop.time() + self._beat_s
        while not tenant.is_over:
            page.seen_s = loop.time()
            left_s = beat_at - page.seen_s
            if left_s <= 0:
                return
            try:
                await asyncio.wait_for(page.woken.wait(), left_s)
            except TimeoutError:
                return
            for data in page.take():
                yield b"event: task\ndata: " + data + b"\n\n"

    def _forget(self, tenant_id: TenantId, tenant: _Tenant) -> None:
        tenant.is_over = True
        if tenant.reader is not asyncio.current_task() and tenant.reader is not None:
            tenant.reader.cancel()
        if self._tenants.get(tenant_id) is tenant:
            del self._tenants[tenant_id]
        for page in tenant.pages:
            page.woken.set()

    async def _read(self, tenant_id: TenantId, tenant: _Tenant) -> None:
        """Read what moves until nobody looks; when that fails, the streams end and pages read for themselves."""
        loop = asyncio.get_running_loop()
        try:
            while True:
                begun = loop.time()
                news = await self._news(tenant_id, tenant)
                # Who went without a word and left what was sent unread: the server does not notice.
                tenant.pages -= {page for page in tenant.pages if begun - page.seen_s > _LOST_BEATS * self._beat_s}
                if news:
                    for page in tenant.pages:
                        page.tell(news)
                await asyncio.sleep(max(self._read_s, _SHARE * (loop.time() - begun)))
        finally:
            # Also when the database is away: whoever waits is told at once.
            self._forget(tenant_id, tenant)

    async def _news(self, tenant_id: TenantId, tenant: _Tenant) -> dict[TaskId, bytes]:
        """Return the tasks that are not as they were, and how those ended that move no longer."""
        found: dict[TaskId, bytes] = {}
        async with self._db.begin() as uow:
            for states in _SORTS:
                page = await self._views.list(uow, tenant_id, TaskFilter(states=states), offset=0, limit=MAX_TASKS)
                found |= _documents(page.items)
            gone = tuple(task_id for task_id in tenant.known if task_id not in found)
            ended = _documents(await self._views.some(uow, tenant_id, gone)) if gone else {}
        news = {task_id: data for task_id, data in found.items() if tenant.known.get(task_id) != data}
        tenant.known = found
        return news | ended


def _note(reader: asyncio.Task[None]) -> None:
    if not reader.cancelled() and reader.exception() is not None:
        log.warning("live tasks cannot be read", error=repr(reader.exception()))


def _documents(rows: tuple[Progress, ...]) -> dict[TaskId, bytes]:
    return {row.task.id: msgspec.json.encode(describe(row)) for row in rows}
