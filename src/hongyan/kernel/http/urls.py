"""What an address looks like that a customer gives us to call. Not for: where it leads (``targets``, ``client``)."""

from typing import NamedTuple
from urllib.parse import urlsplit

MAX_URL = 1000
_SCHEMES = frozenset({"http", "https"})


class Fault(NamedTuple):
    """Why an address cannot be called."""

    en: str
    zh: str


def find_fault(url: str) -> Fault | None:
    """Return what is wrong with an address.

    That is: not http(s), no host, a user or password in it, a fragment, or characters that no URL has.
    """
    if not url or len(url) > MAX_URL:
        return Fault(f"must have 1 to {MAX_URL} characters", f"长度须为 1–{MAX_URL} 个字符")
    if not url.isprintable() or any(char.isspace() or char in '<>"\\^`{|}' for char in url):
        return Fault("has characters that no URL has", "含有非法字符")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return Fault("is no URL", "不是有效的 URL")
    faults = (
        (parts.scheme not in _SCHEMES, Fault("must begin with http:// or https://", "须以 http:// 或 https:// 开头")),
        (not parts.hostname or port == 0, Fault("has no host", "缺少主机名")),
        ("@" in parts.netloc, Fault("must not hold a user or password", "不允许包含用户名或密码")),
        (bool(parts.fragment), Fault("must not have a fragment", "不允许包含 # 片段")),
    )
    return next((fault for is_broken, fault in faults if is_broken), None)
