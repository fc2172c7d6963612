"""The ``web`` process: the vendor's API, our own, the console and its back end, on one port."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI
from fastapi.responses import JSONResponse
from starlette.responses import PlainTextResponse, Response

from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Uow
from hongyan.kernel.errors import NotFound
from hongyan.kernel.http.app import create_app
from hongyan.kernel.http.limits import Limits, Rates
from hongyan.kernel.http.live import LiveStreams
from hongyan.kernel.ids import TenantId
from hongyan.kernel.settings import Settings
from hongyan.rooms.audience.vendor_api import vendor_router as audience_vendor
from hongyan.rooms.callbacks.console_api.router import console_router as callbacks_console
from hongyan.rooms.callbacks.vendor_api.callbacks import vendor_router as callbacks_vendor
from hongyan.rooms.callbacks.vendor_api.own import own_router as callbacks_own
from hongyan.rooms.campaigns.console_api.jump_links import jump_links_console
from hongyan.rooms.campaigns.console_api.link_domains import domains_console
from hongyan.rooms.campaigns.console_api.numbers import numbers_router
from hongyan.rooms.campaigns.console_api.overview import overview_router as overview_console
from hongyan.rooms.campaigns.console_api.public_domains import public_domains_console
from hongyan.rooms.campaigns.console_api.resolve import resolve_console
from hongyan.rooms.campaigns.console_api.send_details import details_router
from hongyan.rooms.campaigns.console_api.send_form import FormTools, choices_router
from hongyan.rooms.campaigns.console_api.sending import sending_router
from hongyan.rooms.campaigns.console_api.tasks import console_router as campaigns_console
from hongyan.rooms.campaigns.console_api.video import video_router
from hongyan.rooms.campaigns.console_api.waiting import waiting_router as needs_router
from hongyan.rooms.campaigns.vendor_api.link_domains import domains_router
from hongyan.rooms.campaigns.vendor_api.own import own_router
from hongyan.rooms.campaigns.vendor_api.resolve_tasks import resolve_router
from hongyan.rooms.campaigns.vendor_api.send_tasks import vendor_router as campaigns_vendor
from hongyan.rooms.campaigns.vendor_api.sms_messages import sms_messages_router
from hongyan.rooms.campaigns.vendor_api.video import own_router as video_tasks_own
from hongyan.rooms.campaigns.vendor_api.video import vendor_router as video_tasks_vendor
from hongyan.rooms.carriers.console_api.router import console_router as channels_console
from hongyan.rooms.carriers.contracts import SignatureKey
from hongyan.rooms.delivery.console_api import console_router as line_console
from hongyan.rooms.delivery.contracts import MessageLife
from hongyan.rooms.enterprises.console_api.router import console_router as enterprises_console
from hongyan.rooms.gateways.console_api.alarms import console_router as alarms_console
from hongyan.rooms.gateways.console_api.waiting import waiting_router
from hongyan.rooms.identity.console_api.auth import ConsoleAuth
from hongyan.rooms.identity.console_api.live import live_router
from hongyan.rooms.identity.console_api.router import console_router as identity_console
from hongyan.rooms.identity.contracts import Actor, Auth, AuthDoors, Permission
from hongyan.rooms.identity.service.door import IdentityService
from hongyan.rooms.identity.vendor_api.auth import VendorAuth
from hongyan.rooms.identity.vendor_api.router import error_handlers
from hongyan.rooms.identity.vendor_api.router import vendor_router as identity_vendor
from hongyan.rooms.receipts.console_api import console_router as lives_console
from hongyan.rooms.rendering.service import compile_template
from hongyan.rooms.reports.console_api.exports import exports_router
from hongyan.rooms.reports.console_api.reports import reports_router
from hongyan.rooms.reports.console_api.taps import tap_reports_router
from hongyan.rooms.reports.console_api.videos import video_reports_router
from hongyan.rooms.reports.vendor_api import vendor_router as reports_vendor
from hongyan.rooms.reviews.console_api.evidence import count_pages, draw_page
from hongyan.rooms.reviews.console_api.router import console_router as reviews_console
from hongyan.rooms.service_accounts.console_api.router import console_router as service_accounts_console
from hongyan.rooms.service_accounts.vendor_api.router import vendor_router as service_accounts_vendor
from hongyan.rooms.smart.console_api.public import public_cards_console
from hongyan.rooms.smart.console_api.router import console_router as smart_console
from hongyan.rooms.smart.public_web.pages import framed_card
from hongyan.rooms.smart.vendor_api.materials import materials_router as materials_vendor
from hongyan.rooms.smart.vendor_api.templates import vendor_router as smart_vendor
from hongyan.rooms.sms.console_api.router import console_router as sms_console
from hongyan.rooms.sms.service.door import SmsService
from hongyan.rooms.sms.vendor_api.router import vendor_router as sms_vendor
from hongyan.rooms.video_sms.console_api.public import public_videos_console
from hongyan.rooms.video_sms.console_api.router import console_router as video_sms_console
from hongyan.rooms.video_sms.console_api.signatures import video_signatures_console
from hongyan.rooms.video_sms.vendor_api.own import own_router as video_sms_own
from hongyan.rooms.video_sms.vendor_api.templates import vendor_router as video_sms_vendor
from hongyan.run.console_files import add_console
from hongyan.run.demo import demo_ports
from hongyan.run.evidence import evidence_readers
from hongyan.run.graph import Graph
from hongyan.run.health import Health, health_of_all
from hongyan.run.live import AUDIENCES, live_streams
from hongyan.run.serve import serve
from hongyan.run.system import system_router

VERSION = "0.1.0"
_NUMBER_FILE_BYTES = 41 * 1024 * 1024
_BODY_LIMITS = {"/v1/hongyan/number-files": _NUMBER_FILE_BYTES, "/console/api/number-files": _NUMBER_FILE_BYTES}


def routers_of(graph: Graph, live: LiveStreams | None = None) -> tuple[list[APIRouter], list[APIRouter]]:
    """Return the vendor's and the console's routers of all rooms; who serves them closes ``live``."""
    db, settings = graph.db, graph.settings
    vendor_auth = VendorAuth(db, graph.identity, graph.clock, limits_of(settings, graph.clock))
    sessions = ConsoleAuth(db, graph.identity, secure=settings.console_url.startswith("https://"))
    auth = AuthDoors(vendor_auth.vendor, sessions.console)
    campaigns = graph.campaigns
    handset_url = f"http://127.0.0.1:{demo_ports(settings.data_dir).handset}" if settings.demo else None
    vendor = [
        # First what is called most: routes are tried one after the other.
        sms_messages_router(db=db, auth=auth, sends=campaigns.sms_sends, once=graph.once),
        campaigns_vendor(db=db, auth=auth, batches=campaigns.batches, views=campaigns.views, once=graph.once),
        identity_vendor(db, graph.identity, vendor_auth),
        sms_vendor(db, graph.sms, auth, graph.once),
        smart_vendor(db, graph.smart, auth, graph.once),
        materials_vendor(db, graph.smart.materials, auth, graph.once),
        service_accounts_vendor(db=db, auth=auth, service=graph.service_accounts, once=graph.once),
        audience_vendor(db, graph.audience, auth, graph.once),
        own_router(
            db=db,
            auth=auth,
            desk=campaigns.desk,
            views=campaigns.views,
            once=graph.once,
            exports=campaigns.exports,
        ),
        resolve_router(db=db, auth=auth, tasks=campaigns.resolve, views=campaigns.resolve_views, once=graph.once),
        reports_vendor(db=db, auth=auth, reports=graph.reports),
        callbacks_vendor(db=db, auth=auth, desk=graph.callbacks.desk, once=graph.once),
        callbacks_own(db=db, clock=graph.clock, auth=auth, desk=graph.callbacks.desk, once=graph.once),
        domains_router(db=db, auth=auth, domains=campaigns.domains, once=graph.once),
        video_sms_vendor(db=db, auth=auth, service=graph.video_sms, once=graph.once),
        video_sms_own(auth=auth, service=graph.video_sms, once=graph.once),
        video_tasks_vendor(db=db, auth=auth, tasks=campaigns.video, views=campaigns.video_views, once=graph.once),
        video_tasks_own(db=db, auth=auth, tasks=campaigns.video, views=campaigns.video_views, once=graph.once),
    ]
    form = FormTools(
        db=db,
        auth=auth,
        parses=campaigns.parses,
        audience=graph.audience,
        domains=campaigns.domains,
        smart=graph.smart,
        video=graph.video_sms,
        frame_card=framed_card,
    )
    console = [
        identity_console(db, graph.identity, auth, sessions, demo=settings.demo, handset_url=handset_url),
        enterprises_console(db, graph.enterprises, auth, draw_page, count_pages),
        reviews_console(db, graph.reviews, auth, evidence_readers(graph)),
        service_accounts_console(db, graph.service_accounts, auth),
        smart_console(db, graph.smart, auth),
        public_cards_console(
            db=db, service=graph.smart, auth=auth, note=channel_notes(graph.identity), frame_card=framed_card
        ),
        callbacks_console(db, graph.callbacks.desk, auth),
        sms_console(db, graph.sms, auth, compile_template=compile_template),
        campaigns_console(db=db, auth=auth, desk=campaigns.desk, views=campaigns.views, exports=campaigns.exports),
        choices_router(form),
        numbers_router(form, campaigns.parse_views),
        sending_router(form, campaigns.desk, graph.once),
        domains_console(db=db, auth=auth, domains=campaigns.domains),
        public_domains_console(db=db, auth=auth, domains=campaigns.public_domains),
        needs_router(db=db, auth=auth, clock=graph.clock),
        jump_links_console(db=db, auth=auth, jump_links=campaigns.jump_links),
        details_router(db=db, auth=auth, details=campaigns.details, views=campaigns.views),
        resolve_console(
            db=db,
            auth=auth,
            tasks=campaigns.resolve,
            views=campaigns.resolve_views,
            audience=graph.audience,
            smart=graph.smart,
        ),
        overview_console(db=db, auth=auth, overviews=campaigns.overviews),
        live_router(live=live or live_streams(graph), audiences=AUDIENCES, standing=sessions.standing),
        video_sms_console(db, graph.video_sms, auth),
        video_signatures_console(db, graph.video_sms, auth),
        public_videos_console(db, graph.video_sms, auth),
        video_router(
            db=db,
            auth=auth,
            tasks=campaigns.video,
            planner=campaigns.video_planner,
            views=campaigns.video_views,
            templates=graph.video_sms,
            audience=graph.audience,
            once=graph.once,
        ),
        reports_router(db=db, auth=auth, reports=graph.reports),
        video_reports_router(db=db, auth=auth, videos=graph.video_reports),
        tap_reports_router(db=db, auth=auth, taps=graph.tap_reports),
        exports_router(db=db, auth=auth, exports=graph.exports),
        alarms_console(db=db, service=graph.alarms, may_look=only_with(auth, Permission.CHANNEL_LIST)),
        channels_console(
            db=db,
            service=graph.carriers,
            may_look=only_with(auth, Permission.CHANNEL_LIST),
            may_edit=acting_with(auth, Permission.CHANNEL_EDIT),
            note=channel_notes(graph.identity),
            names_of=signature_names(graph.identity, graph.sms),
        ),
        waiting_router(
            db=db,
            carriers=graph.carriers,
            delivery=graph.delivery,
            may_look=only_with(auth, Permission.CHANNEL_LIST),
            may_edit=acting_with(auth, Permission.CHANNEL_EDIT),
            note=channel_notes(graph.identity),
        ),
        system_router(graph, may_look=only_with(auth, Permission.CHANNEL_LIST), version=VERSION),
        line_console(
            db=db,
            service=graph.delivery,
            may_look=only_with(auth, Permission.CHANNEL_LIST),
            may_edit=acting_with(auth, Permission.CHANNEL_EDIT),
            note=line_notes(graph.identity),
            name_of=_name_of,
        ),
        lives_console(
            db=db,
            service=graph.receipts,
            whose=reading_messages(auth),
            may_reveal=acting_with(auth, Permission.NUMBER_REVEAL),
            note=reveal_notes(graph.identity),
        ),
    ]
    return vendor, console


def only_with(auth: Auth, permission: Permission) -> Callable[..., Awaitable[None]]:
    """Return the dependency that lets only people with a permission pass, for rooms that know no people (the line)."""
    caller = Annotated[Actor, Depends(auth.console)]

    async def check(actor: caller) -> None:
        actor.require(permission)

    return check


def acting_with(auth: Auth, permission: Permission) -> Callable[..., Awaitable[Actor]]:
    """Return the dependency that lets only people with a permission act, and says who it is."""
    caller = Annotated[Actor, Depends(auth.console)]

    async def check(actor: caller) -> Actor:
        actor.require(permission)
        return actor

    return check


def channel_notes(identity: IdentityService) -> Callable[[Uow, Actor, str, str, Mapping[str, Any]], Awaitable[None]]:
    """Return what writes the audit log for changes of channels and of signatures' numbers."""

    async def note(uow: Uow, actor: Actor, action: str, name: str, after: Mapping[str, Any]) -> None:
        kind = action.partition(".")[0]
        await identity.note(uow, actor, action, subject_kind=kind, subject_id=name, after=after)

    return note


def signature_names(
    identity: IdentityService, sms: SmsService
) -> Callable[[Uow, Sequence[SignatureKey]], Awaitable[dict[SignatureKey, tuple[str, str]]]]:
    """Return what names tenants and signatures, for rooms that know only their ids; what is gone is left out."""

    async def names_of(uow: Uow, keys: Sequence[SignatureKey]) -> dict[SignatureKey, tuple[str, str]]:
        found: dict[SignatureKey, tuple[str, str]] = {}
        for tenant_id, signature_id in keys:
            with suppress(NotFound):
                tenant = await identity.get_tenant(uow, tenant_id)
                signature = await sms.signatures.find(uow, tenant_id, signature_id)
                found[tenant_id, signature_id] = (tenant.short_name, signature.form.name)
        return found

    return names_of


def line_notes(identity: IdentityService) -> Callable[[Uow, Actor, str, str, Mapping[str, Any]], Awaitable[None]]:
    """Return what writes the audit log for paces and unknown messages."""

    async def note(uow: Uow, actor: Actor, action: str, subject: str, after: Mapping[str, Any]) -> None:
        kind = {"pace": "tenant", "unknown": "messages"}[action.partition(".")[0]]
        await identity.note(uow, actor, action, subject_kind=kind, subject_id=subject, after=after)

    return note


def reveal_notes(identity: IdentityService) -> Callable[[Uow, Actor, MessageLife, str], Awaitable[None]]:
    """Return what writes into the audit log of a message's tenant who looked at its whole number, and why."""

    async def note(uow: Uow, actor: Actor, life: MessageLife, reason: str) -> None:
        await identity.note(
            uow,
            actor,
            "message.reveal",
            subject_kind="message",
            subject_id=str(life.view.message_id),
            tenant_id=life.tenant_id,
            after={"reason": reason},
        )

    return note


def reading_messages(auth: Auth) -> Callable[..., Awaitable[TenantId | None]]:
    """Return the dependency that says whose messages somebody may read: the own tenant's, or all (``None``)."""
    caller = Annotated[Actor, Depends(auth.console)]

    async def check(actor: caller) -> TenantId | None:
        if actor.tenant_id is None:
            actor.require(Permission.CHANNEL_LIST)
            return None
        return actor.tenant(Permission.CONSOLE_LIST)

    return check


def _name_of(actor: Actor) -> str:
    return actor.user_name


def limits_of(settings: Settings, clock: Clock) -> Limits:
    """Return the books of this process's limits."""
    rates = Rates(
        total=settings.api_rate,
        send=settings.api_send_rate,
        upload=settings.api_upload_rate,
        list=settings.api_list_rate,
    )
    return Limits(clock, rates=rates, places=settings.api_places, strangers=settings.api_strangers_rate)


def build_app(graph: Graph, live: LiveStreams) -> FastAPI:
    """Build the application from the rooms' skins."""
    vendor, console = routers_of(graph, live)
    return create_app(
        version=VERSION,
        vendor_routers=vendor,
        console_routers=console,
        error_handlers=error_handlers(),
        body_limits=_BODY_LIMITS,
        raw_prefixes=["/v1/hongyan/number-files"],
    )


def _add_health(app: FastAPI, graph: Graph, health: Health) -> None:
    router = APIRouter(include_in_schema=False)

    @router.get("/healthz")
    async def healthz() -> JSONResponse:
        answer = await health_of_all(graph.settings)
        return JSONResponse(answer, 200 if answer["status"] == "ok" else 503)

    @router.get("/livez")
    async def livez() -> PlainTextResponse:
        return PlainTextResponse("ok")

    @router.get("/readyz")
    async def readyz() -> JSONResponse:
        answer = await health.readiness()
        return JSONResponse(answer, 200 if answer["status"] == "ok" else 503)

    @router.get("/metrics")
    async def metrics() -> Response:
        return Response(health.metrics(), media_type="text/plain; version=0.0.4")

    app.include_router(router)


async def run(graph: Graph, health: Health, stop: asyncio.Event) -> None:
    """Serve until told to stop."""
    live = live_streams(graph)
    app = build_app(graph, live)
    _add_health(app, graph, health)
    add_console(app)
    ending = asyncio.create_task(_end_streams(live, stop))
    try:
        await serve(app, host=graph.settings.host, port=graph.settings.port, stop=stop)
    finally:
        ending.cancel()


async def _end_streams(live: LiveStreams, stop: asyncio.Event) -> None:
    """End what would never end by itself: the server waits for open answers."""
    await stop.wait()
    live.close()
