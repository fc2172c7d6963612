"""Who guesses codes: counts unknown codes per network and minute.

Not for: slowing them down, which is the redirector's; taps on links that exist are never counted.
Source: ADR 0006 (more than 20 a minute from one /24 or /56).
"""

from collections import OrderedDict
from ipaddress import IPv6Address, ip_address
from typing import Final

UNKNOWN_PER_MINUTE: Final = 20
_WINDOW_S: Final = 60.0
_IPV6_KEPT_BYTES: Final = 7


def network_of(address: str) -> str:
    """Return the /24 (IPv4) or /56 (IPv6) that an address lies in; an address that is none stands for itself."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped is None:
            return parsed.packed[:_IPV6_KEPT_BYTES].hex()
        parsed = parsed.ipv4_mapped
    return str(parsed).rpartition(".")[0]


class GuessCounter:
    """Unknown codes per network in fixed minutes; remembers the ``capacity`` networks seen last."""

    __slots__ = ("_capacity", "_limit", "_seen")

    def __init__(self, *, limit: int = UNKNOWN_PER_MINUTE, capacity: int = 50_000) -> None:
        """Allow ``limit`` unknown codes per minute and network."""
        self._limit = limit
        self._capacity = capacity
        self._seen: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def note_unknown(self, network: str, now_s: float) -> int:
        """Count one unknown code at ``now_s`` (monotonic); return by how many the network is over its limit."""
        since_s, count = self._seen.get(network, (now_s, 0))
        if now_s - since_s >= _WINDOW_S:
            since_s, count = now_s, 0
        self._seen[network] = (since_s, count + 1)
        self._seen.move_to_end(network)
        if len(self._seen) > self._capacity:
            self._seen.popitem(last=False)
        return max(0, count + 1 - self._limit)
