"""A small tree of files to plant faults in."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from checks.trees import Finding

Check = Callable[[Path], Iterator[Finding]]
Planted = Callable[..., list[str]]


@pytest.fixture
def planted(tmp_path: Path) -> Planted:
    """Write files (path → text) and return what a check finds there, as texts."""

    def run(check: Check, files: dict[str, str]) -> list[str]:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return [str(finding) for finding in check(tmp_path)]

    return run
