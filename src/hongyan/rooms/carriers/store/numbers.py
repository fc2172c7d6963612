"""Segments that an operator has set, and numbers that moved to another carrier (sealed under the line's key)."""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from hongyan.kernel.db import hot
from hongyan.kernel.db.database import Uow
from hongyan.rooms.carriers.contracts import Carrier
from hongyan.rooms.carriers.tables import ported, segments


async def list_segments(uow: Uow) -> dict[str, Carrier]:
    """Return the operator's segments."""
    return {
        row.prefix: Carrier(row.carrier) for row in await uow.execute(select(segments.c.prefix, segments.c.carrier))
    }


async def upsert_segment(uow: Uow, prefix: str, carrier: Carrier) -> None:
    """Write one segment."""
    statement = insert(segments).values(prefix=prefix, carrier=carrier)
    await uow.execute(statement.on_conflict_do_update(index_elements=["prefix"], set_={"carrier": carrier}))


async def delete_segment(uow: Uow, prefix: str) -> bool:
    """Forget one segment of the operator's; tells whether it was there."""
    return (await uow.execute(delete(segments).where(segments.c.prefix == prefix))).rowcount == 1


async def find_ported(uow: Uow, numbers: Sequence[bytes]) -> dict[bytes, Carrier]:
    """Return where those of the sealed numbers live that have moved."""
    rows = await hot.fetch(
        uow, "SELECT number, carrier FROM carriers_ported WHERE number = ANY(%s::bytea[])", (hot.octets(numbers),)
    )
    return {bytes(row[0]): Carrier(row[1]) for row in rows}


async def count_ported(uow: Uow) -> dict[Carrier, int]:
    """Count the ported numbers per carrier they went to (a full scan)."""
    rows = await uow.fetch("SELECT carrier, count(*) FROM carriers_ported GROUP BY carrier")
    return {Carrier(row[0]): row[1] for row in rows}


async def copy_ported(uow: Uow, numbers: Sequence[tuple[bytes, Carrier | None]]) -> None:
    """Write many numbers by COPY: where they live now, or that they are back at their segment (``None``).

    A number may stand there twice: the last line counts.
    """
    await uow.fetch(
        """CREATE TEMPORARY TABLE IF NOT EXISTS carriers_ported_lines (line int4, number bytea, carrier text)
           ON COMMIT DELETE ROWS"""
    )
    await uow.copy_rows(
        "carriers_ported_lines",
        {"line": "int4", "number": "bytea", "carrier": "text"},
        ((line, number, carrier) for line, (number, carrier) in enumerate(numbers)),
    )
    await uow.fetch(
        """WITH latest AS (SELECT DISTINCT ON (number) number, carrier FROM carriers_ported_lines
                           ORDER BY number, line DESC),
                gone AS (DELETE FROM carriers_ported AS p USING latest AS l
                         WHERE l.carrier IS NULL AND p.number = l.number)
           INSERT INTO carriers_ported (number, carrier)
           SELECT number, carrier FROM latest WHERE carrier IS NOT NULL
           ON CONFLICT (number) DO UPDATE SET carrier = excluded.carrier
           WHERE carriers_ported.carrier <> excluded.carrier"""
    )
    await uow.fetch("DELETE FROM carriers_ported_lines")


async def clear_ported(uow: Uow) -> None:
    """Forget all ported numbers."""
    await uow.fetch("TRUNCATE carriers_ported")


async def upsert_ported(uow: Uow, number: bytes, carrier: Carrier | None) -> None:
    """Write where a number lives now, or forget it (``None``)."""
    if carrier is None:
        await uow.execute(delete(ported).where(ported.c.number == number))
        return
    statement = insert(ported).values(number=number, carrier=carrier)
    await uow.execute(statement.on_conflict_do_update(index_elements=["number"], set_={"carrier": carrier}))
