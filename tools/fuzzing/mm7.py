"""Targets: MM7's HTTP, MIME, XML and messages."""

from collections.abc import Callable, Mapping
from typing import Final

from telcowire.errors import LocalProtocolError, RemoteProtocolError
from telcowire.mm7.http import HttpReader, read_basic
from telcowire.mm7.mime import read_media_type, read_multipart
from telcowire.mm7.soap import decode_message, encode_message
from telcowire.mm7.xmltext import read_document

_MAX_BODY: Final = 4_096


def _http(data: bytes) -> None:
    """The first octet is the role and the size of the pieces that the rest comes in."""
    if not data:
        return
    step = (data[0] >> 1) * 4 + 1
    reader = HttpReader(is_server=bool(data[0] & 1), max_body_octets=_MAX_BODY)
    try:
        for at in range(1, len(data), step):
            for message in reader.receive_data(data[at : at + step]):
                if len(message.body) > _MAX_BODY:
                    raise AssertionError(f"a body of {len(message.body)} octets")
                read_basic(message.headers.get("authorization", ""))
        reader.receive_eof()
    except RemoteProtocolError:
        return


def _split_head(data: bytes) -> tuple[str, bytes]:
    """The first line is the media type."""
    head, _, body = data.partition(b"\n")
    return head.decode("latin-1"), body


def _mime(data: bytes) -> None:
    head, body = _split_head(data)
    try:
        _, parameters = read_media_type(head)
        read_multipart(body, parameters.get("boundary", ""))
    except RemoteProtocolError:
        return


def _xml(data: bytes) -> None:
    try:
        read_document(data)
    except RemoteProtocolError:
        return


def _messages(data: bytes) -> None:
    content_type, body = _split_head(data)
    try:
        message = decode_message(content_type, body)
    except RemoteProtocolError:
        return
    for medium in () if message.content is None else message.content.media:
        medium.read_text()
    try:
        again = decode_message(*encode_message(message))
    except LocalProtocolError:  # peers may send what we would not
        return
    if again.pdu != message.pdu:
        raise AssertionError(f"{message.pdu} is not what was written")


TARGETS: Final[Mapping[str, Callable[[bytes], None]]] = {
    "mm7_http": _http,
    "mm7_mime": _mime,
    "mm7_xml": _xml,
    "mm7_messages": _messages,
}
