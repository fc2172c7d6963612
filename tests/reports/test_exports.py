"""The download centre: orders, runs on a real database and file store, what leaves, and who may have it."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict

from hongyan.kernel.clock import FrozenClock
from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.errors import Forbidden, HongyanError
from hongyan.kernel.exports import Cell, ExportColumn, ExportKind, ExportOrder
from hongyan.kernel.files.store import Files
from hongyan.kernel.ids import RandomIds, UserId
from hongyan.kernel.jobs.queue import Jobs
from hongyan.rooms.identity.contracts import Actor, Permission, Role
from hongyan.rooms.reports.contracts import Export, ExportState, NewExport
from hongyan.rooms.reports.errors import (
    ExportFilterWrong,
    ExportKindUnknown,
    ExportNotFound,
    ExportNotOpen,
    ExportNotOver,
    ExportNotReady,
    NoNumbersInIt,
    SpanWrong,
    TooManyExports,
)
from hongyan.rooms.reports.service.exports import AREA, Exports
from hongyan.rooms.reports.service.kinds import audit_kind
from support.identity import cheap_identity, found_household

_NOW = datetime.fromisoformat("2026-11-22T02:00:00+00:00")  # 10:00 in Shanghai


class Birds(BaseModel):
    model_config = ConfigDict(extra="forbid")

    count: int = 3
    refuse: bool = False


class Flock:
    """A list of birds whose writing a test can hold up."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.gate.set()
        self.began = asyncio.Event()
        self.failures = 0

    async def total(self, uow: Uow, order: ExportOrder) -> int | None:
        del uow
        wanted = Birds.model_validate(order.filters)
        return None if wanted.count < 0 else wanted.count

    async def rows(self, uow: Uow, order: ExportOrder) -> AsyncIterator[Sequence[Cell]]:
        assert await uow.fetch("SELECT 1") == [(1,)]
        wanted = Birds.model_validate(order.filters)
        for number in range(wanted.count):
            if number == 1:
                self.began.set()
                await self.gate.wait()
                if self.failures:
                    self.failures -= 1
                    raise OSError(28, "No space left on device")
                if wanted.refuse:
                    raise SpanWrong("to", reason="gone")
            yield number, "13800000000" if order.full_numbers else "138****0000", "=1+1", order.ordered_at, None, 0.5

    def kind(self, permission: str = Permission.CONSOLE_LIST) -> ExportKind:
        heads = (ExportColumn("序号", "No."), *(ExportColumn(f"列{n}", f"column {n}") for n in range(5)))
        return ExportKind("birds", ExportColumn("鸟", "birds"), permission, heads, Birds, self.total, self.rows, True)


class Centre:
    """A download centre, its clock, and two tenants' people."""

    def __init__(self, db: Database, folder: Path) -> None:
        self.db = db
        self.clock = FrozenClock(_NOW)
        self.files = Files(folder.as_uri())
        self.flock = Flock()
        self.identity = cheap_identity(self.clock, db.url)
        self.exports = Exports(
            db=db,
            clock=self.clock,
            ids=RandomIds(),
            jobs=Jobs(db.url),
            files=self.files,
            identity=self.identity,
            kinds=(self.flock.kind(), audit_kind(self.identity)),
        )

    async def open(self) -> None:
        async with self.db.begin() as uow:
            self.admin = (await found_household(uow, self.identity)).actor
            self.other = (await found_household(uow, self.identity, "crane", number=1)).actor
        self.reader = Actor(
            self.admin.tenant_id, UserId(self.other.user_id), "reader", frozenset({Role.READ_ONLY}), "console"
        )

    async def order(
        self,
        actor: Actor | None = None,
        kind: str = "birds",
        *,
        full: bool = False,
        language: str = "zh-CN",
        **filters: Any,
    ) -> Export:
        async with self.db.begin() as uow:
            return await self.exports.create(uow, actor or self.admin, NewExport(kind, filters, full, language))

    async def write(self, export: Export) -> Export:
        await self.exports.write(export.tenant_id, export.id)
        return await self.look(export)

    async def look(self, export: Export) -> Export:
        async with self.db.begin() as uow:
            return await self.exports.get(uow, self.admin, export.id)

    async def read(self, export: Export, actor: Actor | None = None) -> bytes:
        async with self.db.begin() as uow:
            _, pieces = await self.exports.open_file(uow, actor or self.admin, export.id)
        return b"".join([piece async for piece in pieces])

    async def rows(self, export: Export) -> list[list[str]]:
        return list(csv.reader(io.StringIO((await self.read(export)).decode("utf-8-sig"))))

    async def stored(self) -> list[str]:
        return [file_id async for area, file_id in self.files.iter_keys() if area == AREA]

    async def audited(self) -> list[str]:
        async with self.db.begin() as uow:
            page = await self.identity.audit.list_entries(uow, self.admin, limit=100)
        return [entry.action for entry in reversed(page.items) if entry.action.startswith("export.")]


@pytest.fixture
async def centre(db: Database, tmp_path: Path) -> Centre:
    made = Centre(db, tmp_path)
    await made.open()
    return made


async def test_an_export_is_ordered_written_and_taken(centre: Centre) -> None:
    ordered = await centre.order(count=2)
    assert (ordered.state, ordered.rows_total, ordered.rows_done) == (ExportState.WAITING, 2, 0)
    with pytest.raises(ExportNotReady):
        await centre.read(ordered)
    done = await centre.write(ordered)
    assert (done.state, done.rows_done, done.rows_total) == (ExportState.DONE, 2, 2)
    assert done.expires_at == _NOW + timedelta(days=7)
    data = await centre.read(done)
    assert (data.startswith(b"\xef\xbb\xbf"), len(data)) == (True, done.bytes)
    row = ["138****0000", "'=1+1", "2026-11-22 10:00:00", "", "0.5"]
    assert await centre.rows(done) == [["序号", "列0", "列1", "列2", "列3", "列4"], ["0", *row], ["1", *row]]
    assert await centre.audited() == ["export.create", "export.download", "export.download"]
    # and written again by a job that came twice, it is as it was
    assert await centre.write(done) == done


async def test_heads_follow_the_language_and_numbers_the_permission(centre: Centre) -> None:
    done = await centre.write(await centre.order(full=True, language="en", count=1))
    assert (await centre.rows(done))[0][:2] == ["No.", "column 0"]
    assert (await centre.rows(done))[1][1] == "13800000000"
    with pytest.raises(Forbidden):
        await centre.order(centre.reader, full=True)
    with pytest.raises(Forbidden):
        await centre.read(done, centre.reader)
    masked = await centre.write(await centre.order(centre.reader, count=1))
    assert b"138****0000" in await centre.read(masked, centre.reader)


@pytest.mark.parametrize(
    ("kind", "full", "filters", "error", "field"),
    [
        ("fish", False, {}, ExportKindUnknown, "kind"),
        ("birds", False, {"wings": 2}, ExportFilterWrong, "filters.wings"),
        ("birds", False, {"count": "many"}, ExportFilterWrong, "filters.count"),
        ("audit", True, {}, NoNumbersInIt, "full_numbers"),
    ],
)
async def test_wrong_orders_are_refused_at_their_field(
    centre: Centre, kind: str, full: bool, filters: dict[str, Any], error: type[HongyanError], field: str
) -> None:
    with pytest.raises(error) as refused:
        await centre.order(kind=kind, full=full, **filters)
    assert refused.value.field == field


async def test_other_tenants_and_roles_see_nothing_of_it(centre: Centre) -> None:
    done = await centre.write(await centre.order())
    audit = await centre.order(kind="audit")
    with pytest.raises(ExportNotFound):
        await centre.read(done, centre.other)
    with pytest.raises(Forbidden):
        await centre.order(centre.reader, kind="audit")
    async with centre.db.begin() as uow:
        for actor, seen in ((centre.admin, [audit.id, done.id]), (centre.reader, [done.id]), (centre.other, [])):
            page = await centre.exports.list_exports(uow, actor, offset=0, limit=10)
            assert (sorted(one.id for one in page.items), page.total) == (sorted(seen), len(seen))
        mine = await centre.exports.list_exports(uow, centre.reader, made_by=centre.reader.user_id, offset=0, limit=10)
        assert mine.total == 0
        for act in (centre.exports.cancel, centre.exports.retry, centre.exports.get):
            with pytest.raises(ExportNotFound):
                await act(uow, centre.other, done.id)
        with pytest.raises(ExportNotFound):
            await centre.exports.get(uow, centre.reader, audit.id)


async def test_exports_are_listed_by_what_is_asked_for(centre: Centre) -> None:
    large = await centre.write(await centre.order(count=9))
    centre.clock.advance(timedelta(minutes=1))
    small = await centre.write(await centre.order(count=1))
    orders = {
        "-created_at": [small, large],
        "created_at": [large, small],
        "bytes": [small, large],
        "-bytes": [large, small],
    }
    async with centre.db.begin() as uow:
        for sort, expected in orders.items():
            page = await centre.exports.list_exports(uow, centre.admin, sort=sort, offset=0, limit=10)
            assert [one.id for one in page.items] == [one.id for one in expected], sort


async def test_the_audit_log_is_exported_page_by_page(centre: Centre) -> None:
    async with centre.db.begin() as uow:
        for number in range(501):
            await centre.identity.note(uow, centre.admin, "test.note", subject_kind="n", subject_id=str(number))
    centre.clock.advance(timedelta(seconds=1))
    done = await centre.write(await centre.order(kind="audit", action="test.note"))
    rows = (await centre.rows(done))[1:]
    assert (len(rows), done.rows_done) == (501, 501)
    assert sorted(int(row[6]) for row in rows) == list(range(501))


async def test_the_audit_log_is_exported_as_its_page_shows_it(centre: Centre) -> None:
    async with centre.db.begin() as uow:
        for action, kind in (("test.note", "n"), ("session.refuse", "user"), ("test.note", "m")):
            await centre.identity.note(uow, centre.admin, action, subject_kind=kind, subject_id="7")
        await centre.identity.note(uow, centre.other, "test.note", subject_kind="n", subject_id="8")
    centre.clock.advance(timedelta(seconds=1))

    async def exported(**filters: Any) -> list[tuple[str, str, str]]:
        rows = await centre.rows(await centre.write(await centre.order(kind="audit", language="en", **filters)))
        return [(row[4], row[5], row[7]) for row in rows[1:] if row[6] in {"7", "8"}]

    assert await exported(result="refused") == [("session.refuse", "user", "refused")]
    assert await exported(subject_kind="n") == [("test.note", "n", "done")]
    assert len(await exported(subject_id="7", user=centre.admin.user_name[:3])) == 3
    assert await exported(subject_id="7", user="nobody of that name") == []
    assert await exported(subject_id="7", end=(_NOW - timedelta(days=1)).isoformat()) == []


async def test_cancelling_stops_a_run_and_leaves_no_file(centre: Centre) -> None:
    export = await centre.order(count=2_000)
    centre.flock.gate.clear()
    writing = asyncio.create_task(centre.exports.write(export.tenant_id, export.id))
    await asyncio.wait_for(centre.flock.began.wait(), 10)
    async with centre.db.begin() as uow:
        assert (await centre.exports.cancel(uow, centre.admin, export.id)).state is ExportState.CANCELLED
    centre.clock.advance(timedelta(seconds=5))
    centre.flock.gate.set()
    await asyncio.wait_for(writing, 10)
    assert (await centre.look(export)).state is ExportState.CANCELLED
    assert await centre.stored() == []
    async with centre.db.begin() as uow:
        with pytest.raises(ExportNotOpen):
            await centre.exports.cancel(uow, centre.admin, export.id)
        again = await centre.exports.retry(uow, centre.admin, export.id)
    assert (again.state, again.tries) == (ExportState.WAITING, 0)
    done = await centre.write(again)
    assert (done.state, done.rows_done) == (ExportState.DONE, 2_000)
    async with centre.db.begin() as uow:
        with pytest.raises(ExportNotOver):
            await centre.exports.retry(uow, centre.admin, export.id)
    assert await centre.audited() == ["export.create", "export.cancel", "export.retry"]


async def test_a_run_that_was_thought_dead_does_not_spoil_the_next(centre: Centre) -> None:
    export = await centre.order(count=2)
    centre.flock.gate.clear()
    first = asyncio.create_task(centre.exports.write(export.tenant_id, export.id))
    await asyncio.wait_for(centre.flock.began.wait(), 10)
    centre.flock.began.clear()
    second = asyncio.create_task(centre.exports.write(export.tenant_id, export.id))
    await asyncio.wait_for(centre.flock.began.wait(), 10)
    centre.flock.gate.set()
    await asyncio.wait_for(asyncio.gather(first, second), 10)
    done = await centre.look(export)
    assert (done.state, done.run) == (ExportState.DONE, 2)
    assert await centre.stored() == [f"{export.id}/2.csv"]
    assert len(await centre.rows(done)) == 3


async def test_a_full_disk_is_tried_again_and_given_up_in_the_end(centre: Centre) -> None:
    export = await centre.order(count=2)
    centre.flock.failures = 1
    with pytest.raises(OSError, match="No space left"):
        await centre.write(export)
    assert (await centre.look(export)).state is ExportState.RUNNING
    assert (await centre.write(export)).state is ExportState.DONE
    lost = await centre.order(count=2)
    centre.flock.failures = 5
    for _ in range(5):
        with pytest.raises(OSError, match="No space left"):
            await centre.write(lost)
    failed = await centre.write(lost)
    assert (failed.state, failed.reason) == (ExportState.FAILED, "reports.export_crashed")
    assert await centre.stored() == [f"{export.id}/2.csv"]


async def test_a_list_that_refuses_fails_the_export_with_its_reason(centre: Centre) -> None:
    failed = await centre.write(await centre.order(refuse=True))
    assert (failed.state, failed.reason) == (ExportState.FAILED, "reports.span")
    assert await centre.stored() == []


async def test_files_are_kept_for_a_week_and_named_for_ninety_days(centre: Centre) -> None:
    done = await centre.write(await centre.order())
    centre.clock.advance(timedelta(days=7, seconds=-1))
    assert await centre.exports.sweep() == 0
    assert len(await centre.stored()) == 1
    centre.clock.advance(timedelta(seconds=1))
    assert (await centre.exports.sweep(), await centre.exports.sweep()) == (1, 0)
    assert (await centre.look(done)).state is ExportState.EXPIRED
    assert await centre.stored() == []
    with pytest.raises(ExportNotReady):
        await centre.read(done)
    centre.clock.advance(timedelta(days=84))
    await centre.exports.sweep()
    with pytest.raises(ExportNotFound):
        await centre.look(done)


async def test_a_tenant_has_five_exports_waiting_at_most(centre: Centre) -> None:
    for _ in range(5):
        await centre.order()
    with pytest.raises(TooManyExports):
        await centre.order()
    assert (await centre.order(centre.other)).state is ExportState.WAITING
