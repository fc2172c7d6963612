"""Callback addresses (智能信息回执地址配置) under ``/console/api/callbacks``. Who changes one needs te_admin."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from hongyan.kernel.db.database import Database
from hongyan.kernel.ids import TaskId
from hongyan.rooms.callbacks.console_api.views import (
    CallbackAttempt,
    CallbackAttempts,
    CallbackBody,
    CallbackList,
    CallbackNoticeView,
    CallbackPost,
    CallbackPosts,
    CallbackReplay,
    CallbackReplayed,
    CallbackSecret,
    CallbackView,
    MessagePost,
    MessagePosts,
    PostStateName,
    TenantKind,
)
from hongyan.rooms.callbacks.contracts import AddressKind, AttemptSort, PostFilter, PostSort, PostState
from hongyan.rooms.callbacks.service.desk import CallbacksDesk
from hongyan.rooms.identity.contracts import Actor, Auth, Permission

_NOTICES = 10


def console_router(db: Database, desk: CallbacksDesk, auth: Auth) -> APIRouter:
    """Return the endpoints."""
    router = APIRouter(prefix="/console/api/callbacks", tags=["callbacks"])
    caller = Annotated[Actor, Depends(auth.console)]

    @router.get("", operation_id="console_list_callbacks")
    async def list_callbacks(actor: caller) -> CallbackList:
        """List all addresses, also those of apps and video templates, with their health and numbers of posts."""
        async with db.begin() as uow:
            items = [CallbackView.of(listed) for listed in await desk.list_all(uow, actor)]
            notices = await desk.list_notices(uow, actor, limit=_NOTICES)
        return CallbackList(items=items, notices=[CallbackNoticeView.of(notice) for notice in notices])

    @router.put("/kinds/{kind}", operation_id="console_set_callback")
    async def set_callback(actor: caller, kind: TenantKind, wanted: CallbackBody) -> CallbackView:
        """Set the address of a kind, replacing the one before."""
        actor.tenant(Permission.CALLBACK_CREATE)
        url = wanted.callback_url.strip()
        await desk.check_target(url)
        async with db.begin() as uow:
            address = await desk.register(uow, actor, AddressKind(kind), url, wanted.remark.strip())
            return CallbackView.of(await desk.get(uow, actor, address.address_id))

    @router.get("/posts", operation_id="console_list_message_posts")
    async def posts_of(
        actor: caller, task_id: UUID, code: Annotated[str, Query(min_length=1, max_length=16)]
    ) -> MessagePosts:
        """Show the posts with the receipt of the message whose link has this code."""
        async with db.begin() as uow:
            found = await desk.list_posts_of(uow, actor, TaskId(str(task_id)), code)
        return MessagePosts(items=[MessagePost.of(post, address) for post, address in found])

    @router.get("/{address_id}", operation_id="console_show_callback")
    async def show(actor: caller, address_id: UUID) -> CallbackView:
        """Show one address."""
        async with db.begin() as uow:
            return CallbackView.of(await desk.get(uow, actor, str(address_id)))

    @router.delete("/{address_id}", status_code=204, operation_id="console_delete_callback")
    async def remove(actor: caller, address_id: UUID) -> None:
        """Remove an address; what waits for it is given up."""
        async with db.begin() as uow:
            await desk.remove(uow, actor, str(address_id))

    @router.post("/{address_id}/enable", operation_id="console_enable_callback")
    async def enable(actor: caller, address_id: UUID) -> CallbackView:
        """Let a disabled address begin anew."""
        async with db.begin() as uow:
            return CallbackView.of(await desk.enable(uow, actor, str(address_id)))

    @router.post("/{address_id}/secret", operation_id="console_rotate_callback_secret")
    async def rotate(actor: caller, address_id: UUID) -> CallbackSecret:
        """Sign posts, or with another secret; shown once. The one before signs for 24 hours more."""
        async with db.begin() as uow:
            return CallbackSecret(secret=await desk.new_secret(uow, actor, str(address_id)))

    @router.delete("/{address_id}/secret", status_code=204, operation_id="console_delete_callback_secret")
    async def unsign(actor: caller, address_id: UUID) -> None:
        """Sign posts no more."""
        async with db.begin() as uow:
            await desk.drop_secret(uow, actor, str(address_id))

    _add_posts(router, db, desk, caller)
    return router


def _add_posts(router: APIRouter, db: Database, desk: CallbacksDesk, caller: Any) -> None:
    """Add what concerns single posts and tries."""

    @router.post("/{address_id}/test", operation_id="console_test_callback")
    async def test(actor: caller, address_id: UUID) -> CallbackAttempt:
        """Post a made-up receipt now and say what came back; nothing is counted."""
        return CallbackAttempt.of(await desk.test(actor, str(address_id)))

    @router.get("/{address_id}/attempts", operation_id="console_list_callback_attempts")
    async def attempts(
        *,
        actor: caller,
        address_id: UUID,
        result: Literal["well", "failed"] | None = None,
        sort: AttemptSort = "-at",
        offset: Annotated[int, Query(ge=0, le=10_000)] = 0,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
    ) -> CallbackAttempts:
        """Show the delivery log: every try, newest first unless asked."""
        went_well = None if result is None else result == "well"
        async with db.begin() as uow:
            page = await desk.page_attempts(
                uow, actor, str(address_id), went_well=went_well, sort=sort, offset=offset, limit=limit
            )
        return CallbackAttempts(items=[CallbackAttempt.of(attempt) for attempt in page.items], total=page.total)

    @router.get("/{address_id}/posts", operation_id="console_list_callback_posts")
    async def posts(
        *,
        actor: caller,
        address_id: UUID,
        state: Annotated[list[PostStateName] | None, Query()] = None,
        task_id: UUID | None = None,
        begin: datetime | None = None,
        end: datetime | None = None,
        sort: PostSort = "-created_at",
        offset: Annotated[int, Query(ge=0, le=10_000)] = 0,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
    ) -> CallbackPosts:
        """List posts, newest first unless asked; the dead ones are the dead letters."""
        where = PostFilter(
            states=frozenset(PostState[one.upper()] for one in state or ()),
            begin=begin,
            end=end,
            task_id=None if task_id is None else TaskId(str(task_id)),
        )
        async with db.begin() as uow:
            page = await desk.list_posts(uow, actor, str(address_id), where, sort=sort, offset=offset, limit=limit)
        return CallbackPosts(items=[CallbackPost.of(post) for post in page.items], total=page.total)

    @router.post("/{address_id}/replay", operation_id="console_replay_callback")
    async def replay(actor: caller, address_id: UUID, wanted: CallbackReplay) -> CallbackReplayed:
        """Send ended posts again, with their ids and ``retry`` set: by id, time of creation, task or state."""
        where = wanted.to_filter()
        async with db.begin() as uow:
            return CallbackReplayed(count=await desk.replay(uow, actor, str(address_id), where))
