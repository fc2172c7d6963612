"""States of reports and codes of SGIP: what they are called, which are final. Source: specification, annex of codes.

1-20 belong into responses, 21-33 into reports; gateways mix them, and write codes of their own.
"""

from typing import Final

STATE_DELIVERED: Final = 0
STATE_WAITING: Final = 1
STATE_FAILED: Final = 2
STATE_NAMES: Final = {STATE_DELIVERED: "delivered", STATE_WAITING: "waiting", STATE_FAILED: "failed"}

RESULT_OK: Final = 0
RESULT_BAD_LOGIN: Final = 1
RESULT_ALREADY_BOUND: Final = 2
RESULT_TOO_MANY_CONNECTIONS: Final = 3
RESULT_BAD_LOGIN_TYPE: Final = 4
RESULT_BAD_FORMAT: Final = 5
RESULT_BAD_NUMBER: Final = 6
RESULT_BAD_COMMAND: Final = 7
RESULT_BAD_LENGTH: Final = 8
RESULT_BAD_SEQUENCE: Final = 9
RESULT_BUSY: Final = 11
RESULT_QUEUE_FULL: Final = 33

RESULT_NAMES: Final = {
    0: "ok",
    1: "illegal login: wrong name or password",
    2: "logged in twice on one connection",
    3: "too many connections",
    4: "wrong login type",
    5: "parameter format error",
    6: "illegal number: also one without 86 in front",
    7: "wrong message id",
    8: "wrong length",
    9: "illegal or repeated sequence",
    10: "illegal GNS operation",
    11: "node busy",
    21: "destination not reachable: its node is down",
    22: "wrong route",
    23: "no route",
    24: "payer number invalid",
    25: "phone not reachable: off or without coverage",
    26: "phone memory full",
    27: "phone does not support short messages",
    28: "phone receive error",
    29: "unknown subscriber",
    30: "function not provided",
    31: "illegal device",
    32: "system failure",
    33: "SMSC queue full",
}


def is_final(state: int) -> bool:
    """Whether the state ends the message: everything but "waiting" does."""
    return state != STATE_WAITING


def result_name(code: int) -> str:
    """Name a Result or an ErrorCode for people."""
    return RESULT_NAMES.get(code, f"vendor code {code}")
