"""The vendor's client against a running installation: ask, be refused, and act as others would.

Fixtures: ``demo`` and ``newcomer`` (two companies, ``support.doors``), ``cloud`` (the demo's client), ``stranger`` (the
newcomer's), ``reader`` (a raw caller with the token of a user who may only read).
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException, ServiceResponseException
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer

from support.doors import Company, Console, approve_all, reviewer, until
from support.installation import Installation
from support.sdk_shapes import complaints

_TIMEOUT_S = 30


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error as the vendor's client shows it."""

    status: int
    code: str
    text: str


class Client:
    """One company's SDK client with shorthands."""

    def __init__(self, company: Company) -> None:
        """Sign as the company's program."""
        self.company = company
        self.sdk = company.sdk()

    def ask(self, method: str, request: Any) -> Any:
        """Call an operation that must succeed with 200 and every field that the vendor's model of its answer has."""
        answer = getattr(self.sdk, method)(request)
        assert answer.status_code == 200
        raw = answer.raw_content
        document = json.loads(raw) if raw else {}
        assert complaints(type(answer), document) == []
        return answer

    def refused(self, method: str, request: Any) -> Refusal:
        """Call an operation that must be refused with an error envelope and a request id."""
        with pytest.raises(ServiceResponseException) as caught:
            getattr(self.sdk, method)(request)
        error = caught.value
        assert error.request_id, error
        return Refusal(error.status_code, error.error_code, error.error_msg)

    def raw(self, method: str, path: str, body: Any = None, *, headers: dict[str, str] | None = None) -> httpx.Response:
        """Send what the vendor's models would not let through, signed with the vendor's signer.

        ``body``: bytes or text as they are, anything else as JSON. ``headers`` are sent but not signed.
        """
        path_only, _, query = path.partition("?")
        text = body if isinstance(body, str | bytes) else "" if body is None else json.dumps(body)
        request = SdkRequest(
            method=method,
            schema="http",
            host=self.company.url.removeprefix("http://"),
            resource_path=path_only,
            query_params=list(httpx.QueryParams(query).multi_items()),
            header_params={"Content-Type": "application/json"},
            body=text,
        )
        signed = Signer(self.sdk._credentials).sign(request)
        return httpx.request(
            method,
            self.company.url + path,
            content=text,
            headers={**signed.header_params, **(headers or {})},
            timeout=_TIMEOUT_S,
            trust_env=False,
        )


class Holder:
    """A user with a token: what hand-written clients do."""

    def __init__(self, url: str, domain: str, user: str, password: str) -> None:
        """Get a token for the user's project."""
        identity = {
            "methods": ["password"],
            "password": {"user": {"name": user, "password": password, "domain": {"name": domain}}},
        }
        body = {"auth": {"identity": identity, "scope": {"project": {"name": "cn-north-4"}}}}
        answer = httpx.post(f"{url}/v3/auth/tokens", json=body, trust_env=False)
        assert answer.status_code == 201, answer.text
        self.token: str = answer.headers["x-subject-token"]
        self._http = httpx.Client(
            base_url=url,
            headers={"x-auth-token": self.token},
            timeout=_TIMEOUT_S,
            trust_env=False,
            limits=httpx.Limits(max_keepalive_connections=0),
        )

    def call(self, method: str, path: str, body: Any = None, **more: Any) -> httpx.Response:
        """Call an operation."""
        return self._http.request(method, path, json=body, **more)


class Desk:
    """A reviewer who decides what tests hand in."""

    def __init__(self, installation: Installation) -> None:
        """Sign in."""
        self._console: Console = reviewer(installation)

    def waiting(self, kind: str, title: str | None = None) -> list[dict[str, Any]]:
        """Return what waits of a kind (``room.noun``), narrowed by a part of the title."""
        query = {"state": "pending", "kind": kind, "limit": 100} | ({"text": title} if title else {})
        rows: list[dict[str, Any]] = self._console.get("/reviews", **query)["items"]
        return rows

    def approve(self, kind: str, title: str | None = None) -> int:
        """Approve all that waits of a kind; returns how many."""
        return self._decide(kind, title, "approve", {"note": ""})

    def reject(self, kind: str, reason: str, title: str | None = None) -> int:
        """Reject all that waits of a kind; returns how many."""
        return self._decide(kind, title, "reject", {"reason": reason})

    def ask_back(self, kind: str, question: str, title: str | None = None) -> int:
        """Give all that waits of a kind back with a question; returns how many."""
        return self._decide(kind, title, "ask-back", {"question": question})

    def approve_everything(self) -> int:
        """Approve whatever waits."""
        return approve_all(self._console)

    def _decide(self, kind: str, title: str | None, verb: str, body: dict[str, Any]) -> int:
        found = self.waiting(kind, title)
        for review in found:
            self._console.act("POST", f"/reviews/{review['review_id']}/{verb}", body)
        return len(found)


def eventually(what: str, holds: Callable[[], Any], timeout_s: float = 60.0) -> Any:
    """Poll until ``holds`` returns something true; return that."""
    return until(what, holds, timeout_s)


@pytest.fixture(scope="session")
def cloud(demo: Company) -> Client:
    """The demo tenant's client."""
    return Client(demo)


@pytest.fixture(scope="session")
def stranger(newcomer: Company) -> Client:
    """Another tenant's client: nothing of the demo's is there for it."""
    return Client(newcomer)


@pytest.fixture(scope="session")
def reader(installation: Installation) -> Holder:
    """A user of the demo tenant who may only read."""
    return Holder(installation.url, "hongyan-demo", "reader", installation.env["HONGYAN_TENANT_PASSWORD"])


@pytest.fixture(scope="session")
def desk(installation: Installation) -> Desk:
    """The reviewer of the installation."""
    return Desk(installation)


__all__ = ["Client", "ClientRequestException", "Desk", "Holder", "Refusal", "eventually"]
