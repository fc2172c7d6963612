"""The room put together: owners' desk, facts in (``intake``, ``cards``, ``news``), posts out (``sender``), upkeep."""

from dataclasses import dataclass
from datetime import timedelta

from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Database
from hongyan.kernel.http.client import OutgoingHttp
from hongyan.kernel.ids import Ids
from hongyan.kernel.keys.numbers import TenantKeys
from hongyan.kernel.keys.ring import KeyRing
from hongyan.kernel.metrics import Metrics
from hongyan.rooms.callbacks.service.cards import CardReceipts
from hongyan.rooms.callbacks.service.desk import CallbacksDesk
from hongyan.rooms.callbacks.service.intake import Intake, Sources
from hongyan.rooms.callbacks.service.news import News
from hongyan.rooms.callbacks.service.sender import Sender
from hongyan.rooms.callbacks.service.upkeep import Upkeep
from hongyan.rooms.callbacks.service.writer import Writer
from hongyan.rooms.campaigns.service.resolve_views import ResolveViews
from hongyan.rooms.campaigns.service.views import CampaignViews
from hongyan.rooms.delivery.service import DeliveryService
from hongyan.rooms.identity.service.door import IdentityService
from hongyan.rooms.short_links.service import ShortLinksService
from hongyan.rooms.smart.service.door import SmartService
from hongyan.rooms.sms.service.door import SmsService
from hongyan.rooms.video_sms.service.door import VideoSmsService


@dataclass(frozen=True, slots=True)
class Tools:
    """What every part stands on."""

    db: Database
    clock: Clock
    ids: Ids
    ring: KeyRing
    keys: TenantKeys
    out: OutgoingHttp
    """With the operator's allow-list, and room for a thousand connections."""


@dataclass(frozen=True, slots=True)
class Rooms:
    """The rooms below that facts come from."""

    identity: IdentityService
    delivery: DeliveryService
    campaigns: CampaignViews
    resolves: ResolveViews
    links: ShortLinksService
    smart: SmartService
    sms: SmsService
    video: VideoSmsService


class CallbacksService:
    """Use cases of callbacks, in parts."""

    def __init__(
        self,
        tools: Tools,
        rooms: Rooms,
        *,
        keep_delivered: timedelta = timedelta(days=7),
        keep_dead: timedelta = timedelta(days=30),
    ) -> None:
        """Build the parts; posts are kept for these times after they have ended."""
        db, clock, ids, ring, keys = tools.db, tools.clock, tools.ids, tools.ring, tools.keys
        writer = Writer(clock=clock, ids=ids, ring=ring, wake=self._wake)
        self.cards = CardReceipts(
            db=db,
            clock=clock,
            keys=keys,
            writer=writer,
            campaigns=rooms.campaigns,
            resolves=rooms.resolves,
            links=rooms.links,
        )
        sources = Sources(rooms.identity, rooms.delivery, rooms.campaigns, keys)
        self.intake = Intake(db=db, clock=clock, sources=sources, writer=writer, card_receipts=self.cards)
        self.news = News(
            writer=writer, keys=keys, identity=rooms.identity, smart=rooms.smart, sms=rooms.sms, video=rooms.video
        )
        self.sender = Sender(db=db, clock=clock, ring=ring, out=tools.out, release=self.cards.release)
        self.upkeep = Upkeep(
            db=db,
            clock=clock,
            intake=self.intake,
            card_receipts=self.cards,
            keep_delivered=keep_delivered,
            keep_dead=keep_dead,
        )
        self.desk = CallbacksDesk(
            db=db,
            clock=clock,
            ids=ids,
            ring=ring,
            out=tools.out,
            sender=self.sender,
            delivery=rooms.delivery,
            identity=rooms.identity,
        )

    def count_with(self, metrics: Metrics) -> None:
        """Show tries and notices in the process's numbers."""
        self.sender.count_with(metrics)
        self.upkeep.count_with(metrics)

    def _wake(self) -> None:
        self.sender.wake()
