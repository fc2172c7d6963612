"""Menus and home pages: list, change, urge."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path

from hongyan.kernel.db.database import Database
from hongyan.rooms.identity.contracts import Actor, Auth
from hongyan.rooms.service_accounts.console_api.bodies import (
    AccountMenuChangeBody,
    AccountPortalChangeBody,
    own_fields,
    reason_of,
)
from hongyan.rooms.service_accounts.console_api.views import (
    AccountPartList,
    AccountPartView,
    Limit,
    Offset,
    StateName,
    Word,
    state_of,
    verdict_of,
)
from hongyan.rooms.service_accounts.contracts.accounts import MenuForm, PartKind, PortalForm
from hongyan.rooms.service_accounts.contracts.lists import AccountSort, PartFilter, Window
from hongyan.rooms.service_accounts.service.door import ServiceAccountsService

Key = Annotated[str, Path(max_length=64, pattern=r"^[^\x00]*$")]


def parts_router(db: Database, service: ServiceAccountsService, auth: Auth) -> APIRouter:
    """Return the endpoints of menus and home pages."""
    router = APIRouter(prefix="/console/api/service-accounts", tags=["service accounts"])
    caller = Annotated[Actor, Depends(auth.console)]
    parts = service.parts

    def lister(kind: PartKind) -> Callable[..., object]:
        async def list_parts(
            *,
            actor: caller,
            pub_name: Word = None,
            title: Word = None,
            state: StateName | None = None,
            begin: datetime | None = None,
            end: datetime | None = None,
            sort: AccountSort = "-created_at",
            offset: Offset = 0,
            limit: Limit = 20,
        ) -> AccountPartList:
            """List them; the times are those of going online, ``title`` is of a first-level menu."""
            wanted = PartFilter(pub_name=pub_name or None, title=title or None, state=state_of(state))
            async with db.begin() as uow:
                window = Window(offset, limit, begin, end, sort)
                _, page = await parts.list_parts(uow, actor, kind, wanted, window)
                said = await parts.list_verdicts(uow, actor, kind, [row.part for row in page.items])
            items = [AccountPartView.of(row, verdict=verdict_of(row.part, said)) for row in page.items]
            return AccountPartList(items=items, total=page.total)

        return list_parts

    def pusher(kind: PartKind) -> Callable[..., object]:
        async def push(actor: caller, part_id: Key) -> None:
            """Remind the review desk (催审); the account itself must have passed."""
            async with db.begin() as uow:
                await parts.push_part(uow, actor, kind, part_id)

        return push

    for kind, word in ((PartKind.MENU, "menus"), (PartKind.PORTAL, "portals")):
        router.get(f"/{word}", operation_id=f"console_list_account_{word}")(lister(kind))
        router.post(f"/{word}/{{part_id}}/urge", operation_id=f"console_urge_account_{kind.value}", status_code=204)(
            pusher(kind)
        )

    async def change(
        actor: Actor, kind: PartKind, part_id: str, form: MenuForm | PortalForm, reason: str
    ) -> AccountPartView:
        with own_fields():
            async with db.begin() as uow:
                _, row = await parts.update_part(uow, actor, kind, part_id, form, reason)
        return AccountPartView.of(row, handed_in=True)

    @router.put("/menus/{part_id}", operation_id="console_change_account_menu")
    async def change_menu(actor: caller, part_id: Key, body: AccountMenuChangeBody) -> AccountPartView:
        """Hand in other menus; they take effect when they are approved."""
        return await change(actor, PartKind.MENU, part_id, body.menu(), reason_of(body.change_reason))

    @router.put("/portals/{part_id}", operation_id="console_change_account_portal")
    async def change_portal(actor: caller, part_id: Key, body: AccountPortalChangeBody) -> AccountPartView:
        """Hand in another home page; it takes effect when it is approved."""
        return await change(actor, PartKind.PORTAL, part_id, body.portal(), reason_of(body.change_reason))

    return router
