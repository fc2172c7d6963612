"""The door of receipts: every report counts once, early ones wait, uplinks reach their tenant's room."""

import base64
import dataclasses
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TaskId
from hongyan.rooms.carriers.contracts import Account, NewAccount, Protocol, WireOptions
from hongyan.rooms.carriers.service import LINE_TENANT
from hongyan.rooms.delivery.contracts import MessageState, OpenSpan, Verdict
from hongyan.rooms.receipts import store
from hongyan.rooms.receipts.contracts import CarrierReport, CarrierUplink
from hongyan.rooms.receipts.store import NewReport, ReportKey
from support.ledger import ACCOUNT, Ledger, carrier_id, result_of
from support.line import SIGNATURE, TENANT, chunk_of, phone

S = MessageState
OTHER_TASK = TaskId("55555555-5555-4555-8555-555555555555")
LONG = "【鸿雁】" + "春" * 150
NEW = NewAccount(
    name="mobile-1",
    protocol=Protocol.CMPP30,
    host="127.0.0.1",
    port=7890,
    login="901234",
    secret="shared",
    src_number="10690001",
)


@pytest.fixture
def ledger(uow: Uow, shared_db_url: str) -> Ledger:
    return Ledger(uow, shared_db_url)


@pytest.fixture
async def account(uow: Uow, ledger: Ledger) -> Account:
    added = await ledger.line.carriers.add_account(uow, NEW)
    return dataclasses.replace(added, account_id=ACCOUNT)


async def _claimed(ledger: Ledger, count: int = 3) -> OpenSpan:
    await ledger.plan(chunk_of([phone(n) for n in range(count)], now=ledger.clock.now()))
    [span] = await ledger.claim()
    return span


def _reports(span: OpenSpan, stat: str = "DELIVRD") -> list[CarrierReport]:
    return [
        CarrierReport(carrier_id(m.message_id), stat, m.phone[2:], "2611221000", "2611221001", 0) for m in span.messages
    ]


async def test_a_report_counts_once(ledger: Ledger, account: Account) -> None:
    span = await _claimed(ledger)
    await ledger.accept([span])
    reports = _reports(span)
    assert await ledger.line.receipts.take_reports(ledger.uow, account, [*reports, *reports])
    assert not await ledger.line.receipts.take_reports(ledger.uow, account, reports)
    assert await ledger.counts() == {S.DELIVERED: 3}
    assert await ledger.uow.fetch("SELECT count(*) FROM receipts_reports") == [(3,)]


async def test_an_intermediate_report_changes_nothing(ledger: Ledger, account: Account) -> None:
    span = await _claimed(ledger)
    await ledger.accept([span])
    assert not await ledger.line.receipts.take_reports(ledger.uow, account, _reports(span, "ACCEPTD"))
    assert await ledger.counts() == {S.SUBMITTED: 3}
    assert await ledger.line.receipts.count_unmatched(ledger.uow) == 0


async def test_a_listed_report_that_is_said_to_say_nothing_is_taken_off(ledger: Ledger, account: Account) -> None:
    span = await _claimed(ledger)
    await ledger.line.receipts.take_reports(ledger.uow, account, _reports(span, "MK:0017"))
    assert await ledger.line.receipts.count_unmatched(ledger.uow) == 3
    await ledger.accept([span])
    ledger.clock.advance(timedelta(seconds=1))
    told = dataclasses.replace(account, options=WireOptions(stats=(("MK:0017", "ignore"),)))
    assert (await ledger.line.receipts.retry_unmatched(ledger.uow, told))[0] == 3
    assert await ledger.line.receipts.count_unmatched(ledger.uow) == 0
    assert await ledger.counts() == {S.SUBMITTED: 3}


async def test_an_early_report_waits_for_its_answer(ledger: Ledger, account: Account) -> None:
    span = await _claimed(ledger)
    await ledger.line.receipts.take_reports(ledger.uow, account, _reports(span))
    assert await ledger.counts() == {S.ATTEMPTED: 3}
    assert await ledger.line.receipts.count_unmatched(ledger.uow) == 3
    ledger.clock.advance(timedelta(milliseconds=200))
    assert (await ledger.line.receipts.retry_unmatched(ledger.uow, account))[0] == 3
    assert await ledger.line.receipts.count_unmatched(ledger.uow) == 3
    await ledger.accept([span])
    ledger.clock.advance(timedelta(seconds=1))
    assert (await ledger.line.receipts.retry_unmatched(ledger.uow, account))[0] == 3
    assert await ledger.line.receipts.count_unmatched(ledger.uow) == 0
    assert await ledger.counts() == {S.DELIVERED: 3}


async def test_a_report_whose_answer_was_lost_is_explained_by_its_number_after_a_while(
    ledger: Ledger, account: Account
) -> None:
    span = await _claimed(ledger)
    await ledger.close([result_of(span, Verdict.UNKNOWN, "no_answer")])
    await ledger.line.receipts.take_reports(ledger.uow, account, _reports(span))
    assert await ledger.counts() == {S.UNKNOWN: 3}
    ledger.clock.advance(timedelta(seconds=6))
    await ledger.line.receipts.retry_unmatched(ledger.uow, account)
    assert await ledger.counts() == {S.DELIVERED: 3}
    assert await ledger.violations() == []


async def test_a_report_of_what_is_in_flight_explains_no_other_message_to_the_number(
    ledger: Ledger, account: Account
) -> None:
    # given a message whose answer was lost, and another one to the same phone in a span that waits for some answer
    lost = await _claimed(ledger, 1)
    await ledger.close([result_of(lost, Verdict.UNKNOWN, "no_answer")])
    await ledger.plan(chunk_of([phone(0)], task_id=OTHER_TASK, now=ledger.clock.now()))
    [flying] = await ledger.claim()
    # when the report on the second one comes
    await ledger.line.receipts.take_reports(ledger.uow, account, _reports(flying))
    ledger.clock.advance(timedelta(seconds=40))
    await ledger.line.receipts.retry_unmatched(ledger.uow, account)
    # then it waits for its answer
    assert await ledger.counts() == {S.UNKNOWN: 1}
    await ledger.accept([flying])
    ledger.clock.advance(timedelta(seconds=40))
    await ledger.line.receipts.retry_unmatched(ledger.uow, account)
    assert await ledger.counts() == {S.UNKNOWN: 1}
    assert await ledger.counts(OTHER_TASK) == {S.DELIVERED: 1}
    assert await ledger.violations() == []


async def test_a_late_report_that_is_repeated_over_midnight_counts_once(ledger: Ledger, account: Account) -> None:
    # given a message of three parts that was lost and is sent once more
    ledger.clock.advance(timedelta(hours=21, minutes=58))
    await ledger.plan(chunk_of([phone(0)], text=LONG, now=ledger.clock.now()))
    [lost] = await ledger.claim()
    await ledger.close([result_of(lost, Verdict.UNKNOWN, "no_answer")])
    await ledger.door.unknowns.resend(ledger.uow, [lost.messages[0].message_id], by="ada")
    # when the carrier says of one part of the first sending, before midnight and after it, that it failed
    for _ in range(2):
        await ledger.line.receipts.take_reports(ledger.uow, account, _reports(lost, "UNDELIV"))
        ledger.clock.advance(timedelta(minutes=2))
        await ledger.line.receipts.retry_unmatched(ledger.uow, account)
    # then one part was heard of
    assert await ledger.uow.fetch("SELECT cardinality(heard) FROM delivery_resends") == [(1,)]
    assert await ledger.line.receipts.count_unmatched(ledger.uow) == 0


async def test_a_text_that_is_repeated_over_midnight_is_told_once(ledger: Ledger, account: Account) -> None:
    ledger.clock.advance(timedelta(hours=21, minutes=59, seconds=59))
    uplink = CarrierUplink(99, phone(5), account.src_number, "hello")
    assert await ledger.line.receipts.take_uplink(ledger.uow, account, uplink)
    ledger.clock.advance(timedelta(seconds=11))
    assert not await ledger.line.receipts.take_uplink(ledger.uow, account, uplink)
    # another text under the same id is another one
    other = uplink._replace(text="hello again")
    assert await ledger.line.receipts.take_uplink(ledger.uow, account, other)
    assert await ledger.uow.fetch("SELECT count(*) FROM receipts_uplinks") == [(2,)]


async def test_reports_are_written_in_one_order(
    ledger: Ledger, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    span = await _claimed(ledger)
    written: list[list[NewReport]] = []
    insert = store.insert_reports

    async def spy(uow: Uow, day: int, account_id: int, rows: Sequence[NewReport], at: datetime) -> set[ReportKey]:
        written.append(list(rows))
        return await insert(uow, day, account_id, rows, at)

    monkeypatch.setattr(store, "insert_reports", spy)
    await ledger.line.receipts.take_reports(ledger.uow, account, _reports(span)[::-1])
    await ledger.line.receipts.take_reports(ledger.uow, account, _reports(span))
    assert written[0] == written[1]


@pytest.mark.parametrize("has_answer", [True, False])
@pytest.mark.parametrize("has_looked", [True, False])
async def test_what_came_while_the_clock_was_ahead_does_not_wait_for_that_time(
    ledger: Ledger, account: Account, *, has_answer: bool, has_looked: bool
) -> None:
    span = await _claimed(ledger)
    await ledger.line.receipts.retry_unmatched(ledger.uow, account)
    # given reports that came before their answers, while the clock was an hour ahead
    ledger.clock.advance(timedelta(hours=1))
    await ledger.line.receipts.take_reports(ledger.uow, account, _reports(span))
    if has_looked:
        await ledger.line.receipts.retry_unmatched(ledger.uow, account)
    # when it is put right, and the answers come or are lost
    ledger.clock.advance(timedelta(hours=-1))
    await ledger.close([result_of(span, Verdict.ACCEPTED if has_answer else Verdict.UNKNOWN)])
    for _ in range(4):
        await ledger.line.receipts.retry_unmatched(ledger.uow, account)
        ledger.clock.advance(timedelta(seconds=6))
    # then they are explained within seconds, also when nobody had looked meanwhile
    assert await ledger.counts() == {S.DELIVERED: 3}
    assert await ledger.line.receipts.count_unmatched(ledger.uow) == 0


async def test_an_invented_report_stays_listed(ledger: Ledger, account: Account) -> None:
    invented = CarrierReport(4711, "DELIVRD", "13900000000", "", "", 0)
    await ledger.line.receipts.take_reports(ledger.uow, account, [invented])
    ledger.clock.advance(timedelta(hours=73))
    assert (await ledger.line.receipts.retry_unmatched(ledger.uow, account))[0] == 1
    ledger.clock.advance(timedelta(hours=73))
    assert (await ledger.line.receipts.retry_unmatched(ledger.uow, account))[0] == 0
    assert await ledger.line.receipts.count_unmatched(ledger.uow) == 1


async def test_an_uplink_to_a_signatures_number_reaches_its_tenant_sealed(ledger: Ledger, account: Account) -> None:
    await ledger.line.carriers.provision_signature(ledger.uow, TENANT, SIGNATURE)
    channel = await ledger.line.carriers.find_channel(ledger.uow, TENANT, SIGNATURE)
    assert channel is not None
    uplink = CarrierUplink(99, phone(5), account.src_number + channel.extension, "R\0")
    assert await ledger.line.receipts.take_uplink(ledger.uow, account, uplink)
    assert not await ledger.line.receipts.take_uplink(ledger.uow, account, uplink)
    [[job]] = await ledger.uow.fetch("SELECT args FROM procrastinate_jobs WHERE task_name = 'audience.uplink_received'")
    sealer = await ledger.line.keys.sealer(ledger.uow, TENANT)
    assert sealer.open(base64.b64decode(job["number"])) == phone(5)
    assert (job["tenant_id"], job["signature_id"], job["text"]) == (TENANT, SIGNATURE, "R")
    [[told]] = await ledger.uow.fetch("SELECT args FROM procrastinate_jobs WHERE task_name = 'callbacks.uplink'")
    assert told == {**job, "dialled": uplink.dest, "at": ledger.clock.now().isoformat()}
    [[asked]] = await ledger.uow.fetch(
        "SELECT args FROM procrastinate_jobs WHERE task_name = 'campaigns.answer_uplink'"
    )
    assert asked == {**job, "at": told["at"]}


async def test_an_uplink_to_nobody_is_stored(ledger: Ledger, account: Account) -> None:
    assert await ledger.line.receipts.take_uplink(ledger.uow, account, CarrierUplink(1, phone(1), "10690001", "hi"))
    assert await ledger.uow.fetch("SELECT tenant_id, text FROM receipts_uplinks") == [(None, "hi")]
    assert await ledger.uow.fetch("SELECT task_name FROM procrastinate_jobs") == [("audience.uplink_received",)]


async def test_a_reply_to_a_video_message_is_told_to_campaigns(ledger: Ledger, account: Account) -> None:
    media = dataclasses.replace(account, protocol=Protocol.MM7)
    assert await ledger.line.receipts.take_uplink(ledger.uow, media, CarrierUplink(1, phone(1), "10690001", "好"))
    [[told]] = await ledger.uow.fetch("SELECT args FROM procrastinate_jobs WHERE task_name = 'campaigns.video_reply'")
    line = await ledger.line.keys.sealer(ledger.uow, LINE_TENANT)
    assert line.open(base64.b64decode(told.pop("number"))) == phone(1)
    assert told.pop("uplink_id")
    assert told == {"account_id": ACCOUNT, "text": "好", "at": ledger.clock.now().isoformat()}


async def test_partitions_are_made_ahead_once(ledger: Ledger) -> None:
    assert len(await ledger.line.receipts.ensure_partitions(ledger.uow)) == 4
    assert await ledger.line.receipts.ensure_partitions(ledger.uow) == []
