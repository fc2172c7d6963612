"""The console's doors of resolve tasks in a whole installation: the form, the lists, single links, the download."""

import csv
import io
import uuid
from typing import Any

import pytest

from support.cloud import eventually
from support.doors import PARCEL_CARD, PLAIN_CARD, Company, Console, unique

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def console(demo: Company) -> Console:
    """A session of the demo tenant's administrator."""
    return demo.console()


def form(**changes: Any) -> dict[str, Any]:
    body = {
        "name": unique("解析"),
        "card_template_id": PLAIN_CARD,
        "kind": "individual",
        "signatures": ["【鸿雁演示企业】"],
        "days": 7,
        "rows": [{"cust_flag": "13800138000"}, {"cust_flag": "会员-7", "custom_url": "https://www.example.com/7"}],
    }
    return {**body, **changes}


def refusal(console: Console, body: dict[str, Any]) -> tuple[int, str | None]:
    answer = console.ask("POST", "/resolve-tasks", json=body)
    return answer.status_code, answer.json().get("field")


def test_individual_links_are_made_listed_and_downloaded(console: Console) -> None:
    made = console.act("POST", "/resolve-tasks", form())
    assert (made["wanted"], made["made"], made["kind"], made["signatures"]) == (2, 2, "individual", ["鸿雁演示企业"])
    listed = console.get("/resolve-tasks", name=made["name"])
    assert (listed["total"], listed["items"][0]) == (1, made)
    assert console.get(f"/resolve-tasks/{made['task_id']}") == made
    links = console.get("/resolve-details", task_id=made["task_id"])["items"]
    assert [(one["cust_flag"], one["status"]) for one in links] == [
        ("138****8000", "unresolved"),
        ("会员-7", "unresolved"),
    ]
    assert links[0]["aim_url"] == made["first_url"]
    # found by the whole number, by the link as it was copied, and by the template
    for query in (
        {"cust_flag": "138 0013 8000", "task_name": made["name"]},
        {"aim_url": f"https://{made['first_url']}"},
        {"card_template": PLAIN_CARD, "task_name": made["name"], "status": "unresolved"},
    ):
        assert links[0] in console.get("/resolve-details", **query)["items"]
    assert console.get("/resolve-details", task_id=made["task_id"], status="success")["items"] == []
    answer = console.ask("GET", f"/resolve-tasks/{made['task_id']}/links.csv")
    assert answer.headers["content-disposition"].startswith("attachment")
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [row["cust_flag"] for row in rows] == ["13800138000", "会员-7"]
    assert rows[0]["link"] == f"https://{made['first_url']}"
    (noted,) = console.get("/audit", action="campaigns.download_links", subject_id=made["task_id"])["items"]
    assert noted["action"] == "campaigns.download_links"


def parsed(console: Console, name: str, data: bytes) -> str:
    """Upload a number file; return its id when it was read."""
    answer = console.ask("POST", "/number-files", files={"file": (name, data, "text/csv")})
    assert answer.status_code == 200, answer.text
    file_id = str(answer.json()["file_id"])
    eventually("the file is read", lambda: console.get(f"/number-files/{file_id}")["state"] == "parsed")
    return file_id


def test_individual_links_come_out_of_a_file_with_an_outcome_for_each_row(console: Console) -> None:
    # given more customers than are typed, one with a page that is none, and one that is no number
    lines = [f"138{no:08d},https://www.example.com/{no}" for no in range(2_500)]
    lines[7] = "13800000007,ftp://example.com"
    text = "\n".join(["手机号码,跳转链接", *lines, "12,https://www.example.com/x"])
    file_id = parsed(console, "customers.csv", text.encode())
    # when links are made for all
    made = console.act("POST", "/resolve-tasks", form(rows=[], number_file_id=file_id))
    # then each row has its own, or the reason why not
    assert (made["wanted"], made["made"]) == (2_500, 2_499)
    answer = console.ask("GET", f"/resolve-tasks/{made['task_id']}/links.csv")
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [row["cust_flag"] for row in rows] == [f"138{no:08d}" for no in range(2_500)]
    assert len({row["link"] for row in rows}) == 2_500
    assert [(no, bool(row["error"])) for no, row in enumerate(rows) if row["link"] == ""] == [(7, True)]
    assert console.get(f"/number-files/{file_id}")["counts"]["invalid"] == 1


def test_a_jump_link_that_a_number_file_cuts_is_refused_and_the_longest_that_it_carries_is_kept(
    console: Console,
) -> None:
    # given a page whose address is longer than a cell of a file, and is an address still when it is cut there
    cut, whole = (f"https://www.example.com/{'a' * (length - 24)}" for length in (600, 499))
    lines = ["手机号码,跳转链接", f"13800000001,{cut}", f"13800000002,{whole}"]
    file_id = parsed(console, "long.csv", "\n".join(lines).encode())
    # when links are made
    made = console.act("POST", "/resolve-tasks", form(rows=[], number_file_id=file_id))
    # then none leads to the cut address
    assert (made["wanted"], made["made"]) == (2, 1)
    (failed,) = console.get("/resolve-details", task_id=made["task_id"], status="fail")["items"]
    assert failed["cust_flag"] == "138****0001"
    assert "link 1 of the file" in failed["error"]
    assert "499 characters" in failed["error"]


def test_the_sample_of_links_is_a_file_that_can_be_sent_back(console: Console) -> None:
    sample = console.ask("GET", "/resolve-tasks/sample.xlsx", params={"card_template_id": PARCEL_CARD})
    assert (sample.status_code, sample.content[:2]) == (200, b"PK")
    file_id = parsed(console, "links.xlsx", sample.content)
    body = form(rows=[], number_file_id=file_id, card_template_id=PARCEL_CARD)
    made = console.act("POST", "/resolve-tasks", body)
    assert (made["wanted"], made["made"]) == (2, 2)


def test_a_file_that_cannot_be_links_is_refused_at_its_field(console: Console, newcomer: Company) -> None:
    plain = parsed(console, "plain.csv", "手机号码\n13800138000".encode())
    assert refusal(console, form(rows=[], number_file_id=plain, card_template_id=PARCEL_CARD)) == (
        400,
        "number_file_id",
    )
    assert refusal(console, form(rows=[], number_file_id=plain, has_own_codes=True)) == (400, "number_file_id")
    assert refusal(console, form(rows=[], number_file_id=plain, custom_url="example.com")) == (400, "custom_url")
    assert refusal(console, form(rows=[], number_file_id=str(uuid.uuid4()))) == (404, "number_file_id")
    assert newcomer.console().ask("POST", "/resolve-tasks", json=form(rows=[], number_file_id=plain)).status_code == 404


def test_a_group_link_is_one_for_all(console: Console) -> None:
    rows = [{"cust_flag": "全体会员"}]
    made = console.act("POST", "/resolve-tasks", form(kind="group", days=180, resolving_times=5000, rows=rows))
    assert (made["wanted"], made["resolving_times"], made["days"]) == (1, 5000, 180)
    assert made["first_url"].startswith(f"{made['domain']}/")


def test_rows_that_cannot_be_made_say_why_and_the_others_are(console: Console) -> None:
    good = {"param1": "王女士", "param2": "A1", "param3": "鸿雁速运", "param4": "明天"}
    rows = [{"cust_flag": "a", "params": good}, {"cust_flag": "b", "params": {"param1": "王女士"}}]
    made = console.act("POST", "/resolve-tasks", form(card_template_id=PARCEL_CARD, rows=rows))
    assert (made["wanted"], made["made"]) == (2, 1)
    (failed,) = console.get("/resolve-details", task_id=made["task_id"], status="fail")["items"]
    assert (failed["cust_flag"], failed["aim_url"], failed["result_code"]) == ("b", None, "KM.90016802")
    assert failed["error"]


def test_chosen_codes_need_a_domain_of_that_kind(console: Console, chosen: str) -> None:
    code = unique("c")[-8:]
    wanted = form(domain=chosen, has_own_codes=True)
    made = console.act("POST", "/resolve-tasks", {**wanted, "rows": [{"cust_flag": "a", "short_code": code}]})
    assert made["first_url"] == f"{chosen}/{code}"
    again = console.act("POST", "/resolve-tasks", {**wanted, "rows": [{"cust_flag": "b", "short_code": code}]})
    assert (again["made"], again["first_url"]) == (0, None)
    assert refusal(console, form(domain=chosen)) == (400, "domain")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "长" * 31}, "name"),
        ({"card_template_id": "600009999"}, "card_template_id"),
        ({"signatures": []}, "signatures"),
        ({"signatures": ["长" * 19]}, "signatures"),
        ({"days": 8}, "days"),
        ({"days": 0}, "days"),
        ({"rows": []}, "rows"),
        ({"rows": [{"cust_flag": ""}]}, "rows[0].cust_flag"),
        ({"kind": "group", "resolving_times": 1, "rows": [{"cust_flag": "a"}]}, "resolving_times"),
        ({"kind": "group", "resolving_times": 2}, "rows"),
        (
            {"kind": "group", "resolving_times": 2, "card_template_id": PARCEL_CARD, "rows": [{"cust_flag": "a"}]},
            "kind",
        ),
        ({"domain": "nobody.example.com"}, "domain"),
    ],
)
def test_the_form_hears_of_its_faults_at_their_fields(console: Console, changes: dict[str, Any], field: str) -> None:
    status, found = refusal(console, form(**changes))
    assert (status // 100, found) == (4, field)


def test_others_tasks_are_not_there(console: Console, newcomer: Company) -> None:
    made = console.act("POST", "/resolve-tasks", form())
    other = newcomer.console()
    assert other.ask("GET", f"/resolve-tasks/{made['task_id']}").status_code == 404
    assert other.ask("GET", f"/resolve-tasks/{made['task_id']}/links.csv").status_code == 404
    assert other.get("/resolve-tasks")["items"] == []
    assert other.get("/resolve-details", task_id=made["task_id"])["items"] == []
    assert console.ask("GET", f"/resolve-tasks/{'0' * 8}").status_code == 400


def test_readers_look_but_neither_make_nor_download(console: Console, demo: Company) -> None:
    made = console.act("POST", "/resolve-tasks", form())
    name, password = unique("reader"), "a long enough password 2"
    console.act("POST", "/users", {"name": name, "password": password, "roles": ["read_only"], "temporary": False})
    reader = Console(demo.url, name, password)
    assert reader.get(f"/resolve-tasks/{made['task_id']}") == made
    assert reader.ask("POST", "/resolve-tasks", json=form()).status_code == 403
    assert reader.ask("GET", f"/resolve-tasks/{made['task_id']}/links.csv").status_code == 403


def test_tasks_are_listed_by_name_or_time(console: Console) -> None:
    mark = unique("序")
    for name in (f"{mark}b", f"{mark}a", f"{mark}c"):
        console.act("POST", "/resolve-tasks", form(name=name))

    def listed(sort: str) -> str:
        found = console.get("/resolve-tasks", name=mark, sort=sort)["items"]
        return "".join(one["name"].removeprefix(mark) for one in found)

    assert [listed(sort) for sort in ("name", "-name", "created_at", "-created_at")] == ["abc", "cba", "bac", "cab"]
