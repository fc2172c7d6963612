"""A client of our own API with the vendor's signature, for the command line.

Not for: product code (rooms have services).
"""

import hashlib
import hmac
from collections.abc import AsyncIterable, AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import Any, Self, cast
from urllib.parse import quote, urlencode, urlsplit

import httpx
import msgspec

from hongyan.rooms.identity.rules.signatures import ALGORITHM, EMPTY_SHA256, UNSIGNED, SignedRequest, canonical_request

_FAILED = 400


class ApiRefusedError(Exception):
    """The server said no; ``code`` and the text are its own."""

    def __init__(self, status: int, code: str, text: str, request_id: str) -> None:
        """Keep what the server said."""
        super().__init__(f"{text} [{code}]" if code else text)
        self.status = status
        self.code = code
        self.request_id = request_id


class ApiClient:
    """Signed calls to one endpoint; use as an async context manager."""

    def __init__(self, endpoint: str, *, project_id: str, ak: str, sk: str) -> None:
        """Speak to ``endpoint`` (``http://host:port``) with one key pair."""
        self._base = endpoint.rstrip("/")
        self._project_id = project_id
        self._ak = ak
        self._sk = sk.encode()
        self._http = httpx.AsyncClient(timeout=httpx.Timeout(60, read=120), trust_env=False)

    async def __aenter__(self) -> Self:
        """Open."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close all connections."""
        await self._http.aclose()

    def _headers(self, method: str, path: str, query: str, content_type: str, digest: str) -> dict[str, str]:
        date = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        headers = {
            "content-type": content_type,
            "host": urlsplit(self._base).netloc,
            "x-project-id": self._project_id,
            "x-sdk-date": date,
        }
        if digest == UNSIGNED:
            headers["x-sdk-content-sha256"] = UNSIGNED
        signed = tuple(sorted(headers))
        request = SignedRequest(
            method=method,
            raw_path=path.encode(),
            raw_query=query.encode(),
            headers={name: value.encode() for name, value in headers.items()},
            body_sha256="" if digest == UNSIGNED else digest,
        )
        canonical = hashlib.sha256(canonical_request(request, signed)).hexdigest()
        text = f"{ALGORITHM}\n{date}\n{canonical}".encode()
        signature = hmac.new(self._sk, text, hashlib.sha256).hexdigest()
        headers["authorization"] = (
            f"{ALGORITHM} Access={self._ak}, SignedHeaders={';'.join(signed)}, Signature={signature}"
        )
        return headers

    async def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        stream: AsyncIterable[bytes] | None = None,
        idempotency_key: str | None = None,
    ) -> dict[str, Any]:
        """Call an operation and return its JSON object. ``stream`` sends raw bytes whose digest is not signed.

        Raises:
            ApiRefusedError: any status from 400 on.
            httpx.TransportError: the server could not be reached.
        """
        raw_query = urlencode(query or {}, quote_via=quote)
        content = msgspec.json.encode(body) if body is not None else b""
        kind = "application/octet-stream" if stream is not None else "application/json"
        if stream is not None:
            stream = await _unless_empty(stream)
        digest = UNSIGNED if stream is not None else (hashlib.sha256(content).hexdigest() if content else EMPTY_SHA256)
        headers = self._headers(method, path, raw_query, kind, digest)
        if idempotency_key:
            headers["idempotency-key"] = idempotency_key
        url = self._base + path + (f"?{raw_query}" if raw_query else "")
        answer = await self._http.request(
            method, url, content=stream if stream is not None else content, headers=headers
        )
        _raise_refused(answer.status_code, answer.content, answer.headers)
        return cast("dict[str, Any]", msgspec.json.decode(answer.content)) if answer.content else {}

    async def download(self, path: str) -> bytes:
        """Return a file.

        Raises:
            ApiRefusedError: any status from 400 on.
            httpx.TransportError: the server could not be reached.
        """
        headers = self._headers("GET", path, "", "application/json", EMPTY_SHA256)
        answer = await self._http.get(self._base + path, headers=headers)
        _raise_refused(answer.status_code, answer.content, answer.headers)
        return answer.content

    async def events(self, path: str) -> AsyncIterator[dict[str, Any]]:
        """Yield the JSON of each server-sent event until the server ends the stream."""
        headers = self._headers("GET", path, "", "application/json", EMPTY_SHA256)
        async with self._http.stream("GET", self._base + path, headers=headers) as answer:
            if answer.status_code >= _FAILED:
                _raise_refused(answer.status_code, await answer.aread(), answer.headers)
            async for line in answer.aiter_lines():
                if line.startswith("data:"):
                    yield msgspec.json.decode(line[5:])


async def _unless_empty(stream: AsyncIterable[bytes]) -> AsyncIterable[bytes] | None:
    """Return the stream, or ``None`` when it has no byte: an empty body is always signed by its digest."""
    pieces = aiter(stream)
    async for first in pieces:
        if first:

            async def whole(first: bytes = first) -> AsyncIterator[bytes]:
                yield first
                async for piece in pieces:
                    yield piece

            return whole()
    return None


def _raise_refused(status: int, content: bytes, headers: Mapping[str, str]) -> None:
    if status < _FAILED:
        return
    try:
        document = msgspec.json.decode(content)
    except msgspec.DecodeError:
        document = {}
    text = document.get("error_msg") or content.decode("utf-8", "replace")[:300] or f"HTTP {status}"
    raise ApiRefusedError(status, document.get("error_code", ""), text, headers.get("x-request-id", ""))
