"""Statements of auto-answers: whose turn it is."""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import SignatureId, TenantId
from hongyan.rooms.campaigns.tables import answers

_A = answers.c


async def take_turn(
    uow: Uow,
    tenant_id: TenantId,
    signature_id: SignatureId,
    number: bytes,
    uplink_id: str,
    at: datetime,
    rest: timedelta,
) -> bool:
    """Note that a text is answered now; false when it was, or when its number had an answer within ``rest``.

    One row per number and signature: two texts that come together wait here for each other.
    """
    row = insert(answers).values(
        tenant_id=tenant_id, signature_id=signature_id, number=number, uplink_id=uplink_id, answered_at=at
    )
    statement = row.on_conflict_do_update(
        index_elements=[_A.tenant_id, _A.signature_id, _A.number],
        set_={"uplink_id": row.excluded.uplink_id, "answered_at": row.excluded.answered_at},
        where=(_A.answered_at <= at - rest) & (_A.uplink_id != row.excluded.uplink_id),
    )
    return (await uow.execute(statement.returning(_A.uplink_id))).first() is not None


async def delete_old(uow: Uow, before: datetime) -> int:
    """Forget answers from before a time; returns how many."""
    return (await uow.execute(delete(answers).where(_A.answered_at < before))).rowcount
