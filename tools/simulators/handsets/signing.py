"""Proof of calls in both directions, written after docs/protocols/handset.md §2 only: an independent peer."""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping

SKEW_S = 300


def sign(secret: str, method: str, path: str, timestamp: str, nonce: str, body: bytes) -> str:
    """Return the signature of a call in hex."""
    lines = ("HONGYAN-HMAC-SHA256", method, path, timestamp, nonce, hashlib.sha256(body).hexdigest())
    return hmac.digest(secret.encode(), "\n".join(lines).encode(), "sha256").hex()


def headers_for(key_id: str, secret: str, path: str, body: bytes, *, at_s: float) -> dict[str, str]:
    """Return the headers of a POST."""
    timestamp, nonce = str(int(at_s)), secrets.token_hex(16)
    return {
        "X-Hongyan-Key": key_id,
        "X-Hongyan-Timestamp": timestamp,
        "X-Hongyan-Nonce": nonce,
        "X-Hongyan-Signature": sign(secret, "POST", path, timestamp, nonce, body),
        "Content-Type": "application/json",
    }


class Verifier:
    """Checks calls of the platform; remembers nonces for twice the skew."""

    def __init__(self, secret: str, now: Callable[[], float]) -> None:
        """Share ``secret`` with the platform; ``now`` gives seconds since 1970."""
        self._now = now
        self._secret = secret
        self._seen: dict[str, float] = {}

    def why_not(self, headers: Mapping[str, str], path: str, body: bytes) -> str | None:
        """Return what is wrong with a POST, or ``None``."""
        timestamp, nonce = headers.get("x-hongyan-timestamp", ""), headers.get("x-hongyan-nonce", "")
        expected = sign(self._secret, "POST", path, timestamp, nonce, body)
        if not hmac.compare_digest(expected, headers.get("x-hongyan-signature", "")):
            return "signature"
        now = self._now()
        if abs(now - int(timestamp)) > SKEW_S:
            return "skew"
        for old in [key for key, at in self._seen.items() if now - at > 2 * SKEW_S]:
            del self._seen[old]
        if nonce in self._seen:
            return "replay"
        self._seen[nonce] = now
        return None
