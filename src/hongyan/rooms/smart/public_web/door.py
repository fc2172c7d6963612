"""The application for ``/handset/…``, ``/c/…`` and ``/m/…`` on the links port; the redirector mounts it by first word.

Vendors' calls are proven first, in a transaction of their own: a nonce is used up even when what follows is refused.
Source: docs/protocols/handset.md §3.
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
from hongyan.rooms.smart.contracts import Resolved
from hongyan.rooms.smart.public_web.media import MediaFiles
from hongyan.rooms.smart.public_web.pages import CardPages
from hongyan.rooms.smart.public_web.words import EventsCall, ResolveCall, TemplateStateCall
from hongyan.rooms.smart.service.door import SmartService

MOUNTS = ("handset", "c", "m")
"""First words of the paths that belong here."""

T = TypeVar("T")
_MAX_BODY_BYTES = 512 * 1024


def create_public_web(db: Database, service: SmartService, handsets: HandsetsService) -> Starlette:
    """Return the application; mount it under each word of :data:`MOUNTS`, paths unchanged."""
    door = _VendorDoor(db, service, handsets)
    pages = CardPages(db, service)
    media = MediaFiles(service.materials)
    routes = [
        Route("/handset/v1/resolve", door.resolve, methods=["POST"]),
        Route("/handset/v1/events", door.events, methods=["POST"]),
        Route("/handset/v1/template-states", door.template_states, methods=["POST"]),
        Route("/c/preview/{tpl_id}", pages.preview, methods=["GET"]),
        Route("/c/{path:path}", pages.card, methods=["GET"]),
        Route("/m/{name}.svg", pages.picture, methods=["GET"]),
        Route("/m/f/{file}", media.file, methods=["GET"]),
        Route("/m/s/{token}", media.signed, methods=["GET"]),
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


class _VendorDoor:
    """The three calls that handset vendors make."""

    def __init__(self, db: Database, service: SmartService, handsets: HandsetsService) -> None:
        self._db = db
        self._service = service
        self._handsets = handsets

    async def resolve(self, request: Request) -> Response:
        """Give a handset its card, or say why not."""
        account, body = await self._proven(request)
        call = _decode(body, ResolveCall)
        resolved = await self._service.resolve(self._db, account, call.to_request(account.vendor))
        return JSONResponse(_answer(call.request_id, resolved), headers={"Cache-Control": "no-store"})

    async def events(self, request: Request) -> Response:
        """Take in what happened to cards."""
        account, body = await self._proven(request)
        events = _decode(body, EventsCall).to_events()
        async with self._db.begin() as uow:
            counts = await self._handsets.record_events(uow, account.vendor, events)
        return JSONResponse(msgspec.to_builtins(counts))

    async def template_states(self, request: Request) -> Response:
        """Hear what a vendor decided about a template."""
        account, body = await self._proven(request)
        call = _decode(body, TemplateStateCall)
        async with self._db.begin() as uow:
            registration = call.to_registration(account.vendor)
            await self._handsets.note_template_state(uow, call.tpl_id, call.version, registration)
        return JSONResponse({})

    async def _proven(self, request: Request) -> tuple[VendorAccount, bytes]:
        body = await _read(request)
        path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        call = SignedCall(request.method, path, {k.lower(): v for k, v in request.headers.items()}, body)
        async with self._db.begin() as uow:
            account = await self._handsets.prove(uow, call)
        return account, body


async def _read(request: Request) -> bytes:
    parts = bytearray()
    async for part in request.stream():
        parts += part
        if len(parts) > _MAX_BODY_BYTES:
            raise CallMalformed("body", reason="too large", reason_zh="过大")
    return bytes(parts)


def _decode(body: bytes, call_type: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=call_type)
    except msgspec.MsgspecError as error:
        raise CallMalformed("body", reason=str(error), reason_zh=str(error)) from error


def _answer(request_id: str, resolved: Resolved) -> dict[str, Any]:
    if resolved.card is None:
        return {"request_id": request_id, "result": "none", "reason": resolved.why_not}
    return {
        "request_id": request_id,
        "result": "card",
        "expires_at": None if resolved.expires_at is None else resolved.expires_at.isoformat(),
        "card": msgspec.to_builtins(resolved.card),
    }
