"""The door of the audience: number files in, sealed blocks of recipients out; opt-outs.

A file is stored sealed, parsed in a child with limits, and its recipients are stored in sealed blocks with a
checkpoint in the database after each. Not for: what a number can show (``handsets``), who gets what (``campaigns``).
"""

import asyncio
import base64
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import timedelta
from tempfile import TemporaryFile
from typing import Final

import msgspec
import numpy as np
import structlog

from hongyan.kernel import sandbox
from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.errors import HongyanError, InvalidInput, NotFound
from hongyan.kernel.files.kinds import HEAD_BYTES
from hongyan.kernel.files.store import Files
from hongyan.kernel.ids import FileId, Ids, TenantId
from hongyan.kernel.jobs.queue import Jobs, JsonValue
from hongyan.kernel.keys.numbers import NumberSealer, TenantKeys
from hongyan.kernel.keys.ring import KeyRing
from hongyan.kernel.paging import Page
from hongyan.kernel.phones import Phone, national_form
from hongyan.kernel.wishes import is_refusal
from hongyan.rooms.audience import rules
from hongyan.rooms.audience.contracts import (
    MAX_FILE_BYTES,
    MAX_TYPED_BYTES,
    FileState,
    IssueReason,
    NumberFile,
    OptOut,
    RecipientBlock,
)
from hongyan.rooms.audience.errors import (
    FileEmpty,
    FileNotParsed,
    FileProtected,
    FileTooLarge,
    FileUndecodable,
    FileUnreadable,
    NoNumberColumn,
    NumberFileRefused,
)
from hongyan.rooms.audience.parsers import frames
from hongyan.rooms.audience.parsers.text import read_typed, read_typed_rows
from hongyan.rooms.audience.store import number_files, opt_outs
from hongyan.rooms.audience.store.vault import Vault

log = structlog.get_logger(__name__)

KEPT_FOR: Final = timedelta(days=30)
CHILD_MEMORY_BYTES: Final = 700 * 1024 * 1024
CHILD_DEADLINE_S: Final = 180.0
_PIECE_BYTES: Final = 1024 * 1024
_PARSERS: Final = {
    "xlsx": "hongyan.rooms.audience.parsers.xlsx",
    "csv": "hongyan.rooms.audience.parsers.text",
    "txt": "hongyan.rooms.audience.parsers.text",
}
_REFUSALS: Final[dict[str, type[NumberFileRefused]]] = {
    "no_number_column": NoNumberColumn,
    "unreadable": FileUnreadable,
    "protected": FileProtected,
    "undecodable": FileUndecodable,
}
_NOT_READABLE: Final = (sandbox.SandboxMemory, sandbox.SandboxTimeout, sandbox.SandboxCrash, NotFound)
Begin = Callable[[], AbstractAsyncContextManager[Uow]]
Tell = Callable[[Uow, NumberFile, FileState], Awaitable[None]]
_decode_header = msgspec.msgpack.Decoder(frames.Header).decode
_decode_block = msgspec.msgpack.Decoder(frames.Block).decode
_decode_refused = msgspec.msgpack.Decoder(frames.Refused).decode
_decode_tally = msgspec.msgpack.Decoder(frames.Tally).decode


class AudienceService:
    """Use cases of number files and opt-outs."""

    def __init__(
        self,
        *,
        clock: Clock,
        ids: Ids,
        jobs: Jobs,
        files: Files,
        ring: KeyRing,
        keys: TenantKeys,
        parsed_job: str | None = None,
    ) -> None:
        """``ring`` seals files, ``keys`` opt-outs; ``parsed_job`` is deferred when a file is parsed or has failed."""
        self._clock = clock
        self._ids = ids
        self._jobs = jobs
        self._vault = Vault(files, ring)
        self._keys = keys
        self._parsed_job = parsed_job

    # --- files ---------------------------------------------------------------------------------------------------

    async def create_from_upload(
        self, uow: Uow, tenant_id: TenantId, name: str, stream: AsyncIterator[bytes]
    ) -> NumberFile:
        """Store an uploaded file, sealed, and have it parsed after the commit.

        Raises:
            NumberFileRefused: name, type or size break a rule; nothing is stored.
        """
        extension = rules.extension_of(name)
        file_id = FileId(self._ids.uuid())
        size = 0

        async def pieces() -> AsyncIterator[bytes]:
            nonlocal size
            piece = bytearray()
            is_checked = False
            async for chunk in stream:
                size += len(chunk)
                if size > MAX_FILE_BYTES:
                    raise FileTooLarge("file", name=name, limit_mb=MAX_FILE_BYTES // 1024**2)
                piece += chunk
                if len(piece) >= _PIECE_BYTES:
                    if not is_checked:
                        rules.check_kind(bytes(piece[:HEAD_BYTES]), extension, name)
                        is_checked = True
                    yield bytes(piece)
                    piece.clear()
            if not size:
                raise FileEmpty("file", name=name)
            if not is_checked:
                rules.check_kind(bytes(piece[:HEAD_BYTES]), extension, name)
            yield bytes(piece)

        await self._vault.put_source(file_id, pieces())
        await number_files.insert_file(uow, tenant_id, file_id, name=name, source_bytes=size, now=self._clock.now())
        await self._jobs.defer(
            uow, "audience.parse", {"tenant_id": tenant_id, "file_id": file_id}, lock=f"audience.parse:{file_id}"
        )
        return await self.get_file(uow, tenant_id, file_id)

    async def create_from_text(self, uow: Uow, tenant_id: TenantId, text: str) -> NumberFile:
        """Store typed numbers, parsed at once.

        Raises:
            InvalidInput: more than 4 MB of text.
        """
        if len(text) > MAX_TYPED_BYTES:
            raise InvalidInput("phones", reason="is longer than 4 MB; upload a file", reason_zh="超过 4 MB，请上传文件")
        return await self._create_typed(uow, tenant_id, len(text.encode()), lambda sent: read_typed(text, sent))

    async def create_from_rows(
        self, uow: Uow, tenant_id: TenantId, columns: Sequence[str], rows: Sequence[Sequence[str]]
    ) -> NumberFile:
        """Store typed numbers with values: each row is a number and one value per column; parsed at once."""
        size = sum(len(cell.encode()) for row in rows for cell in row)
        return await self._create_typed(uow, tenant_id, size, lambda sent: read_typed_rows(rows, columns, sent))

    async def _create_typed(
        self, uow: Uow, tenant_id: TenantId, size: int, read: Callable[[frames.Sink], None]
    ) -> NumberFile:
        file_id = FileId(self._ids.uuid())
        await number_files.insert_file(uow, tenant_id, file_id, name="", source_bytes=size, now=self._clock.now())
        sent = frames.Collected()
        read(sent)
        intake = self._intake(await self.get_file(uow, tenant_id, file_id), await self._opted_out(uow, tenant_id))
        for part in sent.parts:
            await intake.take(part, lambda: nullcontext(uow))
        return await self.get_file(uow, tenant_id, file_id)

    async def parse(self, db: Database, tenant_id: TenantId, file_id: FileId) -> NumberFile:
        """Parse an uploaded file, in own short transactions. Key: the file; one that is parsed stays as it is.

        Begins again at the last checkpoint: blocks up to it are made again by the child and passed over. A file that
        cannot be used becomes ``failed`` with the reason.
        """
        async with db.begin() as uow:
            file = await self.get_file(uow, tenant_id, file_id)
            if file.state in {FileState.PARSED, FileState.FAILED}:
                return file
            await number_files.update_file(uow, tenant_id, file_id, state=FileState.PARSING)
            opted_out = await self._opted_out(uow, tenant_id)
        intake = self._intake(file, opted_out)
        try:
            await self._run_child(db, file, intake)
        except NumberFileRefused as error:
            await self._fail(db, file, error)
        except _NOT_READABLE as error:
            log.warning("number file not readable", file_id=file_id, reason=error.code)
            await self._fail(db, file, FileUnreadable("file", name=file.name))
        async with db.begin() as uow:
            return await self.get_file(uow, tenant_id, file_id)

    async def get_file(self, uow: Uow, tenant_id: TenantId, file_id: FileId) -> NumberFile:
        """Return a file with its counts so far.

        Raises:
            NotFound: no such file of this tenant.
        """
        found = await number_files.find_file(uow, tenant_id, file_id)
        if found is None:
            raise NotFound("number_file_id", what="number file", id=file_id)
        return found

    @staticmethod
    def sample_xlsx(columns: Sequence[tuple[str, str]] = (("姓名", "张三"), ("金额", "100.00"))) -> bytes:
        """Return a sample file to fill in: the number, then one column per (name, sample value)."""
        return rules.sample_xlsx(columns)

    async def list_files(self, uow: Uow, tenant_id: TenantId, *, offset: int = 0, limit: int = 20) -> Page[NumberFile]:
        """Return the tenant's files, the newest first."""
        return await number_files.list_files(uow, tenant_id, offset, limit)

    async def delete_file(self, uow: Uow, tenant_id: TenantId, file_id: FileId) -> None:
        """Remove a file with its recipients; repeating changes nothing."""
        file = await number_files.find_file(uow, tenant_id, file_id)
        if file is None:
            return
        await self._vault.delete_all(file_id, file.blocks)
        await number_files.delete_file(uow, tenant_id, file_id)

    async def delete_old_files(self, uow: Uow, limit: int = 100) -> int:
        """Remove files whose 30 days are over, at most ``limit``; return how many."""
        old = await number_files.list_files_before(uow, self._clock.now() - KEPT_FOR, limit)
        for tenant_id, file_id in old:
            await self.delete_file(uow, tenant_id, file_id)
        return len(old)

    # --- recipients ----------------------------------------------------------------------------------------------

    async def read_block(self, file_id: FileId, block_no: int) -> RecipientBlock:
        """Return one block of a file that is parsed.

        Raises:
            NotFound: no such block.
        """
        return await self._vault.get_recipients(file_id, block_no)

    async def iter_blocks(self, file: NumberFile, from_block: int = 0) -> AsyncIterator[RecipientBlock]:
        """Yield the blocks of a parsed file in order.

        Raises:
            FileNotParsed: not all blocks are there yet.
        """
        if file.state is not FileState.PARSED:
            raise FileNotParsed(name=file.name, state=file.state.value)
        for block_no in range(from_block, file.blocks):
            yield await self.read_block(file.file_id, block_no)

    async def write_flags(self, key: FileId, block_no: int, flags: bytes) -> None:
        """Keep one byte per recipient of a block beside it; ``key`` is the file, or whoever's answers these are."""
        await self._vault.put_flags(key, block_no, flags)

    async def read_flags(self, key: FileId, block_no: int) -> bytes:
        """Return what was kept for a block.

        Raises:
            NotFound: nothing was.
        """
        return await self._vault.get_flags(key, block_no)

    async def delete_flags(self, key: FileId, blocks: int) -> None:
        """Forget what was kept for the first blocks; repeating changes nothing."""
        await self._vault.delete_flags(key, blocks)

    async def iter_issues(self, file: NumberFile) -> AsyncIterator[rules.Issue]:
        """Yield (row number, reason, value) of the rows that gave no recipient, block after block."""
        for block_no in range(file.blocks):
            for issue in await self._vault.get_issues(file.file_id, block_no):
                yield issue

    async def invalid_csv(
        self, file: NumberFile, reasons: Collection[IssueReason] = tuple(IssueReason)
    ) -> AsyncIterator[bytes]:
        """Yield a csv (UTF-8 with mark, for spreadsheets) of rows without recipient: row, value, reason."""
        async for piece in rules.issues_csv(self.iter_issues(file), {reason.value for reason in reasons}):
            yield piece

    # --- opt-outs ------------------------------------------------------------------------------------------------

    async def opt_out(
        self, uow: Uow, tenant_id: TenantId, phones: Iterable[Phone], *, source: str, signature: str | None = None
    ) -> int:
        """Note that numbers want no more messages of a tenant (or of one of its signatures); return how many are new.

        What is queued stops too, by the job ``delivery.suppress``. ``signature`` is its id. Key: tenant, number,
        signature.
        """
        sealer = await self._keys.sealer(uow, tenant_id)
        fresh: list[bytes] = []
        for sealed in rules.batches(sealer.seal_all(dict.fromkeys(phones))):
            fresh += await opt_outs.insert_opt_outs(
                uow, tenant_id, sealed, signature=signature or "", source=source, at=self._clock.now()
            )
        await self._tell_line(uow, "delivery.suppress", tenant_id, fresh, signature)
        return len(fresh)

    async def take_uplink(
        self, uow: Uow, tenant_id: TenantId, sealed_phone: bytes, text: str, *, signature: str | None = None
    ) -> bool:
        """Take a text that a phone sent back; tell whether it was a refusal: an opt-out of the signature it answered.

        To a signature's number the line has suppressed it already; it is not told again, or it would undo a lifting.
        """
        if not is_refusal(text):
            return False
        fresh = await opt_outs.insert_opt_outs(
            uow, tenant_id, [sealed_phone], signature=signature or "", source="uplink", at=self._clock.now()
        )
        await self._tell_line(uow, "delivery.suppress", tenant_id, [] if signature else fresh, None)
        return True

    async def opt_in(
        self, uow: Uow, tenant_id: TenantId, phones: Iterable[Phone], *, signature: str | None = None
    ) -> int:
        """Take opt-outs back, on the line too (job ``delivery.lift``); return how many there were. Key: as above."""
        sealer = await self._keys.sealer(uow, tenant_id)
        removed = 0
        sealed = sealer.seal_all(phones)
        for some in rules.batches(sealed):
            removed += await opt_outs.delete_opt_outs(uow, tenant_id, some, signature or "")
        await self._tell_line(uow, "delivery.lift", tenant_id, sealed, signature)
        return removed

    async def _tell_line(
        self, uow: Uow, job: str, tenant_id: TenantId, sealed: Sequence[bytes], signature: str | None
    ) -> None:
        for some in rules.batches(sealed):
            args: dict[str, JsonValue] = {"tenant_id": tenant_id, "signature_id": signature}
            args["numbers"] = [base64.b64encode(one).decode() for one in some]
            await self._jobs.defer(uow, job, args)

    async def find_opted_out(
        self, uow: Uow, tenant_id: TenantId, phones: Sequence[Phone], *, signature: str | None = None
    ) -> set[Phone]:
        """Return which of some numbers want no messages of a tenant (with a signature: or none of that signature)."""
        sealer = await self._keys.sealer(uow, tenant_id)
        by_sealed = dict(zip(sealer.seal_all(phones), phones, strict=True))
        found: set[bytes] = set()
        for sealed in rules.batches(list(by_sealed)):
            found |= await opt_outs.find_opt_outs(uow, tenant_id, sealed, signature)
        return {by_sealed[one] for one in found}

    async def list_opted_out(self, uow: Uow, tenant_id: TenantId, signature: str) -> set[Phone]:
        """Return who wants nothing of one signature: they are in number files, which know no signature."""
        sealer = await self._keys.sealer(uow, tenant_id)
        return {sealer.open(one) for one in await opt_outs.list_all_opt_outs(uow, tenant_id, signature)}

    async def list_opt_outs(self, uow: Uow, tenant_id: TenantId, *, offset: int = 0, limit: int = 20) -> Page[OptOut]:
        """Return opt-outs, the newest first."""
        sealer = await self._keys.sealer(uow, tenant_id)
        page = await opt_outs.list_opt_outs(uow, tenant_id, offset, limit)
        items = tuple(
            OptOut(sealer.open(row.sealed_phone), row.signature or None, row.source, row.at) for row in page.items
        )
        return Page(items, page.total, page.offset, page.limit)

    # --- inside --------------------------------------------------------------------------------------------------

    def _intake(self, file: NumberFile, opted_out: rules.Numbers) -> "_Intake":
        return _Intake(self._vault, self._clock, file, opted_out, self._tell_parsed)

    async def _opted_out(self, uow: Uow, tenant_id: TenantId) -> rules.Numbers:
        """Return the tenant's opt-outs as integers: a look-up by block then needs no sealing of a million numbers."""
        sealer: NumberSealer = await self._keys.sealer(uow, tenant_id)
        sealed = await opt_outs.list_all_opt_outs(uow, tenant_id)
        return np.array([int(sealer.open(one)) for one in sealed], dtype=np.uint64)

    async def _run_child(self, db: Database, file: NumberFile, intake: "_Intake") -> None:
        extension = rules.extension_of(file.name)
        # Without a name in any folder: gone when it is closed, also by a kill.
        with TemporaryFile() as source:
            await self._vault.copy_source(file.file_id, source)
            async with sandbox.run(
                _PARSERS[extension],
                [],
                memory_bytes=CHILD_MEMORY_BYTES,
                deadline_s=CHILD_DEADLINE_S,
                stdin=source,
            ) as child:
                async for part in child.frames():
                    await intake.take(part, db.begin)
        await self._vault.delete_source(file.file_id)

    async def _fail(self, db: Database, file: NumberFile, error: HongyanError) -> None:
        async with db.begin() as uow:
            if await number_files.fail_file(
                uow,
                file.tenant_id,
                file.file_id,
                failure_code=error.code,
                failure_en=error.text("en"),
                failure_zh=error.text("zh-CN"),
            ):
                await self._tell_parsed(uow, file, FileState.FAILED)

    async def _tell_parsed(self, uow: Uow, file: NumberFile, state: FileState) -> None:
        """Defer the job of whoever waits for files, if anybody does."""
        if self._parsed_job is not None:
            args = {"tenant_id": file.tenant_id, "file_id": file.file_id, "state": state.value}
            await self._jobs.defer(uow, self._parsed_job, args)


class _Intake:
    """Takes in what a parser sends: removes opt-outs, stores blocks, keeps the checkpoint. Key: the block's number."""

    def __init__(self, vault: Vault, clock: Clock, file: NumberFile, opted_out: rules.Numbers, tell: Tell) -> None:
        """Begin at the file's checkpoint; ``tell`` runs in the last transaction."""
        self._vault = vault
        self._clock = clock
        self._tell = tell
        self._file = file
        self._opted_out = opted_out
        self._dropped = file.counts.opted_out
        self._next_block = file.blocks

    async def take(self, part: bytes, begin: Begin) -> None:
        """Take one frame; transactions come from ``begin``.

        Raises:
            NumberFileRefused: the parser says that the file cannot be used.
        """
        kind, body = part[:1], memoryview(part)[1:]
        if kind == frames.BLOCK:
            await self._take_block(_decode_block(body), begin)
            return
        if kind == frames.REFUSED:
            raise _REFUSALS[_decode_refused(body).reason]("file", name=self._file.name)
        async with begin() as uow:
            if kind == frames.HEADER:
                header = _decode_header(body)
                await self._write(
                    uow,
                    columns=header.columns,
                    number_column=header.number_column,
                    sheet=header.sheet,
                    other_sheets=header.other_sheets,
                )
            else:
                now = self._clock.now()
                ended = {"state": FileState.PARSED, "parsed_at": now, **self._counts(_decode_tally(body))}
                if await self._advance(uow, self._next_block, **ended):
                    await self._tell(uow, self._file, FileState.PARSED)

    async def _take_block(self, block: frames.Block, begin: Begin) -> None:
        if block.block_no < self._file.blocks:
            return  # stored before a restart
        phones = np.frombuffer(block.phones, dtype="<u8")
        columns, issues = block.columns, block.issues
        is_out = np.isin(phones, self._opted_out) if self._opted_out.size else None
        if is_out is not None and is_out.any():
            rows = np.frombuffer(block.row_nos, dtype="<u4")
            for row_no, phone in zip(rows[is_out].tolist(), phones[is_out].tolist(), strict=True):
                issues.append((row_no, IssueReason.OPTED_OUT.value, national_form(str(phone))))
            self._dropped += int(is_out.sum())
            columns = rules.drop_recipients(columns, (~is_out).tolist())
            phones = phones[~is_out]
        file_id = self._file.file_id
        # Compressing takes 5 to 10 ms: in a thread, so that other jobs' heartbeats go on.
        packed = await asyncio.to_thread(rules.pack_block, phones, columns)
        await self._vault.put_recipients(file_id, block.block_no, packed)
        if issues:
            packed = await asyncio.to_thread(rules.pack_issues, sorted(issues))
            await self._vault.put_issues(file_id, block.block_no, packed)
        async with begin() as uow:
            # Where two runs meet (a worker that was taken for dead), the one that is behind changes nothing.
            await self._advance(uow, block.block_no, blocks=block.block_no + 1, **self._counts(block.tally))
            self._next_block = block.block_no + 1

    def _counts(self, tally: frames.Tally) -> dict[str, object]:
        return {
            "rows": tally.rows,
            "imported": tally.imported - self._dropped,
            "invalid": tally.invalid,
            "duplicates": tally.duplicates,
            "opted_out": self._dropped,
        }

    async def _write(self, uow: Uow, **values: object) -> None:
        await number_files.update_file(uow, self._file.tenant_id, self._file.file_id, **values)

    async def _advance(self, uow: Uow, from_block: int, **values: object) -> bool:
        file = self._file
        return await number_files.advance_file(uow, file.tenant_id, file.file_id, from_block, **values)
