"""The connections of a carrier's account and what waits to be delivered over them. What to deliver: `simulator`."""

import dataclasses
from collections import deque
from typing import Final

from simulators.carriers.records import Stats
from telcowire.asyncio.server import CmppServerConnection
from telcowire.cmpp.pdus import Deliver

_DELIVER_TRIES: Final = 3


@dataclasses.dataclass(slots=True, eq=False)
class Link:
    """A logged-in connection, the delivers that wait for its window, and those without an answer (with tries made)."""

    connection: CmppServerConnection
    queue: deque[tuple[Deliver, int]]
    in_flight: dict[int, tuple[Deliver, int]]
    peer: str
    submits: int = 0


class Links:
    """All links of the account; what a lost connection did not take goes to the next one, as a gateway does."""

    def __init__(self, stats: Stats) -> None:
        """Count in `stats`."""
        self._stats: Final = stats
        self._links: Final[dict[CmppServerConnection, Link]] = {}
        self._orphans: Final[deque[tuple[Deliver, int]]] = deque()

    def __len__(self) -> int:
        """How many connections are logged in."""
        return len(self._links)

    @property
    def waiting(self) -> int:
        """How many delivers wait for a connection."""
        return len(self._orphans)

    def open(self, connection: CmppServerConnection) -> Link:
        """Take a connection that has logged in."""
        link = self._links[connection] = Link(connection, deque(), {}, connection.peer)
        self._stats.logins += 1
        return link

    def find(self, connection: CmppServerConnection) -> Link | None:
        """Return the link of a connection."""
        return self._links.get(connection)

    def list_links(self) -> list[Link]:
        """Return all of them."""
        return list(self._links.values())

    def close(self, link: Link) -> None:
        """Forget a lost connection, not what it was to carry."""
        del self._links[link.connection]
        self._orphans.extend(link.in_flight.values())
        self._orphans.extend(link.queue)
        link.in_flight.clear()
        link.queue.clear()

    def post(self, link: Link | None, deliver: Deliver) -> None:
        """Queue a deliver on the link, or on any when that one is gone."""
        if link is not None and link.connection in self._links:
            link.queue.append((deliver, 1))
        else:
            self._orphans.append((deliver, 1))

    def settle(self, link: Link, seq: int, result: int) -> None:
        """Note the answer to a deliver; any result but 0 (and a timeout: -1) means another try, three in all."""
        deliver, tries = link.in_flight.pop(seq)
        if result == 0:
            self._stats.reports_answered += deliver.registered_delivery
        elif tries < _DELIVER_TRIES:
            self._stats.reports_repeated += 1
            link.queue.append((deliver, tries + 1))
        else:
            self._stats.reports_given_up += 1

    def pump(self) -> None:
        """Send what waits, as far as the windows go."""
        for link in self._links.values():
            if self._orphans:
                link.queue.extend(self._orphans)
                self._orphans.clear()
            room = min(link.connection.window_free, len(link.queue))
            if room <= 0:
                continue
            batch = [link.queue.popleft() for _ in range(room)]
            seqs = link.connection.deliver_many([deliver for deliver, _tries in batch])
            link.in_flight.update(zip(seqs, batch, strict=True))
            self._stats.reports_sent += sum(deliver.registered_delivery for deliver, _tries in batch)
