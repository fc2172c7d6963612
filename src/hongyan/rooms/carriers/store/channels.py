"""Channel numbers of signatures."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from hongyan.kernel.db import hot
from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import SignatureId, TenantId
from hongyan.kernel.paging import Page
from hongyan.rooms.carriers.contracts import NumberSort, SignatureChannel, SignatureKey, SignatureNumber
from hongyan.rooms.carriers.tables import extension_seq, signature_channels

_PLACE = (
    signature_channels.c.tenant_id,
    signature_channels.c.signature_id,
    signature_channels.c.extension,
    signature_channels.c.channel_number,
)


async def ensure_channel(uow: Uow, tenant_id: TenantId, signature_id: SignatureId) -> tuple[str, str | None]:
    """Return (extension, channel number or ``None``) of a signature, with a fresh extension when it has none."""
    extension = await _fresh_extension(uow)
    statement = insert(signature_channels).values(tenant_id=tenant_id, signature_id=signature_id, extension=extension)
    await uow.execute(statement.on_conflict_do_nothing(index_elements=["tenant_id", "signature_id"]))
    row = (
        await uow.execute(
            select(signature_channels.c.extension, signature_channels.c.channel_number)
            .where(signature_channels.c.tenant_id == tenant_id, signature_channels.c.signature_id == signature_id)
            .with_for_update()
        )
    ).one()
    return row.extension, row.channel_number


async def _fresh_extension(uow: Uow) -> str:
    """Return the next extension that nobody was given by hand."""
    while True:
        extension = str((await uow.execute(select(extension_seq.next_value()))).scalar_one())
        taken = select(signature_channels.c.extension).where(signature_channels.c.extension == extension)
        if (await uow.execute(taken)).first() is None:
            return extension


async def update_channel_number(uow: Uow, tenant_id: TenantId, signature_id: SignatureId, number: str) -> None:
    """Write the channel number of a signature."""
    await uow.execute(
        update(signature_channels)
        .where(signature_channels.c.tenant_id == tenant_id, signature_channels.c.signature_id == signature_id)
        .values(channel_number=number)
    )


async def find_number(
    uow: Uow, tenant_id: TenantId, signature_id: SignatureId, *, lock: bool = False
) -> SignatureNumber | None:
    """Return the place of a signature, with or without a number; on wish with its row locked."""
    c = signature_channels.c
    statement = select(*_PLACE).where(c.tenant_id == tenant_id, c.signature_id == signature_id)
    row = (await uow.execute(statement.with_for_update() if lock else statement)).one_or_none()
    return None if row is None else _place(row)


async def list_numbers(
    uow: Uow, *, is_waiting: bool | None, search: str | None, sort: NumberSort | None = None, offset: int, limit: int
) -> Page[SignatureNumber]:
    """Return places of all tenants; unless sorted those that wait first, then the newest first."""
    c = signature_channels.c
    wanted: list[ColumnElement[bool]] = (
        [] if is_waiting is None else [c.channel_number.is_(None) if is_waiting else c.channel_number.is_not(None)]
    )
    if search:
        begins = c.channel_number.startswith(search, autoescape=True)
        wanted.append((c.signature_id == search) | begins | (c.extension == search))
    where = and_(True, *wanted)
    total = (await uow.execute(select(func.count()).select_from(signature_channels).where(where))).scalar_one()
    rows = await uow.execute(select(*_PLACE).where(where).order_by(*_order(sort)).offset(offset).limit(limit))
    return Page(tuple(_place(row) for row in rows), total, offset, limit)


def _order(sort: NumberSort | None) -> tuple[ColumnElement[Any], ...]:
    """Return by what a list is sorted: extensions as the numbers they are, each stands once; who has no number last."""
    c = signature_channels.c
    length = func.length(c.extension)
    rising, falling = (length, c.extension.collate("C")), (length.desc(), c.extension.collate("C").desc())
    if sort is None:
        return (c.channel_number.is_not(None), *falling)
    if sort.endswith("extension"):
        return falling if sort.startswith("-") else rising
    number = c.channel_number.collate("C")
    return (number.desc().nulls_last(), *falling) if sort.startswith("-") else (number.asc().nulls_last(), *rising)


async def is_extension_taken(uow: Uow, extension: str, but: SignatureKey) -> bool:
    """Tell whether another signature has an extension."""
    c = signature_channels.c
    others = (c.tenant_id != but[0]) | (c.signature_id != but[1])
    return (await uow.execute(select(c.extension).where(c.extension == extension, others))).first() is not None


async def update_place(uow: Uow, place: SignatureNumber) -> None:
    """Write extension and channel number of a signature."""
    c = signature_channels.c
    await uow.execute(
        update(signature_channels)
        .where(c.tenant_id == place.tenant_id, c.signature_id == place.signature_id)
        .values(extension=place.extension, channel_number=place.channel_number)
    )


async def delete_channel(uow: Uow, tenant_id: TenantId, signature_id: SignatureId) -> None:
    """Forget the channel of a signature; its extension is never given again (it came from a sequence)."""
    await uow.execute(
        delete(signature_channels).where(
            signature_channels.c.tenant_id == tenant_id, signature_channels.c.signature_id == signature_id
        )
    )


async def list_waiting(uow: Uow) -> list[tuple[TenantId, SignatureId, str]]:
    """Return (tenant, signature, extension) of signatures without a channel number, of all tenants."""
    c = signature_channels.c
    statement = select(c.tenant_id, c.signature_id, c.extension).where(c.channel_number.is_(None)).order_by(c.extension)
    return [(row.tenant_id, row.signature_id, row.extension) for row in await uow.execute(statement)]


async def find_channel(uow: Uow, tenant_id: TenantId, signature_id: SignatureId) -> SignatureChannel | None:
    """Return the channel of a signature when it has a number."""
    c = signature_channels.c
    return await _channel(uow, (c.tenant_id == tenant_id) & (c.signature_id == signature_id))


async def find_channel_by_extension(uow: Uow, extension: str) -> SignatureChannel | None:
    """Return the channel that owns an extension (of any tenant: an uplink names only the number)."""
    return await _channel(uow, signature_channels.c.extension == extension)


async def find_channels(uow: Uow, keys: Sequence[SignatureKey]) -> dict[SignatureKey, SignatureChannel]:
    """Return the channels of those signatures that have a number."""
    rows = await hot.fetch(
        uow,
        """SELECT c.tenant_id::text, c.signature_id, c.extension, c.channel_number
           FROM unnest(%s::uuid[], %s::text[]) AS k(tenant_id, signature_id)
           JOIN carriers_signature_channels AS c ON c.tenant_id = k.tenant_id AND c.signature_id = k.signature_id
           WHERE c.channel_number IS NOT NULL""",
        (hot.plain(key[0] for key in keys), hot.texts(key[1] for key in keys)),
    )
    found = [SignatureChannel(TenantId(row[0]), SignatureId(row[1]), row[2], row[3]) for row in rows]
    return {(channel.tenant_id, channel.signature_id): channel for channel in found}


async def search_channels(uow: Uow, text: str) -> list[SignatureChannel]:
    """Return the channels of any tenant whose signature id or channel number this is."""
    c = signature_channels.c
    statement = select(c.tenant_id, c.signature_id, c.extension, c.channel_number)
    rows = await uow.execute(
        statement.where((c.signature_id == text) | (c.channel_number == text), c.channel_number.is_not(None)).limit(2)
    )
    return [SignatureChannel(row.tenant_id, row.signature_id, row.extension, row.channel_number) for row in rows]


def _place(row: Any) -> SignatureNumber:
    return SignatureNumber(TenantId(row.tenant_id), SignatureId(row.signature_id), row.extension, row.channel_number)


async def _channel(uow: Uow, where: Any) -> SignatureChannel | None:
    c = signature_channels.c
    statement = select(c.tenant_id, c.signature_id, c.extension, c.channel_number)
    row = (await uow.execute(statement.where(where, c.channel_number.is_not(None)))).one_or_none()
    return None if row is None else SignatureChannel(row.tenant_id, row.signature_id, row.extension, row.channel_number)
