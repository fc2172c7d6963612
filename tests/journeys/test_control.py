"""A send in the middle of its way: paused, resumed, cancelled, scheduled, stopped from above."""

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from huaweicloudsdkkoomessage import v1 as sdk

from hongyan.run.client import ApiClient, ApiRefusedError
from support.doors import (
    Company,
    add_signature,
    add_template,
    approve_all,
    csv_of,
    operator,
    phones,
    reviewer,
    send_and_wait,
    signed,
    start,
    task_end,
    task_when,
    wait_sendable,
    wait_set_up,
)
from support.installation import Installation, until

pytestmark = pytest.mark.timeout(240)
RATE = 15
IN_FORCE_S = 2.0
ON_THE_WIRE_S = 1.0
"""Two spans of half a second each may be on their way when a stop is written; they go on."""
QUIET_S = 1.5


@pytest.fixture(scope="module")
def slow(installation: Installation, newcomer: Company) -> Iterator[Company]:
    """Given a company whose own channel takes 15 messages a second, so that a send has a middle."""
    ports = json.loads((installation.data_dir / "demo-ports.json").read_text())
    added = installation.hongyan(
        *("channel", "add", "slow", "--protocol", "cmpp30", "--host", "127.0.0.1", "--port", str(ports["carriers"][0])),
        *("--account", "901234", "--secret", "hongyan-demo", "--src", "10690000", "--rate", f"{RATE}/s"),
        *("--serves", newcomer.channel_number, "--json"),
    )
    assert added.returncode == 0, added.stderr
    # Not before it carries messages: the gateway finds a new channel within seconds.
    asyncio.run(_probe(newcomer))
    yield newcomer
    assert installation.hongyan("channel", "disable", "slow").returncode == 0
    assert installation.hongyan("channel", "remove", "slow").returncode == 0


async def _probe(company: Company) -> None:
    async with signed(company) as api:
        await send_and_wait(api, company.templates["member"], csv_of(phones(1, can_show=True), 称呼=["试"]))


def people(count: int) -> tuple[list[str], bytes]:
    """Return numbers that can show cards, and their file."""
    numbers = phones(count, can_show=True)
    return numbers, csv_of(numbers, 称呼=[f"会员{i}" for i in range(count)])


async def begun(api: ApiClient, company: Company, count: int, **fields: Any) -> tuple[list[str], str]:
    """Start a send and return when its first messages are out but many are not."""
    numbers, data = people(count)
    task = await start(api, company.templates["member"], data, **fields)
    await task_when(api, task["task_id"], lambda now: 0 < now["states"].get("queued", 0) < count)
    return numbers, task["task_id"]


def received(installation: Installation, numbers: list[str]) -> list[int]:
    """Return how many messages each phone has."""
    return [len(installation.inbox(number)) for number in numbers]


async def stays_quiet(installation: Installation, numbers: list[str]) -> int:
    """Return how many messages arrived, after the time in which a stop must be in force, when no more come."""
    await asyncio.sleep(IN_FORCE_S + ON_THE_WIRE_S)
    before = sum(received(installation, numbers))
    await asyncio.sleep(QUIET_S)
    assert sum(received(installation, numbers)) == before
    return before


async def act(api: ApiClient, task_id: str, action: str) -> dict[str, Any]:
    """Pause, resume or cancel."""
    return await api.call("POST", f"/v1/hongyan/send-tasks/{task_id}/{action}")


async def test_a_pause_stops_within_two_seconds_and_resume_reaches_everybody_once(
    installation: Installation, slow: Company
) -> None:
    async with signed(slow) as api:
        numbers, task_id = await begun(api, slow, 60)
        # when it is paused
        assert (await act(api, task_id, "pause"))["state"] == "paused"
        # then nothing more arrives
        arrived = await stays_quiet(installation, numbers)
        assert 0 < arrived < len(numbers)
        # when it is resumed, then everybody has exactly one
        await act(api, task_id, "resume")
        task = await task_end(api, task_id)
    assert task["states"] == {"delivered": len(numbers)}
    assert received(installation, numbers) == [1] * len(numbers)


async def test_a_cancel_ends_what_was_not_sent(installation: Installation, slow: Company) -> None:
    async with signed(slow) as api:
        numbers, task_id = await begun(api, slow, 60)
        assert (await act(api, task_id, "cancel"))["state"] == "cancelled"
        arrived = await stays_quiet(installation, numbers)
        task = await task_when(
            api,
            task_id,
            lambda now: set(now["states"]) <= {"delivered", "cancelled"},
        )
        assert task["states"] == {"delivered": arrived, "cancelled": len(numbers) - arrived}
        assert max(received(installation, numbers)) == 1
        # and there is no way back
        with pytest.raises(ApiRefusedError) as refused:
            await act(api, task_id, "resume")
    assert refused.value.code == "KM.90017002"
    assert "cancelled" in str(refused.value)


async def test_a_scheduled_send_waits_for_its_time(installation: Installation, demo: Company) -> None:
    numbers, data = people(3)
    due = datetime.now(UTC) + timedelta(seconds=6)
    async with signed(demo) as api:
        task = await start(api, demo.templates["member"], data, send_at=due.isoformat())
        waiting = await task_when(api, task["task_id"], lambda now: now["state"] == "scheduled")
        assert waiting["counts"]["submitted"] == 3
        assert received(installation, numbers) == [0, 0, 0]
        done = await task_end(api, task["task_id"])
    assert done["states"] == {"delivered": 3}
    assert datetime.fromisoformat(done["started_at"]) >= due
    assert received(installation, numbers) == [1, 1, 1]


async def test_a_scheduled_send_can_be_called_off(installation: Installation, demo: Company) -> None:
    numbers, data = people(3)
    due = datetime.now(UTC) + timedelta(seconds=4)
    async with signed(demo) as api:
        task = await start(api, demo.templates["member"], data, send_at=due.isoformat())
        await task_when(api, task["task_id"], lambda now: now["state"] == "scheduled")
        await act(api, task["task_id"], "cancel")
        await asyncio.sleep((due - datetime.now(UTC)).total_seconds() + QUIET_S)
        done = await task_end(api, task["task_id"])
    assert done["states"] == {"cancelled": 3}
    assert received(installation, numbers) == [0, 0, 0]


async def test_numbers_can_be_looked_at_before_the_send_is_let_go(installation: Installation, demo: Company) -> None:
    numbers, data = people(2)
    async with signed(demo) as api:
        task = await start(api, demo.templates["member"], data, start_when_ready=False)
        ready = await task_when(api, task["task_id"], lambda now: now["state"] == "ready")
        assert (ready["counts"]["imported"], ready["counts"]["capable"]) == (2, 2)
        assert received(installation, numbers) == [0, 0]
        await act(api, task["task_id"], "start")
        done = await task_end(api, task["task_id"])
    assert done["states"] == {"delivered": 2}


async def test_a_template_taken_out_of_use_stops_the_send_until_it_is_back(
    installation: Installation, slow: Company
) -> None:
    console, template = slow.console(), slow.templates["member"]
    async with signed(slow) as api:
        numbers, task_id = await begun(api, slow, 60)
        console.act("PUT", f"/sms/templates/{template}/use", {"is_active": False})
        arrived = await stays_quiet(installation, numbers)
        assert arrived < len(numbers)
        # and no new send is accepted
        with pytest.raises(ApiRefusedError) as refused:
            await start(api, template, csv_of(numbers[:1], 称呼=["某"]))
        assert refused.value.code == "KM.99990212"
        console.act("PUT", f"/sms/templates/{template}/use", {"is_active": True})
        task = await task_end(api, task_id)
    assert task["states"] == {"delivered": len(numbers)}
    assert received(installation, numbers) == [1] * len(numbers)


async def test_a_suspended_company_sends_nothing_until_it_may_again(installation: Installation, slow: Company) -> None:
    desk, path = operator(installation), f"/tenants/{slow.tenant_id}"
    async with signed(slow) as api:
        numbers, task_id = await begun(api, slow, 60)
        desk.act("PATCH", path, {"state": "suspended", "reason": "complaints"})
        try:
            arrived = await stays_quiet(installation, numbers)
            assert arrived < len(numbers)
            with pytest.raises(ApiRefusedError):
                await start(api, slow.templates["member"], csv_of(numbers[:1], 称呼=["某"]))
        finally:
            desk.act("PATCH", path, {"state": "active"})

        async def is_let_in() -> bool:
            try:
                return bool(await api.call("GET", f"/v1/hongyan/send-tasks/{task_id}"))
            except ApiRefusedError:
                return False

        # What a key may do is remembered for a second and a half.
        await until("the key is let in again", is_let_in)
        task = await task_end(api, task_id)
    assert task["states"] == {"delivered": len(numbers)}
    assert received(installation, numbers) == [1] * len(numbers)


async def test_advertising_keeps_its_hours_and_needs_its_signature(installation: Installation, slow: Company) -> None:
    # given a send under a signature of its own, on the slow channel
    desk = reviewer(installation)
    signature_id = add_signature(slow, slow.app_id, slow.name, "PROMOTION_TYPE")
    approve_all(desk)
    wait_set_up(slow, signature_id)
    text = "尊敬的${1}，新品已上架，详情点击${2}查看，拒收请回复R"
    template = add_template(slow, "promotion", text, [(1, "TEXT"), (2, "NEWTEXT")], signature_id=signature_id)
    approve_all(desk)
    wait_sendable(slow, [template])
    # when advertising is sent
    numbers, data = people(2)
    async with signed(slow) as api:
        task = await start(api, template, data)
        # then it goes between 08:00 and 22:00 in China, and is openly held outside these hours
        hour = datetime.now(timezone(timedelta(hours=8))).hour
        state, count = ("finished", 2) if 8 <= hour < 22 else ("held", 0)
        now = await task_when(api, task["task_id"], lambda now: now["state"] == state)
        assert now["reason"] == {"held": "window"}.get(state)
        assert sum(received(installation, numbers)) == count
        # and when its signature is deleted, the template is gone with it
        slow.sdk().delete_aim_msg_signature(sdk.DeleteAimMsgSignatureRequest(signature_id=signature_id))
        with pytest.raises(ApiRefusedError) as refused:
            await start(api, template, data)
        assert refused.value.code == "KM.00001135"


async def test_what_is_over_can_neither_be_paused_nor_cancelled(demo: Company) -> None:
    _, data = people(1)
    async with signed(demo) as api:
        task = await send_and_wait(api, demo.templates["member"], data)
        for action in ("pause", "resume", "cancel", "start"):
            with pytest.raises(ApiRefusedError) as refused:
                await act(api, task["task_id"], action)
            assert (refused.value.status, refused.value.code) == (400, "KM.90017002")
            assert "finished" in str(refused.value)
