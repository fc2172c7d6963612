"""What a callback URL must look like. Not for: where it leads (``kernel.http.client`` judges that at connect time)."""

from urllib.parse import urlsplit

from hongyan.rooms.callbacks.errors import UrlRefused

MAX_URL = 1000


def check_url(url: str, field: str = "callback_url") -> str:
    """Return the URL.

    Raises:
        UrlRefused: not http(s), no host, a password in it, a fragment, or characters that no URL has.
    """
    if not url or len(url) > MAX_URL:
        raise UrlRefused(field, reason=f"must have 1 to {MAX_URL} characters", reason_zh=f"长度须为 1–{MAX_URL} 个字符")
    if not url.isprintable() or any(char.isspace() or char in '<>"\\^`{|}' for char in url):
        raise UrlRefused(field, reason="has characters that no URL has", reason_zh="含有非法字符")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise UrlRefused(field, reason="is no URL", reason_zh="不是有效的 URL") from None
    if parts.scheme.lower() not in {"http", "https"}:
        raise UrlRefused(field, reason="must begin with http:// or https://", reason_zh="须以 http:// 或 https:// 开头")
    if not parts.hostname or port == 0:
        raise UrlRefused(field, reason="has no host", reason_zh="缺少主机名")
    if parts.username is not None or parts.password is not None:
        raise UrlRefused(field, reason="must not hold a user or password", reason_zh="不允许包含用户名或密码")
    if parts.fragment:
        raise UrlRefused(field, reason="must not have a fragment", reason_zh="不允许包含 # 片段")
    return url
