"""Posts out: claim, POST, settle.

A post is counted as tried before its bytes leave; whoever dies on the way leaves it to be claimed again after its
lease, with the same id and ``retry`` set.
A slow or dead address costs others nothing: it has at most eight posts under way, and after five failures in a row it
rests and is asked one post at a time. Not for: what stands in a post (``rules.bodies``).
"""

import asyncio
import zlib
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from prometheus_client import Counter as Metric

from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.http.client import OutgoingError, OutgoingHttp, OutgoingResponse
from hongyan.kernel.keys.ring import KeyRing
from hongyan.kernel.metrics import Metrics
from hongyan.rooms.callbacks.contracts import AddressId, Attempt, Document, PostId, PostState
from hongyan.rooms.callbacks.rules import bodies, schedule, signing
from hongyan.rooms.callbacks.service.writer import PURPOSE
from hongyan.rooms.callbacks.store import addresses, attempts, posts
from hongyan.rooms.callbacks.store.addresses import Health
from hongyan.rooms.callbacks.store.posts import Claimed, Settled

MAX_IN_FLIGHT: Final = 1_000
"""Posts under way in one process: eight each to 125 slow addresses, and one each to all that fail."""
SECRET_PURPOSE: Final = "callbacks.secret"  # noqa: S105 - what a key is for, no key
_CLAIM_AT_ONCE: Final = 128
_GATHER_S: Final = 0.01
"""Results of so long are written together."""
_POLL_S: Final = 0.25
_LAST_S: Final = 1.0
"""How long posts under way may still end when the process stops."""
_ANSWER_CHARS: Final = 256
_ANSWER_BYTES: Final = 16_384
"""How much of an answer is read: any 2xx is success, whatever follows. Up to here its connection is kept."""


@dataclass(frozen=True, slots=True)
class Result:
    """How one try ended."""

    claimed: Claimed
    at: datetime
    duration_ms: int
    status: int | None
    error: str | None
    answer: str

    @property
    def is_success(self) -> bool:
        """Whether the receipt has arrived."""
        return self.status is not None and schedule.is_success(self.status)


class Sender:
    """Sends posts of all tenants; several processes may."""

    def __init__(
        self,
        *,
        db: Database,
        clock: Clock,
        ring: KeyRing,
        out: OutgoingHttp,
        release: Callable[[Sequence[PostId]], Awaitable[int]],
    ) -> None:
        """``release`` is told of sms posts that have ended: their shortchain receipts may follow."""
        self._db = db
        self._clock = clock
        self._ring = ring
        self._out = out
        self._release = release
        self._tasks: set[asyncio.Task[None]] = set()
        self._busy: Counter[AddressId] = Counter()
        self._results: list[Result] = []
        self._news = asyncio.Event()
        self._metric: Metric | None = None

    def wake(self) -> None:
        """Look for due posts at once."""
        self._news.set()

    def count_with(self, metrics: Metrics) -> None:
        """Show tries as ``hongyan_callbacks_attempts_total``."""
        self._metric = metrics.counter("callbacks_attempts", "Tries to deliver a callback.", ("document", "result"))

    async def run(self, stop: asyncio.Event) -> None:
        """Send until told to stop; what is then still under way is repeated later."""
        stopper: asyncio.Task[object] = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                claimed = await self.step()
                if not claimed and not self._results:
                    waiter = asyncio.create_task(self._news.wait())
                    await asyncio.wait({waiter, stopper}, timeout=_POLL_S, return_when=asyncio.FIRST_COMPLETED)
                    waiter.cancel()
                await asyncio.sleep(_GATHER_S)
            if self._tasks:
                await asyncio.wait(set(self._tasks), timeout=_LAST_S)
            await self._settle_all()
        finally:
            left = {stopper, *self._tasks}
            for task in left:
                task.cancel()
            await asyncio.wait(left)

    async def step(self) -> int:
        """Settle what has ended, claim what is due and start it; returns how many were claimed."""
        self._news.clear()
        await self._settle_all()
        room = min(MAX_IN_FLIGHT - len(self._tasks), _CLAIM_AT_ONCE)
        if room <= 0:
            return 0
        now = self._clock.now()
        async with self._db.begin() as uow:
            claimed = await posts.claim(uow, self._busy, now=now, lease=now + schedule.LEASE, limit=room)
        for one in claimed:
            self._busy[one.address_id] += 1
            task = asyncio.create_task(self._carry(one))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return len(claimed)

    async def drain(self) -> None:
        """Wait for everything under way and settle it; for tests."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))
        await self._settle_all()

    async def _carry(self, claimed: Claimed) -> None:
        try:
            result = await self.post(claimed)
            # Not before the wait: the list is another one by then.
            self._results.append(result)
        finally:
            self._busy[claimed.address_id] -= 1
            if not self._busy[claimed.address_id]:
                del self._busy[claimed.address_id]
            self._news.set()

    async def post(self, claimed: Claimed) -> Result:
        """POST one claimed post; every end is a result."""
        document = Document(claimed.document)
        kind, body = bodies.envelope(
            document,
            zlib.decompress(self._ring.open(PURPOSE, bytes(claimed.body))),
            request_id=claimed.request_id,
            domain_id=claimed.tenant_id.replace("-", ""),
            is_repeat=claimed.attempt > 1,
        )
        at, started = self._clock.now(), self._clock.monotonic()
        sealed = (claimed.sealed_secret, claimed.sealed_old_secret)
        keys = [self._ring.open(SECRET_PURPOSE, bytes(secret)) for secret in sealed if secret]
        headers = {"Content-Type": kind, **signing.sign(keys, claimed.request_id, at, body)}
        answer: OutgoingResponse | None = None
        error = None
        try:
            answer = await self._out.request(
                "POST",
                claimed.url,
                headers=headers,
                body=body,
                timeout_s=schedule.TIMEOUT_S,
                max_response_bytes=_ANSWER_BYTES,
                cuts=True,
            )
        except OutgoingError as refused:
            error = f"{refused.code.rpartition('.')[2]}: {refused.params.get('reason', '')}"[:_ANSWER_CHARS]
        if answer is not None and not schedule.is_success(answer.status):
            error = f"status {answer.status}"
        return Result(
            claimed,
            at,
            max(0, round((self._clock.monotonic() - started) * 1000)),
            None if answer is None else answer.status,
            error,
            "" if answer is None else _shown(answer.body),
        )

    async def _settle_all(self) -> None:
        results, self._results = self._results, []
        if not results:
            return
        try:
            async with self._db.begin() as uow:
                ended = await self._settle(uow, results)
        except BaseException:
            self._results = results + self._results
            raise
        for result in results:
            if self._metric is not None:
                outcome = "ok" if result.is_success else "failed"
                self._metric.labels(document=result.claimed.document, result=outcome).inc()
        if ended:
            await self._release(ended)

    async def _settle(self, uow: Uow, results: Sequence[Result]) -> list[PostId]:
        """Write results; returns sms posts that have ended."""
        now = self._clock.now()
        settled = [_settled(result, now) for result in results]
        held = await posts.settle(uow, settled)
        await attempts.insert_attempts(
            uow,
            [
                (
                    result.claimed.address_id,
                    Attempt(
                        at=result.at,
                        request_id=result.claimed.request_id,
                        document=result.claimed.document,
                        receipts=result.claimed.receipts,
                        attempt_no=result.claimed.attempt,
                        duration_ms=result.duration_ms,
                        status=result.status,
                        error=result.error,
                        answer=result.answer,
                    ),
                )
                for result in results
            ],
        )
        by_address: dict[AddressId, list[Result]] = defaultdict(list)
        for result in results:
            by_address[result.claimed.address_id].append(result)
        for address_id, health in (await addresses.lock_health(uow, by_address)).items():
            await _note_health(uow, health, by_address[address_id], now)
        return [
            one.post_id
            for one, result in zip(settled, results, strict=True)
            if one.state is not PostState.WAITING
            and one.post_id in held
            and result.claimed.document == Document.SMS.value
        ]


def _settled(result: Result, now: datetime) -> Settled:
    claimed = result.claimed
    if result.is_success:
        return Settled(claimed.post_id, claimed.attempt, PostState.DELIVERED, None, now, result.status, None)
    if schedule.is_given_up(claimed.due_since, now):
        return Settled(claimed.post_id, claimed.attempt, PostState.DEAD, None, now, result.status, result.error)
    again = schedule.next_try(claimed.request_id, claimed.attempt, now)
    return Settled(claimed.post_id, claimed.attempt, PostState.WAITING, again, None, result.status, result.error)


async def _note_health(uow: Uow, health: Health, results: Sequence[Result], now: datetime) -> None:
    """Count failures since the last success, in the order in which the tries ended."""
    failures, since, success_at = health.failures, health.failing_since, None
    for result in results:
        if result.is_success:
            failures, since, success_at = 0, None, result.at
        else:
            failures, since = failures + 1, since or result.at
    await addresses.save_health(
        uow,
        Health(health.address_id, failures, since),
        paused_until=schedule.rests_until(failures, now),
        success_at=success_at,
        at=results[-1].at,
    )


def _shown(body: bytes) -> str:
    text = body[: _ANSWER_CHARS * 4].decode("utf-8", "replace")[:_ANSWER_CHARS]
    return "".join(char if char.isprintable() else " " for char in text)
