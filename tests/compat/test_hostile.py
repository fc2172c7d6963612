"""What no client of good will sends, to every operation: always told by name, never a 500. Made from the routes."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from support.cloud import Holder
from support.doors import Company
from support.routes import Route, vendor_routes

ROUTES = [route for route in vendor_routes() if route.name != "create_token"]
BODIES = [route for route in ROUTES if "application/json" in route.operation.get("requestBody", {}).get("content", {})]
FORMS = [
    route for route in ROUTES if "multipart/form-data" in route.operation.get("requestBody", {}).get("content", {})
]
BAD_INPUT = "KM.90016803"
UUID = "11111111-1111-4111-8111-111111111111"
TEXTS = (
    (rb'"a\u0000b"', "the character U+0000"),
    (rb'"\ud800"', "half a surrogate pair"),
    (rb'"\udfff!"', "half a surrogate pair"),
)


def ids(route: Route) -> str:
    return route.name


@pytest.fixture(scope="module")
def holder(spare: Company) -> Holder:
    domain, user = spare.user.split("/")
    return Holder(spare.url, domain, user, spare.password)


def place_of(route: Route) -> str:
    place = route.path
    for name in route.fields:
        place = place.replace(f"{{{name}}}", UUID.replace("-", "") if "aim-sa" in route.path else UUID)
    return place


def refusal(answer: httpx.Response) -> str:
    """Return the text of a refusal in the envelope of the operation's family."""
    assert answer.status_code == 400, (
        f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}"
    )
    found = answer.json()
    assert len(answer.headers["x-request-id"]) == 32
    assert found["error_code"] == BAD_INPUT, found
    assert set(found) <= {"error_code", "error_msg", "error_message"}
    assert found.get("error_message", found["error_msg"]) == found["error_msg"]
    return str(found["error_msg"])


def broken(body: Any) -> Iterator[tuple[bytes, str]]:
    """Yield bodies that are a good one but for one thing, and what has to be said of each."""
    text = json.dumps(body).encode()
    name, value = next(iter(body.items()))
    yield text[:-1], "is not JSON"
    yield text[: len(text) // 2], "is not JSON"
    yield text + b"}", "is not JSON"
    yield b"[" + text + b"]", "must be a JSON object"
    yield b"null", "must be a JSON object"
    twice = b", " + json.dumps(name).encode() + b": " + json.dumps(value).encode() + b"}"
    yield text[:-1] + twice, f"{name}: appears twice"
    for number in (b"9" * 5000, b"-9223372036854775809"):
        yield text[:-1] + b', "more": ' + number + b"}", "64 bits"
    yield text[:-1] + b', "more": 1e999}', "too large"
    yield text[:-1] + b', "more": Infinity}', "Infinity"
    for bad, said in TEXTS:
        yield text[:-1] + b', "more": [{"deep": ' + bad + b"}]}", f"more[0].deep: contains {said}"
    yield text[:-1] + b', "more": "\xed\xa0\x80"}', "UTF-8"
    yield text[:-1] + b', "more": ' + b'{"a":' * 70 + b"1" + b"}" * 71, "nested deeper"
    yield json.dumps(body).encode("utf-16"), "UTF-8"


@pytest.mark.parametrize("route", BODIES, ids=ids)
def test_a_broken_body_is_told(holder: Holder, route: Route) -> None:
    for content, said in broken(route.sample().json):
        headers = {"content-type": "application/json"}
        answer = holder.call(route.method, place_of(route), content=content, headers=headers)
        assert said in refusal(answer), content[-80:]


@pytest.mark.parametrize("route", BODIES, ids=ids)
def test_a_body_of_another_type_is_told(holder: Holder, route: Route) -> None:
    content = json.dumps(route.sample().json).encode()
    for kind in ("text/plain", "application/xml", "application/octet-stream", "multipart/form-data; boundary=x"):
        answer = holder.call(route.method, place_of(route), content=content, headers={"content-type": kind})
        refusal(answer)


@pytest.mark.parametrize("route", FORMS, ids=ids)
def test_a_broken_form_is_told(holder: Holder, route: Route) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n'
    good = {"content-type": "multipart/form-data; boundary=x"}
    cases = [
        (b"", good),
        (b"no form at all", good),
        (head + b"\r\nhalf a file", good),
        (head.replace(b'name="file"; ', b"") + b"\r\nx\r\n--x--\r\n", good),
        (head + b"\r\nx\r\n--x--\r\n", {"content-type": "multipart/form-data"}),
        (head + b"\r\nx\r\n--x--\r\n", {"content-type": "application/json"}),
        (b'{"file": "x"}', {"content-type": "application/json"}),
        (head.replace(b"a.png", b"a\x00b.png") + b"\r\nx\r\n--x--\r\n", good),
        (head.replace(b"a.png", b"\xff\xfe.png") + b"\r\nx\r\n--x--\r\n", good),
        (b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n" * 2000 + b"--x--\r\n", good),
    ]
    for content, headers in cases:
        answer = holder.call(route.method, place_of(route), content=content, headers=headers)
        assert answer.status_code == 400, (content[:100], answer.text)
        assert answer.json()["error_code"].startswith("KM."), (content[:100], answer.text)


@pytest.mark.parametrize("route", ROUTES, ids=ids)
def test_a_broken_address_is_told(holder: Holder, route: Route) -> None:
    names = {one["name"] for one in route.parameters("query")} | {"unknown"}
    addresses = [f"{place_of(route)}?{name}={bad}" for name in names for bad in ("%00", "a%00", "%ff", "%ed%a0%80")]
    for field in route.fields:
        whole = route.path.replace(f"{{{field}}}", "{}")
        addresses += [whole.format(bad) for bad in ("a%00b", "%ff", "%ed%a0%80")]
    for address in addresses:
        answer = holder.call(route.method, address)
        assert answer.status_code == 400, (address, answer.text)
        assert answer.headers["x-request-id"]


@pytest.mark.parametrize("route", ROUTES, ids=ids)
def test_a_huge_number_in_an_address_is_told(holder: Holder, route: Route) -> None:
    for one in route.parameters("query"):
        for number in ("9" * 30, "-" + "9" * 30, "9" * 5000, "1e9999", "NaN", "٣"):
            answer = holder.call(route.method, place_of(route), params={one["name"]: number})
            wanted = {400} if one["schema"].get("type") == "integer" else {200, 400}
            assert answer.status_code in wanted, (one["name"], number[:40], answer.text[:300])
