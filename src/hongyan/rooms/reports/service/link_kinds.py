"""The export of 解析任务明细: links of resolve tasks and sends, and what became of them."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from hongyan.kernel.db.database import Uow
from hongyan.kernel.exports import Cell, ExportColumn, ExportKind, ExportOrder
from hongyan.kernel.ids import TaskId
from hongyan.kernel.phones import mask_phone, normalise_phone
from hongyan.rooms.campaigns.contracts import LinkFilter, ResolvedStatus
from hongyan.rooms.campaigns.service.resolve_views import RECENT, ResolveViews, narrow
from hongyan.rooms.identity.contracts import Permission
from hongyan.rooms.reports.service import words

_UUID: Final = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"


class LinkFilters(BaseModel):
    """Links, as their list asks for them; never whose they are."""

    model_config = ConfigDict(extra="forbid")

    task_id: str | None = Field(default=None, pattern=_UUID)
    task_name: str | None = Field(default=None, max_length=200)
    card_template: str | None = Field(default=None, max_length=200)
    signature: str | None = Field(default=None, max_length=200)
    aim_url: str | None = Field(default=None, max_length=200)
    status: ResolvedStatus | None = None
    begin: AwareDatetime | None = None
    end: AwareDatetime | None = None


def link_kind(views: ResolveViews) -> ExportKind:
    """Return single links (解析任务明细), the oldest first."""

    def filter_of(order: ExportOrder) -> LinkFilter:
        asked = LinkFilters.model_validate(order.filters)
        begin: datetime | None = asked.begin
        if asked.task_id is None and asked.begin is None and asked.end is None:
            # The last day is that before the order, whenever it is carried out.
            begin = order.ordered_at - RECENT
        wanted = LinkFilter(
            task_id=TaskId(asked.task_id) if asked.task_id else None,
            task_name=asked.task_name,
            sms_sign=asked.signature,
            status=asked.status,
            begin=begin,
            # Newer ones would never let it end.
            end=order.ordered_at if asked.end is None else min(asked.end, order.ordered_at),
        )
        return narrow(wanted, asked.card_template, asked.aim_url)

    async def find_total(uow: Uow, order: ExportOrder) -> int | None:
        return await views.count_details(uow, order.tenant_id, filter_of(order))

    async def rows(uow: Uow, order: ExportOrder) -> AsyncIterator[Sequence[Cell]]:
        states = words.LINK_STATES[order.language]
        async for link in views.iter_details(uow, order.tenant_id, filter_of(order)):
            task, mark = link.task, link.row.cust_flag
            yield (
                *(task.task_id, task.name, task.card_template_id, task.card_template_name),
                " / ".join(task.signatures),
                mark if order.full_numbers else _masked(mark),
                None if link.aim_url is None else f"https://{link.aim_url}",
                *(states[link.status], link.result_code, None if link.code is not None else link.error_message),
                *(link.resolved_times, task.created_at, link.expires_at, link.resolved_at),
            )

    return ExportKind(
        name="resolve_details",
        title=ExportColumn("解析任务明细", "resolve-details"),
        permission=Permission.MESSAGE_EXPORT,
        columns=words.LINKS,
        filters=LinkFilters,
        find_total=find_total,
        rows=rows,
        has_numbers=True,
    )


def _masked(mark: str) -> str:
    phone = normalise_phone(mark)
    return mark if phone is None else mask_phone(phone)
