"""Endpoints of accounts: create, list, change, freeze, unfreeze."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from hongyan.kernel.db.database import Uow
from hongyan.rooms.identity.contracts import Actor, Permission
from hongyan.rooms.service_accounts.contracts.accounts import Approval, State
from hongyan.rooms.service_accounts.contracts.lists import PubFilter
from hongyan.rooms.service_accounts.vendor_api import answers, shapes
from hongyan.rooms.service_accounts.vendor_api.bodies import CreatePubBody, ReasonBody, UpdatePubBody
from hongyan.rooms.service_accounts.vendor_api.doors import (
    Doors,
    IdPath,
    Limit,
    NameQuery,
    Offset,
    StateQuery,
    TimeQuery,
    paging,
    window,
)


def pubs_router(doors: Doors) -> APIRouter:
    """Return the endpoints."""
    router, accounts = APIRouter(), doors.service.accounts
    Signed = Annotated[Actor, Depends(doors.auth.vendor)]  # noqa: N806 - a type

    @router.post("/unify/pubs", operation_id="create_pub_info")
    async def create_pub(request: Request, actor: Signed, body: CreatePubBody) -> shapes.CreatedPubAnswer:
        """Hand in a service account with its home page and menus; each is reviewed on its own."""

        async def act(uow: Uow) -> shapes.CreatedPubAnswer:
            pub, portal, menu = body.pub_request_body, body.portal_request_body, body.menu_request_body.menu
            made = await accounts.create_pub(uow, actor, pub.form(), portal.form(), menu.form())
            return answers.created(made)

        answer: shapes.CreatedPubAnswer = await doors.change(request, actor, Permission.PUB_EDIT, act)
        return answer

    @router.get("/pubs", operation_id="list_pub_infos")
    async def list_pubs(
        actor: Signed,
        pub_name: NameQuery = None,
        state: StateQuery = None,
        start_time: TimeQuery = None,
        end_time: TimeQuery = None,
        industry: Annotated[str | None, Query(pattern="^([1-9]|1[01])?$")] = None,
        approve_state: Annotated[int | None, Query(ge=1, le=3)] = None,
        offset: Offset = 0,
        limit: Limit = 10,
    ) -> shapes.PubList:
        """List service accounts, newest first; the times are those of going online."""
        wanted = PubFilter(
            name=pub_name or None,
            state=State(state) if state else None,
            approval=Approval(approve_state) if approve_state else None,
            industry=int(industry) if industry else None,
        )
        span = window(offset, limit, start_time, end_time, ("start_time", "end_time"))
        async with doors.db.begin() as uow:
            tenant, page = await accounts.list_pubs(uow, actor, wanted, span)
            shown = answers.pub_pictures(pub for pub, _ in page.items)
            links = await doors.service.pictures.links(uow, tenant.id, shown)
        rows = [answers.pub(pub, now, tenant, links) for pub, now in page.items]
        return {"data": {"data": rows, "page_info": paging(page)}}

    @router.post("/pubs/{pub_id}", operation_id="update_pub_info")
    async def update_pub(request: Request, actor: Signed, pub_id: IdPath, body: UpdatePubBody) -> shapes.UpdatedPub:
        """Hand in a change; it takes effect when it is approved."""

        async def act(uow: Uow) -> shapes.UpdatedPub:
            pub = await accounts.update_pub(uow, actor, pub_id, body.change(), body.change_reason)
            return {"data": {"data": {"pub_update_log_id": str(pub.log_id)}}}

        answer: shapes.UpdatedPub = await doors.change(request, actor, Permission.PUB_EDIT, act)
        return answer

    @router.post("/pubs/{pub_id}/freeze", operation_id="freeze_pub")
    async def freeze_pub(request: Request, actor: Signed, pub_id: IdPath, body: ReasonBody) -> shapes.FrozenPub:
        """Take a service account off all phones at once."""

        async def act(uow: Uow) -> shapes.FrozenPub:
            return answers.frozen(await accounts.freeze_pub(uow, actor, pub_id, body.change_reason))

        answer: shapes.FrozenPub = await doors.change(request, actor, Permission.PUB_EDIT, act)
        return answer

    @router.post("/pubs/{pub_id}/unfreeze", operation_id="unfreeze_pub")
    async def unfreeze_pub(request: Request, actor: Signed, pub_id: IdPath, body: ReasonBody) -> shapes.FrozenPub:
        """Ask for a frozen service account to be shown again; a review decides."""

        async def act(uow: Uow) -> shapes.FrozenPub:
            return answers.frozen(await accounts.unfreeze_pub(uow, actor, pub_id, body.change_reason))

        answer: shapes.FrozenPub = await doors.change(request, actor, Permission.PUB_EDIT, act)
        return answer

    return router
