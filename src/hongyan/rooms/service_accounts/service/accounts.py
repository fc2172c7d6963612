"""Accounts: created with their menus and home page, changed, frozen, and what the desk decides about them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import msgspec

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TenantId
from hongyan.kernel.paging import Page
from hongyan.rooms.identity.contracts import Actor, Permission, Tenant
from hongyan.rooms.service_accounts.contracts.accounts import (
    Approval,
    Change,
    MenuForm,
    PartKind,
    PartRow,
    PictureUse,
    PortalForm,
    Pub,
    PubChange,
    PubForm,
    PubSheet,
    State,
)
from hongyan.rooms.service_accounts.contracts.lists import PubFilter, Window
from hongyan.rooms.service_accounts.errors import PubNameTaken, PubNotFound, RemarkNeeded
from hongyan.rooms.service_accounts.rules import accounts as rules
from hongyan.rooms.service_accounts.rules.texts import name_key
from hongyan.rooms.service_accounts.service.desk import Desk
from hongyan.rooms.service_accounts.service.parts import PartsService
from hongyan.rooms.service_accounts.service.pictures import PicturesService
from hongyan.rooms.service_accounts.service.ports import PortsService
from hongyan.rooms.service_accounts.store import parts as part_store
from hongyan.rooms.service_accounts.store import pictures as picture_store
from hongyan.rooms.service_accounts.store import pubs as store


@dataclass(frozen=True, slots=True)
class Created:
    """What creating an account made."""

    pub: Pub
    menu_id: str
    portal_id: str


class AccountsService:
    """Use cases of accounts."""

    def __init__(self, *, desk: Desk, pictures: PicturesService, parts: PartsService, ports: PortsService) -> None:
        """Work with the given parts."""
        self._desk = desk
        self._pictures = pictures
        self._parts = parts
        self._ports = ports

    async def create_pub(self, uow: Uow, actor: Actor, form: PubForm, portal: PortalForm, menu: MenuForm) -> Created:
        """Hand in an account, its home page and its menus, each for a review of its own.

        Raises:
            InvalidInput, MenuRefused, RegionUnknown, RegionsOverlap: a field breaks its rule.
            PictureNotFound, PictureUnfit, ProofsTooLarge: a picture.
            PubNameTaken, RemarkNeeded: the name.
            FilingMissing: the filing for service accounts is not approved (also: the service is not open).
        """
        for permission in (Permission.PORTAL_EDIT, Permission.MENU_EDIT):
            actor.require(permission)
        tenant_id = actor.tenant(Permission.PUB_EDIT)
        checked = rules.check_pub(form)
        portal, menu = self._parts.checked_portal(portal), self._parts.checked_menu(menu)
        tenant = await self._desk.editor(uow, tenant_id)
        await self._check_pictures(uow, tenant_id, checked)
        if not checked.industry:
            checked = replace(checked, industry=await self._desk.filed_industry(uow, tenant_id))
        now = self._desk.clock.now()
        pub = Pub(
            pub_id=self._desk.new_id(),
            tenant_id=tenant_id,
            state=State.NOT_EFFECTIVE,
            approval=Approval.REVIEWING,
            live=None,
            draft=checked,
            change=Change.CREATE,
            change_reason="",
            review_id=None,
            review_desc="",
            log_id=0,
            created_at=now,
            oper_at=now,
            online_at=None,
        )
        await self._check_name(uow, pub, checked)
        pub = await self._submit(uow, actor, tenant, pub)
        await store.insert_pub(uow, pub, live_key=None, draft_key=name_key(checked.name))
        menu_id = await self._parts.create_part(uow, actor, tenant, pub, PartKind.MENU, menu)
        portal_id = await self._parts.create_part(uow, actor, tenant, pub, PartKind.PORTAL, portal)
        await self._desk.note(uow, actor, "pub.create", pub.pub_id, name=checked.name)
        return Created(pub, menu_id, portal_id)

    async def update_pub(self, uow: Uow, actor: Actor, pub_id: str, change: PubChange, reason: str) -> Pub:
        """Hand in a change; what is in effect stays so until the change is approved.

        Raises:
            PubNotFound: the tenant has none with that id.
            UnderReview: the last submission is not decided yet.
            HongyanError: refusals as for a new account.
        """
        tenant_id = actor.tenant(Permission.PUB_EDIT)
        tenant = await self._desk.editor(uow, tenant_id)
        pub = await self.find(uow, tenant_id, pub_id, lock=True)
        rules.require_decided("pub_id", pub_id, pub.approval)
        form = rules.check_pub(rules.changed(pub.shown, change))
        await self._check_pictures(uow, tenant_id, form)
        await self._check_name(uow, pub, form)
        pub = replace(
            pub,
            draft=form,
            change=Change.CREATE if pub.live is None else Change.UPDATE,
            change_reason=reason,
        )
        pub = await self._submit(uow, actor, tenant, pub)
        await self._save(uow, pub)
        await self._desk.note(uow, actor, "pub.update", pub_id, reason=reason)
        return pub

    async def list_verdicts(self, uow: Uow, actor: Actor, found: Iterable[Pub]) -> Mapping[str, tuple[bool, str]]:
        """Return by review what was said of the tenant's accounts that were not approved."""
        return await self._desk.list_verdicts(uow, actor.tenant(Permission.PUB_LIST), found)

    async def freeze_pub(self, uow: Uow, actor: Actor, pub_id: str, reason: str) -> Pub:
        """Take an account off all phones at once.

        Raises:
            PubNotFound: the tenant has none with that id.
            PubInWrongState: it is not in effect.
        """
        tenant_id = actor.tenant(Permission.PUB_EDIT)
        await picture_store.lock(uow, "tenant", tenant_id)
        pub = await self.find(uow, tenant_id, pub_id, lock=True)
        rules.require_state(pub, State.EFFECTIVE)
        pub = replace(pub, state=State.FROZEN, change_reason=reason, oper_at=self._desk.clock.now())
        await self._save(uow, pub)
        await self._desk.note(uow, actor, "pub.freeze", pub_id, reason=reason)
        return pub

    async def unfreeze_pub(self, uow: Uow, actor: Actor, pub_id: str, reason: str) -> Pub:
        """Ask for a frozen account to be shown again; a review decides.

        Raises:
            PubNotFound: the tenant has none with that id.
            PubInWrongState: it is not frozen.
            UnderReview: the last submission is not decided yet.
        """
        tenant_id = actor.tenant(Permission.PUB_EDIT)
        tenant = await self._desk.editor(uow, tenant_id)
        pub = await self.find(uow, tenant_id, pub_id, lock=True)
        rules.require_state(pub, State.FROZEN)
        rules.require_decided("pub_id", pub_id, pub.approval)
        pub = replace(pub, draft=None, change=Change.UNFREEZE, change_reason=reason)
        pub = await self._submit(uow, actor, tenant, pub)
        await self._save(uow, pub)
        await self._desk.note(uow, actor, "pub.unfreeze", pub_id, reason=reason)
        return pub

    async def list_pubs(
        self, uow: Uow, actor: Actor, wanted: PubFilter, window: Window
    ) -> tuple[Tenant, Page[tuple[Pub, State]]]:
        """Return the company and a page of its accounts with the states to show, newest first."""
        tenant_id = actor.tenant(Permission.PUB_LIST)
        tenant = await self._desk.company(uow, tenant_id)
        is_filed = await self._desk.is_filed(uow, tenant_id)
        if not rules.can_match(wanted.state, is_filed=is_filed):
            return tenant, Page((), 0, window.offset, window.limit)
        stored = replace(wanted, state=rules.stored_state(wanted.state, is_filed=is_filed))
        page = await store.list_pubs(uow, tenant_id, stored, window)
        items = tuple((pub, rules.pub_state(pub, is_filed=is_filed)) for pub in page.items)
        return tenant, Page(items, page.total, page.offset, page.limit)

    async def show_pub(self, uow: Uow, actor: Actor, pub_id: str) -> PubSheet:
        """Return an account with its parts and their histories.

        Raises:
            PubNotFound: the tenant has none with that id.
        """
        tenant_id = actor.tenant(Permission.PUB_LIST)
        pub = await self.find(uow, tenant_id, pub_id)
        is_filed = await self._desk.is_filed(uow, tenant_id)
        parts = await part_store.list_of_pub(uow, tenant_id, pub.pub_id)
        stories = {pub.pub_id: await self._desk.list_stories(uow, tenant_id, "pub", pub.pub_id)}
        for part in parts:
            stories[part.part_id] = await self._desk.list_stories(uow, tenant_id, part.kind.value, part.part_id)
        rows = tuple(PartRow(part, pub, rules.part_state(part, pub, is_filed=is_filed)) for part in parts)
        return PubSheet(pub, rules.pub_state(pub, is_filed=is_filed), rows, stories)

    async def guide(self, uow: Uow, actor: Actor) -> tuple[Tenant, bool, int]:
        """Return the company, whether its filing is approved, and the industry it filed (0: not filed)."""
        tenant_id = actor.tenant(Permission.PUB_LIST)
        is_filed = await self._desk.is_filed(uow, tenant_id)
        industry = await self._desk.filed_industry(uow, tenant_id) if is_filed else 0
        return await self._desk.company(uow, tenant_id), is_filed, industry

    async def review_decided(
        self, uow: Uow, tenant_id: TenantId, pub_id: str, *, review_id: str, is_approved: bool, reason: str
    ) -> None:
        """Take a decision in; safe to repeat (key: review id and state)."""
        await picture_store.lock(uow, "tenant", tenant_id)
        pub = await store.find_pub(uow, tenant_id, pub_id, lock=True)
        if pub is None or pub.review_id != review_id or pub.approval is not Approval.REVIEWING:
            return
        now = self._desk.clock.now()
        pub = replace(pub, oper_at=now, review_desc=reason)
        if not is_approved:
            await self._save(uow, replace(pub, approval=Approval.REJECTED))
            return
        is_on = pub.state is State.NOT_EFFECTIVE or pub.change is Change.UNFREEZE
        pub = replace(
            pub,
            approval=Approval.PASSED,
            state=State.EFFECTIVE if is_on else pub.state,
            live=pub.draft or pub.live,
            draft=None,
            online_at=pub.online_at or now,
        )
        await self._save(uow, pub)
        await part_store.note_online(uow, tenant_id, pub_id, now)
        await self._ports.collect(uow, pub)

    async def find(self, uow: Uow, tenant_id: TenantId, pub_id: str, *, lock: bool = False) -> Pub:
        """Return an account; raises ``PubNotFound``."""
        pub = await store.find_pub(uow, tenant_id, pub_id.lower(), lock=lock)
        if pub is None:
            raise PubNotFound("pub_id", id=pub_id)
        return pub

    async def _check_pictures(self, uow: Uow, tenant_id: TenantId, form: PubForm) -> None:
        await self._pictures.require(uow, tenant_id, {"logo_img": (form.logo, PictureUse.PUB_LOGO)})
        await self._pictures.require_proofs(uow, tenant_id, form.proofs)

    async def _check_name(self, uow: Uow, pub: Pub, form: PubForm) -> None:
        key = name_key(form.name)
        # Two companies may ask for one name at the same time: the first to get here has it.
        await picture_store.lock(uow, "name", key)
        is_foreign, own = await store.list_namesakes(uow, pub.tenant_id, key, pub.pub_id)
        if is_foreign:
            raise PubNameTaken("pub_name", name=form.name)
        if own and name_key(form.remark) in {"", *(name_key(other.remark) for other in own)}:
            raise RemarkNeeded("pub_remark", name=form.name)

    async def _submit(self, uow: Uow, actor: Actor, tenant: Tenant, pub: Pub) -> Pub:
        """Hand an account's draft in and return the account as it waits."""
        form: Callable[[PubForm | None], object] = msgspec.to_builtins
        review_id = await self._desk.submit(
            uow,
            actor,
            tenant,
            noun="pub",
            subject_id=pub.pub_id,
            title=pub.shown.name if pub.draft is None else pub.draft.name,
            snapshot={
                "change": pub.change.value,
                "change_reason": pub.change_reason,
                "form": form(pub.draft or pub.live),
                "before": form(pub.live),
            },
        )
        return replace(
            pub,
            approval=Approval.REVIEWING,
            review_id=review_id,
            review_desc="",
            oper_at=self._desk.clock.now(),
            log_id=await picture_store.next_log_id(uow),
        )

    @staticmethod
    async def _save(uow: Uow, pub: Pub) -> None:
        """Write an account; a name under review is held as long as the review lasts."""
        holds = pub.draft is not None and pub.approval is Approval.REVIEWING
        await store.save_pub(
            uow,
            pub,
            live_key=name_key(pub.live.name) if pub.live else None,
            draft_key=name_key(pub.draft.name) if pub.draft is not None and holds else None,
        )
