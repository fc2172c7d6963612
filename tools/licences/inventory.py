"""What we use: the Python distributions of the lock file and the npm packages of the console's lock file."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

from licences.expressions import SPELLINGS

_LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.MULTILINE)


@dataclass(frozen=True, slots=True, order=True)
class Package:
    """A package, its version and licence (an SPDX expression, or the words found, or empty)."""

    name: str
    version: str
    licence: str


def distribution_licence(about: metadata.PackageMetadata) -> str:
    """Read the licence of a distribution: its expression, else its classifiers, else its free text."""
    for expression in about.get_all("License-Expression", []):
        return str(expression)
    text = " ".join(about.get_all("License", [])).strip()
    if text and "\n" not in text and len(text) < 60:
        named = SPELLINGS.get(text, text)
        if named not in {"UNKNOWN", "Other"}:
            return named
    names = [
        classifier.split(" :: ")[-1]
        for classifier in about.get_all("Classifier", [])
        if classifier.startswith("License :: OSI Approved :: ")
    ]
    return " OR ".join(sorted({SPELLINGS.get(name, name) for name in names}))


def iter_python(lock: Path) -> Iterator[Package]:
    """Yield the distributions of a lock file that are installed here (others belong to other platforms)."""
    for name, _ in _LOCKED.findall(lock.read_text(encoding="utf-8")):
        try:
            found = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue
        yield Package(name.lower(), found.version, distribution_licence(found.metadata))


def product_names(requirements: list[str]) -> set[str]:
    """Follow the requirements of the product to all distributions that it installs, by normalised name."""
    seen: set[tuple[str, str]] = set()
    waiting = [(Requirement(text), "") for text in requirements]
    while waiting:
        requirement, _ = waiting.pop()
        name = re.sub(r"[-_.]+", "-", requirement.name).lower()
        for extra in ("", *sorted(requirement.extras)):
            if (name, extra) in seen:
                continue
            seen.add((name, extra))
            try:
                needed = metadata.requires(name) or []
            except metadata.PackageNotFoundError:
                continue
            for text in needed:
                inner = Requirement(text)
                if inner.marker is None or inner.marker.evaluate({"extra": extra}):
                    waiting.append((inner, name))
    return {name for name, _ in seen}


def iter_npm(lock: Path) -> Iterator[tuple[Package, bool]]:
    """Yield the packages of an npm lock file and whether each is only for development."""
    packages = json.loads(lock.read_text(encoding="utf-8")).get("packages", {})
    for path, entry in sorted(packages.items()):
        if path and not entry.get("link"):
            name = path.rpartition("node_modules/")[2]
            licence = entry.get("license") or _installed_licence(lock.parent / path / "package.json")
            yield Package(name, entry.get("version", ""), licence), bool(entry.get("dev"))


def _installed_licence(manifest: Path) -> str:
    """Read the licence of an npm package that is installed; empty when it is not, or says nothing."""
    if not manifest.exists():
        return ""
    licence = json.loads(manifest.read_text(encoding="utf-8")).get("license", "")
    return str(licence.get("type", "")) if isinstance(licence, dict) else str(licence)
