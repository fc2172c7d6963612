"""What lists show of links: those of calls from their rows, those of number files from the ledger's messages."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import CardTemplateId, TaskId, TenantId
from hongyan.kernel.keys.numbers import TenantKeys
from hongyan.kernel.paging import Page
from hongyan.kernel.phones import national_form, normalise_phone
from hongyan.rooms.campaigns.contracts import Link, LinkFilter, LinkSums, LinkTask, NewLink, ResolveTask, Task
from hongyan.rooms.campaigns.store import links as store
from hongyan.rooms.campaigns.store import tasks as task_store
from hongyan.rooms.delivery.contracts import MessageFilter, MessageView
from hongyan.rooms.delivery.service import DeliveryService

_SCANNED: Final = 10_000
"""Messages of a number file that a list looks at: the API's window."""
_STEP: Final = 1_000
_TPL_ID_DIGITS: Final = 9
RECENT: Final = timedelta(days=1)
"""How far back links are listed when neither a task nor a time is named. Source: product.md §2.10."""


class ResolveViews:
    """Read side of links."""

    def __init__(self, *, delivery: DeliveryService, keys: TenantKeys) -> None:
        """Open what is sealed with the tenant's key; read messages from the ledger."""
        self._delivery = delivery
        self._keys = keys

    async def list_tasks(
        self, uow: Uow, tenant_id: TenantId, wanted: LinkFilter, *, offset: int, limit: int
    ) -> tuple[Page[Link], dict[TaskId, ResolveTask]]:
        """Return links of resolve tasks in the wanted order of their calls, and the tasks of the page."""
        page = await self._list(uow, tenant_id, wanted, offset, limit)
        ids = {link.task.task_id for link in page.items}
        return page, await store.find_resolve_tasks(uow, tenant_id, ids)

    async def list_calls(
        self, uow: Uow, tenant_id: TenantId, wanted: LinkFilter, *, offset: int, limit: int
    ) -> tuple[Page[Link], dict[TaskId, ResolveTask], dict[TaskId, LinkSums]]:
        """Return the first link of each resolve task in the wanted order, with the tasks and their sums."""
        first = replace(wanted, is_send=False, only_first=True)
        page = await self._list(uow, tenant_id, first, offset, limit)
        ids = {link.task.task_id for link in page.items}
        tasks = await store.find_resolve_tasks(uow, tenant_id, ids)
        return page, tasks, await store.count_links(uow, tenant_id, ids)

    async def list_details(
        self, uow: Uow, tenant_id: TenantId, wanted: LinkFilter, *, offset: int, limit: int
    ) -> Page[Link]:
        """Return links of resolve tasks and send tasks in the wanted order of their calls.

        Links of a number file are found when ``wanted`` names their task: nothing is kept of each of a million links.
        """
        page = await self._list(uow, tenant_id, wanted, offset, limit)
        if page.total or wanted.task_id is None:
            return page
        found = await task_store.find_tasks(uow, tenant_id, (wanted.task_id,))
        if not found or found[0].source != "hongyan" or not _is_of(found[0], wanted):
            return page
        return await self._of_file(uow, found[0], wanted, offset, limit)

    async def count_details(self, uow: Uow, tenant_id: TenantId, wanted: LinkFilter) -> int | None:
        """Return how many links of calls :meth:`iter_details` has; ``None`` where that is not cheap to know."""
        total = (await self._list(uow, tenant_id, wanted, 0, 1)).total
        return total if 0 < total < store.COUNTED_ROWS else None

    async def iter_details(self, uow: Uow, tenant_id: TenantId, wanted: LinkFilter) -> AsyncIterator[Link]:
        """Stream links for an export, the oldest call first; links of a number file when ``wanted`` names its task."""
        sealer = await self._keys.sealer(uow, tenant_id)
        last: Link | None = None
        while page := await store.read_links(uow, tenant_id, sealer, wanted, after=last, limit=_STEP):
            for link in page:
                yield link
            last = page[-1]
        if last is not None or wanted.task_id is None:
            return
        found = await task_store.find_tasks(uow, tenant_id, (wanted.task_id,))
        if found and found[0].source == "hongyan" and _is_of(found[0], wanted):
            async for link in self._iter_file(uow, found[0], wanted):
                yield link

    async def read_made(
        self, uow: Uow, tenant_id: TenantId, task_id: TaskId, *, after: Link | None, limit: int
    ) -> tuple[Link, ...]:
        """Return the links of a resolve task that come after one, in the order of its rows: step by step."""
        sealer = await self._keys.sealer(uow, tenant_id)
        wanted = LinkFilter(task_id=task_id, is_send=False)
        return await store.read_links(uow, tenant_id, sealer, wanted, after=after, limit=limit)

    async def _iter_file(self, uow: Uow, task: Task, wanted: LinkFilter) -> AsyncIterator[Link]:
        where = MessageFilter(task_id=task.id, planned_from=wanted.begin, planned_until=wanted.end)
        some: list[MessageView] = []
        async for message in self._delivery.iter_messages(uow, task.tenant_id, where):
            some.append(message)
            if len(some) == _STEP:
                for link in await self._links_of(uow, task, some, wanted):
                    yield link
                some.clear()
        for link in await self._links_of(uow, task, some, wanted):
            yield link

    async def _links_of(self, uow: Uow, task: Task, some: Sequence[MessageView], wanted: LinkFilter) -> list[Link]:
        codes = [message.link_code for message in some if message.link_code is not None]
        drawn = await store.find_drawn(uow, task.tenant_id, task.id, codes)
        links = [_link_of(task, one, drawn.get(one.link_code)) for one in some if one.link_code is not None]
        return [link for link in links if _is_asked(link, wanted)]

    async def _list(self, uow: Uow, tenant_id: TenantId, wanted: LinkFilter, offset: int, limit: int) -> Page[Link]:
        sealer = await self._keys.sealer(uow, tenant_id)
        return await store.list_links(uow, tenant_id, sealer, wanted, offset=offset, limit=limit)

    async def _of_file(self, uow: Uow, task: Task, wanted: LinkFilter, offset: int, limit: int) -> Page[Link]:
        phone = normalise_phone(wanted.cust_flag) if wanted.cust_flag else None
        if wanted.cust_flag and phone is None:
            return Page((), 0, offset, limit)
        where = MessageFilter(task_id=task.id, phone=phone, planned_from=wanted.begin, planned_until=wanted.end)
        drawn = await store.list_drawn(uow, task.tenant_id, task.id)
        found: list[Link] = []
        for start in range(0, _SCANNED, _STEP):
            page = await self._delivery.list_messages(uow, task.tenant_id, where, offset=start, limit=_STEP)
            for message in page.items:
                if message.link_code is None:
                    continue
                link = _link_of(task, message, drawn.get(message.link_code))
                if _is_asked(link, wanted):
                    found.append(link)
            if start + _STEP >= page.total:
                break
        return Page(tuple(found[offset : offset + limit]), len(found), offset, limit)


def narrow(wanted: LinkFilter, card_template: str | None, aim_url: str | None) -> LinkFilter:
    """Narrow by a template's id (nine digits) or a part of its name, and by a link as people copy it."""
    card, url = (card_template or "").strip(), (aim_url or "").strip()
    is_id = len(card) == _TPL_ID_DIGITS and card.isdigit()
    return replace(
        wanted,
        card_template_id=card if is_id else None,
        card_template_name=None if is_id else card or None,
        aim_url=url.removeprefix("https://").removeprefix("http://") or None,
    )


def _is_asked(link: Link, wanted: LinkFilter) -> bool:
    return wanted.status in {None, link.status} and wanted.aim_url in {None, "", link.aim_url}


def _is_of(task: Task, wanted: LinkFilter) -> bool:
    """Tell whether what a list asks of tasks holds for this one."""
    content = task.content
    return (
        content.card_template_id is not None
        and wanted.card_template_id in {None, "", content.card_template_id}
        and (wanted.card_template_name or "").lower() in content.card_template_name.lower()
        and (wanted.task_name or "").lower() in task.name.lower()
        and wanted.sms_sign in {None, "", content.signature_name}
    )


def _link_of(task: Task, message: MessageView, drawn_at: datetime | None) -> Link:
    """Return the link of one message of a number file."""
    content = task.content
    common = LinkTask(
        task_id=task.id,
        tenant_id=task.tenant_id,
        name=task.name,
        is_send=True,
        card_template_id=CardTemplateId(content.card_template_id or ""),
        card_template_name=content.card_template_name,
        signatures=(content.signature_name,),
        created_by=task.created_by,
        created_at=message.planned_at,
    )
    return Link(
        task=common,
        row=NewLink(message.cust_flag or national_form(message.phone)),
        aim_url=f"{task.domain}/{message.link_code}",
        code=message.link_code,
        expires_at=message.planned_at + timedelta(days=task.validity_days),
        resolved_at=drawn_at,
        resolved_times=0 if drawn_at is None else 1,
        link_id=message.message_id,
    )
