"""What every driver owes the line, whatever it speaks: against the carrier that speaks it, over real sockets."""

import dataclasses
import ssl
from collections import Counter
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TypeVar

import pytest

from hongyan.kernel.db.database import Database
from hongyan.kernel.ids import MessageId
from hongyan.rooms.carriers.contracts import Protocol, TextCoding, WireOptions
from hongyan.rooms.delivery.contracts import FINAL_STATES, MessageFilter, MessageState, SpanMessage
from hongyan.rooms.gateways.contracts import Answered, LinkClosed, LinkEvent, Part, PartOutcome, no_content
from hongyan.rooms.gateways.drivers.choice import driver_of
from hongyan.rooms.gateways.drivers.cmpp import CmppDriver
from hongyan.rooms.gateways.drivers.results import stat_with_error
from hongyan.rooms.gateways.drivers.sessions import no_breach
from hongyan.rooms.gateways.drivers.smgp import SmgpDriver
from hongyan.rooms.gateways.drivers.smpp import SmppDriver, SmppLink
from simulators.carriers.profiles import PROFILES, Profile
from simulators.carriers.simulator import CarrierSimulator
from support.certificates import write_certificate
from support.line import SECRET, TENANT, SendingLine, chunk_of, phone, until
from support.speeches import DIALECTS, SIGNED_BY_CARRIER, SPEECHES, Speech
from telcowire.errors import LocalProtocolError, LoginRefusedError
from telcowire.smpp.events import Nacked, SubmitAnswered
from telcowire.smpp.statuses import ESME_RSYSERR

S = MessageState
T = TypeVar("T")
SHORT = "【鸿雁】您的包裹已到 {n} 号柜，请及时领取。"
LONG = "【鸿雁】{n} " + "春江潮水连海平，海上明月共潮生😀。" * 10
QUICK = Profile("quick", latency_s=0.002, report_after_s=0.1)

every_speech = pytest.mark.parametrize("speech", SPEECHES, ids=lambda speech: speech.name)


@pytest.fixture
async def line(db: Database) -> AsyncIterator[SendingLine]:
    line = SendingLine(db)
    await line.prepare()
    return line


def settled(total: int) -> Callable[[dict[MessageState, int]], bool]:
    return lambda counts: sum(counts.get(state, 0) for state in FINAL_STATES) == total


def twice(carrier: CarrierSimulator) -> list[str]:
    return [number for number, count in Counter(one.dest for one in carrier.received).items() if count > 1]


async def uplinks(line: SendingLine) -> set[tuple[str, str]]:
    async with line.db.begin() as uow:
        return {(str(row[0]), str(row[1])) for row in await uow.fetch("SELECT dest, text FROM receipts_uplinks")}


async def plan_all(line: SendingLine) -> None:
    """Plan 300 messages, a third of them long."""
    await line.plan(chunk_of([phone(n) for n in range(200)], text=SHORT))
    await line.plan(chunk_of([phone(n) for n in range(200, 300)], chunk_no=1, text=LONG))


def expected() -> set[tuple[str, str]]:
    short = {(phone(n), SHORT.replace("{n}", str(n))) for n in range(200)}
    return short | {(phone(200 + n), LONG.replace("{n}", str(n))) for n in range(100)}


@pytest.mark.parametrize("speech", [*SPEECHES, *DIALECTS], ids=lambda speech: speech.name)
async def test_texts_reach_phones_whole_and_once_and_phones_are_heard(line: SendingLine, speech: Speech) -> None:
    async with speech.simulate(QUICK) as pair:
        carrier = pair.carrier
        account = await pair.add_account(line, connections=2)
        await plan_all(line)
        async with line.running():
            assert await until(line.counts, settled(300), timeout_s=40) == {S.DELIVERED: 300}
            assert {(one.dest, one.text) for one in carrier.received} == expected()
            assert all(one.src_id.startswith(account.src_number) for one in carrier.received)
            # when phones write, to an access number, a short word and a long text
            carrier.send_mo("8613800000007", account.src_number, "TD")
            carrier.send_mo("8613800000008", account.src_number, "退" * 150)
            said = {(account.src_number, "TD"), (account.src_number, "退" * 150)}
            assert await until(lambda: uplinks(line), lambda found: found == said) == said
    assert twice(carrier) == []
    assert await line.violations() == []


@every_speech
async def test_slow_down_is_obeyed_and_nothing_is_lost(line: SendingLine, speech: Speech) -> None:
    async with speech.simulate("throttling", rate_per_s=60, fail_percent=0, report_after_s=0.1) as pair:
        await pair.add_account(line)
        await line.plan(chunk_of([phone(n) for n in range(120)]))
        async with line.running():
            assert await until(line.counts, settled(120), timeout_s=40) == {S.DELIVERED: 120}
        assert pair.carrier.stats.throttled > 0
        assert twice(pair.carrier) == []
    assert await line.violations() == []


@every_speech
async def test_a_connection_cut_in_the_middle_doubles_nothing(line: SendingLine, speech: Speech) -> None:
    manners = dataclasses.replace(PROFILES["dropping"], drop_every=40, lost_report_percent=0.0, fail_percent=0.0)
    async with speech.simulate(manners, report_after_s=0.2) as pair:
        carrier = pair.carrier
        await pair.add_account(line, connections=2, response_timeout_s=2)
        await line.plan(chunk_of([phone(n) for n in range(150)]))

        def is_explained(counts: dict[MessageState, int]) -> bool:
            known = counts.get(S.DELIVERED, 0)
            return known == len(carrier.received) and known + counts.get(S.UNKNOWN, 0) == 150

        async with line.running():
            await until(line.counts, is_explained, timeout_s=50)
        assert carrier.stats.cut_connections > 0
        assert twice(carrier) == []
    assert await line.violations() == []


@every_speech
async def test_lies_about_reports_confuse_nobody(line: SendingLine, speech: Speech) -> None:
    manners = dataclasses.replace(PROFILES["lying"], reorder_percent=20, double_answer_percent=20)
    async with speech.simulate(manners, report_after_s=0.1, fail_percent=20) as pair:
        await pair.add_account(line, connections=2)
        await line.plan(chunk_of([phone(n) for n in range(200)]))
        async with line.running():
            counts = await until(line.counts, settled(200), timeout_s=40)
            async with line.db.begin() as uow:
                page = await line.delivery.list_messages(uow, TENANT, MessageFilter(), offset=0, limit=200)
        assert counts[S.DELIVERED] == pair.carrier.stats.delivered
        assert counts.get(S.FAILED, 0) + counts.get(S.EXPIRED, 0) == pair.carrier.stats.failed > 10
        assert twice(pair.carrier) == []
    assert all(one.carrier_code for one in page.items)
    assert await line.violations() == []


@every_speech
async def test_a_stopped_gateway_waits_for_answers(line: SendingLine, speech: Speech) -> None:
    async with speech.simulate("happy", latency_s=0.5, report_after_s=60) as pair:
        await pair.add_account(line)
        await line.plan(chunk_of([phone(n) for n in range(200)]))

        async def accepted() -> int:
            return pair.carrier.stats.accepted

        async with line.running():
            await until(accepted, lambda count: count > 0)
        counts = await line.counts()
    assert set(counts) <= {S.QUEUED, S.SUBMITTED}
    assert counts[S.SUBMITTED] == pair.carrier.stats.accepted
    assert await line.violations() == []


@every_speech
async def test_a_number_that_the_carrier_refuses_fails_with_its_code(line: SendingLine, speech: Speech) -> None:
    async with speech.simulate(QUICK) as pair:
        await pair.add_account(line)
        pair.carrier.refuse(phone(1))
        await line.plan(chunk_of([phone(1), phone(2)]))
        async with line.running():
            assert await until(line.counts, settled(2)) == {S.DELIVERED: 1, S.FAILED: 1}
            async with line.db.begin() as uow:
                page = await line.delivery.list_messages(uow, TENANT, MessageFilter(), offset=0, limit=10)
    codes = {"cmpp20": "13", "cmpp30": "13", "sgip12": "sgip:6", "smgp30": "smgp:47", "smpp34": "smpp:0x0b"}
    assert {one.carrier_code for one in page.items} == {"DELIVRD", codes[speech.name]}


async def test_a_carrier_that_signs_itself_gets_the_text_without(line: SendingLine) -> None:
    async with SIGNED_BY_CARRIER.simulate(QUICK) as pair:
        await pair.add_account(line)
        await line.plan(chunk_of([phone(1)], text="【鸿雁】" + "长" * 68))
        async with line.running():
            assert await until(line.counts, settled(1)) == {S.DELIVERED: 1}
        (one,) = pair.carrier.received
    # they would fit one part: with the signature that the carrier adds they do not
    assert (one.text, one.parts) == ("长" * 68, 2)


async def test_a_text_that_takes_fewer_parts_than_planned_is_delivered_with_those(line: SendingLine) -> None:
    pair_of = Speech("smpp34-gsm", SPEECHES[-1].protocol, WireOptions(coding=TextCoding.AUTO))
    async with pair_of.simulate(QUICK) as pair:
        await pair.add_account(line)
        text = "Your parcel {n} is here. " + "x" * 130
        await line.plan(chunk_of([phone(n) for n in range(10)], text=text))
        async with line.running():
            assert await until(line.counts, settled(10)) == {S.DELIVERED: 10}
        assert {one.parts for one in pair.carrier.received} == {1}
        assert {one.text for one in pair.carrier.received} == {text.replace("{n}", str(n)) for n in range(10)}
    assert await line.violations() == []


async def test_smpp_over_tls_checks_the_certificate(line: SendingLine, tmp_path: Path) -> None:
    certificate, key = write_certificate(tmp_path)
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(certificate, key)
    trusting = Speech("smpp34-tls", Protocol.SMPP34, WireOptions(tls=True, tls_ca=str(certificate)))
    async with trusting.simulate(QUICK, tls=serving) as pair:
        # an account that trusts the system's authorities only does not log in
        await pair.add_account(line, name="doubting")
        async with line.db.begin() as uow:
            await line.carriers.set_enabled(uow, "doubting", is_enabled=False)
        account = await pair.add_account(line)
        doubting = dataclasses.replace(account, options=WireOptions(tls=True))
        with pytest.raises(ssl.SSLCertVerificationError):
            await SmppDriver(doubting, SECRET).open_link(lambda _link, _events: None)
        await line.plan(chunk_of([phone(n) for n in range(20)]))
        async with line.running():
            assert await until(line.counts, settled(20)) == {S.DELIVERED: 20}


async def test_half_of_a_pair_that_cannot_log_in_leaves_no_other_half(line: SendingLine) -> None:
    pairs = next(speech for speech in DIALECTS if speech.name == "smgp30-pair")
    async with pairs.simulate(QUICK) as pair:
        account = await pair.add_account(line)
        gone: list[LinkEvent] = []
        link = await SmgpDriver(account, SECRET).open_link(lambda _link, events: gone.extend(events))
        assert pair.carrier.connections == 2
        # when the carrier cuts one of the two
        pair.carrier.cut_one()
        await until(lambda: _now(gone), bool)
        # then the link is over, and so is the other
        assert isinstance(gone[-1], LinkClosed)
        assert link.window_free == 0
        await until(lambda: _now(pair.carrier.connections), lambda count: count == 0)
        with pytest.raises(LoginRefusedError):
            await SmgpDriver(account, "guess").open_link(lambda _link, _events: None)
        await link.close(1)


async def test_windows_follow_the_operator_while_the_link_lives(line: SendingLine) -> None:
    async with SPEECHES[1].simulate(QUICK) as pair:
        account = await pair.add_account(line)
        link = await CmppDriver(account, SECRET).open_link(lambda _link, _events: None)
        assert link.window_free == 32
        link.set_window(5)
        assert link.window_free == 5
        await link.close(1)


async def _now(value: T) -> T:
    return value


@pytest.mark.parametrize(
    ("stat", "error", "shown"),
    [
        ("DELIVRD", "000", "DELIVRD"),
        ("undeliv", "", "UNDELIV"),
        ("UNDELIV", "601", "UNDELIV/601"),
        ("EXPIRED", "001", "EXPIRED"),
        ("ACCEPTD", "001", "ACCEPTD"),
        ("601", "999", "601/999"),
    ],
)
def test_a_report_keeps_the_carriers_own_code(stat: str, error: str, shown: str) -> None:
    assert stat_with_error(stat, error) == shown


async def test_a_system_error_is_later_for_a_while_and_then_a_refusal(line: SendingLine) -> None:
    async with SPEECHES[-1].simulate(QUICK) as pair:
        account = await pair.add_account(line)
        link = SmppLink(account, lambda _link, _events: None, no_breach)
        outcomes = [link.read(SubmitAnswered(seq, "", ESME_RSYSERR)) for seq in range(22)]
        assert [one.outcome for one in outcomes if isinstance(one, Answered)] == [PartOutcome.THROTTLED] * 20 + [
            PartOutcome.REFUSED
        ] * 2
        good = link.read(SubmitAnswered(30, "77", 0))
        assert good == Answered(30, 77, 0, PartOutcome.ACCEPTED)
        again = link.read(SubmitAnswered(31, "", ESME_RSYSERR))
        assert again == Answered(31, 0, ESME_RSYSERR, PartOutcome.THROTTLED, "smpp:0x08")
        # ids that are no number keep their text beside the key; without an id each answer has a key of its own
        named = link.read(SubmitAnswered(32, "a-1", 0))
        assert isinstance(named, Answered)
        assert named.carrier_ref == "a-1"
        nameless = {link.read(SubmitAnswered(seq, "", 0)) for seq in (33, 34)}
        assert len({one.carrier_msg_id for one in nameless if isinstance(one, Answered)}) == 2
        assert link.read(Nacked(35, 0x03)) == Answered(35, 0, 3, PartOutcome.REFUSED, "smpp:0x03")


HEADERS = {"cmpp20": 12, "cmpp30": 12, "sgip12": 20, "smgp30": 12, "smpp34": 16}
ENDS = {"cmpp20", "cmpp30", "smgp30"}


@every_speech
async def test_what_a_carrier_must_not_send_has_a_name(line: SendingLine, speech: Speech) -> None:
    async with speech.simulate(QUICK) as pair:
        account = await pair.add_account(line)
        told: list[LinkEvent] = []
        breaches: list[str] = []
        driver = driver_of(
            account,
            SECRET,
            clock=line.clock,
            load_content=no_content,
            may_send=lambda: True,
            on_breach=breaches.append,
        )
        # an unknown command: SGIP and SMPP have an answer for it and go on, the others end
        link = await driver.open_link(lambda _link, events: told.extend(events))
        octets = HEADERS[speech.name]
        write(pair.carrier, octets.to_bytes(4, "big") + (0x99).to_bytes(4, "big") + bytes(octets - 8))
        if speech.name in ENDS:
            await until(lambda: _now(told), bool)
            assert [one.breach for one in told if isinstance(one, LinkClosed)] == ["unknown_command"]
        else:
            assert await until(lambda: _now(breaches), bool) == ["unknown_command"]
        await link.close(1)
        # a length that cannot be ends it everywhere
        await until(lambda: _now(pair.carrier.connections), lambda count: count == 0)
        told.clear()
        link = await driver.open_link(lambda _link, events: told.extend(events))
        await until(lambda: _now(pair.carrier.connections), lambda count: count == 1)
        write(pair.carrier, b"\x7f" * 64)
        await until(lambda: _now(told), bool)
        assert [one.breach for one in told if isinstance(one, LinkClosed)] == ["oversized"]
        await link.close(1)


def write(carrier: CarrierSimulator, octets: bytes) -> None:
    """Let a carrier send what it should not, on its last connection."""
    carrier._core.links.list_links()[-1].connection._transport.write(octets)


@every_speech
async def test_a_text_that_no_part_can_carry_is_refused_and_holds_up_nobody(line: SendingLine, speech: Speech) -> None:
    async with speech.simulate(QUICK) as pair:
        account = await pair.add_account(line)
        driver = driver_of(account, SECRET, clock=line.clock, load_content=no_content, may_send=lambda: True)
        endless = SpanMessage(MessageId(1), phone(1), "长" * 67 * 256, 256)
        (content,) = driver.encode(endless)
        link = await driver.open_link(lambda _link, _events: None)
        with pytest.raises(LocalProtocolError):
            link.submit([Part(1, 1, 1, phone(1), "10690001", content)])
        # nor 300 octets where 140 go
        with pytest.raises(LocalProtocolError):
            link.submit([Part(1, 1, 1, phone(1), "10690001", b"\x08" + bytes(300))])
        assert link.window_free == min(32, speech.largest_window)
        await link.close(1)
        assert pair.carrier.stats.submits == 0
