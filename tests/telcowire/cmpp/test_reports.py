import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcowire.cmpp.reports import Report, format_report, is_final, parse_report, result_name
from telcowire.errors import LocalProtocolError, RemoteProtocolError

TEXT = st.text(alphabet=st.characters(min_codepoint=0x21, max_codepoint=0x7E))
REPORTS = st.builds(
    Report,
    st.integers(0, 2**64 - 1),
    TEXT.filter(lambda text: len(text) <= 7),
    st.just("2611220000"),
    st.just("2611220001"),
    st.from_regex(r"\A[0-9]{0,21}\Z"),
    st.integers(0, 2**32 - 1),
)


@given(REPORTS, st.sampled_from([0x20, 0x30]))
def test_round_trip(report: Report, version: int) -> None:
    assert parse_report(format_report(report, version)) == report


def test_the_length_decides_not_the_version() -> None:
    report = Report(1, "DELIVRD", "2611220000", "2611220001", "13800000000")
    assert [len(format_report(report, version)) for version in (0x20, 0x30)] == [60, 71]
    with pytest.raises(RemoteProtocolError, match="70 octets"):
        parse_report(bytes(70))


def test_a_vendors_code_keeps_its_octets() -> None:
    report = Report(1, "MK:00é1", "", "", "13800000000")
    assert parse_report(format_report(report, 0x20)).stat == "MK:00é1"


@pytest.mark.parametrize(
    "report",
    [
        Report(1, "DELIVERED", "", "", ""),
        Report(1, "", "", "", "1" * 22),
        Report(-1, "", "", "", ""),
        Report(1, "中", "", "", ""),
    ],
)
def test_what_does_not_fit_is_refused(report: Report) -> None:
    with pytest.raises(LocalProtocolError):
        format_report(report, 0x20)


@pytest.mark.parametrize(
    ("stat", "final"), [("DELIVRD", True), ("ACCEPTD", False), ("EXPIRED", True), ("MK:0001", True), ("", True)]
)
def test_only_acceptd_is_not_the_end(stat: str, final: bool) -> None:
    assert is_final(stat) is final


def test_results_have_names() -> None:
    assert result_name(8) == "flow control"
    assert result_name(117) == "vendor result 117"


@given(st.binary(max_size=80))
def test_any_octets_are_a_report_or_a_protocol_error(content: bytes) -> None:
    try:
        report = parse_report(content)
    except RemoteProtocolError:
        assert len(content) not in {60, 71}
        return
    assert len(report.stat) <= 7
