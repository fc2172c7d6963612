"""What a hostile or broken client sends never becomes a 500, and says which field is wrong."""

import json
from collections.abc import AsyncIterator
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, Depends, File, Query, Request, UploadFile
from pydantic import BaseModel, field_validator

from hongyan.kernel.errors import InvalidInput
from hongyan.kernel.http.app import create_app
from hongyan.kernel.http.strict import MAX_DEPTH, MAX_VALUES, decode_object, require_sound
from support.server import serving


class Param(BaseModel):
    cust_flag: str


class Body(BaseModel):
    name: str = ""
    count: int = 0
    params: list[Param] = []
    free: Any = None

    @field_validator("name")
    @classmethod
    def _no_goose(cls, value: str) -> str:
        if value == "goose":
            msg = "must not be a goose"
            raise ValueError(msg)
        return value


async def sound(request: Request) -> str:
    """Stand in for the proof of identity: it lets sound requests pass."""
    if request.headers.get("x-stranger"):
        raise PermissionError
    require_sound(request)
    return "caller"


Caller = Annotated[str, Depends(sound)]


def router() -> APIRouter:
    routes = APIRouter()

    @routes.post("/v1/aim/send-tasks")
    async def send(caller: Caller, body: Body) -> dict[str, Any]:
        return body.model_dump()

    @routes.put("/v1/sms/apps/{app_id}")
    async def update(caller: Caller, app_id: str, body: Body) -> dict[str, Any]:
        return {"app_id": app_id, **body.model_dump()}

    @routes.get("/v1/sms/apps/{app_id}")
    async def get(caller: Caller, app_id: str, name: Annotated[str, Query(max_length=5)] = "") -> dict[str, str]:
        return {"app_id": app_id, "name": name}

    @routes.post("/v1/sms/signatures/files")
    async def upload(caller: Caller, file: Annotated[UploadFile, File()]) -> dict[str, int]:
        return {"bytes": len(await file.read())}

    @routes.post("/v1/raw")
    async def raw(caller: Caller, request: Request) -> dict[str, int]:
        total = 0
        async for chunk in request.stream():
            total += len(chunk)
        return {"bytes": total}

    @routes.get("/v1/bug")
    async def bug() -> None:
        raise ZeroDivisionError

    return routes


def console() -> APIRouter:
    routes = APIRouter()

    @routes.post("/console/api/things")
    async def make(body: Body) -> dict[str, Any]:
        return body.model_dump()

    return routes


@pytest.fixture
async def door() -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(
        version="0",
        vendor_routers=[router()],
        console_routers=[console()],
        body_limits={"/v1/raw": 50_000, "/console/": 50_000},
        raw_prefixes=["/v1/raw"],
    )
    async with serving(app) as url, httpx.AsyncClient(base_url=url) as client:
        yield client


DEEP = b'{"free":' + b"[" * 5000 + b"]" * 5000 + b"}"
HOSTILE = [
    (b'{"name":"x"', "body: is not JSON"),
    (b"", "body: Field required"),
    (b"[1]", "body: must be a JSON object"),
    (b'"x"', "body: must be a JSON object"),
    (b"null", "body: must be a JSON object"),
    (b'{"name":"a","name":"b"}', "name: appears twice in one object"),
    (b'{"params":[{"cust_flag":"1","cust_flag":"2"}]}', "cust_flag: appears twice"),
    (b'{"count":NaN}', "body: NaN is not JSON"),
    (b'{"free":-Infinity}', "body: -Infinity is not JSON"),
    (b'{"free":1e400}', "body: the number 1e400 is too large"),
    (b'{"count":' + b"9" * 400 + b"}", "does not fit in 64 bits"),
    (b'{"count":9223372036854775808}', "does not fit in 64 bits"),
    (b'{"name":"a\\u0000b"}', "name: contains the character U+0000"),
    (b'{"name":"a\x00b"}', "body: is not JSON"),
    (b'{"params":[{"cust_flag":"1"},{"cust_flag":"\\ud83d"}]}', "params[1].cust_flag: contains half a surrogate"),
    (b'{"free":{"\\udc00":1}}', "free.\\udc00: contains half a surrogate"),
    (b'{"name":"\xff"}', "body: is not UTF-8 at byte 9"),
    (b'{"name":"\xed\xa0\x80"}', "body: is not UTF-8"),
    ('{"name":"x"}'.encode("utf-16"), "body: is not UTF-8"),
    (DEEP, "body: is nested deeper than 64 levels"),
    (b'{"free":' + b'{"a":' * 64 + b"1" + b"}" * 65, "body: is nested deeper than 64 levels"),
    (b'{"count":"many"}', "count: Input should be a valid integer"),
    (b'{"params":[{"cust_flag":"1"},{}]}', "params[1].cust_flag: Field required"),
    (b'{"name":"goose"}', "name: must not be a goose"),
]


@pytest.mark.parametrize(("body", "text"), HOSTILE, ids=[str(body[:30]) for body, _ in HOSTILE])
async def test_a_hostile_body_is_a_bad_request(door: httpx.AsyncClient, body: bytes, text: str) -> None:
    answer = await door.post("/v1/aim/send-tasks", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400, answer.text
    found = answer.json()
    assert found["error_code"] == "KM.90016803"
    assert text in found["error_msg"]
    assert found["error_message"] == found["error_msg"]
    assert answer.headers["X-Request-Id"]


@pytest.mark.parametrize(
    "body",
    [
        b'{"name":"\\ud83d\\ude00 \\\\u0000","free":9223372036854775807}',
        b'{"unknown":{"a":[1,-9223372036854775808,1.5e300]}}',
        b'{"free":' + b"[" * (MAX_DEPTH - 1) + b"]" * (MAX_DEPTH - 1) + b"}",
        json.dumps({"params": [{"cust_flag": f"1380013{number:04}"} for number in range(500)]}).encode(),
    ],
)
async def test_a_sound_body_arrives(door: httpx.AsyncClient, body: bytes) -> None:
    for kind in (
        {"content-type": "application/json;charset=UTF-8"},
        {"content-type": "application/JSON"},
        {"content-type": ""},
        {},
    ):
        answer = await door.post("/v1/aim/send-tasks", content=body, headers=kind)
        assert answer.status_code == 200, answer.text
        expected = Body.model_validate_json(body)
        assert answer.json() == expected.model_dump()


async def test_a_mark_of_byte_order_is_no_mistake(door: httpx.AsyncClient) -> None:
    headers = {"content-type": "application/json"}
    answer = await door.put("/v1/sms/apps/1", content=b'\xef\xbb\xbf{"name":"x"}', headers=headers)
    assert answer.json()["name"] == "x"


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/octet-stream"])
async def test_another_content_type_is_refused_by_name(door: httpx.AsyncClient, kind: str) -> None:
    answer = await door.put("/v1/sms/apps/1", content=b'{"name":"x"}', headers={"content-type": kind})
    assert answer.status_code == 400
    error = f"Content-Type: {kind} is not supported, use application/json"
    assert answer.json() == {"error_code": "KM.90016803", "error_msg": error}


async def test_a_form_where_json_is_wanted_and_json_where_a_form_is(door: httpx.AsyncClient) -> None:
    form = await door.post("/v1/aim/send-tasks", files={"file": b"x"})
    assert (form.status_code, form.json()["error_code"]) == (400, "KM.90016803")
    for body in (b'{"file":"x"}', b"\xff"):
        headers = {"content-type": "application/json"}
        answer = await door.post("/v1/sms/signatures/files", content=body, headers=headers)
        assert answer.status_code == 400
    headers = {"content-type": "multipart/form-data; boundary=b"}
    broken = await door.post("/v1/sms/signatures/files", content=b"--b\r\nnonsense", headers=headers)
    assert (broken.status_code, broken.json()["error_code"]) == (400, "KM.90016803")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/v1/sms/apps/a%00b", "path: contains the character U+0000"),
        ("/v1/sms/apps/%ff", "path: is not UTF-8"),
        ("/v1/sms/apps/%ED%A0%80", "path: is not UTF-8"),
        ("/v1/sms/apps/1?name=a%00", "name: contains the character U+0000"),
        ("/v1/sms/apps/1?name=%ff", "name: is not UTF-8"),
        ("/v1/sms/apps/1?%00=1", "query: contains the character U+0000"),
        ("/v1/sms/apps/1?name=abcdef", "name: String should have at most 5 characters"),
    ],
)
async def test_a_hostile_address_is_a_bad_request(door: httpx.AsyncClient, path: str, text: str) -> None:
    answer = await door.get(path)
    assert answer.status_code == 400
    assert answer.json() == {"error_code": "KM.90016803", "error_msg": text}


async def test_encoded_addresses_arrive(door: httpx.AsyncClient) -> None:
    answer = await door.get("/v1/sms/apps/%E9%B8%BF%20%zz?name=%E9%9B%81%2B")
    assert answer.json() == {"app_id": "鸿 %zz", "name": "雁+"}


async def test_a_broken_body_tells_a_stranger_nothing(door: httpx.AsyncClient) -> None:
    """Whoever checks the caller does it first: the fault waits."""
    answer = await door.post("/v1/aim/send-tasks", content=b"{", headers={"x-stranger": "1"})
    assert answer.status_code == 500
    assert answer.json()["error_code"] == "KM.99990500"


async def test_files_of_any_type_are_left_alone(door: httpx.AsyncClient) -> None:
    for kind in ("application/json", "text/csv", None):
        answer = await door.post("/v1/raw", content=b"\xff" * 1000, headers={"content-type": kind} if kind else {})
        assert answer.json() == {"bytes": 1000}


FORM = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'


async def _chunks(total: int) -> AsyncIterator[bytes]:
    yield FORM
    for _ in range(total // 10_000 + 1):
        yield b"x" * 10_000


@pytest.mark.parametrize("path", ["/v1/raw", "/v1/aim/send-tasks", "/v1/sms/signatures/files"])
@pytest.mark.parametrize("is_chunked", [True, False])
async def test_a_body_that_is_too_large_is_told(door: httpx.AsyncClient, path: str, is_chunked: bool) -> None:
    limit = 50_000 if path == "/v1/raw" else 12 * 1024 * 1024
    kind = "multipart/form-data; boundary=b" if path.endswith("files") else "application/json"
    content = _chunks(limit) if is_chunked else b"x" * (limit + 1)
    answer = await door.post(path, content=content, headers={"content-type": kind})
    assert answer.status_code == 413
    found = answer.json()
    assert found["error_code"] == "APIGW.0201"
    assert str(limit) in found["error_msg"]
    assert found["request_id"] == answer.headers["X-Request-Id"]


async def test_the_console_is_told_in_its_own_words(door: httpx.AsyncClient) -> None:
    for content in (_chunks(60_000), b"x" * 50_001):
        large = await door.post("/console/api/things", content=content)
        assert (large.status_code, large.headers["content-type"]) == (413, "application/problem+json")
    wrong = await door.post("/console/api/things", json={"count": "many"})
    assert (wrong.status_code, wrong.json()["field"]) == (400, "count")
    assert wrong.headers["content-type"] == "application/problem+json"


async def test_what_is_not_there_is_told_as_the_gateway_does(door: httpx.AsyncClient) -> None:
    for method, path in (
        ("GET", "/v1/nothing"),
        ("POST", "/v3/nothing"),
        ("PATCH", "/v1/"),
        ("GET", "/v1/sms/apps/1/"),
    ):
        answer = await door.request(method, path)
        request_id = answer.headers["X-Request-Id"]
        assert answer.status_code == 404
        assert answer.json() == {
            "error_code": "APIGW.0101",
            "error_msg": "The API does not exist or has not been published.",
            "request_id": request_id,
        }
    for method in ("POST", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "QUERY"):
        answer = await door.request(method, "/v1/sms/apps/1")
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, PUT")
        assert method == "HEAD" or answer.json()["error_code"] == "APIGW.0101"


async def test_a_bug_is_told_without_its_text(door: httpx.AsyncClient) -> None:
    answer = await door.get("/v1/bug")
    assert (answer.status_code, answer.json()["error_code"]) == (500, "KM.99990500")
    assert len(answer.headers["X-Request-Id"]) == 32


def test_the_place_of_a_fault_never_breaks_the_answer() -> None:
    with pytest.raises(InvalidInput) as refused:
        decode_object(b'{"\\u0000\\ud800": 1}')
    assert refused.value.text("en").isascii()


def test_a_body_of_too_many_values_is_refused_before_it_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    decode_object(b'{"free":[' + b"0," * (MAX_VALUES - 2) + b"0]}")
    monkeypatch.setattr("hongyan.kernel.http.strict._DECODER", None)
    for member in (b"0,", b"{},", b"["):
        with pytest.raises(InvalidInput):
            decode_object(b'{"free":[' + member * MAX_VALUES + b"0]}")
