import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from hongyan.kernel.clock import FrozenClock
from hongyan.kernel.db.database import Database
from hongyan.kernel.ids import TenantId
from hongyan.rooms.campaigns.errors import IdempotencyMismatch
from hongyan.rooms.campaigns.service.answers import Answers

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)


@pytest.fixture
def answers() -> Answers:
    return Answers(FrozenClock(NOW))


@pytest.fixture
def tenant() -> TenantId:
    return TenantId(str(uuid4()))


class Work:
    """Something that must happen once."""

    def __init__(self) -> None:
        self.done = 0

    async def act(self) -> dict[str, Any]:
        self.done += 1
        return {"task_id": f"task-{self.done}"}


async def test_a_key_and_body_get_the_first_answer_again(db: Database, answers: Answers, tenant: TenantId) -> None:
    work = Work()
    for _ in range(3):
        async with db.begin() as uow:
            assert await answers.once(uow, tenant, "k1", b"body", work.act) == {"task_id": "task-1"}
    assert work.done == 1


async def test_requests_at_the_same_time_wait_for_the_first(db: Database, answers: Answers, tenant: TenantId) -> None:
    work = Work()

    async def ask() -> dict[str, Any]:
        async with db.begin() as uow:
            return await answers.once(uow, tenant, "k1", b"body", work.act)

    assert await asyncio.gather(*(ask() for _ in range(4))) == [{"task_id": "task-1"}] * 4
    assert work.done == 1


async def test_another_body_under_the_same_key_is_refused(db: Database, answers: Answers, tenant: TenantId) -> None:
    work = Work()
    async with db.begin() as uow:
        await answers.once(uow, tenant, "k1", b"body", work.act)
    with pytest.raises(IdempotencyMismatch):
        async with db.begin() as uow:
            await answers.once(uow, tenant, "k1", b"other", work.act)
    assert work.done == 1


async def test_a_request_that_failed_leaves_its_key_free(db: Database, answers: Answers, tenant: TenantId) -> None:
    async def fail() -> dict[str, Any]:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        async with db.begin() as uow:
            await answers.once(uow, tenant, "k1", b"body", fail)
    async with db.begin() as uow:
        assert await answers.once(uow, tenant, "k1", b"other", Work().act) == {"task_id": "task-1"}


async def test_keys_belong_to_a_tenant_and_are_not_needed(db: Database, answers: Answers, tenant: TenantId) -> None:
    work = Work()
    async with db.begin() as uow:
        await answers.once(uow, tenant, "k1", b"body", work.act)
        await answers.once(uow, TenantId(str(uuid4())), "k1", b"other", work.act)
        await answers.once(uow, tenant, None, b"body", work.act)
        await answers.once(uow, tenant, None, b"body", work.act)
    assert work.done == 4
