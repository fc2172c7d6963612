"""A whole MM7 message as the body of an HTTP request or answer: SOAP envelope, and content as attachment.

Not for: HTTP itself (`http`), what messages hold (`pdus`), or media (`content`).
Source: SOAP 1.1; SOAP Messages with Attachments; 3GPP TS 23.140, clause 8.7.2.
"""

import re
from typing import Final, NamedTuple

from telcowire.errors import LocalProtocolError, RemoteProtocolError
from telcowire.mm7.content import Content, read_content, write_content
from telcowire.mm7.mime import Entity, read_media_type, read_multipart, write_media_type, write_multipart
from telcowire.mm7.pdus import KINDS, Pdu, RSErrorRsp, Status, VASPErrorRsp, read_pdu, write_pdu
from telcowire.mm7.statuses import CLIENT_ERROR, SERVER_ERROR
from telcowire.mm7.xmltext import Node, escape, read_document, write_element

SCHEMAS: Final = "http://www.3gpp.org/ftp/Specs/archive/23_series/23.140/schema/"
NAMESPACE: Final = f"{SCHEMAS}REL-6-MM7-1-4"
_SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"
_OURS: Final = re.compile(re.escape(SCHEMAS) + r"REL-[56]-MM7-1-\d", re.ASCII)
_ENVELOPE_ID: Final = "envelope"
_CONTENT_ID: Final = "content"
_PLAIN: Final = 'text/xml; charset="utf-8"'


class Message(NamedTuple):
    """One message with what stands around it."""

    pdu: Pdu
    transaction_id: str
    """The answer repeats it."""
    content: Content | None = None
    namespace: str = NAMESPACE


class Encoded(NamedTuple):
    """What HTTP carries."""

    content_type: str
    body: bytes


def encode_message(message: Message) -> Encoded:
    """Write a message: the envelope alone, or multipart/related with its content.

    Raises:
        LocalProtocolError: it cannot be written.
    """
    if not _OURS.fullmatch(message.namespace):
        raise LocalProtocolError(f"{message.namespace!r} is no namespace of MM7")
    if message.content is None:
        return Encoded(_PLAIN, _write_envelope(message, ""))
    envelope = _write_envelope(message, _CONTENT_ID)
    content_type, content = write_content(message.content)
    boundary, body = write_multipart(
        [
            ([("Content-Type", _PLAIN), ("Content-ID", f"<{_ENVELOPE_ID}>")], envelope),
            ([("Content-Type", content_type), ("Content-ID", f"<{_CONTENT_ID}>")], content),
        ]
    )
    parameters = [("type", "text/xml"), ("start", f"<{_ENVELOPE_ID}>"), ("boundary", boundary)]
    return Encoded(write_media_type("multipart/related", parameters), body)


def decode_message(content_type: str, body: bytes) -> Message:
    """Read the body of an HTTP request or answer.

    Raises:
        RemoteProtocolError: it is no message of MM7.
    """
    media_type, parameters = read_media_type(content_type)
    if not media_type.startswith("multipart/"):
        return _read_envelope(body, [])
    parts = read_multipart(body, parameters.get("boundary", ""))
    if not parts:
        raise RemoteProtocolError("a multipart message without parts")
    start = parameters.get("start", "").strip("<> ")
    # Some centres name a start that no part has: the first part is the envelope then (RFC 2387, clause 3.2).
    root = next((part for part in parts if start and part.content_id == start), parts[0])
    return _read_envelope(root.body, [part for part in parts if part is not root])


def _write_envelope(message: Message, content_id: str) -> bytes:
    if not message.transaction_id:
        raise LocalProtocolError("a message needs its transaction")
    body = write_pdu(message.pdu, message.namespace, content_id)
    if isinstance(message.pdu, RSErrorRsp | VASPErrorRsp):
        # Clause 8.7.2.2: an error that is no answer of its own kind travels as the detail of a fault.
        code = "Client" if message.pdu.status.code // 1000 == CLIENT_ERROR // 1000 else "Server"
        fault = (
            write_element("faultcode", f"env:{code}")
            + write_element("faultstring", escape(message.pdu.status.text or f"{code} error"))
            + write_element("detail", body)
        )
        body = write_element("env:Fault", fault)
    attributes = [("xmlns:mm7", message.namespace), ("env:mustUnderstand", "1")]
    header = write_element("mm7:TransactionID", escape(message.transaction_id), attributes)
    inner = write_element("env:Header", header) + write_element("env:Body", body)
    document = write_element("env:Envelope", inner, [("xmlns:env", _SOAP)])
    return f'<?xml version="1.0" encoding="utf-8"?>{document}'.encode()


def _read_envelope(data: bytes, attachments: list[Entity]) -> Message:
    root = read_document(data)
    body = root.find("Body")
    if (root.namespace, root.name) != (_SOAP, "Envelope") or body is None or not body.children:
        raise RemoteProtocolError("an envelope without a body")
    transaction_id = _read_header(root.find("Header"))
    node = body.children[0]
    if (node.namespace, node.name) == (_SOAP, "Fault"):
        return Message(_read_fault(node), transaction_id, None, _fault_namespace(node))
    if not _OURS.fullmatch(node.namespace):
        raise RemoteProtocolError(f"{node.namespace[:160]!r} is no namespace of MM7")
    if not transaction_id:
        raise RemoteProtocolError("a message without its transaction")
    return Message(read_pdu(node), transaction_id, _find_content(node, attachments), node.namespace)


def _read_header(header: Node | None) -> str:
    """Return the transaction; a header that we must understand and do not refuses the message (SOAP 1.1, 4.2.3)."""
    transaction_id = ""
    for node in header.children if header is not None else ():
        if node.name == "TransactionID" and _OURS.fullmatch(node.namespace):
            transaction_id = node.text
        elif node.attributes.get("mustUnderstand") in {"1", "true"}:
            raise RemoteProtocolError(f"the header {node.name[:80]!r} must be understood, and is not")
    return transaction_id


def _error_in(fault: Node) -> Node | None:
    detail = next((child for child in fault.children if child.name == "detail"), None)
    errors = detail.children if detail is not None else []
    return next((n for n in errors if n.name in KINDS and _OURS.fullmatch(n.namespace)), None)


def _read_fault(fault: Node) -> Pdu:
    error = _error_in(fault)
    if error is not None:
        return read_pdu(error)
    texts = {child.name: child.text for child in fault.children}
    is_ours = texts.get("faultcode", "").rpartition(":")[2].startswith("Client")
    return RSErrorRsp(Status(CLIENT_ERROR if is_ours else SERVER_ERROR, texts.get("faultstring", "")))


def _fault_namespace(fault: Node) -> str:
    error = _error_in(fault)
    return NAMESPACE if error is None else error.namespace


def _find_content(node: Node, attachments: list[Entity]) -> Content | None:
    """Return the attachment that the message names; a lone one is taken even when its name does not fit."""
    reference = node.find("Content")
    if reference is None:
        return None
    wanted = reference.attributes.get("href", "").removeprefix("cid:").strip("<> ")
    found = next((part for part in attachments if part.content_id == wanted), None)
    if found is None and len(attachments) == 1:
        found = attachments[0]
    if found is None:
        raise RemoteProtocolError(f"the content {wanted[:80]!r} is not attached")
    return read_content(found)
