"""The door of video templates: hand in, review, use, disable, expire, show; ``signatures`` is the part for theirs.

Not for: sending (``campaigns``) nor what the wire makes of a document (``gateways``).
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from hongyan.kernel.clock import DEFAULT_ZONE, Clock
from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.files.store import Files
from hongyan.kernel.http.client import OutgoingHttp
from hongyan.kernel.ids import Ids, TenantId, VideoTemplateId
from hongyan.kernel.jobs.queue import Jobs
from hongyan.kernel.paging import Page
from hongyan.rooms.carriers.contracts import MEDIA_PROTOCOLS
from hongyan.rooms.carriers.service import CarriersService
from hongyan.rooms.enterprises.contracts import Scene
from hongyan.rooms.enterprises.service import EnterprisesService
from hongyan.rooms.identity.contracts import Actor, Permission, Service, Tenant, system_actor
from hongyan.rooms.identity.service.door import IdentityService
from hongyan.rooms.reviews.contracts import DueKind, ReviewStory, Submission
from hongyan.rooms.reviews.service import ReviewsService
from hongyan.rooms.video_sms.contracts import (
    AREA,
    Document,
    Element,
    ElementKind,
    NewTemplate,
    Part,
    StatusDocument,
    TemplateFilter,
    TemplateState,
    VideoTemplate,
)
from hongyan.rooms.video_sms.errors import TemplateNotFound, TemplateNotUsable, WrongState
from hongyan.rooms.video_sms.rules import documents, statuses
from hongyan.rooms.video_sms.rules.forms import Checked, bind_values, check_form
from hongyan.rooms.video_sms.rules.presets import presets
from hongyan.rooms.video_sms.service.media import MediaReader, Medium
from hongyan.rooms.video_sms.service.signature_files import SignatureFiles
from hongyan.rooms.video_sms.service.signatures import VideoSignatures
from hongyan.rooms.video_sms.store import signatures as signature_store
from hongyan.rooms.video_sms.store import templates as store

REVIEW_KIND = "video_sms.template"
PREVIEW_WORD = "vp"
"""First word of previews' paths on the links port."""
_SLICE = 200


@dataclass(frozen=True, slots=True)
class Prepared:
    """A new template whose form and media are sound."""

    new: NewTemplate
    checked: Checked
    media: tuple[Medium, ...]


class VideoSmsService:
    """Use cases of video templates."""

    def __init__(
        self,
        *,
        clock: Clock,
        ids: Ids,
        jobs: Jobs,
        files: Files,
        out: OutgoingHttp,
        identity: IdentityService,
        enterprises: EnterprisesService,
        reviews: ReviewsService,
        carriers: CarriersService,
        links_url: str,
    ) -> None:
        """``links_url`` is how people reach the redirector, where previews lie."""
        self._clock = clock
        self._ids = ids
        self._jobs = jobs
        self._files = files
        self._media = MediaReader(out)
        self._identity = identity
        self._enterprises = enterprises
        self._reviews = reviews
        self._carriers = carriers
        self._links_url = links_url.rstrip("/")
        self.signatures = VideoSignatures(
            clock=clock,
            ids=ids,
            files=SignatureFiles(clock=clock, ids=ids, files=files, enterprises=enterprises),
            identity=identity,
            enterprises=enterprises,
            reviews=reviews,
        )

    # --- handing in ---------------------------------------------------------------------------------------------------

    async def prepare(self, db: Database, actor: Actor, new: NewTemplate) -> Prepared:
        """Check a new template, fetch and read its media; writes nothing and may take seconds.

        Raises:
            HongyanError: the service is not open, the filing is missing, or a field breaks its rule.
        """
        tenant_id = actor.tenant(Permission.BASIC_TEMPLATE_EDIT)
        checked = check_form(new)
        async with db.begin() as uow:
            await self.require_open(uow, tenant_id)
        return Prepared(new, checked, await self._media.read(new, checked))

    async def create(self, uow: Uow, actor: Actor, prepared: Prepared) -> VideoTemplate:
        """Write a template and hand it in for review, or keep it as a draft.

        Raises:
            HongyanError: the service is not open, or the filing is missing.
        """
        tenant_id = actor.tenant(Permission.BASIC_TEMPLATE_EDIT)
        await self.require_open(uow, tenant_id)
        tpl_id = await store.next_tpl_id(uow)
        template = self._build(prepared, tpl_id, tenant_id, actor.user_name)
        await self._files.put(AREA, template.content_id, documents.pack(_document(prepared)))
        await store.insert_template(uow, template)
        if not prepared.new.is_draft:
            template = await self._submit(uow, actor, template)
        await self._note(uow, actor, "video_template.create", template)
        return template

    async def submit(self, uow: Uow, actor: Actor, tpl_id: str) -> VideoTemplate:
        """Hand in a draft, or a rejected template once more.

        Raises:
            TemplateNotFound: the tenant has none with that id.
            WrongState: it is neither a draft nor rejected.
        """
        tenant_id = actor.tenant(Permission.BASIC_TEMPLATE_EDIT)
        found = await self._own(uow, tenant_id, tpl_id)
        if found.state not in {TemplateState.DRAFT, TemplateState.REJECTED}:
            raise _wrong_state(found)
        await self.require_open(uow, tenant_id)
        await self._note(uow, actor, "video_template.submit", found)
        return await self._submit(uow, actor, found)

    async def set_usable(
        self, uow: Uow, actor: Actor, tpl_id: str, *, is_usable: bool, reason: str = ""
    ) -> VideoTemplate:
        """Take an approved template out of use, or use it again; what waits to be sent stops within 2 s.

        Tenants switch their own, the platform's operators the public ones. Repeating changes nothing.

        Raises:
            TemplateNotFound: none of this owner.
            WrongState: it is not approved.
        """
        if actor.tenant_id is None:
            actor.require(Permission.PLATFORM_TEMPLATE_EDIT)
        else:
            actor.require(Permission.BASIC_TEMPLATE_EDIT)
        found = await self._own(uow, actor.tenant_id, tpl_id)
        state = TemplateState.USABLE if is_usable else TemplateState.DISABLED
        if found.state is state:
            return found
        if found.state not in {TemplateState.USABLE, TemplateState.DISABLED}:
            raise _wrong_state(found)
        await self._note(uow, actor, "video_template.set_usable", found)
        return await self._move(uow, found, state, "" if is_usable else reason)

    async def review_decided(
        self, uow: Uow, tenant_id: TenantId, tpl_id: str, *, review_id: str, is_approved: bool, reason: str
    ) -> None:
        """Take a decision in; safe to repeat (key: review id and state)."""
        found = await store.find_template(uow, tenant_id, tpl_id, lock=True)
        if found is None or found.review_id != review_id or found.state is not TemplateState.IN_REVIEW:
            return
        if is_approved:
            until = valid_until(self._clock.now(), found.valid_days)
            await store.update_template(uow, found.tpl_id, valid_until=until)
            found = replace(found, valid_until=until)
        await self._move(uow, found, TemplateState.USABLE if is_approved else TemplateState.REJECTED, reason)

    async def expire(self, uow: Uow) -> int:
        """End templates whose days are over, a slice at a time; returns how many. Safe to repeat."""
        expired = await store.list_expired(uow, self._clock.now(), limit=_SLICE)
        for template in expired:
            await self._move(uow, template, TemplateState.EXPIRED, "")
        return len(expired)

    # --- looking ------------------------------------------------------------------------------------------------------

    async def require_open(self, uow: Uow, tenant_id: TenantId) -> Tenant:
        """Return the tenant when it may use video SMS: service open, filing approved.

        Raises:
            HongyanError: what is missing.
        """
        tenant = await self._identity.require_service(uow, tenant_id, Service.BASIC)
        await self._enterprises.require_filed(uow, tenant_id, Scene.BASIC)
        return tenant

    async def get_template(self, uow: Uow, tenant_id: TenantId | None, tpl_id: str) -> VideoTemplate:
        """Return a template of the tenant or a public one, whatever its state; without a tenant only a public one.

        Raises:
            TemplateNotFound: none, or another tenant's.
        """
        found = await store.find_template(uow, tenant_id, tpl_id)
        if found is None:
            raise TemplateNotFound("tpl_id", what="video template", id=tpl_id)
        return found

    async def get_usable(self, uow: Uow, tenant_id: TenantId, tpl_id: str) -> VideoTemplate:
        """Return a template that may be sent now.

        Raises:
            TemplateNotFound: none, or another tenant's.
            TemplateNotUsable: not approved, disabled or expired.
        """
        found = await self.get_template(uow, tenant_id, tpl_id)
        is_over = found.valid_until is not None and found.valid_until <= self._clock.now()
        state = TemplateState.EXPIRED if is_over and found.state is TemplateState.USABLE else found.state
        if state is not TemplateState.USABLE:
            raise TemplateNotUsable(
                "tpl_id",
                what="video template",
                id=tpl_id,
                state=statuses.NAMES[state],
                state_zh=statuses.NAMES_ZH[state],
            )
        return found

    async def list_templates(
        self, uow: Uow, tenant_id: TenantId | None, wanted: TemplateFilter, *, offset: int = 0, limit: int = 20
    ) -> Page[VideoTemplate]:
        """Return a page of the tenant's own and the public templates, newest first."""
        return await store.list_templates(uow, tenant_id, wanted, offset=offset, limit=limit)

    async def describe(self, uow: Uow, templates: Sequence[VideoTemplate]) -> list[StatusDocument]:
        """Return templates as the vendor's list and its receipt show them."""
        accounts = [account for account in await self._carriers.list_accounts(uow) if account.is_enabled]
        reached = statuses.reached(account.carrier.value for account in accounts if account.protocol in MEDIA_PROTOCOLS)
        return [statuses.describe(template, reached, self.preview_url(template)) for template in templates]

    def preview_url(self, template: VideoTemplate) -> str:
        """Return where a template is shown; whoever has the address may look."""
        return f"{self._links_url}/{PREVIEW_WORD}/{template.tpl_id}/{template.preview_token}"

    async def find_preview(self, uow: Uow, tpl_id: str, token: str) -> tuple[VideoTemplate, Document] | None:
        """Return what a preview's address shows."""
        if "\0" in tpl_id + token:  # no text of PostgreSQL's
            return None
        found = await store.find_by_token(uow, tpl_id, token)
        return None if found is None else (found, documents.unpack(await self._files.get(AREA, found.content_id)))

    async def list_asked_back(self, uow: Uow, tenant_id: TenantId, found: Sequence[VideoTemplate]) -> frozenset[str]:
        """Return the ids of those of a tenant's templates that the desk has given back with a question."""
        rejected = {
            one.review_id: one.tpl_id
            for one in found
            if one.state is TemplateState.REJECTED and one.review_id is not None
        }
        asked = await self._reviews.list_asked_back(uow, tenant_id, list(rejected))
        return frozenset(rejected[review_id] for review_id in asked)

    async def list_stories(self, uow: Uow, template: VideoTemplate) -> tuple[ReviewStory, ...]:
        """Return what became of a template's submissions, the newest first; public templates have none."""
        if template.tenant_id is None:
            return ()
        return await self._reviews.list_stories(uow, template.tenant_id, REVIEW_KIND, template.tpl_id)

    async def read_part(self, template: VideoTemplate, number: int) -> Part | None:
        """Return one medium of a template, counted from 0 over all frames; none when it is a text or not there."""
        document = documents.unpack(await self._files.get(AREA, template.content_id))
        parts = [part for frame in document.frames for part in frame]
        if number >= len(parts) or parts[number].kind is ElementKind.TEXT:
            return None
        return parts[number]

    @staticmethod
    def bind_values(template: VideoTemplate, given: Sequence[tuple[str, str]], field: str) -> dict[str, str]:
        """Return placeholder → value for one group of recipients; see ``rules.forms.bind_values``."""
        return bind_values(template.params, given, field)

    @staticmethod
    def message_text(template: VideoTemplate, values: Mapping[str, str]) -> str:
        """Return what the ledger keeps as the text of a video message of this template."""
        return documents.message_text(template.content_id, values)

    # --- the platform's own -------------------------------------------------------------------------------------------

    async def seed_public_templates(self, uow: Uow, actor: Actor | None = None) -> int:
        """Write the preset templates that are not there; returns how many were written.

        Raises:
            Forbidden: the actor (by default the system itself) may not.
        """
        who = actor or system_actor()
        who.require(Permission.PLATFORM_TEMPLATE_EDIT)
        written = 0
        for tpl_id, new in presets():
            if await store.find_template(uow, None, tpl_id) is not None:
                continue
            checked = check_form(new)
            prepared = Prepared(new, checked, await self._media.read(new, checked))
            template = self._build(prepared, VideoTemplateId(tpl_id), None, who.user_name)
            await self._files.put(AREA, template.content_id, documents.pack(_document(prepared)))
            await store.insert_template(uow, replace(template, state=TemplateState.USABLE, valid_until=None))
            await self._note(uow, who, "video_template.create", template)
            written += 1
        return written

    # --- inside -------------------------------------------------------------------------------------------------------

    def _build(
        self, prepared: Prepared, tpl_id: VideoTemplateId, tenant_id: TenantId | None, user_name: str
    ) -> VideoTemplate:
        new, now = prepared.new, self._clock.now()
        elements = tuple(
            Element(
                frame=slot.frame,
                kind=slot.kind,
                name=new.resources[slot.at].name,
                content_type=medium.content_type,
                size_bytes=len(medium.data),
                text=new.resources[slot.at].content if slot.kind is ElementKind.TEXT else None,
            )
            for slot, medium in zip(prepared.checked.slots, prepared.media, strict=True)
        )
        return VideoTemplate(
            tpl_id=tpl_id,
            tenant_id=tenant_id,
            name=new.name,
            title=new.title,
            signature=prepared.checked.signature,
            state=TemplateState.DRAFT,
            state_desc="",
            valid_days=new.valid_days,
            valid_until=valid_until(now, new.valid_days),
            elements=elements,
            params=prepared.checked.params,
            size_bytes=sum(element.size_bytes for element in elements),
            remarks=new.remarks,
            callback_url=new.callback_url,
            content_id=self._ids.uuid(),
            preview_token=secrets.token_urlsafe(16),
            review_id=None,
            created_by=user_name,
            created_at=now,
        )

    async def _own(self, uow: Uow, tenant_id: TenantId | None, tpl_id: str) -> VideoTemplate:
        found = await store.find_template(uow, tenant_id, tpl_id, lock=True)
        if found is None or found.tenant_id != tenant_id:
            raise TemplateNotFound("tpl_id", what="video template", id=tpl_id)
        return found

    async def _submit(self, uow: Uow, actor: Actor, template: VideoTemplate) -> VideoTemplate:
        tenant = await self._identity.get_tenant(uow, actor.tenant())
        snapshot = {
            "legal_name": tenant.legal_name,
            "name": template.name,
            "title": template.title,
            "signature": template.signature,
            "signature_is_approved": await signature_store.is_approved(uow, tenant.id, template.signature),
            "remarks": template.remarks,
            "valid_days": template.valid_days,
            "content": "\n".join(element.text for element in template.elements if element.text is not None),
            "elements": [
                {"frame": e.frame, "kind": e.kind.value, "name": e.name, "size_bytes": e.size_bytes, "text": e.text}
                for e in template.elements
            ],
            "preview_url": self.preview_url(template),
        }
        title = f"{tenant.legal_name} · {template.name}"
        submission = Submission(REVIEW_KIND, template.tpl_id, tenant.id, title, snapshot, DueKind.WORKING_HOURS_2)
        review = await self._reviews.submit(uow, submission, submitted_by=actor.user_name)
        state = TemplateState.IN_REVIEW
        await store.update_template(uow, template.tpl_id, state=state, state_desc="", review_id=review.review_id)
        return replace(template, state=state, state_desc="", review_id=review.review_id)

    async def _move(self, uow: Uow, template: VideoTemplate, state: TemplateState, reason: str) -> VideoTemplate:
        """Write a state, tell the sending line when it opens or closes, and the customer who asked for it."""
        await store.update_template(uow, template.tpl_id, state=state, state_desc=reason)
        was, now = template.state is TemplateState.USABLE, state is TemplateState.USABLE
        if was != now and template.state is not TemplateState.IN_REVIEW:
            verb = "delivery.open_gate" if now else "delivery.close_gate"
            await self._jobs.defer(
                uow,
                verb,
                {"tenant_id": template.tenant_id, "kind": "template", "subject_id": template.tpl_id, "reason": reason},
                lock=f"gate.template.{template.tpl_id}",
            )
        if template.tenant_id is not None and template.callback_url:
            news = {"tenant_id": template.tenant_id, "tpl_id": template.tpl_id}
            await self._jobs.defer(uow, "callbacks.video_template_decided", {**news})
        return replace(template, state=state, state_desc=reason)

    async def _note(self, uow: Uow, actor: Actor, action: str, template: VideoTemplate) -> None:
        await self._identity.note(
            uow,
            actor,
            action,
            subject_kind="video_template",
            subject_id=template.tpl_id,
            tenant_id=template.tenant_id,
            after={"name": template.name},
        )


def valid_until(start: datetime, days: int) -> datetime:
    """Return the end of the last day: 23:59:59 of the platform's zone, ``days`` after the start's day."""
    day = start.astimezone(DEFAULT_ZONE).date() + timedelta(days=days)
    return datetime.combine(day, time(23, 59, 59), DEFAULT_ZONE).astimezone(start.tzinfo)


def _document(prepared: Prepared) -> Document:
    """Return the document: frames in order, each with its parts."""
    frames: dict[int, list[Part]] = {}
    for slot, medium in zip(prepared.checked.slots, prepared.media, strict=True):
        resource = prepared.new.resources[slot.at]
        frames.setdefault(slot.frame, []).append(Part(slot.kind, medium.content_type, resource.name, medium.data))
    return Document(prepared.new.title, prepared.checked.signature, tuple(tuple(parts) for parts in frames.values()))


def _wrong_state(template: VideoTemplate) -> WrongState:
    state = template.state
    return WrongState(
        what="video template", id=template.tpl_id, state=statuses.NAMES[state], state_zh=statuses.NAMES_ZH[state]
    )
