"""How an account is doing, from what its tenure notes: logins, answers, reports, trouble with the database. No I/O."""

from collections import Counter, deque
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeVar

from hongyan.kernel.clock import Clock
from hongyan.rooms.carriers.contracts import Account, Flow, Health, HealthState, Protocol
from hongyan.rooms.delivery.contracts import SpanResult, Verdict
from hongyan.rooms.gateways.contracts import Lease
from hongyan.rooms.gateways.service.refusals import Refusals, is_of_channel
from telcowire.errors import LoginRefusedError

T = TypeVar("T", str, bool)
_ERRORS_S: Final = 300.0
_BUCKET_S: Final = 30.0
_SHOWN_CODES: Final = 20
_THROTTLED_FOR_S: Final = 10.0
_AWAY_FOR_S: Final = 10.0
"""For so long after it came back a database that was away is named as the reason."""
_REFUSED_S: Final = 120.0
"""Over so long it is judged whether a channel refuses most of what it gets, …"""
_REFUSED_LEAST: Final = 5
"""… when it refused at least so many."""
_DETAIL: Final = 200
_ALREADY_BOUND: Final = {Protocol.SMPP34: frozenset({5}), Protocol.SGIP12: frozenset({2, 3})}
"""Statuses that say: the login is still in use. After the loss of a host that lasts until the carrier times it out."""


class Reason(StrEnum):
    """Why an account is not simply well."""

    OK = ""
    CONNECTING = "connecting"
    NO_CONNECTION = "no_connection"
    LOGIN_REFUSED = "login_refused"
    LOGIN_REFUSED_ALREADY_BOUND = "login_refused_already_bound"
    """The carrier still counts a login of a gateway that is gone; we try again until its time-out has passed."""
    THROTTLED = "throttled"
    QUOTA = "quota"
    """The carrier says that it takes no more for a long time; we try again every minute."""
    MISCONFIGURED = "misconfigured"
    """Most answers say that the channel is not set up as the carrier expects."""
    NO_REPORTS = "no_reports"
    DATABASE_AWAY = "database_away"
    PAUSED = "paused"
    DRAINING = "draining"
    HANDING_OVER = "handing_over"


@dataclass(frozen=True, slots=True)
class Limits:
    """When something counts as trouble."""

    failover_s: float = 10.0
    """An account that is down for so long gives what waits to its stand-ins."""
    unable_s: float = 15.0
    """A process that takes an account and has not logged in after so long leaves it to others."""
    refusals: int = 20
    """So many refusals in a row that blame the channel, and it claims nothing for ``refusal_pause_s``."""
    refusal_pause_s: float = 60.0
    silence_s: float = 600.0
    silence_parts: int = 100
    """So many accepted parts, and no report for ``silence_s`` since the first of them: silence."""
    query_after_s: float = 600.0
    """A carrier that can be asked is asked about a part without a report for so long."""
    query_per_s: float = 5.0
    """Questions to one account."""


class HealthBook:
    """Notes of one tenure; ``look`` says what they amount to."""

    def __init__(self, clock: Clock, lease: Lease, limits: Limits) -> None:
        """Begin as connecting."""
        self._clock = clock
        self._lease = lease
        self._limits = limits
        self._trouble = Reason.CONNECTING
        self._detail = ""
        self._state = HealthState.DOWN
        self._since = clock.now()
        self._since_s = clock.monotonic()
        self._errors: deque[tuple[float, Counter[str]]] = deque()
        self.refusals = Refusals(limits.refusals, limits.refusal_pause_s)
        """What the pumps note and the claim asks."""
        self._verdicts: deque[tuple[float, Counter[bool]]] = deque()
        self._throttled_s = -_THROTTLED_FOR_S
        self._sent = (clock.monotonic(), 0)
        self._sent_per_s = 0.0
        self._last_report_at: datetime | None = None
        self._heard_at: datetime | None = None
        self._accepted = 0
        self._accepted_since_s = 0.0
        self._away_since_s: float | None = None
        self._away = (-_AWAY_FOR_S, 0.0)
        self._begun_s: float | None = clock.monotonic()
        self.is_handing_over = False

    # --- notes --------------------------------------------------------------------------------------------------------

    def logged_in(self) -> None:
        """A login succeeded."""
        self._trouble, self._detail = Reason.NO_CONNECTION, ""
        self._begun_s = None

    def not_logged_in(self, protocol: Protocol, error: Exception) -> Reason:
        """A login failed; returns why."""
        self._trouble = reason_of(protocol, error)
        self._detail = f"{error}"[:_DETAIL]
        return self._trouble

    def link_closed(self, reason: str) -> None:
        """A login ended."""
        self._trouble, self._detail = Reason.NO_CONNECTION, reason[:_DETAIL]

    def settled(self, result: SpanResult) -> None:
        """Note the answers of a span."""
        now_s = self._clock.monotonic()
        codes = Counter(
            verdict.code or verdict.verdict.name.lower()
            for verdict in result.verdicts
            if verdict.verdict is Verdict.REFUSED or verdict.verdict is Verdict.UNKNOWN
        )
        if codes:
            _count(self._errors, codes, now_s)
        settled = Counter(
            verdict.verdict is Verdict.REFUSED and is_of_channel(verdict.code or "")
            for verdict in result.verdicts
            if verdict.verdict is Verdict.REFUSED or verdict.verdict is Verdict.ACCEPTED
        )
        if settled:
            _count(self._verdicts, settled, now_s)
        accepted = sum(1 for answer in result.answers if answer.result == 0)
        if accepted:
            if not self._accepted:
                self._accepted_since_s = now_s
            self._accepted += accepted

    def throttled(self, times: int) -> None:
        """The carrier asked to slow down."""
        if times:
            self._throttled_s = self._clock.monotonic()
            _count(self._errors, Counter({Reason.THROTTLED.value: times}), self._throttled_s)

    def reported(self) -> None:
        """A report was stored."""
        self._last_report_at = self._clock.now()
        self._accepted = 0

    def reported_elsewhere(self, at: datetime | None) -> None:
        """Note when listeners, of whichever process, last stored a report."""
        if at is not None and at != self._heard_at:
            self._heard_at = self._last_report_at = at
            self._accepted = 0

    def database_away(self) -> None:
        """Work on the database failed."""
        if self._away_since_s is None:
            self._away_since_s = self._clock.monotonic()

    def database_back(self) -> None:
        """Work on the database succeeded again."""
        if self._away_since_s is not None:
            now_s = self._clock.monotonic()
            self._away = (now_s, now_s - self._away_since_s)
            self._away_since_s = None

    @property
    def has_logged_in(self) -> bool:
        """Whether this tenure has logged in at all."""
        return self._begun_s is None

    @property
    def is_unable(self) -> bool:
        """Whether this tenure has never logged in, for long enough to doubt that it can."""
        return self._begun_s is not None and self._clock.monotonic() - self._begun_s >= self._limits.unable_s

    # --- the sum ------------------------------------------------------------------------------------------------------

    @property
    def down_for_s(self) -> float:
        """For how long the account has been down, as of the last look; 0 when it is not."""
        return self._clock.monotonic() - self._since_s if self._state is HealthState.DOWN else 0.0

    def look(self, account: Account, *, links_up: int, in_flight: int, sent: int, pace_per_s: float | None) -> Health:
        """Judge; ``sent`` counts parts since the begin of the tenure."""
        now_s = self._clock.monotonic()
        self._measure(sent, now_s)
        state, reason, detail = self._judge(account, links_up, now_s)
        if state is not self._state:
            self._state, self._since, self._since_s = state, self._clock.now(), now_s
        return Health(
            account_id=account.account_id,
            holder=self._lease.holder,
            epoch=self._lease.epoch,
            state=state,
            reason=reason.value,
            detail=detail,
            since=self._since,
            at=self._clock.now(),
            links_up=links_up,
            links=account.connections,
            pace_per_s=None if pace_per_s is None else round(pace_per_s, 1),
            sent_per_s=round(self._sent_per_s, 1),
            in_flight=in_flight,
            window=account.window_pdus * account.connections,
            last_report_at=self._last_report_at,
            errors=self._errors_lately(now_s),
        )

    def _judge(self, account: Account, links_up: int, now_s: float) -> tuple[HealthState, Reason, str]:
        back_at_s, away_s = self._away
        if links_up == 0:
            return HealthState.DOWN, self._trouble, self._detail
        if account.flow is Flow.PAUSED:
            return HealthState.IDLE, Reason.PAUSED, ""
        if self.is_handing_over:
            return HealthState.DEGRADED, Reason.HANDING_OVER, "another gateway takes the account"
        if self.refusals.is_quota:
            return HealthState.DEGRADED, Reason.QUOTA, f"the carrier takes no more for now ({self.refusals.code})"
        if self.refusals.is_misconfigured:
            state = HealthState.DOWN if self.refusals.is_paused(now_s) else HealthState.DEGRADED
            detail = f"{self.refusals.in_row} refusals in a row, the last is {self.refusals.code}"
            return state, Reason.MISCONFIGURED, detail
        if links_up < account.connections:
            missing = f"{account.connections - links_up} of {account.connections} connections are missing"
            detail = f"{missing}: {self._detail}" if self._detail else missing
            return HealthState.DEGRADED, self._trouble, detail
        if self._away_since_s is not None or now_s - back_at_s < _AWAY_FOR_S:
            seconds = away_s if self._away_since_s is None else now_s - self._away_since_s
            return HealthState.DEGRADED, Reason.DATABASE_AWAY, f"the database was away for {seconds:.0f} s"
        if now_s - self._throttled_s < _THROTTLED_FOR_S:
            return HealthState.DEGRADED, Reason.THROTTLED, "the carrier asks to send more slowly"
        refused = _lately(self._verdicts, now_s - _REFUSED_S)
        if refused[True] >= _REFUSED_LEAST and refused[True] > refused[False]:
            detail = f"{refused[True]} of {refused.total()} messages were refused because of the channel"
            return HealthState.DEGRADED, Reason.MISCONFIGURED, detail
        if self._is_silent(now_s):
            detail = f"{self._accepted} parts accepted and no report for {now_s - self._accepted_since_s:.0f} s"
            return HealthState.DEGRADED, Reason.NO_REPORTS, detail
        if account.flow is Flow.DRAINING:
            return HealthState.UP, Reason.DRAINING, ""
        return HealthState.UP, Reason.OK, ""

    def _is_silent(self, now_s: float) -> bool:
        return self._accepted >= self._limits.silence_parts and now_s - self._accepted_since_s >= self._limits.silence_s

    def _measure(self, sent: int, now_s: float) -> None:
        at_s, before = self._sent
        passed = now_s - at_s
        if passed >= 1:
            self._sent_per_s = (sent - before) / passed
            self._sent = (now_s, sent)

    def _errors_lately(self, now_s: float) -> dict[str, int]:
        return dict(_lately(self._errors, now_s - _ERRORS_S).most_common(_SHOWN_CODES))


def _count(buckets: deque[tuple[float, Counter[T]]], counts: Counter[T], now_s: float) -> None:
    if not buckets or now_s - buckets[-1][0] >= _BUCKET_S:
        buckets.append((now_s, Counter()))
    buckets[-1][1].update(counts)


def _lately(buckets: deque[tuple[float, Counter[T]]], since_s: float) -> Counter[T]:
    """Forget what is older, and return the sums of the rest."""
    while buckets and buckets[0][0] <= since_s:
        buckets.popleft()
    total: Counter[T] = Counter()
    for _, counts in buckets:
        total.update(counts)
    return total


def reason_of(protocol: Protocol, error: Exception) -> Reason:
    """Return why a login failed."""
    if not isinstance(error, LoginRefusedError):
        return Reason.NO_CONNECTION
    is_bound = error.status in _ALREADY_BOUND.get(protocol, ())
    return Reason.LOGIN_REFUSED_ALREADY_BOUND if is_bound else Reason.LOGIN_REFUSED
