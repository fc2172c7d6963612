"""What reviewers look at and why they refuse, by kind, in both languages. Pure data; wordings are our own.

Source: product.md §3.6. Fields are named as the submitting form names them, so that a reason can stand beside it.
"""

from collections.abc import Mapping
from types import MappingProxyType

from hongyan.rooms.reviews.rules.guides.accounts import PART, PUB, SHORTCUT
from hongyan.rooms.reviews.rules.guides.companies import DOMAIN, FILING, JUMP_LINK
from hongyan.rooms.reviews.rules.guides.messages import CARD, VIDEO, VIDEO_SIGNATURE
from hongyan.rooms.reviews.rules.guides.sms import SIGNATURE, SMS_TEMPLATE
from hongyan.rooms.reviews.rules.guides.words import OTHER, Guide, Word

_ANYTHING = Guide(
    fields=(), checks=(Word("whole_seen", "全部内容已看完", "Everything was looked at"),), reasons=(OTHER,)
)

GUIDES: Mapping[str, Guide] = MappingProxyType(
    {
        "enterprises.filing": FILING,
        "sms.signature": SIGNATURE,
        "sms.template": SMS_TEMPLATE,
        "smart.template": CARD,
        "video_sms.template": VIDEO,
        "video_sms.signature": VIDEO_SIGNATURE,
        "service_accounts.pub": PUB,
        "service_accounts.menu": PART,
        "service_accounts.portal": PART,
        "service_accounts.shortcut": SHORTCUT,
        "campaigns.link_domain": DOMAIN,
        "campaigns.jump_link": JUMP_LINK,
    }
)


def guide_of(kind: str) -> Guide:
    """Return a kind's guide; what a later room submits has one with nothing but the general points."""
    return GUIDES.get(kind, _ANYTHING)
