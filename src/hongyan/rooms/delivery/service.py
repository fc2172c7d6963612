"""The door of the ledger: planning, gates, lists and upkeep for rooms above; claims, results, reports for the line.

Every method works in the caller's transaction; only the edge commits. Not for: sessions with carriers (``gateways``).
"""

from collections import defaultdict, deque
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Final

from hongyan.kernel.bus.contracts import Bus
from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import AccountId, MessageId, TaskId, TenantId
from hongyan.kernel.jobs.queue import Jobs, JsonValue
from hongyan.kernel.keys.numbers import TenantKeys
from hongyan.kernel.paging import Page
from hongyan.rooms.carriers.contracts import Account
from hongyan.rooms.carriers.service import LINE_TENANT
from hongyan.rooms.delivery import rules
from hongyan.rooms.delivery.contracts import (
    EVERY_TENANT,
    OPEN_STATES,
    SUBJECT_READY,
    Backlog,
    FinalBatch,
    GateKind,
    MessageFilter,
    MessageLife,
    MessageState,
    MessageView,
    OpenSpan,
    PlannedChunk,
    PlanResult,
    ReportFact,
    SilentPart,
    SpanResult,
    Tally,
    Violation,
    day_number,
    day_start,
)
from hongyan.rooms.delivery.errors import MessageNotFound
from hongyan.rooms.delivery.rules import Shard
from hongyan.rooms.delivery.store import (
    aging,
    chunks,
    claiming,
    claims,
    counters,
    desk,
    ending,
    finals,
    lists,
    lives,
    matching,
    moving,
    pacing,
    partitions,
    planned,
    planning,
    settling,
    unknowns,
    views,
    watching,
)

PARTITION_DAYS: Final = 4
"""Today and three days ahead."""
_CANCEL_BATCHES: Final = 250
"""At most 50,000 messages are ended in one transaction (about two seconds)."""
_SILENT_ROWS: Final = 5_000
_AGED_BATCHES: Final = 2_000
LEAST_KEPT_DAYS: Final = 14
"""Longer than a message can be open or a report be looked for."""


class DeliveryService:
    """Use cases of the ledger."""

    def __init__(self, *, clock: Clock, keys: TenantKeys, jobs: Jobs, bus: Bus | None = None) -> None:
        """Seal numbers with ``keys``; tell campaigns through ``jobs``; wake gateways over ``bus`` (else they poll)."""
        self._bus = bus
        self._clock = clock
        self._keys = keys
        self._jobs = jobs
        self._ready_day = -1
        self._span_ids: deque[int] = deque()
        self._unsettled_after: planning.Place | None = None
        self._turns: dict[AccountId, rules.Turns] = defaultdict(rules.Turns)
        self._pace_book = pacing.PaceBook()
        self.paces = pacing.PaceDesk(clock)
        self.unknowns = unknowns.UnknownDesk(clock, keys)

    # --- planning -----------------------------------------------------------------------------------------------------

    async def plan_chunk(self, uow: Uow, chunk: PlannedChunk, route: rules.RouteNumber) -> PlanResult:
        """Write a chunk into the ledger, once: the key is (task, chunk).

        Numbers without a route end as ``refused`` with reason ``no_route``. Sending begins within two seconds after the
        commit.
        """
        return (await self.plan_chunks(uow, [(chunk, route)]))[0]

    async def plan_chunks(self, uow: Uow, plans: Sequence[tuple[PlannedChunk, rules.RouteNumber]]) -> list[PlanResult]:
        """Write several chunks, each once, with the statements of one; returns what each became, in order."""
        now = self._clock.now()
        await self._be_ready(uow, day_number(now))
        results = await chunks.write(uow, self._keys, plans, now)
        ready = {account_id for result in results for account_id in result.ready}
        if ready:
            self._hint(uow, ready)
        return results

    def _hint(self, uow: Uow, account_ids: Collection[AccountId] = ()) -> None:
        """Wake the gateways of these accounts (none: of all) when the transaction is durable."""
        bus, payload = self._bus, b" ".join(b"%d" % account_id for account_id in account_ids)
        if bus is not None:
            uow.after_commit(lambda: bus.hint(SUBJECT_READY, payload))

    # --- counts -------------------------------------------------------------------------------------------------------

    async def task_counts(self, uow: Uow, tenant_id: TenantId, task_id: TaskId) -> dict[MessageState, int]:
        """Return how many messages of the task are in each state (all states are keys)."""
        return (await self.list_task_counts(uow, tenant_id, [task_id]))[task_id]

    async def list_task_counts(
        self, uow: Uow, tenant_id: TenantId, task_ids: Collection[TaskId]
    ) -> Mapping[TaskId, dict[MessageState, int]]:
        """Return the counts of several tasks in one query."""
        sums = await counters.sums(uow, tenant_id, task_ids)
        return {task_id: sums.get(task_id) or dict.fromkeys(MessageState, 0) for task_id in task_ids}

    async def sum_tasks(
        self, uow: Uow, tenant_id: TenantId, task_ids: Collection[TaskId]
    ) -> Mapping[MessageState, int]:
        """Return how many messages of several tasks together are in each state (all states are keys)."""
        return await counters.sum_all_of(uow, tenant_id, task_ids)

    async def settle(self, uow: Uow, task_ids: Collection[TaskId]) -> int:
        """Tell campaigns by job ``campaigns.tasks_settled`` of which tasks nothing is open; returns how many.

        Call it in a transaction after the one that made the last message final. Safe to repeat; the job is too.
        """
        owned: dict[TenantId, list[TaskId]] = defaultdict(list)
        for tenant_id, task_id in await planning.lock_tasks(uow, task_ids):
            owned[tenant_id].append(task_id)
        done: list[tuple[TenantId, TaskId]] = []
        for tenant_id, mine in owned.items():
            sums = await self.list_task_counts(uow, tenant_id, mine)
            done += [(tenant_id, task) for task in mine if not any(sums[task][state] for state in OPEN_STATES)]
        if done:
            await planning.mark_settled(uow, [task_id for _, task_id in done])
            args: dict[str, JsonValue] = {"tasks": [[tenant_id, task_id] for tenant_id, task_id in done]}
            await self._jobs.defer(uow, "campaigns.tasks_settled", args)
        return len(done)

    # --- gates --------------------------------------------------------------------------------------------------------

    async def close_gate(self, uow: Uow, tenant_id: TenantId, kind: GateKind, subject_id: str, reason: str) -> None:
        """Hold everything of the subject that has not been attempted, also what is planned later. Repeatable.

        ``EVERY_TENANT`` closes it for all.
        """
        key, tally = rules.subject(kind, subject_id), Tally()
        await desk.close_gate(uow, tenant_id, key, reason, self._clock.now())
        for owner in await self._owners(uow, tenant_id, key):
            await ending.park(uow, owner, key, tally)
        await counters.fold(uow, Shard.DESK, tally)
        self._hint(uow)

    async def open_gate(self, uow: Uow, tenant_id: TenantId, kind: GateKind, subject_id: str) -> None:
        """Let it go again, where no other gate is closed. Repeatable."""
        key = rules.subject(kind, subject_id)
        if not await desk.open_gate(uow, tenant_id, key):
            return
        tally = Tally()
        for owner in await self._owners(uow, tenant_id, key):
            for task_id, count in await desk.unpark_subject(uow, owner, key):
                tally.move(owner, task_id, MessageState.HELD, MessageState.QUEUED, count)
        await counters.fold(uow, Shard.DESK, tally)
        self._hint(uow)

    @staticmethod
    async def _owners(uow: Uow, tenant_id: TenantId, key: str) -> list[TenantId]:
        return await desk.list_tenants(uow, key) if tenant_id == EVERY_TENANT else [tenant_id]

    async def cancel_task(self, uow: Uow, tenant_id: TenantId, task_id: TaskId) -> int:
        """Cancel what has not been attempted; returns how many are cancelled now.

        The gate of the task stays closed. What is above 50,000 messages, and what a gateway gave back meanwhile, is the
        work of job ``delivery.finish_cancel``, which comes until it finds nothing.
        """
        key, now = rules.subject(GateKind.TASK, task_id), self._clock.now()
        await desk.close_gate(uow, tenant_id, key, settling.CANCELLED_BY_USER, now)
        count, is_over = await ending.cancel(
            uow, tenant_id, task_id, key, settling.CANCELLED_BY_USER, now, limit=_CANCEL_BATCHES
        )
        self._hint(uow)
        if not is_over:
            await self._jobs.defer(uow, "delivery.finish_cancel", {"tenant_id": tenant_id, "task_id": task_id})
        return count

    async def suppress(
        self, uow: Uow, tenant_id: TenantId, phones: Iterable[str], *, signature_id: str | None = None
    ) -> None:
        """Send nothing more of a tenant (or of one signature) to these numbers (canonical digits). Repeatable."""
        sealer = await self._keys.sealer(uow, tenant_id)
        await desk.upsert_suppressions(uow, tenant_id, sealer.seal_all(phones), signature_id or "")

    async def suppress_sealed(
        self, uow: Uow, tenant_id: TenantId, numbers: Sequence[bytes], *, signature_id: str | None = None
    ) -> None:
        """Do the same with numbers sealed under the tenant's key, as jobs carry them."""
        await desk.upsert_suppressions(uow, tenant_id, numbers, signature_id or "")

    async def lift_suppression(
        self, uow: Uow, tenant_id: TenantId, phones: Iterable[str], *, signature_id: str | None = None
    ) -> None:
        """Allow these numbers again: what was suppressed alike, for the tenant or for the signature."""
        sealer = await self._keys.sealer(uow, tenant_id)
        await desk.delete_suppressions(uow, tenant_id, sealer.seal_all(phones), signature_id or "")

    async def lift_sealed(
        self, uow: Uow, tenant_id: TenantId, numbers: Sequence[bytes], *, signature_id: str | None = None
    ) -> None:
        """Do the same with sealed numbers, as jobs carry them."""
        await desk.delete_suppressions(uow, tenant_id, numbers, signature_id or "")

    # --- lists --------------------------------------------------------------------------------------------------------

    async def list_messages(
        self, uow: Uow, tenant_id: TenantId, where: MessageFilter, *, offset: int, limit: int, newest: bool = False
    ) -> Page[MessageView]:
        """Return a page of messages in planning order, or the other way round.

        ``total`` comes from counters for a task with states, and for signature, template, card, kind and time; what
        else is asked for is counted up to 10,001.
        """
        sealer = await self._keys.sealer(uow, tenant_id)
        return await lists.list_messages(uow, sealer, tenant_id, where, offset=offset, limit=limit, newest=newest)

    async def iter_messages(self, uow: Uow, tenant_id: TenantId, where: MessageFilter) -> AsyncIterator[MessageView]:
        """Stream all of them, for exports."""
        sealer = await self._keys.sealer(uow, tenant_id)
        async for view in lists.iter_messages(uow, sealer, tenant_id, where):
            yield view

    async def get_message(self, uow: Uow, tenant_id: TenantId, message_id: MessageId) -> MessageView:
        """Return one message.

        Raises:
            MessageNotFound: not there, or another tenant's.
        """
        rows = await views.read(uow, [message_id])
        if not rows or rows[0].tenant_id != tenant_id:
            raise MessageNotFound(what="message", id=message_id)
        sealer = await self._keys.sealer(uow, tenant_id)
        return views.to_view(rows[0], sealer.open(rows[0].number))

    async def get_life(self, uow: Uow, tenant_id: TenantId | None, message_id: MessageId) -> MessageLife:
        """Return everything the ledger knows of one message; reports as carriers wrote them are added by ``receipts``.

        ``tenant_id`` is ``None`` for operators: a message of any tenant.

        Raises:
            MessageNotFound: not there, or another tenant's.
        """
        life = await lives.get(uow, partial(self._keys.sealer, uow), message_id, tenant_id)
        if life is None:
            raise MessageNotFound(what="message", id=message_id)
        return life

    async def check_invariants(self, uow: Uow) -> list[Violation]:
        """Compare counters with rows, over all tenants (a full scan: for the doctor and tests)."""
        return await lists.compare(uow)

    # --- the feed of final messages -----------------------------------------------------------------------------------

    async def follow(self, uow: Uow, tenant_id: TenantId, *, is_followed: bool) -> None:
        """Say whether somebody wants to hear of a tenant's final messages, from now on. Repeatable."""
        await (finals.follow if is_followed else finals.unfollow)(uow, tenant_id)

    async def take_finals(
        self, uow: Uow, *, limit: int = 50, only: TenantId | None = None, without: Collection[TenantId] = ()
    ) -> list[FinalBatch]:
        """Take at most ``limit`` batches off the feed, for good if the transaction commits; others take other batches.

        A message comes once, when it is first final (see ``store.finals``). ``only`` takes one tenant's, ``without``
        leaves some tenants' where they are.
        """
        entries = await finals.take(uow, limit=limit, only=only, without=without)
        found = {row.message_id: row for row in await views.read(uow, [i for _, ids in entries for i in ids])}
        batches = []
        for tenant_id, message_ids in entries:
            sealer = await self._keys.sealer(uow, tenant_id)
            rows = [found[message_id] for message_id in message_ids if message_id in found]
            batches.append(FinalBatch(tenant_id, tuple(views.to_view(row, sealer.open(row.number)) for row in rows)))
        return batches

    async def list_fed_tenants(self, uow: Uow) -> list[TenantId]:
        """Return whose messages wait in the feed."""
        return await finals.list_tenants(uow)

    # --- what watches the line ----------------------------------------------------------------------------------------

    async def has_waiting(self, uow: Uow, account_id: AccountId) -> bool:
        """Tell whether anything on the account is still to be sent, now or later, or was attempted and is open."""
        return await watching.has_waiting(uow, account_id)

    async def list_backlog(self, uow: Uow) -> list[Backlog]:
        """Return what may go now and waits, by account and class, over all tenants."""
        return await watching.list_backlog(uow)

    async def count_unknowns(self, uow: Uow) -> Mapping[AccountId, int]:
        """Return how many messages are unknown, by the account that attempted them; only accounts that have some."""
        return await watching.count_unknowns(uow)

    async def list_silent(
        self,
        uow: Uow,
        account_id: AccountId,
        older_than: timedelta,
        *,
        after: MessageId | None = None,
        limit: int = 100,
    ) -> tuple[list[SilentPart], MessageId | None]:
        """Return parts that the carrier took so long ago and never reported, and where to go on (``None``: the end).

        Answers are handed in as reports (``receipts.take_reports``). ``after`` goes on behind such a message.
        """
        before = self._clock.now() - older_than
        sealer_of = partial(self._keys.sealer, uow)
        return await lives.list_silent(uow, sealer_of, account_id, before, after=after or 0, limit=limit)

    # --- the line: gateways and receipts, inside the account's fenced transactions ------------------------------------

    async def take_span_results(
        self, uow: Uow, account_id: AccountId, results: Sequence[SpanResult], tally: Tally, *, is_repeated: bool
    ) -> None:
        """Close spans with what the carrier answered. Key: the span; ``is_repeated`` after a commit in doubt."""
        line = await self._keys.sealer(uow, LINE_TENANT)
        now = self._clock.now()
        async with uow.pipelined():
            await settling.record(uow, line, account_id, results, now, tally, is_repeated=is_repeated)

    async def claim(
        self,
        uow: Uow,
        account_id: AccountId,
        epoch: int,
        tally: Tally,
        *,
        spans: int,
        span_messages: int,
        is_urgent: bool = False,
    ) -> list[OpenSpan]:
        """Open spans of what is most urgent and within its pace. Send only after the commit.

        ``is_urgent``: only codes, for spans beside a full line.
        """
        if not span_messages:
            return []
        rates = await self._pace_book.look(uow, self._clock.monotonic())
        turns, now = self._turns[account_id], self._clock.now()
        claim = claiming.Claim(uow, self._keys, account_id, epoch, now, tally, self._span_ids, turns, rates)
        return await claim.run(spans=spans, span_messages=span_messages, is_urgent=is_urgent)

    async def move_waiting(
        self, uow: Uow, from_account: Account, find_routes: moving.FindRoutes, *, limit: int = 100
    ) -> int:
        """Give what waits on a failed or disabled account to its stand-ins, at most ``limit`` batches at a time.

        Call it in the account's fenced transaction, with ``carriers.stand_in_routes``, until it returns 0: that is how
        many messages moved. What a span covers stays where it was sent.
        """
        messages, others = await moving.move(uow, from_account, find_routes, limit)
        if others:
            self._hint(uow, others)
        return messages

    async def fold_sender(self, uow: Uow, account_id: AccountId, tally: Tally) -> None:
        """Write the transitions of the sender's transaction: once, at its end."""
        await counters.fold(uow, Shard.sender(account_id), tally)

    async def adopt(self, uow: Uow, account_id: AccountId, epoch: int) -> int:
        """List as unknown what earlier holders left open; returns how many. Key: the span."""
        tally = Tally()
        line = await self._keys.sealer(uow, LINE_TENANT)
        count = await settling.adopt(uow, self._keys, line, account_id, epoch, self._clock.now(), tally)
        await self.fold_sender(uow, account_id, tally)
        return count

    async def give_back_lost(self, uow: Uow, account_id: AccountId, epoch: int, known: Sequence[int]) -> None:
        """Queue again what a claim of this epoch covers although its holder never learnt of the commit. Repeatable."""
        tally = Tally()
        await settling.give_back_lost(uow, account_id, epoch, known, self._clock.now(), tally)
        await self.fold_sender(uow, account_id, tally)

    async def unpark_due(self, uow: Uow, account_id: AccountId) -> None:
        """Make ready what was held until a time that has come."""
        await self._pace_book.look_soon(uow, self._clock.monotonic())
        tally = Tally()
        for tenant_id, task_id, count in await claims.unpark_due(uow, account_id, self._clock.now()):
            tally.move(tenant_id, task_id, MessageState.HELD, MessageState.QUEUED, count)
        await self.fold_sender(uow, account_id, tally)

    async def take_reports(
        self,
        uow: Uow,
        account_id: AccountId,
        facts: Sequence[ReportFact],
        *,
        by_number: bool,
        ids_repeat: bool = False,
    ) -> tuple[list[int], set[tuple[TenantId, TaskId]]]:
        """Carry reports into the ledger; returns (indexes that nothing explains, (tenant, task) touched).

        ``by_number`` also explains them by unknown messages to the same number, but not those that came while a span
        was open that is open still: they may only be early.
        ``ids_repeat``: the carrier may give an id again within days. Repeatable.
        """
        tally, now = Tally(), self._clock.now()
        await self._be_ready(uow, day_number(now))
        left = await matching.apply(uow, self._keys, account_id, facts, now, tally, repeats=ids_repeat)
        if left and by_number:
            line = await self._keys.sealer(uow, LINE_TENANT)
            rest = [facts[index] for index in left]
            still = await matching.explain(uow, self._keys, line, account_id, rest, now, tally)
            left = [left[index] for index in still]
        await counters.fold(uow, Shard.receiver(account_id), tally)
        return left, tally.owners()

    # --- upkeep: periodic jobs ----------------------------------------------------------------------------------------

    async def ensure_partitions(self, uow: Uow) -> list[str]:
        """Make the partitions of yesterday, today and the next days; returns the names of new ones."""
        return await partitions.ensure_partitions(uow, day_number(self._clock.now()) - 1, PARTITION_DAYS + 1)

    async def _be_ready(self, uow: Uow, day: int) -> None:
        """See to it that the day has its partitions: hot statements name them."""
        if day != self._ready_day and not await self.ensure_partitions(uow):
            self._ready_day = day  # remembered only when others had made and committed them

    async def age(self, uow: Uow, keep_days: int) -> bool:
        """Drop one daily table, or a slice of batches, older than so many days; false when nothing is left to do.

        Key: the day. A table whose parent is busy is left for the next run.
        """
        first_kept = day_number(self._clock.now()) - max(keep_days, LEAST_KEPT_DAYS)
        days = await aging.list_days(uow)
        old = [name for day, name in days if day < first_kept]
        if old:
            return await aging.drop_table(uow, old[0])
        kept = min((day for day, _ in days), default=0)
        if await aging.delete_batches(uow, min(kept, first_kept), limit=_AGED_BATCHES):
            return True
        await aging.delete_marks(uow, min(kept, first_kept), day_start(min(kept, first_kept)))
        return False

    async def expire_queued(self, uow: Uow) -> int:
        """End what was not sent in time, a slice at a time; returns how many, 0 when nothing is left."""
        return await ending.expire_queued(uow, self._clock.now(), limit=_CANCEL_BATCHES)

    async def end_unknowns(self, uow: Uow) -> int:
        """Make final what stayed unknown for 72 hours, a slice at a time; returns how many."""
        return await ending.end_unknowns(uow, self._clock.now(), limit=_SILENT_ROWS)

    async def end_heard(self, uow: Uow) -> int:
        """End what a lost gateway may have sent in fewer parts than planned, by the reports that came."""
        return await ending.end_heard(uow, self._clock.now(), limit=_SILENT_ROWS)

    async def end_silent(self, uow: Uow, tenant_id: TenantId, task_id: TaskId) -> int:
        """End as expired what the carrier took and did not report for 72 hours, a slice at a time; returns how many."""
        return await ending.end_silent(uow, tenant_id, task_id, self._clock.now(), limit=_SILENT_ROWS)

    async def fold_planned(self, uow: Uow) -> int:
        """Fold what planning noted into hours and days, a slice at a time; returns 0 when nothing is left."""
        return await planned.fold(uow)

    async def unpark_strays(self, uow: Uow) -> None:
        """Repair what was parked at the very moment its gate was opened."""
        tally = Tally()
        for tenant_id, task_id, count in await desk.unpark_strays(uow):
            tally.move(tenant_id, task_id, MessageState.HELD, MessageState.QUEUED, count)
        await counters.fold(uow, Shard.DESK, tally)

    async def list_unsettled(self, uow: Uow, *, limit: int = 500) -> list[tuple[TenantId, TaskId]]:
        """Return tasks (of all tenants) that campaigns has not been told about, a slice at a time, round and round.

        This process remembers its place: many that stay open must not hide one that needs repair.
        """
        found = await planning.list_unsettled(uow, after=self._unsettled_after, limit=limit)
        self._unsettled_after = found[-1][0] if len(found) == limit else None
        return [(tenant_id, task_id) for _, tenant_id, task_id in found]
