"""The door of the handsets room: vendors, capability of numbers, proof of calls, grants, events, registrations.

Not for: cards themselves (``smart``). Only ``check_capability``, ``check_digests``, ``submit_template`` and
``register_domain`` open transactions of their own: they talk to vendors for seconds, and nobody waits for a vendor
inside a transaction.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.http.client import OutgoingHttp
from hongyan.kernel.ids import Ids, TenantId
from hongyan.kernel.jobs.queue import Jobs, JsonValue
from hongyan.kernel.keys.numbers import TenantKeys
from hongyan.kernel.keys.ring import KeyRing
from hongyan.rooms.handsets import rules, store
from hongyan.rooms.handsets.contracts import (
    RENDERED_JOB,
    VENDOR_STATE_JOB,
    Capability,
    CapabilityAnswer,
    CardEvent,
    CardEventKind,
    CardLife,
    CardSums,
    GrantRequest,
    IntakeCounts,
    NewVendorAccount,
    Registration,
    RegistrationState,
    SignedCall,
    TemplateSubmission,
    Vendor,
    VendorAccount,
    VendorState,
)
from hongyan.rooms.handsets.drivers.batches import ask_all
from hongyan.rooms.handsets.drivers.hongyan_v1 import HongyanV1
from hongyan.rooms.handsets.errors import CallNotProven, VendorUnknown

log = structlog.get_logger(__name__)

_PURPOSE = "handset vendor"
_SLICE = 10_000
"""Numbers of one look-up and one COPY: bounds memory and the length of a transaction."""
_ALL = frozenset(Vendor)
NO_TASK = "00000000-0000-0000-0000-000000000000"
"""Stands for a link without a task in the counts."""

AnswerRow = tuple[int, int, int, datetime, datetime]
"""Asked mask, capable mask, confidence, known since, good until."""


class HandsetsService:
    """Everything the platform knows about handset vendors."""

    def __init__(
        self,
        *,
        clock: Clock,
        ids: Ids,
        jobs: Jobs,
        ring: KeyRing,
        keys: TenantKeys,
        out: OutgoingHttp,
        rendered_job: str = RENDERED_JOB,
    ) -> None:
        """Call vendors through ``out``; ``rendered_job`` hears of cards that were drawn."""
        self._clock = clock
        self._ids = ids
        self._jobs = jobs
        self._ring = ring
        self._keys = keys
        self._out = out
        self._rendered_job = rendered_job

    # --- vendors ------------------------------------------------------------------------------------------------------

    async def save_vendor(self, uow: Uow, new: NewVendorAccount) -> VendorAccount:
        """Create or replace the account at a vendor; it is active at once."""
        account = VendorAccount(
            new.vendor, new.driver, new.endpoint.rstrip("/"), new.key_id, VendorState.ACTIVE, self._clock.now()
        )
        await store.save_vendor(uow, account, self._ring.seal(_PURPOSE, new.secret.encode()))
        return account

    async def list_vendors(self, uow: Uow) -> list[VendorAccount]:
        """Return the accounts at all vendors."""
        return [account for account, _ in await store.list_vendors(uow)]

    async def set_vendor_state(self, uow: Uow, vendor: Vendor, state: VendorState) -> None:
        """Let a vendor take part or not; a disabled one is neither asked nor answered.

        Raises:
            VendorUnknown: no account.
        """
        if not await store.set_vendor_state(uow, vendor, state, self._clock.now()):
            raise VendorUnknown(vendor=vendor.value)

    # --- capability ---------------------------------------------------------------------------------------------------

    async def check_capability(
        self, db: Database, tenant_id: TenantId, phones: Sequence[str], vendors: frozenset[Vendor] | None = None
    ) -> CapabilityAnswer:
        """Say for each canonical number whether its handset can show a card, in order.

        ``vendors``: those that draw the template (``CardTemplate.vendors``); ``None``: any. Good for a million numbers:
        what is known comes from the store, the rest is asked in batches of 1,000, all vendors at once, and remembered
        per tenant (yes for 7 days, no for 1). A vendor that does not answer leaves ``UNKNOWN``, which is not
        remembered.
        """
        drivers = await self._drivers(db, vendors)
        wanted = rules.mask_of(frozenset(drivers))
        if not drivers:
            return CapabilityAnswer(bytes(len(phones)), 0, frozenset())
        flags, asked, failed = bytearray(), 0, frozenset[Vendor]()
        for start in range(0, len(phones), _SLICE):
            part = phones[start : start + _SLICE]
            async with db.begin() as uow:
                sealer = await self._keys.sealer(uow, tenant_id)
                sealed = await asyncio.to_thread(sealer.seal_all, part)
                known = await store.list_answers(uow, tenant_id, sealed, self._clock.now())
            unheard = [
                i
                for i, key in enumerate(sealed)
                if rules.flag_of(*known.get(key, (0, 0)), wanted) is Capability.UNKNOWN
            ]
            if unheard:
                hashes = [rules.digests_of(part[i]) for i in unheard]
                fresh, missing = await self._ask(drivers, [pair[0] for pair in hashes], [pair[1] for pair in hashes])
                failed |= missing
                rows = {}
                for i, row in zip(unheard, fresh, strict=True):
                    asked_mask, capable_mask = known.get(sealed[i], (0, 0))
                    merged = (row[0] | asked_mask, row[1] | (capable_mask & ~row[0]))
                    known[sealed[i]] = merged
                    if merged[0]:
                        rows[sealed[i]] = (sealed[i], *merged, *row[2:])
                async with db.begin() as uow:
                    await store.save_answers(uow, tenant_id, list(rows.values()))
                asked += len(unheard)
            for key in sealed:
                asked_mask, capable_mask = known.get(key, (0, 0))
                flags.append(rules.flag_of(asked_mask, capable_mask, wanted))
        return CapabilityAnswer(bytes(flags), asked, failed)

    async def check_digests(
        self, db: Database, sha1: Sequence[str], vendors: frozenset[Vendor] | None = None
    ) -> CapabilityAnswer:
        """Say the same for people of whom a customer gave only SHA-1 hashes (lower-case hex). Nothing is remembered."""
        drivers = await self._drivers(db, vendors)
        if not drivers:
            return CapabilityAnswer(bytes(len(sha1)), 0, frozenset())
        rows, failed = await self._ask(drivers, [], sha1)
        wanted = rules.mask_of(frozenset(drivers))
        return CapabilityAnswer(bytes(rules.flag_of(row[0], row[1], wanted) for row in rows), len(sha1), failed)

    async def list_card_lives(self, uow: Uow, tenant_id: TenantId, task_id: str, code: str) -> list[CardLife]:
        """Return what became of the card behind a link on each handset that asked for it, the first one first."""
        return await store.list_card_lives(uow, tenant_id, task_id, code)

    async def forget_phone(self, uow: Uow, tenant_id: TenantId, phone: str) -> int:
        """Forget what vendors said about a person; returns how many answers went."""
        sealer = await self._keys.sealer(uow, tenant_id)
        return await store.delete_answers(uow, tenant_id, [sealer.seal(phone)])

    async def _ask(
        self, drivers: Mapping[Vendor, HongyanV1], sha256: Sequence[str], sha1: Sequence[str]
    ) -> tuple[list[AnswerRow], frozenset[Vendor]]:
        """Ask one vendor after the other, each only about those nobody has claimed yet: a person has one handset.

        Half as many questions as asking all at once (HUAWEI first), and vendors learn of fewer people.
        """
        now = self._clock.now()
        rows: list[AnswerRow] = [(0, 0, 0, now, now + rules.GOOD_NO)] * len(sha1)
        unclaimed, failed = list(range(len(sha1))), set[Vendor]()
        for vendor, driver in sorted(drivers.items(), key=lambda pair: pair[0].bit):
            answers = await ask_all(driver, [sha256[i] for i in unclaimed if sha256], [sha1[i] for i in unclaimed])
            left = []
            for i, one in zip(unclaimed, answers, strict=True):
                if one is None:
                    failed.add(vendor)
                elif one.capable == "yes" and one.confidence >= rules.MIN_CONFIDENCE:
                    since = now - timedelta(seconds=one.age_s)
                    rows[i] = (rows[i][0] | vendor.bit, vendor.bit, one.confidence, since, now + rules.GOOD_YES)
                    continue
                else:
                    rows[i] = (rows[i][0] | vendor.bit, *rows[i][1:])
                left.append(i)
            unclaimed = left
        return rows, frozenset(failed)

    async def _drivers(self, db: Database, vendors: frozenset[Vendor] | None) -> dict[Vendor, HongyanV1]:
        wanted = _ALL if vendors is None else vendors
        async with db.begin() as uow:
            accounts = await store.list_vendors(uow)
        return {
            account.vendor: self._driver(account, sealed)
            for account, sealed in accounts
            if account.state is VendorState.ACTIVE and account.vendor in wanted
        }

    def _driver(self, account: VendorAccount, sealed_secret: bytes) -> HongyanV1:
        secret = self._ring.open(_PURPOSE, sealed_secret)
        return HongyanV1(account, secret, out=self._out, clock=self._clock, ids=self._ids)

    # --- calls from vendors -------------------------------------------------------------------------------------------

    async def prove(self, uow: Uow, call: SignedCall) -> VendorAccount:
        """Return the vendor that made a call. A nonce is used up by it: commit even when the call is refused later.

        Raises:
            CallNotProven: unknown key, wrong signature, more than 5 minutes off, or said before.
        """
        key_id = call.headers.get(rules.HEADER_KEY, "")
        found = next(((a, s) for a, s in await store.list_vendors(uow) if a.key_id == key_id), None)
        if found is None:
            raise CallNotProven(reason="key")
        account, sealed = found
        now = self._clock.now()
        reason = rules.why_not_proven(
            self._ring.open(_PURPOSE, sealed), call.headers, method=call.method, path=call.path, body=call.body, now=now
        )
        if reason is None and not await store.remember_nonce(uow, key_id, call.headers[rules.HEADER_NONCE], now):
            reason = "replay"
        if reason is not None:
            log.warning("a handset vendor's call is not proven", vendor=account.vendor, reason=reason)
            raise CallNotProven(reason=reason)
        return account

    async def grant(self, uow: Uow, request: GrantRequest) -> bool:
        """Let a device have a card unless others have used up the link's quota; the same device may ask again."""
        now = self._clock.now()
        if await store.count_other_devices(uow, request, now - rules.GRANT_RESERVED) >= request.limit:
            return False
        await store.save_grant(uow, request, now)
        return True

    async def record_events(self, uow: Uow, vendor: Vendor, events: Sequence[CardEvent]) -> IntakeCounts:
        """Take in what happened to cards. Keyed by vendor and event id; the ledger hears of first drawings."""
        granted = await store.list_granted(uow, vendor, [(event.code, event.device_hash) for event in events])
        now = self._clock.now()
        accepted = repeated = 0
        drawn = []
        sums: dict[store.HourKey, Counter[str]] = defaultdict(Counter)
        for event in events:
            grant = granted.get((event.code, event.device_hash))
            if not await store.save_event(uow, vendor, event, is_known=grant is not None, now=now):
                repeated += 1
                continue
            if grant is None:
                continue
            accepted += 1
            is_first = await store.note_event(uow, grant, event)
            if grant.tpl_id is not None:
                key = (grant.tenant_id, rules.hour_of(event.at, now), grant.task_id or NO_TASK, grant.tpl_id, vendor)
                sums[key] += rules.counts_of(event.kind, is_first=is_first)
            if is_first and event.kind is CardEventKind.RENDERED:
                drawn.append(
                    {
                        "tenant_id": grant.tenant_id,
                        "task_id": grant.task_id,
                        "range_id": grant.range_id,
                        "offset": grant.offset,
                        "code": event.code,
                        "vendor": vendor.value,
                        "device_hash": event.device_hash,
                        "at": event.at.isoformat(),
                    }
                )
        await store.add_hours(uow, sums)
        if drawn:
            await self._jobs.defer(uow, self._rendered_job, {"cards": drawn})
        return IntakeCounts(accepted, repeated, len(events) - accepted - repeated)

    async def sum_cards(
        self, uow: Uow, tenant_id: TenantId, begin: datetime, end: datetime, *, without_tasks: Collection[str] = ()
    ) -> list[CardSums]:
        """Return what happened to a tenant's cards in some whole hours, by template and vendor."""
        return await store.sum_hours(uow, tenant_id, begin, end, without_tasks)

    async def list_tenants_with_cards(self, uow: Uow, since: datetime) -> list[TenantId]:
        """Return the tenants to whose cards something has happened since a time."""
        return await store.list_tenants_of_hours(uow, since)

    async def forget_nonces(self, uow: Uow) -> int:
        """Drop nonces that no longer protect anything."""
        return await store.forget_nonces(uow, self._clock.now() - rules.NONCE_KEPT)

    # --- registrations ------------------------------------------------------------------------------------------------

    async def submit_template(self, db: Database, vendor: Vendor, submission: TemplateSubmission) -> Registration:
        """Hand a template in at a vendor and remember its answer. Safe to repeat (vendor, template, version).

        Raises:
            VendorUnknown: no active account.
            VendorUnreachable: to be tried again.
        """
        registration = await (await self._active(db, vendor)).submit_template(submission)
        async with db.begin() as uow:
            await self.note_template_state(uow, submission.tpl_id, submission.version, registration)
        return registration

    async def note_template_state(self, uow: Uow, tpl_id: str, version: int, registration: Registration) -> None:
        """Remember what a vendor made of a template and tell ``smart``; news about an older version changes nothing."""
        if await store.save_registration(
            uow, kind="template", subject=tpl_id, version=version, registration=registration, now=self._clock.now()
        ):
            news: dict[str, JsonValue] = {
                "tpl_id": tpl_id,
                "version": version,
                "vendor": registration.vendor.value,
                "state": registration.state.value,
                "reason": registration.reason,
            }
            await self._jobs.defer(uow, VENDOR_STATE_JOB, news)

    async def register_domain(self, db: Database, vendor: Vendor, domain: str) -> Registration:
        """Register a link domain at a vendor. Safe to repeat (vendor, domain).

        Raises:
            VendorUnknown: no active account.
            VendorUnreachable: to be tried again.
        """
        registration = await (await self._active(db, vendor)).register_domain(domain)
        async with db.begin() as uow:
            await store.save_registration(
                uow, kind="domain", subject=domain, version=1, registration=registration, now=self._clock.now()
            )
        return registration

    async def list_domain_registrations(self, uow: Uow, domain: str) -> list[Registration]:
        """Return what each vendor made of a link domain; vendors where it was never handed in are left out."""
        return await store.list_registrations(uow, "domain", domain)

    async def is_domain_active(self, uow: Uow, vendor: Vendor, domain: str) -> bool:
        """Tell whether a vendor takes links of ``domain`` for ours."""
        found = await store.list_registrations(uow, "domain", domain)
        return any(one.vendor is vendor and one.state is RegistrationState.ACTIVE for one in found)

    async def _active(self, db: Database, vendor: Vendor) -> HongyanV1:
        driver = (await self._drivers(db, frozenset({vendor}))).get(vendor)
        if driver is None:
            raise VendorUnknown(vendor=vendor.value)
        return driver
