"""Receipts into posts: bodies sealed, rows written, senders woken. Not for: which receipts there are."""

import zlib
from collections.abc import Callable, Sequence
from typing import Any, Final

from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import Ids, TaskId, TenantId
from hongyan.kernel.keys.ring import KeyRing
from hongyan.rooms.callbacks.contracts import (
    MAX_RECEIPTS,
    Address,
    AddressKind,
    AddressState,
    Document,
    PostId,
)
from hongyan.rooms.callbacks.rules import bodies
from hongyan.rooms.callbacks.store import addresses, posts
from hongyan.rooms.callbacks.store.posts import NewPost

PURPOSE: Final = "callbacks.post"
DISABLED: Final = "disabled"
"""Why a post is dead that came for an address which is switched off or gone."""


class Writer:
    """Writes posts."""

    def __init__(self, *, clock: Clock, ids: Ids, ring: KeyRing, wake: Callable[[], None]) -> None:
        """Seal bodies with ``ring``; ``wake`` is called when posts have been committed."""
        self._clock = clock
        self._ids = ids
        self._ring = ring
        self._wake = wake

    async def find_aim(self, uow: Uow, tenant_id: TenantId) -> Address | None:
        """Return the address of send and resolve receipts.

        Who has both hears everything once, in arrays: the vendor's API cannot take an address away again.
        """
        batch = await addresses.find_of_kind(uow, tenant_id, AddressKind.AIM_BATCH)
        return batch or await addresses.find_of_kind(uow, tenant_id, AddressKind.AIM_SINGLE)

    async def write_receipts(
        self, uow: Uow, address: Address, document: Document, receipts: Sequence[tuple[Any, TaskId]]
    ) -> list[PostId]:
        """Write (receipt, its task) in arrays, or one by one to the single address; returns the post of each."""
        is_single = address.kind is AddressKind.AIM_SINGLE
        size = 1 if is_single else MAX_RECEIPTS
        slices = [receipts[start : start + size] for start in range(0, len(receipts), size)]
        groups = [
            (some[0][0] if is_single else [receipt for receipt, _ in some], [task_id for _, task_id in some])
            for some in slices
        ]
        written = await self.write(uow, address, document, groups)
        return [post_id for some, post_id in zip(slices, written, strict=True) for _ in some if post_id is not None]

    async def write(
        self,
        uow: Uow,
        address: Address,
        document: Document,
        groups: Sequence[tuple[Any, Sequence[TaskId]]],
        *,
        source: str | None = None,
    ) -> list[PostId | None]:
        """Write one post per (body, tasks of its receipts); returns their ids (``None``: the source was there)."""
        new = [
            NewPost(
                request_id=self._ids.uuid(),
                document=document,
                receipts=max(len(task_ids), 1),
                task_ids=sorted(set(task_ids)),
                body=self._ring.seal(PURPOSE, zlib.compress(bodies.encode(body), 1)),
                source=source,
            )
            for body, task_ids in groups
        ]
        if not new:
            return []
        written = await posts.insert_posts(
            uow,
            address.tenant_id,
            address.address_id,
            new,
            self._clock.now(),
            dead_because=DISABLED if address.state is AddressState.DISABLED else None,
        )

        async def tell() -> None:
            self._wake()

        uow.after_commit(tell)
        return [written.get(post.request_id) for post in new]

    async def write_one(
        self,
        uow: Uow,
        tenant_id: TenantId,
        kind: AddressKind,
        document: Document,
        body: Any,
        *,
        source: str | None,
        subject: str = "",
        url: str | None = None,
        task_id: TaskId | None = None,
    ) -> bool:
        """Write one post to the tenant's address of a kind; false when it has none or the source was there.

        ``url``: the app or template ``subject`` holds the address; ours is made or follows it.
        """
        address = await addresses.find_of_kind(uow, tenant_id, kind, subject)
        if url and (address is None or address.url != url):
            address = await addresses.save_address(
                uow, tenant_id, kind, subject, new_id=self._ids.uuid(), url=url, remark="", now=self._clock.now()
            )
        if address is None:
            return False
        task_ids = [] if task_id is None else [task_id]
        return (await self.write(uow, address, document, [(body, task_ids)], source=source))[0] is not None
