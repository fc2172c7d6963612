"""What reports say. All counts are of a tenant's days in its own zone; trials are left out.

A day of sending holds the tasks that began on it, with what has become of them until now; a day of cards holds what
handsets did on it.

An export is a list written as a csv in the background; it is kept for a week.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal

from hongyan.kernel.ids import CardTemplateId, TenantId, UserId, VideoTemplateId
from hongyan.rooms.handsets.contracts import Vendor
from hongyan.rooms.service_accounts.contracts.taps import TapCounts, TapItemRow, TapRow, TapSort, TapTarget


class ReportType(StrEnum):
    """How days are put together; the values are the vendor's."""

    DAILY = "1"
    MONTHLY = "2"


SendSort = Literal[
    "day", "-day", "submitted", "-submitted", "capable", "-capable", "sent", "-sent",
    "delivered", "-delivered", "resolved", "-resolved",
]  # fmt: skip
"""By what rows of the send report are listed, then by template; with a minus the most or the last first."""
CardSort = Literal[
    "resolved", "-resolved", "exposed_people", "-exposed_people", "exposed_times", "-exposed_times",
    "clicked_people", "-clicked_people", "clicked_times", "-clicked_times",
]  # fmt: skip
"""By what templates of the template report are listed."""
VideoSort = Literal[
    "day", "-day", "tasks", "-tasks", "total", "-total", "delivered", "-delivered",
    "failed", "-failed", "timed_out", "-timed_out",
]  # fmt: skip
"""By what rows of the report of video SMS are listed."""


@dataclass(frozen=True, slots=True)
class SendFilter:
    """Which rows of the send report; ``None`` asks nothing."""

    report_type: ReportType = ReportType.DAILY
    tpl_id: str | None = None
    tpl_name: str | None = None
    """A part of the template's name, in any case."""
    first: date | None = None
    last: date | None = None
    """Inclusive; of a monthly report the whole months these days lie in."""
    sort: SendSort = "-day"


@dataclass(frozen=True, slots=True)
class SendRow:
    """Send tasks of a day (or month) with one card template."""

    day: date
    """The first day of the month in a monthly report."""
    tpl_id: CardTemplateId
    tpl_name: str
    submitted: int
    """Numbers handed in, also those that were not sent to."""
    capable: int
    """Numbers whose handset can show the card; only of tasks that were checked, so none of the API's."""
    sent: int
    """Messages that a carrier was asked to take."""
    delivered: int
    resolved: int
    """Cards drawn."""


@dataclass(frozen=True, slots=True)
class CardFilter:
    """Which templates, days and vendors of the template report."""

    tpl_ids: tuple[str, ...] | None
    """``None``: all that have any sums."""
    first: date
    last: date
    """Inclusive."""
    vendors: frozenset[Vendor] | None = None
    """``None``: all."""
    sort: CardSort | None = None
    """``None``: the newest day first, then by template and vendor."""


@dataclass(frozen=True, slots=True)
class CardRow:
    """What handsets did with the cards of one template in a span; names as in ``handsets.contracts.CardSums``."""

    tpl_id: CardTemplateId
    resolved: int
    exposed_people: int
    exposed_times: int
    clicked_people: int
    clicked_times: int


@dataclass(frozen=True, slots=True)
class SendSums:
    """The five counts of a send report: of a day or month over all templates, or of a whole span."""

    submitted: int = 0
    capable: int = 0
    sent: int = 0
    delivered: int = 0
    resolved: int = 0


@dataclass(frozen=True, slots=True)
class SendReport:
    """A page of the send report, with what a chart of it shows."""

    rows: tuple[SendRow, ...]
    total: int
    sums: SendSums
    series: tuple[tuple[date, SendSums], ...]
    """Days (or months) that have any, the oldest first."""
    first: date
    last: date


class VideoSplit(StrEnum):
    """By what the report of video SMS has rows."""

    DAY = "day"
    """And template."""
    MONTH = "month"
    """And template."""
    TEMPLATE = "template"


@dataclass(frozen=True, slots=True)
class VideoFilter:
    """Which rows of the report of video SMS; ``None`` asks nothing."""

    split: VideoSplit = VideoSplit.DAY
    tpl_id: str | None = None
    tpl_name: str | None = None
    """A part of the template's name, in any case."""
    first: date | None = None
    last: date | None = None
    """Inclusive; by month the whole months these days lie in."""
    sort: VideoSort | None = None
    """``None``: the newest day first; templates alone by what they sent."""


@dataclass(frozen=True, slots=True)
class VideoCounts:
    """What became of the numbers of video tasks; those that are none of these are under way."""

    tasks: int = 0
    total: int = 0
    delivered: int = 0
    failed: int = 0
    timed_out: int = 0

    def __add__(self, other: "VideoCounts") -> "VideoCounts":
        """Add counts up."""
        return VideoCounts(
            self.tasks + other.tasks,
            self.total + other.total,
            self.delivered + other.delivered,
            self.failed + other.failed,
            self.timed_out + other.timed_out,
        )


@dataclass(frozen=True, slots=True)
class VideoLine:
    """A row of the report; ``day`` is the month's first by month, and ``None`` by template."""

    day: date | None
    tpl_id: VideoTemplateId
    tpl_name: str
    counts: VideoCounts


@dataclass(frozen=True, slots=True)
class VideoReport:
    """A page of the report of video SMS, with what a chart of it shows."""

    rows: tuple[VideoLine, ...]
    total: int
    sums: VideoCounts
    series: tuple[tuple[date, VideoCounts], ...]
    """Days (by month: months) that have any, the oldest first."""
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class TapQuery:
    """Which taps on service accounts; ``None`` asks nothing. Days are inclusive; by month whole months."""

    report_type: ReportType = ReportType.DAILY
    pub_id: str | None = None
    pub_name: str | None = None
    """A part of the account's name, in any case."""
    target: TapTarget | None = None
    """Of the details alone."""
    first: date | None = None
    last: date | None = None
    sort: TapSort | None = None


@dataclass(frozen=True, slots=True)
class TapReport:
    """A page of the taps by account, with what a chart of it shows."""

    rows: tuple[TapRow, ...]
    total: int
    sums: TapCounts
    series: tuple[tuple[date, TapCounts], ...]
    """Days (by month: months) that have any, the oldest first."""
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class TapItemReport:
    """A page of the taps by account and item."""

    rows: tuple[TapItemRow, ...]
    total: int
    first: date
    last: date


class CardSplit(StrEnum):
    """By what the template report has rows."""

    TEMPLATE = "template"
    DAY = "day"
    VENDOR = "vendor"


@dataclass(frozen=True, slots=True)
class CardLine:
    """What handsets did with cards; what the rows are not split by is ``None``."""

    tpl_id: CardTemplateId
    tpl_name: str
    """Empty where nothing was ever sent with it."""
    day: date | None
    vendor: Vendor | None
    resolved: int
    exposed_people: int
    exposed_times: int
    clicked_people: int
    clicked_times: int


class ExportState(StrEnum):
    """Where an export is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Export:
    """A list that somebody wanted as a file."""

    id: str
    tenant_id: TenantId
    kind: str
    filters: Mapping[str, Any]
    zone: str
    language: str
    full_numbers: bool
    made_by: UserId
    made_by_name: str
    state: ExportState
    run: int
    """How often it was begun, ever; each run has a file of its own."""
    tries: int
    """How often since somebody asked for it."""
    rows_total: int | None
    """``None``: not known before it is written."""
    rows_done: int
    bytes: int
    reason: str | None
    """Why it failed: an error's code, or ``reports.export_crashed``."""
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewExport:
    """What somebody wants."""

    kind: str
    filters: Mapping[str, Any]
    full_numbers: bool
    language: str


ExportSort = Literal["created_at", "-created_at", "bytes", "-bytes"]
"""By what exports are listed; with a minus the last or largest first."""


@dataclass(frozen=True, slots=True)
class ExportFilter:
    """Which exports a list shows; ``None`` asks nothing."""

    kinds: tuple[str, ...]
    """Those the reader may have, or fewer."""
    states: tuple[ExportState, ...] = ()
    made_by: UserId | None = None
    sort: ExportSort = "-created_at"
