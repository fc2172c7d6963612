from datetime import UTC, datetime

import pytest

from hongyan.kernel.clock import FrozenClock
from hongyan.kernel.db.database import Database
from hongyan.kernel.keys.ring import KeyRing, create_key_ring
from hongyan.rooms.short_links.service import ShortLinksService

PRESET = "km.example:8081"


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(datetime(2026, 11, 22, 3, 0, tzinfo=UTC))


@pytest.fixture
def ring() -> KeyRing:
    return create_key_ring()


@pytest.fixture
async def service(db: Database, clock: FrozenClock, ring: KeyRing) -> ShortLinksService:
    made = ShortLinksService(db, clock=clock, keys=ring)
    async with db.begin() as uow:
        await made.ensure_preset_domain(uow, PRESET)
    return made
