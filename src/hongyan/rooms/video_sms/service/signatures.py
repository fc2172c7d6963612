"""Signatures of video messages: submitted, reviewed, modified after a rejection, deleted.

A template may carry any name: an approved one is what its form offers, and what the desk is told.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import FileId, Ids, TenantId, VideoSignatureId
from hongyan.kernel.paging import Page
from hongyan.rooms.enterprises.contracts import Scene
from hongyan.rooms.enterprises.service import EnterprisesService
from hongyan.rooms.identity.contracts import Actor, Permission, Service, Tenant
from hongyan.rooms.identity.service.door import IdentityService
from hongyan.rooms.reviews.contracts import DueKind, ReviewStory, Submission
from hongyan.rooms.reviews.service import ReviewsService
from hongyan.rooms.video_sms.contracts import (
    AUTHORISATION,
    MATERIAL,
    SignatureFile,
    SignatureFilter,
    VideoSignature,
    VideoSignatureForm,
    VideoSignatureState,
)
from hongyan.rooms.video_sms.errors import (
    AuthorisationMissing,
    SignatureExists,
    SignatureLimitReached,
    SignatureNotFound,
    SignatureWrongState,
)
from hongyan.rooms.video_sms.rules import signatures as rules
from hongyan.rooms.video_sms.service.signature_files import SignatureFiles
from hongyan.rooms.video_sms.store import signatures as store

REVIEW_KIND = "video_sms.signature"
FILED_AUTHORISATION = "signature_authorisation"
"""Field of the filing that authorises the company's own signatures."""
_WITHDRAWN = "已撤回 (withdrawn)"
_S = VideoSignatureState


@dataclass(frozen=True, slots=True)
class SignatureCase:
    """A signature with its documents and what became of its submissions, the newest first."""

    signature: VideoSignature
    files: tuple[SignatureFile, ...]
    stories: tuple[ReviewStory, ...]


class VideoSignatures:
    """Use cases of signatures."""

    def __init__(
        self,
        *,
        clock: Clock,
        ids: Ids,
        files: SignatureFiles,
        identity: IdentityService,
        enterprises: EnterprisesService,
        reviews: ReviewsService,
    ) -> None:
        """Work with the given parts."""
        self.files = files
        self._clock = clock
        self._ids = ids
        self._identity = identity
        self._enterprises = enterprises
        self._reviews = reviews

    async def is_authorised(self, uow: Uow, actor: Actor) -> bool:
        """Tell whether the filing has an approved authorisation, so that the form needs none of its own."""
        tenant_id = actor.tenant(Permission.BASIC_TEMPLATE_LIST)
        return await self._enterprises.has_approved_paper(uow, tenant_id, FILED_AUTHORISATION)

    async def create(self, uow: Uow, actor: Actor, form: VideoSignatureForm) -> VideoSignature:
        """Submit a signature for review (two working hours).

        Raises:
            InvalidInput: a field breaks its rule.
            AuthorisationMissing: neither the form nor the filing shows that the company may use the name.
            SignatureFileNotFound: a document was not uploaded by this tenant for its field.
            SignatureExists, SignatureLimitReached: the tenant has one of that name, or 200.
            HongyanError: the service is not open, or the filing is missing.
        """
        tenant = await self._editor(uow, actor, form)
        if await store.count_signatures(uow, tenant.id) >= rules.MAX_SIGNATURES:
            raise SignatureLimitReached(limit=rules.MAX_SIGNATURES)
        key = rules.name_key(form.name)
        if await store.is_taken(uow, tenant.id, key):
            raise SignatureExists("signature_name", name=form.name)
        signature_id = VideoSignatureId(self._ids.uuid())
        made = VideoSignature(signature_id, tenant.id, form, _S.REVIEWING, None, "", self._clock.now())
        await store.insert_signature(uow, made, key)
        await self._submit(uow, actor, tenant, signature_id, form)
        await self._note(uow, actor, "video_signature.create", signature_id, form.name)
        return await self.find(uow, tenant.id, signature_id)

    async def update(self, uow: Uow, actor: Actor, signature_id: str, form: VideoSignatureForm) -> VideoSignature:
        """Modify a signature that was not approved and submit it again; refusals as for a new one.

        Raises:
            SignatureNotFound: the tenant has none with that id.
            SignatureWrongState: it waits for its review, or was approved.
        """
        tenant = await self._editor(uow, actor, form)
        found = await self.find(uow, tenant.id, signature_id, lock=True)
        if found.state is not _S.REJECTED:
            raise _wrong_state(found)
        key = rules.name_key(form.name)
        if await store.is_taken(uow, tenant.id, key, found.signature_id):
            raise SignatureExists("signature_name", name=form.name)
        await store.update_form(uow, tenant.id, found.signature_id, form, key)
        await self._submit(uow, actor, tenant, found.signature_id, form)
        await self._note(uow, actor, "video_signature.update", found.signature_id, form.name)
        return await self.find(uow, tenant.id, found.signature_id)

    async def delete(self, uow: Uow, actor: Actor, signature_id: str) -> None:
        """Delete a signature; templates that carry its name stay as they are.

        Raises:
            SignatureNotFound: the tenant has none with that id.
        """
        tenant_id = actor.tenant(Permission.BASIC_TEMPLATE_EDIT)
        found = await self.find(uow, tenant_id, signature_id, lock=True)
        if found.review_id is not None:
            await self._reviews.withdraw(uow, tenant_id, found.review_id, withdrawn_by=actor.user_name)
        await store.delete_signature(uow, tenant_id, found.signature_id)
        await self._note(uow, actor, "video_signature.delete", found.signature_id, found.form.name)

    async def withdraw(self, uow: Uow, actor: Actor, signature_id: str) -> None:
        """Take a signature back from the desk (撤回), so that it can be modified.

        Raises:
            SignatureNotFound: the tenant has none with that id.
            SignatureWrongState: it does not wait for a review.
        """
        found, review_id = await self._waiting(uow, actor, signature_id)
        await self._reviews.withdraw(uow, found.tenant_id, review_id, withdrawn_by=actor.user_name)
        await store.set_state(uow, found.tenant_id, found.signature_id, _S.REJECTED, _WITHDRAWN)
        await self._note(uow, actor, "video_signature.withdraw", found.signature_id, found.form.name)

    async def urge(self, uow: Uow, actor: Actor, signature_id: str) -> None:
        """Remind the review desk (催审).

        Raises:
            SignatureNotFound: the tenant has none with that id.
            SignatureWrongState: it does not wait for a review.
            UrgedTooSoon: see ``ReviewsService.urge``.
        """
        found, review_id = await self._waiting(uow, actor, signature_id)
        await self._reviews.urge(uow, found.tenant_id, review_id, urged_by=actor.user_name)

    async def review_decided(
        self, uow: Uow, tenant_id: TenantId, signature_id: str, *, review_id: str, is_approved: bool, reason: str
    ) -> None:
        """Take a decision in; safe to repeat (key: review id and state)."""
        found = await store.find_signature(uow, tenant_id, VideoSignatureId(signature_id), lock=True)
        if found is None or found.review_id != review_id or found.state is not _S.REVIEWING:
            return
        state = _S.APPROVED if is_approved else _S.REJECTED
        # What the desk noted when it approved is no reason why anything was refused.
        await store.set_state(uow, tenant_id, found.signature_id, state, "" if is_approved else reason)

    async def show(self, uow: Uow, actor: Actor, signature_id: str) -> SignatureCase:
        """Return a signature with its documents and its history.

        Raises:
            SignatureNotFound: the tenant has none with that id.
        """
        tenant_id = actor.tenant(Permission.BASIC_TEMPLATE_LIST)
        found = await self.find(uow, tenant_id, signature_id)
        ids = (found.form.authorisation_id, found.form.material_id)
        files = [await self.files.find(uow, tenant_id, file_id) for file_id in ids if file_id is not None]
        stories = await self._reviews.list_stories(uow, tenant_id, REVIEW_KIND, found.signature_id)
        return SignatureCase(found, tuple(one for one in files if one is not None), stories)

    async def list(
        self, uow: Uow, actor: Actor, wanted: SignatureFilter, *, offset: int = 0, limit: int = 20
    ) -> Page[VideoSignature]:
        """Return a page of the tenant's signatures, newest first."""
        tenant_id = actor.tenant(Permission.BASIC_TEMPLATE_LIST)
        return await store.list_signatures(uow, tenant_id, wanted, offset=offset, limit=limit)

    async def list_asked_back(self, uow: Uow, actor: Actor, found: Sequence[VideoSignature]) -> frozenset[str]:
        """Return the ids of those that the desk has given back with a question."""
        rejected = {
            one.review_id: one.signature_id for one in found if one.state is _S.REJECTED and one.review_id is not None
        }
        asked = await self._reviews.list_asked_back(uow, actor.tenant(), [*rejected])
        return frozenset(rejected[review_id] for review_id in asked)

    async def find(self, uow: Uow, tenant_id: TenantId, signature_id: str, *, lock: bool = False) -> VideoSignature:
        """Return a signature; raises ``SignatureNotFound``."""
        found = await store.find_signature(uow, tenant_id, VideoSignatureId(signature_id), lock=lock)
        if found is None:
            raise SignatureNotFound("signature_id", what="video signature", id=signature_id)
        return found

    async def _editor(self, uow: Uow, actor: Actor, form: VideoSignatureForm) -> Tenant:
        """Return the tenant when it may hand this form in; nobody else names its signatures until the commit."""
        tenant_id = actor.tenant(Permission.BASIC_TEMPLATE_EDIT)
        rules.check_form(form)
        tenant = await self._identity.require_service(uow, tenant_id, Service.BASIC)
        await self._enterprises.require_filed(uow, tenant_id, Scene.BASIC)
        await store.lock_tenant(uow, tenant_id)
        if form.authorisation_id is None:
            await self._require_no_authorisation(uow, actor, form)
        return tenant

    async def _require_no_authorisation(self, uow: Uow, actor: Actor, form: VideoSignatureForm) -> None:
        if form.involves_third_party:
            raise AuthorisationMissing(
                AUTHORISATION,
                reason="is needed where a third party's rights are involved",
                reason_zh="涉及第三方权益时必须上传签名授权函",
            )
        if not await self.is_authorised(uow, actor):
            raise AuthorisationMissing(
                AUTHORISATION,
                reason="is needed: the filing has no approved signature authorisation",
                reason_zh="企业备案中没有已通过的签名授权函，请上传",
            )

    async def _waiting(self, uow: Uow, actor: Actor, signature_id: str) -> tuple[VideoSignature, str]:
        tenant_id = actor.tenant(Permission.BASIC_TEMPLATE_EDIT)
        found = await self.find(uow, tenant_id, signature_id, lock=True)
        if found.state is not _S.REVIEWING or found.review_id is None:
            raise _wrong_state(found)
        return found, found.review_id

    async def _submit(
        self, uow: Uow, actor: Actor, tenant: Tenant, signature_id: VideoSignatureId, form: VideoSignatureForm
    ) -> None:
        named: dict[str, FileId | None] = {AUTHORISATION: form.authorisation_id, MATERIAL: form.material_id}
        papers = [
            await self.files.hand_in(uow, tenant.id, field, file_id)
            for field, file_id in named.items()
            if file_id is not None
        ]
        snapshot = {
            "legal_name": tenant.legal_name,
            "signature_name": form.name,
            "is_involved_third": form.involves_third_party,
            "is_authorised_by_filing": await self.is_authorised(uow, actor),
            "apply_desc": form.apply_desc,
            "differs_from_company": rules.name_key(form.name) != rules.name_key(tenant.legal_name),
            "same_name_at_other_tenants": await store.count_foreign(uow, tenant.id, rules.name_key(form.name)),
            "papers": [
                {
                    "field": one.field,
                    "paper_id": one.file_id,
                    "name": one.name,
                    "media_type": one.media_type,
                    "size_bytes": one.size_bytes,
                    "sha256": one.sha256,
                }
                for one in papers
            ],
        }
        title = f"{tenant.legal_name} · 【{form.name}】"
        submission = Submission(REVIEW_KIND, signature_id, tenant.id, title, snapshot, DueKind.WORKING_HOURS_2)
        review = await self._reviews.submit(uow, submission, submitted_by=actor.user_name)
        await store.set_review(uow, tenant.id, signature_id, review.review_id)

    async def _note(self, uow: Uow, actor: Actor, action: str, signature_id: VideoSignatureId, name: str) -> None:
        await self._identity.note(
            uow,
            actor,
            action,
            subject_kind="video_signature",
            subject_id=signature_id,
            tenant_id=actor.tenant_id,
            after={"name": name},
        )


def _wrong_state(found: VideoSignature) -> SignatureWrongState:
    state, state_zh = rules.NAMES[found.state]
    return SignatureWrongState(what="video signature", id=found.signature_id, state=state, state_zh=state_zh)
