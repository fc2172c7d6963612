"""Shortcut keys: list, details, create, change, freeze, urge."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path

from hongyan.kernel.db.database import Database
from hongyan.rooms.identity.contracts import Actor, Auth
from hongyan.rooms.service_accounts.console_api.bodies import AccountReasonBody, reason_of
from hongyan.rooms.service_accounts.console_api.shortcut_views import (
    ShortcutBody,
    ShortcutChangeBody,
    ShortcutDetail,
    ShortcutList,
    ShortcutView,
)
from hongyan.rooms.service_accounts.console_api.views import ApprovalName, Limit, Offset, StateName, Word, state_of
from hongyan.rooms.service_accounts.contracts.accounts import Approval
from hongyan.rooms.service_accounts.contracts.lists import ShortcutFilter, ShortcutSort, Window
from hongyan.rooms.service_accounts.service.door import ServiceAccountsService

Key = Annotated[str, Path(max_length=64, pattern=r"^[^\x00]*$")]


def shortcuts_router(db: Database, service: ServiceAccountsService, auth: Auth) -> APIRouter:
    """Return the endpoints of shortcut keys."""
    router = APIRouter(prefix="/console/api/shortcuts", tags=["service accounts"])
    caller = Annotated[Actor, Depends(auth.console)]
    scenes = service.shortcuts

    @router.get("", operation_id="console_list_shortcuts")
    async def list_shortcuts(
        *,
        actor: caller,
        sign: Word = None,
        state: StateName | None = None,
        approval: ApprovalName | None = None,
        begin: datetime | None = None,
        end: datetime | None = None,
        sort: ShortcutSort = "-created_at",
        offset: Offset = 0,
        limit: Limit = 20,
    ) -> ShortcutList:
        """List scenes; signatures match in part, the times are those of creation."""
        wanted = ShortcutFilter(
            sign=sign or None,
            state=state_of(state),
            approval=None if approval is None else Approval[approval.upper()],
        )
        async with db.begin() as uow:
            page = await scenes.list_shortcuts(uow, actor, wanted, Window(offset, limit, begin, end, sort))
            said = await scenes.list_verdicts(uow, actor, [one for one, _ in page.items])
        return ShortcutList(items=[ShortcutView.of(one, now, said) for one, now in page.items], total=page.total)

    async def shown(actor: Actor, shortcut_id: str) -> ShortcutDetail:
        async with db.begin() as uow:
            return ShortcutDetail.of(await scenes.show(uow, actor, shortcut_id))

    @router.post("", operation_id="console_create_shortcut", status_code=201)
    async def create(actor: caller, body: ShortcutBody) -> ShortcutView:
        """Hand in a scene; phones show it once it is approved."""
        async with db.begin() as uow:
            made = await scenes.create(uow, actor, body.form())
        return (await shown(actor, made.shortcut_id)).shortcut

    @router.get("/{shortcut_id}", operation_id="console_show_shortcut")
    async def show(actor: caller, shortcut_id: Key) -> ShortcutDetail:
        """Show a scene with what the desk said."""
        return await shown(actor, shortcut_id)

    @router.put("/{shortcut_id}", operation_id="console_change_shortcut")
    async def change(actor: caller, shortcut_id: Key, body: ShortcutChangeBody) -> ShortcutView:
        """Hand in a change; it takes effect when it is approved."""
        reason = reason_of(body.change_reason)
        async with db.begin() as uow:
            await scenes.change(uow, actor, shortcut_id, body.form(), reason)
        return (await shown(actor, shortcut_id)).shortcut

    @router.post("/{shortcut_id}/freeze", operation_id="console_freeze_shortcut")
    async def freeze(actor: caller, shortcut_id: Key, body: AccountReasonBody) -> ShortcutView:
        """Take the keys off all phones at once."""
        async with db.begin() as uow:
            await scenes.freeze(uow, actor, shortcut_id, reason_of(body.change_reason))
        return (await shown(actor, shortcut_id)).shortcut

    @router.post("/{shortcut_id}/unfreeze", operation_id="console_unfreeze_shortcut")
    async def unfreeze(actor: caller, shortcut_id: Key, body: AccountReasonBody) -> ShortcutView:
        """Ask for frozen keys to be shown again; a review decides."""
        async with db.begin() as uow:
            await scenes.unfreeze(uow, actor, shortcut_id, reason_of(body.change_reason))
        return (await shown(actor, shortcut_id)).shortcut

    @router.post("/{shortcut_id}/urge", operation_id="console_urge_shortcut", status_code=204)
    async def urge(actor: caller, shortcut_id: Key) -> None:
        """Remind the review desk (催审)."""
        async with db.begin() as uow:
            await scenes.urge(uow, actor, shortcut_id)

    return router
