"""Channel numbers of signatures: who waits for one, and giving one by hand (签名通道开通)."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query

from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.ids import SignatureId, TenantId
from hongyan.rooms.carriers.console_api.bodies import NumberRequest
from hongyan.rooms.carriers.console_api.channels import Note
from hongyan.rooms.carriers.console_api.views import SignatureNumberList, SignatureNumberView
from hongyan.rooms.carriers.contracts import NumberSort, SignatureKey, SignatureNumber
from hongyan.rooms.carriers.service import CarriersService

NamesOf = Callable[[Uow, Sequence[SignatureKey]], Awaitable[Mapping[SignatureKey, tuple[str, str]]]]
"""Signatures → (tenant's name, signature's name) of those that are still there."""


def numbers_router(
    db: Database,
    service: CarriersService,
    may_edit: Callable[..., Awaitable[object]],
    note: Note,
    names_of: NamesOf,
) -> APIRouter:
    """Return the endpoints of channel numbers."""
    router = APIRouter(prefix="/signature-numbers", tags=["channels"])
    editor = Annotated[Any, Depends(may_edit)]

    async def view(uow: Uow, found: Sequence[SignatureNumber]) -> list[SignatureNumberView]:
        names = await names_of(uow, [(one.tenant_id, one.signature_id) for one in found])
        return [SignatureNumberView.of(one, names.get((one.tenant_id, one.signature_id), ("", ""))) for one in found]

    @router.get("")
    async def list_signature_numbers(
        *,
        waiting: bool | None = None,
        search: Annotated[str | None, Query(max_length=64, pattern=r"^[^\x00]*$")] = None,
        sort: NumberSort | None = None,
        offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
    ) -> SignatureNumberList:
        """List signatures with their channel numbers; ``search`` is a signature's id, or how its number begins."""
        async with db.begin() as uow:
            page = await service.list_numbers(
                uow, is_waiting=waiting, search=search, sort=sort, offset=offset, limit=limit
            )
            count = (await service.list_numbers(uow, is_waiting=True, search=None, offset=0, limit=1)).total
            return SignatureNumberList(items=await view(uow, page.items), total=page.total, waiting=count)

    @router.put("/{tenant_id}/{signature_id}")
    async def set_signature_number(
        who: editor,
        tenant_id: UUID,
        signature_id: Annotated[str, Path(pattern=r"^[0-9A-Za-z-]{1,64}$")],
        wanted: NumberRequest,
    ) -> SignatureNumberView:
        """Give a signature another channel number, or the first one: it becomes usable with it."""
        tenant, signature = TenantId(str(tenant_id)), SignatureId(signature_id)
        async with db.begin() as uow:
            before, found = await service.assign_number(uow, tenant, signature, wanted.channel_number)
            after = {"tenant_id": tenant, "channel_number": found.channel_number, "before": before}
            await note(uow, who, "signature.number", signature, after)
            return (await view(uow, [found]))[0]

    return router
