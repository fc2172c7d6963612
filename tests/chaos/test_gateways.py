"""Gateways that die one after the other, and one that wakes up after another has taken its account."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from support.crashes import (
    SPAN,
    SPANS_PER_CONNECTION,
    Watcher,
    assert_books_add_up,
    find_process,
    kill,
    move_to,
    numbers,
    write_csv,
)
from support.installation import HONGYAN, Installation, free_ports, running_installation
from support.outside_carrier import OutsideCarrier

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(600)]

_RECIPIENTS = 20_000
_CONNECTIONS = 2
_SPAN_LIMIT = SPANS_PER_CONNECTION * SPAN * _CONNECTIONS
_KILLS = 5


@pytest.fixture(scope="module")
def carrier() -> Iterator[OutsideCarrier]:
    with OutsideCarrier(report_after_s=2.0).serving() as serving:
        yield serving


@pytest.fixture(scope="module")
def house(carrier: OutsideCarrier) -> Iterator[Installation]:
    with running_installation() as running:
        move_to(running, carrier, connections=_CONNECTIONS, rate="2000/s")
        yield running


@contextmanager
def _second_gateway(house: Installation) -> Iterator[None]:
    """Run one more gateway beside that of ``hongyan up``."""
    (port,) = free_ports(1)
    env = {**os.environ, "HONGYAN_DATA_DIR": str(house.data_dir), "HONGYAN_HEALTH_PORT": str(port)}
    with (house.data_dir / "second.log").open("wb") as log:
        process = subprocess.Popen([str(HONGYAN), "gateway"], env=env, stdout=log, stderr=log)
    try:
        _wait_ready(port)
        yield
    finally:
        process.terminate()
        process.wait(15)


def _wait_ready(port: int) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=2, trust_env=False).status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            pass
        assert time.monotonic() < deadline, "the second gateway does not start"
        time.sleep(0.1)


def _check(house: Installation, carrier: OutsideCarrier, watcher: Watcher, task_id: str, phones: list[str]) -> int:
    """Wait for the end, compare with the carrier; returns how many stay unknown because they never arrived."""
    watcher.until_sent(task_id, len(phones), 180)
    got = carrier.received()
    arrived = sum(1 for phone in phones if got[f"86{phone}"])
    rest = {"unknown": len(phones) - arrived} if arrived < len(phones) else {}
    watcher.until("all reports are in", task_id, lambda t: t["states"] == {"delivered": arrived, **rest}, 90)
    assert [phone for phone, times in got.items() if times > 1] == []
    assert_books_add_up(house)
    return len(phones) - arrived


def test_gateways_die_one_after_the_other(house: Installation, carrier: OutsideCarrier, tmp_path: Path) -> None:
    phones, watcher, before = numbers(13380000000, _RECIPIENTS), Watcher(house), carrier.messages
    task_id = watcher.send(write_csv(tmp_path / "many.csv", phones))
    for n in range(1, _KILLS + 1):
        carrier.wait_for(before + n * 2_500, 120)
        kill(house, "gateway")
    lost = _check(house, carrier, watcher, task_id, phones)
    print(f"{_KILLS} kills: {lost} never arrived")
    assert lost <= _KILLS * _SPAN_LIMIT


def test_a_gateway_that_slept_sends_nothing_of_its_successors(
    house: Installation, carrier: OutsideCarrier, tmp_path: Path
) -> None:
    # given two gateways and a send under way
    phones, watcher, before = numbers(13390000000, _RECIPIENTS), Watcher(house), carrier.messages
    with _second_gateway(house):
        task_id = watcher.send(write_csv(tmp_path / "sleep.csv", phones))
        carrier.wait_for(before + 3_000, 120)
        # when the one that sends stands still (a machine that swaps, a paused container) and the other one takes over
        sleeper = find_process(house, "gateway")
        sleeper.suspend()
        stopped_at = carrier.messages
        carrier.wait_for(stopped_at + 2_000, 60)
        # and it wakes up in the middle of the other's work
        sleeper.resume()
        lost = _check(house, carrier, watcher, task_id, phones)
    # then nobody got two, and only its open spans are in doubt
    assert lost <= _SPAN_LIMIT
