"""Addresses as their owners see them: registered, signed, tried out, enabled again; posts listed and replayed."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.http.client import OutgoingHttp, TargetRefused
from hongyan.kernel.ids import Ids, TaskId, TenantId
from hongyan.kernel.keys.ring import KeyRing
from hongyan.kernel.paging import Page
from hongyan.rooms.callbacks.contracts import (
    OF_MESSAGES,
    Address,
    AddressId,
    AddressKind,
    AddressState,
    Attempt,
    AttemptSort,
    Counts,
    Notice,
    Post,
    PostFilter,
    PostId,
    PostSort,
)
from hongyan.rooms.callbacks.errors import AddressDisabled, AddressNotFound, UrlRefused
from hongyan.rooms.callbacks.rules import bodies, signing
from hongyan.rooms.callbacks.rules.examples import example_of
from hongyan.rooms.callbacks.rules.urls import check_url
from hongyan.rooms.callbacks.service.sender import SECRET_PURPOSE, Sender
from hongyan.rooms.callbacks.service.writer import PURPOSE
from hongyan.rooms.callbacks.store import addresses, attempts, posts
from hongyan.rooms.callbacks.store.addresses import Secrets
from hongyan.rooms.callbacks.store.posts import Claimed
from hongyan.rooms.delivery.service import DeliveryService
from hongyan.rooms.identity.contracts import Actor, Permission
from hongyan.rooms.identity.service.door import IdentityService

MAX_REMARK: Final = 1000
OLD_SECRET_KEPT: Final = timedelta(hours=24)
"""After a rotation both secrets sign for so long."""
MAX_REPLAY: Final = 10_000
"""Posts that one call makes due again."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An address with the numbers of its posts."""

    address: Address
    counts: Counts


class CallbacksDesk:
    """Use cases of owners. Who changes anything needs ``CALLBACK_CREATE`` (te_admin)."""

    def __init__(
        self,
        *,
        db: Database,
        clock: Clock,
        ids: Ids,
        ring: KeyRing,
        out: OutgoingHttp,
        sender: Sender,
        delivery: DeliveryService,
        identity: IdentityService,
    ) -> None:
        """Try addresses out through ``sender``."""
        self._db = db
        self._clock = clock
        self._ids = ids
        self._ring = ring
        self._out = out
        self._sender = sender
        self._delivery = delivery
        self._identity = identity

    async def check_target(self, url: str) -> None:
        """Refuse a URL that is none or leads inside; outside any transaction, as it asks the name service.

        Raises:
            UrlRefused: names what is wrong.
        """
        check_url(url)
        try:
            await self._out.check(url)
        except TargetRefused as refused:
            raise UrlRefused(
                "callback_url",
                reason="must not lead to a private address",
                reason_zh="不允许使用私网地址",
            ) from refused

    async def register(self, uow: Uow, actor: Actor, kind: AddressKind, url: str, remark: str = "") -> Address:
        """Set the tenant's address of a kind, replacing the one before; see :meth:`check_target` first.

        Raises:
            UrlRefused: it is no URL that can be called.
        """
        tenant_id = actor.tenant(Permission.CALLBACK_CREATE)
        check_url(url)
        now = self._clock.now()
        address = await addresses.save_address(
            uow, tenant_id, kind, "", new_id=self._ids.uuid(), url=url, remark=remark, now=now
        )
        await self._follow(uow, tenant_id)
        await self._note(uow, actor, "callback.register", address)
        return address

    async def list_kinds(self, uow: Uow, actor: Actor, kinds: Sequence[AddressKind]) -> list[Address]:
        """Return the tenant's addresses of some kinds, in the kinds' order."""
        found = await addresses.list_addresses(uow, actor.tenant(Permission.CALLBACK_LIST), kinds)
        return sorted(found, key=lambda address: kinds.index(address.kind))

    async def list_all(self, uow: Uow, actor: Actor) -> list[Listed]:
        """Return all addresses of the tenant with the numbers of their posts."""
        found = await addresses.list_addresses(uow, actor.tenant(Permission.CALLBACK_LIST))
        counts = await posts.count_posts(uow, [address.address_id for address in found])
        return [Listed(address, counts.get(address.address_id, Counts())) for address in found]

    async def stamp(self, uow: Uow, tenant_id: TenantId) -> object:
        """Return something that is another once an address of the tenant or a post has changed, for pages that look."""
        return await addresses.stamp(uow, tenant_id)

    async def get(self, uow: Uow, actor: Actor, address_id: str) -> Listed:
        """Return one address.

        Raises:
            AddressNotFound: the tenant has none with this id.
        """
        address = await self._find(uow, actor.tenant(Permission.CALLBACK_LIST), address_id)
        counts = await posts.count_posts(uow, [address.address_id])
        return Listed(address, counts.get(address.address_id, Counts()))

    async def remove(self, uow: Uow, actor: Actor, address_id: str) -> None:
        """Remove an address; what waits for it is given up.

        Raises:
            AddressNotFound: the tenant has none with this id.
        """
        tenant_id = actor.tenant(Permission.CALLBACK_CREATE)
        address = await self._find(uow, tenant_id, address_id, lock=True)
        await addresses.delete_address(uow, tenant_id, address.address_id)
        await self._follow(uow, tenant_id)
        await self._note(uow, actor, "callback.remove", address)

    async def enable(self, uow: Uow, actor: Actor, address_id: str) -> Listed:
        """Let an address begin anew; what was given up meanwhile is replayed on request.

        Raises:
            AddressNotFound: the tenant has none with this id.
        """
        tenant_id = actor.tenant(Permission.CALLBACK_CREATE)
        address = await self._find(uow, tenant_id, address_id, lock=True)
        await addresses.enable_address(uow, tenant_id, address.address_id, self._clock.now())
        await self._note(uow, actor, "callback.enable", address)
        return await self.get(uow, actor, address_id)

    async def new_secret(self, uow: Uow, actor: Actor, address_id: str) -> str:
        """Sign posts from now on, or with another secret; returns it, for the only time. The old one signs 24 h more.

        Raises:
            AddressNotFound: the tenant has none with this id.
        """
        tenant_id = actor.tenant(Permission.CALLBACK_CREATE)
        address = await self._find(uow, tenant_id, address_id, lock=True)
        before = await addresses.get_secrets(uow, tenant_id, address.address_id)
        key = signing.new_secret()
        until = None if before.current is None else self._clock.now() + OLD_SECRET_KEPT
        sealed = self._ring.seal(SECRET_PURPOSE, key)
        await addresses.set_secrets(uow, tenant_id, address.address_id, Secrets(sealed, before.current, until))
        await self._note(uow, actor, "callback.new_secret", address)
        return signing.show_secret(key)

    async def drop_secret(self, uow: Uow, actor: Actor, address_id: str) -> None:
        """Sign no more.

        Raises:
            AddressNotFound: the tenant has none with this id.
        """
        tenant_id = actor.tenant(Permission.CALLBACK_CREATE)
        address = await self._find(uow, tenant_id, address_id, lock=True)
        await addresses.set_secrets(uow, tenant_id, address.address_id, Secrets(None, None, None))
        await self._note(uow, actor, "callback.drop_secret", address)

    async def test(self, actor: Actor, address_id: str) -> Attempt:
        """Post a made-up receipt now and say how it went; outside the queue, but in the log. Changes no state.

        Raises:
            AddressNotFound: the tenant has none with this id.
        """
        tenant_id = actor.tenant(Permission.CALLBACK_CREATE)
        async with self._db.begin() as uow:
            address = await self._find(uow, tenant_id, address_id)
            secrets = await addresses.get_secrets(uow, tenant_id, address.address_id)
        document, example = example_of(address.kind)
        now = self._clock.now()
        is_old_valid = secrets.old_until is not None and secrets.old_until > now
        made = Claimed(
            post_id=PostId(0),
            address_id=address.address_id,
            tenant_id=tenant_id,
            request_id=self._ids.uuid(),
            document=document.value,
            receipts=1,
            attempt=0,
            due_since=now,
            body=self._ring.seal(PURPOSE, zlib.compress(bodies.encode(example))),
            url=address.url,
            sealed_secret=secrets.current,
            sealed_old_secret=secrets.old if is_old_valid else None,
        )
        result = await self._sender.post(made)
        attempt = Attempt(
            at=result.at,
            request_id=made.request_id,
            document=made.document,
            receipts=1,
            attempt_no=0,
            duration_ms=result.duration_ms,
            status=result.status,
            error=result.error,
            answer=result.answer,
        )
        async with self._db.begin() as uow:
            await attempts.insert_attempts(uow, [(address.address_id, attempt)])
        return attempt

    async def list_attempts(self, uow: Uow, actor: Actor, address_id: str, *, limit: int) -> list[Attempt]:
        """Return the last tries at an address, newest first.

        Raises:
            AddressNotFound: the tenant has none with this id.
        """
        address = await self._find(uow, actor.tenant(Permission.CALLBACK_LIST), address_id)
        return await attempts.list_attempts(uow, address.address_id, limit=limit)

    async def page_attempts(
        self,
        uow: Uow,
        actor: Actor,
        address_id: str,
        *,
        went_well: bool | None,
        sort: AttemptSort = "-at",
        offset: int,
        limit: int,
    ) -> Page[Attempt]:
        """Return a page of the tries at an address; the total ends at 10,001.

        Raises:
            AddressNotFound: the tenant has none with this id.
        """
        found = (await self._find(uow, actor.tenant(Permission.CALLBACK_LIST), address_id)).address_id
        total = await attempts.count_attempts(uow, found, went_well=went_well, most=posts.PAGE_COUNT)
        rows = await attempts.list_attempts(uow, found, limit=limit, offset=offset, went_well=went_well, sort=sort)
        return Page(tuple(rows), total, offset, limit)

    async def list_posts(
        self,
        uow: Uow,
        actor: Actor,
        address_id: str,
        where: PostFilter,
        *,
        sort: PostSort = "-created_at",
        offset: int,
        limit: int,
    ) -> Page[Post]:
        """Return a page of posts; the total ends at 10,001.

        Raises:
            AddressNotFound: the tenant has none with this id.
        """
        tenant_id = actor.tenant(Permission.CALLBACK_LIST)
        address = await self._find(uow, tenant_id, address_id)
        found = address.address_id
        rows, total = await posts.list_posts(uow, tenant_id, found, where, sort=sort, offset=offset, limit=limit)
        return Page(tuple(rows), total, offset, limit)

    async def list_posts_of(
        self, uow: Uow, actor: Actor, task_id: TaskId, code: str
    ) -> list[tuple[Post, Address | None]]:
        """Return the posts with the receipt of a message that has a link, each with its address unless that is gone.

        Which post carries which message is known for messages with a link, and for twelve days.
        """
        tenant_id = actor.tenant(Permission.CALLBACK_LIST)
        return [
            (post, await addresses.find_address(uow, tenant_id, post.address_id))
            for post in await posts.list_posts_of(uow, tenant_id, task_id, code)
        ]

    async def replay(self, uow: Uow, actor: Actor, address_id: str, where: PostFilter) -> int:
        """Send ended posts again, the oldest first, at most 10,000; returns how many are due now.

        Raises:
            AddressNotFound: the tenant has none with this id.
            AddressDisabled: it must be enabled first.
        """
        tenant_id = actor.tenant(Permission.CALLBACK_CREATE)
        address = await self._find(uow, tenant_id, address_id)
        if address.state is AddressState.DISABLED:
            raise AddressDisabled
        count = await posts.replay_posts(uow, tenant_id, address.address_id, where, self._clock.now(), limit=MAX_REPLAY)
        await self._note(uow, actor, "callback.replay", address)
        return count

    async def list_notices(self, uow: Uow, actor: Actor, *, limit: int) -> Sequence[Notice]:
        """Return the newest notices of the tenant."""
        return await addresses.list_notices(uow, actor.tenant(Permission.CALLBACK_LIST), limit=limit)

    async def _follow(self, uow: Uow, tenant_id: TenantId) -> None:
        found = await addresses.list_addresses(uow, tenant_id, tuple(OF_MESSAGES))
        await self._delivery.follow(uow, tenant_id, is_followed=bool(found))

    @staticmethod
    async def _find(uow: Uow, tenant_id: TenantId, address_id: str, *, lock: bool = False) -> Address:
        address = await addresses.find_address(uow, tenant_id, AddressId(address_id), lock=lock)
        if address is None:
            raise AddressNotFound("id", what="callback", id=address_id)
        return address

    async def _note(self, uow: Uow, actor: Actor, action: str, address: Address) -> None:
        await self._identity.note(
            uow,
            actor,
            action,
            subject_kind="callback",
            subject_id=address.address_id,
            tenant_id=address.tenant_id,
            after={"kind": address.kind.value, "url": address.url},
        )
