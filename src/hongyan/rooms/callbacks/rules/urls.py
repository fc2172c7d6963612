"""What a callback URL must look like. Not for: where it leads (``kernel.http.client`` judges that at connect time)."""

from hongyan.kernel.http.urls import find_fault
from hongyan.rooms.callbacks.errors import UrlRefused


def check_url(url: str, field: str = "callback_url") -> str:
    """Return the URL.

    Raises:
        UrlRefused: not http(s), no host, a password in it, a fragment, or characters that no URL has.
    """
    fault = find_fault(url)
    if fault is not None:
        raise UrlRefused(field, reason=fault.en, reason_zh=fault.zh)
    return url
