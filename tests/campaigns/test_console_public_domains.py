"""The console's doors of the platform's own link domains in a whole installation: who may, default, use, vendors."""

from typing import Any

import pytest

from support.cloud import eventually
from support.doors import Company, Console, operator, unique
from support.installation import Installation

pytestmark = pytest.mark.timeout(180)
PUBLIC = "/public-link-domains"


@pytest.fixture
def desk(installation: Installation) -> Console:
    """A session of the platform's operator."""
    return operator(installation)


def add(desk: Console) -> dict[str, Any]:
    made: dict[str, Any] = desk.act("POST", PUBLIC, {"domain": f"{unique('p')}.Example.com"})
    return made


def row_of(desk: Console, domain_id: int) -> dict[str, Any]:
    return next(one for one in desk.get(PUBLIC)["items"] if one["domain_id"] == domain_id)


def test_a_domain_for_everybody_is_added_known_to_vendors_and_taken_out_of_use(desk: Console, demo: Company) -> None:
    made = add(desk)
    assert (made["domain"], made["state"], made["is_preset"]) == (made["domain"].lower(), "active", False)
    path = f"{PUBLIC}/{made['domain_id']}"
    tenant = demo.console()
    [seen] = tenant.get("/link-domains", name=made["domain"])["items"]
    assert (seen["is_public"], seen["state"]) == (True, "active")
    vendors = [one["vendor"] for one in made["at_vendors"]]
    assert "HUAWEI" in vendors
    eventually(
        "vendors know it",
        lambda: {one["verdict"] for one in row_of(desk, made["domain_id"])["at_vendors"]} == {"enabled"},
    )
    off = desk.act("PUT", f"{path}/use", {"is_active": False})
    assert off["state"] == "disabled"
    assert desk.ask("POST", f"{path}/submit").status_code == 400
    assert desk.act("PUT", f"{path}/use", {"is_active": True})["state"] == "active"
    assert [one["vendor"] for one in desk.act("POST", f"{path}/submit")["at_vendors"]] == vendors
    found = desk.act("POST", f"{path}/check")
    assert (found["is_known"], found["http"]) == (False, "failed")
    words = {one["action"] for one in desk.get("/audit", kind="link_domain", limit=100)["items"]}
    assert {"public_domain.add", "public_domain.disable", "public_domain.enable", "public_domain.hand_in"} <= words


def test_one_domain_is_the_default_and_cannot_be_taken_out_of_use(desk: Console) -> None:
    first = desk.get(PUBLIC)["items"][0]
    assert first["is_preset"]
    refused = desk.ask("PUT", f"{PUBLIC}/{first['domain_id']}/use", json={"is_active": False})
    assert (refused.status_code, refused.json()["code"]) == (409, "short_links.domain_is_preset")
    made = add(desk)
    try:
        assert desk.act("POST", f"{PUBLIC}/{made['domain_id']}/preset")["is_preset"]
        assert [one["domain_id"] for one in desk.get(PUBLIC)["items"] if one["is_preset"]] == [made["domain_id"]]
    finally:
        desk.act("POST", f"{PUBLIC}/{first['domain_id']}/preset")
    desk.act("PUT", f"{PUBLIC}/{made['domain_id']}/use", {"is_active": False})
    # links are never made on what is out of use
    refused = desk.ask("POST", f"{PUBLIC}/{made['domain_id']}/preset")
    assert (refused.status_code, refused.json()["field"]) == (400, "domain")


@pytest.mark.parametrize("name", ["", "not a host", "https://a.example.com", "x" * 201])
def test_what_is_no_host_name_is_refused_at_its_field(desk: Console, name: str) -> None:
    answer = desk.ask("POST", PUBLIC, json={"domain": name})
    assert (answer.status_code, answer.json()["field"]) == (400, "domain")


def test_tenants_domains_are_not_among_them_and_names_are_taken_once(desk: Console, demo: Company) -> None:
    tenant = demo.console()
    own = tenant.act("POST", "/link-domains", {"domain": f"{unique('o')}.example.com", "kind": "standard"})
    assert own["domain"] not in {one["domain"] for one in desk.get(PUBLIC)["items"]}
    taken = desk.ask("POST", PUBLIC, json={"domain": own["domain"]})
    assert (taken.status_code, taken.json()["field"]) == (409, "domain")
    for method, path, body in (
        ("PUT", "use", {"is_active": False}),
        ("POST", "preset", None),
        ("POST", "submit", None),
        ("POST", "check", None),
    ):
        assert desk.ask(method, f"{PUBLIC}/{own['domain_id']}/{path}", json=body).status_code == 404, path
        assert tenant.ask(method, f"{PUBLIC}/{own['domain_id']}/{path}", json=body).status_code == 403, path
    assert tenant.ask("GET", PUBLIC).status_code == 403
    assert tenant.ask("POST", PUBLIC, json={"domain": "a.example.com"}).status_code == 403
