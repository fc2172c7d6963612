from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hongyan.kernel.clock import FrozenClock
from hongyan.kernel.db.database import Database
from hongyan.kernel.files.store import Files
from hongyan.kernel.ids import RandomIds, TenantId
from hongyan.kernel.jobs.queue import Jobs
from hongyan.kernel.keys.numbers import TenantKeys
from hongyan.kernel.keys.ring import KeyRing, create_key_ring
from hongyan.rooms.audience.contracts import NumberFile, RecipientBlock
from hongyan.rooms.audience.service import AudienceService

TENANT = TenantId("00000000-0000-4000-8000-000000000001")
Load = Callable[[str, bytes], Awaitable[NumberFile]]
Read = Callable[[NumberFile], Awaitable[list[RecipientBlock]]]


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files((tmp_path / "files").as_uri())


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(datetime(2026, 11, 22, 3, 0, tzinfo=UTC))


@pytest.fixture
def ring() -> KeyRing:
    return create_key_ring()


@pytest.fixture
def keys(ring: KeyRing) -> TenantKeys:
    return TenantKeys(ring)


@pytest.fixture
def service(db: Database, files: Files, clock: FrozenClock, ring: KeyRing, keys: TenantKeys) -> AudienceService:
    return AudienceService(
        clock=clock,
        ids=RandomIds(),
        jobs=Jobs(db.url),
        files=files,
        ring=ring,
        keys=keys,
        parsed_job="campaigns.numbers_parsed",
    )


async def pieces(data: bytes, size: int = 100_000) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


@pytest.fixture
def load(db: Database, service: AudienceService) -> Load:
    """Upload a file and parse it."""

    async def run(name: str, data: bytes) -> NumberFile:
        async with db.begin() as uow:
            file = await service.create_from_upload(uow, TENANT, name, pieces(data))
        return await service.parse(db, TENANT, file.file_id)

    return run


@pytest.fixture
def read(service: AudienceService) -> Read:
    async def run(file: NumberFile) -> list[RecipientBlock]:
        return [block async for block in service.iter_blocks(file)]

    return run
