"""Failures in a row, per kind and subject."""

from datetime import datetime

from sqlalchemy import and_, delete, select
from sqlalchemy.dialects.postgresql import insert

from hongyan.kernel.db.database import Uow
from hongyan.rooms.identity.rules.lockouts import Lock, LockRule, after_failure
from hongyan.rooms.identity.tables import lockouts


async def find_lock(uow: Uow, rule: LockRule, subject: str, *, lock: bool = False) -> Lock | None:
    """Return the failures counted so far, with the row locked on wish."""
    statement = select(lockouts.c.failures, lockouts.c.last_at, lockouts.c.locked_until).where(
        lockouts.c.kind == rule.kind, lockouts.c.subject == subject
    )
    row = (await uow.execute(statement.with_for_update() if lock else statement)).first()
    return None if row is None else Lock(row.failures, row.last_at, row.locked_until)


async def note_failure(uow: Uow, rule: LockRule, subject: str, now: datetime) -> Lock:
    """Count one more failure; two at once are both counted."""
    first = after_failure(None, rule, now)
    values = {"kind": rule.kind, "subject": subject, "failures": first.failures, "last_at": now}
    statement = insert(lockouts).values(values).on_conflict_do_nothing().returning(lockouts.c.failures)
    if (await uow.execute(statement)).first() is not None:
        return first
    counted = after_failure(await find_lock(uow, rule, subject, lock=True), rule, now)
    await uow.execute(
        lockouts.update()
        .where(and_(lockouts.c.kind == rule.kind, lockouts.c.subject == subject))
        .values(failures=counted.failures, last_at=counted.last_at, locked_until=counted.locked_until)
    )
    return counted


async def forgive(uow: Uow, rule: LockRule, subject: str) -> None:
    """Forget the failures after a success."""
    await uow.execute(delete(lockouts).where(lockouts.c.kind == rule.kind, lockouts.c.subject == subject))


async def delete_old(uow: Uow, before: datetime) -> None:
    """Remove counts whose last failure was before a time."""
    await uow.execute(delete(lockouts).where(lockouts.c.last_at < before))
