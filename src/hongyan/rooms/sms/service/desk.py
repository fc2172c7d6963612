"""What people at a screen need besides the vendor's operations.

What is missing yet, what a deletion takes along, taking a submission back, many at once, what the desk said so far.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from hongyan.kernel.db.database import Uow
from hongyan.kernel.errors import InvalidInput
from hongyan.rooms.enterprises.contracts import Scene
from hongyan.rooms.enterprises.errors import FilingMissing
from hongyan.rooms.enterprises.service import EnterprisesService
from hongyan.rooms.identity.contracts import Actor, Permission, Service
from hongyan.rooms.identity.service.door import IdentityService
from hongyan.rooms.reviews.contracts import ReviewStory
from hongyan.rooms.reviews.service import ReviewsService
from hongyan.rooms.sms.contracts import (
    AppStatus,
    ListFilter,
    Signature,
    SignatureStatus,
    SmsTemplate,
    TemplateStatus,
)
from hongyan.rooms.sms.errors import WrongState
from hongyan.rooms.sms.rules import templates as template_rules
from hongyan.rooms.sms.rules.signatures import MAX_APPS
from hongyan.rooms.sms.service.signatures import REVIEW_KIND as SIGNATURE
from hongyan.rooms.sms.service.signatures import SignaturesService
from hongyan.rooms.sms.service.templates import REVIEW_KIND as TEMPLATE
from hongyan.rooms.sms.service.templates import TemplatesService
from hongyan.rooms.sms.store import apps as app_store
from hongyan.rooms.sms.store import signatures as signature_store
from hongyan.rooms.sms.store import templates as template_store

_APPROVED = "approved"
_SHOWN = 5
_WITHDRAWN = "已撤回 (withdrawn)"
_TAKEN_BACK = {
    SignatureStatus.PENDING_REVIEW: SignatureStatus.REVIEW_NOT_PASS,
    SignatureStatus.PENDING_ACTIVATE: SignatureStatus.TO_BE_ACTIVATED,
}
"""Where a signature stands after its submission was taken back: where it can be modified or submitted again."""


@dataclass(frozen=True, slots=True)
class Preconditions:
    """What a tenant has of what the next step needs."""

    is_open: bool
    """The service is opened."""
    filing_state: str
    """Of the filing for sending: none, reviewing, approved, rejected."""
    apps: int
    app_limit: int
    usable_apps: int
    usable_signatures: int


@dataclass(frozen=True, slots=True)
class Consequences:
    """What goes with a signature when it is deleted."""

    channel_number: str
    """Empty when there is none yet."""
    template_count: int
    template_names: tuple[str, ...]
    """The first few."""


class SmsDesk:
    """Use cases of the console alone."""

    def __init__(
        self,
        *,
        identity: IdentityService,
        reviews: ReviewsService,
        enterprises: EnterprisesService,
        signatures: SignaturesService,
        templates: TemplatesService,
    ) -> None:
        """Work with the given parts."""
        self._identity = identity
        self._reviews = reviews
        self._enterprises = enterprises
        self._signatures = signatures
        self._templates = templates

    async def get_preconditions(self, uow: Uow, actor: Actor) -> Preconditions:
        """Return what the actor's tenant has already."""
        tenant_id = actor.tenant(Permission.SMS_APP_LIST)
        tenant = await self._identity.get_tenant(uow, tenant_id)
        try:
            await self._enterprises.require_filed(uow, tenant_id, Scene.SMART_SEND)
            filing_state = _APPROVED
        except FilingMissing as missing:
            filing_state = str(missing.params["state"])
        apps = ListFilter(statuses=(AppStatus.LAUNCHED.value,))
        signatures = ListFilter(statuses=(SignatureStatus.REVIEW_PASSED.value,))
        return Preconditions(
            is_open=Service.SMS in tenant.services,
            filing_state=filing_state,
            apps=await app_store.count_apps(uow, tenant_id),
            app_limit=MAX_APPS,
            usable_apps=(await app_store.list_apps(uow, tenant_id, apps, 0, 1)).total,
            usable_signatures=(await signature_store.list_signatures(uow, tenant_id, signatures, 0, 1)).total,
        )

    async def list_signature_stories(self, uow: Uow, actor: Actor, signature_id: str) -> tuple[ReviewStory, ...]:
        """Return a signature's submissions and what became of them, the newest first.

        Raises:
            SignatureNotFound: the tenant has none with that id.
        """
        found = await self._signatures.get_signature(uow, actor, signature_id)
        return await self._reviews.list_stories(uow, found.tenant_id, SIGNATURE, found.signature_id)

    async def list_template_stories(self, uow: Uow, actor: Actor, template_id: str) -> tuple[ReviewStory, ...]:
        """Return a template's submissions and what became of them, the newest first.

        Raises:
            TemplateNotFound: the tenant has none with that id.
        """
        found = await self._templates.get_template(uow, actor, template_id)
        return await self._reviews.list_stories(uow, found.tenant_id, TEMPLATE, found.template_id)

    async def list_asked_back(
        self,
        uow: Uow,
        actor: Actor,
        *,
        signatures: Sequence[Signature] = (),
        templates: Sequence[SmsTemplate] = (),
    ) -> frozenset[str]:
        """Return the ids of those that the desk has given back with a question."""
        found = {
            one.review_id: one.signature_id
            for one in signatures
            if one.status is SignatureStatus.REVIEW_NOT_PASS and one.review_id is not None
        } | {
            one.review_id: one.template_id
            for one in templates
            if one.status is TemplateStatus.REJECTED and one.review_id is not None
        }
        asked = await self._reviews.list_asked_back(uow, actor.tenant(), list(found))
        return frozenset(found[review_id] for review_id in asked)

    async def get_consequences(self, uow: Uow, actor: Actor, signature_id: str) -> Consequences:
        """Return what goes with a signature.

        Raises:
            SignatureNotFound: the tenant has none with that id.
        """
        found = await self._signatures.find(uow, actor.tenant(Permission.SIGNATURE_DELETE), signature_id)
        names = [
            template.name
            for template in await template_store.list_of_signature(uow, found.tenant_id, found.signature_id)
        ]
        return Consequences(found.channel_number, len(names), tuple(names[:_SHOWN]))

    async def withdraw_signature(self, uow: Uow, actor: Actor, signature_id: str) -> None:
        """Take a signature back from the desk (撤回), so that it can be modified.

        Raises:
            SignatureNotFound: the tenant has none with that id.
            WrongState: it does not wait for a review.
        """
        tenant_id = actor.tenant(Permission.SIGNATURE_UPDATE)
        found = await self._signatures.find(uow, tenant_id, signature_id, lock=True)
        status = _TAKEN_BACK.get(found.status)
        if status is None or found.review_id is None:
            raise WrongState(what="signature", state=found.status.value)
        await self._reviews.withdraw(uow, tenant_id, found.review_id, withdrawn_by=actor.user_name)
        await signature_store.set_status(uow, tenant_id, found.signature_id, status, _WITHDRAWN)
        await self._note(uow, actor, "signature.withdraw", "signature", found.signature_id, found.form.name)

    async def withdraw_template(self, uow: Uow, actor: Actor, template_id: str) -> None:
        """Take a template back from the desk (撤回), so that it can be modified.

        Raises:
            TemplateNotFound: the tenant has none with that id.
            WrongState: it does not wait for a review.
        """
        tenant_id = actor.tenant(Permission.SMS_TEMPLATE_UPDATE)
        found = await self._templates.find(uow, tenant_id, template_id, lock=True)
        if found.status is not TemplateStatus.REVIEWING or found.review_id is None:
            raise WrongState(what="template", state=found.status.value)
        await self._reviews.withdraw(uow, tenant_id, found.review_id, withdrawn_by=actor.user_name)
        await template_store.set_status(uow, tenant_id, found.template_id, TemplateStatus.REJECTED, _WITHDRAWN)
        await self._note(uow, actor, "sms_template.withdraw", "sms_template", found.template_id, found.name)

    async def delete_templates(self, uow: Uow, actor: Actor, template_ids: Sequence[str]) -> int:
        """Delete many templates, all or none; return how many.

        Raises:
            InvalidInput: none, or more than 50.
            TemplateNotFound: the tenant lacks one of them.
        """
        wanted = sorted(set(template_ids))
        if not 1 <= len(wanted) <= template_rules.MAX_AT_ONCE:
            raise InvalidInput(
                "template_ids",
                reason=f"1 to {template_rules.MAX_AT_ONCE} templates are needed",
                reason_zh=f"一次可删除 1–{template_rules.MAX_AT_ONCE} 个模板",
            )
        for template_id in wanted:
            await self._templates.delete_template(uow, actor, template_id)
        return len(wanted)

    async def _note(self, uow: Uow, actor: Actor, action: str, kind: str, subject_id: str, name: str) -> None:
        await self._identity.note(
            uow,
            actor,
            action,
            subject_kind=kind,
            subject_id=subject_id,
            tenant_id=actor.tenant_id,
            after={"name": name},
        )
