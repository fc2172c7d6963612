import pytest

from telcowire.smpp import tlvs
from telcowire.smpp.tlvs import find_number, find_octets, find_text, name_tag

SOME = (
    (tlvs.MESSAGE_STATE, b"\x02"),
    (tlvs.RECEIPTED_MESSAGE_ID, b"ab12 \0rest"),
    (tlvs.MESSAGE_STATE, b"\x05"),
    (tlvs.CONGESTION_STATE, b""),
    (0x1401, b"vendor"),
)


def test_the_first_of_several_counts() -> None:
    assert find_octets(SOME, tlvs.MESSAGE_STATE) == b"\x02"
    assert find_number(SOME, tlvs.MESSAGE_STATE) == 2
    assert find_text(SOME, tlvs.RECEIPTED_MESSAGE_ID) == "ab12"
    assert find_octets(SOME, 0x1401) == b"vendor"


@pytest.mark.parametrize("tag", [tlvs.CONGESTION_STATE, tlvs.SC_INTERFACE_VERSION])
def test_a_wrong_size_counts_as_absent(tag: int) -> None:
    assert find_number(SOME, tag) is None


def test_absent_ones() -> None:
    assert find_octets((), tlvs.MESSAGE_PAYLOAD) is None
    assert find_text((), tlvs.RECEIPTED_MESSAGE_ID) == ""


def test_tags_have_names() -> None:
    assert name_tag(tlvs.MESSAGE_PAYLOAD) == "message_payload"
    assert name_tag(0x1401) == "0x1401"
