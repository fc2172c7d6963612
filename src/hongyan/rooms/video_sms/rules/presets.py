"""The platform's public video templates, with a picture drawn here."""

import base64
import io
from typing import Final

from PIL import Image, ImageDraw

from hongyan.rooms.video_sms.contracts import NewTemplate, Resource

_WIDTH, _HEIGHT = 640, 360
_DAWN, _HORIZON = (24, 40, 92), (244, 166, 96)
_FLOCK: Final = ((150, 120), (205, 96), (262, 78), (322, 70), (380, 82), (436, 102), (490, 128))


def _dawn() -> str:
    """Return a JPEG in base64: wild geese above the horizon at dawn."""
    image = Image.new("RGB", (_WIDTH, _HEIGHT))
    draw = ImageDraw.Draw(image)
    for y in range(_HEIGHT):
        share = y / _HEIGHT
        draw.line(
            ((0, y), (_WIDTH, y)),
            fill=tuple(round(a + (b - a) * share) for a, b in zip(_DAWN, _HORIZON, strict=True)),
        )
    draw.ellipse((270, 250, 370, 350), fill=(255, 214, 150))
    draw.rectangle((0, 318, _WIDTH, _HEIGHT), fill=(30, 36, 60))
    for x, y in _FLOCK:
        draw.line(((x - 18, y - 8), (x, y), (x + 18, y - 8)), fill=(18, 22, 40), width=4)
    packed = io.BytesIO()
    image.save(packed, "JPEG", quality=85)
    return base64.b64encode(packed.getvalue()).decode()


def presets() -> tuple[tuple[str, NewTemplate], ...]:
    """Return (id, template) of each."""
    greeting = "【鸿雁】清晨好！一行鸿雁带来我们的问候，愿您新的一天顺心如意。"
    resources = (
        Resource("1-1", "jpg", "dawn.jpg", "file", _dawn()),
        Resource("1-2", "txt", "greeting.txt", "txt", greeting),
        Resource("2-1", "txt", "closing.txt", "txt", "感谢一路同行，期待再次为您服务。"),
    )
    return (("800000001", NewTemplate(name="鸿雁问候", title="清晨的问候", valid_days=9999, resources=resources)),)
