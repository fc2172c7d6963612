"""Texts out and in: formats as an account wants them, uplinks as plain values whatever the protocol numbers."""

from datetime import UTC, datetime
from typing import Any

import pytest

from hongyan.kernel.ids import AccountId, MessageId
from hongyan.rooms.carriers.contracts import (
    NO_OPTIONS,
    Account,
    Carrier,
    CarrierSignature,
    Protocol,
    TextCoding,
    WireOptions,
)
from hongyan.rooms.delivery.contracts import SpanMessage
from hongyan.rooms.gateways.contracts import Answered, LinkEvent, Reported, Unreadable, Uplinked
from hongyan.rooms.gateways.drivers.cmpp import CmppLink
from hongyan.rooms.gateways.drivers.ids import key_of_octets
from hongyan.rooms.gateways.drivers.sessions import no_breach
from hongyan.rooms.gateways.drivers.sgip import SgipLink
from hongyan.rooms.gateways.drivers.smgp import SmgpLink
from hongyan.rooms.gateways.drivers.smpp import SmppLink
from hongyan.rooms.gateways.drivers.texts import TextWriter, UplinkText, open_content, read_uplink
from hongyan.rooms.receipts.contracts import SMPP_CODING, CarrierReport, CarrierUplink, UplinkPart
from hongyan.rooms.receipts.rules import join_parts
from telcowire.asyncio.sgip import make_sequence
from telcowire.cmpp import events as cmpp
from telcowire.cmpp.pdus import Deliver as CmppDeliver
from telcowire.cmpp.reports import Report as CmppReport
from telcowire.sgip import events as sgip
from telcowire.sgip.pdus import Deliver as SgipDeliver
from telcowire.sgip.pdus import Report as SgipReport
from telcowire.smgp import events as smgp
from telcowire.smgp.options import Options
from telcowire.smgp.pdus import Deliver as SmgpDeliver
from telcowire.smgp.reports import parse_report as parse_smgp_report
from telcowire.smpp import events as smpp
from telcowire.smpp.pdus import ESM_UDHI, DataSm, DeliverSm
from telcowire.smpp.reports import Report as SmppReport
from telcowire.smpp.reports import parse_report as parse_smpp_report
from telcowire.smpp.tlvs import MESSAGE_PAYLOAD, SAR_MSG_REF_NUM, SAR_SEGMENT_SEQNUM, SAR_TOTAL_SEGMENTS
from telcowire.smstext.gsm7 import encode_gsm7
from telcowire.smstext.parts import Wire

UCS2, GB = 8, 15
HEADER = bytes([5, 0, 3, 9, 2, 1])


def account(protocol: Protocol = Protocol.CMPP30, options: WireOptions = NO_OPTIONS) -> Account:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    return Account(
        *(AccountId(1), "carrier-1", protocol, "127.0.0.1", 1, "901234", "1069", Carrier.ANY, None, 16, 1, 30, 60),
        check_server_digest=True,
        is_enabled=True,
        serves=None,
        changed_at=at,
        options=options,
    )


def parts(text: str, wire: Wire = Wire.CMPP, **options: Any) -> list[tuple[int, bytes]]:
    writer = TextWriter(account(options=WireOptions(**options)), wire)
    return [open_content(content) for content in writer.write(SpanMessage(MessageId(1), "8613800000000", text, 1))]


def test_the_format_goes_with_each_part() -> None:
    assert parts("你好") == [(UCS2, "你好".encode("utf-16-be"))]
    assert parts("你好", coding=TextCoding.GBK) == [(GB, "你好".encode("gbk"))]
    assert parts("你好😀", coding=TextCoding.GBK) == [(UCS2, "你好😀".encode("utf-16-be"))]
    assert parts("hello", coding=TextCoding.AUTO) == [(0, b"hello")]
    assert parts("h€llo", Wire.SMPP, coding=TextCoding.AUTO) == [(0, encode_gsm7("h€llo"))]
    assert parts("【鸿雁】你好", carrier_signature=CarrierSignature.SUFFIX) == [(UCS2, "你好".encode("utf-16-be"))]
    long = parts("长" * 100, ref_bits=16)
    assert [content[:3] + content[5:7] for _, content in long] == [bytes([6, 8, 4, 2, no]) for no in (1, 2)]


def test_references_differ_from_message_to_message() -> None:
    writer = TextWriter(account(), Wire.CMPP)
    message = SpanMessage(MessageId(1), "8613800000000", "长" * 100, 2)
    first, second = writer.write(message), writer.write(message)
    assert first[0][4] == first[1][4]
    assert (first[0][4] + 1) % 256 == second[0][4]


@pytest.mark.parametrize("ref_bits", [8, 16])
def test_two_campaigns_to_the_same_phones_never_use_a_reference_twice(ref_bits: int) -> None:
    writer = TextWriter(account(options=WireOptions(ref_bits=ref_bits)), Wire.CMPP)
    seen: dict[str, list[bytes]] = {}
    for campaign in range(3):
        for n in range(512):
            phone = f"861380000{n:04}"
            # a short text between them uses up no reference
            writer.write(SpanMessage(MessageId(1), phone, "短", 1))
            contents = writer.write(SpanMessage(MessageId(1), phone, f"{campaign}" + "长" * 100, 2))
            first, second = (content[1 + 3 : 1 + 3 + ref_bits // 8] for content in contents)
            assert first == second
            seen.setdefault(phone, []).append(first)
    for refs in seen.values():
        numbers = [int.from_bytes(ref, "big") for ref in refs]
        assert [(number - numbers[0]) % (1 << ref_bits) for number in numbers] == [0, 1, 2]
    # each begins anywhere
    assert len({refs[0] for refs in seen.values()}) > 100


def test_phones_that_got_no_long_text_for_long_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hongyan.rooms.gateways.drivers.texts._PHONES", 3)
    writer = TextWriter(account(), Wire.CMPP)

    def write(phone: str) -> int:
        return writer.write(SpanMessage(MessageId(1), phone, "长" * 100, 2))[0][4]

    first = write("1")
    for phone in ("2", "3"):
        write(phone)
    assert write("1") == (first + 1) % 256
    for phone in ("4", "5"):  # instead of 2 and 3
        write(phone)
    assert list(writer._next_refs) == ["1", "4", "5"]


def uplink(text: UplinkText) -> LinkEvent:
    return read_uplink(7, 8, 9, "8613800000001", "1069", text)


def test_an_uplink_is_read_or_handed_on_in_parts_or_given_up() -> None:
    whole = uplink(UplinkText("退".encode("utf-16-be"), has_udh=False, coding=UCS2))
    assert whole == Uplinked(7, 8, CarrierUplink(9, "8613800000001", "1069", "退"))
    assert uplink(UplinkText("退订".encode("gb18030"), has_udh=False, coding=GB)) == Uplinked(
        7, 8, CarrierUplink(9, "8613800000001", "1069", "退订")
    )
    cut = UplinkText(HEADER + b"\x90", has_udh=True, coding=UCS2)  # half a character: only the whole can be read
    assert uplink(cut) == Uplinked(
        7, 8, CarrierUplink(9, "8613800000001", "1069", "", UplinkPart(9, 2, 1, b"\x90", UCS2))
    )
    numbered = UplinkText(b"R", has_udh=False, coding=0, total=3, part_no=2)
    assert uplink(numbered) == Uplinked(
        7, 8, CarrierUplink(9, "8613800000001", "1069", "", UplinkPart(0, 3, 2, b"R", 0))
    )
    other_header = UplinkText(bytes([4, 4, 2, 0, 0]) + b"R", has_udh=True, coding=0)  # ports: no concatenation
    assert uplink(other_header) == Uplinked(7, 8, CarrierUplink(9, "8613800000001", "1069", "R"))
    for broken in (
        UplinkText(b"\xff", has_udh=True, coding=UCS2),
        UplinkText(b"\x90", has_udh=False, coding=UCS2),
        UplinkText(b"\x01", has_udh=False, coding=4),
    ):
        assert uplink(broken) == Unreadable(7, 8)


MSG_ID = bytes.fromhex("01006101161700012345")
R = "R".encode("utf-16-be")


def smpp_link() -> SmppLink:
    return SmppLink(account(Protocol.SMPP34), lambda _link, _events: None, no_breach)


def test_every_protocol_says_the_same_about_a_text_from_a_phone() -> None:
    def said(event: LinkEvent | None) -> tuple[str, str, str]:
        assert isinstance(event, Uplinked)
        return event.uplink.src, event.uplink.dest, event.uplink.text

    def nobody(_link: object, _events: object) -> None:
        return

    due = ("8613800000001", "1069", "R")
    link = CmppLink(account(), nobody, no_breach)
    deliver = CmppDeliver(5, "1069", src_terminal_id="8613800000001", msg_content=R)
    assert said(link.read(cmpp.MoReceived(1, deliver))) == due
    sgip_link = SgipLink(account(Protocol.SGIP12), make_sequence(3_010_099_999), nobody, no_breach)
    assert said(sgip_link.read(sgip.MoReceived(1, SgipDeliver("8613800000001", "1069", message_content=R)))) == due
    smgp_link = SmgpLink(account(Protocol.SMGP30), nobody, no_breach)
    texted = SmgpDeliver(MSG_ID, src_term_id="8613800000001", dest_term_id="1069", msg_content=R)
    assert said(smgp_link.read(smgp.MoReceived(1, texted))) == due
    sm = DeliverSm(source_addr="8613800000001", destination_addr="1069", data_coding=8, short_message=R)
    assert said(smpp_link().read(smpp.MoReceived(1, sm))) == due
    septets = sm._replace(data_coding=0, short_message=b"R")
    assert said(smpp_link().read(smpp.MoReceived(1, septets))) == due
    data = DataSm(source_addr="8613800000001", destination_addr="1069", data_coding=8, tlvs=((MESSAGE_PAYLOAD, R),))
    assert said(smpp_link().read(smpp.MoReceived(1, data, is_data=True))) == due


def test_parts_beside_a_header_are_understood() -> None:
    options = Options(pk_total=2, pk_number=1)
    link = SmgpLink(account(Protocol.SMGP30), lambda _link, _events: None, no_breach)
    event = link.read(smgp.MoReceived(1, SmgpDeliver(MSG_ID, msg_content=R, options=options)))
    assert isinstance(event, Uplinked)
    assert event.uplink.part == UplinkPart(0, 2, 1, R, UCS2)
    sar = ((SAR_MSG_REF_NUM, b"\1\2"), (SAR_TOTAL_SEGMENTS, b"\2"), (SAR_SEGMENT_SEQNUM, b"\1"))
    for sm in (
        DeliverSm(data_coding=0, short_message=b"R", tlvs=sar),
        DeliverSm(data_coding=0, short_message=bytes([6, 8, 4, 1, 2, 2, 1]) + b"R", esm_class=ESM_UDHI),
    ):
        event = smpp_link().read(smpp.MoReceived(1, sm))
        assert isinstance(event, Uplinked)
        assert event.uplink.part == UplinkPart(0x102, 2, 1, b"R", SMPP_CODING)
    event = smpp_link().read(smpp.MoReceived(1, DeliverSm(data_coding=8, short_message=R, tlvs=sar)))
    assert isinstance(event, Uplinked)
    assert event.uplink.part == UplinkPart(0x102, 2, 1, R, UCS2)
    # binary is no text, in one part or in two
    binary = DeliverSm(data_coding=4, short_message=b"\1", tlvs=sar)
    assert smpp_link().read(smpp.MoReceived(1, binary)) == Unreadable(1, 0)
    assert smpp_link().read(smpp.MoReceived(1, DeliverSm(data_coding=4, short_message=b"\1"))) == Unreadable(1, 0)


@pytest.mark.parametrize(
    ("state", "error", "stat"), [(0, 0, "DELIVRD"), (1, 0, "ACCEPTD"), (2, 27, "sgip:27"), (2, 130, "sgip:130")]
)
def test_sgip_reports_name_their_error(state: int, error: int, stat: str) -> None:
    sequence = make_sequence(3_010_099_999)
    seq = sequence.take()
    link = SgipLink(account(Protocol.SGIP12), sequence, lambda _link, _events: None, no_breach)
    told = link.read(sgip.ReportReceived(4, SgipReport(seq, 0, "8613800000001", state, error)))
    assert told == Reported(4, 0, CarrierReport(seq & 0xFFFFFFFFFFFFFFFF, stat, "8613800000001", "", "", 0))
    # a report about a forwarded Deliver is none of ours
    assert link.read(sgip.ReportReceived(4, SgipReport(seq, 1, "8613800000001", 0))) == Unreadable(4, 0)


def smpp_parts(cuts: list[bytes], data_coding: int) -> list[DeliverSm]:
    sar = ((SAR_MSG_REF_NUM, b"\1\2"), (SAR_TOTAL_SEGMENTS, bytes([len(cuts)])))
    return [
        DeliverSm(data_coding=data_coding, short_message=cut, tlvs=(*sar, (SAR_SEGMENT_SEQNUM, bytes([no]))))
        for no, cut in enumerate(cuts, 1)
    ]


@pytest.mark.parametrize(
    ("text", "octets", "cut", "data_coding"),
    [
        ("好😀好", "好😀好".encode("utf-16-be"), 4, 8),
        ("好😀好", "好😀好".encode("utf-16-be"), 3, 0x18),
        ("5 € or [6]", encode_gsm7("5 € or [6]"), 3, 0),
        ("naïve", "naïve".encode("latin-1"), 3, 3),
        ("한국어", "한국어".encode("euc-kr"), 3, 14),
    ],
    ids=["half of a pair", "half of a unit", "behind an escape", "Latin-1", "half of a syllable"],
)
def test_smpp_parts_may_be_cut_inside_a_character(text: str, octets: bytes, cut: int, data_coding: int) -> None:
    link = smpp_link()
    parts = {}
    for deliver in smpp_parts([octets[:cut], octets[cut:]], data_coding):
        event = link.read(smpp.MoReceived(1, deliver))
        assert isinstance(event, Uplinked)
        assert event.uplink.part is not None
        parts[event.uplink.part.part_no] = (event.uplink.part.octets, event.uplink.part.coding)
    assert join_parts(parts, 2) == text
    # without its other half a part is told as far as it can be read
    assert join_parts({1: parts[1]}, 2).startswith(text[0])


def test_a_text_with_a_used_sequence_is_another_text() -> None:
    def key(said: bytes, seq: int) -> int:
        event = link.read(smpp.MoReceived(seq, DeliverSm(data_coding=8, short_message=said)))
        assert isinstance(event, Uplinked)
        return event.uplink.carrier_msg_id

    link = smpp_link()
    assert key(R, 1) == key(R, 1)
    assert len({key(R, 1), key(R, 2), key(R + R, 1)}) == 3


def test_words_of_reports_hold_no_control_characters() -> None:
    def stat_of(event: LinkEvent | None) -> tuple[str, str]:
        assert isinstance(event, Reported)
        report = event.report
        assert all(word.isprintable() for word in (report.submit_time, report.done_time))
        return report.stat, report.dest

    phone = "8613800000001"
    link = CmppLink(account(), lambda _link, _events: None, no_breach)
    told = CmppReport(7, "MK\x01:01", "2611\n230000", "\x7f", "\t" + phone)
    assert stat_of(link.read(cmpp.ReportReceived(1, 8, told))) == ("MK:01", phone)
    smgp_link = SmgpLink(account(Protocol.SMGP30), lambda _link, _events: None, no_breach)
    record = parse_smgp_report(b"id:" + MSG_ID + b" sub:001 stat:UNDE\x02LIV err:6\x0301")
    assert stat_of(smgp_link.read(smgp.ReportReceived(1, MSG_ID, record, "\x01" + phone))) == ("UNDELIV/601", phone)
    receipt = b"id:77 sub:001 dlvrd:001 submit date:2611230000 done date:2611230000 stat:REJ\x01X err:001\0"
    deliver = DeliverSm(esm_class=4, source_addr=phone, short_message=receipt)
    read = smpp.ReportReceived(1, parse_smpp_report(deliver))
    assert stat_of(smpp_link().read(read)) == ("REJX/001", phone)
    assert stat_of(smpp_link().read(smpp.ReportReceived(1, SmppReport("77", "", "FOO\0BAR", err="0\x001")))) == (
        "FOOBAR/01",
        "",
    )
    sequence = make_sequence(3_010_099_999)
    link_of_sgip = SgipLink(account(Protocol.SGIP12), sequence, lambda _link, _events: None, no_breach)
    told_by_sgip = SgipReport(sequence.take(), 0, phone + "\x1b", 0)
    assert stat_of(link_of_sgip.read(sgip.ReportReceived(4, told_by_sgip))) == ("DELIVRD", phone)
    # nor do the numbers of those who write
    text = UplinkText(R, has_udh=False, coding=UCS2)
    heard = read_uplink(7, 8, 9, "\0" + phone, "1069\x01", text)
    assert heard == Uplinked(7, 8, CarrierUplink(9, phone, "1069", "R"))
    # nor ids beside their key
    named = smpp_link().read(smpp.SubmitAnswered(1, "a\x07b", 0))
    assert isinstance(named, Answered)
    assert named.carrier_ref == "ab"


def test_smpp_states_that_are_not_final_end_nothing() -> None:
    for stat in ("ENROUTE", "SCHEDLD", "ACCEPTD"):
        told = smpp_link().read(smpp.ReportReceived(1, SmppReport("", "77", stat, dest="8613800000001")))
        assert isinstance(told, Reported)
        assert (told.report.stat, told.report.carrier_msg_id) == ("ACCEPTD", 77)


def test_smgp_ids_are_hashed_and_kept_as_digits() -> None:
    link = SmgpLink(account(Protocol.SMGP30), lambda _link, _events: None, no_breach)
    answered = link.read(smgp.SubmitAnswered(1, MSG_ID, 0))
    assert isinstance(answered, Answered)
    assert (answered.carrier_msg_id, answered.result) == (key_of_octets(MSG_ID), 0)
    assert answered.carrier_ref == MSG_ID.hex()
