"""A tenant's own link domains: handed in, reviewed, registered at handset vendors, taken out of use.

The rows are the room ``short_links``'s, which knows nothing of reviews and vendors. Not for: links on them.
"""

from collections.abc import Mapping
from typing import Final

from typing_extensions import TypedDict

from hongyan.kernel.db.database import Uow
from hongyan.kernel.errors import NotFound
from hongyan.kernel.http.client import OutgoingHttp
from hongyan.kernel.ids import TenantId
from hongyan.kernel.jobs.queue import Jobs
from hongyan.rooms.campaigns.service.domain_checks import DomainCheck, check_domain
from hongyan.rooms.campaigns.service.domain_letters import FIELD, DomainLetters
from hongyan.rooms.handsets.contracts import VendorState
from hongyan.rooms.handsets.service import HandsetsService
from hongyan.rooms.identity.contracts import Actor, Permission, Service
from hongyan.rooms.identity.service.door import IdentityService
from hongyan.rooms.reviews.contracts import DueKind, ReviewState, ReviewStory, Submission
from hongyan.rooms.reviews.service import ReviewsService
from hongyan.rooms.short_links.contracts import Domain, DomainId, DomainKind, DomainState
from hongyan.rooms.short_links.service import ShortLinksService

REVIEW_KIND: Final = "campaigns.link_domain"
_STORIES: Final = 500


class LinkDomainDocument(TypedDict):
    """A link domain as our own doors show it."""

    domain_id: int
    domain: str
    kind: DomainKind
    state: DomainState
    is_public: bool
    """For every tenant; not this one's own."""
    is_preset: bool
    """The one that links get when none is named."""
    created_at: str


class LinkDomainsDocument(TypedDict):
    """A tenant's link domains and the public ones."""

    items: list[LinkDomainDocument]
    total: int


class LinkDomains:
    """Use cases of link domains."""

    def __init__(
        self,
        *,
        jobs: Jobs,
        links: ShortLinksService,
        reviews: ReviewsService,
        handsets: HandsetsService,
        identity: IdentityService,
        out: OutgoingHttp,
        letters: DomainLetters,
    ) -> None:
        """Stand on the rooms below; ``out`` asks domains whether they lead here."""
        self.letters = letters
        self._out = out
        self._jobs = jobs
        self._links = links
        self._reviews = reviews
        self._handsets = handsets
        self._identity = identity

    async def register(
        self, uow: Uow, actor: Actor, name: str, kind: DomainKind, letter_id: str | None = None
    ) -> Domain:
        """Hand a domain in for review; one that was rejected may be handed in again with its kind.

        ``letter_id``: the letter that shows why the tenant may use it, where another company has registered it.

        Raises:
            DomainExists: the name is registered, by whomever.
            InvalidInput: no host name.
            NotFound: the tenant uploaded no such letter.
            ServiceNotOpen: smart messages are not open.
        """
        tenant_id = actor.tenant(Permission.LINK_DOMAIN_EDIT)
        tenant = await self._identity.require_service(uow, tenant_id, Service.SMART)
        letter = None if letter_id is None else await self.letters.hand_in(uow, actor, letter_id)
        domain = await self._links.hand_in_domain(uow, tenant_id, name, kind)
        snapshot: dict[str, object] = {
            "legal_name": tenant.legal_name,
            "domain": domain.name,
            "kind": domain.kind.value,
        }
        if letter is not None:
            snapshot["papers"] = [{"field": FIELD, "paper_id": letter.file_id, "name": letter.name}]
        submission = Submission(
            kind=REVIEW_KIND,
            subject_id=str(domain.domain_id),
            tenant_id=tenant_id,
            title=f"{tenant.legal_name} · {domain.name}",
            snapshot=snapshot,
            due=DueKind.WORKING_DAYS_3,
        )
        await self._reviews.submit(uow, submission, submitted_by=actor.user_name)
        await self._note(uow, actor, "campaigns.register_domain", domain)
        return domain

    async def list(
        self,
        uow: Uow,
        actor: Actor,
        *,
        kind: DomainKind | None = None,
        state: DomainState | None = None,
        name: str | None = None,
    ) -> tuple[Domain, ...]:
        """Return the tenant's domains and the public ones, narrowed by kind, state and a part of the name."""
        tenant_id = actor.tenant(Permission.LINK_DOMAIN_LIST)
        return tuple(
            domain
            for domain in await self._links.list_domains(uow, tenant_id)
            if kind in {None, domain.kind} and state in {None, domain.state} and (name or "").lower() in domain.name
        )

    async def get(self, uow: Uow, actor: Actor, domain_id: int) -> Domain:
        """Return a domain of the tenant's or a public one.

        Raises:
            NotFound: there is none that the tenant may see.
        """
        found = next((one for one in await self.list(uow, actor) if one.domain_id == domain_id), None)
        if found is None:
            raise NotFound("domain_id", what="Link domain", id=domain_id)
        return found

    async def list_stories(self, uow: Uow, actor: Actor, domain_id: int) -> tuple[ReviewStory, ...]:
        """Return the submissions of one of the tenant's domains and what became of them, the newest first."""
        tenant_id = actor.tenant(Permission.LINK_DOMAIN_LIST)
        return await self._reviews.list_stories(uow, tenant_id, REVIEW_KIND, str(domain_id))

    async def list_refusals(self, uow: Uow, actor: Actor) -> Mapping[int, tuple[bool, str]]:
        """Return what the desk said of domains of the tenant that it turned down, by domain: its last word on each.

        Each is whether it was a question rather than a refusal, and its words.
        """
        tenant_id = actor.tenant(Permission.LINK_DOMAIN_LIST)
        said: dict[int, tuple[bool, str]] = {}
        for story in reversed(await self._reviews.list_stories(uow, tenant_id, REVIEW_KIND, limit=_STORIES)):
            if story.review.state is ReviewState.REJECTED:
                said[int(story.review.subject_id)] = (story.review.is_asked_back, story.review.reason)
        return said

    async def urge(self, uow: Uow, actor: Actor, domain_id: int) -> None:
        """Remind the review desk of a domain (催审).

        Raises:
            NotFound: the tenant has none with that id, or it was never handed in.
            AlreadyDecided, UrgedTooSoon: see ``ReviewsService.urge``.
        """
        tenant_id = actor.tenant(Permission.LINK_DOMAIN_EDIT)
        stories = await self._reviews.list_stories(uow, tenant_id, REVIEW_KIND, str(domain_id), limit=1)
        if not stories:
            raise NotFound("domain_id", what="Link domain", id=domain_id)
        await self._reviews.urge(uow, tenant_id, stories[0].review.review_id, urged_by=actor.user_name)

    async def check(self, domain: Domain) -> DomainCheck:
        """Ask a domain whether its name is known and leads here, by https and by http. Outside any transaction."""
        return await check_domain(self._out, domain.name)

    async def disable(self, uow: Uow, actor: Actor, domain_id: int) -> Domain:
        """Take a domain out of use for good: its links are dead within 2 s. Repeating changes nothing.

        Raises:
            NotFound: the tenant has none with that id.
        """
        tenant_id = actor.tenant(Permission.LINK_DOMAIN_EDIT)
        domain = await self._links.get_domain(uow, tenant_id, DomainId(domain_id))
        if domain.state is not DomainState.DISABLED:
            await self._links.set_domain_state(uow, domain.domain_id, DomainState.DISABLED)
            await self._note(uow, actor, "campaigns.disable_domain", domain)
        return await self._links.get_domain(uow, tenant_id, domain.domain_id)

    async def decide(
        self, uow: Uow, tenant_id: TenantId, domain_id: int, *, is_approved: bool, review_id: str | None = None
    ) -> None:
        """Carry the desk's decision out; an approved domain is registered at every active handset vendor.

        ``review_id``: the submission that was decided. Told twice, it says nothing of what was handed in since.
        """
        domain = await self._links.get_domain(uow, tenant_id, DomainId(domain_id))
        if domain.state is not DomainState.REVIEWING:
            return
        if review_id and not await self._reviews.is_newest(uow, tenant_id, REVIEW_KIND, str(domain_id), review_id):
            return
        state = DomainState.ACTIVE if is_approved else DomainState.REJECTED
        await self._links.set_domain_state(uow, domain.domain_id, state)
        if not is_approved:
            return
        for account in await self._handsets.list_vendors(uow):
            if account.state is VendorState.ACTIVE:
                args = {"vendor": account.vendor.value, "domain": domain.name}
                await self._jobs.defer(uow, "handsets.register_domain", args)

    async def _note(self, uow: Uow, actor: Actor, action: str, domain: Domain) -> None:
        after = {"domain": domain.name, "kind": domain.kind.value}
        await self._identity.note(
            uow, actor, action, subject_kind="link_domain", subject_id=str(domain.domain_id), after=after
        )


def describe(domain: Domain) -> LinkDomainDocument:
    """Return a domain as our own doors show it."""
    return {
        "domain_id": domain.domain_id,
        "domain": domain.name,
        "kind": domain.kind,
        "state": domain.state,
        "is_public": domain.tenant_id is None,
        "is_preset": domain.is_preset,
        "created_at": domain.created_at.isoformat().replace("+00:00", "Z"),
    }
