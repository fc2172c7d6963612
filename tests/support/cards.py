"""The card rooms put together for tests: real services and database, simulated vendors and the links port over real sockets."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from tempfile import TemporaryDirectory

import httpx
from starlette.applications import Starlette

from hongyan.kernel.clock import FrozenClock
from hongyan.kernel.db.database import Database
from hongyan.kernel.files.store import Files
from hongyan.kernel.http.client import OutgoingHttp
from hongyan.kernel.ids import CardTemplateId, RandomIds, TenantId
from hongyan.kernel.jobs.queue import Jobs
from hongyan.kernel.keys.numbers import TenantKeys
from hongyan.kernel.keys.ring import create_key_ring
from hongyan.rooms.handsets.contracts import NewVendorAccount, RegistrationState, Vendor
from hongyan.rooms.handsets.service import HandsetsService
from hongyan.rooms.reviews.service import ReviewsService
from hongyan.rooms.short_links.contracts import LinkKind, LinkPayload, RangeRequest
from hongyan.rooms.short_links.service import ShortLinksService
from hongyan.rooms.smart.public_web.door import create_public_web
from hongyan.rooms.smart.rules.layouts import LAYOUTS
from hongyan.rooms.smart.rules.presets import PRESETS
from hongyan.rooms.smart.service.door import SmartService
from hongyan.rooms.smart.service.life import TemplateLife
from hongyan.rooms.smart.service.materials import MaterialService
from simulators.handsets.devices import Devices, device_hash
from simulators.handsets.upstream import Platform, key_id_of
from simulators.handsets.vendors import VendorDoors
from support.identity import cheap_identity
from support.server import serving

SECRET = "a secret of both sides"
DOMAIN = "km.example"
SIGNATURE = "鸿雁演示"
TENANT = TenantId("11111111-1111-4111-8111-111111111111")
PLAIN_CARD = CardTemplateId("600000001")
PARCEL_CARD = CardTemplateId("600000002")
PARCEL_VALUES = {"param1": "王女士", "param2": "A<b>1", "param3": "鸿雁速运", "param4": "明天"}


@dataclass(slots=True)
class CardWorld:
    """Everything there is, and two short ways to make things happen."""

    db: Database
    clock: FrozenClock
    jobs: Jobs
    handsets: HandsetsService
    smart: SmartService
    short_links: ShortLinksService
    vendors: VendorDoors
    platform: Platform
    devices: Devices
    vendors_url: str
    links_url: str

    async def make_links(
        self,
        count: int = 1,
        *,
        tenant_id: TenantId = TENANT,
        card: CardTemplateId | None = PLAIN_CARD,
        limit: int = 1,
        values: dict[str, str] | None = None,
        released: bool = True,
        domain: str | None = None,
    ) -> list[str]:
        """Return the codes of new links to a card; ``values`` belong to the first."""
        request = RangeRequest(
            count=count,
            valid_for=timedelta(days=1),
            signatures=(SIGNATURE,),
            card_template_id=card,
            kind=LinkKind.INDIVIDUAL if limit == 1 else LinkKind.GROUP,
            resolve_limit=limit,
            released_at=self.clock.now() if released else None,
            domain=domain,
            payloads={} if values is None else {0: LinkPayload(params=values)},
        )
        async with self.db.begin() as uow:
            made = await self.short_links.allocate_range(uow, tenant_id, request)
            return await self.short_links.codes(uow, made)

    async def ask(
        self, code: str, *, number: str = "13800138000", vendor: str = "HUAWEI", **other: str
    ) -> dict[str, object]:
        """Ask the resolver as the handset of ``number``."""
        domain, signature = other.get("domain", DOMAIN), other.get("signature", SIGNATURE)
        return await self.platform.resolve(vendor, code, domain, signature, device_hash(number))

    def number(self, *, can_show: bool, vendor: str | None = None, start: int = 0) -> str:
        """Return a number whose handset can show cards, or not."""
        for last in range(start, 100_000):
            number = f"139{last:08d}"
            device = self.devices.of_number(number)
            if device.can_show is can_show and vendor in {None, device.vendor}:
                return number
        raise AssertionError("no such number")


@asynccontextmanager
async def card_world(
    db: Database, *, vendors: frozenset[Vendor] = frozenset(Vendor), activate_after_s: float = 0.0, enable: bool = True
) -> AsyncIterator[CardWorld]:
    """Start everything; with ``enable`` the presets are active at the vendors already."""
    clock = FrozenClock(datetime.now(UTC))
    ring = create_key_ring()
    jobs = Jobs(db.url)
    out = OutgoingHttp(allow_private_targets=True)
    handsets = HandsetsService(clock=clock, ids=RandomIds(), jobs=jobs, ring=ring, keys=TenantKeys(ring), out=out)
    short_links = ShortLinksService(db, clock=clock, keys=ring)
    links_app = Starlette()
    devices = Devices()
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory())
        links_url = await stack.enter_async_context(serving(links_app))
        reviews = ReviewsService(clock=clock, ids=RandomIds(), jobs=jobs)
        life = TemplateLife(
            clock=clock,
            jobs=jobs,
            handsets=handsets,
            reviews=reviews,
            identity=cheap_identity(clock, db.url),
            pictures_url=f"{links_url}/m",
        )
        materials = MaterialService(
            clock=clock,
            ids=RandomIds(),
            jobs=jobs,
            files=Files(f"file://{folder}"),
            ring=ring,
            out=out,
            links_url=links_url,
        )
        smart = SmartService(
            ring=ring, handsets=handsets, links=short_links, links_url=links_url, life=life, materials=materials
        )
        links_app.mount("/", create_public_web(db, smart, handsets))
        platform = Platform(links_url, SECRET, now=lambda: clock.now().timestamp())
        doors = VendorDoors(devices, SECRET, platform, activate_after_s=activate_after_s)
        async with serving(Starlette(routes=doors.routes())) as vendors_url:
            async with db.begin() as uow:
                await short_links.ensure_preset_domain(uow, DOMAIN)
                for vendor in vendors:
                    endpoint = f"{vendors_url}/vendors/{vendor.lower()}"
                    await handsets.save_vendor(uow, NewVendorAccount(vendor, endpoint, key_id_of(vendor), SECRET))
                await life.seed_public(uow)
                for tpl_id, version, new in PRESETS if enable else ():
                    for vendor in LAYOUTS[new.card_id].vendors & vendors:
                        await life.note_vendor_state(uow, tpl_id, version, vendor, RegistrationState.ACTIVE)
            try:
                yield CardWorld(
                    db, clock, jobs, handsets, smart, short_links, doors, platform, devices, vendors_url, links_url
                )
            finally:
                await platform.close()
                await out.close()


@asynccontextmanager
async def working(jobs: Jobs) -> AsyncIterator[None]:
    """Run a worker for the registered jobs."""
    stop = asyncio.Event()
    await jobs.open()
    worker = asyncio.create_task(jobs.run_worker(concurrency=2, stop=stop))
    try:
        yield
    finally:
        stop.set()
        await worker
        await jobs.close()


@asynccontextmanager
async def browser() -> AsyncIterator[httpx.AsyncClient]:
    """A plain HTTP client that follows nothing."""
    async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
        yield client
