"""Signatures: submitted, reviewed, given a channel number, modified after a rejection, deleted with their templates."""

from dataclasses import replace

from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import Ids, SignatureId, TenantId
from hongyan.kernel.jobs.queue import Jobs
from hongyan.kernel.paging import Page
from hongyan.rooms.enterprises.contracts import Scene
from hongyan.rooms.enterprises.service import EnterprisesService
from hongyan.rooms.identity.contracts import Actor, Permission, Service, Tenant
from hongyan.rooms.identity.service.door import IdentityService
from hongyan.rooms.reviews.contracts import DueKind, Submission
from hongyan.rooms.reviews.service import ReviewsService
from hongyan.rooms.sms.contracts import (
    AppStatus,
    ListFilter,
    Signature,
    SignatureForm,
    SignatureStatus,
    SmsApp,
)
from hongyan.rooms.sms.errors import (
    AppNotFound,
    AppSuspended,
    LimitReached,
    OnlyRejectedEditable,
    SignatureExists,
    SignatureNeedsProof,
    SignatureNotFound,
    WrongState,
)
from hongyan.rooms.sms.rules import signatures as rules
from hongyan.rooms.sms.rules.ids import is_uuid
from hongyan.rooms.sms.service.apps import find_file
from hongyan.rooms.sms.service.gates import Gates
from hongyan.rooms.sms.store import apps as app_store
from hongyan.rooms.sms.store import signatures as store
from hongyan.rooms.sms.store import templates as template_store

REVIEW_KIND = "sms.signature"
RELATION_LETTER = "company_relation"
"""Field of the filing that lets a signature differ from the company's name."""
_WHAT = "signature"


class SignaturesService:
    """Use cases of signatures."""

    def __init__(
        self,
        *,
        clock: Clock,
        ids: Ids,
        jobs: Jobs,
        gates: Gates,
        identity: IdentityService,
        reviews: ReviewsService,
        enterprises: EnterprisesService,
    ) -> None:
        """Work with the given parts."""
        self._clock = clock
        self._ids = ids
        self._jobs = jobs
        self._gates = gates
        self._identity = identity
        self._reviews = reviews
        self._enterprises = enterprises

    async def create_signature(self, uow: Uow, actor: Actor, form: SignatureForm) -> Signature:
        """Submit a signature for review (two working hours).

        Raises:
            SignatureNameLength, InvalidInput: a field breaks its rule.
            AppNotFound, AppSuspended: the app is not there, or not usable.
            FileNotFound: a picture was not uploaded by this tenant.
            SignatureNeedsProof: the name is not the company's and nothing shows why.
            SignatureExists: the tenant has one of that name and type.
            FilingMissing: the filing for sending is not approved.
        """
        tenant_id = actor.tenant(Permission.SIGNATURE_CREATE)
        rules.check_signature(form)
        tenant = await self._identity.require_service(uow, tenant_id, Service.SMS)
        await self._enterprises.require_filed(uow, tenant_id, Scene.SMART_SEND)
        await self._check_surroundings(uow, tenant, form)
        await app_store.lock_tenant(uow, tenant_id)
        if await store.count_signatures(uow, tenant_id, form.app_id) >= rules.MAX_SIGNATURES:
            raise LimitReached(limit=rules.MAX_SIGNATURES, what="signatures")
        signature_id = SignatureId(self._ids.uuid())
        key = rules.name_key(form.name)
        if not await store.insert_signature(uow, tenant_id, signature_id, form, key, self._clock.now()):
            raise SignatureExists("signature_name", name=form.name)
        await self._submit(uow, actor, tenant, signature_id, form)
        await self._note(uow, actor, "signature.create", tenant_id, signature_id, form.name)
        return await self.find(uow, tenant_id, signature_id)

    async def update_signature(self, uow: Uow, actor: Actor, signature_id: str, form: SignatureForm) -> Signature:
        """Modify a rejected signature and submit it again; refusals as for a new one.

        Raises:
            SignatureNotFound: the tenant has none with that id.
            OnlyRejectedEditable: it is in another state.
        """
        tenant_id = actor.tenant(Permission.SIGNATURE_UPDATE)
        rules.check_signature(form)
        tenant = await self._identity.require_service(uow, tenant_id, Service.SMS)
        found = await self.find(uow, tenant_id, signature_id, lock=True)
        if found.status is not SignatureStatus.REVIEW_NOT_PASS:
            raise OnlyRejectedEditable(what=_WHAT, state=found.status.value)
        await self._check_surroundings(uow, tenant, form)
        key = rules.name_key(form.name)
        if await store.is_taken(uow, tenant_id, key, form.type, found.signature_id):
            raise SignatureExists("signature_name", name=form.name)
        await store.update_form(uow, tenant_id, found.signature_id, form, key)
        await store.set_status(uow, tenant_id, found.signature_id, SignatureStatus.PENDING_REVIEW)
        await self._submit(uow, actor, tenant, found.signature_id, form)
        await self._note(uow, actor, "signature.update", tenant_id, found.signature_id, form.name)
        return await self.find(uow, tenant_id, found.signature_id)

    async def delete_signature(self, uow: Uow, actor: Actor, signature_id: str) -> None:
        """Delete a signature, its channel number and all templates under it; what waits to be sent stops.

        Raises:
            SignatureNotFound: the tenant has none with that id.
        """
        tenant_id = actor.tenant(Permission.SIGNATURE_DELETE)
        found = await self.find(uow, tenant_id, signature_id, lock=True)
        for template in await template_store.list_of_signature(uow, tenant_id, found.signature_id):
            if template.review_id is not None:
                await self._reviews.withdraw(uow, tenant_id, template.review_id, withdrawn_by=actor.user_name)
            await template_store.delete_template(uow, tenant_id, template.template_id)
            await self._gates.close(uow, tenant_id, "template", template.template_id, "deleted")
        if found.review_id is not None:
            await self._reviews.withdraw(uow, tenant_id, found.review_id, withdrawn_by=actor.user_name)
        await store.delete_signature(uow, tenant_id, found.signature_id)
        await self._gates.close(uow, tenant_id, "signature", found.signature_id, "deleted")
        await self._jobs.defer(
            uow,
            "carriers.release_signature",
            {"tenant_id": tenant_id, "signature_id": found.signature_id},
            lock=_channel_lock(found.signature_id),
        )
        await self._note(uow, actor, "signature.delete", tenant_id, found.signature_id, found.form.name)

    async def get_signature(self, uow: Uow, actor: Actor, signature_id: str) -> Signature:
        """Return a signature.

        Raises:
            SignatureNotFound: the tenant has none with that id.
        """
        return await self.find(uow, actor.tenant(Permission.SIGNATURE_LIST), signature_id)

    async def list_signatures(
        self, uow: Uow, actor: Actor, wanted: ListFilter, *, offset: int = 0, limit: int = 10
    ) -> Page[Signature]:
        """Return a page of the tenant's signatures, newest first."""
        tenant_id = actor.tenant(Permission.SIGNATURE_LIST)
        if wanted.item_id and not is_uuid(wanted.item_id):
            return Page((), 0, offset, limit)
        return await store.list_signatures(uow, tenant_id, wanted, offset, limit)

    async def urge_signature(self, uow: Uow, actor: Actor, signature_id: str) -> Signature:
        """Remind the review desk (催审).

        Raises:
            WrongState: it does not wait for a review.
            UrgedTooSoon: see ``ReviewsService.urge``.
        """
        tenant_id = actor.tenant(Permission.SIGNATURE_UPDATE)
        found = await self.find(uow, tenant_id, signature_id, lock=True)
        if found.status not in rules.DECIDED or found.review_id is None:
            raise WrongState(what=_WHAT, state=found.status.value)
        review = await self._reviews.urge(uow, tenant_id, found.review_id, urged_by=actor.user_name)
        await store.set_urging(uow, tenant_id, found.signature_id, review.urge_count, review.urged_at)
        return replace(found, urge_count=review.urge_count, urged_at=review.urged_at)

    async def deactivate_signature(
        self, uow: Uow, actor: Actor, tenant_id: TenantId, signature_id: str, reason: str
    ) -> None:
        """Put a usable signature to rest (operators): nothing goes out under it until it is activated again."""
        actor.require(Permission.CHANNEL_EDIT)
        found = await self.find(uow, tenant_id, signature_id, lock=True)
        await self._move(uow, found, SignatureStatus.TO_BE_ACTIVATED, reason)
        await self._gates.close(uow, tenant_id, "signature", found.signature_id, reason)
        await self._note(uow, actor, "signature.deactivate", tenant_id, found.signature_id, found.form.name)

    async def activate_signature(self, uow: Uow, actor: Actor, signature_id: str) -> Signature:
        """Ask for a signature at rest to be used again; a review decides.

        Raises:
            WrongState: it is not at rest.
        """
        tenant_id = actor.tenant(Permission.SIGNATURE_UPDATE)
        found = await self.find(uow, tenant_id, signature_id, lock=True)
        tenant = await self._identity.get_tenant(uow, tenant_id)
        await self._move(uow, found, SignatureStatus.PENDING_ACTIVATE, "")
        await self._submit(uow, actor, tenant, found.signature_id, found.form)
        return await self.find(uow, tenant_id, found.signature_id)

    async def is_foreign(self, uow: Uow, tenant_id: TenantId, name: str) -> bool:
        """Tell whether other companies hold a signature of that name and this one does not."""
        holders = await store.list_holders(uow, rules.name_key(name))
        return bool(holders) and tenant_id not in holders

    async def review_decided(
        self, uow: Uow, tenant_id: TenantId, signature_id: str, *, review_id: str, is_approved: bool, reason: str
    ) -> None:
        """Take a decision in; safe to repeat (key: review id and state)."""
        found = await store.find_signature(uow, tenant_id, SignatureId(signature_id), lock=True)
        if found is None or found.review_id != review_id or found.status not in rules.DECIDED:
            return
        approved, rejected = rules.DECIDED[found.status]
        status = approved if is_approved else rejected
        await self._move(uow, found, status, reason)
        if status is SignatureStatus.PROCESSING:
            await self._jobs.defer(
                uow,
                "carriers.provision_signature",
                {"tenant_id": tenant_id, "signature_id": found.signature_id, "signature_name": found.form.name},
                lock=_channel_lock(found.signature_id),
            )
        if status is SignatureStatus.REVIEW_PASSED:
            await self._gates.open(uow, tenant_id, "signature", found.signature_id)

    async def set_channel_number(
        self, uow: Uow, tenant_id: TenantId, signature_id: SignatureId, channel_number: str
    ) -> None:
        """Write the number that carriers gave a signature; one that is being set up becomes usable. Safe to repeat."""
        found = await store.find_signature(uow, tenant_id, signature_id, lock=True)
        if found is None:
            return
        await store.set_channel(uow, tenant_id, signature_id, channel_number)
        if found.status is SignatureStatus.PROCESSING:
            await self._move(uow, found, SignatureStatus.REVIEW_PASSED, found.review_desc)

    async def find(self, uow: Uow, tenant_id: TenantId, signature_id: str, *, lock: bool = False) -> Signature:
        """Return a signature; raises ``SignatureNotFound``."""
        found = (
            await store.find_signature(uow, tenant_id, SignatureId(signature_id), lock=lock)
            if is_uuid(signature_id)
            else None
        )
        if found is None:
            raise SignatureNotFound("signature_id", id=signature_id)
        return found

    async def _move(self, uow: Uow, found: Signature, status: SignatureStatus, review_desc: str) -> None:
        if status not in rules.NEXT_STATUSES[found.status]:
            raise WrongState(what=_WHAT, state=found.status.value)
        await store.set_status(uow, found.tenant_id, found.signature_id, status, review_desc)

    async def _check_surroundings(self, uow: Uow, tenant: Tenant, form: SignatureForm) -> SmsApp:
        """Check what the form points to: app, pictures, and the right to the name."""
        app = await app_store.find_app(uow, tenant.id, form.app_id) if is_uuid(form.app_id) else None
        if app is None:
            raise AppNotFound("app_id", id=form.app_id)
        if app.status is not AppStatus.LAUNCHED:
            raise AppSuspended("app_id", name=app.name)
        await find_file(uow, tenant.id, "file_id", form.licence_file_id)
        if form.attorney_file_id is not None:
            await find_file(uow, tenant.id, "power_attorney_file_id", form.attorney_file_id)
        if rules.needs_relation_proof(form, tenant.legal_name) and not await self._enterprises.has_approved_paper(
            uow, tenant.id, RELATION_LETTER
        ):
            raise SignatureNeedsProof("signature_name", name=form.name, legal_name=tenant.legal_name)
        return app

    async def _submit(
        self, uow: Uow, actor: Actor, tenant: Tenant, signature_id: SignatureId, form: SignatureForm
    ) -> None:
        snapshot = {
            "legal_name": tenant.legal_name,
            "name": form.name,
            "type": form.type.value,
            "app_id": form.app_id,
            "source": form.source.value,
            "source_title": form.source_title,
            "involves_third_party": form.involves_third_party,
            "licence_file_id": form.licence_file_id,
            "attorney_file_id": form.attorney_file_id,
            "apply_desc": form.apply_desc,
            "differs_from_company": rules.name_key(form.name) != rules.name_key(tenant.legal_name),
            "same_name_at_other_tenants": await store.count_foreign(uow, tenant.id, rules.name_key(form.name)),
        }
        submission = Submission(
            REVIEW_KIND,
            signature_id,
            tenant.id,
            f"{tenant.legal_name} · 【{form.name}】",
            snapshot,
            DueKind.WORKING_HOURS_2,
        )
        review = await self._reviews.submit(uow, submission, submitted_by=actor.user_name)
        await store.set_review(uow, tenant.id, signature_id, review.review_id)

    async def _note(
        self, uow: Uow, actor: Actor, action: str, tenant_id: TenantId, signature_id: SignatureId, name: str
    ) -> None:
        await self._identity.note(
            uow,
            actor,
            action,
            subject_kind="signature",
            subject_id=signature_id,
            tenant_id=tenant_id,
            after={"name": name},
        )


def _channel_lock(signature_id: SignatureId) -> str:
    """Return the lock that lets a number be given and taken back only in the order in which it was asked for."""
    return f"channel.{signature_id}"
