"""The console's doors of resolve tasks (解析任务管理) and of single links (解析任务明细).

Make links, list tasks, list links with what became of them, download a task's links. Not for: domains of links.
"""

import csv
import io
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import StreamingResponse

from hongyan.kernel.db.database import Database
from hongyan.kernel.errors import HongyanError, NotFound
from hongyan.kernel.ids import FileId, TaskId, TenantId
from hongyan.rooms.audience.service import AudienceService
from hongyan.rooms.campaigns.console_api.resolve_shapes import (
    LinkDetailList,
    LinkDetailView,
    Plain,
    ResolveTaskList,
    ResolveTaskView,
    WantedResolveTask,
)
from hongyan.rooms.campaigns.console_api.send_form import XLSX
from hongyan.rooms.campaigns.contracts import Link, LinkFilter, LinkSort, LinkSums, NewLink, ResolvedStatus
from hongyan.rooms.campaigns.service.link_files import CODE_COLUMN, URL_COLUMN, read_rows
from hongyan.rooms.campaigns.service.resolve import ResolveTasks
from hongyan.rooms.campaigns.service.resolve_views import RECENT, ResolveViews, narrow
from hongyan.rooms.identity.contracts import Actor, Auth, Permission
from hongyan.rooms.smart.service.door import SmartService

_WINDOW: Final = 10_000
_STEP: Final = 500
_BOM: Final = "\ufeff"
_FIELDS: Final = {
    "tpl_id": "card_template_id",
    "sms_signs": "signatures",
    "params": "rows",
    "expiration_time": "days",
    "aim_code_type": "kind",
    "task_name": "name",
}
Word = Annotated[str | None, Query(max_length=200, pattern=Plain)]


def resolve_console(
    *,
    db: Database,
    auth: Auth,
    tasks: ResolveTasks,
    views: ResolveViews,
    audience: AudienceService,
    smart: SmartService,
) -> APIRouter:
    """Return the router of ``/console/api/resolve-tasks`` and ``/console/api/resolve-details``."""
    router = APIRouter(prefix="/console/api", tags=["resolve tasks"])
    SignedIn = Annotated[Actor, Depends(auth.console)]  # noqa: N806 - a type
    _making(router, db, tasks, audience, smart, SignedIn)
    _tasks(router, db, tasks, views, SignedIn)
    _links(router, db, views, SignedIn)
    return router


def _making(
    router: APIRouter,
    db: Database,
    tasks: ResolveTasks,
    audience: AudienceService,
    smart: SmartService,
    signed_in: Any,
) -> None:
    async def of_file(actor: Actor, wanted: WantedResolveTask) -> tuple[list[NewLink], dict[int, HongyanError]] | None:
        if wanted.number_file_id is None:
            return None
        # Marks and values come out of it: whoever may not upload such files may not use them either.
        tenant_id = actor.tenant(Permission.NUMBER_FILE_CREATE)
        async with db.begin() as uow:
            file = await audience.get_file(uow, tenant_id, FileId(wanted.number_file_id))
            card = await smart.get_active_template(uow, tenant_id, wanted.card_template_id)
        url = wanted.custom_url.strip() or None
        if url is not None and not wanted.has_own_codes:
            # Once, at its field: else every row of the file would fail for it.
            url = tasks.check_custom_url(url)
        return await read_rows(audience, file, card.param_names, has_own_codes=wanted.has_own_codes, custom_url=url)

    @router.post("/resolve-tasks", status_code=201, operation_id="console_create_resolve_task")
    async def create(actor: signed_in, wanted: WantedResolveTask) -> ResolveTaskView:
        """Make links for messages that one sends oneself; a row that cannot be made says why among the details."""
        with _form_fields():
            wish = wanted.wish(await of_file(actor, wanted))
            async with db.begin() as uow:
                task, links = await tasks.create(uow, actor, wish)
        sums = LinkSums(len(links), sum(link.code is not None for link in links))
        return ResolveTaskView.of(links[0], task, sums)

    @router.get("/resolve-tasks/sample.xlsx", operation_id="console_download_links_sample", response_class=Response)
    async def sample(
        actor: signed_in,
        card_template_id: Annotated[str, Query(max_length=36, pattern=Plain)],
        *,
        has_own_codes: bool = False,
    ) -> Response:
        """Download a file to fill in: numbers, the card's values, where a tap leads or the chosen code."""
        tenant_id = actor.tenant(Permission.RESOLVE_TASK_LIST)
        async with db.begin() as uow:
            card = await smart.get_active_template(uow, tenant_id, card_template_id)
        last = (CODE_COLUMN, "vip2026") if has_own_codes else (URL_COLUMN, "https://www.example.com/member")
        data = audience.sample_xlsx([*((one.name, one.example) for one in card.params), last])
        return Response(data, media_type=XLSX, headers={"content-disposition": 'attachment; filename="links.xlsx"'})


def _tasks(router: APIRouter, db: Database, tasks: ResolveTasks, views: ResolveViews, signed_in: Any) -> None:
    @router.get("/resolve-tasks", operation_id="console_list_resolve_tasks")
    async def list_tasks(
        *,
        actor: signed_in,
        name: Word = None,
        card_template: Word = None,
        signature: Word = None,
        begin: datetime | None = None,
        end: datetime | None = None,
        sort: LinkSort = "-created_at",
        offset: Annotated[int, Query(ge=0, le=_WINDOW)] = 0,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
    ) -> ResolveTaskList:
        """List resolve tasks by time or name; ``card_template`` is a part of its name, or its id."""
        tenant_id = actor.tenant(Permission.RESOLVE_TASK_LIST)
        wanted = LinkFilter(task_name=name, sms_sign=signature, begin=begin, end=end, sort=sort)
        wanted = narrow(wanted, card_template, None)
        async with db.begin() as uow:
            page, found, sums = await views.list_calls(uow, tenant_id, wanted, offset=offset, limit=limit)
        items = [
            ResolveTaskView.of(link, found[link.task.task_id], sums[link.task.task_id])
            for link in page.items
            if link.task.task_id in found
        ]
        return ResolveTaskList(items=items, total=page.total)

    @router.get("/resolve-tasks/{task_id}", operation_id="console_show_resolve_task")
    async def show(actor: signed_in, task_id: UUID) -> ResolveTaskView:
        """Show one task."""
        tenant_id = actor.tenant(Permission.RESOLVE_TASK_LIST)
        return await _task(db, views, tenant_id, TaskId(str(task_id)))

    @router.get("/resolve-tasks/{task_id}/links.csv", operation_id="console_download_links")
    async def download(actor: signed_in, task_id: UUID) -> StreamingResponse:
        """Download a task's links with whole marks, to be put into one's own messages."""
        tenant_id = actor.tenant(Permission.MESSAGE_EXPORT)
        task = await _task(db, views, tenant_id, TaskId(str(task_id)))
        async with db.begin() as uow:
            await tasks.note_download(uow, actor, TaskId(task.task_id))
        headers = {"Content-Disposition": f'attachment; filename="links-{task.task_id[:8]}.csv"'}
        lines = iter_csv(db, views, tenant_id, TaskId(task.task_id))
        return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=headers)


def _links(router: APIRouter, db: Database, views: ResolveViews, signed_in: Any) -> None:
    @router.get("/resolve-details", operation_id="console_list_resolve_details")
    async def details(
        *,
        actor: signed_in,
        task_id: UUID | None = None,
        task_name: Word = None,
        card_template: Word = None,
        cust_flag: Annotated[str | None, Query(max_length=64, pattern=Plain)] = None,
        aim_url: Word = None,
        signature: Word = None,
        status: ResolvedStatus | None = None,
        begin: datetime | None = None,
        end: datetime | None = None,
        offset: Annotated[int, Query(ge=0, le=_WINDOW)] = 0,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
    ) -> LinkDetailList:
        """List links of resolve tasks and send tasks; of the last 24 hours when neither task nor time is named."""
        tenant_id = actor.tenant(Permission.RESOLVE_TASK_LIST)
        is_anytime = task_id is not None or begin is not None or end is not None
        wanted = LinkFilter(
            task_id=None if task_id is None else TaskId(str(task_id)),
            task_name=task_name,
            cust_flag=(cust_flag or "").strip() or None,
            sms_sign=signature,
            status=status,
            begin=begin if is_anytime else datetime.now(UTC) - RECENT,
            end=end,
        )
        wanted = narrow(wanted, card_template, aim_url)
        async with db.begin() as uow:
            page = await views.list_details(uow, tenant_id, wanted, offset=offset, limit=limit)
        return LinkDetailList(items=[LinkDetailView.of(link) for link in page.items], total=page.total)


async def _task(db: Database, views: ResolveViews, tenant_id: TenantId, task_id: TaskId) -> ResolveTaskView:
    async with db.begin() as uow:
        page, found, sums = await views.list_calls(uow, tenant_id, LinkFilter(task_id=task_id), offset=0, limit=1)
    if not page.items or task_id not in found:
        raise NotFound("task_id", what="Resolve task", id=task_id)
    return ResolveTaskView.of(page.items[0], found[task_id], sums[task_id])


async def iter_csv(db: Database, views: ResolveViews, tenant_id: TenantId, task_id: TaskId) -> AsyncIterator[str]:
    """Yield the file in pieces of :data:`_STEP` links, in the order of the task's rows.

    No transaction is open while a piece travels: a slow reader holds none of the connections that all share.
    """
    yield _BOM + _csv([("cust_flag", "link", "status", "result_code", "error", "expires_at", "resolved_at")])
    last: Link | None = None
    while True:
        async with db.begin() as uow:
            links = await views.read_made(uow, tenant_id, task_id, after=last, limit=_STEP)
        if not links:
            return
        yield _csv([_row(link) for link in links])
        last = links[-1]


def _row(link: Link) -> tuple[str, ...]:
    error = "" if link.code is not None else link.error_message
    return (
        _inert(link.row.cust_flag),
        "" if link.aim_url is None else f"https://{link.aim_url}",
        link.status.value,
        link.result_code,
        _inert(error),
        "" if link.expires_at is None else link.expires_at.isoformat(timespec="seconds"),
        "" if link.resolved_at is None else link.resolved_at.isoformat(timespec="seconds"),
    )


def _inert(text: str) -> str:
    """Keep a spreadsheet from taking a customer's text for a formula; ``+8613…`` is only a number."""
    is_risky = text[:1] in {"=", "-", "@", "\t", "\r"} or (text[:1] == "+" and not text[1:].isdigit())
    return f"'{text}" if is_risky else text


def _csv(rows: list[tuple[str, ...]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue()


@contextmanager
def _form_fields() -> Iterator[None]:
    """Let refusals name the form's fields, whatever the vendor's API calls them."""
    try:
        yield
    except HongyanError as error:
        head, bracket, rest = (error.field or "").partition("[")
        name = _FIELDS.get(head, head)
        # The form has one field for all signatures.
        error.field = (name if head == "sms_signs" else name + bracket + rest) or None
        raise
