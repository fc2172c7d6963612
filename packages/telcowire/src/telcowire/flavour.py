"""What a protocol, in one role, adds to the state machine of `telcowire.session`: routes, login, keep-alive, sequences.

A flavour is one object per connection; what it hands out (codecs, routes) is made once per protocol version. Not for
sockets (`telcowire.asyncio`) and not for the bytes of a PDU (`telcowire.fields`).
"""

import enum
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, Final, Generic, NamedTuple, Protocol, TypeVar

from telcowire.errors import Breach
from telcowire.fields import Codec, HeaderShape

E = TypeVar("E")
Pdu = tuple[Any, ...]


class Kind(enum.Enum):
    """What a command is to the session."""

    LOGIN = "login"
    LOGIN_ANSWER = "login answer"
    REQUEST = "request"
    ANSWER = "answer"
    NACK = "nack"
    """An answer that stands for the answer of any request: "I cannot read that"."""
    NOTICE = "notice"
    """Something told that nothing answers, in any state."""
    KEEPALIVE = "keep-alive"
    KEEPALIVE_ANSWER = "keep-alive answer"
    TERMINATE = "terminate"
    TERMINATE_ANSWER = "terminate answer"


class Route(NamedTuple, Generic[E]):
    """What to do with a command: its kind, how to read it, what to tell the application.

    `refuse` answers a request or a login that breaks a rule, so that one bad PDU does not end the connection; where it
    is missing or returns None for the breach, the connection ends. A login whose body is broken always ends it. The
    `refuse` of a nack says the last word about a length that cannot be, which ends the connection as well.
    """

    kind: Kind
    codec: Codec[Any]
    event: Callable[[int, Any], E] | None = None
    refuse: Callable[[int, Breach], bytes | None] | None = None


class RequestKind(NamedTuple, Generic[E]):
    """A request that we send inside the window: how to write it, what answers it, what its timeout is called."""

    codec: Codec[Any]
    answer_command: int
    timed_out: Callable[[int], E]


class Admission(NamedTuple, Generic[E]):
    """A server's decision about a login: the answer, and when accepted the account; else the reason and the rule."""

    answer: bytes
    account: str | None
    reason: str
    breach: Breach = Breach.WRONG_DIGEST


class Recall:
    """The last requests of a peer, for protocols where one with the same sequence is a repetition or a mistake.

    Not for several accounts: sequences are unique only within one. Holds digests and answers, no texts.
    """

    def __init__(self, requests: int) -> None:
        """Remember that many."""
        self._requests: Final = requests
        self._seen: Final[OrderedDict[int, tuple[bytes, bytes]]] = OrderedDict()

    def compare(self, seq: int, data: bytes) -> bytes | None:
        """Compare a whole request with what is remembered, and remember it when it is new.

        Returns None for a new one, the answer given for a repetition (empty while there is none yet).

        Raises:
            ValueError: the sequence was used for something else.
        """
        digest = hashlib.blake2b(data, digest_size=16).digest()
        known = self._seen.get(seq)
        if known is None:
            self._seen[seq] = (digest, b"")
            if len(self._seen) > self._requests:
                self._seen.popitem(last=False)
            return None
        if known[0] != digest:
            raise ValueError(seq)
        return known[1]

    def note_answer(self, seq: int, answer: bytes) -> None:
        """Keep what a request was answered, to say it again."""
        known = self._seen.get(seq)
        if known is not None:
            self._seen[seq] = (known[0], answer)


class Flavour(Protocol[E]):
    """What one protocol, in one role, adds to the state machine. One object per connection."""

    @property
    def header(self) -> HeaderShape:
        """The header's shape."""

    @property
    def max_octets(self) -> int:
        """The longest PDU that is accepted."""

    @property
    def routes(self) -> Mapping[int, Route[E]]:
        """Routes by command; read again after a login, because its version decides."""

    @property
    def take_seq(self) -> Callable[[], int] | None:
        """Makes the sequences of our requests, or None: the session counts from 1 to the header's `max_seq`."""

    @property
    def recall(self) -> Recall | None:
        """The memory of the peer's requests, or None: each is taken as new; read again after a login."""

    def login_request(self, seq: int) -> bytes | None:
        """A client's login, or None for a server, which waits."""

    def check_login_answer(self, pdu: Pdu) -> str:
        """Return the account's name, or raise LoginRefusedError."""

    def admit(self, seq: int, pdu: Pdu) -> Admission[E]:
        """Decide about a peer's login."""

    def refuse_unknown(self, command: int, seq: int) -> bytes | None:
        """Answer a command that has no route; None ends the connection."""

    def keepalive(self, seq: int) -> bytes | None:
        """A keep-alive request, or None when the protocol has none."""

    def keepalive_answer(self, seq: int) -> bytes:
        """The answer to a keep-alive."""

    def terminate(self, seq: int) -> bytes:
        """A request to end the conversation."""

    def terminate_answer(self, seq: int) -> bytes:
        """The answer to it."""
