"""64-bit keys of ids that are not 64-bit numbers: what the ledger matches answers and reports by."""

import hashlib
from typing import Final

_KEY_OCTETS: Final = 8
_LOW_64: Final = 0xFFFFFFFFFFFFFFFF


def key_of_octets(octets: bytes) -> int:
    """Return BLAKE2b-64 of an id."""
    return int.from_bytes(hashlib.blake2b(octets, digest_size=_KEY_OCTETS).digest(), "big")


def key_of_sequence(sequence: int) -> int:
    """Return the time and the counter of a 96-bit SGIP sequence: unique beside its node, which is the account's."""
    return sequence & _LOW_64
