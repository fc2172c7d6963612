"""Kill -9 of the gateway and of PostgreSQL in the middle of a send: nobody is forgotten, nobody gets two.

The long version, with every process and all at once, is ``make chaos``.
"""

import asyncio
import json
import time
from pathlib import Path

import httpx
import pytest

from support.crashes import SPAN, SPANS_PER_CONNECTION, Watcher, assert_books_add_up, kill, numbers, write_csv
from support.installation import Installation

pytestmark = pytest.mark.timeout(180)

_RECIPIENTS = 3_000
_ACCOUNTS = 3
_READERS = 20
_WAIT_S = 60.0


class _Carriers:
    """The simulators of the demo, which survive what happens to the installation."""

    def __init__(self, installation: Installation) -> None:
        port = json.loads((installation.data_dir / "demo-ports.json").read_text())["inbox"]
        self._url = f"http://127.0.0.1:{port}"

    def messages(self) -> int:
        """Return how many messages all carriers have accepted since their start."""
        answer = httpx.get(f"{self._url}/stats", trust_env=False)
        return sum(carrier["messages"] for carrier in answer.json()["carriers"])

    def wait_for(self, messages: int) -> None:
        """Return as soon as so many messages were accepted."""
        deadline = time.monotonic() + _WAIT_S
        while (count := self.messages()) < messages:
            assert time.monotonic() < deadline, f"{count} of {messages} messages"
            time.sleep(0.005)

    async def inboxes(self, phones: list[str]) -> list[int]:
        """Return how many messages each phone shows."""
        readers = asyncio.Semaphore(_READERS)
        async with httpx.AsyncClient(base_url=self._url, trust_env=False, timeout=30) as client:

            async def count(phone: str) -> int:
                async with readers:
                    return len((await client.get(f"/inbox/{phone}")).json()["messages"])

            return list(await asyncio.gather(*map(count, phones)))


async def test_a_gateway_and_a_database_die_in_the_middle_of_a_send(installation: Installation, tmp_path: Path) -> None:
    # given a send under way
    phones = numbers(13999000000, _RECIPIENTS)
    carriers, watcher = _Carriers(installation), Watcher(installation)
    before = carriers.messages()
    task_id = watcher.send(write_csv(tmp_path / "kill.csv", phones))
    carriers.wait_for(before + 200)
    # when the gateway is killed, and the database soon after its successor has taken over
    kill(installation, "gateway")
    carriers.wait_for(before + 1_500)
    kill(installation, "postgres")
    # then the rest is sent by itself
    watcher.until_sent(task_id, _RECIPIENTS, 60)

    def is_explained(task: dict) -> bool:
        return not task["states"].get("submitted") and task["state"] in {"finishing", "finished"}

    task = watcher.until("every report is in", task_id, is_explained, 60)
    received = await carriers.inboxes(phones)
    # and at most the open spans of two crashes stay unknown, and nobody got two
    assert max(received) == 1
    # (a phone may well have a message whose answer was lost)
    unknown = task["states"].get("unknown", 0)
    assert task["states"]["delivered"] <= sum(received) <= task["states"]["delivered"] + unknown
    assert unknown <= 2 * SPANS_PER_CONNECTION * SPAN * _ACCOUNTS
    assert_books_add_up(installation)
