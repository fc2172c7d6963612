import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import msgspec
import psycopg
import pytest

from hongyan.kernel.bus.nats import NatsBus
from hongyan.kernel.bus.spool import EventPublisher, Spool
from hongyan.kernel.clock import FrozenClock
from hongyan.kernel.db.database import Database
from hongyan.kernel.embedded.nats import EmbeddedNats
from hongyan.kernel.ids import TenantId
from hongyan.rooms.short_links.contracts import (
    SUBJECT_TAPPED,
    DomainKind,
    DomainState,
    LinkPayload,
    LinkRange,
    RangeRequest,
    TapBatch,
)
from hongyan.rooms.short_links.errors import DomainExists
from hongyan.rooms.short_links.jobs import consume, listen
from hongyan.rooms.short_links.public_web import Asgi, Receive, Redirector, Scope, Send
from hongyan.rooms.short_links.rules.names import TAKEN_LEVELS
from hongyan.rooms.short_links.rules.throttle import UNKNOWN_PER_MINUTE
from hongyan.rooms.short_links.service import ShortLinksService
from hongyan.run.redirector import MOUNTS as CARD_MOUNTS
from hongyan.run.redirector import VIDEO_MOUNTS
from support.server import serving

TENANT = TenantId("00000000-0000-4000-8000-000000000001")
OTHER = TenantId("00000000-0000-4000-8000-000000000002")
HOST = {"host": "km.example:8081"}
NEVER_GIVEN = "zzzzzzz"


class KeptEvents:
    """Keeps what the redirector hands over."""

    def __init__(self) -> None:
        self.batches: list[TapBatch] = []
        self.is_full = False

    def offer(self, subject: str, payload: bytes) -> bool:
        assert subject == SUBJECT_TAPPED
        if not self.is_full:
            self.batches.append(msgspec.msgpack.decode(payload, type=TapBatch))
        return not self.is_full

    @property
    def offsets(self) -> list[int]:
        return [tap.offset for batch in self.batches for tap in batch.taps]


async def mounted(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": f"mounted {scope['path']}".encode()})


Made = tuple[LinkRange, list[str]]
Make = Callable[..., Awaitable[Made]]


@pytest.fixture
def make(db: Database, service: ShortLinksService, clock: FrozenClock) -> Make:
    async def run(count: int = 2, **changes: object) -> Made:
        fields: dict[str, object] = {
            "count": count,
            "valid_for": timedelta(days=7),
            "signatures": ("鸿雁",),
            "released_at": clock.now(),
        }
        async with db.begin() as uow:
            made = await service.allocate_range(uow, TENANT, RangeRequest(**(fields | changes)))  # type: ignore[arg-type]
            return made, await service.codes(uow, made)

    return run


@pytest.fixture
def events() -> KeptEvents:
    return KeptEvents()


@pytest.fixture
async def redirector(service: ShortLinksService, clock: FrozenClock, events: KeptEvents) -> AsyncIterator[Redirector]:
    mounts: dict[str, Asgi] = {"c": mounted, "handset": mounted}
    made = Redirector(service, clock=clock, events=events, mounts=mounts, slow_s=0.05, client_ip_header="X-Real-IP")
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def phone(redirector: Redirector) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(redirector) as url, httpx.AsyncClient(base_url=url, headers=HOST, timeout=10) as client:
        yield client


async def test_a_tap_goes_where_its_link_says(phone: httpx.AsyncClient, make: Make) -> None:
    _, plain = await make()
    _, common = await make(jump_url="https://shop.example/sale?x=1")
    _, own = await make(
        jump_url="https://shop.example/sale", payloads={1: LinkPayload("https://shop.example/我"), 0: LinkPayload()}
    )
    answers = [await phone.get(f"/{code}?utm=ignored") for code in (*plain, *common, *own)]
    assert [answer.status_code for answer in answers] == [302] * 6
    assert [answer.headers["location"] for answer in answers] == [
        f"/c/{plain[0]}",
        f"/c/{plain[1]}",
        "https://shop.example/sale?x=1",
        "https://shop.example/sale?x=1",
        "https://shop.example/sale",
        "https://shop.example/%E6%88%91",
    ]
    for answer in answers:
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "noindex" in answer.headers["x-robots-tag"]


async def test_a_domain_may_have_path_levels_and_links_are_of_one_domain_only(
    db: Database, service: ShortLinksService, redirector: Redirector, phone: httpx.AsyncClient, make: Make
) -> None:
    name = f"{HOST['host']}/a1/b2"
    async with db.begin() as uow:
        domain = await service.create_domain(uow, TENANT, name, DomainKind.STANDARD)
        await service.set_domain_state(uow, domain.domain_id, DomainState.ACTIVE)
    await redirector.stop()
    await redirector.start()
    _, (plain, _) = await make()
    _, (deep, _) = await make(domain=name)
    _, (jump, _) = await make(domain=name, jump_url="https://shop.example/sale")
    found = [await phone.get(path) for path in (f"/a1/b2/{deep}", f"/A1/b2/{deep}", f"/a1/b2/{jump}")]
    assert [one.headers["location"] for one in found] == [
        f"/c/a1/b2/{deep}",
        f"/c/a1/b2/{deep}",
        "https://shop.example/sale",
    ]
    for path in (f"/{deep}", f"/a1/{deep}", f"/a1/b2/{plain}", f"/a1/b2/x/{deep}", f"/a1//{deep}", "/a1/b2/"):
        assert (await phone.get(path)).status_code in {400, 404}, path
    elsewhere = await phone.get(f"/a1/b2/{deep}", headers={"host": "other.example"})
    assert elsewhere.status_code in {400, 404}
    assert (await phone.get("/c/a1/b2/x")).text == "mounted /c/a1/b2/x"
    assert await service.find_owner(name, deep) == TENANT


async def test_nobody_registers_paths_below_the_host_of_another(db: Database, service: ShortLinksService) -> None:
    async with db.begin() as uow:
        await service.create_domain(uow, TENANT, "s.bank.example", DomainKind.STANDARD)
        assert (await service.create_domain(uow, TENANT, "s.bank.example/x", DomainKind.STANDARD)).tenant_id == TENANT
        with pytest.raises(DomainExists):
            await service.create_domain(uow, OTHER, "s.bank.example/y", DomainKind.STANDARD)


def test_no_path_level_hides_another_page() -> None:
    assert {*CARD_MOUNTS, *VIDEO_MOUNTS} <= TAKEN_LEVELS


async def test_a_tap_is_told_and_a_head_is_not(
    phone: httpx.AsyncClient, make: Make, redirector: Redirector, events: KeptEvents, clock: FrozenClock
) -> None:
    made, codes = await make(3)
    head = await phone.head(f"/{codes[0]}")
    assert (head.status_code, head.headers["location"], head.content) == (302, f"/c/{codes[0]}", b"")
    for code in (codes[1], codes[2], codes[1]):
        await phone.get(f"/{code}")
    await redirector.stop()
    assert events.offsets == [1, 2, 1]
    tap = events.batches[0].taps[0]
    assert (tap.range_id, tap.at_ms, tap.target) == (made.range_id, int(clock.now().timestamp() * 1000), 1)


async def test_links_that_lead_nowhere_each_have_their_page(
    phone: httpx.AsyncClient, make: Make, redirector: Redirector, events: KeptEvents, clock: FrozenClock
) -> None:
    _, (expired, _) = await make(valid_for=timedelta(days=1))
    _, (unreleased, _) = await make(released_at=None)
    clock.advance(timedelta(days=1))
    cases = {
        expired: (410, "链接已失效", "expired"),
        unreleased: (404, "链接不存在", "no such link"),
        NEVER_GIVEN: (404, "链接不存在", "no such link"),
        "abc": (400, "链接格式不正确", "not a link of ours"),
        "abcdef-": (400, "链接格式不正确", "not a link of ours"),
        "%E4%B8%AD%E6%96%87": (400, "链接格式不正确", "not a link of ours"),
        f"{expired}/x": (400, "链接格式不正确", "not a link of ours"),
        "": (400, "链接格式不正确", "not a link of ours"),
    }
    for path, (status, zh, en) in cases.items():
        answer = await phone.get(f"/{path}", headers={"accept-language": "zh-CN,zh;q=0.9,en;q=0.8"})
        assert (answer.status_code, zh in answer.text) == (status, True), path
        assert answer.headers["cache-control"] == "no-store"
        assert "http" not in answer.text.replace("http-equiv", ""), "nothing from outside"
        english = await phone.get(f"/{path}", headers={"accept-language": "en-GB"})
        assert en in english.text
        head = await phone.head(f"/{path}")
        assert (head.status_code, head.content) == (status, b"")
    await redirector.stop()
    assert events.batches == []


async def test_our_own_paths_are_no_links(phone: httpx.AsyncClient, make: Make) -> None:
    _, (code, _) = await make()
    assert (await phone.get(f"/c/{code}")).text == f"mounted /c/{code}"
    assert (await phone.post("/handset/v1/resolve")).text == "mounted /handset/v1/resolve"
    assert "Disallow: /" in (await phone.get("/robots.txt")).text
    for path in ("/metrics", "/livez", "/readyz", "/favicon.ico"):
        assert (await phone.get(path)).status_code == 404
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        answer = await phone.request(method, f"/{code}")
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")
    assert (await phone.post("/a/b")).status_code == 405


async def test_a_custom_domain_has_its_own_codes(
    db: Database, service: ShortLinksService, phone: httpx.AsyncClient, clock: FrozenClock
) -> None:
    async with db.begin() as uow:
        await service.create_domain(uow, TENANT, "vip.example", DomainKind.CUSTOM, state=DomainState.ACTIVE)
        request = RangeRequest(1, timedelta(days=1), ("鸿雁",), domain="vip.example", released_at=clock.now())
        await service.allocate_custom(uow, TENANT, request, ["sale11"])
    await service.directory.refresh()
    assert (await phone.get("/sale11", headers={"host": "VIP.example"})).headers["location"] == "/c/sale11"
    assert (await phone.get("/sale12", headers={"host": "vip.example"})).status_code == 404
    assert (await phone.get("/sale11")).status_code == 400


async def test_guessers_are_slowed_and_in_the_end_refused_while_others_are_not(
    phone: httpx.AsyncClient, make: Make, redirector: Redirector
) -> None:
    _, (code, _) = await make()
    for _ in range(UNKNOWN_PER_MINUTE):
        assert (await phone.get(f"/{NEVER_GIVEN}", headers={"x-real-ip": "1.1.1.1, 203.0.113.9"})).status_code == 404
    assert redirector.counts.slowed == 0
    await phone.get(f"/{NEVER_GIVEN}", headers={"x-real-ip": "203.0.113.200"})
    assert redirector.counts.slowed == 1
    await phone.get(f"/{NEVER_GIVEN}", headers={"x-real-ip": "203.0.114.1"})
    assert (await phone.get(f"/{code}", headers={"x-real-ip": "203.0.113.9"})).status_code == 302
    assert redirector.counts.slowed == 1
    redirector._slowed_now = 256
    answer = await phone.get(f"/{NEVER_GIVEN}", headers={"x-real-ip": "203.0.113.9"})
    assert (answer.status_code, answer.headers["retry-after"], redirector.counts.refused) == (429, "60", 1)


async def test_new_links_are_known_at_once_and_closed_ones_dead_within_two_seconds(
    db: Database, service: ShortLinksService, phone: httpx.AsyncClient, clock: FrozenClock, ring: object
) -> None:
    planner = ShortLinksService(db, clock=clock, keys=ring)  # type: ignore[arg-type]
    request = RangeRequest(2, timedelta(days=7), ("鸿雁",), released_at=clock.now())
    async with db.begin() as uow:
        made = await planner.allocate_range(uow, TENANT, request)
        codes = await planner.codes(uow, made)
    assert [(await phone.get(f"/{code}")).status_code for code in codes] == [302, 302]
    async with db.begin() as uow:
        await planner.close_range(uow, TENANT, made.range_id)
    async with asyncio.timeout(2):
        while (await phone.get(f"/{codes[0]}")).status_code != 410:
            pass


async def test_a_hint_wakes_the_watch_at_once(
    db: Database,
    service: ShortLinksService,
    phone: httpx.AsyncClient,
    make: Make,
    clock: FrozenClock,
    ring: object,
    nats_url: str,
) -> None:
    bus = NatsBus(nats_url, name="test")
    await bus.open()
    planner = ShortLinksService(db, clock=clock, keys=ring, bus=bus)  # type: ignore[arg-type]
    hearing = await listen(bus, service)
    try:
        made, (code, _) = await make()
        assert (await phone.get(f"/{code}")).status_code == 302
        async with db.begin() as uow:
            await planner.close_range(uow, TENANT, made.range_id)
        async with asyncio.timeout(0.9):
            while (await phone.get(f"/{code}")).status_code != 410:
                pass
    finally:
        await hearing.stop()
        await bus.close()


async def test_without_a_database_known_links_are_followed_and_others_must_wait(
    phone: httpx.AsyncClient, make: Make, db_url: str, pg_url: str
) -> None:
    _, (known, _) = await make()
    _, (unknown, _) = await make()
    # Its neighbours' jump URLs are read with those of the first; the last one lies in the next block.
    _, codes = await make(2_049, payloads={n: LinkPayload(f"https://a.example/{n}") for n in (0, 1, 2_048)})
    tapped, neighbour, personal = codes[0], codes[1], codes[-1]
    assert (await phone.get(f"/{known}")).status_code == 302
    assert (await phone.get(f"/{tapped}")).headers["location"] == "https://a.example/0"
    name = urlsplit(db_url).path[1:]
    async with await psycopg.AsyncConnection.connect(pg_url, autocommit=True) as desk:
        await desk.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false'.encode())
        await desk.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
        assert (await phone.get(f"/{known}")).status_code == 302
        assert (await phone.get(f"/{neighbour}")).headers["location"] == "https://a.example/1"
        for code in (unknown, personal):
            answer = await phone.get(f"/{code}")
            assert (answer.status_code, "暂时无法打开" in answer.text) == (503, True)
        await desk.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true'.encode())
    for code in (unknown, personal):
        assert (await phone.get(f"/{code}")).status_code == 302


async def test_events_that_find_no_room_are_counted(
    phone: httpx.AsyncClient, make: Make, redirector: Redirector, events: KeptEvents
) -> None:
    _, (code, _) = await make()
    events.is_full = True
    await phone.get(f"/{code}")
    await redirector.stop()
    assert redirector.counts.events_dropped == 1


async def test_taps_reach_the_ledger_through_the_bus_also_when_it_was_away(
    db: Database, service: ShortLinksService, make: Make, own_nats: EmbeddedNats, clock: FrozenClock, tmp_path: Path
) -> None:
    bus = NatsBus(own_nats.url, name="test")
    await bus.open()
    publisher = EventPublisher(bus, Spool(tmp_path / "spool", max_bytes=1_000_000))
    redirector = Redirector(service, clock=clock, events=publisher)
    made, codes = await make(3)
    tasks = [asyncio.create_task(consume(bus, db, service)), asyncio.create_task(publisher.run())]
    try:
        async with serving(redirector, lifespan=True) as url, httpx.AsyncClient(base_url=url, headers=HOST) as client:
            await client.get(f"/{codes[0]}")
            await until_taps(db, service, made, {0: 1})
            own_nats.stop()
            await client.get(f"/{codes[1]}")
            await client.get(f"/{codes[2]}")
            await client.get(f"/{codes[2]}")
        own_nats.start()
        await until_taps(db, service, made, {0: 1, 1: 1, 2: 2})
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        await bus.close()


async def until_taps(db: Database, service: ShortLinksService, made: LinkRange, expected: dict[int, int]) -> None:
    async with asyncio.timeout(20):
        while True:
            async with db.begin() as uow:
                found = await service.taps(uow, TENANT, made)
            if {offset: one.taps for offset, one in found.items()} == expected:
                return
            await asyncio.sleep(0.05)
