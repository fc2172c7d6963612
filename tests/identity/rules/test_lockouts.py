from datetime import UTC, datetime, timedelta

import pytest

from hongyan.rooms.identity.rules.lockouts import Lock, LockRule, after_failure, wait_s

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
RULE = LockRule("test", 3, timedelta(minutes=10), timedelta(minutes=5))


def minutes_ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("lock", "failures", "locks"),
    [
        (None, 1, False),
        (Lock(1, minutes_ago(10), None), 2, False),
        (Lock(2, minutes_ago(10), None), 3, True),
        (Lock(2, minutes_ago(10.1), None), 1, False),
        (Lock(3, minutes_ago(6), minutes_ago(1)), 1, False),
    ],
)
def test_failures_in_a_row_lock(lock: Lock | None, failures: int, locks: bool) -> None:
    counted = after_failure(lock, RULE, NOW)
    assert counted == Lock(failures, NOW, NOW + RULE.lock_for if locks else None)


@pytest.mark.parametrize(
    ("lock", "expected"),
    [
        (None, 0),
        (Lock(2, NOW, None), 0),
        (Lock(3, NOW, NOW), 0),
        (Lock(3, NOW, NOW + timedelta(seconds=1.2)), 2),
        (Lock(3, NOW, NOW + timedelta(minutes=5)), 300),
    ],
)
def test_the_wait_is_told_in_whole_seconds(lock: Lock | None, expected: int) -> None:
    assert wait_s(lock, NOW) == expected
