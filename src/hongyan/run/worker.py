"""The ``worker`` process: every room's jobs, and the consumers of the bus."""

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import MessageId
from hongyan.rooms.audience.jobs import register_jobs as audience_jobs
from hongyan.rooms.callbacks.jobs import register_jobs as callbacks_jobs
from hongyan.rooms.callbacks.jobs import run as run_callbacks
from hongyan.rooms.campaigns.jobs import register_jobs as campaigns_jobs
from hongyan.rooms.carriers.jobs import register_jobs as carriers_jobs
from hongyan.rooms.delivery.contracts import MessageClass
from hongyan.rooms.delivery.jobs import register_jobs as delivery_jobs
from hongyan.rooms.enterprises.jobs import register_jobs as enterprises_jobs
from hongyan.rooms.handsets.jobs import register_jobs as handsets_jobs
from hongyan.rooms.identity.contracts import system_actor
from hongyan.rooms.identity.jobs import register_jobs as identity_jobs
from hongyan.rooms.identity.service.door import IdentityService
from hongyan.rooms.receipts.jobs import register_jobs as receipts_jobs
from hongyan.rooms.reports.jobs import register_jobs as reports_jobs
from hongyan.rooms.service_accounts.jobs import register_jobs as service_accounts_jobs
from hongyan.rooms.short_links.jobs import consume as consume_taps
from hongyan.rooms.short_links.jobs import register_jobs as short_links_jobs
from hongyan.rooms.smart.jobs import register_jobs as smart_jobs
from hongyan.rooms.sms.jobs import register_jobs as sms_jobs
from hongyan.rooms.video_sms.jobs import register_jobs as video_sms_jobs
from hongyan.run.graph import Graph
from hongyan.run.health import Health

_CONCURRENCY = 8
"""Jobs at once: they wait for the database, for children and for vendors more than they compute."""


async def run(graph: Graph, health: Health, stop: asyncio.Event) -> None:
    """Run jobs until told to stop."""
    jobs, db = graph.jobs, graph.db
    identity_jobs(jobs, db, graph.identity)
    enterprises_jobs(jobs, db, graph.enterprises)
    sms_jobs(jobs, db, graph.sms)
    carriers_jobs(jobs, db, graph.carriers)
    handsets_jobs(jobs, db, graph.handsets)
    audience_jobs(jobs, db, graph.audience)
    short_links_jobs(jobs, db, graph.short_links)
    smart_jobs(jobs, db, graph.smart)
    service_accounts_jobs(jobs, db, graph.service_accounts)
    video_sms_jobs(jobs, db, graph.video_sms)
    delivery_jobs(
        jobs, db, graph.delivery, note=partial(_note_resends, graph.identity), keep_days=graph.settings.keep_days
    )
    receipts_jobs(jobs, db, graph.receipts, keep_days=graph.settings.keep_days)
    reports_jobs(jobs, db, graph.reports, graph.exports)
    callbacks_jobs(jobs, db, graph.callbacks)
    graph.callbacks.count_with(health.numbers)
    campaigns = graph.campaigns
    campaigns_jobs(
        jobs,
        db,
        numbers=campaigns.numbers,
        parses=campaigns.parses,
        planner=campaigns.planner,
        clockwork=campaigns.clockwork,
        rendered=campaigns.rendered,
        domains=campaigns.domains,
        jump_links=campaigns.jump_links,
        video=campaigns.video,
        video_planner=campaigns.video_planner,
        video_views=campaigns.video_views,
        answers=campaigns.answers,
    )

    @jobs.periodic("kernel.forget_answers", "17 * * * *")
    async def forget_answers() -> None:
        """Drop answers of idempotent requests after a day. Repeatable."""
        await graph.once.forget()

    await jobs.open()
    health.add("bus", graph.bus.ping)
    taps = asyncio.create_task(consume_taps(graph.bus, db, graph.short_links))
    posts = asyncio.create_task(run_callbacks(graph.callbacks, stop))
    alarms = asyncio.create_task(graph.alarms.watch(health.numbers, stop))
    try:
        await jobs.run_worker(concurrency=_CONCURRENCY, stop=stop)
    finally:
        taps.cancel()
        alarms.cancel()
        if not stop.is_set():
            posts.cancel()
        await asyncio.wait({taps, posts, alarms})
        await jobs.close()


async def _note_resends(
    identity: IdentityService, uow: Uow, resent: Mapping[MessageClass, Sequence[MessageId]]
) -> None:
    """Write into the audit log which unknown messages a policy sends once more."""
    for klass, message_ids in resent.items():
        await identity.audit.note(
            uow,
            system_actor(),
            "unknown.resend",
            subject_kind="message_class",
            subject_id=klass.name.lower(),
            after={"by": "policy", "messages": list(message_ids)},
        )
