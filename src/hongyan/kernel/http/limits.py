"""How much one tenant may ask of one web process: rates per second, and turns when everybody asks at once.

Refusals are the vendor's: 503 with ``Retry-After`` and ``APIGW.0308`` (its client hides the code behind a 429). The
books are this process's own: n web processes allow n times as much. Not for: how fast messages go out (``gateways``).
"""

import asyncio
import ipaddress
import math
from collections import OrderedDict, defaultdict, deque
from collections.abc import Hashable
from dataclasses import dataclass
from enum import StrEnum

from hongyan.kernel.clock import Clock
from hongyan.kernel.errors import HongyanError

_BUCKETS = 20_000
_WAITING_PER_TENANT = 200


class Throttled(HongyanError):
    """The caller asks more often than allowed, or more at once than its share of a busy server."""

    code = "kernel.throttled"
    vendor_code = "APIGW.0308"
    status = 429
    vendor_status = 503
    retryable = True
    en = "The throttling threshold has been reached: policy {policy}, limit {limit}. Try again in {retry_after_s} s."
    zh = "请求过于频繁：流控策略 {policy}，上限 {limit}，请 {retry_after_s} 秒后重试。"

    def __init__(self, *, policy: str, limit: str, retry_after_s: int) -> None:
        """Name the rule, its number, and when to come again (whole seconds, at least one)."""
        super().__init__(policy=policy, limit=limit, retry_after_s=retry_after_s)
        self.retry_after_s = retry_after_s


class Kind(StrEnum):
    """What an operation costs; every operation has a rate of its kind of its own."""

    SEND = "send"
    UPLOAD = "upload"
    LIST = "list"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Rates:
    """Requests per second of one tenant: of all operations together, and of each operation by its kind.

    Zero means no limit. A second's worth may come at once.
    """

    total: int = 500
    send: int = 300
    upload: int = 20
    list: int = 100

    def of(self, kind: Kind) -> int:
        """Return the rate of one operation of a kind."""
        return {Kind.SEND: self.send, Kind.UPLOAD: self.upload, Kind.LIST: self.list, Kind.OTHER: self.list}[kind]


class Buckets:
    """Token buckets by key; the least recently used are forgotten, which gives them a full bucket."""

    def __init__(self, clock: Clock) -> None:
        """Start with every bucket full."""
        self._clock = clock
        self._levels: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def wait_s(self, key: Hashable, rate: float) -> float:
        """Return how many seconds until ``key`` has a token; zero when it has one now. Takes nothing."""
        level = self._level(key, rate)
        return 0.0 if level >= 1 else (1 - level) / rate

    def take(self, key: Hashable, rate: float) -> None:
        """Take one token, also one that is not there yet."""
        self._levels[key] = (self._level(key, rate) - 1, self._clock.monotonic())
        self._levels.move_to_end(key)
        if len(self._levels) > _BUCKETS:
            self._levels.popitem(last=False)

    def _level(self, key: Hashable, rate: float) -> float:
        now = self._clock.monotonic()
        level, at = self._levels.get(key, (rate, now))
        return min(max(rate, 1.0), level + (now - at) * rate)


class Turns:
    """At most ``places`` requests of tenants are worked on at once; the others wait, the tenant with the fewest first.

    One tenant never holds more than three quarters of the places, so a stranger to the flood finds one free. Who would
    wait longer than ``patience_s``, or behind 200 of its own, is refused.
    """

    def __init__(self, places: int, *, patience_s: float = 5.0) -> None:
        """Zero places: no bound."""
        self._places = places
        self._share = max(1, places * 3 // 4)
        self._patience_s = patience_s
        self._busy = 0
        self._held: defaultdict[Hashable, int] = defaultdict(int)
        self._waiting: defaultdict[Hashable, deque[asyncio.Future[None]]] = defaultdict(deque)

    async def take(self, tenant: Hashable) -> None:
        """Return when a place is the caller's; :meth:`give` it back.

        Raises:
            Throttled: too many of this tenant wait, or none came free in time.
        """
        if not self._places:
            return
        if self._busy < self._places and self._held[tenant] < self._share:
            self._seat(tenant)
            return
        queue = self._waiting[tenant]
        if len(queue) >= _WAITING_PER_TENANT:
            raise self._refusal()
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        queue.append(turn)
        try:
            async with asyncio.timeout(self._patience_s):
                await turn
        except TimeoutError:
            if turn.done() and not turn.cancelled():
                return
            self._leave(tenant, turn)
            raise self._refusal() from None
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.give(tenant)
            else:
                self._leave(tenant, turn)
            raise

    def give(self, tenant: Hashable) -> None:
        """Give a place back; the next one in line gets it."""
        if not self._places:
            return
        self._busy -= 1
        self._held[tenant] -= 1
        if not self._held[tenant]:
            del self._held[tenant]
        while ready := [one for one in self._waiting if self._held.get(one, 0) < self._share]:
            chosen = min(ready, key=lambda one: self._held.get(one, 0))
            turn = self._waiting[chosen].popleft()
            if not self._waiting[chosen]:
                del self._waiting[chosen]
            # One that gave up a moment ago still stands in line.
            if not turn.done():
                self._seat(chosen)
                turn.set_result(None)
                return

    def _seat(self, tenant: Hashable) -> None:
        self._busy += 1
        self._held[tenant] += 1

    def _leave(self, tenant: Hashable, turn: asyncio.Future[None]) -> None:
        queue = self._waiting.get(tenant)
        if queue and turn in queue:
            queue.remove(turn)
            if not queue:
                del self._waiting[tenant]

    def _refusal(self) -> Throttled:
        return Throttled(policy="requests of one tenant at once", limit=str(self._share), retry_after_s=1)


class Limits:
    """The books of one web process."""

    def __init__(self, clock: Clock, *, rates: Rates, places: int, strangers: int) -> None:
        """``strangers``: failed proofs per second and address (IPv6: /64) before unknown keys are refused unread."""
        self.rates = rates
        self.turns = Turns(places)
        self._strangers = strangers
        self._buckets = Buckets(clock)
        # A book of their own: however many addresses strangers have, they push no tenant's bucket out.
        self._strange = Buckets(clock)

    def take(self, tenant: Hashable, operation: Hashable, kind: Kind, rates: Rates | None = None) -> None:
        """Count one request; a refused one costs nothing.

        Raises:
            Throttled: over the tenant's rate, or over the operation's.
        """
        rates = rates or self.rates
        asked = [
            (("total", tenant), rates.total, "all operations"),
            (("operation", tenant, operation), rates.of(kind), f"{kind.value} operation"),
        ]
        for key, rate, policy in asked:
            wait_s = self._buckets.wait_s(key, rate) if rate else 0.0
            if wait_s:
                limit = f"{rate} requests per second"
                raise Throttled(policy=policy, limit=limit, retry_after_s=max(1, math.ceil(wait_s)))
        for key, rate, _ in asked:
            if rate:
                self._buckets.take(key, rate)

    def hear_stranger(self, address: str | None) -> None:
        """Let an address pass that has not failed too often lately.

        Raises:
            Throttled: it has.
        """
        if self._strangers and self._strange.wait_s(_network(address), self._strangers):
            limit = f"{self._strangers} failed authentications per second"
            raise Throttled(policy="client address", limit=limit, retry_after_s=1)

    def note_stranger(self, address: str | None) -> None:
        """Count a failed proof of an address."""
        if self._strangers:
            self._strange.take(_network(address), self._strangers)


def _network(address: str | None) -> str | None:
    """Return who counts as one stranger: an IPv4 address, or a /64, of which one customer of a carrier has all."""
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((int(found), 64), strict=False))


def kind_of(method: str, path: str) -> Kind:
    """Return the kind of an operation of the vendor's doors."""
    if method == "GET":
        return Kind.LIST
    if path.startswith(_UPLOADS):
        return Kind.UPLOAD
    return Kind.SEND if path.startswith(_SENDS) else Kind.OTHER


_SENDS = (
    "/v1/aim/send-tasks",
    "/v1/aim/sms/",
    "/v1/aim/resolve-tasks",
    "/v1/aim/mobile-capabilities",
    "/v1/aim-basic/send-tasks",
    "/v1/hongyan/send-tasks",
)
_UPLOADS = (
    "/v1/sms/signatures/files",
    "/v1/aim-sa/media",
    "/v1/aim/template-materials",
    "/v1/hongyan/number-files",
)
