"""The door of receipts: a gateway hands reports and uplinks over here, and answers the carrier after the commit.

Not for: the states of messages (``delivery``), which this room only feeds.
"""

import base64
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import AccountId, Ids, MessageId, SignatureId, TaskId, TenantId
from hongyan.kernel.jobs.queue import Jobs, JsonValue
from hongyan.kernel.keys.numbers import TenantKeys
from hongyan.kernel.wishes import is_refusal
from hongyan.rooms.carriers.contracts import MEDIA_PROTOCOLS, Account, RouteExplained
from hongyan.rooms.carriers.service import LINE_TENANT, CarriersService
from hongyan.rooms.delivery.contracts import (
    LifeReport,
    MessageKind,
    MessageLife,
    MessageState,
    ReportFact,
    day_number,
    day_start,
    signed,
    unsigned,
)
from hongyan.rooms.delivery.service import LEAST_KEPT_DAYS, PARTITION_DAYS, DeliveryService
from hongyan.rooms.receipts import rules, store
from hongyan.rooms.receipts.contracts import CarrierReport, CarrierUplink, UplinkPart
from hongyan.rooms.receipts.store import NewReport, ReportKey, UplinkPartRow, UplinkPlace

Owners = set[tuple[TenantId, TaskId]]
_Listed = tuple[ReportKey, datetime, MessageState]
_TRY_ROWS: Final = 1_000
_CALL_BACK_EVERY: Final = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class _Text:
    """A whole text from a phone."""

    number: bytes
    """Sealed under the line's key."""
    phone: str
    dest: str
    text: str
    carrier_msg_id: int
    """Signed; of the first part."""
    parts: int = 1
    missing: int = 0


@dataclass(frozen=True, slots=True)
class LifeWay:
    """Which way a message took, and what routing says of it."""

    accounts: Mapping[AccountId, Account]
    """Over which it was attempted; without accounts now gone."""
    route: RouteExplained
    """As planning would decide now."""


class ReceiptsService:
    """Use cases of receipts."""

    def __init__(
        self,
        *,
        clock: Clock,
        ids: Ids,
        keys: TenantKeys,
        jobs: Jobs,
        carriers: CarriersService,
        delivery: DeliveryService,
    ) -> None:
        """Carry reports into ``delivery``; tell audience of uplinks through ``jobs``."""
        self._clock = clock
        self._ids = ids
        self._keys = keys
        self._jobs = jobs
        self._carriers = carriers
        self._delivery = delivery
        self._ready_day = -1
        self._called_back_at: dict[AccountId, datetime] = {}

    async def take_reports(self, uow: Uow, account: Account, reports: Sequence[CarrierReport]) -> Owners:
        """Store reports and carry them into the ledger; returns (tenant, task) of everything that changed.

        Key: (day, account, id, stat, number): what was stored before changes nothing. What no outcome explains is
        listed and tried again by :meth:`retry_unmatched`.
        """
        now = self._clock.now()
        line = await self._keys.sealer(uow, LINE_TENANT)
        told = dict(account.options.stats)
        rows: dict[ReportKey, NewReport] = {}
        facts: dict[ReportKey, ReportFact] = {}
        for report in reports:
            phone, stat = rules.canonical(report.dest), report.stat.replace("\0", "")
            key = ReportKey(signed(report.carrier_msg_id), stat, line.seal(phone))
            rows[key] = NewReport(*key, report.submit_time, report.done_time, report.smsc_seq)
            state = rules.state_of(stat, told)
            if state is not None:
                facts[key] = ReportFact(report.carrier_msg_id, phone, state, stat, now)
        day = day_number(now)
        if day != self._ready_day and not await self.ensure_partitions(uow):
            self._ready_day = day  # remembered only when others had made and committed them
        # In one order, so that two listeners that hear the same do not wait for each other.
        fresh = await store.insert_reports(uow, day, account.account_id, sorted(rows.values()), now)
        new = sorted(facts.keys() & fresh)
        if not new:
            return set()
        left, owners = await self._delivery.take_reports(
            uow,
            account.account_id,
            [facts[key] for key in new],
            by_number=False,
            ids_repeat=account.protocol in rules.IDS_REPEAT,
        )
        if left:
            waiting = rules.next_try(now - now)
            await store.insert_unmatched(
                uow, account.account_id, [new[index] for index in left], now, now + (waiting or rules.EARLY)
            )
        return owners

    async def retry_unmatched(self, uow: Uow, account: Account) -> tuple[int, Owners]:
        """Try listed reports again that are due; returns (how many were tried, (tenant, task) of what changed).

        Older ones are also compared with unknown messages to the same number: their answer may have been lost.
        """
        now = self._clock.now()
        # A clock that was ahead and has been put right: what came meanwhile would wait until that time comes again.
        # Looked for now and then also where this clock seems in step: another process may have heard it, or one moment.
        last = self._called_back_at.get(account.account_id)
        is_in_step = last is not None and last <= now < last + _CALL_BACK_EVERY
        if not is_in_step and not await store.call_back(uow, account.account_id, now):
            self._called_back_at[account.account_id] = now  # remembered only when it had been done and committed
        due = await store.take_due(uow, account.account_id, now, limit=_TRY_ROWS)
        if not due:
            return 0, set()
        line = await self._keys.sealer(uow, LINE_TENANT)
        told = dict(account.options.stats)
        owners: Owners = set()
        finals = [(key, at, state) for key, at in due if (state := rules.state_of(key.stat, told)) is not None]
        if len(finals) < len(due):  # an operator has said meanwhile that such states say nothing
            moot = [key for key, _ in due if rules.state_of(key.stat, told) is None]
            await store.delete_unmatched(uow, account.account_id, moot)
        for by_number in (False, True):
            these = [final for final in finals if (now - final[1] >= rules.EARLY) is by_number]
            if by_number and these:
                these = await self._without_repeated(uow, account, these)
            some = [(key, at) for key, at, _ in these]
            facts = [_fact(key, line.open(key.number), at, state) for key, at, state in these]
            if not facts:
                continue
            left, touched = await self._delivery.take_reports(
                uow,
                account.account_id,
                facts,
                by_number=by_number,
                ids_repeat=account.protocol in rules.IDS_REPEAT,
            )
            owners |= touched
            await self._settle(uow, account, some, set(left), now)
        return len(due), owners

    async def _without_repeated(self, uow: Uow, account: Account, listed: Sequence[_Listed]) -> list[_Listed]:
        """Take off the list what had come the day before already: by its number it would count as another one."""
        days: dict[int, list[ReportKey]] = defaultdict(list)
        for key, at, _ in listed:
            days[day_number(at)].append(key)
        repeated: set[ReportKey] = set()
        for day, some in days.items():
            repeated |= await store.list_repeated(uow, day, account.account_id, some)
        if repeated:
            await store.delete_unmatched(uow, account.account_id, sorted(repeated))
        return [one for one in listed if one[0] not in repeated]

    async def take_uplink(self, uow: Uow, account: Account, uplink: CarrierUplink) -> bool:
        """Store a text from a phone and tell others by jobs; false when nothing of it was new.

        Key: (day, account, id, number); parts of a long text: (account, number, dialled number, reference, part). A
        whole text is told once: ``audience.uplink_received`` hears of all, ``callbacks.uplink`` and
        ``campaigns.answer_uplink`` of those to a signature's number, ``campaigns.video_reply`` of those on an account
        that carries media. Jobs carry the number sealed: under the tenant's key when the dialled number is a
        signature's, else under the line's. A refusal (R, TD, 退订 …) to a signature's number suppresses it in this very
        transaction.
        """
        line = await self._keys.sealer(uow, LINE_TENANT)
        phone, dest = rules.canonical(uplink.src), uplink.dest.replace("\0", "")
        if uplink.part is not None:
            place = UplinkPlace(account.account_id, line.seal(phone), dest, uplink.part.ref, uplink.part.total)
            return await self._take_part(uow, account, place, uplink.part, signed(uplink.carrier_msg_id))
        whole = _Text(line.seal(phone), phone, dest, uplink.text.replace("\0", ""), signed(uplink.carrier_msg_id))
        return await self._tell(uow, account.account_id, account, whole) is not None

    async def take_uplinks(self, uow: Uow, account: Account, uplinks: Sequence[CarrierUplink]) -> int:
        """Take several; returns how many were new. Parts are taken in one order, so that gateways do not block."""
        ordered = sorted(uplinks, key=lambda u: (u.src, u.dest, u.part[:3]) if u.part else (u.src, u.dest, ()))
        return sum([await self.take_uplink(uow, account, uplink) for uplink in ordered])

    async def tell_overdue(self, uow: Uow, *, limit: int = 100) -> int:
        """Tell long texts whose other parts did not come in time, as they are; returns how many."""
        line = await self._keys.sealer(uow, LINE_TENANT)
        places = await store.list_overdue(uow, self._clock.now() - rules.PART_WAIT, limit=limit)
        accounts = {one.account_id: one for one in await self._carriers.list_accounts(uow)} if places else {}
        for place in places:
            rows = await store.lock_parts(uow, place)
            if rows and rows[0].uplink_id is None:
                account = accounts.get(AccountId(place.account_id))
                await self._tell_parts(uow, account, place, rows, line.open(place.number))
        return len(places)

    async def _take_part(
        self, uow: Uow, account: Account, place: UplinkPlace, part: UplinkPart, carrier_msg_id: int
    ) -> bool:
        """Keep a part, and tell the text when all are there. Only one transaction at a time is at a text."""
        now = self._clock.now()
        line = await self._keys.sealer(uow, LINE_TENANT)
        phone = line.open(place.number)
        rows = await store.lock_parts(uow, place)
        known = {row.part_no: row for row in rows}
        told = rows[0].uplink_id if rows else None
        is_over = told is not None and now - max(row.received_at for row in rows) > rules.SAME_TEXT
        same = known.get(part.part_no)
        if same is not None and not is_over and (same.octets, same.coding) == (part.octets, part.coding):
            return False
        if same is not None or is_over:
            # The phone has come round to a reference that it used before.
            if told is None:
                await self._tell_parts(uow, account, place, rows, phone)
            await store.delete_parts(uow, place)
            rows, told = [], None
        mine = UplinkPartRow(part.part_no, carrier_msg_id, part.octets, part.coding, now, told)
        await store.insert_part(uow, place, mine)
        rows = sorted([*rows, mine])
        if told is not None:
            await store.complete_uplink(uow, told, _text_of(place, rows), place.total - len(rows))
        elif len(rows) == place.total:
            await self._tell_parts(uow, account, place, rows, phone)
        return True

    async def _tell_parts(
        self, uow: Uow, account: Account | None, place: UplinkPlace, rows: Sequence[UplinkPartRow], phone: str
    ) -> None:
        whole = _Text(
            place.number,
            phone,
            place.dest,
            _text_of(place, rows),
            rows[0].carrier_msg_id,
            parts=place.total,
            missing=place.total - len(rows),
        )
        uplink_id = await self._tell(uow, place.account_id, account, whole)
        await store.mark_told(uow, place, uplink_id or self._ids.uuid())

    async def _tell(self, uow: Uow, account_id: int, account: Account | None, whole: "_Text") -> str | None:
        """Store a whole text, suppress where it is a refusal, tell others; returns its id, ``None`` when it is there.

        ``account`` is ``None`` when it was removed meanwhile.
        """
        now = self._clock.now()
        channel = None
        if account is not None:
            channel = await self._carriers.find_channel_of_number(uow, account, whole.dest)
        uplink_id = self._ids.uuid()
        said = whole.text
        is_new = await store.insert_uplink(
            uow,
            (
                uplink_id,
                channel.tenant_id if channel else None,
                channel.signature_id if channel else None,
                account_id,
                day_number(now),
                whole.carrier_msg_id,
                whole.number,
                whole.dest,
                said,
                now,
                whole.parts,
                whole.missing,
            ),
        )
        if not is_new:
            return None
        if channel is not None and is_refusal(said):
            await self._delivery.suppress(uow, channel.tenant_id, [whole.phone], signature_id=channel.signature_id)
        number = whole.number
        if channel is not None:
            number = (await self._keys.sealer(uow, channel.tenant_id)).seal(whole.phone)
        told: dict[str, JsonValue] = {"uplink_id": uplink_id, "number": base64.b64encode(number).decode(), "text": said}
        owner: dict[str, JsonValue] = {
            "tenant_id": channel.tenant_id if channel else None,
            "signature_id": channel.signature_id if channel else None,
        }
        await self._jobs.defer(uow, "audience.uplink_received", {**told, **owner})
        told["at"] = now.isoformat()
        if channel is not None:
            await self._jobs.defer(uow, "callbacks.uplink", {**told, **owner, "dialled": whole.dest})
            await self._jobs.defer(uow, "campaigns.answer_uplink", {**told, **owner})
        elif account is not None and account.protocol in MEDIA_PROTOCOLS:
            await self._jobs.defer(uow, "campaigns.video_reply", {**told, "account_id": account_id})
        return uplink_id

    async def tell_way(self, uow: Uow, life: MessageLife) -> LifeWay:
        """Return the accounts over which a message was attempted, and which way it would take now, and why."""
        wanted = {span.account_id for span in life.spans}
        accounts = await self._carriers.list_accounts(uow) if wanted else []
        view = life.view
        route = await self._carriers.explain_route(
            uow,
            life.tenant_id,
            SignatureId(view.signature_id),
            view.phone,
            is_media=MessageKind(view.kind) is MessageKind.VIDEO,
        )
        return LifeWay({one.account_id: one for one in accounts if one.account_id in wanted}, route)

    async def get_life(self, uow: Uow, tenant_id: TenantId | None, message_id: MessageId) -> MessageLife:
        """Return everything that is known of one message, with reports as the carrier wrote them.

        ``tenant_id`` is ``None`` for operators: a message of any tenant.

        Raises:
            MessageNotFound: not there, or another tenant's.
        """
        life = await self._delivery.get_life(uow, tenant_id, message_id)
        ids = {(part.account_id, signed(part.carrier_msg_id)) for part in life.parts if part.result == 0}
        if not ids:
            return life
        line = await self._keys.sealer(uow, LINE_TENANT)
        first = day_number(life.view.planned_at)
        rows = await store.list_reports(
            uow,
            {account for account, _ in ids},
            {carrier_id for _, carrier_id in ids},
            line.seal(life.view.phone),
            first,
            first + LEAST_KEPT_DAYS,
        )
        heard: dict[tuple[int, int], list[LifeReport]] = defaultdict(list)
        for account, carrier_id, stat, submit_time, done_time, at in rows:
            heard[account, carrier_id].append(LifeReport(unsigned(carrier_id), stat, submit_time, done_time, at))
        parts = tuple(
            replace(part, reports=tuple(heard[part.account_id, signed(part.carrier_msg_id)])) for part in life.parts
        )
        return replace(life, parts=parts)

    async def age(self, uow: Uow, keep_days: int) -> bool:
        """Drop one daily table, or a slice of uplinks, older than so many days; false when nothing is left to do.

        Key: the day. A table whose parent is busy is left for the next run.
        """
        first_kept = day_number(self._clock.now()) - max(keep_days, LEAST_KEPT_DAYS)
        old = await store.list_old_days(uow, first_kept)
        if old:
            return await store.drop_day(uow, old[0])
        await store.delete_told_parts(uow, self._clock.now() - rules.PARTS_KEPT)
        return await store.delete_old(uow, first_kept, day_start(first_kept), limit=_TRY_ROWS) > 0

    async def count_unmatched(self, uow: Uow) -> int:
        """Count reports that nothing explains, over all accounts, for the doctor."""
        return await store.count_unmatched(uow)

    async def ensure_partitions(self, uow: Uow) -> list[str]:
        """Make the partitions of today and the next days; returns the names of new ones."""
        return await store.ensure_partitions(uow, day_number(self._clock.now()), PARTITION_DAYS)

    async def _settle(
        self, uow: Uow, account: Account, some: Sequence[tuple[ReportKey, datetime]], left: set[int], now: datetime
    ) -> None:
        """Take explained reports off the list, and write when the others are tried again."""
        explained = [key for index, (key, _) in enumerate(some) if index not in left]
        if explained:
            await store.delete_unmatched(uow, account.account_id, explained)
        if left:
            rest = [some[index] for index in sorted(left)]
            waits = [rules.next_try(now - at) for _, at in rest]
            times = [None if wait is None else now + wait for wait in waits]
            await store.try_later(uow, account.account_id, [key for key, _ in rest], times)


def _fact(key: ReportKey, phone: str, at: datetime, state: MessageState) -> ReportFact:
    return ReportFact(key.carrier_msg_id % (1 << 64), phone, state, key.stat, at)


def _text_of(place: UplinkPlace, rows: Sequence[UplinkPartRow]) -> str:
    # The server's text holds no NUL; a phone may write one.
    return rules.join_parts({row.part_no: (row.octets, row.coding) for row in rows}, place.total).replace("\0", "")
