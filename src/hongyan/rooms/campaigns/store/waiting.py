"""Statements about what still needs something that is about to be deleted, tenant first."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, Text, func, literal, select, union_all

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TaskId, TenantId
from hongyan.rooms.campaigns.tables import links, resolve_tasks, tasks, video_tasks

_T, _V, _L, _R = tasks.c, video_tasks.c, links.c, resolve_tasks.c
_UNSENT: Final = ("draft", "parsing", "ready", "scheduled", "held", "running", "paused")
"""States of a send task in which messages may be left to hand over."""
MOST_LINK_TASKS: Final = 1_000
"""More resolve tasks than these change nobody's mind, and each call of the API makes one."""
_UNSENT_VIDEO: Final = ("scheduled", "submit_success", "processing", "re_submit_success", "re_processing")


class Needed(StrEnum):
    """What a task needs; its id is the second word's, or the name of a domain, or the URL of a page."""

    SMS_TEMPLATE = "sms_template"
    SIGNATURE = "signature"
    CARD_TEMPLATE = "card_template"
    VIDEO_TEMPLATE = "video_template"
    VIDEO_SIGNATURE = "video_signature"
    """Of video messages: templates carry its name, tasks only through them."""
    LINK_DOMAIN = "link_domain"
    JUMP_LINK = "jump_link"


class WaitingTask(NamedTuple):
    """A task that has not handed everything over."""

    task_id: TaskId
    name: str
    state: str
    is_video: bool


_SENDS: Final[dict[Needed, ColumnElement[str]]] = {
    Needed.SMS_TEMPLATE: _T.sms_template_id,
    Needed.SIGNATURE: _T.content["signature_id"].astext,
    Needed.CARD_TEMPLATE: _T.card_template_id,
    Needed.VIDEO_TEMPLATE: _T.content["basic_template_id"].astext,
    Needed.LINK_DOMAIN: _T.domain,
    Needed.JUMP_LINK: _T.jump_url,
}


async def list_tasks(
    uow: Uow, tenant_id: TenantId | None, what: Needed, ids: Sequence[str], limit: int
) -> tuple[int, int, list[WaitingTask]]:
    """Return how many tasks wait and of how many tenants, and the newest of them; ``None``: of all tenants."""
    if what not in _SENDS:
        return 0, 0, []
    sends: list[ColumnElement[bool]] = [_SENDS[what].in_(ids), _T.state.in_(_UNSENT)]
    videos: list[ColumnElement[bool]] = [_V.tpl_id.in_(ids), _V.state.in_(_UNSENT_VIDEO)]
    if tenant_id is not None:
        sends.append(_T.tenant_id == tenant_id)
        videos.append(_V.tenant_id == tenant_id)
    found = select(_T.tenant_id, _T.task_id, _T.name.cast(Text).label("name"), _T.state, _T.created_at).add_columns(
        literal(False).label("is_video")
    )
    statement = found.where(*sends)
    if what is Needed.VIDEO_TEMPLATE:
        video = select(_V.tenant_id, _V.task_id, _V.name, _V.state, _V.created_at).add_columns(
            literal(True).label("is_video")
        )
        rows = union_all(statement, video.where(*videos)).subquery()
    else:
        rows = statement.subquery()
    counted = select(func.count().label("tasks"), func.count(rows.c.tenant_id.distinct()).label("tenants"))
    counts = (await uow.execute(counted.select_from(rows))).one()
    count, tenants = int(counts.tasks), int(counts.tenants)
    if tenant_id is None or count == 0:
        return count, tenants, []
    newest = await uow.execute(select(rows).order_by(rows.c.created_at.desc(), rows.c.task_id).limit(limit))
    return count, tenants, [WaitingTask(TaskId(one.task_id), one.name, one.state, one.is_video) for one in newest]


async def count_links(uow: Uow, tenant_id: TenantId | None, what: Needed, ids: Sequence[str], now: datetime) -> int:
    """Return how many resolve tasks have links that still work and lead to it; ``None``: of all tenants.

    Beyond :data:`MOST_LINK_TASKS` they are not counted.
    """
    conditions: list[ColumnElement[bool]] = [_R.expires_at > now]
    if what is Needed.CARD_TEMPLATE:
        is_made = select(_L.link_id).where(_L.tenant_id == _R.tenant_id, _L.task_id == _R.task_id, _L.code.is_not(None))
        conditions += [_R.card_template_id.in_(ids), is_made.exists()]
    elif what is Needed.LINK_DOMAIN:
        conditions.append(_R.domain.in_(ids))
    else:
        return 0
    if tenant_id is not None:
        conditions.append(_R.tenant_id == tenant_id)
    some = select(_R.task_id).where(*conditions).limit(MOST_LINK_TASKS).subquery()
    return int((await uow.execute(select(func.count()).select_from(some))).scalar_one())
