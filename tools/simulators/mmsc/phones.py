"""The phones behind the centres: the last video messages per number, in memory. Served over HTTP by `inbox_http`."""

import hashlib
import itertools
from collections import OrderedDict, deque
from typing import Final, NamedTuple

from simulators.carriers.inbox import phone_of
from telcowire.errors import RemoteProtocolError
from telcowire.mm7.content import Content, Media
from telcowire.mm7.xmltext import read_document

_MESSAGES_PER_NUMBER: Final = 20
_NUMBERS: Final = 5_000


class ShownMedium(NamedTuple):
    """A medium on a page: its size and digest, not its octets."""

    name: str
    content_type: str
    octets: int
    sha256: str
    text: str
    """Of a text; else ""."""


class ShownMessage(NamedTuple):
    """One video message as a phone shows it: page by page; `received_at` is ISO 8601 in UTC."""

    id: int
    message_id: str
    src_id: str
    subject: str
    frames: tuple[tuple[ShownMedium, ...], ...]
    received_at: str


def frames_of(content: Content) -> tuple[tuple[ShownMedium, ...], ...]:
    """Return the pages of a content as its SMIL arranges them; without a readable one all media are one page."""
    media = {medium.name: medium for medium in content.media}
    try:
        body = read_document(content.smil.encode()).find("body")
    except RemoteProtocolError:
        body = None
    names = [[node.attributes.get("src", "") for node in page.children] for page in (body.children if body else ())]
    pages = [tuple(_shown(media[name]) for name in page if name in media) for page in names]
    return tuple(pages) or (tuple(_shown(medium) for medium in content.media),)


def _shown(medium: Media) -> ShownMedium:
    text = medium.read_text() if medium.content_type.startswith("text/") else ""
    digest = hashlib.sha256(medium.data).hexdigest()
    return ShownMedium(medium.name, medium.content_type, len(medium.data), digest, text)


class Phones:
    """The last 20 messages of each of the last 5,000 numbers."""

    def __init__(self) -> None:
        """Start with empty phones."""
        self._ids: Final = itertools.count(1)
        self._numbers: Final[OrderedDict[str, deque[ShownMessage]]] = OrderedDict()

    def put(self, number: str, message_id: str, src_id: str, subject: str, content: Content, received_at: str) -> None:
        """Let a message arrive at a phone."""
        number = phone_of(number.lstrip("+"))
        messages = self._numbers.setdefault(number, deque(maxlen=_MESSAGES_PER_NUMBER))
        self._numbers.move_to_end(number)
        if len(self._numbers) > _NUMBERS:
            self._numbers.popitem(last=False)
        messages.append(ShownMessage(next(self._ids), message_id, src_id, subject, frames_of(content), received_at))

    def list_messages(self, number: str) -> list[ShownMessage]:
        """Messages of a number, oldest first."""
        return list(self._numbers.get(phone_of(number.lstrip("+")), ()))

    def list_numbers(self, limit: int) -> list[str]:
        """Numbers that got something, the latest first."""
        return list(itertools.islice(reversed(self._numbers), limit))
