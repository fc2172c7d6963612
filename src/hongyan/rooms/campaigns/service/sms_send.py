"""The vendor's plain SMS: one or several texts to many numbers, planned in the transaction that accepts it.

The link in a text is the customer's business; where it is one of ours, its code is kept with the message, so that what
becomes of the card joins with what becomes of the text. Source: api.md of the requirements §5.11, §4.3; ADR 0004.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from hongyan.kernel.db.database import Uow
from hongyan.kernel.errors import HongyanError, InvalidInput
from hongyan.kernel.ids import TaskId, TenantId
from hongyan.kernel.phones import Phone
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
    SmsCall,
    SmsResult,
    SmsText,
    check_link,
    chunks_of,
    results_of,
)
from hongyan.rooms.campaigns.store import tasks as store
from hongyan.rooms.carriers.contracts import SignatureKey
from hongyan.rooms.carriers.service import CarriersService
from hongyan.rooms.delivery.contracts import PlannedMessage
from hongyan.rooms.identity.contracts import Permission, Tenant
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
            domain, _, code = value.removeprefix("https://").removeprefix("http://").rpartition("/")
            if await self._r.links.find_owner(domain.lower(), code) == tenant_id:
                own[value] = code
        return own

    async def send(self, uow: Uow, call: SmsCall) -> SmsAccepted:
        """Accept one call; numbers that cannot be sent to say why, the others go.

        Raises:
            HongyanError: what is wrong with the call as a whole, with its field and the vendor's code.
        """
        answer = (await self.send_all(uow, [call]))[0]
        if isinstance(answer, HongyanError):
            raise answer
        return answer

    async def send_all(self, uow: Uow, calls: Sequence[SmsCall]) -> list[SmsAccepted | HongyanError]:
        """Accept several calls with the statements of one; returns what became of each, or why it is refused."""
        now = self._r.clock.now()
        asked = _Asked(uow, self._r)
        ready: list[_Call | HongyanError] = []
        for call in calls:
            try:
                ready.append(await self._check(asked, call, now))
            except HongyanError as error:
                ready.append(error)
        good = [one for one in ready if isinstance(one, _Call)]
        out = await self._opted_out(uow, good)
        drafts = {id(one): self._draft(one, out[one.tenant.id], now) for one in good}
        if good:
            await store.insert_tasks(uow, [task for task, _ in drafts.values()])
            await self._plan(asked, good, list(drafts.values()), now)
        return [SmsAccepted(drafts[id(one)][0], tuple(one.results)) if isinstance(one, _Call) else one for one in ready]

    async def _check(self, asked: "_Asked", call: SmsCall, now: datetime) -> "_Call":
        """Check a call and fill its texts; writes nothing.

        Raises:
            HongyanError: what is wrong with the call as a whole.
        """
        wish = call.wish
        tenant_id = call.actor.tenant(Permission.SEND_TASK_CREATE)
        name = rules.default_name(now) if wish.task_name is None else rules.check_name(wish.task_name)
        count = sum(len(text.to) for text in wish.texts)
        if count > MAX_NUMBERS:
            raise SmsNumbersTooMany("sms_content", count=count, limit=MAX_NUMBERS)
        tenant, texts = await self._ready(asked, tenant_id, call)
        task_id = TaskId(self._r.ids.uuid())
        return _Call(call, tenant, name, task_id, texts, results_of(task_id, wish.texts, texts))

    async def _opted_out(self, uow: Uow, ready: Sequence["_Call"]) -> Mapping[TenantId, set[Phone]]:
        """Return who must not get anything, by tenant."""
        phones: dict[TenantId, set[Phone]] = defaultdict(set)
        for one in ready:
            phones[one.tenant.id] |= {
                row.phone for row in one.results if row.status is SendStatus.ACCEPTED and row.phone
            }
        return {
            tenant_id: await self._r.audience.find_opted_out(uow, tenant_id, list(some))
            for tenant_id, some in phones.items()
        }

    @staticmethod
    def _draft(ready: "_Call", out: set[Phone], now: datetime) -> "_Draft":
        """Return the task of a call, and its messages by template."""
        call = ready.call
        wish, task_id, results = call.wish, ready.task_id, ready.results
        chunks = chunks_of(wish.texts, ready.texts, results, out)
        accepted = sum(len(messages) for _, messages in chunks)
        sent = sum(message.ended is None for _, messages in chunks for message in messages)
        content = next(one.content for one in ready.texts if isinstance(one, ReadyText))
        task = Task(
            id=task_id,
            tenant_id=ready.tenant.id,
            name=ready.name,
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
                rows=len(results),
                imported=sent,
                invalid=sum(row.status not in {SendStatus.ACCEPTED, SendStatus.DUPLICATE} for row in results),
                duplicates=sum(row.status is SendStatus.DUPLICATE for row in results),
                opted_out=accepted - sent,
                capable=sent,
                submitted=sent,
            ),
            next_chunk=len(chunks),
            chunks=len(chunks),
            created_by=call.actor.user_name,
            created_at=now,
            started_at=now,
            finished_at=None if accepted else now,
            extend=wish.extend,
        )
        return task, chunks

    async def _ready(
        self, asked: "_Asked", tenant_id: TenantId, call: SmsCall
    ) -> tuple[Tenant, list[ReadyText | SendStatus]]:
        """Admit and fill every text, each template once.

        Raises:
            HongyanError: a text cannot be sent; where there are several, only when that is not a matter of its own
                template's state or values, or when not one of them can be sent.
        """
        wish = call.wish
        ready: list[ReadyText | SendStatus] = []
        first_error: HongyanError | None = None
        found: Tenant | None = None
        for text in wish.texts:
            status = SendStatus.TEMPLATE_INACTIVE
            try:
                channel = Channel(text.template_id, wish.channel_number, wish.sign)
                tenant, content = await asked.admit(tenant_id, channel)
                found = found or tenant
                status = SendStatus.VARIABLE_CHECK
                ready.append(self._fill(content, text, call.own_links))
            except (SendTemplateInactive, ValueCountWrong, ValueRefused, LinkValueInvalid) as error:
                if not wish.is_mixed:
                    raise
                first_error = first_error or error
                ready.append(status)
        if found is None or not any(isinstance(one, ReadyText) for one in ready):
            raise first_error or InvalidInput("sms_content", reason="is empty", reason_zh="不能为空")
        return found, ready

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
        template = _compiled(content.sms_text, content.link_index, content.signature_name)
        whole, parts = template.render(values, link)
        return ReadyText(content, whole, parts, own_links.get(link))

    async def _plan(self, asked: "_Asked", ready: Sequence["_Call"], drafts: Sequence["_Draft"], now: datetime) -> None:
        """Write one chunk per call and template; a call has one signature, because the channel number is its."""
        plans = []
        phones: dict[SignatureKey, list[str]] = defaultdict(list)
        for task, chunks in drafts:
            for content, messages in chunks:
                phones[task.tenant_id, content.signature_id] += [message.phone for message in messages]
        routes = await self._carriers.routers(asked.uow, phones) if phones else {}
        for one, (task, chunks) in zip(ready, drafts, strict=True):
            for chunk_no, (content, messages) in enumerate(chunks):
                route = routes[task.tenant_id, content.signature_id] or no_route
                plans.append((chunk_of(replace(task, content=content), one.tenant, chunk_no, messages, now), route))
            if chunks and not task.counts.submitted:
                args = {"tenant_id": task.tenant_id, "task_id": task.id}
                await self._r.jobs.defer(asked.uow, "campaigns.task_settled", args, at=now + _SETTLE_AFTER)
        if plans:
            await self._r.delivery.plan_chunks(asked.uow, plans)


@dataclass(frozen=True, slots=True)
class _Call:
    """A call that is accepted: its tenant, its texts and one result per number."""

    call: SmsCall
    tenant: Tenant
    name: str
    task_id: TaskId
    texts: list[ReadyText | SendStatus]
    results: list[SmsResult]


_Draft = tuple[Task, list[tuple[Content, list[PlannedMessage]]]]


class _Asked:
    """What was asked in this transaction is not asked again: calls that come together are mostly alike."""

    def __init__(self, uow: Uow, rooms: Rooms) -> None:
        self.uow = uow
        self._r = rooms
        self._admitted: dict[tuple[TenantId, Channel], tuple[Tenant, Content] | HongyanError] = {}

    async def admit(self, tenant_id: TenantId, channel: Channel) -> tuple[Tenant, Content]:
        """Return the tenant and the content of a channel.

        Raises:
            HongyanError: what forbids the send.
        """
        key = (tenant_id, channel)
        if key not in self._admitted:
            try:
                self._admitted[key] = await self._r.admission.admit_sms(self.uow, tenant_id, channel)
            except HongyanError as error:
                self._admitted[key] = error
        found = self._admitted[key]
        if isinstance(found, HongyanError):
            raise found
        return found


@lru_cache(maxsize=1_000)
def _compiled(text: str, link_index: int, signature: str) -> CompiledTemplate:
    return CompiledTemplate(text, link_index=link_index, signature=signature)
