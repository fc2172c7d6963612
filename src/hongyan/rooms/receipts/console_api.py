"""One message's life in the console: what was attempted, answered, reported and doubted, in carriers' own words."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Annotated, Any, Final, Self

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, Field

from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.ids import AccountId, MessageId, TenantId
from hongyan.kernel.phones import mask_phone, national_form
from hongyan.rooms.carriers.contracts import Carrier
from hongyan.rooms.delivery.contracts import (
    LifeDoubt,
    LifePart,
    LifeReport,
    LifeSpan,
    MessageKind,
    MessageLife,
    MessageState,
)
from hongyan.rooms.receipts.service import ReceiptsService

_NO_CARRIERS: Final[Mapping[AccountId, Carrier]] = MappingProxyType({})


class SpanView(BaseModel):
    """An intent to send it, durable before a byte left."""

    span_id: int
    account_id: int
    carrier: Carrier | None
    """Whose network the account is for, while there is such an account. Its name is the platform's."""
    epoch: int
    opened_at: datetime
    closed_at: datetime | None

    @classmethod
    def of(cls, span: LifeSpan, carriers: Mapping[AccountId, Carrier]) -> Self:
        """Return the view of a span."""
        return cls(
            span_id=span.span_id,
            account_id=span.account_id,
            carrier=carriers.get(span.account_id),
            epoch=span.epoch,
            opened_at=span.opened_at,
            closed_at=span.closed_at,
        )


class ReportView(BaseModel):
    """A state report as the carrier wrote it."""

    stat: str
    submit_time: str
    done_time: str
    received_at: datetime

    @classmethod
    def of(cls, report: LifeReport) -> Self:
        """Return the view of a report."""
        return cls(
            stat=report.stat,
            submit_time=report.submit_time,
            done_time=report.done_time,
            received_at=report.received_at,
        )


class PartView(BaseModel):
    """What the carrier said to a part."""

    part_no: int
    account_id: int
    carrier_msg_id: str
    """Digits: beyond what numbers of JSON hold."""
    carrier_ref: str | None
    result: int
    at: datetime
    reports: list[ReportView]

    @classmethod
    def of(cls, part: LifePart) -> Self:
        """Return the view of a part."""
        return cls(
            part_no=part.part_no,
            account_id=part.account_id,
            carrier_msg_id=str(part.carrier_msg_id),
            carrier_ref=part.carrier_ref,
            result=part.result,
            at=part.at,
            reports=[ReportView.of(report) for report in part.reports],
        )


class DoubtView(BaseModel):
    """That nobody knew whether the carrier had it, and whether it was sent once more."""

    account_id: int
    reason: str
    since: datetime
    resent_at: datetime | None
    ordered_by: str | None

    @classmethod
    def of(cls, doubt: LifeDoubt) -> Self:
        """Return the view of a doubt."""
        return cls(
            account_id=doubt.account_id,
            reason=doubt.reason,
            since=doubt.since,
            resent_at=doubt.resent_at,
            ordered_by=doubt.ordered_by,
        )


class LifeView(BaseModel):
    """Everything that is known of one message."""

    message_id: int
    tenant_id: str
    task_id: str
    batch_id: int
    recipient_no: int
    kind: str
    klass: str
    phone_masked: str
    text: str
    parts_planned: int
    state: MessageState
    carrier_code: str | None
    account_id: int | None
    signature_id: str
    template_id: str
    planned_at: datetime
    expires_at: datetime
    submitted_at: datetime | None
    final_at: datetime | None
    spans: list[SpanView]
    parts: list[PartView]
    doubts: list[DoubtView]

    @classmethod
    def of(cls, life: MessageLife, carriers: Mapping[AccountId, Carrier] = _NO_CARRIERS) -> Self:
        """Return the view of a life."""
        view = life.view
        return cls(
            message_id=view.message_id,
            tenant_id=life.tenant_id,
            task_id=view.task_id,
            batch_id=life.batch_id,
            recipient_no=view.recipient_no,
            kind=MessageKind(view.kind).name.lower(),
            klass=life.klass.name.lower(),
            phone_masked=mask_phone(view.phone),
            text=view.text,
            parts_planned=view.parts,
            state=view.state,
            carrier_code=view.carrier_code,
            account_id=view.account_id,
            signature_id=view.signature_id,
            template_id=view.template_id,
            planned_at=view.planned_at,
            expires_at=life.expires_at,
            submitted_at=view.submitted_at,
            final_at=view.final_at,
            spans=[SpanView.of(span, carriers) for span in life.spans],
            parts=[PartView.of(part) for part in life.parts],
            doubts=[DoubtView.of(doubt) for doubt in life.doubts],
        )


class RevealRequest(BaseModel):
    """Why somebody needs a whole number; it is written down."""

    reason: str = Field(min_length=1, max_length=200, pattern=r"^[^\x00]*\S[^\x00]*$")


class RevealedView(BaseModel):
    """A whole number as people of its country write it."""

    phone: str


def console_router(
    *,
    db: Database,
    service: ReceiptsService,
    whose: Callable[..., Awaitable[TenantId | None]],
    may_reveal: Callable[..., Awaitable[Any]],
    note: Callable[[Uow, Any, MessageLife, str], Awaitable[None]],
) -> APIRouter:
    """Return the endpoints under ``/console/api/messages``; ``whose`` says whose messages the caller may see.

    ``None`` is everybody's: for the people who run the installation. ``note`` writes the audit log.
    """
    router = APIRouter(prefix="/console/api/messages", tags=["messages"])

    @router.get("/{message_id}")
    async def get_life(
        tenant_id: Annotated[TenantId | None, Depends(whose)],
        message_id: Annotated[int, Path(ge=1, lt=1 << 53)],
    ) -> LifeView:
        """Tell one message's life."""
        async with db.begin() as uow:
            life = await service.get_life(uow, tenant_id, MessageId(message_id))
            return LifeView.of(life, await service.carriers_of(uow, life))

    @router.post("/{message_id}/reveal", operation_id="console_reveal_message")
    async def reveal(
        tenant_id: Annotated[TenantId | None, Depends(whose)],
        actor: Annotated[Any, Depends(may_reveal)],
        message_id: Annotated[int, Path(ge=1, lt=1 << 53)],
        request: RevealRequest,
    ) -> RevealedView:
        """Tell one message's whole number; who asked and why stands in the audit log of whose message it is."""
        async with db.begin() as uow:
            life = await service.get_life(uow, tenant_id, MessageId(message_id))
            await note(uow, actor, life, request.reason.strip())
        return RevealedView(phone=national_form(life.view.phone))

    return router
