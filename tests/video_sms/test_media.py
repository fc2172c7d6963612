import base64
import io
import struct
import zlib

import pytest
from PIL import Image

from hongyan.kernel.http.client import OutgoingHttp
from hongyan.rooms.video_sms.contracts import NewTemplate, Resource
from hongyan.rooms.video_sms.errors import ResourceInvalid, TemplateTooLarge
from hongyan.rooms.video_sms.parsers.media import Read, Refused, read
from hongyan.rooms.video_sms.rules.forms import check_form
from hongyan.rooms.video_sms.service.media import MediaReader, Medium
from support.media import mp3, picture, tone, video


def bomb() -> bytes:
    """Return a PNG of a few kilobytes that unpacks to 900 million pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 30_000, 30_000, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("kind", "data", "content_type"),
    [
        ("jpg", picture("JPEG"), "image/jpeg"),
        ("jpeg", picture("JPEG"), "image/jpeg"),
        ("png", picture("PNG"), "image/png"),
        ("gif", picture("GIF"), "image/gif"),
        ("mp3", mp3(), "audio/mpeg"),
        ("wav", tone(), "audio/wav"),
        ("mp4", video(), "video/mp4"),
        ("3gp", video(kind="3gp"), "video/3gpp"),
    ],
    ids=str.split("jpg jpeg png gif mp3 wav mp4 3gp"),
)
def test_sound_media_are_read(kind: str, data: bytes, content_type: str) -> None:
    found = read(kind, data)
    assert isinstance(found, Read), found
    assert found.content_type == content_type
    assert found.data


@pytest.mark.parametrize(
    ("kind", "data", "words"),
    [
        ("jpg", picture("PNG"), "PNG, not JPEG"),
        ("png", bomb(), "pixels"),
        ("gif", b"GIF89a" + bytes(40), "GIF"),
        ("jpg", picture("JPEG")[:200], "damaged"),
        ("jpg", b"<svg onload=alert(1)>", "no JPEG"),
        ("mp4", video(34.5), "at most 33 s"),
        ("mp4", video()[:-900], "mp4"),
        ("mp4", picture(), "no mp4"),
        ("3gp", video(), "no 3gp"),
        ("mp3", tone(), "no mp3"),
        ("wav", tone()[:44], "wav"),
        ("mp4", b"\0\0\0\x18ftypisom" + bytes(64), "mp4"),
    ],
    ids=str.split("format bomb header cut svg long cut-video picture brand wav empty hollow"),
)
def test_what_is_none_is_refused(kind: str, data: bytes, words: str) -> None:
    found = read(kind, data)
    assert isinstance(found, Refused), found.content_type
    assert words in found.reason


def test_a_picture_is_written_anew_without_what_followed_it() -> None:
    found = read("png", picture("PNG") + b"<script>")
    assert isinstance(found, Read)
    assert b"script" not in found.data
    assert Image.open(io.BytesIO(found.data)).size == (64, 48)


async def read_form(*media: tuple[str, str, str]) -> tuple[Medium, ...]:
    rows = [Resource(None, kind, "x", source, content) for kind, source, content in media]
    text = Resource(None, "txt", "1.txt", "txt", "【鸿雁】您好")
    new = NewTemplate("n", "t", 1, (text, *rows))
    out = OutgoingHttp()
    try:
        return await MediaReader(out).read(new, check_form(new))
    finally:
        await out.close()


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


async def test_a_child_reads_all_media_of_a_template() -> None:
    found = await read_form(("jpg", "file", b64(picture())), ("3gp", "file", b64(video(kind="3gp"))))
    assert [medium.content_type for medium in found] == ["text/plain", "image/jpeg", "video/3gpp"]
    assert found[0].data == "【鸿雁】您好".encode()


async def test_the_bad_one_is_named() -> None:
    with pytest.raises(ResourceInvalid) as refused:
        await read_form(("jpg", "file", b64(picture())), ("png", "file", b64(bomb())))
    assert refused.value.field == "reslist[2].content"


async def test_an_address_of_our_own_network_is_refused() -> None:
    for url in ("http://127.0.0.1:1/a.jpg", "http://169.254.169.254/x.jpg", "http://[::ffff:10.0.0.1]/a.jpg"):
        with pytest.raises(ResourceInvalid) as refused:
            await read_form(("jpg", "url", url))
        assert refused.value.field == "reslist[1].content"
        assert "public" in refused.value.text("en")


async def test_all_together_have_a_limit() -> None:
    large = b64(tone(65))
    with pytest.raises(TemplateTooLarge):
        await read_form(("wav", "file", large), ("wav", "file", large))
