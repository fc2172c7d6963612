"""Outgoing HTTP to addresses that customers and vendors gave us: bounded in time and size, never into our network.

The target is judged at connect time, on the address that DNS gave for this very connection, so a name that changes
its mind between check and use gains nothing; a redirect is a new connection and judged again. Not for: our own
servers.
"""

import asyncio
import ipaddress
import socket
import ssl
import zlib
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import httpcore
import httpx

from hongyan.kernel.errors import HongyanError
from hongyan.kernel.http.targets import Allowances, is_public

MAX_RESPONSE_BYTES = 1024 * 1024
_CONNECT_TIMEOUT_S = 5.0
_CONNECTIONS = 100
_SCHEMES = frozenset({"http", "https"})
_PORTS = range(1, 65_536)
_RESOLVERS = ThreadPoolExecutor(64, thread_name_prefix="resolve")
"""Threads of their own: a silent name server keeps one for many seconds, and files need the few of the loop."""
_PACKED = frozenset({"gzip", "x-gzip", "deflate"})
_ANY_HEAD = zlib.MAX_WBITS | 32
"""Lets zlib see for itself whether it is gzip or deflate."""


class OutgoingError(HongyanError):
    """A request to the outside failed.

    Tree::

        OutgoingError
        ├── TargetRefused       the address is not one we may reach (trying again is pointless)
        ├── TargetUnreachable   no name, no connection, no TLS, or broken off
        ├── TargetTimeout       not done in time
        └── ResponseTooLarge    more bytes than allowed
    """

    code = "kernel.outgoing"
    status = 502
    retryable = True
    en = "{url} could not be reached: {reason}."
    zh = "无法访问 {url}：{reason}。"


class TargetRefused(OutgoingError):
    """The address is not one we may reach."""

    code = "kernel.outgoing_refused"
    status = 400
    retryable = False
    en = "{url} does not lead to a public address: {reason}."
    zh = "{url} 指向非公网地址，已拒绝：{reason}。"


class TargetUnreachable(OutgoingError):
    """No name, no connection, no TLS, or broken off."""

    code = "kernel.outgoing_unreachable"


class TargetTimeout(OutgoingError):
    """Not done in time."""

    code = "kernel.outgoing_timeout"
    en = "{url} did not answer in time: {reason}."
    zh = "{url} 未在规定时间内响应：{reason}。"


class ResponseTooLarge(OutgoingError):
    """More bytes than allowed."""

    code = "kernel.outgoing_too_large"
    retryable = False
    en = "{url} answered with more than {reason}."
    zh = "{url} 的响应超过 {reason}。"


@dataclass(frozen=True, slots=True)
class OutgoingResponse:
    """What came back; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class OutgoingHttp:
    """A pool of connections to the outside; one per process, closed at its end."""

    def __init__(
        self,
        *,
        allow_private_targets: bool = False,
        allowances: Allowances | None = None,
        connections: int = _CONNECTIONS,
        user_agent: str = "Hongyan",
    ) -> None:
        """``allow_private_targets`` opens all private networks (intranets, tests), ``allowances`` only what they name.

        ``connections``: at once; a request beyond waits for one, within its own time.
        """
        self._guard = _Guard(None if allow_private_targets else (allowances or Allowances()))
        self._client = httpx.AsyncClient(
            transport=_GuardedTransport(self._guard, connections),
            # Packed answers are not asked for: a few bytes of one may be gigabytes.
            headers={"User-Agent": user_agent, "Accept-Encoding": "identity"},
            # Proxies and netrc of our environment are not for customers' URLs.
            trust_env=False,
            follow_redirects=False,
        )

    async def look_up(self, host: str, timeout_s: float = 3.0) -> None:
        """Ask whether a name has an address.

        Raises:
            TargetUnreachable: it has none.
            TargetTimeout: the name server says nothing.
        """
        try:
            async with asyncio.timeout(timeout_s):
                await _resolve(host, 0)
        except httpcore.ConnectError as error:
            raise TargetUnreachable(url=host, reason=str(error)) from error
        except TimeoutError as error:
            raise TargetTimeout(url=host, reason=f"{timeout_s:g} s") from error

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        timeout_s: float = 10.0,
        max_response_bytes: int = MAX_RESPONSE_BYTES,
        max_redirects: int = 0,
        cuts: bool = False,
    ) -> OutgoingResponse:
        """Send one request and read the whole answer, both within ``timeout_s``; any status is an answer.

        Redirects are answers too, unless ``max_redirects`` (only GET and HEAD are followed). ``cuts``: of a longer body
        the first ``max_response_bytes`` are read and the rest is left unread, with its connection; for who wants the
        status.

        Raises:
            TargetRefused: the URL or the address behind it is not allowed.
            TargetUnreachable: no connection, or it broke.
            TargetTimeout: not done within ``timeout_s``.
            ResponseTooLarge: more than ``max_response_bytes``, unless ``cuts``.
        """
        try:
            async with asyncio.timeout(timeout_s):
                answer = await self._send(method, url, headers, body, max_response_bytes, cuts=cuts)
                for _ in range(max_redirects if method in {"GET", "HEAD"} else 0):
                    location = answer.headers.get("location")
                    if location is None or not httpx.codes.is_redirect(answer.status):
                        break
                    url = str(httpx.URL(url).join(location))
                    answer = await self._send(method, url, headers, body, max_response_bytes, cuts=cuts)
                return answer
        except (TimeoutError, httpx.TimeoutException) as error:
            raise TargetTimeout(url=url, reason=f"{timeout_s:g} s") from error
        except (httpx.TransportError, httpx.InvalidURL) as error:
            raise TargetUnreachable(url=url, reason=str(error) or type(error).__name__) from error

    async def check(self, url: str, *, timeout_s: float = 2.0) -> None:
        """Refuse a URL that leads inside as of now; one whose name is not found (yet) passes.

        What counts is the check at every connection; this one is for a form that shall say so at once.

        Raises:
            TargetRefused: not http(s), or an address behind it is not allowed.
        """
        try:
            target = _parse(url)
            async with asyncio.timeout(timeout_s):
                await self._guard.addresses(target.host, target.port or (443 if target.scheme == "https" else 80))
        except httpx.InvalidURL as error:
            raise TargetRefused(url=url, reason=str(error)) from error
        except (TimeoutError, httpcore.ConnectError):
            return

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def _send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        body: bytes | None,
        max_bytes: int,
        *,
        cuts: bool,
    ) -> OutgoingResponse:
        target = _parse(url)
        timeout = httpx.Timeout(None, connect=_CONNECT_TIMEOUT_S)
        async with self._client.stream(method, target, headers=headers, content=body, timeout=timeout) as response:
            received = bytearray()
            async for chunk in response.aiter_raw():
                received += chunk
                if len(received) > max_bytes:
                    break
            if len(received) > max_bytes and not cuts:
                raise ResponseTooLarge(url=url, reason=f"{max_bytes} bytes")
            body = bytes(received[:max_bytes])
            if response.headers.get("content-encoding", "").strip().lower() in _PACKED:
                body = _unpack(body, max_bytes)
            if len(body) > max_bytes and not cuts:
                raise ResponseTooLarge(url=url, reason=f"{max_bytes} bytes")
            return OutgoingResponse(response.status_code, dict(response.headers), body[:max_bytes])


def _parse(url: str) -> httpx.URL:
    """Return a URL that can be asked.

    Raises:
        TargetRefused: not http(s), no host, or a port that is none (resolvers would take it modulo 65536).
        httpx.InvalidURL: no URL at all.
    """
    target = httpx.URL(url)
    if target.scheme not in _SCHEMES or not target.host:
        raise TargetRefused(url=url, reason="not an http or https URL")
    if target.port is not None and target.port not in _PORTS:
        raise TargetRefused(url=url, reason=f"no port {target.port}")
    return target


def _unpack(body: bytes, max_bytes: int) -> bytes:
    """Return a packed body, at most one byte more than allowed; one that is not what it says stays as it came."""
    try:
        return zlib.decompressobj(_ANY_HEAD).decompress(body, max_bytes + 1)
    except zlib.error:
        return body


@cache
def _trusted() -> ssl.SSLContext:
    """Return the system's certificate authorities, read once: that takes tens of milliseconds."""
    return ssl.create_default_context()


class _GuardedTransport(httpx.AsyncHTTPTransport):
    """httpx's own transport on a pool whose connections are made by :class:`_GuardedBackend`."""

    def __init__(self, guard: "_Guard", connections: int) -> None:
        super().__init__(verify=_trusted(), trust_env=False)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=_trusted(),
            max_connections=connections,
            max_keepalive_connections=connections // 5,
            keepalive_expiry=15.0,
            network_backend=_GuardedBackend(guard),
        )


class _Guard:
    """Judges the addresses of a name; ``None`` allows all."""

    def __init__(self, allowances: Allowances | None) -> None:
        self._allowances = allowances

    async def addresses(self, host: str, port: int) -> list[str]:
        """Resolve a name; one bad address refuses it: a mix of inside and outside is how rebinding looks."""
        found = await _resolve(host, port)
        if self._allowances is not None:
            for text in found:
                address = ipaddress.ip_address(text)
                if not is_public(address) and not self._allowances.cover(host, address, port):
                    raise TargetRefused(url=host, reason=text)
        return found


class _GuardedBackend(httpcore.AsyncNetworkBackend):
    """Resolves, judges every address, and connects to one that was judged."""

    def __init__(self, guard: _Guard) -> None:
        self._inner = httpcore.AnyIOBackend()
        self._guard = guard

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        addresses = await self._guard.addresses(host, port)
        for address in addresses[:-1]:
            try:
                return await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._inner.connect_tcp(addresses[-1], port, timeout, local_address, socket_options)

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.AsyncNetworkStream:
        raise TargetRefused(url=path, reason="a local socket")

    async def sleep(self, seconds: float) -> None:
        await self._inner.sleep(seconds)


async def _resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a name, in the order the resolver prefers, each once.

    Raises:
        httpcore.ConnectError: no such name.
    """
    try:
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(_RESOLVERS, partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM))
    except (socket.gaierror, UnicodeError) as error:
        raise httpcore.ConnectError(f"{host}: {error}") from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))
