"""What a browser fetches before the first page of the console shows: capped, and followed through the build's manifest."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

DIST = Path(__file__).parents[2] / "src/hongyan/run/console_dist"
_CAP_BYTES = 350 * 1024
_CATALOGUES = ("src/i18n/chinese.ts", "src/i18n/english.ts")


@pytest.fixture
def manifest() -> dict[str, dict[str, Any]]:
    """What the build says of its files: each with what it imports at once."""
    path = DIST / "assets/manifest.json"
    assert path.exists(), "the console is not built: make console"
    return dict(json.loads(path.read_text("utf-8")))


def _at_once(manifest: dict[str, dict[str, Any]], name: str) -> set[str]:
    """Return the files that a part cannot do without."""
    files: set[str] = set()
    waiting, seen = [name], set[str]()
    while waiting:
        part = waiting.pop()
        if part not in seen:
            seen.add(part)
            files |= {manifest[part]["file"], *manifest[part].get("css", ())}
            waiting += manifest[part].get("imports", ())
    return files


def _packed_bytes(file: str) -> int:
    return len(gzip.compress((DIST / file).read_bytes(), 9))


def test_the_first_load_stays_below_its_cap(manifest: dict[str, dict[str, Any]]) -> None:
    entry = _at_once(manifest, "index.html")
    # A browser fetches one language.
    words = max(_packed_bytes(manifest[name]["file"]) for name in _CATALOGUES)
    sizes = {file: _packed_bytes(file) for file in entry}
    total = sum(sizes.values()) + words + _packed_bytes("index.html")
    assert total <= _CAP_BYTES, f"{total} octets packed: {sorted(sizes.items(), key=lambda size: -size[1])}"


def test_the_page_names_no_file_that_the_manifest_does_not(manifest: dict[str, dict[str, Any]]) -> None:
    page = (DIST / "index.html").read_text("utf-8")
    named = {part.split('"')[0] for part in page.split('"/')[1:] if part.startswith("assets/")}
    assert named
    assert named <= _at_once(manifest, "index.html")


def test_pages_are_no_part_of_the_first_load(manifest: dict[str, dict[str, Any]]) -> None:
    entry = _at_once(manifest, "index.html")
    pages = {part["file"] for name, part in manifest.items() if part.get("isDynamicEntry") and "/rooms/" in name}
    assert pages
    assert not pages & entry
