import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcowire.cmpp.msg_ids import MsgId, nth_msg_id, pack_msg_id, unpack_msg_id
from telcowire.errors import LocalProtocolError


def test_the_vector() -> None:
    assert f"{pack_msg_id(MsgId(3, 1, 0, 0, 0, 1001, 5)):016x}" == "3080000003e90005"


@given(st.integers(0, 2**64 - 1))
def test_round_trip_of_any_number(value: int) -> None:
    assert pack_msg_id(unpack_msg_id(value)) == value


@pytest.mark.parametrize(
    "parts", [MsgId(16, 0, 0, 0, 0, 0, 0), MsgId(1, 1, 1, 1, 1, 1 << 22, 0), MsgId(1, 1, 1, 1, 1, 1, -1)]
)
def test_a_part_that_does_not_fit_is_refused(parts: MsgId) -> None:
    with pytest.raises(LocalProtocolError):
        pack_msg_id(parts)


def test_a_group_counts_on_and_wraps_inside_16_bits() -> None:
    first = pack_msg_id(MsgId(3, 1, 0, 0, 0, 1001, 0xFFFF))
    assert unpack_msg_id(nth_msg_id(first, 0)).sequence == 0xFFFF
    assert unpack_msg_id(nth_msg_id(first, 1)) == MsgId(3, 1, 0, 0, 0, 1001, 0)
