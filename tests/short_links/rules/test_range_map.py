from datetime import UTC, datetime, timedelta

import pytest

from hongyan.kernel.ids import TenantId
from hongyan.rooms.short_links.contracts import GenerationId, LinkKind, LinkRange, RangeId
from hongyan.rooms.short_links.rules.range_map import RangeMap

G = GenerationId(1)


def a_range(range_id: int, first_no: int, count: int, generation_id: int | None = 1) -> LinkRange:
    return LinkRange(
        range_id=RangeId(range_id),
        tenant_id=TenantId("t"),
        domain="d",
        generation_id=None if generation_id is None else GenerationId(generation_id),
        first_no=first_no,
        count=count,
        kind=LinkKind.INDIVIDUAL,
        task_id=None,
        chunk_no=0,
        card_template_id=None,
        signatures=("s",),
        jump_url=None,
        resolve_limit=1,
        valid_for=timedelta(days=1),
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        released_at=None,
        expires_at=None,
        closed_at=None,
        has_payloads=False,
    )


@pytest.mark.parametrize(
    ("number", "expected"), [(9, None), (10, 1), (19, 1), (20, None), (29, None), (30, 2), (39, 2), (40, None)]
)
def test_a_number_is_in_the_range_that_holds_it(number: int, expected: int | None) -> None:
    known = RangeMap()
    known.add(a_range(2, 30, 10))
    known.add(a_range(1, 10, 10))
    known.add(a_range(3, 0, 100, generation_id=None))
    found = known.find(G, number)
    assert (found and found.range_id) == expected
    assert known.find(GenerationId(2), number) is None


def test_a_range_is_replaced_and_forgotten() -> None:
    known = RangeMap()
    known.add(a_range(1, 10, 10))
    known.add(a_range(1, 10, 5))
    assert known.find(G, 16) is None
    assert len(known) == 1
    known.discard([RangeId(1), RangeId(7)])
    assert known.find(G, 10) is None
    known.add(a_range(1, 10, 10))
    known.clear()
    assert (len(known), known.find(G, 10)) == (0, None)


def test_the_oldest_leave_when_it_is_full() -> None:
    known = RangeMap(capacity=3)
    for number in range(5):
        known.add(a_range(number, number * 10, 10))
    assert [known.find(G, number * 10) is not None for number in range(5)] == [False, False, True, True, True]
    assert len(known) == 3
