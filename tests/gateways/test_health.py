"""What a tenure's notes amount to: the state of an account, its reason, and for how long."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hongyan.kernel.clock import FrozenClock
from hongyan.kernel.ids import AccountId
from hongyan.rooms.carriers.contracts import Account, Carrier, Flow, Health, HealthState, Protocol
from hongyan.rooms.delivery.contracts import MessageVerdict, PartAnswer, SpanResult, Verdict
from hongyan.rooms.gateways.contracts import Lease
from hongyan.rooms.gateways.service.health import HealthBook, Limits, Reason, reason_of
from telcowire.errors import LoginRefusedError

ACCOUNT = Account(
    account_id=AccountId(1),
    name="carrier-1",
    protocol=Protocol.SMPP34,
    host="127.0.0.1",
    port=2775,
    login="me",
    src_number="10690001",
    carrier=Carrier.ANY,
    rate_per_s=None,
    window_pdus=16,
    connections=2,
    heartbeat_s=30,
    response_timeout_s=60,
    check_server_digest=True,
    is_enabled=True,
    serves=None,
    changed_at=datetime(2026, 11, 23, tzinfo=UTC),
)


class Notes:
    """A book and its clock."""

    def __init__(self, limits: Limits = Limits(silence_s=60, silence_parts=3)) -> None:  # noqa: B008 - frozen
        self.clock = FrozenClock(datetime(2026, 11, 23, tzinfo=UTC))
        self.book = HealthBook(self.clock, Lease(AccountId(1), "g/1", 7), limits)
        self.sent = 0

    def wait(self, seconds: int) -> None:
        self.clock.advance(timedelta(seconds=seconds))

    def look(self, links_up: int = 2, account: Account = ACCOUNT) -> Health:
        return self.book.look(account, links_up=links_up, in_flight=0, sent=self.sent, pace_per_s=None)

    def well(self) -> Health:
        self.book.logged_in()
        return self.look()

    def settle(self, *answers: int, code: str | None = None) -> None:
        """Close a span with these results of parts."""
        verdict = Verdict.REFUSED if code else Verdict.ACCEPTED
        parts = [PartAnswer(n, 1, n, result) for n, result in enumerate(answers)]
        verdicts = [MessageVerdict(n, verdict, code, "8613800000000") for n in range(len(answers))]
        self.book.settled(SpanResult(None, parts, verdicts, self.clock.now()))  # type: ignore[arg-type]


@pytest.fixture
def notes() -> Notes:
    return Notes()


def said(health: Health) -> tuple[HealthState, str]:
    return health.state, health.reason


def test_an_account_begins_down_and_is_up_with_all_its_logins(notes: Notes) -> None:
    assert said(notes.look(links_up=0)) == (HealthState.DOWN, "connecting")
    assert said(notes.well()) == (HealthState.UP, "")
    assert said(notes.look(links_up=1)) == (HealthState.DEGRADED, "no_connection")
    assert notes.look(links_up=1).detail == "1 of 2 connections are missing"


def test_down_is_counted_from_its_begin(notes: Notes) -> None:
    notes.well()
    notes.wait(100)
    notes.book.link_closed("peer went away")
    since = notes.look(links_up=0).since
    notes.wait(9)
    assert notes.look(links_up=0).since == since
    assert notes.look(links_up=0).detail == "peer went away"
    assert notes.book.down_for_s == 9
    notes.well()
    assert notes.book.down_for_s == 0


@pytest.mark.parametrize(
    ("protocol", "error", "reason"),
    [
        (Protocol.CMPP30, ConnectionRefusedError(), Reason.NO_CONNECTION),
        (Protocol.CMPP30, LoginRefusedError("login refused: 3", 3), Reason.LOGIN_REFUSED),
        (Protocol.SMPP34, LoginRefusedError("bind refused: 5", 5), Reason.LOGIN_REFUSED_ALREADY_BOUND),
        (Protocol.SGIP12, LoginRefusedError("bind refused: 2", 2), Reason.LOGIN_REFUSED_ALREADY_BOUND),
        (Protocol.CMPP30, LoginRefusedError("login refused: 5", 5), Reason.LOGIN_REFUSED),
    ],
)
def test_why_a_login_failed(notes: Notes, protocol: Protocol, error: Exception, reason: Reason) -> None:
    assert reason_of(protocol, error) is reason
    assert notes.book.not_logged_in(protocol, error) is reason
    health = notes.look(links_up=0)
    assert said(health) == (HealthState.DOWN, reason.value)
    assert health.detail == str(error)


def test_throttled_for_ten_seconds(notes: Notes) -> None:
    notes.well()
    notes.book.throttled(2)
    assert said(notes.look()) == (HealthState.DEGRADED, "throttled")
    assert notes.look().errors == {"throttled": 2}
    notes.wait(11)
    assert said(notes.look()) == (HealthState.UP, "")


def test_silence_is_time_without_a_report_after_enough_was_accepted(notes: Notes) -> None:
    notes.well()
    notes.settle(0, 0)
    notes.wait(100)
    assert said(notes.look()) == (HealthState.UP, "")  # too few to tell
    notes.settle(0)
    assert said(notes.look()) == (HealthState.DEGRADED, "no_reports")
    assert notes.look().detail == "3 parts accepted and no report for 100 s"
    notes.book.reported()
    health = notes.look()
    assert said(health) == (HealthState.UP, "")
    assert health.last_report_at == notes.clock.now()


def test_errors_are_those_of_five_minutes(notes: Notes) -> None:
    notes.well()
    notes.settle(9, 9, code="9")
    notes.wait(200)
    notes.settle(13, code="13")
    assert notes.look().errors == {"9": 2, "13": 1}
    notes.wait(150)
    assert notes.look().errors == {"13": 1}


def test_a_database_that_was_away_is_named_for_a_while(notes: Notes) -> None:
    notes.well()
    notes.book.database_away()
    notes.wait(42)
    assert said(notes.look()) == (HealthState.DEGRADED, "database_away")
    notes.book.database_back()
    assert notes.look().detail == "the database was away for 42 s"
    notes.wait(11)
    assert said(notes.look()) == (HealthState.UP, "")


def test_what_somebody_wanted_so_is_said_as_such(notes: Notes) -> None:
    notes.well()
    assert said(notes.look(account=replace(ACCOUNT, flow=Flow.PAUSED))) == (HealthState.IDLE, "paused")
    assert said(notes.look(account=replace(ACCOUNT, flow=Flow.DRAINING))) == (HealthState.UP, "draining")
    notes.book.is_handing_over = True
    assert said(notes.look()) == (HealthState.DEGRADED, "handing_over")
    # without a login no report comes either: that is worse than a pause
    assert notes.look(links_up=0, account=replace(ACCOUNT, flow=Flow.PAUSED)).state is HealthState.DOWN


def test_the_speed_is_that_since_the_last_look(notes: Notes) -> None:
    notes.well()
    notes.wait(2)
    notes.sent = 500
    assert notes.look().sent_per_s == 250
