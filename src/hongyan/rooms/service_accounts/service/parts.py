"""Menus and home pages: each reviewed on its own, changed, urged, listed."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import msgspec

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TenantId
from hongyan.kernel.paging import Page
from hongyan.rooms.identity.contracts import Actor, Permission, Tenant
from hongyan.rooms.service_accounts.contracts.accounts import (
    Approval,
    MenuForm,
    Part,
    PartKind,
    PartRow,
    PictureUse,
    PortalForm,
    Pub,
    State,
)
from hongyan.rooms.service_accounts.contracts.lists import PartFilter, Window
from hongyan.rooms.service_accounts.errors import MenuNotFound, NothingToUrge, PortalNotFound, PubNotPassed
from hongyan.rooms.service_accounts.rules import accounts as rules
from hongyan.rooms.service_accounts.rules.menus import check_menus
from hongyan.rooms.service_accounts.rules.portals import check_portal
from hongyan.rooms.service_accounts.service.desk import Desk
from hongyan.rooms.service_accounts.service.pictures import PicturesService
from hongyan.rooms.service_accounts.store import parts as store
from hongyan.rooms.service_accounts.store import pictures as picture_store
from hongyan.rooms.service_accounts.store import pubs as pub_store

EDIT = {PartKind.MENU: Permission.MENU_EDIT, PartKind.PORTAL: Permission.PORTAL_EDIT}
LIST = {PartKind.MENU: Permission.MENU_LIST, PartKind.PORTAL: Permission.PORTAL_LIST}
_TITLES = {PartKind.MENU: "菜单", PartKind.PORTAL: "主页"}


class PartsService:
    """Use cases of menus and home pages."""

    def __init__(self, *, desk: Desk, pictures: PicturesService) -> None:
        """Work with the given parts."""
        self._desk = desk
        self._pictures = pictures

    @staticmethod
    def checked_menu(form: MenuForm) -> MenuForm:
        """Return a menu without fields that its actions do not use; raises ``MenuRefused``."""
        return check_menus(form)

    @staticmethod
    def checked_portal(form: PortalForm) -> PortalForm:
        """Return a home page that keeps the rules; raises ``InvalidInput``."""
        check_portal(form)
        return form

    async def create_part(
        self, uow: Uow, actor: Actor, tenant: Tenant, pub: Pub, kind: PartKind, form: MenuForm | PortalForm
    ) -> str:
        """Hand in a checked part of a new account; returns its id.

        Raises:
            PictureNotFound, PictureUnfit: a picture of a home page.
        """
        await self._check_pictures(uow, tenant.id, form)
        now = self._desk.clock.now()
        part = Part(
            part_id=self._desk.new_id(),
            tenant_id=tenant.id,
            pub_id=pub.pub_id,
            kind=kind,
            approval=Approval.REVIEWING,
            live=None,
            draft=form,
            change_reason="",
            review_id=None,
            log_id=0,
            creator=actor.user_name,
            created_at=now,
            oper_at=now,
            online_at=None,
        )
        await store.insert_part(uow, await self._submit(uow, actor, tenant, pub, part))
        return part.part_id

    async def update_part(
        self, uow: Uow, actor: Actor, kind: PartKind, part_id: str, form: MenuForm | PortalForm, reason: str
    ) -> tuple[Tenant, PartRow]:
        """Hand in a change; what is in effect stays so until the change is approved.

        Returns the company and the part as it was handed in.

        Raises:
            MenuNotFound, PortalNotFound: the tenant has none with that id.
            UnderReview: the last submission is not decided yet.
            HongyanError: refusals as for a new one.
        """
        tenant_id = actor.tenant(EDIT[kind])
        checked = check_menus(form) if isinstance(form, MenuForm) else self.checked_portal(form)
        tenant = await self._desk.editor(uow, tenant_id)
        part, pub = await self._find(uow, tenant_id, kind, part_id)
        rules.require_decided(f"{kind.value}_id", part_id, part.approval)
        await self._check_pictures(uow, tenant_id, checked)
        part = await self._submit(uow, actor, tenant, pub, replace(part, draft=checked, change_reason=reason))
        await store.save_part(uow, part)
        await self._desk.note(uow, actor, f"{kind.value}.update", part_id, reason=reason)
        return tenant, PartRow(replace(part, live=checked), pub, rules.part_state(part, pub, is_filed=True))

    async def push_part(self, uow: Uow, actor: Actor, kind: PartKind, part_id: str) -> Part:
        """Remind the review desk (催审).

        Raises:
            MenuNotFound, PortalNotFound: the tenant has none with that id.
            PubNotPassed: the account itself has not passed yet.
            NothingToUrge: the part does not wait for a review.
            UrgedTooSoon: it was urged less than four hours ago.
        """
        tenant_id = actor.tenant(EDIT[kind])
        part, pub = await self._find(uow, tenant_id, kind, part_id)
        if pub.live is None:
            raise PubNotPassed(f"{kind.value}_id")
        if part.approval is not Approval.REVIEWING or part.review_id is None:
            raise NothingToUrge(f"{kind.value}_id", id=part_id)
        await self._desk.urge(uow, actor, tenant_id, part.review_id)
        return part

    async def list_parts(
        self, uow: Uow, actor: Actor, kind: PartKind, wanted: PartFilter, window: Window
    ) -> tuple[Tenant, Page[PartRow]]:
        """Return the company and a page of its menus or home pages, newest first."""
        tenant_id = actor.tenant(LIST[kind])
        tenant = await self._desk.company(uow, tenant_id)
        is_filed = await self._desk.is_filed(uow, tenant_id)
        if not rules.can_match(wanted.state, is_filed=is_filed):
            return tenant, Page((), 0, window.offset, window.limit)
        stored = replace(wanted, state=rules.stored_state(wanted.state, is_filed=is_filed))
        page = await store.list_parts(uow, tenant_id, kind, stored, window)
        rows = tuple(PartRow(part, pub, rules.part_state(part, pub, is_filed=is_filed)) for part, pub in page.items)
        return tenant, Page(rows, page.total, page.offset, page.limit)

    async def list_verdicts(
        self, uow: Uow, actor: Actor, kind: PartKind, found: Iterable[Part]
    ) -> Mapping[str, tuple[bool, str]]:
        """Return by review what was said of the tenant's parts that were not approved."""
        return await self._desk.list_verdicts(uow, actor.tenant(LIST[kind]), found)

    async def review_decided(
        self,
        uow: Uow,
        tenant_id: TenantId,
        kind: PartKind,
        part_id: str,
        *,
        review_id: str,
        is_approved: bool,
    ) -> None:
        """Take a decision in; safe to repeat (key: review id and state)."""
        await picture_store.lock(uow, "tenant", tenant_id)
        part = await store.find_part(uow, tenant_id, kind, part_id, lock=True)
        if part is None or part.review_id != review_id or part.approval is not Approval.REVIEWING:
            return
        now = self._desk.clock.now()
        if not is_approved:
            await store.save_part(uow, replace(part, approval=Approval.REJECTED, oper_at=now))
            return
        await store.save_part(uow, replace(part, approval=Approval.PASSED, live=part.draft, draft=None, oper_at=now))
        pub = await pub_store.find_pub(uow, tenant_id, part.pub_id)
        if pub is not None and pub.state is not State.NOT_EFFECTIVE:
            await store.note_online(uow, tenant_id, pub.pub_id, now)

    async def _find(self, uow: Uow, tenant_id: TenantId, kind: PartKind, part_id: str) -> tuple[Part, Pub]:
        part = await store.find_part(uow, tenant_id, kind, part_id.lower(), lock=True)
        pub = None if part is None else await pub_store.find_pub(uow, tenant_id, part.pub_id)
        if part is None or pub is None:
            refusal = MenuNotFound if kind is PartKind.MENU else PortalNotFound
            raise refusal(f"{kind.value}_id", id=part_id)
        return part, pub

    async def _check_pictures(self, uow: Uow, tenant_id: TenantId, form: MenuForm | PortalForm) -> None:
        if isinstance(form, MenuForm):
            return
        logos = {f"fastapps.{no}.logo_img": (app.logo, PictureUse.FASTAPP_LOGO) for no, app in enumerate(form.fastapps)}
        wanted = {"background_img": (form.background, PictureUse.BG_IMAGE), **logos}
        await self._pictures.require(uow, tenant_id, wanted)

    async def _submit(self, uow: Uow, actor: Actor, tenant: Tenant, pub: Pub, part: Part) -> Part:
        """Hand a part's draft in and return the part as it waits."""
        review_id = await self._desk.submit(
            uow,
            actor,
            tenant,
            noun=part.kind.value,
            subject_id=part.part_id,
            title=f"{pub.shown.name} · {_TITLES[part.kind]}",
            snapshot={
                "pub_id": pub.pub_id,
                "pub_name": pub.shown.name,
                "change_reason": part.change_reason,
                "form": msgspec.to_builtins(part.draft),
                "before": msgspec.to_builtins(part.live),
            },
        )
        return replace(
            part,
            approval=Approval.REVIEWING,
            review_id=review_id,
            log_id=await picture_store.next_log_id(uow),
            oper_at=self._desk.clock.now(),
        )
