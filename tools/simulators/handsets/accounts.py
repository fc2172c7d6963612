"""What stands beside a message, asked for by its signature and sender: shortcut keys and the service account.

Keys are drawn as a strip below the message, an account as a bar with menus and a home page. What can be tapped says so
in ``data-tap`` (home, menu, tel, fastapp, shortcut) and ``data-item`` (its names, as JSON).
"""

import json
import time
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import quote

import httpx

from simulators.handsets.upstream import Platform

_KEPT_S = 60.0
_NONE_KEPT_S = 2.0
_MAX_KEPT = 1000
TARGETS = frozenset({"home", "menu", "tel", "fastapp", "shortcut"})


@dataclass(frozen=True, slots=True)
class Beside:
    """What the platform says stands beside a message; either may be absent."""

    account: dict[str, Any] | None = None
    shortcuts: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class _Kept:
    beside: Beside
    until_s: float


class Accounts:
    """Answers of the platform, kept for a minute (those that lack something: for two seconds)."""

    def __init__(self, platform: Platform) -> None:
        """Ask ``platform``."""
        self._platform = platform
        self._kept: dict[tuple[str, str, str], _Kept] = {}

    async def find(self, vendor: str, signature: str, number: str) -> Beside:
        """Return what to show with messages of a signature from a number; nothing also when nobody answers."""
        key, now = (vendor, signature, number), time.monotonic()
        kept = self._kept.get(key)
        if kept is None or kept.until_s < now:
            try:
                answer = await self._platform.find_beside(vendor, signature, number)
            except httpx.HTTPError:
                return Beside() if kept is None else kept.beside
            beside = Beside(answer.get("account"), answer.get("shortcuts"))
            is_whole = beside.account is not None and beside.shortcuts is not None
            kept = _Kept(beside, now + (_KEPT_S if is_whole else _NONE_KEPT_S))
            if len(self._kept) > _MAX_KEPT:
                self._kept.pop(next(iter(self._kept)))
            self._kept[key] = kept
        return kept.beside

    async def tap(self, vendor: str, owner_id: str, target: str, item: list[str]) -> None:
        """Tell the platform what was tapped on an account, or which key of a scene."""
        await self._platform.report_tap(vendor, owner_id, target, item)


def draw_account(account: dict[str, Any]) -> str:
    """Return the HTML of an account: logo and name that open the home page, and its menus."""
    name, logo = escape(account["name"]), escape(account.get("logo_url") or "")
    about = f'<p class="about">{escape(account["abstract"])}</p>'
    page = about if account.get("portal") is None else about + _page(account["portal"])
    menus = "".join(_menu(item) for item in account.get("menu") or [])
    return (
        f'<aside class="account" data-pub="{escape(account["pub_id"])}"><details class="home-page">'
        f'<summary {_tap("home")}><img src="{logo}" alt=""><b>{name}</b><small>服务号</small></summary>{page}</details>'
        f'<nav class="menus">{menus}</nav></aside>'
    )


def draw_shortcuts(shortcuts: dict[str, Any]) -> str:
    """Return the HTML of the strip of shortcut keys below a message."""
    keys = "".join(
        f'<a class="key" {_tap("shortcut", key["name"])} href="{escape(_href(key))}" target="_blank"'
        f' rel="noopener noreferrer" data-action="{escape(key["action"])}">{escape(key["name"])}</a>'
        for key in shortcuts["keys"]
    )
    return f'<nav class="shortcuts" aria-label="快捷键" data-shortcut="{escape(shortcuts["shortcut_id"])}">{keys}</nav>'


def _page(portal: dict[str, Any]) -> str:
    background = escape(portal.get("background_url") or "")
    tels = "".join(
        f'<a class="tel" {_tap("tel", tel["tel"])} href="tel:{quote(tel["tel"])}">'
        f"{escape(tel['usage'])} {escape(tel['tel'])}</a>"
        for tel in portal["tels"]
    )
    apps = "".join(
        f'<li {_tap("fastapp", app["name"])}><img src="{escape(app.get("logo_url") or "")}" alt="">'
        f"<b>{escape(app['name'])}</b><small>{escape(app['description'])}</small></li>"
        for app in portal["fastapps"]
    )
    return (
        f'<div class="portal"><img class="back" src="{background}" alt=""><p>{escape(portal["summary"])}</p>'
        f'{tels}<ul class="apps">{apps}</ul></div>'
    )


def _menu(item: dict[str, Any]) -> str:
    name = item["name"]
    if item["items"]:
        inner = "".join(_leaf(child, name, child["name"]) for child in item["items"])
        return f'<details class="menu"><summary {_tap("menu", name)}>{escape(name)}</summary>{inner}</details>'
    return _leaf(item, name)


def _leaf(item: dict[str, Any], *names: str) -> str:
    return (
        f'<a class="leaf" {_tap("menu", *names)} href="{escape(_href(item))}" target="_blank"'
        f' rel="noopener noreferrer" data-action="{escape(item["action"])}">{escape(item["name"])}</a>'
    )


def _tap(target: str, *item: str) -> str:
    return f'data-tap="{target}" data-item="{escape(json.dumps(item, ensure_ascii=False))}"'


def _href(item: dict[str, Any]) -> str:
    """What a web page can do of an item's action; apps and quick apps are a real handset's business."""
    content = str(item["content"])
    if item["action"] == "OPEN_URL" and content.startswith(("https://", "http://")):
        return content
    return "tel:" + quote(content, safe="+") if item["action"] == "CALLING" else "#"
