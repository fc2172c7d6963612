"""The ledger for this folder's tests: in an ordinary transaction, and on a lane, where the line works."""

from collections.abc import AsyncIterator

import pytest

from hongyan.kernel.db.database import Uow
from support.ledger import Ledger
from support.postgres import rolled_back


@pytest.fixture(params=["ordinary", "lane"])
async def uow(request: pytest.FixtureRequest, shared_db_url: str) -> AsyncIterator[Uow]:
    async with rolled_back(shared_db_url, is_fast=request.param == "lane") as transaction:
        yield transaction


@pytest.fixture
def ledger(uow: Uow, shared_db_url: str) -> Ledger:
    return Ledger(uow, shared_db_url)
