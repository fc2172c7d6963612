"""Identifier types that must not be mixed, and the one generator of new ones.

Not for: message and batch ids, which are cut from a sequence by ``delivery`` (they carry their day).
"""

import uuid
from typing import NewType, Protocol

TenantId = NewType("TenantId", str)
"""UUID text of a tenant; towards the vendor's SDK (``domain_id``) its 32 hex digits without dashes."""
ProjectId = NewType("ProjectId", str)
"""32 hex digits; the vendor's ``project_id``, one per tenant."""
UserId = NewType("UserId", str)
TaskId = NewType("TaskId", str)
"""UUID text of a send or resolve task."""
SmsAppId = NewType("SmsAppId", str)
SignatureId = NewType("SignatureId", str)
SmsTemplateId = NewType("SmsTemplateId", str)
"""Eight decimal digits as text, for example ``15010661``."""
CardTemplateId = NewType("CardTemplateId", str)
"""Nine decimal digits as text that start with 6, for example ``600000001``."""
VideoTemplateId = NewType("VideoTemplateId", str)
"""Nine decimal digits as text that start with 8, for example ``800000001``."""
VideoSignatureId = NewType("VideoSignatureId", str)
"""UUID text of a signature of video messages."""
FileId = NewType("FileId", str)
"""UUID text of a stored file."""
AccountId = NewType("AccountId", int)
"""A carrier account (one login at one carrier)."""
BatchId = NewType("BatchId", int)
MessageId = NewType("MessageId", int)


class Ids(Protocol):
    """Generator of identifiers that nobody can guess."""

    def uuid(self) -> str:
        """Return a new UUID as lower-case text with dashes."""
        ...


class RandomIds:
    """Random (version 4) UUIDs."""

    def uuid(self) -> str:
        """Return a new UUID as lower-case text with dashes."""
        return str(uuid.uuid4())


class CountingIds:
    """Predictable UUIDs 00000000-0000-4000-8000-000000000001, …2, …; for tests."""

    def __init__(self) -> None:
        """Start at one."""
        self._n = 0

    def uuid(self) -> str:
        """Return the next UUID."""
        self._n += 1
        return f"00000000-0000-4000-8000-{self._n:012x}"
