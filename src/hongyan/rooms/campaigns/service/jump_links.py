"""A tenant's list of landing URLs (自定义跳转链接): handed in, reviewed, offered where links are made.

A tap on the plain link opens such a page instead of the card's own. The list is what marketing staff pick from; a URL
that is on no list can still be typed, as the API allows. Not for: the links themselves (``short_links``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Uow
from hongyan.kernel.errors import InvalidInput, NotFound
from hongyan.kernel.ids import TenantId
from hongyan.rooms.campaigns.errors import JumpLinkExists, JumpLinkStateConflict, JumpLinksTooMany
from hongyan.rooms.campaigns.store import jump_links as store
from hongyan.rooms.identity.contracts import Actor, Permission, Service
from hongyan.rooms.identity.service.door import IdentityService
from hongyan.rooms.reviews.contracts import DueKind, ReviewStory, Submission
from hongyan.rooms.reviews.service import ReviewsService
from hongyan.rooms.short_links.service import ShortLinksService

REVIEW_KIND: Final = "campaigns.jump_link"
MAX_NAME_CHARS: Final = 30
MAX_LINKS: Final = 500
"""Of one tenant: as many as pickers and lists read at once."""
_STORIES: Final = 500


class JumpLinkState(StrEnum):
    """What the review desk made of a jump link."""

    REVIEWING = "reviewing"
    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class JumpLink:
    """A landing URL of a tenant."""

    link_id: int
    name: str
    url: str
    state: JumpLinkState
    reason: str
    """Why it was turned down, else empty."""
    created_by: str
    created_at: datetime


class JumpLinks:
    """Use cases of jump links."""

    def __init__(
        self, *, clock: Clock, links: ShortLinksService, reviews: ReviewsService, identity: IdentityService
    ) -> None:
        """Stand on the rooms below; ``links`` knows what may be a jump URL."""
        self._clock = clock
        self._links = links
        self._reviews = reviews
        self._identity = identity

    async def add(self, uow: Uow, actor: Actor, name: str, url: str) -> JumpLink:
        """Hand a URL in for review.

        Raises:
            InvalidInput: the name is blank or too long, or it is no http(s) URL.
            JumpLinkExists: the tenant has that URL.
            JumpLinksTooMany: the tenant has as many as there may be.
            ServiceNotOpen: smart messages are not open.
        """
        tenant_id = actor.tenant(Permission.LINK_DOMAIN_EDIT)
        await self._identity.require_service(uow, tenant_id, Service.SMART)
        name, url = _checked_name(name), self._links.check_jump_url(url, "url")
        if await store.count_links(uow, tenant_id) >= MAX_LINKS:
            raise JumpLinksTooMany("url", limit=MAX_LINKS)
        link_id = await store.insert_link(
            uow,
            tenant_id,
            name=name,
            url=url,
            state=JumpLinkState.REVIEWING,
            by=actor.user_name,
            at=self._clock.now(),
        )
        if link_id is None:
            found = await store.find_by_url(uow, tenant_id, url)
            raise JumpLinkExists("url", name=found.name if found else "")
        return await self._hand_in(uow, actor, tenant_id, link_id, "campaigns.add_jump_link")

    async def change(self, uow: Uow, actor: Actor, link_id: int, name: str, url: str) -> JumpLink:
        """Change a link that was turned down and hand it in again.

        Raises:
            NotFound: the tenant has none with that id.
            JumpLinkStateConflict: it was not turned down.
            InvalidInput, JumpLinkExists: as for :meth:`add`.
        """
        tenant_id = actor.tenant(Permission.LINK_DOMAIN_EDIT)
        link = await self._get(uow, tenant_id, link_id, lock=True)
        if link.state is not JumpLinkState.REJECTED:
            raise JumpLinkStateConflict("state", state=link.state.value)
        name, url = _checked_name(name), self._links.check_jump_url(url, "url")
        if not await store.update_link(
            uow, tenant_id, link_id, name=name, url=url, state=JumpLinkState.REVIEWING, reason=""
        ):
            found = await store.find_by_url(uow, tenant_id, url)
            raise JumpLinkExists("url", name=found.name if found else "")
        return await self._hand_in(uow, actor, tenant_id, link_id, "campaigns.change_jump_link")

    async def delete(self, uow: Uow, actor: Actor, link_id: int) -> None:
        """Take a link off the list; what waits at the desk is withdrawn. Tasks that were made with it keep its URL.

        Raises:
            NotFound: the tenant has none with that id.
        """
        tenant_id = actor.tenant(Permission.LINK_DOMAIN_EDIT)
        link = await self._get(uow, tenant_id, link_id, lock=True)
        for story in await self._reviews.list_stories(uow, tenant_id, REVIEW_KIND, str(link_id), limit=1):
            await self._reviews.withdraw(uow, tenant_id, story.review.review_id, withdrawn_by=actor.user_name)
        await store.delete_link(uow, tenant_id, link_id)
        await self._note(uow, actor, "campaigns.delete_jump_link", link)

    async def urge(self, uow: Uow, actor: Actor, link_id: int) -> None:
        """Remind the review desk of a link (催审).

        Raises:
            NotFound: the tenant has none with that id.
            AlreadyDecided, UrgedTooSoon: see ``ReviewsService.urge``.
        """
        tenant_id = actor.tenant(Permission.LINK_DOMAIN_EDIT)
        await self._get(uow, tenant_id, link_id)
        for story in await self._reviews.list_stories(uow, tenant_id, REVIEW_KIND, str(link_id), limit=1):
            await self._reviews.urge(uow, tenant_id, story.review.review_id, urged_by=actor.user_name)

    async def list(
        self, uow: Uow, actor: Actor, *, text: str = "", states: tuple[JumpLinkState, ...] = ()
    ) -> tuple[JumpLink, ...]:
        """Return the tenant's links, the newest first, narrowed by a part of name or URL and by state."""
        part = text.strip().lower()
        return tuple(
            link
            for link in map(_link, await store.list_links(uow, actor.tenant(Permission.LINK_DOMAIN_LIST)))
            if (part in link.name.lower() or part in link.url.lower()) and (not states or link.state in states)
        )

    async def list_asked_back(self, uow: Uow, actor: Actor, found: Sequence[JumpLink]) -> frozenset[int]:
        """Return the ids of those of the tenant's links that the desk has given back with a question."""
        tenant_id = actor.tenant(Permission.LINK_DOMAIN_LIST)
        rejected = {str(one.link_id) for one in found if one.state is JumpLinkState.REJECTED}
        if not rejected:
            return frozenset()
        stories = await self._reviews.list_stories(uow, tenant_id, REVIEW_KIND, limit=_STORIES)
        # The newest come first: the last one to be written down is the latest word on its link.
        asked = {story.review.subject_id: story.review.is_asked_back for story in reversed(stories)}
        return frozenset(int(link_id) for link_id in rejected if asked.get(link_id, False))

    async def show(self, uow: Uow, actor: Actor, link_id: int) -> tuple[JumpLink, tuple[ReviewStory, ...]]:
        """Return a link and its submissions, the newest first.

        Raises:
            NotFound: the tenant has none with that id.
        """
        tenant_id = actor.tenant(Permission.LINK_DOMAIN_LIST)
        link = await self._get(uow, tenant_id, link_id)
        return link, await self._reviews.list_stories(uow, tenant_id, REVIEW_KIND, str(link_id))

    async def decide(
        self,
        uow: Uow,
        tenant_id: TenantId,
        link_id: int,
        *,
        is_approved: bool,
        reason: str,
        review_id: str | None = None,
    ) -> None:
        """Carry the desk's decision out; of a link that is gone or was decided nothing changes.

        ``review_id``: the submission that was decided. Told twice, it says nothing of what was handed in since.
        """
        row = await store.get_link(uow, tenant_id, link_id, lock=True)
        if row is None or row.state != JumpLinkState.REVIEWING:
            return
        if review_id and not await self._reviews.is_newest(uow, tenant_id, REVIEW_KIND, str(link_id), review_id):
            return
        state = JumpLinkState.APPROVED if is_approved else JumpLinkState.REJECTED
        await store.update_link(uow, tenant_id, link_id, state=state, reason="" if is_approved else reason)

    async def _hand_in(self, uow: Uow, actor: Actor, tenant_id: TenantId, link_id: int, action: str) -> JumpLink:
        link = await self._get(uow, tenant_id, link_id)
        company = (await self._identity.get_tenant(uow, tenant_id)).legal_name
        submission = Submission(
            kind=REVIEW_KIND,
            subject_id=str(link_id),
            tenant_id=tenant_id,
            title=f"{company} · {link.name}",
            snapshot={"legal_name": company, "name": link.name, "url": link.url},
            due=DueKind.WORKING_DAYS_3,
        )
        await self._reviews.submit(uow, submission, submitted_by=actor.user_name)
        await self._note(uow, actor, action, link)
        return link

    async def _get(self, uow: Uow, tenant_id: TenantId, link_id: int, *, lock: bool = False) -> JumpLink:
        row = await store.get_link(uow, tenant_id, link_id, lock=lock)
        if row is None:
            raise NotFound("link_id", what="Jump link", id=link_id)
        return _link(row)

    async def _note(self, uow: Uow, actor: Actor, action: str, link: JumpLink) -> None:
        after = {"name": link.name, "url": link.url}
        await self._identity.note(
            uow, actor, action, subject_kind="jump_link", subject_id=str(link.link_id), after=after
        )


def _checked_name(name: str) -> str:
    trimmed = name.strip()
    if not 1 <= len(trimmed) <= MAX_NAME_CHARS or not trimmed.isprintable():
        raise InvalidInput(
            "name",
            reason=f"must have 1 to {MAX_NAME_CHARS} printable characters",
            reason_zh=f"应为 1–{MAX_NAME_CHARS} 个字符",
        )
    return trimmed


def _link(row: Any) -> JumpLink:
    """Return a row of the store."""
    return JumpLink(
        link_id=row.link_id,
        name=row.name,
        url=row.url,
        state=JumpLinkState(row.state),
        reason=row.reason,
        created_by=row.created_by,
        created_at=row.created_at,
    )
