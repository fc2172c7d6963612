"""The delivery log."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, func, literal_column, not_, select

from hongyan.kernel.db.database import Uow
from hongyan.rooms.callbacks.contracts import AddressId, Attempt, AttemptSort
from hongyan.rooms.callbacks.tables import attempts

# As rules.schedule.is_success sees a status; no answer at all is none. In the words of the partial index, without
# parameters: a plan for any value could not use it.
_TAKEN: Final = attempts.c.status.between(literal_column("200"), literal_column("299"))
_NOT_TAKEN: Final = attempts.c.status.is_(None) | not_(_TAKEN)
_COLUMNS = {
    "address_id": "uuid",
    "request_id": "uuid",
    "document": "varchar",
    "receipts": "int2",
    "attempt_no": "int4",
    "at": "timestamptz",
    "duration_ms": "int4",
    "status": "int4",
    "error": "text",
    "answer": "text",
}


async def insert_attempts(uow: Uow, rows: Sequence[tuple[AddressId, Attempt]]) -> None:
    """Write lines of the log."""
    await uow.copy_rows(
        "callbacks_attempts",
        _COLUMNS,
        (
            (
                UUID(address_id),
                UUID(attempt.request_id),
                attempt.document,
                attempt.receipts,
                attempt.attempt_no,
                attempt.at,
                attempt.duration_ms,
                attempt.status,
                attempt.error,
                attempt.answer,
            )
            for address_id, attempt in rows
        ),
    )


async def list_attempts(
    uow: Uow,
    address_id: AddressId,
    *,
    limit: int,
    offset: int = 0,
    went_well: bool | None = None,
    sort: AttemptSort = "-at",
) -> list[Attempt]:
    """Return attempts at an address, newest first unless asked; on wish only those that were taken, or were not."""
    statement = (
        select(attempts)
        .where(_asked(address_id, went_well=went_well))
        .order_by(attempts.c.attempt_id.desc() if sort == "-at" else attempts.c.attempt_id)
        .offset(offset)
        .limit(limit)
    )
    return [
        Attempt(
            at=row.at,
            request_id=row.request_id,
            document=row.document,
            receipts=row.receipts,
            attempt_no=row.attempt_no,
            duration_ms=row.duration_ms,
            status=row.status,
            error=row.error,
            answer=row.answer,
        )
        for row in await uow.execute(statement)
    ]


async def count_attempts(uow: Uow, address_id: AddressId, *, went_well: bool | None, most: int) -> int:
    """Count what :func:`list_attempts` lists, up to a most."""
    some = select(attempts.c.attempt_id).where(_asked(address_id, went_well=went_well)).limit(most).subquery()
    total: int = (await uow.execute(select(func.count()).select_from(some))).scalar_one()
    return total


def _asked(address_id: AddressId, *, went_well: bool | None) -> ColumnElement[bool]:
    of = attempts.c.address_id == address_id
    if went_well is None:
        return of
    return and_(of, _TAKEN if went_well else _NOT_TAKEN)


async def forget_attempts(uow: Uow, before: datetime) -> int:
    """Drop old lines; returns how many."""
    return (await uow.execute(delete(attempts).where(attempts.c.at < before))).rowcount
