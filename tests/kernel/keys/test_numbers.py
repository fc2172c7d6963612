"""Sealed numbers: equal numbers of one tenant look equal, those of two tenants do not."""

import contextlib

import pytest
from cryptography.exceptions import InvalidTag

from hongyan.kernel.db.database import Database
from hongyan.kernel.ids import TenantId
from hongyan.kernel.keys.numbers import TenantKeys
from hongyan.kernel.keys.ring import create_key_ring

ONE = TenantId("00000000-0000-4000-8000-000000000001")
TWO = TenantId("00000000-0000-4000-8000-000000000002")


async def test_seals_equal_numbers_equally_within_a_tenant(db: Database) -> None:
    ring = create_key_ring()
    keys = TenantKeys(ring)
    async with db.begin() as uow:
        one, two = await keys.sealer(uow, ONE), await keys.sealer(uow, TWO)
        again = await TenantKeys(ring).sealer(uow, ONE)
    sealed = one.seal("8613800138000")
    assert again.seal_all(["8613800138000"]) == [sealed]
    assert again.open(sealed) == "8613800138000"
    assert two.seal("8613800138000") != sealed
    with pytest.raises(InvalidTag):
        two.open(sealed)


async def test_a_key_that_was_rolled_back_is_not_remembered(db: Database) -> None:
    keys = TenantKeys(create_key_ring())
    with contextlib.suppress(ZeroDivisionError):
        async with db.begin() as uow:
            await keys.sealer(uow, ONE)
            raise ZeroDivisionError
    async with db.begin() as uow:
        kept = await keys.sealer(uow, ONE)
    async with db.begin() as uow:
        assert (await keys.sealer(uow, ONE)).seal("861") == kept.seal("861")


async def test_rotation_keeps_every_number(db: Database) -> None:
    ring = create_key_ring()
    async with db.begin() as uow:
        sealed = (await TenantKeys(ring).sealer(uow, ONE)).seal("8613800138000")
    newer = ring.rotated()
    async with db.begin() as uow:
        assert await TenantKeys(ring).reseal_all(uow, newer) == 1
    async with db.begin() as uow:
        assert (await TenantKeys(newer).sealer(uow, ONE)).open(sealed) == "8613800138000"
