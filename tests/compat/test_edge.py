"""The edge of a running installation: what is hostile, unknown, too large or repeated is told, never a 500."""

import gzip
import http.client
import json
from typing import Any
from uuid import uuid4

import httpx
import pytest
from huaweicloudsdkkoomessage import v1 as sdk

from support.cloud import Client, Holder
from support.installation import Installation

SEND = "/v1/aim/send-tasks"
APPS = "/v1/sms/apps"
JSON = {"content-type": "application/json"}


def family(path: str) -> set[str]:
    return {"error_code", "error_msg"} | ({"error_message"} if path.startswith("/v1/aim/send-") else set())


@pytest.mark.parametrize("path", [SEND, APPS])
@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b'{"task_name"', "is not JSON"),
        (b'{"app_name":"A","app_name":"B"}', "app_name: appears twice"),
        (b'{"a":' + b"9" * 400 + b"}", "does not fit in 64 bits"),
        (b'{"a":1e999}', "too large"),
        (b'{"a":NaN}', "NaN"),
        (b'{"app_name":"\\u0000"}', "app_name: contains the character U+0000"),
        (b'{"a":["\\ud800"]}', "a[0]: contains half a surrogate pair"),
        (b'{"a":' + b"[" * 100_000, "nested deeper"),
        (b'{"a":"\xff"}', "UTF-8"),
        (b"[]", "must be a JSON object"),
        (gzip.compress(b"{}", mtime=0), "UTF-8"),
    ],
)
def test_a_hostile_body_is_refused_in_the_familys_envelope(cloud: Client, path: str, body: bytes, text: str) -> None:
    answer = cloud.raw("POST", path, body)
    assert answer.status_code == 400, answer.text
    found = answer.json()
    assert set(found) == family(path)
    assert found["error_code"] == "KM.90016803"
    assert text in found["error_msg"]
    assert len(answer.headers["x-request-id"]) == 32


def test_another_content_type_is_refused_and_none_is_json(reader: Holder, cloud: Client) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/xml"):
        answer = reader.call("POST", APPS, content=b'{"app_name":"A"}', headers={"content-type": kind})
        assert (answer.status_code, answer.json()["error_code"]) == (400, "KM.90016803")
        assert kind in answer.json()["error_msg"]
    # The body is understood, so that the next thing said is that this user may only read.
    answer = reader.call("POST", APPS, content=b'{"app_name":"A"}', headers={"content-type": ""})
    assert (answer.status_code, answer.json()["error_code"]) == (403, "KM.99990403")


def test_a_field_is_named_by_its_path(cloud: Client) -> None:
    param = {"cust_flag": "13800138000", "sms_params": []}
    task = {"tpl_id": "600000001", "resolve_times": 1, "aim_code_type": "individual", "expiration_time": 3}
    body = {"task_name": "x", "resolve_task": {**task, "params": [param, {"sms_params": []}]}}
    found = cloud.raw("POST", SEND, body).json()
    assert found["error_msg"] == "resolve_task.params[1].cust_flag: Field required"
    found = cloud.raw("GET", "/v1/aim/send-details?offset=0&limit=1000").json()
    assert found["error_msg"] == "limit: Input should be less than or equal to 100"


@pytest.mark.parametrize("path", [f"{APPS}/a%00b", f"{APPS}/%ff", f"{APPS}?app_name=%00", f"{SEND}?task_name=%ff"])
def test_a_hostile_address_is_a_bad_request(reader: Holder, path: str) -> None:
    answer = reader.call("GET", path)
    assert (answer.status_code, answer.json()["error_code"]) == (400, "KM.90016803")


@pytest.mark.parametrize("path", ["/v1/nothing", "/v3/nothing", "/v1/sms/apps/", "/v1/aim/templates/x/y"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_what_is_not_there_is_told_without_a_proof(installation: Installation, method: str, path: str) -> None:
    answer = httpx.request(method, installation.url + path, trust_env=False)
    assert answer.status_code == 404
    assert answer.json()["error_code"] == "APIGW.0101"
    assert answer.json()["request_id"] == answer.headers["x-request-id"]


@pytest.mark.parametrize(("method", "path", "allow"), [("PUT", SEND, "GET, POST"), ("GET", "/v1/aim/callbacks/x", "")])
def test_a_wrong_method_names_the_right_ones(installation: Installation, method: str, path: str, allow: str) -> None:
    answer = httpx.request(method, installation.url + path, trust_env=False)
    if allow:
        assert (answer.status_code, answer.headers["allow"]) == (405, allow)
    assert answer.status_code in {404, 405}
    assert answer.headers["x-request-id"]


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("DELETE", "/v1/aim-sa/ports/associate", "POST"),
        ("DELETE", "/v1/aim-sa/ports/disassociate", "POST"),
        ("DELETE", "/v1/sms/signatures/files", "GET, POST"),
        ("PUT", "/v1/sms/signatures/files", "GET, POST"),
        ("DELETE", "/v1/hongyan/callbacks/notices", "GET"),
    ],
)
def test_a_word_of_a_path_is_no_id(cloud: Client, method: str, path: str, allow: str) -> None:
    answer = cloud.raw(method, path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allow)
    assert answer.json()["error_code"] == "APIGW.0101"


def test_a_large_body_is_told_before_and_after_it_is_read(installation: Installation) -> None:
    def pieces() -> Any:
        for _ in range(200):
            yield b"x" * 65_536

    for content in (b"x" * (12 * 1024 * 1024 + 1), pieces()):
        answer = httpx.post(installation.url + SEND, content=content, headers=JSON, trust_env=False, timeout=30)
        assert answer.status_code == 413
        assert answer.json()["error_code"] == "APIGW.0201"
        assert answer.json()["request_id"] == answer.headers["x-request-id"]


def test_a_request_that_is_cut_off_harms_nobody(installation: Installation, cloud: Client) -> None:
    host = installation.url.removeprefix("http://")
    for _ in range(5):
        connection = http.client.HTTPConnection(host, timeout=5)
        connection.putrequest("POST", SEND)
        connection.putheader("Content-Type", "application/json")
        connection.putheader("Content-Length", "1000")
        connection.endheaders(b'{"task_name":')
        connection.close()
    assert cloud.ask("list_aim_msg_app", sdk.ListAimMsgAppRequest()).page_info.total >= 0


def test_the_same_signed_request_is_taken_twice_in_its_window(cloud: Client) -> None:
    """The vendor's proof has no nonce; who must not act twice sends an Idempotency-Key."""
    answers = [cloud.raw("GET", f"{APPS}?limit=1") for _ in range(2)]
    sent = answers[0].request
    again = httpx.request(sent.method, str(sent.url), headers=dict(sent.headers), trust_env=False)
    assert {answer.status_code for answer in [*answers, again]} == {200}


def test_a_number_file_and_a_task_of_our_own_doors_are_made_once(cloud: Client) -> None:
    path, key = "/v1/hongyan/number-files?name=twice.csv", {"Idempotency-Key": f"file {uuid4()}"}
    made = [cloud.raw("POST", path, b"phone\n13800138000\n", headers=key) for _ in range(2)]
    assert [answer.status_code for answer in made] == [200, 200]
    assert made[0].json() == made[1].json()
    other = cloud.raw("POST", path, b"phone\n13800138001\n", headers=key)
    assert (other.status_code, other.json()["error_code"]) == (422, "KM.99990422")
    free = cloud.raw("POST", path, b"phone\n13800138001\n")
    assert free.json()["file_id"] != made[0].json()["file_id"]
    missing = cloud.raw("POST", f"/v1/hongyan/send-tasks/{uuid4()}/pause", headers={"Idempotency-Key": str(uuid4())})
    assert missing.status_code == 400


def test_the_api_shows_itself_to_a_browser(installation: Installation) -> None:
    page = httpx.get(f"{installation.url}/docs", trust_env=False)
    assert page.status_code == 200
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for part in ("/docs/reader.js", "/docs/reader.css", "/openapi.json"):
        assert part in page.text or part == "/openapi.json"
        assert httpx.get(installation.url + part, trust_env=False).status_code == 200
    assert "http://" not in page.text
    assert "https://" not in page.text


def test_the_document_tells_what_every_operation_may_answer(installation: Installation) -> None:
    document = httpx.get(f"{installation.url}/openapi.json", trust_env=False).json()
    assert document["openapi"].startswith("3.1")
    assert set(document["components"]["securitySchemes"]) == {"Signature", "Token"}
    assert "HTTPValidationError" not in json.dumps(document)
    names = set()
    for path, item in document["paths"].items():
        for verb, operation in item.items():
            names.add(operation["operationId"])
            answers = operation["responses"]
            assert {"400", "401", "403", "500", "503"} <= set(answers), path
            assert all("X-Request-Id" in answer["headers"] for answer in answers.values()), path
            if verb != "get":
                assert "413" in answers, path
            assert operation["security"] or path == "/v3/auth/tokens"
    assert {"create_sms_app", "list_aim_send_tasks", "check_mobile_capability"} <= names


@pytest.mark.parametrize("name", ["0", "a'b", "-" * 36, "x" * 300])
def test_an_id_that_is_none_is_a_bad_request(reader: Holder, name: str) -> None:
    for path in (f"/v1/hongyan/number-files/{name}", f"/v1/hongyan/send-tasks/{name}", f"{APPS}/{name}"):
        assert reader.call("GET", path).status_code == 400, path
    paused = reader.call("POST", f"/v1/hongyan/send-tasks/{name}/pause")
    assert (paused.status_code, paused.json()["error_msg"][:8]) == (400, "task_id:")
