"""The demo's three carriers speak three protocols: every number is reached over its own, and is heard over it."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from support.doors import Company, csv_of, send_and_wait, signed
from support.installation import Installation, until

pytestmark = pytest.mark.timeout(180)
PROTOCOLS = {"mobile": ("cmpp30", "138"), "unicom": ("sgip12", "186"), "telecom": ("smgp30", "189")}


async def test_every_number_is_reached_and_heard_over_the_protocol_of_its_carrier(
    installation: Installation, demo: Company
) -> None:
    # given numbers of all three carriers
    numbers = [f"{prefix}7766{n:04d}" for _, prefix in PROTOCOLS.values() for n in range(20)]
    before = {one["carrier"]: one for one in carriers(installation)}
    assert {name: one["protocol"] for name, one in before.items()} == {
        name: protocol for name, (protocol, _) in PROTOCOLS.items()
    }
    async with signed(demo) as api:
        # when they are all sent to
        data = csv_of(numbers, 称呼=["客户"] * len(numbers))
        task = await send_and_wait(api, demo.templates["member"], data, fallback="sms")
        # then each has its message, over its own carrier
        assert task["states"] == {"delivered": len(numbers)}
        refusing = [numbers[0], numbers[20], numbers[40]]
        for number in refusing:
            assert len(await asyncio.to_thread(installation.inbox, number)) == 1
        for one in carriers(installation):
            assert one["messages"] - before[one["carrier"]]["messages"] == 20, one
        # and when one phone of each writes that it wants no more
        for number in refusing:
            await asyncio.to_thread(installation.uplink, number, demo.channel_number, "R")
        few = csv_of(refusing + numbers[1:2], 称呼=["客户"] * 4)

        async def are_left_out() -> bool:
            task = await send_and_wait(api, demo.templates["member"], few, fallback="sms")
            return bool(task["states"] == {"delivered": 1})

        await until("those who refused are left out", are_left_out, timeout_s=60)
    for one in carriers(installation):
        assert one["uplinks"] - before[one["carrier"]]["uplinks"] == 1, one


def carriers(installation: Installation) -> list[dict[str, Any]]:
    """Return the counters of the simulated carriers."""
    port = json.loads((installation.data_dir / "demo-ports.json").read_text())["inbox"]
    answer = httpx.get(f"http://127.0.0.1:{port}/stats", trust_env=False)
    found: list[dict[str, Any]] = answer.json()["carriers"]
    return found
