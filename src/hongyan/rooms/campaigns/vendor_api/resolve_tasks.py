"""The vendor's operations on resolve tasks: create, list, details of links. Source: api.md of the requirements §5.4."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import ConfigDict, Field
from typing_extensions import TypedDict

from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.http.once import Once
from hongyan.kernel.http.vendor import VendorBody, aim_time, in_window, parse_span, parse_uuid
from hongyan.kernel.ids import TaskId
from hongyan.kernel.paging import Page
from hongyan.rooms.campaigns.contracts import Link, LinkFilter, NewLink, ResolvedStatus, ResolveTask
from hongyan.rooms.campaigns.errors import RowsMissing
from hongyan.rooms.campaigns.service.resolve import ResolveTasks, ResolveWish
from hongyan.rooms.campaigns.service.resolve_views import ResolveViews
from hongyan.rooms.campaigns.vendor_api.link_rows import CardValue, LinkRow, ShortCode, link_row
from hongyan.rooms.campaigns.vendor_api.pages import PageInfo, page_of, whole_second
from hongyan.rooms.identity.contracts import Actor, Auth, Permission
from hongyan.rooms.short_links.contracts import DomainKind, LinkKind

_DEFAULT_SPAN = timedelta(days=1)
DOMAIN = (
    r"^([a-zA-Z0-9][-a-zA-Z0-9]{0,62}(\.[a-zA-Z0-9][-a-zA-Z0-9]{0,62})*\.?(:[0-9]{1,5})?(/[0-9a-zA-Z]{1,10}){0,2})?$"
)
"""The vendor's pattern, its newer form with up to two path levels, and a port, which our installations may have."""
URL = r"^(https?://([\w-]+\.)+[\w-]+(:[0-9]{1,5})?(/[\w\-./?%&=#~+:@!$,;*()]*)?)?$"


class ShortChainParam(VendorBody):
    """One link that is wanted."""

    cust_flag: str = Field(min_length=1, max_length=64)
    dync_params: dict[str, CardValue] | None = Field(default=None, max_length=100)
    custom_url: str | None = Field(default=None, max_length=256, pattern=URL)
    custom_short_code: ShortCode = None


class ResolveTaskBody(VendorBody):
    """Body of the create operation."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "tpl_id": "600000001",
                    "sms_signs": ["鸿雁演示企业"],
                    "resolving_times": 1,
                    "aim_code_type": "individual",
                    "generation_type": "1",
                    "expiration_time": 7,
                    "params": [{"cust_flag": "13800138000", "custom_url": "https://www.example.com/member"}],
                }
            ]
        }
    )

    tpl_id: str = Field(max_length=9)
    sms_signs: list[str] = Field(max_length=5)
    resolving_times: int = Field(ge=1, le=10_000_000)
    aim_code_type: str = Field(pattern="^(group|individual)$")
    generation_type: str = Field(default="1", pattern="^[12]$")
    domain: str | None = Field(default=None, max_length=100, pattern=DOMAIN)
    expiration_time: int = Field(ge=1, le=180)
    params: list[ShortChainParam] | None = None

    def wish(self) -> ResolveWish:
        """Return the request in our own terms.

        Raises:
            RowsMissing: without ``params`` (KM.90016414).
        """
        if self.params is None:
            raise RowsMissing("params")
        return ResolveWish(
            card_template_id=self.tpl_id,
            signs=tuple(self.sms_signs),
            resolving_times=self.resolving_times,
            kind=LinkKind(self.aim_code_type),
            domain_kind=DomainKind.CUSTOM if self.generation_type == "2" else DomainKind.STANDARD,
            domain=self.domain or None,
            days=self.expiration_time,
            rows=[
                NewLink(row.cust_flag, row.dync_params or {}, row.custom_url or None, row.custom_short_code)
                for row in self.params
            ],
        )


class ResolveTaskAnswer(TypedDict):
    """Answer of the create operation."""

    task_id: str
    tpl_id: str
    sms_signs: list[str]
    resolving_times: int
    resolved_times: int
    aim_code_type: str
    domain: str
    expiration_time: int
    params: list[LinkRow]


class ResolveTaskRow(ResolveTaskAnswer):
    """One row of the list: a task and one of its links."""

    task_name: str


class ResolveTasksAnswer(TypedDict):
    """Answer of the list."""

    resolve_tasks: list[ResolveTaskRow]
    page_info: PageInfo


class ResolveDetail(TypedDict):
    """One link and what became of it."""

    resolve_id: str
    task_id: str
    task_name: str
    send_account: str
    tpl_id: str
    tpl_name: str
    cust_flag: str
    aim_url: str | None
    result_code: str
    generate_date: str
    expire_date: str | None
    resolved_time: str | None
    resolved_status: str


class ResolveDetailsAnswer(TypedDict):
    """Answer of the details."""

    resolve_details: list[ResolveDetail]
    page_info: PageInfo


def resolve_router(*, db: Database, auth: Auth, tasks: ResolveTasks, views: ResolveViews, once: Once) -> APIRouter:
    """Return the router of ``/v1/aim/resolve-tasks`` and ``/v1/aim/resolve-details``."""
    router = APIRouter(tags=["resolve tasks"])
    Signed = Annotated[Actor, Depends(auth.vendor)]  # noqa: N806 - a type

    @router.post("/v1/aim/resolve-tasks", operation_id="create_resolve_task", response_model=ResolveTaskAnswer)
    async def create(request: Request, body: ResolveTaskBody, actor: Signed) -> dict[str, Any]:
        """Make short links for messages that one sends oneself; a row that cannot be made says why."""

        async def act(uow: Uow) -> dict[str, Any]:
            return {**_answer(*await tasks.create(uow, actor, body.wish()))}

        return await once.run(request, actor.tenant(Permission.RESOLVE_TASK_CREATE), act)

    @router.get("/v1/aim/resolve-tasks", operation_id="list_resolve_tasks")
    async def list_tasks(
        actor: Signed,
        task_id: Annotated[str | None, Query(max_length=36)] = None,
        task_name: Annotated[str | None, Query(max_length=30)] = None,
        tpl_id: Annotated[str | None, Query(pattern="^([0-9]{9})?$")] = None,
        tpl_name: Annotated[str | None, Query(max_length=100)] = None,
        cust_flag: Annotated[str | None, Query(max_length=100)] = None,
        aim_url: Annotated[str | None, Query(max_length=200)] = None,
        begin_time: Annotated[str | None, Query(max_length=30)] = None,
        end_time: Annotated[str | None, Query(max_length=30)] = None,
        offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
    ) -> ResolveTasksAnswer:
        """List resolve tasks, one row per short link; without times, those of the last 24 hours."""
        tenant_id = actor.tenant(Permission.RESOLVE_TASK_LIST)
        wanted = _filter(task_id, task_name, tpl_id, tpl_name, cust_flag, aim_url, begin_time, end_time)
        if not in_window(offset, limit):
            return {"resolve_tasks": [], "page_info": page_of(Page((), 0, offset, limit))}
        async with db.begin() as uow:
            page, found = await views.list_tasks(
                uow, tenant_id, replace(wanted, is_send=False), offset=offset, limit=limit
            )
        rows = [_task_row(found[link.task.task_id], link) for link in page.items]
        return {"resolve_tasks": rows, "page_info": page_of(page)}

    @router.get("/v1/aim/resolve-details", operation_id="list_aim_resolve_details")
    async def list_details(
        actor: Signed,
        offset: Annotated[int, Query(ge=0, le=1_000_000)],
        limit: Annotated[int, Query(ge=1, le=100)],
        task_id: Annotated[str | None, Query(max_length=36)] = None,
        task_name: Annotated[str | None, Query(max_length=30)] = None,
        tpl_id: Annotated[str | None, Query(max_length=9)] = None,
        tpl_name: Annotated[str | None, Query(max_length=100)] = None,
        cust_flag: Annotated[str | None, Query(max_length=64)] = None,
        sms_sign: Annotated[str | None, Query(max_length=18)] = None,
        aim_url: Annotated[str | None, Query(max_length=100)] = None,
        resolved_status: Annotated[str | None, Query(pattern="^(success|fail|unresolved)?$")] = None,
        begin_time: Annotated[str | None, Query(max_length=30)] = None,
        end_time: Annotated[str | None, Query(max_length=30)] = None,
    ) -> ResolveDetailsAnswer:
        """List the links of resolve tasks and send tasks with what became of them; by default of the last 24 hours."""
        tenant_id = actor.tenant(Permission.RESOLVE_TASK_LIST)
        wanted = replace(
            _filter(task_id, task_name, tpl_id, tpl_name, cust_flag, aim_url, begin_time, end_time),
            sms_sign=sms_sign or None,
            status=ResolvedStatus(resolved_status) if resolved_status else None,
        )
        if not in_window(offset, limit):
            return {"resolve_details": [], "page_info": page_of(Page((), 0, offset, limit))}
        async with db.begin() as uow:
            page = await views.list_details(uow, tenant_id, wanted, offset=offset, limit=limit)
        return {"resolve_details": [_detail(link) for link in page.items], "page_info": page_of(page)}

    return router


def _filter(
    task_id: str | None,
    task_name: str | None,
    tpl_id: str | None,
    tpl_name: str | None,
    cust_flag: str | None,
    aim_url: str | None,
    begin_time: str | None,
    end_time: str | None,
) -> LinkFilter:
    """Return what both lists ask for. A task that is named is found whenever it was made."""
    now = datetime.now(UTC)
    begin, end = parse_span(begin_time, end_time, now=now)
    return LinkFilter(
        task_id=TaskId(parse_uuid(task_id, "task_id")) if task_id else None,
        task_name=task_name or None,
        card_template_id=tpl_id or None,
        card_template_name=tpl_name or None,
        cust_flag=cust_flag or None,
        aim_url=aim_url.removeprefix("https://").removeprefix("http://") if aim_url else None,
        begin=begin or (None if task_id else now - _DEFAULT_SPAN),
        end=whole_second(end),
    )


def _answer(task: ResolveTask, links: list[Link]) -> ResolveTaskAnswer:
    first = links[0].task
    return {
        "task_id": task.task_id,
        "tpl_id": first.card_template_id,
        "sms_signs": list(first.signatures),
        "resolving_times": task.resolving_times,
        "resolved_times": task.resolved,
        "aim_code_type": task.kind.value,
        "domain": task.domain,
        "expiration_time": task.validity_days,
        "params": [link_row(link) for link in links],
    }


def _task_row(task: ResolveTask, link: Link) -> ResolveTaskRow:
    return {**_answer(task, [link]), "task_name": link.task.name}


def _detail(link: Link) -> ResolveDetail:
    task = link.task
    return {
        "resolve_id": str(link.link_id),
        "task_id": task.task_id,
        "task_name": task.name,
        "send_account": task.created_by,
        "tpl_id": task.card_template_id,
        "tpl_name": task.card_template_name,
        "cust_flag": link.row.cust_flag,
        "aim_url": link.aim_url,
        "result_code": link.result_code,
        "generate_date": aim_time(task.created_at),
        "expire_date": aim_time(link.expires_at) if link.expires_at else None,
        "resolved_time": aim_time(link.resolved_at) if link.resolved_at else None,
        "resolved_status": link.status.value,
    }
