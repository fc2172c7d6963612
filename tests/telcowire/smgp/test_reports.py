import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcowire.errors import LocalProtocolError, RemoteProtocolError
from telcowire.smgp.reports import (
    ERR_NAMES,
    FAILED_STATS,
    FIELD_LABELS,
    PAGE_LABELS,
    REPORT_OCTETS,
    Labels,
    Report,
    _search_report,
    format_report,
    is_final,
    parse_report,
    status_name,
)

MSG_ID = bytes.fromhex("01006101161700012345")
#: Everything in it that could be mistaken for the text around it.
TRICKY_ID = b" stat:X\0id"


def word(octets: int, *, minimum: int = 0) -> st.SearchStrategy[str]:
    return st.text(
        alphabet=st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters=":"),
        min_size=minimum,
        max_size=octets,
    )


REPORTS = st.builds(
    Report,
    st.binary(min_size=10, max_size=10) | st.just(TRICKY_ID),
    word(7, minimum=1),
    word(3),
    st.from_regex(r"\A[0-9]{10}\Z"),
    st.from_regex(r"\A[0-9]{10}\Z"),
    st.just("001"),
    st.just("000"),
    st.binary(min_size=20, max_size=20),
)


@given(REPORTS, st.sampled_from(FIELD_LABELS))
def test_round_trip_in_every_spelling_of_the_field(report: Report, labels: Labels) -> None:
    wire = format_report(report, labels)
    due = report if labels.text is not None else report._replace(text=b"")
    assert parse_report(wire) == due
    assert _search_report(wire) == due, "the quick way and the thorough way read the same"


@given(REPORTS)
def test_the_specifications_spelling_has_122_octets(report: Report) -> None:
    wire = format_report(report)
    assert len(wire) == REPORT_OCTETS == 122
    assert wire.startswith(b"id:" + report.msg_id + b" sub:001 dlvrd:")


def test_the_text_of_the_page() -> None:
    report = Report(MSG_ID, "DELIVRD", "000", "2611220000", "2611220001", text=b"004\x4e\x2d\x65\x87")
    assert format_report(report) == (
        b"id:" + MSG_ID + b" sub:001 dlvrd:001 Submit date:2611220000 done date:2611220001"
        b" stat:DELIVRD err:000 Text:004\x4e\x2d\x65\x87" + bytes(13)
    )


@pytest.mark.parametrize(
    ("tail", "due"),
    [
        (
            b" sub:001 dlvrd:001 submit date:1 done date:2 stat:EXPIRED err:001 text:",
            Report(MSG_ID, "EXPIRED", "001", "1", "2"),
        ),
        (
            b" sub:001 dlvrd:001 submit_date:1 done_date:2 stat:DELIVRD err:000 txt:\xff",
            Report(MSG_ID, "DELIVRD", "000", "1", "2", text=b"\xff"),
        ),
        (
            b" SUB:001 DLVRD:001 SUBMIT DATE:1 DONE DATE:2 STAT:UNDELIV ERR:003 TEXT:x",
            Report(MSG_ID, "UNDELIV", "003", "1", "2", text=b"x"),
        ),
        (b" Stat:DELIVRD", Report(MSG_ID, "DELIVRD", sub="", dlvrd="")),
        (b"stat:MK:0001 err:099", Report(MSG_ID, "MK:0001", "099", sub="", dlvrd="")),
        (b" stat:DELIVRD  err:000\0", Report(MSG_ID, "DELIVRD", "000", sub="", dlvrd="")),
        (b" stat:REJECTD\0\0 stat:DELIVRD", Report(MSG_ID, "REJECTD", sub="", dlvrd="")),
        (
            b" stat:DELIVRD text:stat:EXPIRED err:9",
            Report(MSG_ID, "DELIVRD", sub="", dlvrd="", text=b"stat:EXPIRED err:9"),
        ),
    ],
)
def test_habits_of_the_field(tail: bytes, due: Report) -> None:
    assert parse_report(b"id:" + MSG_ID + tail) == due
    assert parse_report(b"ID:" + MSG_ID + tail) == due


def test_the_id_is_read_by_its_place() -> None:
    assert parse_report(b"id:" + TRICKY_ID + b" stat:DELIVRD").msg_id == TRICKY_ID
    assert parse_report(b"id:" + TRICKY_ID + b" stat:DELIVRD").stat == "DELIVRD"
    assert parse_report(b"id:          " + b" stat:DELIVRD").msg_id == b" " * 10


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"id:",
        b"id:" + MSG_ID[:9],
        b"id:" + MSG_ID,
        b"stat:DELIVRD",
        b"id:" + MSG_ID + b" stat:",
        b"id:" + MSG_ID + b" stat: \0 err:1",
    ],
)
def test_without_an_id_or_a_state_there_is_no_report(content: bytes) -> None:
    with pytest.raises(RemoteProtocolError, match="without"):
        parse_report(content)


@given(st.binary(max_size=255) | st.binary(max_size=200).map(lambda tail: b"id:" + MSG_ID + tail))
def test_any_octets_are_a_report_or_a_protocol_error(content: bytes) -> None:
    try:
        report = parse_report(content)
    except RemoteProtocolError:
        return
    assert len(report.msg_id) == 10
    assert report.stat


@pytest.mark.parametrize(
    "report",
    [
        Report(MSG_ID[:9], "DELIVRD"),
        Report(MSG_ID, "DELIVERED"),
        Report(MSG_ID, "中"),
        Report(MSG_ID, "DELIVRD", "0000"),
        Report(MSG_ID, "DELIVRD", "000", "26112200001"),
        Report(MSG_ID, "DELIVRD", text=bytes(21)),
    ],
)
def test_what_does_not_fit_is_refused(report: Report) -> None:
    with pytest.raises(LocalProtocolError, match="does not fit"):
        format_report(report, PAGE_LABELS)


@pytest.mark.parametrize(
    ("stat", "final"), [("DELIVRD", True), ("ACCEPTD", False), ("EXPIRED", True), ("MK:0001", True)]
)
def test_only_acceptd_is_not_the_end(stat: str, final: bool) -> None:
    assert is_final(stat) is final
    assert (stat in FAILED_STATS) is (stat == "EXPIRED")


def test_statuses_and_errors_have_names() -> None:
    assert [status_name(status) for status in (0, 1, 74, 75, 130)] == [
        "ok",
        "system busy",
        "sending forbidden at this hour",
        "daily quota exceeded",
        "vendor status 130",
    ]
    assert ERR_NAMES["007"] == "user memory full"
