"""Lock files: every package is pinned by hash, and none says from which host it came (the environment chooses)."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from checks.trees import Finding

PYTHON_LOCKS = (
    "requirements/lock.txt",
    "requirements/uv.txt",
    "requirements/node.txt",
    "tools/peers/requirements.txt",
    "tools/fuzzing/requirements.txt",
)
NPM_LOCK = "console/package-lock.json"


def _check_python(name: str, text: str) -> Iterator[Finding]:
    for match in re.finditer(r"^[A-Za-z0-9].*(?:\n[ \t]+.*)*", text, re.MULTILINE):
        line = text.count("\n", 0, match.start()) + 1
        package = match[0].split()[0]
        if "==" not in package:
            yield Finding(name, line, f"{package} is not pinned to a version")
        if "--hash=sha256:" not in match[0]:
            yield Finding(name, line, f"{package} is not pinned by hash")
    for number, line_text in enumerate(text.splitlines(), start=1):
        if "://" in line_text or line_text.startswith("-"):
            yield Finding(name, number, "names a host or an option of the installer")


def _check_npm(name: str, text: str) -> Iterator[Finding]:
    for path, entry in json.loads(text).get("packages", {}).items():
        if not path or entry.get("link"):
            continue
        if "://" in str(entry.get("resolved", "")):
            yield Finding(name, 1, f"{path} names its host: set omit-lockfile-registry-resolved in console/.npmrc")
        if "integrity" not in entry and not entry.get("inBundle"):
            yield Finding(name, 1, f"{path} is not pinned by hash")


def check_locks(root: Path) -> Iterator[Finding]:
    """Find lock files that are missing, packages without a hash, and names of registries."""
    for name in PYTHON_LOCKS:
        path = root / name
        if path.exists():
            yield from _check_python(name, path.read_text(encoding="utf-8"))
        else:
            yield Finding(name, 1, "is missing")
    if (root / "console/package.json").exists():
        path = root / NPM_LOCK
        if path.exists():
            yield from _check_npm(NPM_LOCK, path.read_text(encoding="utf-8"))
        else:
            yield Finding(NPM_LOCK, 1, "is missing")
