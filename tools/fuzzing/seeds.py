"""The first inputs of every target, made from valid PDUs and texts: `python -m fuzzing.seeds` writes them.

What the search found lives beside them in the corpus under other names (the engine's digests) and is left alone.
"""

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from fuzzing.sessions import CASES
from fuzzing.targets import CORPUS, TARGETS
from telcowire.cmpp import pdus as cmpp
from telcowire.cmpp import reports as cmpp_reports
from telcowire.fields import Codec
from telcowire.mm7.content import Frame, Media, slides_content
from telcowire.mm7.http import basic_authorization, write_answer, write_post
from telcowire.mm7.pdus import (
    Address,
    CancelReq,
    DeliverReq,
    DeliveryReportReq,
    Recipients,
    RSErrorRsp,
    SenderIdentification,
    Status,
    SubmitReq,
    SubmitRsp,
)
from telcowire.mm7.soap import Encoded, Message, encode_message
from telcowire.sgip import pdus as sgip
from telcowire.smgp import pdus as smgp
from telcowire.smgp import reports as smgp_reports
from telcowire.smgp.options import Options
from telcowire.smpp import pdus as smpp
from telcowire.smpp import reports as smpp_reports
from telcowire.smpp.fields import Destination, Failure
from telcowire.smpp.tlvs import MESSAGE_PAYLOAD, SAR_MSG_REF_NUM, SAR_SEGMENT_SEQNUM, SAR_TOTAL_SEGMENTS
from telcowire.smstext.parts import Coding, Wire, encode_text_parts
from telcowire.smstext.segments import split_ucs2

_PHONE: Final = "13000000000"
_PART: Final = b"\x05\x00\x03\x01\x02\x01\x4e\x2d"
_SEQ: Final = 2
_VALIDITY: Final = (
    b"261123150000032+",
    b"261123020000920-",
    b"010230235959000R",
    b"2026-11-23T15:00:00.5+08:00",
    b"P1Y2M3DT4H5M6.7S",
)

Written = tuple[Codec[Any], Any]


def _cmpp_pdus() -> Iterable[Written]:
    for codecs in (cmpp.CMPP20, cmpp.CMPP30):
        report = cmpp_reports.format_report(
            cmpp_reports.Report(1, "DELIVRD", "2611220000", "2611220001", _PHONE), codecs.version
        )
        yield codecs.connect, cmpp.Connect("901234", bytes(16), codecs.version, 301_000_000)
        yield codecs.connect_resp, cmpp.ConnectResp(0, bytes(16), codecs.version)
        yield codecs.submit, cmpp.Submit(dest_terminal_ids=(_PHONE, "1"), tp_udhi=1, pk_total=2, msg_content=_PART)
        yield codecs.submit_resp, cmpp.SubmitResp(1, 0)
        yield codecs.deliver, cmpp.Deliver(src_terminal_id=_PHONE, msg_content=b"\x4e\x2d")
        yield codecs.deliver, cmpp.Deliver(registered_delivery=1, msg_fmt=0, msg_content=report)
        yield codecs.deliver_resp, cmpp.DeliverResp(1, 0)
        yield codecs.query, cmpp.Query("20261122", 0)
        yield codecs.query_resp, cmpp.QueryResp("20261122", 0, "", *range(8))
        yield codecs.cancel, cmpp.Cancel(1)
        yield codecs.cancel_resp, cmpp.CancelResp(0)
        yield codecs.active_test, cmpp.ActiveTest()
        yield codecs.active_test_resp, cmpp.ActiveTestResp()
        yield codecs.terminate, cmpp.Terminate()
        yield codecs.terminate_resp, cmpp.TerminateResp()


def _sgip_pdus() -> Iterable[Written]:
    codecs = sgip.SGIP
    yield codecs.bind, sgip.Bind(1, "sp", "shared")
    yield codecs.bind_resp, sgip.BindResp(0)
    yield codecs.submit, sgip.Submit("1069", user_numbers=(_PHONE, "1"), tp_udhi=1, message_content=_PART)
    yield codecs.submit_resp, sgip.SubmitResp(0)
    yield codecs.deliver, sgip.Deliver(_PHONE, "1069", message_content=b"\x4e\x2d")
    yield codecs.deliver_resp, sgip.DeliverResp(0)
    yield codecs.report, sgip.Report(3010099999 << 64 | 7, 0, _PHONE, 0)
    yield codecs.report_resp, sgip.ReportResp(0)
    yield codecs.user_rpt, sgip.UserRpt("1069", _PHONE, 0)
    yield codecs.user_rpt_resp, sgip.UserRptResp(0)
    yield codecs.trace, sgip.Trace(3010099999 << 64 | 7, _PHONE)
    yield codecs.trace_resp, sgip.TraceResp(1, bytes(39 + 8))
    yield codecs.unbind, sgip.Unbind()
    yield codecs.unbind_resp, sgip.UnbindResp()


def _smgp_reports() -> list[bytes]:
    report = smgp_reports.Report(b" stat:X\0id", "DELIVRD", "000", "2611220000", "2611220001", text=b"002\x4e\x2d")
    return [smgp_reports.format_report(report, labels) for labels in smgp_reports.FIELD_LABELS]


def _smgp_pdus() -> Iterable[Written]:
    options = Options(tp_udhi=1, pk_total=2, pk_number=1, msg_src="901234", m_service_id="P1", link_id="1")
    for codecs in (smgp.SMGP13, smgp.SMGP30):
        yield codecs.login, smgp.Login("12345678", bytes(16), 2, 301_000_000, codecs.version)
        yield codecs.login_resp, smgp.LoginResp(0, bytes(16), codecs.version)
        yield codecs.submit, smgp.Submit(dest_term_ids=(_PHONE, "1"), msg_content=_PART, options=options)
        yield codecs.submit_resp, smgp.SubmitResp(bytes(10), 0)
        yield codecs.deliver, smgp.Deliver(src_term_id=_PHONE, msg_content=b"\x4e\x2d")
        yield codecs.deliver, smgp.Deliver(is_report=1, msg_format=0, msg_content=_smgp_reports()[0])
        yield codecs.deliver_resp, smgp.DeliverResp(bytes(10), 0)
        yield codecs.query, smgp.Query("20261122", 0)
        yield codecs.query_resp, smgp.QueryResp("20261122", 0, "", *range(8))
        yield codecs.active_test, smgp.ActiveTest()
        yield codecs.active_test_resp, smgp.ActiveTestResp()
        yield codecs.exit, smgp.Exit()
        yield codecs.exit_resp, smgp.ExitResp()


def _smpp_pdus() -> Iterable[Written]:
    codecs = smpp.SMPP34
    text, tlvs = smpp_reports.format_report(smpp_reports.Report("1f", "31", "DELIVRD", "2611220000", "2611220001"))
    sar = ((SAR_MSG_REF_NUM, b"\0\1"), (SAR_TOTAL_SEGMENTS, b"\2"), (SAR_SEGMENT_SEQNUM, b"\1"))
    yield codecs.bind_transceiver, smpp.BindTransceiver(0, "esme", "shared")
    yield codecs.bind_transceiver_resp, smpp.BindResp(0, "smsc", ((0x0210, b"\x34"),))
    yield codecs.bind_receiver, smpp.BindReceiver(0, "esme", "shared", address_range="1069")
    yield codecs.bind_receiver_resp, smpp.BindResp(0x0D)
    yield codecs.bind_transmitter, smpp.BindTransmitter(0, "esme", "shared")
    yield codecs.bind_transmitter_resp, smpp.BindResp(0, "smsc")
    yield codecs.outbind, smpp.Outbind(0, "smsc", "shared")
    yield codecs.alert_notification, smpp.AlertNotification(source_addr=_PHONE, tlvs=((0x0422, b"\0"),))
    yield codecs.submit_sm, smpp.SubmitSm(destination_addr=_PHONE, esm_class=0x43, data_coding=8, short_message=_PART)
    yield codecs.submit_sm_resp, smpp.MessageResp(0, "1f")
    yield codecs.submit_sm_resp, smpp.MessageResp(0x58)
    yield codecs.deliver_sm, smpp.DeliverSm(source_addr=_PHONE, short_message=b"hello \x1be", tlvs=sar)
    yield codecs.deliver_sm, smpp.DeliverSm(source_addr=_PHONE, esm_class=4, short_message=text, tlvs=tlvs)
    yield codecs.deliver_sm_resp, smpp.MessageResp()
    yield codecs.data_sm, smpp.DataSm(source_addr=_PHONE, tlvs=((MESSAGE_PAYLOAD, b"x" * 300),))
    yield codecs.data_sm_resp, smpp.MessageResp(0, "1")
    yield (
        codecs.submit_multi,
        smpp.SubmitMulti(destinations=(Destination(1, 1, _PHONE), Destination(list_name="l")), short_message=b"x"),
    )
    yield codecs.submit_multi_resp, smpp.SubmitMultiResp(0, "1", (Failure(1, 1, _PHONE, 0x0B),))
    yield codecs.query_sm, smpp.QuerySm(0, "1f")
    yield codecs.query_sm_resp, smpp.QuerySmResp(0, "1f", "", 2, 0)
    yield codecs.cancel_sm, smpp.CancelSm(0, "", "1f")
    yield codecs.cancel_sm_resp, smpp.Bare()
    yield codecs.enquire_link, smpp.Bare()
    yield codecs.enquire_link_resp, smpp.Bare()
    yield codecs.generic_nack, smpp.Bare(3)
    yield codecs.unbind, smpp.Bare()
    yield codecs.unbind_resp, smpp.Bare()


_PDUS: Final = {"cmpp": _cmpp_pdus, "sgip": _sgip_pdus, "smgp": _smgp_pdus, "smpp": _smpp_pdus}


def _cut_length(pdu: bytes) -> bytes:
    """A PDU as the targets want it: they put the length in front."""
    return pdu[4:]


def _arrives(pdu: bytes) -> bytes:
    """The step of a script at which a PDU arrives."""
    octets = _cut_length(pdu)
    return b"\x01" + len(octets).to_bytes(2, "big") + octets


def _scripts(name: str, pdus: Sequence[bytes]) -> Iterable[bytes]:
    """Conversations of each case: every PDU behind the login, one before it, time, an end; and octets in pieces."""
    for number in range(len(CASES[name])):
        case = bytes([number])
        for at in range(0, len(pdus), 4):
            yield case + b"\x07" + b"".join(map(_arrives, pdus[at : at + 4]))
        yield case + _arrives(pdus[0]) + _arrives(pdus[2])
        yield case + b"\x07\x03\x02\x0b\x02\x0b\x02\x3c\x02\x3c\x02\x3c"
        yield case + b"\xe7" + _arrives(pdus[2]) + b"\x06\x04\x06\x03\x05" + _arrives(pdus[-1])
        raw = pdus[2]
        yield case + b"\x07\xe0" + bytes([min(len(raw), 255)]) + raw[:255] + b"\x02\xff\x02\xff\x02\xff"


def _texts() -> Iterable[bytes]:
    yield b"\x08" + "【华为云】中文😀".encode("utf-16-be")
    yield b"\x0f" + "中文a".encode("gbk")
    yield b"\x00hello \x1be"
    yield b"\x03caf\xe9"
    yield b"\xf5\x00\x01"


def _assembly() -> Iterable[bytes]:
    parts = split_ucs2("中" * 71, 0x1234, 16)
    steps = [bytes([1, 1, 1, len(part)]) + part for part in parts]
    yield b"".join(steps)
    yield b"".join(reversed(steps)) + steps[0]
    yield bytes([0, 2, 2, 1]) + b"b" + bytes([0, 2, 1, 1]) + b"a"
    yield b"".join(bytes([index << 5 & 0xFF, 3, index + 1, 1]) + b"x" for index in range(3))


def _headers() -> Iterable[bytes]:
    yield _PART
    yield bytes.fromhex("06080412340201") + b"x"
    yield bytes.fromhex("0b05040b8423f0000301020" + "1") + b"x"


def _text_parts() -> Iterable[bytes]:
    for coding in range(len(Coding)):
        for wire in range(len(Wire)):
            head = bytes([wire << 4 | coding, wire])
            yield head + ("【华】" + "中a😀" * 30).encode()
            yield head + ("x€[" * 60).encode()
    encode_text_parts("x", 1, wire=Wire.CMPP)


def _mm7_messages() -> list[Encoded]:
    sender, phone = SenderIdentification("901234", "1069"), Address(_PHONE)
    media = (Media("text/plain", b"#p_1#", "1.txt", "utf-8"), Media("image/jpeg", b"\xff\xd8", "1.jpg"))
    messages = (
        Message(SubmitReq(sender, Recipients((phone,)), subject="x"), "1", slides_content([Frame(media)])),
        Message(SubmitRsp(Status(1000), "id"), "1"),
        Message(DeliverReq(phone, subject="TD"), "2"),
        Message(DeliveryReportReq("id", phone, phone, "2026-11-22T00:00:00Z", "Retrieved"), "3"),
        Message(CancelReq(sender, "id"), "4"),
        Message(RSErrorRsp(Status(4006, "busy")), "5"),
    )
    return [encode_message(message) for message in messages]


#: Parts as others write them: coded, named in other places.
_FOREIGN_PARTS: Final = (
    b"--b\r\nContent-Type: text/plain; charset=gbk\r\nContent-Transfer-Encoding: base64\r\n"
    b"Content-Location: 1.txt\r\n\r\n1tA=\r\n"
    b'--b\r\nContent-Type: text/plain; charset="punycode"\r\nContent-Transfer-Encoding: quoted-printable\r\n'
    b'Content-Disposition: attachment; filename="2.txt"\r\n\r\na=3D9\r\n'
    b"--b\nContent-ID: <x>\n\ny\n--b--\r\n"
)


def _foreign_message() -> bytes:
    """A message whose content is a multipart of such parts."""
    encoded = _mm7_messages()[0]
    boundary = encoded.content_type.rpartition("boundary=")[2].strip('"').encode()
    envelope = encoded.body.split(b"--" + boundary)[1]
    content = b"\r\nContent-Type: multipart/mixed; boundary=b\r\nContent-ID: <content>\r\n\r\n" + _FOREIGN_PARTS
    head = encoded.content_type.encode() + b"\n--" + boundary
    return head + envelope + b"--" + boundary + content + b"--" + boundary + b"--\r\n"


def _mm7_http() -> Iterable[bytes]:
    for encoded in _mm7_messages()[:2]:
        post = write_post("h", "/mm7", encoded.content_type, encoded.body, basic_authorization("a", "b"))
        yield b"\x03" + post + post
        yield b"\x20" + write_answer(200, encoded.content_type, encoded.body, keeps_alive=True)
    chunks = b"5\r\nhello\r\n0\r\n\r\n"
    yield b"\x01POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n" + chunks
    yield b"\x00HTTP/1.0 500 Oops\r\nContent-Type: text/xml\r\n\r\nrest"


def _with_heads(messages: Iterable[Encoded]) -> list[bytes]:
    return [encoded.content_type.encode() + b"\n" + encoded.body for encoded in messages]


def make_seeds() -> Mapping[str, list[bytes]]:
    """Return the seeds of every target."""
    seeds: dict[str, list[bytes]] = {}
    for name, written in _PDUS.items():
        pdus = [codec.encode(pdu, _SEQ) for codec, pdu in written()]
        seeds[f"{name}_pdus"] = [_cut_length(pdu) for pdu in pdus]
        seeds[f"{name}_sessions"] = list(_scripts(name, pdus))
    report = cmpp_reports.Report(1, "DELIVRD", "2611220000", "2611220001", _PHONE)
    messages = _mm7_messages()
    return seeds | {
        "cmpp_reports": [cmpp_reports.format_report(report, version) for version in (0x20, 0x30)],
        "smgp_reports": _smgp_reports(),
        "texts": list(_texts()),
        "assembly": list(_assembly()),
        "headers": list(_headers()),
        "text_parts": list(_text_parts()),
        "validity": list(_VALIDITY),
        "mm7_http": list(_mm7_http()),
        "mm7_mime": [*_with_heads(messages[:1]), b"multipart/mixed; boundary=b\n" + _FOREIGN_PARTS],
        "mm7_xml": [encoded.body for encoded in messages[1:]],
        "mm7_messages": [*_with_heads(messages), _foreign_message()],
    }


def main() -> int:
    """Write the seeds anew; other files of the corpus stay."""
    for name, inputs in make_seeds().items():
        folder = CORPUS / name
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("seed-*"):
            old.unlink()
        for number, data in enumerate(inputs, 1):
            (folder / f"seed-{number:03d}").write_bytes(data)
    print(f"{len(TARGETS)} targets, {sum(len(inputs) for inputs in make_seeds().values())} seeds in {CORPUS}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
