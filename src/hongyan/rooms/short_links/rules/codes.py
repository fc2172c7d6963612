"""Number ↔ code: a keyed permutation of a generation's code space, so consecutive numbers look like chance.

A balanced Feistel network of eight rounds over an even number of bits (42 for seven characters), AES-128 as round
function, walked until the result lies inside the code space (1.25 steps on average for 62^7). Batches run over numpy
arrays: one AES call per round for all of them. Nothing is stored per code. Source: ADR 0006; Black and Rogaway,
Ciphers with Arbitrary Finite Domains, 2002 (cycle walking).

Not for: chosen codes of custom domains, which are rows.
"""

from typing import Final

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from numpy.typing import NDArray

ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
ROUNDS: Final = 8
KEY_BYTES: Final = 16
MIN_LENGTH: Final = 6
MAX_LENGTH: Final = 10
_RADIX: Final = 62
_VALUE_OF: Final = {char: value for value, char in enumerate(ALPHABET)}
_CHARS: Final = np.frombuffer(ALPHABET.encode("ascii"), dtype=np.uint8)
_BLOCK_BYTES: Final = 16
_BATCH: Final = 65_536
"""Numbers per pass: its AES buffer is 1 MB and stays in the processor's cache."""

Numbers = NDArray[np.uint64]


class CodeSpace:
    """The codes of one generation: ``length`` characters, the first one out of ``first_chars``, permuted by ``key``."""

    __slots__ = ("_aes", "_first_values", "_half_bits", "_half_mask", "_lead", "_tail", "first_chars", "length", "size")

    def __init__(self, key: bytes, *, length: int, first_chars: str) -> None:
        """Prepare the permutation; ``key`` has 16 bytes and belongs to this generation alone.

        Raises:
            ValueError: no such length, or first characters that repeat or are not letters and digits.
        """
        if not MIN_LENGTH <= length <= MAX_LENGTH:
            raise ValueError(f"a code has {MIN_LENGTH} to {MAX_LENGTH} characters, not {length}")
        if not first_chars or len(set(first_chars)) != len(first_chars) or not set(first_chars) <= _VALUE_OF.keys():
            raise ValueError("first characters are different letters and digits")
        self.length = length
        self.first_chars = first_chars
        self.size = len(first_chars) * _RADIX ** (length - 1)
        self._tail = _RADIX ** (length - 1)
        self._lead = {char: index for index, char in enumerate(first_chars)}
        self._first_values = np.frombuffer(first_chars.encode("ascii"), dtype=np.uint8)
        self._half_bits = -(-(self.size - 1).bit_length() // 2)
        self._half_mask = (1 << self._half_bits) - 1
        # ECB of single blocks is AES itself; one context serves for good because it carries no state between blocks.
        self._aes = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305 - the raw block cipher is meant

    def code(self, number: int) -> str:
        """Return the code of one number."""
        return self.codes(number, 1)[0]

    def codes(self, first_no: int, count: int) -> list[str]:
        """Return the codes of ``count`` consecutive numbers, in order. About 0.5 s per million.

        Raises:
            ValueError: a number outside the code space.
        """
        if first_no < 0 or count < 0 or first_no + count > self.size:
            raise ValueError("the generation has no such numbers")
        found: list[str] = []
        for start in range(first_no, first_no + count, _BATCH):
            stop = min(start + _BATCH, first_no + count)
            found += self._spell(self._permute(np.arange(start, stop, dtype=np.uint64)))
        return found

    def find_number(self, code: str) -> int | None:
        """Return the number of a code, or ``None`` when no number of this generation has it. About 10 µs."""
        if len(code) != self.length:
            return None
        value = self._lead.get(code[0])
        if value is None:
            return None
        digit_of = _VALUE_OF
        for char in code[1:]:
            digit = digit_of.get(char)
            if digit is None:
                return None
            value = value * _RADIX + digit
        # Walk backwards: the inverse of a walk passes through the same values outside the code space.
        size = self.size
        value = self._unmix(value)
        while value >= size:
            value = self._unmix(value)
        return value

    def _permute(self, numbers: Numbers) -> Numbers:
        """Mix all, and those that fall outside the code space again until none does."""
        values = self._mix(numbers)
        outside = np.flatnonzero(values >= self.size)
        while outside.size:
            again = self._mix(values[outside])
            values[outside] = again
            outside = outside[again >= self.size]
        return values

    def _mix(self, values: Numbers) -> Numbers:
        bits, mask = np.uint64(self._half_bits), np.uint64(self._half_mask)
        left, right = values >> bits, values & mask
        # One 16-byte block per value: the half in the first eight bytes, the round in the last; little-endian on
        # every machine.
        blocks = np.zeros((values.size, 2), dtype="<u8")
        sealed = bytearray(values.size * _BLOCK_BYTES + _BLOCK_BYTES)
        for round_no in range(ROUNDS):
            blocks[:, 0] = right
            blocks[:, 1] = round_no
            self._aes.update_into(blocks.data.cast("B"), sealed)
            drawn = np.frombuffer(sealed, dtype="<u8", count=values.size * 2)[::2].astype(np.uint64, copy=False)
            left, right = right, left ^ (drawn & mask)
        return (left << bits) | right

    def _unmix(self, value: int) -> int:
        bits, mask, update, draw = self._half_bits, self._half_mask, self._aes.update, int.from_bytes
        left, right = value >> bits, value & mask
        for tail in _ROUND_TAILS:
            left, right = right ^ (draw(update((left | tail).to_bytes(_BLOCK_BYTES, "little")), "little") & mask), left
        return int((left << bits) | right)

    def _spell(self, values: Numbers) -> list[str]:
        letters = np.empty((values.size, self.length), dtype=np.uint8)
        rest = values
        for position in range(self.length - 1, 0, -1):
            rest, digits = np.divmod(rest, np.uint64(_RADIX))
            letters[:, position] = _CHARS[digits.astype(np.intp)]
        letters[:, 0] = self._first_values[rest.astype(np.intp)]
        text = letters.tobytes().decode("ascii")
        length = self.length
        return [text[start : start + length] for start in range(0, len(text), length)]


_ROUND_TAILS: Final = tuple(round_no << 64 for round_no in range(ROUNDS - 1, -1, -1))
"""Second halves of the round function's blocks, last round first."""
