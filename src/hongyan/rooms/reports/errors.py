"""What reports refuse; all else is refused by the shapes of the requests.

Tree::

    HongyanError
    └── InvalidInput ─ VendorNameUnknown
"""

from hongyan.kernel.errors import InvalidInput


class VendorNameUnknown(InvalidInput):
    """A name in ``factory_type`` is no handset vendor's."""

    code = "reports.vendor_name"
    vendor_code = "KM.99990920"
