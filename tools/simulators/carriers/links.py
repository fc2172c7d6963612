"""The connections of a carrier's account and what waits to be delivered over them. What to deliver: `core`."""

import dataclasses
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from simulators.carriers.face import Connection
from simulators.carriers.records import Stats

_DELIVER_TRIES: Final = 3


class Outgoing(NamedTuple):
    """A report or an uplink that is to be delivered; `key` is what the carrier remembers it by, if it does."""

    pdu: Any
    is_report: bool
    key: str | None = None
    tries: int = 1


@dataclasses.dataclass(slots=True, eq=False)
class Link:
    """A logged-in connection, the deliveries that wait for its window, and those without an answer.

    Over one that does not receive (a transmitter of a pair, an SGIP connection of the SP) nothing is delivered.
    """

    connection: Connection
    queue: deque[Outgoing]
    in_flight: dict[int, Outgoing]
    peer: str
    receives: bool = True
    submits: int = 0
    is_silent: bool = False


class Links:
    """All links of the account; what a lost connection did not take goes to the next one, as a gateway does."""

    def __init__(self, stats: Stats, deliver_many: Callable[[Connection, Sequence[Any]], Sequence[int]]) -> None:
        """Count in `stats`; send with `deliver_many`."""
        self._stats: Final = stats
        self._deliver_many: Final = deliver_many
        self._links: Final[dict[Connection, Link]] = {}
        self._orphans: Final[deque[Outgoing]] = deque()
        self.on_settled: Callable[[str], None] | None = None
        """Called with the key of a report that was taken."""

    def __len__(self) -> int:
        """How many connections are logged in."""
        return len(self._links)

    @property
    def waiting(self) -> int:
        """How many deliveries wait for a connection."""
        return len(self._orphans)

    def open(self, connection: Connection, *, receives: bool = True) -> Link:
        """Take a connection that has logged in."""
        link = self._links[connection] = Link(connection, deque(), {}, connection.peer, receives)
        self._stats.logins += 1
        return link

    def find(self, connection: Connection) -> Link | None:
        """Return the link of a connection."""
        return self._links.get(connection)

    def list_links(self) -> list[Link]:
        """Return all of them."""
        return list(self._links.values())

    def list_receivers(self) -> list[Link]:
        """Return those that reports may travel on."""
        return [link for link in self._links.values() if link.receives]

    def close(self, link: Link) -> None:
        """Forget a lost connection, not what it was to carry."""
        if self._links.pop(link.connection, None) is None:  # it was silent
            return
        self._orphans.extend(link.in_flight.values())
        self._orphans.extend(link.queue)
        link.in_flight.clear()
        link.queue.clear()

    def silence(self, link: Link) -> None:
        """Forget a connection that stays open: it reads and says nothing more; the others carry what it was to."""
        link.is_silent = True
        link.connection.hang()
        self.close(link)

    def post(self, link: Link | None, outgoing: Outgoing) -> None:
        """Queue a delivery on the link, or on any when that one is gone or does not receive."""
        if link is not None and link.receives and link.connection in self._links:
            link.queue.append(outgoing)
        else:
            self._orphans.append(outgoing)

    def settle(self, link: Link, seq: int, result: int) -> None:
        """Note the answer to a delivery; any result but 0 (and a timeout: -1) means another try, three in all."""
        if link.is_silent:
            return
        outgoing = link.in_flight.pop(seq)
        if result == 0:
            if outgoing.is_report:
                self._stats.reports_answered += 1
            if outgoing.key is not None and self.on_settled is not None:
                self.on_settled(outgoing.key)
        elif outgoing.tries < _DELIVER_TRIES:
            self._stats.reports_repeated += 1
            link.queue.append(outgoing._replace(tries=outgoing.tries + 1))
        else:
            self._stats.reports_given_up += 1

    def pump(self) -> None:
        """Send what waits, as far as the windows go."""
        for link in self._links.values():
            if not link.receives:
                continue
            queue, room = link.queue, link.connection.window_free
            while self._orphans and len(queue) < room:
                queue.append(self._orphans.popleft())
            room = min(room, len(queue))
            if room <= 0:
                continue
            batch = [queue.popleft() for _ in range(room)]
            seqs = self._deliver_many(link.connection, [outgoing.pdu for outgoing in batch])
            link.in_flight.update(zip(seqs, batch, strict=True))
            self._stats.reports_sent += sum(outgoing.is_report for outgoing in batch)
