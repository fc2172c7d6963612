"""SDK-HMAC-SHA256: is this request signed with the secret that belongs to its access key?

Not for: finding the secret, counting failures (``service.access``), nor the other algorithms a client may choose (they
are refused).
Source: api.md of the requirements §1.1, checked against the vendor's own signer in the tests.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote_from_bytes, unquote_to_bytes

from hongyan.rooms.identity.errors import GatewayRefused

ALGORITHM = "SDK-HMAC-SHA256"
MAX_SKEW = timedelta(minutes=15)
EMPTY_SHA256 = hashlib.sha256().hexdigest()
UNSIGNED = "UNSIGNED-PAYLOAD"
_DATE = re.compile(r"\d{8}T\d{6}Z", re.ASCII)
_SIGNATURE = re.compile(r"[0-9a-fA-F]{64}", re.ASCII)
_MUST_BE_SIGNED = frozenset({"host", "x-sdk-date"})
_SHOWN_CHARS = 1000


@dataclass(frozen=True, slots=True)
class Authorization:
    """The parsed ``Authorization`` header."""

    ak: str
    signed_headers: tuple[str, ...]
    signature: str


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """The parts of a request that its signature covers.

    ``raw_path`` and ``raw_query`` are as they came over the wire, still percent-encoded. ``headers`` maps lower-case
    names to raw values. ``body_sha256`` is the body's digest as 64 hex digits; it may be ``""`` when the client left a
    body unsigned.
    """

    method: str
    raw_path: bytes
    raw_query: bytes
    headers: Mapping[str, bytes]
    body_sha256: str


def parse_authorization(value: str) -> Authorization:
    """Take the header apart.

    Raises:
        GatewayRefused: another algorithm, a part is missing or malformed, or ``host``/``x-sdk-date`` are not signed.
    """
    algorithm, _, rest = value.strip().partition(" ")
    if algorithm != ALGORITHM:
        raise GatewayRefused(detail="verify aksk signature fail: unsupported algorithm, use SDK-HMAC-SHA256")
    parts = dict(part.strip().partition("=")[::2] for part in rest.split(","))
    ak, names, signature = parts.get("Access", ""), parts.get("SignedHeaders", ""), parts.get("Signature", "")
    signed = tuple(names.lower().split(";"))
    if not ak or not _SIGNATURE.fullmatch(signature):
        raise GatewayRefused(detail="verify aksk signature fail: malformed Authorization header")
    if not _MUST_BE_SIGNED.issubset(signed):
        raise GatewayRefused(detail="verify aksk signature fail: host and x-sdk-date must be signed")
    return Authorization(ak, signed, signature.lower())


def check_date(headers: Mapping[str, bytes], now: datetime) -> str:
    """Return ``X-Sdk-Date`` when it is within 15 minutes of ``now``.

    Raises:
        GatewayRefused: missing, malformed or too far away, in the past or in the future.
    """
    text = headers.get("x-sdk-date", b"").decode("latin-1").strip()
    try:
        # strptime alone takes months and days of one digit.
        at = datetime.strptime(text if _DATE.fullmatch(text) else "", "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise GatewayRefused(detail="calc ak sk signature fail: X-Sdk-Date is missing or malformed") from None
    if abs(now - at) > MAX_SKEW:
        raise GatewayRefused(detail="calc ak sk signature fail:signature expired")
    return text


def payload_hash(headers: Mapping[str, bytes], body_sha256: str) -> str:
    """Return the last line of the canonical request.

    The header ``X-Sdk-Content-Sha256`` stands in for the digest of a body that is not empty: ``UNSIGNED-PAYLOAD`` means
    that the body is not covered; anything else must be the digest itself.

    Raises:
        GatewayRefused: the header names another digest than the body has.
    """
    stated = headers.get("x-sdk-content-sha256", b"").decode("latin-1").strip()
    if not stated or body_sha256 == EMPTY_SHA256:
        return body_sha256
    if stated != UNSIGNED and stated.lower() != body_sha256:
        raise GatewayRefused(detail="verify aksk signature fail: X-Sdk-Content-Sha256 is not the body's digest")
    return stated


def canonical_request(request: SignedRequest, signed_headers: Sequence[str]) -> bytes:
    """Return the text that was hashed by the client.

    Raises:
        GatewayRefused: a signed header is not there, or the stated body digest is wrong.
    """
    missing = [name for name in signed_headers if name not in request.headers]
    if missing:
        raise GatewayRefused(detail="verify aksk signature fail: a signed header is missing")
    headers = b"".join(name.encode("latin-1") + b":" + request.headers[name].strip() + b"\n" for name in signed_headers)
    lines = (
        request.method.upper().encode("latin-1"),
        _canonical_path(request.raw_path),
        _canonical_query(request.raw_query),
        headers,
        ";".join(signed_headers).encode("latin-1"),
        payload_hash(request.headers, request.body_sha256).encode("latin-1"),
    )
    return b"\n".join(lines)


def verify_signature(request: SignedRequest, authorization: Authorization, date: str, sk: bytes) -> None:
    """Let a correctly signed request pass; the comparison takes the same time wherever the signatures differ.

    Raises:
        GatewayRefused: the signature is another one; the detail shows our canonical request with ``|`` for newlines.
    """
    canonical = canonical_request(request, authorization.signed_headers)
    digest = hashlib.sha256(canonical).hexdigest()
    expected = hmac.new(sk, f"{ALGORITHM}\n{date}\n{digest}".encode("ascii"), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, authorization.signature):
        shown = canonical.decode("utf-8", "replace").replace("\n", "|")[:_SHOWN_CHARS]
        raise GatewayRefused(detail=f"verify aksk signature fail, canonicalRequest:{shown}")


def _encode(part: bytes) -> str:
    return quote_from_bytes(part, safe="~")


def _canonical_path(raw_path: bytes) -> bytes:
    """Decode the path as a whole, then encode its segments: an encoded slash inside a segment becomes a separator."""
    path = "/".join(_encode(segment) for segment in unquote_to_bytes(raw_path).split(b"/"))
    return (path if path.endswith("/") else path + "/").encode("ascii")


def _canonical_query(raw_query: bytes) -> bytes:
    """Sort the decoded pairs (a plus is a plus, keys may repeat), then encode them again."""
    pairs = sorted(
        (unquote_to_bytes(key), unquote_to_bytes(value))
        for key, _, value in (pair.partition(b"=") for pair in raw_query.split(b"&") if pair)
    )
    return "&".join(f"{_encode(key)}={_encode(value)}" for key, value in pairs).encode("ascii")
