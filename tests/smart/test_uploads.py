"""Uploads: fields, data URIs, kinds, sizes, ratios; and the reader that runs in the sandbox."""

import io
import json
from dataclasses import replace

import pytest
from PIL import Image

from hongyan.kernel.errors import InvalidInput
from hongyan.rooms.smart.contracts import MaterialKind
from hongyan.rooms.smart.errors import MaterialRefused
from hongyan.rooms.smart.parsers import pictures
from hongyan.rooms.smart.rules.pictures import RATES, least_size
from hongyan.rooms.smart.rules.uploads import (
    Upload,
    check_bytes,
    check_rate,
    check_upload,
    check_url,
    decode,
    kind_of,
)
from support.card_media import bomb, data_uri, film, picture

STREAM = Upload(MaterialKind.IMAGE, is_url=False, stream="data:", name="a.png", rate="oneToOne")
BY_URL = replace(STREAM, is_url=True, url="https://img.example.com/p/a%20b.PNG?x=1", name="")


def test_a_name_is_what_is_given_or_what_the_address_ends_in() -> None:
    assert check_upload(STREAM) == "a.png"
    assert check_upload(BY_URL) == "a b.PNG"
    assert check_upload(replace(BY_URL, name="mine.png")) == "mine.png"
    assert check_upload(replace(STREAM, kind=MaterialKind.VIDEO, rate="")) == "a.png"


@pytest.mark.parametrize(
    ("upload", "field"),
    [
        (replace(STREAM, name="a<b.png"), "file_name"),
        (replace(STREAM, name=" "), "file_name"),
        (replace(STREAM, name="a/b.png"), "file_name"),
        (replace(STREAM, description="a  b"), "description"),
        (replace(STREAM, rate=""), "image_rate"),
        (replace(STREAM, rate="wide"), "image_rate"),
        (replace(STREAM, stream=""), "file_stream"),
        (replace(STREAM, kind=MaterialKind.THUMBNAIL), "material_id"),
        (replace(BY_URL, url="http://[::1]/a.png"), "file_url"),
        (replace(BY_URL, url="https://img.example.com/a.svg"), "file_url"),
    ],
)
def test_a_field_that_breaks_a_rule_is_refused_by_name(upload: Upload, field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        check_upload(upload)
    assert caught.value.field == field


def test_a_data_uri_is_its_kind_and_its_bytes() -> None:
    assert decode(data_uri(b"abc", "image/JPG")) == ("jpg", b"abc")
    assert decode("data:video/mp4;base64,YW\nJj") == ("mp4", b"abc")
    for garbage in ("", "abc", "data:image/png,abc", "data:image/gif;base64,YQ==", "data:image/png;base64,YQ"):
        with pytest.raises(InvalidInput, match="file_stream"):
            decode(garbage)
    with pytest.raises(InvalidInput, match="is empty"):
        decode("data:image/png;base64,")


def test_addresses_declare_a_kind() -> None:
    assert check_url("http://127.0.0.1:8000/a.JPEG") == "jpg"
    assert kind_of("file_name", "x.mp4") == "mp4"
    with pytest.raises(InvalidInput, match="file_name"):
        kind_of("file_name", "x")


@pytest.mark.parametrize(
    ("upload", "declared", "data", "field"),
    [
        (STREAM, "png", bytes(2 * 1024 * 1024 + 1), "file_stream"),
        (replace(STREAM, kind=MaterialKind.THUMBNAIL), "png", bytes(100 * 1024 + 1), "file_stream"),
        (STREAM, "mp4", film(), "file_stream"),
        (replace(STREAM, kind=MaterialKind.VIDEO), "png", picture(), "file_stream"),
        (BY_URL, "jpg", picture(), "file_url"),
        (replace(STREAM, name="a.jpeg"), "png", picture(), "file_name"),
    ],
)
def test_bytes_are_what_was_said(upload: Upload, declared: str, data: bytes, field: str) -> None:
    assert check_bytes(replace(STREAM, name="no extension"), "png", picture()) == "png"
    with pytest.raises(MaterialRefused) as caught:
        check_bytes(upload, declared, data)
    assert caught.value.field == field


def test_ratios_are_kept_within_five_percent() -> None:
    check_rate(replace(STREAM, rate=""), 1, 99)
    for rate, (wide, high) in RATES.items():
        check_rate(replace(STREAM, rate=rate), wide * 96, high * 100)
        with pytest.raises(MaterialRefused, match="image_rate"):
            check_rate(replace(STREAM, rate=rate), wide * 94, high * 100)


def test_vivo_wants_large_pictures() -> None:
    assert least_size("RedPacket", "oneToOne") == (320, 320)
    assert least_size("RedPacket", "sixteenToNine") is None
    assert least_size("RedPacket", None) is None


# --- the reader in the sandbox --------------------------------------------------------------------------------------


def read(kind: str, data: bytes) -> tuple[dict, bytes]:
    head, *frames = pictures.read(kind, data)
    return json.loads(head), frames[0] if frames else b""


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "P", "1", "I;16"])
def test_a_picture_is_written_anew_with_nothing_but_pixels(mode: str) -> None:
    packed = io.BytesIO()
    Image.new(mode, (30, 20)).save(packed, "PNG")
    head, data = read("png", packed.getvalue() + b"trailing secret")
    assert head == {"width": 30, "height": 20}
    assert b"secret" not in data
    assert Image.open(io.BytesIO(data)).format == "PNG"


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_a_photograph_is_turned_upright_and_loses_where_it_was_taken(mode: str) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "secret"
    packed = io.BytesIO()
    Image.new(mode, (30, 20)).save(packed, "JPEG", exif=exif)
    head, data = read("jpg", packed.getvalue())
    assert head == {"width": 20, "height": 30}
    assert b"secret" not in data


@pytest.mark.parametrize(
    ("kind", "data", "reason"),
    [
        ("png", bomb(), "too many pixels"),
        ("png", bomb(6000), "too many pixels"),
        ("png", picture()[:60], "no sound PNG"),
        ("jpg", picture(), "no sound JPEG"),
        ("mp4", film(1980), "lasts 1980 s"),
        ("mp4", film()[:3000], "mp4"),
        ("mp4", b"\x00\x00\x00\x18ftypmp42" + bytes(5000), "damaged"),
        ("mp4", film(width=4096, height=2320, frames=2), "too large"),
    ],
)
def test_hostile_bytes_are_refused_with_a_reason(kind: str, data: bytes, reason: str) -> None:
    head, frame = read(kind, data)
    assert reason in head["reason"]
    assert head["reason_zh"]
    assert frame == b""


def test_a_video_is_measured_and_gives_its_first_picture() -> None:
    head, cover = read("mp4", film(33, width=1600, height=900))
    assert (head["width"], head["height"], head["cover_width"], head["cover_height"]) == (1600, 900, 1088, 612)
    assert 32_000 <= head["duration_ms"] <= 34_000
    assert len(cover) <= pictures.COVER_BYTES
    assert Image.open(io.BytesIO(cover)).size == (1088, 612)
