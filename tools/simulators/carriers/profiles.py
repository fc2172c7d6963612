"""How a simulated carrier behaves, as data. What it does with it: `simulator`."""

import dataclasses
from typing import Final


@dataclasses.dataclass(frozen=True, slots=True)
class Profile:
    """One behaviour. Percentages are of messages; times in seconds; jitter is added, evenly spread.

    `rate_per_s` refuses what goes beyond with flow control; `drop_every` cuts a connection after so many submits; a
    lost answer or report never comes; a withheld report comes when a test releases it; a reordered answer is
    overtaken by later ones; a doubled answer comes twice; an early report comes before the answer, a late one
    `late_s` after its time; a stray report names an id that nobody was given; a foreign report travels on another
    connection; a crossed report has a form that the page does not show (CMPP: the record of the other version;
    SMGP: other labels; SMPP: without its TLVs). An odd answer refuses with `odd_result`, a vendor's code (where
    results have one octet, their lowest); a bare report has its number without 86; a cut receipt ends after its
    `err:`, one with a NUL behind that (both SMPP). After `silent_after` submits a connection says nothing more and
    hears nothing, and stays open.
    """

    name: str
    latency_s: float = 0.001
    latency_jitter_s: float = 0.0
    report_after_s: float = 1.0
    report_jitter_s: float = 0.0
    fail_percent: float = 0.0
    rate_per_s: float | None = None
    drop_every: int | None = None
    lost_answer_percent: float = 0.0
    reorder_percent: float = 0.0
    double_answer_percent: float = 0.0
    lost_report_percent: float = 0.0
    withheld_percent: float = 0.0
    early_percent: float = 0.0
    late_percent: float = 0.0
    late_s: float = 3.0
    double_percent: float = 0.0
    stray_percent: float = 0.0
    foreign_percent: float = 0.0
    crossed_percent: float = 0.0
    intermediate_percent: float = 0.0
    odd_percent: float = 0.0
    odd_result: int = 0xFFFFFFFF
    bare_percent: float = 0.0
    cut_percent: float = 0.0
    nul_percent: float = 0.0
    silent_after: int | None = None

    def without_loss(self) -> "Profile":
        """The same temper, but every message is answered, delivered and reported."""
        return dataclasses.replace(
            self,
            fail_percent=0.0,
            lost_answer_percent=0.0,
            lost_report_percent=0.0,
            withheld_percent=0.0,
            drop_every=None,
            odd_percent=0.0,
            silent_after=None,
        )


PROFILES: Final = {
    profile.name: profile
    for profile in (
        Profile("happy"),
        Profile(
            "slow", latency_s=0.2, latency_jitter_s=0.3, report_after_s=5.0, report_jitter_s=10.0, fail_percent=2.0
        ),
        Profile("throttling", rate_per_s=100.0, fail_percent=1.0),
        Profile("dropping", drop_every=500, lost_answer_percent=2.0, lost_report_percent=1.0, fail_percent=5.0),
        Profile(
            "lying",
            latency_s=0.03,
            fail_percent=5.0,
            early_percent=20.0,
            double_percent=10.0,
            stray_percent=5.0,
            foreign_percent=30.0,
            crossed_percent=30.0,
            intermediate_percent=5.0,
        ),
        Profile("reordering", latency_s=0.01, reorder_percent=30.0, late_percent=10.0, fail_percent=2.0),
        Profile("silent", withheld_percent=100.0, fail_percent=2.0),
        Profile("duplicating", latency_s=0.01, double_answer_percent=20.0, double_percent=50.0, fail_percent=2.0),
    )
}

#: The failures that a carrier's reports name, most frequent first.
FAILURES: Final = {
    "mobile": ("UNDELIV", "MK:0001", "EXPIRED", "MI:0024", "REJECTD"),
    "unicom": ("UNDELIV", "MB:0069", "EXPIRED", "-43", "UNKNOWN"),
    "telecom": ("UNDELIV", "EXPIRED", "601", "640", "DELETED"),
}

#: Whose phone writes, by the first three digits, where several carriers share a process; the others are mobile's.
SEGMENTS: Final = {
    "unicom": frozenset(["130", "131", "132", "145", "155", "156", "166", "171", "175", "176", "185", "186", "196"]),
    "telecom": frozenset(["133", "149", "153", "173", "174", "177", "180", "181", "189", "190", "191", "193", "199"]),
}


def carrier_of(number: str) -> str:
    """Return whose phone a mainland number is."""
    prefix = number[-11:-8]
    return next((carrier for carrier, prefixes in SEGMENTS.items() if prefix in prefixes), "mobile")
