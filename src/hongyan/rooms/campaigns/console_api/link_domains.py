"""The console's doors of link domains (域名管理): list, hand in, urge, check, take out of use."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, Self
from urllib.parse import quote

from fastapi import APIRouter, Depends, File, Path, Query, Response, UploadFile
from pydantic import BaseModel, Field

from hongyan.kernel.db.database import Database
from hongyan.kernel.http.vendor import UUID_PATTERN
from hongyan.rooms.campaigns.service.domain_checks import DomainCheck, Reach
from hongyan.rooms.campaigns.service.domain_letters import MAX_BYTES
from hongyan.rooms.campaigns.service.link_domains import LinkDomains
from hongyan.rooms.identity.contracts import Actor, Auth, Permission
from hongyan.rooms.reviews.contracts import ReviewState, ReviewStory
from hongyan.rooms.short_links.contracts import Domain, DomainKind, DomainState

_Plain = r"^[^\x00]*$"
_Id = Annotated[int, Path(ge=1, le=2**63 - 1)]
Sort = Literal["domain", "-domain", "state", "-state", "created_at", "-created_at"]
_STATES = {state: place for place, state in enumerate(DomainState)}


class WantedDomain(BaseModel):
    """The form: a host name, with a port when it has one; codes are generated or chosen, for good."""

    domain: str = Field(max_length=200, pattern=_Plain)
    kind: DomainKind = DomainKind.STANDARD
    letter_id: str | None = Field(default=None, pattern=UUID_PATTERN)
    """公司关系授权函, uploaded before."""


class LetterView(BaseModel):
    """A letter that was kept, or that goes with a submission."""

    file_id: str
    name: str
    size_bytes: int | None = None


class LinkDomainView(BaseModel):
    """A domain; ``reason`` is why it was turned down, or what the desk asks."""

    domain_id: int
    domain: str
    kind: DomainKind
    state: DomainState
    is_public: bool
    is_preset: bool
    reason: str
    is_asked_back: bool
    """The desk has given it back with a question rather than refused it."""
    created_at: datetime

    @classmethod
    def of(cls, found: Domain, said: tuple[bool, str] = (False, "")) -> Self:
        """Return a row; ``said``: whether the desk asked rather than refused, and its words."""
        is_asked_back, reason = said if found.state is DomainState.REJECTED else (False, "")
        return cls(
            domain_id=found.domain_id,
            domain=found.name,
            kind=found.kind,
            state=found.state,
            is_public=found.tenant_id is None,
            is_preset=found.is_preset,
            reason=reason,
            is_asked_back=is_asked_back,
            created_at=found.created_at,
        )


class LinkDomainList(BaseModel):
    """A page of domains."""

    items: list[LinkDomainView]
    total: int


class DomainEventView(BaseModel):
    """Something that happened to a submission."""

    at: datetime
    action: str
    actor_name: str
    note: str


class DomainStoryView(BaseModel):
    """A submission and what became of it."""

    state: ReviewState
    submitted_at: datetime
    submitted_by: str
    due_at: datetime
    decided_at: datetime | None
    reason: str
    urging_possible_at: datetime
    events: list[DomainEventView]

    @classmethod
    def of(cls, story: ReviewStory) -> Self:
        """Return a submission as its owner may read it."""
        review = story.review
        return cls(
            state=review.state,
            submitted_at=review.submitted_at,
            submitted_by=review.submitted_by,
            due_at=review.due_at,
            decided_at=review.decided_at,
            reason=review.reason,
            urging_possible_at=story.urging_possible_at,
            events=[
                DomainEventView(at=event.at, action=event.action.value, actor_name=event.actor_name, note=event.note)
                for event in story.events
            ],
        )


class LinkDomainDetail(BaseModel):
    """A domain with its history."""

    domain: LinkDomainView
    letter: LetterView | None
    """Of the newest submission."""
    stories: list[DomainStoryView]


class DomainCheckView(BaseModel):
    """Whether a domain's name is known, and what answers there."""

    is_known: bool
    https: Reach
    https_detail: str
    http: Reach
    http_detail: str

    @classmethod
    def of(cls, found: DomainCheck) -> Self:
        """Return what was found."""
        return cls(**{name: getattr(found, name) for name in cls.model_fields})


def domains_console(*, db: Database, auth: Auth, domains: LinkDomains) -> APIRouter:
    """Return the router of ``/console/api/link-domains``."""
    router = APIRouter(prefix="/console/api/link-domains", tags=["link domains"])
    SignedIn = Annotated[Actor, Depends(auth.console)]  # noqa: N806 - a type
    _reading(router, db, domains, SignedIn)

    @router.post("", status_code=201, operation_id="console_register_link_domain")
    async def register(actor: SignedIn, wanted: WantedDomain) -> LinkDomainView:
        """Hand a domain in for review; one that was turned down may come again."""
        async with db.begin() as uow:
            made = await domains.register(uow, actor, wanted.domain, wanted.kind, wanted.letter_id)
            return LinkDomainView.of(made)

    @router.post("/letters", status_code=201, operation_id="console_upload_domain_letter")
    async def upload_letter(actor: SignedIn, file: Annotated[UploadFile, File()]) -> LetterView:
        """Keep a letter (公司关系授权函) to hand in with a domain: a pdf of at most 2 MB."""
        data = await file.read(MAX_BYTES + 1)
        kept = await domains.letters.upload(actor, file.filename or "", data)
        return LetterView(file_id=kept.file_id, name=kept.name, size_bytes=kept.size_bytes)

    @router.get("/letters/{file_id}", operation_id="console_download_domain_letter", response_class=Response)
    async def download_letter(actor: SignedIn, file_id: Annotated[str, Path(pattern=UUID_PATTERN)]) -> Response:
        """Download one of the company's own letters."""
        name, data = await domains.letters.read(actor, actor.tenant(Permission.LINK_DOMAIN_LIST), file_id)
        disposition = f"attachment; filename*=UTF-8''{quote(name)}"
        return Response(data, media_type="application/pdf", headers={"content-disposition": disposition})

    @router.delete("/{domain_id}", operation_id="console_disable_link_domain")
    async def disable(actor: SignedIn, domain_id: _Id) -> LinkDomainView:
        """Take a domain out of use for good; its links are dead within two seconds."""
        async with db.begin() as uow:
            return LinkDomainView.of(await domains.disable(uow, actor, domain_id))

    @router.post("/{domain_id}/urge", status_code=204, operation_id="console_urge_link_domain")
    async def urge(actor: SignedIn, domain_id: _Id) -> None:
        """Remind the review desk of a domain."""
        async with db.begin() as uow:
            await domains.urge(uow, actor, domain_id)

    @router.post("/{domain_id}/check", operation_id="console_check_link_domain")
    async def check(actor: SignedIn, domain_id: _Id) -> DomainCheckView:
        """Look a domain up and ask it, now."""
        async with db.begin() as uow:
            found = await domains.get(uow, actor, domain_id)
        return DomainCheckView.of(await domains.check(found))

    return router


def _reading(router: APIRouter, db: Database, domains: LinkDomains, signed_in: Any) -> None:
    @router.get("", operation_id="console_list_link_domains")
    async def list_domains(
        *,
        actor: signed_in,
        name: Annotated[str | None, Query(max_length=100, pattern=_Plain)] = None,
        kind: DomainKind | None = None,
        state: Annotated[list[DomainState] | None, Query()] = None,
        is_public: bool | None = None,
        sort: Sort | None = None,
        offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
    ) -> LinkDomainList:
        """List one's own domains and the public ones; unless sorted the newest of one's own first."""
        async with db.begin() as uow:
            found = [
                one
                for one in await domains.list(uow, actor, kind=kind, name=name)
                if (not state or one.state in state) and is_public in {None, one.tenant_id is None}
            ]
            said = await domains.list_refusals(uow, actor)
        shown = _sorted(found, sort)[offset : offset + limit]
        items = [LinkDomainView.of(one, said.get(one.domain_id, (False, ""))) for one in shown]
        return LinkDomainList(items=items, total=len(found))

    @router.get("/{domain_id}", operation_id="console_show_link_domain")
    async def show(actor: signed_in, domain_id: _Id) -> LinkDomainDetail:
        """Show a domain with its history."""
        async with db.begin() as uow:
            found = await domains.get(uow, actor, domain_id)
            stories = () if found.tenant_id is None else await domains.list_stories(uow, actor, domain_id)
        newest = stories[0].review if stories else None
        papers = [] if newest is None else newest.snapshot.get("papers", [])
        return LinkDomainDetail(
            domain=LinkDomainView.of(found, (False, "") if newest is None else (newest.is_asked_back, newest.reason)),
            letter=next((LetterView(file_id=one["paper_id"], name=one["name"]) for one in papers), None),
            stories=[DomainStoryView.of(story) for story in stories],
        )


def _sorted(found: Sequence[Domain], sort: Sort | None) -> list[Domain]:
    """All of a tenant's are read, and their number is bounded: what is alike keeps the order of an unsorted list."""
    rows = sorted(found, key=lambda one: (one.tenant_id is None, -one.domain_id))
    is_falling = sort is not None and sort.startswith("-")
    match None if sort is None else sort.removeprefix("-"):
        case "domain":
            rows.sort(key=lambda one: one.name, reverse=is_falling)
        case "state":
            rows.sort(key=lambda one: _STATES[one.state], reverse=is_falling)
        case "created_at":
            rows.sort(key=lambda one: (one.created_at, one.domain_id), reverse=is_falling)
    return rows
