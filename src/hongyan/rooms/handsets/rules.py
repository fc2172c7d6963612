"""Pure rules: the proof of a call, how long an answer is good, when an answer means yes.

Source: docs/protocols/handset.md §2, §4.
"""

import hashlib
import hmac
import re
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from hongyan.rooms.handsets.contracts import Capability, CardEventKind, Vendor

SCHEME = "HONGYAN-HMAC-SHA256"
HEADER_KEY = "x-hongyan-key"
HEADER_TIME = "x-hongyan-timestamp"
HEADER_NONCE = "x-hongyan-nonce"
HEADER_SIGNATURE = "x-hongyan-signature"

MAX_SKEW = timedelta(minutes=5)
NONCE_KEPT = timedelta(minutes=15)
"""Longer than twice the skew: a nonce that is forgotten belongs to a time that is refused anyway."""

GRANT_RESERVED = timedelta(minutes=10)
"""A device that got the card counts against the quota this long without having drawn it, then only if it drew it."""

GOOD_YES = timedelta(days=7)
GOOD_NO = timedelta(days=1)
"""How long an answer is used without asking again: people buy handsets more often than they give them back."""

MIN_CONFIDENCE = 50
"""Percent from which a vendor's "capable" is believed."""


BATCH_NUMBERS = 1_000

_TIME = re.compile(r"\d{1,12}", re.ASCII)
_NONCE = re.compile(r"[A-Za-z0-9_-]{16,64}", re.ASCII)


def sign(secret: bytes, *, method: str, path: str, timestamp: str, nonce: str, body: bytes) -> str:
    """Return hex HMAC-SHA256 over scheme, method, path with query, time, nonce and body hash, one per line."""
    text = "\n".join([SCHEME, method.upper(), path, timestamp, nonce, hashlib.sha256(body).hexdigest()])
    return hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()


def signed_headers(
    key_id: str, secret: bytes, *, method: str, path: str, now: datetime, nonce: str, body: bytes
) -> dict[str, str]:
    """Return the headers that prove a call of ours."""
    timestamp = str(int(now.timestamp()))
    return {
        HEADER_KEY: key_id,
        HEADER_TIME: timestamp,
        HEADER_NONCE: nonce,
        HEADER_SIGNATURE: sign(secret, method=method, path=path, timestamp=timestamp, nonce=nonce, body=body),
        "content-type": "application/json",
    }


def why_not_proven(
    secret: bytes, headers: Mapping[str, str], *, method: str, path: str, body: bytes, now: datetime
) -> str | None:
    """Return the interface's word for what is wrong with a proof, or ``None``; replays are the store's business."""
    timestamp, nonce = headers.get(HEADER_TIME, ""), headers.get(HEADER_NONCE, "")
    given = headers.get(HEADER_SIGNATURE, "")
    if not _TIME.fullmatch(timestamp) or not _NONCE.fullmatch(nonce):
        return "malformed"
    # The signature first: who cannot sign learns nothing about our clock.
    expected = sign(secret, method=method, path=path, timestamp=timestamp, nonce=nonce, body=body)
    if not hmac.compare_digest(expected.encode(), given.encode()):
        return "signature"
    if abs(now.timestamp() - int(timestamp)) > MAX_SKEW.total_seconds():
        return "skew"
    return None


def mask_of(vendors: frozenset[Vendor]) -> int:
    """Return the bits of some vendors."""
    return sum(vendor.bit for vendor in vendors)


def flag_of(asked_mask: int, capable_mask: int, wanted_mask: int) -> Capability:
    """Decide one number: yes when one wanted vendor says yes, unknown when none does and one of them was not heard."""
    if capable_mask & wanted_mask:
        return Capability.YES
    return Capability.NO if asked_mask & wanted_mask == wanted_mask else Capability.UNKNOWN


def digests_of(phone: str) -> tuple[str, str]:
    """Return SHA-256 and SHA-1, in hex, of a canonical number: how vendors are asked about it."""
    raw = phone.encode("ascii")
    return hashlib.sha256(raw).hexdigest(), hashlib.sha1(raw, usedforsecurity=False).hexdigest()


def hour_of(at: datetime, now: datetime) -> datetime:
    """Return the hour in which an event counts: its own, or the one of its receipt when a handset's clock is ahead."""
    return min(at, now).astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def counts_of(kind: CardEventKind, *, is_first: bool) -> Counter[str]:
    """Return what an event adds to the counts of its hour; ``is_first`` of its kind for this link and handset."""
    if kind is CardEventKind.RENDERED:
        return Counter(resolved=int(is_first))
    name = "exposed" if kind is CardEventKind.EXPOSED else "clicked"
    return Counter({f"{name}_people": int(is_first), f"{name}_times": 1})
