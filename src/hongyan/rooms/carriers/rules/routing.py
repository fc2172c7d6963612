"""Who runs a number, and which account takes it.

The segment table is data as of 2026-11; an operator's table overrides it.
Source: the regulator's published assignments (号段).
"""

import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from hongyan.kernel.phones import is_mainland
from hongyan.rooms.carriers.contracts import Account, Carrier, Route, SignatureChannel

_SEGMENTS: Final[Mapping[Carrier, str]] = {
    # 192 is China Broadnet, which runs on China Mobile's network.
    Carrier.MOBILE: "134 135 136 137 138 139 144 147 148 150 151 152 157 158 159 165 172 178 182 183 184 187 188 192 "
    "195 197 198 1703 1705 1706",
    Carrier.UNICOM: "130 131 132 140 145 146 155 156 166 167 171 175 176 185 186 196 1704 1707 1708 1709",
    Carrier.TELECOM: "133 141 149 153 162 173 174 177 180 181 189 190 191 193 199 1349 1700 1701 1702",
}
SEGMENTS: Final[Mapping[str, Carrier]] = {
    prefix: carrier for carrier, prefixes in _SEGMENTS.items() for prefix in prefixes.split()
}
"""Prefix of three or four national digits → carrier; the longer prefix wins."""

_UNLIMITED_WEIGHT: Final = 10_000
"""Parts per second that an account without a rate counts for when numbers are shared out."""


def carrier_of(phone: str, segments: Mapping[str, Carrier] = SEGMENTS) -> Carrier | None:
    """Return who runs a canonical number by its segment; ``None`` for foreign numbers and unassigned segments."""
    if not is_mainland(phone):
        return None
    return segments.get(phone[2:6]) or segments.get(phone[2:5])


class Router:
    """Routes the numbers of one signature. Built per chunk from a few rows; a route costs about a microsecond."""

    def __init__(
        self,
        accounts: Sequence[Account],
        channel: SignatureChannel,
        segments: Mapping[str, Carrier],
        ported_carrier: Callable[[str], Carrier | None] | None,
    ) -> None:
        """Take enabled accounts, the signature's channel, and where numbers live; ``ported_carrier`` is asked first."""
        self._segments = {**SEGMENTS, **segments}
        self._ported = ported_carrier
        own = [a for a in accounts if a.serves is not None and channel.channel_number in a.serves]
        general = [a for a in accounts if a.serves is None]
        self._choices = {
            carrier: _shares(_reach(own, carrier) or _reach(general, carrier), channel.extension)
            for carrier in (Carrier.MOBILE, Carrier.UNICOM, Carrier.TELECOM, Carrier.ANY)
        }
        self._any = _shares(own or general, channel.extension)

    def __call__(self, phone: str) -> Route | None:
        """Return the route of a canonical number, the same while the accounts stay; ``None``: nobody takes it."""
        carrier = (self._ported and self._ported(phone)) or carrier_of(phone, self._segments)
        if carrier is None:
            # A foreign number needs an account for all; an unassigned mainland segment is tried wherever there is one.
            shares = self._any if is_mainland(phone) else self._choices[Carrier.ANY]
        else:
            shares = self._choices[carrier]
        if not shares:
            return None
        if len(shares) == 1:
            return shares[0][1]
        point = zlib.crc32(phone.encode()) % shares[-1][0]
        return next(route for end, route in shares if point < end)


def _reach(accounts: Sequence[Account], carrier: Carrier) -> list[Account]:
    """Prefer accounts of the carrier itself; accounts for all are the second choice."""
    return [a for a in accounts if a.carrier is carrier] or [a for a in accounts if a.carrier is Carrier.ANY]


def _shares(accounts: Sequence[Account], extension: str) -> list[tuple[int, Route]]:
    """Return routes with the running sum of their weights."""
    shares: list[tuple[int, Route]] = []
    total = 0
    for account in accounts:
        total += account.rate_per_s or _UNLIMITED_WEIGHT
        shares.append((total, Route(account.account_id, account.src_number + extension, account.rate_per_s)))
    return shares
