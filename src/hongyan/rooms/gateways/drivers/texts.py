"""Texts on their way out and in, for every protocol that carries SMS: parts with their format, uplinks as plain values.

Not for: what the codings are and where texts are cut (``telcowire.smstext``); putting parts together (``receipts``).
"""

import random
from collections import OrderedDict
from typing import Final, NamedTuple

import structlog

from hongyan.rooms.carriers.contracts import Account
from hongyan.rooms.delivery.contracts import SpanMessage
from hongyan.rooms.gateways.contracts import LinkEvent, Unreadable, Uplinked
from hongyan.rooms.gateways.drivers.results import plain
from hongyan.rooms.receipts.contracts import CarrierUplink, UplinkPart
from telcowire.errors import LocalProtocolError, RemoteProtocolError
from telcowire.smstext.coding import decode_text
from telcowire.smstext.parts import Coding, Wire, encode_text_parts
from telcowire.smstext.signature import SignaturePlace
from telcowire.smstext.udh import RefBits, find_concatenation, split_udh

log = structlog.get_logger(__name__)

_MARKS: Final = tuple(bytes([fmt]) for fmt in range(0x100))
_UNWRITABLE: Final = 0xFF
"""Mark of a text that no part can carry; no protocol has a format of that number."""
_PHONES: Final = 65_536
"""Of so many phones the next reference is remembered per account: some 15 MB, where all get long texts."""
_PLACES: Final[dict[str, SignaturePlace]] = {"none": "none", "prefix": "prefix", "suffix": "suffix"}


class TextWriter:
    """Writes the texts of one account. A part's content is its format number and then its octets."""

    def __init__(self, account: Account, wire: Wire) -> None:
        """Write as the account's options say.

        A phone joins parts by their reference, which may be of 8 bits: each phone has its own count, that only texts
        of several parts move on. It begins anywhere, so that the next tenure's does not meet the last one's; of phones
        that had no long text for a long time it is forgotten.
        """
        options = account.options
        self._account: Final = account.name
        self._wire: Final = wire
        self._coding: Final = Coding(options.coding.value)
        self._ref_bits: Final[RefBits] = 16 if options.ref_bits == 16 else 8  # noqa: PLR2004 - the two that there are
        self._place: Final = _PLACES[options.carrier_signature.value]
        self._next_refs: Final[OrderedDict[str, int]] = OrderedDict()
        self._random: Final = random.Random()  # noqa: S311 - a reference is no secret

    def write(self, message: SpanMessage) -> list[bytes]:
        """Return the contents of a message's parts. One that cannot be written has one part, which no link takes."""
        ref = self._next_refs.get(message.phone)
        if ref is None:
            ref = self._random.getrandbits(16)
        try:
            fmt, contents = encode_text_parts(
                message.text,
                ref,
                wire=self._wire,
                coding=self._coding,
                ref_bits=self._ref_bits,
                carrier_signature=self._place,
            )
        except LocalProtocolError as error:
            log.error(  # noqa: TRY400 - the trace says nothing more
                "a text cannot be written", account=self._account, message_id=message.message_id, error=str(error)
            )
            return [_MARKS[_UNWRITABLE]]
        if len(contents) > 1:
            self._note(message.phone, ref)
        mark = _MARKS[fmt]
        return [mark + content for content in contents]

    def _note(self, phone: str, ref: int) -> None:
        """Remember what reference a phone gets next."""
        refs = self._next_refs
        refs[phone] = ref + 1 & 0xFFFF
        refs.move_to_end(phone)
        if len(refs) > _PHONES:
            refs.popitem(last=False)


def open_content(content: bytes) -> tuple[int, bytes]:
    """Return the format number and the octets of a part.

    Raises:
        LocalProtocolError: no part could carry the text.
    """
    fmt = content[0]
    if fmt == _UNWRITABLE:
        raise LocalProtocolError("the text cannot be written on this account")
    return fmt, content[1:]


class UplinkText(NamedTuple):
    """What a delivery says about its text; numbers of parts beside the header are 1 of 1 when there are none."""

    content: bytes
    has_udh: bool
    coding: int
    total: int = 1
    part_no: int = 1
    ref: int = 0


def read_uplink(seq: int, deliver_id: int, key: int, src: str, dest: str, text: UplinkText) -> LinkEvent:
    """Read a text from a phone, or a part of one; ``key`` is the 64-bit id of this delivery.

    What is no text in its coding, or has a broken header, is unreadable: it is answered, and does not come again.
    """
    src, dest = plain(src), plain(dest)
    try:
        text = _cut_header(text)
        if text.total > 1 and 1 <= text.part_no <= text.total:
            # A character may be cut at the seam: only the whole can be read.
            part = UplinkPart(text.ref, text.total, text.part_no, text.content, text.coding)
            return Uplinked(seq, deliver_id, CarrierUplink(key, src, dest, "", part))
        said = decode_text(text.content, text.coding)
    except RemoteProtocolError as error:
        log.warning("an uplink that cannot be read", coding=text.coding, error=str(error))
        return Unreadable(seq, deliver_id)
    return Uplinked(seq, deliver_id, CarrierUplink(key, src, dest, said))


def _cut_header(text: UplinkText) -> UplinkText:
    """Return the text without its user data header; the part's numbers in it count more than those beside it.

    Raises:
        RemoteProtocolError: the header is broken.
    """
    if not text.has_udh:
        return text
    header, content = split_udh(text.content)
    found = find_concatenation(header)
    if found is None:
        return text._replace(content=content, has_udh=False)
    return UplinkText(
        content, has_udh=False, coding=text.coding, total=found.total, part_no=found.part_no, ref=found.ref
    )
