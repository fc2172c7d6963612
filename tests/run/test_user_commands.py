"""``hongyan user reset-second-factor`` against a running installation."""

import base64
import json
from datetime import UTC, datetime

import httpx
import pytest

from hongyan.rooms.identity.rules.one_time_codes import code_at, step_of
from support.doors import Company, demo_company, unique
from support.installation import Installation

pytestmark = pytest.mark.timeout(240)
PASSWORD = "Wild-Goose-2026"


@pytest.fixture
def company(installation: Installation) -> Company:
    """The demo tenant."""
    return demo_company(installation)


def _browser(installation: Installation) -> httpx.Client:
    return httpx.Client(base_url=f"{installation.url}/console/api", trust_env=False, timeout=60)


def _enter(browser: httpx.Client, user: str, password: str) -> httpx.Response:
    answer = browser.post("/session", json={"user": user, "password": password})
    if answer.is_success:
        browser.headers["X-CSRF-Token"] = answer.json()["csrf"]
    return answer


def test_an_operator_takes_off_the_second_factor_of_who_lost_the_phone(
    installation: Installation, company: Company
) -> None:
    name = unique("lost")
    with _browser(installation) as admin, _browser(installation) as browser:
        _enter(admin, company.user, company.password)
        new = {"name": name, "password": PASSWORD, "roles": ["read_only"]}
        assert admin.post("/users", json=new).status_code == 201
        assert _enter(browser, name, PASSWORD).status_code == 200
        secret = browser.post("/second-factor", json={"password": PASSWORD}).json()["secret"]
        code = code_at(base64.b32decode(secret), step_of(datetime.now(UTC)))
        assert browser.post("/second-factor/confirm", json={"code": code}).status_code == 200
        assert _enter(browser, name, PASSWORD).json()["code"] == "identity.second_factor_wanted"
        done = installation.hongyan("user", "reset-second-factor", name, "--json")
        assert (done.returncode, json.loads(done.stdout)["name"]) == (0, name)
        assert _enter(browser, name, PASSWORD).status_code == 200
        last = admin.get("/audit", params={"action": "second_factor.reset", "limit": 1}).json()["items"][0]
        assert last["via"] == "cli"
        assert last["user_name"].startswith("shell:")
    again = installation.hongyan("user", "reset-second-factor", name)
    assert again.returncode == 1
    assert "is not on" in again.stderr


def test_an_unknown_user_is_said_so(installation: Installation) -> None:
    done = installation.hongyan("user", "reset-second-factor", "nobody/nobody")
    assert done.returncode == 1
    assert "there is no user nobody/nobody" in done.stderr
