"""A channel that refuses everything must not burn the queue: it rests, tries one by one, and stand-ins take over."""

from dataclasses import replace
from pathlib import Path

import pytest

from hongyan.kernel.db.database import Database
from hongyan.rooms.carriers.contracts import Health, HealthState
from hongyan.rooms.delivery.contracts import MessageState
from hongyan.rooms.gateways.contracts import AlarmKind
from hongyan.rooms.gateways.service.alarms import AlarmsService, Thresholds
from hongyan.rooms.gateways.service.health import Limits
from hongyan.rooms.gateways.service.refusals import Refusals, is_of_channel
from simulators.carriers.profiles import Profile
from simulators.carriers.simulator import CarrierSimulator
from support.line import SendingLine, chunk_of, phone, until
from support.speeches import SMGP30

S = MessageState
QUICK = Profile("quick", latency_s=0.002, report_after_s=0.1)
WINDOW = 16


class Reading:
    """What there is to see of a line."""

    def __init__(self, line: SendingLine, folder: Path) -> None:
        self._line = line
        self._alarms = AlarmsService(
            db=line.db,
            clock=line.clock,
            carriers=line.carriers,
            delivery=line.delivery,
            folders=[folder],
            thresholds=Thresholds(down_s=3600),
        )

    async def health(self) -> dict[str, Health]:
        async with self._line.db.begin() as uow:
            names = {one.account_id: one.name for one in await self._line.carriers.list_accounts(uow)}
            return {names[one.account_id]: one for one in await self._line.carriers.list_health(uow)}

    async def reasons(self) -> dict[str, str]:
        return {name: health.reason for name, health in (await self.health()).items()}

    async def alarms(self) -> set[tuple[AlarmKind, str]]:
        await self._alarms.look()
        async with self._line.db.begin() as uow:
            return {(one.kind, one.subject) for one in await self._alarms.list_alarms(uow)}


def _refuse_all(carrier: CarrierSimulator, code: int, phones: list[str]) -> None:
    carrier._face.bad_destination = code  # type: ignore[misc]
    for number in phones:
        for written in (number, number[2:]):  # however the protocol writes it
            carrier.refuse(written)


@pytest.mark.parametrize(
    ("code", "is_blamed"),
    [
        ("9", True),
        ("13", False),
        ("8", False),
        ("smgp:46", True),
        ("sgip:4", True),
        ("smpp:0x0b", False),
        ("no", False),
    ],
)
def test_which_refusals_blame_the_channel(code: str, is_blamed: bool) -> None:
    assert is_of_channel(code) is is_blamed


def test_a_row_is_what_no_acceptance_breaks() -> None:
    refusals = Refusals(limit=3, pause_s=60.0)
    for code in ("9", "13", "9"):  # what blames the message counts for nothing, and breaks nothing
        refusals.refused(code, 0.0)
    assert (refusals.in_row, refusals.is_on_trial) == (2, False)
    refusals.accepted()
    for now_s in (1.0, 2.0):
        refusals.refused("9", now_s)
    assert not refusals.is_paused(2.0)
    refusals.refused("5", 3.0)
    assert [refusals.is_paused(at) for at in (3.0, 62.9, 63.1)] == [True, True, False]
    # after the pause it is still on trial: one refusal, and it rests again
    assert refusals.is_on_trial
    refusals.refused("9", 64.0)
    assert refusals.is_paused(120.0)
    refusals.accepted()
    assert (refusals.is_on_trial, refusals.is_paused(120.0)) == (False, False)


async def test_what_a_misconfigured_channel_has_not_refused_goes_to_its_stand_in(db: Database, tmp_path: Path) -> None:
    line = SendingLine(db, limits=Limits(failover_s=1.0, refusals=20, refusal_pause_s=30.0))
    await line.prepare()
    reading = Reading(line, tmp_path)
    phones = [phone(n) for n in range(400)]
    async with CarrierSimulator(QUICK) as bad, CarrierSimulator(QUICK) as good:
        # given a channel whose carrier refuses its service id
        _refuse_all(bad, 7, phones)
        await line.add_account(bad.port, name="bad", group="g", window_pdus=WINDOW)
        await line.plan(chunk_of(phones))
        await line.add_account(good.port, name="good", group="g", priority=1)
        async with line.running():
            health = await until(reading.health, lambda all_: _reason(all_, "bad") == "misconfigured", timeout_s=15)
            assert health["bad"].state is HealthState.DOWN
            assert await reading.alarms() == {(AlarmKind.CHANNEL_REFUSING, "bad")}
            # then some were refused, and stay so; nearly all went the other way
            counts = await until(line.counts, lambda counts: not counts.keys() - {S.DELIVERED, S.FAILED}, timeout_s=15)
        assert 20 <= counts[S.FAILED] <= 20 + 2 * WINDOW
        assert bad.stats.submits == counts[S.FAILED]
        assert counts[S.DELIVERED] == good.stats.messages == 400 - counts[S.FAILED]
    assert await line.violations() == []


async def test_a_channel_that_accepts_again_goes_on_by_itself(db: Database, tmp_path: Path) -> None:
    line = SendingLine(db, limits=Limits(refusals=5, refusal_pause_s=1.0))
    await line.prepare()
    reading = Reading(line, tmp_path)
    phones = [phone(n) for n in range(200)]
    async with CarrierSimulator(QUICK) as carrier:
        _refuse_all(carrier, 7, phones)
        await line.add_account(carrier.port, window_pdus=WINDOW)
        await line.plan(chunk_of(phones))
        async with line.running():
            await until(reading.reasons, lambda reasons: reasons.get("carrier-1") == "misconfigured", timeout_s=15)
            burnt = carrier.stats.submits
            carrier._core.refused.clear()
            counts = await until(line.counts, lambda counts: not counts.keys() - {S.DELIVERED, S.FAILED}, timeout_s=20)
            # most of the last minutes' answers are good: it is well again
            await until(reading.reasons, lambda reasons: reasons == {"carrier-1": ""}, timeout_s=15)
            assert await reading.alarms() == set()
        assert counts[S.FAILED] <= burnt + 2
    assert await line.violations() == []


@pytest.mark.parametrize("code", [74, 75, 76])
async def test_a_quota_that_is_used_up_fails_nothing(db: Database, tmp_path: Path, code: int) -> None:
    line = SendingLine(db, limits=Limits(refusal_pause_s=1.5))
    await line.prepare()
    reading = Reading(line, tmp_path)
    phones = [phone(n) for n in range(100)]
    profile = replace(QUICK, report_after_s=0.05)
    async with SMGP30.simulate(profile) as pair:
        _refuse_all(pair.carrier, code, phones)
        await pair.add_account(line, window_pdus=WINDOW)
        await line.plan(chunk_of(phones))
        async with line.running():
            health = await until(reading.health, lambda all_: _reason(all_, "carrier-1") == "quota", timeout_s=15)
            assert health["carrier-1"].state is HealthState.DEGRADED
            # it tries now and then, one message at a time
            assert pair.carrier.stats.submits <= 2 * WINDOW + 5
            pair.carrier._core.refused.clear()
            await until(line.counts, lambda counts: counts == {S.DELIVERED: 100}, timeout_s=30)
            await until(reading.reasons, lambda reasons: reasons["carrier-1"] in {"", "throttled"}, timeout_s=15)
    assert await line.violations() == []


def _reason(health: dict[str, Health], name: str) -> str | None:
    return health[name].reason if name in health else None
