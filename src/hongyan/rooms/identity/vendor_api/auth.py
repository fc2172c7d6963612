"""Who sends this request? An AK/SK signature or an ``X-Auth-Token`` says.

Needs the middleware ``BodyDigest`` in front. Source: api.md of the requirements §1.
"""

from collections import OrderedDict
from contextlib import suppress
from typing import Generic, TypeVar

from fastapi import Request
from starlette.datastructures import Headers
from starlette.responses import JSONResponse, Response

from hongyan.kernel import log
from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Database
from hongyan.rooms.identity.contracts import Actor, Signer, Tenant, Token, User, Via
from hongyan.rooms.identity.errors import ForeignProject, GatewayRefused
from hongyan.rooms.identity.rules import signatures
from hongyan.rooms.identity.service.access import require_active, require_project_scope
from hongyan.rooms.identity.service.door import IdentityService

_REMEMBER_S = 1.5
"""A disabled key, user or tenant is refused within two seconds, in every process."""
_REMEMBER_ENTRIES = 4096
T = TypeVar("T")


class VendorAuth:
    """The proof of identity at the vendor's doors; its methods are FastAPI dependencies."""

    def __init__(self, db: Database, service: IdentityService, clock: Clock) -> None:
        """Open own transactions on ``db``: a counted failure outlives the refused request."""
        self._db = db
        self._access = service.access
        self._clock = clock
        self._signers = _Recent[Signer](clock)
        self._tokens = _Recent[Token](clock)

    async def vendor(self, request: Request) -> Actor:
        """Return who sends a request to the message service: project-scoped.

        Raises:
            GatewayRefused: neither a good signature nor a good token.
            TenantSuspended: the account is suspended.
            ForeignProject: ``X-Project-Id`` names somebody else's project.
        """
        tenant, actor, token = await self._identify(request)
        if token is not None:
            require_project_scope(token)
        project_id = request.headers.get("x-project-id", "").strip()
        if project_id and project_id != tenant.project.id:
            raise ForeignProject
        return actor

    async def account(self, request: Request) -> tuple[Tenant, Actor]:
        """Return who asks about their own account, with any good proof."""
        tenant, actor, _ = await self._identify(request)
        return tenant, actor

    async def _identify(self, request: Request) -> tuple[Tenant, Actor, Token | None]:
        token: Token | None = None
        if request.headers.get("authorization"):
            signer = await self._check_signature(request)
            tenant, actor = signer.tenant, _actor(request, signer.user, "aksk")
        elif text := request.headers.get("x-auth-token", "").strip():
            token = self._access.check_token(await self._find_token(text))
            tenant, actor = token.tenant, _actor(request, token.user, "token")
        else:
            raise GatewayRefused(detail="x-auth-token not found")
        require_active(tenant)
        log.bind(tenant_id=tenant.id)
        return tenant, actor, token

    async def _check_signature(self, request: Request) -> Signer:
        headers = _raw_headers(request)
        authorization = signatures.parse_authorization(request.headers["authorization"])
        date = signatures.check_date(headers, self._clock.now())
        signer = self._access.check_signer(await self._find_signer(authorization.ak))
        signed = signatures.SignedRequest(
            method=request.method,
            raw_path=request.scope["raw_path"],
            raw_query=request.scope["query_string"],
            headers=headers,
            body_sha256=await _body_sha256(request),
        )
        try:
            signatures.verify_signature(signed, authorization, date, signer.sk)
        except GatewayRefused:
            self._signers.drop(signer.ak)
            async with self._db.begin() as uow:
                await self._access.note_bad_signature(uow, signer, _actor(request, signer.user, "aksk"))
            raise
        if self._access.needs_note(signer):
            self._signers.drop(signer.ak)
            async with self._db.begin() as uow:
                await self._access.note_good_signature(uow, signer)
        return signer

    async def _find_signer(self, ak: str) -> Signer | None:
        known, signer = self._signers.find(ak)
        if not known:
            async with self._db.begin() as uow:
                signer = await self._access.find_signer(uow, ak)
            self._signers.keep(ak, signer)
        return signer

    async def _find_token(self, text: str) -> Token | None:
        known, token = self._tokens.find(text)
        if not known:
            async with self._db.begin() as uow:
                token = await self._access.find_token(uow, text)
            self._tokens.keep(text, token)
        return token


class _Recent(Generic[T]):
    """Answers of the last moments, also that there is none."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._entries: OrderedDict[str, tuple[float, T | None]] = OrderedDict()

    def find(self, key: str) -> tuple[bool, T | None]:
        """Return whether an answer is known, and the answer."""
        until, answer = self._entries.get(key, (0.0, None))
        return (True, answer) if self._clock.monotonic() < until else (False, None)

    def keep(self, key: str, answer: T | None) -> None:
        self._entries[key] = (self._clock.monotonic() + _REMEMBER_S, answer)
        self._entries.move_to_end(key)
        if len(self._entries) > _REMEMBER_ENTRIES:
            self._entries.popitem(last=False)

    def drop(self, key: str) -> None:
        self._entries.pop(key, None)


async def gateway_refused(request: Request, error: GatewayRefused) -> Response:
    """Answer as the vendor's gateway does. Source: api.md of the requirements §1.2."""
    body = {
        "error_msg": error.text("en"),
        "error_code": error.vendor_code,
        "request_id": request.state.request_id,
    }
    return JSONResponse(body, error.vendor_status)


def _actor(request: Request, user: User, via: Via) -> Actor:
    address = request.client.host if request.client else None
    return Actor(user.tenant_id, user.id, user.name, user.roles, via, address, request.state.request_id)


def _raw_headers(request: Request) -> dict[str, bytes]:
    """Return the raw header values by lower-case name; repeated ones are joined by a comma."""
    raw: dict[str, bytes] = {}
    for name, value in Headers(scope=request.scope).raw:
        key = name.decode("latin-1").lower()
        raw[key] = raw[key] + b"," + value if key in raw else value
    return raw


async def _body_sha256(request: Request) -> str:
    """Return the digest of the raw body, or ``""`` for a body that the client left unsigned (it is not read here)."""
    unsigned = request.headers.get("x-sdk-content-sha256", "").strip() == signatures.UNSIGNED
    if unsigned and request.headers.get("content-length", "0") != "0":
        return ""
    # A form was read before the dependencies run; then the digest has seen all of it.
    with suppress(RuntimeError):
        await request.body()
    digest: str = request.state.body_sha256.hexdigest()
    return digest
