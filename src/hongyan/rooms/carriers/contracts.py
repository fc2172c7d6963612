"""What other rooms may know about carriers: accounts, routes, and the closed vocabulary of carrier trouble.

Not for: live sessions (``gateways``) nor what became of a message (``delivery``, ``receipts``).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hongyan.kernel.ids import AccountId, SignatureId, TenantId


class Carrier(StrEnum):
    """Who runs the network of a phone; ``ANY`` is an account that reaches all of them."""

    MOBILE = "mobile"
    UNICOM = "unicom"
    TELECOM = "telecom"
    ANY = "any"


class Protocol(StrEnum):
    """Wire protocol of an account."""

    CMPP20 = "cmpp20"
    CMPP30 = "cmpp30"
    MM7 = "mm7"
    """Messages with media, over HTTP."""


MEDIA_PROTOCOLS = frozenset({Protocol.MM7})
"""Accounts that carry video messages, and no SMS."""


@dataclass(frozen=True, slots=True)
class Account:
    """One login at one carrier, without its secret."""

    account_id: AccountId
    name: str
    protocol: Protocol
    host: str
    port: int
    login: str
    """SP id, the ``Source_Addr`` of the login; MM7: the VASPID, which is also the user of its authentication."""
    src_number: str
    """Access number; a signature's extension digits follow it."""
    carrier: Carrier
    rate_per_s: int | None
    """Parts per second over all connections; ``None``: as fast as the window allows."""
    window_pdus: int
    connections: int
    heartbeat_s: int
    response_timeout_s: int
    check_server_digest: bool
    is_enabled: bool
    serves: tuple[str, ...] | None
    """Channel numbers of the signatures it serves; ``None``: all whose own accounts are disabled or absent."""
    changed_at: datetime
    listen_port: int | None = None
    """Where the carrier calls us; ``None`` where it answers over our own connections only."""
    mm7_schema: str | None = None
    """The release that an MM7 centre speaks, like ``REL-6-MM7-1-4``."""


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What an operator states when adding an account; meanings as in :class:`Account`."""

    name: str
    protocol: Protocol
    host: str
    port: int
    login: str
    secret: str
    src_number: str
    carrier: Carrier = Carrier.ANY
    rate_per_s: int | None = None
    window_pdus: int = 16
    connections: int = 1
    heartbeat_s: int = 30
    response_timeout_s: int = 60
    check_server_digest: bool = True
    serves: tuple[str, ...] | None = None
    listen_port: int | None = None
    mm7_schema: str | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """How one number is reached for one signature."""

    account_id: AccountId
    src_id: str
    """Sender number that the phone shows: access number + extension, at most 21 digits."""
    rate_per_s: int | None
    """Parts per second of the account."""


@dataclass(frozen=True, slots=True)
class SignatureChannel:
    """The channel number of a signature."""

    tenant_id: TenantId
    signature_id: SignatureId
    extension: str
    """Digits after an account's access number."""
    channel_number: str
    """What people see: the access number of the first account that served it + the extension."""


class TroubleKind(StrEnum):
    """Everything that can go wrong at a carrier, closed: code may branch on it."""

    THROTTLED = "throttled"
    IN_DOUBT = "in_doubt"
    BAD_NUMBER = "bad_number"
    BAD_CONTENT = "bad_content"
    BAD_CHANNEL = "bad_channel"
    BLOCKED = "blocked"
    UNREACHABLE = "unreachable"
    EXPIRED = "expired"
    REJECTED = "rejected"
    NETWORK = "network"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Trouble:
    """One carrier trouble in our vocabulary, with the carrier's own code beside it."""

    kind: TroubleKind
    carrier_code: str
    is_retryable: bool
    """Certain not to have reached the phone, and worth another try on this account."""
    is_our_fault: bool
    """An operator must repair something (account, channel, content), not the recipient."""
    en: str
    zh: str
