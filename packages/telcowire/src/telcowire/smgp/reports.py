"""State reports and statuses of SMGP: the text inside a Deliver, its states, and what status codes are called.

The id stands as ten binary octets inside the text, and any octet can occur in it, a blank too: the record is never
read as text as a whole, nor split at blanks.

Source: SMGP 3.0.3, state report and status table; protocol page, clauses 3.7 and 3.8 (which tells the field's habits).
"""

import re
from typing import Final, NamedTuple

from telcowire.errors import LocalProtocolError, RemoteProtocolError
from telcowire.smgp.msg_ids import MSG_ID_OCTETS

DELIVRD: Final = "DELIVRD"
ACCEPTD: Final = "ACCEPTD"
#: The states that the carrier's own page names; anything else is a vendor's code and ends the message as failed.
FAILED_STATS: Final = frozenset({"EXPIRED", "DELETED", "UNDELIV", "UNKNOWN", "REJECTD"})

ERR_NAMES: Final = {
    "000": "ok",
    "001": "user unreachable",
    "002": "user busy",
    "003": "no such part",
    "004": "illegal user",
    "005": "user black-listed",
    "006": "system error",
    "007": "user memory full",
    "008": "not an information terminal",
    "009": "data error",
    "010": "data lost",
    "999": "unknown",
}

STATUS_BUSY: Final = 1
STATUS_BAD_STRUCTURE: Final = 10
STATUS_BAD_COMMAND: Final = 11
STATUS_BAD_SECRET: Final = 21
STATUS_BAD_VERSION: Final = 22
STATUS_BAD_LENGTH: Final = 36
STATUS_BAD_ACCESS: Final = 70
STATUS_NAMES: Final = {
    0: "ok",
    1: "system busy",
    2: "too many connections",
    10: "bad structure",
    11: "bad command",
    12: "sequence repeated",
    20: "bad IP address",
    21: "authentication failed",
    22: "version too high",
    30: "bad MsgType",
    31: "bad Priority",
    32: "bad FeeType",
    33: "bad FeeCode",
    34: "bad MsgFormat",
    35: "bad time format",
    36: "bad MsgLength",
    37: "expired",
    38: "bad QueryType",
    39: "routing error",
    40: "bad FixedFee",
    41: "bad UpdateType",
    42: "bad RouteId",
    43: "bad ServiceId",
    44: "bad ValidTime",
    45: "bad AtTime",
    46: "bad SrcTermId",
    47: "bad DestTermId",
    48: "bad ChargeTermId",
    49: "bad SPCode",
    56: "bad SrcGatewayID",
    57: "bad QueryTermID",
    58: "no route",
    59: "bad SPType",
    60: "bad route field 60",
    61: "bad route field 61",
    62: "bad route field 62",
    63: "bad route field 63",
    64: "bad route field 64",
    65: "bad route field 65",
    66: "bad route field 66",
    67: "bad route field 67",
    68: "no route update here",
    69: "bad SPID",
    70: "bad SPAccessType",
    71: "route update failed",
    72: "bad Time",
    73: "bad MServiceID",
    74: "sending forbidden at this hour",
    75: "daily quota exceeded",
    76: "account expired",
}

REPORT_OCTETS: Final = 122

_ID_LABEL: Final = re.compile(rb"[ \0]*id:", re.IGNORECASE)
_LABEL: Final = re.compile(rb"(sub|dlvrd|submit[ _]date|done[ _]date|stat|err|te?xt):", re.IGNORECASE)
_TEXT_OCTETS: Final = 20

_WORD: Final = rb"([^\s\0:]+)"
#: The whole record where it keeps to the order of the page: one match instead of a search for each name.
_USUAL: Final = re.compile(
    rb"id:(.{10}) sub:%b +dlvrd:%b +submit[ _]date:%b +done[ _]date:%b +stat:%b +err:%b +te?xt:(.*)" % ((_WORD,) * 6),
    re.IGNORECASE | re.DOTALL,
)


class Report(NamedTuple):
    """What became of one part; times are YYMMDDhhmm as the carrier wrote them, in its own zone.

    `text` is the beginning of the message as the gateway quotes it, in whatever coding: three digits of length, then 17
    octets. Fields that the gateway leaves out are empty.
    """

    msg_id: bytes
    stat: str
    err: str = ""
    submit_time: str = ""
    done_time: str = ""
    sub: str = "001"
    dlvrd: str = "001"
    text: bytes = b""


class Labels(NamedTuple):
    """How a gateway writes the names in its reports. Seen in the field: the presets below."""

    submit_date: str = "Submit date"
    done_date: str = "done date"
    stat: str = "stat"
    text: str | None = "Text"


#: The specification's own spelling.
PAGE_LABELS: Final = Labels()
#: Spellings and omissions met in test data recorded at gateways (2014 to 2022, gateways not named).
FIELD_LABELS: Final = (
    PAGE_LABELS,
    Labels(submit_date="submit date", text="text"),
    Labels(submit_date="submit_date", done_date="done_date", text="text"),
    Labels(submit_date="submit_date", done_date="done_date", stat="Stat", text="txt"),
    Labels(submit_date="submit date", stat="Stat", text=None),
)


def _first_word(raw: bytes) -> str:
    words = raw.split(b"\0", 1)[0].split()
    return words[0].decode("latin-1") if words else ""


def parse_report(content: bytes) -> Report:
    """Read the id by its place, then the fields by their names: any case, `_` for a blank, missing ones allowed.

    Raises:
        RemoteProtocolError: there is no id, or no state.
    """
    usual = _USUAL.fullmatch(content)
    if usual is not None:
        msg_id, *words, text = usual.groups()
        sub, dlvrd, submit_time, done_time, stat, err = [word.decode("latin-1") for word in words]
        return Report(msg_id, stat, err, submit_time, done_time, sub, dlvrd, text)
    return _search_report(content)


def _search_report(content: bytes) -> Report:
    start = _ID_LABEL.match(content)
    if start is None or len(content) < start.end() + MSG_ID_OCTETS:
        raise RemoteProtocolError("a state report without an id")
    at = start.end() + MSG_ID_OCTETS
    values, text = dict[bytes, str](), b""
    labels = list(_LABEL.finditer(content, at))
    for index, label in enumerate(labels):
        name = label[1].lower().replace(b"_", b" ")
        if name.startswith(b"t"):
            text = content[label.end() :]
            break
        end = labels[index + 1].start() if index + 1 < len(labels) else len(content)
        values.setdefault(name, _first_word(content[label.end() : end]))
    stat = values.get(b"stat", "")
    if not stat:
        raise RemoteProtocolError("a state report without a state")
    return Report(
        content[start.end() : at],
        stat,
        values.get(b"err", ""),
        values.get(b"submit date", ""),
        values.get(b"done date", ""),
        values.get(b"sub", ""),
        values.get(b"dlvrd", ""),
        text,
    )


def _write_word(name: str, value: str, octets: int) -> bytes:
    if len(value) > octets or not value.isascii():
        raise LocalProtocolError(f"state report: {name} {value!r} does not fit {octets} octets")
    return value.ljust(octets).encode()


def format_report(report: Report, labels: Labels = PAGE_LABELS) -> bytes:
    """Write the record: 122 octets in the specification's spelling; other labels may make it shorter.

    Raises:
        LocalProtocolError: a value does not fit.
    """
    if len(report.msg_id) != MSG_ID_OCTETS or len(report.text) > _TEXT_OCTETS:
        raise LocalProtocolError(f"state report: {report} does not fit")
    fields = [
        b"id:" + report.msg_id,
        b"sub:" + _write_word("sub", report.sub, 3),
        b"dlvrd:" + _write_word("dlvrd", report.dlvrd, 3),
        labels.submit_date.encode() + b":" + _write_word("submit date", report.submit_time, 10),
        labels.done_date.encode() + b":" + _write_word("done date", report.done_time, 10),
        labels.stat.encode() + b":" + _write_word("stat", report.stat, 7),
        b"err:" + _write_word("err", report.err, 3),
    ]
    if labels.text is not None:
        fields.append(labels.text.encode() + b":" + report.text.ljust(_TEXT_OCTETS, b"\0"))
    return b" ".join(fields)


def is_final(stat: str) -> bool:
    """Whether the state ends the message: everything but ACCEPTD does."""
    return stat != ACCEPTD


def status_name(status: int) -> str:
    """Name a status of any answer for people."""
    return STATUS_NAMES.get(status, f"vendor status {status}")
