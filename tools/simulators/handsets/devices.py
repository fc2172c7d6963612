"""Which handset belongs to a number: decided by the number's SHA-1, so the same in every run."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

DEFAULT_MIX = {"HUAWEI": 94, "XIAOMI": 2, "OPPO": 1, "VIVO": 1, "MEIZU": 1, "SAMSUNG": 1}
"""Percent of the handsets that can show cards. Mostly one vendor: some layouts exist at that one only."""

MODELS = {
    "HUAWEI": "HUAWEI Mate",
    "XIAOMI": "Xiaomi",
    "OPPO": "OPPO Find",
    "VIVO": "vivo X",
    "MEIZU": "MEIZU",
    "SAMSUNG": "Galaxy",
}


@dataclass(frozen=True, slots=True)
class Device:
    """A handset, also one that cannot show cards; ``age_s``: for how long its vendor has known the number."""

    vendor: str
    can_show: bool
    age_s: int
    confidence: int


def canonical(number: str) -> str:
    """Return country code and number, digits only."""
    digits = number.lstrip("+")
    return "86" + digits if len(digits) == 11 and digits.startswith("1") else digits


class Devices:
    """All handsets of the country."""

    def __init__(self, capable_percent: int = 70, mix: Mapping[str, int] | None = None) -> None:
        """``mix`` gives the shares of the vendors."""
        self._capable_percent = capable_percent
        self._tickets = tuple(name for name, share in (mix or DEFAULT_MIX).items() for _ in range(share))

    def of_number(self, number: str) -> Device:
        """Return the handset of a number in any usual form."""
        return self.of_sha1(hashlib.sha1(canonical(number).encode(), usedforsecurity=False).hexdigest())

    def of_sha1(self, digest: str) -> Device:
        """Return the handset of a number of which only the SHA-1 is known."""
        raw = bytes.fromhex(digest)
        draw = int.from_bytes(raw[:4], "big") % 100
        vendor = self._tickets[int.from_bytes(raw[4:8], "big") % len(self._tickets)]
        return Device(
            vendor, draw < self._capable_percent, int.from_bytes(raw[8:11], "big") % 2_592_000, 70 + raw[11] % 30
        )


def device_hash(number: str) -> str:
    """Return the salted hash by which a vendor names the handset of a number."""
    return hashlib.sha256(b"simulated device salt:" + canonical(number).encode()).hexdigest()
