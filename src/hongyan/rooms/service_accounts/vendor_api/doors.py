"""What the endpoints of this family share: services, paths, pages, spans."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import Path, Query, Request

from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.errors import InvalidInput
from hongyan.kernel.http.once import Once
from hongyan.kernel.http.vendor import parse_time
from hongyan.kernel.paging import Page
from hongyan.rooms.identity.contracts import Actor, Auth, Permission
from hongyan.rooms.service_accounts.contracts.lists import Window
from hongyan.rooms.service_accounts.service.door import ServiceAccountsService
from hongyan.rooms.service_accounts.vendor_api.shapes import PageInfo

IdPath = Annotated[str, Path(pattern="^[0-9a-fA-F]{32}$")]
Offset = Annotated[int, Query(ge=0, le=2_147_483_647)]
Limit = Annotated[int, Query(ge=1, le=100)]
NameQuery = Annotated[str | None, Query(max_length=15, pattern="^[^\\x00]*$")]
TimeQuery = Annotated[str | None, Query(max_length=40, pattern="^[^\\x00]*$", examples=["2026-11-22T08:00:00Z"])]
StateQuery = Annotated[int | None, Query(ge=1, le=4)]


@dataclass(frozen=True, slots=True)
class Doors:
    """What endpoints need."""

    db: Database
    service: ServiceAccountsService
    auth: Auth
    once: Once

    async def change(
        self,
        request: Request,
        actor: Actor,
        permission: Permission,
        act: Callable[[Uow], Awaitable[Any]],
        *,
        body: bytes | None = None,
    ) -> Any:
        """Run what changes something once per idempotency key; permission first, a kept answer is not free."""
        return await self.once.run(request, actor.tenant(permission), act, body=body)


def window(offset: int, limit: int, begin: str | None, end: str | None, names: tuple[str, str]) -> Window:
    """Return a page and its time filter; one end alone is fine.

    Raises:
        InvalidInput: no times, or in the wrong order.
    """
    first: datetime | None = parse_time(begin, names[0]) if begin else None
    last: datetime | None = parse_time(end, names[1]) if end else None
    if first and last and first > last:
        raise InvalidInput(names[0], reason=f"is after {names[1]}", reason_zh=f"晚于 {names[1]}")
    return Window(offset, limit, first, last)


def paging(page: Page[Any]) -> PageInfo:
    """Return the paging object of a page."""
    return {"offset": page.offset, "limit": page.limit, "total": page.total}
