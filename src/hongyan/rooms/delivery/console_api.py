"""Paces and unknown messages in the console, for the people who run the installation.

The line knows no people: whoever builds the application says who may look and who may act, and writes the audit log.
"""

import csv
import io
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.ids import AccountId, MessageId, SignatureId, TaskId, TenantId
from hongyan.kernel.phones import mask_phone
from hongyan.rooms.delivery.contracts import GateKind, MessageClass, Pace, Policy, ResendAnswer, UnknownMessage
from hongyan.rooms.delivery.service import DeliveryService

Note = Callable[[Uow, Any, str, str, Mapping[str, Any]], Awaitable[None]]
"""Writes who (as ``may_edit`` returned it) did what (``pace.set``) to what (a tenant, a class), and how it is now."""
NameOf = Callable[[Any], str]
"""The name of who acts, as the lists show it."""
_MOST = 500
_EXPORTED = 100_000
_PATTERN = r"^[0-9A-Za-z-]{1,64}$"
Ids = Annotated[list[Annotated[int, Field(ge=1, lt=1 << 53)]], Field(min_length=1, max_length=_MOST)]


class MessageClassName(StrEnum):
    """The classes as the console writes them."""

    CODE = "code"
    NOTICE = "notice"
    PROMOTION = "promotion"


class PaceView(BaseModel):
    """How fast a tenant or one of its signatures may send, over all channels."""

    tenant_id: str
    signature_id: str | None
    """Absent: the whole tenant."""
    rate_per_s: int
    """Parts."""
    changed_by: str
    changed_at: datetime

    @classmethod
    def of(cls, pace: Pace) -> Self:
        """Return the view of a pace."""
        return cls(
            tenant_id=pace.tenant_id,
            signature_id=pace.subject_id if pace.kind is GateKind.SIGNATURE else None,
            rate_per_s=pace.rate_per_s,
            changed_by=pace.changed_by,
            changed_at=pace.changed_at,
        )


class PaceList(BaseModel):
    """All paces."""

    items: list[PaceView]


class PaceRequest(BaseModel):
    """A pace to be set; in force within two seconds."""

    model_config = ConfigDict(extra="forbid")

    tenant_id: UUID
    signature_id: str | None = Field(default=None, pattern=_PATTERN)
    rate_per_s: int = Field(ge=1, le=100_000)


class UnknownView(BaseModel):
    """A message of which nobody knows whether the carrier took it."""

    message_id: int
    tenant_id: str
    task_id: str
    account_id: int
    klass: str
    phone_masked: str
    parts: int
    missing: int
    reason: str
    since: datetime
    expires_at: datetime
    may_resend: ResendAnswer
    """``resent``: an order would be followed; else why not."""

    @classmethod
    def of(cls, one: UnknownMessage) -> Self:
        """Return the view of an unknown message."""
        return cls(
            message_id=one.message_id,
            tenant_id=one.tenant_id,
            task_id=one.task_id,
            account_id=one.account_id,
            klass=one.klass.name.lower(),
            phone_masked=mask_phone(one.phone),
            parts=one.parts,
            missing=one.missing,
            reason=one.reason,
            since=one.since,
            expires_at=one.expires_at,
            may_resend=one.may_resend,
        )


_COLUMNS = tuple(UnknownView.model_fields)


class UnknownList(BaseModel):
    """A page of unknown messages, the oldest first."""

    items: list[UnknownView]
    total: int


class PolicyView(BaseModel):
    """What holds for unknown messages of a class."""

    klass: str
    may_resend_unknown: bool
    changed_by: str
    changed_at: datetime | None

    @classmethod
    def of(cls, policy: Policy) -> Self:
        """Return the view of a policy."""
        return cls(
            klass=policy.klass.name.lower(),
            may_resend_unknown=policy.may_resend_unknown,
            changed_by=policy.changed_by,
            changed_at=policy.changed_at,
        )


class PolicyList(BaseModel):
    """What holds for every class."""

    items: list[PolicyView]


class PolicyRequest(BaseModel):
    """Whether unknown messages of a class may be sent once more."""

    model_config = ConfigDict(extra="forbid")

    may_resend_unknown: bool


class MessagesRequest(BaseModel):
    """Which unknown messages."""

    model_config = ConfigDict(extra="forbid")

    message_ids: Ids


class ResendView(BaseModel):
    """What became of the order for each message."""

    answers: dict[int, ResendAnswer]


class GivenUpView(BaseModel):
    """How many messages ended."""

    count: int


def console_router(
    *,
    db: Database,
    service: DeliveryService,
    may_look: Callable[..., Awaitable[None]],
    may_edit: Callable[..., Awaitable[Any]],
    note: Note,
    name_of: NameOf,
) -> APIRouter:
    """Return the endpoints under ``/console/api/paces`` and ``/console/api/unknowns``.

    ``may_look`` lets only those pass who may see channels; ``may_edit`` returns who acts, for ``note`` and ``name_of``.
    """
    router = APIRouter(prefix="/console/api", tags=["line"], dependencies=[Depends(may_look)])
    _add_paces(router, db, service, may_edit, note, name_of)
    _add_unknowns(router, db, service, may_edit, note, name_of)
    return router


def _add_paces(
    router: APIRouter,
    db: Database,
    service: DeliveryService,
    may_edit: Callable[..., Awaitable[Any]],
    note: Note,
    name_of: NameOf,
) -> None:
    caller = Annotated[Any, Depends(may_edit)]

    @router.get("/paces")
    async def list_paces() -> PaceList:
        """List how fast single tenants and signatures may send."""
        async with db.begin() as uow:
            return PaceList(items=[PaceView.of(pace) for pace in await service.paces.list_paces(uow)])

    @router.put("/paces")
    async def set_pace(who: caller, wanted: PaceRequest) -> PaceView:
        """Set the pace of a tenant or of a signature."""
        tenant_id = TenantId(str(wanted.tenant_id))
        signature_id = None if wanted.signature_id is None else SignatureId(wanted.signature_id)
        async with db.begin() as uow:
            pace = await service.paces.set_pace(
                uow, tenant_id, wanted.rate_per_s, signature_id=signature_id, by=name_of(who)
            )
            after = {"signature_id": signature_id, "rate_per_s": pace.rate_per_s}
            await note(uow, who, "pace.set", tenant_id, after)
        return PaceView.of(pace)

    @router.delete("/paces", status_code=204)
    async def clear_pace(
        who: caller, tenant_id: UUID, signature_id: Annotated[str | None, Query(pattern=_PATTERN)] = None
    ) -> None:
        """Take a pace away; nothing happens where there is none."""
        tenant = TenantId(str(tenant_id))
        signature = None if signature_id is None else SignatureId(signature_id)
        async with db.begin() as uow:
            if await service.paces.clear_pace(uow, tenant, signature_id=signature):
                await note(uow, who, "pace.clear", tenant, {"signature_id": signature})


def _add_unknowns(
    router: APIRouter,
    db: Database,
    service: DeliveryService,
    may_edit: Callable[..., Awaitable[Any]],
    note: Note,
    name_of: NameOf,
) -> None:
    caller = Annotated[Any, Depends(may_edit)]

    @router.get("/unknowns")
    async def list_unknowns(
        account_id: Annotated[int | None, Query(ge=1, lt=1 << 31)] = None,
        tenant_id: UUID | None = None,
        task_id: UUID | None = None,
        offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
    ) -> UnknownList:
        """List unknown messages with their reasons."""
        async with db.begin() as uow:
            page = await service.unknowns.list_unknowns(
                uow,
                account_id=None if account_id is None else AccountId(account_id),
                tenant_id=None if tenant_id is None else TenantId(str(tenant_id)),
                task_id=None if task_id is None else TaskId(str(task_id)),
                offset=offset,
                limit=limit,
            )
        return UnknownList(items=[UnknownView.of(one) for one in page.items], total=page.total)

    @router.get("/unknowns.csv", operation_id="console_export_unknowns", response_class=Response)
    async def export_unknowns(
        account_id: Annotated[int | None, Query(ge=1, lt=1 << 31)] = None,
        tenant_id: UUID | None = None,
        task_id: UUID | None = None,
    ) -> StreamingResponse:
        """Download unknown messages, numbers masked; at most 100,000, the oldest first."""
        wanted = {
            "account_id": None if account_id is None else AccountId(account_id),
            "tenant_id": None if tenant_id is None else TenantId(str(tenant_id)),
            "task_id": None if task_id is None else TaskId(str(task_id)),
        }
        headers = {"content-disposition": 'attachment; filename="unknown-messages.csv"'}
        return StreamingResponse(_csv(db, service, wanted), media_type="text/csv; charset=utf-8", headers=headers)

    @router.get("/unknowns/policies")
    async def list_policies() -> PolicyList:
        """Say for each class whether unknown messages are sent once more."""
        async with db.begin() as uow:
            return PolicyList(items=[PolicyView.of(one) for one in await service.unknowns.list_policies(uow)])

    @router.put("/unknowns/policies/{klass}")
    async def set_policy(who: caller, klass: MessageClassName, wanted: PolicyRequest) -> PolicyList:
        """Allow or forbid one resend for a class."""
        async with db.begin() as uow:
            number = MessageClass[klass.name]
            before = await service.unknowns.set_policy(
                uow, number, may_resend=wanted.may_resend_unknown, by=name_of(who)
            )
            after = {"may_resend_unknown": wanted.may_resend_unknown, "before": before.may_resend_unknown}
            await note(uow, who, "unknown.policy", klass.value, after)
            return PolicyList(items=[PolicyView.of(one) for one in await service.unknowns.list_policies(uow)])

    @router.post("/unknowns/resend")
    async def resend(who: caller, wanted: MessagesRequest) -> ResendView:
        """Send unknown messages once more; of each it says what became of the order."""
        ids = [MessageId(one) for one in wanted.message_ids]
        async with db.begin() as uow:
            answers = await service.unknowns.resend(uow, ids, by=name_of(who))
            resent = [message_id for message_id, answer in answers.items() if answer is ResendAnswer.RESENT]
            if resent:
                await note(uow, who, "unknown.resend", "messages", {"messages": resent})
        return ResendView(answers={int(message_id): answer for message_id, answer in answers.items()})

    @router.post("/unknowns/give-up")
    async def give_up(who: caller, wanted: MessagesRequest) -> GivenUpView:
        """End unknown messages now; a late delivery report no longer finds them."""
        ids = [MessageId(one) for one in wanted.message_ids]
        async with db.begin() as uow:
            count = await service.unknowns.give_up(uow, ids)
            if count:
                await note(uow, who, "unknown.give_up", "messages", {"messages": list(ids), "count": count})
        return GivenUpView(count=count)


async def _csv(db: Database, service: DeliveryService, wanted: dict[str, Any]) -> AsyncIterator[str]:
    """Yield the rows page by page, each read in a transaction of its own."""
    yield "\ufeff" + ",".join(_COLUMNS) + "\r\n"
    for offset in range(0, _EXPORTED, _MOST):
        async with db.begin() as uow:
            page = await service.unknowns.list_unknowns(uow, **wanted, offset=offset, limit=_MOST)
        text = io.StringIO()
        csv.writer(text).writerows(UnknownView.of(one).model_dump(mode="json").values() for one in page.items)
        yield text.getvalue()
        if len(page.items) < _MOST:
            return
