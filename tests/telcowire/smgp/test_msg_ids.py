import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcowire.errors import LocalProtocolError
from telcowire.smgp.msg_ids import NO_MSG_ID, MsgId, nth_msg_id, pack_msg_id, unpack_msg_id

PAGE_ID = bytes.fromhex("01006101161700012345")
PARTS = st.builds(
    MsgId,
    st.integers(0, 999_999),
    *[st.integers(0, 99)] * 4,
    st.integers(0, 999_999),
)


def test_the_example_of_the_page() -> None:
    assert unpack_msg_id(PAGE_ID) == MsgId(gateway=10061, month=1, day=16, hour=17, minute=0, sequence=12345)
    assert pack_msg_id(MsgId(10061, 1, 16, 17, 0, 12345)) == PAGE_ID


@given(PARTS)
def test_round_trip(parts: MsgId) -> None:
    assert unpack_msg_id(pack_msg_id(parts)) == parts


@pytest.mark.parametrize(
    "parts", [MsgId(1_000_000, 1, 1, 1, 1, 1), MsgId(1, 100, 1, 1, 1, 1), MsgId(1, 1, 1, 1, 1, -1)]
)
def test_what_does_not_fit_is_refused(parts: MsgId) -> None:
    with pytest.raises(LocalProtocolError, match="digits"):
        pack_msg_id(parts)


@pytest.mark.parametrize("msg_id", [b"", bytes(9), bytes.fromhex("0100610116170001234a"), b"\x20" * 9 + b"\xff"])
def test_an_id_without_digits_is_only_a_name(msg_id: bytes) -> None:
    assert unpack_msg_id(msg_id) is None


@pytest.mark.parametrize(
    ("first", "index", "nth"),
    [
        ("01006101161700012345", 0, "01006101161700012345"),
        ("01006101161700012345", 55, "01006101161700012400"),
        ("01006101161700999999", 1, "01006101161700000000"),
        ("010061011617000123ff", 1, "01006101161700012400"),
        ("01006101161700ffffff", 1, "01006101161700000000"),
    ],
)
def test_a_group_submit_counts_its_ids(first: str, index: int, nth: str) -> None:
    assert nth_msg_id(bytes.fromhex(first), index).hex() == nth


@given(st.binary(min_size=10, max_size=10), st.integers(0, 99))
def test_every_id_has_successors(first: bytes, index: int) -> None:
    nth = nth_msg_id(first, index)
    assert (len(nth), nth[:7]) == (10, first[:7])
    assert (nth == first) == (index == 0)
    assert len(NO_MSG_ID) == 10
