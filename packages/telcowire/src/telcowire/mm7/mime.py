"""MIME as MM7 needs it: a header with parameters, and multipart bodies of few parts. Source: RFC 2045, 2046, 2387.

Whole bodies in memory: an MM is at most some megabytes. Everything a peer may state is bounded here.
"""

import binascii
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from telcowire.errors import LocalProtocolError, RemoteProtocolError

MAX_PARTS: Final = 64
_MAX_HEAD_OCTETS: Final = 8_192
_MAX_HEADERS: Final = 32
_MAX_BOUNDARY: Final = 70
"""RFC 2046, clause 5.1.1; we accept twice as much."""
_SAMPLE_OCTETS: Final = 256
_WORD: Final = r"[A-Za-z0-9!#$%&'*+.^_`|~-]+"
_MEDIA_TYPE: Final = re.compile(rf"{_WORD}/{_WORD}", re.ASCII)
_PARAMETER: Final = re.compile(rf';\s*({_WORD})\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;"\s]*))\s*', re.ASCII)
_SAFE: Final = re.compile(r"[\x20-\x21\x23-\x5b\x5d-\x7e]*", re.ASCII)
_HEAD_END: Final = re.compile(rb"\r?\n\r?\n")


@dataclass(frozen=True, slots=True)
class Entity:
    """A body with its headers; header names in lower case, the media type without its parameters, in lower case."""

    media_type: str
    body: bytes
    parameters: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def content_id(self) -> str:
        """The Content-ID without its angle brackets, or ""."""
        return self.headers.get("content-id", "").strip("<> ")


def write_media_type(media_type: str, parameters: Sequence[tuple[str, str]] = ()) -> str:
    """Return a Content-Type value.

    Raises:
        LocalProtocolError: a value that a header cannot carry.
    """
    if not _MEDIA_TYPE.fullmatch(media_type) or not all(_SAFE.fullmatch(value) for _, value in parameters):
        raise LocalProtocolError(f"{media_type!r} with {parameters!r} is no media type")
    return media_type + "".join(f'; {name}="{value}"' for name, value in parameters)


def read_media_type(value: str) -> tuple[str, dict[str, str]]:
    """Return (media type, parameters) of a Content-Type value; names in lower case.

    Raises:
        RemoteProtocolError: it is none.
    """
    if len(value) > _MAX_HEAD_OCTETS:
        raise RemoteProtocolError("a Content-Type without end")
    match = _MEDIA_TYPE.match(value.strip())
    if match is None:
        raise RemoteProtocolError(f"{value[:80]!r} is no media type")
    rest, parameters = value.strip()[match.end() :].lstrip(), dict[str, str]()
    while rest.strip("; "):
        found = _PARAMETER.match(rest)
        if found is None:
            raise RemoteProtocolError(f"{rest[:80]!r} is no parameter of a media type")
        quoted = found[2]
        parameters[found[1].lower()] = found[3] if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
        rest = rest[found.end() :]
    return match[0].lower(), parameters


def write_multipart(parts: Sequence[tuple[Sequence[tuple[str, str]], bytes]]) -> tuple[str, bytes]:
    """Return (boundary, body) of parts, each its headers and its octets; nothing is encoded: HTTP is 8-bit clean.

    Header values are those of :func:`write_media_type`, or plain words.
    """
    digest = hashlib.sha256()
    pieces: list[bytes] = []
    for headers, data in parts:
        head = "".join(f"{name}: {value}\r\n" for name, value in headers)
        pieces += (head.encode() + b"\r\n", data)
        # The ends of the data are enough: a boundary only has to be absent, and the same for the same message.
        digest.update(b"%b %d %b %b" % (pieces[-2], len(data), data[:_SAMPLE_OCTETS], data[-_SAMPLE_OCTETS:]))
    boundary, mark = "", b""
    while not boundary or any(mark in piece for piece in pieces):
        digest.update(mark)
        boundary = f"=_{digest.hexdigest()[:32]}"
        mark = f"--{boundary}".encode()
    written: list[bytes] = []
    for head_octets, data in zip(pieces[::2], pieces[1::2], strict=True):
        written += (mark, b"\r\n", head_octets, data, b"\r\n")
    return boundary, b"".join((*written, mark, b"--\r\n"))


def read_multipart(body: bytes, boundary: str) -> list[Entity]:
    """Return the parts of a multipart body, transfer encodings undone.

    Raises:
        RemoteProtocolError: broken, or more than is allowed.
    """
    if not 0 < len(boundary) <= 2 * _MAX_BOUNDARY:
        raise RemoteProtocolError("a multipart body without a usable boundary")
    mark = re.compile(
        rb"(?:\A|\r?\n)--" + re.escape(boundary.encode("latin-1", "replace")) + rb"(--)?[ \t]*(?=\r?\n|\Z)"
    )
    parts: list[Entity] = []
    begin = -1
    for found in mark.finditer(body):
        if begin >= 0:
            if len(parts) == MAX_PARTS:
                raise RemoteProtocolError(f"a multipart body of more than {MAX_PARTS} parts")
            parts.append(_read_part(body[begin : found.start()]))
        if found[1]:
            return parts
        begin = found.end()
    raise RemoteProtocolError("a multipart body without its end")


def _read_part(raw: bytes) -> Entity:
    """Read headers and body; `raw` begins with the line end behind the boundary."""
    end = _HEAD_END.search(raw, 0, _MAX_HEAD_OCTETS)
    if end is None:
        raise RemoteProtocolError("a part without the end of its headers")
    headers: dict[str, str] = {}
    # Folded lines are unfolded (RFC 822, clause 3.1.1); raw octets above 0x7F survive as Latin-1.
    head = re.sub(r"\r?\n[ \t]+", " ", raw[: end.start()].decode("latin-1"))
    for line in head.splitlines():
        name, colon, value = line.partition(":")
        if line and not colon:
            raise RemoteProtocolError(f"{line[:80]!r} is no header")
        if line:
            headers[name.strip().lower()] = value.strip()
    if len(headers) > _MAX_HEADERS:
        raise RemoteProtocolError(f"a part of more than {_MAX_HEADERS} headers")
    media_type, parameters = read_media_type(headers.get("content-type", "text/plain"))
    data = _decode(raw[end.end() :], headers.get("content-transfer-encoding", "binary").lower())
    return Entity(media_type, data, parameters, headers)


def _decode(data: bytes, encoding: str) -> bytes:
    if encoding in {"7bit", "8bit", "binary"}:
        return data
    try:
        if encoding == "base64":
            return binascii.a2b_base64(data)
    except binascii.Error as error:
        raise RemoteProtocolError(f"a part that is no base64: {error}") from error
    if encoding == "quoted-printable":
        return binascii.a2b_qp(data)
    raise RemoteProtocolError(f"the transfer encoding {encoding[:40]!r} is unknown")
