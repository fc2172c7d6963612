"""Gateways that are killed and frozen at length: at most once to a phone, nobody forgotten, the books balance."""

import asyncio
import os
import random
import signal
import sys
from collections import Counter
from pathlib import Path

import pytest

from hongyan.kernel.db.database import Database
from hongyan.kernel.keys.ring import create_key_ring
from hongyan.rooms.delivery.contracts import FINAL_STATES, MessageState
from simulators.carriers.simulator import CarrierSimulator
from support.line import SendingLine, chunk_of, phone, until

ROOT = Path(__file__).resolve().parents[2]
MESSAGES, CONNECTIONS, KILLS = 20_000, 2, 8
AMBIGUOUS_PER_KILL = 2 * 64 * CONNECTIONS


async def _spawn(url: str, key_file: Path) -> asyncio.subprocess.Process:
    paths = os.pathsep.join(str(ROOT / path) for path in ("src", "packages/telcowire/src", "tools", "tests"))
    return await asyncio.create_subprocess_exec(
        sys.executable,
        str(ROOT / "tests/support/line_gateway.py"),
        url,
        str(key_file),
        env=os.environ | {"PYTHONPATH": paths},
        stderr=asyncio.subprocess.DEVNULL,
    )


async def _end(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    if process.returncode is None:
        process.send_signal(number)
    await process.wait()


def _twice(carrier: CarrierSimulator) -> list[str]:
    return [number for number, count in Counter(r.dest for r in carrier.received).items() if count > 1]


async def _prepare(db: Database, folder: Path, carrier: CarrierSimulator, messages: int) -> SendingLine:
    ring = create_key_ring()
    ring.save(folder / "keys.json")
    line = SendingLine(db, ring=ring)
    await line.prepare()
    await line.add_account(carrier.port, connections=CONNECTIONS, window_pdus=64, rate_per_s=1500)
    for chunk_no, start in enumerate(range(0, messages, 5000)):
        numbers = [phone(n) for n in range(start, min(start + 5000, messages))]
        await line.plan(chunk_of(numbers, chunk_no=chunk_no))
    return line


@pytest.mark.chaos
async def test_two_gateways_one_killed_at_random_again_and_again(db: Database, db_url: str, tmp_path: Path) -> None:
    rng = random.Random(7)
    async with CarrierSimulator("happy", latency_s=0.01, report_after_s=0.5, fail_percent=0) as carrier:
        line = await _prepare(db, tmp_path, carrier, MESSAGES)
        gateways = [await _spawn(db_url, tmp_path / "keys.json") for _ in range(2)]
        try:
            for kill in range(KILLS):
                least = (kill + 1) * MESSAGES // (KILLS + 2)
                await until(
                    lambda: asyncio.sleep(0, len(carrier.received)),
                    lambda count, least=least: count >= least,
                    timeout_s=120,
                )
                victim = rng.randrange(2)
                await _end(gateways[victim], signal.SIGKILL)
                gateways[victim] = await _spawn(db_url, tmp_path / "keys.json")

            def is_explained(counts: dict[MessageState, int]) -> bool:
                known = sum(counts.get(s, 0) for s in FINAL_STATES)
                settled = known + counts.get(MessageState.UNKNOWN, 0) == MESSAGES
                return settled and counts.get(MessageState.DELIVERED, 0) == len(carrier.received)

            counts = await until(line.counts, is_explained, timeout_s=240)
        finally:
            for gateway in gateways:
                await _end(gateway, signal.SIGTERM)
        assert _twice(carrier) == []
    assert sum(counts.values()) == MESSAGES
    assert counts.get(MessageState.UNKNOWN, 0) <= KILLS * AMBIGUOUS_PER_KILL
    assert await line.violations() == []


@pytest.mark.chaos
async def test_a_frozen_gateway_that_wakes_up_sends_nothing_more(db: Database, db_url: str, tmp_path: Path) -> None:
    async with CarrierSimulator("happy", latency_s=0.01, report_after_s=0.5, fail_percent=0) as carrier:
        line = await _prepare(db, tmp_path, carrier, 6000)
        frozen = await _spawn(db_url, tmp_path / "keys.json")
        other = None
        try:
            await until(lambda: asyncio.sleep(0, len(carrier.received)), lambda count: count >= 1000, timeout_s=60)
            frozen.send_signal(signal.SIGSTOP)
            # another takes over once the lease has run out, and then the first one wakes up in the middle of its work
            other = await _spawn(db_url, tmp_path / "keys.json")
            await until(lambda: asyncio.sleep(0, len(carrier.received)), lambda count: count >= 3000, timeout_s=60)
            frozen.send_signal(signal.SIGCONT)
            counts = await until(
                line.counts,
                lambda found: (
                    found.get(MessageState.DELIVERED, 0) == len(carrier.received)
                    and not any(found.get(state, 0) for state in (MessageState.QUEUED, MessageState.ATTEMPTED))
                ),
                timeout_s=120,
            )
        finally:
            for gateway in (frozen, other):
                if gateway is not None:
                    await _end(gateway, signal.SIGKILL)
        assert _twice(carrier) == []
    assert sum(counts.values()) == 6000
    assert counts.get(MessageState.UNKNOWN, 0) <= AMBIGUOUS_PER_KILL
    assert await line.violations() == []
