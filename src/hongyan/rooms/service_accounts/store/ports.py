"""Statements of channel numbers and bindings."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Row, Text, and_, cast, delete, exists, func, insert, select

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TenantId
from hongyan.kernel.paging import Page
from hongyan.rooms.service_accounts.contracts.accounts import Pub, State
from hongyan.rooms.service_accounts.contracts.lists import PortFilter, Window
from hongyan.rooms.service_accounts.contracts.ports import Binding, Port, PortForm, PortRow, PortType
from hongyan.rooms.service_accounts.store.orders import sorted_by
from hongyan.rooms.service_accounts.store.pubs import COLUMNS as PUB_COLUMNS
from hongyan.rooms.service_accounts.store.pubs import pub_of
from hongyan.rooms.service_accounts.tables import bindings, ports, pubs

_PORT, _BINDING, _PUB = "port_", "binding_", "pub_"
_LABELLED_PORT = [column.label(_PORT + column.name) for column in ports.c]
_LABELLED_BINDING = [column.label(_BINDING + column.name) for column in bindings.c]
_LABELLED_PUB = [column.label(_PUB + column.name) for column in PUB_COLUMNS]


def _port(row: Row[Any]) -> Port:
    kept = row._mapping  # noqa: SLF001 - SQLAlchemy's accessor of a row's columns
    form = PortForm(
        port=kept[_PORT + "port"],
        type=PortType(kept[_PORT + "type"]),
        signs=tuple(kept[_PORT + "signs"]),
        is_checked=kept[_PORT + "is_checked"],
        proofs=tuple(kept[_PORT + "proofs"]),
    )
    return Port(kept[_PORT + "port_id"], kept[_PORT + "tenant_id"], form, kept[_PORT + "created_at"])


def _binding(row: Row[Any]) -> Binding:
    kept = row._mapping  # noqa: SLF001 - SQLAlchemy's accessor of a row's columns
    values = {column.name: kept[_BINDING + column.name] for column in bindings.c}
    return Binding(**values | {"signs": tuple(values["signs"]), "areas": tuple(values["areas"])})


async def insert_port(uow: Uow, port: Port) -> None:
    """Write a new channel number."""
    form = port.form
    await uow.execute(
        insert(ports).values(
            port_id=port.port_id,
            tenant_id=port.tenant_id,
            port=form.port,
            type=form.type.value,
            signs=list(form.signs),
            is_checked=form.is_checked,
            proofs=list(form.proofs),
            created_at=port.created_at,
        )
    )


async def list_same(uow: Uow, number: str, kind: PortType) -> list[Port]:
    """Return all companies' registrations of a number."""
    rows = await uow.execute(select(*_LABELLED_PORT).where(ports.c.port == number, ports.c.type == kind.value))
    return [_port(row) for row in rows]


async def find_port(uow: Uow, tenant_id: TenantId, port_id: str, *, lock: bool = False) -> Port | None:
    """Return a channel number; with ``lock`` nobody else binds or deletes it until the transaction ends."""
    statement = select(*_LABELLED_PORT).where(ports.c.tenant_id == tenant_id, ports.c.port_id == port_id)
    row = (await uow.execute(statement.with_for_update() if lock else statement)).first()
    return _port(row) if row else None


async def list_tenant_ports(uow: Uow, tenant_id: TenantId, signs: Collection[str]) -> list[Port]:
    """Return a tenant's channel numbers that carry one of the signatures, the oldest first."""
    rows = await uow.execute(
        select(*_LABELLED_PORT)
        .where(ports.c.tenant_id == tenant_id, ports.c.signs.overlap(list(signs)))
        .order_by(ports.c.created_at, ports.c.port_id)
    )
    return [_port(row) for row in rows]


async def delete_port(uow: Uow, tenant_id: TenantId, port_id: str) -> None:
    """Remove a channel number without bindings."""
    await uow.execute(delete(ports).where(ports.c.tenant_id == tenant_id, ports.c.port_id == port_id))


async def insert_binding(uow: Uow, binding: Binding) -> None:
    """Write a new binding."""
    await uow.execute(
        insert(bindings).values(
            binding_id=binding.binding_id,
            tenant_id=binding.tenant_id,
            port_id=binding.port_id,
            pub_id=binding.pub_id,
            signs=list(binding.signs),
            areas=list(binding.areas),
            is_auto=binding.is_auto,
            created_at=binding.created_at,
        )
    )


async def list_bound(uow: Uow, tenant_id: TenantId, port_id: str) -> list[Binding]:
    """Return a channel number's bindings."""
    rows = await uow.execute(
        select(*_LABELLED_BINDING).where(bindings.c.tenant_id == tenant_id, bindings.c.port_id == port_id)
    )
    return [_binding(row) for row in rows]


async def delete_binding(uow: Uow, tenant_id: TenantId, binding_id: str) -> bool:
    """Remove a binding; tells whether it was there."""
    result = await uow.execute(
        delete(bindings)
        .where(bindings.c.tenant_id == tenant_id, bindings.c.binding_id == binding_id)
        .returning(bindings.c.binding_id)
    )
    return result.first() is not None


async def delete_auto(uow: Uow, tenant_id: TenantId, pub_id: str) -> None:
    """Remove the bindings that an account collected by itself."""
    await uow.execute(
        delete(bindings).where(
            bindings.c.tenant_id == tenant_id, bindings.c.pub_id == pub_id, bindings.c.is_auto.is_(True)
        )
    )


def _port_conditions(tenant_id: TenantId, wanted: PortFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [ports.c.tenant_id == tenant_id]
    if wanted.port:
        found.append(ports.c.port.contains(wanted.port, autoescape=True))
    if wanted.type:
        found.append(ports.c.type == wanted.type.value)
    return found


def _has_sign(signs: Any, wanted: str) -> ColumnElement[bool]:
    # No signature holds a line break, so a hit lies within one of them.
    return cast(func.array_to_string(signs, "\n"), Text).icontains(wanted, autoescape=True)


async def list_ports(uow: Uow, tenant_id: TenantId, wanted: PortFilter, window: Window) -> Page[PortRow]:
    """Return a page of channel numbers with the accounts bound to them, newest first."""
    conditions = _port_conditions(tenant_id, wanted)
    if wanted.sign:
        conditions.append(_has_sign(ports.c.signs, wanted.sign))
    if wanted.is_bound is not None:
        bound = exists().where(bindings.c.port_id == ports.c.port_id)
        conditions.append(bound if wanted.is_bound else ~bound)
    if window.begin:
        conditions.append(ports.c.created_at >= window.begin)
    if window.end:
        conditions.append(ports.c.created_at <= window.end)
    where = and_(*conditions)
    total = (await uow.execute(select(func.count()).select_from(ports).where(where))).scalar_one()
    rows = await uow.execute(
        select(*_LABELLED_PORT)
        .where(where)
        .order_by(sorted_by(ports.c, window), ports.c.port_id)
        .offset(window.offset)
        .limit(window.limit)
    )
    found = [_port(row) for row in rows]
    bound_to = await _pubs_of(uow, tenant_id, [port.port_id for port in found])
    items = tuple(PortRow(port, tuple(bound_to.get(port.port_id, ()))) for port in found)
    return Page(items, total, window.offset, window.limit)


async def _pubs_of(uow: Uow, tenant_id: TenantId, port_ids: list[str]) -> dict[str, list[Pub]]:
    rows = await uow.execute(
        select(bindings.c.port_id.label("of_port"), *_LABELLED_PUB)
        .select_from(bindings.join(pubs, bindings.c.pub_id == pubs.c.pub_id))
        .where(bindings.c.tenant_id == tenant_id, bindings.c.port_id.in_(port_ids))
        .order_by(bindings.c.created_at, bindings.c.binding_id)
    )
    found: dict[str, list[Pub]] = {}
    for row in rows:
        pub, of_port = pub_of(row, _PUB), found.setdefault(row.of_port, [])
        if all(other.pub_id != pub.pub_id for other in of_port):
            of_port.append(pub)
    return found


async def list_bindings(uow: Uow, tenant_id: TenantId, wanted: PortFilter, window: Window) -> Page[PortRow]:
    """Return a page of bindings with both of their ends, newest first."""
    conditions = _port_conditions(tenant_id, wanted)
    if wanted.sign:
        conditions.append(_has_sign(bindings.c.signs, wanted.sign))
    if wanted.pub_name:
        conditions.append(pubs.c.name.icontains(wanted.pub_name, autoescape=True))
    if window.begin:
        conditions.append(bindings.c.created_at >= window.begin)
    if window.end:
        conditions.append(bindings.c.created_at <= window.end)
    joined = bindings.join(ports, bindings.c.port_id == ports.c.port_id).join(pubs, bindings.c.pub_id == pubs.c.pub_id)
    where = and_(*conditions)
    total = (await uow.execute(select(func.count()).select_from(joined).where(where))).scalar_one()
    rows = await uow.execute(
        select(*_LABELLED_PORT, *_LABELLED_BINDING, *_LABELLED_PUB)
        .select_from(joined)
        .where(where)
        .order_by(sorted_by(ports.c if window.sort.endswith("port") else bindings.c, window), bindings.c.binding_id)
        .offset(window.offset)
        .limit(window.limit)
    )
    items = tuple(PortRow(_port(row), (pub_of(row, _PUB),), _binding(row)) for row in rows)
    return Page(items, total, window.offset, window.limit)


async def list_in_effect(uow: Uow, numbers: Collection[str]) -> list[tuple[Port, Binding]]:
    """Return the bindings of all companies on any of the numbers whose accounts are in effect (phones ask)."""
    rows = await uow.execute(
        select(*_LABELLED_PORT, *_LABELLED_BINDING)
        .select_from(
            bindings.join(ports, bindings.c.port_id == ports.c.port_id).join(pubs, bindings.c.pub_id == pubs.c.pub_id)
        )
        .where(ports.c.port.in_(set(numbers)), pubs.c.state == State.EFFECTIVE.value)
    )
    return [(_port(row), _binding(row)) for row in rows]
