"""The application for ``/handset/v1/service-account``, its taps, and ``/sa/media/…`` on the links port.

A vendor's call is proven first, in a transaction of its own: its nonce is used up even when what follows is refused.
Source: docs/protocols/handset.md §3.4 and §3.5.
"""

from typing import Any, TypeVar

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hongyan.kernel.db.database import Database
from hongyan.kernel.errors import HongyanError
from hongyan.rooms.handsets.contracts import SignedCall, VendorAccount
from hongyan.rooms.handsets.errors import CallMalformed, CallNotProven
from hongyan.rooms.handsets.service import HandsetsService
from hongyan.rooms.service_accounts.public_web.words import AccountCall, TapsCall, account, pictures_of, shortcuts
from hongyan.rooms.service_accounts.service.door import ServiceAccountsService

PATHS = ("/handset/v1/service-account", "/sa")
"""Beginnings of the paths that belong here."""
MOUNT = "sa"

T = TypeVar("T")
_MAX_BODY_BYTES = 512 * 1024
_NOT_FOUND = 404


def create_public_web(db: Database, service: ServiceAccountsService, handsets: HandsetsService) -> Starlette:
    """Return the application; hand it everything below :data:`PATHS`, paths unchanged."""
    door = _Door(db, service, handsets)
    routes = [
        Route("/handset/v1/service-account", door.find, methods=["POST"]),
        Route("/handset/v1/service-account-taps", door.taps, methods=["POST"]),
        Route("/sa/media/{token}", door.picture, methods=["GET"]),
    ]
    return Starlette(routes=routes, exception_handlers={HongyanError: _refused})


async def _refused(_request: Request, error: Exception) -> Response:
    """Answer a refusal in the interface's words."""
    if not isinstance(error, HongyanError):
        raise error
    body = {"error": error.code.partition(".")[2], "message": error.text("en")}
    if isinstance(error, CallNotProven):
        body["reason"] = str(error.params["reason"])
    return JSONResponse(body, error.status, headers={"Cache-Control": "no-store"})


class _Door:
    def __init__(self, db: Database, service: ServiceAccountsService, handsets: HandsetsService) -> None:
        self._db = db
        self._service = service
        self._handsets = handsets

    async def find(self, request: Request) -> Response:
        """Say which account and which shortcut keys a handset shows with a message."""
        _, body = await self._proven(request)
        call = _decode(body, AccountCall)
        async with self._db.begin() as uow:
            shown = await self._service.find_for_message(
                uow, signature=call.signature, channel_number=call.number, place=call.place()
            )
            links = await self._service.pictures.links(uow, shown.tenant_id, pictures_of(shown)) if shown else {}
            keys = await self._service.shortcuts.find_for_message(uow, signature=call.signature, place=call.place())
        answer: dict[str, Any] = {"request_id": call.request_id, "result": "none"}
        if shown is not None:
            answer |= {"result": "account", "account": account(shown, links)}
        if keys is not None and keys.live is not None:
            answer["shortcuts"] = shortcuts(keys.shortcut_id, keys.live)
        return JSONResponse(answer, headers={"Cache-Control": "no-store"})

    async def taps(self, request: Request) -> Response:
        """Count what was tapped."""
        vendor, body = await self._proven(request)
        taps = _decode(body, TapsCall).to_taps()
        async with self._db.begin() as uow:
            counts = await self._service.taps.record(uow, vendor.vendor, taps)
        return JSONResponse(msgspec.to_builtins(counts), headers={"Cache-Control": "no-store"})

    async def picture(self, request: Request) -> Response:
        """Show a picture to whoever has a link that has not expired; it is an image and nothing else."""
        found = await self._service.pictures.open_link(request.path_params["token"])
        if found is None:
            return Response(status_code=_NOT_FOUND, headers={"Cache-Control": "no-store"})
        media_type, data, left_s = found
        headers = {
            "Cache-Control": f"private, max-age={left_s}",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Content-Disposition": "inline",
            "X-Content-Type-Options": "nosniff",
            "X-Robots-Tag": "noindex",
            "Cross-Origin-Resource-Policy": "cross-origin",
        }
        return Response(data, media_type=media_type, headers=headers)

    async def _proven(self, request: Request) -> tuple[VendorAccount, bytes]:
        body = await _read(request)
        headers = {name.lower(): value for name, value in request.headers.items()}
        path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        async with self._db.begin() as uow:
            vendor = await self._handsets.prove(uow, SignedCall(request.method, path, headers, body))
        return vendor, body


def _decode(body: bytes, call_type: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=call_type)
    except msgspec.MsgspecError as error:
        raise CallMalformed("body", reason=str(error), reason_zh=str(error)) from error


async def _read(request: Request) -> bytes:
    parts = bytearray()
    async for part in request.stream():
        parts += part
        if len(parts) > _MAX_BODY_BYTES:
            raise CallMalformed("body", reason="too large", reason_zh="过大")
    return bytes(parts)
