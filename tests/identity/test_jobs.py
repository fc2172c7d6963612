import asyncio
from datetime import timedelta

from sqlalchemy import text

from hongyan.kernel.clock import FrozenClock
from hongyan.kernel.db.database import Database
from hongyan.kernel.jobs.queue import Jobs
from hongyan.rooms.identity.jobs import register_jobs
from support.identity import cheap_identity, found_household


async def test_the_sweep_removes_what_has_ended(db: Database, clock: FrozenClock) -> None:
    identity = cheap_identity(clock, db.url)
    jobs, stop = Jobs(db.url), asyncio.Event()
    register_jobs(jobs, db, identity)
    async with db.begin() as uow:
        goose = await found_household(uow, identity)
        token, _ = await identity.access.issue_token(uow, goose.admin, goose.tenant, "project")
        await jobs.defer(uow, "identity.sweep", {"timestamp": 0})
    clock.advance(timedelta(days=2, hours=1))
    await jobs.open()
    worker = asyncio.create_task(jobs.run_worker(concurrency=1, stop=stop))
    async with asyncio.timeout(20):
        while await waiting(db):  # noqa: ASYNC110 - another process could run the job: the table is the only witness
            await asyncio.sleep(0.02)
    stop.set()
    await worker
    await jobs.close()
    async with db.begin() as uow:
        assert await identity.access.find_token(uow, token) is None


async def waiting(db: Database) -> bool:
    query = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'identity.sweep' AND status IN ('todo', 'doing')"
    async with db.begin() as uow:
        count: int = (await uow.execute(text(query))).scalar_one()
        return count > 0
