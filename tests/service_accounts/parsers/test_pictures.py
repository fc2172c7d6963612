"""The child's work, in this process: what it keeps of a picture and what it refuses."""

import io
import json

import pytest
from PIL import Image

from hongyan.rooms.service_accounts.parsers import pictures
from support.accounts import image


class Frames:
    def __init__(self) -> None:
        self.sent: list[bytes] = []

    def send(self, frame: bytes) -> None:
        self.sent.append(frame)


def read(data: bytes, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    class Stdin:
        buffer = io.BytesIO(data)

    monkeypatch.setattr("sys.stdin", Stdin)
    frames = Frames()
    pictures.main([], frames)
    return frames.sent


@pytest.mark.parametrize(("kind", "kept"), [("PNG", "image/png"), ("BMP", "image/png"), ("JPEG", "image/jpeg")])
def test_a_picture_is_drawn_anew(kind: str, kept: str, monkeypatch: pytest.MonkeyPatch) -> None:
    head, body = read(image(40, 30, kind) + b"<script>", monkeypatch)
    assert json.loads(head) == {"width": 40, "height": 30, "media_type": kept}
    assert b"<script>" not in body
    assert Image.open(io.BytesIO(body)).size == (40, 30)


def test_transparency_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    packed = io.BytesIO()
    Image.new("RGBA", (8, 8), (1, 2, 3, 4)).save(packed, "PNG")
    _, body = read(packed.getvalue(), monkeypatch)
    assert Image.open(io.BytesIO(body)).getpixel((0, 0)) == (1, 2, 3, 4)


def test_a_photograph_is_turned_as_its_camera_says(monkeypatch: pytest.MonkeyPatch) -> None:
    packed = io.BytesIO()
    photo = Image.new("RGB", (40, 30), "red")
    exif = photo.getexif()
    exif[0x0112] = 6
    photo.save(packed, "JPEG", exif=exif)
    head, _ = read(packed.getvalue(), monkeypatch)
    assert json.loads(head) == {"width": 30, "height": 40, "media_type": "image/jpeg"}


@pytest.mark.parametrize(("data", "error"), [(b"", "damaged"), (b"GIF89a", "damaged"), (image(40, 30)[:60], "damaged")])
def test_what_is_no_picture_is_told(data: bytes, error: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [json.loads(frame) for frame in read(data, monkeypatch)] == [{"error": error}]


@pytest.mark.parametrize("limit", [1000, 500])
def test_a_bomb_is_told(limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MAX_PIXELS", limit)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 500 if limit == 500 else None)
    assert [json.loads(frame) for frame in read(image(40, 30), monkeypatch)] == [{"error": "pixels"}]
