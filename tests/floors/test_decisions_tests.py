"""A decision that names a test is held by it: the test is there."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
_NAMED = re.compile(r"`([a-z_/]+)::(\w+)`")


def missing(root: Path) -> Iterator[str]:
    """Yield named tests that do not exist."""
    for page in sorted((root / "docs/decisions").glob("*.md")):
        for place, name in _NAMED.findall(page.read_text(encoding="utf-8")):
            file = root / f"tests/{place}.py"
            if not file.exists() or not re.search(rf"def test_{name}\(", file.read_text(encoding="utf-8")):
                yield f"{page.name} names {place}::{name}"


def test_every_named_test_exists() -> None:
    assert list(missing(ROOT)) == []


def test_one_that_does_not_is_found(tmp_path: Path) -> None:
    (tmp_path / "docs/decisions").mkdir(parents=True)
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/test_geese.py").write_text("def test_they_fly():\n    pass\n")
    (tmp_path / "docs/decisions/0001-x.md").write_text("`test_geese::they_fly` `test_geese::they_swim` `test_no::one`")
    assert list(missing(tmp_path)) == ["0001-x.md names test_geese::they_swim", "0001-x.md names test_no::one"]
