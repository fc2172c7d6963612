"""Parameters of cards: which placeholders stand in it, do values fit, put them in.

A placeholder is ``${name}``. Values are text, never markup or structure. In a link target a value is percent-encoded
unless the whole target is one placeholder. A value that is missing when a card is drawn (never at a send:
:func:`check_values` refuses that) leaves its place empty, and a component whose link target needs it loses its tap:
half a link would lead anywhere.
Source: api.md of the requirements §7.2; the treatment of missing values is our decision.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from urllib.parse import quote

from hongyan.rooms.smart.contracts import Action, Element, Tap, TemplateParam
from hongyan.rooms.smart.errors import ParamsDiffer

_PLACEHOLDER = re.compile(r"\$\{([A-Za-z0-9_]{1,17})\}", re.ASCII)
_LINKS = frozenset({Action.OPEN_URL, Action.OPEN_QUICK, Action.OPEN_APP, Action.OPEN_BROWSER})


def placeholders(elements: Iterable[Element]) -> tuple[str, ...]:
    """Return the names of all placeholders in order of appearance, each once."""
    names: dict[str, None] = {}
    for element in elements:
        texts = [element.content, element.content_child]
        if element.tap is not None:
            texts += [element.tap.target, *element.tap.more.values()]
        for text in texts:
            names.update(dict.fromkeys(_PLACEHOLDER.findall(text)))
    return tuple(names)


def check_values(params: Iterable[TemplateParam], values: Mapping[str, str], field: str = "dync_params") -> None:
    """Check the values of one recipient; ``field`` is where they stood. More values than parameters do no harm.

    Raises:
        ParamsDiffer: one is missing, empty or too long.
    """
    for param in params:
        value = values.get(param.name, "")
        if not value.strip():
            raise ParamsDiffer(field, name=param.name, reason="is missing", reason_zh="缺失")
        if len(value) > param.max_length:
            limit = param.max_length
            raise ParamsDiffer(
                field,
                name=param.name,
                reason=f"has more than {limit} characters",
                reason_zh=f"超过 {limit} 个字符",
            )


def fill(elements: Iterable[Element], values: Mapping[str, str]) -> tuple[Element, ...]:
    """Return the elements with the values of one recipient in them."""
    return tuple(
        replace(
            element,
            content=_put(element.content, values),
            content_child=_put(element.content_child, values),
            tap=_fill_tap(element.tap, values),
        )
        for element in elements
    )


def _put(text: str, values: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda match: values.get(match[1], ""), text)


def _fill_tap(tap: Tap | None, values: Mapping[str, str]) -> Tap | None:
    if tap is None:
        return None
    if any(not values.get(name) for name in _PLACEHOLDER.findall(tap.target)):
        return None
    whole = _PLACEHOLDER.fullmatch(tap.target)
    if whole is not None:
        target = values[whole[1]]
        # The value is the link itself: it must be one of the kind this action opens.
        if tap.action in {Action.OPEN_URL, Action.OPEN_BROWSER} and not target.startswith(("https://", "http://")):
            return None
    elif tap.action in _LINKS:
        target = _PLACEHOLDER.sub(lambda match: quote(values[match[1]], safe=""), tap.target)
    else:
        target = _put(tap.target, values)
    return Tap(tap.action, target, {key: _put(text, values) for key, text in tap.more.items()})
