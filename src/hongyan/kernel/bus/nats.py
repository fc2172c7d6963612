"""The bus on NATS: core for hints, JetStream for streams. Starts, works and stops whether or not a server is there.

Not for: spooling what could not be published (``kernel.bus.spool``).
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from urllib.parse import unquote, urlsplit, urlunsplit

import nats.errors
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription as NatsSubscription
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, RetentionPolicy, StorageType, StreamConfig
from nats.js.errors import NotFoundError

from hongyan.kernel.bus.contracts import BatchHandler, BusMessage, HintHandler, StreamSpec

log = structlog.get_logger(__name__)

PUBLISH_TIMEOUT_S = 0.05
_REQUEST_TIMEOUT_S = 5.0
_RECONNECT_WAIT_S = 0.25
_RETRY_S = 1.0
_DUPLICATES_S = 120.0
_ACK_WAIT_S = 60.0
_MESSAGE_ID = "Nats-Msg-Id"


class NatsBus:
    """See :class:`hongyan.kernel.bus.contracts.Bus`. ``open`` first, ``close`` last."""

    def __init__(self, url: str, *, name: str, publish_timeout_s: float = PUBLISH_TIMEOUT_S) -> None:
        """Talk to ``url`` (``nats://user:password@host:port``.

        Several with commas); ``name`` is shown in the server's monitoring.
        """
        self._servers, self._user, self._password = _split(url)
        self._name = name
        self._publish_timeout_s = publish_timeout_s
        self._client = Client()
        self._js: JetStreamContext = self._client.jetstream(timeout=_REQUEST_TIMEOUT_S)
        self._streams: dict[str, StreamSpec] = {}
        self._hearers: list[_Hearer] = []
        self._connecting: asyncio.Task[None] | None = None
        self._was_connected = False
        self._closing = False

    @property
    def is_connected(self) -> bool:
        """Whether a server answers right now."""
        return bool(self._client.is_connected)

    async def open(self, *, wait_s: float = 2.0) -> None:
        """Connect, in the background when no server answers within ``wait_s``."""
        self._connecting = asyncio.create_task(self._connect())
        await asyncio.wait({self._connecting}, timeout=wait_s)

    async def close(self) -> None:
        """Send what is buffered and disconnect."""
        self._closing = True
        if self._connecting is not None and not self._connecting.done():
            self._connecting.cancel()
            await asyncio.wait({self._connecting})
        if self._client.is_connected:
            with contextlib.suppress(nats.errors.Error):
                await self._client.flush(timeout=1)
        await self._client.close()

    async def ping(self) -> None:
        """Ask the server for a sign of life.

        Raises:
            ConnectionError: it does not answer.
        """
        if not self._client.is_connected:
            raise ConnectionError("no connection to NATS")
        try:
            await self._client.flush(timeout=2)
        except nats.errors.Error as error:
            raise ConnectionError(f"NATS does not answer: {error!r}") from error

    async def check_streams(self) -> None:
        """Ask whether streams can be kept.

        Raises:
            ConnectionError: the server runs without JetStream.
        """
        try:
            await self._js.account_info()
        except (nats.errors.Error, TimeoutError) as error:
            raise ConnectionError(f"NATS keeps no streams (JetStream is off): {error!r}") from error

    async def publish(self, subject: str, payload: bytes, *, message_id: str | None = None) -> bool:
        """Store a message in its stream; ``False`` when that was not confirmed in time."""
        if not self._client.is_connected:
            return False
        headers = None if message_id is None else {_MESSAGE_ID: message_id}
        try:
            await self._js.publish(subject, payload, timeout=self._publish_timeout_s, headers=headers)
        except (nats.errors.Error, TimeoutError):
            return False
        return True

    async def hint(self, subject: str, payload: bytes = b"") -> None:
        """Tell whoever listens right now."""
        if self._client.is_connected:
            # Between the check and the call the connection may go: a lost hint is no error.
            with contextlib.suppress(nats.errors.Error):
                await self._client.publish(subject, payload)

    async def subscribe(self, subject: str, handler: HintHandler) -> "_Hearer":
        """Hear hints until stopped."""
        hearer = _Hearer(subject, handler)
        self._hearers.append(hearer)
        if self._was_connected:
            await hearer.start(self._client)
        return hearer

    async def ensure_stream(self, spec: StreamSpec) -> None:
        """Make the stream, or bring it up to date, now or when NATS is there."""
        self._streams[spec.name] = spec
        if self._client.is_connected:
            await self._make_stream(spec)

    async def consume(
        self, stream: str, durable: str, handler: BatchHandler, *, batch: int = 100, max_wait_s: float = 1.0
    ) -> None:
        """Hand the stream's messages to ``handler`` in batches until cancelled."""
        while True:
            try:
                await self._consume(stream, durable, handler, batch, max_wait_s)
            except (nats.errors.Error, TimeoutError) as error:
                log.info("consumer waits for NATS", stream=stream, durable=durable, error=repr(error))
            await asyncio.sleep(_RETRY_S)

    async def _consume(self, stream: str, durable: str, handler: BatchHandler, batch: int, max_wait_s: float) -> None:
        if not self._client.is_connected:
            return
        if stream in self._streams:
            await self._make_stream(self._streams[stream])
        config = ConsumerConfig(ack_policy=AckPolicy.EXPLICIT, ack_wait=_ACK_WAIT_S, max_ack_pending=batch * 10)
        subscription = await self._js.pull_subscribe("", durable=durable, stream=stream, config=config)
        try:
            while True:
                try:
                    messages = await subscription.fetch(batch, timeout=max_wait_s)
                except TimeoutError:
                    # Nothing there; or the consumer is gone (a server that lost its disk): asking tells.
                    await subscription.consumer_info()
                    continue
                await self._handle(messages, handler)
        finally:
            with contextlib.suppress(nats.errors.Error):
                await subscription.unsubscribe()

    async def _handle(self, messages: list[Msg], handler: BatchHandler) -> None:
        batch = [BusMessage(m.subject, m.data, m.metadata.num_delivered > 1) for m in messages]
        try:
            await handler(batch)
        except Exception:
            # The edge of a consumer: one bad batch must not end the process; it comes again and stays visible in the
            # log.
            log.exception("consumer's handler failed", subject=batch[0].subject, messages=len(batch))
            for message in messages:
                await message.nak(delay=_RETRY_S)
            return
        for message in messages:
            await message.ack()

    async def _connect(self) -> None:
        while True:
            try:
                await self._client.connect(
                    self._servers,
                    name=self._name,
                    user=self._user,
                    password=self._password,
                    max_reconnect_attempts=-1,
                    # The annotation says int; a float works.
                    reconnect_time_wait=_RECONNECT_WAIT_S,  # type: ignore[arg-type]
                    connect_timeout=2,
                    ping_interval=5,
                    max_outstanding_pings=2,
                    error_cb=self._on_error,
                    disconnected_cb=self._on_disconnected,
                    reconnected_cb=self._on_reconnected,
                )
                break
            except (nats.errors.Error, OSError) as error:
                log.warning("NATS refuses us", error=repr(error))
                await asyncio.sleep(_RETRY_S)
        self._was_connected = True
        for hearer in self._hearers:
            await hearer.start(self._client)
        await self._make_all_streams()

    async def _make_all_streams(self) -> None:
        for spec in self._streams.values():
            with contextlib.suppress(nats.errors.Error):
                await self._make_stream(spec)

    async def _make_stream(self, spec: StreamSpec) -> None:
        config = StreamConfig(
            name=spec.name,
            subjects=list(spec.subjects),
            retention=RetentionPolicy.LIMITS,
            storage=StorageType.FILE,
            max_age=spec.max_age_s,
            max_bytes=spec.max_bytes,
            duplicate_window=min(_DUPLICATES_S, spec.max_age_s),
        )
        try:
            await self._js.update_stream(config)
        except NotFoundError:
            await self._js.add_stream(config)

    async def _on_error(self, error: Exception) -> None:
        # While it is away every attempt to reconnect ends here: one line on going and one on coming are enough.
        if self._client.is_connected:
            log.warning("NATS", error=repr(error))

    async def _on_disconnected(self) -> None:
        if not self._closing:
            log.info("NATS is away")

    async def _on_reconnected(self) -> None:
        log.info("NATS is back")
        await self._make_all_streams()


class _Hearer:
    """One core subscription; starts when the first connection is there (the client renews it after that)."""

    def __init__(self, subject: str, handler: HintHandler) -> None:
        self._subject = subject
        self._handler = handler
        self._subscription: NatsSubscription | None = None
        self._stopped = False

    async def start(self, client: Client) -> None:
        """Subscribe, unless stopped already."""
        if not self._stopped and self._subscription is None:
            self._subscription = await client.subscribe(self._subject, cb=_adapt(self._handler))

    async def stop(self) -> None:
        """Unsubscribe."""
        self._stopped = True
        if self._subscription is not None:
            with contextlib.suppress(nats.errors.Error):
                await self._subscription.unsubscribe()


def _adapt(handler: HintHandler) -> Callable[[Msg], Awaitable[None]]:
    async def call(message: Msg) -> None:
        await handler(BusMessage(message.subject, message.data))

    return call


def _split(url: str) -> tuple[list[str], str | None, str | None]:
    """Return the servers without credentials, and the credentials (which would show in the client's error texts)."""
    servers: list[str] = []
    user = password = None
    for one in url.split(","):
        parts = urlsplit(one.strip())
        if parts.username is not None:
            user, password = unquote(parts.username), unquote(parts.password or "")
        servers.append(urlunsplit((parts.scheme, parts.netloc.rsplit("@", 1)[-1], "", "", "")))
    return servers, user, password
