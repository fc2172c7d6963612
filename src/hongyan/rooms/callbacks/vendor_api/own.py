"""Our own operations on callbacks: health, delivery log, dead letters, replay, signatures, the test button."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, cast
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from pydantic import ConfigDict, Field

from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.errors import InvalidInput
from hongyan.kernel.http.once import Once
from hongyan.kernel.http.paths import parameter
from hongyan.kernel.http.vendor import VendorBody, parse_span, parse_uuid
from hongyan.kernel.ids import TaskId
from hongyan.rooms.callbacks.contracts import PostFilter, PostId, PostState
from hongyan.rooms.callbacks.service.desk import CallbacksDesk
from hongyan.rooms.callbacks.vendor_api import documents
from hongyan.rooms.callbacks.vendor_api.documents import (
    AddressDocument,
    AddressList,
    AttemptDocument,
    AttemptList,
    NoticeList,
    PostList,
    Removed,
    Replayed,
    SecretDocument,
    StateName,
)
from hongyan.rooms.identity.contracts import Actor, Auth, Permission

_ID = parameter("address_id", but=("notices",))


class ReplayBody(VendorBody):
    """Which posts are sent again; everything that is set must hold, at least one thing must be."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"post_ids": [4711]}, {"state": "dead"}]})

    post_ids: list[Annotated[int, Field(ge=1, le=2**63 - 1)]] = Field(
        default_factory=list, max_length=1000, examples=[[4711]]
    )
    begin_time: Annotated[str | None, Field(examples=["2026-01-01T00:00:00Z"])] = None
    end_time: Annotated[str | None, Field(examples=["2026-01-02T00:00:00Z"])] = None
    task_id: Annotated[str | None, Field(max_length=36)] = None
    state: Annotated[StateName | None, Field(examples=["dead"])] = None
    """``dead`` or ``delivered``; absent: both."""


def own_router(*, db: Database, clock: Clock, auth: Auth, desk: CallbacksDesk, once: Once) -> APIRouter:
    """Return the router of ``/v1/hongyan/callbacks``."""
    router = APIRouter(tags=["callbacks"], prefix="/v1/hongyan/callbacks")
    Signed = Annotated[Actor, Depends(auth.vendor)]  # noqa: N806 - a type

    _add_notices(router, db=db, auth=auth, desk=desk)

    async def change(request: Request, actor: Actor, act: Callable[[Uow], Awaitable[dict[str, Any]]]) -> dict[str, Any]:
        return await once.run(request, actor.tenant(Permission.CALLBACK_CREATE), act)

    @router.get("", operation_id="hongyan_list_callbacks")
    async def list_all(actor: Signed) -> AddressList:
        """List all addresses, also those of apps and video templates, with their health and numbers of posts."""
        async with db.begin() as uow:
            return {"items": [documents.describe(listed) for listed in await desk.list_all(uow, actor)]}

    @router.get(f"/{_ID}", operation_id="hongyan_show_callback")
    async def show(actor: Signed, address_id: UUID) -> AddressDocument:
        """Show one address."""
        async with db.begin() as uow:
            return documents.describe(await desk.get(uow, actor, str(address_id)))

    @router.delete(f"/{_ID}", operation_id="hongyan_delete_callback")
    async def remove(request: Request, actor: Signed, address_id: UUID) -> Removed:
        """Remove an address; what waits for it is given up."""

        async def act(uow: Uow) -> dict[str, Any]:
            await desk.remove(uow, actor, str(address_id))
            return {"id": str(address_id)}

        return cast("Removed", await change(request, actor, act))

    @router.post("/{address_id}/enable", operation_id="hongyan_enable_callback")
    async def enable(request: Request, actor: Signed, address_id: UUID) -> AddressDocument:
        """Let a disabled address begin anew."""

        async def act(uow: Uow) -> dict[str, Any]:
            return {**documents.describe(await desk.enable(uow, actor, str(address_id)))}

        return cast("AddressDocument", await change(request, actor, act))

    @router.post("/{address_id}/secret", operation_id="hongyan_rotate_callback_secret")
    async def rotate(request: Request, actor: Signed, address_id: UUID) -> SecretDocument:
        """Sign posts after Standard Webhooks, with a new secret; shown once. The one before signs for 24 hours more."""

        async def act(uow: Uow) -> dict[str, Any]:
            return {"secret": await desk.new_secret(uow, actor, str(address_id))}

        return cast("SecretDocument", await change(request, actor, act))

    @router.delete("/{address_id}/secret", operation_id="hongyan_delete_callback_secret")
    async def unsign(request: Request, actor: Signed, address_id: UUID) -> Removed:
        """Sign posts no more."""

        async def act(uow: Uow) -> dict[str, Any]:
            await desk.drop_secret(uow, actor, str(address_id))
            return {"id": str(address_id)}

        return cast("Removed", await change(request, actor, act))

    _add_posts(router, db=db, clock=clock, auth=auth, desk=desk, once=once)
    return router


def _add_notices(router: APIRouter, *, db: Database, auth: Auth, desk: CallbacksDesk) -> None:
    """Add the list of notices; before the operations on one address, whose id its path would be."""
    Signed = Annotated[Actor, Depends(auth.vendor)]  # noqa: N806 - a type

    @router.get("/notices", operation_id="hongyan_list_callback_notices")
    async def notices(actor: Signed, limit: Annotated[int, Query(ge=1, le=100)] = 20) -> NoticeList:
        """List what the owner should know, newest first: addresses about to be disabled, and disabled ones."""
        async with db.begin() as uow:
            found = await desk.list_notices(uow, actor, limit=limit)
        return {"items": [documents.describe_notice(notice) for notice in found]}


def _add_posts(router: APIRouter, *, db: Database, clock: Clock, auth: Auth, desk: CallbacksDesk, once: Once) -> None:
    """Add what concerns single posts and tries."""
    Signed = Annotated[Actor, Depends(auth.vendor)]  # noqa: N806 - a type

    @router.post("/{address_id}/test", operation_id="hongyan_test_callback")
    async def test(actor: Signed, address_id: UUID) -> AttemptDocument:
        """Post a made-up receipt now and say what came back; nothing is counted."""
        return documents.describe_attempt(await desk.test(actor, str(address_id)))

    @router.get("/{address_id}/attempts", operation_id="hongyan_list_callback_attempts")
    async def attempts(actor: Signed, address_id: UUID, limit: Annotated[int, Query(ge=1, le=100)] = 20) -> AttemptList:
        """Show the delivery log: the last tries, newest first, with status, duration and the answer's first bytes."""
        async with db.begin() as uow:
            found = await desk.list_attempts(uow, actor, str(address_id), limit=limit)
        return {"items": [documents.describe_attempt(attempt) for attempt in found]}

    @router.get("/{address_id}/posts", operation_id="hongyan_list_callback_posts")
    async def posts(
        actor: Signed,
        address_id: UUID,
        state: StateName | None = None,
        begin_time: str | None = None,
        end_time: str | None = None,
        task_id: Annotated[str | None, Query(max_length=36)] = None,
        offset: Annotated[int, Query(ge=0, le=10_000)] = 0,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
    ) -> PostList:
        """List posts, newest first; ``state=dead`` are the dead letters. ``total`` ends at 10,001."""
        where = _where(clock.now(), begin_time, end_time, task_id, state)
        async with db.begin() as uow:
            page = await desk.list_posts(uow, actor, str(address_id), where, offset=offset, limit=limit)
        return {"items": [documents.describe_post(post) for post in page.items], "total": page.total}

    @router.post("/{address_id}/replay", operation_id="hongyan_replay_callback")
    async def replay(request: Request, actor: Signed, address_id: UUID, body: ReplayBody) -> Replayed:
        """Send ended posts again, with their ids and ``retry`` set: by id, time of creation, task or state."""
        where = _where(clock.now(), body.begin_time, body.end_time, body.task_id, body.state, body.post_ids)
        if where == PostFilter():
            raise InvalidInput("begin_time", reason="say which posts: nothing is set", reason_zh="请指定要重推的范围")

        async def act(uow: Uow) -> dict[str, Any]:
            return {"count": await desk.replay(uow, actor, str(address_id), where)}

        answer = await once.run(request, actor.tenant(Permission.CALLBACK_CREATE), act)
        return cast("Replayed", answer)


def _where(
    now: datetime,
    begin: str | None,
    end: str | None,
    task_id: str | None,
    state: StateName | None,
    post_ids: Sequence[int] = (),
) -> PostFilter:
    first, last = parse_span(begin, end, now=now)
    return PostFilter(
        states=frozenset() if state is None else frozenset({PostState[state.upper()]}),
        begin=first,
        end=last,
        task_id=TaskId(parse_uuid(task_id, "task_id")) if task_id else None,
        post_ids=tuple(PostId(post_id) for post_id in post_ids),
    )
