"""What the parts share: who may act, handing in for review, and the audit log."""

from collections.abc import Iterable, Mapping
from typing import Any

from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Uow
from hongyan.kernel.errors import HongyanError
from hongyan.kernel.ids import Ids, TenantId
from hongyan.rooms.enterprises.contracts import Scene
from hongyan.rooms.enterprises.errors import FilingMissing
from hongyan.rooms.enterprises.service import EnterprisesService
from hongyan.rooms.identity.contracts import Actor, Service, Tenant, system_actor
from hongyan.rooms.identity.service.door import IdentityService
from hongyan.rooms.reviews.contracts import DueKind, Review, ReviewStory, Submission
from hongyan.rooms.reviews.service import ReviewsService
from hongyan.rooms.service_accounts.contracts.accounts import Approval, Part, Pub
from hongyan.rooms.service_accounts.contracts.shortcuts import Shortcut
from hongyan.rooms.service_accounts.rules import accounts as rules
from hongyan.rooms.service_accounts.store import pictures as store

KIND = "service_accounts."
"""Before ``pub``, ``menu``, ``portal`` or ``shortcut``: the kinds of this room on the review desk."""


class Desk:
    """Gates, submissions and notes."""

    def __init__(
        self,
        *,
        clock: Clock,
        ids: Ids,
        identity: IdentityService,
        reviews: ReviewsService,
        enterprises: EnterprisesService,
    ) -> None:
        """Work with the given parts."""
        self.clock = clock
        self._ids = ids
        self._identity = identity
        self._reviews = reviews
        self._enterprises = enterprises

    def new_id(self) -> str:
        """Return 32 hex digits that nobody can guess."""
        return self._ids.uuid().replace("-", "")

    async def editor(self, uow: Uow, tenant_id: TenantId) -> Tenant:
        """Let a tenant change things, one transaction at a time.

        Raises:
            HongyanError: the service is not open, or the tenant is suspended.
            FilingMissing: the filing for service accounts is not approved.
        """
        tenant = await self._identity.require_service(uow, tenant_id, Service.SERVICE_ACCOUNTS)
        await self._enterprises.require_filed(uow, tenant_id, Scene.SERVICE_ACCOUNT)
        await store.lock(uow, "tenant", tenant_id)
        return tenant

    async def uploader(self, uow: Uow, tenant_id: TenantId) -> None:
        """Let a tenant upload: the service must be open.

        Raises:
            HongyanError: it is not, or the tenant is suspended.
        """
        await self._identity.require_service(uow, tenant_id, Service.SERVICE_ACCOUNTS)

    async def company(self, uow: Uow, tenant_id: TenantId) -> Tenant:
        """Return a tenant."""
        return await self._identity.get_tenant(uow, tenant_id)

    async def is_filed(self, uow: Uow, tenant_id: TenantId) -> bool:
        """Tell whether the tenant's filing for service accounts is approved."""
        try:
            await self._enterprises.require_filed(uow, tenant_id, Scene.SERVICE_ACCOUNT)
        except FilingMissing:
            return False
        return True

    async def may_show(self, uow: Uow, tenant_id: TenantId) -> bool:
        """Tell whether phones may show a tenant's accounts: filed, the service open, not suspended."""
        try:
            await self._identity.require_service(uow, tenant_id, Service.SERVICE_ACCOUNTS)
        except HongyanError:
            return False
        return await self.is_filed(uow, tenant_id)

    async def filed_industry(self, uow: Uow, tenant_id: TenantId) -> int:
        """Return the industry that the company filed, as the vendor's number."""
        filing = await self._enterprises.get_filing(uow, system_actor(tenant_id), Scene.SERVICE_ACCOUNT)
        return rules.industry_of(filing.values.get("industry", ""))

    async def submit(
        self,
        uow: Uow,
        actor: Actor,
        tenant: Tenant,
        *,
        noun: str,
        subject_id: str,
        title: str,
        snapshot: Mapping[str, Any],
    ) -> str:
        """Hand something in (three working days); returns the review's id."""
        submission = Submission(
            kind=KIND + noun,
            subject_id=subject_id,
            tenant_id=tenant.id,
            title=f"{tenant.legal_name} · {title}",
            snapshot={"legal_name": tenant.legal_name, **snapshot},
            due=DueKind.WORKING_DAYS_3,
        )
        return (await self._reviews.submit(uow, submission, submitted_by=actor.user_name)).review_id

    async def urge(self, uow: Uow, actor: Actor, tenant_id: TenantId, review_id: str) -> Review:
        """Remind the desk: the first time whenever the company wants, then every four hours."""
        return await self._reviews.urge(uow, tenant_id, review_id, urged_by=actor.user_name, is_first_free=True)

    async def list_stories(self, uow: Uow, tenant_id: TenantId, noun: str, subject_id: str) -> tuple[ReviewStory, ...]:
        """Return what became of a subject's submissions, the newest first."""
        return await self._reviews.list_stories(uow, tenant_id, KIND + noun, subject_id)

    async def list_verdicts(
        self, uow: Uow, tenant_id: TenantId, found: Iterable[Pub | Part | Shortcut]
    ) -> Mapping[str, tuple[bool, str]]:
        """Return by review what was said of those that were not approved: whether as a question, and the words."""
        rejected = [one.review_id for one in found if one.approval is Approval.REJECTED and one.review_id is not None]
        return await self._reviews.list_verdicts(uow, tenant_id, rejected)

    async def note(self, uow: Uow, actor: Actor, action: str, subject_id: str, **after: Any) -> None:
        """Write what somebody did into the audit log; ``action`` is ``noun.verb``."""
        await self._identity.note(
            uow,
            actor,
            action,
            subject_kind=action.partition(".")[0],
            subject_id=subject_id,
            tenant_id=actor.tenant_id,
            after=after,
        )
