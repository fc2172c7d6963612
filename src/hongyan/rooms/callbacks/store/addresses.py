"""Addresses, their health and notices."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, LiteralString, NamedTuple

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.engine import Row

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TenantId
from hongyan.rooms.callbacks.contracts import (
    Address,
    AddressId,
    AddressKind,
    AddressState,
    Notice,
    NoticeKind,
)
from hongyan.rooms.callbacks.tables import addresses, notices

_A = addresses.c
_WELL: Mapping[str, Any] = {
    "state": AddressState.ACTIVE.value,
    "failures": 0,
    "failing_since": None,
    "paused_until": None,
    "notice_at": None,
    "disabled_at": None,
}


class Secrets(NamedTuple):
    """Sealed signing keys of an address."""

    current: bytes | None
    old: bytes | None
    old_until: datetime | None


def _address(row: Row[Any]) -> Address:
    return Address(
        address_id=AddressId(row.address_id),
        tenant_id=TenantId(row.tenant_id),
        kind=AddressKind(row.kind),
        subject=row.subject,
        url=row.url,
        remark=row.remark,
        state=AddressState(row.state),
        is_signed=row.sealed_secret is not None,
        failures=row.failures,
        failing_since=row.failing_since,
        last_success_at=row.last_success_at,
        last_attempt_at=row.last_attempt_at,
        paused_until=row.paused_until,
        notice_at=row.notice_at,
        disabled_at=row.disabled_at,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


async def save_address(
    uow: Uow,
    tenant_id: TenantId,
    kind: AddressKind,
    subject: str,
    *,
    new_id: str,
    url: str,
    remark: str,
    now: datetime,
) -> Address:
    """Write an address, replacing the one of the same kind and subject (its id stays; a new URL starts well)."""
    statement = upsert(addresses).values(
        address_id=new_id,
        tenant_id=tenant_id,
        kind=kind.value,
        subject=subject,
        url=url,
        remark=remark,
        created_at=now,
        updated_at=now,
        **_WELL,
    )
    changed = {"url": url, "remark": remark, "updated_at": now, **_WELL}
    both = statement.on_conflict_do_update(index_elements=[_A.tenant_id, _A.kind, _A.subject], set_=changed)
    return _address((await uow.execute(both.returning(*addresses.c))).one())


_STAMP: Final[LiteralString] = """
SELECT a.address_id, a.updated_at, a.state, a.failures, a.last_success_at, a.paused_until, a.notice_at, a.disabled_at,
       a.old_secret_until, newest.post_id, tried.attempt_id, due.next_at, waiting.n
FROM callbacks_addresses AS a
LEFT JOIN LATERAL (SELECT post_id FROM callbacks_posts AS p WHERE p.address_id = a.address_id
                   ORDER BY created_at DESC, post_id DESC LIMIT 1) AS newest ON true
LEFT JOIN LATERAL (SELECT attempt_id FROM callbacks_attempts AS t WHERE t.address_id = a.address_id
                   ORDER BY attempt_id DESC LIMIT 1) AS tried ON true
LEFT JOIN LATERAL (SELECT next_at FROM callbacks_posts AS p WHERE p.address_id = a.address_id AND state = 0
                   ORDER BY next_at LIMIT 1) AS due ON true
CROSS JOIN LATERAL (SELECT count(*) AS n FROM (SELECT 1 FROM callbacks_posts AS p WHERE p.address_id = a.address_id
                    AND state = 0 LIMIT 1001) AS w) AS waiting
WHERE a.tenant_id = %s ORDER BY a.address_id
"""


async def stamp(uow: Uow, tenant_id: TenantId) -> list[tuple[object, ...]]:
    """Return values that are others once a tenant's address, or anything posted to one, has changed.

    A few entries of indexes for each address, however many posts it has.
    """
    return [tuple(row) for row in await uow.fetch(_STAMP, (tenant_id,))]


async def find_address(uow: Uow, tenant_id: TenantId, address_id: str, *, lock: bool = False) -> Address | None:
    """Return one of the tenant's addresses."""
    statement = select(addresses).where(_A.tenant_id == tenant_id, _A.address_id == address_id)
    row = (await uow.execute(statement.with_for_update() if lock else statement)).one_or_none()
    return None if row is None else _address(row)


async def list_addresses(uow: Uow, tenant_id: TenantId, kinds: Collection[AddressKind] = ()) -> list[Address]:
    """Return the tenant's addresses (of some kinds), the oldest first."""
    statement = select(addresses).where(_A.tenant_id == tenant_id).order_by(_A.created_at, _A.kind, _A.subject)
    if kinds:
        statement = statement.where(_A.kind.in_([kind.value for kind in kinds]))
    return [_address(row) for row in await uow.execute(statement)]


async def find_of_kind(uow: Uow, tenant_id: TenantId, kind: AddressKind, subject: str = "") -> Address | None:
    """Return the tenant's address of a kind."""
    statement = select(addresses).where(_A.tenant_id == tenant_id, _A.kind == kind.value, _A.subject == subject)
    row = (await uow.execute(statement)).one_or_none()
    return None if row is None else _address(row)


async def delete_address(uow: Uow, tenant_id: TenantId, address_id: AddressId) -> None:
    """Remove an address; its notices stay until they are old."""
    await uow.execute(delete(addresses).where(_A.tenant_id == tenant_id, _A.address_id == address_id))


async def enable_address(uow: Uow, tenant_id: TenantId, address_id: AddressId, now: datetime) -> None:
    """Begin anew: no failures counted."""
    statement = update(addresses).where(_A.tenant_id == tenant_id, _A.address_id == address_id)
    await uow.execute(statement.values(updated_at=now, **_WELL))


async def set_secrets(uow: Uow, tenant_id: TenantId, address_id: AddressId, secrets: Secrets) -> None:
    """Write the signing keys."""
    statement = update(addresses).where(_A.tenant_id == tenant_id, _A.address_id == address_id)
    await uow.execute(
        statement.values(
            sealed_secret=secrets.current, sealed_old_secret=secrets.old, old_secret_until=secrets.old_until
        )
    )


async def get_secrets(uow: Uow, tenant_id: TenantId, address_id: AddressId) -> Secrets:
    """Return the signing keys of an address that is there."""
    statement = select(_A.sealed_secret, _A.sealed_old_secret, _A.old_secret_until).where(
        _A.tenant_id == tenant_id, _A.address_id == address_id
    )
    row = (await uow.execute(statement)).one()
    return Secrets(row.sealed_secret, row.sealed_old_secret, row.old_secret_until)


class Health(NamedTuple):
    """What attempts have made of an address."""

    address_id: AddressId
    failures: int
    failing_since: datetime | None


async def lock_health(uow: Uow, address_ids: Collection[AddressId]) -> dict[AddressId, Health]:
    """Return and lock the health of some addresses, in one order for all writers."""
    statement = (
        select(_A.address_id, _A.failures, _A.failing_since)
        .where(_A.address_id.in_(sorted(address_ids)))
        .order_by(_A.address_id)
        .with_for_update()
    )
    rows = await uow.execute(statement)
    return {row.address_id: Health(AddressId(row.address_id), row.failures, row.failing_since) for row in rows}


async def save_health(
    uow: Uow, health: Health, *, paused_until: datetime | None, success_at: datetime | None, at: datetime
) -> None:
    """Write the health of a locked address; a success takes a notice back."""
    values: dict[str, Any] = {
        "failures": health.failures,
        "failing_since": health.failing_since,
        "paused_until": paused_until,
        "last_attempt_at": at,
    }
    if success_at is not None:
        values["last_success_at"] = success_at
    if health.failing_since is None or success_at is not None:
        values["notice_at"] = None
    await uow.execute(update(addresses).where(_A.address_id == health.address_id).values(values))


async def take_unwell(uow: Uow, now: datetime, *, notice: timedelta, disable: timedelta) -> list[Address]:
    """Return and lock active addresses that fail for so long that something is due: a notice, or disabling."""
    statement = (
        select(addresses)
        .where(
            _A.state == AddressState.ACTIVE.value,
            or_(
                (_A.failing_since <= now - notice) & _A.notice_at.is_(None),
                _A.failing_since <= now - disable,
            ),
        )
        .order_by(_A.address_id)
        .with_for_update(skip_locked=True)
    )
    return [_address(row) for row in await uow.execute(statement)]


async def mark_noticed(uow: Uow, address: Address, now: datetime) -> None:
    """Remember that the owner was told."""
    await uow.execute(update(addresses).where(_A.address_id == address.address_id).values(notice_at=now))


async def mark_disabled(uow: Uow, address: Address, now: datetime) -> None:
    """Switch an address off."""
    values = {"state": AddressState.DISABLED.value, "disabled_at": now, "paused_until": None}
    await uow.execute(update(addresses).where(_A.address_id == address.address_id).values(values))


async def insert_notice(uow: Uow, tenant_id: TenantId, notice: Notice) -> None:
    """Write a notice."""
    values = {
        "tenant_id": tenant_id,
        "address_id": notice.address_id,
        "kind": notice.kind.value,
        "url": notice.url,
        "failing_since": notice.failing_since,
        "disables_at": notice.disables_at,
        "at": notice.at,
    }
    await uow.execute(insert(notices).values(values))


async def list_notices(uow: Uow, tenant_id: TenantId, *, limit: int) -> Sequence[Notice]:
    """Return the newest notices of a tenant."""
    statement = (
        select(notices).where(notices.c.tenant_id == tenant_id).order_by(notices.c.notice_id.desc()).limit(limit)
    )
    return [
        Notice(AddressId(row.address_id), NoticeKind(row.kind), row.url, row.failing_since, row.disables_at, row.at)
        for row in await uow.execute(statement)
    ]


async def delete_notices(uow: Uow, before: datetime) -> None:
    """Drop old notices."""
    await uow.execute(delete(notices).where(notices.c.at < before))
