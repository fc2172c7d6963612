"""Calls that arrive while a transaction runs share the next one: many small requests cost the statements of a few.

No timer: a call that comes alone goes at once; under load the batches grow by themselves. Not for: work of which one
part may spoil the others by an SQL error that is expected (use a savepoint, or a transaction of its own).
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context
from dataclasses import dataclass
from typing import Generic, TypeVar

import structlog

from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.errors import HongyanError

log = structlog.get_logger(__name__)

Call = TypeVar("Call")
Answer = TypeVar("Answer")


@dataclass(slots=True)
class _Waiting(Generic[Call, Answer]):
    call: Call
    answer: asyncio.Future[Answer]


class Together(Generic[Call, Answer]):
    """Runs calls in shared transactions; ``lanes`` of them at a time, each of at most ``most`` calls."""

    def __init__(
        self,
        db: Database,
        work: Callable[[Uow, Sequence[Call]], Awaitable[Sequence[Answer | HongyanError]]],
        *,
        most: int = 64,
        lanes: int = 2,
    ) -> None:
        """``work`` answers each call in order, with a refusal where it is refused; it must write nothing for those."""
        self._db = db
        self._work = work
        self._most = most
        self._lanes = lanes
        self._waiting: deque[_Waiting[Call, Answer]] = deque()
        self._busy = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self, call: Call) -> Answer:
        """Return the answer when its transaction is durable.

        Raises:
            HongyanError: the call is refused; others of its transaction are not.
        """
        waiting = _Waiting[Call, Answer](call, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        if self._busy < self._lanes:
            self._busy += 1
            # A context of its own: what is logged there is not the first caller's, whose name logs would give it.
            lane = asyncio.create_task(self._lane(), context=Context())
            self._tasks.add(lane)
            lane.add_done_callback(self._tasks.discard)
        return await waiting.answer

    async def _lane(self) -> None:
        """Take what waits, again and again, until nothing does."""
        try:
            while self._waiting:
                # Whoever was cut off while waiting is not served: nothing of it was begun.
                some = [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]
                some = [one for one in some if not one.answer.done()]
                if some:
                    await self._serve(some)
        finally:
            # In the same step in which nothing waited: whoever comes next finds the lane free.
            self._busy -= 1

    async def _serve(self, some: Sequence[_Waiting[Call, Answer]]) -> None:
        has_worked = False
        try:
            async with self._db.begin() as uow:
                answers = await self._work(uow, [one.call for one in some])
                has_worked = True
        except Exception as error:  # whoever waits must hear of it, whatever it is
            if has_worked or len(some) == 1:
                # A commit in doubt is never repeated: the calls might be done twice.
                for one in some:
                    _fail(one, error)
                return
            log.warning("a shared transaction failed: its calls are tried one by one", calls=len(some), exc_info=error)
            for one in some:
                await self._serve([one])
            return
        for one, answer in zip(some, answers, strict=True):
            if isinstance(answer, HongyanError):
                _fail(one, answer)
            elif not one.answer.done():
                one.answer.set_result(answer)


def _fail(one: _Waiting[Call, Answer], error: Exception) -> None:
    if not one.answer.done():
        one.answer.set_exception(error)
