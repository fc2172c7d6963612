"""The door of receipts: a gateway hands reports and uplinks over here, and answers the carrier after the commit.

Not for: the states of messages (``delivery``), which this room only feeds.
"""

import base64
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import Ids, TaskId, TenantId
from hongyan.kernel.jobs.queue import Jobs
from hongyan.kernel.keys.numbers import TenantKeys
from hongyan.rooms.carriers.contracts import MEDIA_PROTOCOLS, Account
from hongyan.rooms.carriers.service import LINE_TENANT, CarriersService
from hongyan.rooms.delivery.contracts import ReportFact, day_number, signed
from hongyan.rooms.delivery.service import PARTITION_DAYS, DeliveryService
from hongyan.rooms.receipts import rules, store
from hongyan.rooms.receipts.contracts import CarrierReport, CarrierUplink
from hongyan.rooms.receipts.store import NewReport, ReportKey

Owners = set[tuple[TenantId, TaskId]]
_TRY_ROWS: Final = 1_000


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

    async def take_reports(self, uow: Uow, account: Account, reports: Sequence[CarrierReport]) -> Owners:
        """Store reports and carry them into the ledger; returns (tenant, task) of everything that changed.

        Key: (day, account, id, stat, number): what was stored before changes nothing. What no outcome explains is
        listed and tried again by :meth:`retry_unmatched`.
        """
        now = self._clock.now()
        line = await self._keys.sealer(uow, LINE_TENANT)
        rows: dict[ReportKey, NewReport] = {}
        facts: dict[ReportKey, ReportFact] = {}
        for report in reports:
            phone = rules.canonical(report.dest)
            key = ReportKey(signed(report.carrier_msg_id), report.stat, line.seal(phone))
            rows[key] = NewReport(*key, report.submit_time, report.done_time, report.smsc_seq)
            state = rules.state_of(report.stat)
            if state is not None:
                facts[key] = ReportFact(report.carrier_msg_id, phone, state, report.stat, now)
        day = day_number(now)
        if day != self._ready_day and not await self.ensure_partitions(uow):
            self._ready_day = day  # remembered only when others had made and committed them
        fresh = await store.insert_reports(uow, day, account.account_id, list(rows.values()), now)
        new = [key for key in facts if key in fresh]
        if not new:
            return set()
        left, owners = await self._delivery.take_reports(
            uow, account.account_id, [facts[key] for key in new], by_number=False
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
        due = await store.take_due(uow, account.account_id, now, limit=_TRY_ROWS)
        if not due:
            return 0, set()
        line = await self._keys.sealer(uow, LINE_TENANT)
        owners: Owners = set()
        for by_number in (False, True):
            some = [(key, at) for key, at in due if (now - at >= rules.EARLY) is by_number]
            facts = [_fact(key, line.open(key.number), at) for key, at in some]
            if not facts:
                continue
            left, touched = await self._delivery.take_reports(uow, account.account_id, facts, by_number=by_number)
            owners |= touched
            await self._settle(uow, account, some, set(left), now)
        return len(due), owners

    async def take_uplink(self, uow: Uow, account: Account, uplink: CarrierUplink) -> bool:
        """Store a text from a phone and tell others by jobs; false when it was there.

        Key: (day, account, id, number). ``audience.uplink_received`` hears of all, ``callbacks.uplink`` of those to a
        signature's number, ``campaigns.video_reply`` of those on an account that carries media. Jobs carry the number
        sealed: under the tenant's key when the dialled number is a signature's, else under the line's.
        """
        now = self._clock.now()
        phone = rules.canonical(uplink.src)
        line = await self._keys.sealer(uow, LINE_TENANT)
        channel = await self._carriers.find_channel_of_number(uow, account, uplink.dest)
        uplink_id = self._ids.uuid()
        said = uplink.text.replace("\0", "")
        is_new = await store.insert_uplink(
            uow,
            (
                uplink_id,
                channel.tenant_id if channel else None,
                channel.signature_id if channel else None,
                account.account_id,
                day_number(now),
                signed(uplink.carrier_msg_id),
                line.seal(phone),
                uplink.dest,
                said,
                now,
            ),
        )
        if not is_new:
            return False
        sealer = line if channel is None else await self._keys.sealer(uow, channel.tenant_id)
        number = base64.b64encode(sealer.seal(phone)).decode()
        await self._jobs.defer(
            uow,
            "audience.uplink_received",
            {
                "uplink_id": uplink_id,
                "tenant_id": channel.tenant_id if channel else None,
                "signature_id": channel.signature_id if channel else None,
                "number": number,
                "text": said,
            },
        )
        told = {"uplink_id": uplink_id, "number": number, "text": said, "at": now.isoformat()}
        if channel is not None:
            owner = {"tenant_id": channel.tenant_id, "signature_id": channel.signature_id, "dialled": uplink.dest}
            await self._jobs.defer(uow, "callbacks.uplink", {**told, **owner})
        elif account.protocol in MEDIA_PROTOCOLS:
            await self._jobs.defer(uow, "campaigns.video_reply", {**told, "account_id": account.account_id})
        return True

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


def _fact(key: ReportKey, phone: str, at: datetime) -> ReportFact:
    state = rules.state_of(key.stat)
    if state is None:  # only final ones are listed
        msg = f"a listed report says {key.stat}"
        raise ValueError(msg)
    return ReportFact(key.carrier_msg_id % (1 << 64), phone, state, key.stat, at)
