"""The numbers of the gateway process for Prometheus, per account. They cost a span a few microseconds, a part nothing.

Labels are bounded: accounts are rows of an operator; carrier codes beyond the first :data:`CODES` count as ``other``.
"""

from collections import Counter as Tally
from collections.abc import Iterable
from typing import Final

from hongyan.kernel.metrics import Metrics
from hongyan.rooms.carriers.contracts import Health
from hongyan.rooms.delivery.contracts import SpanResult, Verdict

CODES: Final = 200
OTHER: Final = "other"
_STATES: Final = frozenset({"DELIVRD", "EXPIRED", "DELETED", "UNDELIV", "ACCEPTD", "UNKNOWN", "REJECTD"})


class Meter:
    """Counts for all accounts of a process."""

    def __init__(self, metrics: Metrics) -> None:
        """Register the metrics of gateways in the process's registry."""
        account = ("account",)
        self._submits = metrics.counter("gateway_submits", "Parts that left, by account.", account)
        self._answers = metrics.counter(
            "gateway_answers", "Answers of carriers to parts.", ("account", "outcome", "code")
        )
        self._reports = metrics.counter("gateway_reports", "State reports, by state.", ("account", "state"))
        self._retries = metrics.counter(
            "gateway_report_retries", "Tries of stored reports that no message had explained yet.", account
        )
        self._uplinks = metrics.counter("gateway_uplinks", "Texts from phones.", account)
        self._unknowns = metrics.counter(
            "gateway_unknowns", "Messages of which nobody knows whether the carrier took them.", account
        )
        self._logins = metrics.counter("gateway_logins", "Logins at carriers.", ("account", "result"))
        self._breaches = metrics.counter(
            "gateway_breaches", "Rules of the protocol that a carrier broke.", ("account", "kind")
        )
        self._took = metrics.histogram(
            "gateway_transaction_seconds", "Time of a transaction: claim, reports or chores.", ("account", "what")
        )
        self._in_flight = metrics.gauge("gateway_in_flight", "Parts without an answer yet.", account)
        self._window = metrics.gauge("gateway_window", "Parts that may be without an answer, all links.", account)
        self._links_up = metrics.gauge("gateway_links_up", "Live logins.", account)
        self._links = metrics.gauge("gateway_links", "Logins that there should be.", account)
        self._pace = metrics.gauge("gateway_pace_per_s", "Parts per second allowed now; 0: no limit.", account)
        self._inbox = metrics.gauge("gateway_inbox", "Reports and texts that wait to be stored.", account)
        self._held = metrics.gauge("gateway_leases_held", "Accounts that this process works on.")
        self._hints = metrics.counter("gateway_hints", "Hints heard on the bus.", ("subject",))
        self._queries = metrics.counter(
            "gateway_queries",
            "Answers to questions about silent parts: a state, the code of a refusal, or no_answer.",
            ("account", "answer"),
        )
        self._known_codes: set[str] = set()

    # --- events of one account ----------------------------------------------------------------------------------------

    def submitted(self, account: str, parts: int) -> None:
        """Count parts that left."""
        if parts:
            self._submits.labels(account).inc(parts)

    def settled(self, account: str, result: SpanResult) -> None:
        """Count the answers of a span and what stayed without one."""
        for code, count in Tally(answer.result for answer in result.answers).items():
            outcome = "refused" if code else "accepted"
            self._answers.labels(account, outcome, self._bounded(str(code))).inc(count)
        unknown = sum(verdict.verdict is Verdict.UNKNOWN for verdict in result.verdicts)
        if unknown:
            self._unknowns.labels(account).inc(unknown)

    def throttled(self, account: str, times: int) -> None:
        """Count how often the carrier made us slow down (answers to one burst count once)."""
        if times:
            self._answers.labels(account, "throttled", "").inc(times)

    def adopted(self, account: str, messages: int) -> None:
        """Count what a lost gateway left open."""
        self._unknowns.labels(account).inc(messages)

    def reported(self, account: str, stats: Iterable[str], uplinks: int) -> None:
        """Count what carriers brought, once it is stored."""
        for state, count in Tally(stat if stat in _STATES else OTHER for stat in stats).items():
            self._reports.labels(account, state).inc(count)
        if uplinks:
            self._uplinks.labels(account).inc(uplinks)

    def told(self, account: str, answer: str) -> None:
        """Count what the carrier said when it was asked about a part."""
        self._queries.labels(account, self._bounded(answer)).inc()

    def tried_again(self, account: str, reports: int) -> None:
        """Count stored reports for which a message was looked for once more."""
        if reports:
            self._retries.labels(account).inc(reports)

    def login(self, account: str, result: str) -> None:
        """Count a login: ``ok`` or the reason why not."""
        self._logins.labels(account, result).inc()

    def breach(self, account: str, kind: str) -> None:
        """Count a rule that the carrier broke."""
        self._breaches.labels(account, kind).inc()

    def took(self, account: str, what: str, seconds: float) -> None:
        """Note how long a transaction took from its begin to its commit."""
        self._took.labels(account, what).observe(seconds)

    # --- states -------------------------------------------------------------------------------------------------------

    def show(self, account: str, health: Health, inbox: int) -> None:
        """Show how an account stands."""
        self._in_flight.labels(account).set(health.in_flight)
        self._window.labels(account).set(health.window)
        self._links_up.labels(account).set(health.links_up)
        self._links.labels(account).set(health.links)
        self._pace.labels(account).set(health.pace_per_s or 0)
        self._inbox.labels(account).set(inbox)

    def forget(self, account: str) -> None:
        """Show an account no more: another process works on it."""
        for gauge in (self._in_flight, self._window, self._links_up, self._links, self._pace, self._inbox):
            gauge.remove_by_labels({"account": account})

    def holds(self, accounts: int) -> None:
        """Show how many accounts this process works on."""
        self._held.set(accounts)

    def hinted(self, subject: str) -> None:
        """Count a hint."""
        self._hints.labels(subject).inc()

    def _bounded(self, code: str) -> str:
        if code not in self._known_codes:
            if len(self._known_codes) >= CODES:
                return OTHER
            self._known_codes.add(code)
        return code
