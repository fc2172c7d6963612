import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from fastapi import Request

from hongyan.kernel.clock import FrozenClock
from hongyan.kernel.db.answers import answers
from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.errors import InvalidInput
from hongyan.kernel.http.once import IdempotencyMismatch, Once
from hongyan.kernel.ids import TenantId
from hongyan.kernel.keys.ring import create_key_ring

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(NOW)


@pytest.fixture
def once(db: Database, clock: FrozenClock) -> Once:
    return Once(db, clock, create_key_ring())


@pytest.fixture
def tenant() -> TenantId:
    return TenantId(str(uuid4()))


def request(key: str | None, body: bytes = b"body", path: str = "/v1/x") -> Request:
    headers = [] if key is None else [(b"idempotency-key", key.encode("latin-1"))]
    scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": headers}

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return Request(scope, receive)


class Work:
    """Something that must happen once."""

    def __init__(self) -> None:
        self.done = 0

    async def act(self, uow: Uow) -> dict[str, Any]:
        await uow.fetch("SELECT 1")
        self.done += 1
        return {"task_id": f"task-{self.done}", "to": "8613800138000"}


async def test_a_key_and_body_get_the_first_answer_again(once: Once, tenant: TenantId) -> None:
    work = Work()
    for _ in range(3):
        assert (await once.run(request("k1"), tenant, work.act))["task_id"] == "task-1"
    assert work.done == 1


async def test_requests_at_the_same_time_wait_for_the_first(once: Once, tenant: TenantId) -> None:
    work = Work()
    asked = await asyncio.gather(*(once.run(request("k1"), tenant, work.act) for _ in range(4)))
    assert [answer["task_id"] for answer in asked] == ["task-1"] * 4
    assert work.done == 1


@pytest.mark.parametrize("other", [request("k1", b"other"), request("k1", path="/v1/y")])
async def test_another_request_under_the_same_key_is_refused(once: Once, tenant: TenantId, other: Request) -> None:
    work = Work()
    await once.run(request("k1"), tenant, work.act)
    with pytest.raises(IdempotencyMismatch) as refused:
        await once.run(other, tenant, work.act)
    assert refused.value.vendor_status == 422
    assert work.done == 1


async def test_a_request_that_failed_leaves_its_key_free(once: Once, tenant: TenantId) -> None:
    async def fail(uow: Uow) -> dict[str, Any]:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await once.run(request("k1"), tenant, fail)
    assert (await once.run(request("k1", b"other"), tenant, Work().act))["task_id"] == "task-1"


async def test_keys_belong_to_a_tenant_and_are_not_needed(once: Once, tenant: TenantId) -> None:
    work = Work()
    await once.run(request("k1"), tenant, work.act)
    await once.run(request("k1", b"other"), TenantId(str(uuid4())), work.act)
    await once.run(request(None), tenant, work.act)
    await once.run(request(None), tenant, work.act)
    assert work.done == 4


async def test_a_key_is_free_again_after_a_day(once: Once, tenant: TenantId, clock: FrozenClock) -> None:
    work = Work()
    await once.run(request("k1"), tenant, work.act)
    clock.advance(timedelta(hours=24, seconds=1))
    assert (await once.run(request("k1", b"other"), tenant, work.act))["task_id"] == "task-2"
    clock.advance(timedelta(hours=24, seconds=1))
    assert await once.forget() >= 1


async def test_kept_answers_are_sealed(db: Database, once: Once, tenant: TenantId) -> None:
    await once.run(request("k1"), tenant, Work().act)
    async with db.begin() as uow:
        kept = (await uow.execute(answers.select().where(answers.c.tenant_id == tenant))).one()
    assert b"13800138000" not in kept.answer


@pytest.mark.parametrize("key", ["", "k" * 256, "schlüssel"])
async def test_a_key_must_be_printable_and_short(once: Once, tenant: TenantId, key: str) -> None:
    with pytest.raises(InvalidInput, match="Idempotency-Key"):
        await once.run(request(key), tenant, Work().act)


async def test_a_kept_answer_is_found_before_anything_is_asked(once: Once, tenant: TenantId) -> None:
    assert await once.find(request("k1"), tenant) is None
    assert await once.find(request(None), tenant) is None
    first = await once.run(request("k1"), tenant, Work().act)
    assert await once.find(request("k1"), tenant) == first
    with pytest.raises(IdempotencyMismatch):
        await once.find(request("k1", b"other"), tenant)
