"""Turns a card document into what the H5 view needs: boxes with CSS of known properties only, and safe links.

Lengths are in ``--u``, a 360th of the card's width, so a card fills any screen. Not for: arranging (``rules.documents``
did that).
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from hongyan.rooms.smart.contracts import Action

_LENGTHS = {"fontSize": "font-size", "lineHeight": "line-height", "borderRadius": "border-radius", "gap": "gap"}
_PLAIN = {
    "color": "color",
    "background": "background",
    "fontWeight": "font-weight",
    "textAlign": "text-align",
    "textDecoration": "text-decoration",
    "maxLines": "-webkit-line-clamp",
}
_UNSAFE = frozenset(";{}<>\\@\"'")


@dataclass(frozen=True, slots=True)
class DrawnItem:
    """A box: ``css`` are its declarations, ``href`` where a tap leads (``None``: nowhere a browser can go)."""

    kind: str
    css: str
    text: str
    src: str
    href: str | None
    children: tuple["DrawnPage", ...] = ()
    cover: str = ""


@dataclass(frozen=True, slots=True)
class DrawnPage:
    """A card, or one piece of a track."""

    css: str
    items: tuple[DrawnItem, ...]


def draw(page: dict[str, Any]) -> DrawnPage:
    """Return a page ready for the view."""
    style = page["style"]
    css = f"--w:{style['width']};height:{_units(style['height'])};" + _declarations(style)
    return DrawnPage(css, tuple(_item(item) for item in page["content"] if item.get("visible", 1)))


def _item(item: dict[str, Any]) -> DrawnItem:
    css = "".join(f"{name}:{_units(item[key])};" for key, name in _BOX.items()) + f"z-index:{int(item['z'])};"
    css += _declarations(item["style"])
    track = item.get("sideslip", {}).get("sideslipList") or item.get("swiper", {}).get("swiperArr") or []
    return DrawnItem(
        kind=item["type"],
        css=css,
        text=item.get("text", ""),
        src=item.get("src", ""),
        href=href_of(item.get("event")),
        children=tuple(_entry(entry) for entry in track),
        cover=item.get("cover", ""),
    )


_BOX = {"x": "left", "y": "top", "w": "width", "h": "height"}


def _entry(entry: dict[str, Any]) -> DrawnPage:
    css = f"width:{_units(entry['w'])};height:{_units(entry['h'])};"
    return DrawnPage(css, tuple(_item(item) for item in entry["content"]))


def _declarations(style: dict[str, Any]) -> str:
    css = "".join(f"{name}:{_units(style[key])};" for key, name in _LENGTHS.items() if key in style)
    if "padding" in style:
        css += f"padding:0 {_units(style['padding'])};"
    for key, name in _PLAIN.items():
        value = str(style.get(key, ""))
        # Styles come from our own layouts; the check keeps it that way should they ever come from elsewhere.
        if value and not _UNSAFE & set(value):
            css += f"{name}:{value};"
    return css


def _units(number: float) -> str:
    return f"calc({float(number):g} * var(--u))"


def href_of(event: dict[str, Any] | None) -> str | None:
    """Return where a browser goes for an event: web links, telephone, SMS, e-mail, or an app's web fallback."""
    if event is None:
        return None
    target = str(event.get("target", ""))
    match event.get("action"):
        case Action.OPEN_URL | Action.OPEN_BROWSER:
            return target if target.startswith(("https://", "http://")) else None
        case Action.OPEN_APP:
            fallback = str(event.get("floor_url", ""))
            return fallback if fallback.startswith(("https://", "http://")) else None
        case Action.DIAL_PHONE:
            return f"tel:{quote(target, safe='+')}"
        case Action.OPEN_SMS:
            return f"sms:{quote(target, safe='+')}?body={quote(str(event.get('body', '')))}"
        case Action.OPEN_EMAIL:
            subject, body = quote(str(event.get("subject", ""))), quote(str(event.get("body", "")))
            return f"mailto:{quote(target, safe='@')}?subject={subject}&body={body}"
        case _:
            return None
