"""The application of the ``web`` process: middleware, error envelopes, and the documents of its doors.

Not for: which routers there are and what they need (``run``), nor the redirector, which has no framework
(``short_links``).
"""

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route

from hongyan.kernel.http.documents import add_documents, operation_id
from hongyan.kernel.http.middleware import Afterwards, Asgi, BodyLimit, Message, Receive, RequestId, Scope, Send
from hongyan.kernel.http.problems import add_error_handlers, http_error
from hongyan.kernel.http.strict import VENDOR_PATHS, StrictRequests

ErrorHandler = Callable[[Request, Any], Awaitable[Response]]
Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_ALWAYS = [(b"x-content-type-options", b"nosniff")]


class BodyDigest:
    """Hash each body while it is read: ``scope["state"]["body_sha256"]`` is the running digest of the raw bytes.

    A signature is checked against it after the framework has consumed the body in whatever way, without a second copy.
    """

    def __init__(self, app: Asgi) -> None:
        """Wrap ``app``."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        digest = hashlib.sha256()
        scope.setdefault("state", {})["body_sha256"] = digest

        async def hashed() -> Message:
            message = await receive()
            digest.update(message.get("body", b""))
            return message

        await self._app(scope, hashed, send)


class ExtraHeaders:
    """Add the headers that a dependency left in ``scope["state"]["response_headers"]``, whatever answers the request.

    A cookie renewed while a session is checked reaches the browser with a streamed answer or a refusal, too.
    """

    def __init__(self, app: Asgi) -> None:
        """Wrap ``app``."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        extra: list[tuple[bytes, bytes]] = []
        scope.setdefault("state", {})["response_headers"] = extra

        async def send_with_extra(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *_ALWAYS, *extra]
            await send(message)

        await self._app(scope, receive, send_with_extra)


def create_app(
    *,
    version: str,
    vendor_routers: Sequence[APIRouter],
    console_routers: Sequence[APIRouter],
    error_handlers: Mapping[type[Exception], ErrorHandler] | None = None,
    body_limits: dict[str, int] | None = None,
    raw_prefixes: Sequence[str] = (),
    lifespan: Lifespan | None = None,
) -> FastAPI:
    """Build the application.

    ``vendor_routers`` hold full paths (``/v1/…``, ``/v3/…``), ``console_routers`` too (``/console/api/…``).
    ``error_handlers`` are envelopes that only one room uses; ``body_limits`` maps path prefixes to bytes; bodies below
    ``raw_prefixes`` are files of any type.
    """
    app = FastAPI(
        title="Hongyan",
        version=version,
        lifespan=lifespan,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=operation_id,
    )
    add_error_handlers(app)
    for error, handler in (error_handlers or {}).items():
        app.add_exception_handler(error, handler)
    for router in (*vendor_routers, *console_routers):
        app.include_router(router)
    add_documents(app, vendor_routers, console_routers)
    _end_vendor_paths(app)
    # The last one added is the outermost.
    app.add_middleware(StrictRequests, raw_prefixes=raw_prefixes)
    app.add_middleware(BodyDigest)
    app.add_middleware(BodyLimit, refuse=_refuse, limits=body_limits)
    app.add_middleware(Afterwards)
    app.add_middleware(ExtraHeaders)
    app.add_middleware(RequestId)
    return app


def _refuse(scope: Scope, error: HTTPException) -> Asgi:
    return http_error(Request(scope), error)


def _end_vendor_paths(app: FastAPI) -> None:
    """Answer what no operation took in the gateway's words, before any page of the console could."""
    known = tuple(app.router.routes)
    for prefix in VENDOR_PATHS:
        # A route of an ASGI application, without methods, takes them all.
        app.router.routes.append(Route(f"{prefix}{{rest:path}}", _NoSuchApi(known)))


class _NoSuchApi:
    """404, or 405 with ``Allow`` where the path has operations under other methods."""

    def __init__(self, known: Sequence[BaseRoute]) -> None:
        self._known = known

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        allowed = [method for method in _METHODS if self._is_known({**scope, "method": method})]
        error = HTTPException(405, headers={"Allow": ", ".join(allowed)}) if allowed else HTTPException(404)
        await http_error(Request(scope), error)(scope, receive, send)

    def _is_known(self, scope: Scope) -> bool:
        return any(route.matches(scope)[0] is Match.FULL for route in self._known)
