"""The PDUs of CMPP 2.0 and 3.0 as NamedTuples, and one field table per PDU and version.

Where 2.0 lacks a field of 3.0 its table says `Absent`, so both versions share the value types. `link_id` is the
reserved field at the end of 2.0. Meaning of results and reports: `telcowire.cmpp.reports`. Clauses: CMPP 3.0.0.
"""

from typing import Final, NamedTuple

from telcowire.errors import LocalProtocolError
from telcowire.fields import (
    Absent,
    Content,
    Count,
    Field,
    HeaderShape,
    Length,
    Numbers,
    Octets,
    PduCodec,
    Tail,
    Text,
    UInt,
)
from telcowire.smstext.coding import FMT_ASCII
from telcowire.smstext.segments import SINGLE_OCTETS

HEADER: Final = HeaderShape("III", 12)
#: A PDU longer than this is refused before a byte of it is kept: 99 numbers with 140 octets make 3,471.
MAX_OCTETS: Final = 4096
RESPONSE_BIT: Final = 0x80000000

CONNECT: Final = 0x00000001
TERMINATE: Final = 0x00000002
SUBMIT: Final = 0x00000004
DELIVER: Final = 0x00000005
QUERY: Final = 0x00000006
CANCEL: Final = 0x00000007
ACTIVE_TEST: Final = 0x00000008

#: Numbers in one SUBMIT: DestUsr_tl < 100 (7.4.3.1). Octets: up to 160 for Msg_Fmt 0, else 140.
MAX_NUMBERS: Final = 99
MAX_CONTENT_OCTETS: Final = 160


class Connect(NamedTuple):
    """CMPP_CONNECT, clause 7.4.1.1; the timestamp is MMDDHHMMSS as an integer."""

    source_addr: str
    authenticator_source: bytes
    version: int
    timestamp: int


class ConnectResp(NamedTuple):
    """CMPP_CONNECT_RESP, clause 7.4.1.2."""

    status: int
    authenticator_ismg: bytes
    version: int


class Terminate(NamedTuple):
    """CMPP_TERMINATE, clause 7.4.2.1."""


class TerminateResp(NamedTuple):
    """CMPP_TERMINATE_RESP, clause 7.4.2.2."""


class Submit(NamedTuple):
    """CMPP_SUBMIT, clause 7.4.3.1. Times are SMPP times; `fee_code` is in fen; parts count from 1."""

    msg_id: int = 0
    pk_total: int = 1
    pk_number: int = 1
    registered_delivery: int = 1
    msg_level: int = 0
    service_id: str = ""
    fee_user_type: int = 2
    fee_terminal_id: str = ""
    fee_terminal_type: int = 0
    tp_pid: int = 0
    tp_udhi: int = 0
    msg_fmt: int = 8
    msg_src: str = ""
    fee_type: str = "01"
    fee_code: str = "000000"
    valid_time: str = ""
    at_time: str = ""
    src_id: str = ""
    dest_terminal_ids: tuple[str, ...] = ()
    dest_terminal_type: int = 0
    msg_content: bytes = b""
    link_id: str = ""


class SubmitResp(NamedTuple):
    """CMPP_SUBMIT_RESP, clause 7.4.3.2; for n numbers the id stands for n ids, see `nth_msg_id`."""

    msg_id: int
    result: int


class Deliver(NamedTuple):
    """CMPP_DELIVER, clause 7.4.5.1: a text from a phone, or a state report when `registered_delivery` is 1."""

    msg_id: int = 0
    dest_id: str = ""
    service_id: str = ""
    tp_pid: int = 0
    tp_udhi: int = 0
    msg_fmt: int = 8
    src_terminal_id: str = ""
    src_terminal_type: int = 0
    registered_delivery: int = 0
    msg_content: bytes = b""
    link_id: str = ""


class DeliverResp(NamedTuple):
    """CMPP_DELIVER_RESP, clause 7.4.5.2."""

    msg_id: int
    result: int


class Query(NamedTuple):
    """CMPP_QUERY, clause 7.4.4.1; `time` is YYYYMMDD, `query_type` 0 all, 1 by service."""

    time: str
    query_type: int
    query_code: str = ""
    reserve: str = ""


class QueryResp(NamedTuple):
    """CMPP_QUERY_RESP, clause 7.4.4.2."""

    time: str
    query_type: int
    query_code: str
    mt_tl_msg: int
    mt_tl_usr: int
    mt_scs: int
    mt_wt: int
    mt_fl: int
    mo_scs: int
    mo_wt: int
    mo_fl: int


class Cancel(NamedTuple):
    """CMPP_CANCEL, clause 7.4.6.1."""

    msg_id: int


class CancelResp(NamedTuple):
    """CMPP_CANCEL_RESP, clause 7.4.6.2: 0 done, 1 failed."""

    success_id: int


class ActiveTest(NamedTuple):
    """CMPP_ACTIVE_TEST, clause 7.4.7.1."""


class ActiveTestResp(NamedTuple):
    """CMPP_ACTIVE_TEST_RESP, clause 7.4.7.2; one reserved octet, which some peers leave out."""

    reserved: bytes = b"\0"


def _max_content(submit: Submit) -> int:
    return MAX_CONTENT_OCTETS if submit.msg_fmt == FMT_ASCII else SINGLE_OCTETS


class _Widths(NamedTuple):
    """What differs between the versions: octets of status and result, of phone numbers, and of the last field."""

    status: int
    number: int
    link_id: int
    has_types: bool


_WIDTHS: Final = {0x20: _Widths(1, 21, 8, has_types=False), 0x30: _Widths(4, 32, 20, has_types=True)}


class CmppCodecs:
    """The codecs of one version: 0x20 for any 2.x, 0x30 for 3.0."""

    def __init__(self, version: int) -> None:
        """Compile every table of the version."""
        self.version: Final = version
        widths = _WIDTHS[version]

        def terminal_type(name: str) -> Field:
            return UInt(name, 1) if widths.has_types else Absent(name, 0)

        self.connect: Final = PduCodec(Connect, CONNECT, HEADER, _CONNECT_FIELDS)
        self.connect_resp: Final = PduCodec(
            ConnectResp,
            CONNECT | RESPONSE_BIT,
            HEADER,
            (UInt("status", widths.status), Octets("authenticator_ismg", 16), UInt("version", 1)),
        )
        self.terminate: Final = PduCodec(Terminate, TERMINATE, HEADER, ())
        self.terminate_resp: Final = PduCodec(TerminateResp, TERMINATE | RESPONSE_BIT, HEADER, ())
        self.submit: Final = PduCodec(
            Submit,
            SUBMIT,
            HEADER,
            (
                UInt("msg_id", 8),
                UInt("pk_total", 1),
                UInt("pk_number", 1),
                UInt("registered_delivery", 1),
                UInt("msg_level", 1),
                Text("service_id", 10),
                UInt("fee_user_type", 1),
                Text("fee_terminal_id", widths.number),
                terminal_type("fee_terminal_type"),
                UInt("tp_pid", 1),
                UInt("tp_udhi", 1),
                UInt("msg_fmt", 1),
                Text("msg_src", 6),
                Text("fee_type", 2),
                Text("fee_code", 6),
                Text("valid_time", 17),
                Text("at_time", 17),
                Text("src_id", 21),
                Count("dest_usr_tl"),
                Numbers("dest_terminal_ids", widths.number, 1, MAX_NUMBERS),
                terminal_type("dest_terminal_type"),
                Length("msg_length"),
                Content("msg_content", MAX_CONTENT_OCTETS, is_strict=True),
                Text("link_id", widths.link_id),
            ),
            max_content=_max_content,
        )
        self.submit_resp: Final = PduCodec(
            SubmitResp, SUBMIT | RESPONSE_BIT, HEADER, (UInt("msg_id", 8), UInt("result", widths.status))
        )
        self.deliver: Final = PduCodec(
            Deliver,
            DELIVER,
            HEADER,
            (
                UInt("msg_id", 8),
                Text("dest_id", 21),
                Text("service_id", 10),
                UInt("tp_pid", 1),
                UInt("tp_udhi", 1),
                UInt("msg_fmt", 1),
                Text("src_terminal_id", widths.number, is_varied=True),
                terminal_type("src_terminal_type"),
                UInt("registered_delivery", 1),
                Length("msg_length"),
                Content("msg_content", MAX_CONTENT_OCTETS),
                Text("link_id", widths.link_id),
            ),
        )
        self.deliver_resp: Final = PduCodec(
            DeliverResp, DELIVER | RESPONSE_BIT, HEADER, (UInt("msg_id", 8), UInt("result", widths.status))
        )
        self.query: Final = PduCodec(Query, QUERY, HEADER, (*_QUERY_FIELDS, Text("reserve", 8)))
        self.query_resp: Final = PduCodec(
            QueryResp,
            QUERY | RESPONSE_BIT,
            HEADER,
            (*_QUERY_FIELDS, *(UInt(name, 4) for name in QueryResp._fields[3:])),
        )
        self.cancel: Final = PduCodec(Cancel, CANCEL, HEADER, (UInt("msg_id", 8),))
        self.cancel_resp: Final = PduCodec(
            CancelResp, CANCEL | RESPONSE_BIT, HEADER, (UInt("success_id", widths.status),)
        )
        self.active_test: Final = PduCodec(ActiveTest, ACTIVE_TEST, HEADER, ())
        self.active_test_resp: Final = PduCodec(
            ActiveTestResp, ACTIVE_TEST | RESPONSE_BIT, HEADER, (Tail("reserved", 1),)
        )


_CONNECT_FIELDS: Final[tuple[Field, ...]] = (
    Text("source_addr", 6),
    Octets("authenticator_source", 16),
    UInt("version", 1),
    UInt("timestamp", 4),
)
_QUERY_FIELDS: Final[tuple[Field, ...]] = (Text("time", 8), UInt("query_type", 1), Text("query_code", 10))

CMPP20: Final = CmppCodecs(0x20)
CMPP30: Final = CmppCodecs(0x30)


def get_codecs(version: int) -> CmppCodecs:
    """Return the codecs for a version byte: 0x20-0x2F are 2.x, 0x30 is 3.0.

    Raises:
        LocalProtocolError: any other version.
    """
    if version & 0xF0 == 0x20:
        return CMPP20
    if version == 0x30:
        return CMPP30
    raise LocalProtocolError(f"CMPP version 0x{version:02x} is not known")
