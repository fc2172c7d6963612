"""Where a listener of ours stands, and whose calls come from where they should."""

import asyncio
import ipaddress
import socket


async def find_callers(host: str) -> frozenset[str]:
    """Return the addresses of a carrier's host.

    Raises:
        OSError: its name cannot be resolved.
    """
    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return frozenset(str(address[4][0]) for address in found)


def listening_host(callers: frozenset[str]) -> str:
    """Return where to listen: on loopback for a carrier on this machine, else on every address."""
    is_local = all(ipaddress.ip_address(caller.partition("%")[0]).is_loopback for caller in callers)
    return "127.0.0.1" if is_local else "0.0.0.0"  # noqa: S104 - the carrier calls from outside
