"""Domains, generations and their counters."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, select, update
from sqlalchemy.dialects.postgresql import insert

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TenantId
from hongyan.rooms.short_links.contracts import Domain, DomainId, DomainKind, DomainState, GenerationId
from hongyan.rooms.short_links.tables import counters, domains, generations

_DOMAIN = (
    domains.c.domain_id,
    domains.c.name,
    domains.c.tenant_id,
    domains.c.kind,
    domains.c.state,
    domains.c.is_preset,
    domains.c.created_at,
)


@dataclass(frozen=True, slots=True)
class GenerationRow:
    """One generation as it is stored."""

    generation_id: GenerationId
    domain_id: DomainId
    sealed_key: bytes
    length: int
    first_chars: str
    is_active: bool
    next_no: int
    """High-water mark."""


async def insert_domain(
    uow: Uow, tenant_id: TenantId | None, name: str, kind: DomainKind, state: DomainState, *, is_preset: bool
) -> Domain | None:
    """Add a domain; ``None`` when the name is taken."""
    statement = (
        insert(domains)
        .values(tenant_id=tenant_id, name=name, kind=kind, state=state, is_preset=is_preset)
        .on_conflict_do_nothing(index_elements=[domains.c.name])
        .returning(*_DOMAIN)
    )
    row = (await uow.execute(statement)).one_or_none()
    return None if row is None else _domain(row)


async def find_domain(uow: Uow, name: str) -> Domain | None:
    """Return the domain with a name."""
    return await _find(uow, domains.c.name == name)


async def lock_host(uow: Uow, host: str) -> None:
    """Let only one transaction at a time register a host and path levels below it."""
    await uow.fetch("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"short_links_domains/{host}",))


async def has_neighbours(uow: Uow, tenant_id: TenantId | None, name: str) -> bool:
    """Tell whether another tenant has what a name stands below, or (not for the platform) what stands below it."""
    levels = name.split("/")
    above = domains.c.name.in_(["/".join(levels[:count]) for count in range(1, len(levels))])
    below = domains.c.name.startswith(f"{name}/", autoescape=True)
    others = domains.c.tenant_id.is_not(None)
    near = above if tenant_id is None else and_(above | below, domains.c.tenant_id != tenant_id)
    statement = select(domains.c.domain_id).where(near, others, domains.c.state != DomainState.REJECTED)
    return (await uow.execute(statement.limit(1))).first() is not None


async def find_own_domain(uow: Uow, tenant_id: TenantId | None, domain_id: DomainId) -> Domain | None:
    """Return one of a tenant's own domains, or of those for everybody."""
    owned = domains.c.tenant_id.is_(None) if tenant_id is None else domains.c.tenant_id == tenant_id
    return await _find(uow, and_(owned, domains.c.domain_id == domain_id))


async def find_preset_domain(uow: Uow) -> Domain | None:
    """Return the public domain that new links get by default."""
    return await _find(uow, domains.c.is_preset)


async def list_domains(uow: Uow, tenant_id: TenantId | None) -> tuple[Domain, ...]:
    """Return the tenant's domains and those for everybody, or only those."""
    public = domains.c.tenant_id.is_(None)
    usable = public if tenant_id is None else public | (domains.c.tenant_id == tenant_id)
    rows = await uow.execute(select(*_DOMAIN).where(usable).order_by(domains.c.domain_id))
    return tuple(_domain(row) for row in rows)


async def set_preset(uow: Uow, domain_id: DomainId) -> None:
    """Make one domain the preset one."""
    await uow.execute(update(domains).where(domains.c.is_preset).values(is_preset=False))
    await uow.execute(update(domains).where(domains.c.domain_id == domain_id).values(is_preset=True))


async def set_state(uow: Uow, domain_id: DomainId, state: DomainState) -> None:
    """Write the state of a domain."""
    await uow.execute(update(domains).where(domains.c.domain_id == domain_id).values(state=state))


async def insert_generation(
    uow: Uow, domain_id: DomainId, sealed_key: bytes, length: int, first_chars: str
) -> GenerationId:
    """Add a generation as the active one of its domain, its counter at 0."""
    await uow.execute(
        update(generations).where(generations.c.domain_id == domain_id, generations.c.is_active).values(is_active=False)
    )
    statement = (
        insert(generations)
        .values(domain_id=domain_id, sealed_key=sealed_key, length=length, first_chars=first_chars, is_active=True)
        .returning(generations.c.generation_id)
    )
    generation_id = GenerationId((await uow.execute(statement)).scalar_one())
    await uow.execute(insert(counters).values(generation_id=generation_id, next_no=0))
    return generation_id


async def lock_domain(uow: Uow, domain_id: DomainId) -> None:
    """Let only one transaction at a time change the generations of a domain."""
    await uow.execute(select(domains.c.domain_id).where(domains.c.domain_id == domain_id).with_for_update())


async def list_all(uow: Uow) -> tuple[list[Domain], list[GenerationRow]]:
    """Return all domains and generations with their high-water marks: what a redirector keeps in memory."""
    domain_rows = await uow.execute(select(*_DOMAIN).order_by(domains.c.domain_id))
    generation_rows = await uow.execute(
        select(
            generations.c.generation_id,
            generations.c.domain_id,
            generations.c.sealed_key,
            generations.c.length,
            generations.c.first_chars,
            generations.c.is_active,
            counters.c.next_no,
        )
        .join_from(generations, counters, counters.c.generation_id == generations.c.generation_id)
        .order_by(generations.c.generation_id)
    )
    return [_domain(row) for row in domain_rows], [
        GenerationRow(
            row.generation_id,
            row.domain_id,
            bytes(row.sealed_key),
            row.length,
            row.first_chars,
            row.is_active,
            row.next_no,
        )
        for row in generation_rows
    ]


async def advance_counter(uow: Uow, generation_id: GenerationId, count: int, limit: int) -> int | None:
    """Take ``count`` numbers below ``limit``; return the first one, or ``None`` when there are not that many."""
    statement = (
        update(counters)
        .where(counters.c.generation_id == generation_id, counters.c.next_no + count <= limit)
        .values(next_no=counters.c.next_no + count)
        .returning(counters.c.next_no)
    )
    row = (await uow.execute(statement)).one_or_none()
    return None if row is None else int(row.next_no) - count


async def jump_counters(uow: Uow, by: int) -> int:
    """Move every counter forward; return how many there are."""
    statement = update(counters).values(next_no=counters.c.next_no + by).returning(counters.c.generation_id)
    return len((await uow.execute(statement)).all())


async def list_sealed_keys(uow: Uow) -> Sequence[tuple[GenerationId, bytes]]:
    """Return the sealed keys, for the rotation of the key ring."""
    rows = await uow.execute(select(generations.c.generation_id, generations.c.sealed_key))
    return [(row.generation_id, bytes(row.sealed_key)) for row in rows]


async def set_sealed_key(uow: Uow, generation_id: GenerationId, sealed_key: bytes) -> None:
    """Write a key that was sealed again."""
    await uow.execute(
        update(generations).where(generations.c.generation_id == generation_id).values(sealed_key=sealed_key)
    )


async def _find(uow: Uow, condition: ColumnElement[bool]) -> Domain | None:
    row = (await uow.execute(select(*_DOMAIN).where(condition))).one_or_none()
    return None if row is None else _domain(row)


def _domain(row: Row[Any]) -> Domain:
    return Domain(
        domain_id=row.domain_id,
        name=row.name,
        tenant_id=row.tenant_id,
        kind=DomainKind(row.kind),
        state=DomainState(row.state),
        is_preset=row.is_preset,
        created_at=row.created_at,
    )
