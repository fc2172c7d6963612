"""Rules for pictures and videos: ratios and sizes. Source: api.md of the requirements §5.2, §7.3; product.md §5."""

from collections.abc import Mapping
from types import MappingProxyType

RATES: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "oneToOne": (1, 1),
        "sixteenToNine": (16, 9),
        "threeToOne": (3, 1),
        "fortyEightToSixtyFive": (48, 65),
        "twentyOneToNine": (21, 9),
        "threeToFour": (3, 4),
    }
)
"""``image_rate`` → width and height."""

_LEAST_AT_VIVO: Mapping[tuple[str, str], tuple[int, int]] = MappingProxyType(
    {
        ("StandardImageAndText", "sixteenToNine"): (1088, 612),
        ("MultipleImageAndText", "sixteenToNine"): (1088, 612),
        ("MultipleImageAndText", "oneToOne"): (320, 320),
        ("Video", "sixteenToNine"): (1088, 612),
        ("RedPacket", "oneToOne"): (320, 320),
        ("CarouselImageSixteenToNine", "sixteenToNine"): (1088, 612),
        ("CarouselSquareImage", "oneToOne"): (1088, 1088),
        ("CarouselVerticalImage", "fortyEightToSixtyFive"): (960, 1300),
        ("Notification1", "threeToOne"): (576, 192),
        ("Notification2", "threeToOne"): (576, 192),
        ("ECImageAndText", "oneToOne"): (1088, 1088),
    }
)


def least_size(card_id: str, rate: str | None) -> tuple[int, int] | None:
    """Return the least width and height in pixels that vivo takes for a picture in a layout."""
    return None if rate is None else _LEAST_AT_VIVO.get((card_id, rate))
