"""Refusals of callbacks. Codes KM.999906… are ours.

Tree::

    HongyanError
    ├── UrlRefused        not an http(s) URL of a public host, or too long
    ├── AddressDisabled   it must be enabled first
    └── NotFound
        └── AddressNotFound
"""

from hongyan.kernel.errors import HongyanError, NotFound


class UrlRefused(HongyanError):
    """The address cannot be called."""

    code = "callbacks.url_refused"
    vendor_code = "KM.99990601"
    en = "{field}: {reason}"
    zh = "{field}：{reason_zh}"


class AddressNotFound(NotFound):
    """The tenant has no such callback address."""

    code = "callbacks.address_not_found"
    vendor_code = "KM.99990602"
    en = "Callback address {id} does not exist."
    zh = "回执地址 {id} 不存在。"


class AddressDisabled(HongyanError):
    """A disabled address takes no replay."""

    code = "callbacks.address_disabled"
    vendor_code = "KM.99990603"
    status = 409
    en = "The callback address is disabled: enable it first."
    zh = "回执地址已停用，请先启用。"
