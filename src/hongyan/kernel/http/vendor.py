"""What the vendor's doors of all rooms share: request models, times, spans, pages. Source: api.md of the requirements.

Not for: error envelopes (``problems``), idempotency (``once``), nor any one operation's shapes (rooms).
"""

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator

from hongyan.kernel.errors import InvalidInput

WINDOW = 10_000
"""Lists of tasks and details show no rows beyond offset + limit = 10,000 (api.md §0.1)."""
LOOK_BACK = timedelta(days=366)
UUID_PATTERN = r"^[0-9a-fA-F]{8}-?([0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}$"
"""Ids of our own doors, as a rule of the operation's path or query."""
_UUID = re.compile(UUID_PATTERN.strip("^$"), re.ASCII)


class VendorBody(BaseModel):
    """A request body: unknown fields are ignored, numbers are taken where strings are documented (api.md §9, 5)."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)

    @field_validator("*", mode="before")
    @classmethod
    def _is_no_boolean(cls, value: Any, info: ValidationInfo) -> Any:
        """Refuse true and false where a number is documented; pydantic would take 1 and 0 for them."""
        if isinstance(value, bool) and not _takes_booleans(cls.model_fields[str(info.field_name)].annotation):
            msg = "true and false are not allowed here"
            raise ValueError(msg)
        return value


def _takes_booleans(annotation: Any) -> bool:
    # By identity: what is annotated with lists cannot be hashed.
    is_open = any(annotation is kind for kind in (bool, Any, object))
    return is_open or any(_takes_booleans(part) for part in get_args(annotation))


def page_info(offset: int, limit: int, total: int) -> dict[str, int]:
    """Return the paging object: the request's own numbers and the full count."""
    return {"offset": offset, "limit": limit, "total": total}


def in_window(offset: int, limit: int) -> bool:
    """Tell whether a page lies in the window; beyond it lists are empty, which is no error."""
    return offset + limit <= WINDOW


def wrapped(data: Any) -> dict[str, Any]:
    """Return the envelope of callbacks, materials, send reports and the basic edition (api.md §0)."""
    return {"status": "200", "message": "success", "data": data}


def aim_time(at: datetime) -> str:
    """Return a time of the AIM family: ``2019-10-12T07:20:50Z``."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def sms_time(at: datetime) -> str:
    """Return a time of SMS apps, signatures and send results, in UTC: ``2023-08-07T02:21:26``."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def parse_time(text: str, field: str) -> datetime:
    """Read ``2019-10-12T07:20:50Z``, ``…50.522Z``, or what ``isoformat()`` writes (no zone: UTC).

    Raises:
        InvalidInput: it is no time.
    """
    try:
        at = datetime.fromisoformat(text)
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise InvalidInput(
            field,
            reason=f"{json.dumps(text)} is no time like 2019-10-12T07:20:50Z",
            reason_zh=f"{text} 不是 2019-10-12T07:20:50Z 格式的时间",
        ) from None


def parse_span(
    begin: str | None,
    end: str | None,
    *,
    now: datetime,
    default: timedelta | None = None,
    look_back: timedelta | None = LOOK_BACK,
    names: Sequence[str] = ("begin_time", "end_time"),
) -> tuple[datetime | None, datetime | None]:
    """Return the parsed span: both or neither, begin not after end, at most ``look_back`` ago.

    Neither: the last ``default`` until now, or no limits.

    Raises:
        InvalidInput: names the field.
    """
    begin, end = begin or None, end or None
    if (begin is None) != (end is None):
        missing = names[0] if begin is None else names[1]
        raise InvalidInput(
            missing, reason=f"{names[0]} and {names[1]} go together", reason_zh=f"{names[0]} 与 {names[1]} 必须同时填写"
        )
    if begin is None or end is None:
        return (None, None) if default is None else (now - default, None)
    first, last = parse_time(begin, names[0]), parse_time(end, names[1])
    if first > last:
        raise InvalidInput(names[0], reason=f"is after {names[1]}", reason_zh=f"晚于 {names[1]}")
    if look_back is not None and first < now - look_back:
        raise InvalidInput(names[0], reason="is more than a year ago", reason_zh="早于一年前")
    return first, last


def parse_uuid(text: str, field: str) -> str:
    """Return a UUID with or without hyphens in the form with hyphens.

    Raises:
        InvalidInput: it is none.
    """
    if _UUID.fullmatch(text) is None:
        raise InvalidInput(field, reason="is no UUID", reason_zh="不是有效的 UUID")
    flat = text.replace("-", "").lower()
    return "-".join((flat[:8], flat[8:12], flat[12:16], flat[16:20], flat[20:]))
