"""Refusals of the handsets room.

Tree::

    HongyanError
    ├── CallNotProven      401  a vendor's call is not signed as it must be (key, skew, signature, replay)
    ├── CallMalformed      400  a signed call says something we cannot read
    ├── VendorUnreachable  502  a vendor did not answer, or not as the interface says (retryable)
    └── NotFound
        └── VendorUnknown  404  no account at this vendor
"""

from hongyan.kernel.errors import HongyanError, NotFound


class CallNotProven(HongyanError):
    """A vendor's call could not be proven; ``reason`` is a word of the published interface."""

    code = "handsets.call_not_proven"
    vendor_code = "KM.90020401"
    status = 401
    vendor_status = 401
    en = "The call is not proven: {reason}."
    zh = "调用未通过鉴权：{reason}。"


class CallMalformed(HongyanError):
    """A call of a proven vendor breaks the interface."""

    code = "handsets.call_malformed"
    vendor_code = "KM.90020400"
    en = "{field}: {reason}."
    zh = "{field}：{reason}。"


class VendorUnreachable(HongyanError):
    """A vendor did not answer in time, or with something the interface does not know."""

    code = "handsets.vendor_unreachable"
    vendor_code = "KM.90020502"
    status = 502
    vendor_status = 500
    retryable = True
    en = "The handset vendor {vendor} does not answer: {reason}."
    zh = "手机厂商 {vendor} 无应答：{reason}。"


class VendorUnknown(NotFound):
    """No account at this vendor."""

    code = "handsets.vendor_unknown"
    vendor_code = "KM.90020404"
    en = "There is no account at the handset vendor {vendor}."
    zh = "未配置手机厂商 {vendor}。"
