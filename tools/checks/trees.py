"""What every check works with: the Python files of a tree, parsed once, and findings that name a place.

It is not for rules: each rule stands in the module named after what it protects.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

SKIPPED = frozenset({"__pycache__", "node_modules", "console_dist", ".venv", ".tools"})


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A broken rule: where (path relative to the tree, line from 1) and what is wrong."""

    path: str
    line: int
    text: str

    def __str__(self) -> str:
        """Print like a compiler, so that editors can jump there."""
        return f"{self.path}:{self.line}: {self.text}"


@dataclass(frozen=True, slots=True)
class Source:
    """One Python file: its path relative to the tree, its text and its syntax tree."""

    path: Path
    text: str
    tree: ast.Module

    def finding(self, node: ast.AST | None, text: str) -> Finding:
        """Say that `text` is wrong at `node` (or at the top of the file)."""
        return Finding(self.path.as_posix(), getattr(node, "lineno", 1), text)


@lru_cache(maxsize=4096)
def _parse(path: Path, _changed_ns: int) -> tuple[str, ast.Module]:
    text = path.read_text(encoding="utf-8")
    return text, ast.parse(text, filename=str(path))


def iter_files(root: Path, folder: str, *suffixes: str) -> Iterator[Path]:
    """Yield the files below `root/folder` with one of the suffixes, sorted, without built or installed ones."""
    for path in sorted((root / folder).rglob("*")):
        if path.suffix in suffixes and path.is_file() and not SKIPPED & set(path.relative_to(root).parts):
            yield path


def iter_sources(root: Path, *folders: str) -> Iterator[Source]:
    """Yield the parsed Python files below the folders."""
    for folder in folders:
        for path in iter_files(root, folder, ".py"):
            text, tree = _parse(path, path.stat().st_mtime_ns)
            yield Source(path.relative_to(root), text, tree)


def room_of(path: Path) -> str | None:
    """Name the room that a path relative to the tree belongs to, if any."""
    match path.parts:
        case ("src", "hongyan", "rooms", room, _, *_):
            return room
    return None


def place_in_room(path: Path) -> str | None:
    """Name the file or folder inside its room that a path belongs to: `store` for `…/rooms/sms/store/apps.py`."""
    return Path(path.parts[4]).stem if room_of(path) else None


def docstring_nodes(tree: ast.Module) -> frozenset[int]:
    """Collect the ids of the constant nodes that are docstrings."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                found.add(id(first.value))
    return frozenset(found)
