from datetime import UTC, datetime, timedelta
from hashlib import sha256
from urllib.parse import urlsplit

import pytest
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer

from hongyan.rooms.identity.errors import GatewayRefused
from hongyan.rooms.identity.rules import signatures
from hongyan.rooms.identity.rules.signatures import SignedRequest

AK, SK = "HPUACME0000000000001", "s3cr3tS3cr3tS3cr3tS3cr3tS3cr3tS3cr3tS3cr"
DATE = "20261122T080000Z"
NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
JSON = {"Content-Type": "application/json", "User-Agent": "huaweicloud-usdk-python/3.0", "X-Project-Id": "ab" * 16}
MULTIPART = {"Content-Type": "multipart/form-data; boundary=xyz", "User-Agent": "sdk"}


def signed(
    method: str = "POST",
    path: str = "/v1/aim/send-tasks",
    query: list[tuple[str, object]] | None = None,
    headers: dict[str, str] | None = None,
    body: bytes = b"",
) -> tuple[SignedRequest, str]:
    """Let the vendor's own signer sign, and return what a server receives and the Authorization header."""
    request = SdkRequest(
        method=method,
        schema="http",
        host="127.0.0.1:8080",
        resource_path=path,
        query_params=query or [],
        header_params={"X-Sdk-Date": DATE, **(JSON if headers is None else headers)},
        body=body,
    )
    Signer(BasicCredentials(AK, SK)).sign(request)
    sent = urlsplit(request.uri)
    # The transport sends header text as latin-1, which the signer has prepared for.
    raw = {name.lower(): value.encode("latin-1") for name, value in request.header_params.items()}
    received = SignedRequest(method, sent.path.encode(), sent.query.encode(), raw, sha256(body).hexdigest())
    return received, request.header_params["Authorization"]


def verify(received: SignedRequest, authorization: str, *, sk: str = SK, now: datetime = NOW) -> None:
    parsed = signatures.parse_authorization(authorization)
    date = signatures.check_date(received.headers, now)
    signatures.verify_signature(received, parsed, date, sk.encode())


@pytest.mark.parametrize(
    "case",
    [
        {},
        {"method": "GET", "path": "/v3/projects", "query": [("name", "cn-north-4")], "headers": {"User-Agent": "x"}},
        {"method": "get", "path": "/"},
        {"body": b'{"task_name":"\\u4e2d"}'},
        {"path": "/v1/sms/signatures/", "body": b"{}"},
        {"path": "/v1/sms/templates/a%2Fb%20c%252F%E4%B8%AD/variable"},
        {"path": "/v1/x~y_z-1.2/%7E!$&'()*,;=:@"},
        {"query": [("factory_type", "XIAOMI"), ("factory_type", "HUAWEI"), ("factory_type", "小米")]},
        {"query": [("b", "2"), ("a", "1 1"), ("a", "1+1"), ("B", "%2F"), ("a", "~é*'()/"), ("中", "文"), ("e", "")]},
        {"query": [("flag", True), ("off", False), ("n", 20), ("tags", ["b", "a"])]},
        {"headers": {**JSON, "X-Custom": "  widely   spaced  ", "X-Name": "鸿雁", "x_hidden": "not signed"}},
        {"headers": MULTIPART, "body": b"--xyz\r\nwhatever"},
        {"headers": MULTIPART},
    ],
)
def test_what_the_vendors_signer_signs_is_accepted(case: dict) -> None:
    received, authorization = signed(**case)
    verify(received, authorization)


def test_a_multipart_body_is_not_covered_but_its_absence_of_cover_is() -> None:
    received, authorization = signed(headers=MULTIPART, body=b"--xyz")
    verify(_changed(received, body_sha256=""), authorization)
    covered = {name: value for name, value in received.headers.items() if name != "x-sdk-content-sha256"}
    with pytest.raises(GatewayRefused, match="a signed header is missing"):
        verify(_changed(received, headers=covered), authorization)


@pytest.mark.parametrize(
    "change",
    [
        {"method": "PUT"},
        {"raw_path": b"/v1/aim/send-taskz"},
        {"raw_query": b"a=2"},
        {"raw_query": b"a=1&a=1"},
        {"body_sha256": sha256(b"other").hexdigest()},
    ],
)
def test_a_changed_request_is_refused_and_our_canonical_form_is_shown(change: dict) -> None:
    received, authorization = signed(query=[("a", "1")], body=b"{}")
    with pytest.raises(GatewayRefused, match=r"verify aksk signature fail, canonicalRequest:(POST|PUT)\|/v1/aim"):
        verify(_changed(received, **change), authorization)


@pytest.mark.parametrize("name", ["host", "user-agent", "content-type", "x-project-id"])
def test_every_signed_header_counts(name: str) -> None:
    received, authorization = signed()
    with pytest.raises(GatewayRefused, match="verify aksk signature fail"):
        verify(_changed(received, headers={**received.headers, name: b"changed"}), authorization)


def test_another_secret_is_refused() -> None:
    received, authorization = signed()
    with pytest.raises(GatewayRefused, match="verify aksk signature fail"):
        verify(received, authorization, sk=SK[::-1])


@pytest.mark.parametrize("minutes", [-15, 0, 15])
def test_fifteen_minutes_of_skew_are_allowed(minutes: int) -> None:
    received, authorization = signed()
    verify(received, authorization, now=NOW + timedelta(minutes=minutes))


@pytest.mark.parametrize("seconds", [-901, 901])
def test_more_skew_is_refused(seconds: int) -> None:
    received, authorization = signed()
    with pytest.raises(GatewayRefused, match="signature expired"):
        verify(received, authorization, now=NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize("date", [None, b"", b"20261122T080000", b"2026-11-22T08:00:00Z", b"20261322T080000Z", b"\xff"])
def test_a_missing_or_malformed_date_is_refused(date: bytes | None) -> None:
    headers = {} if date is None else {"x-sdk-date": date}
    with pytest.raises(GatewayRefused, match="X-Sdk-Date is missing or malformed"):
        signatures.check_date(headers, NOW)


GOOD = "SDK-HMAC-SHA256 Access=AK, SignedHeaders=host;x-sdk-date, Signature=" + "0a" * 32


def test_the_header_is_taken_apart() -> None:
    parsed = signatures.parse_authorization(GOOD.replace("0a", "0A"))
    assert parsed == signatures.Authorization("AK", ("host", "x-sdk-date"), "0a" * 32)


@pytest.mark.parametrize(
    ("header", "detail"),
    [
        (GOOD.replace("SHA256", "SM3"), "unsupported algorithm"),
        ("Bearer abc", "unsupported algorithm"),
        ("", "unsupported algorithm"),
        (GOOD.replace("Access=AK", "Access="), "malformed"),
        (GOOD.replace("Access=AK, ", ""), "malformed"),
        (GOOD[:-1], "malformed"),
        (GOOD[:-1] + "g", "malformed"),
        ("SDK-HMAC-SHA256", "malformed"),
        (GOOD.replace("host;", ""), "must be signed"),
        (GOOD.replace(";x-sdk-date", ""), "must be signed"),
    ],
)
def test_a_malformed_header_is_refused(header: str, detail: str) -> None:
    with pytest.raises(GatewayRefused, match=detail):
        signatures.parse_authorization(header)


BODY_SHA = sha256(b"body").hexdigest()


@pytest.mark.parametrize(
    ("stated", "actual", "expected"),
    [
        (None, BODY_SHA, BODY_SHA),
        (b"UNSIGNED-PAYLOAD", "", "UNSIGNED-PAYLOAD"),
        (b" UNSIGNED-PAYLOAD ", BODY_SHA, "UNSIGNED-PAYLOAD"),
        (b"UNSIGNED-PAYLOAD", signatures.EMPTY_SHA256, signatures.EMPTY_SHA256),
        (BODY_SHA.upper().encode(), BODY_SHA, BODY_SHA.upper()),
    ],
)
def test_the_payload_line(stated: bytes | None, actual: str, expected: str) -> None:
    headers = {} if stated is None else {"x-sdk-content-sha256": stated}
    assert signatures.payload_hash(headers, actual) == expected


@pytest.mark.parametrize("stated", [b"unsigned-payload", b"anything", sha256(b"other").hexdigest().encode()])
def test_a_stated_digest_must_be_the_bodys(stated: bytes) -> None:
    with pytest.raises(GatewayRefused, match="not the body's digest"):
        signatures.payload_hash({"x-sdk-content-sha256": stated}, BODY_SHA)


def _changed(received: SignedRequest, **changes: object) -> SignedRequest:
    values = {name: getattr(received, name) for name in SignedRequest.__slots__} | changes
    return SignedRequest(**values)
