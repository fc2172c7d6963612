from datetime import UTC, datetime
from pathlib import Path

import pytest

from hongyan.kernel.clock import FrozenClock
from hongyan.kernel.db.database import Uow
from hongyan.rooms.identity.contracts import Actor
from support.identity import cheap_identity, found_household
from support.office import Office, open_office


@pytest.fixture
def clock() -> FrozenClock:
    """Monday, 23 November 2026, 10:00 in Shanghai."""
    return FrozenClock(datetime(2026, 11, 23, 2, 0, tzinfo=UTC))


@pytest.fixture
def office(clock: FrozenClock, shared_db_url: str, tmp_path: Path) -> Office:
    return open_office(clock, shared_db_url, cheap_identity(clock, shared_db_url), tmp_path)


@pytest.fixture
async def actor(uow: Uow, office: Office) -> Actor:
    """The administrator of goose科技有限公司: verified, smart messages open, nothing filed."""
    return (await found_household(uow, office.identity)).actor
