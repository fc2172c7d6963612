"""State reports and results of CMPP: the record inside a DELIVER, its states, and what result codes are called.

Source: CMPP 3.0 clause 7.4.5.1 (record, states) and 7.4.3.2 (results); widths of 2.0 from field practice.
"""

import struct
from typing import Final, NamedTuple

from telcowire.errors import LocalProtocolError, RemoteProtocolError

DELIVRD: Final = "DELIVRD"
ACCEPTD: Final = "ACCEPTD"
#: The states that the carrier's own page names; anything else is a vendor's code and ends the message as failed.
FAILED_STATS: Final = frozenset({"EXPIRED", "DELETED", "UNDELIV", "UNKNOWN", "REJECTD"})

RESULT_FLOW_CONTROL: Final = 8
RESULT_NAMES: Final = {
    0: "accepted",
    1: "bad structure",
    2: "bad command",
    3: "sequence repeated",
    4: "bad length",
    5: "bad fee code",
    6: "content too long",
    7: "bad service code",
    8: "flow control",
    9: "gateway not responsible for the payer number",
    10: "Src_Id wrong",
    11: "Msg_src wrong",
    12: "Fee_terminal_Id wrong",
    13: "Dest_terminal_Id wrong",
}
CONNECT_STATUS_NAMES: Final = {
    0: "ok",
    1: "bad structure",
    2: "illegal source address",
    3: "authentication failed",
    4: "version too high",
}

_RECORD_20: Final = struct.Struct(">Q7s10s10s21sI")
_RECORD_30: Final = struct.Struct(">Q7s10s10s32sI")
#: Some gateways write the record of the other version: the length decides.
_RECORDS: Final = {record.size: record for record in (_RECORD_20, _RECORD_30)}


class Report(NamedTuple):
    """What became of one part; times are YYMMDDHHMM as the carrier wrote them, in its own zone."""

    msg_id: int
    stat: str
    submit_time: str
    done_time: str
    dest: str
    smsc_seq: int = 0


def _text(raw: bytes) -> str:
    return raw.split(b"\0", 1)[0].decode("latin-1").strip(" ")


def parse_report(content: bytes) -> Report:
    """Read the record; 60 octets are the 2.0 form and 71 the 3.0 form, whatever the connection speaks.

    Raises:
        RemoteProtocolError: neither length.
    """
    record = _RECORDS.get(len(content))
    if record is None:
        raise RemoteProtocolError(f"a state report of {len(content)} octets; 60 or 71 are due")
    msg_id, stat, submit_time, done_time, dest, smsc_seq = record.unpack(content)
    return Report(msg_id, _text(stat), _text(submit_time), _text(done_time), _text(dest), smsc_seq)


def format_report(report: Report, version: int) -> bytes:
    """Write the record in the form of the version (0x20: 60 octets, 0x30: 71).

    Raises:
        LocalProtocolError: a value does not fit.
    """
    record = _RECORD_30 if version == 0x30 else _RECORD_20
    widths = (7, 10, 10, 32 if version == 0x30 else 21)
    try:
        texts = [text.encode("latin-1") for text in report[1:5]]
        if any(len(text) > width for text, width in zip(texts, widths, strict=True)):
            raise LocalProtocolError(f"a field of {report} is too long")
        return record.pack(report.msg_id, *texts, report.smsc_seq)
    except (struct.error, UnicodeEncodeError) as error:
        raise LocalProtocolError(f"state report: {error}") from error


def is_final(stat: str) -> bool:
    """Whether the state ends the message: everything but ACCEPTD does."""
    return stat != ACCEPTD


def result_name(result: int) -> str:
    """Name a SUBMIT_RESP or DELIVER_RESP result for people."""
    return RESULT_NAMES.get(result, f"vendor result {result}")
