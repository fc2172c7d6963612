"""The parts of ``/v3`` that clients of the message service need: tokens, the one project, the account.

Errors have Keystone's envelope. Source: api.md of the requirements §1.3, §1.4.
"""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Header, Query, Request
from starlette.responses import JSONResponse, Response

from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.errors import HongyanError, InvalidInput
from hongyan.kernel.http.strict import decode_object
from hongyan.kernel.ids import TenantId
from hongyan.rooms.identity.contracts import PROJECT_NAME, Actor, Tenant, Token, TokenScope, User
from hongyan.rooms.identity.errors import GatewayRefused, KeystoneRefused
from hongyan.rooms.identity.service.access import require_active
from hongyan.rooms.identity.service.door import IdentityService
from hongyan.rooms.identity.vendor_api.auth import VendorAuth
from hongyan.rooms.identity.vendor_api.documents import (
    TOKEN_ANSWER,
    TOKEN_BODY,
    DomainDocument,
    DomainList,
    ProjectDocument,
    ProjectList,
)

_TITLES = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 429: "Too Many Requests"}


class _Named(msgspec.Struct):
    id: str | None = None
    name: str | None = None


class _PasswordUser(msgspec.Struct):
    password: str
    name: str | None = None
    domain: _Named | None = None


class _Password(msgspec.Struct):
    user: _PasswordUser


class _TotpUser(msgspec.Struct):
    passcode: str
    id: str | None = None


class _Totp(msgspec.Struct):
    user: _TotpUser


class _Identity(msgspec.Struct):
    methods: list[str]
    password: _Password | None = None
    totp: _Totp | None = None


class _Scope(msgspec.Struct):
    project: _Named | None = None
    domain: _Named | None = None


class _Auth(msgspec.Struct):
    identity: _Identity
    scope: _Scope | None = None


class _TokenRequest(msgspec.Struct):
    auth: _Auth


def keystone_router(db: Database, service: IdentityService, auth: VendorAuth) -> APIRouter:
    """Return the ``/v3`` endpoints."""
    router = APIRouter(prefix="/v3", tags=["identity"])
    account = Annotated[tuple[Tenant, Actor], Depends(auth.account)]

    @router.post(
        "/auth/tokens", status_code=201, openapi_extra={"requestBody": TOKEN_BODY}, responses={201: TOKEN_ANSWER}
    )
    async def create_token(request: Request) -> JSONResponse:
        """Exchange a password for a token of 24 hours, in the header ``X-Subject-Token``."""
        wanted = _parse(await request.body())
        address = request.client.host if request.client else None
        async with service.sessions.turn(), db.begin() as uow:
            user = await _check_password(service, uow, wanted, address)
            if isinstance(user, User):
                tenant = await service.get_tenant(uow, _tenant_id(user))
                scope = _scope(wanted, tenant)
                text, token = await service.access.issue_token(uow, user, tenant, scope)
                return JSONResponse(_token_body(token), 201, {"X-Subject-Token": text})
        raise user

    @router.get("/auth/tokens", responses={200: TOKEN_ANSWER})
    async def show_token(caller: account, subject: Annotated[str, Header(alias="X-Subject-Token")]) -> JSONResponse:
        """Show what a token of the own account stands for."""
        async with db.begin() as uow:
            token = await service.access.find_token(uow, subject)
        try:
            good = service.access.check_token(token)
        except GatewayRefused:
            raise KeystoneRefused(404, "The token does not exist or has expired.") from None
        if good.tenant.id != caller[0].id:
            raise KeystoneRefused(404, "The token does not exist or has expired.")
        return JSONResponse(_token_body(good), 200, {"X-Subject-Token": subject})

    @router.get("/projects")
    async def list_projects(caller: account, name: Annotated[str | None, Query()] = None) -> ProjectList:
        """Return the account's one project, or nothing when another name is asked for."""
        project = _project_body(caller[0])
        return {"links": {"self": "/v3/projects"}, "projects": [project] if name in {None, project["name"]} else []}

    @router.get("/auth/domains")
    async def list_domains(caller: account) -> DomainList:
        """Return the caller's account."""
        tenant = caller[0]
        domain = DomainDocument(
            id=tenant.domain_id, name=tenant.domain_name, enabled=True, description=tenant.short_name
        )
        return {"links": {"self": "/v3/auth/domains"}, "domains": [domain]}

    return router


async def keystone_refused(request: Request, error: KeystoneRefused) -> Response:
    """Answer as Keystone does; the request id is in the header alone."""
    del request
    title = _TITLES.get(error.http_status, "Bad Request")
    body = {"error": {"code": error.http_status, "message": error.message, "title": title}}
    return JSONResponse(body, error.http_status)


def _parse(body: bytes) -> _TokenRequest:
    try:
        return msgspec.convert(decode_object(body), _TokenRequest)
    except InvalidInput as error:
        raise KeystoneRefused(400, f"Request body is invalid: {error.text('en')}") from None
    except msgspec.ValidationError as error:
        raise KeystoneRefused(400, f"Request body is invalid: {error}") from None


async def _check_password(
    service: IdentityService, uow: Uow, wanted: _TokenRequest, address: str | None
) -> User | KeystoneRefused:
    """Return the user, or the refusal to raise after the commit that counts it."""
    identity = wanted.auth.identity
    methods = set(identity.methods)
    if methods not in ({"password"}, {"password", "totp"}) or identity.password is None:
        raise KeystoneRefused(400, "Only the method password is supported, alone or with totp.")
    person = identity.password.user
    if not person.name or person.domain is None or not person.domain.name:
        raise KeystoneRefused(400, "The user's name and domain name are required.")
    found = await service.sessions.check_password(
        uow,
        person.name,
        person.password,
        code=identity.totp.user.passcode if "totp" in methods and identity.totp is not None else None,
        domain_name=person.domain.name,
        address=address,
    )
    if isinstance(found, HongyanError):
        return KeystoneRefused(found.vendor_status, found.text("en"))
    return found


def _scope(wanted: _TokenRequest, tenant: Tenant) -> TokenScope:
    """Return the scope asked for, the project when none is."""
    require_active(tenant)
    scope = wanted.auth.scope
    if scope is None or (scope.project is None and scope.domain is None):
        return "project"
    if scope.project is not None:
        by_id = scope.project.id is None or scope.project.id == tenant.project.id
        by_name = scope.project.name is None or scope.project.name == PROJECT_NAME
        known = by_id and by_name and (scope.project.id or scope.project.name)
    else:
        domain = scope.domain or _Named()
        by_id = domain.id is None or domain.id == tenant.domain_id
        by_name = domain.name is None or domain.name.lower() == tenant.domain_name.lower()
        known = by_id and by_name and (domain.id or domain.name)
    if not known:
        raise KeystoneRefused(401, "The scope does not exist or is not the user's.")
    return "domain" if scope.project is None else "project"


def _tenant_id(user: User) -> TenantId:
    if user.tenant_id is None:
        raise KeystoneRefused(403, "Users of the platform have no project.")
    return user.tenant_id


def _time(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _domain_body(tenant: Tenant) -> dict[str, str]:
    return {"id": tenant.domain_id, "name": tenant.domain_name}


def _project_body(tenant: Tenant) -> ProjectDocument:
    return {
        "id": tenant.project.id,
        "name": tenant.project.name,
        "domain_id": tenant.domain_id,
        "parent_id": tenant.domain_id,
        "is_domain": False,
        "enabled": True,
        "description": "",
        "links": {"self": f"/v3/projects/{tenant.project.id}"},
    }


def _token_body(token: Token) -> dict[str, Any]:
    domain = _domain_body(token.tenant)
    body: dict[str, Any] = {
        "methods": ["password"],
        "issued_at": _time(token.issued_at),
        "expires_at": _time(token.expires_at),
        "user": {
            "id": token.user.id.replace("-", ""),
            "name": token.user.name,
            "domain": domain,
            "password_expires_at": "",
        },
        "roles": [{"id": role.value, "name": role.value} for role in sorted(token.user.roles)],
        "catalog": [],
    }
    if token.scope == "project":
        body["project"] = {"id": token.tenant.project.id, "name": token.tenant.project.name, "domain": domain}
    else:
        body["domain"] = domain
    return {"token": body}
