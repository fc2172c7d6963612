"""The two ways a conversation goes wrong: our mistake or theirs. Not for carrier results: those are values in PDUs.

TelcowireError
├── LocalProtocolError      the caller asked for something the protocol forbids; nothing was sent
└── RemoteProtocolError     the peer sent something the protocol forbids
    └── LoginRefusedError   the peer answered our login with a refusal, or failed to prove that it knows the secret
"""


class TelcowireError(Exception):
    """Base of everything this library raises on purpose."""


class LocalProtocolError(TelcowireError):
    """The caller asked for something that the protocol forbids; nothing was sent."""


class RemoteProtocolError(TelcowireError):
    """The peer sent bytes that the protocol forbids."""


class LoginRefusedError(RemoteProtocolError):
    """The peer refused the login; `status` is its code, or -1 when the refusal is ours (its digest was wrong)."""

    def __init__(self, message: str, status: int) -> None:
        """Keep the carrier's own code beside the text."""
        super().__init__(message)
        self.status = status
