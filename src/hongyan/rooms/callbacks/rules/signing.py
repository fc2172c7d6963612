"""Signatures of posts after Standard Webhooks 1.0: HMAC-SHA256 over ``id.timestamp.body``, several secrets at once.

Source: github.com/standard-webhooks/standard-webhooks, spec.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime

_PREFIX = "whsec_"
_SECRET_BYTES = 32


def new_secret() -> bytes:
    """Return a fresh key."""
    return secrets.token_bytes(_SECRET_BYTES)


def show_secret(key: bytes) -> str:
    """Return a key as it is given to its owner: ``whsec_…``."""
    return _PREFIX + base64.b64encode(key).decode()


def sign(keys: Sequence[bytes], request_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """Return the three headers; none for no keys. ``webhook-timestamp`` is in seconds since 1970."""
    if not keys:
        return {}
    timestamp = str(int(at.timestamp()))
    signed = b".".join((request_id.encode(), timestamp.encode(), body))
    marks = ["v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode() for key in keys]
    return {"webhook-id": request_id, "webhook-timestamp": timestamp, "webhook-signature": " ".join(marks)}
