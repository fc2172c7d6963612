"""All SQL of the handsets room.

Vendors, nonces, registrations and events are the platform's and have no tenant; answers and grants begin with theirs.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import and_, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import CardTemplateId, TenantId
from hongyan.rooms.handsets.contracts import (
    CardEvent,
    CardEventKind,
    CardLife,
    CardSums,
    GrantRequest,
    Registration,
    RegistrationState,
    Vendor,
    VendorAccount,
    VendorState,
)
from hongyan.rooms.handsets.tables import answers, events, grants, hours, nonces, registrations, vendors

AnswerRow = tuple[bytes, int, int, int, datetime, datetime]
"""Sealed number, asked mask, capable mask, confidence, known since, good until."""


async def save_vendor(uow: Uow, account: VendorAccount, sealed_secret: bytes) -> None:
    """Write a vendor's account, replacing the one before."""
    values = {
        "driver": account.driver,
        "endpoint": account.endpoint,
        "key_id": account.key_id,
        "sealed_secret": sealed_secret,
        "state": account.state.value,
        "updated_at": account.updated_at,
    }
    statement = insert(vendors).values(vendor=account.vendor.value, **values)
    await uow.execute(statement.on_conflict_do_update(index_elements=[vendors.c.vendor], set_=values))


async def list_vendors(uow: Uow) -> list[tuple[VendorAccount, bytes]]:
    """Return all accounts with their sealed secrets, by name."""
    statement = select(
        vendors.c.vendor,
        vendors.c.driver,
        vendors.c.endpoint,
        vendors.c.key_id,
        vendors.c.state,
        vendors.c.updated_at,
        vendors.c.sealed_secret,
    ).order_by(vendors.c.vendor)
    return [
        (
            VendorAccount(
                Vendor(row.vendor), row.driver, row.endpoint, row.key_id, VendorState(row.state), row.updated_at
            ),
            bytes(row.sealed_secret),
        )
        for row in await uow.execute(statement)
    ]


async def set_vendor_state(uow: Uow, vendor: Vendor, state: VendorState, now: datetime) -> bool:
    """Switch a vendor; returns whether it has an account."""
    statement = update(vendors).where(vendors.c.vendor == vendor.value).values(state=state.value, updated_at=now)
    return (await uow.execute(statement)).rowcount == 1


async def remember_nonce(uow: Uow, key_id: str, nonce: str, now: datetime) -> bool:
    """Write a nonce; returns ``False`` when it was seen before."""
    # A crash may forget the last 0.6 s of nonces; waiting for the disk on every resolve would cost more than such a
    # replay can do.
    await uow.fetch("SET LOCAL synchronous_commit TO off")
    statement = insert(nonces).values(key_id=key_id, nonce=nonce, seen_at=now).on_conflict_do_nothing()
    return (await uow.execute(statement.returning(nonces.c.nonce))).first() is not None


async def forget_nonces(uow: Uow, before: datetime) -> int:
    """Drop nonces whose time is refused anyway; returns how many."""
    return (await uow.execute(delete(nonces).where(nonces.c.seen_at < before))).rowcount


async def list_answers(
    uow: Uow, tenant_id: TenantId, phones: Sequence[bytes], now: datetime
) -> dict[bytes, tuple[int, int]]:
    """Return (asked, capable) masks of those sealed numbers about which there is an answer that is still good."""
    rows = await uow.fetch(
        "SELECT phone, asked_mask, capable_mask FROM handsets_answers"
        " WHERE tenant_id = %s AND phone = ANY(%s) AND good_until > %s",
        (tenant_id, list(phones), now),
    )
    return {bytes(phone): (asked, capable) for phone, asked, capable in rows}


async def save_answers(uow: Uow, tenant_id: TenantId, rows: Sequence[AnswerRow]) -> None:
    """Write answers by COPY, replacing older ones.

    Sorted by number, so that two checks of the same people at once lock in the same order.
    """
    await uow.fetch(
        "CREATE TEMP TABLE IF NOT EXISTS fresh_answers (phone bytea, asked_mask int2, capable_mask int2,"
        " confidence int2, known_since timestamptz, good_until timestamptz) ON COMMIT DELETE ROWS"
    )
    columns = {
        "phone": "bytea",
        "asked_mask": "int2",
        "capable_mask": "int2",
        "confidence": "int2",
        "known_since": "timestamptz",
        "good_until": "timestamptz",
    }
    await uow.copy_rows("fresh_answers", columns, sorted(rows))
    await uow.fetch(
        "INSERT INTO handsets_answers"
        " (tenant_id, phone, asked_mask, capable_mask, confidence, known_since, good_until)"
        " SELECT %s, phone, asked_mask, capable_mask, confidence, known_since, good_until"
        " FROM fresh_answers ORDER BY phone"
        " ON CONFLICT (tenant_id, phone) DO UPDATE SET asked_mask = excluded.asked_mask,"
        " capable_mask = excluded.capable_mask, confidence = excluded.confidence,"
        " known_since = excluded.known_since, good_until = excluded.good_until",
        (tenant_id,),
    )
    await uow.fetch("TRUNCATE fresh_answers")


async def delete_answers(uow: Uow, tenant_id: TenantId, phones: Sequence[bytes]) -> int:
    """Forget what is known about some people; returns how many rows went."""
    statement = delete(answers).where(answers.c.tenant_id == tenant_id, answers.c.phone.in_(phones))
    return (await uow.execute(statement)).rowcount


async def save_registration(
    uow: Uow, *, kind: str, subject: str, version: int, registration: Registration, now: datetime
) -> bool:
    """Write a vendor's state of a template or domain unless a newer version has one; returns whether it was written."""
    values = {
        "version": version,
        "state": registration.state.value,
        "vendor_ref": registration.vendor_ref,
        "reason": registration.reason,
        "updated_at": now,
    }
    statement = insert(registrations).values(vendor=registration.vendor.value, kind=kind, subject=subject, **values)
    statement = statement.on_conflict_do_update(
        index_elements=[registrations.c.vendor, registrations.c.kind, registrations.c.subject],
        set_=values,
        where=registrations.c.version <= version,
    )
    return (await uow.execute(statement.returning(registrations.c.version))).first() is not None


async def list_registrations(uow: Uow, kind: str, subject: str) -> list[Registration]:
    """Return every vendor's state of one subject."""
    statement = (
        select(registrations.c.vendor, registrations.c.state, registrations.c.vendor_ref, registrations.c.reason)
        .where(registrations.c.kind == kind, registrations.c.subject == subject)
        .order_by(registrations.c.vendor)
    )
    return [
        Registration(Vendor(row.vendor), RegistrationState(row.state), row.vendor_ref, row.reason)
        for row in await uow.execute(statement)
    ]


async def count_other_devices(uow: Uow, request: GrantRequest, reserved_since: datetime) -> int:
    """Count the other devices that drew the card or were granted it a moment ago; locks the link until the commit."""
    await uow.fetch(
        "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"handsets:{request.range_id}:{request.offset}",)
    )
    statement = select(func.count()).where(
        grants.c.tenant_id == request.tenant_id,
        grants.c.range_id == request.range_id,
        grants.c.link_offset == request.offset,
        grants.c.device_hash != bytes.fromhex(request.device_hash),
        or_(grants.c.rendered_at.is_not(None), grants.c.granted_at > reserved_since),
    )
    return int((await uow.execute(statement)).scalar_one())


async def save_grant(uow: Uow, request: GrantRequest, now: datetime) -> None:
    """Write that a device may draw the card; asking again only moves its time."""
    statement = insert(grants).values(
        tenant_id=request.tenant_id,
        range_id=request.range_id,
        link_offset=request.offset,
        device_hash=bytes.fromhex(request.device_hash),
        task_id=request.task_id,
        tpl_id=request.tpl_id,
        code=request.code,
        vendor=request.vendor.value,
        granted_at=now,
    )
    key = [grants.c.tenant_id, grants.c.range_id, grants.c.link_offset, grants.c.device_hash]
    await uow.execute(statement.on_conflict_do_update(index_elements=key, set_={"granted_at": now}))


async def list_card_lives(uow: Uow, tenant_id: TenantId, task_id: str, code: str) -> list[CardLife]:
    """Return what became of the card behind a link on each handset that asked for it, the first one first."""
    c = grants.c
    statement = (
        select(c.vendor, c.granted_at, c.rendered_at, c.exposed_at, c.clicks)
        .where(c.code == code, c.tenant_id == tenant_id, c.task_id == task_id)
        .order_by(c.granted_at)
    )
    rows = (await uow.execute(statement)).all()
    return [CardLife(Vendor(r.vendor), r.granted_at, r.rendered_at, r.exposed_at, r.clicks) for r in rows]


async def save_event(uow: Uow, vendor: Vendor, event: CardEvent, *, is_known: bool, now: datetime) -> bool:
    """Write an event; returns ``False`` for one that was written before."""
    statement = insert(events).values(
        vendor=vendor.value,
        event_id=event.event_id,
        kind=event.kind.value,
        code=event.code,
        at=event.at,
        received_at=now,
        position=event.position,
        is_known=is_known,
    )
    statement = statement.on_conflict_do_nothing()
    return (await uow.execute(statement.returning(events.c.event_id))).first() is not None


class Granted(NamedTuple):
    """A card that a device was allowed to draw."""

    tenant_id: TenantId
    task_id: str | None
    tpl_id: CardTemplateId | None
    range_id: int
    offset: int


async def list_granted(uow: Uow, vendor: Vendor, devices: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Granted]:
    """Return what was granted to those (code, device hash) that are this vendor's devices."""
    wanted = [
        and_(grants.c.code == code, grants.c.device_hash == bytes.fromhex(device)) for code, device in set(devices)
    ]
    if not wanted:
        return {}
    statement = select(
        grants.c.code,
        grants.c.device_hash,
        grants.c.tenant_id,
        grants.c.task_id,
        grants.c.tpl_id,
        grants.c.range_id,
        grants.c.link_offset,
    ).where(grants.c.vendor == vendor.value, or_(*wanted))
    return {
        (row.code, bytes(row.device_hash).hex()): Granted(
            TenantId(row.tenant_id), row.task_id, row.tpl_id, row.range_id, row.link_offset
        )
        for row in await uow.execute(statement)
    }


async def note_event(uow: Uow, grant: Granted, event: CardEvent) -> bool:
    """Fold a new event into its grant; returns whether it is the first of its kind there."""
    mine = and_(
        grants.c.tenant_id == grant.tenant_id,
        grants.c.range_id == grant.range_id,
        grants.c.link_offset == grant.offset,
        grants.c.device_hash == bytes.fromhex(event.device_hash),
    )
    if event.kind is CardEventKind.CLICKED:
        statement = update(grants).where(mine).values(clicks=grants.c.clicks + 1).returning(grants.c.clicks)
        return int((await uow.execute(statement)).scalar_one()) == 1
    column = grants.c.rendered_at if event.kind is CardEventKind.RENDERED else grants.c.exposed_at
    return (await uow.execute(update(grants).where(mine, column.is_(None)).values({column: event.at}))).rowcount == 1


HourKey = tuple[TenantId, datetime, str, CardTemplateId, Vendor]
"""Tenant, hour, task, template, vendor."""
_COUNTED: Final = ("resolved", "exposed_people", "exposed_times", "clicked_people", "clicked_times")


async def add_hours(uow: Uow, sums: Mapping[HourKey, Counter[str]]) -> None:
    """Add to the counts of hours, in the order of their keys, so that two calls lock in one order."""
    for (tenant_id, hour, task_id, tpl_id, vendor), counts in sorted(sums.items(), key=lambda item: item[0]):
        values = {name: counts[name] for name in _COUNTED}
        statement = insert(hours).values(
            tenant_id=tenant_id, hour=hour, task_id=task_id, tpl_id=tpl_id, vendor=vendor.value, **values
        )
        added = {name: hours.c[name] + statement.excluded[name] for name in _COUNTED}
        await uow.execute(statement.on_conflict_do_update(index_elements=list(hours.primary_key), set_=added))


async def sum_hours(
    uow: Uow, tenant_id: TenantId, begin: datetime, end: datetime, without_tasks: Collection[str]
) -> list[CardSums]:
    """Sum the hours from ``begin`` until ``end`` by template and vendor."""
    statement = (
        select(hours.c.tpl_id, hours.c.vendor, *(func.sum(hours.c[name]).label(name) for name in _COUNTED))
        .where(hours.c.tenant_id == tenant_id, hours.c.hour >= begin, hours.c.hour < end)
        .where(hours.c.task_id.not_in(list(without_tasks)))
        .group_by(hours.c.tpl_id, hours.c.vendor)
        .order_by(hours.c.tpl_id, hours.c.vendor)
    )
    return [
        CardSums(CardTemplateId(row.tpl_id), Vendor(row.vendor), *(int(getattr(row, name)) for name in _COUNTED))
        for row in await uow.execute(statement)
    ]


async def list_tenants_of_hours(uow: Uow, since: datetime) -> list[TenantId]:
    """Return the tenants to whose cards something has happened since a time."""
    statement = select(hours.c.tenant_id).where(hours.c.hour >= since).distinct().order_by(hours.c.tenant_id)
    return [TenantId(row.tenant_id) for row in await uow.execute(statement)]
