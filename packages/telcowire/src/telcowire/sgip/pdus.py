"""The PDUs of SGIP 1.2 as NamedTuples, and one field table per PDU. Meaning of results and reports: `reports`.

Phone numbers stand here as on the wire, with 86 in front: see `numbers`. A `submit_seq` is the 96-bit sequence of the
Submit that is spoken of: see `sequences`. Clauses: China Unicom's interface specification, 4.2-4.4.
"""

import struct
from typing import Final, NamedTuple

from telcowire.errors import Breach, LocalProtocolError, RemoteProtocolError
from telcowire.fields import (
    Content,
    Count,
    Field,
    HeaderShape,
    Length,
    Numbers,
    PduCodec,
    Tail,
    Text,
    UInt,
    WideUInt,
)
from telcowire.smstext.coding import FMT_ASCII
from telcowire.smstext.segments import SINGLE_OCTETS

HEADER: Final = HeaderShape("II12s", 20, (1 << 96) - 1)
#: A packet is at most 2 KB: with 140 octets of text that is 83 numbers, though the count alone allows 100.
MAX_OCTETS: Final = 2048
RESPONSE_BIT: Final = 0x80000000

BIND: Final = 0x1
UNBIND: Final = 0x2
SUBMIT: Final = 0x3
DELIVER: Final = 0x4
REPORT: Final = 0x5
USER_RPT: Final = 0x11
TRACE: Final = 0x1000

#: Login types: who calls whom. The SP submits over the first, the SMG brings reports and texts over the second.
LOGIN_SP: Final = 1
LOGIN_SMG: Final = 2

MAX_NUMBERS: Final = 100
MAX_CONTENT_OCTETS: Final = 160
#: ChargeNumber: the SP pays.
SP_PAYS: Final = "0" * 21


class Bind(NamedTuple):
    """Bind: name and password in clear text."""

    login_type: int
    login_name: str
    login_password: str
    reserve: str = ""


class BindResp(NamedTuple):
    """Bind_Resp."""

    result: int
    reserve: str = ""


class Unbind(NamedTuple):
    """Unbind, without a body."""


class UnbindResp(NamedTuple):
    """Unbind_Resp, without a body."""


class Submit(NamedTuple):
    """Submit. Fees in fen; times as yymmddhhmmss032+; an empty `charge_number` means that each receiver pays.

    `report_flag` 1 asks for a report in any case; `morelate_to_mt_flag` 2: no text of a phone caused this one.
    """

    sp_number: str = ""
    charge_number: str = SP_PAYS
    user_numbers: tuple[str, ...] = ()
    corp_id: str = ""
    service_type: str = ""
    fee_type: int = 1
    fee_value: str = "0"
    given_value: str = "0"
    agent_flag: int = 0
    morelate_to_mt_flag: int = 2
    priority: int = 0
    expire_time: str = ""
    schedule_time: str = ""
    report_flag: int = 1
    tp_pid: int = 0
    tp_udhi: int = 0
    message_coding: int = 8
    message_type: int = 0
    message_content: bytes = b""
    reserve: str = ""


class SubmitResp(NamedTuple):
    """Submit_Resp; the message's id is the sequence that it answers."""

    result: int
    reserve: str = ""


class Deliver(NamedTuple):
    """Deliver: a text from a phone."""

    user_number: str = ""
    sp_number: str = ""
    tp_pid: int = 0
    tp_udhi: int = 0
    message_coding: int = 8
    message_content: bytes = b""
    reserve: str = ""


class DeliverResp(NamedTuple):
    """Deliver_Resp."""

    result: int
    reserve: str = ""


class Report(NamedTuple):
    """Report: what became of one number of a Submit; `report_type` 1 is about a forwarded Deliver."""

    submit_seq: int
    report_type: int
    user_number: str
    state: int
    error_code: int = 0
    reserve: str = ""


class ReportResp(NamedTuple):
    """Report_Resp."""

    result: int
    reserve: str = ""


class UserRpt(NamedTuple):
    """UserRpt: a subscriber's account changed: 0 cancelled, 1 suspended for arrears, 2 restored."""

    sp_number: str
    user_number: str
    user_condition: int
    reserve: str = ""


class UserRptResp(NamedTuple):
    """UserRpt_Resp."""

    result: int
    reserve: str = ""


class Trace(NamedTuple):
    """Trace: where has a message been?"""

    submit_seq: int
    user_number: str
    reserve: str = ""


class TraceResp(NamedTuple):
    """Trace_Resp: `hop_count` hops, then eight reserved octets; read the hops with `read_hops`."""

    hop_count: int = 0
    body: bytes = bytes(8)


class Hop(NamedTuple):
    """One node on a message's way."""

    result: int
    node_id: str
    receive_time: str
    send_time: str


_HOP: Final = struct.Struct(">B6s16s16s")
_RESERVE_OCTETS: Final = 8
_MAX_HOPS: Final = (MAX_OCTETS - HEADER.octets - 1 - _RESERVE_OCTETS) // _HOP.size


def read_hops(answer: TraceResp) -> list[Hop]:
    """Read the hops of a Trace_Resp.

    Raises:
        RemoteProtocolError: as many as it counts are not there.
    """
    if len(answer.body) != answer.hop_count * _HOP.size + _RESERVE_OCTETS:
        raise RemoteProtocolError(f"{answer.hop_count} hops in {len(answer.body)} octets", Breach.BAD_LENGTH)
    hops = _HOP.iter_unpack(answer.body[:-_RESERVE_OCTETS])
    return [Hop(result, *(text.split(b"\0", 1)[0].decode("latin-1") for text in texts)) for result, *texts in hops]


def _max_content(submit: Submit) -> int:
    return MAX_CONTENT_OCTETS if submit.message_coding == FMT_ASCII else SINGLE_OCTETS


def _check_submit(submit: Submit) -> None:
    total = _SUBMIT_OCTETS + _NUMBER_OCTETS * len(submit.user_numbers) + len(submit.message_content)
    if total > MAX_OCTETS:
        raise LocalProtocolError(f"a Submit of {total} octets; {MAX_OCTETS} are allowed")


_SUBMIT_OCTETS: Final = 143
_NUMBER_OCTETS: Final = 21
_SEQ_OCTETS: Final = 12
_RESERVE: Final = Text("reserve", _RESERVE_OCTETS)
_RESULT: Final[tuple[Field, ...]] = (UInt("result", 1), _RESERVE)


class SgipCodecs:
    """The codecs of every PDU that an SP and an SMG exchange."""

    bind: Final = PduCodec(
        Bind,
        BIND,
        HEADER,
        (UInt("login_type", 1), Text("login_name", 16), Text("login_password", 16), _RESERVE),
    )
    bind_resp: Final = PduCodec(BindResp, BIND | RESPONSE_BIT, HEADER, _RESULT)
    unbind: Final = PduCodec(Unbind, UNBIND, HEADER, ())
    unbind_resp: Final = PduCodec(UnbindResp, UNBIND | RESPONSE_BIT, HEADER, ())
    submit: Final = PduCodec(
        Submit,
        SUBMIT,
        HEADER,
        (
            Text("sp_number", 21),
            Text("charge_number", 21),
            Count("user_count"),
            Numbers("user_numbers", _NUMBER_OCTETS, 1, MAX_NUMBERS),
            Text("corp_id", 5),
            Text("service_type", 10),
            UInt("fee_type", 1),
            Text("fee_value", 6),
            Text("given_value", 6),
            UInt("agent_flag", 1),
            UInt("morelate_to_mt_flag", 1),
            UInt("priority", 1),
            Text("expire_time", 16),
            Text("schedule_time", 16),
            UInt("report_flag", 1),
            UInt("tp_pid", 1),
            UInt("tp_udhi", 1),
            UInt("message_coding", 1),
            UInt("message_type", 1),
            Length("message_length", 4),
            Content("message_content", MAX_CONTENT_OCTETS, is_strict=True),
            _RESERVE,
        ),
        _check_submit,
        _max_content,
    )
    submit_resp: Final = PduCodec(SubmitResp, SUBMIT | RESPONSE_BIT, HEADER, _RESULT)
    deliver: Final = PduCodec(
        Deliver,
        DELIVER,
        HEADER,
        (
            Text("user_number", 21, is_varied=True),
            Text("sp_number", 21),
            UInt("tp_pid", 1),
            UInt("tp_udhi", 1),
            UInt("message_coding", 1),
            Length("message_length", 4),
            Content("message_content", MAX_CONTENT_OCTETS),
            _RESERVE,
        ),
    )
    deliver_resp: Final = PduCodec(DeliverResp, DELIVER | RESPONSE_BIT, HEADER, _RESULT)
    report: Final = PduCodec(
        Report,
        REPORT,
        HEADER,
        (
            WideUInt("submit_seq", _SEQ_OCTETS),
            UInt("report_type", 1),
            Text("user_number", 21, is_varied=True),
            UInt("state", 1),
            UInt("error_code", 1),
            _RESERVE,
        ),
    )
    report_resp: Final = PduCodec(ReportResp, REPORT | RESPONSE_BIT, HEADER, _RESULT)
    user_rpt: Final = PduCodec(
        UserRpt,
        USER_RPT,
        HEADER,
        (Text("sp_number", 21), Text("user_number", 21, is_varied=True), UInt("user_condition", 1), _RESERVE),
    )
    user_rpt_resp: Final = PduCodec(UserRptResp, USER_RPT | RESPONSE_BIT, HEADER, _RESULT)
    trace: Final = PduCodec(
        Trace,
        TRACE,
        HEADER,
        (WideUInt("submit_seq", _SEQ_OCTETS), Text("user_number", 21, is_varied=True), _RESERVE),
    )
    trace_resp: Final = PduCodec(
        TraceResp,
        TRACE | RESPONSE_BIT,
        HEADER,
        (UInt("hop_count", 1), Tail("body", _MAX_HOPS * _HOP.size + _RESERVE_OCTETS)),
    )


SGIP: Final = SgipCodecs()
