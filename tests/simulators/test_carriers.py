"""The carrier simulator, driven by the client of the wire library over real sockets."""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from simulators.carriers.profiles import PROFILES, Profile
from simulators.carriers.simulator import CarrierSimulator
from telcowire.asyncio.cmpp import CmppConnection, connect_cmpp
from telcowire.cmpp.events import (
    CancelAnswered,
    CmppEvent,
    MoReceived,
    QueryAnswered,
    ReportReceived,
    SubmitAnswered,
)
from telcowire.cmpp.flavour import CmppAccount
from telcowire.cmpp.pdus import Query, Submit
from telcowire.cmpp.reports import DELIVRD
from telcowire.smstext.segments import split_ucs2

WAIT_S = 20
QUICK = {"latency_s": 0.0, "report_after_s": 0.0}


class Phone:
    """An SP that answers every report at once and remembers everything."""

    def __init__(self, *, answers: bool = True) -> None:
        self.events: list[CmppEvent] = []
        self._answers = answers
        self._news = asyncio.Event()
        self.watchers = [self._news]

    def __call__(self, connection: CmppConnection, events: list[CmppEvent]) -> None:
        self.events.extend(events)
        for event in events:
            if self._answers and isinstance(event, ReportReceived):
                connection.answer(event.seq, event.deliver_msg_id)
            if self._answers and isinstance(event, MoReceived):
                connection.answer(event.seq, event.deliver.msg_id)
        for watcher in self.watchers:
            watcher.set()

    def all(self, kind: type) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]

    async def until(self, is_there: Callable[[], bool]) -> None:
        async with asyncio.timeout(WAIT_S):
            while not is_there():
                self._news.clear()
                await self._news.wait()


async def connect(simulator: CarrierSimulator, phone: Phone, **options: Any) -> CmppConnection:
    account = CmppAccount(**{"source_addr": "901234", "secret": "shared", "window_pdus": 1000, **options})
    return await connect_cmpp("127.0.0.1", simulator.port, account, phone)


def submits(numbers: list[str], text: str = "【鸿雁】你好") -> list[Submit]:
    parts = split_ucs2(text, 7)
    return [
        Submit(
            src_id="10690001",
            dest_terminal_ids=(number,),
            msg_content=part,
            tp_udhi=int(len(parts) > 1),
            pk_total=len(parts),
            pk_number=no,
        )
        for number in numbers
        for no, part in enumerate(parts, 1)
    ]


def numbers(count: int) -> list[str]:
    return [f"138{index:08d}" for index in range(count)]


@pytest.mark.parametrize("protocol", ["cmpp20", "cmpp30"])
async def test_happy_delivers_and_reports_everything(protocol: str) -> None:
    async with CarrierSimulator(protocol=protocol, **QUICK) as simulator:
        phone = Phone()
        client = await connect(simulator, phone, version={"cmpp20": 0x20, "cmpp30": 0x30}[protocol])
        client.submit_many(submits(numbers(500)))
        await phone.until(lambda: len(phone.all(ReportReceived)) == 500)
        answers = phone.all(SubmitAnswered)
        assert {answer.result for answer in answers} == {0}
        ids = {answer.msg_id for answer in answers}
        assert len(ids) == 500
        reports = phone.all(ReportReceived)
        assert {report.report.msg_id for report in reports} == ids
        assert {report.report.stat for report in reports} == {DELIVRD}
        assert sorted(message.dest for message in simulator.received) == numbers(500)
        await client.terminate(WAIT_S)
    assert simulator.stats.delivered == simulator.stats.reports_answered == simulator.stats.messages == 500


async def test_a_long_message_arrives_as_one() -> None:
    text = "【鸿雁】" + "长" * 100
    async with CarrierSimulator(**QUICK) as simulator:
        phone = Phone()
        client = await connect(simulator, phone)
        client.submit_many(submits(["13800000000"], text))
        await phone.until(lambda: len(phone.all(ReportReceived)) == 2)
        (received,) = simulator.received
        assert (received.text, received.parts, received.src_id) == (text, 2, "10690001")
        (message,) = simulator.inbox.list_messages("13800000000")
        assert (message.text, message.parts, message.src_id) == (text, 2, "10690001")
        await client.terminate(WAIT_S)


async def test_a_group_gets_ids_that_follow_each_other() -> None:
    async with CarrierSimulator(**QUICK) as simulator:
        phone = Phone()
        client = await connect(simulator, phone)
        client.submit(submits(["1"])[0]._replace(dest_terminal_ids=("13800000000", "+8613800000001")))
        await phone.until(lambda: len(phone.all(ReportReceived)) == 2)
        first = phone.all(SubmitAnswered)[0].msg_id
        assert [event.report.msg_id for event in phone.all(ReportReceived)] == [first, first + 1]
        await client.terminate(WAIT_S)


async def test_who_asks_for_no_report_gets_none_and_bad_numbers_are_refused() -> None:
    async with CarrierSimulator(**QUICK) as simulator:
        phone = Phone()
        client = await connect(simulator, phone)
        (quiet,) = submits(["13800000000"])
        client.submit_many([quiet._replace(registered_delivery=0), *submits(["abc", "13800000001"])])
        await phone.until(lambda: len(phone.all(ReportReceived)) == 1)
        assert [event.result for event in phone.all(SubmitAnswered)] == [0, 13, 0]
        assert phone.all(ReportReceived)[0].report.dest == "13800000001"
        assert simulator.stats.delivered == 2
        await client.terminate(WAIT_S)


async def test_content_that_is_no_text_is_kept_as_hex() -> None:
    async with CarrierSimulator(**QUICK) as simulator:
        phone = Phone()
        client = await connect(simulator, phone)
        (submit,) = submits(["13800000000"])
        client.submit(submit._replace(msg_fmt=4, msg_content=b"\x01\x02"))
        await phone.until(lambda: bool(phone.all(ReportReceived)))
        assert simulator.received[0].text == "0102"
        await client.terminate(WAIT_S)


async def test_fates_depend_on_seed_and_number_only() -> None:
    async def fates(seed: int, order: int) -> dict[str, str]:
        async with CarrierSimulator(fail_percent=30, seed=seed, carrier="unicom", **QUICK) as simulator:
            phone = Phone()
            client = await connect(simulator, phone)
            client.submit_many(submits(numbers(200)[::order]))
            await phone.until(lambda: len(phone.all(ReportReceived)) == 200)
            await client.terminate(WAIT_S)
            return {event.report.dest: event.report.stat for event in phone.all(ReportReceived)}

    first = await fates(1, 1)
    assert first == await fates(1, -1)
    assert first != await fates(2, 1)
    failed = sum(stat != DELIVRD for stat in first.values())
    assert 30 <= failed <= 90
    assert set(first.values()) >= {DELIVRD, "UNDELIV", "-43"}


async def test_no_loss_overrides_failures() -> None:
    async with CarrierSimulator("dropping", fail_percent=50, no_loss=True, **QUICK) as simulator:
        phone = Phone()
        client = await connect(simulator, phone)
        client.submit_many(submits(numbers(600)))
        await phone.until(lambda: len(phone.all(ReportReceived)) == 600)
        assert {event.report.stat for event in phone.all(ReportReceived)} == {DELIVRD}
        assert client.is_open
        await client.terminate(WAIT_S)


async def test_throttling_answers_flow_control_beyond_its_rate() -> None:
    async with CarrierSimulator("throttling", rate_per_s=10, latency_s=0.0, report_after_s=0.0) as simulator:
        phone = Phone()
        client = await connect(simulator, phone)
        client.submit_many(submits(numbers(100)))
        await phone.until(lambda: len(phone.all(SubmitAnswered)) == 100)
        results = Counter(event.result for event in phone.all(SubmitAnswered))
        assert set(results) == {0, 8}
        assert 10 <= results[0] <= 20
        assert simulator.stats.throttled == results[8]
        await client.terminate(WAIT_S)


async def test_a_full_memory_is_flow_control_too() -> None:
    async with CarrierSimulator(latency_s=0.0, report_after_s=60.0, max_pending=5) as simulator:
        phone = Phone()
        client = await connect(simulator, phone)
        client.submit_many(submits(numbers(10)))
        await phone.until(lambda: len(phone.all(SubmitAnswered)) == 10)
        assert [event.result for event in phone.all(SubmitAnswered)] == [0] * 6 + [8] * 4
        await client.terminate(WAIT_S)


async def test_dropping_cuts_connections_and_loses_answers() -> None:
    async with CarrierSimulator("dropping", latency_s=0.0, report_after_s=5.0, seed=3) as simulator:
        phone = Phone()
        client = await connect(simulator, phone)
        client.submit_many(submits(numbers(600)))
        await asyncio.wait_for(client.wait_closed(), WAIT_S)
        assert client.closed is not None
        assert len(client.closed.unanswered) == 600 - len(phone.all(SubmitAnswered))
        assert simulator.stats.cut_connections == 1
        assert simulator.stats.lost_answers > 0


async def test_reports_of_a_lost_connection_come_on_the_next() -> None:
    async with CarrierSimulator(latency_s=0.0, report_after_s=0.3) as simulator:
        first, second = Phone(), Phone()
        client = await connect(simulator, first)
        client.submit_many(submits(numbers(10)))
        await first.until(lambda: len(first.all(SubmitAnswered)) == 10)
        simulator.cut_connections()
        await asyncio.wait_for(client.wait_closed(), WAIT_S)
        again = await connect(simulator, second)
        await second.until(lambda: len(second.all(ReportReceived)) == 10)
        ids = {event.msg_id for event in first.all(SubmitAnswered)}
        assert {event.report.msg_id for event in second.all(ReportReceived)} == ids
        await again.terminate(WAIT_S)


async def test_an_unanswered_report_comes_again_with_its_id() -> None:
    async with CarrierSimulator(response_timeout_s=0.05, **QUICK) as simulator:
        phone = Phone(answers=False)
        client = await connect(simulator, phone)
        client.submit_many(submits(["13800000000"]))
        await phone.until(lambda: len(phone.all(ReportReceived)) == 3)
        deliveries = phone.all(ReportReceived)
        assert len({event.deliver_msg_id for event in deliveries}) == 1
        assert len({event.report for event in deliveries}) == 1
        client.answer(deliveries[0].seq, deliveries[0].deliver_msg_id)
        await client.terminate(WAIT_S)


async def test_lying_reports_early_twice_elsewhere_and_about_strangers() -> None:
    async with CarrierSimulator("lying", latency_s=0.0, report_after_s=0.05, seed=5) as simulator:
        phone, other = Phone(), Phone()
        phone.watchers = other.watchers = phone.watchers + other.watchers
        client, second = await connect(simulator, phone), await connect(simulator, other)
        client.submit_many(submits(numbers(400)))

        def seen() -> set[str]:
            events = [*phone.all(ReportReceived), *other.all(ReportReceived)]
            return {event.report.dest for event in events if event.report.stat != "ACCEPTD"}

        await phone.until(lambda: len(phone.all(SubmitAnswered)) == 400)
        await other.until(lambda: len(seen()) == 400)
        ids = {event.msg_id for event in phone.all(SubmitAnswered)}
        reports = [event.report for event in phone.all(ReportReceived) + other.all(ReportReceived)]
        final = [report for report in reports if report.stat != "ACCEPTD"]
        assert len(final) > len(reports) - 60
        assert other.all(ReportReceived), "some came on the other connection"
        assert {report.msg_id for report in final} > ids, "some name ids that nobody was given"
        assert max(Counter(report.msg_id for report in final).values()) == 2, "some came twice"
        first_answer = {event.msg_id: at for at, event in enumerate(phone.events) if isinstance(event, SubmitAnswered)}
        early = [
            event
            for at, event in enumerate(phone.events)
            if isinstance(event, ReportReceived) and at < first_answer.get(event.report.msg_id, -1)
        ]
        assert early, "some came before the answer"
        await client.terminate(WAIT_S)
        await second.terminate(WAIT_S)


async def test_an_uplink_reaches_the_account_whole() -> None:
    async with CarrierSimulator(**QUICK) as simulator:
        assert not simulator.send_mo("13800000000", "10690001", "R")
        phone = Phone()
        client = await connect(simulator, phone)
        assert simulator.send_mo("13800000000", "10690001", "退" * 80)
        await phone.until(lambda: len(phone.all(MoReceived)) == 2)
        delivers = [event.deliver for event in phone.all(MoReceived)]
        assert {(deliver.src_terminal_id, deliver.dest_id) for deliver in delivers} == {("13800000000", "10690001")}
        assert "".join(deliver.msg_content[6:].decode("utf-16-be") for deliver in delivers) == "退" * 80
        await client.terminate(WAIT_S)
    assert simulator.stats.uplinks == 1


async def test_queries_and_cancels_are_answered() -> None:
    async with CarrierSimulator(**QUICK) as simulator:
        phone = Phone()
        client = await connect(simulator, phone)
        client.query(Query("20261122", 0))
        client.cancel(7)
        await phone.until(lambda: bool(phone.all(QueryAnswered) and phone.all(CancelAnswered)))
        assert phone.all(QueryAnswered)[0].answer.time == "20261122"
        assert phone.all(CancelAnswered)[0].success_id == 1
        assert simulator.read_stats()["connections"] == 1
        await client.terminate(WAIT_S)


def test_profiles_have_their_names_and_lose_nothing_when_told_so() -> None:
    assert set(PROFILES) == {"happy", "slow", "throttling", "dropping", "lying", "reordering", "silent", "duplicating"}
    kept = [profile.without_loss() for profile in PROFILES.values()]
    assert all(
        (profile.fail_percent, profile.lost_answer_percent, profile.lost_report_percent, profile.drop_every)
        == (0, 0, 0, None)
        for profile in kept
    )
    assert Profile("x").report_after_s == 1.0


async def test_slow_spreads_its_answers() -> None:
    slow = Profile("slow", latency_s=0.01, latency_jitter_s=0.05, report_after_s=0.01, report_jitter_s=0.05)
    async with CarrierSimulator(slow) as simulator:
        phone = Phone()
        client = await connect(simulator, phone)
        seqs = client.submit_many(submits(numbers(100)))
        await phone.until(lambda: len(phone.all(ReportReceived)) == 100)
        answered = [event.seq for event in phone.all(SubmitAnswered)]
        assert sorted(answered) == seqs
        assert answered != seqs, "answers overtake each other"
        await client.terminate(WAIT_S)
