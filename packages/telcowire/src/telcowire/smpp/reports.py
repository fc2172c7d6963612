"""Delivery receipts: a text inside deliver_sm, or TLVs, or both; read in every habit that carriers are known for.

The TLVs receipted_message_id and message_state count more than the text. Ids: `telcowire.smpp.message_ids`.

Source: SMPP 3.4 appendix B (text), clauses 5.2.28 (states), 5.3.2.12, 5.3.2.35, 5.3.2.31 (TLVs). Habits from the field:
labels in any case, `submit_date`, blanks after the colon, commas between fields, seconds in the times, `Text` cut or
missing, states written out, ids with letters.
"""

import re
from typing import Final, NamedTuple

from telcowire.errors import LocalProtocolError, RemoteProtocolError
from telcowire.smpp.message_ids import ReceiptIds, id_key, normalise_receipt_id
from telcowire.smpp.pdus import ESM_INTERMEDIATE, ESM_RECEIPT, DataSm, DeliverSm, TlvList
from telcowire.smpp.tlvs import (
    MESSAGE_PAYLOAD,
    MESSAGE_STATE,
    NETWORK_ERROR_CODE,
    RECEIPTED_MESSAGE_ID,
    find_octets,
)

DELIVRD: Final = "DELIVRD"
#: message_state and what appendix B writes for it; 0 and 9 are 5.0.
STATES: Final = {
    0: "SCHEDLD",
    1: "ENROUTE",
    2: DELIVRD,
    3: "EXPIRED",
    4: "DELETED",
    5: "UNDELIV",
    6: "ACCEPTD",
    7: "UNKNOWN",
    8: "REJECTD",
    9: "SKIPPED",
}
STATE_NUMBERS: Final = {stat: number for number, stat in STATES.items()}
_NOT_FINAL: Final = frozenset({"SCHEDLD", "ENROUTE", "ACCEPTD"})
#: States as some carriers write them out, by their first letters; "DELIVERY FAILED" has been dealt with by then.
_WRITTEN_OUT: Final = {
    "SCHED": "SCHEDLD",
    "ENROUT": "ENROUTE",
    "DELIVE": DELIVRD,
    "DELIVR": DELIVRD,
    "EXPIR": "EXPIRED",
    "DELET": "DELETED",
    "UNDELI": "UNDELIV",
    "ACCEPT": "ACCEPTD",
    "UNKNOW": "UNKNOWN",
    "REJECT": "REJECTD",
    "SKIPP": "SKIPPED",
}
#: A receipt's text is about a hundred octets; what lies behind is the message's own text.
_MAX_TEXT: Final = 512
_TYPICAL: Final = re.compile(
    r"id:([^ ]{1,64}) sub:([^ ]{1,8}) dlvrd:([^ ]{1,8}) submit date:(\d{10,14}) done date:(\d{10,14})"
    r" stat:([A-Z]{1,12}) err:([^ ]{1,8})(?: [Tt]ext:(.*))?",
    re.DOTALL,
).fullmatch
_LABEL: Final = re.compile(
    r"(?:^|(?<=[\s,;]))(id|sub|dlvrd|submit[ _]?date|done[ _]?date|stat(?:us)?|err(?:or)?(?:[ _]?code)?|te?xt)"
    r" {0,8}[:=] {0,8}",
    re.IGNORECASE,
)
_ORDER: Final = ("id", "sub", "dlvrd", "submit", "done", "stat", "err", "text")
_KEYS: Final = {key[:2]: key for key in _ORDER if key != "sub"} | {"tx": "text"}
_NETWORK_ERROR_OCTETS: Final = 3


class Report(NamedTuple):
    """What became of one part; times are digits as the carrier wrote them, in its own zone.

    `stat` has the names of appendix B. `tlv_id` and `text_id` are the ids as they stood in the TLV and in the text,
    each empty when it was not there.
    """

    tlv_id: str
    text_id: str
    stat: str
    submit_time: str = ""
    done_time: str = ""
    dest: str = ""
    source: str = ""
    err: str = ""
    sub: str = ""
    dlvrd: str = ""
    text: str = ""

    @property
    def raw_id(self) -> str:
        """The id to show, as the carrier wrote it."""
        return self.tlv_id or self.text_id

    def message_id(self, ids: ReceiptIds) -> str:
        """Return the id in the form that answers are compared in, see `normalise_answer_id`."""
        return normalise_receipt_id(self.tlv_id, self.text_id, ids)

    def key(self, ids: ReceiptIds) -> int:
        """Return the 64-bit key that the answer to the submit has as well."""
        return id_key(self.message_id(ids))


def is_report(pdu: DeliverSm | DataSm) -> bool:
    """Whether it is a receipt or an intermediate notification: by the bits of esm_class, or by its TLV."""
    if pdu.esm_class & (ESM_RECEIPT | ESM_INTERMEDIATE):
        return True
    return bool(pdu.tlvs) and find_octets(pdu.tlvs, RECEIPTED_MESSAGE_ID) is not None


def is_final(stat: str) -> bool:
    """Whether the state ends the message."""
    return stat not in _NOT_FINAL


def _name_stat(written: str) -> str:
    stat = written.upper().strip()
    if stat in STATE_NUMBERS:
        return stat
    for begin, name in _WRITTEN_OUT.items():
        if stat.startswith(begin):
            return "UNDELIV" if "FAIL" in stat else name
    return stat


def _read_labels(text: str) -> tuple[str, ...]:
    """Read `label: value` in any order; a label counts once, and nothing behind `text:` is a label."""
    found: dict[str, str] = {}
    labels = list(_LABEL.finditer(text))
    ends = [*(label.start() for label in labels[1:]), len(text)]
    for label, end in zip(labels, ends, strict=False):  # without labels there is still one end
        name = label[1].lower()
        key = name if name == "sub" else _KEYS[name[:2]]
        if key == "text":
            found[key] = text[label.end() :]
            break
        value = text[label.end() : end]
        found.setdefault(key, value.strip(" \t\r\n,;"))
    # An id, a state and an error code are single words, whatever a carrier writes behind them.
    words = {key: value.split(" ", 1)[0] for key, value in found.items() if key in {"id", "err"}}
    return tuple((found | words).get(key, "") for key in _ORDER)


def _read_text(content: bytes, data_coding: int) -> tuple[str, ...]:
    """Return the values in the order of `_ORDER`; a NUL, which some carriers end with, parts words like a blank."""
    if data_coding & 0x0C == 0x08 and content[:1] == b"\0":  # a few carriers write even receipts in UCS-2
        text = content[: 2 * _MAX_TEXT].decode("utf-16-be", "replace")
    else:
        text = content[:_MAX_TEXT].decode("latin-1")
    if "\0" in text:
        text = text.replace("\0", " ").rstrip(" ")
    typical = _TYPICAL(text)
    return typical.groups("") if typical is not None else _read_labels(text)


def _digits(value: str) -> str:
    """Keep a time's digits: some carriers write them with dashes and colons."""
    return "".join([char for char in value[:32] if char in "0123456789"])


def parse_report(pdu: DeliverSm | DataSm) -> Report:
    """Read a receipt.

    Raises:
        RemoteProtocolError: neither TLVs nor text say which message it is about and what became of it.
    """
    content = pdu.short_message if isinstance(pdu, DeliverSm) else b""
    tlv_id, tlv_stat, network_error = "", "", ""
    for tag, value in pdu.tlvs:
        if tag == RECEIPTED_MESSAGE_ID:
            tlv_id = tlv_id or value.split(b"\0", 1)[0].decode("latin-1").strip(" ")
        elif tag == MESSAGE_STATE:
            tlv_stat = STATES.get(value[0], "") if len(value) == 1 else ""
        elif tag == NETWORK_ERROR_CODE and len(value) == _NETWORK_ERROR_OCTETS:
            network_error = str(int.from_bytes(value[1:], "big"))
        elif tag == MESSAGE_PAYLOAD:
            content = content or value
    text_id, sub, dlvrd, submitted, done, stat, err, text = _read_text(content, pdu.data_coding)
    stat = tlv_stat or (stat if stat in STATE_NUMBERS else _name_stat(stat))
    if not stat or not (tlv_id or text_id):
        raise RemoteProtocolError("a receipt that names no message or no state")
    return Report(
        tlv_id,
        text_id,
        stat,
        submitted if submitted.isdecimal() else _digits(submitted),
        done if done.isdecimal() else _digits(done),
        pdu.source_addr,
        pdu.destination_addr,
        err or network_error,
        sub,
        dlvrd,
        text,
    )


def format_report(report: Report, *, with_tlvs: bool = True) -> tuple[bytes, TlvList]:
    """Write the text of appendix B, and the TLVs unless the peer is older than 3.4.

    `text_id` stands in the text, `tlv_id` (else the text's) in the TLV.

    Raises:
        LocalProtocolError: a value has characters that the text cannot carry.
    """
    text = (
        f"id:{report.text_id or report.tlv_id} sub:{report.sub or '001'} dlvrd:{report.dlvrd or '001'}"
        f" submit date:{report.submit_time} done date:{report.done_time}"
        f" stat:{report.stat} err:{report.err or '000'} text:{report.text[:20]}"
    )
    try:
        octets = text.encode("latin-1")
        quoted = (report.tlv_id or report.text_id).encode("latin-1") + b"\0"
    except UnicodeEncodeError as error:
        raise LocalProtocolError(f"receipt: {error}") from error
    state = STATE_NUMBERS.get(report.stat)
    if not with_tlvs:
        return octets, ()
    tlvs: list[tuple[int, bytes]] = [(RECEIPTED_MESSAGE_ID, quoted)]
    if state is not None:
        tlvs.append((MESSAGE_STATE, bytes((state,))))
    return octets, tuple(tlvs)
