"""The download centre: lists written as files in the background, kept for a week.

A run is known by the number of times the export was begun: one that was cancelled, or whose process was thought dead
and which began again, finds that the export is no longer its own, and leaves nothing behind.
Not for: what a list has in it (its ``ExportKind``).
"""

from collections.abc import AsyncIterator, Iterable
from typing import Final

import structlog
from pydantic import ValidationError

from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.exports import ExportKind
from hongyan.kernel.files.store import Files
from hongyan.kernel.ids import Ids, TenantId, UserId
from hongyan.kernel.jobs.queue import Jobs
from hongyan.kernel.paging import Page
from hongyan.rooms.identity.contracts import Actor, Permission
from hongyan.rooms.identity.service.door import IdentityService
from hongyan.rooms.reports import rules
from hongyan.rooms.reports.contracts import Export, ExportFilter, ExportSort, ExportState, NewExport
from hongyan.rooms.reports.errors import (
    ExportFilterWrong,
    ExportKindUnknown,
    ExportNotFound,
    ExportNotOpen,
    ExportNotOver,
    ExportNotReady,
    NoNumbersInIt,
    TooManyExports,
)
from hongyan.rooms.reports.service.writing import Run, order_of
from hongyan.rooms.reports.store import exports as store

log = structlog.get_logger(__name__)

AREA: Final = "exports"
JOB: Final = "reports.write_export"
_SWEEP: Final = 200
_OVER: Final = ("failed", "cancelled", "expired")
_STATES_ZH: Final = {
    ExportState.WAITING: "排队中",
    ExportState.RUNNING: "导出中",
    ExportState.DONE: "文件已删除",
    ExportState.FAILED: "失败",
    ExportState.CANCELLED: "已取消",
    ExportState.EXPIRED: "已过期",
}


class Exports:
    """Orders, makes and hands out exports."""

    def __init__(
        self,
        *,
        db: Database,
        clock: Clock,
        ids: Ids,
        jobs: Jobs,
        files: Files,
        identity: IdentityService,
        kinds: Iterable[ExportKind],
    ) -> None:
        """Export the lists of ``kinds``."""
        self._db = db
        self._clock = clock
        self._ids = ids
        self._jobs = jobs
        self._files = files
        self._identity = identity
        self.kinds: Final = {kind.name: kind for kind in kinds}

    # --- what people do -----------------------------------------------------------------------------------------------

    async def create(self, uow: Uow, actor: Actor, wanted: NewExport) -> Export:
        """Order an export; it is made afterwards.

        Raises:
            ExportKindUnknown, ExportFilterWrong, NoNumbersInIt: the order is wrong.
            Forbidden: the actor may not see the list, or not its numbers.
            NotFound: what the list is of is not there.
            TooManyExports: others have to be made first.
        """
        kind = self.kinds.get(wanted.kind)
        if kind is None:
            known = ", ".join(sorted(self.kinds))
            raise ExportKindUnknown("kind", reason=f"is none of {known}", reason_zh=f"不是 {known} 之一")
        tenant_id = actor.tenant(Permission(kind.permission))
        if wanted.full_numbers:
            if not kind.has_numbers:
                raise NoNumbersInIt("full_numbers", reason="the list has no numbers", reason_zh="该列表没有手机号码")
            actor.require(Permission.NUMBER_REVEAL)
        tenant = await self._identity.get_tenant(uow, tenant_id)
        export = Export(
            id=self._ids.uuid(),
            tenant_id=tenant_id,
            kind=kind.name,
            filters=_checked(kind, wanted),
            zone=tenant.zone,
            language=wanted.language,
            full_numbers=wanted.full_numbers,
            made_by=actor.user_id,
            made_by_name=actor.user_name,
            state=ExportState.WAITING,
            run=0,
            tries=0,
            rows_total=None,
            rows_done=0,
            bytes=0,
            reason=None,
            created_at=self._clock.now(),
            started_at=None,
            finished_at=None,
            expires_at=None,
        )
        total = await kind.find_total(uow, order_of(export))
        await self._check_room(uow, actor)
        await store.insert_export(uow, export)
        if total is not None:
            await store.change(uow, export, store.OPEN, rows_total=total)
        await self._queue(uow, export)
        await self._note(uow, actor, "export.create", export)
        return await store.get_export(uow, tenant_id, export.id)

    async def list_exports(
        self,
        uow: Uow,
        actor: Actor,
        *,
        kinds: tuple[str, ...] = (),
        states: tuple[ExportState, ...] = (),
        made_by: UserId | None = None,
        sort: ExportSort = "-created_at",
        offset: int,
        limit: int,
    ) -> Page[Export]:
        """Return the tenant's exports of lists that the actor may see, the newest first unless asked otherwise."""
        tenant_id = actor.tenant()
        allowed = self.allowed(actor)
        wanted = ExportFilter(tuple(name for name in allowed if not kinds or name in kinds), states, made_by, sort)
        return await store.list_exports(uow, tenant_id, wanted, offset=offset, limit=limit)

    def allowed(self, actor: Actor) -> list[str]:
        """Return the names of the lists that somebody may export."""
        return [name for name, kind in self.kinds.items() if actor.may(Permission(kind.permission))]

    async def get(self, uow: Uow, actor: Actor, export_id: str) -> Export:
        """Return one.

        Raises:
            ExportNotFound: not there, or of a list that the actor may not see.
        """
        export = await store.get_export(uow, actor.tenant(), export_id)
        if export.kind not in self.allowed(actor):
            raise ExportNotFound
        return export

    async def stamp(self, uow: Uow, tenant_id: TenantId) -> object:
        """Return something that is another once an export of the tenant has changed, for pages that look at them."""
        return await store.stamp(uow, tenant_id)

    async def cancel(self, uow: Uow, actor: Actor, export_id: str) -> Export:
        """Stop an export that waits or runs.

        Raises:
            ExportNotFound: not there.
            ExportNotOpen: it is over.
        """
        export = await self.get(uow, actor, export_id)
        changed = await store.change(uow, export, store.OPEN, state="cancelled", finished_at=self._clock.now())
        if changed is None:
            raise ExportNotOpen
        await self._note(uow, actor, "export.cancel", changed)
        return changed

    async def retry(self, uow: Uow, actor: Actor, export_id: str) -> Export:
        """Make one again whose file is not there.

        Raises:
            ExportNotFound: not there.
            ExportNotOver: it has its file, or is being made.
            TooManyExports: others have to be made first.
            Forbidden: it has full numbers, which the actor may not see.
        """
        export = await self.get(uow, actor, export_id)
        if export.full_numbers:
            actor.require(Permission.NUMBER_REVEAL)
        await self._check_room(uow, actor)
        values = {
            "state": "waiting",
            "tries": 0,
            "rows_done": 0,
            "bytes": 0,
            "reason": None,
            "created_at": self._clock.now(),
        }
        changed = await store.change(uow, export, _OVER, **values, started_at=None, finished_at=None, expires_at=None)
        if changed is None:
            raise ExportNotOver
        await self._queue(uow, changed)
        await self._note(uow, actor, "export.retry", changed)
        return changed

    async def open_file(self, uow: Uow, actor: Actor, export_id: str) -> tuple[Export, AsyncIterator[bytes]]:
        """Return the file of an export; who takes it is in the audit log.

        Raises:
            ExportNotFound: not there.
            ExportNotReady: it is not made yet, or no longer kept.
            Forbidden: it has full numbers, which the actor may not see.
        """
        export = await self.get(uow, actor, export_id)
        if export.full_numbers:
            actor.require(Permission.NUMBER_REVEAL)
        key = _key(export)
        is_there = export.state is ExportState.DONE and await self._files.exists(AREA, key)
        if not is_there:
            raise ExportNotReady(state=export.state.value, state_zh=_STATES_ZH[export.state])
        await self._note(uow, actor, "export.download", export)
        return export, await self._files.open_stream(AREA, key)

    # --- what jobs do -------------------------------------------------------------------------------------------------

    async def write(self, tenant_id: TenantId, export_id: str) -> None:
        """Make an export. Repeatable: a run that is not the export's own any more ends without a trace."""
        async with self._db.begin() as uow:
            export = await store.claim(uow, tenant_id, export_id, self._clock.now())
        if export is None:
            return
        if export.run > 1:
            await self._files.delete(AREA, _key(export, export.run - 1))
        kind = self.kinds.get(export.kind)
        if kind is None or export.tries > rules.MAX_TRIES:
            await self._end(export, state="failed", reason="reports.export_crashed")
            return
        run = Run(self._db, self._clock, kind, export)
        size = await self._files.put(AREA, _key(export), run.pieces())
        if run.refusal is None and run.is_wanted:
            now = self._clock.now()
            values = {"state": "done", "bytes": size, "rows_done": run.rows, "rows_total": run.rows}
            if await self._end(export, **values, expires_at=now + rules.EXPORT_KEPT):
                log.info("export is made", export_id=export.id, kind=export.kind, rows=run.rows, bytes=size)
                return
        await self._files.delete(AREA, _key(export))
        if run.refusal is not None:
            await self._end(export, state="failed", reason=run.refusal.code)

    async def sweep(self) -> int:
        """Delete files that are kept no longer, and forget old exports; returns how many files. Repeatable."""
        now = self._clock.now()
        async with self._db.begin() as uow:
            old = await store.list_expired(uow, now, _SWEEP)
            await store.forget(uow, now - rules.EXPORT_NOTED)
        for export in old:
            await self._files.delete(AREA, _key(export))
            async with self._db.begin() as uow:
                await store.change(uow, export, ("done",), state="expired")
        return len(old)

    async def _end(self, export: Export, **values: object) -> bool:
        async with self._db.begin() as uow:
            return await store.advance(uow, export, **values, finished_at=self._clock.now())

    async def _check_room(self, uow: Uow, actor: Actor) -> None:
        if await store.count_open(uow, actor.tenant()) >= rules.MAX_OPEN_EXPORTS:
            raise TooManyExports(limit=rules.MAX_OPEN_EXPORTS)

    async def _queue(self, uow: Uow, export: Export) -> None:
        args = {"tenant_id": export.tenant_id, "export_id": export.id}
        await self._jobs.defer(uow, JOB, args, lock=f"reports.export.{export.tenant_id}")

    async def _note(self, uow: Uow, actor: Actor, action: str, export: Export) -> None:
        after = {"kind": export.kind, "filters": dict(export.filters), "full_numbers": export.full_numbers}
        await self._identity.note(uow, actor, action, subject_kind="export", subject_id=export.id, after=after)


def _key(export: Export, run: int | None = None) -> str:
    return f"{export.id}/{export.run if run is None else run}.csv"


def _checked(kind: ExportKind, wanted: NewExport) -> dict[str, object]:
    try:
        return kind.filters.model_validate(wanted.filters).model_dump(mode="json", exclude_defaults=True)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(["filters", *(str(part) for part in first["loc"])])
        raise ExportFilterWrong(field, reason=first["msg"], reason_zh="取值不正确") from error
