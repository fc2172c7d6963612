"""A task's progress as server-sent events, for the console and for programs."""

import asyncio
from collections.abc import AsyncIterator

import msgspec

from hongyan.kernel.db.database import Database
from hongyan.kernel.ids import TaskId, TenantId
from hongyan.rooms.campaigns.service.views import CampaignViews, describe

_POLL_S = 0.5
"""Two reads of one counter row a second for each page that is open."""
_STREAM_S = 3600


async def progress_events(
    db: Database, views: CampaignViews, tenant_id: TenantId, task_id: TaskId
) -> AsyncIterator[bytes]:
    """Yield a server-sent event whenever the task changed, the last one when it is over.

    An hour at most, then clients reconnect.
    """
    last = b""
    for _ in range(int(_STREAM_S / _POLL_S)):
        async with db.begin() as uow:
            document = describe(await views.get(uow, tenant_id, task_id))
        data = msgspec.json.encode(document)
        yield b": still here\n\n" if data == last else b"event: progress\ndata: " + data + b"\n\n"
        last = data
        if document["is_final"]:
            return
        await asyncio.sleep(_POLL_S)
