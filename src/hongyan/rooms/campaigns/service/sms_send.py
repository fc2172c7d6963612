"""The vendor's plain SMS: one or several texts to many numbers, planned in the request's own transaction.

The link in a text is the customer's business; where it is one of ours, its code is kept with the message, so that what
becomes of the card joins with what becomes of the text. Source: api.md of the requirements §5.11, §4.3; ADR 0004.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from hongyan.kernel.db.database import Uow
from hongyan.kernel.errors import HongyanError
from hongyan.kernel.ids import TaskId, TenantId
from hongyan.rooms.campaigns import rules
from hongyan.rooms.campaigns.contracts import Content, Fallback, ParseCounts, Task, TaskState
from hongyan.rooms.campaigns.errors import LinkValueInvalid, SmsNumbersTooMany
from hongyan.rooms.campaigns.service.admission import Channel, variable_specs
from hongyan.rooms.campaigns.service.desk import Rooms
from hongyan.rooms.campaigns.service.plan import chunk_of, no_route
from hongyan.rooms.campaigns.service.sms_calls import (
    MAX_NUMBERS,
    ReadyText,
    SendStatus,
    SmsAccepted,
    SmsText,
    SmsWish,
    check_link,
    chunks_of,
    results_of,
)
from hongyan.rooms.campaigns.store import tasks as store
from hongyan.rooms.carriers.service import CarriersService
from hongyan.rooms.delivery.contracts import PlannedMessage
from hongyan.rooms.identity.contracts import Actor, Permission, Tenant
from hongyan.rooms.rendering.service import CompiledTemplate
from hongyan.rooms.sms.errors import SendTemplateInactive, ValueCountWrong, ValueRefused
from hongyan.rooms.sms.service.door import SmsService

_VALID_DAYS: Final = 3
"""How long a text may wait for its hours or its carrier; afterwards it is worth nothing."""
_SETTLE_AFTER: Final = timedelta(seconds=1)


class SmsSend:
    """Accepts and plans plain SMS in one go."""

    def __init__(self, *, rooms: Rooms, carriers: CarriersService, sms: SmsService) -> None:
        """Stand on the rooms below."""
        self._r = rooms
        self._carriers = carriers
        self._sms = sms

    async def find_own_links(self, tenant_id: TenantId, texts: Sequence[SmsText]) -> Mapping[str, str]:
        """Return the codes of those parameters that are links of this tenant. Outside the call's transaction.

        Reads nothing for links on hosts that are not ours.
        """
        own: dict[str, str] = {}
        for value in {value for text in texts for value in text.params if "/" in value}:
            domain, _, code = value.removeprefix("https://").removeprefix("http://").partition("/")
            if await self._r.links.find_owner(domain.lower(), code) == tenant_id:
                own[value] = code
        return own

    async def send(self, uow: Uow, actor: Actor, wish: SmsWish, own_links: Mapping[str, str]) -> SmsAccepted:
        """Accept the call; numbers that cannot be sent to say why, the others go.

        Raises:
            HongyanError: what is wrong with the call as a whole, with its field and the vendor's code.
        """
        tenant_id = actor.tenant(Permission.SEND_TASK_CREATE)
        now = self._r.clock.now()
        name = rules.default_name(now) if wish.task_name is None else rules.check_name(wish.task_name)
        count = sum(len(text.to) for text in wish.texts)
        if count > MAX_NUMBERS:
            raise SmsNumbersTooMany("sms_content", count=count, limit=MAX_NUMBERS)
        tenant, ready = await self._ready(uow, tenant_id, wish, own_links)
        task_id = TaskId(self._r.ids.uuid())
        results = results_of(task_id, wish.texts, ready)
        phones = {row.phone for row in results if row.phone is not None and row.status is SendStatus.ACCEPTED}
        out = await self._r.audience.find_opted_out(uow, tenant_id, list(phones))
        chunks = chunks_of(wish.texts, ready, results, out)
        accepted = sum(len(messages) for _, messages in chunks)
        sent = sum(message.ended is None for _, messages in chunks for message in messages)
        content = next(one.content for one in ready if isinstance(one, ReadyText))
        task = Task(
            id=task_id,
            tenant_id=tenant_id,
            name=name,
            state=TaskState.RUNNING if accepted else TaskState.REFUSED,
            reason=None if accepted else "no_numbers",
            source="sms",
            content=content,
            fallback=Fallback.SMS,
            validity_days=_VALID_DAYS,
            jump_url=None,
            domain="",
            is_trial=False,
            number_file_id=None,
            send_at=None,
            start_when_ready=True,
            counts=ParseCounts(
                rows=count,
                imported=sent,
                invalid=sum(row.status not in {SendStatus.ACCEPTED, SendStatus.DUPLICATE} for row in results),
                duplicates=sum(row.status is SendStatus.DUPLICATE for row in results),
                opted_out=accepted - sent,
                capable=sent,
                submitted=sent,
            ),
            next_chunk=len(chunks),
            chunks=len(chunks),
            created_by=actor.user_name,
            created_at=now,
            started_at=now,
            finished_at=None if accepted else now,
            extend=wish.extend,
        )
        await store.insert_task(uow, task)
        await self._plan(uow, tenant, task, chunks, now)
        if chunks and not sent:
            args = {"tenant_id": tenant_id, "task_id": task.id}
            await self._r.jobs.defer(uow, "campaigns.task_settled", args, at=now + _SETTLE_AFTER)
        return SmsAccepted(task, tuple(results))

    async def _ready(
        self, uow: Uow, tenant_id: TenantId, wish: SmsWish, own_links: Mapping[str, str]
    ) -> tuple[Tenant, list[ReadyText | SendStatus]]:
        """Admit and fill every text, each template once.

        Raises:
            HongyanError: a text cannot be sent; where there are several, only when that is not a matter of its own
                template's state or values, or when not one of them can be sent.
        """
        admitted: dict[str, tuple[Tenant, Content]] = {}
        ready: list[ReadyText | SendStatus] = []
        first_error: HongyanError | None = None
        for text in wish.texts:
            status = SendStatus.TEMPLATE_INACTIVE
            try:
                if text.template_id not in admitted:
                    channel = Channel(text.template_id, wish.channel_number, wish.sign)
                    admitted[text.template_id] = await self._r.admission.admit_sms(uow, tenant_id, channel)
                status = SendStatus.VARIABLE_CHECK
                ready.append(self._fill(admitted[text.template_id][1], text, own_links))
            except (SendTemplateInactive, ValueCountWrong, ValueRefused, LinkValueInvalid) as error:
                if not wish.is_mixed:
                    raise
                first_error = first_error or error
                ready.append(status)
        if first_error is not None and not any(isinstance(one, ReadyText) for one in ready):
            raise first_error
        return next(iter(admitted.values()))[0], ready

    def _fill(self, content: Content, text: SmsText, own_links: Mapping[str, str]) -> ReadyText:
        """Put values and link into a template.

        Raises:
            ValueCountWrong, ValueRefused: KM.00001376, KM.00001375, KM.00001403, KM.00001404, or ours.
            LinkValueInvalid: the link's value is none.
        """
        field = f"{text.field}template_params"
        specs = variable_specs(content)
        if len(text.params) != len(specs) + 1:
            raise ValueCountWrong(field, given=len(text.params), needed=len(specs) + 1)
        place = sum(spec.index < content.link_index for spec in specs)
        link = check_link(text.params[place], f"{field}[{place}]")
        values = [*text.params[:place], *text.params[place + 1 :]]
        self._sms.check_values(specs, values, field)
        template = CompiledTemplate(content.sms_text, link_index=content.link_index, signature=content.signature_name)
        whole, parts = template.render(values, link)
        return ReadyText(content, whole, parts, own_links.get(link))

    async def _plan(
        self,
        uow: Uow,
        tenant: Tenant,
        task: Task,
        chunks: Sequence[tuple[Content, list[PlannedMessage]]],
        now: datetime,
    ) -> None:
        """Write one chunk per template; all have one signature, because the channel number is its."""
        if not chunks:
            return
        route = await self._carriers.router(uow, task.tenant_id, task.content.signature_id) or no_route
        for chunk_no, (content, messages) in enumerate(chunks):
            chunk = chunk_of(replace(task, content=content), tenant, chunk_no, messages, now)
            await self._r.delivery.plan_chunk(uow, chunk, route)
