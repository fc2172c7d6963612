"""Who sends this request? An AK/SK signature or an ``X-Auth-Token`` says.

Needs the middleware ``BodyDigest`` in front. Source: api.md of the requirements §1.
"""

from collections import OrderedDict
from contextlib import suppress
from functools import partial
from typing import Generic, TypeVar

from fastapi import Request
from starlette.datastructures import Headers
from starlette.responses import JSONResponse, Response

from hongyan.kernel import log
from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Database
from hongyan.kernel.http.limits import Limits, Rates, kind_of
from hongyan.kernel.http.strict import require_sound
from hongyan.kernel.ids import TenantId
from hongyan.rooms.identity.contracts import Actor, Signer, Tenant, Token, User, Via
from hongyan.rooms.identity.errors import ForeignProject, GatewayRefused
from hongyan.rooms.identity.rules import signatures
from hongyan.rooms.identity.service.access import require_active, require_project_scope
from hongyan.rooms.identity.service.door import IdentityService

_REMEMBER_S = 1.5
"""A disabled key, user or tenant is refused within two seconds, in every process."""
_REMEMBER_ENTRIES = 4096
_TRUST_S = 600.0
"""A proof that held is still heard this long while its client's address fails too often with others."""
T = TypeVar("T")


class VendorAuth:
    """The proof of identity at the vendor's doors; its methods are FastAPI dependencies."""

    def __init__(self, db: Database, service: IdentityService, clock: Clock, limits: Limits | None = None) -> None:
        """Open own transactions on ``db``: a counted failure outlives the refused request.

        Without ``limits`` everybody may ask as much as they like.
        """
        self._db = db
        self._access = service.access
        self._rates = service.rates
        self._clock = clock
        self._limits = limits
        self._signers = _Recent[Signer](clock)
        self._tokens = _Recent[Token](clock)
        self._trusted = _Recent[bool](clock, _TRUST_S)
        self._tenant_rates = _Recent[Rates](clock)

    async def vendor(self, request: Request) -> Actor:
        """Return who sends a request to the message service: project-scoped.

        Raises:
            GatewayRefused: neither a good signature nor a good token.
            TenantSuspended: the account is suspended.
            ForeignProject: ``X-Project-Id`` names somebody else's project.
            Throttled: the tenant asks too often, or too much at once.
            InvalidInput: body, query or path are not what any operation could take.
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
        proof = _proof_of(request)
        address = request.client.host if request.client else None
        if self._limits is not None and not self._trusted.find(proof)[0]:
            self._limits.hear_stranger(address)
        try:
            tenant, actor, token = await self._prove(request)
        except GatewayRefused:
            if self._limits is not None:
                self._limits.note_stranger(address)
            raise
        self._trusted.keep(proof, True)
        require_active(tenant)
        log.bind(tenant_id=tenant.id)
        if self._limits is not None:
            await self._take_turn(request, tenant.id, self._limits)
        require_sound(request)
        return tenant, actor, token

    async def _prove(self, request: Request) -> tuple[Tenant, Actor, Token | None]:
        if request.headers.get("authorization"):
            signer = await self._check_signature(request)
            return signer.tenant, _actor(request, signer.user, "aksk"), None
        if text := request.headers.get("x-auth-token", "").strip():
            token = self._access.check_token(await self._find_token(text))
            return token.tenant, _actor(request, token.user, "token"), token
        raise GatewayRefused(detail="x-auth-token not found")

    async def _take_turn(self, request: Request, tenant_id: TenantId, limits: Limits) -> None:
        """Count the request, and wait for a place that is given back when the answer begins."""
        known, rates = self._tenant_rates.find(tenant_id)
        if not known:
            async with self._db.begin() as uow:
                rates = await self._rates.find(uow, tenant_id, limits.rates)
            self._tenant_rates.keep(tenant_id, rates)
        kind = kind_of(request.method, request.url.path)
        limits.take(tenant_id, request.scope.get("endpoint"), kind, rates)
        await limits.turns.take(tenant_id)
        request.state.afterwards.append(partial(limits.turns.give, tenant_id))

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

    def __init__(self, clock: Clock, keep_s: float = _REMEMBER_S) -> None:
        self._clock = clock
        self._keep_s = keep_s
        self._entries: OrderedDict[str, tuple[float, T | None]] = OrderedDict()

    def find(self, key: str) -> tuple[bool, T | None]:
        """Return whether an answer is known, and the answer."""
        until, answer = self._entries.get(key, (0.0, None))
        return (True, answer) if self._clock.monotonic() < until else (False, None)

    def keep(self, key: str, answer: T | None) -> None:
        self._entries[key] = (self._clock.monotonic() + self._keep_s, answer)
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


def _proof_of(request: Request) -> str:
    """Return what names the caller's claim: the access key, or the token."""
    authorization = request.headers.get("authorization")
    if authorization is None:
        return "token " + request.headers.get("x-auth-token", "").strip()
    return "key " + authorization.partition("Access=")[2].partition(",")[0].strip()


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
