"""How many failures in a row lock what, for how long."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class LockRule:
    """``limit`` failures, none more than ``window`` after the one before, lock for ``lock_for``."""

    kind: str
    limit: int
    window: timedelta
    lock_for: timedelta


ACCESS_KEY = LockRule("access key", 5, timedelta(minutes=5), timedelta(minutes=5))
"""Source: api.md of the requirements §1.2."""

USER = LockRule("user", 5, timedelta(minutes=15), timedelta(minutes=15))
ADDRESS = LockRule("address", 30, timedelta(minutes=15), timedelta(minutes=15))
"""Many people share an address behind a company's gateway."""


@dataclass(frozen=True, slots=True)
class Lock:
    """Failures counted so far, and until when they lock."""

    failures: int
    last_at: datetime
    locked_until: datetime | None


def wait_s(lock: Lock | None, now: datetime) -> int:
    """Return the seconds until a try is allowed, 0 when it is allowed now."""
    if lock is None or lock.locked_until is None or lock.locked_until <= now:
        return 0
    return -(-(lock.locked_until - now) // timedelta(seconds=1))


def after_failure(lock: Lock | None, rule: LockRule, now: datetime) -> Lock:
    """Return the lock after one more failure; an old failure or a lock that ended starts the count again."""
    fresh = lock is None or now - lock.last_at > rule.window or lock.locked_until is not None
    failures = 1 if lock is None or fresh else lock.failures + 1
    return Lock(failures, now, now + rule.lock_for if failures >= rule.limit else None)
