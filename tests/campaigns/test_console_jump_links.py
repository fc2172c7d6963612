"""The console's doors of jump links in a whole installation: handing in, the desk's word, changing, deleting."""

from typing import Any

import pytest

from support.cloud import Desk, eventually
from support.doors import Company, Console, unique

pytestmark = pytest.mark.timeout(180)
KIND = "campaigns.jump_link"


@pytest.fixture
def console(demo: Company) -> Console:
    """A session of the demo tenant's administrator."""
    return demo.console()


def add(console: Console, **changes: Any) -> dict[str, Any]:
    name = unique("jump")
    made: dict[str, Any] = console.act(
        "POST", "/jump-links", {"name": name, "url": f"https://shop.example.com/{name}?from=sms", **changes}
    )
    return made


def state_of(console: Console, link: dict[str, Any]) -> str:
    return str(console.get(f"/jump-links/{link['link_id']}")["link"]["state"])


def test_a_link_is_handed_in_approved_and_deleted(console: Console, desk: Desk) -> None:
    made = add(console)
    assert (made["state"], made["reason"]) == ("reviewing", "")
    detail = console.get(f"/jump-links/{made['link_id']}")
    assert [story["state"] for story in detail["stories"]] == ["pending"]
    assert console.ask("POST", f"/jump-links/{made['link_id']}/urge").status_code == 409
    desk.approve(KIND, made["name"])
    eventually("it is approved", lambda: state_of(console, made) == "approved")
    assert console.get("/jump-links", text=made["url"][8:].upper(), state="approved")["total"] == 1
    changed = console.ask("PUT", f"/jump-links/{made['link_id']}", json={"name": "x", "url": "https://x.example.com"})
    assert (changed.status_code, changed.json()["code"]) == (409, "campaigns.jump_link_state")
    assert console.ask("DELETE", f"/jump-links/{made['link_id']}").status_code == 204
    assert console.ask("GET", f"/jump-links/{made['link_id']}").status_code == 404
    assert console.get("/jump-links", text=made["name"])["total"] == 0


def test_a_link_that_was_turned_down_says_why_and_comes_again(console: Console, desk: Desk) -> None:
    made = add(console)
    desk.reject(KIND, "页面打不开", made["name"])
    eventually("it is rejected", lambda: state_of(console, made) == "rejected")
    assert console.get("/jump-links", text=made["name"], state="rejected")["items"][0]["reason"] == "页面打不开"
    assert console.get(f"/jump-links/{made['link_id']}")["link"]["is_asked_back"] is False
    better = {"name": made["name"], "url": made["url"] + "&v=2"}
    again = console.act("PUT", f"/jump-links/{made['link_id']}", better)
    assert (again["state"], again["reason"], again["url"]) == ("reviewing", "", better["url"])
    desk.approve(KIND, made["name"])
    eventually("it is approved", lambda: state_of(console, made) == "approved")
    states = [story["state"] for story in console.get(f"/jump-links/{made['link_id']}")["stories"]]
    assert states == ["approved", "rejected"]


def test_a_question_about_a_link_is_told_from_a_refusal(console: Console, desk: Desk) -> None:
    made = add(console)
    desk.ask_back(KIND, "哪个门店？", made["name"])
    eventually("it is asked back", lambda: state_of(console, made) == "rejected")
    (row,) = console.get("/jump-links", text=made["name"])["items"]
    assert (row["is_asked_back"], row["reason"]) == (True, "请补充说明：哪个门店？")
    assert console.get(f"/jump-links/{made['link_id']}")["link"] == row
    again = console.act("PUT", f"/jump-links/{made['link_id']}", {"name": made["name"], "url": made["url"]})
    assert (again["state"], again["is_asked_back"]) == ("reviewing", False)
    desk.reject(KIND, "页面打不开", made["name"])
    eventually("it is rejected", lambda: state_of(console, made) == "rejected")
    assert console.get("/jump-links", text=made["name"])["items"][0]["is_asked_back"] is False


def test_what_is_deleted_leaves_the_desk(console: Console, desk: Desk) -> None:
    made = add(console)
    assert console.ask("DELETE", f"/jump-links/{made['link_id']}").status_code == 204
    assert desk.waiting(KIND, made["name"]) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "名" * 31}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"url": ""}, "url"),
        ({"url": "shop.example.com/sale"}, "url"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"url": "https://user@shop.example.com/"}, "url"),
        ({"url": "https://shop.example.com/" + "x" * 2048}, "url"),
    ],
)
def test_what_breaks_a_rule_is_refused_at_its_field(console: Console, changes: dict[str, str], field: str) -> None:
    body = {"name": "夏季活动", "url": "https://shop.example.com/summer", **changes}
    answer = console.ask("POST", "/jump-links", json=body)
    assert (answer.status_code, answer.json()["field"]) == (400, field)


def test_a_url_is_on_the_list_once_and_of_others_nothing_is_seen(console: Console, newcomer: Company) -> None:
    made = add(console)
    twice = console.ask("POST", "/jump-links", json={"name": "再来一次", "url": made["url"]})
    assert (twice.status_code, twice.json()["field"]) == (409, "url")
    assert made["name"] in twice.json()["title"]
    other = newcomer.console()
    assert other.get("/jump-links")["total"] == 0
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/urge")):
        assert other.ask(method, f"/jump-links/{made['link_id']}{path}").status_code == 404
    body = {"name": "x", "url": "https://x.example.com/"}
    assert other.ask("PUT", f"/jump-links/{made['link_id']}", json=body).status_code == 404


def test_who_may_only_read_adds_nothing(console: Console, demo: Company) -> None:
    name, password = unique("reader"), "jump-links-Reader-1"
    console.act("POST", "/users", {"name": name, "password": password, "roles": ["read_only"], "temporary": False})
    reader = Console(demo.url, name, password)
    assert reader.get("/jump-links", limit=1)["items"] is not None
    body = {"name": "x", "url": "https://x.example.com/"}
    assert reader.ask("POST", "/jump-links", json=body).status_code == 403


def test_links_are_listed_by_name_or_time(console: Console) -> None:
    mark = unique("order")
    for letter in "bac":
        add(console, name=f"{mark}{letter}", url=f"https://shop.example.com/{mark}/{letter}")

    def listed(sort: str) -> str:
        return "".join(one["name"][-1] for one in console.get("/jump-links", text=mark, sort=sort)["items"])

    assert [listed(sort) for sort in ("name", "-name", "created_at", "-created_at")] == ["abc", "cba", "bac", "cab"]
