"""The paging object of the AIM family, and the ends of its spans."""

from datetime import datetime, timedelta
from typing import Any

from typing_extensions import TypedDict

from hongyan.kernel.paging import Page

_LAST_SECOND = timedelta(microseconds=999_999)


class PageInfo(TypedDict):
    """Where a page lies and how many rows there are."""

    offset: int
    limit: int
    total: int


def page_of(page: Page[Any]) -> PageInfo:
    """Return the paging object: the request's own numbers and the full count."""
    return {"offset": page.offset, "limit": page.limit, "total": page.total}


def whole_second(end: datetime | None) -> datetime | None:
    """Return the end of a span with its whole second: rows show no parts of one, and the last shown belongs to it."""
    return end if end is None or end.microsecond else end + _LAST_SECOND
