"""One message's life in the console: what was attempted, answered, reported and doubted, in carriers' own words."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Annotated, Any, Final, Self

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, Field

from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.ids import AccountId, MessageId, TenantId
from hongyan.kernel.phones import mask_phone, national_form
from hongyan.rooms.carriers.contracts import Account, Carrier, RouteVerdict, Trouble
from hongyan.rooms.carriers.service import explain_code, explain_result
from hongyan.rooms.delivery.contracts import (
    LifeDoubt,
    LifePart,
    LifeReport,
    LifeSpan,
    MessageKind,
    MessageLife,
    MessageState,
)
from hongyan.rooms.receipts.rules import part_texts
from hongyan.rooms.receipts.service import LifeWay, ReceiptsService

_NO_ACCOUNTS: Final[Mapping[AccountId, Account]] = MappingProxyType({})


class MeaningView(BaseModel):
    """What a code of a carrier means."""

    en: str
    zh: str

    @classmethod
    def of(cls, trouble: Trouble | None) -> Self | None:
        """Return the view of a trouble, where there is any."""
        return None if trouble is None else cls(en=trouble.en, zh=trouble.zh)


class WayView(BaseModel):
    """Why a message went over its channel: the number's carrier, and what routing says of the channel now."""

    account_id: int | None
    """The channel that it was handed to last, else the one that would take it."""
    segment_carrier: Carrier | None
    ported_carrier: Carrier | None
    share_percent: float
    """Of such numbers that the channel takes now."""
    is_chosen: bool
    """Routing would take the same channel now."""
    why: MeaningView | None
    """``None``: the channel is gone, or no channel takes such numbers."""

    @classmethod
    def of(cls, way: LifeWay, life: MessageLife) -> Self:
        """Return the view of a way; other channels and names are the platform's."""
        route = way.route
        taken = max(life.spans, key=lambda span: span.opened_at).account_id if life.spans else None
        if taken is None and route.route is not None:
            taken = route.route.account_id
        told = next((one for one in route.accounts if one.account_id == taken), None)
        return cls(
            account_id=taken,
            segment_carrier=route.segment_carrier,
            ported_carrier=route.ported_carrier,
            share_percent=told.share_percent if told else 0.0,
            is_chosen=told is not None and told.verdict is RouteVerdict.CHOSEN,
            why=MeaningView(en=told.en, zh=told.zh) if told else None,
        )


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
    def of(cls, span: LifeSpan, accounts: Mapping[AccountId, Account]) -> Self:
        """Return the view of a span."""
        return cls(
            span_id=span.span_id,
            account_id=span.account_id,
            carrier=accounts[span.account_id].carrier if span.account_id in accounts else None,
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
    meaning: MeaningView | None
    """``None``: it was delivered."""

    @classmethod
    def of(cls, report: LifeReport) -> Self:
        """Return the view of a report."""
        return cls(
            stat=report.stat,
            submit_time=report.submit_time,
            done_time=report.done_time,
            received_at=report.received_at,
            meaning=MeaningView.of(explain_code(report.stat)),
        )


class PartView(BaseModel):
    """What the carrier said to a part."""

    part_no: int
    account_id: int
    carrier_msg_id: str
    """Digits: beyond what numbers of JSON hold."""
    carrier_ref: str | None
    result: int
    meaning: MeaningView | None
    """What the result means; ``None``: the carrier took it, or the channel is gone."""
    text: str
    """What this part carries, as its channel is set now; empty where the channel is gone or carries no text."""
    at: datetime
    reports: list[ReportView]

    @classmethod
    def of(cls, part: LifePart, account: Account | None, texts: Sequence[str]) -> Self:
        """Return the view of a part of a message whose parts carry ``texts`` on that channel."""
        return cls(
            part_no=part.part_no,
            account_id=part.account_id,
            carrier_msg_id=str(part.carrier_msg_id),
            carrier_ref=part.carrier_ref,
            result=part.result,
            meaning=MeaningView.of(explain_result(account.protocol, part.result)) if account else None,
            text=texts[part.part_no - 1] if part.part_no <= len(texts) else "",
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
    way: WayView | None

    @classmethod
    def of(cls, life: MessageLife, way: LifeWay | None = None) -> Self:
        """Return the view of a life."""
        view = life.view
        accounts = _NO_ACCOUNTS if way is None else way.accounts
        texts = _texts_of(life, accounts)
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
            spans=[SpanView.of(span, accounts) for span in life.spans],
            parts=[
                PartView.of(part, accounts.get(part.account_id), texts.get(part.account_id, ())) for part in life.parts
            ],
            doubts=[DoubtView.of(doubt) for doubt in life.doubts],
            way=None if way is None else WayView.of(way, life),
        )


def _texts_of(life: MessageLife, accounts: Mapping[AccountId, Account]) -> dict[AccountId, tuple[str, ...]]:
    """Return the text of each part on each channel that answered, cut as the channel is set now."""
    if MessageKind(life.view.kind) is MessageKind.VIDEO or not life.view.text:
        return {}
    used = {part.account_id for part in life.parts} & accounts.keys()
    return {id_: part_texts(life.view.text, accounts[id_].protocol, accounts[id_].options) for id_ in used}


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
            return LifeView.of(life, await service.tell_way(uow, life))

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
