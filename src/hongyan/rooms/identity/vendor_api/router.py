"""What the process takes from here: the ``/v3`` endpoints and the envelopes of identity's refusals."""

from fastapi import APIRouter

from hongyan.kernel.db.database import Database
from hongyan.kernel.http.app import ErrorHandler
from hongyan.rooms.identity.errors import GatewayRefused, KeystoneRefused
from hongyan.rooms.identity.service.door import IdentityService
from hongyan.rooms.identity.vendor_api.auth import VendorAuth, gateway_refused
from hongyan.rooms.identity.vendor_api.keystone import keystone_refused, keystone_router


def vendor_router(db: Database, service: IdentityService, auth: VendorAuth) -> APIRouter:
    """Return the ``/v3`` endpoints."""
    return keystone_router(db, service, auth)


def error_handlers() -> dict[type[Exception], ErrorHandler]:
    """Return the handlers for ``create_app``: the gateway's 401 and Keystone's errors."""
    return {GatewayRefused: gateway_refused, KeystoneRefused: keystone_refused}
