"""Whatever a carrier may say: the account goes on, what can be stored is, and the rest is named and counted."""

from typing import Any

import pytest

from hongyan.kernel.db.database import Database
from hongyan.kernel.metrics import Metrics
from hongyan.rooms.carriers.contracts import WireOptions
from hongyan.rooms.delivery.contracts import FINAL_STATES, MessageState
from hongyan.rooms.gateways.contracts import PartOutcome
from hongyan.rooms.gateways.drivers.results import CMPP, SMGP, SMPP
from simulators.carriers.profiles import Profile
from simulators.carriers.simulator import CarrierSimulator
from support.line import SendingLine, chunk_of, phone, until
from support.speeches import CMPP30, SMGP30, SMPP34, Speech

S = MessageState
QUICK = Profile("quick", latency_s=0.002, report_after_s=0.1)
_POISON = """
CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF {test} THEN RAISE EXCEPTION 'no such value' USING ERRCODE = '22003'; END IF;
    RETURN NEW;
END $$
"""


class Line(SendingLine):
    """A line whose broken rules can be counted."""

    def __init__(self, db: Database) -> None:
        self.metrics = Metrics("gateway")
        super().__init__(db, metrics=self.metrics)

    def breaches(self) -> float:
        start = 'hongyan_gateway_breaches_total{account="carrier-1",kind="bad_structure"} '
        lines = self.metrics.render().decode().splitlines()
        return sum(float(row.removeprefix(start)) for row in lines if row.startswith(start))

    async def poison(self, table: str, test: str) -> None:
        """Let the database refuse values of a table, as it does those out of range."""
        async with self.db.begin() as uow:
            await uow.fetch(_POISON.format(test=test))  # type: ignore[arg-type] # a test's own text
            await uow.fetch(
                f"CREATE TRIGGER poison BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION poison()"  # type: ignore[arg-type]
            )

    async def rows(self, query: Any) -> list[tuple[Any, ...]]:
        async with self.db.begin() as uow:
            return await uow.fetch(query)


@pytest.fixture
async def line(db: Database) -> Line:
    line = Line(db)
    await line.prepare()
    return line


def _is_over(counts: dict[MessageState, int]) -> bool:
    return sum(counts.get(state, 0) for state in (*FINAL_STATES, S.UNKNOWN)) == sum(counts.values())


@pytest.mark.parametrize("speech", [CMPP30, SMGP30, SMPP34], ids=lambda speech: speech.name)
async def test_a_result_of_all_bits_is_stored_and_shown(line: Line, speech: Speech) -> None:
    async with speech.simulate(QUICK) as pair:
        pair.carrier._face.bad_destination = 0xFFFFFFFF  # type: ignore[misc]
        for number in (phone(3), phone(3)[2:]):  # however the protocol writes it
            pair.carrier.refuse(number)
        await pair.add_account(line)
        await line.plan(chunk_of([phone(n) for n in range(20)]))
        async with line.running():
            counts = await until(line.counts, _is_over, timeout_s=10)
    assert counts == {S.DELIVERED: 19, S.FAILED: 1}
    assert await line.rows("SELECT result FROM delivery_outcomes WHERE result <> 0") == [(0xFFFFFFFF,)]
    assert await line.violations() == []


def test_a_channel_may_mean_something_else_by_a_result() -> None:
    told = CMPP.retold([("101", "throttled"), ("0x66", "in_doubt"), ("8", "refused")])
    outcomes = [told.answered(1, 0, code).outcome for code in (101, 102, 8, 3, 9, 0)]
    assert outcomes == [
        PartOutcome.THROTTLED,
        PartOutcome.IN_DOUBT,
        PartOutcome.REFUSED,
        PartOutcome.IN_DOUBT,
        PartOutcome.REFUSED,
        PartOutcome.ACCEPTED,
    ]
    assert SMGP.answered(1, 0, 75).outcome is PartOutcome.QUOTA
    assert SMGP.retold([("75", "refused")]).answered(1, 0, 75).outcome is PartOutcome.REFUSED
    assert SMPP.retold([]) is SMPP


@pytest.mark.parametrize("speech", [CMPP30, SMGP30, SMPP34], ids=lambda speech: speech.name)
async def test_what_an_operator_says_of_codes_and_states_is_done(line: Line, speech: Speech) -> None:
    async with speech.simulate(QUICK, fail_percent=100) as pair:
        carrier = pair.carrier
        carrier._face.bad_destination = 8  # type: ignore[misc]
        carrier._face.failures = ["REJECTD"]  # type: ignore[misc]
        for number in (phone(3), phone(3)[2:]):
            carrier.refuse(number)
        told = WireOptions(codes=(("8", "throttled"),), stats=(("REJECTD", "delivered"),))
        await line.add_account(carrier.port, protocol=speech.protocol, options=told)
        await line.plan(chunk_of([phone(n) for n in range(10)]))
        async with line.running():
            await until(lambda: _refused(carrier), lambda count: count >= 2)  # it tries again …
            assert (await line.counts()).get(S.FAILED, 0) == 0
            carrier._core.refused.clear()
            await until(line.counts, lambda counts: counts == {S.DELIVERED: 10}, timeout_s=15)
    assert await line.violations() == []


async def _refused(carrier: CarrierSimulator) -> int:
    return carrier.stats.refused


async def test_an_answer_that_cannot_be_stored_makes_its_message_unknown_and_no_other(line: Line) -> None:
    async with CarrierSimulator(QUICK) as carrier:
        carrier._face.bad_destination = 9  # type: ignore[misc]
        carrier.refuse(phone(7))
        await line.add_account(carrier.port)
        await line.poison("delivery_outcomes", "NEW.result = 9")
        await line.plan(chunk_of([phone(n) for n in range(100)]))
        async with line.running():
            await until(line.counts, lambda counts: counts == {S.DELIVERED: 99, S.UNKNOWN: 1}, timeout_s=15)
            # and the account goes on
            await line.plan(chunk_of([phone(n) for n in range(100, 110)], chunk_no=1))
            await until(line.counts, lambda counts: counts == {S.DELIVERED: 109, S.UNKNOWN: 1}, timeout_s=15)
        assert carrier.stats.submits == 110
    assert await line.rows("SELECT reason FROM delivery_unknowns") == [("unstorable",)]
    assert line.breaches() == 1
    assert await line.violations() == []


async def test_a_report_that_cannot_be_stored_is_answered_and_the_others_count(line: Line) -> None:
    async with CarrierSimulator(QUICK, fail_percent=10, seed=3) as carrier:
        carrier._face.failures = ["POISON"]  # type: ignore[misc]
        await line.add_account(carrier.port)
        await line.poison("receipts_reports", "NEW.stat = 'POISON'")
        await line.plan(chunk_of([phone(n) for n in range(100)]))
        async with line.running():
            await until(
                line.counts,
                lambda counts: (
                    carrier.stats.failed > 0
                    and counts == {S.DELIVERED: 100 - carrier.stats.failed, S.SUBMITTED: carrier.stats.failed}
                ),
                timeout_s=15,
            )
            # answered, so that it does not come again
            await until(lambda: _now(carrier), lambda pending: pending == 0)
        assert line.breaches() == carrier.stats.failed
    assert await line.violations() == []


async def test_a_text_that_cannot_be_stored_does_not_keep_back_the_next(line: Line) -> None:
    async with CarrierSimulator(QUICK) as carrier:
        account = await line.add_account(carrier.port)
        await line.poison("receipts_uplinks", "NEW.text = 'poison'")
        async with line.running():
            for said in ("poison", "fine"):
                await until(lambda said=said: _send(carrier, account.src_number, said), bool)  # type: ignore[misc]
            await until(lambda: line.rows("SELECT text FROM receipts_uplinks"), lambda rows: rows == [("fine",)])
            await until(lambda: _now(carrier), lambda pending: pending == 0)
    assert line.breaches() == 1


async def _send(carrier: CarrierSimulator, access_number: str, said: str) -> bool:
    return carrier.send_mo("8613800000007", access_number, said)


async def _now(carrier: CarrierSimulator) -> int:
    return carrier._core.pending
