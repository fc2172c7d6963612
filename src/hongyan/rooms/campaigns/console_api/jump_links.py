"""The console's doors of jump links (自定义跳转链接管理): list, add, change what was turned down, urge, delete."""

from collections.abc import Collection
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, Field

from hongyan.kernel.db.database import Database
from hongyan.rooms.campaigns.console_api.link_domains import DomainStoryView
from hongyan.rooms.campaigns.service.jump_links import JumpLink, JumpLinks, JumpLinkState
from hongyan.rooms.identity.contracts import Actor, Auth

_Plain = r"^[^\x00]*$"
_Id = Annotated[int, Path(ge=1, le=2**63 - 1)]


class WantedJumpLink(BaseModel):
    """The form: what it is called, and the page."""

    name: str = Field(max_length=200, pattern=_Plain)
    url: str = Field(max_length=4096, pattern=_Plain)


class JumpLinkView(BaseModel):
    """A jump link; ``reason`` is why it was turned down, or what the desk asks."""

    link_id: int
    name: str
    url: str
    state: JumpLinkState
    reason: str
    is_asked_back: bool
    """The desk has given it back with a question rather than refused it."""
    created_by: str
    created_at: datetime

    @classmethod
    def of(cls, found: JumpLink, asked_back: Collection[int] = ()) -> Self:
        """Return a row; ``asked_back`` are the ids of those that the desk asks about."""
        return cls(
            link_id=found.link_id,
            name=found.name,
            url=found.url,
            state=found.state,
            reason=found.reason,
            is_asked_back=found.link_id in asked_back,
            created_by=found.created_by,
            created_at=found.created_at,
        )


class JumpLinkList(BaseModel):
    """A page of jump links."""

    items: list[JumpLinkView]
    total: int


class JumpLinkDetail(BaseModel):
    """A jump link with its history."""

    link: JumpLinkView
    stories: list[DomainStoryView]


def jump_links_console(*, db: Database, auth: Auth, jump_links: JumpLinks) -> APIRouter:
    """Return the router of ``/console/api/jump-links``."""
    router = APIRouter(prefix="/console/api/jump-links", tags=["jump links"])
    SignedIn = Annotated[Actor, Depends(auth.console)]  # noqa: N806 - a type
    _reading(router, db, jump_links, SignedIn)

    @router.post("", status_code=201, operation_id="console_add_jump_link")
    async def add(actor: SignedIn, wanted: WantedJumpLink) -> JumpLinkView:
        """Hand a URL in for review."""
        async with db.begin() as uow:
            return JumpLinkView.of(await jump_links.add(uow, actor, wanted.name, wanted.url))

    @router.put("/{link_id}", operation_id="console_change_jump_link")
    async def change(actor: SignedIn, link_id: _Id, wanted: WantedJumpLink) -> JumpLinkView:
        """Change a link that was turned down and hand it in again."""
        async with db.begin() as uow:
            return JumpLinkView.of(await jump_links.change(uow, actor, link_id, wanted.name, wanted.url))

    @router.delete("/{link_id}", status_code=204, operation_id="console_delete_jump_link")
    async def delete(actor: SignedIn, link_id: _Id) -> None:
        """Take a link off the list; tasks that were made with it keep its URL."""
        async with db.begin() as uow:
            await jump_links.delete(uow, actor, link_id)

    @router.post("/{link_id}/urge", status_code=204, operation_id="console_urge_jump_link")
    async def urge(actor: SignedIn, link_id: _Id) -> None:
        """Remind the review desk of a link."""
        async with db.begin() as uow:
            await jump_links.urge(uow, actor, link_id)

    return router


def _reading(router: APIRouter, db: Database, jump_links: JumpLinks, signed_in: Any) -> None:
    @router.get("", operation_id="console_list_jump_links")
    async def list_links(
        *,
        actor: signed_in,
        text: Annotated[str, Query(max_length=200, pattern=_Plain)] = "",
        state: Annotated[list[JumpLinkState] | None, Query()] = None,
        sort: Literal["name", "-name", "created_at", "-created_at"] = "-created_at",
        offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
    ) -> JumpLinkList:
        """List one's jump links; ``text`` is a part of name or URL."""
        async with db.begin() as uow:
            found = await jump_links.list(uow, actor, text=text, states=tuple(state or ()))
            asked_back = await jump_links.list_asked_back(uow, actor, found)
        # All of them are read, and their number is bounded: they come the newest first.
        if sort.endswith("name"):
            found = tuple(sorted(found, key=lambda one: one.name, reverse=sort.startswith("-")))
        elif sort == "created_at":
            found = found[::-1]
        items = [JumpLinkView.of(one, asked_back) for one in found[offset : offset + limit]]
        return JumpLinkList(items=items, total=len(found))

    @router.get("/{link_id}", operation_id="console_show_jump_link")
    async def show(actor: signed_in, link_id: _Id) -> JumpLinkDetail:
        """Show a link with its history."""
        async with db.begin() as uow:
            link, stories = await jump_links.show(uow, actor, link_id)
            asked_back = await jump_links.list_asked_back(uow, actor, [link])
        return JumpLinkDetail(
            link=JumpLinkView.of(link, asked_back), stories=[DomainStoryView.of(one) for one in stories]
        )
