"""What open pages of the console may follow, and who hears of whose."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from hongyan.kernel.db.database import Uow
from hongyan.kernel.http.live import Audience, LiveStreams, stamped
from hongyan.kernel.ids import TenantId
from hongyan.rooms.campaigns.service.live import live_tasks, live_video_tasks
from hongyan.rooms.identity.contracts import Actor, Permission
from hongyan.run.graph import Graph


def live_streams(graph: Graph, *, read_s: float = 1.0) -> LiveStreams:
    """Return the streams of a process, which read every ``read_s`` seconds; whoever serves them closes them."""

    async def queue(uow: Uow, _audience: Audience) -> object:
        return await graph.reviews.stamp_queue(uow)

    async def exports(uow: Uow, audience: Audience) -> object:
        return await graph.exports.stamp(uow, TenantId(audience or ""))

    async def alarms(uow: Uow, _audience: Audience) -> object:
        return await graph.alarms.stamp(uow)

    async def channels(uow: Uow, _audience: Audience) -> object:
        return await graph.carriers.stamp(uow)

    async def gateways(uow: Uow, _audience: Audience) -> object:
        return await graph.alarms.stamp_gateways(uow)

    async def unknowns(uow: Uow, _audience: Audience) -> object:
        return await graph.delivery.unknowns.stamp(uow)

    async def callbacks(uow: Uow, audience: Audience) -> object:
        return await graph.callbacks.desk.stamp(uow, TenantId(audience or ""))

    topics = [
        live_tasks(graph.campaigns.views),
        live_video_tasks(graph.campaigns.video_views),
        stamped("reviews", queue),
        stamped("exports", exports),
        stamped("alarms", alarms),
        stamped("channels", channels),
        stamped("gateways", gateways),
        stamped("unknowns", unknowns),
        stamped("callbacks", callbacks),
    ]
    return LiveStreams(graph.db, topics, read_s=read_s)


def _of_tenant(permission: Permission | None) -> Callable[[Actor], Audience]:
    def audience(actor: Actor) -> Audience:
        return actor.tenant(permission)

    return audience


def _of_platform(permission: Permission) -> Callable[[Actor], Audience]:
    def audience(actor: Actor) -> Audience:
        actor.require(permission)
        return None

    return audience


AUDIENCES: Mapping[str, Callable[[Actor], Audience]] = MappingProxyType(
    {
        "tasks": _of_tenant(Permission.CONSOLE_LIST),
        "video-tasks": _of_tenant(Permission.BASIC_SEND_LIST),
        "exports": _of_tenant(None),
        "reviews": _of_platform(Permission.REVIEW_LIST),
        "alarms": _of_platform(Permission.CHANNEL_LIST),
        "channels": _of_platform(Permission.CHANNEL_LIST),
        "gateways": _of_platform(Permission.CHANNEL_LIST),
        "unknowns": _of_platform(Permission.CHANNEL_LIST),
        "callbacks": _of_tenant(Permission.CALLBACK_LIST),
    }
)
"""Which topics there are, and of whose things somebody hears by each; raises ``Forbidden`` for who may not."""
