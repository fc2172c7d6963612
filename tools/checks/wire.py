"""The wire library stands alone: it imports only the standard library, and only its `asyncio` touches sockets."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from checks.trees import Finding, Source, iter_sources

FOLDER = "packages/telcowire/src"
NETWORK = frozenset({"asyncio", "socket", "ssl", "select", "selectors", "socketserver", "http", "urllib", "ftplib"})


def _imported(source: Source) -> Iterator[tuple[ast.stmt, str]]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node, alias.name.split(".")[0]
        elif isinstance(node, ast.ImportFrom):
            yield node, "telcowire" if node.level else (node.module or "").split(".")[0]


def check_wire_library(root: Path) -> Iterator[Finding]:
    """Find imports of the wire library that reach outside the standard library, or sockets outside its one place."""
    for source in iter_sources(root, FOLDER):
        for node, name in _imported(source):
            if name != "telcowire" and name not in sys.stdlib_module_names:
                yield source.finding(node, f"telcowire imports {name}: only the standard library is allowed")
            if name in NETWORK and "asyncio" not in source.path.parts:
                yield source.finding(node, f"{name} is imported outside telcowire.asyncio: codecs do no I/O")
