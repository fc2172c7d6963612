"""The router of ``/v1/aim-sa``."""

from fastapi import APIRouter

from hongyan.kernel.db.database import Database
from hongyan.kernel.http.once import Once
from hongyan.rooms.identity.contracts import Auth
from hongyan.rooms.service_accounts.service.door import ServiceAccountsService
from hongyan.rooms.service_accounts.vendor_api.doors import Doors
from hongyan.rooms.service_accounts.vendor_api.parts import menus_router, portals_router
from hongyan.rooms.service_accounts.vendor_api.ports import media_router, ports_router
from hongyan.rooms.service_accounts.vendor_api.pubs import pubs_router


def vendor_router(*, db: Database, auth: Auth, service: ServiceAccountsService, once: Once) -> APIRouter:
    """Return the ``/v1/aim-sa`` endpoints."""
    router = APIRouter(prefix="/v1/aim-sa", tags=["service accounts"])
    doors = Doors(db, service, auth, once)
    for part in (pubs_router, menus_router, portals_router, ports_router, media_router):
        router.include_router(part(doors))
    return router
