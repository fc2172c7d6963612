"""What may be a domain, a chosen code, a jump URL, a wish for links; and whether a link may be followed now.

Not for: who may use a domain (``service``).
"""

import re
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import quote, urlsplit

from hongyan.kernel.errors import InvalidInput
from hongyan.rooms.short_links.contracts import DomainState, LinkKind, LinkRange, LinkState, RangeRequest

MAX_URL_CHARS: Final = 2048
MAX_RANGE: Final = 1_000_000
MAX_SIGNATURES: Final = 5
MAX_RESOLVES: Final = 10_000_000
MAX_VALID_DAYS: Final = {LinkKind.INDIVIDUAL: 7, LinkKind.GROUP: 180}
RESERVED_PATHS: Final = frozenset({"livez", "readyz", "metrics", "handset", "healthz", "robots", "favicon"})
"""First words of paths on the links port that are no codes; a generated code is never one of them."""

_LABEL: Final = r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?"
_DOMAIN: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL})*(?::[1-9][0-9]{{0,4}})?", re.ASCII)
_LEVEL: Final = r"[a-z0-9]{1,10}"
"""As narrow as the vendor's API: a domain that it cannot name would be of no use to it. Source: api.md §5.4."""
_LEVELS: Final = re.compile(rf"{_LEVEL}(?:/{_LEVEL})?", re.ASCII)
"""One or two path levels. Source: product.md of the requirements §2.7."""
TAKEN_LEVELS: Final = RESERVED_PATHS | {"c", "m", "sa", "vp", "preview"}
"""No path begins so: words of other pages on the links port."""
_MAX_DOMAIN_CHARS: Final = 100
_CUSTOM_CODE: Final = re.compile(r"[0-9A-Za-z]{3,10}", re.ASCII)
_URL_SAFE: Final = "%/:?#[]@!$&'()*+,;=-._~"


def normalise_domain(name: str) -> str:
    """Return the domain in lower case: a host, then at most two path levels (``km2g.cn/a1/b2``).

    Raises:
        InvalidInput: not a host name with an optional port, a level that is none or another page's, or longer than 100
        characters.
    """
    text = name.strip().lower().removesuffix(".")
    host, slash, levels = text.partition("/")
    is_path = _LEVELS.fullmatch(levels) is not None and levels.partition("/")[0] not in TAKEN_LEVELS
    if len(text) > _MAX_DOMAIN_CHARS or _DOMAIN.fullmatch(host) is None or (slash and not is_path):
        raise InvalidInput(
            "domain",
            reason="is not a host name of at most 100 characters with at most two path levels, each of 1 to 10 letters "
            "and digits",
            reason_zh="应为不超过100个字符的域名，可带至多两级路径，每级为1至10位字母或数字",
        )
    return text


def normalise_jump_url(url: str, field: str = "custom_url") -> str:
    """Return the URL in ASCII, ready to stand in a Location header.

    Raises:
        InvalidInput: not an absolute http(s) URL, longer than 2,048 characters, or with control characters or a user
        name.
    """
    text = url.strip()
    wrong = InvalidInput(
        field,
        reason="is not an http(s) URL of at most 2048 characters",
        reason_zh="应为不超过2048个字符的 http(s) 地址",
    )
    if not text.isprintable() or len(text) > MAX_URL_CHARS or "\\" in text:
        raise wrong
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise wrong from None
    if parts.scheme not in {"http", "https"} or not host or "@" in parts.netloc or port == 0:
        raise wrong
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            raise wrong from None
    netloc = parts.netloc if parts.netloc.isascii() else host + (f":{port}" if port else "")
    encoded = parts._replace(netloc=netloc, path=quote(parts.path, _URL_SAFE), query=quote(parts.query, _URL_SAFE))
    ascii_url = encoded._replace(fragment=quote(parts.fragment, _URL_SAFE)).geturl()
    if len(ascii_url) > MAX_URL_CHARS:
        raise wrong
    return ascii_url


def is_code(text: str) -> bool:
    """Tell whether a text could be a code at all: 3–10 letters and digits."""
    return _CUSTOM_CODE.fullmatch(text) is not None


def check_custom_code(code: str) -> None:
    """Refuse what cannot be a chosen code.

    Raises:
        InvalidInput: not 3–10 letters and digits, or a reserved word.
    """
    if _CUSTOM_CODE.fullmatch(code) is None or code.lower() in RESERVED_PATHS:
        raise InvalidInput(
            "custom_short_code",
            reason="has 3 to 10 letters and digits and is no reserved word",
            reason_zh="应为3至10位字母或数字，且不能是保留字",
        )


def check_request(request: RangeRequest) -> None:
    """Refuse a wish that breaks a rule.

    Raises:
        InvalidInput: names the field.
    """
    if not 1 <= request.count <= MAX_RANGE:
        raise InvalidInput("count", reason=f"must be 1 to {MAX_RANGE}", reason_zh=f"应为 1 至 {MAX_RANGE}")
    days = MAX_VALID_DAYS[request.kind]
    if not timedelta(days=1) <= request.valid_for <= timedelta(days=days):
        raise InvalidInput(
            "expiration_time", reason=f"must be 1 to {days} days", reason_zh=f"有效期应为 1 至 {days} 天"
        )
    if not 1 <= len(request.signatures) <= MAX_SIGNATURES:
        raise InvalidInput("sms_signs", reason="must be 1 to 5 signatures", reason_zh="应为 1 至 5 个短消息签名")
    if request.kind is LinkKind.INDIVIDUAL and request.resolve_limit != 1:
        raise InvalidInput("resolving_times", reason="is 1 for individual links", reason_zh="个性化短链只能解析 1 次")
    if request.kind is LinkKind.GROUP and not 1 < request.resolve_limit <= MAX_RESOLVES:
        raise InvalidInput(
            "resolving_times", reason=f"must be 2 to {MAX_RESOLVES}", reason_zh=f"应为 2 至 {MAX_RESOLVES} 次"
        )
    if request.kind is LinkKind.GROUP and any(payload.params for payload in request.payloads.values()):
        raise InvalidInput(
            "dync_params", reason="only individual links carry parameters", reason_zh="只有个性化短链支持动态参数"
        )
    if any(not 0 <= offset < request.count for offset in request.payloads):
        raise InvalidInput("payloads", reason="an offset lies outside the range", reason_zh="偏移超出范围")


def state_of(link_range: LinkRange, domain_state: DomainState, now: datetime) -> LinkState:
    """Tell whether the links of a range may be followed at ``now``."""
    if link_range.closed_at is not None or domain_state is DomainState.DISABLED:
        return LinkState.CLOSED
    if link_range.released_at is None or link_range.expires_at is None or now < link_range.released_at:
        return LinkState.UNRELEASED
    return LinkState.EXPIRED if now >= link_range.expires_at else LinkState.ACTIVE
