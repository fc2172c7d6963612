"""Taps while the bus dies: links answer all the time, and every tap is counted once."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from hongyan.kernel.settings import Settings
from hongyan.run.connect import database_url
from support.crashes import Watcher, kill, move_to, numbers, write_csv
from support.installation import Installation, running_installation
from support.outside_carrier import OutsideCarrier

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(300)]

_LINKS = 600
_WAIT_S = 60.0


@pytest.fixture
def house() -> Iterator[Installation]:
    with running_installation() as running:
        yield running


def _counted(house: Installation) -> tuple[int, int]:
    """Return (links that were tapped, taps) in the click ledger; nothing while the database is away."""
    try:
        with psycopg.connect(database_url(Settings(data_dir=house.data_dir))) as connection:
            row = connection.execute("SELECT count(*), coalesce(sum(taps), 0) FROM short_links_taps").fetchone()
    except psycopg.OperationalError:
        return 0, 0
    assert row is not None
    return int(row[0]), int(row[1])


@pytest.mark.parametrize("victim", ["nats", "worker", "postgres"])
def test_no_tap_is_lost(victim: str, house: Installation, tmp_path: Path) -> None:
    # given links that people got
    with OutsideCarrier(report_after_s=0.5).serving() as carrier:
        move_to(house, carrier, connections=1)
        watcher = Watcher(house)
        task_id = watcher.send(write_csv(tmp_path / "taps.csv", numbers(13410000000, _LINKS)))
        watcher.until("it is over", task_id, lambda task: task["state"] == "finished", 90)
        codes = [code for text in carrier.texts() for code in re.findall(r"/([0-9A-Za-z]+) ", text)]
    assert len(set(codes)) == _LINKS
    with httpx.Client(base_url=f"http://127.0.0.1:{house.links_port}", trust_env=False, timeout=10) as world:
        # when somebody dies while they are tapped, one after the other
        for n, code in enumerate(codes):
            if n == _LINKS // 3:
                kill(house, victim)
            answer = world.get(f"/{code}")
            # then every link answers
            assert answer.status_code in {200, 302}, answer.text
    # and every tap is in the ledger, once
    deadline = time.monotonic() + _WAIT_S
    while (counted := _counted(house)) != (_LINKS, _LINKS):
        assert time.monotonic() < deadline, counted
        time.sleep(0.2)
