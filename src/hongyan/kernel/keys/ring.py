"""The key ring: one file of random keys that seals tenant keys, SK, carrier secrets, link keys and TOTP seeds.

Sealed value = 1 byte version, 4 bytes key id, 12 bytes nonce, AES-256-GCM text and tag; the purpose is bound as
associated data, so a sealed SK cannot be put where a carrier's password belongs. Source: ADR 0012.
"""

import base64
import json
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_VERSION = 1
_HEADER_BYTES = 5
_NONCE_BYTES = 12


class KeyRingError(Exception):
    """The key file is missing, unreadable or does not hold the key that sealed a value."""


class KeyRing:
    """Keys by id; the newest seals, all open."""

    def __init__(self, keys: dict[int, bytes], *, path: Path | None = None) -> None:
        """Hold ``keys`` (id → 32 bytes); the highest id is the active one.

        With ``path``, a value sealed by a newer key makes the ring read its file again: after a rotation running
        processes need no restart.
        """
        if not keys:
            msg = "the key ring is empty"
            raise KeyRingError(msg)
        self._keys = keys
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.items()}
        self._active = max(keys)
        self._path = path

    @property
    def active_id(self) -> int:
        """Id of the key that seals new values."""
        return self._active

    def seal(self, purpose: str, plain: bytes) -> bytes:
        """Return ``plain`` encrypted and bound to ``purpose``; different each time."""
        nonce = os.urandom(_NONCE_BYTES)
        header = bytes([_VERSION]) + self._active.to_bytes(4, "big")
        return header + nonce + self._ciphers[self._active].encrypt(nonce, plain, purpose.encode())

    def open(self, purpose: str, sealed: bytes) -> bytes:
        """Return what was sealed for ``purpose``.

        Raises:
            KeyRingError: the key is not on the ring, or the value was made for another purpose or changed.
        """
        key_id = int.from_bytes(sealed[1:_HEADER_BYTES], "big")
        if key_id not in self._ciphers and self._path is not None:
            self._reload(self._path)
        cipher = self._ciphers.get(key_id)
        if cipher is None or sealed[:1] != bytes([_VERSION]):
            msg = f"no key for a sealed {purpose}: the key file is not the one of this installation"
            raise KeyRingError(msg)
        body = sealed[_HEADER_BYTES:]
        try:
            return cipher.decrypt(body[:_NONCE_BYTES], body[_NONCE_BYTES:], purpose.encode())
        except InvalidTag as error:
            msg = f"a sealed {purpose} does not open: changed, or made for another purpose"
            raise KeyRingError(msg) from error

    def _reload(self, path: Path) -> None:
        newer = load_key_ring(path)
        self._keys, self._ciphers = newer._keys, newer._ciphers  # noqa: SLF001 - of the same class
        self._active = newer.active_id

    def rotated(self) -> "KeyRing":
        """Return a ring with one more key, which seals from now on."""
        return KeyRing({**self._keys, self._active + 1: secrets.token_bytes(32)})

    def save(self, path: Path) -> None:
        """Write the ring to ``path`` (mode 0600), whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        document = {"version": 1, "keys": {str(i): base64.b64encode(key).decode() for i, key in self._keys.items()}}
        temporary = path.with_suffix(".new")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(document, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)


def create_key_ring() -> KeyRing:
    """Return a ring with one fresh key."""
    return KeyRing({1: secrets.token_bytes(32)})


def load_key_ring(path: Path) -> KeyRing:
    """Read the ring.

    Raises:
        KeyRingError: no such file, or not a key ring.
    """
    try:
        document = json.loads(path.read_text())
        keys = {int(key_id): base64.b64decode(text, validate=True) for key_id, text in document["keys"].items()}
    except FileNotFoundError as error:
        msg = f"no key ring at {path}: run `hongyan up` once or restore it from a backup"
        raise KeyRingError(msg) from error
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        msg = f"{path} is not a key ring"
        raise KeyRingError(msg) from error
    return KeyRing(keys, path=path)


def load_or_create_key_ring(path: Path) -> KeyRing:
    """Read the ring, or make a first one where there is none."""
    if not path.exists():
        ring = create_key_ring()
        ring.save(path)
    return load_key_ring(path)
