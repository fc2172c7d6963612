"""The paging object of the AIM family."""

from typing import Any

from typing_extensions import TypedDict

from hongyan.kernel.paging import Page


class PageInfo(TypedDict):
    """Where a page lies and how many rows there are."""

    offset: int
    limit: int
    total: int


def page_of(page: Page[Any]) -> PageInfo:
    """Return the paging object: the request's own numbers and the full count."""
    return {"offset": page.offset, "limit": page.limit, "total": page.total}
