"""All of carriers' console endpoints under ``/console/api``.

The line knows no people: whoever builds the application says who may look and who may act, and writes the audit log.
"""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Depends

from hongyan.kernel.db.database import Database
from hongyan.rooms.carriers.console_api.channels import Note, channels_router
from hongyan.rooms.carriers.console_api.numbers import NamesOf, numbers_router
from hongyan.rooms.carriers.service import CarriersService


def console_router(
    *,
    db: Database,
    service: CarriersService,
    may_look: Callable[..., Awaitable[object]],
    may_edit: Callable[..., Awaitable[object]],
    note: Note,
    names_of: NamesOf,
) -> APIRouter:
    """Return the endpoints of channels and channel numbers; ``may_edit`` returns who acts, for ``note``."""
    router = APIRouter(prefix="/console/api", dependencies=[Depends(may_look)])
    router.include_router(channels_router(db, service, may_edit, note))
    router.include_router(numbers_router(db, service, may_edit, note, names_of))
    return router
