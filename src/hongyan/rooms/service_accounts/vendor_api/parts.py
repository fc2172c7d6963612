"""Endpoints of menus and home pages: list, change, urge."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from hongyan.kernel.db.database import Uow
from hongyan.rooms.identity.contracts import Actor, Permission
from hongyan.rooms.service_accounts.contracts.accounts import MenuForm, PartKind, PortalForm, State
from hongyan.rooms.service_accounts.contracts.lists import PartFilter
from hongyan.rooms.service_accounts.vendor_api import answers, shapes
from hongyan.rooms.service_accounts.vendor_api.bodies import UpdateMenuBody, UpdatePortalBody
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

IdQuery = Annotated[str | None, Query(max_length=32, pattern="^[0-9a-fA-F]*$")]


def menus_router(doors: Doors) -> APIRouter:
    """Return the endpoints of menus."""
    router, parts = APIRouter(prefix="/menus"), doors.service.parts
    Signed = Annotated[Actor, Depends(doors.auth.vendor)]  # noqa: N806 - a type

    @router.get("", operation_id="list_menus")
    async def list_menus(
        actor: Signed,
        menu_id: IdQuery = None,
        pub_id: IdQuery = None,
        pub_name: NameQuery = None,
        menu_name: Annotated[str | None, Query(max_length=50, pattern="^[^\\x00]*$")] = None,
        online_begin_time: TimeQuery = None,
        online_end_time: TimeQuery = None,
        state: StateQuery = None,
        offset: Offset = 0,
        limit: Limit = 10,
    ) -> shapes.MenuList:
        """List menus, newest first; ``menu_name`` is a part of a first-level name."""
        wanted = PartFilter(
            part_id=menu_id.lower() if menu_id else None,
            pub_id=pub_id.lower() if pub_id else None,
            pub_name=pub_name or None,
            title=menu_name or None,
            state=State(state) if state else None,
        )
        names = ("online_begin_time", "online_end_time")
        span = window(offset, limit, online_begin_time, online_end_time, names)
        async with doors.db.begin() as uow:
            tenant, page = await parts.list_parts(uow, actor, PartKind.MENU, wanted, span)
            links = await doors.service.pictures.links(uow, tenant.id, {row.pub.shown.logo for row in page.items})
        rows = [
            answers.menu(row, form, tenant, links) for row in page.items if isinstance(form := row.part.shown, MenuForm)
        ]
        return {"data": {"data": rows, "page_info": paging(page)}}

    @router.put("/{menu_id}", operation_id="update_menu")
    async def update_menu(request: Request, actor: Signed, menu_id: IdPath, body: UpdateMenuBody) -> shapes.UpdatedMenu:
        """Hand in other menus; they take effect when they are approved."""

        async def act(uow: Uow) -> shapes.UpdatedMenu:
            form = body.menu.form()
            _, row = await parts.update_part(uow, actor, PartKind.MENU, menu_id, form, body.change_reason)
            return {"data": {"menu_id": row.part.part_id, "log_id": str(row.part.log_id)}}

        answer: shapes.UpdatedMenu = await doors.change(request, actor, Permission.MENU_EDIT, act)
        return answer

    @router.post("/{menu_id}/push", operation_id="push_menu_info")
    async def push_menu(request: Request, actor: Signed, menu_id: IdPath) -> shapes.Pushed:
        """Urge the review of menus whose service account has passed."""

        async def act(uow: Uow) -> shapes.Pushed:
            return answers.pushed(await parts.push_part(uow, actor, PartKind.MENU, menu_id))

        answer: shapes.Pushed = await doors.change(request, actor, Permission.MENU_EDIT, act)
        return answer

    return router


def portals_router(doors: Doors) -> APIRouter:
    """Return the endpoints of home pages."""
    router, parts = APIRouter(prefix="/portals"), doors.service.parts
    Signed = Annotated[Actor, Depends(doors.auth.vendor)]  # noqa: N806 - a type

    @router.get("", operation_id="list_portal_infos")
    async def list_portals(
        actor: Signed,
        pub_name: NameQuery = None,
        begin_time: TimeQuery = None,
        end_time: TimeQuery = None,
        state: StateQuery = None,
        limit: Limit = 10,
        offset: Offset = 0,
    ) -> shapes.PortalList:
        """List home pages, newest first; the times are those of going online."""
        wanted = PartFilter(pub_name=pub_name or None, state=State(state) if state else None)
        span = window(offset, limit, begin_time, end_time, ("begin_time", "end_time"))
        async with doors.db.begin() as uow:
            tenant, page = await parts.list_parts(uow, actor, PartKind.PORTAL, wanted, span)
            shown = [(row, form) for row in page.items if isinstance(form := row.part.shown, PortalForm)]
            ids = {one for _, form in shown for one in answers.portal_pictures(form)}
            links = await doors.service.pictures.links(uow, tenant.id, ids)
        rows = [answers.portal(row, form, tenant, links) for row, form in shown]
        return {"data": {"portals": rows, "page_info": paging(page)}}

    @router.put("/{portal_id}", operation_id="update_portal_info")
    async def update_portal(
        request: Request, actor: Signed, portal_id: IdPath, body: UpdatePortalBody
    ) -> shapes.UpdatedPortal:
        """Hand in another home page; it takes effect when it is approved. The answer shows what was handed in."""

        async def act(uow: Uow) -> shapes.UpdatedPortal:
            form = body.form()
            tenant, row = await parts.update_part(uow, actor, PartKind.PORTAL, portal_id, form, body.change_reason)
            links = await doors.service.pictures.links(uow, tenant.id, answers.portal_pictures(form))
            return {"data": {"portal": answers.portal(row, form, tenant, links)}}

        answer: shapes.UpdatedPortal = await doors.change(request, actor, Permission.PORTAL_EDIT, act)
        return answer

    @router.post("/{portal_id}/push", operation_id="push_portal_info")
    async def push_portal(request: Request, actor: Signed, portal_id: IdPath) -> shapes.Pushed:
        """Urge the review of a home page whose service account has passed."""

        async def act(uow: Uow) -> shapes.Pushed:
            return answers.pushed(await parts.push_part(uow, actor, PartKind.PORTAL, portal_id))

        answer: shapes.Pushed = await doors.change(request, actor, Permission.PORTAL_EDIT, act)
        return answer

    return router
