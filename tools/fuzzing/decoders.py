"""Targets: PDUs and reports of the four binary protocols.

A PDU comes without its length, which is put in front here: the search then gets behind the first check.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from telcowire.cmpp import reports as cmpp_reports
from telcowire.cmpp.msg_ids import unpack_msg_id as unpack_cmpp_id
from telcowire.cmpp.pdus import CMPP20, CMPP30
from telcowire.errors import LocalProtocolError, RemoteProtocolError
from telcowire.fields import Codec, HeaderShape
from telcowire.sgip.pdus import SGIP, TraceResp, read_hops
from telcowire.sgip.sequences import unpack_sequence
from telcowire.smgp import reports as smgp_reports
from telcowire.smgp.msg_ids import nth_msg_id, unpack_msg_id
from telcowire.smgp.pdus import SMGP13, SMGP30
from telcowire.smpp.content import decode_content, open_content
from telcowire.smpp.message_ids import ReceiptIds
from telcowire.smpp.pdus import SMPP34, DataSm, DeliverSm
from telcowire.smpp.reports import is_report, parse_report

_LENGTH_OCTETS: Final = 4
_COMMAND_END: Final = 8

Codecs = Mapping[int, Sequence[Codec[Any]]]


def codecs_of(*tables: object) -> Codecs:
    """Return the codecs of all versions by command."""
    found: dict[int, list[Codec[Any]]] = {}
    for table in tables:
        for codec in (getattr(table, name) for name in dir(table) if not name.startswith("_")):
            if hasattr(codec, "decode"):
                found.setdefault(codec.command, []).append(codec)
    return found


CMPP_CODECS: Final = codecs_of(CMPP20, CMPP30)
SGIP_CODECS: Final = codecs_of(SGIP)
SMGP_CODECS: Final = codecs_of(SMGP13, SMGP30)
SMPP_CODECS: Final = codecs_of(SMPP34)


def frame(data: bytes) -> bytes:
    """Put the length in front of a PDU that lacks it."""
    return (len(data) + _LENGTH_OCTETS).to_bytes(_LENGTH_OCTETS, "big") + data


def _decode_all(codecs: Iterable[Codec[Any]], wire: bytes, seq: int) -> Iterable[Any]:
    """Read a PDU by each codec; what is read must come back when it is written and read again."""
    for codec in codecs:
        try:
            pdu = codec.decode(wire, 0, len(wire))
        except RemoteProtocolError:
            continue
        codec.dump(wire)
        yield pdu
        try:
            again = codec.encode(pdu, seq)
        except LocalProtocolError:  # peers may send what we would not
            continue
        if codec.decode(again, 0, len(again)) != pdu:
            raise AssertionError(f"{codec.name}: {pdu} is not what was written")


def _pdu_target(codecs: Codecs, header: HeaderShape, look_at: Callable[[Any], None]) -> Callable[[bytes], None]:
    read_header = header.reader()

    def target(data: bytes) -> None:
        wire = frame(data)
        if len(wire) < header.octets:
            return
        _, command, seq = read_header(wire, 0)
        for pdu in _decode_all(codecs.get(command, ()), wire, seq):
            look_at(pdu)

    return target


def _look_at_nothing(_pdu: object) -> None:
    """The PDU holds nothing to read further."""


def _look_at_sgip(pdu: object) -> None:
    if isinstance(pdu, TraceResp):
        try:
            read_hops(pdu)
        except RemoteProtocolError:
            return


def _look_at_smpp(pdu: object) -> None:
    if not isinstance(pdu, DeliverSm | DataSm):
        return
    is_report(pdu)
    try:
        carried = open_content(pdu)
        decode_content(carried.octets, pdu.data_coding, is_packed=True, udh_octets=carried.udh_octets)
    except RemoteProtocolError:
        pass
    try:
        report = parse_report(pdu)
    except RemoteProtocolError:
        return
    for ids in ReceiptIds:
        if not 0 <= report.key(ids) < 1 << 64:
            raise AssertionError(f"{report}: no key of 64 bits")


def _cmpp_reports(data: bytes) -> None:
    try:
        report = cmpp_reports.parse_report(data)
    except RemoteProtocolError:
        return
    unpack_cmpp_id(report.msg_id)
    for version in (0x20, 0x30):
        try:
            again = cmpp_reports.format_report(report, version)
        except LocalProtocolError:
            continue
        if cmpp_reports.parse_report(again) != report:
            raise AssertionError(f"{report} is not what was written")


def _smgp_reports(data: bytes) -> None:
    try:
        report = smgp_reports.parse_report(data)
    except RemoteProtocolError:
        return
    unpack_msg_id(report.msg_id)
    nth_msg_id(report.msg_id, len(data))
    try:
        written = smgp_reports.format_report(report)
    except LocalProtocolError:
        return
    again = smgp_reports.parse_report(written)
    if again.msg_id != report.msg_id or again.stat != report.stat:
        raise AssertionError(f"{report} is not what was written")


def _sgip_sequences(pdu: object) -> None:
    _look_at_sgip(pdu)
    seq = getattr(pdu, "submit_seq", None)
    if seq is not None:
        unpack_sequence(seq)


#: By protocol, all versions together.
CODECS: Final[Mapping[str, Codecs]] = {
    "cmpp": CMPP_CODECS,
    "sgip": SGIP_CODECS,
    "smgp": SMGP_CODECS,
    "smpp": SMPP_CODECS,
}

TARGETS: Final[Mapping[str, Callable[[bytes], None]]] = {
    "cmpp_pdus": _pdu_target(CMPP_CODECS, HeaderShape("III", 12), _look_at_nothing),
    "sgip_pdus": _pdu_target(SGIP_CODECS, HeaderShape("II12s", 20, (1 << 96) - 1), _sgip_sequences),
    "smgp_pdus": _pdu_target(SMGP_CODECS, HeaderShape("III", 12), _look_at_nothing),
    "smpp_pdus": _pdu_target(SMPP_CODECS, HeaderShape("II4xI", 16), _look_at_smpp),
    "cmpp_reports": _cmpp_reports,
    "smgp_reports": _smgp_reports,
}
