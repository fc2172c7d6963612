"""Every refusal can be shown: it has a code of its own and a text in both languages, over the same values."""

import importlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from string import Formatter

from checks.trees import Finding, iter_files
from hongyan.kernel.errors import HongyanError

_CHINESE = re.compile("[\u4e00-\u9fff]")


def load_errors(root: Path) -> None:
    """Import every `errors` module below `src/`, so that its classes are known."""
    for path in iter_files(root, "src", ".py"):
        inner = path.relative_to(root / "src").with_suffix("")
        if "errors" in inner.parts:
            importlib.import_module(".".join(part for part in inner.parts if part != "__init__"))


def iter_subclasses(parent: type[HongyanError]) -> Iterator[type[HongyanError]]:
    """Yield the classes below `parent`, each once."""
    seen = set()
    waiting = [parent]
    while waiting:
        for child in waiting.pop().__subclasses__():
            if child not in seen:
                seen.add(child)
                waiting.append(child)
                yield child


def _values(template: str) -> set[str]:
    """Name the values of a text; `reason_zh` is the Chinese form of `reason`."""
    names = (name for _, name, _, _ in Formatter().parse(template) if name is not None)
    return {re.split(r"[.\[]", name)[0].removesuffix("_zh") for name in names}


def check_errors(classes: Iterable[type[HongyanError]]) -> Iterator[Finding]:
    """Find errors without a code of their own, a foreign code, a missing text, or outside a room's `errors.py`."""
    owners: dict[str, str] = {}
    for cls in classes:
        place = f"{cls.__module__}.{cls.__qualname__}"
        parts = cls.__module__.split(".")
        room = parts[2] if parts[1:2] == ["rooms"] else parts[1] if len(parts) > 1 else parts[0]
        if parts[1:2] == ["rooms"] and "errors" not in parts:
            yield Finding(place, 1, "is defined outside its room's errors.py")
        if "code" not in vars(cls):
            yield Finding(place, 1, f"has no code of its own (it inherits {cls.code})")
        elif owners.setdefault(cls.code, place) != place:
            yield Finding(place, 1, f"shares the code {cls.code} with {owners[cls.code]}")
        if not cls.code.startswith(f"{room}."):
            yield Finding(place, 1, f"has the code {cls.code}, which does not begin with {room}.")
        if not cls.en.strip():
            yield Finding(place, 1, "has no English text")
        if _CHINESE.search(cls.en):
            yield Finding(place, 1, "has Chinese in its English text")
        if not _CHINESE.search(cls.zh) and not _values(cls.zh):
            yield Finding(place, 1, "has no Chinese text")
        if surplus := _values(cls.zh) - _values(cls.en):
            yield Finding(place, 1, f"shows values in Chinese that English does not have: {', '.join(sorted(surplus))}")
