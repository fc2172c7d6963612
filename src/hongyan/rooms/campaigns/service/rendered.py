"""Cards that handsets drew: what lists show as resolved, and news for customers' addresses."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from hongyan.kernel.db.database import Database
from hongyan.kernel.ids import TaskId
from hongyan.kernel.jobs.queue import Jobs, JsonValue
from hongyan.rooms.campaigns.store import links as store

RESOLVED_JOB: Final = "callbacks.cards_resolved"
"""``{"cards": [{tenant_id, task_id, range_id, offset, code, vendor, at, result_code}]}``; ``result_code`` is "0"."""


class RenderedCards:
    """Job ``campaigns.cards_rendered``."""

    def __init__(self, *, db: Database, jobs: Jobs) -> None:
        """Open own transactions on ``db``."""
        self._db = db
        self._jobs = jobs

    async def take(self, cards: Sequence[dict[str, Any]]) -> int:
        """Note drawings, of links of both kinds of tasks; returns how many were news.

        Key: (range, offset, device), so a repeated job neither counts nor tells again.
        """
        if not cards:
            return 0
        by_place = {(int(c["range_id"]), int(c["offset"]), str(c["device_hash"])): c for c in cards}
        rows = [
            (
                range_id,
                offset,
                bytes.fromhex(device),
                card["tenant_id"],
                card.get("task_id"),
                card["code"],
                card["vendor"],
                datetime.fromisoformat(card["at"]),
            )
            for (range_id, offset, device), card in sorted(by_place.items())
        ]
        async with self._db.begin() as uow:
            new = await store.insert_cards(uow, rows)
            if not new:
                return 0
            drawn: dict[tuple[int, int], tuple[int, datetime]] = {}
            for one in new:
                count, first_at = drawn.get((one.range_id, one.offset), (0, one.at))
                drawn[one.range_id, one.offset] = (count + 1, min(first_at, one.at))
            await store.note_drawn(uow, drawn)
            await store.add_resolved(uow, Counter(TaskId(one.task_id) for one in new if one.task_id is not None))
            news: list[JsonValue] = [
                {
                    "tenant_id": one.tenant_id,
                    "task_id": one.task_id,
                    "range_id": one.range_id,
                    "offset": one.offset,
                    "code": one.code,
                    "vendor": one.vendor,
                    "at": one.at.isoformat(),
                    "result_code": "0",
                }
                for one in new
            ]
            await self._jobs.defer(uow, RESOLVED_JOB, {"cards": news})
        return len(new)
