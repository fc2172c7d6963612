"""The download of a task's links holds nothing that others need while it travels."""

import csv
import io
import uuid
from datetime import UTC, datetime

from hongyan.kernel.db.database import Database
from hongyan.kernel.ids import CardTemplateId, TaskId, TenantId
from hongyan.rooms.campaigns.console_api.resolve import iter_csv
from hongyan.rooms.campaigns.contracts import Link, LinkTask, NewLink
from hongyan.rooms.campaigns.service.resolve_views import ResolveViews
from hongyan.rooms.campaigns.store import links as store
from support.line import SendingLine

TENANT = TenantId("00000000-0000-4000-8000-00000000000a")
AT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


async def fill(line: SendingLine, db: Database, count: int) -> TaskId:
    task_id = TaskId(str(uuid.uuid4()))
    call = LinkTask(task_id, TENANT, "spring", False, CardTemplateId("600000001"), "card", ("鸿雁",), "admin", AT)
    made = [
        Link(task=call, row=NewLink(f"客户 {no}"), code=f"code{no}", aim_url=f"s.cn/code{no}") for no in range(count)
    ]
    async with db.begin() as uow:
        await store.insert_links(uow, await line.keys.sealer(uow, TENANT), made)
    return task_id


async def open_transactions(db: Database) -> int:
    """Return how many other connections of the database sit in a transaction."""
    async with db.begin() as uow:
        rows = await uow.fetch(
            """SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
               AND xact_start IS NOT NULL AND backend_type = 'client backend'"""
        )
    return int(rows[0][0])


async def test_a_reader_who_stalls_holds_no_transaction_and_gets_the_whole_file(db: Database) -> None:
    line = SendingLine(db)
    tasks = [await fill(line, db, count) for count in (1_203, 7)]
    views = ResolveViews(delivery=line.delivery, keys=line.keys)
    pieces: list[str] = []
    async for piece in iter_csv(db, views, TENANT, tasks[0]):
        assert await open_transactions(db) == 0, f"after piece {len(pieces)}"
        pieces.append(piece)
    rows = list(csv.DictReader(io.StringIO("".join(pieces).removeprefix("\ufeff"))))
    assert [row["cust_flag"] for row in rows] == [f"客户 {no}" for no in range(1_203)]
    assert len(pieces) > 2
