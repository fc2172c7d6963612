"""The room for this folder's tests."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from hongyan.kernel.db.database import Database
from support.callbacks_house import CallbacksHouse
from support.sink import Sink, running_sink


@pytest.fixture
async def house(db: Database, tmp_path: Path) -> AsyncIterator[CallbacksHouse]:
    made = CallbacksHouse(db, tmp_path)
    await made.move_in()
    yield made
    await made.close()


@pytest.fixture
def sink() -> Iterator[Sink]:
    with running_sink() as running:
        yield running
