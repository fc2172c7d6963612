"""A ledger in one transaction with a frozen clock: plan, claim, answer, report, and look."""

from collections.abc import Sequence
from datetime import UTC, datetime

from hongyan.kernel.clock import FrozenClock
from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.ids import AccountId, TaskId, TenantId
from hongyan.rooms.carriers.contracts import Route
from hongyan.rooms.delivery.contracts import (
    MessageState,
    MessageVerdict,
    OpenSpan,
    PartAnswer,
    PlannedChunk,
    PlanResult,
    ReportFact,
    SpanResult,
    Tally,
    Verdict,
)
from support.line import TASK, TENANT, SendingLine

ACCOUNT = AccountId(7)


class Ledger:
    """The door of delivery inside the test's transaction."""

    def __init__(self, uow: Uow, url: str) -> None:
        self.uow = uow
        self.clock = FrozenClock(datetime(2026, 11, 22, 2, 0, tzinfo=UTC))  # 10:00 in Shanghai
        self.line = SendingLine(Database(url), clock=self.clock)
        self.door = self.line.delivery

    async def plan(self, chunk: PlannedChunk, *, rate_per_s: int | None = None) -> PlanResult:
        return await self.door.plan_chunk(self.uow, chunk, lambda _: Route(ACCOUNT, "1069000110001", rate_per_s))

    async def claim(self, spans: int = 8, span_messages: int = 64, *, epoch: int = 1) -> list[OpenSpan]:
        tally = Tally()
        opened = await self.door.claim(self.uow, ACCOUNT, epoch, tally, spans=spans, span_messages=span_messages)
        await self.door.fold_sender(self.uow, ACCOUNT, tally)
        return opened

    async def close(self, results: Sequence[SpanResult], *, is_repeated: bool = False) -> None:
        tally = Tally()
        await self.door.take_span_results(self.uow, ACCOUNT, results, tally, is_repeated=is_repeated)
        await self.door.fold_sender(self.uow, ACCOUNT, tally)

    async def accept(self, spans: Sequence[OpenSpan]) -> None:
        await self.close([result_of(span, Verdict.ACCEPTED) for span in spans])

    async def report(
        self, spans: Sequence[OpenSpan], state: MessageState, code: str = "DELIVRD", *, by_number: bool = False
    ) -> list[int]:
        facts = [
            ReportFact(carrier_id(message.message_id, part), message.phone, state, code, self.clock.now())
            for span in spans
            for message in span.messages
            for part in range(1, message.parts + 1)
        ]
        return (await self.door.take_reports(self.uow, ACCOUNT, facts, by_number=by_number))[0]

    async def counts(self, task_id: TaskId = TASK, tenant_id: TenantId = TENANT) -> dict[MessageState, int]:
        counts = await self.door.task_counts(self.uow, tenant_id, task_id)
        return {state: count for state, count in counts.items() if count}

    async def violations(self) -> list[str]:
        return [violation.what for violation in await self.door.check_invariants(self.uow)]


def carrier_id(message_id: int, part_no: int = 1) -> int:
    """Invent a carrier's id that is beyond the signed range, as real ones are from August on."""
    return (1 << 63) + message_id * 8 + part_no


def result_of(span: OpenSpan, verdict: Verdict, code: str | None = None) -> SpanResult:
    """Close a span with one verdict for all of its messages."""
    answers = []
    if verdict is Verdict.ACCEPTED:
        answers = [
            PartAnswer(message.message_id, part, carrier_id(message.message_id, part), 0)
            for message in span.messages
            for part in range(1, message.parts + 1)
        ]
    if verdict is Verdict.REFUSED:
        answers = [PartAnswer(message.message_id, 1, 0, int(code or "1")) for message in span.messages]
    verdicts = [MessageVerdict(message.message_id, verdict, code, message.phone) for message in span.messages]
    return SpanResult(span, answers, verdicts, datetime(2026, 11, 22, 2, 0, tzinfo=UTC))
