from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hongyan.kernel.db.database import Database
from support.sms_house import SmsHouse, sms_house


@pytest.fixture
async def sms(db: Database, tmp_path: Path) -> AsyncIterator[SmsHouse]:
    """A company that has filed, served to the vendor's client."""
    async with sms_house(db, tmp_path) as house:
        yield house
