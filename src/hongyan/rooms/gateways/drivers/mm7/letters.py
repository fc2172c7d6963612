"""From a message of the ledger to the octets of its submission: content loaded once, placeholders filled for each.

Not for: sending (``link``).
"""

import asyncio
import base64
import binascii
import json
import re
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from hongyan.kernel.clock import DEFAULT_ZONE, Clock
from hongyan.kernel.errors import NotFound
from hongyan.rooms.carriers.contracts import Account
from hongyan.rooms.gateways.contracts import LoadContent, Part
from hongyan.rooms.gateways.drivers.validity import date_writer
from telcowire.errors import LocalProtocolError
from telcowire.mm7.content import Content, Frame, Media, slides_content
from telcowire.mm7.pdus import Address, Recipients, SenderIdentification, SubmitReq
from telcowire.mm7.soap import NAMESPACE, SCHEMAS, Encoded, Message, encode_message

_CACHED_OCTETS: Final = 32 * 1024 * 1024
_PLACEHOLDER: Final = re.compile(r"#(p_\d{1,3})#", re.ASCII)
_EXTENSION: Final = re.compile(r"\.[A-Za-z0-9]{1,5}$", re.ASCII)
_TEXT_PAGE_S: Final = 5.0
_MOVING_PAGE_S: Final = 30.0
"""A page with sound or film stays until it is over: phones cut the page when its medium ends."""


class NotWritable(LocalProtocolError):
    """The message's content is absent or broken: it will never leave."""


class _Letter(NamedTuple):
    """A content, ready to be filled."""

    subject: str
    frames: tuple[Frame, ...]
    octets: int


class Letters:
    """Writes the submissions of one account. Contents stay in memory, 32 MiB at most: a task sends one to many."""

    def __init__(self, account: Account, load: LoadContent, clock: Clock) -> None:
        """Write as the account's provider."""
        source = account.src_number
        self._sender: Final = SenderIdentification(account.login, source, Address(source, "ShortCode"))
        self._namespace: Final = SCHEMAS + account.mm7_schema if account.mm7_schema else NAMESPACE
        self._expiry: Final = date_writer(account.options)
        self._load: Final = load
        self._clock: Final = clock
        self._loading: Final = asyncio.Lock()
        self._letters: Final[OrderedDict[str, _Letter]] = OrderedDict()
        self._cached_octets = 0

    async def write(self, part: Part, transaction_id: str) -> Encoded:
        """Return the submission of a message; its text in the ledger names a content and its parameters.

        Raises:
            NotWritable: no such content, or it is broken.
            LocalProtocolError: the content cannot be written in MM7.
            OSError: the file store is away.
        """
        content_id, params = _read_text(part.content)
        letter = await self._find(content_id)
        submit = SubmitReq(
            sender=self._sender,
            recipients=Recipients((Address(f"+{part.phone}"),)),
            time_stamp=self._clock.now().astimezone(DEFAULT_ZONE).isoformat(timespec="seconds"),
            expiry_date=self._expiry(part.expires_at),
            delivery_report=True,
            subject=letter.subject,
        )
        return encode_message(Message(submit, transaction_id, _fill(letter.frames, params), self._namespace))

    async def _find(self, content_id: str) -> _Letter:
        async with self._loading:  # many messages of one content come at once: the first one loads it
            letter = self._letters.get(content_id)
            if letter is not None:
                self._letters.move_to_end(content_id)
                return letter
            try:
                letter = _read_content(await self._load(content_id))
            except (NotFound, ValueError) as error:  # none of that id, or the id is none
                raise NotWritable(f"no content {content_id}") from error
            self._letters[content_id] = letter
            self._cached_octets += letter.octets
            while self._cached_octets > _CACHED_OCTETS and len(self._letters) > 1:
                self._cached_octets -= self._letters.popitem(last=False)[1].octets
            return letter


def _read_text(content: bytes) -> tuple[str, Mapping[str, str]]:
    """Return (content id, parameters)."""
    try:
        shape = json.loads(content)
        return str(shape["content"]), {str(key): str(value) for key, value in shape.get("params", {}).items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotWritable("the message names no content") from error


def _read_content(data: bytes) -> _Letter:
    try:
        shape = json.loads(data)
        frames = tuple(
            _read_frame([_read_part(number, index, part) for index, part in enumerate(frame["parts"], 1)])
            for number, frame in enumerate(shape["frames"], 1)
        )
        subject = str(shape["subject"])
    except (ValueError, KeyError, TypeError, binascii.Error) as error:
        raise NotWritable(f"a broken content: {error}") from error
    return _Letter(subject, frames, sum(len(medium.data) for frame in frames for medium in frame.media))


def _read_part(frame_no: int, index: int, part: Mapping[str, Any]) -> Media:
    data = base64.b64decode(part["data"], validate=True)
    extension = _EXTENSION.search(str(part["name"]))
    # Names as people write them may repeat, or hold what a header cannot.
    name = f"{frame_no}-{index}{extension[0] if extension else ''}"
    if part["kind"] == "txt":
        return Media("text/plain", data, f"{frame_no}-{index}.txt", "utf-8")
    return Media(str(part["content_type"]).partition(";")[0].strip().lower(), data, name)


def _read_frame(media: list[Media]) -> Frame:
    is_moving = any(medium.content_type.startswith(("audio/", "video/")) for medium in media)
    return Frame(tuple(media), _MOVING_PAGE_S if is_moving else _TEXT_PAGE_S)


def _fill(frames: tuple[Frame, ...], params: Mapping[str, str]) -> Content:
    """Return the content with its placeholders replaced, in one pass: values are never searched again."""
    if not params:
        return slides_content(frames)
    filled = [
        frame._replace(
            media=tuple(
                medium._replace(
                    data=_PLACEHOLDER.sub(
                        lambda found: params.get(found[1], found[0]), medium.data.decode("utf-8", "replace")
                    ).encode()
                )
                if medium.content_type == "text/plain"
                else medium
                for medium in frame.media
            )
        )
        for frame in frames
    ]
    return slides_content(filled)
