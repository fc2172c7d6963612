"""What other rooms may know about carriers: accounts, routes, and the closed vocabulary of carrier trouble.

Not for: live sessions (``gateways``) nor what became of a message (``delivery``, ``receipts``).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, Literal, TypedDict

from hongyan.kernel.ids import AccountId, SignatureId, TenantId

SUBJECT_CHANGED: Final = "carriers.changed"
"""Hint: an operator has changed an account."""


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
    SGIP12 = "sgip12"
    SMGP30 = "smgp30"
    SMPP34 = "smpp34"
    MM7 = "mm7"
    """Messages with media, over HTTP."""


MEDIA_PROTOCOLS = frozenset({Protocol.MM7})
"""Accounts that carry video messages, and no SMS."""
LISTENING_PROTOCOLS = frozenset({Protocol.SGIP12, Protocol.MM7})
"""Here the carrier calls us with reports and replies: these accounts need a ``listen_port``."""


class Flow(StrEnum):
    """What an operator lets an enabled account do. Logins and reports go on in all of them."""

    RUNNING = "running"
    PAUSED = "paused"
    """Nothing is claimed; planning gives it only what nobody else takes."""
    DRAINING = "draining"
    """What is queued goes out, planning gives it nothing new; then it pauses itself."""


class ReceiptIds(StrEnum):
    """How an SMPP centre writes message ids in receipts, compared with its submit answers."""

    AS_IS = "as_is"
    HEX = "hex"
    """Receipts hexadecimal, answers decimal."""
    DECIMAL = "decimal"
    """Receipts decimal, answers hexadecimal."""


class TextCoding(StrEnum):
    """How texts are written on the wire."""

    UCS2 = "ucs2"
    GBK = "gbk"
    """Where every character fits, else UCS-2. Not for SMPP."""
    AUTO = "auto"
    """ASCII (SMPP: the GSM alphabet) where every character fits, else UCS-2."""


class CarrierSignature(StrEnum):
    """Whether the carrier adds 【signature】 itself: then it is cut from the text, and its room is kept free."""

    NONE = "none"
    PREFIX = "prefix"
    """In front of the first part."""
    SUFFIX = "suffix"
    """Behind the last part."""


class CodeMeaning(StrEnum):
    """What a submit result means on a channel."""

    REFUSED = "refused"
    THROTTLED = "throttled"
    """Certain not taken; it goes out later, and everything more slowly for a while."""
    IN_DOUBT = "in_doubt"


class StatMeaning(StrEnum):
    """What a report's state means on a channel."""

    DELIVERED = "delivered"
    FAILED = "failed"
    EXPIRED = "expired"
    IGNORE = "ignore"
    """It says nothing final."""


@dataclass(frozen=True, slots=True)
class WireOptions:
    """Settings that only some protocols read; the door refuses them elsewhere."""

    service_id: str = ""
    """CMPP Service_Id, SGIP ServiceType, SMGP ServiceID: at most 10 characters; SMPP service_type: at most 5."""
    corp_id: str = ""
    """SGIP CorpId: five digits. CMPP Msg_src (at most 6 characters), SMGP MsgSrc (at most 8): empty: the login."""
    node: int | None = None
    """SGIP: our node number, ``3AAAAQQQQQ`` (area code, corporation id)."""
    split_binds: bool = False
    """SMPP: a transmitter and a receiver instead of a transceiver; SMGP: one login to send and one to receive."""
    system_type: str = ""
    """SMPP: at most 12 characters."""
    receipt_ids: ReceiptIds = ReceiptIds.AS_IS
    """SMPP."""
    tls: bool = False
    """SMPP: over TLS, with the certificate checked."""
    tls_ca: str = ""
    """SMPP: file of the authorities that count (PEM); empty: those of the system."""
    coding: TextCoding = TextCoding.UCS2
    """All but MM7."""
    ref_bits: int = 8
    """All but MM7: bits of the reference that joins the parts of a long message, 8 or 16."""
    carrier_signature: CarrierSignature = CarrierSignature.NONE
    """All but MM7."""
    fee_type: str = ""
    """CMPP FeeType, SMGP FeeType: two characters; SGIP FeeType: one digit. Empty: free."""
    fee_code: str = ""
    """CMPP FeeCode, SGIP FeeValue, SMGP FeeCode: at most six digits. Empty: nothing."""
    has_query: bool = False
    """SMPP: the carrier answers query_sm; it is asked about parts that stay without a report."""
    sends_validity: bool = False
    """Submissions say until when they may be delivered; many carriers want the field empty."""
    codes: tuple[tuple[str, str], ...] = ()
    """Submit results (decimal, or 0x and hexadecimal; MM7: status codes) with another :class:`CodeMeaning`."""
    stats: tuple[tuple[str, str], ...] = ()
    """States of reports, as lists show them, that mean something else here: :class:`StatMeaning`."""


NO_OPTIONS = WireOptions()


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
    options: WireOptions = NO_OPTIONS
    flow: Flow = Flow.RUNNING
    priority: int = 0
    """Accounts of the lowest number that can take a message share it out; the others wait for their trouble."""
    weight: int | None = None
    """Share among accounts of equal priority and cost; ``None``: its rate."""
    cost_milli: int | None = None
    """What a part costs, in thousandths of a yuan (厘); unknown comes after known."""
    group: str | None = None
    """Accounts of one group stand in for each other when one fails."""


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
    options: WireOptions = NO_OPTIONS
    priority: int = 0
    weight: int | None = None
    cost_milli: int | None = None
    group: str | None = None


class Tuning(TypedDict, total=False):
    """What may change while an account works; meanings as in :class:`Account`."""

    host: str
    port: int
    listen_port: int | None
    rate_per_s: int | None
    window_pdus: int
    connections: int
    heartbeat_s: int
    response_timeout_s: int
    priority: int
    weight: int | None
    cost_milli: int | None
    group: str | None
    serves: tuple[str, ...] | None
    options: WireOptions


class HealthState(StrEnum):
    """How an account is doing, as its gateway sees it."""

    UP = "up"
    DEGRADED = "degraded"
    """It sends, but not as it should: connections missing, throttled, errors, silent reports."""
    DOWN = "down"
    IDLE = "idle"
    """Paused or disabled, or nobody holds it."""


@dataclass(frozen=True, slots=True)
class Health:
    """The health of one account, written by the holder of its lease at most every two seconds."""

    account_id: AccountId
    holder: str
    epoch: int
    state: HealthState
    reason: str
    """A word for machines, like ``login_refused``; empty when all is well."""
    detail: str
    """For people."""
    since: datetime
    """When it came into this state."""
    at: datetime
    """When this was written."""
    links_up: int
    links: int
    """How many connections it should have."""
    pace_per_s: float | None
    """Parts per second that are allowed at the moment; ``None``: no limit."""
    sent_per_s: float
    in_flight: int
    window: int
    last_report_at: datetime | None
    errors: Mapping[str, int] = field(default_factory=dict)
    """Carrier code → how often, over the last five minutes."""


@dataclass(frozen=True, slots=True)
class Route:
    """How one number is reached for one signature."""

    account_id: AccountId
    src_id: str
    """Sender number that the phone shows: access number + extension, at most 21 digits."""
    rate_per_s: int | None
    """Parts per second of the account."""


RouteNumber = Callable[[str], Route | None]
"""Canonical number → which account takes it; ``None``: nobody."""
PickRoute = Callable[[int], Route]
"""A whole number from 0 (say, a batch) → the route it takes among several."""
SignatureKey = tuple[TenantId, SignatureId]


class RouteVerdict(StrEnum):
    """Why an account takes a number, or is passed over."""

    CHOSEN = "chosen"
    SHARES = "shares"
    """It takes its share of such numbers; this one falls to another."""
    DISABLED = "disabled"
    DRAINING = "draining"
    PAUSED = "paused"
    DOWN = "down"
    OTHER_MEDIUM = "other_medium"
    OTHER_CARRIER = "other_carrier"
    OTHER_SIGNATURES = "other_signatures"
    """It serves only certain signatures, and not this one."""
    OWN_FIRST = "own_first"
    """The signature has accounts of its own."""
    CARRIER_FIRST = "carrier_first"
    """Accounts of the number's carrier come before accounts for all."""
    PRIORITY = "priority"
    COST = "cost"
    NOT_IN_GROUP = "not_in_group"
    """The account in front has failed, and others of its group stand in."""


@dataclass(frozen=True, slots=True)
class AccountExplained:
    """One account in the explanation of a route."""

    account_id: AccountId
    name: str
    verdict: RouteVerdict
    share_percent: float
    """Of such numbers; 0 where it takes none."""
    src_id: str
    """What the phone would show."""
    en: str
    zh: str


@dataclass(frozen=True, slots=True)
class RouteExplained:
    """Which account takes a number, and why: a dry run of planning."""

    phone: str
    segment_carrier: Carrier | None
    """By the segment table; ``None`` for foreign numbers and unassigned segments."""
    ported_carrier: Carrier | None
    """Where the number went, when it kept its segment."""
    channel_number: str | None
    """Of the signature; ``None``: it has none yet, so nothing can be sent."""
    route: Route | None
    accounts: tuple[AccountExplained, ...]
    """The chosen one first."""


@dataclass(frozen=True, slots=True)
class SignatureChannel:
    """The channel number of a signature."""

    tenant_id: TenantId
    signature_id: SignatureId
    extension: str
    """Digits after an account's access number."""
    channel_number: str
    """What people see: the access number of the first account that served it + the extension."""


@dataclass(frozen=True, slots=True)
class SignatureNumber:
    """A signature's place among channel numbers, also while it waits for one."""

    tenant_id: TenantId
    signature_id: SignatureId
    extension: str
    channel_number: str | None
    """``None``: it waits for the first channel."""


NumberSort = Literal["channel_number", "-channel_number", "extension", "-extension"]
"""By what channel numbers of signatures are listed: numbers by their digits, extensions as they were given."""


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
