"""Letters of link domains: those that were handed in stay, others are few and go after a week."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hongyan.kernel.clock import FrozenClock
from hongyan.kernel.db.database import Database
from hongyan.kernel.errors import NotFound
from hongyan.kernel.files.store import Files
from hongyan.kernel.ids import CountingIds, TenantId
from hongyan.rooms.campaigns.service.domain_letters import AREA, MOST_OPEN, DomainLetters
from hongyan.rooms.identity.contracts import system_actor
from support.office import PDF

TENANT = TenantId("00000000-0000-4000-8000-00000000000a")
OTHER = TenantId("00000000-0000-4000-8000-00000000000b")
ACTOR = system_actor(TENANT)


class House:
    """Letters of an installation, and what is kept of them."""

    def __init__(self, db: Database, folder: Path) -> None:
        self.db = db
        self.clock = FrozenClock(datetime(2026, 11, 23, 3, 0, tzinfo=UTC))
        self.files = Files(f"file://{folder}")
        self.letters = DomainLetters(db=db, files=self.files, clock=self.clock, ids=CountingIds())

    async def upload(self, tenant_id: TenantId = TENANT) -> str:
        self.clock.advance(timedelta(seconds=1))
        return (await self.letters.upload(system_actor(tenant_id), "授权函.pdf", PDF)).file_id

    async def hand_in(self, file_id: str) -> str:
        async with self.db.begin() as uow:
            return (await self.letters.hand_in(uow, ACTOR, file_id)).name

    async def kept(self) -> set[str]:
        return {key.rpartition("/")[2] async for area, key in self.files.iter_keys() if area == AREA}


@pytest.fixture
def house(db: Database, tmp_path: Path) -> House:
    return House(db, tmp_path)


async def test_a_letter_that_nobody_hands_in_is_forgotten_after_a_week(house: House) -> None:
    used, unused = await house.upload(), await house.upload()
    assert await house.hand_in(used) == "授权函.pdf"
    house.clock.advance(timedelta(days=6))
    fresh = await house.upload()
    assert await house.letters.forget() == 0
    house.clock.advance(timedelta(days=2))
    assert await house.letters.forget() == 1
    assert await house.kept() == {used, fresh}
    with pytest.raises(NotFound) as error:
        await house.hand_in(unused)
    assert error.value.field == "letter"
    # one that went to the desk stays, and may go there again
    assert await house.hand_in(used) == "授权函.pdf"
    house.clock.advance(timedelta(days=30))
    assert await house.letters.forget() == 1
    assert await house.kept() == {used}


async def test_of_letters_that_wait_the_newest_are_kept(house: House) -> None:
    used = await house.upload()
    await house.hand_in(used)
    foreign = await house.upload(OTHER)
    mine = [await house.upload() for _ in range(MOST_OPEN + 3)]
    assert await house.kept() == {used, foreign, *mine[3:]}
    with pytest.raises(NotFound):
        await house.hand_in(foreign)
    with pytest.raises(NotFound):
        await house.hand_in(mine[0])
