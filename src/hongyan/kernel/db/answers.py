"""Answers of idempotent requests, kept for a day in the transaction of the request itself.

Not for: reading the header and deciding what "the same request" is (``kernel.http.once``).
"""

from datetime import datetime, timedelta

from sqlalchemy import Column, DateTime, Index, LargeBinary, String, Table, Uuid, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from hongyan.kernel.db.database import Uow
from hongyan.kernel.db.metadata import metadata
from hongyan.kernel.ids import TenantId

KEEP = timedelta(hours=24)

answers = Table(
    "kernel_answers",
    metadata,
    Column("tenant_id", Uuid(as_uuid=False), primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("request_hash", LargeBinary, nullable=False),
    Column("answer", LargeBinary, comment="sealed by the key ring: it may hold phone numbers"),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Index("ix_kernel_answers_created", "created_at"),
)


async def claim_answer(uow: Uow, tenant_id: TenantId, key: str, request_hash: bytes, now: datetime) -> bool:
    """Take an idempotency key; false when it is taken. A rival that is still running is waited for."""
    await uow.execute(
        delete(answers).where(answers.c.tenant_id == tenant_id, answers.c.key == key, answers.c.created_at < now - KEEP)
    )
    statement = (
        insert(answers)
        .values(tenant_id=tenant_id, key=key, request_hash=request_hash, created_at=now)
        .on_conflict_do_nothing()
        # Not rowcount: SQLAlchemy does not keep it for an INSERT.
        .returning(answers.c.key)
    )
    return (await uow.execute(statement)).one_or_none() is not None


async def find_answer(uow: Uow, tenant_id: TenantId, key: str) -> tuple[bytes, bytes] | None:
    """Return (hash of the request, its sealed answer)."""
    statement = select(answers.c.request_hash, answers.c.answer).where(
        answers.c.tenant_id == tenant_id, answers.c.key == key
    )
    row = (await uow.execute(statement)).one_or_none()
    return None if row is None else (row.request_hash, row.answer)


async def store_answer(uow: Uow, tenant_id: TenantId, key: str, answer: bytes) -> None:
    """Remember the sealed answer of a request in its own transaction."""
    statement = update(answers).where(answers.c.tenant_id == tenant_id, answers.c.key == key).values(answer=answer)
    await uow.execute(statement)


async def forget_answers(uow: Uow, now: datetime) -> int:
    """Drop answers older than a day, of all tenants."""
    return (await uow.execute(delete(answers).where(answers.c.created_at < now - KEEP))).rowcount
