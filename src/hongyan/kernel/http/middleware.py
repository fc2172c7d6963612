"""Pure ASGI middleware: a request id on every answer and log line, and a bound on the body's size."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import Any

from starlette.exceptions import HTTPException

from hongyan.kernel import log

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]

Refuse = Callable[[Scope, HTTPException], Asgi]
"""Makes the answer to a refused request in the envelope of its door."""
_TOO_LARGE = 413
_DRAIN_BYTES = 32 * 1024 * 1024
_DRAIN_S = 5.0
MAX_BODY_BYTES = 12 * 1024 * 1024
"""Body limit of the vendor's API (api.md §8)."""


class RequestId:
    """Give each request an id: ``scope["state"]["request_id"]``, header ``X-Request-Id``, log field ``request_id``."""

    def __init__(self, app: Asgi) -> None:
        """Wrap ``app``."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = uuid.uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        log.clear()
        log.bind(request_id=request_id)

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [(k, v) for k, v in message.get("headers", []) if k.lower() != b"x-request-id"]
                message["headers"] = [*headers, (b"x-request-id", request_id.encode())]
            await send(message)

        await self._app(scope, receive, send_with_id)


class Afterwards:
    """Call what was left in ``scope["state"]["afterwards"]`` once, when the answer begins or the request ends.

    The work is done when the answer begins: an endless stream of events must not keep a place among the busy ones.
    """

    def __init__(self, app: Asgi) -> None:
        """Wrap ``app``."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        todo: list[Callable[[], None]] = []
        scope.setdefault("state", {})["afterwards"] = todo

        async def noticed(message: Message) -> None:
            _call(todo)
            await send(message)

        try:
            await self._app(scope, receive, noticed)
        finally:
            _call(todo)


def _call(todo: list[Callable[[], None]]) -> None:
    while todo:
        todo.pop()()


class BodyTooLarge(HTTPException):
    """The body is larger than allowed: raised to whoever reads it, and answered as a refusal wherever it surfaces."""

    def __init__(self, limit: int) -> None:
        """Name the limit in bytes."""
        super().__init__(_TOO_LARGE, f"Request entity too large: the limit is {limit} bytes.")


class BodyLimit:
    """Refuse bodies over a limit, by path prefix; the longest prefix decides."""

    def __init__(self, app: Asgi, *, refuse: Refuse, limits: dict[str, int] | None = None) -> None:
        """``limits`` maps a path prefix to bytes; others get :data:`MAX_BODY_BYTES`. ``refuse`` makes the answer."""
        self._app = app
        self._refuse = refuse
        self._limits = sorted((limits or {}).items(), key=lambda item: -len(item[0]))

    def _limit_for(self, path: str) -> int:
        return next((limit for prefix, limit in self._limits if path.startswith(prefix)), MAX_BODY_BYTES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._limit_for(scope["path"])
        declared = next((v for k, v in scope["headers"] if k == b"content-length"), b"0")
        if declared.isdigit() and int(declared) > limit:
            await _drain(receive)
            await self._refuse(scope, BodyTooLarge(limit))(scope, receive, send)
            return
        seen = 0
        # Nothing is read on behalf of a client that sends no body.
        is_read = declared == b"0" and not any(k == b"transfer-encoding" for k, _ in scope["headers"])
        started = False

        async def counted() -> Message:
            nonlocal seen, is_read
            message = await receive()
            seen += len(message.get("body", b""))
            is_read = is_read or not message.get("more_body", False)
            if seen > limit:
                raise BodyTooLarge(limit)
            return message

        async def watched(message: Message) -> None:
            nonlocal started, is_read
            if not is_read:
                is_read = True
                await _drain(receive)
            started = True
            await send(message)

        try:
            await self._app(scope, counted, watched)
        except BodyTooLarge as error:
            # Read by a middleware, before the application's own handlers; or the answer has begun and stays broken.
            if not started:
                await self._refuse(scope, error)(scope, receive, watched)


async def _drain(receive: Receive) -> None:
    """Read on a little: a client that still sends would see a broken connection in the place of the answer."""
    drained = 0
    with suppress(TimeoutError):
        async with asyncio.timeout(_DRAIN_S):
            while drained < _DRAIN_BYTES:
                message = await receive()
                drained += len(message.get("body", b""))
                if message["type"] != "http.request" or not message.get("more_body", False):
                    return
