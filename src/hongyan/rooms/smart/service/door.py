"""The door of the smart room: card templates, what vendors made of them, and cards for handsets and browsers.

Not for: who may call the resolver and how many devices get a card (``handsets``), nor codes (``short_links``).
"""

import re
from collections.abc import Mapping, Sequence

from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.ids import TenantId
from hongyan.kernel.jobs.queue import Jobs, JsonValue
from hongyan.kernel.paging import Page
from hongyan.kernel.phones import normalise_phone
from hongyan.rooms.handsets.contracts import (
    Capability,
    GrantRequest,
    RegistrationState,
    Vendor,
    VendorAccount,
    VendorState,
)
from hongyan.rooms.handsets.service import HandsetsService
from hongyan.rooms.identity.contracts import Actor, Permission
from hongyan.rooms.short_links.contracts import LinkState, LinkView
from hongyan.rooms.smart.contracts import (
    AuditState,
    Card,
    CardTemplate,
    FactoryInfo,
    FactoryState,
    Links,
    NewTemplate,
    Resolved,
    ResolveRequest,
    TemplateFilter,
    TemplateState,
    WhyNot,
)
from hongyan.rooms.smart.errors import MobileListEmpty, TemplateIdEmpty, TemplateNotActive, TemplateNotFound
from hongyan.rooms.smart.rules.checks import check_document
from hongyan.rooms.smart.rules.documents import build_pages
from hongyan.rooms.smart.rules.filling import check_values, fill
from hongyan.rooms.smart.rules.layouts import LAYOUTS
from hongyan.rooms.smart.rules.presets import PRESETS
from hongyan.rooms.smart.store import templates as store

_SHA1 = re.compile(r"[0-9a-f]{40}", re.ASCII)
_FACTORY_STATES = {
    RegistrationState.ACTIVE: FactoryState.ENABLED,
    RegistrationState.DISABLED: FactoryState.DISABLED,
    RegistrationState.REJECTED: FactoryState.NOT_ENABLED,
    RegistrationState.SUBMITTED: FactoryState.NOT_ENABLED,
    RegistrationState.FAILED: FactoryState.NOT_ENABLED,
}


class SmartService:
    """Card templates and cards."""

    def __init__(self, *, clock: Clock, jobs: Jobs, handsets: HandsetsService, links: Links, links_url: str) -> None:
        """``links_url`` is how phones reach the redirector, where pictures and previews lie."""
        self._clock = clock
        self._jobs = jobs
        self._handsets = handsets
        self._links = links
        self._links_url = links_url.rstrip("/")

    # --- templates ----------------------------------------------------------------------------------------------------

    async def get_template(self, uow: Uow, tenant_id: TenantId | None, tpl_id: str) -> CardTemplate:
        """Return a template of the tenant or a public one, whatever its state.

        Raises:
            TemplateIdEmpty: nothing named.
            TemplateNotFound: none, or another tenant's.
        """
        if not tpl_id.strip():
            raise TemplateIdEmpty("tpl_id")
        template = await store.find_template(uow, tenant_id, tpl_id)
        if template is None:
            raise TemplateNotFound("tpl_id", tpl_id=tpl_id)
        return template

    async def get_active_template(self, uow: Uow, tenant_id: TenantId, tpl_id: str) -> CardTemplate:
        """Return a template that may be sent now: the tenant's own or public, approved, enabled.

        Raises:
            TemplateIdEmpty: nothing named.
            TemplateNotFound: none, or another tenant's.
            TemplateNotActive: not approved, or disabled.
        """
        template = await self.get_template(uow, tenant_id, tpl_id)
        if template.audit_state is not AuditState.PASSED:
            raise TemplateNotActive("tpl_id", tpl_id=tpl_id, reason="not approved", reason_zh="未通过审核")
        if template.state is not TemplateState.ENABLED:
            raise TemplateNotActive("tpl_id", tpl_id=tpl_id, reason="disabled", reason_zh="已禁用")
        return template

    async def list_templates(
        self, uow: Uow, tenant_id: TenantId | None, wanted: TemplateFilter, *, offset: int = 0, limit: int = 20
    ) -> Page[CardTemplate]:
        """Return a page of the tenant's own and the public templates, newest first."""
        return await store.list_templates(uow, tenant_id, wanted, offset=offset, limit=limit)

    async def create_template(self, uow: Uow, actor: Actor, new: NewTemplate) -> CardTemplate:
        """Create a private template as a draft.

        Raises:
            Forbidden: the actor may not create templates.
            InvalidInput: the document breaks a rule of its layout.
        """
        tenant_id = actor.tenant(Permission.CARD_TEMPLATE_CREATE)
        check_document(new)
        tpl_id = await store.next_tpl_id(uow)
        await store.insert_template(uow, tenant_id, tpl_id, new, AuditState.DRAFT, self._clock.now())
        return await self.get_template(uow, tenant_id, tpl_id)

    async def set_template_state(
        self, uow: Uow, actor: Actor, tpl_id: str, state: TemplateState, reason: str = ""
    ) -> CardTemplate:
        """Enable or disable a template; open sends of a disabled one stop at the gate within 2 s.

        Tenants switch their own, the platform's operators the public ones.

        Raises:
            Forbidden: the actor may not.
            TemplateNotFound: none of this owner.
        """
        if actor.tenant_id is None:
            actor.require(Permission.PLATFORM_TEMPLATE_EDIT)
        else:
            actor.require(Permission.CARD_TEMPLATE_UPDATE)
        template = await self.get_template(uow, actor.tenant_id, tpl_id)
        if template.tenant_id != actor.tenant_id:
            raise TemplateNotFound("tpl_id", tpl_id=tpl_id)
        if await store.set_state(uow, actor.tenant_id, tpl_id, state, reason, self._clock.now()):
            verb = "delivery.close_gate" if state is TemplateState.DISABLED else "delivery.open_gate"
            news: dict[str, JsonValue] = {
                "tenant_id": actor.tenant_id,
                "kind": "card",
                "subject_id": tpl_id,
                "reason": reason,
            }
            await self._jobs.defer(uow, verb, news)
        return await self.get_template(uow, actor.tenant_id, tpl_id)

    async def seed_public_templates(self, uow: Uow) -> int:
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

    async def submit_public_templates(self, uow: Uow) -> int:
        """Hand the public templates in at each active vendor that offers their layout and has not enabled this version.

        The handing in itself is done by jobs. Safe to repeat; call it after seeding and after a vendor was added.
        Returns how many jobs.
        """
        accounts = await self._handsets.list_vendors(uow)
        active = {account.vendor for account in accounts if account.state is VendorState.ACTIVE}
        page = await store.list_templates(uow, None, TemplateFilter(), offset=0, limit=1000)
        count = 0
        for template in page.items:
            enabled = {info.vendor for info in template.factories if _is_enabled(info, template.version)}
            for vendor in sorted((active & LAYOUTS[template.card_id].vendors) - enabled):
                await self._submit(uow, template, vendor)
                count += 1
        return count

    async def set_vendor_state(
        self, uow: Uow, tpl_id: str, version: int, vendor: Vendor, state: RegistrationState
    ) -> None:
        """Write what a vendor made of a template; keyed by template, version, vendor; older versions change nothing."""
        await store.set_factory_state(uow, tpl_id, vendor, _FACTORY_STATES[state], version, self._clock.now())

    async def _submit(self, uow: Uow, template: CardTemplate, vendor: Vendor) -> None:
        args: dict[str, JsonValue] = {
            "vendor": vendor.value,
            "tpl_id": template.tpl_id,
            "version": template.version,
            "name": template.name,
            "card_id": template.card_id,
            "document": {"pages": self.pages(template)},
        }
        once = f"handsets.submit_template/{vendor}/{template.tpl_id}/{template.version}"
        await self._jobs.defer(uow, "handsets.submit_template", args, once_key=once)

    # --- cards --------------------------------------------------------------------------------------------------------

    def pages(self, template: CardTemplate, values: Mapping[str, str] | None = None) -> list[dict[str, object]]:
        """Return a template's document, with one recipient's values, or with its placeholders when there are none."""
        elements = template.elements if values is None else fill(template.elements, values)
        return build_pages(LAYOUTS[template.card_id], elements, pictures_url=f"{self._links_url}/m")

    def preview_url(self, template: CardTemplate) -> str:
        """Return where a public template is shown with its examples; empty for private ones."""
        return f"{self._links_url}/c/preview/{template.tpl_id}" if template.is_public else ""

    def check_values(self, template: CardTemplate, values: Mapping[str, str]) -> None:
        """Check the card values of one recipient before a send.

        Raises:
            ParamsDiffer: one is missing, empty or too long.
        """
        check_values(template.params, values)

    async def find_link(self, code: str, domain: str | None = None) -> LinkView | None:
        """Return the link behind a code that somebody can have seen."""
        link = await self._links.find_link(code, domain)
        return None if link is None or link.state is LinkState.UNRELEASED else link

    async def resolve(self, db: Database, account: VendorAccount, request: ResolveRequest) -> Resolved:
        """Answer a handset: the card with its recipient's values, or why not. The vendor's call is proven already.

        Repeating it for the same device gives the same answer and counts once. Opens its own transaction after the link
        is found.
        """
        link = await self.find_link(request.code, request.domain)
        if account.state is not VendorState.ACTIVE:
            return Resolved(None, WhyNot.VENDOR_NOT_ACTIVE)
        if link is None or link.card_template_id is None or link.domain != request.domain.lower():
            return Resolved(None, WhyNot.UNKNOWN)
        if link.state is not LinkState.ACTIVE:
            return Resolved(None, WhyNot.EXPIRED)
        if request.signature.strip("【】[] ") not in link.signatures:
            return Resolved(None, WhyNot.SIGNATURE_DIFFERS)
        async with db.begin() as uow:
            template = await store.find_template(uow, link.tenant_id, link.card_template_id)
            if template is None or not template.is_active:
                return Resolved(None, WhyNot.TEMPLATE_DISABLED)
            if account.vendor not in template.vendors:
                return Resolved(None, WhyNot.VENDOR_NOT_ACTIVE)
            grant = GrantRequest(
                tenant_id=link.tenant_id,
                task_id=link.task_id,
                range_id=link.range_id,
                offset=link.offset,
                code=link.code,
                limit=link.resolve_limit,
                vendor=account.vendor,
                device_hash=request.device_hash,
            )
            if not await self._handsets.grant(uow, grant):
                return Resolved(None, WhyNot.QUOTA_USED)
        return Resolved(self._card(template, link.params), None, link.expires_at)

    async def find_card(self, uow: Uow, link: LinkView) -> Card | None:
        """Return the card behind a link for the H5 page, or ``None`` when its template may not be shown."""
        if link.card_template_id is None:
            return None
        template = await store.find_template(uow, link.tenant_id, link.card_template_id)
        return self._card(template, link.params) if template is not None and template.is_active else None

    async def find_preview(self, uow: Uow, tpl_id: str) -> Card | None:
        """Return a public template's card with its examples as values."""
        template = await store.find_template(uow, None, tpl_id)
        if template is None or not template.is_active:
            return None
        return self._card(template, {param.name: param.example for param in template.params})

    def _card(self, template: CardTemplate, values: Mapping[str, str]) -> Card:
        return Card(template.tpl_id, template.version, template.card_id, template.name, self.pages(template, values))

    # --- capability ---------------------------------------------------------------------------------------------------

    async def check_mobiles(
        self, db: Database, tenant_id: TenantId, mobiles: Sequence[str], tpl_id: str | None, *, is_sha1: bool
    ) -> list[bool]:
        """Say for each number as a customer wrote it (or its SHA-1) whether it can show the template, or any card.

        What is no number cannot.

        Raises:
            MobileListEmpty: no numbers.
            TemplateNotFound: the template is not there.
        """
        if not mobiles:
            raise MobileListEmpty("mobiles")
        vendors = None
        if tpl_id is not None:
            async with db.begin() as uow:
                vendors = (await self.get_active_template(uow, tenant_id, tpl_id)).vendors
        if is_sha1:
            digests = [text.strip().lower() for text in mobiles]
            proper = [digest for digest in digests if _SHA1.fullmatch(digest)]
            flags = iter((await self._handsets.check_digests(db, proper, vendors)).flags)
            return [_SHA1.fullmatch(digest) is not None and next(flags) == Capability.YES for digest in digests]
        phones = [None if text.lstrip().startswith("+") else normalise_phone(text) for text in mobiles]
        known = [phone for phone in phones if phone is not None]
        answer = await self._handsets.check_capability(db, tenant_id, known, vendors)
        flags = iter(answer.flags)
        return [phone is not None and next(flags) == Capability.YES for phone in phones]


def _is_enabled(info: FactoryInfo, version: int) -> bool:
    return info.state is FactoryState.ENABLED and info.version == version
