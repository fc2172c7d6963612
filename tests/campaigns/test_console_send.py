"""The doors of the send form in a whole installation: choices, numbers, 号码解析, the task, the test send."""

import csv
import io
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from support.doors import PLAIN_CARD, Company, Console, csv_of, phones, unique, until
from support.installation import Installation

pytestmark = pytest.mark.timeout(180)
_MB = 1024 * 1024


@pytest.fixture
def console(demo: Company) -> Console:
    """A session of the demo tenant's administrator."""
    return demo.console()


def upload(console: Console, data: bytes, name: str = "会员.csv") -> dict[str, Any]:
    """Upload a file and return it as it was read."""
    file = console.act("POST", "/number-files", files={"file": (name, data)})

    def read() -> dict[str, Any] | None:
        found: dict[str, Any] = console.get(f"/number-files/{file['file_id']}")
        return found if found["state"] in {"parsed", "failed"} else None

    found: dict[str, Any] = until("the file is read", read)
    return found


def look_at(console: Console, template: str, **numbers: Any) -> dict[str, Any]:
    """Have numbers looked at and return what was found."""
    body = {"card_template_id": PLAIN_CARD, "sms_template_id": template, **numbers}
    made = console.act("POST", "/number-parses", body)

    def done() -> dict[str, Any] | None:
        found: dict[str, Any] = console.get(f"/number-parses/{made['parse_id']}")
        return found if found["state"] != "parsing" else None

    found: dict[str, Any] = until("the numbers are looked at", done)
    return found


def refusal(console: Console, method: str, path: str, **more: Any) -> tuple[int, str, str | None]:
    """Return status, code and field of what must be refused."""
    answer = console.ask(method, path, **more)
    problem = answer.json()
    return answer.status_code, problem["code"], problem.get("field")


def rows_of(console: Console, path: str) -> list[list[str]]:
    """Return a downloaded csv."""
    answer = console.ask("GET", path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"].startswith("attachment")
    return list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))


def test_choices_are_shown_with_what_they_need(console: Console, demo: Company) -> None:
    cards = console.get("/send-form/card-templates", is_public=True, limit=100)
    card = next(one for one in cards["items"] if one["tpl_id"] == PLAIN_CARD)
    assert card["is_active"]
    assert console.get(f"/send-form/card-templates/{PLAIN_CARD}") == card
    assert refusal(console, "GET", "/send-form/card-templates/699999999")[0] == 404
    assert {one["vendor"] for one in card["vendors"] if one["is_enabled"]} >= {"HUAWEI"}
    assert next(one["is_preset"] for one in console.get("/send-form/domains")["items"])
    assert all(one["tpl_id"] for one in console.get("/send-form/video-templates")["items"])
    choice = {"card_template_id": PLAIN_CARD, "sms_template_id": demo.templates["member"]}
    content = console.get("/send-form/content", **choice)
    assert [(one["kind"], one["type"]) for one in content["columns"]] == [("sms", "TEXT")]
    assert content["example_chars"] == len(content["example_text"])
    assert content["example_parts"] == 1


def test_the_sample_file_has_a_column_for_every_value_and_can_be_sent(
    console: Console, demo: Company, tmp_path: Path
) -> None:
    template = demo.templates["all kinds"]
    choice = {"card_template_id": PLAIN_CARD, "sms_template_id": template}
    answer = console.ask("GET", "/send-form/sample.xlsx", params=choice)
    assert answer.headers["content-disposition"] == 'attachment; filename="numbers.xlsx"'
    file = upload(console, answer.content, "样例.xlsx")
    assert (file["state"], file["columns"]) == ("parsed", ["变量1", "变量2", "变量3", "变量4", "变量5"])
    found = look_at(console, template, number_file_id=file["file_id"])
    assert (found["counts"]["imported"], found["counts"]["invalid"]) == (2, 0)


def test_a_card_is_framed_by_this_console_alone_and_runs_nothing(console: Console) -> None:
    answer = console.ask("GET", f"/send-form/card-templates/{PLAIN_CARD}/card", params={"vendor": "HUAWEI"})
    policy = answer.headers["content-security-policy"]
    assert answer.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in policy
    assert policy.endswith("frame-ancestors 'self'; sandbox")
    assert "<script" not in answer.text
    assert 'href="http' not in answer.text
    assert refusal(console, "GET", "/send-form/card-templates/699999999/card")[0] == 404


def test_numbers_are_counted_shown_and_sent_once(console: Console, demo: Company) -> None:
    # given a file with two capable numbers, one that is not, a repeat, a wrong number and a wrong value
    (one, two), (plain,) = phones(2, can_show=True), phones(1, can_show=False)
    data = csv_of([one, two, plain, one, "12345"], 会员称呼=["甲", "乙", "丙", "甲", "丁"])
    file = upload(console, data)
    assert file["counts"] == {"rows": 5, "imported": 3, "invalid": 1, "duplicates": 1, "opted_out": 0}
    # when they are looked at
    found = look_at(console, demo.templates["member"], number_file_id=file["file_id"])
    # then counts, parts and downloads agree
    assert found["state"] == "ready"
    counts = found["counts"]
    assert (counts["imported"], counts["capable"], counts["incapable"], counts["invalid"]) == (3, 2, 1, 1)
    assert sum(found["parts"]["capable"].values()) == 2
    assert sum(found["parts"]["plain"].values()) == 1
    base = f"/number-parses/{found['parse_id']}"
    assert rows_of(console, f"{base}/recipients.csv?kind=capable") == [["手机号码"], [one], [two]]
    assert rows_of(console, f"{base}/recipients.csv?kind=incapable") == [["手机号码"], [plain]]
    assert [row[1] for row in rows_of(console, f"{base}/recipients.csv?kind=invalid")[1:]] == ["12345"]
    # and each recipient is shown as it will be
    row = console.get(f"{base}/rows/2")
    assert (row["total"], row["flag"], row["phone_masked"]) == (3, "incapable", f"{plain[:3]}****{plain[-4:]}")
    assert "丙" in row["text"]
    assert len(row["plain_text"]) < len(row["text"])
    assert console.ask("GET", f"{base}/rows/0/card", params={"vendor": "HUAWEI"}).status_code == 200
    assert refusal(console, "GET", f"{base}/rows/3") == (404, "campaigns.row_missing", "number")
    # and the task is made once, however often the browser asks
    body = {"parse_id": found["parse_id"], "name": unique("表单"), "fallback": "sms"}
    key = {"Idempotency-Key": uuid4().hex}
    tasks = [console.act("POST", "/send-tasks", body, headers=key) for _ in range(2)]
    assert tasks[0]["task_id"] == tasks[1]["task_id"]
    end = until("the task is over", lambda: _final(console, tasks[0]["task_id"]))
    assert end["states"] == {"delivered": 3}
    assert end["number_file_id"] == file["file_id"]


def _final(console: Console, task_id: str) -> dict[str, Any] | None:
    task: dict[str, Any] = console.get(f"/send-tasks/{task_id}")
    return task if task["is_final"] else None


def test_typed_numbers_carry_their_values(console: Console, demo: Company) -> None:
    one, two = phones(2, can_show=True)
    found = look_at(console, demo.templates["member"], typed=f"{one}，王女士\n{two}, 李先生\n{one},again")
    assert (found["counts"]["capable"], found["counts"]["duplicates"]) == (2, 1)
    assert "王女士" in console.get(f"/number-parses/{found['parse_id']}/rows/0")["text"]
    # and templates without values take numbers alone
    found = look_at(console, demo.templates["link only"], typed=f"{one};{two}\n")
    assert found["counts"]["capable"] == 2


def test_what_is_wrong_is_said_at_its_field(console: Console, demo: Company) -> None:
    (one,) = phones(1, can_show=True)
    good = {"card_template_id": PLAIN_CARD, "sms_template_id": demo.templates["link only"], "typed": one}
    for wrong, field in [
        ({"card_template_id": "699999999"}, "card_template_id"),
        ({"sms_template_id": "99999999"}, "sms_template_id"),
        ({"domain": "nowhere.example.com"}, "domain"),
        ({"typed": " "}, "typed"),
        ({"typed": "\n".join(str(13_700_000_000 + i) for i in range(501))}, "typed"),
    ]:
        assert refusal(console, "POST", "/number-parses", json={**good, **wrong})[2] == field, wrong
    assert refusal(console, "POST", "/number-files", files={"file": ("a b.csv", b"1")}) == (
        400,
        "audience.file_name",
        "file",
    )
    parse_id = look_at(console, demo.templates["link only"], typed=one)["parse_id"]
    body = {"parse_id": parse_id, "name": "n"}
    for wrong, field in [
        ({"name": " "}, "name"),
        ({"name": "x" * 31}, "name"),
        ({"validity_days": 8}, "validity_days"),
        ({"send_at": "2020-01-01T00:00:00Z"}, "send_at"),
        ({"jump_url": "ftp://x"}, "jump_url"),
        ({"basic_template_id": "1"}, "basic_template_id"),
    ]:
        assert refusal(console, "POST", "/send-tasks", json={**body, **wrong})[2] == field, wrong
    assert refusal(console, "POST", "/send-tasks", json={**body, "parse_id": str(uuid4())})[0] == 404


def test_a_file_larger_than_40_mb_is_refused(console: Console) -> None:
    status, _, field = refusal(console, "POST", "/number-files", files={"file": ("large.csv", b"1" * (40 * _MB + 1))})
    assert (status, field) == (400, "file")
    larger = {"file": ("large.csv", b"1" * (42 * _MB))}
    assert console.ask("POST", "/number-files", files=larger).status_code == 413


def test_a_file_without_the_columns_is_refused_with_the_reason(console: Console, demo: Company) -> None:
    file = upload(console, csv_of(phones(1, can_show=True)))
    body = {"card_template_id": PLAIN_CARD, "sms_template_id": demo.templates["member"]}
    answer = refusal(console, "POST", "/number-parses", json={**body, "number_file_id": file["file_id"]})
    assert answer == (400, "campaigns.param_count", "numbers")


def test_a_test_send_goes_to_five_at_most_and_is_marked(console: Console, demo: Company) -> None:
    numbers = phones(6, can_show=True)
    body = {"name": unique("试发"), "card_template_id": PLAIN_CARD, "sms_template_id": demo.templates["member"]}
    rows = [{"phone": phone, "values": ["测试"]} for phone in numbers]
    assert refusal(console, "POST", "/send-tests", json={**body, "rows": rows})[0] == 400
    task = console.act("POST", "/send-tests", {**body, "rows": rows[:2]})
    assert task["is_trial"]
    assert until("the test is over", lambda: _final(console, task["task_id"]))["states"] == {"delivered": 2}


def test_others_see_nothing_and_readers_may_only_look(
    installation: Installation, demo: Company, newcomer: Company, console: Console
) -> None:
    (one,) = phones(1, can_show=True)
    template = demo.templates["link only"]
    found = look_at(console, template, typed=one)
    base = f"/number-parses/{found['parse_id']}"
    other = newcomer.console()
    for path in (base, f"{base}/rows/0", f"/number-files/{found['file']['file_id']}"):
        assert other.ask("GET", path).status_code == 404, path
    assert other.ask("POST", "/send-tasks", json={"parse_id": found["parse_id"], "name": "n"}).status_code == 404
    reader = Console(installation.url, demo.user.replace("/admin", "/reader"), demo.password)
    assert reader.get("/send-form/card-templates")["total"] > 0
    typed = {"card_template_id": PLAIN_CARD, "sms_template_id": template, "typed": one}
    for method, path, body in [
        ("POST", "/number-parses", typed),
        ("POST", "/send-tasks", {"parse_id": found["parse_id"], "name": "n"}),
    ]:
        assert reader.ask(method, path, json=body).status_code == 403, path
    assert reader.ask("POST", "/number-files", files={"file": ("a.csv", b"1")}).status_code == 403
    assert reader.ask("GET", f"{base}/recipients.csv?kind=capable").status_code == 403
