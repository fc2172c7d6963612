"""Documents that promise to be complete: the map of words, the index of decisions, the catalogues of texts."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from checks.owners import table_owners
from checks.trees import Finding, iter_files

MAP = "docs/MAP.md"
DECISIONS = "docs/decisions"
LANGUAGES = ("zh-CN", "en")
_TS_KEY = re.compile(r"""^\s*(?:"([^"]+)"|'([^']+)'|([A-Za-z_]\w*))\s*:\s*(\{?)""")


def check_map(root: Path) -> Iterator[Finding]:
    """Find rooms that the map of words does not name."""
    path = root / MAP
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    for room in sorted((root / "src/hongyan/rooms").glob("*/__init__.py")):
        if f"`{room.parent.name}`" not in text:
            yield Finding(MAP, 1, f"does not name the room `{room.parent.name}`")


def check_map_tables(root: Path) -> Iterator[Finding]:
    """Find tables that the map names and the room of that name does not declare."""
    path = root / MAP
    declared = table_owners(root)
    rooms = sorted(set(declared.values()), key=len, reverse=True)
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines() if path.exists() else (), start=1):
        for table in re.findall(r"`([a-z]+(?:_[a-z]+)+)`", line.rpartition(" | ")[2]):
            if table not in declared and any(table.startswith(f"{room}_") for room in rooms):
                yield Finding(MAP, number, f"names the table {table}, which is not declared")


def check_decisions(root: Path) -> Iterator[Finding]:
    """Find decisions that the index does not link, numbers used twice, and decisions without their four parts."""
    index = root / DECISIONS / "README.md"
    text = index.read_text(encoding="utf-8") if index.exists() else ""
    seen: dict[str, str] = {}
    for path in sorted((root / DECISIONS).glob("[0-9]*.md")):
        here = path.relative_to(root).as_posix()
        if f"({path.name})" not in text:
            yield Finding(here, 1, "is not linked from docs/decisions/README.md")
        if seen.setdefault(path.name[:4], here) != here:
            yield Finding(here, 1, f"has the number of {seen[path.name[:4]]}")
        body = path.read_text(encoding="utf-8")
        for part in ("Context", "Decision", "Consequences", "Rejected"):
            if f"\n## {part}\n" not in body:
                yield Finding(here, 1, f"has no part '{part}'")
    for name in re.findall(r"\(([0-9][^)]*\.md)\)", text):
        if not (root / DECISIONS / name).exists():
            yield Finding(f"{DECISIONS}/README.md", 1, f"links {name}, which does not exist")


def check_links(root: Path) -> Iterator[Finding]:
    """Find relative links of the documents that lead nowhere."""
    documents = [*root.glob("*.md"), *iter_files(root, "docs", ".md"), *iter_files(root, "packages", ".md")]
    for path in documents:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            for target in re.findall(r"\]\(([^)#\s]+)", line):
                if "://" not in target and not target.startswith("mailto:") and not (path.parent / target).exists():
                    yield Finding(path.relative_to(root).as_posix(), number, f"links {target}, which does not exist")


def _json_keys(value: object, prefix: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _json_keys(inner, f"{prefix}.{key}" if prefix else key)
    else:
        yield prefix


def _ts_keys(text: str) -> Iterator[str]:
    """Yield the dotted keys of an object literal with one key a line, the way our catalogues are formatted."""
    path: list[str] = []
    for line in text.splitlines():
        if match := _TS_KEY.match(line):
            key = match[1] or match[2] or match[3]
            if match[4] and "}" not in line:
                path.append(key)
            else:
                yield ".".join([*path, key])
        elif line.strip().startswith("}") and path:
            path.pop()


def catalogue_keys(path: Path) -> set[str]:
    """Read the keys of a catalogue, a JSON or a TypeScript file."""
    text = path.read_text(encoding="utf-8")
    return set(_json_keys(json.loads(text)) if path.suffix == ".json" else _ts_keys(text))


def check_catalogues(root: Path) -> Iterator[Finding]:
    """Find catalogues whose languages do not have the same keys: `x/zh-CN.ts` beside `x/en.ts`, or `x/zh-CN/a.ts`."""
    first, second = LANGUAGES
    for folder in ("src/hongyan", "console/src", "packages", "tools"):
        for path in iter_files(root, folder, ".json", ".ts", ".tsx"):
            inner = path.relative_to(root)
            for here, there in ((first, second), (second, first)):
                if not any(Path(part).name.split(".")[0] == here for part in inner.parts):
                    continue
                twin = root / Path(*(re.sub(rf"^{here}(?=$|\.)", there, part) for part in inner.parts))
                if not twin.exists():
                    yield Finding(inner.as_posix(), 1, f"has no {there} beside it")
                    continue
                for key in sorted(catalogue_keys(path) - catalogue_keys(twin)):
                    yield Finding(inner.as_posix(), 1, f"the text {key!r} is missing in {there}")
