"""Is an answer what the vendor's client expects? Its models say which fields there are and of which type.

Not for: values (each test asserts its own).
"""

import re
from typing import Any

from huaweicloudsdkkoomessage import v1 as sdk

_LIST = re.compile(r"list\[(.+)\]")
_DICT = re.compile(r"dict\((.+), (.+)\)")
_PLAIN: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "float": (int, float),
    "bool": (bool,),
    "datetime": (str,),
    "object": (object,),
}

ABSENT = {
    "AIMSendTasksMode.failed_short_chains": "reserved in the list (api.md §5.5)",
}
"""Fields that need not be in an answer, each with its reason."""


def complaints(model: type, document: Any, where: str = "") -> list[str]:
    """Return what an answer lacks or has of a wrong type, compared with a model of the vendor's client."""
    name = model.__name__
    if not isinstance(document, dict):
        return [f"{where or name}: {type(document).__name__} instead of an object"]
    found = []
    for attribute, kind in model.openapi_types.items():  # type: ignore[attr-defined]
        key = model.attribute_map[attribute]  # type: ignore[attr-defined]
        path = f"{where}.{key}" if where else key
        if key in document:
            found += _of_kind(kind, document[key], path)
        elif f"{name}.{attribute}" not in ABSENT:
            found.append(f"{path}: missing ({name})")
    return found


def _of_kind(kind: str, value: Any, where: str) -> list[str]:
    if value is None:
        return []
    listed = _LIST.fullmatch(kind)
    if listed:
        if not isinstance(value, list):
            return [f"{where}: {type(value).__name__} instead of a list"]
        return [text for no, row in enumerate(value) for text in _of_kind(listed[1], row, f"{where}[{no}]")]
    mapped = _DICT.fullmatch(kind)
    if mapped:
        if not isinstance(value, dict):
            return [f"{where}: {type(value).__name__} instead of a map"]
        return [text for key, row in value.items() for text in _of_kind(mapped[2], row, f"{where}.{key}")]
    if kind in _PLAIN:
        # A bool is an int to Python, not to JSON.
        fits = isinstance(value, _PLAIN[kind]) and not (isinstance(value, bool) and kind in {"int", "float"})
        return [] if fits else [f"{where}: {type(value).__name__} instead of {kind}"]
    return complaints(getattr(sdk, kind), value, where)
