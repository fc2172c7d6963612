"""On a running line: paces hold over two channels, and who refuses gets nothing more, within two seconds."""

import asyncio
import time

import pytest

from hongyan.kernel.db.database import Database
from hongyan.rooms.delivery.contracts import MessageState
from simulators.carriers.simulator import CarrierSimulator
from support.line import SIGNATURE, TENANT, SendingLine, chunk_of, phone, until

S = MessageState
RATE = 80
LONG = "【鸿雁】" + "春" * 150  # three parts
IN_FORCE_S = 2.0


@pytest.fixture
async def line(db: Database) -> SendingLine:
    line = SendingLine(db)
    await line.prepare()
    return line


async def _measure(line: SendingLine, carriers: list[CarrierSimulator], parts: int, *, over_s: float) -> float:
    """Return parts per second that arrive, from the moment at which both carriers have some."""

    async def arrived() -> list[int]:
        return [len(carrier.received) * parts for carrier in carriers]

    await until(arrived, lambda counts: all(counts) and sum(counts) > RATE)
    begun_s, before = time.monotonic(), sum(await arrived())
    await asyncio.sleep(over_s)  # the measuring itself
    return (sum(await arrived()) - before) / (time.monotonic() - begun_s)


@pytest.mark.parametrize(("text", "parts", "of_signature"), [("【鸿雁】取件码 {n}", 1, False), (LONG, 3, True)])
async def test_a_pace_holds_over_two_channels_together(
    line: SendingLine, text: str, parts: int, of_signature: bool
) -> None:
    async with CarrierSimulator("happy", fail_percent=0) as one, CarrierSimulator("happy", fail_percent=0) as other:
        await line.add_account(one.port, name="one")
        await line.add_account(other.port, name="other")
        async with line.db.begin() as uow:
            await line.delivery.paces.set_pace(
                uow, TENANT, RATE, signature_id=SIGNATURE if of_signature else None, by="ada"
            )
        await line.plan(chunk_of([phone(n) for n in range(1_500)], text=text))
        async with line.running():
            measured = await _measure(line, [one, other], parts, over_s=6.0)
            assert len(one.received) > 10 < len(other.received), "both channels take part"
            assert measured == pytest.approx(RATE, rel=0.1)
            # without it the rest leaves at once
            async with line.db.begin() as uow:
                await line.delivery.paces.clear_pace(uow, TENANT, signature_id=SIGNATURE if of_signature else None)
            await until(line.counts, lambda counts: not counts.get(S.QUEUED), timeout_s=30)
    assert await line.violations() == []


async def test_who_refuses_while_a_send_runs_gets_nothing_more(line: SendingLine) -> None:
    async with CarrierSimulator("happy", report_after_s=0.1, fail_percent=0) as carrier:
        account = await line.add_account(carrier.port, rate_per_s=30)
        async with line.db.begin() as uow:
            channel = await line.carriers.find_channel(uow, TENANT, SIGNATURE)
        assert channel is not None
        phones = [phone(n) for n in range(180)]
        refusing = phones[120]  # its turn comes after four seconds
        await line.plan(chunk_of(phones))

        async def suppressed() -> int:
            async with line.db.begin() as uow:
                return int((await uow.fetch("SELECT count(*) FROM delivery_suppressions"))[0][0])

        async with line.running():
            await until(line.counts, lambda counts: counts.get(S.DELIVERED, 0) > 5)
            asked_s = time.monotonic()
            assert carrier.send_mo(refusing, account.src_number + channel.extension, "ｔｄ。")
            await until(suppressed, bool)
            assert time.monotonic() - asked_s < IN_FORCE_S
            counts = await until(
                line.counts, lambda found: sum(found.get(s, 0) for s in (S.DELIVERED, S.SUPPRESSED)) == 180
            )
        assert counts == {S.DELIVERED: 179, S.SUPPRESSED: 1}
        assert refusing not in {received.dest for received in carrier.received}
        assert [job["text"] for job in await line.jobs_named("callbacks.uplink")] == ["ｔｄ。"]
    assert await line.violations() == []
