"""What moves, for pages that are open: one reader per topic and audience, however many pages look, one stream per page.

A stream never carries more than the newest of each thing: a page that reads slowly skips steps, it does not fill
memory. Pages that get no stream read again now and then, as they do where the network lets none through.
Not for: what a topic tells, and who may hear it (rooms say that).
"""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

import structlog

from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.ids import TenantId

log = structlog.get_logger(__name__)

MAX_PAGES: Final = 500
"""Open streams of one process; further pages read again instead."""
MAX_TENANT_PAGES: Final = 50
MAX_NEWS: Final = 200
"""Things of which one page has not heard yet."""
_READ_S: Final = 1.0
_SHARE: Final = 4
"""A reader rests at least four times what a read takes."""
_BEAT_S: Final = 15.0
"""So often a stream says that it is still there, and asks whether its reader still may see it."""
_LOST_BEATS: Final = 4
_STREAM_S: Final = 3600.0
_HELLO: Final = b"retry: 5000\nevent: hello\ndata: {}\n\n"
_BEAT: Final = b": still here\n\n"

Audience = TenantId | None
"""Whose things: a tenant's, or the installation's own."""


class News(NamedTuple):
    """What a topic says now, each thing by its id as JSON."""

    moving: Mapping[str, bytes]
    ended: Mapping[str, bytes] = {}
    """What was told before and moves no longer, for the last time."""


@dataclass(frozen=True, slots=True)
class Topic:
    """Something that pages may follow; ``name`` is also the name of its events."""

    name: str
    read: Callable[[Uow, Audience, frozenset[str]], Awaitable[News]]
    """Gets the ids of what was told last. Cheap: it runs every second while somebody looks."""


def stamped(name: str, stamp: Callable[[Uow, Audience], Awaitable[object]]) -> Topic:
    """Return a topic that only says that something is not as it was: pages read what they show again.

    ``stamp`` returns anything whose ``repr`` is another one after a change.
    """

    async def read(uow: Uow, audience: Audience, _known: frozenset[str]) -> News:
        mark = hashlib.sha256(repr(await stamp(uow, audience)).encode()).hexdigest()[:16]
        return News({"": b'{"stamp":"' + mark.encode() + b'"}'})

    return Topic(name, read)


class _Page:
    """What one page has not got yet: at most one state of each thing."""

    def __init__(self, tenant_id: Audience, now_s: float) -> None:
        self.tenant_id = tenant_id
        self.readers: set[_Reader] = set()
        self.news: dict[tuple[str, str], bytes] = {}
        self.seen_s = now_s
        self.woken = asyncio.Event()
        self.is_over = False

    def tell(self, topic: str, news: Mapping[str, bytes]) -> None:
        for thing, data in news.items():
            key = (topic, thing)
            if key in self.news or len(self.news) < MAX_NEWS:
                self.news[key] = data
        if news:
            self.woken.set()

    def take(self) -> list[tuple[str, bytes]]:
        taken, self.news = [(topic, data) for (topic, _), data in self.news.items()], {}
        self.woken.clear()
        return taken

    def end(self) -> None:
        self.is_over = True
        self.woken.set()


class _Reader:
    """The pages that follow a topic of one audience, what they know, and who reads for them."""

    def __init__(self, topic: Topic, audience: Audience) -> None:
        self.topic = topic
        self.audience = audience
        self.pages: set[_Page] = set()
        self.known: dict[str, bytes] = {}
        self.task: asyncio.Task[None] | None = None


class LiveStreams:
    """Streams of what moves; ``close`` ends them all."""

    def __init__(
        self, db: Database, topics: Iterable[Topic], *, read_s: float = _READ_S, beat_s: float = _BEAT_S
    ) -> None:
        """Read every ``read_s`` seconds while somebody looks."""
        self._db = db
        self._topics = {topic.name: topic for topic in topics}
        self._read_s = read_s
        self._beat_s = beat_s
        self._pages: set[_Page] = set()
        self._readers: dict[tuple[str, Audience], _Reader] = {}
        self._is_closed = False

    @property
    def pages(self) -> int:
        """How many streams are open."""
        return len(self._pages)

    def has_room(self, tenant_id: Audience) -> bool:
        """Tell whether one more page of a tenant, or of the platform's people, may have a stream."""
        of_tenant = sum(page.tenant_id == tenant_id for page in self._pages)
        return not (self._is_closed or of_tenant >= MAX_TENANT_PAGES or len(self._pages) >= MAX_PAGES)

    async def events(
        self, tenant_id: Audience, wanted: Mapping[str, Audience], is_valid: Callable[[], Awaitable[bool]]
    ) -> AsyncGenerator[bytes]:
        """Yield server-sent events: ``hello``, then one of a topic's name whenever one of its things changed.

        ``wanted`` says of which audience each topic is followed, ``tenant_id`` whose page it is. Ends when
        ``is_valid`` says that its reader is signed out, when a topic cannot be read, on ``close``, and after an hour;
        browsers come again by themselves.
        """
        if not self.has_room(tenant_id):
            return
        page = _Page(tenant_id, asyncio.get_running_loop().time())
        self._pages.add(page)
        for name, audience in wanted.items():
            self._join(page, self._topics[name], audience)
        try:
            yield _HELLO
            for _ in range(int(_STREAM_S / self._beat_s)):
                async for event in self._until_beat(page):
                    yield event
                if page.is_over or not await is_valid():
                    return
                yield _BEAT
        finally:
            self._leave(page)

    def close(self) -> None:
        """End all streams and readers; pages that come later get none."""
        self._is_closed = True
        for page in list(self._pages):
            self._leave(page)

    async def _until_beat(self, page: _Page) -> AsyncIterator[bytes]:
        """Yield what arrives until it is time for a beat, or the page's stream is over."""
        loop = asyncio.get_running_loop()
        beat_at = loop.time() + self._beat_s
        while not page.is_over:
            page.seen_s = loop.time()
            left_s = beat_at - page.seen_s
            if left_s <= 0:
                return
            try:
                await asyncio.wait_for(page.woken.wait(), left_s)
            except TimeoutError:
                return
            for topic, data in page.take():
                yield b"event: " + topic.encode() + b"\ndata: " + data + b"\n\n"

    def _join(self, page: _Page, topic: Topic, audience: Audience) -> None:
        key = (topic.name, audience)
        reader = self._readers.setdefault(key, _Reader(topic, audience))
        reader.pages.add(page)
        page.readers.add(reader)
        page.tell(topic.name, reader.known)
        if reader.task is None:
            reader.task = asyncio.create_task(self._read(reader))
            reader.task.add_done_callback(_note)

    def _leave(self, page: _Page) -> None:
        self._pages.discard(page)
        page.end()
        for reader in page.readers:
            reader.pages.discard(page)
            if not reader.pages:
                self._forget(reader)

    def _forget(self, reader: _Reader) -> None:
        if reader.task is not None and reader.task is not asyncio.current_task():
            reader.task.cancel()
        key = (reader.topic.name, reader.audience)
        if self._readers.get(key) is reader:
            del self._readers[key]

    async def _read(self, reader: _Reader) -> None:
        """Read a topic until nobody looks; when that fails, the streams end and pages read for themselves."""
        loop = asyncio.get_running_loop()
        try:
            while reader.pages:
                begun = loop.time()
                news = await self._news(reader)
                for page in list(reader.pages):
                    if begun - page.seen_s > _LOST_BEATS * self._beat_s:
                        # Who went without a word and left what was sent unread: the server does not notice.
                        self._leave(page)
                    else:
                        page.tell(reader.topic.name, news)
                await asyncio.sleep(max(self._read_s, _SHARE * (loop.time() - begun)))
        finally:
            # Also when the database is away: whoever waits is told at once.
            self._forget(reader)
            for page in list(reader.pages):
                self._leave(page)

    async def _news(self, reader: _Reader) -> dict[str, bytes]:
        """Return the things that are not as they were, and how those ended that move no longer."""
        async with self._db.begin() as uow:
            found = await reader.topic.read(uow, reader.audience, frozenset(reader.known))
        changed = {thing: data for thing, data in found.moving.items() if reader.known.get(thing) != data}
        reader.known = dict(found.moving)
        return changed | dict(found.ended)


def _note(reading: asyncio.Task[None]) -> None:
    if not reading.cancelled() and reading.exception() is not None:
        log.warning("what moves cannot be read", error=repr(reading.exception()))
