"""The rules of the house that a file shows by itself: its name, its length, its docstrings, where it imports.

What the graph of imports shows is in `.importlinter`; what style shows is ruff's.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from checks.trees import Finding, iter_files, iter_sources, room_of

CODE = ("src", "packages", "tools")
PYTHON_CAP_LINES = 500
CONSOLE_CAP_LINES = 250
DOORS = frozenset({"service", "jobs", "vendor_api", "console_api", "public_web"})
ROOM_FILES = DOORS | {"__init__", "contracts", "errors", "rules", "tables", "store"}
ROOM_FOLDERS = frozenset({"parsers", "drivers"})
VAGUE = frozenset({"util", "utils", "helper", "helpers", "common", "manager", "managers", "base", "misc"})


def check_room_files(root: Path) -> Iterator[Finding]:
    """Find Python files and folders in rooms whose names the architecture does not know."""
    for path in iter_files(root, "src/hongyan/rooms", ".py"):
        inner = path.relative_to(root)
        if room_of(inner) is None:
            if inner.name != "__init__.py":
                yield Finding(inner.as_posix(), 1, "a file between rooms: it belongs into one")
            continue
        name, is_folder = Path(inner.parts[4]).stem, len(inner.parts) > 5
        if name not in ROOM_FILES and not (is_folder and name in ROOM_FOLDERS):
            yield Finding(inner.as_posix(), 1, f"{name} is not a name inside a room: see ARCHITECTURE.md")
        if not (root / Path(*inner.parts[:4]) / "__init__.py").exists():
            yield Finding(inner.as_posix(), 1, "its room has no __init__.py: import contracts cannot see it")


def check_names(root: Path) -> Iterator[Finding]:
    """Find files and folders with a name that says nothing."""
    for folder in (*CODE, "console/src", "tests", "bench"):
        for path in iter_files(root, folder, ".py", ".ts", ".tsx"):
            inner = path.relative_to(root)
            for part in (*inner.parts[:-1], inner.stem):
                if part.lower() in VAGUE:
                    yield Finding(inner.as_posix(), 1, f"'{part}' says nothing about what is inside")


def check_caps(root: Path) -> Iterator[Finding]:
    """Find files over their cap; what a generator wrote (the console's client) has none."""
    places: list[tuple[str, tuple[str, ...], int]] = [
        (folder, (".py",), PYTHON_CAP_LINES) for folder in (*CODE, "tests", "bench")
    ]
    places.append(("console/src", (".ts", ".tsx"), CONSOLE_CAP_LINES))
    for folder, suffixes, cap in places:
        for path in iter_files(root, folder, *suffixes):
            inner = path.relative_to(root)
            lines = len(path.read_text(encoding="utf-8").splitlines())
            if lines > cap and inner.parts[:3] != ("console", "src", "client"):
                yield Finding(inner.as_posix(), cap, f"{lines} lines, the cap is {cap}: split it by use case")


def check_package_files(root: Path) -> Iterator[Finding]:
    """Find an `__init__.py` with code in it, or without the docstring that says what the package owns."""
    for source in iter_sources(root, *CODE):
        if source.path.name != "__init__.py":
            continue
        body = source.tree.body
        if not ast.get_docstring(source.tree):
            yield source.finding(None, "no docstring")
        if len(body) > 1:
            yield source.finding(body[1], "an __init__.py holds a docstring and no code")


def _is_overload(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(getattr(mark, "id", getattr(mark, "attr", "")) == "overload" for mark in node.decorator_list)


def check_docstrings(root: Path) -> Iterator[Finding]:
    """Find modules, public classes and public functions (methods too) without a docstring."""
    for source in iter_sources(root, "src", "packages"):
        if "migrations" in source.path.parts:
            continue
        if not ast.get_docstring(source.tree):
            yield source.finding(None, "the module has no docstring")
        open_scopes: list[ast.Module | ast.ClassDef] = [source.tree]
        while open_scopes:
            for node in open_scopes.pop().body:
                if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                    continue
                if node.name.startswith("_"):
                    continue
                if isinstance(node, ast.ClassDef):
                    open_scopes.append(node)
                elif _is_overload(node):
                    continue
                if not ast.get_docstring(node):
                    yield source.finding(node, f"{node.name} has no docstring")


def check_imports(root: Path) -> Iterator[Finding]:
    """Find imports inside functions and relative imports."""
    for source in iter_sources(root, *CODE):
        for node in ast.walk(source.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                for inner in ast.walk(node):
                    if isinstance(inner, ast.Import | ast.ImportFrom):
                        yield source.finding(inner, "import inside a function: imports stand at the top")
            elif isinstance(node, ast.ImportFrom) and node.level:
                yield source.finding(node, "relative import")


def check_packages(root: Path) -> Iterator[Finding]:
    """Find folders of Python files without an `__init__.py`: the import contracts do not see them."""
    for folder in ("src/hongyan", "packages/telcowire/src/telcowire"):
        for path in iter_files(root, folder, ".py"):
            inner = path.relative_to(root)
            if "migrations" not in inner.parts and not (path.parent / "__init__.py").exists():
                yield Finding(inner.as_posix(), 1, "its folder has no __init__.py")


def check_tree_is_there(root: Path) -> Iterator[Finding]:
    """Find parts of the tree that are missing, so that the other checks would pass over them in silence."""
    for folder in ("src/hongyan/kernel", "src/hongyan/rooms", "src/hongyan/run", "packages/telcowire/src/telcowire"):
        if not any((root / folder).glob("*.py")):
            yield Finding(folder, 1, "is missing or has no Python file")
