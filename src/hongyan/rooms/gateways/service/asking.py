"""Asking a carrier what became of parts that it took and is silent about, where its protocol and the channel allow it.

A walk over the silent parts, page by page; each is asked again later and later. Answers go the way of reports.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from hongyan.kernel.ids import MessageId
from hongyan.rooms.carriers.contracts import Account
from hongyan.rooms.delivery.contracts import SilentPart
from hongyan.rooms.gateways.contracts import Answerable, LinkEvent, Reported, Told
from hongyan.rooms.gateways.service.links import Links
from hongyan.rooms.gateways.service.tending import Line, Retried
from hongyan.rooms.receipts.contracts import CarrierReport

KNOWN: Final = 10_000
"""How many parts are remembered as asked; the longest forgotten ones are asked when the walk comes round."""
_STEP_S: Final = 0.2
_PAGE: Final = 100
_PAGE_S: Final = 1.0
"""Between two pages, …"""
_REST_S: Final = 60.0
"""… and between two walks, at least; less where a channel's silence is short."""
_LONGEST_S: Final = 6 * 3600.0

PartKey = tuple[MessageId, int]


class AskedParts:
    """When parts may be asked again: after the silence that led to the first question, then twice as long, and so on.

    Bounded: the one that was asked longest ago is forgotten first.
    """

    def __init__(self, first_s: float, known: int = KNOWN) -> None:
        """Remember nothing yet."""
        self._first_s = first_s
        self._known = known
        self._parts: dict[PartKey, tuple[float, float]] = {}

    def __len__(self) -> int:
        """How many are remembered."""
        return len(self._parts)

    def is_due(self, key: PartKey, now_s: float) -> bool:
        """Tell whether it may be asked."""
        known = self._parts.get(key)
        return known is None or now_s >= known[0]

    def asked(self, key: PartKey, now_s: float) -> None:
        """Note that it is asked now."""
        known = self._parts.pop(key, None)
        wait_s = self._first_s if known is None else max(self._first_s, min(known[1] * 2, _LONGEST_S))
        self._parts[key] = (now_s + wait_s, wait_s)
        if len(self._parts) > self._known:
            del self._parts[next(iter(self._parts))]


class Asking:
    """The questions of one tenure; as ``Answerable`` it stands where a link stands that brought a report."""

    def __init__(
        self,
        line: Line,
        account: Account,
        links: Links,
        *,
        may_ask: Callable[[], bool],
        on_report: Callable[[Answerable, LinkEvent], None],
    ) -> None:
        """Ask over ``links`` while ``may_ask``; what the carrier says of a part is handed to ``on_report``."""
        self._line = line
        self._account = account
        self._links = links
        self._may_ask = may_ask
        self._on_report = on_report
        self._after_s = line.limits.query_after_s
        self._asked = AskedParts(self._after_s)
        self._due: deque[SilentPart] = deque()
        self._walk: MessageId | None = None
        self._look_at_s = 0.0
        self._allowance = 0.0

    def answer(self, seq: int, deliver_id: int) -> None:
        """Nobody waits for an answer to an answer."""

    async def run(self, retried: Retried) -> None:
        """Ask until cancelled."""
        while True:
            await asyncio.sleep(_STEP_S)
            if self._may_ask() and self._links.up:
                if not self._due:
                    await self._look(retried)
                self._ask()

    async def _look(self, retried: Retried) -> None:
        """Read a page of silent parts, unless it is too soon."""
        now_s = self._line.clock.monotonic()
        if now_s < self._look_at_s:
            return
        parts, self._walk = await retried(self._read)
        now_s = self._line.clock.monotonic()
        self._due.extend(part for part in parts if self._asked.is_due((part.message_id, part.part_no), now_s))
        rest_s = _REST_S if self._walk is None else _PAGE_S
        self._look_at_s = now_s + min(rest_s, self._after_s)

    async def _read(self) -> tuple[list[SilentPart], MessageId | None]:
        async with self._line.db.begin() as uow:
            return await self._line.delivery.list_silent(
                uow,
                self._account.account_id,
                timedelta(seconds=self._after_s),
                after=self._walk,
                limit=_PAGE,
            )

    def _ask(self) -> None:
        """Put as many questions as the rate and the links' shares allow."""
        if not self._may_ask():  # reading the page may have taken long
            return
        per_s, now_s = self._line.limits.query_per_s, self._line.clock.monotonic()
        self._allowance = min(self._allowance + per_s * _STEP_S, max(1.0, per_s * _STEP_S))
        for pump in self._links.pumps:
            room = min(pump.question_room(self._account.window_pdus), int(self._allowance), len(self._due))
            parts = [self._due.popleft() for _ in range(room)]
            self._allowance -= len(parts)
            for part in parts:
                self._asked.asked((part.message_id, part.part_no), now_s)
            pump.ask(parts, self._told)

    def _told(self, part: SilentPart, told: Told) -> None:
        self._line.meter.told(self._account.name, told.said)
        if told.stat:
            report = CarrierReport(part.carrier_msg_id, told.stat, part.phone, "", told.done_time, 0)
            self._on_report(self, Reported(told.seq, 0, report))
