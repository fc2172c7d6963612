"""Pure ASGI middleware: a request id on every answer and log line, and a bound on the body's size."""

import uuid
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from hongyan.kernel import log

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]

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


class BodyLimit:
    """Refuse bodies over a limit, by path prefix; the longest prefix decides."""

    def __init__(self, app: Asgi, limits: dict[str, int] | None = None) -> None:
        """``limits`` maps a path prefix to bytes; others get :data:`MAX_BODY_BYTES`."""
        self._app = app
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
            await self._refuse(send, limit)
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                # The reader sees a broken upload; what it has read so far is thrown away by its own error path.
                return {"type": "http.disconnect"}
            return message

        await self._app(scope, counted, send)

    @staticmethod
    async def _refuse(send: Send, limit: int) -> None:
        text = f"The request body is larger than {limit} bytes."
        body = f'{{"error_code":"APIGW.0413","error_msg":"{text}","error_message":"{text}"}}'.encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 413, "headers": headers})
        await send({"type": "http.response.body", "body": body})
