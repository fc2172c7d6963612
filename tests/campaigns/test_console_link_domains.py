"""The console's doors of link domains in a whole installation: handing in, the desk's word, checks, taking out of use."""

import gc
import uuid
import warnings
from typing import Any

import httpx
import pytest

from hongyan.kernel.http.client import OutgoingHttp
from hongyan.kernel.http.targets import Allowances
from hongyan.rooms.campaigns.service.domain_checks import Reach, check_domain
from support.cloud import Desk, eventually
from support.doors import Company, Console, unique
from support.doors import reviewer as reviewer_of
from support.installation import Installation
from support.office import PDF
from support.sink import running_sink

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def console(demo: Company) -> Console:
    """A session of the demo tenant's administrator."""
    return demo.console()


def hand_in(console: Console, **changes: Any) -> dict[str, Any]:
    body = {"domain": f"{unique('d')}.Example.com", "kind": "standard", **changes}
    made: dict[str, Any] = console.act("POST", "/link-domains", body)
    return made


def test_a_domain_is_handed_in_approved_and_taken_out_of_use(console: Console, desk: Desk) -> None:
    made = hand_in(console, kind="custom")
    assert (made["state"], made["kind"], made["is_public"]) == ("reviewing", "custom", False)
    detail = console.get(f"/link-domains/{made['domain_id']}")
    assert [story["state"] for story in detail["stories"]] == ["pending"]
    assert console.ask("POST", f"/link-domains/{made['domain_id']}/urge").status_code == 409
    desk.approve("campaigns.link_domain", made["domain"])
    eventually("it is active", lambda: console.get("/link-domains", name=made["domain"], state="active")["total"] == 1)
    gone = console.act("DELETE", f"/link-domains/{made['domain_id']}")
    assert gone["state"] == "disabled"
    assert console.get("/link-domains", kind="custom", state="disabled", name=made["domain"])["total"] == 1


def test_a_domain_that_was_turned_down_says_why_and_comes_again(console: Console, desk: Desk) -> None:
    made = hand_in(console)
    desk.reject("campaigns.link_domain", "域名未备案", made["domain"])
    eventually(
        "it is rejected", lambda: console.get(f"/link-domains/{made['domain_id']}")["domain"]["state"] == "rejected"
    )
    row = console.get("/link-domains", name=made["domain"])["items"][0]
    assert (row["reason"], row["is_asked_back"]) == ("域名未备案", False)
    again = hand_in(console, domain=made["domain"])
    assert (again["domain_id"], again["state"], again["reason"]) == (made["domain_id"], "reviewing", "")


def test_a_question_about_a_domain_is_told_from_a_refusal_and_its_letter_comes_again(
    console: Console, desk: Desk
) -> None:
    letter_id = send_letter(console).json()["file_id"]
    made = hand_in(console, letter_id=letter_id)
    desk.ask_back("campaigns.link_domain", "哪家公司的域名？", made["domain"])
    one = f"/link-domains/{made['domain_id']}"
    eventually("it is asked back", lambda: console.get(one)["domain"]["state"] == "rejected")
    (row,) = console.get("/link-domains", name=made["domain"])["items"]
    assert (row["is_asked_back"], row["reason"]) == (True, "请补充说明：哪家公司的域名？")
    assert console.get(one)["domain"] == row
    again = hand_in(console, domain=made["domain"], letter_id=letter_id)
    assert (again["state"], again["is_asked_back"]) == ("reviewing", False)
    assert console.get(one)["letter"]["file_id"] == letter_id


def send_letter(console: Console, name: str = "授权函.pdf", data: bytes = PDF) -> httpx.Response:
    return console.ask("POST", "/link-domains/letters", files={"file": (name, data, "application/pdf")})


def test_a_letter_goes_with_a_domain_to_the_desk(
    console: Console, newcomer: Company, desk: Desk, installation: Installation
) -> None:
    kept = send_letter(console)
    assert kept.status_code == 201, kept.text
    letter_id = kept.json()["file_id"]
    made = hand_in(console, letter_id=letter_id)
    shown = console.get(f"/link-domains/{made['domain_id']}")["letter"]
    assert (shown["file_id"], shown["name"]) == (letter_id, "授权函.pdf")
    own = console.ask("GET", f"/link-domains/letters/{letter_id}")
    assert (own.content, own.headers["content-type"]) == (PDF, "application/pdf")
    assert own.headers["content-disposition"].startswith("attachment")
    # the desk has it as evidence
    reviewer = reviewer_of(installation)
    (review,) = desk.waiting("campaigns.link_domain", made["domain"])
    assert [one["field"] for one in reviewer.get(f"/reviews/{review['review_id']}")["evidence"]] == ["letter"]
    seen = reviewer.ask("GET", f"/reviews/{review['review_id']}/evidence/0/file")
    assert (seen.status_code, seen.content) == (200, PDF)
    # nobody else has, nor may hand it in
    other = newcomer.console()
    assert other.ask("GET", f"/link-domains/letters/{letter_id}").status_code == 404
    body = {"domain": f"{unique('d')}.example.com", "letter_id": letter_id}
    foreign = other.ask("POST", "/link-domains", json=body)
    assert foreign.status_code in {403, 404}, foreign.text
    missing = console.ask("POST", "/link-domains", json=body | {"letter_id": str(uuid.uuid4())})
    assert (missing.status_code, missing.json()["field"]) == (404, "letter")


@pytest.mark.parametrize(
    ("name", "data"),
    [("a.pdf", b"MZ"), ("a.exe", PDF), ("a.pdf", PDF[:20]), ("a.pdf", PDF + b" " * 2_100_000), ("x" * 201, PDF)],
)
def test_what_is_no_letter_is_refused_at_its_field(console: Console, name: str, data: bytes) -> None:
    answer = send_letter(console, name, data)
    assert (answer.status_code, answer.json()["field"]) == (400, "letter")


def test_public_domains_stand_last_and_are_nobodys(console: Console) -> None:
    hand_in(console)
    listed = console.get("/link-domains", limit=100)
    flags = [one["is_public"] for one in listed["items"]]
    assert flags == sorted(flags)
    (preset,) = [one for one in console.get("/link-domains", is_public=True)["items"] if one["is_preset"]]
    assert console.get(f"/link-domains/{preset['domain_id']}")["stories"] == []
    assert console.ask("DELETE", f"/link-domains/{preset['domain_id']}").status_code == 404
    assert len(console.get("/link-domains", offset=1, limit=1)["items"]) == 1


def test_domains_are_listed_in_the_order_of_their_heads(console: Console) -> None:
    mark = unique("d")
    made = [hand_in(console, domain=f"{letter}.{mark}.example.com") for letter in "bac"]
    assert console.act("DELETE", f"/link-domains/{made[0]['domain_id']}")["state"] == "disabled"

    def listed(**sort: str) -> str:
        return "".join(one["domain"][0] for one in console.get("/link-domains", name=mark, **sort)["items"])

    assert listed() == "cab"
    orders = ("domain", "-domain", "state", "-state", "created_at", "-created_at")
    assert [listed(sort=order) for order in orders] == ["abc", "cba", "cab", "bca", "bac", "cab"]
    # public ones have no place of their own then
    names = [one["domain"] for one in console.get("/link-domains", limit=100, sort="domain")["items"]]
    assert names == sorted(names)
    assert console.ask("GET", "/link-domains?sort=kind").status_code == 400


@pytest.mark.parametrize("name", ["", "not a host", "https://a.example.com", "a.example.com/path/", "x" * 101])
def test_what_is_no_host_name_is_refused_at_its_field(console: Console, name: str) -> None:
    answer = console.ask("POST", "/link-domains", json={"domain": name, "kind": "standard"})
    assert (answer.status_code, answer.json()["field"]) == (400, "domain")


def test_a_name_that_is_taken_is_refused_at_its_field(console: Console, newcomer: Company) -> None:
    made = hand_in(console)
    answer = console.ask("POST", "/link-domains", json={"domain": made["domain"].upper(), "kind": "standard"})
    assert (answer.status_code, answer.json()["field"]) == (409, "domain")
    other = newcomer.console()
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/urge"), ("POST", "/check")):
        assert other.ask(method, f"/link-domains/{made['domain_id']}{path}").status_code == 404


def test_a_name_that_nobody_knows_is_told(console: Console) -> None:
    made = hand_in(console, domain=f"{unique('d')}.invalid")
    found = console.act("POST", f"/link-domains/{made['domain_id']}/check")
    assert (found["is_known"], found["https"], found["http"]) == (False, "failed", "failed")


async def test_a_check_tells_our_redirector_from_others(installation: Installation) -> None:
    out = OutgoingHttp(allowances=Allowances.parse("127.0.0.0/8,::1/128"))
    strict = OutgoingHttp()
    ours = installation.env["HONGYAN_LINKS"].removeprefix("http://").replace("127.0.0.1", "localhost")
    try:
        found = await check_domain(out, ours)
        assert (found.is_known, found.http, found.https) == (True, Reach.HERE, Reach.FAILED)
        assert found.https_detail
        with running_sink() as sink:
            other = await check_domain(out, f"localhost:{sink.port}")
        assert (other.http, other.http_detail) == (Reach.ELSEWHERE, "HTTP 200")
        inside = await check_domain(strict, ours)
        assert (inside.is_known, inside.http, inside.https) == (True, Reach.PRIVATE, Reach.PRIVATE)
    finally:
        await out.close()
        await strict.close()
        with warnings.catch_warnings():
            # The socket of a handshake that failed is left to the collector by the HTTP library.
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect()
