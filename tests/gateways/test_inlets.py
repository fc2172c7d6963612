"""Listeners without a lease: stored before answered, by any process; strangers and bad input are named and counted."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from hongyan.kernel.db.database import Database
from hongyan.kernel.metrics import Metrics
from hongyan.rooms.carriers.contracts import Account
from hongyan.rooms.delivery.contracts import MessageState
from hongyan.rooms.gateways.contracts import Lease
from hongyan.rooms.gateways.service.health import HealthBook, Limits
from hongyan.rooms.gateways.service.inlets import Inlets
from hongyan.rooms.gateways.store import inlets as store
from hongyan.run.ports import free_ports
from support.line import SECRET, SendingLine, chunk_of, phone, until
from support.speeches import SGIP12
from telcowire.asyncio.sgip import SgipConnection, connect_sgip, make_sequence
from telcowire.errors import LoginRefusedError
from telcowire.sgip.events import DeliverAnswered, ReportAnswered, SgipEvent
from telcowire.sgip.flavour import SgipAccount
from telcowire.sgip.pdus import LOGIN_SMG, LOGIN_SP, SGIP, Deliver, Report
from telcowire.sgip.reports import RESULT_BAD_LOGIN, RESULT_BAD_LOGIN_TYPE, RESULT_OK
from telcowire.smstext.segments import split_ucs2

S = MessageState
SMG = make_sequence(100_001)
OURS = make_sequence(3_010_099_999)


class House:
    """A line whose process listens, and works on no account."""

    def __init__(self, db: Database) -> None:
        self.metrics = Metrics("gateway")
        self.line = SendingLine(db, metrics=self.metrics)
        self.inlets = Inlets(self.line.gateways._line)
        self.port = free_ports(["listen"])["listen"]
        self.account: Account

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["House"]:
        stop = asyncio.Event()
        task = asyncio.create_task(self.inlets.run(stop))
        try:
            await until(self._is_open, bool)
            yield self
        finally:
            stop.set()
            async with asyncio.timeout(10):
                await task

    async def prepare(self) -> "House":
        await self.line.prepare()
        self.account = await self.line.add_account(
            9, protocol=SGIP12.protocol, options=SGIP12.options, listen_port=self.port
        )
        return self

    async def call(self, on_event: Callable[[Any, list[Any]], None], **changes: Any) -> SgipConnection:
        account = SgipAccount(**{"login_name": "901234", "password": SECRET, "login_type": LOGIN_SMG, **changes})
        return await connect_sgip("127.0.0.1", self.port, account, SMG, on_event)

    def count(self, kind: str) -> float:
        """Return how often a rule was broken."""
        start = f'hongyan_gateway_breaches_total{{account="carrier-1",kind="{kind}"}} '
        lines = self.metrics.render().decode().splitlines()
        return sum(float(line.removeprefix(start)) for line in lines if line.startswith(start))

    async def rows(self, table: str) -> int:
        async with self.line.db.begin() as uow:
            rows = await uow.fetch(f"SELECT count(*) FROM {table}")
            return int(rows[0][0])

    async def _is_open(self) -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return False
        writer.close()
        return True


class Heard:
    """Everything that a caller was told."""

    def __init__(self) -> None:
        self.events: list[SgipEvent] = []

    def __call__(self, _connection: SgipConnection, events: list[SgipEvent]) -> None:
        self.events += events

    async def answers(self) -> list[int]:
        return [event.result for event in self.events if isinstance(event, ReportAnswered | DeliverAnswered)]


@pytest.fixture
async def house(db: Database) -> House:
    return await House(db).prepare()


def report(number: str, seq: int, state: int = 0) -> Report:
    return Report(seq, 0, number, state)


async def test_a_process_without_the_lease_stores_reports_and_texts_and_then_answers(house: House) -> None:
    async with house.listening():
        heard = Heard()
        call = await house.call(heard)
        unknown = OURS.take()
        call.deliver_many([report(phone(1), unknown), report(phone(1), unknown), report(phone(2), OURS.take(), 1)])
        parts = split_ucs2("退" * 100, 9)
        call.deliver_many(
            [Deliver(phone(3), house.account.src_number, tp_udhi=1, message_content=content) for content in parts]
        )
        assert await until(heard.answers, lambda found: len(found) == 5) == [RESULT_OK] * 5
        # a report for an id that we never had is answered, kept once and listed
        assert await house.rows("receipts_reports") == 2
        assert await house.rows("receipts_unmatched") == 1
        assert await house.rows("receipts_uplinks") == 1
        # what cannot be read is answered, so that it does not come for ever, and counted
        call.deliver(Deliver(phone(3), house.account.src_number, message_coding=4, message_content=b"\1"))
        assert await until(heard.answers, lambda found: len(found) == 6) == [RESULT_OK] * 6
        assert house.count("bad_structure") == 1
        assert await house.rows("receipts_uplinks") == 1
        await call.terminate(1)
    assert await house.line.violations() == []


async def test_a_report_that_cannot_be_stored_is_answered_and_counted_and_the_others_are_kept(house: House) -> None:
    async with house.line.db.begin() as uow:  # a database that refuses a value, as it does those out of range
        await uow.fetch("""CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF NEW.stat = 'sgip:5' THEN RAISE EXCEPTION 'no such value' USING ERRCODE = '22003'; END IF;
            RETURN NEW; END $$""")
        await uow.fetch("""CREATE TRIGGER poison BEFORE INSERT ON receipts_reports
            FOR EACH ROW EXECUTE FUNCTION poison()""")
    async with house.listening():
        heard = Heard()
        call = await house.call(heard)
        bad = Report(OURS.take(), 0, phone(2), 2, 5)
        call.deliver_many([report(phone(1), OURS.take()), bad, report(phone(3), OURS.take())])
        assert await until(heard.answers, lambda found: len(found) == 3) == [RESULT_OK] * 3
        assert await house.rows("receipts_reports") == 2
        assert house.count("bad_structure") == 1
        await call.terminate(1)


async def test_nothing_is_answered_before_its_commit(house: House) -> None:
    async with house.listening():
        heard = Heard()
        call = await house.call(heard)

        async def waiters() -> int:
            async with house.line.db.begin() as uow:
                rows = await uow.fetch(
                    "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'receipts_reports'::regclass"
                )
                return int(rows[0][0])

        async with house.line.db.begin() as uow:  # a database that does not get on
            await uow.fetch("LOCK TABLE receipts_reports IN ACCESS EXCLUSIVE MODE")
            call.deliver_report(report(phone(1), OURS.take()))
            await until(waiters, bool)
            assert await heard.answers() == []
        assert await until(heard.answers, bool) == [RESULT_OK]
        await call.terminate(1)


async def test_several_processes_share_the_port_and_the_reports(house: House, db: Database) -> None:
    # given two more processes, of which one works on the account
    others = [SendingLine(db, ring=house.line.ring) for _ in range(2)]
    async with SGIP12.simulate("happy", report_after_s=0.05, latency_s=0.001) as pair:
        async with house.line.db.begin() as uow:
            await house.line.carriers.move_account(
                uow, "carrier-1", host="127.0.0.1", port=pair.carrier.port, listen_port=pair.listen_port
            )
        assert pair.listen_port is not None
        house.port = pair.listen_port
        async with house.listening(), others[0].running("gateway-1"), others[1].running("gateway-2"):
            await house.line.plan(chunk_of([phone(n) for n in range(200)]))
            # when the carrier's connection is cut again and again: it lands anywhere
            for least in (40, 80, 120, 160):
                await until(lambda: delivered(house.line), lambda count, least=least: count >= least)
                pair.carrier.cut_connections()
            counts = await until(house.line.counts, lambda found: found.get(S.DELIVERED, 0) > 0 and settled(found))
    assert counts.get(S.DELIVERED, 0) == len(pair.carrier.received)
    assert await house.line.violations() == []


async def delivered(line: SendingLine) -> int:
    return (await line.counts()).get(S.DELIVERED, 0)


def settled(counts: dict[MessageState, int]) -> bool:
    return counts.get(S.DELIVERED, 0) + counts.get(S.UNKNOWN, 0) == 200


@pytest.mark.parametrize(
    ("changes", "result", "kind"),
    [
        ({"password": "guess"}, RESULT_BAD_LOGIN, "wrong_digest"),
        ({"login_name": "nobody"}, RESULT_BAD_LOGIN, "unknown_account"),
        ({"login_type": LOGIN_SP}, RESULT_BAD_LOGIN_TYPE, "refused"),
    ],
)
async def test_strangers_are_refused_and_counted(house: House, changes: Any, result: int, kind: str) -> None:
    async with house.listening():
        with pytest.raises(LoginRefusedError) as refusal:
            await house.call(Heard(), **changes)
        assert refusal.value.status == result
        await until(lambda: _async(house.count(kind)), lambda count: count == 1)


async def _async(value: float) -> float:
    return value


HEAD = (20).to_bytes(4, "big")
BIND = bytes.fromhex(
    "0000003d00000001b36a7b1f11f0e5400000000002"
    + b"901234".ljust(16, b"\0").hex()
    + SECRET.encode().ljust(16, b"\0").hex()
    + bytes(8).hex()
)


@pytest.mark.parametrize(
    ("octets", "kind"),
    [
        (b"GET / HTTP/1.1\r\n\r\n" + bytes(20), "oversized"),
        ((3).to_bytes(4, "big") + bytes(20), "undersized"),
        (BIND + (0x7FFFFFFF).to_bytes(4, "big") + bytes(16), "oversized"),
        (BIND + HEAD + (0x8000_0099).to_bytes(4, "big") + bytes(12), "unknown_command"),
    ],
    ids=["no SGIP", "shorter than a header", "a length of 2 GiB", "an answer to nothing known"],
)
async def test_garbage_ends_the_call_and_is_counted(house: House, octets: bytes, kind: str) -> None:
    async with house.listening():
        reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
        writer.write(octets)
        async with asyncio.timeout(10):
            await reader.read()
        writer.close()
        await until(lambda: _async(house.count(kind)), lambda count: count >= 1)


def deliver_of(said: int, octets: int) -> bytes:
    """Return a Deliver that says so many octets of text, and has others."""
    head = (20 + 57 + octets).to_bytes(4, "big") + (4).to_bytes(4, "big") + bytes(11) + b"\5"
    numbers = phone(3).encode().ljust(21, b"\0") + b"1069".ljust(21, b"\0")
    return head + numbers + b"\0\0\x08" + said.to_bytes(4, "big") + b"\x4e" * octets + bytes(8)


@pytest.mark.parametrize(
    ("octets", "result", "kind"),
    [
        # an unknown request; a Report of 300 octets; a text of 300 octets that says 140; a second login
        (HEAD + (0x99).to_bytes(4, "big") + bytes(12), 7, "unknown_command"),
        ((300).to_bytes(4, "big") + (5).to_bytes(4, "big") + bytes(292), 8, "bad_length"),
        (deliver_of(140, 300), 8, "bad_length"),
        (BIND, 2, "wrong_state"),
    ],
    ids=["unknown command", "wrong length", "300 octets in 140", "second login"],
)
async def test_a_bad_request_is_refused_by_its_code_and_the_call_goes_on(
    house: House, octets: bytes, result: int, kind: str
) -> None:
    async with house.listening():
        reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
        writer.write(BIND + octets)
        async with asyncio.timeout(10):
            bound = await reader.readexactly(29)
            refused = await reader.readexactly(29)
        assert (bound[20], refused[20]) == (RESULT_OK, result)
        assert house.count(kind) == 1
        # the call goes on: a report is answered
        number = phone(1).encode().ljust(21, b"\0")
        body = OURS.take().to_bytes(12, "big") + b"\0" + number + bytes(10)
        writer.write((64).to_bytes(4, "big") + (5).to_bytes(4, "big") + bytes(11) + b"\7" + body)
        async with asyncio.timeout(10):
            answer = await reader.readexactly(29)
        assert (answer[4:8], answer[20]) == (b"\x80\0\0\5", RESULT_OK)
        writer.close()


async def test_a_sequence_for_two_reports_is_refused_and_counted_and_a_repetition_is_not(house: House) -> None:
    async with house.listening():
        reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
        ours = OURS.take()
        first = SGIP.report.encode(report(phone(1), ours), 77)
        other = SGIP.report.encode(report(phone(2), ours), 77)
        writer.write(BIND + first)
        async with asyncio.timeout(10):
            await reader.readexactly(29)
            assert (await reader.readexactly(29))[20] == RESULT_OK
            writer.write(first + other)
            repeated, refused = await reader.readexactly(29), await reader.readexactly(29)
        assert (repeated[20], refused[20]) == (RESULT_OK, 9)
        assert repeated[8:20] == refused[8:20] == (77).to_bytes(12, "big")
        assert house.count("sequence_reused") == 1
        assert await house.rows("receipts_reports") == 1
        writer.close()


@pytest.mark.parametrize(
    "deliver",
    [
        Deliver(phone(3), "1069", message_coding=8, message_content=b"\x4e"),
        Deliver(phone(3), "1069", message_coding=8, message_content=b"\xd8\x3d"),
        Deliver(phone(3), "1069", message_coding=15, message_content=b"\xff\xff"),
        Deliver(phone(3), "1069", message_coding=4, message_content=b"\1\2"),
        Deliver(phone(3), "1069", tp_udhi=1, message_content=b"\x30\0\3"),
    ],
    ids=["half of a unit", "half of a pair", "no GBK", "binary", "a header beyond the end"],
)
async def test_an_uplink_that_nobody_can_read_is_answered_and_counted(house: House, deliver: Deliver) -> None:
    async with house.listening():
        heard = Heard()
        call = await house.call(heard)
        readable = Deliver(phone(3), "1069", message_content="好".encode("utf-16-be"))
        call.deliver_many([deliver, readable])
        assert await until(heard.answers, lambda found: len(found) == 2) == [RESULT_OK] * 2
        assert house.count("bad_structure") == 1
        assert await house.rows("receipts_uplinks") == 1
        assert await house.rows("receipts_uplink_parts") == 0
        await call.terminate(1)


async def test_a_text_longer_than_we_may_write_is_read(house: House) -> None:
    async with house.listening():
        reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
        writer.write(BIND + deliver_of(300, 300))
        async with asyncio.timeout(10):
            await reader.readexactly(29)
            assert (await reader.readexactly(29))[20] == RESULT_OK
        async with house.line.db.begin() as uow:
            assert await uow.fetch("SELECT text FROM receipts_uplinks") == [("\u4e4e" * 150,)]
        assert house.count("bad_length") == 0
        writer.close()


async def test_a_disabled_account_is_not_listened_for_and_a_new_secret_counts_at_once(house: House) -> None:
    async with house.listening():
        assert house.inlets.accounts() == ["carrier-1"]
        async with house.line.db.begin() as uow:
            await house.line.carriers.set_enabled(uow, "carrier-1", is_enabled=False)

        async def is_closed() -> bool:
            with socket.socket() as one:
                return one.connect_ex(("127.0.0.1", house.port)) != 0

        await until(is_closed, bool)
        assert house.inlets.accounts() == []


async def test_the_holder_of_the_lease_learns_that_listeners_hear(house: House) -> None:
    line = house.line
    async with house.listening():
        heard = Heard()
        call = await house.call(heard)
        call.deliver_report(report(phone(1), OURS.take()))
        await until(heard.answers, bool)
        await call.terminate(1)
    async with line.db.begin() as uow:
        at = await store.last_report(uow, house.account.account_id)
        assert at is not None
        # within five seconds nothing is written again
        await store.note_report(uow, house.account.account_id)
        assert await store.last_report(uow, house.account.account_id) == at
    book = HealthBook(line.clock, Lease(house.account.account_id, "gateway", 1), Limits())
    book.reported_elsewhere(None)
    assert book.look(house.account, links_up=1, in_flight=0, sent=0, pace_per_s=None).last_report_at is None
    book.reported_elsewhere(at)
    assert book.look(house.account, links_up=1, in_flight=0, sent=0, pace_per_s=None).last_report_at == at
