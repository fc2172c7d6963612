"""The stream that keeps open pages of the console up to date; how it works is in ``kernel.http.live``."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response, StreamingResponse

from hongyan.kernel.errors import InvalidInput
from hongyan.kernel.http.live import Audience, LiveStreams
from hongyan.rooms.identity.contracts import Actor, Standing

_NO_STREAM = 204
"""Tells a browser not to come again by itself."""

Wanted = Annotated[list[Annotated[str, Query(max_length=40)]], Query(min_length=1, max_length=20)]


def live_router(
    *,
    live: LiveStreams,
    audiences: Mapping[str, Callable[[Actor], Audience]],
    standing: Callable[..., Awaitable[Standing]],
) -> APIRouter:
    """Return the router of ``/console/api/live``; ``standing`` is the dependency that knows the reader.

    ``audiences`` says of each topic whose things somebody hears of, and raises ``Forbidden`` for who may not.
    """
    router = APIRouter(prefix="/console/api", tags=["live"])
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
    async def stream(who: reader, topic: Wanted) -> Response:
        """Send an event of each topic's name as what it is about changes.

        ``tasks`` carries a send task as ``GET /send-tasks/{task_id}`` shows it; the others only say: read again.
        """
        known = ", ".join(sorted(audiences))
        if not audiences.keys() >= set(topic):
            raise InvalidInput("topic", reason=f"must be of {known}", reason_zh=f"须为 {known} 之一")
        wanted = {name: audiences[name](who.actor) for name in topic}
        if not live.has_room(who.actor.tenant_id):
            return Response(status_code=_NO_STREAM)
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        events = live.events(who.actor.tenant_id, wanted, who.is_valid)
        return StreamingResponse(events, media_type="text/event-stream", headers=headers)

    return router
