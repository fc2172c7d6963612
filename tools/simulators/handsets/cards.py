"""Draws a fetched card as HTML, from its document alone: boxes at x, y, w, h with a handful of style words.

Lengths become ``calc(N * var(--u))`` where ``--u`` is a 360th of the card's width on the simulated screen.
"""

from html import escape
from typing import Any
from urllib.parse import quote

_LENGTHS = {"fontSize": "font-size", "lineHeight": "line-height", "borderRadius": "border-radius", "gap": "gap"}
_BOX = {"x": "left", "y": "top", "w": "width", "h": "height"}
_WORDS = {
    "color": "color",
    "background": "background",
    "fontWeight": "font-weight",
    "textAlign": "text-align",
    "textDecoration": "text-decoration",
    "maxLines": "-webkit-line-clamp",
}


def draw_card(card: dict[str, Any]) -> str:
    """Return the HTML of all pages of a card."""
    return "".join(_page(page) for page in card["pages"])


def _page(page: dict[str, Any]) -> str:
    style = page["style"]
    css = f"height:{_u(style['height'])};{_css(style)}"
    return f'<div class="card" style="{css}">{"".join(_item(item) for item in page["content"])}</div>'


def _item(item: dict[str, Any]) -> str:
    if not item.get("visible", 1):
        return ""
    css = "".join(
        f"{name}:{_u(item[key])};" for key, name in (("x", "left"), ("y", "top"), ("w", "width"), ("h", "height"))
    )
    css += f"z-index:{int(item['z'])};{_css(item['style'])}"
    kind = item["type"]
    if kind in {"sideslip", "swiper"}:
        entries = item[kind]["sideslipList" if kind == "sideslip" else "swiperArr"]
        inner = "".join(
            f'<div class="entry" style="width:{_u(entry["w"])};height:{_u(entry["h"])}">'
            f"{''.join(_item(one) for one in entry['content'])}</div>"
            for entry in entries
        )
        dots = f'<div class="dots">{"<i></i>" * len(entries)}</div>' if kind == "swiper" else ""
        return f'<div class="i track {kind}" style="{css}">{inner}</div>{dots and _dots(item, dots)}'
    inner = escape(item.get("text", ""))
    if kind == "image":
        inner = f'<img src="{escape(item.get("src", ""))}" alt="{inner}" loading="lazy" draggable="false">'
    if kind == "video":
        source, cover = escape(item.get("src", "")), escape(item.get("cover", ""))
        inner = f'<video src="{source}" poster="{cover}" controls playsinline preload="none"></video>'
    event = item.get("event")
    if not event:
        return f'<div class="i {escape(kind)}" style="{css}">{inner}</div>'
    data = f'data-position="{int(item.get("position", 0))}" data-action="{escape(event["action"])}"'
    note = escape(_note(event))
    return (
        f'<a class="i {escape(kind)} tap" style="{css}" href="{escape(_href(event))}" target="_blank"'
        f' rel="noopener noreferrer" {data} data-note="{note}">{inner}</a>'
    )


def _dots(item: dict[str, Any], dots: str) -> str:
    top = f"calc({_u(item['y'] + item['h'])} - 22px)"
    return f'<div class="i" style="left:0;width:100%;top:{top};height:16px;z-index:4">{dots}</div>'


def _href(event: dict[str, Any]) -> str:
    target = str(event["target"])
    action = event["action"]
    if action in {"OPEN_URL", "OPEN_BROWSER"} and target.startswith(("https://", "http://")):
        return target
    if action == "DIAL_PHONE":
        return "tel:" + quote(target, safe="+")
    return "#"


def _note(event: dict[str, Any]) -> str:
    """What a real handset would do now, for those actions that a web page cannot."""
    target = event["target"]
    notes = {
        "DIAL_PHONE": f"拨打电话 {target}",
        "OPEN_APP": "打开应用",
        "OPEN_QUICK": "打开快应用",
        "OPEN_SMS": f"发短信给 {target}",
        "OPEN_EMAIL": f"发邮件给 {target}",
        "OPEN_SCHEDULE": f"新建日程：{target}",
        "OPEN_MAP": f"打开地图：{target}",
        "OPEN_POPUP": f"{target} {event.get('content', '')}",
        "COPY_PARAMETER": f"已复制：{target}",
        "VIEW_PIC": "查看大图",
    }
    return notes.get(event["action"], "")


def _css(style: dict[str, Any]) -> str:
    css = "".join(f"{name}:{_u(style[key])};" for key, name in _LENGTHS.items() if key in style)
    if "padding" in style:
        css += f"padding:0 {_u(style['padding'])};"
    css += "".join(f"{name}:{style[key]};" for key, name in _WORDS.items() if key in style)
    return escape(css)


def _u(number: float) -> str:
    return f"calc({float(number):g} * var(--u))"
