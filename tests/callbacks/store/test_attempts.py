"""The delivery log by how a try went."""

import uuid
from datetime import UTC, datetime

import pytest

from hongyan.kernel.db.database import Uow
from hongyan.rooms.callbacks.contracts import AddressId, Attempt
from hongyan.rooms.callbacks.store import attempts as store

AT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
STATUSES = [199, 200, 299, 300, 503, None]


@pytest.mark.parametrize(
    ("went_well", "expected"),
    [(True, [299, 200]), (False, [None, 503, 300, 199]), (None, [None, 503, 300, 299, 200, 199])],
)
async def test_what_has_no_answer_of_success_did_not_go_well(
    uow: Uow, went_well: bool | None, expected: list[int | None]
) -> None:
    address, other = (AddressId(str(uuid.uuid4())) for _ in range(2))
    rows = [
        (owner, Attempt(AT, str(uuid.uuid4()), "sms", 1, 1, 5, status, None, ""))
        for owner in (address, other)
        for status in STATUSES
    ]
    await store.insert_attempts(uow, rows)
    found = await store.list_attempts(uow, address, limit=10, went_well=went_well)
    assert [one.status for one in found] == expected
    oldest_first = await store.list_attempts(uow, address, limit=10, went_well=went_well, sort="at")
    assert [one.status for one in oldest_first] == expected[::-1]
    assert await store.count_attempts(uow, address, went_well=went_well, most=100) == len(expected)
