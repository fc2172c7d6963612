"""Paces of tenants and signatures: what people set, and the buckets that every claim of the tenant shares.

A bucket is a row: two accounts, in one gateway or in two, lock it one after the other, for the rest of a claim. All of
a claim are locked by one statement in one order, so claims never wait in a circle. Times are the database's own. What
was set is read once in two seconds by a process; without any pace a claim asks nothing here.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, LiteralString

from hongyan.kernel.clock import Clock
from hongyan.kernel.db import hot
from hongyan.kernel.db.database import Uow
from hongyan.kernel.errors import InvalidInput
from hongyan.kernel.ids import SignatureId, TenantId
from hongyan.rooms.delivery.contracts import GateKind, Pace
from hongyan.rooms.delivery.rules import count_within, fill_bucket, is_open, subject

MAX_RATE: Final = 100_000
_KNOWN_S: Final = 2.0
"""How long a process works with the paces that it read."""
_SOON_S: Final = 1.0
"""Chores read them again after this, so that a claim seldom has to."""

_LIST: Final[LiteralString] = """
SELECT tenant_id::text, subject, rate_per_s, changed_by, changed_at FROM delivery_paces ORDER BY tenant_id, subject
"""

_SET: Final[LiteralString] = """
INSERT INTO delivery_paces (tenant_id, subject, rate_per_s, changed_by, changed_at) VALUES (%s::uuid, %s, %s, %s, %s)
ON CONFLICT (tenant_id, subject) DO UPDATE
SET rate_per_s = excluded.rate_per_s, changed_by = excluded.changed_by, changed_at = excluded.changed_at
"""

# A bucket begins empty and outlives its pace: to delete it would wait for claims, and it costs nothing.
_MAKE_BUCKET: Final[LiteralString] = """
INSERT INTO delivery_pace_buckets (tenant_id, subject, tokens, at) VALUES (%s::uuid, %s, 0, clock_timestamp())
ON CONFLICT (tenant_id, subject) DO NOTHING
"""

_LOCK: Final[LiteralString] = """
SELECT tenant_id::text, subject, tokens, at, clock_timestamp() FROM delivery_pace_buckets
WHERE tenant_id = ANY(%s::uuid[]) ORDER BY tenant_id, subject FOR UPDATE
"""

_WRITE: Final[LiteralString] = """
UPDATE delivery_pace_buckets AS b SET tokens = u.tokens, at = u.at
FROM unnest(%s::uuid[], %s::text[], %s::float8[], %s::timestamptz[]) AS u(tenant_id, subject, tokens, at)
WHERE b.tenant_id = u.tenant_id AND b.subject = u.subject
"""

Rates = Mapping[TenantId, Mapping[str, int]]
"""Tenant → subject → parts per second."""


class PaceDesk:
    """What operators set; every method works in the caller's transaction. In force two seconds after the commit."""

    def __init__(self, clock: Clock) -> None:
        """Take times of changes from ``clock``."""
        self._clock = clock

    async def list_paces(self, uow: Uow) -> list[Pace]:
        """Return all paces, by tenant."""
        return [_pace(row) for row in await hot.fetch(uow, _LIST, ())]

    async def set_pace(
        self, uow: Uow, tenant_id: TenantId, rate_per_s: int, *, signature_id: SignatureId | None = None, by: str
    ) -> Pace:
        """Set the pace of a tenant or of one of its signatures, in parts per second over all accounts.

        Raises:
            InvalidInput: the rate is not 1 to 100,000.
        """
        if not 1 <= rate_per_s <= MAX_RATE:
            raise InvalidInput("rate_per_s", reason=f"1 to {MAX_RATE}", reason_zh=f"应为 1 至 {MAX_RATE}")
        kind, subject_id = _named(tenant_id, signature_id)
        pace = Pace(tenant_id, kind, subject_id, rate_per_s, by, self._clock.now())
        key = subject(kind, subject_id)
        await hot.send(uow, _SET, (tenant_id, key, rate_per_s, by, pace.changed_at))
        await hot.send(uow, _MAKE_BUCKET, (tenant_id, key))
        return pace

    async def clear_pace(self, uow: Uow, tenant_id: TenantId, *, signature_id: SignatureId | None = None) -> bool:
        """Take a pace away; tells whether there was one."""
        key = subject(*_named(tenant_id, signature_id))
        rows = await hot.fetch(
            uow, "DELETE FROM delivery_paces WHERE tenant_id = %s::uuid AND subject = %s RETURNING 1", (tenant_id, key)
        )
        return bool(rows)


def _named(tenant_id: TenantId, signature_id: SignatureId | None) -> tuple[GateKind, str]:
    return (GateKind.TENANT, tenant_id) if signature_id is None else (GateKind.SIGNATURE, signature_id)


def _pace(row: Sequence[Any]) -> Pace:
    tenant_id, key, rate, by, at = row
    kind, _, subject_id = key.partition(":")
    return Pace(TenantId(tenant_id), GateKind(kind), subject_id, rate, by, at)


class PaceBook:
    """The paces as a process read them last."""

    def __init__(self) -> None:
        """Begin with nothing read."""
        self._rates: Rates = {}
        self._read_at_s: float | None = None

    async def look(self, uow: Uow, now_s: float, *, after_s: float = _KNOWN_S) -> Rates:
        """Return the paces, read again when what is known is older than ``after_s`` (monotonic seconds)."""
        if self._read_at_s is None or now_s - self._read_at_s >= after_s:
            rates: dict[TenantId, dict[str, int]] = defaultdict(dict)
            for tenant_id, key, rate, _, _ in await hot.fetch(uow, _LIST, ()):
                rates[TenantId(tenant_id)][key] = rate
            self._rates, self._read_at_s = rates, now_s
        return self._rates

    async def look_soon(self, uow: Uow, now_s: float) -> None:
        """Read them again ahead of time, where nobody is in a hurry."""
        await self.look(uow, now_s, after_s=_SOON_S)


class Allowance:
    """What one claim may take of its tenants' buckets; their rows are locked until the transaction ends."""

    def __init__(self, rates: Rates) -> None:
        """Allow everything: nothing is locked yet."""
        self._rates = rates
        self._tokens: dict[tuple[TenantId, str], float] = {}
        self._times: dict[tuple[TenantId, str], datetime] = {}
        self._is_locked = False
        self._late: frozenset[TenantId] = frozenset()

    async def lock(self, uow: Uow, tenants: Iterable[TenantId]) -> None:
        """Lock the buckets of tenants, once a claim; who comes later waits for the next claim."""
        paced = {tenant_id for tenant_id in tenants if tenant_id in self._rates}
        if self._is_locked:
            self._late = frozenset(paced - {tenant_id for tenant_id, _ in self._tokens})
            return
        self._is_locked = True
        for tenant, key, tokens, at, now in await hot.fetch(uow, _LOCK, (hot.plain(sorted(paced)),)) if paced else ():
            place = (TenantId(tenant), key)
            rate = self._rates[place[0]].get(key)
            if rate is not None:
                # The clock may have been read before the lock was there, and the row written after that.
                self._tokens[place] = fill_bucket(tokens, rate, (now - at).total_seconds())
                self._times[place] = max(at, now)

    def is_paced(self, tenant_id: TenantId) -> bool:
        """Tell whether anything of a tenant has a pace."""
        return tenant_id in self._rates

    def may_claim(self, tenant_id: TenantId) -> bool:
        """Tell whether anything of a tenant may be claimed now."""
        if tenant_id not in self._rates:
            return True
        return tenant_id not in self._late and self._is_open(tenant_id, subject(GateKind.TENANT, tenant_id))

    def used_up(self, tenants: Collection[TenantId]) -> list[str]:
        """Return the signatures of these tenants of which nothing may be claimed now."""
        prefix = subject(GateKind.SIGNATURE, "")
        return [
            key.removeprefix(prefix)
            for tenant_id, key in self._tokens
            if key.startswith(prefix) and tenant_id in tenants and not self._is_open(tenant_id, key)
        ]

    def take(self, tenant_id: TenantId, signature_id: str, parts: Sequence[int]) -> int:
        """Take messages with so many parts each, the first in order; returns how many may go."""
        keys = (subject(GateKind.TENANT, tenant_id), subject(GateKind.SIGNATURE, signature_id))
        places = [place for place in ((tenant_id, key) for key in keys) if place in self._tokens]
        count, spent = count_within(parts, min((self._tokens[place] for place in places), default=float("inf")))
        for place in places:
            self._tokens[place] -= spent
        return count

    async def write(self, uow: Uow) -> None:
        """Write what is left in the buckets."""
        if self._tokens:
            places = list(self._tokens)
            await hot.send(
                uow,
                _WRITE,
                (
                    hot.plain(place[0] for place in places),
                    hot.texts(place[1] for place in places),
                    hot.plain(repr(self._tokens[place]) for place in places),
                    hot.texts(self._times[place].isoformat() for place in places),
                ),
            )

    def _is_open(self, tenant_id: TenantId, key: str) -> bool:
        tokens = self._tokens.get((tenant_id, key))
        return tokens is None or is_open(tokens, self._rates[tenant_id][key])
