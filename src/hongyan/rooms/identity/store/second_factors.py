"""Second factors and their recovery codes."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import UserId
from hongyan.rooms.identity.tables import recovery_codes, second_factors


@dataclass(frozen=True, slots=True)
class SecondFactorRow:
    """A user's second factor; it counts once ``confirmed_at`` is set."""

    sealed_secret: bytes
    confirmed_at: datetime | None
    last_step: int


async def find_factor(uow: Uow, user_id: UserId, *, lock: bool = False) -> SecondFactorRow | None:
    """Return a user's second factor, confirmed or not, with the row locked on wish."""
    factor = second_factors.c
    statement = select(factor.sealed_secret, factor.confirmed_at, factor.last_step).where(factor.user_id == user_id)
    row = (await uow.execute(statement.with_for_update() if lock else statement)).first()
    return None if row is None else SecondFactorRow(row.sealed_secret, row.confirmed_at, row.last_step)


async def put_factor(uow: Uow, user_id: UserId, sealed_secret: bytes, at: datetime) -> bool:
    """Write a secret that is not confirmed yet over another such one; ``False`` when a confirmed one is there."""
    values = {"sealed_secret": sealed_secret, "started_at": at, "last_step": 0}
    statement = (
        insert(second_factors)
        .values(user_id=user_id, **values)
        .on_conflict_do_update(
            index_elements=[second_factors.c.user_id], set_=values, where=second_factors.c.confirmed_at.is_(None)
        )
        .returning(second_factors.c.user_id)
    )
    return (await uow.execute(statement)).first() is not None


async def confirm_factor(uow: Uow, user_id: UserId, at: datetime) -> None:
    """Let a second factor count from now on."""
    await uow.execute(second_factors.update().where(second_factors.c.user_id == user_id).values(confirmed_at=at))


async def use_step(uow: Uow, user_id: UserId, step: int) -> bool:
    """Use up the code of a step and of all before it; ``False`` when that has been done."""
    statement = (
        second_factors.update()
        .where(second_factors.c.user_id == user_id, second_factors.c.last_step < step)
        .values(last_step=step)
        .returning(second_factors.c.user_id)
    )
    return (await uow.execute(statement)).first() is not None


async def delete_factor(uow: Uow, user_id: UserId) -> bool:
    """Remove a second factor and its recovery codes; ``False`` when there was none."""
    await uow.execute(delete(recovery_codes).where(recovery_codes.c.user_id == user_id))
    statement = delete(second_factors).where(second_factors.c.user_id == user_id).returning(second_factors.c.user_id)
    return (await uow.execute(statement)).first() is not None


async def replace_codes(uow: Uow, user_id: UserId, hashes: Collection[bytes]) -> None:
    """Let these recovery codes be the user's only ones."""
    await uow.execute(delete(recovery_codes).where(recovery_codes.c.user_id == user_id))
    await uow.execute(insert(recovery_codes).values([{"user_id": user_id, "code_hash": one} for one in hashes]))


async def use_code(uow: Uow, user_id: UserId, code_hash: bytes) -> bool:
    """Use up a recovery code; ``False`` when it is none of the user's."""
    statement = (
        delete(recovery_codes)
        .where(recovery_codes.c.user_id == user_id, recovery_codes.c.code_hash == code_hash)
        .returning(recovery_codes.c.user_id)
    )
    return (await uow.execute(statement)).first() is not None


async def count_codes(uow: Uow, user_id: UserId) -> int:
    """Return how many recovery codes are left."""
    where = recovery_codes.c.user_id == user_id
    total: int = (await uow.execute(select(func.count()).select_from(recovery_codes).where(where))).scalar_one()
    return total


async def find_enrolled(uow: Uow, user_ids: Collection[UserId]) -> frozenset[UserId]:
    """Return which of these users have a second factor that counts."""
    statement = select(second_factors.c.user_id).where(
        second_factors.c.user_id.in_(user_ids), second_factors.c.confirmed_at.is_not(None)
    )
    return frozenset(UserId(row.user_id) for row in await uow.execute(statement))


async def list_sealed(uow: Uow) -> list[tuple[UserId, bytes]]:
    """Return every sealed secret, for the rotation of the key ring."""
    rows = await uow.execute(select(second_factors.c.user_id, second_factors.c.sealed_secret).with_for_update())
    return [(UserId(row.user_id), row.sealed_secret) for row in rows]


async def set_sealed(uow: Uow, user_id: UserId, sealed_secret: bytes) -> None:
    """Replace a sealed secret by the same one sealed anew."""
    statement = second_factors.update().where(second_factors.c.user_id == user_id)
    await uow.execute(statement.values(sealed_secret=sealed_secret))
