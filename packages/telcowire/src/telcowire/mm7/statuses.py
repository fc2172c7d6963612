"""Status codes of answers and states of reports. Source: 3GPP TS 23.140, clause 8.7.4 and annex L."""

from enum import StrEnum
from typing import Final, NamedTuple

SUCCESS: Final = 1000
PARTIAL_SUCCESS: Final = 1100
CLIENT_ERROR: Final = 2000
CONTENT_REFUSED: Final = 2004
MESSAGE_ID_NOT_FOUND: Final = 2005
SERVER_ERROR: Final = 3000
BAD_IDENTIFICATION: Final = 4001
VALIDATION: Final = 4004
UNAVAILABLE: Final = 4006


class StatusMeaning(NamedTuple):
    """What a code tells a sender."""

    text: str
    is_retryable: bool = False
    """Certain not to have been taken, and worth another try later."""
    is_our_fault: bool = False
    """Account, request or content must be repaired, not the recipient."""


MEANINGS: Final = {
    SUCCESS: StatusMeaning("Success"),
    PARTIAL_SUCCESS: StatusMeaning("Partial success"),
    CLIENT_ERROR: StatusMeaning("Client error", is_our_fault=True),
    2001: StatusMeaning("Operation restricted", is_our_fault=True),
    2002: StatusMeaning("Address error"),
    2003: StatusMeaning("Address not found"),
    CONTENT_REFUSED: StatusMeaning("Multimedia content refused", is_our_fault=True),
    MESSAGE_ID_NOT_FOUND: StatusMeaning("Message ID not found", is_our_fault=True),
    2006: StatusMeaning("Linked ID not found", is_our_fault=True),
    2007: StatusMeaning("Message format corrupt", is_our_fault=True),
    2008: StatusMeaning("Application ID not found", is_our_fault=True),
    2009: StatusMeaning("Reply application ID not found", is_our_fault=True),
    SERVER_ERROR: StatusMeaning("Server error"),
    3001: StatusMeaning("Not possible"),
    3002: StatusMeaning("Message rejected"),
    3003: StatusMeaning("Multiple addresses not supported", is_our_fault=True),
    3004: StatusMeaning("Application addressing not supported", is_our_fault=True),
    4000: StatusMeaning("General service error"),
    BAD_IDENTIFICATION: StatusMeaning("Improper identification", is_our_fault=True),
    4002: StatusMeaning("Unsupported version", is_our_fault=True),
    4003: StatusMeaning("Unsupported operation", is_our_fault=True),
    VALIDATION: StatusMeaning("Validation error", is_our_fault=True),
    4005: StatusMeaning("Service error"),
    UNAVAILABLE: StatusMeaning("Service unavailable", is_retryable=True),
    4007: StatusMeaning("Service denied", is_our_fault=True),
    4008: StatusMeaning("Application denied", is_our_fault=True),
}
_CLASSES: Final = {1: SUCCESS, 2: CLIENT_ERROR, 3: SERVER_ERROR, 4: 4000}


def meaning_of(code: int) -> StatusMeaning:
    """Return what a code means; an unknown one means what its class means."""
    return MEANINGS.get(code) or MEANINGS[_CLASSES.get(code // 1000, SERVER_ERROR)]


def is_success(code: int) -> bool:
    """Tell whether the request was taken, wholly or in part."""
    return code // 1000 == 1


class MmStatus(StrEnum):
    """What became of an MM. Source: clause 8.7.4.2 (delivery reports), 8.7.4.3 (read replies)."""

    EXPIRED = "Expired"
    RETRIEVED = "Retrieved"
    REJECTED = "Rejected"
    INDETERMINATE = "Indeterminate"
    FORWARDED = "Forwarded"
    READ = "Read"
    DELETED = "Deleted without being read"
