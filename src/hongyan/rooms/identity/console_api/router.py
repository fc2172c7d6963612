"""All of identity's console endpoints under ``/console/api``."""

from fastapi import APIRouter

from hongyan.kernel.db.database import Database
from hongyan.rooms.identity.console_api.account import account_router, keys_router, users_router
from hongyan.rooms.identity.console_api.audit import audit_router
from hongyan.rooms.identity.console_api.auth import ConsoleAuth
from hongyan.rooms.identity.console_api.platform import tenants_router
from hongyan.rooms.identity.console_api.security import security_router
from hongyan.rooms.identity.console_api.session import session_router
from hongyan.rooms.identity.contracts import Auth
from hongyan.rooms.identity.service.door import IdentityService


def console_router(
    db: Database,
    service: IdentityService,
    auth: Auth,
    sessions: ConsoleAuth,
    *,
    demo: bool,
    handset_url: str | None = None,
) -> APIRouter:
    """Return the endpoints; the session shows ``demo`` and its ``handset_url``, so that every page can say it."""
    router = APIRouter(prefix="/console/api")
    router.include_router(session_router(db, service, sessions, demo=demo, handset_url=handset_url))
    router.include_router(security_router(db, service, sessions))
    for part in (keys_router, account_router, users_router, tenants_router, audit_router):
        router.include_router(part(db, service, auth))
    return router
