"""Templates: submitted, reviewed, modified after a rejection, taken out of use and back, deleted."""

from dataclasses import replace

from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Uow
from hongyan.kernel.errors import InvalidInput
from hongyan.kernel.ids import SmsTemplateId, TenantId
from hongyan.kernel.paging import Page
from hongyan.rooms.identity.contracts import Actor, Permission, Service
from hongyan.rooms.identity.service.door import IdentityService
from hongyan.rooms.reviews.contracts import DueKind, Submission
from hongyan.rooms.reviews.service import ReviewsService
from hongyan.rooms.sms.contracts import (
    AppStatus,
    ListFilter,
    SignatureStatus,
    SmsTemplate,
    TemplateForm,
    TemplateStatus,
)
from hongyan.rooms.sms.errors import (
    AppSuspended,
    LimitReached,
    OnlyRejectedEditable,
    SignatureIdMissing,
    SignatureNotApproved,
    TemplateNotFound,
    WrongState,
)
from hongyan.rooms.sms.rules import templates as rules
from hongyan.rooms.sms.rules.ids import is_template_id
from hongyan.rooms.sms.service.gates import Gates
from hongyan.rooms.sms.service.signatures import SignaturesService
from hongyan.rooms.sms.store import apps as app_store
from hongyan.rooms.sms.store import templates as store

REVIEW_KIND = "sms.template"
_WHAT = "template"
_NO_NUMBER = SmsTemplateId("0")
"""Stands in a template that the database has not numbered yet."""


class TemplatesService:
    """Use cases of templates."""

    def __init__(
        self,
        *,
        clock: Clock,
        gates: Gates,
        identity: IdentityService,
        reviews: ReviewsService,
        signatures: SignaturesService,
    ) -> None:
        """Work with the given parts."""
        self._clock = clock
        self._gates = gates
        self._identity = identity
        self._reviews = reviews
        self._signatures = signatures

    async def create_template(self, uow: Uow, actor: Actor, form: TemplateForm) -> SmsTemplate:
        """Submit a template for review (two working hours).

        Raises:
            SignatureIdMissing, SignatureNotFound, SignatureNotApproved: the signature is not there, or not usable.
            LinkVariableMissing, InvalidInput: a field breaks its rule.
            AppSuspended: the app is not usable.
        """
        tenant_id = actor.tenant(Permission.SMS_TEMPLATE_CREATE)
        draft = await self._checked(uow, tenant_id, form)
        await app_store.lock_tenant(uow, tenant_id)
        if await store.count_templates(uow, tenant_id, draft.app_id) >= rules.MAX_TEMPLATES:
            raise LimitReached(limit=rules.MAX_TEMPLATES, what="templates")
        template = replace(draft, template_id=await store.insert_template(uow, draft))
        await self._submit(uow, actor, template)
        await self._note(uow, actor, "sms_template.create", template)
        return await self.find(uow, tenant_id, template.template_id)

    async def update_template(self, uow: Uow, actor: Actor, template_id: str, form: TemplateForm) -> SmsTemplate:
        """Modify a rejected template and submit it again; refusals as for a new one.

        Raises:
            TemplateNotFound: the tenant has none with that id.
            OnlyRejectedEditable: it is in another state.
        """
        tenant_id = actor.tenant(Permission.SMS_TEMPLATE_UPDATE)
        found = await self.find(uow, tenant_id, template_id, lock=True)
        if found.status is not TemplateStatus.REJECTED:
            raise OnlyRejectedEditable(what=_WHAT, state=found.status.value)
        template = replace(await self._checked(uow, tenant_id, form), template_id=found.template_id)
        await store.update_template(uow, template)
        await store.set_status(uow, tenant_id, found.template_id, TemplateStatus.REVIEWING)
        await self._submit(uow, actor, template)
        await self._note(uow, actor, "sms_template.update", template)
        return await self.find(uow, tenant_id, found.template_id)

    async def delete_template(self, uow: Uow, actor: Actor, template_id: str) -> None:
        """Delete a template; an open review is withdrawn, what waits to be sent stops.

        Raises:
            TemplateNotFound: the tenant has none with that id.
        """
        tenant_id = actor.tenant(Permission.SMS_TEMPLATE_DELETE)
        found = await self.find(uow, tenant_id, template_id, lock=True)
        if found.review_id is not None:
            await self._reviews.withdraw(uow, tenant_id, found.review_id, withdrawn_by=actor.user_name)
        await store.delete_template(uow, tenant_id, found.template_id)
        await self._gates.close(uow, tenant_id, "template", found.template_id, "deleted")
        await self._note(uow, actor, "sms_template.delete", found)

    async def get_template(self, uow: Uow, actor: Actor, template_id: str) -> SmsTemplate:
        """Return a template.

        Raises:
            TemplateNotFound: the tenant has none with that id.
        """
        return await self.find(uow, actor.tenant(Permission.SMS_TEMPLATE_LIST), template_id)

    async def list_templates(
        self, uow: Uow, actor: Actor, wanted: ListFilter, *, offset: int = 0, limit: int = 10
    ) -> Page[SmsTemplate]:
        """Return a page of the tenant's templates, newest first."""
        tenant_id = actor.tenant(Permission.SMS_TEMPLATE_LIST)
        if wanted.item_id and not is_template_id(wanted.item_id):
            return Page((), 0, offset, limit)
        return await store.list_templates(uow, tenant_id, wanted, offset, limit)

    async def urge_template(self, uow: Uow, actor: Actor, template_id: str) -> SmsTemplate:
        """Remind the review desk (催审).

        Raises:
            WrongState: it does not wait for a review.
            UrgedTooSoon: see ``ReviewsService.urge``.
        """
        tenant_id = actor.tenant(Permission.SMS_TEMPLATE_UPDATE)
        found = await self.find(uow, tenant_id, template_id, lock=True)
        if found.status is not TemplateStatus.REVIEWING or found.review_id is None:
            raise WrongState(what=_WHAT, state=found.status.value)
        review = await self._reviews.urge(uow, tenant_id, found.review_id, urged_by=actor.user_name)
        await store.set_urging(uow, tenant_id, found.template_id, review.urge_count, review.urged_at)
        return replace(found, urge_count=review.urge_count, urged_at=review.urged_at)

    async def set_active(self, uow: Uow, actor: Actor, template_id: str, *, is_active: bool) -> SmsTemplate:
        """Take an approved template out of use, or use it again; repeating changes nothing.

        Raises:
            WrongState: it is not approved.
        """
        tenant_id = actor.tenant(Permission.SMS_TEMPLATE_UPDATE)
        found = await self.find(uow, tenant_id, template_id, lock=True)
        status = TemplateStatus.ACTIVE if is_active else TemplateStatus.INACTIVE
        if found.status is status:
            return found
        if found.status not in {TemplateStatus.ACTIVE, TemplateStatus.INACTIVE}:
            raise WrongState(what=_WHAT, state=found.status.value)
        await store.set_status(uow, tenant_id, found.template_id, status, found.review_desc)
        if is_active:
            await self._gates.open(uow, tenant_id, "template", found.template_id)
        else:
            await self._gates.close(uow, tenant_id, "template", found.template_id, "deactivated")
        await self._note(uow, actor, "sms_template.set_active", found)
        return replace(found, status=status)

    async def review_decided(
        self, uow: Uow, tenant_id: TenantId, template_id: str, *, review_id: str, is_approved: bool, reason: str
    ) -> None:
        """Take a decision in; safe to repeat (key: review id and state)."""
        found = await store.find_template(uow, tenant_id, SmsTemplateId(template_id), lock=True)
        if found is None or found.review_id != review_id or found.status is not TemplateStatus.REVIEWING:
            return
        status = TemplateStatus.ACTIVE if is_approved else TemplateStatus.REJECTED
        await store.set_status(uow, tenant_id, found.template_id, status, reason)

    async def _checked(self, uow: Uow, tenant_id: TenantId, form: TemplateForm) -> SmsTemplate:
        """Return a form as a template that waits for review, after all checks."""
        if not form.signature_id:
            raise SignatureIdMissing("signature_id")
        await self._identity.require_service(uow, tenant_id, Service.SMS)
        signature = await self._signatures.find(uow, tenant_id, form.signature_id)
        kind = form.type or signature.form.type
        rules.check_template(form, kind)
        if signature.status is not SignatureStatus.REVIEW_PASSED:
            raise SignatureNotApproved("signature_id")
        if kind is not signature.form.type:
            raise InvalidInput(
                "template_type",
                reason=f"must be the signature's type, {signature.form.type}",
                reason_zh="模板类型必须与签名类型一致",
            )
        if form.app_id not in {None, signature.form.app_id}:
            raise InvalidInput(
                "app_id", reason="must be the signature's app", reason_zh="模板所属应用必须与签名所属应用一致"
            )
        app = await app_store.find_app(uow, tenant_id, signature.form.app_id)
        if app is None or app.status is not AppStatus.LAUNCHED:
            raise AppSuspended("app_id", name=signature.app_name)
        return SmsTemplate(
            template_id=_NO_NUMBER,
            tenant_id=tenant_id,
            name=form.name,
            type=kind,
            app_id=app.app_id,
            app_name=app.name,
            signature_id=signature.signature_id,
            signature_name=signature.form.name,
            content=form.content,
            desc=form.desc,
            variables=form.variables,
            status=TemplateStatus.REVIEWING,
            review_id=None,
            review_desc="",
            urge_count=0,
            urged_at=None,
            created_at=self._clock.now(),
        )

    async def find(self, uow: Uow, tenant_id: TenantId, template_id: str, *, lock: bool = False) -> SmsTemplate:
        """Return a template; raises ``TemplateNotFound``."""
        found = (
            await store.find_template(uow, tenant_id, SmsTemplateId(template_id), lock=lock)
            if is_template_id(template_id)
            else None
        )
        if found is None:
            raise TemplateNotFound("template_id", id=template_id)
        return found

    async def _submit(self, uow: Uow, actor: Actor, template: SmsTemplate) -> None:
        tenant = await self._identity.get_tenant(uow, template.tenant_id)
        snapshot = {
            "legal_name": tenant.legal_name,
            "name": template.name,
            "type": template.type.value,
            "signature": template.signature_name,
            "content": template.content,
            "desc": template.desc,
            "variables": [
                {"index": spec.index, "type": spec.type.value, "desc": spec.desc} for spec in template.variables
            ],
        }
        submission = Submission(
            REVIEW_KIND,
            template.template_id,
            tenant.id,
            f"{tenant.legal_name} · {template.name}",
            snapshot,
            DueKind.WORKING_HOURS_2,
        )
        review = await self._reviews.submit(uow, submission, submitted_by=actor.user_name)
        await store.set_review(uow, template.tenant_id, template.template_id, review.review_id)

    async def _note(self, uow: Uow, actor: Actor, action: str, template: SmsTemplate) -> None:
        await self._identity.note(
            uow,
            actor,
            action,
            subject_kind="sms_template",
            subject_id=template.template_id,
            tenant_id=template.tenant_id,
            after={"name": template.name},
        )
