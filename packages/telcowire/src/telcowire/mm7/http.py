"""HTTP/1.1 as MM7 uses it: POST and its answer. Bytes in, messages out; no I/O. Sockets: `telcowire.asyncio.mm7`.

Not a web server: no pipelining limits beyond memory bounds, no compression, no trailers kept. What could make two
readers disagree about where a body ends (RFC 9112, clause 6.3) is refused.
"""

import base64
import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from telcowire.errors import LocalProtocolError, RemoteProtocolError

MAX_BODY_OCTETS: Final = 4_194_304
_MAX_HEAD_OCTETS: Final = 16_384
_MAX_CHUNK_LINE: Final = 256
_LINE: Final = re.compile(r"[\x21-\x7e][\x20-\x7e]*", re.ASCII)
_REQUEST: Final = re.compile(r"([A-Z]{1,16}) (\S{1,2048}) HTTP/1\.([01])", re.ASCII)
_STATUS: Final = re.compile(r"HTTP/1\.([01]) ([1-5]\d\d)(?: .*)?", re.ASCII)
_NAME: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", re.ASCII)
_REASONS: Final = {
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    404: "Not Found",
    405: "Method Not Allowed",
    413: "Content Too Large",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


class HttpMessage(NamedTuple):
    """A request or an answer; header names in lower case."""

    method: str
    """"" in an answer."""
    target: str
    status: int
    """0 in a request."""
    headers: Mapping[str, str]
    body: bytes
    keeps_alive: bool

    @property
    def content_type(self) -> str:
        """The Content-Type, or ""."""
        return self.headers.get("content-type", "")


class _Head(NamedTuple):
    method: str
    target: str
    status: int
    headers: dict[str, str]
    keeps_alive: bool
    length: int | None
    """`None`: chunked; -1: until the connection ends."""


def basic_authorization(user: str, password: str) -> str:
    """Return the value of an Authorization header (RFC 7617)."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def read_basic(value: str) -> tuple[str, str] | None:
    """Return (user, password) of an Authorization header, or None when it is no Basic one."""
    scheme, _, token = value.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, colon, password = base64.b64decode(token.strip(), validate=True).decode().partition(":")
    except ValueError:  # no base64, or no UTF-8
        return None
    return (user, password) if colon else None


def write_post(host: str, path: str, content_type: str, body: bytes, authorization: str = "") -> bytes:
    """Return a whole request.

    Raises:
        LocalProtocolError: a value that cannot stand in a head.
    """
    lines = [f"POST {path} HTTP/1.1", f"Host: {host}", f"Content-Type: {content_type}", 'SOAPAction: ""']
    if authorization:
        lines.append(f"Authorization: {authorization}")
    return _write_head(lines, body)


def write_answer(status: int, content_type: str, body: bytes, *, keeps_alive: bool, realm: str = "") -> bytes:
    """Return a whole answer.

    Raises:
        LocalProtocolError: a value that cannot stand in a head.
    """
    lines = [f"HTTP/1.1 {status} {_REASONS.get(status, 'Unknown')}"]
    if content_type:
        lines.append(f"Content-Type: {content_type}")
    if realm:
        lines.append(f'WWW-Authenticate: Basic realm="{realm}"')
    if not keeps_alive:
        lines.append("Connection: close")
    return _write_head(lines, body)


def _write_head(lines: list[str], body: bytes) -> bytes:
    if not all(_LINE.fullmatch(line) for line in lines):
        raise LocalProtocolError(f"{lines!r} cannot stand in a head")
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body


class HttpReader:
    """Reads requests (`is_server`) or answers from a stream."""

    def __init__(self, *, is_server: bool, max_body_octets: int = MAX_BODY_OCTETS) -> None:
        """Start at the beginning of a connection."""
        self._is_server = is_server
        self._max_body_octets = max_body_octets
        self._data = bytearray()
        self._head: _Head | None = None
        self._chunks = bytearray()
        self.wants_continue = False
        """The peer waits for "100 Continue" before it sends the body; the driver answers and clears this."""

    @property
    def is_idle(self) -> bool:
        """Whether no message has begun."""
        return self._head is None and not self._data

    @property
    def begun(self) -> HttpMessage | None:
        """The message whose head is here and whose body is not yet, with an empty body."""
        return None if self._head is None else _message(self._head, b"")

    def receive_data(self, data: bytes) -> list[HttpMessage]:
        """Take octets; return the messages that they complete.

        Raises:
            RemoteProtocolError: this is no HTTP, or too much of it. The stream cannot be read any further.
        """
        self._data += data
        messages: list[HttpMessage] = []
        while True:
            head = self._head or self._read_head()
            body = None if head is None else self._read_body(head)
            if head is None or body is None:
                return messages
            if not 100 <= head.status < 200:  # provisional answers
                messages.append(_message(head, body))
            self._head = None

    def receive_eof(self) -> list[HttpMessage]:
        """Take the end of the stream; an answer without a length ends with it.

        Raises:
            RemoteProtocolError: it ends inside a message.
        """
        if self.is_idle:
            return []
        if self._head is None or self._head.length != -1:
            raise RemoteProtocolError("the connection ended inside a message")
        message = _message(self._head, bytes(self._data))
        self._head = None
        self._data.clear()
        return [message]

    def _read_head(self) -> _Head | None:
        end = self._data.find(b"\r\n\r\n", 0, _MAX_HEAD_OCTETS)
        if end < 0:
            if len(self._data) >= _MAX_HEAD_OCTETS:
                raise RemoteProtocolError("a head without end")
            return None
        lines = self._data[:end].decode("latin-1").split("\r\n")
        del self._data[: end + 4]
        headers: dict[str, str] = {}
        for line in lines[1:]:
            name, colon, value = line.partition(":")
            if not colon or not _NAME.fullmatch(name):
                raise RemoteProtocolError(f"{line[:80]!r} is no header")
            name = name.lower()
            if name in headers and name in {"content-length", "transfer-encoding", "content-type", "authorization"}:
                raise RemoteProtocolError(f"the header {name} twice")
            headers[name] = value.strip(" \t")
        self._head = head = self._start(lines[0], headers)
        if (head.length or 0) > self._max_body_octets:
            raise RemoteProtocolError(f"a body of more than {self._max_body_octets} octets")
        self.wants_continue = self._is_server and headers.get("expect", "").lower() == "100-continue"
        return head

    def _start(self, line: str, headers: dict[str, str]) -> _Head:
        match = (_REQUEST if self._is_server else _STATUS).fullmatch(line)
        if match is None:
            raise RemoteProtocolError(f"{line[:80]!r} begins no message of HTTP/1.1")
        if self._is_server:
            method, target, status, minor = match[1], match[2], 0, match[3]
        else:
            method, target, status, minor = "", "", int(match[2]), match[1]
        options = {option.strip() for option in headers.get("connection", "").lower().split(",")}
        keeps_alive = "close" not in options and (minor == "1" or "keep-alive" in options)
        length = self._length(status, headers)
        return _Head(method, target, status, headers, keeps_alive and length != -1, length)

    def _length(self, status: int, headers: dict[str, str]) -> int | None:
        coding, stated = headers.get("transfer-encoding"), headers.get("content-length")
        if coding is not None:
            if coding.lower() != "chunked" or stated is not None:
                raise RemoteProtocolError(f"the transfer encoding {coding[:40]!r} leaves the length open")
            return None
        if 100 <= status < 200 or status in {204, 304}:  # RFC 9112, clause 6.3: never a body
            return 0
        if stated is None:
            return 0 if self._is_server else -1
        if not (stated.isascii() and stated.isdigit() and len(stated) <= 10):  # ten digits are plenty
            raise RemoteProtocolError(f"{stated[:40]!r} is no length")
        return int(stated)

    def _read_body(self, head: _Head) -> bytes | None:
        """Return the body once it is complete."""
        length = head.length
        if length is None:
            return self._read_chunks()
        if length < 0:
            if len(self._data) > self._max_body_octets:
                raise RemoteProtocolError(f"a body of more than {self._max_body_octets} octets")
            return None
        if len(self._data) < length:
            return None
        body = bytes(self._data[:length])
        del self._data[:length]
        return body

    def _read_chunks(self) -> bytes | None:
        while True:
            end = self._data.find(b"\r\n", 0, _MAX_CHUNK_LINE)
            if end < 0:
                if len(self._data) >= _MAX_CHUNK_LINE:
                    raise RemoteProtocolError("a chunk without its size")
                return None
            digits = bytes(self._data[:end]).partition(b";")[0].strip()
            if not re.fullmatch(rb"[0-9A-Fa-f]{1,8}", digits):
                raise RemoteProtocolError(f"{digits[:40]!r} is no size of a chunk")
            size = int(digits, 16)
            if size + len(self._chunks) > self._max_body_octets:
                raise RemoteProtocolError(f"a body of more than {self._max_body_octets} octets")
            due = end + 2 + size + 2
            if len(self._data) < due:
                return None
            if self._data[due - 2 : due] != b"\r\n":
                raise RemoteProtocolError("a chunk that does not end where it says; or trailers")
            self._chunks += self._data[end + 2 : due - 2]
            del self._data[:due]
            if size == 0:
                body = bytes(self._chunks)
                self._chunks.clear()
                return body


def _message(head: _Head, body: bytes) -> HttpMessage:
    return HttpMessage(head.method, head.target, head.status, head.headers, body, head.keeps_alive)
