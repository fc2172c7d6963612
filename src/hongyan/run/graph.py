"""The object graph: which service stands on which, once for every process.

Not for: doors (``web``, ``redirector``), jobs (``worker``).
"""

from dataclasses import dataclass
from datetime import timedelta

from hongyan.kernel.bus.nats import NatsBus
from hongyan.kernel.clock import Clock, SystemClock
from hongyan.kernel.db.database import Database
from hongyan.kernel.files.store import Files
from hongyan.kernel.http.client import OutgoingHttp
from hongyan.kernel.http.once import Once
from hongyan.kernel.http.targets import Allowances
from hongyan.kernel.ids import Ids, RandomIds
from hongyan.kernel.jobs.queue import Jobs
from hongyan.kernel.keys.numbers import TenantKeys
from hongyan.kernel.keys.ring import KeyRing, load_key_ring
from hongyan.kernel.settings import Settings
from hongyan.rooms.audience.service import AudienceService
from hongyan.rooms.callbacks.service.door import CallbacksService
from hongyan.rooms.callbacks.service.door import Rooms as CallbackRooms
from hongyan.rooms.callbacks.service.door import Tools as CallbackTools
from hongyan.rooms.callbacks.service.sender import MAX_IN_FLIGHT
from hongyan.rooms.campaigns.service.admission import Admission
from hongyan.rooms.campaigns.service.answers import Answers
from hongyan.rooms.campaigns.service.batch import BatchSend
from hongyan.rooms.campaigns.service.clockwork import Clockwork
from hongyan.rooms.campaigns.service.desk import CampaignDesk, Rooms
from hongyan.rooms.campaigns.service.domain_letters import DomainLetters
from hongyan.rooms.campaigns.service.exports import ParseExports
from hongyan.rooms.campaigns.service.jump_links import JumpLinks
from hongyan.rooms.campaigns.service.link_domains import LinkDomains
from hongyan.rooms.campaigns.service.link_making import LinkMaker
from hongyan.rooms.campaigns.service.numbers import NumberCheck
from hongyan.rooms.campaigns.service.overview import Overviews
from hongyan.rooms.campaigns.service.parse_views import ParseViews
from hongyan.rooms.campaigns.service.parses import NumberParses
from hongyan.rooms.campaigns.service.plan import Planner
from hongyan.rooms.campaigns.service.public_domains import PublicDomains
from hongyan.rooms.campaigns.service.rendered import RenderedCards
from hongyan.rooms.campaigns.service.resolve import ResolveTasks
from hongyan.rooms.campaigns.service.resolve_views import ResolveViews
from hongyan.rooms.campaigns.service.send_details import SendDetails
from hongyan.rooms.campaigns.service.sms_send import SmsSend
from hongyan.rooms.campaigns.service.sums import CampaignSums
from hongyan.rooms.campaigns.service.video import VideoRooms, VideoTasks
from hongyan.rooms.campaigns.service.video_plan import VideoPlanner
from hongyan.rooms.campaigns.service.video_sums import VideoSums
from hongyan.rooms.campaigns.service.video_views import VideoViews
from hongyan.rooms.campaigns.service.views import CampaignViews
from hongyan.rooms.carriers.service import CarriersService
from hongyan.rooms.delivery.service import DeliveryService
from hongyan.rooms.enterprises.service import EnterprisesService
from hongyan.rooms.gateways.service.alarms import AlarmsService, Thresholds
from hongyan.rooms.handsets.service import HandsetsService
from hongyan.rooms.identity.service.door import IdentityService
from hongyan.rooms.receipts.service import ReceiptsService
from hongyan.rooms.reports.service.detail_kinds import detail_kind, video_message_kind
from hongyan.rooms.reports.service.door import ReportsService
from hongyan.rooms.reports.service.exports import Exports
from hongyan.rooms.reports.service.kinds import (
    audit_kind,
    card_report_kind,
    message_kind,
    send_report_kind,
    task_kind,
    video_report_kind,
)
from hongyan.rooms.reports.service.link_kinds import link_kind
from hongyan.rooms.reports.service.tap_kinds import tap_item_kind, tap_report_kind
from hongyan.rooms.reports.service.taps import TapReports
from hongyan.rooms.reports.service.videos import VideoReports
from hongyan.rooms.reviews.service import ReviewsService
from hongyan.rooms.service_accounts.service.door import ServiceAccountsService
from hongyan.rooms.short_links.service import ShortLinksService
from hongyan.rooms.smart.service.door import SmartService
from hongyan.rooms.smart.service.life import TemplateLife
from hongyan.rooms.smart.service.materials import MaterialService
from hongyan.rooms.sms.service.door import SmsService
from hongyan.rooms.video_sms.service.door import VideoSmsService


@dataclass(frozen=True, slots=True)
class Campaigns:
    """The parts of the room ``campaigns``."""

    desk: CampaignDesk
    numbers: NumberCheck
    parses: NumberParses
    parse_views: ParseViews
    planner: Planner
    batches: BatchSend
    clockwork: Clockwork
    views: CampaignViews
    overviews: Overviews
    exports: ParseExports
    video: VideoTasks
    video_planner: VideoPlanner
    video_views: VideoViews
    resolve: ResolveTasks
    resolve_views: ResolveViews
    sms_sends: SmsSend
    rendered: RenderedCards
    domains: LinkDomains
    public_domains: PublicDomains
    jump_links: JumpLinks
    details: SendDetails
    answers: Answers


@dataclass(frozen=True, slots=True)
class Graph:
    """Everything a process may need."""

    settings: Settings
    clock: Clock
    ids: Ids
    db: Database
    jobs: Jobs
    bus: NatsBus
    files: Files
    ring: KeyRing
    keys: TenantKeys
    once: Once
    identity: IdentityService
    reviews: ReviewsService
    enterprises: EnterprisesService
    carriers: CarriersService
    handsets: HandsetsService
    audience: AudienceService
    short_links: ShortLinksService
    sms: SmsService
    smart: SmartService
    service_accounts: ServiceAccountsService
    video_sms: VideoSmsService
    delivery: DeliveryService
    receipts: ReceiptsService
    alarms: AlarmsService
    reports: ReportsService
    video_reports: VideoReports
    tap_reports: TapReports
    exports: Exports
    campaigns: Campaigns
    callbacks: CallbacksService


def build_graph(settings: Settings, database_url: str, bus: NatsBus) -> Graph:
    """Build the graph on a database and a bus.

    Raises:
        KeyRingError: the key file is not there or does not belong to this installation.
    """
    clock, ids = SystemClock(), RandomIds()
    ring = load_key_ring(settings.key_path)
    db = Database(database_url, pool_size=settings.pool_size)
    jobs = Jobs(database_url)
    keys = TenantKeys(ring)
    files = Files(settings.files_location)
    out = OutgoingHttp(allow_private_targets=settings.allow_private_targets)
    identity = IdentityService(clock=clock, ids=ids, ring=ring, jobs=jobs)
    reviews = ReviewsService(clock=clock, ids=ids, jobs=jobs)
    enterprises = EnterprisesService(clock=clock, ids=ids, jobs=jobs, files=files, identity=identity, reviews=reviews)
    carriers = CarriersService(clock=clock, ring=ring, keys=keys, jobs=jobs, bus=bus)
    handsets = HandsetsService(clock=clock, ids=ids, jobs=jobs, ring=ring, keys=keys, out=out)
    audience = AudienceService(clock=clock, ids=ids, jobs=jobs, files=files, ring=ring, keys=keys)
    short_links = ShortLinksService(db, clock=clock, keys=ring, bus=bus)
    card_life = TemplateLife(
        clock=clock,
        jobs=jobs,
        handsets=handsets,
        reviews=reviews,
        identity=identity,
        pictures_url=f"{settings.redirector_url}/m",
        words_file=settings.data_dir / "sensitive-words.txt",
    )
    sms = SmsService(
        clock=clock,
        ids=ids,
        jobs=jobs,
        files=files,
        identity=identity,
        enterprises=enterprises,
        reviews=reviews,
        allowances=Allowances.parse(settings.callback_allow),
        words=card_life.forbidden_words,
    )
    materials = MaterialService(
        clock=clock,
        ids=ids,
        jobs=jobs,
        files=files,
        ring=ring,
        # Customers' addresses: never into our own network, except where an operator allows it.
        out=OutgoingHttp(allowances=Allowances.parse(settings.callback_allow)),
        links_url=settings.redirector_url,
    )
    smart = SmartService(
        ring=ring,
        handsets=handsets,
        links=short_links,
        links_url=settings.redirector_url,
        life=card_life,
        materials=materials,
    )
    video_sms = VideoSmsService(
        clock=clock,
        ids=ids,
        jobs=jobs,
        files=files,
        # Customers' addresses: never into our own network, except where an operator allows it.
        out=OutgoingHttp(allowances=Allowances.parse(settings.callback_allow)),
        identity=identity,
        enterprises=enterprises,
        reviews=reviews,
        carriers=carriers,
        links_url=settings.redirector_url,
    )
    service_accounts = ServiceAccountsService(
        clock=clock,
        ids=ids,
        files=files,
        ring=ring,
        identity=identity,
        reviews=reviews,
        enterprises=enterprises,
        links_url=settings.redirector_url,
        is_foreign=sms.signatures.is_foreign,
    )
    delivery = DeliveryService(clock=clock, keys=keys, jobs=jobs, bus=bus)
    receipts = ReceiptsService(clock=clock, ids=ids, keys=keys, jobs=jobs, carriers=carriers, delivery=delivery)
    admission = Admission(identity=identity, enterprises=enterprises, sms=sms, smart=smart, video=video_sms)
    rooms = Rooms(
        clock=clock,
        ids=ids,
        jobs=jobs,
        admission=admission,
        audience=audience,
        delivery=delivery,
        links=short_links,
        identity=identity,
    )
    video_rooms = VideoRooms(
        clock=clock,
        ids=ids,
        jobs=jobs,
        templates=video_sms,
        audience=audience,
        carriers=carriers,
        delivery=delivery,
        identity=identity,
    )
    videos = VideoTasks(video_rooms)
    desk = CampaignDesk(rooms)
    maker = LinkMaker(links=short_links, keys=keys)
    alarms = AlarmsService(
        db=db,
        clock=clock,
        carriers=carriers,
        delivery=delivery,
        folders=[settings.data_dir],
        thresholds=Thresholds(
            look_s=settings.alarm_look_s,
            down_s=settings.alarm_down_s,
            backlog_s=settings.alarm_backlog_s,
            code_backlog_s=settings.alarm_code_backlog_s,
            unknown=settings.alarm_unknown,
            disk_percent=settings.alarm_disk_percent,
        ),
    )
    views = CampaignViews(delivery=delivery, identity=identity, handsets=handsets)
    asking = OutgoingHttp(allowances=Allowances.parse(settings.callback_allow))
    campaigns = Campaigns(
        desk=desk,
        numbers=NumberCheck(db=db, clock=clock, jobs=jobs, audience=audience, handsets=handsets, sms=sms, desk=desk),
        parses=NumberParses(db=db, rooms=rooms, handsets=handsets, sms=sms, carriers=carriers, desk=desk),
        parse_views=ParseViews(audience=audience, sms=sms),
        planner=Planner(db=db, rooms=rooms, carriers=carriers),
        batches=BatchSend(rooms=rooms, maker=maker, carriers=carriers, sms=sms),
        clockwork=Clockwork(db=db, clock=clock, jobs=jobs, delivery=delivery),
        views=views,
        overviews=Overviews(
            clock=clock,
            identity=identity,
            reviews=reviews,
            enterprises=enterprises,
            delivery=delivery,
            views=views,
            alarms=alarms,
        ),
        exports=ParseExports(db=db, audience=audience),
        video=videos,
        video_planner=VideoPlanner(rooms=video_rooms, tasks=videos),
        video_views=VideoViews(jobs=jobs, keys=keys, audience=audience, delivery=delivery),
        resolve=ResolveTasks(rooms=rooms, maker=maker, enterprises=enterprises, smart=smart),
        resolve_views=ResolveViews(delivery=delivery, keys=keys),
        sms_sends=SmsSend(rooms=rooms, carriers=carriers, sms=sms),
        rendered=RenderedCards(db=db, jobs=jobs),
        domains=LinkDomains(
            jobs=jobs,
            links=short_links,
            reviews=reviews,
            handsets=handsets,
            identity=identity,
            out=asking,
            letters=DomainLetters(db=db, files=files, clock=clock, ids=ids),
        ),
        public_domains=PublicDomains(jobs=jobs, links=short_links, handsets=handsets, identity=identity, out=asking),
        details=SendDetails(clock=clock, views=views),
        jump_links=JumpLinks(clock=clock, links=short_links, reviews=reviews, identity=identity),
        answers=Answers(rooms=rooms, carriers=carriers, sms=sms, keys=keys),
    )
    callbacks = CallbacksService(
        CallbackTools(
            db=db,
            clock=clock,
            ids=ids,
            ring=ring,
            keys=keys,
            out=OutgoingHttp(
                allowances=Allowances.parse(settings.callback_allow), connections=MAX_IN_FLIGHT, user_agent="Hongyan"
            ),
        ),
        CallbackRooms(
            identity=identity,
            delivery=delivery,
            campaigns=campaigns.views,
            resolves=campaigns.resolve_views,
            links=short_links,
            smart=smart,
            sms=sms,
            video=video_sms,
        ),
        keep_delivered=timedelta(days=settings.callback_keep_days),
        keep_dead=timedelta(days=settings.callback_keep_dead_days),
    )
    reports = ReportsService(
        clock=clock, campaigns=CampaignSums(delivery=delivery), handsets=handsets, identity=identity
    )
    video_reports = VideoReports(clock=clock, videos=VideoSums(delivery=delivery), identity=identity)
    tap_reports = TapReports(clock=clock, taps=service_accounts.taps, identity=identity)
    exports = Exports(
        db=db,
        clock=clock,
        ids=ids,
        jobs=jobs,
        files=files,
        identity=identity,
        kinds=(
            message_kind(views),
            detail_kind(campaigns.details),
            task_kind(views),
            video_message_kind(campaigns.video_views),
            link_kind(campaigns.resolve_views),
            send_report_kind(reports),
            card_report_kind(reports),
            video_report_kind(video_reports),
            tap_report_kind(tap_reports),
            tap_item_kind(tap_reports),
            audit_kind(identity),
        ),
    )
    return Graph(
        settings=settings,
        clock=clock,
        ids=ids,
        db=db,
        jobs=jobs,
        bus=bus,
        files=files,
        ring=ring,
        keys=keys,
        once=Once(db, clock, ring),
        identity=identity,
        reviews=reviews,
        enterprises=enterprises,
        carriers=carriers,
        handsets=handsets,
        audience=audience,
        short_links=short_links,
        sms=sms,
        smart=smart,
        service_accounts=service_accounts,
        video_sms=video_sms,
        delivery=delivery,
        receipts=receipts,
        alarms=alarms,
        reports=reports,
        video_reports=video_reports,
        tap_reports=tap_reports,
        exports=exports,
        campaigns=campaigns,
        callbacks=callbacks,
    )
