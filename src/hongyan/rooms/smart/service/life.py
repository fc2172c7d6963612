"""The life of card templates: made, reviewed by our desk, enabled by handset vendors, switched off and on, deleted.

A tenant's template is passed as soon as one vendor has enabled it, failed when our desk or every vendor refused it.
Not for: what a card shows (``door``), materials (``materials``).
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TenantId
from hongyan.kernel.jobs.queue import Jobs, JsonValue
from hongyan.rooms.handsets.contracts import RegistrationState, Vendor, VendorState
from hongyan.rooms.handsets.service import HandsetsService
from hongyan.rooms.identity.contracts import Actor, Permission, Tenant
from hongyan.rooms.identity.service.door import IdentityService
from hongyan.rooms.reviews.contracts import DueKind, ReviewStory, Submission
from hongyan.rooms.reviews.service import ReviewsService
from hongyan.rooms.smart.contracts import (
    DECIDED_JOB,
    FACTORY_NAMES,
    AuditState,
    CardTemplate,
    FactoryInfo,
    FactoryState,
    NewTemplate,
    TemplateFilter,
    TemplateNotice,
    TemplateState,
)
from hongyan.rooms.smart.errors import TemplateNotDeleted, TemplateNotFound, TemplateNotSwitched
from hongyan.rooms.smart.rules.checks import check_document, check_request, suitable_vendors
from hongyan.rooms.smart.rules.documents import card_pages
from hongyan.rooms.smart.rules.layouts import LAYOUTS
from hongyan.rooms.smart.rules.presets import PRESETS
from hongyan.rooms.smart.rules.words import BUILT_IN, read_words
from hongyan.rooms.smart.service.sources import take_materials
from hongyan.rooms.smart.store import materials as material_store
from hongyan.rooms.smart.store import templates as store

REVIEW_KIND = "smart.template"
_FACTORY_STATES = {
    RegistrationState.ACTIVE: FactoryState.ENABLED,
    RegistrationState.DISABLED: FactoryState.DISABLED,
    RegistrationState.REJECTED: FactoryState.NOT_ENABLED,
    RegistrationState.SUBMITTED: FactoryState.NOT_ENABLED,
    RegistrationState.FAILED: FactoryState.NOT_ENABLED,
}
_REFUSALS = frozenset({RegistrationState.REJECTED, RegistrationState.DISABLED, RegistrationState.FAILED})


class TemplateLife:
    """Everything that changes a template."""

    def __init__(
        self,
        *,
        clock: Clock,
        jobs: Jobs,
        handsets: HandsetsService,
        reviews: ReviewsService,
        identity: IdentityService,
        pictures_url: str,
        words_file: Path | None = None,
    ) -> None:
        """Pictures lie under ``pictures_url``; a ``words_file`` that is there replaces the list of forbidden words."""
        self._clock = clock
        self._jobs = jobs
        self._handsets = handsets
        self._reviews = reviews
        self._identity = identity
        self._pictures_url = pictures_url
        self._words_file = words_file

    # --- what customers do ------------------------------------------------------------------------------------------

    async def create(self, uow: Uow, actor: Actor, new: NewTemplate) -> CardTemplate:
        """Create a private template and put it on the review desk.

        Without vendors it goes to all that offer the layout and keep the whole document.

        Raises:
            Forbidden: the actor may not create templates.
            InvalidInput: the document breaks a rule.
            ParamsUndeclared: a parameter is used or declared, but not both.
            SensitiveWords: a text has a word that may not be sent.
            TemplateNotCreated: a material is not there.
        """
        tenant_id = actor.tenant(Permission.CARD_TEMPLATE_CREATE)
        variants = LAYOUTS[new.card_id].sub_types if new.card_id in LAYOUTS else ()
        if new.sub_type is None and variants:
            new = replace(new, sub_type=variants[0])
        check_request(new, await self.forbidden_words())
        new, used = await take_materials(uow, tenant_id, new)
        if not new.vendors:
            new = replace(new, vendors=suitable_vendors(new))
        tpl_id = await store.next_tpl_id(uow)
        await store.insert_template(uow, tenant_id, tpl_id, new, AuditState.IN_REVIEW, self._clock.now())
        await material_store.set_uses(uow, tpl_id, used)
        template = await self._found(uow, tenant_id, tpl_id)
        tenant = await self._identity.get_tenant(uow, tenant_id)
        review = await self._reviews.submit(uow, self._submission(tenant, template), submitted_by=actor.user_name)
        await store.set_review(uow, tpl_id, review.review_id)
        return template

    async def delete(self, uow: Uow, actor: Actor, tpl_id: str) -> None:
        """Delete a template of the tenant; sends that still wait for it stop at the gate.

        Raises:
            TemplateNotFound: none, or another tenant's.
            TemplateNotDeleted: it is public, or in review.
        """
        tenant_id = actor.tenant(Permission.CARD_TEMPLATE_DELETE)
        template = await self._found(uow, tenant_id, tpl_id, lock=True)
        if template.is_public:
            raise TemplateNotDeleted("tpl_id", tpl_id=tpl_id, reason="it is public", reason_zh="公共模板不允许删除")
        if template.audit_state is AuditState.IN_REVIEW:
            raise TemplateNotDeleted(
                "tpl_id", tpl_id=tpl_id, reason="it is in review", reason_zh="审核中的模板不允许删除"
            )
        now = self._clock.now()
        await store.delete_template(uow, tenant_id, tpl_id, now)
        await material_store.drop_uses(uow, tpl_id, now)
        await self._turn_gate(uow, tenant_id, tpl_id, closed=True, reason="deleted")

    async def set_state(
        self, uow: Uow, actor: Actor, tpl_id: str, state: TemplateState, reason: str = ""
    ) -> CardTemplate:
        """Enable or disable a template; open sends of a disabled one stop at the gate within 2 s.

        Tenants switch their own, the platform's operators the public ones.

        Raises:
            Forbidden: the actor may not.
            TemplateNotFound: none, or another tenant's.
            TemplateNotSwitched: it is public (for a tenant), or not approved.
        """
        if actor.tenant_id is None:
            actor.require(Permission.PLATFORM_TEMPLATE_EDIT)
        else:
            actor.require(Permission.CARD_TEMPLATE_UPDATE)
        template = await self._found(uow, actor.tenant_id, tpl_id, lock=True)
        if template.tenant_id != actor.tenant_id:
            raise TemplateNotSwitched("tpl_id", tpl_id=tpl_id, reason="it is public", reason_zh="公共模板不允许修改")
        if template.audit_state is not AuditState.PASSED:
            raise TemplateNotSwitched("tpl_id", tpl_id=tpl_id, reason="it is not approved", reason_zh="模板未通过审核")
        if await store.set_state(uow, actor.tenant_id, tpl_id, state, reason, self._clock.now()):
            is_off = state is TemplateState.DISABLED
            await self._turn_gate(uow, actor.tenant_id, tpl_id, closed=is_off, reason=reason)
        return await self._found(uow, actor.tenant_id, tpl_id)

    async def urge(self, uow: Uow, actor: Actor, tpl_id: str) -> None:
        """Remind the review desk of a template (催审).

        Raises:
            TemplateNotFound: none, public, or another tenant's.
            AlreadyDecided, UrgedTooSoon: see ``ReviewsService.urge``.
        """
        tenant_id = actor.tenant(Permission.CARD_TEMPLATE_UPDATE)
        review_id = await store.find_review_id(uow, tenant_id, tpl_id)
        if review_id is None:
            raise TemplateNotFound("tpl_id", tpl_id=tpl_id)
        await self._reviews.urge(uow, tenant_id, review_id, urged_by=actor.user_name)

    async def list_stories(self, uow: Uow, actor: Actor, tpl_id: str) -> tuple[ReviewStory, ...]:
        """Return a template's submissions and what became of them, the newest first; public ones have none."""
        return await self._reviews.list_stories(uow, actor.tenant(Permission.CARD_TEMPLATE_LIST), REVIEW_KIND, tpl_id)

    async def list_asked_back(self, uow: Uow, actor: Actor, found: Sequence[CardTemplate]) -> frozenset[str]:
        """Return the ids of those of the tenant's templates that the desk has given back with a question."""
        tenant_id = actor.tenant(Permission.CARD_TEMPLATE_LIST)
        failed = [one.tpl_id for one in found if not one.is_public and one.audit_state is AuditState.FAILED]
        if not failed:
            return frozenset()
        reviews = await store.list_review_ids(uow, tenant_id, failed)
        asked = await self._reviews.list_asked_back(uow, tenant_id, list(reviews.values()))
        return frozenset(tpl_id for tpl_id, review_id in reviews.items() if review_id in asked)

    async def list_scenes(self, uow: Uow, actor: Actor) -> tuple[str, ...]:
        """Return what the templates that the actor's tenant may see are for."""
        return await store.list_scenes(uow, actor.tenant(Permission.CARD_TEMPLATE_LIST))

    # --- what reviewers and vendors decide ----------------------------------------------------------------------------

    async def review_decided(
        self, uow: Uow, tenant_id: TenantId, tpl_id: str, *, review_id: str, is_approved: bool, reason: str
    ) -> None:
        """Take our desk's decision in; safe to repeat (key: review id). What passed goes on to the vendors."""
        if not await store.is_under_review(uow, tenant_id, tpl_id, review_id):
            return
        template = await store.find_template(uow, tenant_id, tpl_id, lock=True)
        if template is None or template.audit_state is not AuditState.IN_REVIEW or template.desk_passed_at is not None:
            return
        now = self._clock.now()
        if not is_approved:
            await store.set_audit(uow, tpl_id, AuditState.FAILED, now, desc=reason)
            await self._tell(uow, template)
            return
        await store.set_audit(uow, tpl_id, AuditState.IN_REVIEW, now, desk_passed=True)
        wanted = {info.vendor for info in template.factories}
        active = await self.list_connected(uow)
        for vendor in sorted(wanted & active):
            await self._submit(uow, template, vendor)
        if not wanted & active:
            await store.set_audit(uow, tpl_id, AuditState.FAILED, now, desc="No handset vendor is connected.")
            await self._tell(uow, template)

    async def note_vendor_state(
        self, uow: Uow, tpl_id: str, version: int, vendor: Vendor, answer: RegistrationState, reason: str = ""
    ) -> None:
        """Write what a vendor made of a template; keyed by template, version, vendor; older versions change nothing.

        Decides a tenant's template: passed with the first vendor, failed when all have refused.
        """
        before = await store.find_any(uow, tpl_id, lock=True)
        now, state = self._clock.now(), _FACTORY_STATES[answer]
        is_news = await store.set_factory_state(uow, tpl_id, vendor, state, version, now, answer=answer, reason=reason)
        template = await store.find_any(uow, tpl_id)
        if not is_news or before is None or template is None or template.is_public:
            return
        audit = _audit_of(template)
        if audit is not template.audit_state:
            desc = "" if audit is AuditState.PASSED else _refusals(template)
            await store.set_audit(uow, tpl_id, audit, now, desc=desc)
            await self._tell(uow, template)
        elif audit is AuditState.PASSED and before.vendors != template.vendors:
            await self._tell(uow, template)

    async def find_notice(self, uow: Uow, tenant_id: TenantId, tpl_id: str) -> TemplateNotice | None:
        """Return what a status receipt says about a template now; ``None`` when it is gone."""
        template = await store.find_template(uow, tenant_id, tpl_id)
        if template is None:
            return None
        factories = tuple((FACTORY_NAMES[info.vendor], info.state.value) for info in template.factories)
        audit = template.audit_state.value
        return TemplateNotice(template.tpl_id, template.state.value, audit, template.audit_desc, factories)

    # --- the platform's own templates ---------------------------------------------------------------------------------

    async def seed_public(self, uow: Uow) -> int:
        """Write the platform's preset templates; what is there in this version stays. Returns how many were written."""
        written = 0
        for tpl_id, version, new in PRESETS:
            check_document(new)
            present = await store.find_template(uow, None, tpl_id)
            now = self._clock.now()
            if present is None:
                await store.insert_template(uow, None, tpl_id, new, AuditState.PASSED, now)
            if present is None or present.version < version:
                if version > 1:
                    await store.insert_version(uow, tpl_id, version, new, now)
                written += 1
        return written

    async def submit_public(self, uow: Uow) -> int:
        """Hand the public templates in at each active vendor that offers their layout and has not enabled this version.

        The handing in itself is done by jobs. Safe to repeat; call it after seeding and after a vendor was added.
        Returns how many jobs.
        """
        active = await self.list_connected(uow)
        page = await store.list_templates(uow, None, TemplateFilter(), offset=0, limit=1000)
        return sum([await self._submit_where_missing(uow, template, active) for template in page.items])

    async def submit_again(self, uow: Uow, actor: Actor, tpl_id: str) -> int:
        """Hand one public template in at each active vendor that offers its layout and has not enabled this version.

        A vendor that has refused this version says so again; what waits to be handed in waits on. Returns how many.

        Raises:
            Forbidden: the actor may not.
            TemplateNotFound: no public template.
            TemplateNotSwitched: it is disabled.
        """
        actor.require(Permission.PLATFORM_TEMPLATE_EDIT)
        template = await self._found(uow, None, tpl_id, lock=True)
        if template.state is not TemplateState.ENABLED:
            raise TemplateNotSwitched("tpl_id", tpl_id=tpl_id, reason="it is disabled", reason_zh="模板已禁用")
        return await self._submit_where_missing(uow, template, await self.list_connected(uow))

    async def list_connected(self, uow: Uow) -> frozenset[Vendor]:
        """Return the handset vendors that take part now."""
        accounts = await self._handsets.list_vendors(uow)
        return frozenset(account.vendor for account in accounts if account.state is VendorState.ACTIVE)

    # --- inside -------------------------------------------------------------------------------------------------------

    async def _found(self, uow: Uow, tenant_id: TenantId | None, tpl_id: str, *, lock: bool = False) -> CardTemplate:
        template = await store.find_template(uow, tenant_id, tpl_id, lock=lock)
        if template is None:
            raise TemplateNotFound("tpl_id", tpl_id=tpl_id)
        return template

    async def _submit_where_missing(self, uow: Uow, template: CardTemplate, active: frozenset[Vendor]) -> int:
        enabled = {info.vendor for info in template.factories if _is_enabled(info, template.version)}
        missing = sorted((active & LAYOUTS[template.card_id].vendors) - enabled)
        for vendor in missing:
            await self._submit(uow, template, vendor)
        return len(missing)

    async def forbidden_words(self) -> frozenset[str]:
        """Return the words that no text may say, as they stand in the operator's file now."""
        file = self._words_file
        if file is None or not await asyncio.to_thread(file.is_file):
            return BUILT_IN
        return read_words((await asyncio.to_thread(file.read_text, "utf-8")).splitlines())

    async def _turn_gate(self, uow: Uow, tenant_id: TenantId | None, tpl_id: str, *, closed: bool, reason: str) -> None:
        verb = "delivery.close_gate" if closed else "delivery.open_gate"
        news: dict[str, JsonValue] = {"tenant_id": tenant_id, "kind": "card", "subject_id": tpl_id, "reason": reason}
        # One after the other: the last one said must be the last one done.
        await self._jobs.defer(uow, verb, news, lock=f"smart.gate/{tpl_id}")

    async def _tell(self, uow: Uow, template: CardTemplate) -> None:
        await self._jobs.defer(uow, DECIDED_JOB, {"tenant_id": template.tenant_id, "tpl_id": template.tpl_id})

    async def _submit(self, uow: Uow, template: CardTemplate, vendor: Vendor) -> None:
        args: dict[str, JsonValue] = {
            "vendor": vendor.value,
            "tpl_id": template.tpl_id,
            "version": template.version,
            "name": template.name,
            "card_id": template.card_id,
            "document": {"pages": card_pages(template, pictures_url=self._pictures_url, vendor=vendor)},
        }
        once = f"handsets.submit_template/{vendor}/{template.tpl_id}/{template.version}"
        await self._jobs.defer(uow, "handsets.submit_template", args, once_key=once)

    def _submission(self, tenant: Tenant, template: CardTemplate) -> Submission:
        snapshot = {
            "legal_name": tenant.legal_name,
            "name": template.name,
            "layout": LAYOUTS[template.card_id].name,
            "card_id": template.card_id,
            "sub_type": template.sub_type,
            "scene": template.scene,
            "use": None if template.use is None else template.use.name.lower(),
            "sms_example": template.description,
            "sms_signs": list(template.sms_signs),
            "sms_template": template.sms_template,
            "vendors": [info.vendor.value for info in template.factories],
            "params": {param.name: param.example for param in template.params},
            "pages": card_pages(template, pictures_url=self._pictures_url),
        }
        title = f"{tenant.legal_name} · {template.name}"
        return Submission(REVIEW_KIND, template.tpl_id, tenant.id, title, snapshot, DueKind.WORKING_HOURS_2)


def _is_enabled(info: FactoryInfo, version: int) -> bool:
    return info.state is FactoryState.ENABLED and info.version == version


def _audit_of(template: CardTemplate) -> AuditState:
    """Return where the audit stands after what vendors said; what once passed stays passed."""
    if template.desk_passed_at is None or template.audit_state is AuditState.PASSED:
        return template.audit_state
    if template.vendors:
        return AuditState.PASSED
    is_over = all(info.answer in _REFUSALS for info in template.factories)
    return AuditState.FAILED if is_over else AuditState.IN_REVIEW


def _refusals(template: CardTemplate) -> str:
    return "; ".join(f"{info.vendor}: {info.reason or info.answer}" for info in template.factories)
