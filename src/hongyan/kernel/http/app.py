"""The application of the ``web`` process: middleware, error envelopes, and one OpenAPI document per door.

Not for: which routers there are and what they need (``run``), nor the redirector, which has no framework
(``short_links``).
"""

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.responses import Response

from hongyan.kernel.http.middleware import Asgi, BodyLimit, Message, Receive, RequestId, Scope, Send
from hongyan.kernel.http.problems import add_error_handlers

ErrorHandler = Callable[[Request, Any], Awaitable[Response]]
Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]
VENDOR_OPENAPI = "/openapi.json"
CONSOLE_OPENAPI = "/console/api/openapi.json"
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
    lifespan: Lifespan | None = None,
) -> FastAPI:
    """Build the application.

    ``vendor_routers`` hold full paths (``/v1/…``, ``/v3/…``), ``console_routers`` too (``/console/api/…``).
    ``error_handlers`` are envelopes that only one room uses; ``body_limits`` maps path prefixes to bytes.
    """
    app = FastAPI(
        title="Hongyan",
        version=version,
        lifespan=lifespan,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=_operation_id,
    )
    add_error_handlers(app)
    for error, handler in (error_handlers or {}).items():
        app.add_exception_handler(error, handler)
    for router in (*vendor_routers, *console_routers):
        app.include_router(router)
    _add_document(app, VENDOR_OPENAPI, "Hongyan API", vendor_routers)
    _add_document(app, CONSOLE_OPENAPI, "Hongyan console", console_routers)
    # The last one added is the outermost.
    app.add_middleware(BodyDigest)
    app.add_middleware(BodyLimit, limits=body_limits)
    app.add_middleware(ExtraHeaders)
    app.add_middleware(RequestId)
    return app


def _add_document(app: FastAPI, path: str, title: str, routers: Sequence[APIRouter]) -> None:
    """Serve the OpenAPI document of some routers, made at the first request."""
    made: dict[str, Any] = {}

    async def document() -> JSONResponse:
        if not made:
            made.update(openapi_of(routers, title=title, version=app.version))
        return JSONResponse(made)

    app.add_api_route(path, document, include_in_schema=False)


def openapi_of(routers: Sequence[APIRouter], *, title: str, version: str) -> dict[str, Any]:
    """Return the OpenAPI document of some routers; operation ids are the endpoints' function names."""
    part = FastAPI(title=title, version=version, generate_unique_id_function=_operation_id)
    for router in routers:
        part.include_router(router)
    return part.openapi()


def _operation_id(route: APIRoute) -> str:
    return route.name
