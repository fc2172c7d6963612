"""All of SMS's console endpoints under ``/console/api/sms``."""

from fastapi import APIRouter

from hongyan.kernel.db.database import Database
from hongyan.rooms.identity.contracts import Auth
from hongyan.rooms.sms.console_api.answers import answers_router
from hongyan.rooms.sms.console_api.apps import apps_router
from hongyan.rooms.sms.console_api.drafts import Compile, drafts_router
from hongyan.rooms.sms.console_api.signatures import signatures_router
from hongyan.rooms.sms.console_api.templates import templates_router
from hongyan.rooms.sms.service.door import SmsService


def console_router(db: Database, service: SmsService, auth: Auth, *, compile_template: Compile) -> APIRouter:
    """Return the endpoints; ``compile_template`` fills drafts as a send would."""
    router = APIRouter(prefix="/console/api/sms", tags=["sms"])
    # First, so that ``precheck`` is not taken for an id.
    router.include_router(drafts_router(db, service, auth, compile_template))
    for part in (apps_router, signatures_router, templates_router, answers_router):
        router.include_router(part(db, service, auth))
    return router
