"""How the vendor's API shows one link of a call: the rows of resolve tasks and of failed short chains."""

from typing import Annotated

from pydantic import BeforeValidator, Field
from typing_extensions import TypedDict

from hongyan.kernel.http.vendor import aim_time
from hongyan.rooms.campaigns.contracts import Link

CardValue = Annotated[str, Field(max_length=2000)]
"""One value of a card; its template allows less. Bounds what a row keeps."""


def _empty_is_none(value: object) -> object:
    return None if value == "" else value


ShortCode = Annotated[
    Annotated[str, Field(min_length=3, max_length=10, pattern="^[0-9A-Za-z]+$")] | None, BeforeValidator(_empty_is_none)
]
"""A code that the request chooses; empty is none."""


class LinkRow(TypedDict):
    """One link. Source: api.md of the requirements §5.4."""

    cust_flag: str
    cust_id: str
    dync_params: dict[str, str]
    custom_url: str | None
    aim_url: str | None
    aim_code: str | None
    ext_data: str | None
    result_code: str
    error_message: str
    generate_date: str
    expire_date: str | None
    resolved_date: str | None
    resolved_times: int
    custom_short_code: str | None


def link_row(link: Link) -> LinkRow:
    """Return a link as the vendor's rows have it; what is not known is null."""
    return {
        "cust_flag": link.row.cust_flag,
        "cust_id": link.task.tenant_id.replace("-", ""),
        "dync_params": dict(link.row.dync_params),
        "custom_url": link.row.custom_url,
        "aim_url": link.aim_url,
        "aim_code": link.code,
        "ext_data": None,
        "result_code": link.result_code,
        "error_message": link.error_message,
        "generate_date": aim_time(link.task.created_at),
        "expire_date": aim_time(link.expires_at) if link.expires_at else None,
        "resolved_date": aim_time(link.resolved_at) if link.resolved_at else None,
        "resolved_times": link.resolved_times,
        "custom_short_code": link.row.custom_short_code,
    }
