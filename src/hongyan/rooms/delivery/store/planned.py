"""How many messages were planned, by hour and by what they are: the totals of lists, without counting rows.

Planning only appends (no row that two writers would wait for); once a minute upkeep folds what was appended into one
row per hour and per day. A sum reads both, in one snapshot, so it is exact at any time.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, LiteralString

from hongyan.kernel.db import hot
from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TenantId
from hongyan.rooms.delivery.contracts import MessageFilter, PlannedChunk

_HOUR: Final = timedelta(hours=1)
_FOLD_ROWS: Final = 20_000

_APPEND: Final[LiteralString] = """
INSERT INTO delivery_planned_fresh (tenant_id, hour, kind, signature_id, template_id, card_template_id, messages)
SELECT u.tenant_id, date_trunc('hour', %s::timestamptz, 'UTC'), u.kind, u.signature, u.template, u.card, u.messages
FROM unnest(%s::uuid[], %s::int2[], %s::text[], %s::text[], %s::text[], %s::int[])
     AS u (tenant_id, kind, signature, template, card, messages)
"""

# Days of UTC beside hours: a year of hours is 8,760 rows for every combination, a year of days 365.
_FOLD: Final[LiteralString] = """
WITH gone AS (
    DELETE FROM delivery_planned_fresh WHERE fresh_no = ANY(ARRAY(
        SELECT fresh_no FROM delivery_planned_fresh ORDER BY fresh_no LIMIT %s FOR UPDATE SKIP LOCKED))
    RETURNING *
)
INSERT INTO delivery_planned AS p
    (tenant_id, is_day, bucket, kind, signature_id, template_id, card_template_id, messages)
SELECT g.tenant_id, s.is_day, CASE WHEN s.is_day THEN date_trunc('day', g.hour, 'UTC') ELSE g.hour END AS bucket,
       g.kind, g.signature_id, g.template_id, g.card_template_id, sum(g.messages)
FROM gone AS g CROSS JOIN (VALUES (true), (false)) AS s(is_day)
GROUP BY 1, 2, 3, 4, 5, 6, 7
ORDER BY 1, 2, 3, 4, 5, 6, 7
ON CONFLICT (tenant_id, is_day, bucket, kind, signature_id, template_id, card_template_id)
DO UPDATE SET messages = p.messages + excluded.messages
RETURNING 1
"""

_FOLDED: Final = """
SELECT messages FROM delivery_planned WHERE tenant_id = %s::uuid AND is_day = %s AND bucket >= %s AND bucket < %s"""
_FRESH: Final = "SELECT messages FROM delivery_planned_fresh WHERE tenant_id = %s::uuid AND hour >= %s AND hour < %s"


async def append(uow: Uow, chunks: Iterable[PlannedChunk], at: datetime) -> None:
    """Note how many messages chunks planned, those of a kind together."""
    sums: Counter[tuple[str, int, str, str, str]] = Counter()
    for chunk in chunks:
        key = (chunk.tenant_id, int(chunk.kind), chunk.signature_id, chunk.template_id, chunk.card_template_id or "")
        sums[key] += len(chunk.messages)
    tenants, kinds, *texts = zip(*sums, strict=True)
    columns = [hot.texts(column) for column in texts]
    await hot.send(uow, _APPEND, (at, hot.plain(tenants), hot.ints(kinds), *columns, hot.ints(sums.values())))


async def fold(uow: Uow) -> int:
    """Fold a slice of what was appended; returns how many rows of hours and days changed, 0 when nothing is left."""
    return len(await hot.fetch(uow, _FOLD, (_FOLD_ROWS,)))


async def total(
    uow: Uow, tenant_id: TenantId, where: MessageFilter, begin: datetime | None, end: datetime | None
) -> int:
    """Sum what was planned from ``begin`` until ``end`` (both whole hours) of a kind, signature, template, card."""
    clauses: list[str] = []
    params: list[Any] = []
    for clause, value in (
        (" AND kind = %s", None if where.kind is None else int(where.kind)),
        (" AND signature_id = %s", where.signature_id),
        (" AND template_id = %s", where.template_id),
        (" AND card_template_id = %s", where.card_template_id),
    ):
        if value is not None:
            clauses.append(clause)
            params.append(value)
    what = "".join(clauses)
    spans = _spans(begin, end)
    parts = [_FOLDED + what] * len(spans) + [_FRESH + what]
    values: list[Any] = [value for is_day, low, high in spans for value in (tenant_id, is_day, low, high, *params)]
    values += [tenant_id, begin or _EVER, end or _NEVER, *params]
    union = " UNION ALL ".join(parts)
    rows = await hot.fetch(uow, f"SELECT coalesce(sum(messages), 0) FROM ({union}) AS x", values)  # noqa: S608 - constants
    return int(rows[0][0])


_EVER: Final = datetime(2000, 1, 1, tzinfo=UTC)
_NEVER: Final = datetime(9000, 1, 1, tzinfo=UTC)


def _spans(begin: datetime | None, end: datetime | None) -> list[tuple[bool, datetime, datetime]]:
    """Cover whole hours by hours up to the first midnight (UTC), then days, then hours again."""
    low, high = begin or _EVER, end or _NEVER
    first = _midnight(low) if low == _midnight(low) else _midnight(low) + timedelta(days=1)
    last = _midnight(high)
    if first >= last:
        return [(False, low, high)]
    return [(False, low, first), (True, first, last), (False, last, high)]


def _midnight(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def whole_hours(begin: datetime | None, end: datetime | None) -> Sequence[tuple[datetime | None, datetime | None]]:
    """Return the whole hours inside a range, then what is left of it at its ends."""
    low = None if begin is None else _ceiling(begin)
    high = None if end is None else _floor(end)
    if low is not None and high is not None and low >= high:
        return [(_EVER, _EVER), (begin, end)]
    edges: list[tuple[datetime | None, datetime | None]] = []
    if begin is not None and low != begin:
        edges.append((begin, low))
    if end is not None and high != end:
        edges.append((high, end))
    return [(low, high), *edges]


def _floor(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _ceiling(at: datetime) -> datetime:
    floor = _floor(at)
    return floor if floor == at else floor + _HOUR
