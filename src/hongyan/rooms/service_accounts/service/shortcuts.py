"""Scenes of shortcut keys: created, changed, frozen, urged, decided by the desk, and found for a phone's message."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import msgspec

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TenantId
from hongyan.kernel.paging import Page
from hongyan.rooms.identity.contracts import Actor, Permission, Tenant
from hongyan.rooms.service_accounts.contracts.accounts import Approval, Change, Place, State
from hongyan.rooms.service_accounts.contracts.lists import ShortcutFilter, Window
from hongyan.rooms.service_accounts.contracts.shortcuts import Shortcut, ShortcutForm, ShortcutSheet
from hongyan.rooms.service_accounts.errors import (
    NothingToUrge,
    ShortcutInWrongState,
    ShortcutNotFound,
    ShortcutsOverlap,
    SignIsForeign,
)
from hongyan.rooms.service_accounts.rules import accounts as states
from hongyan.rooms.service_accounts.rules import shortcuts as rules
from hongyan.rooms.service_accounts.service.desk import Desk
from hongyan.rooms.service_accounts.service.pictures import PicturesService
from hongyan.rooms.service_accounts.service.ports import IsForeign
from hongyan.rooms.service_accounts.store import pictures as picture_store
from hongyan.rooms.service_accounts.store import shortcuts as store

NOUN = "shortcut"


class ShortcutsService:
    """Use cases of shortcut keys."""

    def __init__(self, *, desk: Desk, pictures: PicturesService, is_foreign: IsForeign) -> None:
        """Work with the given parts."""
        self._desk = desk
        self._pictures = pictures
        self._is_foreign = is_foreign

    async def create(self, uow: Uow, actor: Actor, form: ShortcutForm) -> Shortcut:
        """Hand in a new scene.

        Raises:
            InvalidInput, MenuRefused, RegionUnknown, RegionsOverlap: a field breaks its rule.
            PictureNotFound, ProofsTooLarge: a proof.
            SignIsForeign: the signature is another company's, or another company's scenes hold it.
            ShortcutsOverlap: another scene of the signature is shown, or waits to be, in one of the regions.
            FilingMissing: the filing for service accounts is not approved (also: the service is not open).
        """
        tenant_id = actor.tenant(Permission.PUB_EDIT)
        checked = rules.check_shortcut(form)
        tenant = await self._desk.editor(uow, tenant_id)
        now = self._desk.clock.now()
        shortcut = Shortcut(
            shortcut_id=self._desk.new_id(),
            tenant_id=tenant_id,
            state=State.NOT_EFFECTIVE,
            approval=Approval.REVIEWING,
            live=None,
            draft=checked,
            change=Change.CREATE,
            change_reason="",
            review_id=None,
            creator=actor.user_name,
            created_at=now,
            oper_at=now,
            online_at=None,
        )
        await self._check_standing(uow, shortcut, checked)
        shortcut = await self._submit(uow, actor, tenant, shortcut)
        await store.insert_shortcut(uow, shortcut)
        await self._note(uow, actor, "create", shortcut, keys=[key.name for key in checked.keys])
        return shortcut

    async def change(self, uow: Uow, actor: Actor, shortcut_id: str, form: ShortcutForm, reason: str) -> Shortcut:
        """Hand in another form; what is in effect stays so until it is approved.

        Raises:
            ShortcutNotFound: the tenant has none with that id.
            UnderReview: the last submission is not decided yet.
            HongyanError: refusals as for a new scene.
        """
        tenant_id = actor.tenant(Permission.PUB_EDIT)
        checked = rules.check_shortcut(form)
        tenant = await self._desk.editor(uow, tenant_id)
        shortcut = await self._find(uow, tenant_id, shortcut_id, lock=True)
        states.require_decided("shortcut_id", shortcut_id, shortcut.approval)
        await self._check_standing(uow, shortcut, checked)
        change = Change.CREATE if shortcut.live is None else Change.UPDATE
        shortcut = replace(shortcut, draft=checked, change=change, change_reason=reason)
        shortcut = await self._submit(uow, actor, tenant, shortcut)
        await store.save_shortcut(uow, shortcut)
        await self._note(uow, actor, "update", shortcut, reason=reason)
        return shortcut

    async def freeze(self, uow: Uow, actor: Actor, shortcut_id: str, reason: str) -> Shortcut:
        """Take a scene off all phones at once.

        Raises:
            ShortcutNotFound: the tenant has none with that id.
            ShortcutInWrongState: it is not in effect.
        """
        tenant_id = actor.tenant(Permission.PUB_EDIT)
        await picture_store.lock(uow, "tenant", tenant_id)
        shortcut = await self._find(uow, tenant_id, shortcut_id, lock=True)
        _require(shortcut, State.EFFECTIVE)
        shortcut = replace(shortcut, state=State.FROZEN, change_reason=reason, oper_at=self._desk.clock.now())
        await store.save_shortcut(uow, shortcut)
        await self._note(uow, actor, "freeze", shortcut, reason=reason)
        return shortcut

    async def unfreeze(self, uow: Uow, actor: Actor, shortcut_id: str, reason: str) -> Shortcut:
        """Ask for a frozen scene to be shown again; a review decides.

        Raises:
            ShortcutNotFound: the tenant has none with that id.
            ShortcutInWrongState: it is not frozen.
            UnderReview: the last submission is not decided yet.
            SignIsForeign, ShortcutsOverlap: another scene has taken its place.
        """
        tenant_id = actor.tenant(Permission.PUB_EDIT)
        tenant = await self._desk.editor(uow, tenant_id)
        shortcut = await self._find(uow, tenant_id, shortcut_id, lock=True)
        _require(shortcut, State.FROZEN)
        states.require_decided("shortcut_id", shortcut_id, shortcut.approval)
        shortcut = replace(shortcut, draft=None, change=Change.UNFREEZE, change_reason=reason)
        await self._check_standing(uow, shortcut, shortcut.shown)
        shortcut = await self._submit(uow, actor, tenant, shortcut)
        await store.save_shortcut(uow, shortcut)
        await self._note(uow, actor, "unfreeze", shortcut, reason=reason)
        return shortcut

    async def urge(self, uow: Uow, actor: Actor, shortcut_id: str) -> Shortcut:
        """Remind the review desk (催审).

        Raises:
            ShortcutNotFound: the tenant has none with that id.
            NothingToUrge: nothing of it waits for a review.
            UrgedTooSoon: it was urged less than four hours ago.
        """
        tenant_id = actor.tenant(Permission.PUB_EDIT)
        shortcut = await self._find(uow, tenant_id, shortcut_id, lock=True)
        if shortcut.approval is not Approval.REVIEWING or shortcut.review_id is None:
            raise NothingToUrge("shortcut_id", id=shortcut_id)
        await self._desk.urge(uow, actor, tenant_id, shortcut.review_id)
        return shortcut

    async def list_shortcuts(
        self, uow: Uow, actor: Actor, wanted: ShortcutFilter, window: Window
    ) -> Page[tuple[Shortcut, State]]:
        """Return a page of scenes with the states to show, newest first."""
        tenant_id = actor.tenant(Permission.PUB_LIST)
        is_filed = await self._desk.is_filed(uow, tenant_id)
        if not states.can_match(wanted.state, is_filed=is_filed):
            return Page((), 0, window.offset, window.limit)
        stored = replace(wanted, state=states.stored_state(wanted.state, is_filed=is_filed))
        page = await store.list_shortcuts(uow, tenant_id, stored, window)
        items = tuple((one, states.shown_state(one.state, is_filed=is_filed)) for one in page.items)
        return Page(items, page.total, page.offset, page.limit)

    async def list_verdicts(self, uow: Uow, actor: Actor, found: Iterable[Shortcut]) -> Mapping[str, tuple[bool, str]]:
        """Return by review what was said of the tenant's scenes that were not approved."""
        return await self._desk.list_verdicts(uow, actor.tenant(Permission.PUB_LIST), found)

    async def show(self, uow: Uow, actor: Actor, shortcut_id: str) -> ShortcutSheet:
        """Return a scene with its history.

        Raises:
            ShortcutNotFound: the tenant has none with that id.
        """
        tenant_id = actor.tenant(Permission.PUB_LIST)
        shortcut = await self._find(uow, tenant_id, shortcut_id)
        state = states.shown_state(shortcut.state, is_filed=await self._desk.is_filed(uow, tenant_id))
        stories = await self._desk.list_stories(uow, tenant_id, NOUN, shortcut.shortcut_id)
        return ShortcutSheet(shortcut, state, stories)

    async def review_decided(
        self, uow: Uow, tenant_id: TenantId, shortcut_id: str, *, review_id: str, is_approved: bool
    ) -> None:
        """Take a decision in; safe to repeat (key: review id and state)."""
        await picture_store.lock(uow, "tenant", tenant_id)
        shortcut = await store.find_shortcut(uow, tenant_id, shortcut_id, lock=True)
        if shortcut is None or shortcut.review_id != review_id or shortcut.approval is not Approval.REVIEWING:
            return
        now = self._desk.clock.now()
        shortcut = replace(shortcut, oper_at=now)
        if not is_approved:
            await store.save_shortcut(uow, replace(shortcut, approval=Approval.REJECTED))
            return
        is_on = shortcut.state is State.NOT_EFFECTIVE or shortcut.change is Change.UNFREEZE
        shortcut = replace(
            shortcut,
            approval=Approval.PASSED,
            state=State.EFFECTIVE if is_on else shortcut.state,
            live=shortcut.draft or shortcut.live,
            draft=None,
            online_at=shortcut.online_at or now,
        )
        await store.save_shortcut(uow, shortcut)

    async def find_for_message(self, uow: Uow, *, signature: str, place: Place | None = None) -> Shortcut | None:
        """Return the scene that a phone shows below a message that carries a signature, whatever its number.

        ``place`` is where the phone is, as far as it says; without it only scenes of the whole country are met.
        """
        found = await store.list_in_effect(uow, signature.strip("【】"))
        shown = {one.tenant_id for one in found}
        shown = {tenant_id for tenant_id in shown if await self._desk.may_show(uow, tenant_id)}
        return rules.best_shortcut([one for one in found if one.tenant_id in shown], place or Place())

    async def _find(self, uow: Uow, tenant_id: TenantId, shortcut_id: str, *, lock: bool = False) -> Shortcut:
        shortcut = await store.find_shortcut(uow, tenant_id, shortcut_id.lower(), lock=lock)
        if shortcut is None:
            raise ShortcutNotFound("shortcut_id", id=shortcut_id)
        return shortcut

    async def _check_standing(self, uow: Uow, shortcut: Shortcut, form: ShortcutForm) -> None:
        """Check proofs and signature, and that no other scene stands where this one wants to."""
        await self._pictures.require_proofs(uow, shortcut.tenant_id, form.proofs)
        # Two companies may ask for one signature at the same time: the first to get here has it.
        await picture_store.lock(uow, "sign", form.sign)
        is_held, own = await store.list_holders(uow, shortcut.tenant_id, form.sign, shortcut.shortcut_id)
        if is_held or await self._is_foreign(uow, shortcut.tenant_id, form.sign):
            raise SignIsForeign("sign", sign=form.sign)
        taken = rules.find_overlap(form.areas, own)
        if taken is not None:
            raise ShortcutsOverlap("areas", sign=form.sign, area=taken)

    async def _submit(self, uow: Uow, actor: Actor, tenant: Tenant, shortcut: Shortcut) -> Shortcut:
        """Hand a scene's draft in and return the scene as it waits."""
        form = shortcut.draft or shortcut.shown
        review_id = await self._desk.submit(
            uow,
            actor,
            tenant,
            noun=NOUN,
            subject_id=shortcut.shortcut_id,
            title=f"【{form.sign}】 · 快捷键",
            snapshot={
                "change": shortcut.change.value,
                "change_reason": shortcut.change_reason,
                "form": msgspec.to_builtins(form),
                "before": msgspec.to_builtins(shortcut.live),
            },
        )
        now = self._desk.clock.now()
        return replace(shortcut, approval=Approval.REVIEWING, review_id=review_id, oper_at=now)

    async def _note(self, uow: Uow, actor: Actor, verb: str, shortcut: Shortcut, **after: object) -> None:
        sign = (shortcut.draft or shortcut.shown).sign
        await self._desk.note(uow, actor, f"{NOUN}.{verb}", shortcut.shortcut_id, sign=sign, **after)


def _require(shortcut: Shortcut, needed: State) -> None:
    if shortcut.state is not needed:
        raise ShortcutInWrongState("shortcut_id", state=shortcut.state.value, needed=needed.value)
