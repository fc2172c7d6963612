import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcowire.smpp.message_ids import ReceiptIds, id_key, normalise_answer_id, normalise_receipt_id

AS_IS, HEX, DECIMAL = ReceiptIds.AS_IS, ReceiptIds.HEX, ReceiptIds.DECIMAL


def keys(answer: str, tlv: str, text: str, ids: ReceiptIds) -> tuple[int, int]:
    return id_key(normalise_answer_id(answer, ids)), id_key(normalise_receipt_id(tlv, text, ids))


@pytest.mark.parametrize(
    ("ids", "answer", "tlv", "text"),
    [
        (AS_IS, "12345", "", "12345"),
        (AS_IS, "12345", "", "0000012345"),
        (AS_IS, "7F3A", "", "7F3A"),
        (AS_IS, "7F3A", "7F3A", "7F3A"),
        (AS_IS, "b0c1-d2", "b0c1-d2", ""),
        (AS_IS, "b0c1-d2", "b0c1-d2", "0000000001"),
        (HEX, "32570", "", "7F3A"),
        (HEX, "32570", "", "7f3a"),
        (HEX, "32570", "", "00007F3A"),
        (HEX, "32570", "7F3A", "7F3A"),
        (HEX, "32570", "32570", "7F3A"),
        (HEX, "32570", "32570", ""),
        (HEX, "32570", "7F3A", ""),
        (HEX, "16", "10", "10"),
        (HEX, "16", "16", "10"),
        (DECIMAL, "7F3A", "", "32570"),
        (DECIMAL, "7f3a", "", "0000032570"),
        (DECIMAL, "7F3A", "7F3A", "32570"),
        (DECIMAL, "7F3A", "32570", "32570"),
        (DECIMAL, "10", "10", "16"),
        (DECIMAL, "uuid-1", "uuid-1", "uuid-1"),
        (HEX, "uuid-1", "uuid-1", ""),
        (HEX, "18446744073709551616", "", "10000000000000000"),
    ],
)
def test_answer_and_receipt_meet(ids: ReceiptIds, answer: str, tlv: str, text: str) -> None:
    of_answer, of_receipt = keys(answer, tlv, text, ids)
    assert of_answer == of_receipt


@pytest.mark.parametrize(
    ("ids", "answer", "text"),
    [(AS_IS, "10", "16"), (AS_IS, "7F3A", "32570"), (AS_IS, "7F3A", "7f3a"), (HEX, "10", "10"), (DECIMAL, "10", "10")],
)
def test_what_is_not_the_same_stays_apart(ids: ReceiptIds, answer: str, text: str) -> None:
    of_answer, of_receipt = keys(answer, "", text, ids)
    assert of_answer != of_receipt


def test_a_small_number_is_its_own_key() -> None:
    assert id_key("32570") == 32570
    assert id_key("0007") == 7
    assert id_key(str(2**64 - 1)) == 2**64 - 1
    assert id_key(str(2**64)) != 2**64
    assert id_key("٣") != 3  # digits of other scripts are no numbers here


@given(st.text(max_size=64), st.sampled_from(ReceiptIds))
def test_every_id_has_a_key_of_64_bits(message_id: str, ids: ReceiptIds) -> None:
    assert 0 <= id_key(normalise_answer_id(message_id, ids)) < 2**64
    assert 0 <= id_key(normalise_receipt_id("", message_id, ids)) < 2**64


@given(st.integers(0, 2**63), st.sampled_from(["{:x}", "{:X}", "{:016x}"]), st.sampled_from(["{:d}", "{:020d}"]))
def test_both_bases_of_any_number_meet(number: int, as_hex: str, as_decimal: str) -> None:
    assert keys(as_decimal.format(number), "", as_hex.format(number), HEX) == (number, number)
    assert keys(as_hex.format(number), "", as_decimal.format(number), DECIMAL) == (number, number)
