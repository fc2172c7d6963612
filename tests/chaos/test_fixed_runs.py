"""A few runs that are always the same: the small part of the chaos that every change has to stand. All: ``make chaos``."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from support.chaos.carriers import CMPP
from support.chaos.faults import Fault
from support.chaos.house import House
from support.chaos.plans import Plan
from support.chaos.runs import Run
from support.chaos.scenes import running_house
from support.chaos.sends import Door

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(300), pytest.mark.slow]

_ONE, _TWO, _THREE = CMPP
_PLANS = {
    "the gateway dies between a claim and its bytes": Plan(
        *(0, 0, 600, Door.PLANNER, (_ONE, _TWO), {"one": "usual", "two": "quick"}, 5),
        (Fault("point", "gateway-a", 0.1, 0.0, "claim committed, nothing sent", 2),),
    ),
    "web dies before it commits, then the database": Plan(
        *(0, 1, 600, Door.CALLS, (_ONE, _THREE), {"one": "reordering", "three": "duplicating"}, 0),
        (
            Fault("point", "web", 0.0, 0.0, "call accepted, not committed", 2),
            Fault("kill", "postgres", 0.5),
        ),
    ),
    "the gateway sleeps longer than its lease, a wire is half-open": Plan(
        *(0, 2, 600, Door.PLANNER, (_TWO, _THREE), {"two": "quick", "three": "lying"}, 0),
        (
            Fault("wire", "two", 0.2, 1.5, "swallow"),
            Fault("freeze", "gateway-a", 0.4, 5.5),
        ),
    ),
    "the disk is full, the clock jumps, a carrier dies": Plan(
        *(0, 3, 600, Door.CALLS, (_ONE, _TWO), {"one": "lying", "two": "usual"}, 0),
        (
            Fault("disk", "", 0.1, 1.0),
            Fault("clock", "", 0.2, 1.5, "3600"),
            Fault("kill", "two", 0.5, 0.5),
        ),
    ),
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house() -> AsyncIterator[House]:
    async with running_house() as running:
        yield running


@pytest.mark.parametrize("plan", _PLANS.values(), ids=_PLANS.keys())
async def test_nobody_is_lost_and_nobody_gets_two(house: House, plan: Plan) -> None:
    row = await Run(house, plan).run()
    print({name: row[name] for name in ("states", "hit", "unknown_most", "unknown_bound", "recovery_s", "seconds")})
    assert row["is_good"], row
    assert all(row["hit"]) or not house.has_small_disk, row["hit"]
