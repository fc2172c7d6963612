"""The console's door of send details in a whole installation: filters, order, spans, the export."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from support.doors import PLAIN_CARD, Company, Console, phones, unique, until

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def console(demo: Company) -> Console:
    """A session of the demo tenant's administrator."""
    return demo.console()


def send(console: Console, company: Company, numbers: list[str]) -> dict[str, Any]:
    """Send a few messages now and wait until all are over."""
    body = {
        "name": unique("明细"),
        "card_template_id": PLAIN_CARD,
        "sms_template_id": company.templates["member"],
        "rows": [{"phone": number, "values": ["王女士"]} for number in numbers],
    }
    made = console.act("POST", "/send-tests", body)

    def over() -> dict[str, Any] | None:
        task: dict[str, Any] = console.get(f"/send-tasks/{made['task_id']}")
        return task if task["is_final"] else None

    task: dict[str, Any] = until("the task is over", over)
    return task


def details(console: Console, **query: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = console.get("/send-details", **query)["items"]
    return rows


def refusal(console: Console, method: str, path: str, **more: Any) -> tuple[int, str | None]:
    answer = console.ask(method, path, **more)
    return answer.status_code, answer.json().get("field")


def test_messages_of_all_tasks_come_newest_first_with_their_task(console: Console, demo: Company) -> None:
    numbers = phones(3, can_show=True)
    older, newer = send(console, demo, numbers[:2]), send(console, demo, numbers[2:])
    seen = [row["task_id"] for row in details(console, limit=100)]
    assert seen.index(newer["task_id"]) < seen.index(older["task_id"])
    rows = details(console, task_id=older["task_id"])
    assert [row["recipient_no"] for row in rows] == [1, 0]
    row = rows[0]
    assert (row["task_name"], row["is_video_task"], row["domain"]) == (older["name"], False, older["domain"])
    assert (row["signature_name"], row["card_template_name"]) == (older["signature_name"], older["card_template_name"])
    assert numbers[1] not in str(row)
    # the same message opens in the drawer of the task's page
    cards = f"/send-tasks/{row['task_id']}/messages/{row['message_id']}/cards"
    assert console.ask("GET", cards).status_code == 200


def test_every_filter_narrows(console: Console, demo: Company) -> None:
    (number,) = phones(1, can_show=True)
    task = send(console, demo, [number])
    (row,) = details(console, phone=number)
    assert row["task_id"] == task["task_id"]
    assert details(console, phone=number, state="held") == []
    assert details(console, phone=number, state=["held", row["state"]]) == [row]
    assert details(console, phone="12345") == []
    for query in (
        {"signature": task["signature_name"]},
        {"card_template_id": PLAIN_CARD},
        {"state": row["state"]},
        {"begin": row["planned_at"]},
    ):
        assert row["message_id"] in {one["message_id"] for one in details(console, **query, limit=100)}
    for nothing in ({"signature": "没有这个签名"}, {"card_template_id": "1"}, {"end": row["planned_at"]}):
        found = details(console, task_id=task["task_id"], **nothing)
        assert found == []


def test_a_list_without_task_and_number_looks_at_a_day_at_most(console: Console, demo: Company) -> None:
    (number,) = phones(1, can_show=True)
    task = send(console, demo, [number])
    now = datetime.now(UTC)
    long = {"begin": (now - timedelta(hours=25)).isoformat(), "end": now.isoformat()}
    assert refusal(console, "GET", "/send-details", params=long) == (400, "end")
    assert len(details(console, **long, task_id=task["task_id"])) == 1
    assert len(details(console, **long, phone=number)) == 1
    backwards = {"begin": now.isoformat(), "end": (now - timedelta(hours=1)).isoformat()}
    assert refusal(console, "GET", "/send-details", params=backwards) == (400, "end")
    assert details(console, begin=(now - timedelta(days=3)).isoformat()) == []
    far = console.get("/send-details", offset=10_000, limit=100)
    assert (far["items"], far["has_more"]) == ([], False)


def test_of_other_tenants_nothing_is_seen(console: Console, demo: Company, newcomer: Company) -> None:
    (number,) = phones(1, can_show=True)
    task = send(console, demo, [number])
    other = newcomer.console()
    assert details(other, task_id=task["task_id"]) == details(other, phone=number) == []


def test_what_is_shown_is_exported_and_a_number_comes_at_once(console: Console, demo: Company) -> None:
    numbers = phones(2, can_show=True)
    task = send(console, demo, numbers)
    order = {"kind": "send_details", "filters": {"signature": task["signature_name"]}, "full_numbers": True}
    made = console.act("POST", "/exports", order)

    def over() -> dict[str, Any] | None:
        (found,) = [one for one in console.get("/exports", limit=100)["items"] if one["id"] == made["id"]]
        return found if found["state"] not in {"waiting", "running"} else None

    done: dict[str, Any] = until("the file is made", over)
    assert done["state"] == "done", done
    text = console.ask("GET", f"/exports/{made['id']}/file").content.decode("utf-8-sig")
    rows = [row for row in csv.reader(io.StringIO(text)) if row[0] == task["task_id"]]
    assert [row[1:4] for row in rows] == [[task["name"], task["signature_name"], task["card_template_name"]]] * 2
    assert {row[5][-11:] for row in rows} == set(numbers)
    wrong = {**order, "filters": {"begin": "2026-09-01T00:00:00Z", "end": "2026-11-01T00:00:00Z"}}
    assert console.ask("POST", "/exports", json=wrong).status_code == 400
    named = {**order, "filters": {"phone": numbers[0]}}
    assert refusal(console, "POST", "/exports", json=named) == (400, "filters.phone")
    answer = console.ask("GET", "/send-details.csv", params={"phone": numbers[0]})
    assert answer.headers["content-disposition"].startswith("attachment")
    assert len(list(csv.reader(io.StringIO(answer.text)))) == 2
    assert refusal(console, "GET", "/send-details.csv", params={"phone": "1"}) == (400, "phone")
