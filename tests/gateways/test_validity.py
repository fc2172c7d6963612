"""Until when a carrier may deliver: in every protocol, and only where the account says it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hongyan.kernel.db.database import Database
from hongyan.rooms.carriers.contracts import Protocol, WireOptions
from hongyan.rooms.delivery.contracts import MessageState
from hongyan.rooms.gateways.contracts import Answered, LinkEvent, Part, PartOutcome, Reported, no_content
from hongyan.rooms.gateways.drivers import cmpp, sgip, smgp, smpp
from hongyan.rooms.gateways.drivers.choice import driver_of
from hongyan.rooms.gateways.drivers.validity import time_writer
from simulators.carriers.core import CarrierCore
from simulators.carriers.profiles import Profile
from support.line import SECRET, SendingLine, chunk_of, phone, until
from support.speeches import CMPP30, SPEECHES, Speech
from telcowire.errors import LocalProtocolError
from telcowire.validity import read_time

SAYS_IT = WireOptions(sends_validity=True)
SLOW = Profile("slow", latency_s=0.002, report_after_s=60.0)
TEXT = b"\x08" + "你好".encode("utf-16-be")
MODULES = {
    Protocol.CMPP20: cmpp,
    Protocol.CMPP30: cmpp,
    Protocol.SGIP12: sgip,
    Protocol.SMGP30: smgp,
    Protocol.SMPP34: smpp,
}
BAD_VALIDITY = {
    Protocol.CMPP20: 1,
    Protocol.CMPP30: 1,
    Protocol.SGIP12: 5,
    Protocol.SMGP30: 44,
    Protocol.SMPP34: 0x62,
}
every_speech = pytest.mark.parametrize("speech", SPEECHES, ids=lambda speech: speech.name)


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the validities that simulated carriers read, as they came."""
    found: list[str] = []
    take = CarrierCore.take_submission

    def note(core: CarrierCore, link: Any, seq: int, submission: Any) -> None:
        found.append(submission.validity)
        take(core, link, seq, submission)

    monkeypatch.setattr(CarrierCore, "take_submission", note)
    return found


async def _now(value: Any) -> Any:
    return value


@every_speech
async def test_a_carrier_that_knows_the_end_reports_what_it_did_not_deliver(
    db: Database, speech: Speech, written: list[str]
) -> None:
    line, told = SendingLine(db), list[LinkEvent]()
    await line.prepare()
    telling = replace(speech, options=replace(speech.options, sends_validity=True))
    async with telling.simulate(SLOW) as pair:
        account = await pair.add_account(line)
        driver = driver_of(account, SECRET, clock=line.clock, load_content=no_content, may_send=lambda: True)
        link = await driver.open_link(lambda _link, events: told.extend(events))
        ends = datetime.now(UTC) + timedelta(seconds=1)
        link.submit([Part(n, 1, 1, phone(n), "10690001", TEXT, at) for n, at in ((1, ends), (2, None))])
        await until(lambda: _now(pair.carrier.stats.failed), lambda count: count == 1)
        assert [read_time(text, ends) for text in written] == [ends.replace(microsecond=0), None]
        if not speech.listens:
            reports = await until(
                lambda: _now([one.report for one in told if isinstance(one, Reported)]), lambda found: len(found) == 1
            )
            assert [(one.dest, one.stat.partition("/")[0]) for one in reports] == [(phone(1), "EXPIRED")]
        assert pair.carrier.stats.delivered == 0
        with pytest.raises(LocalProtocolError):
            link.submit([Part(3, 1, 1, phone(3), "10690001", TEXT, ends.replace(year=2199))])
        await link.close(1)


@every_speech
async def test_a_validity_that_is_no_time_is_refused(
    db: Database, speech: Speech, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MODULES[speech.protocol], "time_writer", lambda _options: lambda _at: "tomorrow")
    line, told = SendingLine(db), list[LinkEvent]()
    await line.prepare()
    async with speech.simulate(SLOW) as pair:
        account = await pair.add_account(line)
        driver = driver_of(account, SECRET, clock=line.clock, load_content=no_content, may_send=lambda: True)
        link = await driver.open_link(lambda _link, events: told.extend(events))
        link.submit([Part(1, 1, 1, phone(1), "10690001", TEXT, datetime.now(UTC))])
        (answer,) = await until(lambda: _now([one for one in told if isinstance(one, Answered)]), bool)
        assert (answer.outcome, answer.result) == (PartOutcome.REFUSED, BAD_VALIDITY[speech.protocol])
        assert pair.carrier.stats.accepted == 0
        await link.close(1)


@every_speech
async def test_nobody_is_told_unasked(db: Database, speech: Speech, written: list[str]) -> None:
    line = SendingLine(db)
    await line.prepare()
    async with speech.simulate(SLOW) as pair:
        account = await pair.add_account(line)
        driver = driver_of(account, SECRET, clock=line.clock, load_content=no_content, may_send=lambda: True)
        link = await driver.open_link(lambda _link, _events: None)
        link.submit([Part(1, 1, 1, phone(1), "10690001", TEXT, datetime.now(UTC))])
        assert await until(lambda: _now(written), bool) == [""]
        await link.close(1)


async def test_the_end_of_a_send_travels_with_its_messages(db: Database, written: list[str]) -> None:
    line = SendingLine(db)
    await line.prepare()
    telling = replace(CMPP30, options=replace(CMPP30.options, sends_validity=True))
    async with telling.simulate(SLOW) as pair:
        await pair.add_account(line)
        chunk = chunk_of([phone(1), phone(2)], expires_in=timedelta(seconds=8))
        await line.plan(chunk)
        async with line.running():
            wanted = {MessageState.EXPIRED: 2}
            assert await until(line.counts, lambda counts: counts == wanted) == wanted
    assert [read_time(text, chunk.expires_at) for text in written] == [chunk.expires_at.replace(microsecond=0)] * 2
    assert await line.violations() == []


def test_one_batch_is_written_once() -> None:
    write, at = time_writer(SAYS_IT), datetime(2026, 11, 24, 7, tzinfo=UTC)
    assert write(at) == "261124150000032+"
    assert write(at) is write(at.replace())
    assert write(None) == ""
