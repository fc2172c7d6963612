from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcowire.errors import LocalProtocolError, RemoteProtocolError
from telcowire.smpp import tlvs as tags
from telcowire.smpp.message_ids import ReceiptIds
from telcowire.smpp.pdus import DataSm, DeliverSm
from telcowire.smpp.reports import (
    STATE_NUMBERS,
    STATES,
    Report,
    format_report,
    is_final,
    is_report,
    parse_report,
)


def receipt(text: str, *tlvs: tuple[int, bytes], **fields: Any) -> DeliverSm:
    return DeliverSm(
        source_addr="8613800000000",
        destination_addr="10690001",
        esm_class=4,
        short_message=text.encode("latin-1"),
        tlvs=tlvs,
        **fields,
    )


TYPICAL = "id:0123456789 sub:001 dlvrd:001 submit date:2611220000 done date:2611220001 stat:DELIVRD err:000 text:hello"


def test_appendix_b() -> None:
    assert parse_report(receipt(TYPICAL)) == Report(
        tlv_id="",
        text_id="0123456789",
        stat="DELIVRD",
        submit_time="2611220000",
        done_time="2611220001",
        dest="8613800000000",
        source="10690001",
        err="000",
        sub="001",
        dlvrd="001",
        text="hello",
    )


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (TYPICAL.replace("text:", "Text:"), {"text": "hello", "text_id": "0123456789"}),
        (TYPICAL.removesuffix(" text:hello"), {"text": "", "stat": "DELIVRD"}),
        (TYPICAL.upper(), {"text_id": "0123456789", "done_time": "2611220001", "text": "HELLO"}),
        (TYPICAL.replace("date", "_date").replace(" _", "_"), {"submit_time": "2611220000", "done_time": "2611220001"}),
        (TYPICAL.replace(":", ": "), {"text_id": "0123456789", "stat": "DELIVRD", "err": "000"}),
        (TYPICAL.replace(" ", ", "), {"text_id": "0123456789", "sub": "001", "stat": "DELIVRD"}),
        (TYPICAL.replace(" ", "\r\n").replace("\r\ndate", " date"), {"stat": "DELIVRD", "err": "000"}),
        (TYPICAL.replace("2611220001", "261122000130"), {"done_time": "261122000130"}),
        (TYPICAL.replace("2611220001", "20261122000130"), {"done_time": "20261122000130"}),
        (TYPICAL.replace("2611220001", "26-11-22 00:01:30"), {"done_time": "261122000130", "stat": "DELIVRD"}),
        (TYPICAL.replace("2611220001", ""), {"done_time": "", "stat": "DELIVRD"}),
        (TYPICAL.replace("DELIVRD", "DELIVERED"), {"stat": "DELIVRD"}),
        (TYPICAL.replace("DELIVRD", "undelivered"), {"stat": "UNDELIV"}),
        (TYPICAL.replace("DELIVRD", "UNDELIVERABLE"), {"stat": "UNDELIV"}),
        (TYPICAL.replace("DELIVRD", "DELIVERY_FAILED"), {"stat": "UNDELIV"}),
        (TYPICAL.replace("DELIVRD", "EXPIRED"), {"stat": "EXPIRED"}),
        (TYPICAL.replace("DELIVRD", "expired"), {"stat": "EXPIRED"}),
        (TYPICAL.replace("DELIVRD", "REJECTED"), {"stat": "REJECTD"}),
        (TYPICAL.replace("DELIVRD", "ENROUTE"), {"stat": "ENROUTE"}),
        (TYPICAL.replace("DELIVRD", "MK:0001"), {"stat": "MK:0001"}),
        (TYPICAL.replace("stat:", "status:").replace("err:", "error:"), {"stat": "DELIVRD", "err": "000"}),
        (TYPICAL.replace("err:000", "err:0x1A"), {"err": "0x1A"}),
        (TYPICAL.replace("0123456789", "b0c1d2-77@smsc"), {"text_id": "b0c1d2-77@smsc"}),
        (TYPICAL + "\0", {"stat": "DELIVRD"}),
        (TYPICAL.replace("hello", "id:7 stat:REJECTD"), {"text_id": "0123456789", "stat": "DELIVRD"}),
        ("stat:EXPIRED id:77", {"text_id": "77", "stat": "EXPIRED", "err": "", "submit_time": ""}),
        ("id:5 id:6 stat:EXPIRED", {"text_id": "5"}),
        ("smsid:5 id:6 stat:EXPIRED", {"text_id": "6"}),
    ],
)
def test_habits_of_the_field(text: str, read: dict[str, str]) -> None:
    report = parse_report(receipt(text))
    assert {key: getattr(report, key) for key in read} == read


@pytest.mark.parametrize(
    ("text", "stat", "err"),
    [
        ("id:7 sub:001 dlvrd:001 submit date:2611220000 done date:2611220001 stat:UNDELIV err:001\0", "UNDELIV", "001"),
        ("id:7 sub:001 dlvrd:001 submit date:2611220000 done date:2611220001 stat:FOO\0BAR err:0\x001", "FOO BAR", "0"),
        ("id:7\0 stat:UNDELIV\0 err:1\0 text:a\0b", "UNDELIV", "1"),
        ("id:7\0stat:UNDELIV\0err:1\0\0", "UNDELIV", "1"),
    ],
)
def test_no_nul_is_part_of_a_word(text: str, stat: str, err: str) -> None:
    report = parse_report(receipt(text))
    assert (report.text_id, report.stat, report.err) == ("7", stat, err)
    assert not any("\0" in str(value) for value in report)
    # and the same in UCS-2
    wide = receipt("", data_coding=8)._replace(short_message=text.encode("utf-16-be"))
    assert parse_report(wide) == report


def test_tlvs_count_more_than_the_text() -> None:
    report = parse_report(receipt(TYPICAL, (tags.RECEIPTED_MESSAGE_ID, b"75BCD15\0"), (tags.MESSAGE_STATE, b"\x05")))
    assert (report.tlv_id, report.text_id, report.stat) == ("75BCD15", "0123456789", "UNDELIV")
    assert report.raw_id == "75BCD15"
    assert report.message_id(ReceiptIds.AS_IS) == "75BCD15"
    assert report.key(ReceiptIds.DECIMAL) == 123456789
    assert report.message_id(ReceiptIds.DECIMAL) == "123456789"


def test_tlvs_alone_are_enough() -> None:
    report = parse_report(
        DataSm(
            source_addr="8613800000000",
            destination_addr="10690001",
            tlvs=(
                (tags.NETWORK_ERROR_CODE, b"\x03\x00\x1b"),
                (tags.RECEIPTED_MESSAGE_ID, b"m-1"),
                (tags.MESSAGE_STATE, b"\x02"),
            ),
        )
    )
    assert report == Report("m-1", "", "DELIVRD", dest="8613800000000", source="10690001", err="27")


def test_an_unreadable_tlv_leaves_the_text_alone() -> None:
    report = parse_report(receipt(TYPICAL, (tags.MESSAGE_STATE, b""), (tags.NETWORK_ERROR_CODE, b"\x01")))
    assert (report.stat, report.err) == ("DELIVRD", "000")
    assert parse_report(receipt(TYPICAL, (tags.MESSAGE_STATE, b"\x63"))).stat == "DELIVRD"


def test_the_text_may_come_as_payload_or_in_ucs2() -> None:
    payload = DeliverSm(esm_class=4, tlvs=((tags.MESSAGE_PAYLOAD, TYPICAL.encode()),))
    assert parse_report(payload).text_id == "0123456789"
    wide = DeliverSm(esm_class=4, data_coding=8, short_message=TYPICAL.encode("utf-16-be"))
    assert parse_report(wide).text_id == "0123456789"
    assert parse_report(receipt(TYPICAL, data_coding=8)).text_id == "0123456789"


@pytest.mark.parametrize(
    "text", ["", "hello", "id:1", "stat:DELIVRD", "id: stat:DELIVRD", "id:1 stat:", "id:1 text:stat:X"]
)
def test_what_names_no_message_or_no_state_is_no_receipt(text: str) -> None:
    with pytest.raises(RemoteProtocolError, match="no message or no state"):
        parse_report(receipt(text))


@pytest.mark.parametrize(
    ("esm_class", "expected"),
    [
        (0x00, False),
        (0x03, False),
        (0x40, False),
        (0x04, True),
        (0x07, True),
        (0x44, True),
        (0x20, True),
        (0x10, False),
    ],
)
def test_the_bits_of_esm_class_say_what_it_is(esm_class: int, expected: bool) -> None:
    assert is_report(DeliverSm(esm_class=esm_class)) is expected


def test_a_quoted_id_makes_a_receipt_as_well() -> None:
    assert is_report(DeliverSm(tlvs=((tags.RECEIPTED_MESSAGE_ID, b"1"),)))
    assert not is_report(DeliverSm(tlvs=((tags.MESSAGE_PAYLOAD, b"1"),)))


def test_three_states_are_not_the_end() -> None:
    assert {stat for stat in STATE_NUMBERS if not is_final(stat)} == {"SCHEDLD", "ENROUTE", "ACCEPTD"}
    assert is_final("MK:0001")


WORD = st.text(alphabet="0123456789abcdefABCDEF-", min_size=1, max_size=64)
TIME = st.integers(10**9, 10**10 - 1).map(str)


@given(WORD, st.sampled_from(list(STATES.values())), TIME, TIME, st.booleans())
def test_what_is_written_is_read(message_id: str, stat: str, submitted: str, done: str, with_tlvs: bool) -> None:
    report = Report("", message_id, stat, submitted, done, "8613800000000", "10690001", "012", text="hi")
    text, tlvs = format_report(report, with_tlvs=with_tlvs)
    read = parse_report(receipt(text.decode(), *tlvs))
    assert read == report._replace(tlv_id=message_id if with_tlvs else "", sub="001", dlvrd="001")


def test_a_vendors_state_has_no_number() -> None:
    text, tlvs = format_report(Report("m", "", "MK:0001"))
    assert b"id:m " in text
    assert tlvs == ((tags.RECEIPTED_MESSAGE_ID, b"m\0"),)
    with pytest.raises(LocalProtocolError):
        format_report(Report("号", "", "DELIVRD"))


@given(
    st.binary(max_size=600),
    st.integers(0, 255),
    st.lists(st.tuples(st.sampled_from(list(tags.TLV_SHAPES)), st.binary(max_size=70)), max_size=4),
)
def test_any_octets_are_a_receipt_or_a_protocol_error(
    content: bytes, coding: int, tlvs: list[tuple[int, bytes]]
) -> None:
    try:
        report = parse_report(DeliverSm(short_message=content, data_coding=coding, tlvs=tuple(tlvs)))
    except RemoteProtocolError:
        return
    assert report.stat
    assert 0 <= report.key(ReceiptIds.AS_IS) < 2**64


@given(
    st.lists(
        st.sampled_from(["id:", "stat:", "DELIVRD", " ", "sub:", "text:", "err", "=", "7", ",", "submit date:"]),
        max_size=80,
    )
)
def test_any_mixture_of_labels_is_a_receipt_or_a_protocol_error(pieces: list[str]) -> None:
    try:
        report = parse_report(receipt("".join(pieces)))
    except RemoteProtocolError:
        return
    assert report.text_id
    assert report.stat
