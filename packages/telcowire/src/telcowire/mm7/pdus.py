"""The messages of MM7 as values, and the tables that write and read their elements. The envelope: `soap`.

Elements stand in the order of the schema. An empty text or None is an absent element. Elements that we do not know are
skipped on reading. Times are texts as on the wire: some centres write nonsense there.
Source: 3GPP TS 23.140, clause 8.7.3 and the schema REL-6-MM7-1-4.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from telcowire.errors import LocalProtocolError, RemoteProtocolError
from telcowire.mm7.xmltext import Node, escape, write_element

VERSION: Final = "6.8.0"
MAX_RECIPIENTS: Final = 1_000
_ADDRESS_KINDS: Final = ("Number", "RFC2822Address", "ShortCode")


class Address(NamedTuple):
    """Where an MM comes from or goes to."""

    value: str
    kind: str = "Number"
    """`Number`, `RFC2822Address` or `ShortCode`."""


class Recipients(NamedTuple):
    """Who gets an MM."""

    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    bcc: tuple[Address, ...] = ()


NO_RECIPIENTS: Final = Recipients()


class SenderIdentification(NamedTuple):
    """Who sends: the provider, its service, and the address that the phone shows."""

    vaspid: str = ""
    vasid: str = ""
    address: Address | None = None


class Status(NamedTuple):
    """How a request ended; codes in `statuses`."""

    code: int
    text: str = ""
    details: str = ""


@dataclass(frozen=True, slots=True)
class SubmitReq:
    """An MM for phones, from us."""

    sender: SenderIdentification
    recipients: Recipients
    service_code: str = ""
    linked_id: str = ""
    message_class: str = ""
    time_stamp: str = ""
    earliest_delivery_time: str = ""
    expiry_date: str = ""
    delivery_report: bool | None = None
    read_reply: bool | None = None
    priority: str = ""
    subject: str = ""
    charged_party: str = ""
    distribution_indicator: bool | None = None
    version: str = VERSION


@dataclass(frozen=True, slots=True)
class SubmitRsp:
    """The centre's answer; `message_id` comes back in reports, exactly so."""

    status: Status
    message_id: str = ""
    version: str = VERSION


@dataclass(frozen=True, slots=True)
class DeliverReq:
    """An MM from a phone, for us."""

    sender: Address
    relay_server_id: str = ""
    linked_id: str = ""
    recipients: Recipients = NO_RECIPIENTS
    time_stamp: str = ""
    priority: str = ""
    subject: str = ""
    vaspid: str = ""
    vasid: str = ""
    version: str = VERSION


@dataclass(frozen=True, slots=True)
class DeliverRsp:
    """Our answer to a `DeliverReq`."""

    status: Status
    service_code: str = ""
    version: str = VERSION


@dataclass(frozen=True, slots=True)
class DeliveryReportReq:
    """What became of an MM for one recipient; `mm_status` in `statuses.MmStatus`, or a centre's own."""

    message_id: str
    recipient: Address
    sender: Address
    mm_status: str
    date: str = ""
    status_text: str = ""
    relay_server_id: str = ""
    version: str = VERSION


@dataclass(frozen=True, slots=True)
class DeliveryReportRsp:
    """Our answer to a `DeliveryReportReq`."""

    status: Status
    version: str = VERSION


@dataclass(frozen=True, slots=True)
class ReadReplyReq:
    """That a recipient has read an MM, or deleted it unread."""

    message_id: str
    recipient: Address
    sender: Address
    mm_status: str
    time_stamp: str = ""
    status_text: str = ""
    relay_server_id: str = ""
    version: str = VERSION


@dataclass(frozen=True, slots=True)
class ReadReplyRsp:
    """Our answer to a `ReadReplyReq`."""

    status: Status
    version: str = VERSION


@dataclass(frozen=True, slots=True)
class CancelReq:
    """Take an MM back that has not been delivered."""

    sender: SenderIdentification
    message_id: str
    version: str = VERSION


@dataclass(frozen=True, slots=True)
class CancelRsp:
    """The centre's answer."""

    status: Status
    version: str = VERSION


@dataclass(frozen=True, slots=True)
class ReplaceReq:
    """Put another content in the place of an MM that has not been delivered."""

    sender: SenderIdentification
    message_id: str
    service_code: str = ""
    time_stamp: str = ""
    read_reply: bool | None = None
    earliest_delivery_time: str = ""
    distribution_indicator: bool | None = None
    version: str = VERSION


@dataclass(frozen=True, slots=True)
class ReplaceRsp:
    """The centre's answer."""

    status: Status
    version: str = VERSION


@dataclass(frozen=True, slots=True)
class RSErrorRsp:
    """The centre could make nothing of our request; also a SOAP fault without details, as status 3000 or 2000."""

    status: Status
    version: str = VERSION


@dataclass(frozen=True, slots=True)
class VASPErrorRsp:
    """We could make nothing of the centre's request."""

    status: Status
    version: str = VERSION


Pdu = (
    SubmitReq
    | SubmitRsp
    | DeliverReq
    | DeliverRsp
    | DeliveryReportReq
    | DeliveryReportRsp
    | ReadReplyReq
    | ReadReplyRsp
    | CancelReq
    | CancelRsp
    | ReplaceReq
    | ReplaceRsp
    | RSErrorRsp
    | VASPErrorRsp
)


# --- kinds of elements ------------------------------------------------------------------------------------------------


class _Kind(NamedTuple):
    write: Callable[[str, Any], str]
    """(element name, value) → XML, "" when absent."""
    read: Callable[[Node], Any]


def _write_text(name: str, value: str) -> str:
    return write_element(name, escape(value)) if value else ""


def _write_flag(name: str, value: bool | None) -> str:  # noqa: FBT001 - one of the writers, all of one form
    return "" if value is None else write_element(name, "true" if value else "false")


def _read_flag(node: Node) -> bool:
    if node.text not in {"true", "false", "1", "0"}:
        raise RemoteProtocolError(f"{node.name}: {node.text[:40]!r} is neither true nor false")
    return node.text in {"true", "1"}


def _write_one_address(address: Address) -> str:
    if address.kind not in _ADDRESS_KINDS or not address.value:
        raise LocalProtocolError(f"{address!r} is no address")
    return write_element(address.kind, escape(address.value))


def _write_address(name: str, address: Address | None) -> str:
    return "" if address is None else write_element(name, _write_one_address(address))


def _read_address(node: Node) -> Address:
    """Read the address inside; centres of release 5 also write a bare text."""
    for kind in _ADDRESS_KINDS:
        found = node.find(kind)
        if found is not None:
            return Address(found.text, kind)
    return Address(node.text)


def _write_recipients(name: str, recipients: Recipients) -> str:
    groups = zip(("To", "Cc", "Bcc"), recipients, strict=True)
    written = [
        write_element(g, "".join(_write_one_address(a) for a in addresses)) for g, addresses in groups if addresses
    ]
    return write_element(name, "".join(written)) if written else ""


def _read_recipients(node: Node) -> Recipients:
    groups: list[tuple[Address, ...]] = []
    for group in ("To", "Cc", "Bcc"):
        addresses = [
            Address(child.text, child.name)
            for found in node.iter_children(group)
            for child in found.children
            if child.name in _ADDRESS_KINDS
        ]
        groups.append(tuple(addresses))
    if sum(len(group) for group in groups) > MAX_RECIPIENTS:
        raise RemoteProtocolError(f"more than {MAX_RECIPIENTS} recipients")
    return Recipients(*groups)


def _write_sender(name: str, sender: SenderIdentification) -> str:
    parts = (_write_text("VASPID", sender.vaspid), _write_text("VASID", sender.vasid))
    return write_element(name, "".join(parts) + _write_address("SenderAddress", sender.address))


def _read_sender(node: Node) -> SenderIdentification:
    address = node.find("SenderAddress")
    return SenderIdentification(
        _text_in(node, "VASPID"), _text_in(node, "VASID"), None if address is None else _read_address(address)
    )


def _write_status(name: str, status: Status) -> str:
    if not 1000 <= status.code <= 9999:
        raise LocalProtocolError(f"{status.code} is no status: four digits are due")
    parts = (
        write_element("StatusCode", str(status.code)),
        _write_text("StatusText", status.text),
        _write_text("Details", status.details),
    )
    return write_element(name, "".join(parts))


def _read_status(node: Node) -> Status:
    code = _text_in(node, "StatusCode")
    if not (code.isascii() and code.isdigit() and len(code) == 4):  # clause 8.7.4: four digits
        raise RemoteProtocolError(f"StatusCode: {code[:40]!r} is no status")
    return Status(int(code), _text_in(node, "StatusText"), _text_in(node, "Details"))


def _text_in(node: Node, name: str) -> str:
    found = node.find(name)
    return "" if found is None else found.text


_TEXT: Final = _Kind(_write_text, lambda node: node.text)
_FLAG: Final = _Kind(_write_flag, _read_flag)
_ADDRESS: Final = _Kind(_write_address, _read_address)
_RECIPIENTS: Final = _Kind(_write_recipients, _read_recipients)
_SENDER: Final = _Kind(_write_sender, _read_sender)
_STATUS: Final = _Kind(_write_status, _read_status)


class _Row(NamedTuple):
    element: str
    attribute: str
    kind: _Kind = _TEXT
    is_due: bool = False


_VERSION_ROW: Final = _Row("MM7Version", "version")
_STATUS_ROWS: Final = (_VERSION_ROW, _Row("Status", "status", _STATUS, is_due=True))
_ID_ROW: Final = _Row("MessageID", "message_id", is_due=True)
_RELAY_ROW: Final = _Row("MMSRelayServerID", "relay_server_id")
_SENDER_ROW: Final = _Row("SenderIdentification", "sender", _SENDER, is_due=True)
_REPORT_ROWS: Final = (
    _VERSION_ROW,
    _RELAY_ROW,
    _ID_ROW,
    _Row("Recipient", "recipient", _ADDRESS, is_due=True),
    _Row("Sender", "sender", _ADDRESS, is_due=True),
)
_MM_STATUS_ROWS: Final = (_Row("MMStatus", "mm_status", is_due=True), _Row("StatusText", "status_text"))

TABLES: Final[Mapping[type[Pdu], Sequence[_Row]]] = {
    SubmitReq: (
        _VERSION_ROW,
        _SENDER_ROW,
        _Row("Recipients", "recipients", _RECIPIENTS, is_due=True),
        _Row("ServiceCode", "service_code"),
        _Row("LinkedID", "linked_id"),
        _Row("MessageClass", "message_class"),
        _Row("TimeStamp", "time_stamp"),
        _Row("EarliestDeliveryTime", "earliest_delivery_time"),
        _Row("ExpiryDate", "expiry_date"),
        _Row("DeliveryReport", "delivery_report", _FLAG),
        _Row("ReadReply", "read_reply", _FLAG),
        _Row("Priority", "priority"),
        _Row("Subject", "subject"),
        _Row("ChargedParty", "charged_party"),
        _Row("DistributionIndicator", "distribution_indicator", _FLAG),
    ),
    SubmitRsp: (*_STATUS_ROWS, _Row("MessageID", "message_id")),
    DeliverReq: (
        _VERSION_ROW,
        _RELAY_ROW,
        _Row("VASPID", "vaspid"),
        _Row("VASID", "vasid"),
        _Row("LinkedID", "linked_id"),
        _Row("Sender", "sender", _ADDRESS, is_due=True),
        _Row("Recipients", "recipients", _RECIPIENTS),
        _Row("TimeStamp", "time_stamp"),
        _Row("Priority", "priority"),
        _Row("Subject", "subject"),
    ),
    DeliverRsp: (*_STATUS_ROWS, _Row("ServiceCode", "service_code")),
    DeliveryReportReq: (*_REPORT_ROWS, _Row("Date", "date"), *_MM_STATUS_ROWS),
    DeliveryReportRsp: _STATUS_ROWS,
    ReadReplyReq: (*_REPORT_ROWS, _Row("TimeStamp", "time_stamp"), *_MM_STATUS_ROWS),
    ReadReplyRsp: _STATUS_ROWS,
    CancelReq: (_VERSION_ROW, _SENDER_ROW, _ID_ROW),
    CancelRsp: _STATUS_ROWS,
    ReplaceReq: (
        _VERSION_ROW,
        _SENDER_ROW,
        _ID_ROW,
        _Row("ServiceCode", "service_code"),
        _Row("TimeStamp", "time_stamp"),
        _Row("ReadReply", "read_reply", _FLAG),
        _Row("EarliestDeliveryTime", "earliest_delivery_time"),
        _Row("DistributionIndicator", "distribution_indicator", _FLAG),
    ),
    ReplaceRsp: _STATUS_ROWS,
    RSErrorRsp: _STATUS_ROWS,
    VASPErrorRsp: _STATUS_ROWS,
}
KINDS: Final[Mapping[str, type[Pdu]]] = {kind.__name__: kind for kind in TABLES}
WITH_CONTENT: Final = (SubmitReq, DeliverReq, ReplaceReq)
"""What may bring a content in the second MIME part."""


def write_pdu(pdu: Pdu, namespace: str, content_id: str = "") -> str:
    """Return the element of a message; `content_id` names the MIME part with its content.

    Raises:
        LocalProtocolError: a value that is due is missing, or cannot be written.
    """
    name, written = type(pdu).__name__, list[str]()
    for row in TABLES[type(pdu)]:
        one = row.kind.write(row.element, getattr(pdu, row.attribute))
        if row.is_due and not one:
            raise LocalProtocolError(f"{name} needs {row.element}")
        written.append(one)
    if content_id:
        if not isinstance(pdu, WITH_CONTENT):
            raise LocalProtocolError(f"{name} has no content")
        written.append(write_element("Content", "", [("href", f"cid:{content_id}")]))
    return write_element(name, "".join(written), [("xmlns", namespace)])


def read_pdu(node: Node) -> Pdu:
    """Read the element of a message.

    Raises:
        RemoteProtocolError: not one of ours, or something that is due is missing or malformed.
    """
    kind = KINDS.get(node.name)
    if kind is None:
        raise RemoteProtocolError(f"{node.name[:80]!r} is no message of MM7")
    values: dict[str, Any] = {"version": ""}
    for row in TABLES[kind]:
        found = node.find(row.element)
        if found is not None:
            values[row.attribute] = row.kind.read(found)
        if row.is_due and not values.get(row.attribute):
            raise RemoteProtocolError(f"{node.name} without {row.element}")
    return kind(**values)
