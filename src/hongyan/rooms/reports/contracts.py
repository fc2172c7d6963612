"""What reports say. All counts are of a tenant's days in its own zone; trials are left out.

A day of sending holds the tasks that began on it, with what has become of them until now; a day of cards holds what
handsets did on it.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from hongyan.kernel.ids import CardTemplateId
from hongyan.rooms.handsets.contracts import Vendor


class ReportType(StrEnum):
    """How days are put together; the values are the vendor's."""

    DAILY = "1"
    MONTHLY = "2"


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

    tpl_ids: tuple[str, ...]
    first: date
    last: date
    """Inclusive."""
    vendors: frozenset[Vendor] | None = None
    """``None``: all."""


@dataclass(frozen=True, slots=True)
class CardRow:
    """What handsets did with the cards of one template in a span; names as in ``handsets.contracts.CardSums``."""

    tpl_id: CardTemplateId
    resolved: int
    exposed_people: int
    exposed_times: int
    clicked_people: int
    clicked_times: int
