"""What a carrier must not send, from its socket to the metric: named and counted, and the line lives on where it may."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from hongyan.kernel.db.database import Database
from hongyan.kernel.metrics import Metrics
from hongyan.rooms.carriers.contracts import Protocol
from hongyan.rooms.delivery.contracts import MessageState
from simulators.carriers.links import Outgoing
from simulators.carriers.profiles import Profile
from simulators.carriers.simulator import CarrierSimulator
from support.line import SendingLine, chunk_of, phone, until
from support.speeches import CMPP20, CMPP30, SGIP12, SMGP30, SMPP34, SPEECHES, Speech
from telcowire.cmpp.pdus import CMPP30 as CMPP
from telcowire.cmpp.pdus import ConnectResp
from telcowire.cmpp.pdus import Deliver as CmppDeliver
from telcowire.smgp.pdus import Deliver as SmgpDeliver
from telcowire.smpp.pdus import DeliverSm

S = MessageState
QUICK = Profile("quick", latency_s=0.002, report_after_s=0.1)
HEADERS = {"cmpp20": 12, "cmpp30": 12, "sgip12": 20, "smgp30": 12, "smpp34": 16}
SHORT_DELIVER = {"cmpp20": 5, "cmpp30": 5, "sgip12": 5, "smgp30": 3, "smpp34": 5}


class Line(SendingLine):
    """A line whose metrics can be read."""

    def __init__(self, db: Database) -> None:
        self.metrics = Metrics("gateway")
        super().__init__(db, metrics=self.metrics)

    async def breaches(self) -> dict[str, float]:
        """Return how often each rule was broken."""
        start = 'hongyan_gateway_breaches_total{account="carrier-1",kind="'
        rows = [row.removeprefix(start) for row in self.metrics.render().decode().splitlines() if row.startswith(start)]
        return {kind: float(count) for kind, _, count in (row.partition('"} ') for row in rows)}


@pytest.fixture
async def line(db: Database) -> Line:
    line = Line(db)
    await line.prepare()
    return line


@asynccontextmanager
async def gateway(answer: Callable[[bytes], bytes]) -> AsyncIterator[int]:
    """Serve what answers a login as it likes; yields the port."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        length = await reader.readexactly(4)
        login = length + await reader.readexactly(int.from_bytes(length, "big") - 4)
        writer.write(answer(login))
        await reader.read()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


def connect_resp(status: int, digest: bytes = bytes(16)) -> Callable[[bytes], bytes]:
    return lambda login: CMPP.connect_resp.encode(ConnectResp(status, digest, 0x30), int.from_bytes(login[8:12], "big"))


def old_connect_resp(login: bytes) -> bytes:
    """Answer in CMPP 2.0, whose status has one octet."""
    return (30).to_bytes(4, "big") + b"\x80\0\0\1" + login[8:12] + bytes(17) + b"\x20"


def smgp_login_resp(login: bytes) -> bytes:
    return (33).to_bytes(4, "big") + b"\x80\0\0\1" + login[8:12] + bytes(20) + b"\x30"


@pytest.mark.parametrize(
    ("protocol", "answer", "kind"),
    [
        (Protocol.CMPP30, connect_resp(0, b"\x01" * 16), "wrong_digest"),
        (Protocol.SMGP30, smgp_login_resp, "wrong_digest"),
        (Protocol.CMPP30, connect_resp(4), "refused"),
        (Protocol.CMPP30, old_connect_resp, "bad_length"),
        (Protocol.CMPP30, lambda _login: b"HTTP/1.1 400 Bad Request\r\n\r\n", "oversized"),
    ],
    ids=["CMPP: digest", "SMGP: digest", "version too high", "an answer of another version", "no ISMG"],
)
async def test_a_gateway_that_is_none_of_ours_is_counted_by_what_it_did(
    line: Line, protocol: Protocol, answer: Callable[[bytes], bytes], kind: str
) -> None:
    async with gateway(answer) as port:
        await line.add_account(port, protocol=protocol)
        async with line.running():
            found = await until(line.breaches, bool)
    assert set(found) == {kind}


@pytest.mark.parametrize("speech", SPEECHES, ids=lambda speech: speech.name)
async def test_a_deliver_of_a_wrong_length_is_refused_and_the_line_goes_on(line: Line, speech: Speech) -> None:
    async with speech.simulate(QUICK) as pair:
        await pair.add_account(line)
        async with line.running():
            await line.plan(chunk_of([phone(1)]))
            await until(line.counts, lambda counts: counts == {S.DELIVERED: 1})
            octets = HEADERS[speech.name] + 10
            body = SHORT_DELIVER[speech.name].to_bytes(4, "big") + b"\7" * (HEADERS[speech.name] - 8) + b"\xff" * 10
            if speech is SMPP34:
                body = body[:4] + bytes(4) + body[8:]
            logins = pair.carrier.stats.logins
            write(pair.carrier, octets.to_bytes(4, "big") + body)
            assert set(await until(line.breaches, bool)) <= {"bad_length", "bad_structure"}
            await line.plan(chunk_of([phone(2)], chunk_no=1))
            await until(line.counts, lambda counts: counts == {S.DELIVERED: 2})
            assert pair.carrier.stats.logins == logins
    assert await line.violations() == []


BROKEN: dict[str, Any] = {
    "cmpp20": CmppDeliver(7, registered_delivery=1, msg_content=b"12345"),
    "cmpp30": CmppDeliver(7, registered_delivery=1, msg_content=bytes(70)),
    "smgp30": SmgpDeliver(bytes(10), is_report=1, msg_content=b"id:0123456789 sub:001"),
    "smpp34": DeliverSm(esm_class=4, short_message=b"stat:DELIVRD err:000"),
}


@pytest.mark.parametrize("speech", [CMPP20, CMPP30, SMGP30, SMPP34], ids=lambda speech: speech.name)
async def test_a_report_that_is_none_is_answered_and_counted(line: Line, speech: Speech) -> None:
    async with speech.simulate(QUICK) as pair:
        await pair.add_account(line)
        async with line.running():
            await until(lambda: value(pair.carrier.connections), bool)
            links = pair.carrier._core.links
            links.post(None, Outgoing(BROKEN[speech.name], is_report=True))
            links.pump()
            # answered, so that it does not come for ever
            await until(lambda: value(pair.carrier.stats.reports_answered), bool)
            assert await line.breaches() == {"bad_structure": 1}
            assert pair.carrier.stats.reports_sent == 1


async def test_an_smg_that_hangs_under_traffic_is_left_for_a_new_login(line: Line) -> None:
    manners = Profile("hanging", latency_s=0.002, report_after_s=0.05, silent_after=60)
    async with SGIP12.simulate(manners) as pair:
        await pair.add_account(line, response_timeout_s=1)
        await line.plan(chunk_of([phone(n) for n in range(100)]))

        def is_over(counts: dict[MessageState, int]) -> bool:
            return counts.get(S.DELIVERED, 0) + counts.get(S.UNKNOWN, 0) == 100

        async with line.running():
            counts = await until(line.counts, is_over, timeout_s=30)
            assert pair.carrier.stats.silenced_connections == 1
            assert counts[S.DELIVERED] == pair.carrier.stats.delivered >= 68
            assert (await line.breaches())["silent"] == 1
    assert await line.violations() == []


@pytest.mark.parametrize("speech", SPEECHES, ids=lambda speech: speech.name)
async def test_odd_results_and_sloppy_reports_are_understood(line: Line, speech: Speech) -> None:
    manners = Profile(
        "sloppy",
        latency_s=0.002,
        report_after_s=0.1,
        fail_percent=30,
        odd_percent=20,
        bare_percent=50,
        cut_percent=50,
        nul_percent=50,
    )
    async with speech.simulate(manners) as pair:
        await pair.add_account(line)
        await line.plan(chunk_of([phone(n) for n in range(100)]))

        def is_over(counts: dict[MessageState, int]) -> bool:
            return sum(counts.get(state, 0) for state in (S.DELIVERED, S.FAILED, S.EXPIRED)) == 100

        async with line.running():
            counts = await until(line.counts, is_over, timeout_s=20)
        stats = pair.carrier.stats
        assert stats.refused > 5
        assert counts[S.DELIVERED] == stats.delivered
        assert counts.get(S.FAILED, 0) + counts.get(S.EXPIRED, 0) == stats.failed + stats.refused
    assert await line.violations() == []


def write(carrier: CarrierSimulator, octets: bytes) -> None:
    """Let a carrier send what it should not, on its last connection from us."""
    links = [link for link in carrier._core.links.list_links() if link.submits]
    links[-1].connection._transport.write(octets)


async def value(number: int) -> int:
    return number
