"""The key ring seals by purpose, survives rotation, and lies closed on disk."""

import stat
from pathlib import Path

import pytest

from hongyan.kernel.keys.ring import KeyRingError, create_key_ring, load_key_ring, load_or_create_key_ring


def test_opens_what_it_sealed_for_the_purpose() -> None:
    ring = create_key_ring()
    sealed = ring.seal("access key", b"secret")
    assert ring.open("access key", sealed) == b"secret"
    assert ring.seal("access key", b"secret") != sealed


@pytest.mark.parametrize("change", ["purpose", "bit", "ring"])
def test_opens_nothing_else(change: str) -> None:
    ring = create_key_ring()
    sealed = bytearray(ring.seal("access key", b"secret"))
    if change == "bit":
        sealed[-1] ^= 1
    opener = create_key_ring() if change == "ring" else ring
    with pytest.raises(KeyRingError):
        opener.open("link key" if change == "purpose" else "access key", bytes(sealed))


def test_a_rotated_ring_opens_old_values_and_seals_with_a_new_key() -> None:
    ring = create_key_ring()
    old = ring.seal("x", b"1")
    newer = ring.rotated()
    assert newer.open("x", old) == b"1"
    assert newer.active_id == ring.active_id + 1
    with pytest.raises(KeyRingError):
        ring.open("x", newer.seal("x", b"2"))


def test_a_running_process_finds_the_new_key_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    running = load_or_create_key_ring(path)
    newer = load_key_ring(path).rotated()
    newer.save(path)
    assert running.open("x", newer.seal("x", b"2")) == b"2"


def test_the_file_is_closed_to_others(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "keys.json"
    load_or_create_key_ring(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("content", [None, "", "[]", '{"keys": {"1": "!"}}', '{"keys": {}}'])
def test_says_what_is_wrong_with_a_file(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "keys.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(KeyRingError, match="key ring"):
        load_key_ring(path)
