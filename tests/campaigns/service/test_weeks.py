"""The week of the first page: summed each time where that is quick, kept for a while where it is not."""

from datetime import UTC, datetime, timedelta

import pytest

from hongyan.kernel.clock import FrozenClock
from hongyan.kernel.db.database import Database
from hongyan.kernel.ids import TenantId
from hongyan.rooms.campaigns.service.weeks import Weeks
from support.line import SendingLine

_TENANT = TenantId("11111111-1111-4111-8111-111111111111")
_ZONE = "Asia/Shanghai"
_NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)


class SlowClock(FrozenClock):
    """A clock on which so many seconds go by between two looks."""

    def __init__(self, between_s: float) -> None:
        super().__init__(_NOON)
        self.between_s = between_s

    def monotonic(self) -> float:
        self._mono_s += self.between_s
        return self._mono_s


@pytest.mark.parametrize(("took_s", "is_kept"), [(0.01, False), (0.5, True)])
async def test_what_took_long_is_kept_for_a_while(db: Database, took_s: float, *, is_kept: bool) -> None:
    clock = SlowClock(took_s)
    weeks = Weeks(clock=clock, delivery=SendingLine(db, clock=clock).delivery)
    async with db.begin() as uow:
        first = await weeks.show(uow, _TENANT, clock.now(), _ZONE)
        assert [one.day.isoformat() for one in first] == [f"2026-11-{day}" for day in range(17, 24)]
        assert (await weeks.show(uow, _TENANT, clock.now(), _ZONE) is first) is is_kept
        # neither for another zone, nor past midnight, nor for long
        assert await weeks.show(uow, _TENANT, clock.now(), "America/Lima") is not first
        later = await weeks.show(uow, _TENANT, clock.now() + timedelta(days=1), _ZONE)
        assert later[-1].day.day == 24
        clock.advance(timedelta(seconds=40 * took_s))
        assert await weeks.show(uow, _TENANT, clock.now() + timedelta(days=1), _ZONE) is not later
