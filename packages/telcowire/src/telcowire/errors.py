"""The two ways a conversation goes wrong: our mistake or theirs. Not for carrier results: those are values in PDUs.

TelcowireError
├── LocalProtocolError      the caller asked for something the protocol forbids; nothing was sent
└── RemoteProtocolError     the peer sent something the protocol forbids; `kind` says which rule it broke
    └── LoginRefusedError   the peer answered our login with a refusal, or failed to prove that it knows the secret
"""

import enum


class Breach(enum.Enum):
    """The rule that a peer broke: the name that logs and metrics use. Whether the connection ends is the session's."""

    OVERSIZED = "oversized"
    """A PDU longer than the protocol allows."""
    UNDERSIZED = "undersized"
    """A PDU shorter than its own header: what follows cannot be found any more."""
    BAD_LENGTH = "bad_length"
    """The length of the PDU contradicts its fields."""
    BAD_STRUCTURE = "bad_structure"
    """A field holds what it may not hold."""
    CONTENT_TOO_LONG = "content_too_long"
    """A text of more octets than a short message carries."""
    UNKNOWN_COMMAND = "unknown_command"
    """A command that nobody may send in this role."""
    WRONG_STATE = "wrong_state"
    """A command at the wrong time: before the login, or a second login."""
    WRONG_ANSWER = "wrong_answer"
    """An answer of another kind than its request."""
    SEQUENCE_REUSED = "sequence_reused"
    """Two different requests with one sequence."""
    WRONG_VERSION = "wrong_version"
    """A login in a version that is not spoken here."""
    WRONG_DIGEST = "wrong_digest"
    """A login without proof that the peer knows the secret."""
    UNKNOWN_ACCOUNT = "unknown_account"
    """A login in a name that nobody has."""
    REFUSED = "refused"
    """Our login was refused, or a peer's, which asked for a role that it does not have."""
    SILENT = "silent"
    """No login, no answer to a login or a termination, or no sign of life in time."""


class TelcowireError(Exception):
    """Base of everything this library raises on purpose."""


class LocalProtocolError(TelcowireError):
    """The caller asked for something that the protocol forbids; nothing was sent."""


class RemoteProtocolError(TelcowireError):
    """The peer sent bytes that the protocol forbids, or stayed silent where it had to speak."""

    def __init__(self, message: str, kind: Breach = Breach.BAD_STRUCTURE) -> None:
        """Keep the rule that was broken beside the text."""
        super().__init__(message)
        self.kind = kind


class LoginRefusedError(RemoteProtocolError):
    """The peer refused the login; `status` is its code, or -1 when the refusal is ours (its digest was wrong)."""

    def __init__(self, message: str, status: int, kind: Breach = Breach.REFUSED) -> None:
        """Keep the carrier's own code beside the text."""
        super().__init__(message, kind)
        self.status = status
