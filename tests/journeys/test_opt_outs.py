"""Opt-outs thin out the blocks of a large file; nobody behind them may be forgotten."""

import asyncio
import json

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


async def test_who_refuses_is_told_so_once_where_the_tenant_wants_it(
    installation: Installation, newcomer: Company
) -> None:
    # given a company that confirms opt-outs (set in its console) and answers nothing else (set at the shell)
    told = "您已退订，我们不会再给您发送此类短信。"
    console, path = newcomer.console(), f"/sms/signatures/{newcomer.signature_id}/answers"
    assert console.get(path) == {"opt_out": "", "other": ""}
    both = {"opt_out": told, "other": "已收到。"}
    assert console.act("PUT", path, both) == both
    refused = console.ask("PUT", path, json={**both, "other": "见 http://a.example"})
    assert (refused.status_code, "other" in refused.text) == (400, True)
    shell = ("answer", "set", newcomer.tenant_id, newcomer.signature_id, "--other", "", "--json")
    done = await asyncio.to_thread(installation.hongyan, *shell)
    assert json.loads(done.stdout) == console.get(path) == {"opt_out": told, "other": ""}, done.stderr
    leaving, later, asking = phones(3, can_show=False)

    async def has_answer(number: str) -> bool:
        return bool(await asyncio.to_thread(installation.inbox, number))

    async def write(number: str, text: str) -> None:
        await asyncio.to_thread(installation.uplink, number, newcomer.channel_number, text)

    # when a phone refuses, twice, and another asks something
    await write(leaving, "TD")
    await until("the opt-out is confirmed", lambda: has_answer(leaving))
    await write(leaving, "退订")
    await write(asking, "什么时候到？")
    await write(later, "R")
    await until("the last opt-out is confirmed", lambda: has_answer(later))
    # then the first hears of it once, in its channel, and the question is left to people
    [answer] = installation.inbox(leaving)
    assert answer["text"] == f"【{newcomer.name}】{told}"
    assert answer["src_id"].endswith(newcomer.channel_number)
    assert installation.inbox(asking) == []
    async with signed(newcomer) as api:
        file = csv_of([leaving, asking], 称呼=["客户"] * 2)
        task = await task_end(api, (await start(api, newcomer.templates["member"], file, fallback="sms"))["task_id"])
    assert task["counts"]["opted_out"] == 1
    assert len(installation.inbox(leaving)) == 1
    # and others who use this company find it as it was
    shell = ("answer", "set", newcomer.tenant_id, newcomer.signature_id, "--opt-out", "", "--json")
    assert (await asyncio.to_thread(installation.hongyan, *shell)).returncode == 0
