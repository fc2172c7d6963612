"""The redirector: ``GET /{code}`` on the links port. A bare ASGI application, because a tap should cost microseconds.

A tap is answered from memory, or with a share of one read. Events go to the bus in the background. Other rooms' pages
on the same port (cards, the handsets' resolver) are mounted by the first word of their path. Not for: their content.
"""

import asyncio
import contextlib
import secrets
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

import msgspec
import structlog

from hongyan.kernel.clock import Clock
from hongyan.rooms.short_links.contracts import SUBJECT_TAPPED, LinkState, Tap, TapBatch
from hongyan.rooms.short_links.rules.names import RESERVED_PATHS, is_code
from hongyan.rooms.short_links.rules.pages import PAGE_HEADERS, Page, page_for
from hongyan.rooms.short_links.rules.throttle import GuessCounter, network_of
from hongyan.rooms.short_links.service import ShortLinksService
from hongyan.rooms.short_links.store.directory import Found

log = structlog.get_logger(__name__)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]
Header = tuple[bytes, bytes]

CARD_PATH: Final = "/c/"
_FLUSH_EVERY_S: Final = 0.05
_MAX_LEVELS: Final = 2
_HOSTS_KEPT: Final = 1_000
_MAX_BATCH: Final = 1_000
_SLOW_S: Final = 2.0
_SLOWED_AT_ONCE: Final = 256
"""Slow answers under way; above it guessers are refused at once."""
_EMPTY_BODY: Final[MutableMapping[str, Any]] = {"type": "http.response.body", "body": b""}
_NO_STORE: Final[tuple[Header, ...]] = (
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-robots-tag", b"noindex, nofollow"),
    (b"content-length", b"0"),
)
_encode = msgspec.msgpack.Encoder().encode


class EventSink(Protocol):
    """Takes events without waiting (``kernel.bus.spool.EventPublisher``)."""

    def offer(self, subject: str, payload: bytes) -> bool:
        """Take an event; ``False`` when it was dropped because memory and disk are full."""
        ...


@dataclass(slots=True)
class RedirectorCounts:
    """What happened since the start, for /metrics."""

    jumps: int = 0
    cards: int = 0
    unknown: int = 0
    expired: int = 0
    malformed: int = 0
    slowed: int = 0
    refused: int = 0
    unavailable: int = 0
    events_dropped: int = 0


class Redirector:
    """The application; ``start`` and ``stop`` it, or let the server's lifespan do so."""

    def __init__(
        self,
        service: ShortLinksService,
        *,
        clock: Clock,
        events: EventSink,
        mounts: Mapping[str, Asgi] | None = None,
        client_ip_header: str | None = None,
        slow_s: float = _SLOW_S,
    ) -> None:
        """Follow links of ``service``.

        Args:
            service: its directory is watched while we run.
            clock: time of taps and of the throttle.
            events: takes batches of taps.
            mounts: applications by the first word of the path: ``{"c": cards, "handset": resolver}``.
            client_ip_header: header with the client's address, where a trusted proxy stands in front (lower case).
            slow_s: how long a guesser waits for each further unknown code.
        """
        self.counts = RedirectorCounts()
        self._directory = service.directory
        self._clock = clock
        self._events = events
        self._mounts = dict(mounts or {})
        self._ip_header = None if client_ip_header is None else client_ip_header.lower().encode("ascii")
        self._slow_s = slow_s
        self._guesses = GuessCounter()
        self._slowed_now = 0
        self._hosts: dict[bytes, str] = {}
        self._taps: list[Tap] = []
        self._flusher: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to watch for changes; waits for the first news."""
        await self._directory.start_watch()

    async def stop(self) -> None:
        """Hand over what is collected and end the watch."""
        if self._flusher is not None:
            self._flusher.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._flusher
        self._flush()
        await self._directory.stop_watch()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        if scope["type"] != "http":
            return
        path: str = scope["path"]
        code = place = path[1:]
        method = scope["method"]
        host = None
        if "/" in code:
            host, code, place = self._below(code, scope)
        if not is_code(code) or code in RESERVED_PATHS:
            await self._answer_other(path, scope, receive, send)
            return
        if method not in {"GET", "HEAD"}:
            await _send_plain(send, 405, ((b"allow", b"GET, HEAD"),))
            return
        if host is None:
            host = self._host_of(scope)
        found = self._directory.find_known(code, host)
        if found is None:
            try:
                found = await self._directory.find(code, host)
            # The edge of a request: links in memory still work, this one does not.
            except Exception as error:  # noqa: BLE001
                log.warning("a link could not be looked up", error=str(error))
                self.counts.unavailable += 1
                await _send_page(send, scope, Page.UNAVAILABLE)
                return
        if found is None and not self._directory.is_shaped(code, host):
            self.counts.malformed += 1
            await _send_page(send, scope, Page.MALFORMED)
        elif found is None or found.state is LinkState.UNRELEASED:
            await self._answer_unknown(scope, send)
        elif found.state is not LinkState.ACTIVE:
            self.counts.expired += 1
            await _send_page(send, scope, Page.EXPIRED)
        else:
            await self._follow(found, place, scope, send)

    async def _follow(self, found: Found, place: str, scope: Scope, send: Send) -> None:
        link_range = found.link_range
        url = link_range.jump_url
        if link_range.has_payloads:
            try:
                url = await self._directory.get_jump_url(link_range, found.offset)
            except Exception as error:  # noqa: BLE001 - as above
                log.warning("a link's payload could not be read", error=str(error))
                self.counts.unavailable += 1
                await _send_page(send, scope, Page.UNAVAILABLE)
                return
        if url is None:
            # The levels go with it: the card's page must know the domain too.
            url = CARD_PATH + place
            self.counts.cards += 1
            target = 1
        else:
            self.counts.jumps += 1
            target = 0
        if scope["method"] == "GET":
            self._note_tap(found, target)
        location = (b"location", url.encode("ascii"))
        await send({"type": "http.response.start", "status": 302, "headers": [location, *_NO_STORE]})
        await send(_EMPTY_BODY)

    async def _answer_unknown(self, scope: Scope, send: Send) -> None:
        self.counts.unknown += 1
        network = network_of(self._client_of(scope))
        over = self._guesses.note_unknown(network, self._clock.monotonic())
        if over:
            self.counts.slowed += 1
            if over == 1:
                log.warning("many unknown codes from one network: slowed", network=network)
            if self._slowed_now >= _SLOWED_AT_ONCE:
                self.counts.refused += 1
                await _send_plain(send, 429, ((b"retry-after", b"60"),))
                return
            self._slowed_now += 1
            try:
                await asyncio.sleep(self._slow_s)
            finally:
                self._slowed_now -= 1
        await _send_page(send, scope, Page.UNKNOWN)

    async def _answer_other(self, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer what is no code: a mounted application, robots, or the page for malformed codes."""
        mounted = self._mounts.get(path[1:].partition("/")[0])
        if mounted is not None:
            await mounted(scope, receive, send)
        elif path == "/robots.txt":
            await _send_body(send, scope, 200, b"text/plain; charset=utf-8", b"User-agent: *\nDisallow: /\n")
        elif path[1:] in RESERVED_PATHS or path == "/favicon.ico":
            await _send_plain(send, 404)
        elif scope["method"] not in {"GET", "HEAD"}:
            await _send_plain(send, 405, ((b"allow", b"GET, HEAD"),))
        else:
            self.counts.malformed += 1
            await _send_page(send, scope, Page.MALFORMED)

    def _below(self, path: str, scope: Scope) -> tuple[str | None, str, str]:
        """Return domain, code and canonical path of a link whose domain has path levels; no domain when there is none.

        What leads to other pages begins with words that no domain's levels may begin with.
        """
        levels, _, code = path.rpartition("/")
        levels = levels.lower()
        name = f"{self._host_of(scope)}/{levels}"
        if path.count("/") > _MAX_LEVELS or not self._directory.has_levels(name):
            return None, path, path
        return name, code, f"{levels}/{code}"

    def _host_of(self, scope: Scope) -> str | None:
        for key, value in scope["headers"]:
            if key == b"host":
                # A few names come again and again; what strangers send must not fill the memory.
                host = self._hosts.get(value)
                if host is None:
                    host = value.decode("latin-1").lower()
                    if len(self._hosts) < _HOSTS_KEPT:
                        self._hosts[value] = host
                return host
        return None

    def _client_of(self, scope: Scope) -> str:
        if self._ip_header is not None:
            forwarded = _header(scope, self._ip_header)
            if forwarded:
                # The last one is what our own proxy saw; those before it are what the client claims.
                return forwarded.rpartition(",")[2].strip()
        client = scope.get("client")
        return client[0] if client else ""

    def _note_tap(self, found: Found, target: int) -> None:
        at_ms = int(self._clock.now().timestamp() * 1000)
        self._taps.append(Tap(found.link_range.range_id, found.offset, at_ms, target))
        if len(self._taps) >= _MAX_BATCH:
            self._flush()
        elif self._flusher is None or self._flusher.done():
            self._flusher = asyncio.create_task(self._flush_soon())

    async def _flush_soon(self) -> None:
        await asyncio.sleep(_FLUSH_EVERY_S)
        self._flush()

    def _flush(self) -> None:
        if not self._taps:
            return
        taps, self._taps = self._taps, []
        batch = TapBatch(id=secrets.token_hex(12), at_ms=taps[0].at_ms, taps=taps)
        if not self._events.offer(SUBJECT_TAPPED, _encode(batch)):
            self.counts.events_dropped += len(taps)

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await self.start()
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                await self.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return


def _header(scope: Scope, name: bytes) -> str | None:
    for key, value in scope["headers"]:
        if key == name:
            return str(value.decode("latin-1")).lower()
    return None


async def _send_page(send: Send, scope: Scope, page: Page) -> None:
    status, body = page_for(page, _header(scope, b"accept-language") or "")
    await _send_body(send, scope, status, b"text/html; charset=utf-8", body, PAGE_HEADERS)


async def _send_body(
    send: Send, scope: Scope, status: int, content_type: bytes, body: bytes, headers: tuple[Header, ...] = ()
) -> None:
    sent = [(b"content-type", content_type), (b"content-length", str(len(body)).encode()), *headers]
    await send({"type": "http.response.start", "status": status, "headers": sent})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


async def _send_plain(send: Send, status: int, headers: tuple[Header, ...] = ()) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *_NO_STORE]})
    await send(_EMPTY_BODY)
