"""One-time codes of a second factor: six digits that an authenticator app shows for 30 seconds, and recovery codes.

Source: RFC 6238 (HMAC-SHA-1, steps of 30 seconds, the profile that authenticator apps take) over RFC 4226 §5.3.
"""

import base64
import hmac
import secrets
from datetime import datetime
from urllib.parse import quote, urlencode

ISSUER = "Hongyan"
SECRET_BYTES = 20
RECOVERY_CODES = 10
_STEP_S = 30
_DIGITS = 6
_DRIFT = 1
"""A clock may be a step off in either direction."""
_RECOVERY_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
_RECOVERY_CHARS = 16
_GROUP = 4


def code_at(secret: bytes, step: int) -> str:
    """Return the code of a step (30 seconds since 1970)."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), "sha1")
    offset = digest[-1] & 0xF
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**_DIGITS:0{_DIGITS}}"


def step_of(at: datetime) -> int:
    """Return the step that holds a moment."""
    return int(at.timestamp()) // _STEP_S


def matching_step(secret: bytes, code: str, now: datetime, *, after: int) -> int | None:
    """Return the step whose code this is, among those near now and later than ``after`` (a code is good once)."""
    typed = "".join(code.split())
    if len(typed) != _DIGITS or not typed.isascii() or not typed.isdigit():
        return None
    current = step_of(now)
    for step in range(current - _DRIFT, current + _DRIFT + 1):
        if step > after and hmac.compare_digest(code_at(secret, step), typed):
            return step
    return None


def secret_text(secret: bytes) -> str:
    """Return a secret as people type it into an app: base32."""
    return base64.b32encode(secret).decode("ascii")


def otpauth_uri(secret: bytes, account: str) -> str:
    """Return what the QR code holds."""
    query = urlencode({"secret": secret_text(secret), "issuer": ISSUER, "digits": _DIGITS, "period": _STEP_S})
    return f"otpauth://totp/{quote(f'{ISSUER}:{account}', safe='')}?{query}"


def new_recovery_codes() -> tuple[str, ...]:
    """Return fresh recovery codes such as ``ABCD-EFGH-JKMN-PQRS`` (79 random bits each)."""
    return tuple(_grouped(_random_text()) for _ in range(RECOVERY_CODES))


def read_recovery_code(code: str) -> str | None:
    """Return a typed recovery code as it was given out, whatever its case and dashes; ``None`` when it is none."""
    letters = "".join(char for char in code.upper() if char not in " -")
    if len(letters) != _RECOVERY_CHARS or not set(letters) <= set(_RECOVERY_ALPHABET):
        return None
    return _grouped(letters)


def _random_text() -> str:
    return "".join(secrets.choice(_RECOVERY_ALPHABET) for _ in range(_RECOVERY_CHARS))


def _grouped(letters: str) -> str:
    return "-".join(letters[start : start + _GROUP] for start in range(0, _RECOVERY_CHARS, _GROUP))
