"""Lists and single messages for people and exports, and the counting that the doctor compares with the counters.

The state of a message whose row is open is derived: not covered by a span → queued or held; on the list of unknowns →
unknown; all parts answered → submitted; else attempted. The expression stands once, in ``_STATE``.
"""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import text

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import AccountId, MessageId, TaskId, TenantId
from hongyan.kernel.phones import Phone
from hongyan.rooms.delivery.contracts import MessageFilter, MessageKind, MessageState, MessageView, day_number
from hongyan.rooms.delivery.rules import STATE_NUMBERS, STATES_BY_NUMBER, first_batch_id

_STATE: Final = """
CASE WHEN m.state <> 0 THEN m.state::text
     WHEN (m.message_id & 255) >= b.next_pos
          OR position(set_byte('\\x00'::bytea, 0, (m.message_id & 255)::int) in b.retry) > 0
          THEN CASE b.state WHEN 1 THEN 'held' ELSE 'queued' END
     WHEN EXISTS (SELECT 1 FROM delivery_unknowns k WHERE k.message_id = m.message_id) THEN 'unknown'
     WHEN (SELECT count(*) FROM delivery_outcomes o WHERE o.message_id = m.message_id) >= m.parts THEN 'submitted'
     ELSE 'attempted' END
"""

_FROM: Final = """
FROM delivery_batches b JOIN delivery_messages m
  ON m.message_id >= b.batch_id << 8 AND m.message_id < (b.batch_id << 8) + b.message_count
"""

_COLUMNS: Final = f"""
m.message_id, m.task_id::text AS task_id, m.recipient_no, m.number, {_STATE} AS state, m.text, m.parts, m.link_code,
m.cust_flag, m.carrier_code, b.account_id, b.signature_id, b.template_id, b.card_template_id, b.planned_at, b.kind,
(SELECT max(o.at) FROM delivery_outcomes o WHERE o.message_id = m.message_id AND o.result = 0) AS submitted_at,
m.final_at
"""  # noqa: S608 - constants of this file

_OF_IDS: Final = "b.batch_id = ANY(:batches) AND m.message_id = ANY(:ids)"

_COUNT_ROWS: Final = f"""
SELECT task_id, state, count(*) AS n
FROM (SELECT m.task_id::text AS task_id, {_STATE} AS state {_FROM}) AS x GROUP BY 1, 2
"""  # noqa: S608 - constants of this file


def _conditions(tenant_id: TenantId, where: MessageFilter, number: bytes | None) -> tuple[str, dict[str, Any]]:
    """Return the WHERE clause and its parameters; batches are narrowed first, they are 200 times fewer."""
    clauses, params = ["b.tenant_id = CAST(:tenant AS uuid)"], {"tenant": tenant_id}
    simple = {
        "b.task_id = CAST(:task AS uuid)": ("task", where.task_id),
        "b.signature_id = :signature": ("signature", where.signature_id),
        "b.template_id = :template": ("template", where.template_id),
        "b.card_template_id = :card": ("card", where.card_template_id),
        "b.kind = :kind": ("kind", None if where.kind is None else int(where.kind)),
        "m.number = :number": ("number", number),
    }
    values: dict[str, Any] = dict(params)
    for clause, (name, value) in simple.items():
        if value is not None:
            clauses.append(clause)
            values[name] = value
    if where.planned_from is not None:
        clauses.append("b.batch_id >= :from_batch AND b.planned_at >= :from_at")
        values |= {"from_batch": first_batch_id(day_number(where.planned_from)), "from_at": where.planned_from}
    if where.planned_until is not None:
        clauses.append("b.batch_id < :until_batch AND b.planned_at < :until_at")
        values |= {"until_batch": first_batch_id(day_number(where.planned_until) + 1), "until_at": where.planned_until}
    if where.states is not None:
        final = [STATE_NUMBERS[s] for s in where.states if s in STATE_NUMBERS]
        names = [str(n) for n in final] + [s.value for s in where.states if s not in STATE_NUMBERS]
        if len(final) == len(names):
            clauses.append("m.state = ANY(:finals)")
            values["finals"] = final
        else:
            clauses.append(f"{_STATE} = ANY(:states)")
            values["states"] = names
    return " AND ".join(clauses), values


def to_state(value: str) -> MessageState:
    """Return the state behind the text of ``_STATE``."""
    return STATES_BY_NUMBER[int(value)] if value.isdigit() else MessageState(value)


async def list_messages(
    uow: Uow,
    tenant_id: TenantId,
    where: MessageFilter,
    number: bytes | None,
    *,
    offset: int,
    limit: int,
    after: int | None = None,
) -> Sequence[Any]:
    """Return rows in the order of message ids; ``after`` continues a stream by key."""
    clause, values = _conditions(tenant_id, where, number)
    if after is not None:
        clause += " AND m.message_id > :after AND b.batch_id >= :after_batch"
        values |= {"after": after, "after_batch": after >> 8}
    statement = f"SELECT {_COLUMNS} {_FROM} WHERE {clause} ORDER BY m.message_id OFFSET :offset LIMIT :limit"
    return (await uow.execute(text(statement), values | {"offset": offset, "limit": limit})).all()


async def count_messages(uow: Uow, tenant_id: TenantId, where: MessageFilter, number: bytes | None) -> int:
    """Count what a filter selects."""
    clause, values = _conditions(tenant_id, where, number)
    return int((await uow.execute(text(f"SELECT count(*) {_FROM} WHERE {clause}"), values)).scalar_one())


async def find_message(uow: Uow, tenant_id: TenantId, message_id: int) -> Any | None:
    """Return one row."""
    clause = "b.tenant_id = CAST(:tenant AS uuid) AND b.batch_id = :batch AND m.message_id = :id"
    statement = f"SELECT {_COLUMNS} {_FROM} WHERE {clause}"
    return (
        await uow.execute(text(statement), {"tenant": tenant_id, "batch": message_id >> 8, "id": message_id})
    ).one_or_none()


async def get_messages(uow: Uow, message_ids: Sequence[int]) -> Sequence[Any]:
    """Return rows of any tenants, in the order of their ids. all_tenants: the caller took the ids from the ledger."""
    statement = f"SELECT {_COLUMNS} {_FROM} WHERE {_OF_IDS} ORDER BY m.message_id"
    batch_ids = sorted({message_id >> 8 for message_id in message_ids})
    return (await uow.execute(text(statement), {"ids": list(message_ids), "batches": batch_ids})).all()


async def count_states(uow: Uow) -> dict[TaskId, dict[MessageState, int]]:
    """Count rows per task and state over all tenants (a full scan: for the doctor and tests)."""
    counts: dict[TaskId, dict[MessageState, int]] = {}
    for row in (await uow.execute(text(_COUNT_ROWS))).all():
        counts.setdefault(TaskId(row.task_id), {})[to_state(row.state)] = int(row.n)
    return counts


def to_view(row: Any, phone: Phone) -> MessageView:
    """Build a view from a row of this module and the opened number."""
    return MessageView(
        message_id=MessageId(row.message_id),
        task_id=TaskId(row.task_id),
        recipient_no=row.recipient_no,
        phone=phone,
        state=to_state(row.state),
        text=row.text,
        parts=row.parts,
        link_code=row.link_code,
        cust_flag=row.cust_flag,
        carrier_code=row.carrier_code,
        account_id=None if row.account_id is None else AccountId(row.account_id),
        signature_id=row.signature_id,
        template_id=row.template_id,
        card_template_id=row.card_template_id,
        planned_at=row.planned_at,
        submitted_at=row.submitted_at,
        final_at=row.final_at,
        kind=MessageKind(row.kind),
    )
