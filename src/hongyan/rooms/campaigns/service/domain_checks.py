"""Does a link domain lead here? Its name is looked up, then it is asked for a page that redirectors have.

Not for: whether a domain may be used, which the review desk says (``link_domains``).
"""

import asyncio
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from hongyan.kernel.http.client import OutgoingError, OutgoingHttp, TargetRefused

ROBOTS: Final = b"User-agent: *\nDisallow: /\n"
"""What a redirector answers to ``/robots.txt``."""
_TIMEOUT_S: Final = 5.0
_BYTES: Final = 2_000
_OK: Final = 200


class Reach(StrEnum):
    """What came back when a domain was asked."""

    HERE = "here"
    """Our redirector answered."""
    ELSEWHERE = "elsewhere"
    """Somebody answered, but not as our redirector does."""
    PRIVATE = "private"
    """Its name leads to an address that is not public."""
    FAILED = "failed"
    """Nobody, too late, or with a certificate that does not fit."""


@dataclass(frozen=True, slots=True)
class DomainCheck:
    """What was found; details are the network's own words, for who runs the domain."""

    is_known: bool
    """Its name has an address."""
    https: Reach
    https_detail: str
    http: Reach
    http_detail: str


async def check_domain(out: OutgoingHttp, name: str) -> DomainCheck:
    """Look a domain (with port and path levels when it has them) up and ask it, by both schemes at once."""
    name = name.partition("/")[0]
    host = name.partition(":")[0]
    try:
        await out.look_up(host)
    except OutgoingError as error:
        reason = str(error.params.get("reason", ""))
        return DomainCheck(
            is_known=False, https=Reach.FAILED, https_detail=reason, http=Reach.FAILED, http_detail=reason
        )
    (https, https_detail), (http, http_detail) = await asyncio.gather(
        _ask(out, f"https://{name}/robots.txt"), _ask(out, f"http://{name}/robots.txt")
    )
    return DomainCheck(is_known=True, https=https, https_detail=https_detail, http=http, http_detail=http_detail)


async def _ask(out: OutgoingHttp, url: str) -> tuple[Reach, str]:
    try:
        answer = await out.request("GET", url, timeout_s=_TIMEOUT_S, max_response_bytes=_BYTES, cuts=True)
    except TargetRefused:
        return Reach.PRIVATE, ""
    except OutgoingError as error:
        return Reach.FAILED, str(error.params.get("reason", ""))
    is_ours = answer.status == _OK and answer.body == ROBOTS
    return (Reach.HERE, "") if is_ours else (Reach.ELSEWHERE, f"HTTP {answer.status}")
