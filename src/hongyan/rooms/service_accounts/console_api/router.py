"""All console endpoints of the room."""

from fastapi import APIRouter

from hongyan.kernel.db.database import Database
from hongyan.rooms.identity.contracts import Auth
from hongyan.rooms.service_accounts.console_api.accounts import accounts_router
from hongyan.rooms.service_accounts.console_api.parts import parts_router
from hongyan.rooms.service_accounts.console_api.pictures import pictures_router
from hongyan.rooms.service_accounts.console_api.ports import ports_router
from hongyan.rooms.service_accounts.console_api.shortcuts import shortcuts_router
from hongyan.rooms.service_accounts.service.door import ServiceAccountsService


def console_router(db: Database, service: ServiceAccountsService, auth: Auth) -> APIRouter:
    """Return the endpoints under ``/console/api/`` + ``service-accounts``, ``channel-numbers`` and ``shortcuts``."""
    router = APIRouter()
    # Accounts last: their ids stand where the others have words.
    for part in (pictures_router, parts_router, ports_router, shortcuts_router, accounts_router):
        router.include_router(part(db, service, auth))
    return router
