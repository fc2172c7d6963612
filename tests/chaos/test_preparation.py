"""Kill -9 while numbers are read, while phones are asked about, while a send is planned: it goes on where it was."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from hongyan.run.client import ApiClient, ApiRefusedError
from support.crashes import Watcher, assert_books_add_up, kill, move_to, numbers, recover, write_csv
from support.installation import Installation, running_installation
from support.outside_carrier import OutsideCarrier

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(600)]

_ROWS = 200_000
_RECIPIENTS = 20_000
_WAIT_S = 180.0


@pytest.fixture(scope="module")
def carrier() -> Iterator[OutsideCarrier]:
    with OutsideCarrier(report_after_s=2.0).serving() as serving:
        yield serving


@pytest.fixture(scope="module")
def house(carrier: OutsideCarrier) -> Iterator[Installation]:
    with running_installation() as running:
        move_to(running, carrier, connections=2)
        yield running


async def _poll(api: ApiClient, path: str, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Ask again and again, also while the doors are closed."""
    deadline, last = time.monotonic() + _WAIT_S, {}
    while time.monotonic() < deadline:
        try:
            last = await api.call("GET", path)
        except (httpx.TransportError, ApiRefusedError):
            await asyncio.sleep(0.1)
            continue
        if holds(last):
            return last
        await asyncio.sleep(0.01)
    pytest.fail(f"waited in vain: {last}")


async def _upload(api: ApiClient, file: Path) -> str:
    async def chunks() -> Any:
        yield file.read_bytes()

    answer = await api.call("POST", "/v1/hongyan/number-files", query={"name": file.name}, stream=chunks())
    return str(answer["file_id"])


@pytest.mark.parametrize("victim", ["worker", "postgres", "everything"])
async def test_reading_numbers_and_asking_about_phones_survive(
    victim: str, house: Installation, tmp_path: Path
) -> None:
    file = write_csv(tmp_path / "many.csv", numbers(13700000000, _ROWS))
    async with house.api() as api:
        # given a large file that is being read
        file_id = await _upload(api, file)
        path = f"/v1/hongyan/number-files/{file_id}"
        half = await _poll(api, path, lambda f: f["counts"]["imported"] >= _ROWS // 10)
        # when somebody dies in the middle
        assert half["state"] == "parsing"
        seconds = await _kill_and_wait(house, victim)
        # then the file is read to its end, everybody once
        read = await _poll(api, path, lambda f: f["state"] in {"parsed", "failed"})
        assert (read["state"], read["counts"]["imported"], read["counts"]["duplicates"]) == ("parsed", _ROWS, 0)
        # given a task that asks about all these phones
        body = {
            "name": f"asks {victim}",
            "card_template_id": house.env["HONGYAN_CARD"],
            "sms_template_id": house.env["HONGYAN_SMS_TEMPLATE"],
            "number_file_id": file_id,
            "fallback": "sms",
            "start_when_ready": False,
        }
        task = await api.call("POST", "/v1/hongyan/send-tasks", body=body)
        path = f"/v1/hongyan/send-tasks/{task['task_id']}"
        await _poll(api, path, lambda t: t["counts"]["capable"] >= _ROWS // 10)
        # when somebody dies again
        seconds += await _kill_and_wait(house, victim)
        # then every phone has its answer
        ready = await _poll(api, path, lambda t: t["state"] != "parsing")
        counts = ready["counts"]
        assert (ready["state"], counts["capable"] + counts["incapable"]) == ("ready", _ROWS)
        assert 0.6 * _ROWS < counts["capable"] < 0.8 * _ROWS
        await api.call("POST", f"{path}/cancel")
    print(f"{victim}: twice healthy after {seconds:.1f} s")
    assert_books_add_up(house)


@pytest.mark.parametrize("victim", ["worker", "postgres"])
def test_planning_survives(victim: str, house: Installation, carrier: OutsideCarrier, tmp_path: Path) -> None:
    # given a send whose first chunk has just been planned
    start = 13600000000 if victim == "worker" else 13610000000
    watcher, before = Watcher(house), carrier.messages
    task_id = watcher.send(write_csv(tmp_path / "plan.csv", numbers(start, _RECIPIENTS)))
    carrier.wait_for(before + 1, 120)
    # when the planner dies
    kill(house, victim)
    killed = time.monotonic()
    # then the rest is planned and sent within seconds, nobody twice
    watcher.until_sent(task_id, _RECIPIENTS, 120)
    print(f"{victim}: all sent {time.monotonic() - killed:.1f} s after the kill")
    watcher.until("it is over", task_id, lambda task: task["state"] == "finished", 120)
    got = carrier.received()
    assert [phone for phone, times in got.items() if times > 1] == []
    assert sum(1 for phone in numbers(start, _RECIPIENTS) if got[f"86{phone}"]) == _RECIPIENTS
    assert_books_add_up(house)


async def _kill_and_wait(house: Installation, victim: str) -> float:
    kill(house, victim)
    waiting: Awaitable[float] = asyncio.to_thread(recover, house, victim)
    return await waiting
