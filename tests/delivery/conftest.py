"""The ledger for this folder's tests."""

import pytest

from hongyan.kernel.db.database import Uow
from support.ledger import Ledger


@pytest.fixture
def ledger(uow: Uow, shared_db_url: str) -> Ledger:
    return Ledger(uow, shared_db_url)
