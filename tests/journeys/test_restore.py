"""A backup is taken, life goes on, the machine is lost: what the restored installation does and what it must not do."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from support.doors import Company, csv_of, demo_company, phones, send_and_wait, signed, start, task_end, task_when
from support.installation import Installation, running_installation

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
PEOPLE = 30
STOP_S = 10.0


def send(company: Company) -> tuple[list[str], dict[str, Any]]:
    """Send to some people; returns their numbers and the task when it is over."""
    numbers = phones(PEOPLE, can_show=True)

    async def run() -> dict[str, Any]:
        async with signed(company) as api:
            return await send_and_wait(api, company.templates["member"], csv_of(numbers, 会员称呼=["某"] * PEOPLE))

    return numbers, asyncio.run(run())


def schedule(company: Company) -> dict[str, Any]:
    """Schedule a send for an hour from now."""
    at = (datetime.now(UTC) + timedelta(hours=1)).isoformat()

    async def run() -> dict[str, Any]:
        data = csv_of(phones(PEOPLE, can_show=True), 会员称呼=["后"] * PEOPLE)
        async with signed(company) as api:
            task = await start(api, company.templates["member"], data, send_at=at)
            return await task_when(api, task["task_id"], lambda now: now["state"] == "scheduled")

    return asyncio.run(run())


def codes(installation: Installation, numbers: list[str], domain: str) -> set[str]:
    """Return the codes in the one SMS that each number has."""
    texts = [sms["text"] for number in numbers for sms in installation.inbox(number)]
    assert len(texts) == len(numbers)
    return {text.split(f"{domain}/")[1].split(" ")[0] for text in texts}


def test_a_restored_installation_repeats_nothing(tmp_path: Path) -> None:
    with running_installation() as installation:
        company = demo_company(installation)
        # given a send that is over and one that is scheduled, a backup, and a send that the backup does not know
        before, first = send(company)
        waiting = schedule(company)
        made = installation.hongyan("backup", str(tmp_path / "hongyan.tar"), "--json")
        assert made.returncode == 0, made.stderr
        assert (tmp_path / "hongyan.tar").stat().st_mode & 0o077 == 0
        after, second = send(company)
        domain = first["domain"]
        used = codes(installation, before, domain) | codes(installation, after, domain)
        assert len(used) == 2 * PEOPLE
        # and the machine is gone
        assert installation.stop() < STOP_S
        installation.data_dir = tmp_path / "restored"
        installation.data_dir.mkdir()
        # when the backup is restored and everything starts again
        restored = installation.hongyan("restore", str(tmp_path / "hongyan.tar"))
        assert restored.returncode == 0, restored.stderr
        assert "hongyan up" in restored.stdout
        installation.start()
        # then it knows what it knew, with the same keys
        console = company.console()
        known = {row["task_id"]: row for row in console.get("/send-tasks", limit=100)["items"]}
        assert known[first["task_id"]]["states"] == {"delivered": PEOPLE}
        assert second["task_id"] not in known
        # and what was under way waits for somebody to decide
        assert known[waiting["task_id"]]["state"] == "paused"
        assert known[waiting["task_id"]]["reason"] == "restored"
        # and a new send uses no code that was ever given out, and reaches nobody twice
        again, third = send(company)
        assert third["states"] == {"delivered": PEOPLE}
        assert not codes(installation, again, domain) & used
        assert [installation.inbox(number) for number in [*before, *after]] == [[]] * 2 * PEOPLE
        # and links from before still lead somewhere
        old = next(iter(codes_of_rows(console, first["task_id"])))
        assert installation.tap(f"/{old}").status_code == 302
        # and the scheduled one, once resumed, keeps its time
        resumed = console.act("POST", f"/send-tasks/{waiting['task_id']}/resume")
        assert (resumed["state"], resumed["send_at"]) == ("scheduled", waiting["send_at"])
        cancelled = asyncio.run(cancel(company, waiting["task_id"]))
        assert cancelled["states"] == {"cancelled": PEOPLE}
        checks = json.loads(installation.hongyan("doctor", "--json").stdout)
        assert [check["name"] for check in checks if check["level"] == "fail"] == []
        assert installation.stop() < STOP_S


def codes_of_rows(console: Any, task_id: str) -> set[str]:
    """Return the codes that the console shows."""
    return {row["link_code"] for row in console.get(f"/send-tasks/{task_id}/messages", limit=100)["items"]}


async def cancel(company: Company, task_id: str) -> dict[str, Any]:
    """Call a task off."""
    async with signed(company) as api:
        await api.call("POST", f"/v1/hongyan/send-tasks/{task_id}/cancel")
        return await task_end(api, task_id)
