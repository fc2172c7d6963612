"""Which addresses outgoing requests may reach: public ones only, so that a customer's URL cannot look into our network.

An operator may open single networks or hosts (:class:`Allowances`).

Not for: connecting (``kernel.http.client``, which asks here after DNS, at the moment of connecting).
"""

import ipaddress
from dataclasses import dataclass
from typing import Self

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# Beyond what Python's registry calls private (it differs between patch releases): platforms' metadata and credentials,
# protocol assignments, the anycast relay of 6to4, and site-local addresses of old.
_REFUSED = tuple(
    ipaddress.ip_network(text) for text in ("168.63.129.16/32", "192.0.0.0/24", "192.88.99.0/24", "fec0::/10")
)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_NAT64_LOCAL = ipaddress.ip_network("64:ff9b:1::/48")
_V4_COMPATIBLE = ipaddress.ip_network("::/96")
_TRANSLATED_V4 = ipaddress.ip_network("::ffff:0:0:0/96")
_V4_BITS = 0xFFFFFFFF

_PORTS = range(1, 65_536)


@dataclass(frozen=True, slots=True)
class Allowances:
    """Targets that may be reached although they are not public: networks and host names, each with one port or all."""

    networks: tuple[tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, int | None], ...] = ()
    hosts: frozenset[tuple[str, int | None]] = frozenset()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``127.0.0.1:9000, 10.0.0.0/8, fd00::/8, [::1]:9000, hooks.intranet, hooks.intranet:8443``.

        Raises:
            ValueError: an entry is none of these.
        """
        networks, hosts = [], set()
        for entry in filter(None, (part.strip().lower() for part in text.split(","))):
            name, port = _split_port(entry)
            try:
                networks.append((ipaddress.ip_network(name), port))
            except ValueError:
                if not name or "/" in name or ":" in name:
                    msg = f"{entry!r} is no network, address or host name, with or without a port"
                    raise ValueError(msg) from None
                hosts.add((name, port))
        return cls(tuple(networks), frozenset(hosts))

    def cover(self, host: str, address: Address, port: int) -> bool:
        """Tell whether a connection to ``host`` at this address and port is open."""
        name = host.lower().rstrip(".")
        if (name, port) in self.hosts or (name, None) in self.hosts:
            return True
        return any(
            (only is None or only == port) and address.version == network.version and address in network
            for network, only in self.networks
        )


def _split_port(entry: str) -> tuple[str, int | None]:
    """Return (address, network or name; port)."""
    if entry.startswith("["):
        name, _, rest = entry[1:].partition("]")
        port = rest.removeprefix(":")
    elif entry.count(":") == 1:
        name, _, port = entry.partition(":")
    else:
        return entry, None
    if port == "" and entry.endswith("]"):
        return name, None
    if not port.isascii() or not port.isdigit() or int(port) not in _PORTS:
        msg = f"{entry!r} has no port between 1 and 65535 behind its colon"
        raise ValueError(msg)
    return name, int(port)


def is_public(address: Address) -> bool:
    """Tell whether an address is out on the Internet: not private, link-local, shared, multicast, reserved, metadata.

    IPv6 forms that carry an IPv4 address (mapped, compatible, translated, NAT64, 6to4) are judged by that one; Teredo
    is refused. Source: RFC 6890, RFC 4291 §2.5.5, RFC 6052, RFC 3056.
    """
    if isinstance(address, ipaddress.IPv6Address):
        if address.scope_id is not None or address.teredo is not None or address in _NAT64_LOCAL:
            return False
        inner = _inner_v4(address)
        if inner is not None:
            return is_public(inner)
    if not address.is_global or address.is_multicast or address.is_reserved:
        return False
    return not any(address in network for network in _REFUSED)


def _inner_v4(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address in _NAT64 or address in _V4_COMPATIBLE or address in _TRANSLATED_V4:
        return ipaddress.IPv4Address(int(address) & _V4_BITS)
    return None
