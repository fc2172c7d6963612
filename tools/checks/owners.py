"""One owner for each table, bus subject and job: what strings say and imports cannot show."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from checks.trees import Finding, Source, docstring_nodes, iter_sources, place_in_room, room_of

SRC = "src/hongyan"
_SQL_BEFORE_TABLE = r"\b(?:from|join|into|update|copy|table|truncate|only|references)\s+\"?"
_SUBJECT = re.compile(r"(?:^|_)SUBJECTS?(?:_|$)")


@dataclass(frozen=True, slots=True)
class _Text:
    node: ast.AST
    value: str


def _owner(path: Path) -> str:
    """Name who a file belongs to: its room, else `kernel`, `run` or another folder."""
    return room_of(path) or (Path(path.parts[2]).stem if len(path.parts) > 2 else "")


def _is_migration(path: Path) -> bool:
    return "migrations" in path.parts


def _texts(source: Source) -> Iterator[_Text]:
    skipped = docstring_nodes(source.tree)
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped:
            yield _Text(node, node.value)


def _called(node: ast.AST, *names: str) -> tuple[ast.Call, str] | None:
    """Return a call of one of the names whose first argument is a text (an f-string counts by its first piece)."""
    if not isinstance(node, ast.Call) or not node.args:
        return None
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    first = node.args[0]
    if isinstance(first, ast.JoinedStr) and first.values:
        first = first.values[0]
    if name in names and isinstance(first, ast.Constant) and isinstance(first.value, str):
        return node, first.value
    return None


def table_owners(root: Path) -> dict[str, str]:
    """Map every table that a `Table("…")` declares to its room (or `kernel`)."""
    owners = {}
    for source in iter_sources(root, SRC):
        if not _is_migration(source.path):
            for node in ast.walk(source.tree):
                if found := _called(node, "Table"):
                    owners[found[1]] = _owner(source.path)
    return owners


def check_tables(root: Path) -> Iterator[Finding]:
    """Find tables declared outside `tables.py`, tables without their room's name, and SQL about another room's."""
    owners = table_owners(root)
    pattern = re.compile(_SQL_BEFORE_TABLE + "(" + "|".join(map(re.escape, sorted(owners))) + r")\b", re.IGNORECASE)
    for source in iter_sources(root, SRC):
        if _is_migration(source.path):
            continue
        owner, place = _owner(source.path), place_in_room(source.path)
        for node in ast.walk(source.tree):
            if found := _called(node, "Table"):
                call, table = found
                if room_of(source.path) is None and owner != "kernel":
                    yield source.finding(call, f"table {table} is declared outside a room")
                elif room_of(source.path) and place != "tables":
                    yield source.finding(call, f"table {table} is declared outside tables.py")
                if not table.startswith(f"{owner}_"):
                    yield source.finding(call, f"table {table} does not begin with its owner's name, {owner}_")
        for text in _texts(source) if owners else ():
            for match in pattern.finditer(text.value):
                table = match[1].lower()
                if owners.get(table) != owner or (room_of(source.path) and place not in {"store", "tables"}):
                    yield source.finding(text.node, f"SQL about {table} outside {owners.get(table)}'s store")


def check_subjects(root: Path) -> Iterator[Finding]:
    """Find bus subjects (constants named `…SUBJECT…`) that lack their owner's name or have two owners."""
    seen: dict[str, str] = {}
    for source in iter_sources(root, SRC):
        for node in ast.walk(source.tree):
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
            names = [target.id for target in targets if isinstance(target, ast.Name)]
            if not isinstance(value, ast.Constant) or not isinstance(value.value, str):
                continue
            if " " in value.value or not any(name.isupper() and _SUBJECT.search(name) for name in names):
                continue
            subject, owner, here = value.value, _owner(source.path), source.path.as_posix()
            if subject.removeprefix("hongyan.").split(".")[0] != owner:
                yield source.finding(node, f"subject {subject} does not begin with its owner's name, {owner}.")
            if seen.setdefault(subject, here) != here:
                yield source.finding(node, f"subject {subject} is also defined in {seen[subject]}")


def check_jobs(root: Path) -> Iterator[Finding]:
    """Find jobs that are handled outside their room's `jobs.py`, or whose name does not begin with the room."""
    for source in iter_sources(root, f"{SRC}/rooms"):
        room, place = room_of(source.path), place_in_room(source.path)
        for node in ast.walk(source.tree):
            found = _called(node, "handler", "periodic")
            if found is None or "." not in found[1]:
                continue
            call, name = found
            if not name.startswith(f"{room}."):
                yield source.finding(call, f"job {name} is handled by {room}: its name must begin with {room}.")
            if place != "jobs":
                yield source.finding(call, f"job {name} is handled outside jobs.py")
