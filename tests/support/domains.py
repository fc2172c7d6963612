"""Link domains of one's own: handed in, approved, and how a phone would come to them.

Fixture: ``chosen``, a domain of the demo tenant whose codes are chosen.
"""

from typing import Any

import httpx
import pytest

from support.cloud import Client, Desk, eventually
from support.doors import unique
from support.installation import Installation


def domain_of(client: Client, desk: Desk, kind: str) -> str:
    """Register a link domain of one's own and have it approved."""
    name = f"{unique('d')}.example.com"
    made = client.raw("POST", "/v1/hongyan/link-domains", {"domain": name.upper(), "kind": kind})
    assert made.status_code == 200, made.text
    assert made.json() == {
        "domain_id": made.json()["domain_id"],
        "domain": name,
        "kind": kind,
        "state": "reviewing",
        "is_public": False,
        "is_preset": False,
        "created_at": made.json()["created_at"],
    }
    assert desk.approve("campaigns.link_domain", name) == 1
    eventually("the domain is active", lambda: domain(client, name)["state"] == "active")
    return name


def domain(client: Client, name: str) -> dict[str, Any]:
    """Return a domain as the list shows it."""
    (found,) = client.raw("GET", f"/v1/hongyan/link-domains?domain={name}").json()["items"]
    return dict(found)


def tap(installation: Installation, host: str, code: str) -> httpx.Response:
    """Tap a link of a domain whose name leads here."""
    url = f"{installation.env['HONGYAN_LINKS']}/{code}"
    return httpx.get(url, headers={"host": host}, trust_env=False, timeout=20)


@pytest.fixture(scope="session")
def chosen(cloud: Client, desk: Desk) -> str:
    """A domain of the demo's whose codes are chosen."""
    return domain_of(cloud, desk, "custom")
