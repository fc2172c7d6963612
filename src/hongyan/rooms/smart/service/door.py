"""The door of the smart room: card templates as others see them, and cards for handsets and browsers.

Not for: what changes a template (``life``), who may call the resolver and how many devices get a card (``handsets``),
nor codes (``short_links``).
"""

import base64
import re
from collections.abc import Mapping, Sequence
from typing import Any

from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.ids import TenantId
from hongyan.kernel.keys.ring import KeyRing, KeyRingError
from hongyan.kernel.paging import Page
from hongyan.kernel.phones import normalise_phone
from hongyan.rooms.handsets.contracts import Capability, GrantRequest, Vendor, VendorAccount, VendorState
from hongyan.rooms.handsets.service import HandsetsService
from hongyan.rooms.short_links.contracts import LinkState, LinkView
from hongyan.rooms.smart.contracts import (
    AuditState,
    Card,
    CardTemplate,
    Links,
    Resolved,
    ResolveRequest,
    TemplateFilter,
    TemplateState,
    WhyNot,
)
from hongyan.rooms.smart.errors import MobileListEmpty, TemplateIdEmpty, TemplateNotActive, TemplateNotFound
from hongyan.rooms.smart.rules.documents import card_pages
from hongyan.rooms.smart.rules.filling import check_values
from hongyan.rooms.smart.service.life import TemplateLife
from hongyan.rooms.smart.service.materials import MaterialService
from hongyan.rooms.smart.store import templates as store

_SHA1 = re.compile(r"[0-9a-f]{40}", re.ASCII)
_PREVIEW = "smart.preview"


class SmartService:
    """Card templates and cards."""

    def __init__(
        self,
        *,
        ring: KeyRing,
        handsets: HandsetsService,
        links: Links,
        links_url: str,
        life: TemplateLife,
        materials: MaterialService,
    ) -> None:
        """``links_url`` is how phones reach the redirector, where pictures and previews lie."""
        self._ring = ring
        self._handsets = handsets
        self._links = links
        self._links_url = links_url.rstrip("/")
        self._pictures_url = f"{self._links_url}/m"
        self.life = life
        self.materials = materials

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

    # --- cards --------------------------------------------------------------------------------------------------------

    def pages(
        self, template: CardTemplate, values: Mapping[str, str] | None = None, vendor: Vendor | None = None
    ) -> list[dict[str, Any]]:
        """Return a template's document, with one recipient's values, or with its placeholders when there are none."""
        return card_pages(template, pictures_url=self._pictures_url, values=values, vendor=vendor)

    def preview_url(self, template: CardTemplate) -> str:
        """Return where a template is shown with its examples; a private one's address holds a key."""
        url = f"{self._links_url}/c/preview/{template.tpl_id}"
        if template.is_public:
            return url
        key = base64.urlsafe_b64encode(self._ring.seal(_PREVIEW, template.tpl_id.encode())).decode().rstrip("=")
        return f"{url}?key={key}"

    def check_values(self, template: CardTemplate, values: Mapping[str, str], field: str = "dync_params") -> None:
        """Check the card values of one recipient before a send; ``field`` is where the request has them.

        Raises:
            ParamsDiffer: one is missing, empty or too long.
        """
        check_values(template.params, values, field)

    async def find_link(self, code: str, domain: str | None = None) -> LinkView | None:
        """Return the link behind a code that somebody can have seen."""
        link = await self._links.find_link(code, domain)
        return None if link is None or link.state is LinkState.UNRELEASED else link

    async def resolve(self, db: Database, account: VendorAccount, request: ResolveRequest) -> Resolved:
        """Answer a handset: the card with its recipient's values, or why not. The vendor's call is proven already.

        Repeating it for the same device gives the same answer and counts once. Opens its own transaction after the link
        is found.
        """
        domain = request.domain.lower()
        link = await self.find_link(request.code, domain)
        if account.state is not VendorState.ACTIVE:
            return Resolved(None, WhyNot.VENDOR_NOT_ACTIVE)
        if link is None or link.card_template_id is None or link.domain != domain:
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
                tpl_id=link.card_template_id,
            )
            if not await self._handsets.grant(uow, grant):
                return Resolved(None, WhyNot.QUOTA_USED)
        return Resolved(self._card(template, link.params, account.vendor), None, link.expires_at)

    async def find_card(self, uow: Uow, link: LinkView) -> Card | None:
        """Return the card behind a link for the H5 page, or ``None`` when its template may not be shown."""
        if link.card_template_id is None:
            return None
        template = await store.find_template(uow, link.tenant_id, link.card_template_id)
        return self._card(template, link.params) if template is not None and template.is_active else None

    async def find_preview(self, uow: Uow, tpl_id: str, key: str | None = None) -> Card | None:
        """Return a card with its examples as values: of an active public template, or of any whose key is given."""
        if "\0" in tpl_id:  # no text of PostgreSQL's
            return None
        if key is None:
            template = await store.find_template(uow, None, tpl_id)
            template = template if template is not None and template.is_active else None
        else:
            template = await store.find_any(uow, tpl_id) if self._is_key(tpl_id, key) else None
        if template is None:
            return None
        return self._card(template, {param.name: param.example for param in template.params})

    def _is_key(self, tpl_id: str, key: str) -> bool:
        try:
            sealed = base64.urlsafe_b64decode(key + "=" * (-len(key) % 4))
            return self._ring.open(_PREVIEW, sealed) == tpl_id.encode()
        except (ValueError, KeyRingError):
            return False

    def _card(self, template: CardTemplate, values: Mapping[str, str], vendor: Vendor | None = None) -> Card:
        pages = self.pages(template, values, vendor)
        return Card(template.tpl_id, template.version, template.card_id, template.name, pages)

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
