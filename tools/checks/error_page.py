"""`docs/api/errors.md`, written from the classes of the errors: `python -m checks.error_page`."""

import importlib
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from checks.refusals import iter_subclasses, load_errors
from checks.trees import iter_files
from hongyan.kernel.errors import HongyanError

PAGE = "docs/api/errors.md"
_HOMES = ("hongyan.kernel.", "hongyan.rooms.")
_ROOT = Path(__file__).parents[2]
_HEAD = """\
# Errors

Written from the code by `make docs`; a test fails when it is out of date.

Every refusal is `{"error_code": "…", "error_msg": "…"}` with the header `X-Request-Id`. The text names the field first,
as a path into the request: `resolve_task.params[3].cust_flag: …`. The AIM operations of resolving, sending, reports,
callbacks, the capability check and the list of templates add `error_message`, the vendor's deprecated copy of
`error_msg`. Errors with `APIGW.…` add `request_id`. `/v3` answers in Keystone's envelope. `{…}` stands for a value.

Codes up to `KM.9001…` with a published meaning are the vendor's; where it publishes none, the code is from blocks of
our own: `KM.900168(40-99)` smart templates, `KM.900169…` materials, `KM.900170…` tasks, `KM.9999…` everything else.

What a code means never changes; texts may. **Retry** says whether the same request may succeed later as it is.

"""
_BAD_FIELD = """\
A field is missing or breaks the rules of the operation's model. Also a body that is not UTF-8, not JSON or not an
object, is nested deeper than 64 levels, has a key twice, a number beyond 64 bits or not finite, U+0000 or half a
surrogate pair; and a content type other than JSON."""
_EDGE = (
    (
        "KM.90016803",
        400,
        "{field}: {reason}",
        _BAD_FIELD,
    ),
    ("APIGW.0101", 404, "The API does not exist or has not been published.", "No operation has this path."),
    (
        "APIGW.0101",
        405,
        "The API does not exist: this path has other methods (see Allow).",
        "The path has operations under the methods of the header `Allow`.",
    ),
    (
        "APIGW.0201",
        413,
        "Request entity too large: the limit is {bytes} bytes.",
        "The body is larger than 12 MB (number files: 41 MB).",
    ),
    (
        "KM.99990500",
        500,
        "Service exception, contact support with the X-Request-Id.",
        "A mistake of ours; the log has it under the request id.",
    ),
)
_TITLES = ("Code", "HTTP", "Text", "中文", "Meaning", "Retry", "Own name")


def render(classes: Iterable[type[HongyanError]]) -> str:
    """Return the page of some error classes: one table per room, in the order of the codes."""
    rooms: defaultdict[str, list[type[HongyanError]]] = defaultdict(list)
    for cls in classes:
        rooms[cls.code.partition(".")[0]].append(cls)
    parts = [_HEAD, "## The edge\n\n", _line("Code", "HTTP", "Text", "Meaning"), _line(*["---"] * 4)]
    parts += [_line(f"`{code}`", str(status), text, meaning) for code, status, text, meaning in _EDGE]
    for room, errors in sorted(rooms.items(), key=lambda item: (item[0] != "kernel", item[0])):
        parts += [f"\n## `{room}`\n\n", _line(*_TITLES), _line(*["---"] * len(_TITLES))]
        parts += [_row(cls) for cls in sorted(errors, key=lambda one: (one.vendor_code, one.code))]
    return "".join(parts)


def page(root: Path) -> str:
    """Return the page of the tree's errors."""
    load_errors(root)
    # The kernel's parts hold their own errors; whichever happen to be imported must not change the page.
    for path in iter_files(root, "src/hongyan/kernel", ".py"):
        if "hongyan.kernel.errors" in path.read_text(encoding="utf-8"):
            importlib.import_module(".".join(path.relative_to(root / "src").with_suffix("").parts))
    return render({cls for cls in iter_subclasses(HongyanError) if cls.__module__.startswith(_HOMES)})


def _row(cls: type[HongyanError]) -> str:
    meaning = " ".join((cls.__doc__ or "").partition("\n\n")[0].split())
    cells = [
        f"`{cls.vendor_code}`",
        str(cls.vendor_status),
        cls.en,
        cls.zh,
        meaning,
        "yes" if cls.retryable else "",
        f"`{cls.code}`",
    ]
    return _line(*cells)


def _line(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", r"\|").replace("\n", " ") for cell in cells) + " |\n"


if __name__ == "__main__":
    target = _ROOT / PAGE
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(page(_ROOT), encoding="utf-8")
    print(f"wrote {PAGE}")
