"""Opt-outs thin out the blocks of a large file; nobody behind them may be forgotten."""

import asyncio

import pytest

from support.doors import Company, csv_of, phones, signed, start, task_end
from support.installation import Installation, until

pytestmark = pytest.mark.timeout(180)

_BLOCK = 10_000


async def test_opt_outs_in_the_first_block_cost_nobody_in_the_last(installation: Installation, demo: Company) -> None:
    # given a file of a little more than a block, and sixty of its first block who want no messages
    numbers = [*phones(1, can_show=True), *phones(_BLOCK + 49, can_show=False)]
    refusing = numbers[100:160]
    for number in refusing:
        await asyncio.to_thread(installation.uplink, number, demo.channel_number, "R")
    async with signed(demo) as api:
        few = csv_of(refusing, 称呼=["客户"] * len(refusing))

        async def all_refused() -> bool:
            # None of them can show cards, so that a task of these alone sends nothing, whoever has refused.
            task = await task_end(api, (await start(api, demo.templates["member"], few))["task_id"])
            assert task["state"] == "refused"
            return bool(task["counts"]["opted_out"] == len(refusing))

        await until("all refusals have arrived", all_refused)
        # when the file is sent
        data = csv_of(numbers, 称呼=["客户"] * len(numbers))
        task = await task_end(api, (await start(api, demo.templates["member"], data))["task_id"])
    # then everybody else has a message in the books
    assert task["counts"]["opted_out"] == len(refusing)
    assert task["states"] == {"delivered": 1, "skipped": len(numbers) - len(refusing) - 1}
