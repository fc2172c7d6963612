"""号码解析 on the send form, before there is a task: who can show the card, and how many parts it would take.

The task that is made of it checks its numbers again: in between people opt out and change phones. Not for: the check
of a task (``numbers``).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.errors import HongyanError
from hongyan.kernel.ids import FileId, TenantId
from hongyan.kernel.phones import is_mainland
from hongyan.rooms.audience.contracts import FileState, NumberFile, RecipientBlock
from hongyan.rooms.campaigns import rules
from hongyan.rooms.campaigns.contracts import (
    MAX_TYPED_PHONES,
    Content,
    NewTask,
    Parse,
    ParseCounts,
    RecipientFlag,
    Task,
    TaskState,
)
from hongyan.rooms.campaigns.errors import NumbersNotChecked, PhonesInvalid
from hongyan.rooms.campaigns.service.admission import Channel, variable_specs
from hongyan.rooms.campaigns.service.columns import ColumnMap, column_names, map_columns
from hongyan.rooms.campaigns.service.desk import CampaignDesk, Rooms
from hongyan.rooms.campaigns.service.link_making import link_domain
from hongyan.rooms.campaigns.service.numbers import mark_opted_out, mark_wrong_values
from hongyan.rooms.campaigns.service.parse_views import SAMPLE_CODE, compiled
from hongyan.rooms.campaigns.store import parses as store
from hongyan.rooms.carriers.service import CarriersService
from hongyan.rooms.handsets.contracts import Capability, Vendor
from hongyan.rooms.handsets.service import HandsetsService
from hongyan.rooms.identity.contracts import Actor, Permission
from hongyan.rooms.sms.service.door import SmsService

KEPT_FOR: Final = timedelta(days=7)
_WAIT: Final = timedelta(milliseconds=500)
_SENT: Final = {RecipientFlag.CAPABLE: "capable", RecipientFlag.INCAPABLE: "incapable"}
_CELLS: Final = re.compile(r"\s*[,，\t]\s*")
_NUMBERS: Final = re.compile(r"[\n\r,;，；、|]+")


@dataclass(frozen=True, slots=True)
class NewParse:
    """What the form says of content and numbers; one of ``number_file_id`` and ``typed``."""

    card_template_id: str
    sms_template_id: str
    domain: str | None = None
    number_file_id: str | None = None
    typed: str = ""
    """Numbers; where the templates have values, one line each: the number and its values, set apart by commas."""


class NumberParses:
    """Use cases of 号码解析 on the form; job ``campaigns.parse_numbers``."""

    def __init__(
        self,
        *,
        db: Database,
        rooms: Rooms,
        handsets: HandsetsService,
        sms: SmsService,
        carriers: CarriersService,
        desk: CampaignDesk,
    ) -> None:
        """Open own short transactions on ``db``: capability questions must not hold one."""
        self._db = db
        self._r = rooms
        self._handsets = handsets
        self._sms = sms
        self._carriers = carriers
        self._desk = desk

    async def admit(self, uow: Uow, tenant_id: TenantId, card_template_id: str, sms_template_id: str) -> Content:
        """Return what a send of these templates would freeze.

        Raises:
            HongyanError: what forbids it.
        """
        return (await self._r.admission.admit(uow, tenant_id, Channel(sms_template_id), card_template_id))[1]

    async def create(self, uow: Uow, actor: Actor, new: NewParse) -> Parse:
        """Take the numbers; they are looked at in the background.

        Raises:
            HongyanError: something may not be sent, there is no number, or too many are typed.
        """
        tenant_id = actor.tenant(Permission.NUMBER_FILE_CREATE)
        content = await self.admit(uow, tenant_id, new.card_template_id, new.sms_template_id)
        domain = await link_domain(self._r.links, uow, tenant_id, new.domain, "domain")
        if (new.number_file_id is None) == (not new.typed.strip()):
            raise PhonesInvalid("typed", reason="are missing", reason_zh="请输入手机号码或上传号码文件")
        names = column_names(content)
        rows = _rows(new.typed, names)
        if len(rows) > MAX_TYPED_PHONES:
            raise PhonesInvalid(
                "typed",
                reason=f"has {len(rows)} numbers, at most {MAX_TYPED_PHONES}: upload a file instead",
                reason_zh=f"共 {len(rows)} 个号码，手动输入最多 {MAX_TYPED_PHONES} 个，请改用文件上传",
            )
        if new.number_file_id is not None:
            file = await self._r.audience.get_file(uow, tenant_id, FileId(new.number_file_id))
        elif names:
            file = await self._r.audience.create_from_rows(uow, tenant_id, names, rows)
        else:
            file = await self._r.audience.create_from_text(uow, tenant_id, new.typed)
        if file.state is FileState.PARSED:
            map_columns(content, file.columns)
        parse = Parse(
            id=FileId(self._r.ids.uuid()),
            tenant_id=tenant_id,
            state=TaskState.PARSING,
            reason=None,
            content=content,
            domain=domain,
            number_file_id=file.file_id,
            counts=ParseCounts(),
            tally={},
            block_sizes=(),
            created_by=actor.user_name,
            created_at=self._r.clock.now(),
        )
        await store.insert_parse(uow, parse)
        await self._defer(uow, parse)
        return parse

    async def _defer(self, uow: Uow, parse: Parse, after: timedelta = timedelta()) -> None:
        args = {"tenant_id": parse.tenant_id, "parse_id": parse.id}
        await self._r.jobs.defer(uow, "campaigns.parse_numbers", args, at=self._r.clock.now() + after)

    async def get(self, uow: Uow, tenant_id: TenantId, parse_id: str) -> tuple[Parse, NumberFile]:
        """Return one with its file.

        Raises:
            NotFound: none of this tenant has the id.
        """
        parse = await store.get_parse(uow, tenant_id, FileId(parse_id))
        return parse, await self._r.audience.get_file(uow, tenant_id, parse.number_file_id)

    async def send(self, uow: Uow, actor: Actor, parse_id: str, new: NewTask) -> Task:
        """Make the task; ``new`` says all but templates, domain and numbers, which are those that were looked at.

        Raises:
            NumbersNotChecked: they are still being looked at, or were refused.
            HongyanError: see :meth:`CampaignDesk.create`.
        """
        parse = await store.get_parse(uow, actor.tenant(Permission.SEND_TASK_CREATE), FileId(parse_id))
        if parse.state is not TaskState.READY:
            raise NumbersNotChecked("parse_id", state=parse.state.value)
        content = parse.content
        wanted = replace(
            new,
            card_template_id=content.card_template_id or "",
            sms_template_id=content.sms_template_id,
            number_file_id=parse.number_file_id,
            domain=parse.domain,
        )
        return await self._desk.create(uow, actor, wanted)

    # --- the job ------------------------------------------------------------------------------------------------------

    async def run(self, tenant_id: TenantId, parse_id: FileId) -> None:
        """Look at all numbers; repeatable: it goes on at the last finished block."""
        async with self._db.begin() as uow:
            parse, file = await self.get(uow, tenant_id, parse_id)
            if parse.state is not TaskState.PARSING:
                return
            if file.state in {FileState.UPLOADED, FileState.PARSING}:
                await self._defer(uow, parse, _WAIT)
                return
            carriers = {prefix: carrier.value for prefix, carrier, _ in await self._carriers.list_segments(uow)}
            out = await self._r.audience.list_opted_out(uow, tenant_id, parse.content.signature_id)
        if file.state is FileState.FAILED:
            await self._end(parse, TaskState.REFUSED, reason=file.failure_zh or file.failure_code)
            return
        try:
            columns = map_columns(parse.content, file.columns)
        except HongyanError as error:
            await self._end(parse, TaskState.REFUSED, reason=error.text("zh-CN"))
            return
        check = self._sms.compile_check(variable_specs(parse.content))
        for block_no in range(len(parse.block_sizes), file.blocks):
            block = await self._r.audience.read_block(file.file_id, block_no)
            flags = await self._capability(parse, block)
            mark_wrong_values(flags, block, columns, check)
            mark_opted_out(flags, block, out)
            await self._r.audience.write_flags(parse.id, block_no, bytes(flags))
            counts = replace(
                parse.counts,
                invalid=parse.counts.invalid + flags.count(RecipientFlag.WRONG_VALUE),
                opted_out=parse.counts.opted_out + flags.count(RecipientFlag.OPTED_OUT),
                capable=parse.counts.capable + flags.count(RecipientFlag.CAPABLE),
                incapable=parse.counts.incapable + flags.count(RecipientFlag.INCAPABLE),
            )
            tally = _count_parts(parse, block, flags, columns, carriers)
            size = len(block.phones)
            async with self._db.begin() as uow:
                if not await store.advance_parse(uow, parse, size=size, counts=counts, tally=tally):
                    return  # another worker is ahead
            parse = replace(parse, counts=counts, tally=tally, block_sizes=(*parse.block_sizes, size))
        counts = replace(
            parse.counts,
            rows=file.counts.rows,
            imported=parse.counts.capable + parse.counts.incapable,
            invalid=parse.counts.invalid + file.counts.invalid,
            duplicates=file.counts.duplicates,
            opted_out=parse.counts.opted_out + file.counts.opted_out,
        )
        await self._end(parse, TaskState.READY, counts=counts)

    async def _capability(self, parse: Parse, block: RecipientBlock) -> bytearray:
        vendors = frozenset(Vendor(name) for name in parse.content.card_vendors)
        answer = await self._handsets.check_capability(self._db, parse.tenant_id, block.phones, vendors)
        return bytearray(
            RecipientFlag.CAPABLE if flag == Capability.YES else RecipientFlag.INCAPABLE for flag in answer.flags
        )

    async def _end(
        self, parse: Parse, state: TaskState, *, counts: ParseCounts | None = None, reason: str | None = None
    ) -> None:
        async with self._db.begin() as uow:
            await store.end_parse(uow, parse, state, counts=counts, reason=reason)

    async def forget(self) -> int:
        """Forget those of more than a week ago, with their flags; returns how many. Repeatable."""
        async with self._db.begin() as uow:
            old = await store.list_old(uow, self._r.clock.now() - KEPT_FOR, 1_000)
        for tenant_id, parse_id, blocks in old:
            await self._r.audience.delete_flags(parse_id, blocks + 1)
            async with self._db.begin() as uow:
                await store.delete_parse(uow, tenant_id, parse_id)
        return len(old)


def _rows(text: str, columns: Sequence[str]) -> list[list[str]]:
    """Cut what was typed: numbers however they are set apart, or lines of a number and its values."""
    if columns:
        lines = (line.strip() for line in text.splitlines())
        return [_CELLS.split(line, maxsplit=len(columns)) for line in lines if line]
    return [[number] for number in _NUMBERS.split(text) if number.strip()]


def _count_parts(
    parse: Parse, block: RecipientBlock, flags: Sequence[int], columns: ColumnMap, carriers: Mapping[str, str]
) -> dict[str, dict[str, int]]:
    tally = rules.PartsTally(parse.tally)
    template = compiled(parse.content)
    link = f"{parse.domain}/{SAMPLE_CODE}"
    for i, flag in enumerate(flags):
        kind = _SENT.get(RecipientFlag(flag))
        if kind is None:
            continue
        phone = block.phones[i]
        carrier = (carriers.get(phone[2:6]) or carriers.get(phone[2:5])) if is_mainland(phone) else None
        values = [block.columns[position][i] for position in columns.sms]
        text, parts = template.render(values, link)
        tally.add(kind, carrier or "other", text, parts)
        if kind == "incapable":
            plain, plain_parts = template.render(values, None)
            tally.add("plain", carrier or "other", plain, plain_parts)
    return tally.sums()
