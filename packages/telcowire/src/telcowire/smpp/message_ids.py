"""Message ids: a carrier may write the same number in decimal in an answer and in hexadecimal in a receipt.

Ids are texts that a carrier chooses freely. What we match by is a 64-bit key: the number where an id is one, else a
hash of its octets.

Source: SMPP 3.4 clause 5.2.23 (message_id); that carriers mix both bases is field practice.
"""

import enum
import hashlib
from typing import Final

_MAX_KEY: Final = 0xFFFFFFFFFFFFFFFF
_KEY_OCTETS: Final = 8
_DECIMAL_DIGITS: Final = frozenset("0123456789")
_HEX_DIGITS: Final = frozenset("0123456789abcdefABCDEF")


class ReceiptIds(enum.Enum):
    """How an account's carrier writes ids: the same way everywhere, or answers and receipts in different bases."""

    AS_IS = "as_is"
    #: Answers are decimal, receipts hexadecimal.
    HEX = "hex"
    #: Answers are hexadecimal, receipts decimal.
    DECIMAL = "decimal"


_ANSWER_BASES: Final = {ReceiptIds.HEX: 10, ReceiptIds.DECIMAL: 16}
_RECEIPT_BASES: Final = {ReceiptIds.HEX: 16, ReceiptIds.DECIMAL: 10}


def _normalise(message_id: str, base: int | None) -> str:
    """Write an id of the base in decimal; an id that is no such number stays as it is."""
    digits = _HEX_DIGITS if base == 16 else _DECIMAL_DIGITS
    if base is None or not message_id or not digits.issuperset(message_id):
        return message_id
    return str(int(message_id, base))  # at most 64 digits: the field's width


def normalise_answer_id(message_id: str, ids: ReceiptIds) -> str:
    """Return the id of a submit_sm_resp in the form that both sides are compared in: decimal, or as it is."""
    return _normalise(message_id, _ANSWER_BASES.get(ids))


def normalise_receipt_id(tlv_id: str, text_id: str, ids: ReceiptIds) -> str:
    """Return a receipt's id in the same form; the TLV counts where there is one.

    The TLV should quote the answer. A carrier that writes the same in both its TLV and its text has put the text's base
    into the TLV as well; only when they differ is the TLV read as the answer was.
    """
    answer_base = _ANSWER_BASES.get(ids)
    if tlv_id and tlv_id != text_id and (answer_base == 16 or _DECIMAL_DIGITS.issuperset(tlv_id)):
        return _normalise(tlv_id, answer_base)
    return _normalise(tlv_id or text_id, _RECEIPT_BASES.get(ids))


def id_key(message_id: str) -> int:
    """Return the 64-bit key of a normalised id: a decimal number below 2**64 is its own key, leading zeros or not."""
    if message_id and _DECIMAL_DIGITS.issuperset(message_id):
        number = int(message_id)
        if number <= _MAX_KEY:
            return number
    digest = hashlib.blake2b(message_id.encode("latin-1", "replace"), digest_size=_KEY_OCTETS).digest()
    return int.from_bytes(digest, "big")
