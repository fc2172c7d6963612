"""The content of an MM: its media, and the SMIL page that shows them frame by frame. MIME itself: `mime`.

Source: 3GPP TS 23.140 clause 8.7.1.2 (content in the second MIME part); OMA MMS conformance for the SMIL subset.
"""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from telcowire.errors import LocalProtocolError, RemoteProtocolError
from telcowire.mm7.mime import Entity, read_media_type, read_multipart, write_media_type, write_multipart
from telcowire.mm7.xmltext import escape

SMIL: Final = "application/smil"
_SMIL_ID: Final = "slides"
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
_TAGS: Final = {
    "text": ("text", "Text"),
    "image": ("img", "Image"),
    "video": ("video", "Image"),
    "audio": ("audio", ""),
}
_LAYOUT: Final = (
    '<layout><root-layout width="100%" height="100%"/>'
    '<region id="Image" left="0" top="0" width="100%" height="70%" fit="meet"/>'
    '<region id="Text" left="0" top="70%" width="100%" height="30%" fit="scroll"/></layout>'
)

#: The charsets of texts. No others: Python knows encodings that take quadratic time to read (punycode).
_CHARSETS: Final = frozenset(
    {"us-ascii", "iso-8859-1", "utf-8", "utf-16", "utf-16be", "utf-16le", "gb2312", "gbk", "gb18030", "big5"}
)


class Media(NamedTuple):
    """One medium of an MM."""

    content_type: str
    """`image/jpeg`, without parameters, in lower case."""
    data: bytes
    name: str = ""
    """What the SMIL page calls it; unique in the content."""
    charset: str = ""
    """Of a text."""

    def read_text(self) -> str:
        """Return a text as characters, as UTF-8 unless it names a usual charset; octets unknown to it are replaced."""
        charset = self.charset.lower()
        return self.data.decode(charset if charset in _CHARSETS else "utf-8", "replace")


class Content(NamedTuple):
    """All media of an MM, in order; without `smil` a phone shows them one below the other."""

    media: tuple[Media, ...]
    smil: str = ""


class Frame(NamedTuple):
    """One page: usually a text and one picture, sound or film."""

    media: tuple[Media, ...]
    duration_s: float = 5.0


def slides_content(frames: Sequence[Frame]) -> Content:
    """Return the content that shows frames one after the other.

    Raises:
        LocalProtocolError: a name or type that SMIL cannot show, or a name given twice.
    """
    pages: list[str] = []
    for frame in frames:
        tags: list[str] = []
        for medium in frame.media:
            tag, region = _TAGS.get(medium.content_type.partition("/")[0], ("", ""))
            if not tag:
                raise LocalProtocolError(f"a page cannot show {medium.content_type!r}")
            tags.append(f'<{tag} src="{escape(medium.name)}"' + (f' region="{region}"/>' if region else "/>"))
        pages.append(f'<par dur="{max(1, round(frame.duration_s * 1000))}ms">{"".join(tags)}</par>')
    smil = f"<smil><head>{_LAYOUT}</head><body>{''.join(pages)}</body></smil>"
    return Content(tuple(medium for frame in frames for medium in frame.media), smil)


def write_content(content: Content) -> tuple[str, bytes]:
    """Return (Content-Type, body): multipart/related with SMIL, else multipart/mixed.

    Raises:
        LocalProtocolError: nothing to write, a bad name, or a name given twice.
    """
    names = [medium.name for medium in content.media]
    if not names or len(set(names)) < len(names) or not all(_NAME.fullmatch(name) for name in names):
        raise LocalProtocolError(f"media need names of their own, of letters, digits, '.', '_' and '-': {names!r}")
    parts: list[tuple[list[tuple[str, str]], bytes]] = []
    if content.smil:
        smil_type = write_media_type(SMIL, [("charset", "utf-8")])
        parts.append(([("Content-Type", smil_type), ("Content-ID", f"<{_SMIL_ID}>")], content.smil.encode()))
    for medium in content.media:
        parameters = [("charset", medium.charset)] if medium.charset else []
        headers = [
            ("Content-Type", write_media_type(medium.content_type, [*parameters, ("name", medium.name)])),
            ("Content-ID", f"<{medium.name}>"),
            ("Content-Location", medium.name),
        ]
        parts.append((headers, medium.data))
    boundary, body = write_multipart(parts)
    if not content.smil:
        return write_media_type("multipart/mixed", [("boundary", boundary)]), body
    parameters = [("type", SMIL), ("start", f"<{_SMIL_ID}>"), ("boundary", boundary)]
    return write_media_type("multipart/related", parameters), body


def read_content(entity: Entity) -> Content:
    """Return the content of the second MIME part; a lone medium is a content of one.

    Raises:
        RemoteProtocolError: a broken multipart body, or one inside another.
    """
    if not entity.media_type.startswith("multipart/"):
        return Content((_medium(entity),))
    smil, media = "", list[Media]()
    for part in read_multipart(entity.body, entity.parameters.get("boundary", "")):
        if part.media_type.startswith("multipart/"):
            raise RemoteProtocolError("a multipart content inside another")
        if part.media_type == SMIL and not smil:
            smil = part.body.decode("utf-8", "replace")
        else:
            media.append(_medium(part))
    return Content(tuple(media), smil)


def _medium(part: Entity) -> Media:
    name = part.headers.get("content-location") or part.parameters.get("name") or part.content_id
    if not name and "content-disposition" in part.headers:
        # "attachment; filename=a.jpg" has the form of a media type once it has a slash
        _, parameters = read_media_type(f"x/{part.headers['content-disposition']}")
        name = parameters.get("filename", "")
    return Media(part.media_type, part.body, name, part.parameters.get("charset", ""))
