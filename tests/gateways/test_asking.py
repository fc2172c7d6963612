"""What a carrier never reports it is asked about, where it can be: gently, bounded, and by the way of a report."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import TypeVar

import pytest

from hongyan.kernel.db.database import Database
from hongyan.kernel.ids import MessageId
from hongyan.kernel.metrics import Metrics
from hongyan.rooms.carriers.contracts import Protocol, ReceiptIds, WireOptions
from hongyan.rooms.delivery.contracts import FINAL_STATES, MessageState, SilentPart, SpanResult
from hongyan.rooms.gateways.contracts import Answered, LinkEvent, Part, PartOutcome, Told
from hongyan.rooms.gateways.drivers.sessions import no_breach
from hongyan.rooms.gateways.drivers.smpp import SmppDriver, SmppLink
from hongyan.rooms.gateways.rules import Pace
from hongyan.rooms.gateways.service.asking import AskedParts
from hongyan.rooms.gateways.service.health import Limits
from hongyan.rooms.gateways.service.pump import Pump
from hongyan.rooms.gateways.service.refusals import Refusals
from simulators.carriers.profiles import Profile
from simulators.carriers.simulator import CarrierSimulator
from support.line import SECRET, SendingLine, chunk_of, phone, until
from telcowire.errors import LocalProtocolError
from telcowire.smpp.events import QueryAnswered, RequestTimedOut
from telcowire.smpp.pdus import QuerySmResp
from telcowire.smpp.statuses import ESME_RQUERYFAIL

S = MessageState
T = TypeVar("T")
LONG = "【鸿雁】{n} " + "春江潮水连海平，海上明月共潮生😀。" * 10
AT = datetime(2026, 11, 22, tzinfo=UTC)
SOON = Limits(query_after_s=0.3, query_per_s=100.0)
SILENT = Profile("silent", latency_s=0.002, report_after_s=0.05, withheld_percent=100.0)
ENDLESS = Profile("endless", latency_s=0.002, report_after_s=3600.0)


async def _now(value: T) -> T:
    return value


@pytest.fixture
def metrics() -> Metrics:
    return Metrics("gateway")


@pytest.fixture
async def line(db: Database, metrics: Metrics) -> AsyncIterator[SendingLine]:
    line = SendingLine(db, limits=SOON, metrics=metrics)
    await line.prepare()
    return line


async def reports(line: SendingLine) -> int:
    async with line.db.begin() as uow:
        return int((await uow.fetch("SELECT count(*) FROM receipts_reports"))[0][0])


async def last_reports(line: SendingLine) -> list[datetime | None]:
    async with line.db.begin() as uow:
        return [health.last_report_at for health in await line.carriers.list_health(uow)]


# --- the whole way ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options",
    [
        WireOptions(has_query=True),
        WireOptions(has_query=True, split_binds=True, receipt_ids=ReceiptIds.DECIMAL),
    ],
    ids=["as-is", "pair-decimal"],
)
async def test_what_is_never_reported_ends_as_the_carrier_says_when_asked(
    line: SendingLine, metrics: Metrics, options: WireOptions
) -> None:
    ids = options.receipt_ids.value
    async with CarrierSimulator(SILENT, protocol="smpp34", fail_percent=30, receipt_ids=ids) as carrier:
        await line.add_account(carrier.port, protocol=Protocol.SMPP34, options=options)
        await line.plan(chunk_of([phone(n) for n in range(30)]))
        await line.plan(chunk_of([phone(n) for n in range(30, 40)], chunk_no=1, text=LONG))
        async with line.running():
            counts = await until(line.counts, lambda counts: counts.keys() <= FINAL_STATES and bool(counts))
            # then each has the fate that it had on its phone, all parts of it together
            assert sum(counts.values()) == 40
            assert counts[S.DELIVERED] == len(carrier.inbox.list_numbers(1000))
            assert counts[S.FAILED] + counts.get(S.EXPIRED, 0) == 40 - counts[S.DELIVERED] > 0
            told = await reports(line)
            assert carrier.stats.queries >= told == carrier.stats.accepted
            assert 'hongyan_gateway_queries_total{account="carrier-1",answer="DELIVRD"}' in metrics.render().decode()
            # and a carrier that only answers questions still counts as one that does not report
            assert await until(lambda: last_reports(line), bool) == [None]
            # when the reports come at last, nothing changes
            assert carrier.release_reports() == told
            await until(lambda: _now(carrier.stats.reports_answered), lambda count: count == told)
            assert await line.counts() == counts
            assert await reports(line) == told
    assert await line.violations() == []


async def test_what_is_under_way_stays_submitted_and_is_asked_again_later_and_later(line: SendingLine) -> None:
    async with CarrierSimulator(ENDLESS, protocol="smpp34") as carrier:
        await line.add_account(carrier.port, protocol=Protocol.SMPP34, options=WireOptions(has_query=True))
        await line.plan(chunk_of([phone(n) for n in range(5)]))
        async with line.running():
            await until(lambda: _now(carrier.stats.queries), lambda count: count >= 15)
            assert await line.counts() == {S.SUBMITTED: 5}
            assert await reports(line) == 0
            # when the centre has lost its memory, that says nothing of the messages
            carrier._core.keep_fates()
            before = carrier.stats.queries
            await until(lambda: _now(carrier.stats.queries), lambda count: count >= before + 5)
            assert await line.counts() == {S.SUBMITTED: 5}
    assert await line.violations() == []


async def test_only_accounts_that_allow_it_are_asked(line: SendingLine) -> None:
    async with (
        CarrierSimulator(SILENT, protocol="smpp34") as asked,
        CarrierSimulator(SILENT, protocol="smpp34") as left,
    ):
        options = WireOptions(has_query=True)
        await line.add_account(asked.port, name="asked", protocol=Protocol.SMPP34, options=options)
        await line.add_account(left.port, name="left", protocol=Protocol.SMPP34)
        await line.plan(chunk_of([phone(n) for n in range(40)]))
        async with line.running():
            await until(lambda: _now(asked.stats.accepted + left.stats.accepted), lambda count: count == 40)
            ended = {S.DELIVERED: asked.stats.accepted, S.SUBMITTED: left.stats.accepted}
            assert await until(line.counts, lambda counts: counts == ended) == ended
        assert min(ended.values()) > 0
        assert left.stats.queries == 0


# --- the driver -------------------------------------------------------------------------------------------------------


def silent(message_id: int, key: int, *, ref: str | None = None, src: str = "10690001") -> SilentPart:
    return SilentPart(MessageId(message_id), 1, key, ref, phone(1), src, AT)


async def test_a_bind_asks_by_the_id_and_the_number_that_sent_it(line: SendingLine) -> None:
    async with CarrierSimulator(SILENT, protocol="smpp34", receipt_ids="decimal") as carrier:
        options = WireOptions(receipt_ids=ReceiptIds.DECIMAL)
        account = await line.add_account(carrier.port, protocol=Protocol.SMPP34, options=options, window_pdus=2)
        told: list[LinkEvent] = []
        link = await SmppDriver(account, SECRET).open_link(lambda _link, events: told.extend(events))
        assert isinstance(link, SmppLink)
        link.submit([Part(1, 1, 1, phone(1), "10690001", b"\x08\x4f\x60")])
        await until(lambda: _now(told), bool)
        taken = told.pop()
        assert isinstance(taken, Answered)
        await until(lambda: _now(carrier.stats.delivered), bool)
        good = silent(1, taken.carrier_msg_id, ref=taken.carrier_ref)
        seqs = [link.ask(good), link.ask(silent(2, 1))]
        with pytest.raises(LocalProtocolError):
            link.ask(good)  # the window is full
        await until(lambda: _now(told), lambda told: len(told) == 2)
        first = told[0]
        assert isinstance(first, Told)
        assert first.done_time.isdecimal()
        assert told == [Told(seqs[0], "DELIVRD", "DELIVRD", first.done_time), Told(seqs[1], "", "smpp:0x0c")]
        link.ask(silent(1, taken.carrier_msg_id, ref=taken.carrier_ref, src="10690002"))
        await until(lambda: _now(told), lambda told: len(told) == 3)
        assert told[2] == Told(seqs[1] + 1, "", "smpp:0x67")
        with pytest.raises(LocalProtocolError):
            link.ask(silent(3, 1, ref="x" * 80))
        await link.close(1)
        with pytest.raises(LocalProtocolError):
            link.ask(good)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (QuerySmResp(0, "1", "261122103000032+", 2, 0), Told(7, "DELIVRD", "DELIVRD", "2611221030")),
        (QuerySmResp(0, "1", "", 2, 9), Told(7, "DELIVRD", "DELIVRD")),
        (QuerySmResp(0, "1", "tomorrow", 3, 0), Told(7, "EXPIRED", "EXPIRED")),
        (QuerySmResp(0, "1", "", 4, 0), Told(7, "DELETED", "DELETED")),
        (QuerySmResp(0, "1", "", 5, 27), Told(7, "UNDELIV/027", "UNDELIV")),
        (QuerySmResp(0, "1", "", 6, 0), Told(7, "ACCEPTD", "ACCEPTD")),
        (QuerySmResp(0, "1", "", 8, 0), Told(7, "REJECTD", "REJECTD")),
        (QuerySmResp(0, "1", "", 0, 0), Told(7, "", "SCHEDLD")),
        (QuerySmResp(0, "1", "", 1, 0), Told(7, "", "ENROUTE")),
        (QuerySmResp(0, "1", "", 7, 0), Told(7, "", "UNKNOWN")),
        (QuerySmResp(0, "1", "", 99, 0), Told(7, "", "other")),
        (QuerySmResp(ESME_RQUERYFAIL, "1", "", 2, 0), Told(7, "", "smpp:0x67")),
    ],
)
async def test_answers_are_told_in_the_words_of_reports(line: SendingLine, answer: QuerySmResp, told: Told) -> None:
    account = await line.add_account(1, protocol=Protocol.SMPP34)
    link = SmppLink(account, lambda _link, _events: None, no_breach)
    assert link.read(QueryAnswered(7, answer)) == told
    assert link.read(RequestTimedOut(7)) == Told(7, "", "no_answer")


# --- gently -----------------------------------------------------------------------------------------------------------


class AskableLink:
    """A link that takes what its window allows and remembers the order."""

    def __init__(self, window: int) -> None:
        self.window_free = window
        self.said: list[Part | SilentPart] = []

    def submit(self, parts: Sequence[Part]) -> list[int]:
        return [self._say(part) for part in parts]

    def ask(self, part: SilentPart) -> int:
        if part.carrier_ref == "bad":
            raise LocalProtocolError("it does not fit")
        return self._say(part)

    def _say(self, what: Part | SilentPart) -> int:
        self.window_free -= 1
        self.said.append(what)
        return len(self.said) - 1

    def set_window(self, pdus: int) -> None:
        raise AssertionError(pdus)

    def answer(self, seq: int, deliver_id: int) -> None:
        raise AssertionError((seq, deliver_id))

    async def close(self, timeout_s: float) -> None:
        raise AssertionError(timeout_s)


class Scene:
    """A pump over an askable link, and what it tells."""

    def __init__(self, line: SendingLine, window: int) -> None:
        self.results: list[SpanResult] = []
        self.told: list[tuple[int, str]] = []
        self.may_send = True
        self.pump = Pump(
            clock=line.clock,
            pace=Pace(None, line.clock.monotonic() - 1),
            refusals=Refusals(limit=20, pause_s=60.0),
            encode=lambda message: [b"p"] * message.parts,
            may_send=lambda: self.may_send,
            on_result=self.results.append,
            on_delivery=lambda _link, _event: None,
        )
        self.link = AskableLink(window)
        self.pump.attach(self.link)

    def ask(self, *parts: SilentPart) -> None:
        self.pump.ask(parts, lambda part, told: self.told.append((part.message_id, told.said)))

    def hear(self, event: LinkEvent) -> None:
        self.link.window_free += 1
        self.pump.on_events(self.link, [event])


async def test_questions_take_a_small_share_of_the_window_and_wait_for_room(line: SendingLine) -> None:
    scene = Scene(line, window=0)
    assert [scene.pump.question_room(window) for window in (1, 16, 32, 100)] == [1, 1, 2, 6]
    scene.ask(silent(1, 1), silent(2, 2))
    assert scene.link.said == []
    assert [scene.pump.question_room(window) for window in (1, 32, 64)] == [0, 0, 2]
    # when answers make room, a question goes before the rest
    scene.hear(Answered(99, 1, 0, PartOutcome.ACCEPTED))
    assert scene.link.said == [silent(1, 1)]
    scene.hear(Told(0, "", "ENROUTE"))
    assert scene.told == [(1, "ENROUTE")]
    assert scene.link.said == [silent(1, 1), silent(2, 2)]
    assert scene.pump.question_room(32) == 1
    # a carrier that does not know the request answers it with a nack
    scene.hear(Answered(1, 0, 3, PartOutcome.REFUSED, "smpp:0x03"))
    assert scene.told == [(1, "ENROUTE"), (2, "smpp:0x03")]
    assert scene.results == []


async def test_nothing_is_asked_without_the_lease_or_over_a_lost_link(line: SendingLine) -> None:
    scene = Scene(line, window=4)
    scene.may_send = False
    scene.ask(silent(1, 1))
    assert scene.link.said == []
    scene.may_send = True
    scene.ask(silent(2, 2, ref="bad"))  # what cannot be written holds up nobody
    assert scene.link.said == [silent(1, 1)]
    scene.pump.break_off()
    assert scene.pump.question_room(32) == 0
    scene.pump.attach(scene.link)
    assert scene.pump.question_room(32) == 2
    scene.hear(Told(0, "DELIVRD", "DELIVRD"))
    assert scene.told == []


def test_a_part_is_asked_later_and_later_and_the_memory_is_bounded() -> None:
    asked = AskedParts(600.0, known=3)
    key = (MessageId(1), 1)
    times, now_s = [], 0.0
    for _ in range(8):
        assert asked.is_due(key, now_s)
        asked.asked(key, now_s)
        times.append(now_s)
        while not asked.is_due(key, now_s):
            now_s += 60
    waits = [later - earlier for earlier, later in pairwise(times)]
    assert waits == [600, 1200, 2400, 4800, 9600, 19200, 21600]
    for other in range(2, 6):
        asked.asked((MessageId(other), 1), now_s)
    assert len(asked) == 3
    assert asked.is_due((MessageId(2), 1), now_s)
    assert not asked.is_due((MessageId(5), 1), now_s)
