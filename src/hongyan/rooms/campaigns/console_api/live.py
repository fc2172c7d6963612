"""The stream that keeps open pages of the console up to date; what it tells is in ``service/live.py``."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response, StreamingResponse

from hongyan.rooms.campaigns.service.live import LiveTasks
from hongyan.rooms.identity.contracts import Permission, Standing

_NO_STREAM = 204
"""Tells a browser not to come again by itself."""


def live_router(*, live: LiveTasks, standing: Callable[..., Awaitable[Standing]]) -> APIRouter:
    """Return the router of ``/console/api/live``; ``standing`` is the dependency that knows the reader."""
    router = APIRouter(prefix="/console/api", tags=["campaigns"])
    reader = Annotated[Standing, Depends(standing)]

    @router.get(
        "/live",
        operation_id="console_stream_live",
        response_class=StreamingResponse,
        responses={
            200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}},
            204: {"description": "No stream is to be had: read the lists now and then."},
        },
    )
    async def stream(who: reader) -> Response:
        """Send events ``task``, each with a send task as ``GET /send-tasks/{task_id}`` shows it, as tasks move."""
        tenant_id = who.actor.tenant(Permission.CONSOLE_LIST)
        if not live.has_room(tenant_id):
            return Response(status_code=_NO_STREAM)
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        return StreamingResponse(live.events(tenant_id, who.is_valid), media_type="text/event-stream", headers=headers)

    return router
