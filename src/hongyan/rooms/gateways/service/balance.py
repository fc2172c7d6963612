"""Which gateway process should work on which account: the same answer in every process that sees the same others.

Rendezvous hashing with a bound: each account goes to the process that draws the highest lot for it and has room; nobody
gets more than the even share, unless the others cannot log in (a carrier may know only some of the hosts). A process
that comes or goes moves little more than its own accounts. The lease alone decides who may send; this only says who
should ask for it.
"""

import hashlib
import math
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from hongyan.rooms.gateways.contracts import Node

ALIVE_S: Final = 4.0
"""A process that was not heard of for so long is taken for dead; its leases end at the same time."""
SETTLED_S: Final = 3.0
"""A process takes over from others when it has been alive for so long: one that fails at its start moves nothing.

Processes that began within so long of each other count together: after an outage of the database all of them do, and
the first that is heard again must not get what the others still hold.
"""


def assign(account_ids: Collection[int], nodes: Sequence[Node]) -> Mapping[int, str]:
    """Return account → holder that should have it; empty without processes.

    Processes that have only just started count when there are no older ones.
    """
    alive = [node for node in nodes if node.silent_s < ALIVE_S]
    if not alive:
        return {}
    settled_s = min(SETTLED_S, max(node.age_s for node in alive) - SETTLED_S)
    candidates = [node for node in alive if node.age_s >= settled_s]
    room = dict.fromkeys((node.holder for node in candidates), math.ceil(len(account_ids) / len(candidates)))
    chosen: dict[int, str] = {}
    for account_id in sorted(account_ids):
        able = [node for node in candidates if account_id not in node.unable] or candidates
        takers = [node for node in able if room[node.holder] > 0] or able
        holder = max(takers, key=lambda node: _lot(account_id, node)).holder
        room[holder] -= 1
        chosen[account_id] = holder
    return chosen


def _lot(account_id: int, node: Node) -> tuple[bytes, bytes]:
    """Draw by the gateway's name, so that a restart gets the same accounts; by the start where names are the same."""
    return _hash(f"{account_id} {node.gateway_id}"), _hash(f"{account_id} {node.holder}")


def _hash(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=8).digest()
