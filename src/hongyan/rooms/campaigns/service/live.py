"""Send tasks that move, for pages that are open.

Not for: one task's progress for programs (``stream``); the streams themselves (``kernel.http.live``).
"""

from typing import Final

import msgspec

from hongyan.kernel.db.database import Uow
from hongyan.kernel.http.live import Audience, News, Topic, stamped
from hongyan.kernel.ids import TaskId, TenantId
from hongyan.rooms.campaigns.contracts import Progress, TaskFilter, TaskState
from hongyan.rooms.campaigns.service.video_views import VideoViews
from hongyan.rooms.campaigns.service.views import CampaignViews, describe

MAX_TASKS: Final = 50
"""Tasks of each sort that are followed, the newest ones."""
_SORTS: Final = ((TaskState.PARSING, TaskState.RUNNING), (TaskState.FINISHING,))
"""Those that change by themselves; what leaves them is told once more."""
MAX_VIDEO_TASKS: Final = 1_000
"""Video sends under way that are followed, the newest: one call makes one, and each lasts until its last report."""


def live_tasks(views: CampaignViews) -> Topic:
    """Return the topic ``tasks``: each a send task of a tenant as lists show it."""

    async def read(uow: Uow, audience: Audience, known: frozenset[str]) -> News:
        tenant_id = TenantId(audience or "")
        found: dict[str, bytes] = {}
        for states in _SORTS:
            page = await views.list(uow, tenant_id, TaskFilter(states=states), offset=0, limit=MAX_TASKS)
            found |= _documents(page.items)
        gone = tuple(TaskId(task_id) for task_id in known if task_id not in found)
        return News(found, _documents(await views.some(uow, tenant_id, gone)) if gone else {})

    return Topic("tasks", read)


def live_video_tasks(views: VideoViews) -> Topic:
    """Return the topic ``video-tasks``: that a video send of a tenant was made, moves or is over."""

    async def stamp(uow: Uow, audience: Audience) -> object:
        return await views.stamp(uow, TenantId(audience or ""), moving=MAX_VIDEO_TASKS, newest=MAX_TASKS)

    return stamped("video-tasks", stamp)


def _documents(rows: tuple[Progress, ...]) -> dict[str, bytes]:
    return {row.task.id: msgspec.json.encode(describe(row)) for row in rows}
