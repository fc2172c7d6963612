"""`docs/api/operations.md`, from the OpenAPI file, our words and the tests: `python -m checks.operations_page`."""

import ast
import json
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PAGE = "docs/api/operations.md"
_ROOT = Path(__file__).parents[2]
_DOCUMENT = "docs/api/openapi.json"
_WORDS = "tools/checks/operations.toml"
_TESTS = "tests/compat"
_GENERAL = frozenset({"test_matrix.py", "test_operations.py"})
"""They drive every operation and say nothing about one."""
_AT_LAST = re.compile("auth_|edge|idempotency|limits")
"""Files of tests that use some operation to show something else."""
_REFUSING = re.compile("refused|wrong|bad_|breaks|cannot|unknown|nothing|without|another|rejected|refuse")
_GAP = r"\w+"
_TELLING = 8
"""A text with gaps says something when so many characters of it are there."""
_HEAD = """\
# Operations

Written from the code by `make docs`; a test fails when it is out of date. Parameters, fields and examples are in
[openapi.json](openapi.json), which a running installation shows at `/docs`; refusals in [errors.md](errors.md).

**Permission** is the vendor's IAM action where it publishes one, otherwise one named after the same pattern. Read-only
users hold those that end with `:list`. **Envelope**: *bare* `{…}`; *wrapped*
`{"status":"200","message":"success","data":…}`; *data* `{"data":{…}}`; *doubled* `{"data":{"data":{…}}}`; *empty*: no
body. **Test** is where the vendor's client drives the operation; beside it `tests/compat/test_matrix.py` tries each one
as nobody, with a wrong key, with an expired token, as a read-only user and as another company.

"""
_OWN = """
## Our own

Same proofs, errors and limits. Documented in [openapi.json](openapi.json) alone.

"""


def operations(root: Path) -> list[tuple[str, str, dict[str, Any]]]:
    """Return (method, path, operation) of the API's document, in its order, without the doors of identity."""
    paths = json.loads((root / _DOCUMENT).read_text(encoding="utf-8"))["paths"]
    return [
        (method.upper(), path, operation)
        for path, methods in paths.items()
        if path.startswith("/v1/")
        for method, operation in methods.items()
    ]


def words(root: Path) -> dict[str, dict[str, str]]:
    """Return what is written about each of the vendor's operations, by the name of the SDK's method."""
    file = root / _WORDS
    return tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def drivers(root: Path, names: Iterable[str]) -> dict[str, str]:
    """Return for each name the test that shows it best, as ``file::test``; names that no test says are left out.

    That is a test which succeeds with it, in the file with most tests of it (or the one that our words name); said by
    itself or through helpers.
    """
    said, about = list(_tests(root)), words(root)
    found = {}
    for name in names:
        saying = [one for one in said if one.says(name) or one.says_through_others(name)]
        home = about.get(name, {}).get("tests")
        at_home = [one for one in saying if one.file == home and not _REFUSING.search(one.name)]
        saying = at_home[:1] or saying
        files = Counter(one.file for one in saying)
        if saying:
            best = min(saying, key=lambda one: one.rank(name, files[one.file]))
            found[name] = f"{best.file}::{best.name}"
    return found


@dataclass(frozen=True, slots=True)
class _Test:
    file: str
    name: str
    says: Callable[[str], bool]
    says_through_others: Callable[[str], bool]

    def rank(self, name: str, tests_of_file: int) -> tuple[bool, bool, bool, int]:
        """Return how far from the best test of an operation it is."""
        is_aside = bool(_AT_LAST.search(self.file))
        return is_aside, bool(_REFUSING.search(self.name)), not self.says(name), -tests_of_file


def _tests(root: Path) -> Iterator[_Test]:
    """Yield all tests, in the order of the files."""
    support = {
        f"support.{path.stem}": ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted((root / "tests/support").glob("*.py"))
    }
    for path in sorted((root / _TESTS).glob("test_*.py")):
        if path.name in _GENERAL:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imported = [node.module for node in tree.body if isinstance(node, ast.ImportFrom)]
        helpers = _helpers([tree, *(support[one] for one in imported if one in support)])
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                said = set(_words(node))
                others = set().union(*(helpers[one] for one in said & helpers.keys()))
                yield _Test(path.name, node.name, _sayer(said), _sayer(others))


def _helpers(trees: Iterable[ast.AST]) -> dict[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("test_"):
                found[node.name].update(_words(node))
    return found


def _sayer(said: set[str]) -> Callable[[str], bool]:
    patterns = [re.compile(one) for one in said if _GAP in one]
    return lambda name: name in said or any(pattern.fullmatch(name) for pattern in patterns)


def _words(tree: ast.AST) -> Iterator[str]:
    """Yield names and texts; a text with a gap in it (``f"push_{noun}_info"``) as a pattern."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.JoinedStr):
            parts = [re.escape(str(one.value)) if isinstance(one, ast.Constant) else _GAP for one in node.values]
            if len("".join(parts).replace(_GAP, "")) >= _TELLING:
                yield "".join(parts)


def page(root: Path) -> str:
    """Return the page.

    Raises:
        KeyError: nothing is written about an operation, or no test drives it.
    """
    about, listed = words(root), operations(root)
    tests = drivers(root, (operation["operationId"] for _, _, operation in listed))
    parts, own = [_HEAD, _line("Operation", "SDK method", "Permission", "What happens", "Envelope", "Test")], [_OWN]
    parts.append(_line(*["---"] * 6))
    own += [_line("Operation", "What happens"), _line("---", "---")]
    for method, path, operation in listed:
        name = operation["operationId"]
        if path.startswith("/v1/hongyan/"):
            own.append(_line(f"`{method} {path}`", f"{operation['summary']}."))
            continue
        said = about[name]
        place, _, test = tests[name].partition("::")
        link = f"[{test.removeprefix('test_')}](../../{_TESTS}/{place})"
        parts.append(_line(f"`{method} {path}`", f"`{name}`", f"`{said['may']}`", said["does"], said["form"], link))
    return "".join(parts + own)


def _line(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |\n"


if __name__ == "__main__":
    (_ROOT / PAGE).write_text(page(_ROOT), encoding="utf-8")
    print(f"wrote {PAGE}")
