from datetime import UTC, datetime

import pytest

from hongyan.kernel.clock import FrozenClock
from hongyan.rooms.identity.service.door import IdentityService
from support.identity import cheap_identity


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(datetime(2026, 11, 22, 8, 0, tzinfo=UTC))


@pytest.fixture
def identity(clock: FrozenClock, shared_db_url: str) -> IdentityService:
    """The service for tests whose transaction is rolled back."""
    return cheap_identity(clock, shared_db_url)
