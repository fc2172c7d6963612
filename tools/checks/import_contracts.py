"""The lists in `.importlinter` that must grow with the tree: import-linter cannot know that a name is missing."""

from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path

from checks.trees import Finding

CONFIG = ".importlinter"
LINE = frozenset({"carriers", "delivery", "receipts", "gateways", "short_links"})


def _names(config: ConfigParser, contract: str, option: str) -> set[str]:
    return set(config.get(f"importlinter:contract:{contract}", option, fallback="").split())


def _children(folder: Path) -> Iterator[str]:
    for path in sorted(folder.glob("*")):
        if (path / "__init__.py").exists() or (path.suffix == ".py" and path.name != "__init__.py"):
            yield path.stem


def check_import_contracts(root: Path) -> Iterator[Finding]:
    """Find rooms that the closed sending line may still import, and codecs that may still do I/O."""
    config = ConfigParser()
    config.read(root / CONFIG, encoding="utf-8")
    for room in _children(root / "src/hongyan/rooms"):
        option = "source_modules" if room in LINE else "forbidden_modules"
        if f"hongyan.rooms.{room}" not in _names(config, "line-closed", option):
            yield Finding(CONFIG, 1, f"line-closed does not list {room} in {option}")
    for module in _children(root / "packages/telcowire/src/telcowire"):
        if module != "asyncio" and f"telcowire.{module}" not in _names(config, "pure-wire", "source_modules"):
            yield Finding(CONFIG, 1, f"pure-wire does not list telcowire.{module}")
